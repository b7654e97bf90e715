"""What is pushed: the immutable template, the record of one push, its cost."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from .errors import EngineError
from .variables import Var

if TYPE_CHECKING:
    from .contract import Engine

EARLY_RUNS = 4
SAMPLE_EVERY = 64
_LANE = re.compile(r"cpu(:\d{1,4})?")


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
        self.cost = Cost(float(cost)) if isinstance(cost, int | float) else cost
        self.name: str = name or str(
            getattr(function, "__name__", type(function).__name__)
        )
        # Filled in by the threaded engine: the lane, and how to queue on it.
        self._home: Any = None
        self._put: Any = None
        # What to measure; a plain number is believed.
        self._sampled = self.cost if isinstance(cost, Cost) else None

    def __repr__(self) -> str:
        return f"<Operation {self.name} on {self.lane}>"


def check_lane(lane: str) -> str:
    """Return the lane's one spelling, or raise for a name that is none."""
    if not isinstance(lane, str) or not _LANE.fullmatch(lane):
        message = f"no lane {lane!r}: use 'cpu', 'cpu:1', 'cpu:2' and so on"
        raise EngineError(message)
    return "cpu" if lane == "cpu" or int(lane[4:]) == 0 else f"cpu:{int(lane[4:])}"


# Classes written in Python whose instances were found to be no coroutine functions:
# asking costs more than a push.
_plain: WeakSet[type] = WeakSet()


def check_function(function: object) -> None:
    """Raise TypeError for what cannot be called, or only be awaited."""
    if type(function) in _plain:
        return
    if not callable(function):
        raise TypeError(f"an operation needs a callable, not {function!r}")
    code = getattr(function, "__code__", None)
    if code is not None:
        coroutine = bool(code.co_flags & inspect.CO_COROUTINE)
    else:
        called = function if inspect.isroutine(function) else type(function).__call__
        coroutine = inspect.iscoroutinefunction(
            function
        ) or inspect.iscoroutinefunction(called)
    if coroutine:
        message = f"{function!r} is a coroutine function: this engine has no io lane"
        raise TypeError(message)
    if code is None and inspect.isfunction(type(function).__call__):
        _plain.add(type(function))


def check_variables(engine: Engine, variables: Sequence[Var]) -> None:
    """Raise for anything that is not a live Var of the engine."""
    for var in variables:
        if not isinstance(var, Var):
            raise TypeError(f"reads and writes hold Vars, not {var!r}")
        if var.engine is not engine:
            raise EngineError(f"{var!r} belongs to another engine")
        if var.deleted:
            raise EngineError(f"{var!r} was deleted: make a new variable")
