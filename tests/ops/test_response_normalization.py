"""L2Normalization and LRN: special values, precision, shapes, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of

MODES = {"instance": (1, 2, 3), "channel": (1,), "spatial": (2, 3)}
NAMES = {"L2Normalization": {"mode": "channel"}, "LRN": {"nsize": 3, "alpha": 1}}


def gradient(name, head, data, outputs=None, request=Request.WRITE, **settings):
    operator = find(name)
    attributes = operator.parse(settings)
    made = eager.run(operator, attributes, [data])
    call = eager.EagerCall(operator, attributes, [data], made, [head])
    if outputs is None:
        return eager.gradients(call)[0]
    backward = find(f"_backward_{name}")
    needed = {"out_grad": head, "data": data, operator.outputs[1]: made[1]}
    needed |= {"output": made[0]}
    inputs = [needed[n] for n in backward.inputs]
    eager.bind_and_run(
        backward, attributes, inputs, outputs, request, True, shapes=[data.shape]
    )
    return outputs[0]


@pytest.mark.parametrize("mode", MODES)
def test_every_vector_has_length_one(mode):
    data = np.random.RandomState(0).normal(size=(2, 3, 4, 5))
    output = apply("L2Normalization", data, mode=mode)[0]
    lengths = (output**2).sum(MODES[mode])
    np.testing.assert_allclose(lengths, 1)


def test_vectors_of_zeros():
    data = np.zeros((2, 3), "float32")
    assert not apply("L2Normalization", data)[0].any()
    assert np.isnan(apply("L2Normalization", data, eps=0)[0]).all()
    assert not gradient("L2Normalization", data, data).any()


def test_half_precision_does_not_overflow():
    data = np.full((2, 4, 3), 300, "float16")  # the squares are beyond its range
    output, length = apply("L2Normalization", data)
    np.testing.assert_allclose(output, 12**-0.5, rtol=1e-3)
    np.testing.assert_allclose(length.ravel(), 300 * 12**0.5, rtol=1e-3)
    output = apply("LRN", data, nsize=3, alpha=3, beta=0.5)[0]
    assert output.dtype == np.float16
    np.testing.assert_allclose(output[:, 1], 3**-0.5, rtol=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_half_precision_agrees_with_single(name):
    stream = np.random.RandomState(0)
    head, data = stream.normal(size=(2, 2, 5, 3)).astype("float16")
    halves = gradient(name, head, data, **NAMES[name])
    singles = gradient(
        name, head.astype("float32"), data.astype("float32"), **NAMES[name]
    )
    assert halves.dtype == np.float16
    np.testing.assert_allclose(halves, singles, rtol=4e-3, atol=4e-3)


@pytest.mark.parametrize("nsize", [1, 2, 3, 5, 6, 11])
def test_lrn_against_its_formula(nsize):
    data = np.random.RandomState(0).normal(size=(2, 6, 3))
    settings = {"alpha": 0.7, "beta": 0.6, "knorm": 1.2}
    output, norm = apply("LRN", data, nsize=nsize, **settings)
    reach = (nsize - 1) // 2
    for channel in range(6):
        near = data[:, max(0, channel - reach) : channel + reach + 1]
        expected = 1.2 + 0.7 / nsize * (near**2).sum(1)
        np.testing.assert_allclose(norm[:, channel], expected)
        np.testing.assert_allclose(
            output[:, channel], data[:, channel] * expected**-0.6
        )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("source", [0, 1])
def test_the_gradient_may_be_written_over_its_operands(name, source):
    head, data = np.random.RandomState(0).normal(size=(2, 2, 5, 3))
    expected = gradient(name, head, data, **NAMES[name])
    if source < len(find(f"_backward_{name}").inplace):
        outputs = [(head, data)[source]]
        made = gradient(name, head, data, outputs, **NAMES[name])
        np.testing.assert_array_equal(made, expected)


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_added_or_left_out_on_request(name):
    head, data = np.random.RandomState(0).normal(size=(2, 2, 5, 3))
    expected = gradient(name, head, data, **NAMES[name])
    made = gradient(name, head, data, [np.ones_like(data)], Request.ADD, **NAMES[name])
    np.testing.assert_allclose(made, expected + 1)
    assert gradient(name, head, data, [None], **NAMES[name]) is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(0, 3, 2), (2, 0, 2), (2, 3, 0)])
def test_nothing_gives_nothing(name, shape):
    assert apply(name, np.zeros(shape), **NAMES[name])[0].shape == shape
    assert gradient(name, np.zeros(shape), np.zeros(shape), **NAMES[name]).size == 0


@pytest.mark.parametrize(
    ("mode", "lengths"),
    [("instance", (2, 1, 1)), ("channel", (2, 1, 4)), ("spatial", (2, 3, 1))],
)
def test_shapes_go_both_ways(mode, lengths):
    inputs, outputs = shapes_of(
        "L2Normalization", (2, 3, 0), outputs=[(0, 3, 4), None], mode=mode
    )
    assert (inputs, outputs) == ([(2, 3, 4)], [(2, 3, 4), lengths])
    assert shapes_of("LRN", None, outputs=[None, (2, 3)], nsize=1)[0] == [(2, 3)]


@pytest.mark.parametrize(
    ("name", "shape", "settings", "message"),
    [
        (
            "L2Normalization",
            (2, 3),
            {"mode": "channel"},
            "3 dimensions in mode 'channel'",
        ),
        ("L2Normalization", (), {}, "at least 1 dimensions"),
        ("LRN", (3,), {"nsize": 3}, r"at least 2 dimensions .*, not \(3,\)"),
    ],
)
def test_impossible_shapes_are_refused(name, shape, settings, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of(name, shape, **settings)


def test_impossible_attributes_and_types_are_refused():
    with pytest.raises(AttributeValueError, match="integer above 0"):
        find("LRN").parse({"nsize": 0})
    with pytest.raises(AttributeValueError, match="'nsize' is missing"):
        find("LRN").parse({})
    with pytest.raises(AttributeValueError, match="expected one of channel, instance"):
        find("L2Normalization").parse({"mode": "batch"})
    lrn = find("LRN")
    with pytest.raises(DTypeError, match="not int32"):
        lrn.dtypes(lrn.parse({"nsize": 1}), [np.dtype("int32")], [None, None])
