"""The default engine: any thread pushes, workers and waiters run.

Registering is atomic and ordered over all Vars of an operation. The registrar
lock is only ever tried on a push: who gets it registers what is in the inbox
and then its own; who does not leaves its records in the inbox. So nobody
blocks, and each thread's operations are registered in the order of its pushes.
"""

from __future__ import annotations

import gc
import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, cast

from . import lifecycle
from .census import Census
from .contract import Engine, Statistics
from .dependencies import Rule, default_rule
from .errors import EngineClosed, EngineError
from .failures import Failure, FailureLedger
from .lanes import Lane
from .operations import Cost, Operation, check_variables
from .plans import Plan
from .records import Pending
from .reporting import count, in_words, lane_lines, thread_lines
from .tracing import Tracer
from .variables import Var
from .waiting import Deadline, Drainers, Helper, Notice, reaches
from .workers import Agent, Runner, serve

JOIN_SECONDS = 5.0
_log = logging.getLogger("dataflow_engine")


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
        """Prepare an operation once, to push it any number of times."""
        operation = super().operation(
            function, reads, writes, lane=lane, priority=priority, cost=cost, name=name
        )
        home = self._lanes.get(operation.lane) or self._new_lane(operation.lane)
        operation._home = home
        operation._put = home.put_ranked if priority else home.put
        return operation

    def _new_lane(self, name: str) -> Lane:
        with self._lanes_lock:
            if name not in self._lanes:
                lane = Lane(name, self._workers, self._start_worker)
                self._lanes = {**self._lanes, name: lane}
            return self._lanes[name]

    def _start_worker(self, lane: Lane) -> Agent:
        def work() -> None:
            self._census.local.agent = agent
            serve(lane, agent, self._runner, self._drainers.check)

        name = f"dataflow-{lane.name}-{len(lane.workers)}"
        agent = Agent(threading.Thread(target=work, name=name, daemon=True), True)
        self._census.enroll(agent)
        agent.thread.start()
        return agent

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
        with self._registrar:
            ready = self._drain_inbox()
            waiter = self._rule.follow(cast(Operation, notice), var._writer)
        self._dispatch(ready)
        if waiter is None:
            return
        if reaches(agent.stack(), waiter):
            message = f"a wait for {var!r} inside an operation waits for itself"
            raise EngineError(message)
        self._helper(agent).until(notice, Deadline(timeout))
        self._drainers.check()

    def _helper(self, agent: Agent) -> Helper:
        return Helper(self._runner, agent, lambda: tuple(self._lanes.values()))

    def wait_all(self, timeout: float | None = None) -> None:
        """Wait until everything has ended; raise a failure nobody saw yet."""
        self._wait_idle(timeout)
        failure = self._ledger.take_unseen()
        if failure is not None:
            failure.throw()

    def _wait_idle(self, timeout: float | None) -> None:
        agent = self._census.agent()
        if agent.stack():
            raise EngineError("wait_all inside an operation waits for itself")
        self._collect()
        notice = Notice(agent, "what was pushed")
        with self._drainers.entered(notice):
            self._helper(agent).until(notice, Deadline(timeout), self._idle)
        self._drainers.check()

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
        return count(self._census, self._lanes.values(), self._pushed)

    def dump(self) -> str:
        """Describe in words what is queued, running and poisoned."""
        inbox = f"{len(self._inbox)} in the inbox"
        lines = [f"ThreadedEngine: {in_words(self.statistics())}, {inbox}"]
        lines += [line for lane in self._lanes.values() for line in lane_lines(lane)]
        lines += [line for agent in self._census for line in thread_lines(agent)]
        lines += [
            f"poisoned {var!r}: {var.exception!r}" for var in self._ledger.poisoned()
        ]
        return "\n".join(lines)

    # Stopping

    def close(self, drain: bool = True, timeout: float | None = None) -> None:
        """Refuse further pushes and stop."""
        if self._closed:
            return
        if self._census.agent().stack():
            raise EngineError("close inside an operation waits for itself")
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
        error = EngineClosed("the engine was closed before this operation ran")
        self._runner.cancelled = Failure(error, "close")
        self._ledger.watch(True)
        try:
            left = deadline.left()
            self._wait_idle(None if left < 0 else left)
        finally:
            for lane in self._lanes.values():
                lane.stop()
            self._report_unseen()
        for lane in self._lanes.values():
            for agent in lane.workers:
                agent.thread.join(JOIN_SECONDS)

    def _report_unseen(self) -> None:
        while failure := self._ledger.take_unseen():
            _log.error(
                "operation %s failed and nobody waited for it",
                failure.operation,
                exc_info=failure.exception,
            )

    def _refuse(self, *_: object) -> NoReturn:
        raise EngineClosed("the engine is closed")

    def after_fork(self) -> None:
        """Make the child's engine usable: its workers are gone, so is their work."""
        idle = self._idle()
        tracer, inbox = self.tracer, self._inbox
        poisoned = self._ledger.poisoned_unlocked()
        self._start()
        for lane in self._lanes.values():
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
        """Poison what was pending at a fork. No list of it is kept: ask the gc."""
        error = EngineError("the process forked before this operation had ended")
        failure = Failure(error, "fork")
        for operation in unregistered:
            self._ledger.poison(operation.writes, failure)
        for pending in [p for p in gc.get_objects() if isinstance(p, Pending)]:
            lost = getattr(pending, "operation", None)  # unset in one half made
            if isinstance(lost, Operation) and lost.engine is self:
                pending.done, pending.operation = True, None
                self._ledger.poison(lost.writes, failure)


def _nothing() -> None:
    """Stand for a callback that was not given."""
