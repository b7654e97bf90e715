"""The order of nodes: MXNet's, without recursion, and without cycles."""

from __future__ import annotations

import pytest

import dataflow as mx
from dataflow.errors import GraphError
from dataflow.graph.graph import Graph, topological_order
from dataflow.graph.node import Entry, Node
from dataflow_ops.registry import find
from tests.graph.build import call, names, variable


def test_inputs_come_before_their_readers_depth_first():
    a, b, c = variable("a"), variable("b"), variable("c")
    left = call("add_n", "left", a, b, num_args=2)
    right = call("add_n", "right", c, a, num_args=2)
    top = call("add_n", "top", right, left, num_args=2)
    assert names(Graph.of([top]).nodes) == ["c", "a", "right", "b", "left", "top"]


def test_a_later_head_adds_only_what_is_new():
    a, b = variable("a"), variable("b")
    first = call("tanh", "first", a)
    second = call("add_n", "second", first, b, num_args=2)
    assert names(Graph.of([first, second]).nodes) == ["a", "first", "b", "second"]


def test_a_node_that_is_read_twice_appears_once():
    a = variable("a")
    twice = call("add_n", "twice", a, a, num_args=2)
    assert names(Graph.of([twice, twice]).nodes) == ["a", "twice"]


def test_variables_and_operators_share_out_the_nodes():
    a, b = variable("a"), variable("b")
    total = call("add_n", "total", call("tanh", "t", b), a, num_args=2)
    graph = Graph.of([total])
    assert names(graph.variables) == ["b", "a"]
    assert names(graph.operators) == ["t", "total"]


def test_a_graph_deeper_than_pythons_stack_is_ordered():
    entry = variable("x")
    for i in range(100_000):
        entry = call("tanh", f"n{i}", entry)
    nodes = Graph.of([entry]).nodes
    assert len(nodes) == 100_001
    assert names(nodes[:2]) == ["x", "n0"]
    assert nodes[-1].name == "n99999"


def test_a_ladder_of_shared_nodes_is_not_walked_exponentially():
    entry = variable("x")
    for i in range(2_000):
        entry = call("add_n", f"n{i}", entry, entry, num_args=2)
    assert len(Graph.of([entry]).nodes) == 2_001


def test_a_deep_symbol_composes_and_lists_without_recursion():
    x = mx.sym.Variable("x")
    for _ in range(20_000):
        x = -x
    assert x.list_arguments() == ["x"]
    arguments, outputs, _ = x.infer_shape(x=(2, 2))
    assert (arguments, outputs) == ([(2, 2)], [(2, 2)])
    assert x.__copy__().list_arguments() == ["x"]


def forged_cycle() -> Entry:
    first = call("tanh", "first", variable("x"))
    second = call("tanh", "second", first)
    first.node.inputs = (second,)
    return second


def test_a_cycle_is_an_error_that_names_its_nodes():
    with pytest.raises(GraphError, match=r"cycle.*'second'.*'first'"):
        Graph.of([forged_cycle()])


def test_a_node_that_reads_itself_is_a_cycle():
    loop = call("tanh", "loop", variable("x"))
    loop.node.inputs = (loop,)
    with pytest.raises(GraphError, match="'loop' depends on itself"):
        topological_order([loop.node])


def test_a_cycle_error_is_one_of_mxnets_and_a_value_error():
    with pytest.raises(mx.MXNetError) as caught:
        Graph.of([forged_cycle()])
    assert isinstance(caught.value, ValueError)


def test_a_diamond_is_no_cycle():
    x = variable("x")
    left, right = call("tanh", "left", x), call("exp", "right", x)
    top = call("add_n", "top", left, right, num_args=2)
    assert names(Graph.of([top]).nodes) == ["x", "left", "right", "top"]


def test_auxiliary_states_are_what_operators_update():
    operator = find("BatchNorm")
    inputs = [variable(n) for n in ("x", "gamma", "beta", "mean", "var")]
    node = Node(operator, "bn", tuple(inputs), parameters=operator.parse({}))
    assert names(Graph.of([Entry(node, 0)]).states) == ["mean", "var"]
