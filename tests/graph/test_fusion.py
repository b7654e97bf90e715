"""Fusion: which nodes become one, in which order they run, what a program says."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from dataflow.graph import grouping, merging
from dataflow.graph.fusion import fuse
from dataflow.graph.gradient import gradient
from dataflow.graph.graph import Graph
from dataflow.graph.merging import pairs
from dataflow.graph.node import Entry, Node
from dataflow.graph.placement import place
from dataflow_ops.fused import NAME, Program, overwritable, temporaries
from tests.graph.build import CPU, call, inferred, names, variable

X, Y = variable("x"), variable("y")
GROUPS = {"one": CPU[0], "two": CPU[1]}


def placed(*heads: Entry, shape=(2, 3)) -> Graph:
    return place(inferred(list(heads), shape), CPU[0], GROUPS, {}, {})


def fused(*heads: Entry, shape=(2, 3), pays=lambda program: True) -> Graph:
    return fuse(placed(*heads, shape=shape), pays)


def members(graph: Graph) -> list[list[str]]:
    return [names(nodes) for nodes in graph.groups.values()]


def program_of(graph: Graph) -> Program:
    (node,) = graph.groups
    return node.parameters.program


def chain(entry: Entry, *steps: str) -> Entry:
    for step in steps:
        entry = call(step, f"{step}{random.random()}", entry)
    return entry


# Which nodes


def test_a_chain_becomes_one_node():
    a = call("tanh", "a", X)
    b = call("_mul_scalar", "b", a, scalar=2)
    graph = fused(call("elemwise_add", "c", b, Y))
    (node,) = graph.operators
    assert node.operator.name == NAME
    assert node.name == "a+b+c"
    assert node.inputs == (X, Y)
    assert graph.heads == node.entries()
    assert graph.shapes[graph.heads[0]] == (2, 3)
    assert members(graph) == [["a", "b", "c"]]


def test_branches_that_meet_become_one_node():
    left, right = call("tanh", "l", X), call("exp", "r", Y)
    graph = fused(call("elemwise_mul", "out", left, right))
    assert members(graph) == [["l", "r", "out"]]


def test_values_that_others_read_leave_the_group():
    a = call("tanh", "a", X)
    b = call("exp", "b", a)
    dense = call("Reshape", "dense", a, shape=(6,))
    graph = fused(b, dense)
    assert members(graph) == [["a", "b"]]
    assert len(program_of(graph).outputs) == 2


def test_no_path_leaves_a_group_and_comes_back():
    a = call("tanh", "a", X)
    away = call("transpose", "away", call("transpose", "there", a))
    graph = fused(call("elemwise_add", "c", a, away))
    assert members(graph) == []


def test_two_groups_do_not_wait_for_each_other():
    # a -> p -> d and b -> q -> c: {a, c} and {b, d} would read each other.
    a, b = call("tanh", "a", X), call("exp", "b", Y)
    p = call("transpose", "p", call("transpose", "p0", a))
    q = call("transpose", "q", call("transpose", "q0", b))
    c = call("elemwise_add", "c", a, q)
    d = call("elemwise_add", "d", b, p)
    graph = fused(c, d)
    assert_order(graph)
    assert sorted(map(len, members(graph))) in ([2], [])


def test_a_group_has_one_shape():
    small = call("exp", "small", variable("s"))
    out = call("broadcast_add", "sum", call("tanh", "a", X), small)
    graph = fused(call("tanh", "out", out), shape={"x": (2, 3), "s": (1, 3)})
    assert members(graph) == [["a", "sum", "out"]]
    assert program_of(graph).inputs == ((2, 3), (1, 3))


def test_contexts_stay_apart():
    a = call("tanh", "a", X, group="one")
    b = call("exp", "b", a, group="one")
    c = call("tanh", "c", b, group="two")
    graph = fused(call("exp", "d", c, group="two"))
    assert members(graph) == [["a", "b"], ["c", "d"]]


def test_forward_and_backward_stay_apart():
    out = call("exp", "b", call("tanh", "a", X))
    head = variable("head")
    made = gradient([out], [X.node], lambda number: head)
    forward = placed(out, made.of[X.node])
    graph = fuse(replace(forward, output_count=1), lambda program: True)
    assert members(graph) == [["a", "b"], ["b_backward", "a_backward"]]


@pytest.mark.parametrize("operator", ["Activation", "relu"])
def test_an_activation_is_left_to_the_layer_that_it_follows(operator):
    dense = call("FullyConnected", "f", X, variable("w"), variable("b"), num_hidden=3)
    more = {"act_type": "relu"} if operator == "Activation" else {}
    active = call(operator, "r", dense, **more)
    shapes = {"x": (2, 3), "w": (3, 3), "b": (3,)}
    out = chain(active, "exp", "tanh")
    (group,) = members(fused(out, shape=shapes))
    assert "r" not in group
    also_read = call("elemwise_add", "sum", dense, out)
    (group,) = members(fused(also_read, shape=shapes))
    assert "r" in group


def test_what_reads_states_stays_alone():
    states = [variable(n) for n in ("gamma", "beta", "mean", "deviation")]
    norm = call("BatchNorm", "norm", X, *states)
    peek = call("exp", "peek", call("tanh", "look", states[2]))
    shapes = {"x": (2, 3)} | {entry.node.name: (3,) for entry in states}
    assert members(fused(norm, peek, shape=shapes)) == []


def test_random_nodes_and_states_keep_out():
    dropped = call("Dropout", "d", call("tanh", "a", X), p=0.5)
    assert members(fused(call("exp", "b", dropped))) == []


def test_a_group_that_does_not_pay_is_left_as_it_was():
    graph = placed(chain(X, "tanh", "exp"))
    assert fuse(graph, lambda program: False) is graph


def test_long_chains_are_cut():
    graph = fused(chain(X, *["tanh"] * (2 * grouping.MOST_STEPS + 5)))
    sizes = sorted(map(len, members(graph)))
    assert sizes == [5, grouping.MOST_STEPS, grouping.MOST_STEPS]


def test_groups_of_too_many_arrays_are_divided():
    values = [X]
    for i in range(40):
        values.append(call("tanh", f"t{i}", values[-1]))
    graph = fused(*values[1:])  # every value leaves its group
    sizes = [len(names) for names in members(graph)]
    assert sum(sizes) == len(values) - 1
    assert len(sizes) > 1
    for node in graph.groups:
        assert pairs(len(node.inputs), node.output_count) <= merging.MOST_PAIRS
    assert_order(graph)


# Reductions


def test_a_reduction_ends_a_group():
    a = call("square", "a", X)
    graph = fused(call("mean", "m", a, axis=(1,)))
    assert members(graph) == [["a", "m"]]
    program = program_of(graph)
    (reduction,) = program.reductions
    assert (reduction.by, reduction.last, reduction.axes) == ("sum", "mean", (1,))
    assert program.shape_of(reduction.writes) == graph.shapes[graph.heads[0]] == (2,)
    assert program.outputs == (reduction.writes,)


def test_what_a_reduction_reads_may_leave_the_group_too():
    a = call("exp", "a", X)
    total = call("sum", "s", a, axis=(1,), keepdims=True)
    graph = fused(call("broadcast_div", "d", a, total))
    assert members(graph) == [["a", "s"]]
    assert len(program_of(graph).outputs) == 2
    assert_order(graph)


def test_reductions_of_the_same_axes_share_a_group():
    a = call("exp", "a", X)
    ends = [call(name, name, a, axis=(0,)) for name in ("sum", "max")]
    apart = call("min", "min", a, axis=(1,))
    graph = fused(*ends, apart)
    assert members(graph) == [["a", "sum", "max"], ["min"]]


def test_a_reduction_joins_those_who_read_what_it_reads():
    squares = call("sum", "squares", call("square", "a", X))
    graph = fused(squares, call("sum", "total", X))
    assert members(graph) == [["a", "squares", "total"]]


def test_what_a_reduction_gives_is_not_read_in_its_group():
    top = call("max", "top", X, axis=(1,), keepdims=True)
    graph = fused(call("exp", "e", call("broadcast_sub", "d", X, top)))
    assert members(graph) == [["top"], ["d", "e"]]
    assert_order(graph)


def test_a_group_whose_reduction_does_not_pay_goes_without():
    out = call("sum", "s", chain(X, "exp", "tanh"))
    graph = fused(out, pays=lambda program: not program.reductions)
    assert [len(names) for names in members(graph)] == [2]


def test_gradients_of_reductions_are_steps_that_broadcast():
    head = variable("head")
    spread = call("_backward_mean", "spread", head, axis=(0,))
    spread.node.like = {0: X}
    graph = placed(
        call("elemwise_mul", "out", spread, X), shape={"x": (2, 3), "head": (3,)}
    )
    shapes = {**graph.shapes, spread: (2, 3)}
    dtypes = {**graph.dtypes, spread: graph.dtypes[X]}
    graph = fuse(replace(graph, shapes=shapes, dtypes=dtypes), lambda program: True)
    assert members(graph) == [["spread", "out"]]
    program = program_of(graph)
    assert program.inputs == ((1, 3), (2, 3))
    assert program.steps[0].attributes.scalar == 0.5


# Order


def assert_order(graph: Graph) -> None:
    seen: set[Node] = set()
    for node in graph.nodes:
        assert {entry.node for entry in node.inputs} <= seen
        seen.add(node)


KINDS = (
    *("tanh", "exp", "elemwise_add", "elemwise_mul", "transpose pair", "broadcast"),
    *("sum", "max"),
)


def random_graph(seed: int) -> Graph:
    draw = random.Random(seed)
    pool = [X, Y]
    for i in range(30):
        kind = draw.choice(KINDS)
        a, b = draw.choice(pool[-8:]), draw.choice(pool)
        if kind in ("tanh", "exp"):
            pool.append(call(kind, f"n{i}", a))
        elif kind == "transpose pair":
            pool.append(call("transpose", f"n{i}", call("transpose", f"t{i}", a)))
        elif kind in ("sum", "max"):
            short = call(kind, f"s{i}", a, axis=(draw.randrange(2),), keepdims=True)
            pool.append(call("broadcast_sub", f"n{i}", a, short))
        elif kind == "broadcast":
            pool.append(call("broadcast_add", f"n{i}", a, variable("s")))
        else:
            pool.append(call(kind, f"n{i}", a, b))
    shapes = dict.fromkeys("xy", (2, 3)) | {"s": (1, 3)}
    return placed(*pool[-3:], shape=shapes)


@pytest.mark.parametrize("seed", range(40))
def test_random_graphs_keep_their_order_and_all_their_nodes(seed):
    graph = random_graph(seed)
    after = fuse(graph, lambda program: random.Random(seed).random() < 0.9)
    assert_order(after)
    grouped = [node for group in after.groups.values() for node in group]
    assert len(grouped) == len(set(grouped))
    alone = {n.source for n in after.operators if n not in after.groups}
    assert alone | set(grouped) == set(graph.operators)
    assert len(after.heads) == len(graph.heads)
    assert all(node in after.contexts for node in after.nodes)


# Programs


def test_an_output_may_be_written_over_what_was_read_before():
    a = call("tanh", "a", X)
    out = call("elemwise_add", "out", a, Y)
    assert set(overwritable(program_of(fused(out)))) == {(0, 0), (1, 0)}


def test_an_output_may_not_be_written_over_what_is_read_later():
    a = call("tanh", "a", X)
    b = call("elemwise_add", "b", a, Y)
    graph = fused(b, call("elemwise_mul", "c", b, X))
    program = program_of(graph)
    (node,) = graph.groups
    x, y = node.inputs.index(X), node.inputs.index(Y)
    assert (x, 0) not in set(overwritable(program))
    assert {(y, 0), (x, 1), (y, 1)} <= set(overwritable(program))


def test_inner_values_share_buffers():
    out = chain(X, *["tanh"] * 10)
    assert temporaries(program_of(fused(out))).buffers == 1
    first = [call("tanh", f"a{i}", X) for i in range(3)]
    sums = call("add_n", "sum", *first, num_args=3)
    assert temporaries(program_of(fused(call("exp", "out", sums)))).buffers == 3
