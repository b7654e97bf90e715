"""The engine that runs every operation at once, in the thread that pushes it.

It is the tests' oracle and a debugging aid, so it shares no scheduling code
with the threaded engine. Only an operation pushed from inside another one that
it conflicts with has to wait: until that one has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from .contract import LaneStatistics, Statistics
from .devices.alone import run_on_device
from .errors import EngineClosed, EngineError, WaitTimeout
from .failures import Failure
from .laneless import LanelessEngine
from .lending import LentLock
from .operations import (
    IO,
    Operation,
    check_variables,
    is_device_lane,
    would_block,
)
from .plans import Plan
from .variables import Var


class NaiveEngine(LanelessEngine):
    """Runs each operation when it is pushed, in the pusher; one at a time."""

    def __init__(self) -> None:
        self._lock = LentLock()
        self._running: list[Operation] = []
        self._deferred: list[Operation] = []
        self._unseen: list[Failure] = []
        self._pushed = self._completed = self._failed = self._skipped = 0
        self._closed = False
        super().__init__()

    def replay(self, plan: Plan) -> None:
        """Run a plan's operations now, in order."""
        with self._lock:
            if self._closed:
                raise EngineClosed("the engine is closed")
            for operation in plan.operations:
                self._own(operation)
            self._pushed += len(plan.operations)
            operations: Sequence[Operation] = plan.operations
            if self._recorder is not None:
                operations = self._recorder.twins(operations)
            for operation in operations:
                if _conflicts(operation, self._running + self._deferred):
                    self._deferred.append(operation)
                else:
                    self._run(operation)

    def _run(self, operation: Operation) -> None:
        self._running.append(operation)
        poisoned = [var._failure for var in operation.inputs if var._failure]
        failure = poisoned[0] if poisoned else self._call(operation)
        if poisoned and self._tracer is not None:
            self._tracer.skipped(operation, poisoned[0].exception)
        for var in operation.writes:
            var._failure = failure
            var.version += 1
        self._skipped += bool(poisoned)
        self._completed += 1
        self._running.pop()
        self._run_deferred()

    def _call(self, operation: Operation) -> Failure | None:
        function = operation.function
        if operation.lane == IO:
            from .alone import run_alone  # noqa: PLC0415 - trio takes 100 ms to import

            function = partial(run_alone, operation, self._lock.lent_to)
        elif is_device_lane(operation.lane):
            function = partial(
                run_on_device, self.devices, operation, self._lock.lent_to
            )
        try:
            if self._tracer is None:
                function()
            else:
                self._tracer.run(operation, function)
        except BaseException as error:
            self._failed += 1
            failure = Failure(error, operation.name)
            self._unseen.append(failure)
            return failure
        return None

    def _run_deferred(self) -> None:
        for index, operation in enumerate(self._deferred):
            if not _conflicts(operation, self._running + self._deferred[:index]):
                del self._deferred[index]
                self._run(operation)  # which looks at the others in its turn
                return

    @contextmanager
    def _held(self, timeout: float | None) -> Iterator[None]:
        if not self._lock.acquire(timeout=-1 if timeout is None else max(timeout, 0)):
            raise WaitTimeout(f"an operation still runs after {timeout} s")
        try:
            yield
        finally:
            self._lock.release()

    def wait_for(self, var: Var, timeout: float | None = None) -> None:
        """Raise what poisons the Var."""
        with self._held(timeout):
            check_variables(self, [var])
            if any(var in other.writes for other in self._running + self._deferred):
                message = f"a wait for {var!r} inside an operation waits for itself"
                raise EngineError(message)
            if var._failure is not None:
                var._failure.throw()

    def wait_all(self, timeout: float | None = None) -> None:
        """Raise a failure that nobody saw yet."""
        with self._held(timeout):
            if self._running:
                raise EngineError("wait_all inside an operation waits for itself")
            while self._unseen:
                failure = self._unseen.pop(0)
                if not failure.seen:
                    failure.throw()

    async def wait_for_async(self, var: Var) -> None:
        """Raise what poisons the Var."""
        await self._drained()
        self.wait_for(var)

    async def wait_all_async(self) -> None:
        """Raise a failure that nobody saw yet."""
        await self._drained()
        self.wait_all()

    async def _drained(self) -> None:
        import trio  # noqa: PLC0415 - it takes 100 ms to import

        await trio.lowlevel.checkpoint()

    def _check_may_block(self, what: str) -> None:
        if self._running and self._running[-1].lane == IO:
            raise EngineError(would_block(what))

    def delete_variable(
        self, var: Var, on_delete: Callable[[], Any] | None = None
    ) -> None:
        """Refuse the Var from now on and call back."""
        with self._lock:
            self.push(on_delete or _nothing, (), [var], name="delete")
            var.deleted = True

    def dump(self) -> str:
        """Describe what runs; only from inside an operation is there any."""
        counts = f"NaiveEngine: {self._pushed} pushed, {self._completed} completed"
        running = [f"  running {operation!r}" for operation in self._running]
        waiting = [f"  deferred {operation!r}" for operation in self._deferred]
        return "\n".join([counts, *running, *waiting])

    def statistics(self) -> Statistics:
        """Return the counts; everything runs in the pusher, so is inline."""
        return Statistics(
            pushed=self._pushed,
            completed=self._completed,
            failed=self._failed,
            skipped=self._skipped,
            inline=self._completed,
            queued=len(self._deferred),
            lanes={"cpu": LaneStatistics(len(self._deferred), 0, 0)},
        )

    def close(self, drain: bool = True, timeout: float | None = None) -> None:
        """Refuse further pushes."""
        with self._held(timeout):
            self._closed = True
            self.devices.close()


def _nothing() -> None:
    """Stand for a callback that was not given."""


def _conflicts(operation: Operation, others: Sequence[Operation]) -> bool:
    touched = {*operation.reads, *operation.writes}
    return any(
        not touched.isdisjoint(other.writes)
        or not set(other.reads).isdisjoint(operation.writes)
        for other in others
    )
