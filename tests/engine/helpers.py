"""Gates that hold operations, and programs made at random."""

import os
import random
import threading
from dataclasses import dataclass, field

import trio

from dataflow_engine import Cost, Plan

PATIENCE = float(os.environ.get("DATAFLOW_TEST_PATIENCE", "20"))  # seconds


class Gate:
    """An operation that reports its start and ends when it is opened."""

    def __init__(self):
        self.entered = threading.Event()
        self._opened = threading.Event()

    def __call__(self):
        self.entered.set()
        assert self._opened.wait(PATIENCE), "nobody opened the gate"

    def open(self):
        self._opened.set()

    def wait_entered(self):
        assert self.entered.wait(PATIENCE), "the gate was never entered"


class Broken(Exception):
    """What an operation of a random program raises."""


def raiser(*arguments):
    """A function that fails with Broken(*arguments)."""

    def fail():
        raise Broken(*arguments)

    return fail


@dataclass
class Step:
    number: int
    reads: list
    writes: list
    fails: bool
    cheap: bool


@dataclass
class Program:
    """Steps over numbered variables; order-sensitive, so that order shows."""

    variables: int
    steps: list = field(default_factory=list)
    batches: list = field(default_factory=list)  # how many steps per push or replay

    @classmethod
    def make(cls, seed):
        rng = random.Random(seed)
        program = cls(rng.randint(1, 6))
        for number in range(rng.randint(4, 24)):
            names = range(program.variables)
            reads = rng.choices(names, k=rng.randint(0, 3))
            writes = rng.choices(names, k=rng.choice([0, 1, 1, 1, 2]))
            fails = rng.random() < 0.08
            program.steps.append(Step(number, reads, writes, fails, rng.random() < 0.5))
        left = len(program.steps)
        while left:
            program.batches.append(rng.randint(1, min(left, 4)))
            left -= program.batches[-1]
        return program

    def run(self, engine):
        """Run on an engine; return everything that may be compared."""
        values = list(range(self.variables))
        variables = [engine.new_variable(str(i)) for i in range(self.variables)]
        operations = [self._operation(engine, s, variables, values) for s in self.steps]
        position = 0
        for size in self.batches:
            batch = operations[position : position + size]
            position += size
            if size == 1:
                engine.push(batch[0])
            else:
                engine.replay(Plan(batch))
        return values, [outcome(engine, var) for var in variables]

    def _operation(self, engine, step, variables, values):
        def function():
            total = step.number
            for read in step.reads:
                total = (total * 31 + values[read]) % 1_000_003
            for write in step.writes:
                values[write] = (values[write] * 17 + total + 1) % 1_000_003
                if step.fails:
                    raise Broken(step.number)
            if step.fails:
                raise Broken(step.number)

        return engine.operation(
            function,
            [variables[i] for i in step.reads],
            [variables[i] for i in step.writes],
            cost=1.0 if step.cheap else Cost(),
            priority=step.number % 3 - 1,
        )


def outcome(engine, var):
    """What a wait on the Var says, and its version."""
    try:
        engine.wait_for(var, PATIENCE)
    except Broken as error:
        return error.args, var.version
    return None, var.version


def forget_failures(engine):
    """Let wait_all raise whatever nobody saw yet; return how many."""
    count = 0
    while True:
        try:
            engine.wait_all(PATIENCE)
        except Broken:
            count += 1
        else:
            return count


class AsyncGate:
    """A gate for tasks: as an operation it reports its start and ends when opened."""

    def __init__(self):
        self.entered = threading.Event()
        self.left = threading.Event()
        self._opened = trio.Event()
        self._token = None

    async def __call__(self):
        self._token = trio.lowlevel.current_trio_token()
        self.entered.set()
        try:
            with trio.fail_after(PATIENCE):
                await self._opened.wait()
        finally:
            self.left.set()

    def open(self):
        """Open it from any thread, once it was entered."""
        self._token.run_sync_soon(self._opened.set)

    def wait_entered(self):
        assert self.entered.wait(PATIENCE), "the gate was never entered"


def awaiting_raiser(error):
    """An asynchronous function that fails, after it had to wait."""

    async def fail():
        await trio.lowlevel.checkpoint()
        raise error

    return fail


async def checkpoints(count):
    """Let other tasks run, so many times."""
    for _ in range(count):
        await trio.lowlevel.checkpoint()
