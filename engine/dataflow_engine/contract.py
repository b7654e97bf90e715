"""What every engine promises.

Operations that share no written Var may run in any order and at the same time;
operations that touch a Var run between its writes in push order. An operation
that raises poisons the Vars it writes; operations that read a poisoned Var are
skipped and poison theirs; a wait on a poisoned Var raises the original
exception. A later write that reads nothing poisoned makes a Var good again.
"""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any

from .errors import EngineError
from .operations import (
    Cost,
    Operation,
    check_function,
    check_lane,
    check_variables,
)
from .variables import Var

if TYPE_CHECKING:
    from .plans import Plan
    from .tracing import Tracer


@dataclass(frozen=True)
class LaneStatistics:
    """One lane: what is queued on it, its threads, and how many are parked."""

    queued: int
    workers: int
    parked: int


@dataclass(frozen=True)
class Statistics:
    """Counts since the engine was made.

    ``completed`` counts every operation that has ended, also those that
    ``failed`` or were ``skipped``; ``inline`` those that ran in the pusher.
    """

    pushed: int
    completed: int
    failed: int
    skipped: int
    inline: int
    queued: int
    lanes: Mapping[str, LaneStatistics] = field(default_factory=dict)


class Engine(abc.ABC):
    """An asynchronous dependency engine: push operations, wait for Vars."""

    @property
    @abc.abstractmethod
    def tracer(self) -> Tracer | None:
        """Where slices are recorded, or None."""

    @tracer.setter
    @abc.abstractmethod
    def tracer(self, tracer: Tracer | None) -> None: ...

    def new_variable(self, name: str | None = None) -> Var:
        """Make a variable of this engine."""
        return Var(self, name)

    def operation(
        self,
        function: Callable[[], Any],
        reads: Sequence[Var] = (),
        writes: Sequence[Var] = (),
        *,
        lane: str = "cpu",
        priority: int = 0,
        cost: Cost | float | None = None,
        name: str | None = None,
    ) -> Operation:
        """Prepare an operation once, to push it any number of times.

        Parameters
        ----------
        function : callable
            Called without arguments; what it returns is dropped.
        reads, writes : sequence of Var
            A Var named twice counts once; one both read and written is written.
        lane : str
            Where it runs: ``"cpu"``, or ``"cpu:1"``, ``"cpu:2"`` for further
            contexts with workers of their own.
        priority : int
            Among ready operations of a lane the higher goes first.
        cost : Cost or float, optional
            What it costs in microseconds, or a shared running estimate. An
            operation known to be cheap may run in the thread that pushes it.
        name : str, optional
            For errors, traces and ``dump()``; the function's by default.
        """
        check_function(function)
        check_variables(self, reads)
        check_variables(self, writes)
        return Operation(
            self, function, reads, writes, check_lane(lane), priority, cost, name
        )

    @abc.abstractmethod
    def push(
        self,
        function: Operation | Callable[[], Any],
        reads: Sequence[Var] = (),
        writes: Sequence[Var] = (),
        *,
        lane: str = "cpu",
        priority: int = 0,
        cost: Cost | float | None = None,
        name: str | None = None,
    ) -> None:
        """Push a prepared operation, or prepare and push one in one step."""

    @abc.abstractmethod
    def replay(self, plan: Plan) -> None:
        """Push all of a plan's operations in order, as one atomic step."""

    @abc.abstractmethod
    def wait_for(self, var: Var, timeout: float | None = None) -> None:
        """Wait until every write pushed on the Var so far has ended.

        Raises
        ------
        BaseException
            What poisons the Var: the original exception with its traceback.
        WaitTimeout
            After ``timeout`` seconds.
        EngineError
            Inside an operation, for a write that itself waits for it.
        """

    @abc.abstractmethod
    def wait_all(self, timeout: float | None = None) -> None:
        """Wait until everything has ended; raise a failure nobody saw yet."""

    @abc.abstractmethod
    def delete_variable(
        self, var: Var, on_delete: Callable[[], Any] | None = None
    ) -> None:
        """Refuse the Var from now on; call back once all pushed on it ended."""

    @abc.abstractmethod
    def dump(self) -> str:
        """Describe in words what is queued, running and poisoned."""

    @abc.abstractmethod
    def statistics(self) -> Statistics:
        """Return the counts."""

    @abc.abstractmethod
    def close(self, drain: bool = True, timeout: float | None = None) -> None:
        """Refuse further pushes and stop; a second call does nothing.

        Parameters
        ----------
        drain : bool
            Run what is pending first. False: what has not started is not run
            and poisons what it would have written with `EngineClosed`.
        timeout : float, optional
            How long to wait for that, in seconds, before `WaitTimeout`.
        """

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _own(self, operation: Operation) -> None:
        if operation.engine is not self:
            raise EngineError(f"{operation!r} was made by another engine")
        check_variables(self, operation.reads)
        check_variables(self, operation.writes)
