"""The schedule: segments per context and phase, and what ended before each."""

from __future__ import annotations

from dataflow.graph.graph import Graph
from dataflow.graph.placement import place
from dataflow.graph.schedule import Schedule, crossing_readers, schedule
from tests.graph.build import CPU, call, inferred, names, variable

GROUPS = {f"g{i}": CPU[i] for i in range(4)}


def scheduled(*heads) -> tuple[Graph, Schedule]:
    graph = place(inferred(list(heads)), CPU[0], GROUPS, {}, {})
    return graph, schedule(graph)


def test_one_context_makes_one_segment():
    x = variable("x")
    _, order = scheduled(call("exp", "b", call("tanh", "a", x)))
    assert [names(s.nodes) for s in order.segments] == [["a", "b"]]
    assert order.segments[0].context == CPU[0]
    assert not order.segments[0].is_backward


def test_a_change_of_context_begins_a_new_segment():
    x = variable("x")
    a = call("tanh", "a", x)
    b = call("exp", "b", a, group="g1")
    c = call("sin", "c", b)
    _, order = scheduled(c)
    assert [(str(s.context), names(s.nodes)[-1]) for s in order.segments] == [
        ("cpu(0)", "a"),
        ("cpu(1)", "b"),
        ("cpu(0)", "c"),
    ]


def test_every_operator_is_in_exactly_one_segment():
    x = variable("x")
    a, b = call("tanh", "a", x, group="g1"), call("exp", "b", x, group="g2")
    graph, order = scheduled(call("add_n", "c", a, b, num_args=2))
    listed = [node for segment in order.segments for node in segment.nodes]
    assert listed == list(graph.operators)
    for segment in order.segments:
        assert {order.segment_of[n] for n in segment.nodes} == {segment.index}
    assert [order.position[n] for n in listed] == list(range(len(listed)))


def test_independent_contexts_do_not_wait_for_each_other():
    x, y = variable("x", __ctx_group__="g1"), variable("y", __ctx_group__="g2")
    a, b = call("tanh", "a", x, group="g1"), call("exp", "b", y, group="g2")
    _, order = scheduled(a, b)
    assert [dict(s.done_before) for s in order.segments] == [{}, {}]


def test_a_reader_knows_that_its_source_has_ended():
    x = variable("x")
    a = call("tanh", "a", x)
    _, order = scheduled(call("exp", "b", a, group="g1"))
    assert order.segments[1].done_before == {CPU[0]: 0}


def test_clocks_are_handed_on_along_chains():
    entry = variable("x")
    for i in range(4):
        entry = call("tanh", f"n{i}", entry, group=f"g{i}")
    _, order = scheduled(entry)
    assert order.segments[3].done_before == {CPU[0]: 0, CPU[1]: 1, CPU[2]: 2}


def test_segments_of_one_context_run_in_order():
    x, y = variable("x"), variable("y", __ctx_group__="g1")
    a = call("tanh", "a", x)
    b = call("exp", "b", y, group="g1")
    c = call("sin", "c", x)
    _, order = scheduled(a, b, c)
    assert order.segments[2].done_before == {CPU[0]: 0}


def test_a_later_clock_replaces_an_earlier_one():
    x = variable("x")
    a = call("tanh", "a", x)
    b = call("exp", "b", a, group="g1")
    c = call("sin", "c", x)
    d = call("add_n", "d", b, c, num_args=2, group="g1")
    _, order = scheduled(d)
    assert [str(s.context) for s in order.segments] == [
        "cpu(0)",
        "cpu(1)",
        "cpu(0)",
        "cpu(1)",
    ]
    assert order.segments[3].done_before == {CPU[0]: 2, CPU[1]: 1}


def test_what_follows_the_outputs_is_the_backward_phase():
    x = variable("x")
    a = call("tanh", "a", x)
    b = call("exp", "b", a)
    graph = inferred([a, b])
    graph = Graph(graph.heads, graph.nodes, 1, graph.shapes, graph.dtypes)
    order = schedule(place(graph, CPU[0], {}, {}, {}))
    assert [(names(s.nodes), s.is_backward) for s in order.segments] == [
        (["a"], False),
        (["b"], True),
    ]


def test_crossing_readers_are_the_copies():
    x = variable("x")
    a = call("tanh", "a", x)
    graph, _ = scheduled(call("exp", "b", a, group="g1"), call("sin", "c", a))
    (entry,) = crossing_readers(graph)
    assert entry.node.name == "a"
    (reader,) = crossing_readers(graph)[entry]
    assert graph.contexts[reader] == CPU[1]
