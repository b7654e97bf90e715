"""Every order in which a few threads may do their steps, tried one by one.

A `World` is one execution that is under way: generators of requests (see `stepping`),
each a thread. `explore` runs worlds from the start, depth first over the choice of who
goes next. Two paths that lead to the same state are followed on only once; how many
complete orders there are is still counted, by adding up.

A thread's state is what it has seen so far, since it is deterministic; the state of a
world is that of its threads together with what they share.
"""

from __future__ import annotations

import abc
from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass, field
from types import NoneType
from typing import Any

from tests.engine.stepping import Request, perform

PLAIN = (bool, int, str, NoneType)
# What requests may raise, for the code to handle.
ERRORS = (IndexError, KeyError, ValueError, AttributeError, RuntimeError)
Steps = Generator[Request, Any, Any]


class Violation(AssertionError):
    """A property does not hold; the schedule shows how it came to that."""


@dataclass
class Thread:
    """One generator, what it asks for next, and what it has seen."""

    name: str
    steps: Steps
    request: Request | None = None
    seen: int = 0
    begun: bool = False


@dataclass
class Memory:
    """What is known from all executions of one search."""

    histories: dict[tuple[int, Hashable], int] = field(default_factory=dict)
    orders: dict[Hashable, int] = field(default_factory=dict)

    def after(self, history: int, seen: Hashable) -> int:
        """Return the number of a history and one more thing seen."""
        return self.histories.setdefault((history, seen), len(self.histories) + 1)


class World(abc.ABC):
    """One execution: its threads, and what they share.

    Parameters
    ----------
    memory : Memory
        Shared by all worlds of a search.
    """

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.threads: dict[str, Thread] = {}
        self.current: Thread | None = None

    @abc.abstractmethod
    def visible(self, request: Request) -> bool:
        """Return whether another thread may notice the moment of a request."""

    @abc.abstractmethod
    def shared(self) -> Hashable:
        """Return the state of what threads share."""

    @abc.abstractmethod
    def finish(self) -> None:
        """Raise `Violation` unless a world in which all is done is right."""

    def describe(self, value: Any) -> Hashable:
        """Return what a thread has seen in words that are alike in every execution."""
        return value if isinstance(value, PLAIN) else type(value)

    def began(self, thread: Thread) -> None:
        """Note the first step of a thread, if that means anything."""
        return None

    def spawn(self, name: str, steps: Steps) -> None:
        """Start a thread."""
        if name in self.threads:
            raise Violation(f"{name} happens twice")
        thread = self.threads[name] = Thread(name, steps)
        self._go_on(thread, None)

    def choices(self) -> list[str]:
        """Return the threads that may do their next step now."""
        return [
            thread.name
            for thread in self.threads.values()
            if thread.request is not None and self.enabled(thread.request)
        ]

    def enabled(self, request: Request) -> bool:
        """Return whether a request need not wait."""
        return request[0] != "acquire" or not request[1].locked()

    def step(self, name: str) -> None:
        """Let a thread do its next step, up to where it asks for another one."""
        thread = self.threads[name]
        request = thread.request
        assert request is not None
        if not thread.begun:
            thread.begun = True
            self.began(thread)
        self._go_on(thread, request)

    def _go_on(self, thread: Thread, request: Request | None) -> None:
        """Answer a request, and all that follow up to the next visible one."""
        outer = self.current
        self.current, thread.request = thread, None
        try:
            while True:
                request = self._answer(thread, request)
                if self.visible(request):
                    thread.request = request
                    return
        except StopIteration:
            thread.seen = 0  # how it came to its end matters no more
        except (Violation, KeyboardInterrupt):
            raise
        except BaseException as error:
            raise Violation(f"{thread.name} ends with {error!r}") from error
        finally:
            self.current = outer

    def _answer(self, thread: Thread, request: Request | None) -> Request:
        """Perform a request, tell its thread what came of it, return its next one."""
        if request is None:
            return thread.steps.send(None)
        try:
            result = self.perform(request)
        except ERRORS as error:
            thread.seen = self.memory.after(thread.seen, type(error))
            return thread.steps.throw(error)
        thread.seen = self.memory.after(thread.seen, self.describe(result))
        return thread.steps.send(result)

    def in_words(self, name: str) -> str:
        """Return what a choice would do."""
        request = self.threads[name].request
        assert request is not None
        kind, thing, *details = request
        return f"{kind} {thing!r} {' '.join(map(repr, details))}"

    def perform(self, request: Request) -> Any:
        """Perform a request."""
        return perform(request)

    def state(self) -> Hashable:
        """Return what this world goes on from, as a number."""
        threads = [(t.name, t.seen) for t in self.threads.values()]
        key = (frozenset(threads), self.shared())
        return self.memory.orders.setdefault(key, len(self.memory.orders))


@dataclass
class Found:
    """What a search has covered."""

    states: int = 0
    steps: int = 0
    orders: int = 0

    def __add__(self, other: Found) -> Found:
        return Found(
            self.states + other.states,
            self.steps + other.steps,
            self.orders + other.orders,
        )


def explore(make: Callable[[Memory], World], most: int = 1_000_000) -> Found:
    """Try every order of steps of the worlds that ``make`` makes.

    Parameters
    ----------
    make : callable
        Starts a world from the beginning.
    most : int
        Raise if there are more states than this: the case is too large.

    Raises
    ------
    Violation
        With the schedule that leads to it.
    """
    memory = Memory()
    known: dict[Hashable, int] = {}
    found = Found()

    def again(path: list[str]) -> World:
        world = make(memory)
        for name in path:
            world.step(name)
        found.steps += len(path)
        return world

    def visit(world: World, path: list[str]) -> int:
        """Return how many orders there are from here to the end."""
        state = world.state()
        if state in known:
            return known[state]
        assert len(known) < most, "too many states: make the case smaller"
        known[state] = 0  # steps that lead back to it add no order
        choices = world.choices()
        if not choices:
            world.finish()
        orders = 0 if choices else 1
        for index, name in enumerate(choices):
            path.append(name)
            if index:
                world = again(path[:-1])
            found.steps += 1
            world.step(name)
            orders += visit(world, path)
            path.pop()
        known[state] = orders
        return orders

    path: list[str] = []
    try:
        found.orders = visit(make(memory), path)
    except Violation as violation:
        raise Violation(f"{violation}\nafter {_schedule(make, path)}") from None
    found.states = len(known)
    return found


def _schedule(make: Callable[[Memory], World], path: list[str]) -> str:
    """Return the steps of a path in words."""
    lines = ["these steps:"]
    try:
        world = make(Memory())
        for name in path:
            lines.append(f"  {name}: {world.in_words(name)}")
            world.step(name)
    except Violation:
        pass
    return "\n".join(lines)
