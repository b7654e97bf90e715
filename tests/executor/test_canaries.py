"""Canaries: on random graphs no buffer is written while somebody still needs it.

The arenas are simulated line by line: every node first checks that what it reads is
what its producer wrote, under random legal orders of the engine's operations.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import dataflow as mx
from dataflow.graph.memory import Place, entry_bytes
from dataflow.graph.node import Entry, Node
from dataflow.storage import ALIGNMENT, aligned
from tests.executor.networks import Network, assert_same, random_network, run

CONTEXTS = {f"g{i}": mx.cpu(i) for i in range(3)}
SEEDS = range(24)


def bound(seed: int, contexts: int) -> tuple[Network, mx.Executor, Any]:
    draw = random.Random(seed)
    network = random_network(seed, size=18)
    rng = np.random.default_rng(seed)
    values, heads = network.values(rng), network.heads(rng)
    where = [f"g{draw.randrange(contexts)}" for _ in network.steps]
    requests = {n: draw.choice(("write", "add", "null", "write")) for n in values}
    executor = network.bind(values, requests, where.__getitem__, CONTEXTS)
    return network, executor, heads


class Simulation:
    """Runs a compiled graph's nodes on memory that only remembers who wrote it."""

    def __init__(self, executor: mx.Executor, draw: random.Random) -> None:
        self.compiled = executor._compiled
        self.graph = self.compiled.graph
        self.plan = self.compiled.memory
        self.lowering = executor._lowering
        self.draw = draw
        self.lines = {
            context: np.full(nbytes // ALIGNMENT, -1)
            for context, nbytes in self.plan.arenas.items()
        }
        self.numbers: dict[tuple[int, Entry], int] = {}
        self.checked = 0

    def run(self, rounds: int) -> None:
        """Run forward and backward several times in one random legal order."""
        operations = list(self._operations(rounds))
        waits = [self._waits(operations, i) for i in range(len(operations))]
        left = [list(nodes) for _, nodes, _ in operations]
        ended: set[int] = set()
        while len(ended) < len(operations):
            ready = [
                i
                for i in range(len(operations))
                if i not in ended and waits[i] <= ended
            ]
            chosen = self.draw.choice(ready)
            for _ in range(self.draw.randint(1, 4)):
                if left[chosen]:
                    self._execute(left[chosen].pop(0), operations[chosen][2])
            if not left[chosen]:
                ended.add(chosen)

    def _operations(self, rounds: int) -> Iterator[tuple[Any, tuple[Node, ...], int]]:
        """Yield the engine's operations in push order, with their nodes and round."""
        for number in range(rounds):
            for backward in (False, True):
                plan = self.lowering.plan(backward=backward, is_train=True)
                segments = [
                    s
                    for s in self.compiled.schedule.segments
                    if s.is_backward == backward
                ]
                for operation, segment in zip(plan.operations, segments, strict=True):
                    yield operation, segment.nodes, number

    def _waits(self, operations: list[Any], index: int) -> set[int]:
        """Apply the engine's contract: reads after writes, writes after both."""
        mine = operations[index][0]
        found = set()
        for i, (other, _, _) in enumerate(operations[:index]):
            touched = {*mine.reads, *mine.writes}
            if touched & set(other.writes) or set(mine.writes) & set(other.reads):
                found.add(i)
        return found

    def _execute(self, node: Node, number: int) -> None:
        for entry in node.inputs:
            if entry in self.plan.places:
                found = set(self._region(entry))
                assert found == {self._content(entry, number)}, (node, entry)
                self.checked += 1
        self._check_in_place(node)
        workspace = self.plan.workspaces.get(node)
        if workspace is not None:
            nbytes = self.lowering._workspace(node).nbytes
            self._lines_at(workspace, nbytes)[:] = -1
        for entry in node.entries():
            if entry in self.plan.places:
                self._region(entry)[:] = self._content(entry, number)

    def _region(self, entry: Entry) -> np.ndarray:
        return self._lines_at(self.plan.places[entry], entry_bytes(self.graph, entry))

    def _lines_at(self, place: Place, nbytes: int) -> np.ndarray:
        start = place.offset // ALIGNMENT
        return self.lines[place.context][start : start + aligned(nbytes) // ALIGNMENT]

    def _content(self, entry: Entry, number: int) -> int:
        """Number the value of an entry in a round; a view is the same value."""
        operator = entry.node.operator
        if operator is not None and operator.view and entry[1] == 0:
            source = entry.node.inputs[0]
            if self.plan.places.get(source) == self.plan.places[entry]:
                return self._content(source, number)
        return self.numbers.setdefault((number, entry), len(self.numbers))

    def _check_in_place(self, node: Node) -> None:
        """What an output overlaps of the inputs is what the operator allows."""
        assert node.operator is not None
        allowed = set(node.operator.inplace) | (
            {(0, 0)} if node.operator.view else set()
        )
        for o, output in enumerate(node.entries()):
            if output not in self.plan.places:
                continue
            mine = self._region(output)
            for i, source in enumerate(node.inputs):
                if source not in self.plan.places:
                    continue
                theirs = self._region(source)
                if np.may_share_memory(mine, theirs):
                    assert (i, o) in allowed, (node, i, o)
                    assert self.plan.places[source] == self.plan.places[output]


@pytest.fixture(params=["plain", "some asynchronous"])
def asynchronous(request, monkeypatch):
    """Run every third operator on the io lane, as if it were an `async def`."""
    if request.param == "plain":
        return False

    def waits(graph, node, states):
        return zlib.crc32(node.name.encode()) % 3 == 0

    monkeypatch.setattr("dataflow.executor.facts.waits_outside", waits)
    return True


@pytest.mark.usefixtures("asynchronous")
@pytest.mark.parametrize("contexts", [1, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_overwritten_while_it_is_needed(seed, contexts):
    _, executor, _ = bound(seed, contexts)
    draw = random.Random(seed)
    for _ in range(8 if contexts > 1 else 1):
        simulation = Simulation(executor, draw)
        simulation.run(rounds=2)
    assert simulation.checked or not executor._compiled.memory.places


def test_segments_of_the_io_lane_stand_alone(asynchronous):
    _, executor, _ = bound(3, 1)
    segments = executor._compiled.schedule.segments
    alone = [segment for segment in segments if segment.is_asynchronous]
    assert bool(alone) == asynchronous
    assert all(len(segment.nodes) == 1 for segment in alone)


def test_the_simulation_notices_an_overlap():
    _, executor, _ = bound(3, 1)
    simulation = Simulation(executor, random.Random(0))
    assert len(set(simulation.plan.places.values())) > 1
    first = next(iter(simulation.plan.places.values()))
    for entry in simulation.plan.places:
        simulation.plan.places[entry] = first  # type: ignore[index]
    with pytest.raises((AssertionError, ValueError)):
        simulation.run(rounds=1)


@pytest.mark.parametrize("seed", SEEDS)
def test_plans_lie_between_their_bounds(seed):
    _, executor, _ = bound(seed, 1 + seed % 3)
    report = executor.plan_report()
    assert report.lower_bound <= report.planned_bytes <= report.unshared_bytes
    memory = executor._compiled.memory
    graph = executor._compiled.graph
    for entry, place in memory.places.items():
        end = place.offset + entry_bytes(graph, entry)
        assert end <= memory.arenas[place.context]


@pytest.mark.usefixtures("asynchronous")
@pytest.mark.parametrize("contexts", [1, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_poisoned_arena_changes_nothing(seed, contexts):
    network, executor, heads = bound(seed, contexts)
    for _ in range(2):
        start = {n: g.asnumpy() for n, g in executor.grad_dict.items() if g is not None}
        mx.waitall()
        for arena in executor._lowering.arenas.values():
            arena.block[:] = 0xFF  # NaN, as floats
        result = run(executor, heads)
        values = {n: a.asnumpy() for n, a in executor.arg_dict.items()}
        expected = network.evaluate(values, heads)
        gradients = {
            n: expected.gradients[n]
            + (
                start[n]
                if executor._binding.requests[_node(executor, n)] == "add"
                else 0
            )
            for n in result.gradients
        }
        assert_same(result, expected._replace(gradients=gradients), 2e-4)


def _node(executor: mx.Executor, name: str) -> Node:
    return next(n for n in executor._binding.arguments if n.name == name)
