"""A program's parts: one flat list per thread, with locks where one needs another.

A cross edge is a lock that is held between runs: the thread that has made a value
releases it, the one that needs the value acquires it, and so it is held again.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

SYNC = -1  # in the place of a callable's number: an item that synchronises


class Item(NamedTuple):
    """What a thread calls, with its number in the program."""

    number: int
    call: Callable[[], Any]


class Stopped(Exception):
    """Another part has failed, so that what this one needs will not be there."""


class Parts:
    """Lists of items for any number of threads that take part.

    Parameters
    ----------
    callables : sequence of callable
        All of them.
    parts : sequence of sequence of int
        What each thread calls, in order. Part 0 is the owner's.
    edges : iterable of (int, int)
        Pairs of callables of different parts: the first before the second.
    failures : list
        A gate stops whoever comes through it while there is something in it.

    Attributes
    ----------
    order : list of int
        An order in which one thread could call all.
    start : list of Item
        The owner's part until it needs another one.
    """

    def __init__(
        self,
        callables: Sequence[Callable[[], Any]],
        parts: Sequence[Sequence[int]],
        edges: Iterable[tuple[int, int]],
        failures: list[Any],
    ) -> None:
        edges = sorted(set(edges))
        self.count = len(parts)
        self.order = in_order(len(callables), parts, edges)
        self._callables = callables
        self._failures = failures
        self._part_of = {i: p for p, numbers in enumerate(parts) for i in numbers}
        self._locks = {edge: _held() for edge in edges}
        self.ends = [_held() for _ in parts]
        self._before: dict[int, list[int]] = {}
        self._after: dict[int, list[int]] = {}
        for first, second in edges:
            self._before.setdefault(second, []).append(first)
            self._after.setdefault(first, []).append(second)
        own = parts[0]
        split = next((n for n, i in enumerate(own) if i in self._before), len(own))
        self._started = set(own[:split])
        self.start = self._items(own[:split], {0})
        self.lists = [self._items(part, {p}) for p, part in enumerate(parts)]
        everybody = tuple(range(1, self.count))
        rest = [*self._items(own[split:], {0}), *self._joins(everybody)]
        self._rests = {everybody: rest}

    def rest(self, taken: tuple[int, ...]) -> list[Item]:
        """List what the owner does after the start, when others have taken these parts.

        That is its own part, and those that nobody has taken.
        """
        if taken not in self._rests:
            self._rests[taken] = self._merge(taken)
        return self._rests[taken]

    def _merge(self, taken: tuple[int, ...]) -> list[Item]:
        mine = set(range(self.count)) - set(taken)
        left = [i for i in self.order if self._part_of[i] in mine]
        left = [i for i in left if i not in self._started]
        # The start has released these for threads that never came.
        unused = [
            Item(SYNC, lock.acquire)
            for (source, target), lock in self._locks.items()
            if source in self._started and self._part_of[target] in mine
        ]
        return [*unused, *self._items(left, mine), *self._joins(taken)]

    def _items(self, numbers: Iterable[int], mine: set[int]) -> list[Item]:
        """List callables with what orders them among parts that are not mine."""
        items: list[Item] = []
        for number in numbers:
            for source in self._before.get(number, ()):
                if self._part_of[source] not in mine:
                    gate = _gate(self._locks[source, number], self._failures)
                    items.append(Item(SYNC, gate))
            items.append(Item(number, self._callables[number]))
            for target in self._after.get(number, ()):
                if self._part_of[target] not in mine:
                    items.append(Item(SYNC, self._locks[number, target].release))
        return items

    def _joins(self, parts: Iterable[int]) -> list[Item]:
        return [Item(SYNC, self.ends[part].acquire) for part in parts]

    def open_after(self, parts: set[int]) -> None:
        """Let go on who waits for something in these parts, made or not."""
        for (source, _), lock in self._locks.items():
            if self._part_of[source] in parts:
                with contextlib.suppress(RuntimeError):  # it is open
                    lock.release()

    def close(self) -> None:
        """Hold every lock again, once all threads have left."""
        for lock in (*self._locks.values(), *self.ends):
            lock.acquire(False)


def _held() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


def _gate(lock: threading.Lock, failures: list[Any]) -> Callable[[], None]:
    acquire = lock.acquire

    def pass_gate() -> None:
        acquire()
        if failures:
            raise Stopped

    return pass_gate


def in_order(
    count: int, parts: Sequence[Sequence[int]], edges: Iterable[tuple[int, int]]
) -> list[int]:
    """Return an order of all callables that keeps the parts' and the edges'.

    Raises
    ------
    ValueError
        There is none, or the parts do not hold every callable once.
    """
    listed = sorted(i for part in parts for i in part)
    if listed != list(range(count)):
        raise ValueError(f"the parts must hold each of {count} callables once")
    after: dict[int, list[int]] = {}
    waits = [0] * count
    within = [pair for part in parts for pair in itertools.pairwise(part)]
    for first, second in (*within, *edges):
        after.setdefault(first, []).append(second)
        waits[second] += 1
    ready = [i for i in range(count) if not waits[i]]
    order = []
    while ready:
        order.append(heapq.heappop(ready))
        for other in after.get(order[-1], ()):
            waits[other] -= 1
            if not waits[other]:
                heapq.heappush(ready, other)
    if len(order) < count:
        raise ValueError("the parts would wait for each other for ever")
    return order
