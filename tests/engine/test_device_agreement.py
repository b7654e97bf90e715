"""Random programs on lanes of all kinds: naive = threaded, whatever devices do when.

Set DATAFLOW_TEST_PROGRAMS=1000 to run so many more of each.
"""

import os
import random
import threading

import pytest
import trio

from dataflow_engine import NaiveEngine, SeededEngine, ThreadedEngine, Tracer
from dataflow_engine.dependencies import LockRule
from dataflow_engine.devices.simulated import Simulation
from tests.engine.device_programs import run_on
from tests.engine.helpers import PATIENCE

MORE = int(os.environ.get("DATAFLOW_TEST_PROGRAMS", "0"))


def agree(make, seeds):
    for seed in seeds:
        expected = run_on(NaiveEngine, seed, None)
        assert run_on(make, seed, seed if seed % 4 else None) == expected, seed


@pytest.mark.parametrize("workers", [1, 2])
def test_programs_agree_with_the_naive_engine(workers):
    first = 1000 * workers
    agree(lambda: ThreadedEngine(workers), range(first, first + 100 + MORE))


@pytest.mark.usefixtures("frantic")
def test_programs_agree_with_frantic_switching():
    agree(lambda: ThreadedEngine(2), range(5000, 5040 + MORE))


@pytest.mark.usefixtures("frantic")
def test_programs_agree_with_a_lock_per_record(monkeypatch):
    monkeypatch.setattr("dataflow_engine.threaded.default_rule", lambda: LockRule)
    agree(lambda: ThreadedEngine(2), range(6000, 6040 + MORE))


def test_programs_agree_when_traced():
    def make():
        engine = ThreadedEngine(2)
        engine.tracer = Tracer()
        return engine

    agree(make, range(7000, 7040))


def test_programs_agree_with_a_seeded_engine():
    agree(lambda: SeededEngine(3), range(8000, 8040))


@pytest.mark.parametrize("seed", range(4))
def test_several_threads_push_and_await(seed):
    simulation = Simulation(seed)
    with ThreadedEngine(2) as engine:
        engine.devices.use("sim", simulation)
        variables = [engine.new_variable() for _ in range(5)]
        values = [0] * 5
        lanes = ("cpu", "sim:0", "sim:0/copy", "sim:1")

        def push(draw):
            targets = draw.sample(range(5), draw.randint(1, 2))

            def add():
                for target in targets:
                    values[target] += 1

            writes = [variables[i] for i in targets]
            engine.push(add, (), writes, lane=draw.choice(lanes))
            return len(targets)

        def use(number, counts):
            draw = random.Random(10 * seed + number)
            for _ in range(60):
                counts.append(push(draw))
                if draw.random() < 0.1:
                    engine.wait_for(draw.choice(variables), PATIENCE)

        async def use_async(counts):
            draw = random.Random(10 * seed + 9)
            with trio.fail_after(PATIENCE):
                for _ in range(60):
                    counts.append(push(draw))
                    if draw.random() < 0.2:
                        await engine.wait_for_async(draw.choice(variables))

        counts = []
        threads = [
            threading.Thread(target=use, args=(0, counts)),
            threading.Thread(target=use, args=(1, counts)),
            threading.Thread(target=trio.run, args=(use_async, counts)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), engine.dump()
        engine.wait_all(PATIENCE)
        assert sum(values) == sum(counts)
        assert sum(var.version for var in variables) == sum(counts)
    simulation.check()
