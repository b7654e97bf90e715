"""Threads that run operations: what each owns, and how one operation is run."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from .failures import Failure, FailureLedger
from .interrupts import CLAIMED, Interrupted, raise_cause, requeue
from .operations import Cost, Operation
from .records import Pending
from .tracing import Tracer, clock

if TYPE_CHECKING:
    from .io_lane import IoLane
    from .lanes import Lane
    from .variables import Var


class Agent:
    """One thread as the engine sees it, a worker or a user's.

    Counts are per thread, since several threads cannot share one without a
    lock; whoever wants the sum adds them up.

    Attributes
    ----------
    gate : lock
        What it parks on. Held, except for a wake that was not yet noticed.
    home : Lane or None
        The cpu lane that it serves.
    running : Pending or None
        What it runs, or ran last.
    outer : list of Pending
        What it runs further out, when an operation waits and helps meanwhile.
    depth : int
        Positive while it runs operations: it inlines no further ones then.
    loop : bool
        Whether it runs the loop of the io lane, and so must never block.
    """

    __slots__ = (
        "completed",
        "depth",
        "failed",
        "gate",
        "home",
        "inline",
        "interrupt",
        "loop",
        "outer",
        "running",
        "skipped",
        "thread",
        "worker",
    )

    def __init__(
        self, thread: threading.Thread, worker: bool = False, loop: bool = False
    ) -> None:
        self.thread = thread
        self.worker = worker
        self.loop = loop
        self.gate = threading.Lock()
        self.gate.acquire()
        self.completed = self.failed = self.skipped = self.inline = 0
        self.home: Lane | None = None
        self.running: Pending | None = None
        self.outer: list[Pending | None] = []
        self.depth = int(worker)
        self.interrupt: Failure | None = None

    def wake(self) -> None:
        """Let it go on; once more is as good as once."""
        with contextlib.suppress(RuntimeError):  # its gate is open already
            self.gate.release()

    def add(self, other: Agent) -> None:
        """Add another one's counts to its own."""
        self.completed += other.completed
        self.failed += other.failed
        self.skipped += other.skipped
        self.inline += other.inline

    def take_interrupt(self) -> None:
        """Raise the KeyboardInterrupt that an operation run here was hit by."""
        failure, self.interrupt = self.interrupt, None
        if failure is not None:
            failure.throw()

    def stack(self) -> list[Pending]:
        """Return the operations that this thread is inside of, outermost first."""
        inside = [*self.outer, self.running]
        return [p for p in inside if p is not None and not p.done]


class Runner:
    """Runs one record and completes it, in whatever thread asks.

    Parameters
    ----------
    complete : callable
        The scheduling rule's half: a record is done, which are ready now?
    ledger : FailureLedger
        Where failures go.
    """

    def __init__(
        self, complete: Callable[[Pending], Sequence[Pending]], ledger: FailureLedger
    ) -> None:
        self._complete = complete
        self._ledger = ledger
        self.tracer: Tracer | None = None
        self.cancelled: Failure | None = None

    def run(self, pending: Pending, agent: Agent, lane: Lane) -> Pending | None:
        """Run and complete a record; return a ready one to go on with here."""
        if pending.tickets is CLAIMED:  # it was queued twice, and is being run
            return None
        pending.tickets = CLAIMED
        operation: Operation = pending.operation  # type: ignore[assignment]
        agent.running = pending
        # For an interrupt, which has to know how far this is.
        var = failed = ready = None
        has_run = False
        try:
            if self._ledger.alert:
                self._run_carefully(operation, agent)
            else:
                try:
                    cost = operation._sampled
                    if cost is None:
                        operation.function()
                    else:
                        _run_sampled(operation, cost)
                except BaseException as error:
                    failed = error
                    self.fail(operation, error, agent)
            has_run = True
            for var in operation.writes:
                var.version += 1
            # Nobody who waits may find the function alive: drop it before telling.
            pending.operation = None
            del operation
            ready = self._complete(pending)
            agent.completed += 1
            if not ready:
                return None
            if len(ready) == 1:
                following: Operation = ready[0].operation  # type: ignore[assignment]
                if following._home is lane and not following.priority:
                    return ready[0]
            return self._pass_on(ready, lane)
        except BaseException as error:
            if not has_run:
                # It came into the handling of a failure, or a run that is careful.
                self.fail(pending.operation, failed or error, agent)  # type: ignore[arg-type]
                agent.interrupt = None  # it is on its way already
            self._mend(pending, agent, var, ready, error)
            raise_cause(error)

    def _mend(
        self,
        pending: Pending,
        agent: Agent,
        last: Var | None,
        ready: Sequence[Pending] | None,
        error: BaseException,
    ) -> None:
        """Complete a run that was interrupted, and tell all that wait.

        Parameters
        ----------
        last : Var or None
            The last one whose version is counted.
        ready : sequence of Pending, optional
            What has become ready. None: it is not completed yet.
        """
        operation = pending.operation
        if operation is not None:
            counted = 0 if last is None else operation.writes.index(last) + 1
            for var in operation.writes[counted:]:
                var.version += 1
            pending.operation = None
        if ready is None:
            ready = (
                error.ready
                if isinstance(error, Interrupted)
                else self._complete(pending)
            )
            agent.completed += 1
        requeue(ready)

    def end(self, pending: Pending, agent: Agent, lane: IoLane) -> Pending | None:
        """Complete a record whose function was called elsewhere; as `run` does."""
        operation: Operation = pending.operation  # type: ignore[assignment]
        for var in operation.writes:
            var.version += 1
        pending.operation = None
        del operation
        ready = self._complete(pending)
        agent.completed += 1
        return self._pass_on(ready, lane) if ready else None

    def obstacle(self, operation: Operation) -> Failure | None:
        """Return why an operation that is ready must not run, or None."""
        if not self._ledger.alert:
            return None
        return self.cancelled or _poison(operation.inputs)

    def skip(self, operation: Operation, failure: Failure, agent: Agent) -> None:
        """Give an operation up for a failure that is not its own."""
        if self.tracer is not None:
            self.tracer.skipped(operation, failure.exception)
        self._ledger.poison(operation.writes, failure)
        agent.skipped += 1

    def heal(self, operation: Operation) -> None:
        """Note that an operation has run well, which is news for poisoned Vars."""
        if not self._ledger.alert:
            return
        # While tracing the engine is careful anyhow: only what is poisoned is news.
        if self.tracer is None or _poison(operation.writes) is not None:
            self._ledger.heal(operation.writes)

    def _run_carefully(self, operation: Operation, agent: Agent) -> None:
        """Run while something is poisoned, traced or cancelled."""
        failure = self.cancelled or _poison(operation.inputs)
        if failure is not None:
            self.skip(operation, failure, agent)
            return
        tracer = self.tracer
        try:
            if tracer is None:
                operation.function()
            else:
                _sample(operation._sampled, tracer.run(operation, operation.function))
        except BaseException as error:
            self.fail(operation, error, agent)
        else:
            self.heal(operation)

    def fail(self, operation: Operation, error: BaseException, agent: Agent) -> None:
        """Box what an operation raised on what it writes."""
        failure = Failure(error, operation.name)
        if isinstance(error, KeyboardInterrupt) and not agent.worker:
            agent.interrupt = failure
        self._ledger.report(failure)
        self._ledger.poison(operation.writes, failure)
        agent.failed += 1

    def report(self, error: BaseException, where: str) -> None:
        """Remember an error that is that of no operation."""
        self._ledger.report(Failure(error, where))

    @staticmethod
    def _pass_on(ready: Sequence[Pending], lane: Lane | IoLane) -> Pending | None:
        """Keep one record of the same lane and queue the others, oldest first."""
        kept = None
        for pending in reversed(ready):
            operation: Operation = pending.operation  # type: ignore[assignment]
            home = operation._home
            if home is not lane and home is not None:
                home.put_and_wake(pending)
            elif home is None or kept is not None or operation.priority:
                operation._put(pending)
            else:
                kept = pending
        return kept


def _poison(variables: Sequence[Var]) -> Failure | None:
    """Return what poisons the first of the Vars that is poisoned."""
    for var in variables:
        if var._failure is not None:
            return var._failure
    return None


def _run_sampled(operation: Operation, cost: Cost) -> None:
    """Run an operation, and measure it now and then."""
    cost._left -= 1
    if cost._left > 0:
        operation.function()
        return
    start = clock()
    operation.function()
    cost.sample((clock() - start) / 1000)


def _sample(cost: Cost | None, length_ns: int) -> None:
    """Take in now and then what a tracer has measured."""
    if cost is not None:
        cost._left -= 1
        if cost._left <= 0:
            cost.sample(length_ns / 1000)


def serve(lane: Lane, agent: Agent, runner: Runner, dry: Callable[[], None]) -> None:
    """Run operations of a lane until it stops: the body of a worker thread.

    ``dry`` is called whenever the queue was found empty.
    """
    agent.home = lane
    run, take = runner.run, lane.take
    pending: Pending | None = None
    while True:
        try:
            pending = take()
            while pending is not None:
                pending = run(pending, agent, lane)
            if not lane.queue:
                dry()
                if lane.ends(agent):
                    return
                lane.park(agent)
        except BaseException as error:  # raised in this thread from outside
            requeue([pending])
            runner.report(error, agent.thread.name)
