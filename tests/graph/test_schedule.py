"""The schedule: segments per context and phase, and what ended before each."""

from __future__ import annotations

import itertools

from dataflow.graph.costs import estimated_us
from dataflow.graph.graph import Graph
from dataflow.graph.placement import place
from dataflow.graph.schedule import (
    EARLY_OPERATORS,
    EARLY_US,
    Schedule,
    Strand,
    crossing_readers,
    schedule,
)
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
    assert order.segments[1].done_before == {Strand(CPU[0]): 0}


def test_clocks_are_handed_on_along_chains():
    entry = variable("x")
    for i in range(4):
        entry = call("tanh", f"n{i}", entry, group=f"g{i}")
    _, order = scheduled(entry)
    assert order.segments[3].done_before == {
        Strand(CPU[0]): 0,
        Strand(CPU[1]): 1,
        Strand(CPU[2]): 2,
    }


def test_segments_of_one_context_run_in_order():
    x, y = variable("x"), variable("y", __ctx_group__="g1")
    a = call("tanh", "a", x)
    b = call("exp", "b", y, group="g1")
    c = call("sin", "c", x)
    _, order = scheduled(a, b, c)
    assert order.segments[2].done_before == {Strand(CPU[0]): 0}


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
    assert order.segments[3].done_before == {Strand(CPU[0]): 2, Strand(CPU[1]): 1}


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
    graph, order = scheduled(call("exp", "b", a, group="g1"), call("sin", "c", a))
    (entry,) = crossing_readers(graph, order)
    assert entry.node.name == "a"
    (reader,) = crossing_readers(graph, order)[entry]
    assert graph.contexts[reader] == CPU[1]


def deep(*widths: int) -> Graph:
    """Dense layers of some widths, all outputs wanted."""
    entry, shapes = variable("x"), {"x": (256, 8)}
    heads = []
    for i, (before, width) in enumerate(itertools.pairwise((8, *widths))):
        weights = (variable(f"w{i}"), variable(f"b{i}"))
        shapes |= {f"w{i}": (width, before), f"b{i}": (width,)}
        entry = call("FullyConnected", f"f{i}", entry, *weights, num_hidden=width)
        heads.append(entry)
    return place(inferred(heads, shapes), CPU[0], {}, {}, {})


def test_a_segment_ends_behind_a_wanted_entry_once_it_is_worth_an_operation():
    graph = deep(8, 1024, 8, 8, 8)
    order = schedule(graph)
    assert [names(s.nodes) for s in order.segments] == [
        ["f0", "f1"],
        ["f2"],
        ["f3", "f4"],
    ]
    assert [s.after for s in order.segments] == [None, 0, 1]
    costs = [estimated_us(graph, node) for node in graph.operators]
    assert costs[0] < EARLY_US < costs[1]


def test_many_small_operators_are_worth_an_operation():
    entry, heads = variable("x"), []
    for i in range(3 * EARLY_OPERATORS):
        entry = call("tanh", f"n{i}", entry)
        if i in (10, 100, 150):
            heads.append(entry)
    _, order = scheduled(*heads, entry)
    assert [len(s.nodes) for s in order.segments] == [101, 91]


def test_an_asynchronous_node_is_a_segment_of_its_own():
    x = variable("x")
    a = call("tanh", "a", x)
    b, c = call("sin", "b", a), call("cos", "c", x)
    graph = place(inferred([call("add_n", "d", b, c, num_args=2)]), CPU[0], {}, {}, {})
    order = schedule(graph, lambda node: node.name == "b")
    assert [names(s.nodes) for s in order.segments] == [["a"], ["b"], ["c"], ["d"]]
    plain, alone, other, joined = order.segments
    assert [s.is_asynchronous for s in order.segments] == [False, True, False, False]
    assert [s.after for s in order.segments] == [None, 0, 0, 2]
    assert other.done_before == {plain.strand: 0}
    assert joined.done_before == {plain.strand: 2, alone.strand: 1}
    assert crossing_readers(graph, order).keys() == {a, b}


def test_an_asynchronous_node_does_not_begin_its_context():
    b = call("sin", "b", variable("x"))
    graph = place(inferred([call("exp", "c", b)]), CPU[0], {}, {}, {})
    order = schedule(graph, lambda node: node.name == "b")
    assert [names(s.nodes) for s in order.segments] == [[], ["b"], ["c"]]


def test_a_long_segment_ends_before_a_reader_of_another_context():
    x = variable("x")
    entry, other = x, call("sin", "other", x, group="g1")
    for i in range(EARLY_OPERATORS):
        entry = call("tanh", f"n{i}", entry)
    _, order = scheduled(call("add_n", "both", entry, other, num_args=2))
    last = order.segments[-1]
    assert names(last.nodes)[-1] == "both"
    assert len(last.nodes) < EARLY_OPERATORS
