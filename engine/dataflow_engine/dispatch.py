"""Sends what is ready to its lane, or runs it at once if that is cheap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from .census import Census
from .interrupts import requeue
from .operations import Operation
from .records import Pending
from .waiting import Drainers
from .workers import Runner


class Dispatcher:
    """The inline policy of one engine.

    Parameters
    ----------
    runner : Runner
        Runs an operation.
    census : Census
        Knows the threads.
    drainers : Drainers
        Told when a pusher has run operations.
    inline_below_us : float
        What is known to cost less runs in its pusher.
    """

    def __init__(
        self,
        runner: Runner,
        census: Census,
        drainers: Drainers,
        inline_below_us: float,
    ) -> None:
        self._runner = runner
        self._census = census
        self._drainers = drainers
        self._inline_below = inline_below_us

    def dispatch(self, ready: Sequence[Pending]) -> None:
        """Queue records that are ready, or run them here."""
        for pending in ready:
            operation = pending.operation
            if operation is None:  # queued by somebody else too, and ended
                continue
            if operation.cost is not None and self._cheap(operation):
                self.run_here(pending, operation)
            else:
                operation._put(pending)

    def _cheap(self, operation: Operation) -> bool:
        estimate = operation.cost
        us = None if estimate is None else estimate.us
        return us is not None and us < self._inline_below

    def run_here(self, pending: Pending, operation: Operation) -> None:
        """Run a cheap operation in its pusher, unless inside of another one.

        What becomes ready by it is run too, as long as that is cheap.
        """
        agent = self._census.local.agent or self._census.agent()
        if agent.depth:
            operation._put(pending)
            return
        following: Pending | None = pending
        try:
            agent.depth = 1
            try:
                following = self._runner.run(pending, agent, operation._home)
                agent.inline += 1
                while following is not None:
                    operation = cast(Operation, following.operation)
                    if not self._cheap(operation):
                        operation._put(following)
                        break
                    following = self._runner.run(following, agent, operation._home)
                    agent.inline += 1
            finally:
                agent.depth = 0
            if self._drainers.notices:
                self._drainers.check()
        except BaseException:
            requeue([following])
            self._drainers.check()
            raise
        if agent.interrupt is not None:
            agent.take_interrupt()
