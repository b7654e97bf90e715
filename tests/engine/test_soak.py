"""Mixed load on engines that start cold: three threads, all lanes, failures, waits.

Most of what can go wrong between threads does so while workers start and sleep, so
that many short lives of an engine find more than one long one. The long one is `soak`.
"""

from __future__ import annotations

import random
import threading

import pytest

from dataflow_engine import ThreadedEngine
from tests.engine.helpers import PATIENCE
from tests.engine.soak import WARM, soak

LANES = ("cpu", "cpu", "cpu:1", "cpu:2")
COSTS = (None, 0.0, 5.0, 50.0)


class Planned(Exception):
    """A failure that the program wants."""


def use(engine, variables, seed):
    draw = random.Random(seed)
    for _ in range(100):
        fails, nests = draw.random() < 0.05, draw.random() < 0.03

        def work(fails=fails, nests=nests):
            if fails:
                raise Planned
            if nests:
                engine.push(lambda: None)

        engine.push(
            work,
            draw.sample(variables, draw.randint(0, 3)),
            draw.sample(variables, draw.randint(0, 2)),
            lane=draw.choice(LANES),
            cost=draw.choice(COSTS),
            priority=draw.choice((0, 0, 0, 1, -1)),
        )
        kind = draw.random()
        try:
            if kind < 0.05:
                engine.wait_for(draw.choice(variables), PATIENCE)
            elif kind < 0.07:
                engine.wait_all(PATIENCE)
        except Planned:
            pass


def drain(engine):
    while True:
        try:
            return engine.wait_all(PATIENCE)
        except Planned:
            pass


@pytest.mark.parametrize("seed", range(30))
def test_nothing_is_stuck_and_counts_are_equal(seed):
    with ThreadedEngine(1 + seed % 3, 0.0 if seed % 2 else 10.0) as engine:
        variables = [engine.new_variable() for _ in range(6)]
        threads = [
            threading.Thread(target=use, args=(engine, variables, 3 * seed + i))
            for i in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), engine.dump()
        drain(engine)
        counts = engine.statistics()
        assert counts.pushed == counts.completed >= 300


def test_rounds_of_load_leave_nothing_over():
    found = soak(WARM + 2, 0.5)
    assert found[-1].pushed > 0
