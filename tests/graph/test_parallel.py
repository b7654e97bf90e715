"""Dividing nodes among threads: properties of random graphs, and known cases."""

from __future__ import annotations

import itertools
import random

import pytest

from dataflow.graph.parallel import (
    HAND_OFF_US,
    JOIN_US,
    Division,
    bottom_levels,
    divide,
)

Costs = list[float]
Needs = list[list[int]]


def random_graph(seed: int) -> tuple[Costs, Needs]:
    draw = random.Random(seed)
    count = draw.randint(1, 60)
    scale = draw.choice((1.0, 50.0, 1000.0))
    costs = [draw.choice((0.0, draw.random(), 1.0)) * scale for _ in range(count)]
    near = draw.choice((3, 10, 60))
    needs = [
        sorted({draw.randrange(max(0, i - near), i) for _ in range(draw.randint(0, 3))})
        if i
        else []
        for i in range(count)
    ]
    return costs, needs


def simulate(division: Division, costs: Costs) -> tuple[dict[int, float], float]:
    """Run the lists, each node after the one before it and after its edges."""
    ends: dict[int, float] = {}
    sources: dict[int, list[int]] = {}
    for first, second in division.edges:
        sources.setdefault(second, []).append(first)
    at = [0] * len(division.parts)
    clock = [0.0] + [JOIN_US] * (len(division.parts) - 1)
    moved = True
    while moved:
        moved = False
        for thread, nodes in enumerate(division.parts):
            while at[thread] < len(nodes):
                node = nodes[at[thread]]
                if any(i not in ends for i in sources.get(node, ())):
                    break
                waits = [ends[i] + HAND_OFF_US for i in sources.get(node, ())]
                clock[thread] = max([clock[thread], *waits]) + costs[node]
                ends[node] = clock[thread]
                at[thread] += 1
                moved = True
    assert at == [len(nodes) for nodes in division.parts], "the lists wait for ever"
    return ends, max([clock[0], *(t + HAND_OFF_US for t in clock[1:])])


@pytest.mark.parametrize("threads", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", range(40))
def test_random_graphs(seed: int, threads: int) -> None:
    costs, needs = random_graph(seed)
    division = divide(costs, needs, threads)
    assert 1 <= len(division.parts) <= threads
    nodes = [node for part in division.parts for node in part]
    assert sorted(nodes) == list(range(len(costs)))
    assert all(list(part) == sorted(part) for part in division.parts)
    ends, makespan = simulate(division, costs)
    for node, sources in enumerate(needs):
        for source in sources:
            assert ends[source] <= ends[node] - costs[node] + 1e-6
            assert division.ends_before(source, node)
    # The kept edges delay nothing that the dropped ones would not have.
    assert makespan == pytest.approx(division.makespan_us)
    longest = max(bottom_levels(costs, needs))
    bound = max(longest, sum(costs) / len(division.parts))
    assert division.makespan_us >= bound - 1e-6
    assert division.makespan_us <= sum(costs) + 1e-6
    assert division.serial_us == pytest.approx(sum(costs))


@pytest.mark.parametrize("seed", range(20))
def test_what_surely_ends_before_is_what_the_lists_and_edges_imply(seed: int) -> None:
    costs, needs = random_graph(seed)
    division = divide([c + 20 for c in costs], needs, 3)
    count = len(costs)
    reached = [[False] * count for _ in range(count)]
    within = [p for part in division.parts for p in itertools.pairwise(part)]
    for first, second in (*within, *division.edges):
        reached[first][second] = True
    for middle in range(count):
        for first in range(count):
            if reached[first][middle]:
                for second in range(count):
                    reached[first][second] |= reached[middle][second]
    for first in range(count):
        for second in range(count):
            assert division.ends_before(first, second) == reached[first][second]
    # No edge is implied by the others.
    for edge in division.edges:
        others = [e for e in (*within, *division.edges) if e != edge]
        seen, open_ends = set(), [edge[0]]
        while open_ends:
            node = open_ends.pop()
            for first, second in others:
                if first == node and second not in seen:
                    seen.add(second)
                    open_ends.append(second)
        assert edge[1] not in seen


def branches(count: int, length: int, us: float) -> tuple[Costs, Needs]:
    """Chains that begin at one node and meet in one."""
    costs, needs = [1.0], [[]]
    ends = []
    for _ in range(count):
        before = 0
        for _ in range(length):
            needs.append([before])
            costs.append(us)
            before = len(costs) - 1
        ends.append(before)
    return [*costs, 1.0], [*needs, ends]


def test_branches_of_large_nodes_pay() -> None:
    division = divide(*branches(8, 4, 500.0), 2)
    assert division.pays
    assert division.ratio < 0.52
    assert len(division.edges) == 2  # to the other thread, and back


def test_a_chain_stays_in_one_thread() -> None:
    division = divide([100.0] * 20, [[], *([i] for i in range(19))], 4)
    assert division.parts == (tuple(range(20)),)
    assert division.edges == ()
    assert not division.pays


def test_small_nodes_are_not_worth_it() -> None:
    costs, needs = branches(8, 200, 5.0)
    division = divide(costs, needs, 2)
    assert division.ratio < 0.6
    assert not division.pays


def test_short_programs_are_not_worth_it() -> None:
    assert not divide(*branches(2, 1, 30.0), 2).pays


def test_more_threads_only_where_they_help() -> None:
    assert len(divide(*branches(2, 4, 500.0), 4).parts) == 2
    assert len(divide(*branches(8, 4, 500.0), 4).parts) == 4


def test_nothing_to_divide() -> None:
    division = divide([], [], 2)
    assert division.ratio == 1.0
    assert not division.pays
