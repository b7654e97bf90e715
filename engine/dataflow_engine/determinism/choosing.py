"""Which of the ready operations is started next: by chance, or by a recorded order.

No thread and no clock in here: the engine asks with its lock held.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, NoReturn, Protocol

from dataflow_engine.errors import EngineError, OrderError
from dataflow_engine.records import Pending

from .orders import Order, pusher_of

NOT_THE_SAME = "the program is not the one that was recorded"


class Turn(Pending):
    """The record of a push that knows its number, and how many it waits for."""

    __slots__ = ("number", "waits_for")

    number: str
    waits_for: int


class Scene(NamedTuple):
    """What there is to choose from.

    Attributes
    ----------
    ready : sequence of Turn
        All that could be started now.
    needed : sequence of Turn
        Those of them that the wait depends on.
    pending : mapping of str to Turn
        All that has not ended, by number.
    elsewhere : collection of str
        The numbers of what runs in other threads.
    """

    ready: Sequence[Turn]
    needed: Sequence[Turn]
    pending: Mapping[str, Turn]
    elsewhere: Collection[str]


class Chooser(Protocol):
    """How the next operation is chosen."""

    def check(self, number: str, name: str) -> None:
        """Look at an operation that is about to be pushed."""

    def choose(self, scene: Scene) -> Turn | None:
        """Return what to start; None if other threads have to go on first."""

    def stuck(self, scene: Scene) -> NoReturn:
        """Raise what is to be said when they do not."""

    def abandon(self) -> None:
        """Stop insisting on anything."""

    def finish(self) -> None:
        """Look back, when all has ended and no more will be pushed."""


class Chance:
    """Chooses by a generator, every ready operation with the same chance."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def check(self, number: str, name: str) -> None:
        """Take any."""

    def choose(self, scene: Scene) -> Turn | None:
        """Draw one of those that the wait depends on."""
        if not scene.needed:
            return None
        # Python promises the same numbers in every version for `random` alone.
        return scene.needed[int(self._random.random() * len(scene.needed))]

    def stuck(self, scene: Scene) -> NoReturn:
        """Say that nothing can run."""
        names = ", ".join(map(describe, scene.pending.values()))
        raise EngineError(f"nothing can run, of these that have not ended: {names}")

    def abandon(self) -> None:
        """Do nothing."""

    def finish(self) -> None:
        """Do nothing."""


class Script:
    """Chooses as an order says, and raises at the first difference."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._position = 0
        self._abandoned = False

    def check(self, number: str, name: str) -> None:
        """Compare a push with what was recorded."""
        if self._abandoned:
            return
        known = self._order.pushed.get(number)
        if known is None:
            self._differ(f"push {number} ({name}) was not recorded: {NOT_THE_SAME}")
        if known != name:
            self._differ(f"push {number} is {name}, and was {known}: {NOT_THE_SAME}")

    def choose(self, scene: Scene) -> Turn | None:
        """Return the next of the order."""
        if self._abandoned:
            return scene.ready[0] if scene.ready else None
        number = self._next()
        if number is None:
            # What failed when recorded, and not now, may leave something to run.
            if scene.ready:
                first = describe(scene.ready[0])
                self._differ(f"{first} was not started when recorded: {NOT_THE_SAME}")
            return None
        turn = scene.pending.get(number)
        if turn is not None and turn in scene.ready:
            self._position += 1
            return turn
        if not (scene.elsewhere if turn is not None else _may_come(number, scene)):
            self.stuck(scene)
        return None

    def stuck(self, scene: Scene) -> NoReturn:
        """Say why the next of the order cannot be started."""
        number = self._next()
        turn = scene.pending.get(number or "")
        if number is None or turn is None:
            name = self._order.pushed.get(number or "")
            self._differ(
                f"the order goes on with {number} ({name}), which is not pushed by the "
                f"time that it is waited for: {NOT_THE_SAME}"
            )
        before = [t for t in scene.pending.values() if turn in t.successors]
        names = " and ".join(map(describe, before))
        self._differ(
            f"the order starts {describe(turn)} before {names} has ended, which it "
            "depends on: it is no order of this program"
        )

    def abandon(self) -> None:
        """Run what is left as it becomes ready."""
        self._abandoned = True

    def finish(self) -> None:
        """Raise if the order goes on."""
        number = None if self._abandoned else self._next()
        if number is not None:
            name = self._order.pushed[number]
            self._differ(
                f"the program has ended, but the order goes on with {number} ({name}): "
                f"{NOT_THE_SAME}"
            )

    def _next(self) -> str | None:
        started = self._order.started
        return started[self._position] if self._position < len(started) else None

    def _differ(self, message: str) -> NoReturn:
        self.abandon()
        raise OrderError(message)


def describe(turn: Turn) -> str:
    """Return an operation's number and name."""
    return f"{turn.number} ({turn.operation.name if turn.operation else 'ended'})"


def _may_come(number: str, scene: Scene) -> bool:
    """Return whether another thread may still push it."""
    operation, thread = pusher_of(number)
    if operation is not None:
        return operation in scene.elsewhere
    main, here = threading.main_thread(), threading.current_thread()
    if thread is None:
        return here is not main and main.is_alive()
    return any(t.name == thread and t is not here for t in threading.enumerate())
