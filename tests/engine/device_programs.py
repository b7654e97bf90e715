"""Random programs over lanes of all kinds, checked for races while they run."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from dataflow_engine import Plan
from tests.engine.helpers import PATIENCE, Broken, checkpoints, forget_failures, outcome

LANES = (
    *("cpu", "cpu", "cpu:1", "io"),
    *("sim:0", "sim:0", "sim:0/copy", "sim:1", "sim:1", "sim:1/copy"),
)


class Scratch:
    """Memory that only one operation uses."""


@dataclass
class Step:
    """One operation over numbered variables."""

    number: int
    reads: list
    writes: list
    lane: str
    fails: bool
    priority: int
    cost: float | None


@dataclass
class Program:
    """Steps in batches, and what happens after each: nothing, a wait, a deletion."""

    variables: int
    batches: list = field(default_factory=list)
    afters: list = field(default_factory=list)

    @classmethod
    def make(cls, seed):
        draw = random.Random(seed)
        program = cls(draw.randint(2, 6))
        alive = list(range(program.variables))
        for _ in range(draw.randint(3, 10)):
            size = draw.choice([1, 1, 2, 4])
            program.batches.append([make_step(draw, alive) for _ in range(size)])
            what, chance = None, draw.random()
            if chance < 0.15:
                what = ("wait", draw.choice(alive))
            elif chance < 0.25 and len(alive) > 1:
                what = ("delete", alive.pop(draw.randrange(len(alive))))
            program.afters.append(what)
        return program

    def run(self, engine, simulation):
        """Run on an engine; return everything that may be compared."""
        run = Run(engine, simulation, self.variables)
        for steps, after in zip(self.batches, self.afters, strict=True):
            operations = [run.operation(step) for step in steps]
            if len(operations) == 1:
                engine.push(operations[0])
            else:
                engine.replay(Plan(operations))
            del operations
            if after is not None:
                run.do(*after)
        outcomes = [outcome(engine, var) for var in run.variables if var is not None]
        return run.values, run.deleted, run.seen + outcomes, forget_failures(engine)


def make_step(draw, alive):
    return Step(
        number=draw.randrange(1000),
        reads=draw.choices(alive, k=draw.randint(0, 3)),
        writes=draw.choices(alive, k=draw.choice([0, 1, 1, 1, 2])),
        lane=draw.choice(LANES),
        fails=draw.random() < 0.08,
        priority=draw.choice([0, 0, 1, -1]),
        cost=draw.choice([None, 1.0]),
    )


class Run:
    """One run of a program; every value depends on the order of what made it."""

    def __init__(self, engine, simulation, variables):
        self.engine = engine
        self.simulation = simulation
        self.values = list(range(variables))
        self.variables = [engine.new_variable(str(i)) for i in range(variables)]
        self.deleted, self.seen = set(), []

    def do(self, what, number):
        if what == "wait":
            self.seen.append(outcome(self.engine, self.variables[number]))
            return
        var, self.variables[number] = self.variables[number], None
        self.engine.delete_variable(var, lambda: self.deleted.add(number))

    def operation(self, step):
        reads = [self.variables[i] for i in step.reads]
        writes = [self.variables[i] for i in step.writes]

        def work():
            total = step.number
            for read in step.reads:
                total = (total * 31 + self.values[read]) % 1_000_003
            for write in step.writes:
                self.values[write] = (self.values[write] * 17 + total + 1) % 1_000_003
            if step.fails:
                raise Broken(step.number)

        def on_host():
            with self.simulation.host_access("host", reads, writes):
                work()

        async def in_loop():
            with self.simulation.host_access("loop", reads, writes):
                await checkpoints(step.number % 3)
                work()

        on_device = step.lane.startswith("sim")
        function = in_loop if step.lane == "io" else work if on_device else on_host
        return self.engine.operation(
            function,
            reads,
            writes,
            lane=step.lane,
            priority=step.priority,
            cost=step.cost,
            name=f"step {step.number}",
            keep=[Scratch()] if on_device else (),
        )


def run_on(make_engine, seed, schedule):
    """Run a program on a fresh engine whose devices are shuffled by ``schedule``."""
    from dataflow_engine.devices.simulated import Simulation

    simulation = Simulation(schedule)
    with make_engine() as engine:
        engine.devices.use("sim", simulation)
        result = Program.make(seed).run(engine, simulation)
        engine.wait_all(PATIENCE)
        counts = engine.statistics()
        assert counts.pushed == counts.completed
    simulation.check()
    return result
