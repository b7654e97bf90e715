"""Gradients of broadcasting operators, taken apart into elementwise ones and sums."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dataflow.graph.gradient import gradient
from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry
from dataflow.graph.placement import place
from dataflow.graph.unbroadcasting import unbroadcast
from tests.graph.build import CPU, call, inferred, variable

X, Y = variable("x"), variable("y")


def differentiated(
    name: str, shape: tuple[int, ...], dtype: type = np.float32
) -> tuple[Graph, list[Entry]]:
    """Return the graph of an operator on x and a smaller y, with both gradients."""
    out = call(f"broadcast_{name}", "out", X, Y)
    head = variable("head")
    made = gradient([out], [X.node, Y.node], lambda number: head)
    wanted = [made.of[X.node], made.of[Y.node]]
    shapes = {"x": (2, 3, 4), "y": shape, "head": (2, 3, 4)}
    graph = inferred([out], shapes)
    whole = Graph.of([out, *wanted], 1)
    facts = {**graph.shapes, head: (2, 3, 4), wanted[0]: (2, 3, 4), wanted[1]: shape}
    whole = replace(whole, shapes=facts, dtypes=dict.fromkeys(facts, np.dtype(dtype)))
    return place(whole, CPU[0], {}, {}, {}), wanted


def kinds(graph: Graph) -> list[str]:
    return [node.operator.name for node in graph.operators]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("add", ["_copy", "sum"]),
        ("sub", ["_copy", "negative", "sum"]),
        ("mul", ["broadcast_mul", "broadcast_mul", "sum"]),
    ],
)
def test_a_gradient_is_taken_apart(name, expected):
    graph, _ = differentiated(name, (3, 4))
    after = unbroadcast(graph)
    assert kinds(after) == [f"broadcast_{name}", *expected]
    assert [after.shapes[entry] for entry in after.heads] == [
        graph.shapes[entry] for entry in graph.heads
    ]
    assert all(node in after.contexts for node in after.nodes)
    assert len({*after.heads}) == len(after.heads)


@pytest.mark.parametrize(
    ("shape", "last"),
    [((3, 4), "sum"), ((1, 3, 1), "sum"), ((3, 1), "Reshape"), ((1,), "sum")],
)
def test_sums_have_the_shape_of_the_side(shape, last):
    after = unbroadcast(differentiated("add", shape)[0])
    head = after.heads[-1]
    assert after.shapes[head] == shape
    assert head.node.operator.name in (last, "Reshape")


def test_names_tell_where_it_comes_from():
    graph, wanted = differentiated("mul", (3, 4))
    after = unbroadcast(graph)
    (old,) = {entry.node for entry in wanted}
    made = after.operators[1:]
    assert {node.name for node in made} == {f"{old.name}_lhs", f"{old.name}_rhs"}
    assert {node.forward for node in made} == {old.forward}


def test_what_sums_nothing_or_is_no_float_is_left_as_it_is():
    for graph, _ in (
        differentiated("mul", (2, 3, 4)),
        differentiated("mul", (3, 4), np.int32),
    ):
        assert kinds(unbroadcast(graph)) == kinds(graph)
