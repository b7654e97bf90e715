"""Workers that park and are woken, in every order of their steps.

The code is that of the lane and its queue, of a worker's loop and of a wait that helps.
Running an operation is one step here, and what pushes is a list of operations to be
queued; the rule and the hand-over between pushers are explored elsewhere.

A wait with a limit ends at any moment, as if the clock stood still or raced. With
``timers`` off it never does: then nothing may depend on a worker that looks by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

from dataflow_engine import helping, lanes, queues, waiting, workers
from tests.engine.search import Memory, Steps, Thread, Violation, World
from tests.engine.stepping import Cursor, Request, Stepper, in_steps

ROUTINES = {
    *("put", "put_and_wake", "put_back", "_append", "take", "take_first"),
    *("_take_out", "_take_out_ranked"),
    *("_consider", "wake", "_unpark", "wake_worker", "_add_worker", "forget"),
    *("ends", "park", "_sleep", "serve", "run"),
    *("_has_room", "begin_absence", "end_absence"),
    *("until", "_as_waiter", "wait", "_wait", "_wait_inside"),
    *("_help", "_park", "_leave"),
}
SHARED = {"awake", "absent", "asleep", "spare", "stopping", "finished"}
METHODS = {"append", "appendleft", "popleft", "remove", "insert", "copy"}
METHODS |= {"acquire", "release"}
DEAR, CHEAP = None, 1.0  # what an operation is known to cost


@dataclass(frozen=True)
class Item:
    """An operation to be queued.

    Attributes
    ----------
    cost : float or None
        Microseconds, if they are known.
    crossing : bool
        It is made ready by another lane.
    then : tuple of Item
        What becomes ready on the same lane by its end.
    sets : bool
        It is what the waiter waits for.
    inline : bool
        It is run by who pushes it.
    waits : bool
        It waits inside for the one that ``sets``.
    """

    cost: float | None = DEAR
    crossing: bool = False
    then: tuple[Item, ...] = ()
    sets: bool = False
    inline: bool = False
    waits: bool = False

    def size(self) -> int:
        """Return how many operations it stands for."""
        return 1 + sum(item.size() for item in self.then)


@dataclass(frozen=True)
class Case:
    """What happens on a lane.

    Attributes
    ----------
    pushers : sequence of sequence of Item
        What each of several threads queues.
    limit : int
        How many workers there may be.
    asleep : int
        How many of them sleep already.
    waits : bool
        Whether a thread waits outside of operations and helps; it is parked, too.
    timers : bool
        Whether a wait with a limit may end without a wake.
    inside : bool
        Whether the first worker waits inside an operation already.
    """

    pushers: Sequence[Sequence[Item]]
    limit: int = 1
    asleep: int = 0
    waits: bool = False
    timers: bool = True
    inside: bool = False


class Record:
    """One of the operations."""

    def __init__(self, item: Item, goal: Record | None = None) -> None:
        cost = None if item.cost is None else SimpleNamespace(us=item.cost)
        self.operation = SimpleNamespace(priority=0, cost=cost)
        self.item = item
        self._goal = goal

    def followers(self) -> list[Record]:
        """Return what depends on it: the wait, or nothing."""
        return [self._goal] if self.item.sets and self._goal is not None else []


@cache
def code(where: ModuleType | None = None, change: Callable[[str], str] | None = None):
    """Return what is explored, with a fault in one module."""

    def load(module: ModuleType, **replaced: object) -> SimpleNamespace:
        stepper = Stepper(ROUTINES, SHARED, METHODS, {"_lock"}, lengths=True)
        if where is not module or change is None:
            names = in_steps(module, stepper, **replaced)
        else:
            names = in_steps(module, stepper, change, **replaced)
        return SimpleNamespace(**names)

    queue = load(queues).Queue
    lane = load(lanes, LINGER_ROUNDS=1).Lane
    lane.__bases__ = (queue,)
    threads = load(workers)
    return SimpleNamespace(
        Lane=lane,
        Agent=threads.Agent,
        serve=threads.serve,
        Helper=load(waiting, **vars(load(helping))).Helper,
    )


class Parking(World):
    """One execution of a case.

    Parameters
    ----------
    memory : Memory
        Of the search.
    code : namespace
        What `code` returns.
    case : Case
        What happens.
    """

    def __init__(self, memory: Memory, code: SimpleNamespace, case: Case) -> None:
        super().__init__(memory)
        self.code, self.case = code, case
        self.ran: list[int] = []
        self.reports: list[BaseException] = []
        self.names: dict[int, Hashable] = {}  # of agents and records, by id
        self.records: list[Record] = []
        self.runner = SimpleNamespace(run=self._run, report=self._report, tracer=None)
        self.lane = code.Lane("cpu", case.limit, self._start)
        self.agents: list[Any] = []
        self.notice = waiting.Notice(None, "what is waited for")
        self.goal = Record(Item())
        for _ in range(case.asleep):
            self._sleeping()
        if case.waits:
            self._begin_wait()
        if case.inside:
            self._do(self._queue(Item(waits=True)))
            self._go_to_sleep("worker 0", forever=False)
        for number, items in enumerate(case.pushers):
            self.spawn(f"pusher {number}", self._push(items))

    def _agent(self, name: str, worker: bool) -> Any:
        agent = self.code.Agent(threading.current_thread(), worker=worker)
        self.names[id(agent)] = self.names[id(agent.gate)] = name
        self.agents.append(agent)
        return agent

    def _start(self, lane: Any) -> Any:
        agent = self._agent(f"worker {len(self.agents)}", True)
        self.spawn(str(self.names[id(agent)]), self._serve(agent))
        return agent

    def _serve(self, agent: Any) -> Steps:
        yield from self.code.serve(self.lane, agent, self.runner, _nothing)

    def _sleeping(self) -> None:
        """Start a worker and let it go to sleep, before anything else."""
        name = f"worker {len(self.agents)}"
        self._do(self.lane._add_worker())
        self._go_to_sleep(name)

    def _do(self, steps: Steps) -> None:
        """Do some steps at once."""
        self.spawn("before", steps)
        while self.threads["before"].request is not None:
            self.step("before")
        del self.threads["before"]

    def _go_to_sleep(self, name: str, forever: bool = True) -> None:
        """Let a thread go on until it waits: without a limit, or at all."""
        thread = self.threads[name]
        while thread.request is not None:
            kind, _, *details = thread.request
            sleeps = kind == "call" and details[0] == "acquire"
            if sleeps and (not forever or self._is_forever(thread.request)):
                return
            self.step(name)

    @staticmethod
    def _is_forever(request: Request) -> bool:
        """Return whether a request waits, and only for a wake."""
        kind, _, *details = request
        if kind != "call" or details[0] != "acquire":
            return False
        limit = details[1][1] if len(details[1]) > 1 else -1
        return bool(limit < 0)

    def _begin_wait(self) -> None:
        self.spawn("waiter", self._wait(self._agent("waiter", False), None))
        self._go_to_sleep("waiter")

    def _wait(self, agent: Any, goal: Record | None) -> Steps:
        self.notice.waiter = agent
        helper = self.code.Helper(self.runner, agent, lambda: (self.lane,))
        yield from helper.until(self.notice, waiting.Deadline(None), None, goal)

    def _record(self, item: Item) -> Record:
        record = Record(item, self.goal)
        self.names[id(record)] = len(self.records)
        self.records.append(record)
        return record

    def _push(self, items: Sequence[Item]) -> Steps:
        for item in items:
            if item.inline:
                yield from self._run(self._record(item), None, self.lane)
            else:
                yield from self._queue(item)

    def _queue(self, item: Item) -> Steps:
        put = self.lane.put_and_wake if item.crossing else self.lane.put
        yield from put(self._record(item))

    def _run(self, pending: Any, agent: Any, lane: Any) -> Steps:
        yield "call", self.ran, "append", (self.names[id(pending)],)
        if pending.item.waits:
            yield from self._wait(agent, self.goal)
        if pending.item.sets:
            yield "set", self.notice, "finished", True
            if self.notice.waiter is not None:
                yield from self.notice.waiter.wake()
        following, *others = (*pending.item.then, None)
        for item in others:
            if item is not None:
                yield from self._queue(item)
        return None if following is None else self._record(following)

    def _report(self, error: BaseException, where: str) -> None:
        self.reports.append(error)

    # Which steps another thread may notice

    def visible(self, request: Request) -> bool:
        """Return whether a request is about what threads share."""
        kind, thing, *details = request
        if kind in ("get", "set"):
            return details[0] in ("asleep", "spare", "finished")
        if kind == "call" and details[0] in ("acquire", "release"):
            return True
        if thing is self.lane.workers:  # they only become more
            return len(thing) < self.lane.limit + self.lane.absent
        queue = thing is self.lane.queue or thing is self.lane.parked
        return kind == "acquire" or queue

    def enabled(self, request: Request) -> bool:
        """Return whether a request need not wait."""
        kind, thing, *details = request
        if kind == "call" and details[0] == "acquire":
            ends = self.case.timers and not self._is_forever(request)
            return ends or not thing.locked()
        return super().enabled(request)

    def perform(self, request: Request) -> Any:
        """Perform a request; nobody ever waits in here."""
        kind, thing, *details = request
        if kind == "call" and details[0] == "acquire":
            return thing.acquire(False)
        if (
            kind == "set"
            and details[0] in ("awake", "absent")
            and not self.lane._lock.locked()
        ):
            raise Violation("a count is touched without its lock")
        if kind == "call" and thing is self.ran and details[1][0] in self.ran:
            raise Violation(f"{details[1][0]} runs twice")
        return super().perform(request)

    # The state

    def state(self) -> Hashable:
        """Return what this world goes on from, as a number.

        Loops make histories endless. So a thread's state is where it is in the code,
        and what its local variables are.
        """
        threads = [(t.name, self._place_of(t)) for t in self.threads.values()]
        key = (frozenset(threads), self.shared())
        return self.memory.orders.setdefault(key, len(self.memory.orders))

    def _place_of(self, thread: Thread) -> Hashable:
        if thread.request is None:
            return None
        place: list[Hashable] = [self.describe(thread.request)]
        steps = thread.steps
        while steps is not None:
            frame = steps.gi_frame
            known = {n: self.describe(v) for n, v in frame.f_locals.items()}
            place += [frame.f_code.co_name, frame.f_lasti, frozenset(known.items())]
            steps = steps.gi_yieldfrom
        return tuple(place)

    def describe(self, value: Any) -> Hashable:
        """Return a value in words that are alike in every execution."""
        if id(value) in self.names:
            return ("named", self.names[id(value)])
        if value is self.goal or value is self.notice:
            return "what is waited for"
        if value is self.lane.queue or value is self.lane.parked:
            return "shared"
        if isinstance(value, Cursor):
            rest = tuple(map(self.describe, value.rest()))
            return (self.describe(value.value), rest)
        if isinstance(value, list | tuple):
            return tuple(map(self.describe, value))
        return value if isinstance(value, float) else super().describe(value)

    def shared(self) -> Hashable:
        """Return the state of the lane."""
        lane = self.lane
        return (
            tuple(self.names[id(record)] for record in lane.queue),
            tuple(self.names[id(agent)] for agent in lane.parked),
            tuple(agent.gate.locked() for agent in self.agents),
            (lane.awake, lane.absent, lane.asleep, lane.spare, len(lane.workers)),
            lane._lock.locked(),
            self.notice.finished,
            frozenset(self.ran),
        )

    def finish(self) -> None:
        """Raise unless all has run and only workers wait, for a wake."""
        if self.reports:
            raise Violation(f"a worker was hit by {self.reports[0]!r}")
        total = sum(item.size() for items in self.case.pushers for item in items)
        total += self.case.inside
        if len(self.ran) != total:
            raise Violation(f"of {total} only {self.ran} have run")
        for thread in self.threads.values():
            if thread.request is not None and not thread.name.startswith("worker"):
                raise Violation(f"{thread.name} waits for ever")
        if self.lane.awake < 0 or self.lane.awake > len(self.lane.workers):
            raise Violation(f"{self.lane.awake} are counted awake")


def _nothing() -> None:
    """Stand for what is told that the queue is empty."""
