"""The memory plan in named situations; canaries on random graphs are in
tests/executor/test_canaries.py.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from dataflow.graph.graph import Graph
from dataflow.graph.infer import infer_dtypes, infer_shapes
from dataflow.graph.memory import MemoryPlan, entry_bytes, plan_memory
from dataflow.graph.node import Entry
from dataflow.graph.placement import place
from dataflow.graph.schedule import schedule
from dataflow.storage import aligned
from tests.graph.build import CPU, call, inferred, variable

GROUPS = {f"g{i}": CPU[i] for i in range(4)}
SHAPE = (4, 32)  # 512 bytes of float32
NBYTES = 512


def planned(
    *heads: Entry,
    shape: tuple[int, ...] = SHAPE,
    workspace: dict[str, int] | None = None,
) -> tuple[Graph, MemoryPlan]:
    graph = place(inferred(list(heads), shape), CPU[0], GROUPS, {}, {})
    external = {Entry(n, 0) for n in graph.variables} | set(graph.heads)
    wants = workspace or {}
    plan = plan_memory(
        graph, schedule(graph), external, lambda node: wants.get(node.name, 0)
    )
    return graph, plan


def places(plan: MemoryPlan) -> dict[str, int]:
    return {entry.node.name: at.offset for entry, at in plan.places.items()}


def chain(entry: Entry, *operators: str) -> list[Entry]:
    made = [entry]
    for i, operator in enumerate(operators):
        made.append(call(operator, f"n{i}", made[-1]))
    return made[1:]


def test_bytes_follow_the_true_element_size():
    x = variable("x")
    half = call("Cast", "half", x, dtype="float16")
    graph = inferred([half], (3, 5))
    assert entry_bytes(graph, half) == 30
    assert entry_bytes(graph, x) == 60


def test_an_in_place_chain_takes_one_buffer():
    *_, last = chain(variable("x"), "tanh", "exp", "sin", "cos")
    _, plan = planned(last)
    assert places(plan) == {"n0": 0, "n1": 0, "n2": 0}
    assert plan.planned_bytes == NBYTES == plan.lower_bound
    assert plan.unshared_bytes == 3 * NBYTES


def test_variables_and_heads_take_nothing():
    _, plan = planned(call("tanh", "t", variable("x")))
    assert plan.planned_bytes == 0
    assert plan.places == {}


def test_a_variable_is_never_written_over():
    a, b = chain(variable("x"), "tanh", "exp")
    _, plan = planned(b)
    assert plan.places.keys() == {a}


def test_what_is_read_later_is_not_written_over():
    x = variable("x")
    a = call("tanh", "a", x)
    b = call("exp", "b", a)
    c = call("sin", "c", a)
    _, plan = planned(call("add_n", "top", b, c, num_args=2))
    found = places(plan)
    assert found["b"] != found["a"]
    assert found["c"] == found["a"]


def test_an_operator_that_does_not_allow_it_is_not_in_place():
    x = variable("x")
    w = variable("w")
    a = call("tanh", "a", x)
    fc = call("FullyConnected", "fc", a, w, num_hidden=32, no_bias=True)
    _, plan = planned_with_weight(call("exp", "top", fc))
    assert places(plan)["a"] != places(plan)["fc"]


def planned_with_weight(top: Entry) -> tuple[Graph, MemoryPlan]:
    graph = Graph.of([top])
    x = next(Entry(n, 0) for n in graph.variables if n.name == "x")
    graph = infer_shapes(graph, {x: SHAPE})
    known = {Entry(n, 0): inferred([x]).dtypes[x] for n in graph.variables}
    graph = place(infer_dtypes(graph, known), CPU[0], GROUPS, {}, {})
    external = {Entry(n, 0) for n in graph.variables} | set(graph.heads)
    return graph, plan_memory(graph, schedule(graph), external, lambda node: 0)


def test_a_node_that_reads_one_entry_twice_may_still_be_in_place():
    a = call("tanh", "a", variable("x"))
    b = call("add_n", "b", a, a, num_args=2)
    _, plan = planned(call("exp", "top", b))
    # add_n allows input 0 only, so the second read of `a` forbids it.
    assert places(plan)["b"] != places(plan)["a"]


def test_views_share_their_bytes():
    a = call("tanh", "a", variable("x"))
    flat = call("Reshape", "flat", a, shape="(-1,)")
    _, plan = planned(call("exp", "top", flat), call("sin", "other", a))
    assert places(plan) == {"a": 0, "flat": 0}
    assert plan.planned_bytes == NBYTES


def test_a_viewed_buffer_lives_as_long_as_its_views():
    a = call("tanh", "a", variable("x"))
    flat = call("Reshape", "flat", a, shape="(-1,)")
    b = call("exp", "b", a)  # a itself is read for the last time here
    _, plan = planned(call("sin", "c", b), call("cos", "d", flat))
    assert places(plan)["b"] != places(plan)["a"]


def test_a_view_of_a_variable_is_an_alias():
    x = variable("x")
    flat = call("Reshape", "flat", x, shape="(-1,)")
    _, plan = planned(call("exp", "top", flat))
    assert plan.places == {}
    assert plan.aliases == {flat: x}


def test_freed_buffers_are_taken_again():
    entry = variable("x")
    weights = []
    for i in range(6):
        left = call("tanh", f"l{i}", entry)
        right = call("exp", f"r{i}", entry)
        weights.append(left)
        entry = call("add_n", f"s{i}", left, right, num_args=2)
    _, plan = planned(entry)
    assert plan.planned_bytes == plan.lower_bound
    assert plan.planned_bytes < plan.unshared_bytes / 4


def test_scratch_memory_overlaps_nothing_that_lives():
    a, b, c = chain(variable("x"), "tanh", "exp", "sin")
    graph, plan = planned(c, workspace={"n1": 100})
    ((node, scratch),) = plan.workspaces.items()
    assert node is b.node
    low, high = scratch.offset, scratch.offset + aligned(100)
    for entry in (a, b):
        at = plan.places[entry].offset
        assert at + aligned(entry_bytes(graph, entry)) <= low or high <= at


def test_offsets_are_aligned():
    x = variable("x")
    parts = [call("tanh", f"p{i}", x) for i in range(5)]
    _, plan = planned(call("add_n", "top", *parts, num_args=5), shape=(3, 3))
    assert all(at.offset % 64 == 0 for at in plan.places.values())
    assert len(set(places(plan).values())) == 5


def test_each_context_has_an_arena_of_its_own():
    x = variable("x")
    a = call("tanh", "a", x, group="g1")
    b = call("exp", "b", a, group="g1")
    c = call("sin", "c", b, group="g2")
    d = call("cos", "d", c, group="g2")
    _, plan = planned(call("add_n", "top", d, x, num_args=2))
    assert set(plan.arenas) == {CPU[0], CPU[1], CPU[2]}
    for entry, at in plan.places.items():
        assert at.offset + NBYTES <= plan.arenas[at.context], entry


def test_what_another_context_reads_stays_until_it_surely_has():
    # g1 may still be copying `a` while cpu(0) goes on to b, c and d.
    x = variable("x")
    a = call("tanh", "a", x)
    away = call("exp", "away", a, group="g1")
    b = call("sin", "b", a)
    c = call("cos", "c", b)
    d = call("exp", "d", c)
    _, plan = planned(d, away)
    found = places(plan)
    assert found["a"] not in (found["b"], found["c"])


def test_it_is_freed_once_something_that_came_after_the_read_is_known():
    x = variable("x")
    a = call("tanh", "a", x)
    away = call("exp", "away", a, group="g1")
    back = call("sin", "back", away)  # starts after g1 has read a
    c = call("cos", "c", back)
    parts = [call(op, op, c) for op in ("exp", "tanh")]
    _, plan = planned(call("add_n", "top", *parts, num_args=2))
    found = places(plan)
    assert found["a"] in {v for k, v in found.items() if k != "a"}


@pytest.mark.parametrize("width", [1, 3, 16, 100])
def test_the_plan_lies_between_its_bounds(width):
    x = variable("x")
    layers: Iterable[Entry] = [x]
    for i in range(4):
        layers = [call("tanh", f"t{i}{j}", e) for j, e in enumerate([*layers, *layers])]
    top = call("add_n", "top", *layers, num_args=len(list(layers)))
    _, plan = planned(top, shape=(width,))
    assert plan.lower_bound <= plan.planned_bytes <= plan.unshared_bytes
