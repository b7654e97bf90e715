"""What changes nothing is left out, and nothing is done twice."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow.context import Context
from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry
from dataflow.graph.placement import place
from dataflow.graph.simplify import simplify
from tests.graph.build import CPU, call, inferred, names, variable


def simplified(*heads: Entry, **groups: Context) -> Graph:
    graph = inferred(list(heads))
    return simplify(place(graph, CPU[0], groups, {}, {}))


def operators(graph: Graph) -> list[str]:
    return names(graph.operators)


X = variable("x")

IDENTITIES = {
    "copy": lambda x: call("_copy", "i", x),
    "plus 0": lambda x: call("_plus_scalar", "i", x, scalar=0),
    "minus 0": lambda x: call("_minus_scalar", "i", x, scalar=0),
    "times 1": lambda x: call("_mul_scalar", "i", x, scalar=1),
    "over 1": lambda x: call("_div_scalar", "i", x, scalar=1),
    "to the power of 1": lambda x: call("_power_scalar", "i", x, scalar=1),
    "reshape to the same": lambda x: call("Reshape", "i", x, shape=(2, 3)),
    "flatten a matrix": lambda x: call("Flatten", "i", x),
    "cast to its type": lambda x: call("Cast", "i", x, dtype="float32"),
    "sum of one": lambda x: call("add_n", "i", x, num_args=1),
    "broadcast to its shape": lambda x: call("broadcast_to", "i", x, shape=(2, 3)),
    "blocked gradient": lambda x: call("BlockGrad", "i", x),
    "negative of negative": lambda x: call("negative", "i", call("negative", "j", x)),
    "transpose twice": lambda x: call("transpose", "i", call("transpose", "j", x)),
    "reverse twice": lambda x: call(
        "reverse", "i", call("reverse", "j", x, axis=1), axis=1
    ),
    "reshape and back": lambda x: call(
        "Reshape", "i", call("Reshape", "j", x, shape=(3, 2)), shape=(2, 3)
    ),
    "expand and squeeze": lambda x: call(
        "squeeze", "i", call("expand_dims", "j", x, axis=1)
    ),
    "cast to a wider type and back": lambda x: call(
        "Cast", "i", call("Cast", "j", x, dtype="float64"), dtype="float32"
    ),
    "transpose and swap back": lambda x: call(
        "SwapAxis", "i", call("transpose", "j", x), dim1=0, dim2=1
    ),
    "a single piece": lambda x: call("SliceChannel", "i", x, num_outputs=1),
    "one tile": lambda x: call("tile", "i", x, reps=(1, 1)),
    "repeat once": lambda x: call("repeat", "i", x, repeats=1, axis=0),
    "swap twice": lambda x: call(
        "SwapAxis", "i", call("SwapAxis", "j", x, dim1=0, dim2=1), dim1=1, dim2=0
    ),
}


@pytest.mark.parametrize("make", IDENTITIES.values(), ids=IDENTITIES)
def test_identities_are_left_out(make):
    graph = simplified(call("exp", "out", make(call("tanh", "first", X))))
    assert operators(graph) == ["first", "out"]
    assert graph.operators[1].inputs == graph.operators[0].entries()


@pytest.mark.parametrize("name", ["abs", "relu", "sign", "floor", "ceil", "trunc"])
def test_what_is_done_already_is_not_done_again(name):
    twice = call(name, "i", call(name, "j", call("tanh", "first", X)))
    graph = simplified(call("exp", "out", twice))
    assert operators(graph) == ["first", "j", "out"]


def test_a_cast_that_loses_something_stays():
    narrow = call("Cast", "i", call("tanh", "first", X), dtype="float16")
    back = call("Cast", "j", narrow, dtype="float32")
    assert operators(simplified(call("exp", "out", back))) == ["first", "i", "j", "out"]
    whole = call("Cast", "i", call("Cast", "h", X, dtype="int64"), dtype="float64")
    back = call("Cast", "j", whole, dtype="int64")
    out = call("Cast", "out", back, dtype="float32")
    assert operators(simplified(out)) == ["h", "i", "j", "out"]


def test_zero_and_minus_zero_are_not_the_same_attribute():
    first, second = (call("_mul_scalar", f"n{s}", X, scalar=s) for s in (0.0, -0.0))
    graph = simplified(call("elemwise_mul", "out", first, second))
    assert operators(graph) == ["n0.0", "n-0.0", "out"]


def test_a_state_that_may_change_is_read_where_it_was():
    states = [variable(n) for n in ("gamma", "beta", "mean", "deviation")]
    before = call("_copy", "before", states[2])
    norm = call("BatchNorm", "norm", X, *states)
    out = call("broadcast_add", "out", norm, before)
    shapes = {"x": (2, 3)} | {entry.node.name: (3,) for entry in states}
    graph = place(inferred([out], shapes), CPU[0], {}, {}, {})
    assert "before" in operators(simplify(graph))


@pytest.mark.parametrize(
    "make",
    [
        lambda x: call("_plus_scalar", "i", x, scalar=1),
        lambda x: call("repeat", "i", x, repeats=2, axis=0),
        lambda x: call("SliceChannel", "i", x, num_outputs=3, axis=1),
        lambda x: call("reverse", "i", x, axis=0),
        lambda x: call("_mul_scalar", "i", x, scalar=0),
        lambda x: call("Reshape", "i", x, shape=(3, 2)),
        lambda x: call("Cast", "i", x, dtype="float64"),
        lambda x: call("add_n", "i", x, x, num_args=2),
        lambda x: call("slice_axis", "i", x, axis=0, begin=0, end=1),
        lambda x: call("transpose", "i", x),
    ],
)
def test_what_changes_something_stays(make):
    graph = simplified(call("exp", "out", make(call("tanh", "first", X))))
    assert operators(graph) == ["first", "i", "out"]


def test_transposes_that_are_not_inverse_become_one():
    once = call(
        "transpose", "a", call("Reshape", "r", X, shape=(1, 2, 3)), axes=(1, 2, 0)
    )
    again = call("transpose", "b", once, axes=(1, 2, 0))
    graph = simplified(call("exp", "out", again))
    assert operators(graph) == ["r", "b", "out"]
    assert graph.operators[1].parameters.axes == (2, 0, 1)
    assert graph.shapes[graph.operators[1].entries()[0]] == (3, 1, 2)
    back = call("transpose", "b", once, axes=(2, 0, 1))
    assert operators(simplified(call("exp", "out", back))) == ["r", "out"]


def test_an_identity_that_is_an_output_stays():
    inner = call("_copy", "inner", X)
    graph = simplified(call("_copy", "out", inner))
    assert operators(graph) == ["out"]
    assert graph.heads[0].node.inputs == (X,)


def test_duplicates_are_computed_once():
    first, second = (
        call("_mul_scalar", name, call("tanh", f"t{name}", X), scalar=2)
        for name in "ab"
    )
    graph = simplified(call("elemwise_mul", "out", first, second))
    assert operators(graph) == ["ta", "a", "out"]
    assert graph.operators[-1].inputs[0] == graph.operators[-1].inputs[1]


def test_other_attributes_make_another_node():
    first, second = (call("_mul_scalar", f"n{s}", X, scalar=s) for s in (2, 3))
    graph = simplified(call("elemwise_mul", "out", first, second))
    assert operators(graph) == ["n2", "n3", "out"]


def test_a_duplicate_in_another_context_stays():
    first = call("tanh", "a", X, group="one")
    second = call("tanh", "b", X, group="two")
    out = call("elemwise_mul", "out", first, second, group="one")
    graph = simplified(out, one=CPU[0], two=CPU[1])
    assert {"a", "b"} <= set(operators(graph))
    same = simplified(out, one=CPU[0], two=CPU[0])
    assert operators(same) == ["a", "out"]


def test_an_identity_in_another_context_stays():
    moved = call("_copy", "moved", call("tanh", "a", X, group="one"), group="two")
    out = call("exp", "out", moved, group="two")
    graph = simplified(out, one=CPU[0], two=CPU[1])
    assert sum(node.operator.name == "_copy" for node in graph.operators) <= 1
    copies = [n for n in graph.operators if n.operator.name == "_CrossDeviceCopy"]
    assert copies


def test_duplicate_outputs_keep_their_own_nodes():
    heads = call("tanh", "a", X), call("tanh", "b", X)
    graph = simplified(*heads)
    assert operators(graph) == ["a", "b"]
    assert graph.heads == heads


def test_random_nodes_are_neither_united_nor_dropped():
    drawn = [call("Dropout", name, X, p=0.5) for name in "ab"]
    sums = call("elemwise_sub", "out", *drawn)
    assert operators(simplified(sums)) == ["a", "b", "out"]
    made = simplified(call("_identity_with_attr_like_rhs", "i", X, drawn[0]), sums)
    assert "a" in operators(made)


def test_what_updates_states_stays_even_if_nobody_reads_it():
    states = [variable(n) for n in ("gamma", "beta", "mean", "deviation")]
    norm = call("BatchNorm", "norm", X, *states)
    like = call("_identity_with_attr_like_rhs", "i", call("tanh", "t", X), norm)
    shapes = {"x": (2, 3)} | {entry.node.name: (3,) for entry in states}
    graph = inferred([call("exp", "out", like)], shapes)
    graph = simplify(place(graph, CPU[0], {}, {}, {}))
    assert operators(graph) == ["t", "norm", "out"]


def test_what_nobody_reads_any_more_is_dropped():
    unread = call("exp", "unread", X)
    like = call("_identity_with_attr_like_rhs", "i", call("tanh", "t", X), unread)
    graph = simplified(call("exp", "out", like))
    assert operators(graph) == ["t", "out"]
    assert set(graph.contexts) == set(graph.nodes)


def test_variables_stay():
    like = call(
        "_identity_with_attr_like_rhs", "i", call("tanh", "t", X), variable("shape")
    )
    graph = simplified(call("exp", "out", like))
    assert names(graph.variables) == ["x", "shape"]


def test_a_graph_with_nothing_to_simplify_is_itself():
    graph = place(inferred([call("tanh", "out", X)]), CPU[0], {}, {}, {})
    assert simplify(graph) is graph


def test_facts_follow_the_nodes():
    graph = simplified(call("exp", "out", call("_copy", "i", call("tanh", "t", X))))
    for node in graph.nodes:
        for entry in node.entries():
            assert graph.shapes[entry] == (2, 3)
            assert graph.dtypes[entry] == np.float32
