"""Unrolled recurrent networks compute what they compute step by step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from importlib import import_module

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import OperatorError
from dataflow_ops.kernels import backends
from tests.executor.running import replace_kernel

STEPS, BATCH, INPUTS, HIDDEN = 5, 3, 4, 6
DATA = (BATCH, STEPS, INPUTS)
CELLS: dict[str, Callable[..., mx.rnn.BaseRNNCell]] = {
    "lstm": mx.rnn.LSTMCell,
    "gru": mx.rnn.GRUCell,
    "rnn_tanh": mx.rnn.RNNCell,
    "rnn_relu": lambda size, prefix: mx.rnn.RNNCell(size, "relu", prefix),
}


@pytest.fixture(params=["reference", "onednn"])
def back_end(request, monkeypatch):
    """Compute with one back end, also what is too small for it to pay."""
    if backends.missing(request.param):
        pytest.skip(f"no {request.param} here")
    monkeypatch.setenv("DATAFLOW_BACKEND", request.param)
    backends.available.cache_clear()
    module = import_module(f"dataflow_ops.kernels.{request.param}")
    with getattr(module, "taking_all", nullcontext)():
        yield
    backends.available.cache_clear()


def layers(executor: mx.Executor) -> list[str]:
    """Name the modes of the layers that were found."""
    nodes = executor._compiled.graph.operators
    return [n.parameters.mode for n in nodes if n.operator.name == "RNN"]


def run(
    symbol: mx.sym.Symbol,
    request: str = "write",
    dtype: str = "float32",
    shape: tuple[int, ...] = DATA,
) -> tuple[list[np.ndarray], mx.Executor]:
    """Return outputs and gradients of a network with random numbers, twice run."""
    draw = np.random.default_rng(0)
    types = dict.fromkeys(symbol.list_arguments(), dtype)
    executor = symbol.simple_bind(
        mx.cpu(), grad_req=request, type_dict=types, data=shape
    )
    for name in sorted(executor.arg_dict):
        array = executor.arg_dict[name]
        array[:] = draw.uniform(-0.5, 0.5, array.shape)
    for array in executor.grad_arrays:
        array[:] = 0.25
    heads = [
        mx.nd.array(draw.uniform(-1, 1, output.shape), dtype=dtype)
        for output in executor.outputs
    ]
    for _ in range(2):
        executor.forward(is_train=True)
        executor.backward(heads)
    found = [*executor.outputs, *executor.grad_arrays]
    return [array.asnumpy() for array in found], executor


def plainly(monkeypatch: pytest.MonkeyPatch, *args: str, **kwargs: str) -> list:
    monkeypatch.setenv("DATAFLOW_FUSION", "0")
    found, executor = run(*args, **kwargs)
    monkeypatch.delenv("DATAFLOW_FUSION")
    assert not layers(executor)
    return found


def assert_same(monkeypatch, symbol, modes, request="write", dtype="float32"):
    """Check what is found and that it computes what the steps do."""
    found, executor = run(symbol, request, dtype)
    assert sorted(layers(executor)) == sorted(modes)
    wanted = plainly(monkeypatch, symbol, request, dtype)
    tolerance = 1e-5 if dtype == "float32" else 1e-12
    for ours, theirs in zip(found, wanted, strict=True):
        scale = max(1.0, float(np.abs(theirs).max()))
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance * scale)


def unrolled(cell: mx.rnn.BaseRNNCell, **kwargs) -> mx.sym.Symbol:
    settings = {"layout": "NTC", "merge_outputs": True, **kwargs}
    outputs, _ = cell.unroll(STEPS, mx.sym.Variable("data"), **settings)
    return outputs


def given_states(cell: mx.rnn.BaseRNNCell) -> list[mx.sym.Symbol]:
    """Return variables for a cell's states; those it makes are of single precision."""
    shape = (BATCH, HIDDEN)
    return [mx.sym.Variable(n, shape=shape) for n in "hc"[: len(cell.state_info)]]


@pytest.mark.parametrize(
    ("request_", "dtype"),
    [("write", "float32"), ("add", "float32"), ("add", "float64")],
)
@pytest.mark.parametrize("mode", CELLS)
def test_every_kind_of_cell(monkeypatch, back_end, mode, request_, dtype):
    cell = CELLS[mode](HIDDEN, prefix="x_")
    symbol = unrolled(cell, begin_state=given_states(cell))
    assert_same(monkeypatch, symbol, [mode], request_, dtype)


def stacked(*cells: mx.rnn.BaseRNNCell) -> mx.rnn.SequentialRNNCell:
    stack = mx.rnn.SequentialRNNCell()
    for cell in cells:
        stack.add(cell)
    return stack


def test_stacked_layers(monkeypatch, back_end):
    cells = [CELLS[mode](HIDDEN, prefix=f"{mode}_") for mode in ("lstm", "gru")]
    assert_same(monkeypatch, unrolled(stacked(*cells)), ["lstm", "gru"])


def test_no_node_is_left_between_stacked_layers():
    cells = [CELLS["lstm"](HIDDEN, prefix=f"l{i}_") for i in range(2)]
    _, executor = run(unrolled(stacked(*cells)))
    forward = executor._compiled.schedule.segments[0].nodes
    names = [node.operator.name for node in forward]
    assert sorted(set(names)) == ["Concat", "RNN", "Reshape", "SwapAxis"]
    assert names.count("SwapAxis") == 2


def test_outputs_of_every_step(monkeypatch):
    cell = CELLS["lstm"](HIDDEN, prefix="x_")
    outputs, _ = cell.unroll(STEPS, mx.sym.Variable("data"), layout="NTC")
    assert_same(monkeypatch, mx.sym.Group([outputs[1], outputs[4]]), ["lstm"])


@pytest.mark.parametrize("mode", ["lstm", "gru"])
def test_last_states(monkeypatch, back_end, mode):
    cell = CELLS[mode](HIDDEN, prefix="x_")
    outputs, states = cell.unroll(STEPS, mx.sym.Variable("data"), layout="NTC")
    assert_same(monkeypatch, mx.sym.Group([*states, outputs[0] * 2]), [mode])


def test_a_cell_whose_second_state_is_read_on_the_way(monkeypatch):
    """The layer ends there, and another one begins."""
    cell = CELLS["lstm"](HIDDEN, prefix="x_")
    steps = list(mx.sym.split(mx.sym.Variable("data"), STEPS, axis=1, squeeze_axis=1))
    states, middle = cell.begin_state(), None
    for number, step in enumerate(steps):
        _, states = cell(step, states)
        if number == 2:
            middle = states[1]
    both = mx.sym.Group([states[0], mx.sym.tanh(middle)])
    assert_same(monkeypatch, both, ["lstm", "lstm"])


def test_both_directions(monkeypatch):
    cell = mx.rnn.BidirectionalCell(
        CELLS["lstm"](HIDDEN, prefix="l_"), CELLS["lstm"](HIDDEN, prefix="r_")
    )
    assert_same(monkeypatch, unrolled(cell), ["lstm", "lstm"])


def test_a_cell_that_two_sequences_share(monkeypatch):
    cell = CELLS["gru"](HIDDEN, prefix="x_")
    data = mx.sym.Variable("data")
    one, _ = cell.unroll(STEPS, data, layout="NTC")
    cell.reset()
    other, _ = cell.unroll(STEPS, data * data, layout="NTC")
    assert_same(monkeypatch, one[-1] - other[-1], ["gru", "gru"])


def test_layers_that_are_run_step_by_step(monkeypatch):
    """Only the order of composing differs from stacked layers."""
    stack = stacked(*(CELLS["gru"](HIDDEN, prefix=f"l{i}_") for i in range(2)))
    steps = list(mx.sym.split(mx.sym.Variable("data"), STEPS, axis=1, squeeze_axis=1))
    states, outputs = stack.begin_state(), []
    for step in steps:
        output, states = stack(step, states)
        outputs.append(output)
    assert_same(monkeypatch, mx.sym.stack(*outputs, axis=0), ["gru", "gru"])


def test_gates_in_another_order(monkeypatch, back_end):
    """A cell as it was written before there were classes for it."""
    names = ("i2h_weight", "i2h_bias", "h2h_weight", "h2h_bias")
    weights = {name: mx.sym.Variable(name) for name in names}
    steps = mx.sym.SliceChannel(
        mx.sym.Variable("data"), num_outputs=STEPS, axis=1, squeeze_axis=True
    )
    h, c = (mx.sym.Variable(name, shape=(BATCH, HIDDEN)) for name in "hc")
    act = mx.sym.Activation
    for number in range(STEPS):
        size = {"num_hidden": 4 * HIDDEN}
        i2h = mx.sym.FullyConnected(
            steps[number], weights["i2h_weight"], weights["i2h_bias"], **size
        )
        h2h = mx.sym.FullyConnected(
            h, weights["h2h_weight"], weights["h2h_bias"], **size
        )
        gates = mx.sym.SliceChannel(i2h + h2h, num_outputs=4)
        take_in, update = act(gates[0], act_type="sigmoid"), mx.sym.tanh(gates[1])
        forget, give_out = (act(gates[i], act_type="sigmoid") for i in (2, 3))
        c = take_in * update + c * forget
        h = mx.sym.tanh(c) * give_out
    assert_same(monkeypatch, mx.sym.Group([h, c]), ["lstm"])


# What is no chain


def test_a_network_that_reads_its_own_outputs(monkeypatch):
    cell = CELLS["lstm"](INPUTS, prefix="x_")
    steps = mx.sym.split(mx.sym.Variable("data"), STEPS, axis=1, squeeze_axis=1)
    states, output = cell.begin_state(), steps[0]
    for number in range(STEPS):
        output, states = cell(output + steps[number], states)
    assert_same(monkeypatch, output, [])


def test_two_networks_that_read_each_other(monkeypatch):
    """Either could be one operator, but not both."""
    cells = [CELLS["gru"](INPUTS, prefix=f"{name}_") for name in "ab"]
    first, second = mx.sym.split(
        mx.sym.Variable("data"), STEPS, axis=1, squeeze_axis=1
    )[:2]
    starts = [cell.begin_state() for cell in cells]
    a1, states_a = cells[0](first, starts[0])
    b1, states_b = cells[1](first, starts[1])
    a2, _ = cells[0](b1 + second, states_a)
    b2, _ = cells[1](a1 + second, states_b)
    assert_same(monkeypatch, mx.sym.Group([a2, b2]), ["gru"])


def test_steps_that_are_masked(monkeypatch):
    """What stands between two states keeps their steps apart; others are joined."""
    cell = CELLS["lstm"](HIDDEN, prefix="x_")
    steps = mx.sym.split(mx.sym.Variable("data"), STEPS, axis=1, squeeze_axis=1)
    states = cell.begin_state()
    for number in range(STEPS):
        output, new = cell(steps[number], states)
        if number == 2:
            pairs = zip(new, states, strict=True)
            new = [mx.sym.where(new[0] > 0, n, s) for n, s in pairs]
        states = new
    assert_same(monkeypatch, output, ["lstm", "lstm"])


def test_gates_that_are_outputs(monkeypatch):
    symbol = unrolled(CELLS["lstm"](HIDDEN, prefix="x_"))
    gate = symbol.get_internals()["x_t2_f_output"]
    assert_same(monkeypatch, mx.sym.Group([symbol, gate]), ["lstm", "lstm"])


def test_steps_in_different_groups(monkeypatch):
    cell = CELLS["rnn_tanh"](HIDDEN, prefix="x_")
    steps = mx.sym.split(mx.sym.Variable("data"), STEPS, axis=1, squeeze_axis=1)
    states = cell.begin_state()
    for number in range(4):
        with mx.AttrScope(ctx_group=f"part{number // 2}"):
            output, states = cell(steps[number], states)
    assert_same(monkeypatch, output, ["rnn_tanh", "rnn_tanh"])


def test_results_to_be_computed_again(monkeypatch):
    with mx.AttrScope(force_mirroring="true"):
        symbol = unrolled(CELLS["gru"](HIDDEN, prefix="x_"))
    assert_same(monkeypatch, symbol, [])


# What users see


def test_a_monitor_is_told_of_every_step():
    _, executor = run(unrolled(CELLS["gru"](HIDDEN, prefix="x_")))
    seen: list[str] = []
    executor.set_monitor_callback(lambda name, array: seen.append(name))
    executor.forward(is_train=True)
    executor.outputs[0].wait_to_read()
    assert {f"x_t{i}_out_output" for i in range(STEPS)} <= set(seen)


def test_a_failure_names_what_the_user_wrote(monkeypatch):
    def fail(invocation: object) -> None:
        raise ZeroDivisionError("broken on purpose")

    replace_kernel(monkeypatch, "RNN", fail)
    symbol = unrolled(CELLS["lstm"](HIDDEN, prefix="x_"))
    executor = symbol.simple_bind(mx.cpu(), data=DATA)
    executor.forward()
    with pytest.raises(OperatorError, match=r"'x_t0_i2h'.*\n.*data=\(3, 4\)"):
        executor.outputs[0].wait_to_read()


def test_the_report_tells_what_a_layer_stands_for():
    _, executor = run(unrolled(CELLS["rnn_relu"](HIDDEN, prefix="x_")))
    groups = executor.plan_report().groups
    assert "x_t4_out" in groups["x_t0_out...x_t4_out"]


def test_dropout_beside_draws_the_same(monkeypatch):
    stack = stacked(
        CELLS["lstm"](HIDDEN, prefix="a_"),
        mx.rnn.DropoutCell(0.5),
        CELLS["lstm"](HIDDEN, prefix="b_"),
    )
    symbol = unrolled(stack)
    mx.random.seed(3)
    found, executor = run(symbol)
    assert layers(executor) == ["lstm", "lstm"]
    mx.random.seed(3)
    wanted = plainly(monkeypatch, symbol)
    for ours, theirs in zip(found, wanted, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-4)


def test_agrees_with_double_precision():
    cell = CELLS["lstm"](HIDDEN, prefix="x_")
    symbol = unrolled(cell, begin_state=given_states(cell))
    single, double = run(symbol)[0], run(symbol, dtype="float64")[0]
    for ours, exact in zip(single, double, strict=True):
        scale = max(1.0, float(np.abs(exact).max()))
        np.testing.assert_allclose(ours, exact, rtol=0, atol=1e-5 * scale)


def grouped(groups):
    """Layers of an unrolled LSTM, each in a group of its own."""
    net = mx.sym.Variable("data")
    for i, group in enumerate(groups):
        with mx.AttrScope(ctx_group=group):
            cell = mx.rnn.LSTMCell(6, prefix=f"l{i}_")
            net, _ = cell.unroll(4, net, merge_outputs=False, layout="NTC")
            net = list(net) if i + 1 < len(groups) else net[-1]
    return net


@pytest.mark.parametrize("second", [0, 1])
def test_layers_of_several_groups_stay_steps_and_so_a_pipeline(second):
    groups = {"first": mx.cpu(0), "second": mx.cpu(second)}
    shared = {"group2ctx": groups, "data": (3, 4, 5)}
    executor = grouped(["first", "second"]).simple_bind(mx.cpu(), **shared)
    assert layers(executor) == []
    together = grouped(["first", "first"]).simple_bind(mx.cpu(), **shared)
    assert layers(together) == ["lstm", "lstm"]
