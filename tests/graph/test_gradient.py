"""The gradient pass: which nodes it makes, and that they compute derivatives."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow.graph.gradient import Gradients, gradient
from dataflow.graph.graph import topological_order
from dataflow.graph.node import Entry, Node
from tests.executor.networks import random_network
from tests.graph.build import call, names, variable


class Heads:
    """Head gradients as variables, with a record of which were asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, number: int) -> Entry:
        self.asked.append(number)
        return Entry(Node(None, f"head{number}"), 0)


def differentiate(outputs: list[Entry], *wanted: Entry) -> tuple[Gradients, list[int]]:
    heads = Heads()
    return gradient(outputs, [entry.node for entry in wanted], heads), heads.asked


def operators(entry: Entry) -> list[str]:
    """Operators of the backward nodes under an entry, in order."""
    return [
        node.operator.name
        for node in topological_order([entry.node])
        if node.operator is not None and node.forward is not None
    ]


def test_a_chain_is_walked_backwards():
    x = variable("x")
    y = call("exp", "y", call("tanh", "t", x))
    made, asked = differentiate([y], x)
    assert operators(made.of[x.node]) == ["_backward_exp", "_backward_tanh"]
    assert asked == [0]


def test_nodes_come_after_those_that_they_read():
    x = variable("x")
    y = call("add_n", "y", call("exp", "e", x), call("tanh", "t", x), num_args=2)
    made, _ = differentiate([y], x)
    seen: set[Node] = set()
    mine = set(made.nodes)
    for node in made.nodes:
        assert all(e.node in seen for e in node.inputs if e.node in mine)
        seen.add(node)


def test_where_paths_meet_one_sum_adds_them_all():
    x = variable("x")
    parts = [call(op, op, x) for op in ("exp", "tanh", "sin")]
    y = call("add_n", "y", *parts, num_args=3)
    made, _ = differentiate([y], x)
    total = made.of[x.node].node
    assert total.operator is not None
    assert total.operator.name == "add_n"
    assert len(total.inputs) == 3
    assert operators(made.of[x.node]).count("add_n") == 1


def test_an_input_used_twice_by_one_node_gets_both_shares():
    x = variable("x")
    y = call("add_n", "y", x, x, num_args=2)
    made, _ = differentiate([y], x)
    assert len(made.of[x.node].node.inputs) == 2


def test_an_output_that_is_also_read_gets_its_head_gradient_added():
    x = variable("x")
    t = call("tanh", "t", x)
    made, asked = differentiate([t, call("exp", "e", t)], x)
    assert sorted(asked) == [0, 1]
    assert "add_n" in operators(made.of[x.node])


def test_one_entry_as_two_outputs_adds_both_head_gradients():
    x = variable("x")
    t = call("tanh", "t", x)
    made, asked = differentiate([t, t], x)
    assert sorted(asked) == [0, 1]
    assert operators(made.of[x.node]) == ["add_n", "_backward_tanh"]


def test_arguments_that_nothing_flows_to_get_zeros():
    x, y = variable("x"), variable("y")
    top = call("add_n", "top", call("sign", "s", x), y, num_args=2)
    made, _ = differentiate([top], x, y)
    assert operators(made.of[x.node]) == ["_backward_zeros"]
    assert made.like[made.of[x.node]] == x


def test_zeros_do_not_read_what_they_are_like():
    x = variable("x")
    made, _ = differentiate([call("sign", "s", x)], x)
    assert made.of[x.node].node.inputs == ()


def test_nothing_is_made_for_unwanted_arguments():
    x, w = variable("x"), variable("w")
    top = call("add_n", "top", call("exp", "e", x), call("tanh", "t", w), num_args=2)
    made, _ = differentiate([top], w)
    assert list(made.of) == [w.node]
    assert not any("exp" in n.operator.name for n in made.nodes if n.operator)


def test_losses_do_not_ask_for_head_gradients():
    x = variable("x")
    loss = call("MakeLoss", "loss", call("tanh", "t", x))
    _, asked = differentiate([loss], x)
    assert asked == []


def test_a_loss_beside_an_ordinary_output_asks_only_for_that_one():
    x = variable("x")
    loss = call("MakeLoss", "loss", x)
    _, asked = differentiate([loss, call("exp", "e", x)], x)
    assert asked == [1]


def test_blocked_gradients_do_not_pass():
    x = variable("x")
    made, asked = differentiate([call("BlockGrad", "b", x)], x)
    assert operators(made.of[x.node]) == ["_backward_zeros"]
    assert asked == []


def test_unused_outputs_of_a_node_get_backward_zeross():
    x = variable("x")
    split = call("SliceChannel", "split", x, num_outputs=3)
    made, _ = differentiate([call("exp", "e", Entry(split.node, 1))], x)
    used = operators(made.of[x.node])
    assert used.count("_backward_zeros") == 2


def test_backward_nodes_know_their_forward_node_and_its_line():
    x = variable("x")
    t = call("tanh", "t", x, line=31)
    made, _ = differentiate([t], x)
    node = made.of[x.node].node
    assert node.forward is t.node
    assert node.origin == t.node.origin
    assert node.name == "t_backward"


def test_a_variable_that_is_itself_an_output_has_its_head_gradient():
    x = variable("x")
    made, asked = differentiate([x], x)
    assert asked == [0]
    assert made.of[x.node].node.name == "head0"


def test_every_gradient_entry_is_like_a_forward_entry():
    x = variable("x")
    y = call("add_n", "y", call("exp", "e", x), call("tanh", "t", x), num_args=2)
    made, _ = differentiate([y], x)
    forward = set(topological_order([y.node]))
    for node in made.nodes:
        for entry in node.entries():
            assert made.like[entry].node in forward


def test_a_deep_chain_is_differentiated_without_recursion():
    x = entry = variable("x")
    for i in range(10_000):
        entry = call("tanh", f"t{i}", entry)
    made, _ = differentiate([entry], x)
    assert len(made.nodes) == 10_000
    assert names(made.nodes[:1]) == ["t9999_backward"]


@pytest.mark.parametrize("seed", range(12))
def test_gradients_of_random_graphs_agree_with_differences(seed):
    network = random_network(seed, size=6, dtype="float64")
    rng = np.random.default_rng(seed)
    values = network.values(rng)
    heads = network.heads(rng)
    found = network.run(values, heads).gradients

    def loss(name: str, value: np.ndarray) -> float:
        outputs = network.run({**values, name: value}).outputs
        return sum(float((o * h).sum()) for o, h in zip(outputs, heads, strict=True))

    for name, start in values.items():
        for index in np.ndindex(*start.shape):
            step = np.zeros_like(start)
            step[index] = 1e-6
            slope = (loss(name, start + step) - loss(name, start - step)) / 2e-6
            np.testing.assert_allclose(
                found[name][index], slope, rtol=1e-5, atol=1e-6, err_msg=name
            )


def test_the_pass_gives_what_mxnet_computes_for_a_reused_output():
    x = mx.sym.Variable("x")
    square = x * x
    both = mx.sym.Group([square, square * x])
    executor = both.simple_bind(mx.cpu(), x=(3,))
    executor.arg_dict["x"][:] = [1, 2, 3]
    executor.forward(is_train=True)
    executor.backward([mx.nd.ones(3), mx.nd.ones(3)])
    np.testing.assert_allclose(
        executor.grad_dict["x"].asnumpy(), [2 + 3, 4 + 12, 6 + 27]
    )
