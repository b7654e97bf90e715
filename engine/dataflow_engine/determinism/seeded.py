"""An engine whose seed chooses the order: one legal order per seed, always the same.

Nothing runs when it is pushed. Whoever waits runs operations, one after another, until
what it waits for has ended; a program of one thread thus runs in that thread. Which of
the ready operations is next is drawn by the seed, or said by a recorded order. Chance
takes no notice of lanes and priorities, since nobody may rely on those: an order that
they usually lead to would hide that a dependency was not declared.

A wait inside an operation runs only what it depends on, lest something wait on top of
it for the operation that is suspended below. Asynchronous operations run one at a time,
each in a trio run of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from dataflow_engine import lifecycle
from dataflow_engine.contract import LaneStatistics, Statistics
from dataflow_engine.devices.alone import run_on_device
from dataflow_engine.errors import EngineClosed, EngineError
from dataflow_engine.failures import Failure, FailureLedger
from dataflow_engine.laneless import LanelessEngine
from dataflow_engine.operations import (
    IO,
    Operation,
    check_variables,
    is_device_lane,
)
from dataflow_engine.plans import Plan
from dataflow_engine.reporting import in_words
from dataflow_engine.tracing import clock
from dataflow_engine.variables import Var
from dataflow_engine.waiting import Deadline

from .choosing import Chance, Turn, describe
from .turns import Turns, stack

MOST_PENDING = 1000


class SeededEngine(LanelessEngine):
    """Runs one legal order of the operations, chosen by a seed, without workers.

    The same program and the same seed give the same order, as long as one thread
    pushes; other seeds give others. So a result that depends on the seed tells that
    some operation touches what it did not declare. Whoever waits for an operation
    without the engine's knowledge, by an event of its own, waits in vain.

    Parameters
    ----------
    seed : int
        What to draw from.
    most_pending : int
        With more than so many pending operations a push runs one.
    """

    def __init__(self, seed: int = 0, *, most_pending: int = MOST_PENDING) -> None:
        if isinstance(seed, bool) or not isinstance(seed, int):
            raise TypeError(f"a seed is an integer, not {seed!r}")
        if most_pending < 1:
            raise ValueError(f"most_pending is at least 1, not {most_pending}")
        self._turns = Turns(Chance(seed))
        self._title = f"SeededEngine(seed={seed})"
        self._limit = most_pending
        self._ledger = FailureLedger()
        self._pushed = self._completed = self._failed = self._skipped = 0
        self._closed = False
        self._cancelled: Failure | None = None
        super().__init__()
        lifecycle.watch(self)

    # Pushing

    def replay(self, plan: Plan) -> None:
        """Push all of a plan's operations in order, as one atomic step."""
        with self._turns.changed:
            self._register(plan.operations)
            full = len(self._turns.pending) > self._limit and not self._turns.here()
            turn = self._take(None) if full else None
        if turn is not None:
            self._run(turn)

    def _register(self, operations: Sequence[Operation]) -> None:
        if self._closed:
            raise EngineClosed("the engine is closed")
        for operation in operations:
            self._own(operation)
        numbers = self._turns.number(operations)
        if self._recorder is not None:
            operations = self._recorder.twins(operations)
        for number, operation in zip(numbers, operations, strict=True):
            self._pushed += 1
            self._turns.add(number, operation)

    # Running

    def _take(self, goal: Turn | None) -> Turn | None:
        return self._turns.take(goal, self._obstacle)

    def _obstacle(self, turn: Turn) -> Failure | None:
        """Return why an operation must not run, or None."""
        if self._cancelled is not None or not self._ledger.alert:
            return self._cancelled
        assert turn.operation is not None
        failures = (var._failure for var in turn.operation.inputs)
        return next((failure for failure in failures if failure is not None), None)

    def _run(self, turn: Turn) -> None:
        failure = self._execute(turn)
        if failure is not None and isinstance(failure.exception, KeyboardInterrupt):
            failure.throw()

    def _execute(self, turn: Turn) -> Failure | None:
        """Run and complete an operation; return what it failed with itself."""
        operation = turn.operation
        assert operation is not None
        obstacle, failed = self._obstacle(turn), None
        if obstacle is not None:
            self._skipped += 1
            if self._tracer is not None:
                self._tracer.skipped(operation, obstacle.exception)
        else:
            within = stack.of_task if operation.lane == IO else stack.of_thread
            with within((*stack.get(), turn)):
                failed = self._call(operation)
        with self._turns.changed:
            self._settle(operation, obstacle or failed)
            del operation  # nobody who waits may find the function alive
            self._completed += 1
            self._turns.end(turn)
        return failed

    def _call(self, operation: Operation) -> Failure | None:
        function, within = operation.function, stack.get()
        if operation.lane == IO:
            from dataflow_engine.alone import run_alone  # noqa: PLC0415 - trio takes 100 ms to import

            function = partial(run_alone, operation, lambda _: stack.of_task(within))
        elif is_device_lane(operation.lane):
            function = partial(
                run_on_device,
                self.devices,
                operation,
                lambda _: stack.of_thread(within),
            )
        try:
            if self._tracer is None:
                function()
            else:
                self._tracer.run(operation, function)
        except BaseException as error:
            self._failed += 1
            failure = Failure(error, operation.name)
            self._ledger.report(failure)
            return failure
        return None

    def _settle(self, operation: Operation, failure: Failure | None) -> None:
        if failure is not None:
            self._ledger.poison(operation.writes, failure)
        elif self._ledger.alert:
            self._ledger.heal(operation.writes)
        for var in operation.writes:
            var.version += 1

    # Waiting

    def wait_for(self, var: Var, timeout: float | None = None) -> None:
        """Run operations until the Var's last write has ended; raise what failed."""
        goal = self._goal(var)
        if goal is not None:
            self._check_may_block("wait_for")
            what = f"the last write of {var!r}"
            with self._traced("wait_for", what):
                self._until(goal, Deadline(timeout), what)
        if var._failure is not None:
            var._failure.throw()

    def _goal(self, var: Var) -> Turn | None:
        with self._turns.changed:
            check_variables(self, [var])
            return self._turns.goal(var)

    def wait_all(self, timeout: float | None = None) -> None:
        """Run all operations; raise a failure nobody saw yet."""
        self._outside("wait_all")
        with self._traced("wait_all", "what was pushed"):
            self._until(None, Deadline(timeout), "what was pushed")
        self._throw_unseen()

    def _until(self, goal: Turn | None, deadline: Deadline, what: str) -> None:
        """Run one operation at least, so that repeated short waits get on."""
        while not self._turns.over(goal):
            if not self._step(goal):
                self._turns.let_others(goal, deadline)
            if deadline.left() == 0 and not self._turns.over(goal):
                raise deadline.missed(what)

    def _step(self, goal: Turn | None) -> bool:
        """Run one operation; False: other threads have to go on first."""
        with self._turns.changed:
            turn = None if self._turns.over(goal) else self._take(goal)
        if turn is not None:
            self._run(turn)
        return turn is not None

    async def wait_for_async(self, var: Var) -> None:
        """Wait like `wait_for`, in the trio run of the caller, and hold it up."""
        goal = self._goal(var)
        await _checkpoint()
        if goal is not None:
            await self._until_async(goal, f"the last write of {var!r}")
        if var._failure is not None:
            var._failure.throw()

    async def wait_all_async(self) -> None:
        """Wait like `wait_all`, in the trio run of the caller, and hold it up."""
        await self._drained()
        self._throw_unseen()

    async def _drained(self) -> None:
        self._outside("wait_all_async")
        await _checkpoint()
        await self._until_async(None, "what was pushed")

    async def _until_async(self, goal: Turn | None, what: str) -> None:
        import trio  # noqa: PLC0415 - it takes 100 ms to import

        with self._traced("wait_all" if goal is None else "wait_for", what):
            while not self._turns.over(goal):
                if self._step(goal):
                    await trio.lowlevel.checkpoint()
                    continue
                others = partial(self._turns.let_others, goal, Deadline(None))
                await trio.to_thread.run_sync(others, abandon_on_cancel=True)

    def _check_may_block(self, what: str) -> None:
        self._turns.check_may_block(what)

    def _outside(self, what: str) -> None:
        if self._turns.here():
            raise EngineError(f"{what} inside an operation waits for itself")

    def _throw_unseen(self) -> None:
        failure = self._ledger.take_unseen()
        if failure is not None:
            failure.throw()

    @contextmanager
    def _traced(self, name: str, what: str) -> Iterator[None]:
        tracer = self._tracer
        start = clock() if tracer is not None else 0
        try:
            yield
        finally:
            if tracer is not None:
                tracer.waited(name, start, what)

    # Deleting

    def delete_variable(
        self, var: Var, on_delete: Callable[[], Any] | None = None
    ) -> None:
        """Refuse the Var from now on; call back once all pushed on it ended."""
        if self._closed:
            raise EngineClosed("the engine is closed")
        operation = self.operation(on_delete or _nothing, (), [var], name="delete")
        with self._turns.changed:
            self._register([operation])
            var.deleted = True
            # Registering on it fails by itself from here on.
            del var._writer, var._readers

    # Looking

    def statistics(self) -> Statistics:
        """Return the counts; nothing runs in its pusher."""
        with self._turns.changed:
            ready = self._turns.ready
            queued = Counter(t.operation.lane for t in ready if t.operation)
            lanes = {name: LaneStatistics(queued[name], 0, 0) for name in queued}
            return Statistics(
                pushed=self._pushed,
                completed=self._completed,
                failed=self._failed,
                skipped=self._skipped,
                inline=0,
                queued=len(ready),
                lanes={"cpu": LaneStatistics(0, 0, 0), **lanes},
            )

    def dump(self) -> str:
        """Describe in words what runs, is ready, waits, and is poisoned."""
        lines = [f"{self._title}: {in_words(self.statistics())}"]
        with self._turns.changed:
            for turn in self._turns.pending.values():
                state = "running" if turn in self._turns.running else "waiting"
                state = "ready" if turn in self._turns.ready else state
                lines.append(f"  {state} {describe(turn)}")
        poisoned = self._ledger.poisoned()
        lines += [f"poisoned {var!r}: {var.exception!r}" for var in poisoned]
        return "\n".join(lines)

    # Stopping

    def close(self, drain: bool = True, timeout: float | None = None) -> None:
        """Refuse further pushes and stop."""
        if self._closed:
            return
        self._outside("close")
        deadline = Deadline(timeout)
        try:
            if drain:
                self._until(None, deadline, "what was pushed")
                self._turns.chooser.finish()
        finally:
            self._closed = True
            self._turns.chooser.abandon()
            error = EngineClosed("the engine was closed before this operation had run")
            self._cancelled = Failure(error, "close")
            while self._step(None):  # which only skips
                pass
            self._until(None, deadline, "what was running")
            self._ledger.log_unseen()
            self.devices.close()

    def after_fork(self) -> None:
        """Give up in the child what was pending: the parent will run it."""
        failure = Failure(EngineError(lifecycle.FORKED), "fork")
        poisoned = self._ledger.poisoned_unlocked()
        self._ledger = FailureLedger()
        self._recorder = None
        self._ledger.take_over(poisoned)
        for operation in self._turns.forget_others():
            self._ledger.poison(operation.writes, failure)
            self._completed += 1
            self._skipped += 1


async def _checkpoint() -> None:
    import trio  # noqa: PLC0415 - it takes 100 ms to import

    await trio.lowlevel.checkpoint()


def _nothing() -> None:
    """Stand for a callback that was not given."""
