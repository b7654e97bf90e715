"""RNN: shapes both ways, sequences of several lengths, limits, dropout, requests."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from dataflow_ops.rnn import parameter_count
from tests.ops import eager
from tests.ops.eager import shapes_of

MODES = ["rnn_tanh", "rnn_relu", "gru", "lstm"]
modes = pytest.mark.parametrize("mode", MODES)


def parse(mode, **settings):
    base = {"mode": mode, "state_size": 3, "num_layers": 2, "state_outputs": True}
    return find("RNN").parse(base | settings)


def drawn(attributes, steps=4, batch=3, length=2, dtype="float64"):
    """Draw inputs without lengths."""
    stream = np.random.RandomState(0)
    strands = attributes.num_layers * (2 if attributes.bidirectional else 1)
    result = attributes.projection_size or attributes.state_size
    shapes = [
        (steps, batch, length),
        (parameter_count(attributes, length),),
        (strands, batch, result),
        (strands, batch, attributes.state_size),
    ]
    count = 4 if attributes.mode == "lstm" else 3
    return [stream.uniform(-1, 1, s).astype(dtype) for s in shapes[:count]]


def run(attributes, inputs, **settings):
    return eager.run(find("RNN"), attributes, inputs, **settings)


def close(first, second):
    np.testing.assert_allclose(first, second, rtol=1e-12, atol=1e-12)


# Shapes and types


@pytest.mark.parametrize(
    ("inputs", "outputs"),
    [
        ([(5, 4, 2), None, None, None], [None] * 4),
        ([(5, 0, 2), None, (4, 4, 2), None], [None] * 4),
        ([(5, 0, 2), None, None, None], [None, None, (4, 4, 3), None]),
        ([None, (360,), None, None], [(5, 4, 4), None, None, None]),
        ([(5, 4, 0), (360,), None, None], [None] * 4),
    ],
)
def test_shapes_go_both_ways(inputs, outputs):
    told = shapes_of(
        "RNN",
        *inputs,
        outputs=outputs,
        mode="lstm",
        state_size=3,
        num_layers=2,
        bidirectional=True,
        projection_size=2,
        state_outputs=True,
    )
    assert told[0] == [(5, 4, 2), (360,), (4, 4, 2), (4, 4, 3)]
    assert told[1][:3] == [(5, 4, 4), (4, 4, 2), (4, 4, 3)]


def test_what_is_not_known_stays_unknown():
    settings = {"mode": "gru", "state_size": 3, "num_layers": 1}
    inputs, outputs = shapes_of("RNN", (0, 4, 0), None, None, **settings)
    assert inputs == [(0, 4, 0), (0,), (1, 4, 3)]
    assert outputs == [(0, 4, 3), (0,)]
    inputs, _ = shapes_of(
        "RNN", None, None, None, (4,), use_sequence_length=True, **settings
    )
    assert inputs == [(0, 4, 0), (0,), (1, 4, 3), (4,)]


def test_outputs_are_named_as_in_mxnet():
    lstm = parse("lstm")
    assert find("RNN").output_names(lstm)[:3] == (
        "output",
        "state_output",
        "statecell_output",
    )
    assert find("RNN").visible_outputs(lstm) == 3
    assert find("RNN").visible_outputs(parse("lstm", state_outputs=False)) == 1
    assert find("RNN").input_names(parse("lstm", use_sequence_length=True)) == (
        *("data", "parameters", "state", "state_cell", "sequence_length"),
    )


def test_what_does_not_fit_is_refused():
    settings = {"mode": "gru", "state_size": 3, "num_layers": 1}
    with pytest.raises(ShapeError, match=r"data should have 3 dimensions .* \(5, 4\)"):
        shapes_of("RNN", (5, 4), None, None, **settings)
    with pytest.raises(ShapeError, match=r"parameters \(50,\) fit no number of inputs"):
        shapes_of("RNN", None, (50,), None, **settings)
    with pytest.raises(ShapeError, match=r"\(1, 3, 3\) against \(1, 4, 3\)"):
        shapes_of("RNN", (5, 4, 2), None, (1, 3, 3), **settings)
    with pytest.raises(AttributeValueError, match="goes with mode 'lstm' only"):
        shapes_of("RNN", (5, 4, 2), None, None, projection_size=2, **settings)
    with pytest.raises(AttributeValueError, match="go together"):
        shapes_of("RNN", (5, 4, 2), None, None, lstm_state_clip_min=-1, **settings)
    with pytest.raises(AttributeValueError, match="'mode' cannot be 'elman'"):
        parse("elman")


def test_only_lengths_may_be_integers():
    operator, attributes = find("RNN"), parse("gru", use_sequence_length=True)
    single, whole = np.dtype("float32"), np.dtype("int32")
    told = operator.dtypes(attributes, [None, single, None, whole], [None] * 3)
    assert told == ([single, single, single, whole], [single] * 3)
    told = operator.dtypes(attributes, [None] * 4, [np.dtype("float16"), None, None])
    assert told == ([np.dtype("float16")] * 4, [*[np.dtype("float16")] * 2, single])
    with pytest.raises(DTypeError, match="floating-point numbers are needed"):
        operator.dtypes(attributes, [whole, None, None, None], [None] * 3)


@modes
def test_half_precision_is_computed_in_single(mode):
    attributes = parse(mode, bidirectional=True)
    inputs = drawn(attributes, dtype="float16")
    *shown, reserve = run(attributes, inputs)
    *exact, _ = run(attributes, [x.astype("float64") for x in inputs])
    assert {x.dtype for x in shown} == {np.dtype("float16")}
    assert reserve.dtype == "float32"
    for got, expected in zip(shown, exact, strict=True):
        np.testing.assert_allclose(got, expected, atol=1e-3)


# What is computed


@modes
def test_a_sequence_can_be_cut_in_two(mode):
    attributes = parse(mode)
    data, parameters, *states = drawn(attributes)
    whole, *last, _ = run(attributes, [data, parameters, *states])
    first, *states, _ = run(attributes, [data[:1], parameters, *states])
    second, *states, _ = run(attributes, [data[1:], parameters, *states])
    close(np.concatenate([first, second]), whole)
    for got, expected in zip(states, last, strict=True):
        close(got, expected)


@modes
@pytest.mark.parametrize("dtype", ["float64", "int32"])
def test_a_short_sequence_is_as_if_alone(mode, dtype):
    attributes = parse(mode, use_sequence_length=True, bidirectional=True)
    lengths = np.array([2, 0, 9], dtype)
    inputs = drawn(attributes)
    output, *last, _ = run(attributes, [*inputs, lengths])
    alone = parse(mode, bidirectional=True)
    for i, length in enumerate([2, 0, 4]):
        data, parameters, *states = inputs
        part = [
            data[:length, i : i + 1],
            parameters,
            *(s[:, i : i + 1] for s in states),
        ]
        expected, *expected_last, _ = run(alone, part)
        close(output[:length, i : i + 1], expected)
        assert not output[length:, i].any()
        for got, state in zip(last, expected_last, strict=True):
            close(got[:, i : i + 1], state)


def test_what_is_after_the_end_does_not_matter():
    attributes = parse("lstm", use_sequence_length=True, bidirectional=True)
    data, *rest = drawn(attributes)
    other = data.copy()
    other[2:, 1] = 1e3
    lengths = np.array([4, 2, 3])
    made = [_gradients(attributes, [x, *rest, lengths]) for x in (data, other)]
    for first, second in zip(*made, strict=True):
        close(first, second)
    assert not made[0][0][2:, 1].any()


def _gradients(attributes, inputs, request=Request.WRITE, only=None):
    operator, backward = find("RNN"), find("_backward_RNN")
    outputs = run(attributes, inputs)
    stream = np.random.RandomState(1)
    heads = [stream.uniform(-1, 1, x.shape) for x in outputs[:-1]]
    names = backward.output_names(attributes)
    grads = [np.ones_like(x) for x in inputs[: len(names)]]
    if only is not None:
        grads = [x if i == only else None for i, x in enumerate(grads)]
    assert operator.visible_outputs(attributes) == len(heads)
    eager.bind_and_run(
        backward, attributes, [*heads, *inputs, outputs[-1]], grads, request, True
    )
    return grads


@modes
def test_each_gradient_can_be_had_alone_and_added(mode):
    attributes = parse(mode, bidirectional=True)
    inputs = drawn(attributes)
    expected = _gradients(attributes, inputs)
    for i, one in enumerate(expected):
        close(_gradients(attributes, inputs, only=i)[i], one)
        close(_gradients(attributes, inputs, Request.ADD, only=i)[i], 1 + one)


@modes
def test_outputs_can_be_added_and_the_reserve_left_out(mode):
    attributes = parse(mode)
    inputs = drawn(attributes)
    expected = run(attributes, inputs)
    added = [np.ones_like(x) for x in expected]
    run(attributes, inputs, outputs=added, request=Request.ADD)
    bare = [np.ones_like(x) for x in expected[:-1]]
    run(attributes, inputs, outputs=[*bare, None])
    for i, value in enumerate(expected[:-1]):
        close(added[i], 1 + value)
        close(bare[i], value)
    close(added[-1], 1 + expected[-1])


@modes
def test_inputs_need_not_be_contiguous(mode):
    attributes = parse(mode)
    inputs = drawn(attributes)
    strided = [np.repeat(x, 2, axis=-1)[..., ::2] for x in inputs]
    for got, expected in zip(
        run(attributes, strided), run(attributes, inputs), strict=True
    ):
        close(got, expected)
    for got, expected in zip(
        _gradients(attributes, strided), _gradients(attributes, inputs), strict=True
    ):
        close(got, expected)


@modes
@pytest.mark.parametrize(("steps", "batch"), [(0, 3), (4, 0), (0, 0)])
def test_nothing_can_come_in(mode, steps, batch):
    attributes = parse(mode, bidirectional=True)
    inputs = drawn(attributes, steps, batch)
    output, *last, _ = run(attributes, inputs)
    assert output.shape == (steps, batch, 6)
    if steps == 0:
        for got, first in zip(last, inputs[2:], strict=True):
            close(got, first)
    grads = _gradients(attributes, inputs)
    assert not grads[1].any()


@pytest.mark.parametrize("mode", ["rnn_tanh", "gru", "lstm"])
def test_gates_saturate(mode):
    attributes = parse(mode)
    inputs = [1e5 * x for x in drawn(attributes, dtype="float32")]
    output = run(attributes, inputs)[0]
    assert np.isfinite(output).all()
    assert all(np.isfinite(x).all() for x in _gradients(attributes, inputs))


@modes
def test_nan_stays_in_its_sequence(mode):
    attributes = parse(mode)
    data, *rest = drawn(attributes)
    data[2, 1, 0] = np.nan
    output = run(attributes, [data, *rest])[0]
    assert np.isnan(output[2:, 1]).all()
    assert np.isfinite(np.delete(output, 1, axis=1)).all()
    assert np.isfinite(output[:2]).all()


def test_cells_are_clipped():
    limits = {"lstm_state_clip_min": -0.1, "lstm_state_clip_max": 0.2}
    attributes = parse("lstm", **limits)
    cells = run(attributes, drawn(attributes))[2]
    assert cells.min() == -0.1
    assert cells.max() == 0.2


def test_a_nan_can_be_clipped():
    limits = {"lstm_state_clip_min": -0.1, "lstm_state_clip_max": 0.2}
    attributes = parse("lstm", lstm_state_clip_nan=True, num_layers=1, **limits)
    data, parameters, state, cell = drawn(attributes)
    cell[0, 1, 2] = np.nan
    cells = run(attributes, [data[:1], parameters, state, cell])[2]
    assert cells[0, 1, 2] == -0.1
    attributes = parse("lstm", num_layers=1, **limits)
    cells = run(attributes, [data[:1], parameters, state, cell])[2]
    assert np.isnan(cells[0, 1, 2])


# Dropout


def _copying(**settings):
    """Return a network of two layers that copy positive data."""
    attributes = parse("rnn_relu", **settings, state_size=20)
    parameters = np.zeros(parameter_count(attributes, 20))
    for start in (0, 800):
        parameters[start : start + 400] = np.eye(20).ravel()
    data = np.ones((50, 40, 20))
    return attributes, [data, parameters, np.zeros((2, 40, 20))]


def test_dropout_lies_between_layers():
    attributes, inputs = _copying(p=0.25)
    output, states, _ = run(attributes, inputs)
    assert set(np.unique(output)) == {0, 1 / 0.75}
    deviation = np.sqrt(0.25 * 0.75 / output.size)
    assert abs((output == 0).mean() - 0.25) < 5 * deviation
    assert (states[0] == 1).all()
    np.testing.assert_array_equal(states[1], output[-1])


def test_a_seed_repeats_and_another_does_not():
    attributes, inputs = _copying(p=0.5)
    first, again, other = (run(attributes, inputs, seed=s)[0] for s in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_prediction_drops_nothing_and_one_drops_all():
    attributes, inputs = _copying(p=1)
    assert (run(attributes, inputs, is_train=False)[0] == 1).all()
    assert not run(attributes, inputs)[0].any()


def test_the_cost_counts_two_operations_a_weight_and_step():
    attributes = parse("gru")
    inputs, outputs = eager.infer(
        find("RNN"), attributes, [(4, 3, 2), None, None], [None] * 3
    )
    count = parameter_count(attributes, 2)
    assert find("RNN").cost(attributes, inputs, outputs).flops == 2 * 4 * 3 * count
