"""Random programs for agreement at scale: all that the contract allows, in one.

Several pushers, each with Vars of its own; operations that fail, wait for others that
they push, or leave such behind; asynchronous ones; priorities, costs and lanes; waits
and deletions between; the same operations pushed again. One Var is shared by all
pushers: what they add to it is the same in any order.

A run returns all that may be compared. It only depends on the program, however the
engine schedules. `Watch` looks for accesses that overlap.
"""

from __future__ import annotations

import random
import threading
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import trio

from dataflow_engine import Engine, NaiveEngine, Operation, Plan, Var
from tests.engine.helpers import PATIENCE, Broken, checkpoints, forget_failures

LANES = ("cpu", "cpu:1")
BLOCK = bytes(6000)  # so large that its checksum lets other threads run meanwhile
PER_ENGINE = 25
MODULUS = 1_000_003


@dataclass(frozen=True)
class Step:
    """One operation over numbered Vars; what it computes depends on the order."""

    number: int
    reads: tuple[int, ...]
    writes: tuple[int, ...]
    lane: str
    priority: int
    cost: float | None
    fails: bool = False
    slow: bool = False
    asynchronous: bool = False
    adds: bool = False  # only to the shared Var
    inner: tuple[Step, ...] = ()  # on two Vars of their own
    leaves: bool = False  # does not wait for the inner ones


@dataclass(frozen=True)
class Batch:
    """Steps pushed in turn, or as one plan; and that several times."""

    steps: tuple[Step, ...]
    times: int


@dataclass(frozen=True)
class Program:
    """What each pusher does: batches, Vars to wait for, and those to delete."""

    variables: int
    pushers: tuple[tuple[Batch | tuple[str, int], ...], ...]

    @classmethod
    def make(cls, seed: int, lanes: Sequence[str] = LANES) -> Program:
        """Make one from a seed.

        Parameters
        ----------
        seed : int
        lanes : sequence of str
            Where operations may run, beside the io lane.
        """
        draw = random.Random(seed)
        maker = Maker(draw, lanes, asynchronous=draw.random() < 0.1)
        variables = draw.randint(1, 6)
        count = draw.choice((1, 1, 1, 1, 2, 3))
        pushers = tuple(maker.actions(variables) for _ in range(count))
        return cls(variables, pushers)


class Maker:
    """Draws the parts of a program."""

    def __init__(
        self, draw: random.Random, lanes: Sequence[str], asynchronous: bool
    ) -> None:
        self.draw = draw
        self.lanes = lanes
        self.asynchronous = asynchronous
        self.numbers = 0

    def actions(self, variables: int) -> tuple[Batch | tuple[str, int], ...]:
        draw, alive = self.draw, list(range(variables))
        actions: list[Batch | tuple[str, int]] = []
        for _ in range(draw.randint(1, 5)):
            steps = tuple(self.step(alive) for _ in range(draw.randint(1, 4)))
            actions.append(Batch(steps, draw.choice((1, 1, 1, 2, 3))))
            if draw.random() < 0.2:
                actions.append(("wait", draw.choice(alive)))
            if len(alive) > 1 and draw.random() < 0.1:
                actions.append(("delete", alive.pop(draw.randrange(len(alive)))))
        return tuple(actions)

    def step(self, alive: Sequence[int], depth: int = 0) -> Step:
        draw = self.draw
        self.numbers += 1
        common: dict[str, Any] = {
            "number": self.numbers,
            "lane": draw.choice(self.lanes),
            "priority": draw.choice((0, 0, 0, 1, -1)),
            "cost": draw.choice((None, 1.0, 50.0)),
            "slow": draw.random() < 0.3,
        }
        if depth == 0 and draw.random() < 0.1:
            return Step(reads=(), writes=(), adds=True, **common)
        inner: tuple[Step, ...] = ()
        # What a device is given must not wait for others: only what runs on a cpu does.
        nests = depth < 2 and draw.random() < 0.1
        if nests and common["lane"].startswith("cpu"):
            inner = tuple(
                self.step((0, 1), depth + 1) for _ in range(draw.randint(1, 3))
            )
        return Step(
            reads=tuple(draw.choices(alive, k=draw.randint(0, 3))),
            writes=tuple(draw.choices(alive, k=draw.choice((0, 1, 1, 1, 2)))),
            fails=draw.random() < 0.08,
            asynchronous=self.asynchronous and draw.random() < 0.4,
            inner=inner,
            leaves=draw.random() < 0.3,
            **common,
        )


@dataclass
class Watch:
    """Notes accesses to the value of a Var that overlap with a write."""

    overlaps: list[str] = field(default_factory=list)

    def begin(self, store: Store, step: Step) -> list[int]:
        """Note the start of a step; return what `end` is given."""
        for index in (*step.reads, *step.writes):
            if store.writing[index]:
                self.overlaps.append(f"step {step.number} meets a writer at its start")
        for index in step.writes:
            store.writing[index] = step.number
        return [store.written[index] for index in step.reads]

    def end(self, store: Store, step: Step, written: list[int]) -> None:
        """Note its end."""
        for index in step.writes:
            store.writing[index] = 0
            store.written[index] += 1
        only_read = [index not in step.writes for index in step.reads]
        now = [store.written[index] for index in step.reads]
        for before, after, counts in zip(written, now, only_read, strict=True):
            if counts and before != after:
                self.overlaps.append(f"step {step.number} was overtaken by a writer")


class Store:
    """Vars, their values, and who is writing them."""

    def __init__(self, engine: Engine, count: int) -> None:
        self.values = list(range(count))
        self.variables = [engine.new_variable(str(i)) for i in range(count)]
        self.writing = [0] * count
        self.written = [0] * count


class Run:
    """One run of a program on an engine.

    Parameters
    ----------
    engine : Engine
    replays : bool
        Whether each batch goes as one plan.
    """

    def __init__(self, engine: Engine, replays: bool = False) -> None:
        self.engine = engine
        self.replays = replays
        self.watch = Watch()
        self.shared = engine.new_variable("shared")
        self.sum = 0
        self.seen: dict[int, list[Any]] = {}  # by waits, per pusher
        self.left: list[tuple[int, Store]] = []  # what operations left behind
        self.deleted: list[tuple[int, int]] = []

    def __call__(self, program: Program) -> Any:
        """Run it; return all that may be compared."""
        stores = [Store(self.engine, program.variables) for _ in program.pushers]
        works = [
            lambda i=i: self._push(i, stores[i], program.pushers[i])
            for i in range(len(stores))
        ]
        if len(works) == 1:
            works[0]()
        else:
            run_threads(*works)
        ends = [self._outcomes(store) for store in stores]
        shared = self._outcome(self.shared), self.sum
        failures = forget_failures(self.engine)
        left = sorted((number, self._outcomes(store)) for number, store in self.left)
        self.engine.wait_all(PATIENCE)
        assert not self.watch.overlaps
        values = [store.values for store in stores]
        seen = sorted(self.seen.items())
        return values, ends, shared, seen, left, failures, sorted(self.deleted)

    def _push(
        self, me: int, store: Store, actions: Sequence[Batch | tuple[str, int]]
    ) -> None:
        alive: dict[int, Var] = dict(enumerate(store.variables))
        seen = self.seen[me] = []
        for action in actions:
            if isinstance(action, Batch):
                self._push_batch(store, action)
            elif action[0] == "wait":
                seen.append(self._outcome(alive[action[1]]))
            else:
                gone = action[1]
                note = (me, gone)
                self.engine.delete_variable(
                    alive.pop(gone), lambda note=note: self.deleted.append(note)
                )
        store.variables = list(alive.values())

    def _push_batch(self, store: Store, batch: Batch) -> None:
        operations = [self._operation(store, step) for step in batch.steps]
        plan = Plan(operations)
        for _ in range(batch.times):
            if self.replays:
                self.engine.replay(plan)
            else:
                for operation in operations:
                    self.engine.push(operation)

    def _operation(self, store: Store, step: Step) -> Operation:
        return self.engine.operation(
            self._function(store, step),
            [store.variables[i] for i in step.reads],
            [self.shared] if step.adds else [store.variables[i] for i in step.writes],
            lane=step.lane,
            cost=step.cost,
            priority=step.priority,
            name=f"step {step.number}",
        )

    def _function(self, store: Store, step: Step) -> Callable[[], Any]:
        if step.adds:
            return lambda: self._add(step)
        return (
            self._awaiting(store, step)
            if step.asynchronous
            else self._plain(store, step)
        )

    def _add(self, step: Step) -> None:
        before = self.sum
        if step.slow:
            let_others_run()
        self.sum = before + step.number

    def _plain(self, store: Store, step: Step) -> Callable[[], None]:
        def plain() -> None:
            written = self.watch.begin(store, step)
            try:
                total = read(store, step)
                if step.slow:
                    let_others_run()
                if step.inner:
                    own = self._push_inner(step)
                    if not step.leaves:
                        total += self._sum(own, self._outcomes(own))
                write(store, step, total)
            finally:
                self.watch.end(store, step, written)

        return plain

    def _awaiting(self, store: Store, step: Step) -> Callable[[], Any]:
        async def awaiting() -> None:
            written = self.watch.begin(store, step)
            try:
                total = read(store, step)
                await checkpoints(step.number % 3)
                if step.inner:
                    own = self._push_inner(step)
                    if not step.leaves:
                        total += self._sum(own, await self._outcomes_async(own))
                write(store, step, total)
            finally:
                self.watch.end(store, step, written)

        return awaiting

    def _push_inner(self, step: Step) -> Store:
        own = Store(self.engine, 2)
        for inner in step.inner:
            self.engine.push(self._operation(own, inner))
        if step.leaves:
            self.left.append((step.number, own))
        return own

    @staticmethod
    def _sum(store: Store, outcomes: Sequence[Any]) -> int:
        return sum(store.values) + sum(number for number, _, _ in outcomes)

    def _outcome(self, var: Var) -> tuple[int, int, str]:
        """What a wait on the Var says, its version, and what it is poisoned by."""
        try:
            self.engine.wait_for(var, PATIENCE)
        except Broken as error:
            return error.args[0], var.version, repr(var.exception)
        return 0, var.version, repr(var.exception)

    def _outcomes(self, store: Store) -> list[tuple[int, int, str]]:
        return [self._outcome(var) for var in store.variables]

    async def _outcomes_async(self, store: Store) -> list[tuple[int, int, str]]:
        outcomes = []
        for var in store.variables:
            with trio.fail_after(PATIENCE):
                try:
                    await self.engine.wait_for_async(var)
                except Broken as error:
                    outcomes.append((error.args[0], var.version, repr(var.exception)))
                else:
                    outcomes.append((0, var.version, repr(var.exception)))
        return outcomes


def agree(
    make_engine: Callable[[], Engine],
    seeds: Sequence[int],
    lanes: Sequence[str] = LANES,
) -> None:
    """Check that an engine's runs of programs are those of the naive engine.

    Parameters
    ----------
    make_engine : callable
        Makes a fresh engine, which is used for a few programs: much of what can go
        wrong between threads does so while workers start.
    seeds : sequence of int
        One program each.
    lanes : sequence of str
        Where its operations may run.
    """
    naive = NaiveEngine()
    for first in range(0, len(seeds), PER_ENGINE):
        engine = make_engine()
        try:
            for seed in seeds[first : first + PER_ENGINE]:
                program = Program.make(seed, lanes)
                expected = Run(naive)(program)
                for replays in (False, True):
                    found = Run(engine, replays)(program)
                    assert found == expected, f"seed {seed}, replays: {replays}"
            counts = engine.statistics()
            assert counts.pushed == counts.completed
        finally:
            engine.close(drain=False, timeout=PATIENCE)


def read(store: Store, step: Step) -> int:
    """Return what a step computes from what it reads."""
    total = step.number
    for index in step.reads:
        total = (total * 31 + store.values[index]) % MODULUS
    return total


def write(store: Store, step: Step, total: int) -> None:
    """Write what it has computed; one that fails does so in the middle."""
    for index in step.writes:
        store.values[index] = (store.values[index] * 17 + total + 1) % MODULUS
        if step.fails:
            break
    if step.fails:
        raise Broken(step.number)


def let_others_run() -> None:
    """Give up the interpreter for a moment, without sleeping."""
    zlib.crc32(BLOCK)


def run_threads(*functions: Callable[[], object]) -> None:
    """Call each in a thread of its own; raise what one of them raised."""
    errors: list[BaseException] = []

    def guarded(function: Callable[[], object]) -> None:
        try:
            function()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(f,)) for f in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "a thread is stuck"
    if errors:
        raise errors[0]
