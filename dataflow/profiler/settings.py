"""What `set_config` can choose."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from dataflow.errors import ArgumentError, MXNetError, UnknownNameError
from dataflow_ops.errors import suggestion

_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True)
class Settings:
    """The settings and their defaults; each call of `set_config` starts from these."""

    profile_all: bool = False
    profile_symbolic: bool = True
    profile_imperative: bool = True
    profile_memory: bool = True
    profile_api: bool = True
    filename: str | os.PathLike[str] = "profile.json"
    continuous_dump: bool = False
    dump_period: float = 1.0
    aggregate_stats: bool = False
    profile_process: str = "worker"
    capacity: int = 100_000

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Settings:
        """Check settings, which may be texts as in MXNet.

        Raises
        ------
        UnknownNameError
            There is no such setting.
        ArgumentError
            Its value cannot be used.
        """
        kinds = {field.name: type(field.default) for field in fields(cls)}
        values = {}
        for name, value in given.items():
            if name not in kinds:
                meant = suggestion(name, kinds) or f"there are {', '.join(kinds)}"
                raise UnknownNameError(f"the profiler has no setting '{name}': {meant}")
            values[name] = _PARSERS[kinds[name]](name, value)
        return cls(**values)


def _boolean(name: str, value: Any) -> bool:
    found = _TRUTHS.get(str(value).lower())
    if found is None:
        raise ArgumentError(f"{name} is True or False, not {value!r}")
    return found


def _number(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = 0.0
    if not 0 < number < float("inf"):
        raise ArgumentError(f"{name} is a number of seconds above 0, not {value!r}")
    return number


def _count(name: str, value: Any) -> int:
    try:
        count = int(value)
    except (TypeError, ValueError, OverflowError):
        count = 0
    if count < 1:
        raise ArgumentError(f"{name} is a count above 0, not {value!r}")
    return count


def _text(name: str, value: Any) -> str | os.PathLike[str]:
    if name == "profile_process":
        check_process(value)
        return str(value)
    if isinstance(value, str | os.PathLike) and os.fspath(value):
        return value
    raise ArgumentError(f"{name} is the name of a file, not {value!r}")


_PARSERS: Mapping[type, Any] = {
    bool: _boolean,
    float: _number,
    int: _count,
    str: _text,
}


def check_process(name: str) -> None:
    """Raise for any process but this one.

    Raises
    ------
    MXNetError
        For ``"server"``: there is none.
    UnknownNameError
        For what is neither that nor ``"worker"``.
    """
    if name == "server":
        raise MXNetError(
            "there is no server process to profile, since no kvstore of this process "
            "is distributed; profile_process='worker' means this process"
        )
    if name != "worker":
        raise UnknownNameError(f"profile_process is 'worker' or 'server', not {name!r}")
