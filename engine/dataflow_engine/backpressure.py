"""A bound on what is pending: who pushes beyond it helps until there is less.

A program that pushes faster than it runs would fill the memory with records, and with
what its operations hold. Only users' threads are held back. A worker, or an operation
that pushes others, never is: it may be what the others wait for.

A push only compares two numbers. How often it looks closer depends on how far off the
bound is, and so the bound is never passed by more than a batch.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from copy import copy

from .census import Census
from .operations import Operation, SizedOperation
from .registrar import Registrar
from .waiting import Helper
from .workers import Agent

PENDING = 65_536  # operations; their records take about 20 MB
LOOK_EVERY = 256


class Load:
    """Bytes that one push holds, for as long as this lives."""

    __slots__ = ("_ended", "nbytes")

    def __init__(self, nbytes: int, ended: deque[int]) -> None:
        self.nbytes = nbytes
        self._ended = ended

    def __del__(self) -> None:
        self._ended.append(self.nbytes)


class Backpressure:
    """The bound of one engine.

    Parameters
    ----------
    registrar : Registrar
        Counts what is pushed; its ``look_at`` says at which count to look.
    census : Census
        Counts what has ended.
    helper : callable
        Makes the help of a waiting thread.
    pending : int
        How many operations may be pending.
    nbytes : int, optional
        How many bytes they may hold, of those that they declare.
    """

    def __init__(
        self,
        registrar: Registrar,
        census: Census,
        helper: Callable[[Agent], Helper],
        pending: int,
        nbytes: int | None,
    ) -> None:
        self._registrar = registrar
        self._census = census
        self._helper = helper
        self._most = pending
        self._most_bytes = nbytes
        self._lock = threading.Lock()
        self._begun = 0
        self._ended: deque[int] = deque()
        registrar.look_at = min(LOOK_EVERY, pending)

    def held(self) -> int:
        """Return how many bytes pending operations have declared."""
        with self._lock:
            return self._begun - sum(self._ended.copy())

    def load(self, operation: SizedOperation) -> Operation:
        """Return an operation to be pushed in its place, which counts its bytes."""
        twin = copy(operation)
        with self._lock:
            ended = len(self._ended)
            if ended > LOOK_EVERY:
                self._begun -= sum([self._ended.popleft() for _ in range(ended)])
            self._begun += operation.nbytes
            twin.load = Load(operation.nbytes, self._ended)
        return twin

    def excess(self) -> bool:
        """Return whether too much is pending; note when to look again."""
        registrar = self._registrar
        pending = registrar.pushed - self._census.completed()
        room = self._most - pending
        registrar.look_at = registrar.pushed + max(min(room, LOOK_EVERY), 1)
        most = self._most_bytes
        return room < 0 or (most is not None and self.held() > most)

    def relieve(self) -> None:
        """Help in the calling thread until there is room, if it is a user's."""
        if not self.excess():
            return
        agent = self._census.agent()
        if agent.worker or agent.depth or agent.stack():
            return
        self._helper(agent).while_true(self.excess, "room for more")
