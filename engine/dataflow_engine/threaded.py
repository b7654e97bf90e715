"""The default engine: any thread pushes, workers and waiters run.

Registering is atomic and ordered over all Vars of an operation. The registrar
lock is only ever tried on a push: who gets it registers what is in the inbox
and then its own; who does not leaves its records in the inbox. So nobody
blocks, and each thread's operations are registered in the order of its pushes.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, cast

from . import lifecycle
from .census import Census
from .contract import Engine, Statistics
from .dependencies import Rule, default_rule
from .errors import EngineClosed, EngineError
from .failures import Failure, FailureLedger
from .io_lane import IoLane, inside
from .lanes import Lane
from .operations import IO, Cost, Operation, check_variables, would_block
from .plans import Plan
from .records import Pending
from .reporting import count, describe
from .tracing import Tracer
from .variables import Var
from .waiting import Deadline, Drainers, Helper, Notice, reaches
from .workers import Agent, Runner, serve

if TYPE_CHECKING:
    from .awaiting import Sleeper

JOIN_SECONDS = 5.0


class ThreadedEngine(Engine):
    """Runs operations as early as their Vars allow, on lanes of worker threads.

    Parameters
    ----------
    cpu_workers : int, optional
        Threads per cpu lane, by default one less than there are cores and at
        least one: a waiting thread helps.
    inline_below_us : float
        An operation that is ready when pushed and known to cost less runs in
        the pushing thread. 0.0 forbids that.
    """

    def __init__(
        self, cpu_workers: int | None = None, inline_below_us: float = 10.0
    ) -> None:
        if cpu_workers is not None and cpu_workers < 1:
            raise ValueError(f"cpu_workers is at least 1, not {cpu_workers}")
        self._workers = cpu_workers or max(1, (os.cpu_count() or 1) - 1)
        self._inline_below = inline_below_us
        self._rule: Rule = default_rule()
        self._closed = False
        self._lanes: dict[str, Lane] = {}
        self._io: IoLane | None = None
        self._start()
        lifecycle.watch(self)

    def _start(self) -> None:
        """Make everything that other threads share, also after a fork."""
        self._registrar = threading.Lock()
        self._try_register: Callable[[bool], bool] = self._registrar.acquire
        self._release = self._registrar.release
        self._register = self._rule.register
        self._inbox: deque[Sequence[Operation]] = deque()
        self._pushed = 0
        self._census = Census()
        self._lanes_lock = threading.Lock()
        self._ledger = FailureLedger()
        self._runner = Runner(self._rule.complete, self._ledger)
        self._drainers = Drainers(self._idle)

    # Making operations

    def _place(self, operation: Operation) -> None:
        name = operation.lane
        home = self._lanes.get(name) or self._new_lane(name)
        operation._home = home
        operation._put = home.put_ranked if operation.priority else home.put

    def _new_lane(self, name: str) -> Lane | IoLane:
        with self._lanes_lock:
            if name == IO:
                # Apart from the others, for those are what a waiter helps with.
                self._io = self._io or IoLane(self._start_loop)
                return self._io
            if name not in self._lanes:
                lane = Lane(name, self._workers, self._start_worker)
                self._lanes = {**self._lanes, name: lane}
            return self._lanes[name]

    def _all_lanes(self) -> list[Lane | IoLane]:
        return [*self._lanes.values(), *([self._io] if self._io else [])]

    def _start_worker(self, lane: Lane) -> Agent:
        def work(agent: Agent) -> None:
            serve(lane, agent, self._runner, self._drainers.check)

        return self._census.start(f"dataflow-{lane.name}-{len(lane.workers)}", work)

    def _start_loop(self, lane: IoLane) -> Agent:
        def work(agent: Agent) -> None:
            from . import trio_runtime  # noqa: PLC0415 - trio takes 100 ms to import

            trio_runtime.serve(lane, agent, self._runner, self._drainers.check)

        return self._census.start("dataflow-io", work, loop=True)

    # Pushing

    def push(
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
        if isinstance(function, Operation):
            operation = function
            if operation.engine is not self:
                self._own(operation)
        else:
            operation = self.operation(
                function,
                reads,
                writes,
                lane=lane,
                priority=priority,
                cost=cost,
                name=name,
                timeout=timeout,
            )
        if not self._try_register(False):
            self._post([operation])
            return
        try:
            self._pushed += 1
            others = self._drain_inbox() if self._inbox else None
            ready = self._register(operation)
        except BaseException:
            self._pushed -= 1
            self._release()
            self._own(operation)  # a Var deleted since, most likely
            raise
        self._release()
        if others:
            self._dispatch(others)
        if self._inbox:
            self._collect()
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

    def replay(self, plan: Plan) -> None:
        """Push all of a plan's operations in order, as one atomic step."""
        for operation in plan.operations:
            self._own(operation)
        self._post(plan.operations)

    def _post(self, batch: Sequence[Operation]) -> None:
        if self._closed:
            self._refuse()
        self._inbox.append(batch)
        self._collect()

    def _collect(self) -> None:
        """Register what is in the inbox, unless somebody else is at it.

        A thread that finds the lock taken may leave: its holder looks at the
        inbox once more after releasing it.
        """
        while self._inbox and self._registrar.acquire(False):
            try:
                ready = self._drain_inbox()
            finally:
                self._registrar.release()
            self._dispatch(ready)

    def _drain_inbox(self) -> list[Pending]:
        """Register the inbox, holding the registrar; return what is ready."""
        ready = []
        while self._inbox:
            batch = self._inbox[0]
            # Counted before it leaves, so that it is never in neither place.
            self._pushed += len(batch)
            self._inbox.popleft()
            for operation in batch:
                try:
                    record = self._rule.register(operation)
                except AttributeError:
                    self._lose(operation)
                else:
                    if record is not None:
                        ready.append(record)
        return ready

    def _lose(self, operation: Operation) -> None:
        """Fail an operation whose Var another thread deleted just before."""
        self._pushed -= 1
        error = EngineError(f"{operation!r} was pushed on a deleted variable")
        self._ledger.report(Failure(error, operation.name))

    def _dispatch(self, ready: Sequence[Pending]) -> None:
        for pending in ready:
            operation = cast(Operation, pending.operation)
            estimate = operation.cost
            if estimate is not None and self._cheap(estimate):
                self._run_here(pending, operation)
            else:
                operation._put(pending)

    def _cheap(self, estimate: Cost) -> bool:
        us = estimate.us
        return us is not None and us < self._inline_below

    def _run_here(self, pending: Pending, operation: Operation) -> None:
        """Run a cheap operation in its pusher, unless inside of another one."""
        agent = self._census.local.agent or self._census.agent()
        if agent.depth:
            operation._put(pending)
            return
        agent.depth = 1
        try:
            following = self._runner.run(pending, agent, operation._home)
            agent.inline += 1
            if following is not None:
                self._run_on(following, agent)
        finally:
            agent.depth = 0
        if self._drainers.notices:
            self._drainers.check()
        if agent.interrupt is not None:
            agent.take_interrupt()

    def _run_on(self, pending: Pending, agent: Agent) -> None:
        """Run what became ready meanwhile, as long as that is cheap too."""
        following: Pending | None = pending
        while following is not None:
            operation = cast(Operation, following.operation)
            if operation.cost is None or not self._cheap(operation.cost):
                operation._put(following)
                return
            following = self._runner.run(following, agent, operation._home)
            agent.inline += 1

    # Waiting

    def wait_for(self, var: Var, timeout: float | None = None) -> None:
        """Wait until every write pushed on the Var so far has ended."""
        if var.__class__ is not Var or var.engine is not self or var.deleted:
            check_variables(self, [var])
        if self._inbox or self._registrar.locked() or not var._writer.done:
            self._wait_for_writer(var, timeout)
        failure = var._failure
        if failure is not None:
            failure.throw()

    def _wait_for_writer(self, var: Var, timeout: float | None) -> None:
        agent = self._census.agent()
        notice = Notice(agent, f"the last write of {var!r}")
        if self._follow(var, notice, agent.stack() + inside()):
            self._check_may_block("wait_for")
            self._helper(agent).until(notice, Deadline(timeout))
            self._drainers.check()

    def _follow(self, var: Var, notice: Notice, running: Sequence[Pending]) -> bool:
        """Have the notice set when the Var's last write has ended; False: it has."""
        if var._writer.done and not (self._inbox or self._registrar.locked()):
            return False
        with self._registrar:
            ready = self._drain_inbox()
            waiter = self._rule.follow(cast(Operation, notice), var._writer)
        self._dispatch(ready)
        if waiter is not None and reaches(running, waiter):
            message = f"a wait for {var!r} inside an operation waits for itself"
            raise EngineError(message)
        return waiter is not None

    def _helper(self, agent: Agent) -> Helper:
        return Helper(self._runner, agent, lambda: tuple(self._lanes.values()))

    def _check_may_block(self, what: str) -> None:
        if self._census.agent().loop:
            raise EngineError(would_block(what))

    def wait_all(self, timeout: float | None = None) -> None:
        """Wait until everything has ended; raise a failure nobody saw yet."""
        self._wait_idle(timeout)
        failure = self._ledger.take_unseen()
        if failure is not None:
            failure.throw()

    def _wait_idle(self, timeout: float | None) -> None:
        agent = self._outside("wait_all")
        self._collect()
        notice = Notice(agent, "what was pushed")
        with self._drainers.entered(notice):
            self._helper(agent).until(notice, Deadline(timeout), self._idle)
        self._drainers.check()

    def _outside(self, what: str) -> Agent:
        """Return the caller's agent; raise inside an operation."""
        agent = self._census.agent()
        if agent.stack() or inside():
            raise EngineError(f"{what} inside an operation waits for itself")
        return agent

    async def wait_for_async(self, var: Var) -> None:
        """Wait like `wait_for`, in the trio run of the caller."""
        check_variables(self, [var])
        sleeper = _new_sleeper()
        notice = Notice(sleeper, f"the last write of {var!r}")
        if not self._follow(var, notice, inside()):
            notice.finished = True
        await sleeper.until(notice, self._lanes.values())
        if var._failure is not None:
            var._failure.throw()

    async def wait_all_async(self) -> None:
        """Wait like `wait_all`, in the trio run of the caller."""
        await self._drained()
        failure = self._ledger.take_unseen()
        if failure is not None:
            failure.throw()

    async def _drained(self) -> None:
        self._outside("wait_all_async")
        self._collect()
        sleeper = _new_sleeper()
        notice = Notice(sleeper, "what was pushed")
        with self._drainers.entered(notice):
            if self._idle():
                notice.finished = True
            await sleeper.until(notice, self._lanes.values())

    def _idle(self) -> bool:
        """Return whether everything pushed has ended.

        Read in this order: completions, inbox, pushes. The first and the last
        only grow and the second feeds the last, so equality is no accident.
        """
        completed = self._census.completed()
        return not self._inbox and completed == self._pushed

    # Deleting

    def delete_variable(
        self, var: Var, on_delete: Callable[[], Any] | None = None
    ) -> None:
        """Refuse the Var from now on; call back once all pushed on it ended."""
        if self._closed:
            self._refuse()
        operation = self.operation(on_delete or _nothing, (), [var], name="delete")
        with self._registrar:
            ready = self._drain_inbox()
            check_variables(self, [var])
            self._pushed += 1
            pending = self._rule.register(operation)
            if pending is not None:
                ready.append(pending)
            var.deleted = True
            # Registering on it fails by itself from here on.
            del var._writer, var._readers
        self._dispatch(ready)

    # Looking

    @property
    def tracer(self) -> Tracer | None:
        """Where slices are recorded, or None."""
        return self._runner.tracer

    @tracer.setter
    def tracer(self, tracer: Tracer | None) -> None:
        self._runner.tracer = tracer
        self._ledger.watch(tracer is not None or self._runner.cancelled is not None)

    def statistics(self) -> Statistics:
        """Return the counts."""
        return count(self._census, self._all_lanes(), self._pushed)

    def dump(self) -> str:
        """Describe in words what is queued, running and poisoned."""
        counts, lanes = self.statistics(), self._all_lanes()
        poisoned = self._ledger.poisoned()
        return describe(counts, len(self._inbox), lanes, self._census, poisoned)

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
            self._try_register = self._refuse
            self._finish(deadline)

    def _finish(self, deadline: Deadline) -> None:
        """End what is left without running it, then the workers."""
        error = EngineClosed("the engine was closed before this operation had ended")
        self._runner.cancelled = Failure(error, "close")
        self._ledger.watch(True)
        if self._io is not None:
            self._io.cancel()
        try:
            left = deadline.left()
            self._wait_idle(None if left < 0 else left)
        finally:
            agents = [agent for lane in self._all_lanes() for agent in lane.workers]
            for lane in self._all_lanes():
                lane.stop()
            self._ledger.log_unseen()
        for agent in agents:
            agent.thread.join(JOIN_SECONDS)

    def _refuse(self, *_: object) -> NoReturn:
        raise EngineClosed("the engine is closed")

    def after_fork(self) -> None:
        """Make the child's engine usable: its workers are gone, so is their work."""
        idle = self._idle()
        tracer, inbox = self.tracer, self._inbox
        poisoned = self._ledger.poisoned_unlocked()
        self._start()
        for lane in self._all_lanes():
            lane.reset()
        if self._closed:
            self._try_register = self._refuse
        for var in poisoned:
            if var._failure is not None:
                self._ledger.poison([var], var._failure)
        self.tracer = tracer
        if not idle:
            self._poison_lost([operation for batch in inbox for operation in batch])

    def _poison_lost(self, unregistered: Sequence[Operation]) -> None:
        """Poison what was pending at a fork."""
        error = EngineError("the process forked before this operation had ended")
        failure = Failure(error, "fork")
        for operation in (*unregistered, *lifecycle.give_up_pending(self)):
            self._ledger.poison(operation.writes, failure)


def _new_sleeper() -> Sleeper:
    from .awaiting import Sleeper  # noqa: PLC0415 - trio takes 100 ms to import

    return Sleeper()


def _nothing() -> None:
    """Stand for a callback that was not given."""
