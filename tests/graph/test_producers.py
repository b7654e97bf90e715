"""Chains: what follows a producer alone becomes one node with it."""

from __future__ import annotations

import pytest

from dataflow.graph.graph import Graph
from dataflow.graph.infer import infer_dtypes, infer_shapes
from dataflow.graph.node import Entry
from dataflow.graph.placement import place
from dataflow.graph.producers import chain
from tests.graph.build import CPU, call, names, variable

GROUPS = {"one": CPU[0], "two": CPU[1]}
X = variable("x")


def layer(name: str = "fc", source: Entry = X) -> Entry:
    weight = variable(f"{name}_weight")
    return call("FullyConnected", name, source, weight, num_hidden=3, no_bias=True)


def chained(*heads: Entry, pays=lambda made: True) -> Graph:
    graph = Graph.of(list(heads))
    graph = infer_shapes(graph, {X: (2, 3)})
    graph = infer_dtypes(graph, {X: "float32"})
    return chain(place(graph, CPU[0], GROUPS, {}, {}), pays)


def members(graph: Graph) -> list[list[str]]:
    return [names(nodes) for nodes in graph.groups.values()]


def test_a_layer_and_its_activation_become_one_node():
    graph = chained(call("relu", "act", layer()))
    (node,) = graph.operators
    assert node.name == "fc+act"
    assert members(graph) == [["fc", "act"]]
    assert graph.heads == node.entries()
    assert graph.shapes[graph.heads[0]] == (2, 3)
    made = node.parameters.chain
    assert [step.operator for step in made.steps] == ["FullyConnected", "relu"]
    assert (made.inputs, made.states, made.outputs) == (2, 0, (3,))


def test_what_others_read_ends_a_chain():
    source = layer()
    assert not chained(call("relu", "a", source), call("exp", "b", source)).groups
    assert not chained(call("relu", "a", source), source).groups


def test_a_chain_reads_and_is_read_like_its_members():
    first = call("relu", "one", layer("first"))
    graph = chained(call("sigmoid", "two", layer("second", first)))
    assert members(graph) == [["first", "one"], ["second", "two"]]
    one, two = graph.operators
    assert two.inputs[0] == Entry(one, 0)


def test_chains_that_do_not_pay_stay_as_they_were():
    heads = call("relu", "act", layer())
    graph = chained(heads, pays=lambda made: False)
    assert names(graph.operators) == ["fc", "act"]
    assert not graph.groups


@pytest.mark.parametrize("name", ["exp", "tanh"])
def test_other_functions_do_not_join(name):
    assert not chained(call(name, "act", layer())).groups
