"""The waits of the threaded engine: in threads, which help meanwhile, and in tasks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from .census import Census
from .contract import Engine
from .dependencies import Rule
from .entries import PROGRAM
from .errors import EngineError
from .failures import FailureLedger
from .helping import reaches
from .io_lane import inside
from .operations import IO, Operation, check_variables, would_block
from .places import Places
from .records import NOBODY, Pending
from .registrar import Batch, Registrar
from .tracing import clock
from .variables import Var
from .waiting import Deadline, Drainers, Helper, Notice
from .watchdog import Progress
from .workers import Agent, Runner

if TYPE_CHECKING:
    from .awaiting import Sleeper


class Waits(Engine):
    """The half of the threaded engine that waits for what the other has pushed."""

    _census: Census
    _drainers: Drainers
    _ledger: FailureLedger
    _places: Places
    _registrar: Registrar
    _rule: Rule
    _runner: Runner

    def wait_for(self, var: Var, timeout: float | None = None) -> None:
        """Wait until every write pushed on the Var so far has ended."""
        if var.__class__ is not Var or var.engine is not self or var.deleted:
            check_variables(self, [var])
        if self._registrar.inbox or not var._writer.done:
            self._wait_for_writer(var, timeout)
        failure = var._failure
        if failure is not None:
            failure.throw()

    def _wait_for_writer(self, var: Var, timeout: float | None) -> None:
        agent = self._census.agent()
        notice = Notice(agent, f"the last write of {var!r}")
        running = agent.stack() + inside()
        goal = self._follow(var, notice, running)
        if goal is not None:
            self._check_may_block("wait_for")
            deadline, goal = Deadline(timeout), goal if running else None
            self._help_until(agent, notice, deadline, goal=goal)

    def _help_until(
        self,
        agent: Agent,
        notice: Notice,
        deadline: Deadline,
        over: Callable[[], bool] | None = None,
        goal: Pending | None = None,
    ) -> None:
        """Help until the notice is set; see `Helper.until`."""
        try:
            self._helper(agent).until(notice, deadline, over, goal)
            self._drainers.check()
        except BaseException:
            self._drainers.check()
            raise

    def _follow(
        self, var: Var, notice: Notice, running: Sequence[Pending]
    ) -> Pending | None:
        """Have the notice set when the Var's last write has ended; None: it has."""
        # In this order: what leaves the inbox has been entered into its Vars before.
        if not self._registrar.inbox and var._writer.done:
            return None
        self._refuse_interrupting(f"a wait for {var!r}")
        found: list[Pending | None] = []

        def follow() -> None:
            writer = getattr(var, "_writer", NOBODY)  # it may be deleted just before
            found.append(self._rule.follow(cast(Operation, notice), writer))

        batch = Batch((), follow)
        self._registrar.post(batch)
        self._registrar.see_through(batch)
        waiter = found[-1]
        if waiter is not None and reaches(running, waiter):
            message = f"a wait for {var!r} inside an operation waits for itself"
            raise EngineError(message)
        return waiter

    def _helper(self, agent: Agent) -> Helper:
        return Helper(self._runner, agent, lambda: tuple(self._places.cpu.values()))

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
        self._registrar.collect()
        notice = Notice(agent, "what was pushed")
        with self._drainers.entered(notice):
            self._help_until(agent, notice, Deadline(timeout), self._idle)

    def _outside(self, what: str) -> Agent:
        """Return the caller's agent; raise inside an operation."""
        agent = self._census.agent()
        if agent.stack() or inside():
            raise EngineError(f"{what} inside an operation waits for itself")
        self._refuse_interrupting(what)
        return agent

    def _refuse_interrupting(self, what: str) -> None:
        if self._registrar.interrupted():
            raise EngineError(
                f"{what} in a finalizer, which Python has called in the middle of a "
                "push: the push cannot end before it. Push what is to be done there, "
                "and wait elsewhere"
            )

    async def wait_for_async(self, var: Var) -> None:
        """Wait like `wait_for`, in the trio run of the caller."""
        check_variables(self, [var])
        sleeper = _new_sleeper()
        notice = Notice(sleeper, f"the last write of {var!r}")
        if self._follow(var, notice, inside()) is None:
            notice.finished = True
        await self._sleep(sleeper, notice, "wait_for_async")
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
        self._registrar.collect()
        sleeper = _new_sleeper()
        notice = Notice(sleeper, "what was pushed")
        with self._drainers.entered(notice):
            if self._idle():
                notice.finished = True
            await self._sleep(sleeper, notice, "wait_all_async")

    async def _sleep(self, sleeper: Sleeper, notice: Notice, name: str) -> None:
        tracer = self._runner.tracer
        if tracer is None or notice.finished:
            await sleeper.until(notice, self._places.cpu.values())
            return
        start = clock()
        try:
            await sleeper.until(notice, self._places.cpu.values())
        finally:
            task, ident = sleeper.who
            lane, ident = (IO, 0) if inside() else (PROGRAM, ident)
            tracer.waited_in_task(name, start, notice.name, lane, task, ident)

    def _progress(self) -> Progress:
        completed = self._census.completed()  # first, lest it be ahead
        return Progress(self._registrar.pushed, completed)

    def _idle(self) -> bool:
        """Return whether everything pushed has ended.

        Read in this order: completions, inbox, pushes. The first and the last
        only grow and the second feeds the last, so equality is no accident.
        """
        completed = self._census.completed()
        return not self._registrar.inbox and completed == self._registrar.pushed


def _new_sleeper() -> Sleeper:
    from .awaiting import Sleeper  # noqa: PLC0415 - trio takes 100 ms to import

    return Sleeper()
