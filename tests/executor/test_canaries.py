"""Canaries: on random graphs no buffer is written while somebody still needs it.

The arenas are simulated byte by byte: every node first checks that what it reads is
what its producer wrote, under random legal orders of the engine's operations. What is
joined or split consists of the very values of its parts, wherever these lie.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest

import dataflow as mx
from dataflow.executor.facts import workspace_bytes
from dataflow.graph.clocks import Clocks
from dataflow.graph.memory import MemoryPlan, entry_bytes, plan_memory
from dataflow.graph.node import Entry, Node
from dataflow.graph.parallel import Division, as_division
from dataflow_ops.parts import Lying
from tests.executor.gaps import views_everywhere
from tests.executor.networks import Network, assert_same, random_network, run

assert views_everywhere  # a fixture
pytestmark = pytest.mark.usefixtures("views_everywhere")

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
        self.written = {
            context: np.full(nbytes, -1) for context, nbytes in self.plan.arenas.items()
        }
        self.known: dict[tuple[int, Entry], np.ndarray] = {}
        self.checked = 0

    def divide(self, plan: MemoryPlan) -> None:
        """Take another plan of the memory."""
        self.plan = plan
        self.written = {c: np.full(n, -1) for c, n in plan.arenas.items()}

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
                found, wanted = self._region(entry), self._content(entry, number)
                assert (found == wanted[..., None]).all(), (node, entry)
                self.checked += 1
        self._check_in_place(node)
        workspace = self.plan.workspaces.get(node)
        if workspace is not None:
            nbytes = workspace_bytes(self.graph, node)
            start = workspace.offset
            self.written[workspace.context][start : start + nbytes] = -1
        for entry in node.entries():
            if entry in self.plan.places:
                self._region(entry)[...] = self._content(entry, number)[..., None]

    def _region(self, entry: Entry) -> np.ndarray:
        """What was written where an entry lies: its axes, then the bytes of each."""
        place, part = self.plan.places[entry], self.graph.parts.get(entry)
        shape, nbytes = self.graph.shapes[entry], self.graph.dtypes[entry].itemsize
        lying = Lying.closely(shape) if part is None else part.lying
        steps = [stride * nbytes * 8 for stride in lying.strides]
        block = self.written[place.context]
        assert place.offset + entry_bytes(self.graph, entry) <= block.size
        return np.ndarray(
            (*shape, nbytes), block.dtype, block, place.offset * 8, (*steps, 8)
        )

    def _content(self, entry: Entry, number: int) -> np.ndarray:
        """Number the elements of an entry in a round."""
        key = number, entry
        if key not in self.known:
            made = self._content_of(entry, number)
            self.known[key] = made.reshape(self.graph.shapes[entry])
        return self.known[key]

    def _content_of(self, entry: Entry, number: int) -> np.ndarray:
        """Number what is new; a view, a joined and a split value have numbers."""
        node, operator = entry.node, entry.node.operator
        shape = self.graph.shapes[entry]
        fresh = np.full(shape, len(self.known))
        if operator is None:
            return fresh
        if operator.view and entry.slot == 0:
            return self._content(node.inputs[0], number)
        sides = (
            [self.graph.shapes[e] for e in s] for s in (node.inputs, node.entries())
        )
        if operator.joins is not None:
            places = operator.joins(node.parameters, *sides)
            for source, place in zip(node.inputs, places, strict=True):
                fresh[_index(place)] = self._content(source, number)
        elif operator.splits is not None:
            places = operator.splits(node.parameters, *sides)
            return self._content(node.inputs[0], number)[_index(places[entry.slot])]
        return fresh

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
                if np.shares_memory(mine, theirs) and not self._is_part(source, output):
                    assert (i, o) in allowed, (node, i, o)
                    assert self.plan.places[source] == self.plan.places[output]

    def _is_part(self, source: Entry, output: Entry) -> bool:
        """Tell whether one of them lies in the other on purpose."""
        parts = self.graph.parts
        for one, other in ((source, output), (output, source)):
            if one in parts:
                known = parts.get(other)
                return parts[one].whole == (other if known is None else known.whole)
        return False


def _index(place: Any) -> tuple[Any, ...]:
    """Write a place as NumPy does."""
    return tuple(
        taken if isinstance(taken, int) else slice(taken.start, taken.stop, taken.step)
        for taken in place
    )


@pytest.fixture(params=["plain", "some asynchronous"])
def asynchronous(request, monkeypatch):
    """Run every third operator on the io lane, as if it were an `async def`."""
    if request.param == "plain":
        return False

    def waits(graph, node, states):
        return zlib.crc32(node.name.encode()) % 3 == 0

    monkeypatch.setattr("dataflow.executor.compiling.runs_outside", waits)
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


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_overwritten_by_another_thread(seed):
    _, executor, _ = bound(seed, 1)
    draw = random.Random(seed)
    graph, order = executor._compiled.graph, executor._compiled.schedule
    for _ in range(2):
        divisions = {
            s.index: _divided(s.nodes, draw) for s in order.segments if s.nodes
        }
        simulation = Simulation(executor, draw)
        simulation.divide(
            plan_memory(
                *(graph, order, graph.external, partial(workspace_bytes, graph)),
                Clocks(order, divisions),
            )
        )
        for segment in order.segments:
            for node in _in_some_order(segment.nodes, divisions, segment.index, draw):
                simulation._execute(node, 0)


def _divided(nodes: tuple[Node, ...], draw: random.Random) -> Division:
    """Divide nodes among three threads at random."""
    numbers = {node: number for number, node in enumerate(nodes)}
    needs = [[numbers[e.node] for e in n.inputs if e.node in numbers] for n in nodes]
    threads = [draw.randrange(3) for _ in nodes]
    return as_division(threads, [1.0] * len(nodes), needs)


def _in_some_order(
    nodes: tuple[Node, ...],
    divisions: dict[int, Division],
    index: int,
    draw: random.Random,
) -> Iterator[Node]:
    """Yield the nodes of a segment in an order that its division allows."""
    if not nodes:
        return
    division = divisions[index]
    left = [list(part) for part in division.parts]
    ended: set[int] = set()
    while any(left):
        ready = [
            part
            for part in left
            if part and all(a in ended for a, b in division.edges if b == part[0])
        ]
        number = draw.choice(ready).pop(0)
        yield nodes[number]
        ended.add(number)


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
