"""Losses that compare scores with classes: formulas, labels, shapes, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import EagerCall, apply, gradients, shapes_of

SCORES = np.array([[0.2, -0.5, 2.0], [1.0, 0.1, -3.0]])
LABELS = np.array([0.0, 2.0])


def slope(name, data, label, head=None, **settings):
    operator = find(name)
    attributes = operator.parse(settings)
    outputs = eager.run(operator, attributes, [data, label])
    heads = [] if head is None else [np.asarray(head, data.dtype)]
    call = EagerCall(operator, attributes, [data, label], outputs, heads)
    return gradients(call)[0]


@pytest.mark.parametrize("use_linear", [False, True])
def test_the_gradient_of_svm_output_is_that_of_its_loss(use_linear):
    sign = np.array([[1, -1, -1], [-1, -1, 1]])

    def loss(scores):
        inside = np.maximum(0, 0.7 - sign * scores)
        return 0.5 * (inside if use_linear else inside**2).sum()

    settings = {"margin": 0.7, "regularization_coefficient": 0.5}
    made = slope("SVMOutput", SCORES, LABELS, use_linear=use_linear, **settings)
    for index in np.ndindex(2, 3):
        step = np.zeros_like(SCORES)
        step[index] = 1e-6
        expected = (loss(SCORES + step) - loss(SCORES - step)) / 2e-6
        np.testing.assert_allclose(made[index], expected, atol=1e-8)


def test_the_cross_entropy_is_a_sum_over_samples():
    log = apply("log_softmax", SCORES)
    (total,) = apply("softmax_cross_entropy", SCORES, LABELS)
    np.testing.assert_allclose(total, -log[0, 0] - log[1, 2])


def test_the_gradient_is_multiplied_by_the_outer_one():
    made = slope("softmax_cross_entropy", SCORES, LABELS, [3])
    expected = 3 * (apply("softmax", SCORES) - [[1, 0, 0], [0, 0, 1]])
    np.testing.assert_allclose(made, expected)


def test_a_label_that_is_no_class_counts_nothing():
    labels = np.array([7.0, -1.0])
    assert apply("softmax_cross_entropy", SCORES, labels) == [0]
    assert not slope("softmax_cross_entropy", SCORES, labels, [1]).any()


def test_a_probability_counts_as_something():
    scores = np.array([[0, 1e4], [0, -np.inf], [np.nan, 0]], "float32")
    losses = [
        apply("softmax_cross_entropy", row[None], np.array([label], "float32"))[0]
        for row, label in zip(scores, (0, 1, 1), strict=True)
    ]
    np.testing.assert_allclose(losses, [-np.log(1e-8), -np.log(1e-8), np.nan], 1e-6)


@pytest.mark.parametrize("name", ["SVMOutput", "softmax_cross_entropy"])
def test_half_precision(name):
    scores = np.random.RandomState(0).normal(size=(500, 4)).astype("float16")
    labels = (np.arange(500) % 4).astype("float16")
    singles = [x.astype("float32") for x in (scores, labels)]
    output = apply(name, scores, labels)
    assert output.dtype == np.float16
    np.testing.assert_allclose(output, apply(name, *singles), rtol=1e-3)
    made = slope(name, scores, labels, [1])
    assert made.dtype == np.float16
    np.testing.assert_allclose(made, slope(name, *singles, [1]), rtol=4e-3, atol=1e-3)


@pytest.mark.parametrize("name", ["SVMOutput", "softmax_cross_entropy"])
def test_gradients_in_place_added_and_left_out(name):
    backward = find(f"_backward_{name}")
    attributes = backward.parse({})
    values = {"output": SCORES, "data": SCORES, "label": LABELS, "out_grad": [2.0]}

    def run(outputs, request):
        inputs = [np.array(values[n]) for n in backward.inputs]
        for source, target in backward.inplace:
            outputs = [inputs[source]] if outputs == "in place" else outputs
            assert target == 0
        shapes = [SCORES.shape]
        arguments = (backward, attributes, inputs, outputs, request, True)
        eager.bind_and_run(*arguments, shapes=shapes)
        return outputs[0]

    expected = run([np.zeros((2, 3))], Request.WRITE)
    np.testing.assert_array_equal(run("in place", Request.WRITE), expected)
    np.testing.assert_allclose(run([np.ones((2, 3))], Request.ADD), expected + 1)
    assert run([None], Request.WRITE) is None


def test_nothing_costs_nothing():
    for shape in ((0, 3), (2, 0)):
        data, labels = np.zeros(shape), np.zeros(shape[0])
        assert apply("softmax_cross_entropy", data, labels) == [0]
        assert slope("softmax_cross_entropy", data, labels, [1]).shape == shape
        assert slope("SVMOutput", data, labels).shape == shape


@pytest.mark.parametrize(
    ("name", "given", "output", "expected"),
    [
        ("SVMOutput", [(4, 3), None], None, [(4, 3), (4,)]),
        ("SVMOutput", [(0, 3), (4,)], None, [(4, 3), (4,)]),
        ("SVMOutput", [None, (4, 2)], None, [(4, 2, 0), (4, 2)]),
        ("SVMOutput", [None, None], (4, 3), [(4, 3), (4,)]),
        ("softmax_cross_entropy", [(4, 3), None], None, [(4, 3), (4,)]),
        ("softmax_cross_entropy", [None, (4,)], None, [(4, 0), (4,)]),
    ],
)
def test_shapes_go_both_ways(name, given, output, expected):
    assert shapes_of(name, *given, outputs=[output])[0] == expected


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("SVMOutput", [(4, 3), (3,)], r"label should be \(4,\), not \(3,\)"),
        ("SVMOutput", [(), None], "at least one dimension"),
        ("softmax_cross_entropy", [(4, 3), (4, 1)], r"label should be \(4,\)"),
        ("softmax_cross_entropy", [(4, 3, 2), None], "data should have 2 dimensions"),
    ],
)
def test_impossible_shapes_are_refused(name, given, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of(name, *given)


@pytest.mark.parametrize("name", ["SVMOutput", "softmax_cross_entropy"])
def test_integers_are_refused(name):
    operator = find(name)
    with pytest.raises(DTypeError, match="not int32"):
        operator.dtypes(operator.parse({}), [np.dtype("int32"), None], [None])
