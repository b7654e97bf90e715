"""The profiler: what the engine ran and when, as a timeline and as sums.

>>> import dataflow as mx
>>> mx.profiler.set_config(filename="profile.json")
>>> mx.profiler.set_state("run")
>>> product = mx.nd.dot(mx.nd.ones((2, 3)), mx.nd.ones((3, 2)))
>>> mx.profiler.set_state("stop")
>>> print(mx.profiler.dumps())  # doctest: +SKIP
>>> mx.profiler.dump()

The file is a Chrome trace: ui.perfetto.dev and chrome://tracing open it. Devices are
shown as processes, with the threads that ran their operations; arrows lead from what
wrote an array to what reads it. With ``MXNET_PROFILER_AUTOSTART=1`` in the environment
all is profiled from the start. What nobody has dumped is written when Python ends.
"""

from __future__ import annotations

import os
import warnings
from typing import Any

from dataflow.errors import ArgumentError, UnknownNameError
from dataflow.profiler.objects import Counter, Domain, Event, Frame, Marker, Task
from dataflow.profiler.session import session as _session
from dataflow.profiler.settings import Settings, check_process
from dataflow.profiler.statistics import as_json, as_table, order

__all__ = [
    "Counter",
    "Domain",
    "Event",
    "Frame",
    "Marker",
    "Task",
    "dump",
    "dump_profile",
    "dumps",
    "pause",
    "profiler_set_config",
    "profiler_set_state",
    "resume",
    "set_config",
    "set_state",
]

_ORDERS = ("total", "avg", "min", "max", "count")


def set_config(**kwargs: Any) -> None:
    """Choose what is profiled, and the file; what is not given gets its default.

    Parameters
    ----------
    filename : str or PathLike
        The file that `dump` writes, ``"profile.json"`` by default.
    profile_all : bool
        Everything, whatever else is said.
    profile_symbolic, profile_imperative : bool
        Operators of executors, and those called on arrays; both by default.
    profile_memory : bool
        Counters of bytes; on by default.
    profile_api : bool
        Waits of the program for the engine; on by default.
    aggregate_stats : bool
        Let `dumps` also count what is too old for the timeline to hold.
    continuous_dump : bool
        Write the file every `dump_period` seconds; unlike in MXNet, off by default.
    dump_period : float
        In seconds, 1 by default.
    capacity : int
        How many slices the timeline holds, the newest ones; 100,000 by default.
    profile_process : str
        ``"worker"``, which is this process.

    Raises
    ------
    UnknownNameError, ArgumentError, MXNetError
        There is no such setting; it cannot have this value; there is no server.
    """
    _session.configure(Settings.parse(kwargs))


def set_state(state: str = "stop", profile_process: str = "worker") -> None:
    """Start (``"run"``) or stop (``"stop"``) recording.

    What was pushed before ends first, so that what is recorded is what is pushed in
    between; if some of it failed, that is raised. Several stretches add up until they
    are dumped.

    Raises
    ------
    UnknownNameError
        The state or the process is another one.
    """
    check_process(profile_process)
    if state not in ("run", "stop"):
        message = f"the profiler's state is 'run' or 'stop', not {state!r}"
        raise UnknownNameError(message)
    if state == "run":
        _session.run()
    else:
        _session.stop()


def pause(profile_process: str = "worker") -> None:
    """Record nothing until `resume`; what was pushed before ends first."""
    check_process(profile_process)
    _session.pause(True)


def resume(profile_process: str = "worker") -> None:
    """Go on recording after `pause`."""
    check_process(profile_process)
    _session.pause(False)


def dump(finished: bool = True, profile_process: str = "worker") -> None:
    """Write the timeline to the file; waits for what is running.

    Parameters
    ----------
    finished : bool
        Stop recording, and begin a new timeline at the next start. Otherwise it goes
        on, and the next dump writes it whole again.
    profile_process : str
        ``"worker"``, which is this process.

    Raises
    ------
    MXNetError
        Nothing was profiled since the last dump.
    FileError
        The file cannot be written.
    """
    check_process(profile_process)
    _session.dump(bool(finished))


def dumps(
    reset: bool = False,
    format: str = "table",
    sort_by: str = "total",
    ascending: bool = False,
) -> str:
    """Return how often everything ran and for how long, by operator.

    Parameters
    ----------
    reset : bool
        Count anew from now on.
    format : str
        ``"table"`` or ``"json"``.
    sort_by : str
        ``"total"``, ``"avg"``, ``"min"``, ``"max"`` or ``"count"``.
    ascending : bool
        Show the smallest first.

    Raises
    ------
    ArgumentError
        An argument has another value.
    """
    if format not in ("table", "json"):
        raise ArgumentError(f"format is 'table' or 'json', not {format!r}")
    if sort_by not in _ORDERS:
        raise ArgumentError(f"sort_by is one of {', '.join(_ORDERS)}, not {sort_by!r}")
    totals = _session.totals(bool(reset))
    write = as_json if format == "json" else as_table
    return write(totals, order(sort_by, bool(ascending)))


def profiler_set_config(
    mode: str = "symbolic", filename: str | os.PathLike[str] = "profile.json"
) -> None:
    """Do as `set_config`; the older name of MXNet."""
    _warn("profiler_set_config", "set_config")
    set_config(**{f"profile_{mode}": True, "filename": filename})


def profiler_set_state(state: str = "stop") -> None:
    """Do as `set_state`; the older name of MXNet."""
    _warn("profiler_set_state", "set_state")
    set_state(state)


def dump_profile() -> None:
    """Do as `dump`; the older name of MXNet."""
    _warn("dump_profile", "dump")
    dump()


def _warn(old: str, new: str) -> None:
    message = f"profiler.{old} is called profiler.{new} now"
    warnings.warn(message, DeprecationWarning, stacklevel=3)


def _autostart() -> None:
    wish = os.environ.get("MXNET_PROFILER_AUTOSTART", "0")
    if wish not in ("", "0", "1"):
        raise ArgumentError(f"MXNET_PROFILER_AUTOSTART is 0 or 1, not {wish!r}")
    if wish == "1":
        set_state("run")


_autostart()
