"""What every engine promises.

Operations that share no written Var may run in any order and at the same time;
operations that touch a Var run between its writes in push order. An operation
that raises poisons the Vars it writes; operations that read a poisoned Var are
skipped and poison theirs; a wait on a poisoned Var raises the original
exception. A later write that reads nothing poisoned makes a Var good again.
"""

from __future__ import annotations

import abc
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from .devices.streams import Devices
from .errors import EngineError
from .operations import (
    IO,
    Cost,
    DeviceOperation,
    Operation,
    SizedOperation,
    check_lane,
    check_plain,
    check_variables,
    is_asynchronous,
    is_device_lane,
    name_of,
)
from .variables import Var

if TYPE_CHECKING:
    from .determinism.recording import Recorder
    from .plans import Plan
    from .tracing import Tracer

T = TypeVar("T")


@dataclass(frozen=True)
class LaneStatistics:
    """One lane: what is queued on it, its threads, and how many are parked.

    ``running`` names the asynchronous operations that the io lane runs.
    """

    queued: int
    workers: int
    parked: int
    running: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statistics:
    """Counts since the engine was made.

    ``completed`` counts every operation that has ended, also those that
    ``failed`` or were ``skipped`` (given up for another's failure, or for the end
    of the engine); ``inline`` those that ran in the pusher. ``poisoned`` counts the
    Vars that a wait would raise for now, ``nbytes`` what pending operations hold, if
    they say it.
    """

    pushed: int
    completed: int
    failed: int
    skipped: int
    inline: int
    queued: int
    lanes: Mapping[str, LaneStatistics] = field(default_factory=dict)
    poisoned: int = 0
    nbytes: int = 0

    @property
    def pending(self) -> int:
        """How many operations were pushed and have not ended."""
        return self.pushed - self.completed


class Engine(abc.ABC):
    """An asynchronous dependency engine: push operations, wait for Vars."""

    _devices: Devices | None = None

    @property
    @abc.abstractmethod
    def tracer(self) -> Tracer | None:
        """Where slices are recorded, or None."""

    @tracer.setter
    @abc.abstractmethod
    def tracer(self, tracer: Tracer | None) -> None: ...

    def record(self) -> AbstractContextManager[Recorder]:
        """Record in which order operations start, inside a ``with`` block.

        The engine is drained at both ends of the block. What was recorded is the
        ``order`` of the recorder that the block is given.
        """
        from .determinism.recording import recording  # noqa: PLC0415 - seldom needed

        return recording(self)

    @abc.abstractmethod
    def _set_recorder(self, recorder: Recorder | None) -> Recorder | None:
        """Record what is pushed from now on, or no longer; return what did before."""

    @property
    def devices(self) -> Devices:
        """The devices that its lanes run on, each opened when first asked for."""
        if self._devices is None:
            self._devices = Devices()
        return self._devices

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
        timeout: float | None = None,
        keep: Sequence[object] = (),
        nbytes: int = 0,
    ) -> Operation:
        """Prepare an operation once, to push it any number of times.

        Parameters
        ----------
        function : callable
            Called without arguments; what it returns is dropped. An ``async def``
            runs in trio on lane ``"io"``, whatever lane is asked for.
        reads, writes : sequence of Var
            A Var named twice counts once; one both read and written is written.
        lane : str
            Where it runs: ``"cpu"``, or ``"cpu:1"``, ``"cpu:2"`` for further
            contexts with workers of their own; ``"gpu:0"`` and ``"sim:0"`` to compute
            on a device, ``"gpu:0/copy"`` to copy, as `devices.streams` says.
        priority : int
            Among ready operations of a lane the higher goes first.
        cost : Cost or float, optional
            What it costs in microseconds, or a shared running estimate. An
            operation known to be cheap may run in the thread that pushes it.
        name : str, optional
            For errors, traces and ``dump()``; the function's by default.
        timeout : float, optional
            Seconds from its start after which an asynchronous operation is
            cancelled, and fails with `OperationTimeout`.
        keep : sequence of object
            On the lane of a device: what has to live until the device has ended with
            it, beside what the function refers to.
        nbytes : int
            How many bytes a push of it holds until it has ended. Whoever pushes more
            than the engine's bound helps first; on lanes of devices it is not counted.
        """
        asynchronous = is_asynchronous(function)
        check_variables(self, reads)
        check_variables(self, writes)
        lane = check_lane(lane)
        if asynchronous:
            # It has no cost, lest it be taken for cheap and run where it is pushed.
            lane, cost = IO, None
            if timeout is not None and not timeout >= 0:
                raise ValueError(f"a timeout is not negative, but this is {timeout}")
        elif lane == IO or timeout is not None:
            check_plain(function, lane, timeout)
        if nbytes < 0:
            raise ValueError(f"nbytes is not negative, but this is {nbytes}")
        kind = SizedOperation if nbytes else Operation
        if is_device_lane(lane):
            # It is never run where it is pushed, either.
            kind, cost = DeviceOperation, None
        operation = kind(
            self, function, reads, writes, lane, priority, cost, name, timeout
        )
        if keep:
            operation.hold(keep)
        if isinstance(operation, SizedOperation):
            operation.nbytes = nbytes
        self._place(operation)
        return operation

    @abc.abstractmethod
    def _place(self, operation: Operation) -> None:
        """Note in a new operation where it is queued."""

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
        timeout: float | None = None,
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
            Inside an operation, for a write that itself waits for it; inside an
            asynchronous one for any that has not ended, since it would block all
            others: await `wait_for_async` there.
        """

    @abc.abstractmethod
    def wait_all(self, timeout: float | None = None) -> None:
        """Wait until everything has ended; raise a failure nobody saw yet."""

    @abc.abstractmethod
    async def wait_for_async(self, var: Var) -> None:
        """Wait like `wait_for`, in the trio run of the caller.

        The deadline is trio's: ``with trio.fail_after(seconds):``. A wait that is
        cancelled is given up; what it waited for goes on. The waiting task does not
        help, so that its run is not held up.
        """

    @abc.abstractmethod
    async def wait_all_async(self) -> None:
        """Wait like `wait_all`, in the trio run of the caller."""

    def run_async(
        self,
        function: Callable[[], Awaitable[T]],
        *,
        timeout: float | None = None,
        name: str | None = None,
    ) -> T:
        """Run an asynchronous function on the io lane; return what it returns.

        For plain code, also inside an operation: its thread helps meanwhile. What
        the function raises is raised here.

        Parameters
        ----------
        function : callable
            Called without arguments and awaited in trio.
        timeout : float, optional
            As for `operation`.
        name : str, optional
            The function's by default.
        """
        self._check_may_block("run_async")
        results: list[T] = []
        errors: list[Exception] = []

        async def call() -> None:
            # A cancellation is no Exception: it goes on to whoever cancelled.
            try:
                results.append(await function())
            except Exception as error:
                errors.append(error)

        ended = self.new_variable("the end of run_async")
        name = name or name_of(function)
        self.push(call, (), (ended,), name=name, timeout=timeout)
        self.wait_for(ended)
        if errors:
            raise errors.pop()
        return results[0]

    @abc.abstractmethod
    def _check_may_block(self, what: str) -> None:
        """Raise inside an asynchronous operation, where nothing may block."""

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
            Run what is pending first. False: what has not started is not run,
            what is asynchronous is cancelled, and both poison what they would have
            written with `EngineClosed`.
        timeout : float, optional
            How long to wait for that, in seconds, before `WaitTimeout`.
        """

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        from .awaiting import close  # noqa: PLC0415 - trio is imported when needed

        await close(self, value)

    @abc.abstractmethod
    async def _drained(self) -> None:
        """Wait until everything has ended, whatever has failed."""

    def _own(self, operation: Operation) -> None:
        if operation.engine is not self:
            raise EngineError(f"{operation!r} was made by another engine")
        check_variables(self, operation.reads)
        check_variables(self, operation.writes)
