"""Random programs that mix plain and asynchronous operations: naive = threaded.

Operations fail, push others and wait for them, run asynchronous functions from plain
code, and Vars are deleted between.
"""

import contextlib
import random
import threading
from dataclasses import dataclass, field

import pytest
import trio

from dataflow_engine import NaiveEngine, Plan, ThreadedEngine
from dataflow_engine.dependencies import LockRule
from tests.engine.helpers import (
    PATIENCE,
    Broken,
    checkpoints,
    forget_failures,
    outcome,
)

KINDS = ("plain", "plain", "asynchronous", "asynchronous", "waits at once")


@dataclass
class Step:
    """One operation over numbered variables."""

    number: int
    reads: list
    writes: list
    kind: str
    turns: int
    fails: bool
    cost: float | None
    inner: "Step | None" = None


@dataclass
class Program:
    """Steps in batches, and which variable is deleted after each batch."""

    variables: int
    batches: list = field(default_factory=list)
    deleted: list = field(default_factory=list)

    @classmethod
    def make(cls, seed):
        draw = random.Random(seed)
        program = cls(draw.randint(2, 6))
        alive = list(range(program.variables))
        for _ in range(draw.randint(2, 6)):
            size = draw.randint(1, 4)
            program.batches.append([make_step(draw, alive) for _ in range(size)])
            deletes = len(alive) > 1 and draw.random() < 0.2
            program.deleted.append(
                alive.pop(draw.randrange(len(alive))) if deletes else None
            )
        return program

    def run(self, engine):
        """Run on an engine; return everything that may be compared."""
        run = Run(engine, self.variables)
        for steps, deleted in zip(self.batches, self.deleted, strict=True):
            operations = [run.operation(step) for step in steps]
            if len(operations) == 1:
                engine.push(operations[0])
            else:
                engine.replay(Plan(operations))
            if deleted is not None:
                var, run.variables[deleted] = run.variables[deleted], None
                engine.delete_variable(var, lambda i=deleted: run.deleted.add(i))
        outcomes = [outcome(engine, var) for var in run.variables if var is not None]
        failures = forget_failures(engine)
        return run.values, run.deleted, outcomes, failures


def make_step(draw, alive, depth=0):
    nests = draw.random() < 0.25 and depth < 3
    return Step(
        number=draw.randrange(1000),
        reads=draw.choices(alive, k=draw.randint(0, 3)),
        writes=draw.choices(alive, k=draw.choice([0, 1, 1, 1, 2])),
        kind=draw.choice(KINDS),
        turns=draw.choice([0, 0, 1, 2]),
        fails=draw.random() < 0.08,
        cost=draw.choice([None, 1.0, 50.0]),
        inner=make_step(draw, alive, depth + 1) if nests else None,
    )


class Run:
    """One run of a program; every value depends on the order of what made it."""

    def __init__(self, engine, variables):
        self.engine = engine
        self.values = list(range(variables))
        self.variables = [engine.new_variable(str(i)) for i in range(variables)]
        self.deleted = set()

    def operation(self, step):
        return self.engine.operation(
            self.function(step),
            [self.variables[i] for i in step.reads],
            [self.variables[i] for i in step.writes],
            cost=step.cost,
            priority=step.number % 3 - 1,
        )

    def function(self, step):
        def plain():
            total = self.read(step)
            if step.inner:
                total += self.nested(step.inner)
            self.write(step, total)

        async def asynchronous():
            total = self.read(step)
            await checkpoints(step.turns)
            if step.inner:
                total += await self.nested_async(step.inner)
            self.write(step, total)

        def waits_at_once():
            self.engine.run_async(asynchronous)

        return {
            "plain": plain,
            "asynchronous": asynchronous,
            "waits at once": waits_at_once,
        }[step.kind]

    def nested(self, step):
        """Run a step on a Var of its own, and wait for it."""
        var, result = self.push_inner(step)
        self.engine.wait_for(var, PATIENCE)
        return result[0]

    async def nested_async(self, step):
        var, result = self.push_inner(step)
        with trio.fail_after(PATIENCE):
            await self.engine.wait_for_async(var)
        return result[0]

    def push_inner(self, step):
        own, var = Run(self.engine, len(self.values)), self.engine.new_variable()
        result = []
        function = own.function(step)

        def plain():
            function()
            result.append(sum(own.values))

        async def asynchronous():
            await function()
            result.append(sum(own.values))

        pushed = asynchronous if step.kind == "asynchronous" else plain
        self.engine.push(pushed, (), (var,), cost=step.cost)
        return var, result

    def read(self, step):
        total = step.number
        for read in step.reads:
            total = (total * 31 + self.values[read]) % 1_000_003
        return total

    def write(self, step, total):
        for write in step.writes:
            self.values[write] = (self.values[write] * 17 + total + 1) % 1_000_003
            if step.fails:
                raise Broken(step.number)
        if step.fails:
            raise Broken(step.number)


def agree(engine, seeds):
    naive = NaiveEngine()
    with engine:
        for seed in seeds:
            program = Program.make(seed)
            assert program.run(engine) == program.run(naive), f"seed {seed}"


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("inline", [0.0, 10.0])
def test_mixed_programs(workers, inline):
    first = 1000 * workers + 500 * bool(inline)
    agree(ThreadedEngine(workers, inline), range(first, first + 250))


@pytest.mark.usefixtures("frantic")
def test_mixed_programs_with_frantic_switching():
    agree(ThreadedEngine(2), range(5000, 5150))


@pytest.mark.usefixtures("frantic")
def test_mixed_programs_with_a_lock_per_record(monkeypatch):
    monkeypatch.setattr("dataflow_engine.threaded.default_rule", lambda: LockRule)
    agree(ThreadedEngine(2, 0.0), range(6000, 6100))


def test_mixed_programs_inside_a_trio_run():
    """The naive engine needs a thread for each operation there."""

    async def main():
        with NaiveEngine() as naive, NaiveEngine() as inside:
            for seed in range(7000, 7040):
                program = Program.make(seed)
                outside = await trio.to_thread.run_sync(program.run, naive)
                assert program.run(inside) == outside, f"seed {seed}"

    trio.run(main)


# A soak: two threads push and a trio run awaits, on engines that start cold


def use(engine, variables, seed):
    draw = random.Random(seed)
    for _ in range(150):
        step = make_step(draw, range(len(variables)))
        push(engine, variables, step, draw)
        if draw.random() < 0.04:
            outcome(engine, draw.choice(variables))


async def use_async(engine, variables, seed):
    draw = random.Random(seed)
    for _ in range(150):
        push(engine, variables, make_step(draw, range(len(variables))), draw)
        if draw.random() < 0.1:
            with contextlib.suppress(Broken):
                await engine.wait_for_async(draw.choice(variables))


def push(engine, variables, step, draw):
    async def asynchronous():
        await checkpoints(step.turns)
        if step.fails:
            raise Broken
        if step.inner:
            var = engine.new_variable()
            engine.push(lambda: None, (), (var,), cost=step.cost)
            await engine.wait_for_async(var)

    def plain():
        if step.fails:
            raise Broken
        if step.inner:
            engine.run_async(asynchronous)

    engine.push(
        asynchronous if step.kind == "asynchronous" else plain,
        [variables[i] for i in step.reads],
        [variables[i] for i in step.writes],
        lane=draw.choice(("cpu", "cpu:1")),
        cost=step.cost,
        priority=draw.choice((0, 0, 1, -1)),
    )


@pytest.mark.parametrize("seed", range(12))
def test_soak(seed):
    with ThreadedEngine(1 + seed % 2, 0.0 if seed % 3 else 10.0) as engine:
        variables = [engine.new_variable() for _ in range(6)]

        async def bounded():
            with trio.fail_after(PATIENCE):
                await use_async(engine, variables, seed)

        users = [
            threading.Thread(target=use, args=(engine, variables, 100 + seed)),
            threading.Thread(target=use, args=(engine, variables, 200 + seed)),
            threading.Thread(target=trio.run, args=(bounded,)),
        ]
        for user in users:
            user.start()
        for user in users:
            user.join(PATIENCE)
            assert not user.is_alive(), engine.dump()
        forget_failures(engine)
        counts = engine.statistics()
        assert counts.pushed == counts.completed >= 450
