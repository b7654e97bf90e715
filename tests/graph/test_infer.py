"""Shape and type inference, both ways, to a fixpoint."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import InferenceError
from dataflow.graph import infer as infer_module
from dataflow.graph.graph import Graph
from dataflow.graph.infer import (
    declared_dtypes,
    declared_shapes,
    from_user,
    infer,
    infer_dtypes,
    infer_shapes,
    to_user,
    with_default_dtypes,
)
from dataflow.graph.node import Entry, Node
from dataflow_ops.registry import Operator
from dataflow_ops.shapes import UNKNOWN, same_shape
from tests.graph.build import FLOAT32, call, variable

FLOAT64 = np.dtype(np.float64)


def shapes(head: Entry, known: dict[Entry, tuple[int, ...]]) -> dict[str, object]:
    graph = infer_shapes(Graph.of([head]), known)
    return {n.name: graph.shapes.get(Entry(n, 0)) for n in graph.nodes}


def test_shapes_flow_forward():
    x, w, b = variable("x"), variable("w"), variable("b")
    fc = call("FullyConnected", "fc", x, w, b, num_hidden=4)
    found = shapes(call("tanh", "t", fc), {x: (2, 3)})
    assert found == {"x": (2, 3), "w": (4, 3), "b": (4,), "fc": (2, 4), "t": (2, 4)}


def test_shapes_flow_backward():
    x = variable("x")
    y = variable("y")
    top = call("add_n", "top", call("tanh", "t", x), y, num_args=2)
    assert shapes(top, {y: (5, 6)})["x"] == (5, 6)


def test_a_shape_travels_back_and_forth_until_nothing_changes():
    # d is known; c = a + b agrees with d; b and e = exp(b) follow from that.
    a, b, d = variable("a"), variable("b"), variable("d")
    e = call("exp", "e", b)
    c = call("add_n", "c", a, b, num_args=2)
    top = call("add_n", "top", e, call("add_n", "f", c, d, num_args=2), num_args=2)
    assert set(shapes(top, {d: (7, 2)}).values()) == {(7, 2)}


def test_what_follows_is_independent_of_where_the_fact_is_given():
    entries = [variable(f"v{i}") for i in range(6)]
    total = entries[0]
    for i, entry in enumerate(entries[1:]):
        total = call("add_n", f"s{i}", call("tanh", f"t{i}", total), entry, num_args=2)
    for known in entries:
        assert set(shapes(total, {known: (3, 1)}).values()) == {(3, 1)}


def test_a_long_chain_known_only_at_its_end_is_inferred():
    entry = first = variable("x")
    for i in range(3_000):
        entry = call("tanh", f"t{i}", entry)
    last = variable("y")
    top = call("add_n", "top", entry, last, num_args=2)
    graph = infer_shapes(Graph.of([top]), {last: (2,)})
    assert graph.shapes[first] == (2,)


def test_partial_shapes_are_joined_from_both_sides():
    a, b = variable("a"), variable("b")
    top = call("add_n", "top", a, b, num_args=2)
    found = shapes(top, {a: (UNKNOWN, 3), b: (2, UNKNOWN)})
    assert found == {"a": (2, 3), "b": (2, 3), "top": (2, 3)}


def test_what_cannot_be_known_stays_partial():
    x, w = variable("x"), variable("w")
    fc = call("FullyConnected", "fc", x, w, num_hidden=4, no_bias=True)
    assert shapes(fc, {x: (UNKNOWN, 3)}) == {
        "x": (UNKNOWN, 3),
        "w": (4, 3),
        "fc": (UNKNOWN, 4),
    }
    assert shapes(fc, {}) == {"x": None, "w": (4, UNKNOWN), "fc": None}


def test_inference_leaves_the_given_graph_alone():
    x = variable("x")
    graph = Graph.of([call("tanh", "t", x)])
    infer_shapes(graph, {x: (1,)})
    assert graph.shapes == {}


def test_a_conflict_names_both_nodes_their_lines_and_the_shapes():
    x, w, v = variable("x"), variable("w"), variable("v")
    left = call("FullyConnected", "left", x, w, num_hidden=4, no_bias=True, line=7)
    right = call("FullyConnected", "right", x, v, num_hidden=5, no_bias=True, line=8)
    top = call("add_n", "top", left, right, num_args=2, line=9)
    with pytest.raises(InferenceError) as caught:
        shapes(top, {x: (2, 3)})
    message = str(caught.value)
    for part in ("'top'", "model.py:9", "(2, 4)", "(2, 5)", "left", "right"):
        assert part in message


def test_a_contradiction_names_who_told_what():
    # w is told (4, 3) by `first`; `second`, of other width, disagrees.
    x, y, w = variable("x"), variable("y"), variable("w")
    first = call("FullyConnected", "first", x, w, num_hidden=4, no_bias=True, line=3)
    second = call("FullyConnected", "second", y, w, num_hidden=4, no_bias=True, line=4)
    top = call("add_n", "top", first, second, num_args=2)
    with pytest.raises(InferenceError) as caught:
        shapes(top, {x: (2, 3), y: (2, 9)})
    message = str(caught.value)
    for part in ("'w'", "'first'", "model.py:3", "'second'", "model.py:4"):
        assert part in message
    assert "(4, 3)" in message
    assert "(2, 9)" in message


def test_a_conflict_with_the_caller_says_so():
    x, w = variable("x"), variable("w")
    fc = call("FullyConnected", "fc", x, w, num_hidden=4, no_bias=True, line=5)
    with pytest.raises(InferenceError, match=r"given by the caller") as caught:
        shapes(fc, {x: (2, 3), w: (4, 8)})
    assert "'w'" in str(caught.value)
    assert "model.py:5" in str(caught.value)


def test_a_conflict_keeps_the_rules_own_error_as_its_cause():
    x, y = variable("x"), variable("y")
    top = call("add_n", "top", x, y, num_args=2)
    with pytest.raises(InferenceError) as caught:
        shapes(top, {x: (2,), y: (3,)})
    assert caught.value.__cause__ is not None


def test_the_line_of_a_conflict_is_the_users():
    x = mx.sym.Variable("x")
    y = mx.sym.FullyConnected(x, num_hidden=3, name="narrow")
    z = mx.sym.FullyConnected(x, num_hidden=4, name="wide")
    top = y + z
    with pytest.raises(InferenceError) as caught:
        top.infer_shape(x=(2, 2))
    line = test_the_line_of_a_conflict_is_the_users.__code__.co_firstlineno + 4
    assert f"{__file__}:{line}" in str(caught.value)


def test_types_flow_both_ways():
    x, y = variable("x"), variable("y")
    top = call("add_n", "top", call("tanh", "t", x), y, num_args=2)
    graph = infer_dtypes(Graph.of([top]), {y: FLOAT64})
    assert graph.dtypes[x] == FLOAT64
    assert graph.dtypes[top] == FLOAT64


def test_unknown_types_become_float32_and_known_ones_stay():
    x, y = variable("x"), variable("y")
    half = call("Cast", "half", x, dtype="float16")
    top = call("add_n", "top", half, y, num_args=2)
    graph = infer_dtypes(Graph.of([top]), {})
    graph = with_default_dtypes(graph, FLOAT32)
    assert graph.dtypes[x] == FLOAT32
    assert graph.dtypes[y] == np.float16


def test_a_type_conflict_is_an_error_with_both_types():
    x, y = variable("x"), variable("y")
    top = call("add_n", "top", x, y, num_args=2, line=12)
    with pytest.raises(InferenceError) as caught:
        infer_dtypes(Graph.of([top]), {x: FLOAT32, y: FLOAT64})
    for part in ("type", "float32", "float64", "'top'", "model.py:12"):
        assert part in str(caught.value)


def test_variables_declare_shapes_and_types():
    x = variable("x", __shape__="(0, 3)", __dtype__="1")
    graph = Graph.of([x])
    assert declared_shapes(graph) == {x: (UNKNOWN, 3)}
    assert declared_dtypes(graph) == {x: FLOAT64}


def test_users_write_zero_for_an_unknown_dimension():
    assert from_user((0, 3)) == (UNKNOWN, 3)
    assert to_user((UNKNOWN, 3)) == (0, 3)
    assert to_user(None) is None


class Asked:
    """A shape rule that keeps what it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, attributes, inputs, outputs):
        self.times += 1
        return same_shape(attributes, inputs, outputs)


def counted(rule: Asked, free: bool = False, length: int = 20) -> Entry:
    operator = Operator(name="_asked", summary="", shapes=rule, free=free)
    head = variable("x")
    for i in range(length):
        head = Entry(Node(operator, f"n{i}", (head,)), 0)
    return head


def test_a_rule_is_asked_once_for_what_is_alike():
    rule = Asked()
    head = counted(rule)
    x = Graph.of([head]).variables[0]
    for rows in (2, 5):
        graph = infer_shapes(Graph.of([head]), {Entry(x, 0): (rows, 3)})
        assert graph.shapes[head] == (rows, 3)
    assert rule.times == 2


def test_rules_that_ask_users_code_are_asked_every_time():
    rule = Asked()
    head = counted(rule, free=True)
    x = Graph.of([head]).variables[0]
    infer_shapes(Graph.of([head]), {Entry(x, 0): (2, 3)})
    assert rule.times >= 20


def test_what_is_remembered_of_rules_is_bounded(monkeypatch):
    monkeypatch.setattr(infer_module, "MOST_TOLD", 5)
    head = counted(Asked(), length=2)
    x = Graph.of([head]).variables[0]
    for rows in range(1, 30):
        graph = infer_shapes(Graph.of([head]), {Entry(x, 0): (rows,)})
        assert graph.shapes[head] == (rows,)
    assert len(infer_module._SHAPES.told) <= 5


def test_shapes_and_types_are_inferred_at_once():
    x, w = variable("x"), variable("w")
    top = call("broadcast_add", "top", x, call("tanh", "t", w))
    graph = infer(Graph.of([top]), {x: (2, 1), w: (1, 3)}, {}, default=FLOAT64)
    assert graph.shapes[top] == (2, 3)
    assert {graph.dtypes[entry] for entry in (x, w, top)} == {FLOAT64}
