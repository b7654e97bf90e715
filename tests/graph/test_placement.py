"""Placement: every node a context, one copy per crossing edge and destination."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from dataflow.context import Context
from dataflow.errors import ContextError
from dataflow.graph.gradient import gradient
from dataflow.graph.graph import Graph
from dataflow.graph.infer import infer_dtypes, infer_shapes
from dataflow.graph.node import Entry, Node
from dataflow.graph.placement import place
from dataflow_ops.registry import find
from tests.graph.build import CPU, call, inferred, variable

GROUPS = {"one": CPU[1], "two": CPU[2]}


def placed(
    heads: list[Entry],
    wanted: dict[int, Context] | None = None,
    shape: tuple[int, ...] | dict[str, tuple[int, ...]] = (2, 3),
    **fixed: Context,
) -> Graph:
    graph = inferred(heads, shape)
    at = {node: fixed[node.name] for node in graph.variables if node.name in fixed}
    return place(graph, CPU[0], GROUPS, at, wanted or {})


def where(graph: Graph) -> dict[str, Context]:
    return {node.name: graph.contexts[node] for node in graph.nodes}


def copies(graph: Graph) -> list[Node]:
    return [n for n in graph.operators if n.operator.name == "_CrossDeviceCopy"]


def test_nodes_go_where_their_group_says():
    x = variable("x")
    a = call("tanh", "a", x, group="one")
    b = call("exp", "b", a, group="two")
    c = call("sin", "c", b)
    found = where(placed([c]))
    assert (found["a"], found["b"], found["c"]) == (CPU[1], CPU[2], CPU[0])


def test_a_group_that_is_not_given_means_the_default():
    x = variable("x")
    assert where(placed([call("tanh", "a", x, group="three")]))["a"] == CPU[0]


def test_variables_lie_where_their_arrays_do():
    x = variable("x")
    graph = placed([call("tanh", "a", x, group="one")], x=CPU[2])
    assert where(graph)["x"] == CPU[2]
    assert [graph.contexts[n] for n in copies(graph)] == [CPU[1]]


def test_variables_without_arrays_follow_their_group():
    x = variable("x", __ctx_group__="two")
    assert where(placed([call("tanh", "a", x)]))["x"] == CPU[2]


def test_without_crossing_edges_the_graph_is_unchanged():
    x = variable("x")
    graph = inferred([call("tanh", "a", x)])
    made = place(graph, CPU[0], {}, {}, {})
    assert made.nodes == graph.nodes


def test_an_edge_within_one_context_is_not_copied():
    x = variable("x", __ctx_group__="one")
    a = call("tanh", "a", x, group="one")
    b = call("exp", "b", a, group="one")
    assert copies(placed([b, call("sin", "c", variable("y"))])) == []


def test_many_readers_on_one_context_share_one_copy():
    x = variable("x")
    readers = [call("tanh", f"r{i}", x, group="one") for i in range(4)]
    graph = placed([call("add_n", "top", *readers, num_args=4, group="one")])
    assert len(copies(graph)) == 1


def test_readers_on_several_contexts_get_a_copy_each():
    x = variable("x")
    a = call("tanh", "a", x, group="one")
    b = call("tanh", "b", x, group="two")
    c = call("exp", "c", x)
    graph = placed([a, b, c])
    assert sorted(str(graph.contexts[n]) for n in copies(graph)) == ["cpu(1)", "cpu(2)"]
    assert all(graph.contexts[n.inputs[0].node] == CPU[0] for n in copies(graph))


def test_an_entry_that_returns_is_copied_back_once():
    x = variable("x")
    a = call("tanh", "a", x, group="one")
    b, c = call("exp", "b", a), call("sin", "c", a)
    graph = placed([b, c])
    assert [str(graph.contexts[n]) for n in copies(graph)] == ["cpu(1)", "cpu(0)"]


def test_only_copies_read_from_another_context():
    x, y = variable("x"), variable("y")
    a = call("tanh", "a", x, group="one")
    b = call("add_n", "b", a, y, num_args=2, group="two")
    graph = placed([call("add_n", "c", b, a, x, num_args=3)])
    for node in graph.operators:
        if node not in copies(graph):
            places = {graph.contexts[e.node] for e in node.inputs}
            assert places == {graph.contexts[node]}


def test_the_graph_stays_ordered_and_known():
    x = variable("x")
    a = call("tanh", "a", x, group="one")
    graph = placed([call("add_n", "b", a, x, num_args=2, group="two")])
    seen: set[Node] = set()
    for node in graph.nodes:
        assert all(entry.node in seen for entry in node.inputs)
        seen.add(node)
        assert all(graph.shapes[entry] == (2, 3) for entry in node.entries())
        assert all(graph.dtypes[entry] == "float32" for entry in node.entries())


def test_placement_does_not_change_the_given_nodes():
    x = variable("x")
    a = call("tanh", "a", x, group="one")
    graph = inferred([a])
    place(graph, CPU[0], GROUPS, {}, {})
    assert a.node.inputs == (x,)


def test_a_head_is_brought_where_it_is_wanted():
    x = variable("x")
    graph = placed([call("tanh", "a", x)], {0: CPU[2]})
    head = graph.heads[0].node
    assert head.operator is not None
    assert head.operator.name == "_CrossDeviceCopy"
    assert graph.contexts[head] == CPU[2]


def with_backward(
    build: Callable[[Entry], Entry], **fixed: Context
) -> tuple[Graph, dict[str, Context]]:
    x = variable("x")
    output = build(x)
    head = Entry(Node(None, "head", forward=output.node), 0)
    made = gradient([output], [x.node], lambda number: head)
    forward = inferred([output])
    graph = replace(
        forward,
        heads=(output, made.of[x.node]),
        nodes=(*forward.nodes, head.node, *made.nodes),
    )
    shapes = {**graph.shapes, head: (2, 3)}
    dtypes = {**graph.dtypes, head: graph.dtypes[output]}
    shapes |= {e: forward.shapes[like] for e, like in made.like.items()}
    dtypes |= {e: forward.dtypes[like] for e, like in made.like.items()}
    graph = infer_dtypes(infer_shapes(graph, shapes), dtypes)
    graph = place(graph, CPU[0], GROUPS, {head.node: CPU[0]}, {})
    return graph, where(graph)


def test_backward_nodes_run_where_their_forward_nodes_do():
    def build(x: Entry) -> Entry:
        a = call("tanh", "a", x, group="one")
        return call("exp", "b", a, group="two")

    _, found = with_backward(build)
    assert found["a_backward"] == CPU[1]
    assert found["b_backward"] == CPU[2]


def test_a_sum_of_gradients_is_taken_where_most_terms_are():
    def build(x: Entry) -> Entry:
        parts = [call("tanh", f"p{i}", x, group="two") for i in range(3)]
        parts.append(call("sin", "q", x, group="one"))
        return call("add_n", "top", *parts, num_args=4)

    _, found = with_backward(build)
    assert found["x_gradient_sum"] == CPU[2]


def batch_norm(group: str | None = None) -> Entry:
    operator = find("BatchNorm")
    entries = [variable(n) for n in ("x", "gamma", "beta", "mean", "var")]
    attributes = {} if group is None else {"__ctx_group__": group}
    node = Node(
        operator,
        "bn",
        tuple(entries),
        parameters=operator.parse({}),
        attributes=attributes,
    )
    return Entry(node, 0)


CHANNELS = {"x": (2, 3)} | dict.fromkeys(("gamma", "beta", "mean", "var"), (3,))


def test_a_state_on_another_context_is_refused():
    with pytest.raises(ContextError) as caught:
        placed([batch_norm("one")], shape=CHANNELS, mean=CPU[0], var=CPU[1])
    message = str(caught.value)
    for part in ("BatchNorm", "'bn'", "cpu(1)", "'mean'", "cpu(0)"):
        assert part in message


def test_a_state_beside_its_operator_is_not_copied():
    graph = placed([batch_norm("one")], shape=CHANNELS, mean=CPU[1], var=CPU[1])
    assert len(copies(graph)) == 3
