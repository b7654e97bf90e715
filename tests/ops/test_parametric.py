"""Functions whose curve is set by numbers: types, special values, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, infer_dtypes, shapes_of

NAMES = {
    "hard_sigmoid": {},
    "smooth_l1": {"scalar": 2},
    "_contrib_quadratic": {"a": 1, "b": 2, "c": 3},
    "_contrib_div_sqrt_dim": {},
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_type_stays_in_both_directions(name, dtype):
    operator = find(name)
    attributes = operator.parse(NAMES[name])
    data = np.array([0.25, 1, 4], dtype)
    outputs = eager.run(operator, attributes, [data])
    assert outputs[0].dtype == dtype
    call = eager.EagerCall(operator, attributes, [data], outputs, outputs)
    assert [x.dtype for x in eager.gradients(call)] == [dtype]


@pytest.mark.parametrize("name", NAMES)
def test_shapes_go_both_ways(name):
    told = shapes_of(name, (0, 3), outputs=[(2, 0)], **NAMES[name])
    assert told == ([(2, 3)], [(2, 3)])
    with pytest.raises(ShapeError, match=r"\(2,\) against \(3,\)"):
        shapes_of(name, (2,), outputs=[(3,)], **NAMES[name])


@pytest.mark.parametrize("name", NAMES)
def test_nothing_stays_nothing(name):
    assert apply(name, np.zeros((2, 0), np.float32), **NAMES[name]).shape == (2, 0)


def test_a_hard_sigmoid_is_bounded_and_passes_nan_on():
    result = apply("hard_sigmoid", np.float32([-np.inf, np.inf, np.nan]))
    np.testing.assert_array_equal(result, [0, 1, np.nan])


def test_a_hard_sigmoid_of_integers_is_refused():
    operator = find("hard_sigmoid")
    with pytest.raises(DTypeError, match="floating-point numbers are needed"):
        infer_dtypes(operator, operator.parse({}), [np.dtype("int32")])


def test_smooth_l1_is_finite_far_away_and_passes_nan_on():
    data = np.float32([-(2.0**100), 2.0**100, np.inf, np.nan])
    result = apply("smooth_l1", data, scalar=1)
    np.testing.assert_array_equal(result, abs(data))


def test_attributes_must_be_numbers():
    with pytest.raises(AttributeValueError, match="'alpha' cannot be 'steep'"):
        find("hard_sigmoid").parse({"alpha": "steep"})


def test_a_last_axis_is_needed_for_its_length():
    with pytest.raises(ShapeError, match="at least 1 dimension"):
        shapes_of("_contrib_div_sqrt_dim", ())
