"""Steps of cells are recognised by what they compute; chains of them are one layer."""

from __future__ import annotations

import pytest

from dataflow.graph.cells import steps_of
from dataflow.graph.graph import Graph
from dataflow.graph.joining import rejoin
from dataflow.graph.node import Entry
from dataflow.graph.recurrent import join_steps
from tests.graph.build import call, inferred, names, variable

N, C, H = 2, 3, 4
WEIGHTS = [variable(name) for name in ("wx", "bx", "wh", "bh")]
SHAPES = {
    **{"x": (N, C), "h": (N, H), "c": (N, H), "xs": (N, 3, C)},
    **{"wx": (4 * H, C), "bx": (4 * H,), "wh": (4 * H, H), "bh": (4 * H,)},
}


def lstm(x: Entry, h: Entry, c: Entry, name: str = "s", **changed: str) -> list[Entry]:
    """Return a step's states; `changed` gives other operators for some of its own."""
    operator = {"take": "sigmoid", "forget": "sigmoid", "new": "tanh", **changed}
    of_x = call("FullyConnected", f"{name}_i2h", x, *WEIGHTS[:2], num_hidden=4 * H)
    of_h = call("FullyConnected", f"{name}_h2h", h, *WEIGHTS[2:], num_hidden=4 * H)
    gates = call("elemwise_add", f"{name}_sum", of_x, of_h)
    node = call("SliceChannel", f"{name}_gates", gates, num_outputs=4).node
    i, f, g, o = node.entries()
    take = call(operator["take"], f"{name}_i", i)
    forget = call(operator["forget"], f"{name}_f", f)
    new = call(operator["new"], f"{name}_g", g)
    kept = call("elemwise_mul", f"{name}_kept", forget, c)
    cell = call("elemwise_add", f"{name}_c", kept, call("elemwise_mul", "_", take, new))
    shown = call("tanh", f"{name}_shown", cell)
    give = call("sigmoid", f"{name}_o", o)
    return [call("elemwise_mul", f"{name}_h", give, shown), cell]


def steps(count: int) -> tuple[list[Entry], list[Entry]]:
    """Return the outputs and the last states of some steps."""
    parts = call(
        "SliceChannel", "parts", variable("xs"), num_outputs=count, squeeze_axis=True
    )
    states, outputs = [variable("h"), variable("c")], []
    for number, part in enumerate(parts.node.entries()):
        states = lstm(part, *states, name=f"t{number}")
        outputs.append(states[0])
    return outputs, states


def of(*heads: Entry) -> Graph:
    return inferred(list(heads), SHAPES)


def test_a_step_is_told_by_its_parts():
    x, h, c = (variable(name) for name in "xhc")
    output, cell = lstm(x, h, c)
    (step,) = steps_of(of(output, cell))
    assert (step.mode, step.order) == ("lstm", (0, 1, 2, 3))
    assert (step.data, step.state, step.cell) == (x, h, c)
    assert (step.output, step.new_cell) == (output, cell)
    assert step.weights == (WEIGHTS[0], WEIGHTS[2], WEIGHTS[1], WEIGHTS[3])
    assert len(step.members) == 13


@pytest.mark.parametrize("changed", [{"take": "tanh"}, {"new": "relu"}])
def test_another_formula_is_no_step(changed):
    states = (variable(name) for name in "xhc")
    assert not steps_of(of(*lstm(*states, **changed)))


def test_a_step_whose_gate_is_read_elsewhere_is_none():
    output, cell = lstm(*(variable(name) for name in "xhc"))
    gate = output.node.inputs[0]
    assert not steps_of(of(output, cell, gate))
    assert not steps_of(of(output, cell, call("negative", "other", gate)))


def test_a_chain_becomes_one_layer():
    outputs, states = steps(3)
    graph = join_steps(
        of(call("stack", "all", *outputs, num_args=3, axis=1), states[1])
    )
    kinds = [node.operator.name for node in graph.operators]
    assert kinds.count("RNN") == 1
    assert not {"FullyConnected", "SliceChannel", "stack"} & set(kinds)
    head = graph.heads[0].node
    assert (head.name, head.operator.name) == ("all", "SwapAxis")
    layer = next(node for node in graph.operators if node.operator.name == "RNN")
    assert layer.name == "t0_h...t2_h"
    assert len(graph.groups[layer]) == 3 * 13
    assert layer.parameters.state_outputs


def test_a_graph_without_chains_is_left_alone():
    graph = of(*lstm(*(variable(name) for name in "xhc")))
    assert join_steps(graph) is graph


def test_heads_that_are_steps():
    outputs, _ = steps(3)
    graph = join_steps(of(*outputs))
    assert [entry.slot for entry in graph.heads] == [0, 1, 2]
    assert len({entry.node for entry in graph.heads}) == 1


# Dividing and joining


def divided(axis: int) -> tuple[Entry, ...]:
    node = call(
        "SliceChannel", "d", variable("y"), num_outputs=3, axis=axis, squeeze_axis=True
    ).node
    return node.entries()


def joined(parts: tuple[Entry, ...], axis: int) -> list[str]:
    head = call("stack", "all", *parts, num_args=len(parts), axis=axis)
    graph = rejoin(inferred([head], {"y": (3, 3, 3)}))
    return [node.operator.name for node in graph.operators]


def test_parts_joined_again():
    assert joined(divided(0), 0) == ["_copy"]
    assert joined(divided(0), 1) == ["SwapAxis"]
    assert joined(divided(1), 0) == ["SwapAxis"]


def test_parts_joined_in_another_way_stay():
    assert joined(divided(2), 0) == ["SliceChannel", "stack"]
    assert joined(divided(0)[::-1], 0) == ["SliceChannel", "stack"]
    assert joined(divided(0)[:2], 0) == ["SliceChannel", "stack"]


def test_parts_with_axes_of_their_own_are_concatenated():
    parts = [call("expand_dims", f"e{i}", p, axis=1) for i, p in enumerate(divided(0))]
    head = call("Concat", "all", *parts, num_args=3, dim=1)
    graph = rejoin(inferred([head], {"y": (3, 4, 5)}))
    assert names(graph.operators) == ["all"]
    assert graph.operators[0].operator.name == "SwapAxis"
