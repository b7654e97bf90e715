"""An engine that runs a program in exactly the order that was recorded of it.

Each operation runs in a thread of its own, one at a time: the next is started when all
others have ended or wait inside. So two that waited at the same time when recorded, on
two workers, can do so again. As in a `SeededEngine` nothing runs before somebody waits.

What several threads, or a thread and operations, push on the same Vars is ordered as it
comes, which may be another order than when recorded. That is told if it matters.
"""

from __future__ import annotations

import sys
import threading
from functools import partial
from types import TracebackType

from dataflow_engine.waiting import Deadline

from .choosing import Script, Turn
from .orders import Order
from .seeded import SeededEngine
from .turns import Turns


class ReplayEngine(SeededEngine):
    """Replays a recorded order, and raises at the first difference.

    `OrderError` is raised by a push that was not recorded, by a wait for what the order
    does not lead to, or by ``close()`` if the program ended too early. What is left
    runs in any order then.

    Parameters
    ----------
    order : Order
        What to replay; see `Engine.record`.
    """

    def __init__(self, order: Order) -> None:
        super().__init__(most_pending=sys.maxsize)
        self._turns = Turns(Script(order))
        self._title = f"ReplayEngine({order!r})"

    def _take(self, goal: Turn | None) -> Turn | None:
        self._await_quiet()
        return None if self._turns.over(goal) else super()._take(goal)

    def _await_quiet(self) -> None:
        with self._turns.changed:
            while not self._turns.quiet():
                self._turns.changed.wait()

    def _run(self, turn: Turn) -> None:
        name, given = f"dataflow-{turn.number}", (turn,)
        threading.Thread(
            target=self._execute, args=given, name=name, daemon=True
        ).start()
        self._await_quiet()

    def _until(self, goal: Turn | None, deadline: Deadline, what: str) -> None:
        if goal is None or not self._turns.here():
            super()._until(goal, deadline, what)
        elif not self._turns.suspend(goal, deadline):
            raise deadline.missed(what)

    async def _until_async(self, goal: Turn | None, what: str) -> None:
        if goal is None or not self._turns.here():
            await super()._until_async(goal, what)
            return
        import trio  # noqa: PLC0415 - it takes 100 ms to import

        wait = partial(self._turns.suspend, goal, Deadline(None))
        await trio.to_thread.run_sync(wait, abandon_on_cancel=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._turns.chooser.abandon()  # of course the program ended early
        super().__exit__(kind, value, traceback)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._turns.chooser.abandon()
        await super().__aexit__(kind, value, traceback)
