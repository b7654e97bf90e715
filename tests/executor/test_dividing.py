"""Segments run by several threads: divided at random, the results must not change."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import dataflow as mx
from dataflow.executor import dividing
from dataflow.executor.watching import Watch
from dataflow.graph.node import Node
from dataflow.graph.parallel import Division, as_division
from dataflow.graph.schedule import Segment
from dataflow_engine import ThreadedEngine
from tests.executor.networks import Network, assert_same, random_network, run
from tests.executor.running import Faulty, in_threads, replace_kernel
from tests.executor.test_canaries import Simulation

SEEDS = range(8)
ROUNDS = 2 * 5 + 12  # until a contest has ended, and some more
CONTEXTS = {f"g{i}": mx.cpu(i) for i in range(3)}


@pytest.fixture
def dividing_all(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Divide every segment at random among three threads, with help for ever."""
    draw = random.Random(0)

    def divide(
        costs: Sequence[float], needs: Sequence[Sequence[int]], threads: int
    ) -> Division:
        return as_division([draw.randrange(threads) for _ in costs], costs, needs)

    monkeypatch.setattr(dividing, "divide", divide)
    monkeypatch.setattr(dividing, "SHORTEST_US", 0.0)
    monkeypatch.setattr(dividing, "LEAST_GAIN", 1.0)
    monkeypatch.setattr(dividing, "LEAST_SAVED", -math.inf)
    monkeypatch.setattr(dividing, "CORES", 1000)
    monkeypatch.setattr(Division, "pays", property(lambda self: len(self.parts) > 1))
    monkeypatch.setattr("dataflow_engine.contest.WORTH", math.inf)
    monkeypatch.setattr(
        dividing, "thread_counts", lambda order: {s.context: 3 for s in order.segments}
    )
    monkeypatch.delenv("DATAFLOW_PARALLEL", raising=False)
    before = sys.getswitchinterval()
    with ThreadedEngine(2) as engine, mx.engine.use(engine):
        sys.setswitchinterval(1e-6)  # let threads switch as often as they can
        try:
            yield
        finally:
            sys.setswitchinterval(before)


def settled(executor: mx.Executor, step: Callable[[], Any]) -> None:
    """Run steps until it is decided who runs what."""
    for _ in range(8):
        step()
        mx.nd.waitall()
    assert executor._divider.decisions


def bound(
    seed: int, contexts: int, monkeypatch: pytest.MonkeyPatch, said: str = "auto"
) -> tuple[Network, mx.Executor, list[np.ndarray]]:
    monkeypatch.setenv("DATAFLOW_PARALLEL", said)
    draw = random.Random(seed)
    network = random_network(seed, size=18)
    rng = np.random.default_rng(seed)
    values, heads = network.values(rng), network.heads(rng)
    where = [f"g{draw.randrange(contexts)}" for _ in network.steps]
    requests = {n: draw.choice(("write", "add", "null", "write")) for n in values}
    executor = network.bind(values, requests, where.__getitem__, CONTEXTS)
    return network, executor, heads


@pytest.mark.usefixtures("dividing_all")
@pytest.mark.parametrize("contexts", [1, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_results_are_those_of_one_thread(seed, contexts, monkeypatch):
    _, executor, heads = bound(seed, contexts, monkeypatch)
    _, serial, _ = bound(seed, contexts, monkeypatch, "0")
    assert serial._divider is None
    for number in range(ROUNDS):
        here = heads if number % 8 else ()  # now and then without backward
        assert_same(run(executor, here), run(serial, here))
    if contexts == 1:
        assert executor._compiled.divisions
        found = executor._lowering.contests.values()
        assert any(contest.helped for contests in found for contest in contests)


class DividedSimulation(Simulation):
    """Runs the nodes of divided segments in any order that the parts allow."""

    def run(self, rounds: int) -> None:
        operations = list(self._operations(rounds))
        segments = [self._segment(nodes) for _, nodes, _ in operations]
        waits = [self._waits(operations, i) for i in range(len(operations))]
        done: list[set[int]] = [set() for _ in operations]
        ended: set[int] = set()
        while len(ended) < len(operations):
            chosen = self.draw.choice(
                [i for i, w in enumerate(waits) if i not in ended and w <= ended]
            )
            _, nodes, number = operations[chosen]
            ready = self._ready(segments[chosen], len(nodes), done[chosen])
            if ready:
                node = self.draw.choice(ready)
                self._execute(nodes[node], number)
                done[chosen].add(node)
            if len(done[chosen]) == len(nodes):
                ended.add(chosen)

    def _segment(self, nodes: tuple[Node, ...]) -> Segment:
        return next(s for s in self.compiled.schedule.segments if s.nodes == nodes)

    def _ready(self, segment: Segment, count: int, done: set[int]) -> list[int]:
        division = self.compiled.divisions.get(segment.index)
        parts = [range(count)] if division is None else division.parts
        edges = () if division is None else division.edges
        heads = (next((i for i in part if i not in done), None) for part in parts)
        return [
            i
            for i in heads
            if i is not None and all(a in done for a, b in edges if b == i)
        ]


@pytest.mark.usefixtures("dividing_all")
@pytest.mark.parametrize("contexts", [1, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_overwritten_while_it_is_needed(seed, contexts, monkeypatch):
    _, executor, heads = bound(seed, contexts, monkeypatch)
    settled(executor, lambda: run(executor, heads))
    draw = random.Random(seed)
    for _ in range(6):
        simulation = DividedSimulation(executor, draw)
        simulation.run(rounds=2)
    assert simulation.checked or not executor._compiled.memory.places


@pytest.mark.usefixtures("dividing_all")
def test_the_simulation_notices_memory_planned_for_one_thread(monkeypatch):
    found = 0
    for seed in SEEDS:
        _, executor, heads = bound(seed, 1, monkeypatch)
        memory = executor._compiled.memory
        settled(executor, lambda: run(executor, heads))  # noqa: B023 - called at once
        compiled = replace(executor._compiled, memory=memory)
        executor._compiled, lowering = compiled, executor._lowering
        lowering.memory = memory
        simulation = DividedSimulation(executor, random.Random(seed))
        try:
            simulation.run(rounds=2)
        except AssertionError:
            found += 1
    assert found > 0


@pytest.mark.usefixtures("dividing_all")
def test_order_passes_through_nodes_that_have_nothing_to_do():
    """A view computes nothing; what reads it in another thread waits all the same."""
    data = mx.sym.Variable("data")
    branches = []
    for i in range(6):
        x = mx.sym.Reshape(mx.sym.sin(data * (i + 1)), shape=(-1,))
        x = mx.sym.Reshape(mx.sym.Reshape(x, shape=(2, 8)), shape=(4, 4))
        branches.append(mx.sym.tanh(x))
    executor = mx.sym.add_n(*branches).bind(mx.cpu(), {"data": mx.nd.ones((4, 4))})
    settled(executor, executor.forward)
    for segment in executor._compiled.schedule.segments:
        for contest in executor._lowering.contests[segment.index]:
            assert contest.program.names == tuple(n.name for n in segment.nodes)


@pytest.mark.usefixtures("dividing_all")
def test_random_numbers_and_states_are_those_of_one_thread(monkeypatch):
    data = mx.sym.Variable("data")
    ends = []
    for i in range(4):
        x = mx.sym.BatchNorm(data * (i + 1), fix_gamma=False, name=f"bn{i}")
        x = mx.sym.Dropout(x, p=0.5, name=f"drop{i}")
        ends.append(mx.sym.FullyConnected(x, num_hidden=3, name=f"fc{i}"))
    network = mx.sym.MakeLoss(mx.sym.add_n(*ends))
    rng = np.random.default_rng(0)
    values: dict[str, np.ndarray] = {}

    def results(said: str) -> list[np.ndarray]:
        monkeypatch.setenv("DATAFLOW_PARALLEL", said)
        executor = network.simple_bind(mx.cpu(), data=(8, 6))
        for name, array in executor.arg_dict.items():
            array[:] = values.setdefault(name, rng.uniform(-1, 1, array.shape))
        mx.random.seed(7)
        found = []
        for _ in range(ROUNDS):
            found.append(executor.forward(is_train=True)[0].asnumpy())
            executor.backward()
            found += [a.asnumpy() for a in executor.grad_arrays if a is not None]
            found += [a.asnumpy() for a in executor.aux_arrays]
        assert bool(executor._compiled.divisions) == (said == "auto")
        return found

    for one, other in zip(results("auto"), results("0"), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.usefixtures("dividing_all")
def test_arrays_bound_twice_keep_their_order(monkeypatch):
    """Two gradients in one array: the last one stays, as in one thread."""
    names = [f"a{i}" for i in range(6)]
    parts = [mx.sym.sin(mx.sym.Variable(n)) * (i + 1) for i, n in enumerate(names)]
    network = mx.sym.MakeLoss(mx.sym.add_n(*parts))

    def gradient(said: str) -> np.ndarray:
        monkeypatch.setenv("DATAFLOW_PARALLEL", said)
        one = mx.nd.array(np.linspace(0, 1, 50))
        shared = mx.nd.zeros(50)
        executor = network.bind(
            mx.cpu(), dict.fromkeys(names, one), dict.fromkeys(names, shared)
        )
        for _ in range(ROUNDS):
            executor.forward(is_train=True)
            executor.backward()
            found = shared.asnumpy()
        return found

    np.testing.assert_array_equal(gradient("auto"), gradient("0"))


@pytest.mark.usefixtures("dividing_all")
def test_a_failure_in_any_part_names_its_node(monkeypatch):
    faulty = Faulty()
    faulty.broken = False
    replace_kernel(monkeypatch, "sin", faulty)
    data = mx.sym.Variable("data")
    branches = [mx.sym.cos(data * (i + 2), name=f"c{i}") for i in range(6)]
    branches.insert(3, mx.sym.sin(mx.sym.cos(data, name="before"), name="culprit"))
    executor = mx.sym.add_n(*branches, name="sum").bind(
        mx.cpu(), {"data": mx.nd.ones((3,))}
    )
    good = executor.forward()[0].asnumpy()
    settled(executor, executor.forward)
    assert executor._compiled.divisions
    for _ in range(ROUNDS):
        faulty.broken = True
        executor.forward()
        with pytest.raises(mx.MXNetError, match=r"operator sin 'culprit'.*broken on"):
            executor.outputs[0].asnumpy()
        faulty.broken = False
        assert executor.forward()[0].asnumpy().tolist() == good.tolist()


@pytest.mark.usefixtures("dividing_all")
def test_executors_that_share_workers_do_not_deadlock(monkeypatch):
    made = [bound(seed, 1, monkeypatch) for seed in (1, 2, 3)]
    waiting = list(made)
    expected = [run(executor, heads) for _, executor, heads in made]

    def work() -> None:
        network, executor, heads = waiting.pop()
        first = expected[made.index((network, executor, heads))]
        for _ in range(30):
            result = run(executor, heads)
            np.testing.assert_array_equal(result.outputs[0], first.outputs[0])

    in_threads(3, work)
    assert all(executor._divider.decisions for _, executor, _ in made)


@pytest.mark.usefixtures("dividing_all")
def test_threads_that_share_an_executor_never_mix_two_plans(monkeypatch):
    for seed in range(3):
        _, executor, heads = bound(seed, 1, monkeypatch)
        arrays = [mx.nd.array(head) for head in heads]
        executor.forward(is_train=True)
        expected = [x.asnumpy() for x in executor.outputs]

        def work(executor=executor, arrays=arrays) -> None:
            for _ in range(15):
                executor.forward(is_train=True)
                executor.backward(arrays)
                mx.nd.waitall()

        in_threads(2, work)
        for output, value in zip(executor.outputs, expected, strict=True):
            np.testing.assert_array_equal(output.asnumpy(), value)


@pytest.mark.usefixtures("dividing_all")
def test_the_report_tells_what_was_decided(monkeypatch):
    _, executor, heads = bound(0, 1, monkeypatch)
    assert not executor.plan_report().division
    for _ in range(ROUNDS):
        run(executor, heads)
    report = str(executor.plan_report())
    assert "forward segment 0 on cpu(0): 3 threads, predicted" in report
    assert "with help" in report


@pytest.mark.usefixtures("dividing_all")
def test_a_monitor_sees_the_same(monkeypatch):
    _, executor, heads = bound(4, 1, monkeypatch)

    def seen() -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        executor.set_monitor_callback(lambda n, a: found.append((n, a.asnumpy())))
        executor.forward(is_train=True)
        executor.set_monitor_callback(None)
        return found

    before = seen()
    settled(executor, lambda: run(executor, heads))
    after = seen()
    assert [name for name, _ in before] == [name for name, _ in after]
    for (_, one), (_, other) in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.usefixtures("dividing_all")
@pytest.mark.parametrize("seed", range(4))
def test_a_monitor_that_comes_and_goes_changes_nothing(seed, monkeypatch):
    _, executor, heads = bound(seed, 1, monkeypatch)
    _, serial, _ = bound(seed, 1, monkeypatch, "0")
    arrays = [mx.nd.array(head) for head in heads]
    for number in range(ROUNDS):
        for each in (executor, serial):
            if number in (0, 2, 5, 12):
                each.set_monitor_callback(lambda name, array: None)
            each.forward(is_train=True)
            each.set_monitor_callback(None)
            each.backward(arrays)
        for one, other in zip(
            (*executor.outputs, *executor.grad_arrays),
            (*serial.outputs, *serial.grad_arrays),
            strict=True,
        ):
            if one is not None:
                np.testing.assert_array_equal(one.asnumpy(), other.asnumpy())
    assert executor._compiled.divisions


@pytest.mark.usefixtures("dividing_all")
def test_more_memory_than_allowed_is_refused(monkeypatch):
    monkeypatch.setattr(dividing, "MORE_BYTES", -1)
    monkeypatch.setattr(dividing, "MORE_OF_IT", -1)
    _, executor, heads = bound(0, 1, monkeypatch)
    settled(executor, lambda: run(executor, heads))
    assert not executor._compiled.divisions
    assert "bytes more" in str(executor.plan_report())


class Doubling(mx.operator.CustomOp):
    def forward(self, is_train, req, in_data, out_data, aux):
        self.assign(out_data[0], req[0], in_data[0] * 2)


@mx.operator.register("test_dividing_doubling")
class DoublingProp(mx.operator.CustomOpProp):
    def create_operator(self, ctx, in_shapes, in_dtypes):
        return Doubling()


@pytest.mark.usefixtures("dividing_all")
def test_what_users_wrote_stays_in_one_thread():
    data = mx.sym.Variable("data")
    branches = [mx.sym.cos(data * (i + 2)) for i in range(4)]
    branches.append(mx.sym.Custom(data, op_type="test_dividing_doubling"))
    executor = mx.sym.add_n(*branches).bind(mx.cpu(), {"data": mx.nd.ones((3,))})
    settled(executor, executor.forward)
    assert not executor._compiled.divisions


def test_what_keeps_all_cores_busy_is_left_alone(monkeypatch):
    watch = Watch(2)
    nodes = [Node(None, name) for name in "ab"]
    watch.us = {nodes[0]: 100.0, nodes[1]: 300.0}
    watch.cores = {nodes[0]: 0.5, nodes[1]: 2.5}
    assert watch.busy(nodes) == 2.0
    assert watch.busy(nodes[:1]) == 1.0
    assert watch.busy([]) == 1.0


def test_small_operators_stay_in_one_thread():
    network = random_network(0, size=18)
    values = network.values(np.random.default_rng(0))
    with ThreadedEngine(2) as engine, mx.engine.use(engine):
        executor = network.bind(values, "null")
        for _ in range(8):
            executor.forward()
            mx.nd.waitall()
        assert not executor._compiled.divisions


@pytest.mark.parametrize("kind", ["naive", "seeded", "threaded"])
def test_engines_of_one_thread_watch_nothing(kind, monkeypatch):
    if kind == "threaded":
        monkeypatch.setattr("os.cpu_count", lambda: 1)
    with mx.engine.use(mx.engine.create(kind)):
        executor = mx.sym.sin(mx.sym.Variable("a")).simple_bind(mx.cpu(), a=(2,))
        assert executor._divider is None


@pytest.mark.parametrize(("said", "held"), [("auto", 0), ("1", 1)])
def test_kernels_are_held_to_one_thread_if_told_so(said, held, monkeypatch):
    owners = []
    monkeypatch.setattr("dataflow.executor.lowering.share_cores", owners.append)
    monkeypatch.setenv("DATAFLOW_PARALLEL", said)
    mx.sym.sin(mx.sym.Variable("a")).simple_bind(mx.cpu(), a=(2,))
    assert len(owners) == held


def test_the_setting_is_checked(monkeypatch):
    monkeypatch.setenv("DATAFLOW_PARALLEL", "yes")
    with pytest.raises(mx.MXNetError, match="auto, 0, 1, not 'yes'"):
        mx.sym.sin(mx.sym.Variable("a")).simple_bind(mx.cpu(), a=(2,))
