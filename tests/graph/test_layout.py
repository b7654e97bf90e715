"""Which images the layout pass lets lie with their channels last."""

from __future__ import annotations

from dataflow.graph.graph import Graph
from dataflow.graph.layout import lay_out
from dataflow.graph.memory import plan_memory
from dataflow.graph.node import Entry, Node, output_name
from dataflow.graph.placement import place
from dataflow.graph.schedule import schedule
from dataflow_ops.images import Images
from tests.graph.build import CPU, call, inferred, variable

FIRST = frozenset({0})
FOLLOWING = {"relu", "elemwise_add", "_copy"}


def images(graph: Graph, node: Node) -> Images:
    """Let convolutions prefer images channels last, and poolings take them."""
    name = node.operator.name
    if name in FOLLOWING:
        return Images(frozenset(range(len(node.inputs))), FIRST, follows=True)
    if name == "Pooling":
        return Images(FIRST, FIRST)
    return Images(FIRST, FIRST, prefers=True) if name == "Convolution" else Images()


def data() -> Entry:
    return variable("data")


def convolve(source: Entry, name: str) -> Entry:
    weight = variable(f"{name}_weight")
    settings = {"kernel": (3, 3), "num_filter": 8, "pad": (1, 1), "no_bias": True}
    return call("Convolution", name, source, weight, **settings)


def placed(*heads: Entry) -> Graph:
    graph = Graph.of(heads)
    shapes = {
        node.name: (8, 8, 3, 3) if "weight" in node.name else (2, 8, 6, 6)
        for node in graph.variables
    }
    return place(inferred(list(heads), shapes), CPU[0], {}, {}, {})


def last(*heads: Entry) -> set[str]:
    graph = lay_out(placed(*heads), images)
    return {output_name(entry) for entry in graph.channels_last}


def test_what_lies_between_convolutions_is_channels_last():
    inner = call("relu", "act", convolve(data(), "one"))
    assert last(convolve(inner, "two")) == {"one_output", "act_output"}


def test_what_the_user_binds_is_not():
    assert last(convolve(data(), "one")) == set()


def test_without_a_convolution_nothing_is():
    inner = call("relu", "act", data())
    pooled = call("Pooling", "pool", inner, kernel=(2, 2))
    assert last(call("relu", "end", pooled)) == set()


def test_what_is_connected_element_by_element_lies_alike():
    one = convolve(data(), "one")
    other = call("relu", "other", data())
    total = call("elemwise_add", "sum", one, other)
    found = last(call("relu", "end", total))
    assert found == {"one_output", "other_output", "sum_output"}


def test_a_class_spreads_through_a_pooling_that_would_move_the_images():
    pooled = call("Pooling", "pool", convolve(data(), "one"), kernel=(2, 2))
    found = last(call("relu", "end", call("relu", "act", pooled)))
    assert found == {"one_output", "pool_output", "act_output"}


def test_a_pooling_without_a_convolution_chooses_nothing():
    pooled = call("Pooling", "pool", call("relu", "act", data()), kernel=(2, 2))
    assert last(call("relu", "end", pooled)) == set()


def test_a_kernel_that_takes_it_contiguous_does_not_hinder():
    one = convolve(data(), "one")
    assert last(call("Flatten", "flat", one)) == {"one_output"}


def test_a_view_shares_no_memory_with_images_that_lie_otherwise():
    flat = call("Flatten", "flat", convolve(data(), "one"))
    graph = lay_out(placed(call("relu", "end", flat)), images)
    external = {Entry(n, 0) for n in graph.variables} | set(graph.heads)
    plan = plan_memory(graph, schedule(graph), external, lambda node: 0)
    at = {entry.node.name: place.offset for entry, place in plan.places.items()}
    assert at["one"] != at["flat"]


def test_a_copy_of_what_the_user_binds_is_no_view_where_it_lies_otherwise():
    copy = call("_copy", "copy", data())
    graph = lay_out(placed(convolve(call("relu", "act", copy), "one")), images)
    external = {Entry(n, 0) for n in graph.variables} | set(graph.heads)
    plan = plan_memory(graph, schedule(graph), external, lambda node: 0)
    assert {e.node.name for e in graph.channels_last} == {"copy", "act"}
    assert {e.node.name for e in plan.places} == {"copy", "act"}
