"""The default engine: any thread pushes, workers and waiters run.

Registering what is pushed is atomic and ordered over all Vars of an operation; how, is
told in `registrar`, and where ready operations go from there in `dispatch`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from . import lifecycle
from .backpressure import PENDING, Backpressure
from .census import Census
from .contract import Statistics
from .dependencies import Rule, default_rule
from .determinism.recording import Recorder
from .dispatch import Dispatcher
from .errors import EngineClosed
from .failures import Failure, FailureLedger
from .interrupts import raise_cause
from .operations import (
    Cost,
    Operation,
    SizedOperation,
)
from .places import Places, WorkerCounts
from .plans import Plan
from .records import Pending
from .registrar import FREE, NEVER, Batch, Registrar
from .reporting import count, describe, running_elsewhere
from .staff import Staff
from .tracing import Tracer
from .variables import Var
from .waiting import Deadline, Drainers
from .waits import Waits
from .watchdog import Watchdog
from .workers import Runner

if TYPE_CHECKING:
    pass

JOIN_SECONDS = 5.0


class ThreadedEngine(Waits):
    """Runs operations as early as their Vars allow, on lanes of worker threads.

    Parameters
    ----------
    cpu_workers : int or mapping of str to int, optional
        Threads per cpu lane, or of each lane that is named, as in ``{"cpu:1": 1}``. By
        default one less than there are cores and at least one: a waiting thread helps.
    inline_below_us : float
        An operation that is ready when pushed and known to cost less runs in
        the pushing thread. 0.0 forbids that.
    max_pending : int
        How many operations may be pending. Whoever pushes more helps first, except
        inside an operation.
    max_pending_bytes : int, optional
        How many bytes they may hold, of those that they declare as ``nbytes``.
    watchdog_s : float, optional
        After how many seconds an operation that still runs, or a standstill, is told
        to the logger ``dataflow_engine``. 0 or None: never.
    at_rest : callable, optional
        Called in a worker whenever it has nothing to do. It must not raise.
    """

    def __init__(
        self,
        cpu_workers: WorkerCounts = None,
        inline_below_us: float = 10.0,
        *,
        max_pending: int = PENDING,
        max_pending_bytes: int | None = None,
        watchdog_s: float | None = 30.0,
        at_rest: Callable[[], None] | None = None,
    ) -> None:
        if max_pending < 1:
            raise ValueError(f"max_pending is at least 1, not {max_pending}")
        self._inline_below = inline_below_us
        self._bounds = max_pending, max_pending_bytes
        self._patience = watchdog_s
        self._at_rest = at_rest
        self._rule: Rule = default_rule()
        self._closed = False
        self._recorder: Recorder | None = None
        self._places = Places(cpu_workers, self.devices)
        self._start()
        lifecycle.watch(self)

    def _start(self) -> None:
        """Make everything that other threads share, also after a fork."""
        self._census = Census()
        self._ledger = FailureLedger()
        self._runner = Runner(self._rule.complete, self._ledger)
        self._drainers = Drainers(self._idle)
        dispatcher = Dispatcher(
            self._runner, self._census, self._drainers, self._inline_below
        )
        self._dispatch = dispatcher.dispatch
        self._run_here = dispatcher.run_here
        self._registrar = Registrar(self._rule, dispatcher.dispatch, self._ledger)
        self._register = self._rule.register
        self._baton = self._registrar.baton
        self._pressure = Backpressure(
            self._registrar, self._census, self._helper, *self._bounds
        )
        self._watchdog = None
        if self._patience:
            self._watchdog = Watchdog(
                self._patience,
                self._progress,
                lambda: self._census,
                lambda: running_elsewhere(self._places.all()),
                self.dump,
            )
        self._places.staff = Staff(
            self._rule,
            self._runner,
            self._ledger,
            self._census,
            self._drainers,
            self._watchdog,
            self._at_rest,
        )

    # Making operations

    def _place(self, operation: Operation) -> None:
        name = operation.lane
        home = self._places.cpu.get(name) or self._places.lane(name)
        operation._home = home
        operation._put = home.put_ranked if operation.priority else home.put

    def workers(self, lane: str = "cpu") -> int:
        """Return how many threads a lane may have; 0 for one that is no cpu lane."""
        return self._places.workers(lane)

    def set_workers(self, lane: str, count: int) -> None:
        """Let a cpu lane have so many threads from now on.

        What runs goes on; threads too many end when they have nothing to do.
        """
        self._places.set_workers(lane, count)

    # Pushing

    def push(  # noqa: PLR0912 - a call costs a twentieth of a push
        self,
        function: Operation | Callable[[], Any],
        reads: Sequence[Var] = (),
        writes: Sequence[Var] = (),
        lane: str = "cpu",
        priority: int = 0,
        cost: Cost | float | None = None,
        name: str | None = None,
        timeout: float | None = None,
    ) -> None:
        """Push a prepared operation, or prepare and push one in one step."""
        # Keyword-only parameters would cost a tenth of a push, so they are not.
        if type(function) is Operation:
            operation = function
            if operation.engine is not self:
                self._own(operation)
        else:
            operation = (
                function
                if isinstance(function, Operation)
                else self.operation(
                    function,
                    reads,
                    writes,
                    lane=lane,
                    priority=priority,
                    cost=cost,
                    name=name,
                    timeout=timeout,
                )
            )
            if type(operation) is not Operation:
                self._own(operation)
                self._post([operation])
                return
        registrar = self._registrar
        others: list[Pending] | None = None
        ready: Pending | None = None
        held = False
        try:
            try:
                del self._baton[FREE]
                held = True
            except KeyError:
                pass
            if not held:
                self._post([operation])
                return
            registrar.pushed += 1
            if registrar.inbox:
                others = []
                registrar.drain(others)
            ready = self._register(operation)
            registrar.baton[FREE] = True
            held = False
            if others:
                self._dispatch(others)
            if registrar.inbox:
                registrar.collect()
            if ready is not None:
                estimate = operation.cost
                if (
                    estimate is not None
                    and estimate.us is not None
                    and estimate.us < self._inline_below
                ):
                    self._run_here(ready, operation)
                else:
                    operation._put(ready)
        except BaseException as error:
            registrar.mend(error, held, [*(others or ()), ready])
            self._own(operation)  # a Var deleted since, most likely
            raise_cause(error)
        if registrar.pushed >= registrar.look_at:
            self._pressure.relieve()

    def replay(self, plan: Plan) -> None:
        """Push all of a plan's operations in order, as one atomic step."""
        for operation in plan.operations:
            self._own(operation)
        self._post(plan.operations)

    def _post(
        self,
        operations: Sequence[Operation],
        ending: Callable[[], None] | None = None,
    ) -> Batch:
        """Have operations registered by whoever holds the baton, or else here."""
        if self._closed:
            self._refuse()
        if any(isinstance(operation, SizedOperation) for operation in operations):
            load = self._pressure.load
            operations = [
                load(o) if isinstance(o, SizedOperation) else o for o in operations
            ]
        batch = self._enqueue(operations, ending)
        self._pressure.relieve()
        return batch

    def _enqueue(
        self, operations: Sequence[Operation], ending: Callable[[], None] | None
    ) -> Batch:
        recorder = self._recorder
        if recorder is None:
            batch = Batch(operations, ending)
            self._registrar.post(batch)
            return batch
        for operation in operations:
            self._own(operation)
        with recorder.lock:
            batch = Batch(recorder.twins(operations), ending)
            self._registrar.inbox.append(batch)
        self._registrar.collect()
        return batch

    # Deleting

    def delete_variable(
        self, var: Var, on_delete: Callable[[], Any] | None = None
    ) -> None:
        """Refuse the Var from now on; call back once all pushed on it ended."""
        if self._closed:
            self._refuse()
        operation = self.operation(on_delete or _nothing, (), [var], name="delete")

        def seal() -> None:
            if not var.deleted:
                var.deleted = True
                # Registering on it fails by itself from here on.
                del var._writer, var._readers

        self._registrar.see_through(self._post([operation], seal))

    # Looking

    @property
    def tracer(self) -> Tracer | None:
        """Where slices are recorded, or None."""
        return self._runner.tracer

    @tracer.setter
    def tracer(self, tracer: Tracer | None) -> None:
        self._runner.tracer = tracer
        self._ledger.watch(tracer is not None or self._runner.cancelled is not None)

    def _set_recorder(self, recorder: Recorder | None) -> Recorder | None:
        before, self._recorder = self._recorder, recorder
        # A push that does not get the baton goes by the inbox, where it is seen.
        self._baton = self._registrar.baton if recorder is None else NEVER
        return before

    def statistics(self) -> Statistics:
        """Return the counts."""
        return count(
            self._census,
            self._places.all(),
            self._registrar.pushed,
            len(self._ledger.poisoned()),
            self._pressure.held(),
        )

    def dump(self) -> str:
        """Describe in words what is queued, running and poisoned."""
        return describe(
            self.statistics(),
            len(self._registrar.inbox),
            self._places.all(),
            self._census,
            self._ledger.poisoned(),
            self._watchdog,
        )

    # Stopping

    def close(self, drain: bool = True, timeout: float | None = None) -> None:
        """Refuse further pushes and stop."""
        if self._closed:
            return
        self._outside("close")
        deadline = Deadline(timeout)
        try:
            if drain:
                self._wait_idle(timeout)
        finally:
            self._closed = True
            self._baton = NEVER
            self._finish(deadline)

    def _finish(self, deadline: Deadline) -> None:
        """End what is left without running it, then the workers."""
        error = EngineClosed("the engine was closed before this operation had ended")
        self._runner.cancelled = Failure(error, "close")
        self._ledger.watch(True)
        if self._places.io is not None:
            self._places.io.cancel()
        try:
            left = deadline.left()
            self._wait_idle(None if left < 0 else left)
        finally:
            if self._watchdog is not None:
                self._watchdog.stop()
            lanes = self._places.all()
            agents = [agent for lane in lanes for agent in lane.workers]
            for lane in lanes:
                lane.stop()
            self._ledger.log_unseen()
        for agent in agents:
            agent.thread.join(JOIN_SECONDS)
        self.devices.close()

    def _refuse(self) -> NoReturn:
        raise EngineClosed("the engine is closed")

    def after_fork(self) -> None:
        """Make the child's engine usable: its workers are gone, so is their work."""
        idle, tracer, inbox = self._idle(), self.tracer, self._registrar.inbox
        self._recorder = None
        poisoned = self._ledger.poisoned_unlocked()
        self._start()
        self._places.reset()
        self.devices.after_fork()
        for device_lane in self._places.device.values():
            device_lane.forked = True
        if self._closed:
            self._baton = NEVER
        self._ledger.take_over(poisoned)
        self.tracer = tracer
        if not idle:
            unregistered = [o for batch in inbox for o in batch.operations]
            lifecycle.poison_lost(self, self._ledger, unregistered)


def _nothing() -> None:
    """Stand for a callback that was not given."""
