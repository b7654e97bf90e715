"""What lies in larger buffers, in named situations; canaries on random graphs are in
tests/executor/test_canaries.py.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from dataflow.graph import views
from dataflow.graph.clocks import Clocks
from dataflow.graph.graph import Graph
from dataflow.graph.memory import MemoryPlan, plan_memory
from dataflow.graph.node import Entry, Node
from dataflow.graph.parallel import as_division
from dataflow.graph.placement import place
from dataflow.graph.schedule import schedule
from dataflow.graph.views import find_views
from dataflow_ops.images import Images
from tests.graph.build import CPU, call, inferred, variable

GROUPS = {f"g{i}": CPU[i] for i in range(4)}
SHAPE = (2, 32)  # 256 bytes of float32
NBYTES = 256
ALL = frozenset(range(9))
WANT_GAPLESS = {"exp", "log"}  # here, by the rule below


@pytest.fixture(autouse=True)
def gaps_in_small_buffers(monkeypatch):
    monkeypatch.setattr(views, "LEAST_BYTES", 0)
    monkeypatch.setattr(views, "LEAST_RUN", 0)


def rule(graph: Graph, node: Node) -> Images:
    assert node.operator is not None
    if node.operator.name in WANT_GAPLESS:
        return Images()
    return Images(apart_inputs=ALL, apart_outputs=ALL)


def viewed(*heads: Entry, outside: tuple[str, ...] = (), last: bool = False) -> Graph:
    graph = place(inferred(list(heads), SHAPE), CPU[0], GROUPS, {}, {})
    if last:
        inner = [e for n in graph.operators for e in n.entries()]
        graph = replace(graph, channels_last=frozenset(inner))
    return find_views(graph, rule, lambda graph, node: node.name in outside)


def planned(graph: Graph) -> MemoryPlan:
    return plan_memory(graph, schedule(graph), graph.external, lambda node: 0)


def parts(graph: Graph) -> dict[str, tuple[str, int, tuple[int, ...]]]:
    """Tell of each part what it is a part of, from where on, and its strides."""
    return {
        f"{entry.node.name}{entry.slot or ''}": (
            part.whole.node.name,
            part.lying.offset,
            part.lying.strides,
        )
        for entry, part in graph.parts.items()
    }


def two(first: str = "tanh", second: str = "sin") -> tuple[Entry, Entry]:
    x = variable("x")
    return call(first, "a", x), call(second, "b", x)


def joined(*inputs: Entry, dim: int = 0, name: str = "joined") -> Entry:
    return call("Concat", name, *inputs, num_args=len(inputs), dim=dim)


def split(data: Entry, count: int, axis: int = 0, **more: bool) -> list[Entry]:
    node = call("SliceChannel", "s", data, num_outputs=count, axis=axis, **more).node
    return list(node.entries())


def top(*inputs: Entry, name: str = "top") -> Entry:
    if len(inputs) == 1:
        return call("cos", name, *inputs)
    return call("add_n", name, *inputs, num_args=len(inputs))


# Joins


def test_inputs_of_a_join_are_written_where_it_lies():
    graph = viewed(top(joined(*two())))
    assert parts(graph) == {"a": ("joined", 0, (32, 1)), "b": ("joined", 64, (32, 1))}
    plan = planned(graph)
    assert plan.planned_bytes == 2 * NBYTES == plan.lower_bound
    assert {e.node.name: p.offset for e, p in plan.places.items()} == {
        **{"joined": 0, "a": 0},
        "b": NBYTES,
    }


def test_parts_along_an_inner_axis_have_gaps():
    graph = viewed(top(joined(*two(), dim=1)))
    assert parts(graph) == {"a": ("joined", 0, (64, 1)), "b": ("joined", 32, (64, 1))}
    assert not any(part.is_close for part in graph.parts.values())


def test_a_kernel_that_wants_no_gaps_may_copy_once():
    graph = viewed(top(joined(*two("exp", "sin"), dim=1)))
    assert parts(graph).keys() == {"a", "b"}
    a, b = two("exp", "sin")
    graph = viewed(top(joined(a, b, dim=1)), call("log", "other", a))
    assert parts(graph).keys() == {"b"}  # two copies would be made for one saved
    graph = viewed(top(joined(a, b)), call("log", "other", a))
    assert parts(graph).keys() == {"a", "b"}  # there are no gaps


def test_the_same_input_twice_is_copied_once():
    a, b = two()
    graph = viewed(top(joined(a, b, a)))
    assert parts(graph) == {"a": ("joined", 0, (32, 1)), "b": ("joined", 64, (32, 1))}
    assert planned(graph).planned_bytes == 3 * NBYTES


def test_an_input_of_two_joins_lies_in_one_of_them():
    a, b = two()
    graph = viewed(top(joined(a, b, name="j0")), top(joined(b, a, name="j1"), name="t"))
    assert parts(graph).keys() == {"a", "b"}
    assert len({whole for whole, _, _ in parts(graph).values()}) == 1


def test_nested_joins_lie_in_the_outermost():
    a, b = two()
    inner = joined(a, b, name="inner")
    outer = joined(call("relu", "c", inner), inner, name="outer")
    graph = viewed(top(outer))
    assert parts(graph) == {
        "c": ("outer", 0, (32, 1)),
        "inner": ("outer", 128, (32, 1)),
        "a": ("outer", 128, (32, 1)),
        "b": ("outer", 192, (32, 1)),
    }
    assert planned(graph).planned_bytes == 4 * NBYTES


def test_what_the_user_binds_takes_no_part():
    a, b = two()
    assert not viewed(joined(a, b)).parts  # an output
    assert parts(viewed(top(joined(a, b)), a)).keys() == {"b"}
    x = variable("x")
    assert parts(viewed(top(joined(x, call("tanh", "a", x))))).keys() == {"a"}


def test_a_view_of_something_else_is_no_part():
    a, b = two()
    flat = call("Reshape", "flat", a, shape="(2, 32)")
    assert parts(viewed(top(joined(flat, b)))).keys() == {"b"}


def test_parts_stay_on_their_context_and_lane():
    x = variable("x")
    a, b = call("tanh", "a", x, group="g1"), call("sin", "b", x)
    assert "a" not in parts(viewed(top(joined(a, b))))
    assert parts(viewed(top(joined(*two())), outside=("a",))).keys() == {"b"}
    assert not viewed(top(joined(*two())), outside=("joined",)).parts


def test_what_runs_elsewhere_reads_no_gaps():
    a, b = two()
    other = call("cos", "other", a)
    for dim, expected in ((0, {"a", "b"}), (1, {"b"})):
        graph = viewed(top(joined(a, b, dim=dim)), other, outside=("other",))
        assert parts(graph).keys() == expected


def test_images_are_joined_as_they_lie():
    x = variable("x")
    images = [call("Reshape", f"r{i}", x, shape="(2, 4, 2, 4)") for i in range(2)]
    made = [call("tanh", f"a{i}", image) for i, image in enumerate(images)]
    graph = viewed(top(joined(*made, dim=1)), last=True)
    assert parts(graph) == {
        "a0": ("joined", 0, (64, 1, 32, 8)),
        "a1": ("joined", 4, (64, 1, 32, 8)),
    }


# Splits


def test_outputs_of_a_split_are_read_where_they_are():
    a, _ = two()
    graph = viewed(top(*split(a, 2)))
    assert parts(graph) == {"s": ("a", 0, (32, 1)), "s1": ("a", 32, (32, 1))}
    assert planned(graph).planned_bytes == NBYTES


def test_a_split_may_drop_its_axis():
    a, _ = two()
    graph = viewed(top(*split(a, 2, squeeze_axis=True)))
    assert parts(graph) == {"s": ("a", 0, (1,)), "s1": ("a", 32, (1,))}


def test_a_small_slice_does_not_keep_everything():
    a, _ = two()

    def sliced(end: int) -> Graph:
        taken = call("slice_axis", "s", a, axis=1, begin=0, end=end)
        return viewed(top(taken))

    assert parts(sliced(16)) == {"s": ("a", 0, (32, 1))}
    assert not sliced(15).parts


def test_nothing_is_viewed_for_readers_that_copy():
    a, _ = two()
    first, second = split(a, 2, axis=1)
    assert parts(viewed(top(call("log", "l", first), second))).keys() == {"s1"}


def test_small_buffers_and_short_rows_have_no_gaps(monkeypatch):
    joining = top(joined(*two(), dim=1))
    monkeypatch.setattr(views, "LEAST_BYTES", 2 * NBYTES)
    monkeypatch.setattr(views, "LEAST_RUN", 32)
    assert len(viewed(joining).parts) == 2
    monkeypatch.setattr(views, "LEAST_RUN", 33)
    assert not viewed(joining).parts
    monkeypatch.setattr(views, "LEAST_RUN", 32)
    monkeypatch.setattr(views, "LEAST_BYTES", 2 * NBYTES + 1)
    assert not viewed(joining).parts
    assert len(viewed(top(joined(*two()))).parts) == 2


def test_variables_and_outputs_are_not_split_by_views():
    assert not viewed(top(*split(variable("x"), 2))).parts
    a, _ = two()
    first, second = split(a, 2)
    assert parts(viewed(top(second), first)).keys() == {"s1"}


def test_a_split_of_a_part_lies_in_the_whole():
    a, b = two()
    outer = joined(b, a)
    first, second = split(a, 2)
    graph = viewed(top(outer), top(first, second, name="t"))
    assert parts(graph)["s1"] == ("joined", 96, (32, 1))


# Lifetimes


def test_a_whole_lives_while_a_part_is_read():
    a, b = two()
    top_ = top(joined(a, b))
    after = call("sin", "after", top_)
    graph = viewed(call("exp", "end", after), top(a, name="late"))
    plan = planned(graph)
    (block,) = [block for block in plan.blocks if len(block.entries) == 3]
    late = next(n for n in graph.operators if n.name == "late")
    assert block.end == schedule(graph).position[late]


def test_reshaped_parts_lie_where_the_part_does():
    a, b = two()
    flat = call("Reshape", "flat", b, shape="(-1,)")
    graph = viewed(top(joined(a, b)), call("cos", "other", flat))
    places = {e.node.name: p.offset for e, p in planned(graph).places.items()}
    assert places["flat"] == places["b"] == NBYTES
    graph = viewed(top(joined(a, b, dim=1)), call("cos", "other", flat))
    assert "b" in parts(graph)
    places = {e.node.name: p for e, p in planned(graph).places.items()}
    assert places["flat"] != places["b"]


def test_a_whole_begins_with_the_first_of_its_parts_in_any_thread():
    x = variable("x")
    early = call("sin", "early", call("exp", "e", x))
    a, b = call("tanh", "a", early), call("tanh", "b", x)
    graph = viewed(top(joined(a, b)))
    order = schedule(graph)
    (segment,) = [s for s in order.segments if s.nodes]
    names = [node.name for node in segment.nodes]
    needs = [
        [names.index(e.node.name) for e in n.inputs if not e.node.is_variable]
        for n in segment.nodes
    ]
    threads = [int(name == "b") for name in names]
    division = as_division(threads, [100.0] * len(names), needs)
    clocks = Clocks(order, {segment.index: division})
    plan = plan_memory(graph, order, graph.external, lambda node: 0, clocks)
    (whole,) = [block for block in plan.blocks if len(block.entries) == 3]
    assert whole.known == (0, 0)  # b may be written before anything has ended
    others = [block for block in plan.blocks if block is not whole]
    assert all(block.offset >= whole.nbytes for block in others)
