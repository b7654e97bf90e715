"""What is known at binding becomes a constant; what is not, or fails, stays."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from dataflow.executor.evaluating import computed
from dataflow.graph import folding
from dataflow.graph.folding import Folded, fold
from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node
from dataflow.graph.placement import place
from tests.graph.build import CPU, call, inferred, names, variable

X = variable("x")
SHAPE = (2, 3)


def placed(*heads: Entry, **groups: Any) -> Graph:
    return place(inferred(list(heads), SHAPE), CPU[0], groups, {}, {})


def folded(*heads: Entry, **groups: Any) -> Folded:
    return fold(placed(*heads, **groups), computed)


def operators(made: Folded) -> list[str]:
    return names(made.graph.operators)


def values(made: Folded) -> dict[str, Any]:
    return {node.name: value for node, value in made.constants.items()}


def plus(name: str, known: Entry, **attributes: Any) -> Entry:
    """Return a node that reads the user's array, too, and so stays."""
    return call("broadcast_add", name, X, known, **attributes)


def full(name: str, value: float, shape: tuple[int, ...] = SHAPE, **kwargs: Any) -> Any:
    return call("_full", name, shape=shape, value=value, **kwargs)


def test_what_is_made_from_nothing_is_computed_once():
    ranged = call("_arange", "r", start=0, stop=3)
    made = folded(plus("out", call("exp", "e", ranged)))
    assert operators(made) == ["out"]
    assert made.count == 2
    (value,) = made.constants.values()
    np.testing.assert_array_equal(value, np.exp(np.arange(3, dtype=np.float32)))
    (constant,) = made.constants
    assert made.graph.heads[0].node.inputs == (X, Entry(constant, 0))
    assert made.graph.shapes[Entry(constant, 0)] == (3,)
    assert made.graph.dtypes[Entry(constant, 0)] == np.float32
    assert made.graph.contexts[constant] == CPU[0]


def test_only_what_operators_read_that_stay_is_kept():
    low = full("low", 2)
    made = folded(plus("a", low), plus("b", call("square", "s", low)))
    assert values(made).keys() == {"low_output", "s_output"}
    assert made.count == 2


@pytest.mark.parametrize(
    ("operator", "attributes", "expected"),
    [
        ("zeros_like", {}, np.zeros(SHAPE)),
        ("ones_like", {}, np.ones(SHAPE)),
        ("shape_array", {}, np.array(SHAPE)),
        ("size_array", {}, np.array([6])),
        ("_contrib_arange_like", {"axis": 1}, np.arange(3)),
        ("_contrib_index_array", {"axes": (1,)}, np.tile(np.arange(3), 2)),
    ],
)
def test_shapes_are_known_where_values_are_not(operator, attributes, expected):
    like = call(operator, "like", call("tanh", "t", X), **attributes)
    made = folded(
        plus("out", call("sum", "s", call("Cast", "c", like, dtype="float32")))
    )
    assert operators(made) == ["out"]
    assert values(made)["s_output"] == expected.sum()


def test_what_is_random_stays():
    drawn = call("_random_uniform", "drawn", shape=SHAPE)
    made = folded(plus("out", call("exp", "e", drawn)))
    assert operators(made) == ["drawn", "e", "out"]
    dropped = call("Dropout", "drop", full("f", 1), p=0.5)
    assert operators(folded(plus("out", dropped))) == ["drop", "out"]


def test_what_updates_states_stays():
    states = [variable(n) for n in ("gamma", "beta", "mean", "deviation")]
    norm = call("BatchNorm", "norm", full("f", 1), *states)
    shapes = {"x": SHAPE} | {entry.node.name: (3,) for entry in states}
    graph = place(inferred([plus("out", norm)], shapes), CPU[0], {}, {}, {})
    assert operators(fold(graph, computed)) == ["norm", "out"]


def test_heads_keep_their_operators():
    known = call("exp", "known", full("f", 1))
    made = folded(known, plus("out", known))
    assert operators(made) == ["known", "out"]
    assert made.graph.heads[1].node.inputs[1] == made.graph.heads[0]
    assert values(made).keys() == {"f_output"}


def test_what_fails_stays_and_what_it_reads_is_folded():
    bad = call("take", "bad", full("f", 1), full("i", 9, (2,)), mode="raise")
    made = folded(call("broadcast_add", "out", call("sum", "s", bad), X))
    assert operators(made) == ["bad", "s", "out"]
    assert values(made).keys() == {"f_output", "i_output"}


def test_nothing_is_computed_where_nothing_is_known():
    def never(graph: Graph, node: Node, inputs: Sequence[Any]) -> Any:
        raise AssertionError

    graph = placed(call("exp", "out", call("tanh", "t", X)))
    assert fold(graph, never).graph is graph


def test_each_context_has_its_constant():
    known = full("known", 1, group="one")
    here, there = plus("here", known, group="one"), plus("there", known, group="two")
    made = folded(here, there, one=CPU[0], two=CPU[1])
    places = {made.graph.contexts[node] for node in made.constants}
    assert places == {CPU[0], CPU[1]}
    for head in made.graph.heads:
        context = made.graph.contexts[head.node]
        assert made.graph.contexts[head.node.inputs[1].node] == context


LARGE = (100, 300)  # above what is kept in any case


def folded_large(known: Entry) -> Folded:
    graph = inferred([plus("out", known)], LARGE)
    return fold(place(graph, CPU[0], {}, {}, {}), computed)


def test_a_large_constant_that_is_cheap_to_make_is_made_again():
    wide = call("broadcast_to", "wide", full("f", 1, (1, 1)), shape=LARGE)
    made = folded_large(wide)
    assert operators(made) == ["wide", "out"]
    assert values(made).keys() == {"f_output"}


def test_a_large_constant_that_is_dear_to_make_is_kept():
    made = folded_large(call("exp", "e", full("f", 1, LARGE)))
    assert operators(made) == ["out"]
    assert made.count == 2


def test_all_constants_together_are_bounded(monkeypatch):
    monkeypatch.setattr(folding, "MOST_BYTES", 60)
    several = [plus(f"out{i}", full(f"f{i}", i)) for i in range(5)]
    made = folded(*several)
    assert len(made.constants) == 2
    assert len(made.graph.operators) == 5 + 3
    monkeypatch.setattr(folding, "MOST_BYTES", 20)
    assert not folded(*several).constants


def test_what_is_no_longer_needed_takes_no_memory():
    references: list[weakref.ref[Any]] = []
    alive: list[int] = []

    def compute(graph: Graph, node: Node, inputs: Sequence[Any]) -> Any:
        alive.append(sum(reference() is not None for reference in references))
        made = computed(graph, node, inputs)
        references.append(weakref.ref(made[0]))
        return made

    long = full("f", 1)
    for i in range(10):
        long = call("square", f"s{i}", long)
    assert fold(placed(plus("out", long)), compute).count == 11
    assert max(alive) <= 2
