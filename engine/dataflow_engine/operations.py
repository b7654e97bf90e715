"""What is pushed: the immutable template, the record of one push, its cost."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from .errors import EngineError
from .variables import Var

if TYPE_CHECKING:
    from .contract import Engine

EARLY_RUNS = 4
SAMPLE_EVERY = 64
_LANE = re.compile(r"cpu(:\d{1,4})?")
_DEVICE_LANE = re.compile(r"(sim|gpu)(:\d{1,4})?(/copy)?")
IO = "io"


class Cost:
    """A running estimate of what a call costs, shared by operations alike.

    Parameters
    ----------
    us : float, optional
        A first estimate in microseconds. None: unknown, which counts as dear.
    """

    __slots__ = ("_left", "_runs", "us")

    def __init__(self, us: float | None = None) -> None:
        self.us = us
        self._runs = 0
        self._left = 1  # runs until the next sample

    def sample(self, us: float) -> None:
        """Take one measured run into the estimate.

        Early runs keep the least, for the first ones warm caches. Later ones
        move it slowly and never far, for a run may be preempted in the middle.
        """
        known = self.us
        if self._runs == 0 or known is None:
            self.us = us
        elif self._runs < EARLY_RUNS:
            self.us = min(known, us)
        else:
            self.us = known + (min(us, 4 * known) - known) / 4
        self._runs += 1
        self._left = 1 if self._runs < EARLY_RUNS else SAMPLE_EVERY

    def __repr__(self) -> str:
        return "Cost(unknown)" if self.us is None else f"Cost({self.us:.3g} us)"


class Operation:
    """A function with the Vars it reads and writes, pushed any number of times.

    Make one with ``engine.operation(...)``. It does not change, holds no state
    of a push, and may be pushed again while an earlier push of it is pending.

    Attributes
    ----------
    reads, writes : tuple of Var
        Without repetition; what is both read and written is a write.
    inputs : tuple of Var
        What was declared as read, written or not: if one of them is poisoned
        the operation is skipped.
    timeout : float or None
        Seconds after which an asynchronous one is cancelled.
    """

    __slots__ = (
        "_home",
        "_put",
        "_sampled",
        "cost",
        "engine",
        "function",
        "inputs",
        "lane",
        "name",
        "priority",
        "reads",
        "timeout",
        "writes",
    )

    def __init__(
        self,
        engine: Engine,
        function: Callable[[], Any],
        reads: Sequence[Var],
        writes: Sequence[Var],
        lane: str,
        priority: int,
        cost: Cost | float | None,
        name: str | None,
        timeout: float | None = None,
    ) -> None:
        self.engine = engine
        self.function = function
        self.writes = tuple(dict.fromkeys(writes)) if len(writes) > 1 else (*writes,)
        self.inputs = tuple(dict.fromkeys(reads)) if len(reads) > 1 else (*reads,)
        both = not set(self.writes).isdisjoint(self.inputs)
        self.reads = (
            tuple(var for var in self.inputs if var not in self.writes)
            if both
            else self.inputs
        )
        self.lane = lane
        self.priority = priority
        self.timeout = timeout
        self.cost = Cost(float(cost)) if isinstance(cost, int | float) else cost
        self.name: str = name or getattr(function, "__name__", "") or name_of(function)
        # Filled in by the threaded engine: the lane, and how to queue on it.
        self._home: Any = None
        self._put: Any = None
        # What to measure; a plain number is believed.
        self._sampled = self.cost if isinstance(cost, Cost) else None

    def hold(self, keep: Sequence[object]) -> None:
        """Refuse to keep what a function keeps by itself."""
        message = (
            f"{self.name} runs on lane {self.lane!r}: keep is for lanes of devices"
        )
        raise EngineError(message)

    def __repr__(self) -> str:
        return f"<Operation {self.name} on {self.lane}>"


class SizedOperation(Operation):
    """An operation that says how many bytes a push of it holds until it has ended.

    Attributes
    ----------
    load : object
        Counts them as long as it lives; that of one push.
    """

    __slots__ = ("load", "nbytes")

    load: object
    nbytes: int


class DeviceOperation(Operation):
    """An operation of a device lane, which is registered in its own way.

    Attributes
    ----------
    keep : tuple
        What has to live until the device has ended with it, if there is any.
    """

    __slots__ = ("keep",)

    def hold(self, keep: Sequence[object]) -> None:
        """Keep something until the device has ended with it."""
        self.keep = tuple(keep)


def name_of(function: object) -> str:
    """Return what to call an operation after its function."""
    if isinstance(function, partial):
        return name_of(function.func)
    return str(getattr(function, "__name__", type(function).__name__))


def check_lane(lane: str) -> str:
    """Return the lane's one spelling, or raise for a name that is none."""
    if lane in ("cpu", IO):
        return lane
    if not isinstance(lane, str) or not _LANE.fullmatch(lane):
        if isinstance(lane, str) and (device := _DEVICE_LANE.fullmatch(lane)):
            kind, index, copy = device.groups("")
            return f"{kind}:{int(index[1:] or 0)}{copy}"
        message = (
            f"no lane {lane!r}: use 'cpu', 'cpu:1', 'cpu:2' and so on, or that of a "
            "device, 'gpu:0' or 'sim:0' to compute, 'gpu:0/copy' to copy"
        )
        raise EngineError(message)
    return "cpu" if int(lane[4:]) == 0 else f"cpu:{int(lane[4:])}"


def is_device_lane(lane: str) -> bool:
    """Return whether operations of the lane are given to the stream of a device."""
    return lane[0] in "sg"


def check_plain(function: object, lane: str, timeout: float | None) -> None:
    """Raise for what only an asynchronous function can be given."""
    if lane == IO:
        message = (
            f"{name_of(function)} is a plain function and would block the one thread "
            "of lane 'io': make it an `async def`, or use lane 'cpu'"
        )
        raise EngineError(message)
    if timeout is not None:
        message = (
            f"{name_of(function)} is a plain function, which cannot be stopped: "
            "only an `async def` can have a timeout"
        )
        raise EngineError(message)


# Classes written in Python whose instances were found to be no coroutine functions:
# asking costs more than a push.
_plain: WeakSet[type] = WeakSet()


def is_asynchronous(function: object) -> bool:
    """Return whether a call has to be awaited; raise TypeError for no callable."""
    if type(function) in _plain:
        return False
    if not callable(function):
        raise TypeError(f"an operation needs a callable, not {function!r}")
    code = getattr(function, "__code__", None)
    if code is not None:
        if code.co_flags & inspect.CO_ASYNC_GENERATOR:
            raise TypeError(f"{function!r} is an asynchronous generator: nobody asks")
        return bool(code.co_flags & inspect.CO_COROUTINE)
    if isinstance(function, partial):
        return is_asynchronous(function.func)
    called = function if inspect.isroutine(function) else type(function).__call__
    if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(called):
        return True
    if inspect.isfunction(type(function).__call__):
        _plain.add(type(function))
    return False


def check_variables(engine: Engine, variables: Sequence[Var]) -> None:
    """Raise for anything that is not a live Var of the engine."""
    for var in variables:
        if not isinstance(var, Var):
            raise TypeError(f"reads and writes hold Vars, not {var!r}")
        if var.engine is not engine:
            raise EngineError(f"{var!r} belongs to another engine")
        if var.deleted:
            raise EngineError(f"{var!r} was deleted: make a new variable")


def would_block(what: str) -> str:
    """Return why an asynchronous operation must not call what blocks its thread."""
    return (
        f"{what} inside an asynchronous operation would block all of them: "
        "await wait_for_async, or what it is to run, instead"
    )
