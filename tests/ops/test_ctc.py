"""CTCLoss: against the sum over all paths, lengths, types, shapes, errors."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


def loss(data, *rest, **settings):
    return apply("CTCLoss", np.asarray(data), *map(np.asarray, rest), **settings)[0]


def spelled(path, blank):
    joined = [key for key, _ in itertools.groupby(path)]
    return [c for c in joined if c != blank]


def brute_force(data, labels, blank):
    """Add up the probabilities of all paths that spell the labels."""
    chances = apply("softmax", data)
    frames, classes = data.shape
    total = 0.0
    for path in itertools.product(range(classes), repeat=frames):
        if spelled(path, blank) == list(labels):
            total += np.prod(chances[range(frames), path])
    return -np.log(total)


@pytest.mark.parametrize("blank_label", ["first", "last"])
@pytest.mark.parametrize("word", [[], [1], [1, 2], [1, 1], [2, 1, 2], [1, 1, 2]])
def test_the_loss_sums_all_paths(word, blank_label):
    data = np.random.RandomState(0).normal(size=(5, 1, 3))
    first = blank_label == "first"
    pad, blank = (0, 0) if first else (-1, 2)
    labels = [c if first else c - 1 for c in word]
    padded = [labels + [pad] * (4 - len(labels))]
    expected = brute_force(data[:, 0], labels, blank)
    made = loss(data, padded, blank_label=blank_label)
    np.testing.assert_allclose(made, expected)


def test_samples_do_not_see_one_another():
    data = np.random.RandomState(0).normal(size=(6, 4, 5))
    labels = np.array([[1, 2, 0], [3, 3, 1], [4, 0, 0], [0, 0, 0]])
    lengths = np.array([6, 5, 3, 2])
    together = loss(data, labels, lengths, use_data_lengths=True)
    alone = [
        loss(data[:n, i : i + 1], labels[i : i + 1])[0] for i, n in enumerate(lengths)
    ]
    np.testing.assert_allclose(together, alone)


def test_lengths_decide_what_counts():
    data = np.random.RandomState(0).normal(size=(4, 2, 5))
    settings = {"use_data_lengths": True, "use_label_lengths": True}
    # Neither the numbers behind the labels nor the frames behind the last one matter.
    made = loss(data, [[1, 2, 99], [3, -7, 4]], [4, 2], [2, 1], **settings)
    data[2:, 1] = np.nan
    again = loss(data, [[1, 2, 0], [3, 0, 0]], [4, 2], [2, 1], **settings)
    np.testing.assert_array_equal(made, again)
    np.testing.assert_allclose(made[0], loss(data[:, :1], [[1, 2]])[0])


def test_the_gradient_of_too_few_frames_is_zero():
    data = np.random.RandomState(0).normal(size=(3, 3, 4))
    labels = np.array([[1, 1, 1], [1, 2, 3], [2, 2, 0]])
    made = apply("CTCLoss", data, labels)
    assert made[0][0] == 0
    assert (made[0][1:] > 0).all()
    assert not made[1][:, 0].any()
    assert made[1][:, 1:].any(axis=(0, 2)).all()


def test_a_label_that_is_no_class_cannot_be_spelled():
    data = np.zeros((3, 2, 4))
    made = loss(data, [[7], [1]])
    assert made[0] == np.inf
    assert np.isfinite(made[1])


def test_certain_outputs():
    data = np.full((3, 1, 3), -1e4, "float32")
    data[[0, 1, 2], 0, [1, 0, 2]] = 1e4
    value, slope = apply("CTCLoss", data, np.array([[1, 2]], "float32"))
    np.testing.assert_array_equal(value, 0)
    np.testing.assert_array_equal(slope, 0)
    value, slope = apply("CTCLoss", data, np.array([[2, 1]], "float32"))
    np.testing.assert_allclose(value, 4e4)
    assert np.isfinite(slope).all()


def test_long_sequences_keep_their_digits():
    data = np.random.RandomState(0).normal(size=(800, 2, 6))
    labels = np.random.RandomState(1).randint(1, 6, size=(2, 200))
    exact = apply("CTCLoss", data, labels)
    made = apply("CTCLoss", data.astype("float32"), labels.astype("float32"))
    assert {x.dtype for x in made} == {np.dtype("float32")}
    np.testing.assert_allclose(made[0], exact[0], rtol=1e-6)
    np.testing.assert_allclose(made[1], exact[1], atol=1e-5)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("labels", ["int32", "float32"])
def test_types(dtype, labels):
    data = np.random.RandomState(0).normal(size=(4, 2, 5))
    label = np.array([[1, 2], [3, 0]])
    made = apply("CTCLoss", data.astype(dtype), label.astype(labels))
    assert {x.dtype for x in made} == {np.dtype(dtype)}
    expected = apply("CTCLoss", data.astype(dtype).astype("float64"), label)
    tolerance = 1e-3 if dtype == "float16" else 1e-6
    np.testing.assert_allclose(made[0], expected[0], rtol=tolerance)
    np.testing.assert_allclose(made[1], expected[1], atol=tolerance)


def test_the_gradient_is_computed_only_if_wanted():
    operator = find("CTCLoss")
    data, label = np.random.RandomState(0).normal(size=(4, 2, 5)), np.array([[1], [3]])
    outputs = [np.zeros(2), None]
    arguments = (operator, operator.parse({}), [data, label], outputs)
    shapes = [(2,), data.shape]
    eager.bind_and_run(*arguments, Request.WRITE, False, shapes=shapes)
    np.testing.assert_array_equal(outputs[0], loss(data, label))


def test_the_gradient_is_multiplied_by_the_outer_one():
    backward = find("_backward_ctc_loss")
    head, kept = np.array([2.0, 3.0]), np.ones((4, 2, 5))
    attributes = backward.parse({})
    (slope,) = eager.run(backward, attributes, [head, kept], [kept.shape])
    np.testing.assert_array_equal(slope, kept * head[:, None])
    eager.bind_and_run(backward, attributes, [head, kept], [kept], Request.WRITE, True)
    np.testing.assert_array_equal(kept, slope)


@pytest.mark.parametrize("shape", [(0, 2, 3), (4, 0, 3), (4, 2, 0)])
def test_nothing_costs_nothing(shape):
    value, slope = apply("CTCLoss", np.zeros(shape), np.zeros((shape[1], 2)))
    assert not value.any()
    assert slope.shape == shape


def test_no_labels_at_all():
    data = np.random.RandomState(0).normal(size=(4, 2, 5))
    expected = loss(data, np.zeros((2, 1)))
    np.testing.assert_array_equal(loss(data, np.zeros((2, 0))), expected)


def test_shapes_go_both_ways():
    settings = {"use_data_lengths": True, "use_label_lengths": True}
    given = ((4, 0, 5), (0, 3), None, (2,))
    inputs, outputs = shapes_of("CTCLoss", *given, **settings)
    assert inputs == [(4, 2, 5), (2, 3), (2,), (2,)]
    assert outputs == [(2,), (4, 2, 5)]
    assert shapes_of("CTCLoss", None, None, outputs=[(2,), None])[0][1] == (2, 0)


def test_inputs_follow_from_the_attributes():
    operator = find("ctc_loss")
    attributes = operator.parse({"use_label_lengths": "True"})
    assert operator.input_names(attributes) == ("data", "label", "label_lengths")
    assert operator.visible_outputs(attributes) == 1


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((4, 2), None), r"data should have 3 dimensions \(frames, samples, classes\)"),
        (((4, 2, 5), (2,)), r"label should have 2 dimensions \(samples, labels\)"),
        (((4, 2, 5), (3, 2)), r"label should have 2 samples, not \(3,\)"),
    ],
)
def test_impossible_shapes_are_refused(shapes, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of("CTCLoss", *shapes)


def test_impossible_attributes_and_types_are_refused():
    operator = find("CTCLoss")
    with pytest.raises(AttributeValueError, match="expected one of first, last"):
        operator.parse({"blank_label": "middle"})
    with pytest.raises(DTypeError, match="not int32"):
        operator.dtypes(operator.parse({}), [np.dtype("int32"), None], [None, None])
