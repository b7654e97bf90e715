"""Casts: how numbers are cut, types that are not cast, both ways of inference."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


def types_of(name, *inputs, **attributes):
    operator = find(name)
    parsed = operator.parse(attributes)
    given = [None if x is None else np.dtype(x) for x in inputs]
    made = [None] * len(operator.output_names(parsed))
    return [x and x.name for x in operator.dtypes(parsed, given, made)[1]]


@pytest.mark.parametrize("name", ["Cast", "amp_cast"])
@pytest.mark.parametrize(
    ("dtype", "expected"),
    [("int32", [1, -1, 300]), ("uint8", [1, 255, 44]), ("float64", [1.75, -1.75, 300])],
)
def test_cast_drops_fractions_as_c_does(name, dtype, expected):
    result = apply(name, np.float32([1.75, -1.75, 300]), dtype=dtype)
    assert result.dtype == dtype
    assert result.tolist() == expected


def test_cast_gives_its_gradient_the_type_of_the_input():
    operator = find("_backward_Cast")
    output = [np.empty(2, np.float32)]
    eager.run(operator, operator.parse({}), [np.ones(2, np.float16)], outputs=output)
    assert output[0].tolist() == [1, 1]


@pytest.mark.parametrize("dtype", ["complex64", "string", None, "float31"])
@pytest.mark.parametrize("name", ["Cast", "amp_cast"])
def test_cast_to_a_type_that_does_not_exist_is_refused(name, dtype):
    with pytest.raises(AttributeValueError, match="'dtype' cannot be"):
        find(name).parse({"dtype": dtype})


def test_the_type_of_a_cast_is_known_before_its_input():
    assert types_of("Cast", None, dtype="int64") == ["int64"]
    assert types_of("amp_cast", None, dtype="float16") == [None]


@pytest.mark.parametrize("dtype", ["float64", "int32", "uint8"])
def test_mixed_precision_leaves_other_types_alone(dtype):
    data = np.array([1, 2], dtype)
    result = apply("amp_cast", data, dtype="float16")
    assert result.dtype == dtype
    assert result.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("types", "narrow", "expected"),
    [
        (("float16", "float32"), False, ("float32", "float32")),
        (("float16", "float32"), True, ("float16", "float16")),
        (("float16", "float16"), False, ("float16", "float16")),
        (("float32", "float32"), True, ("float32", "float32")),
        (("int32", "float16", "float32"), False, ("int32", "float32", "float32")),
        # MXNet makes these halves integers and doubles.
        (("int32", "float16"), False, ("int32", "float16")),
        (("float64", "float16"), False, ("float64", "float16")),
    ],
)
def test_many_are_cast_to_one_type(types, narrow, expected):
    data = [np.array([1, 2], dtype) for dtype in types]
    results = apply("amp_multicast", *data, num_outputs=len(data), cast_narrow=narrow)
    assert tuple(x.dtype.name for x in results) == expected
    assert all(x.tolist() == [1, 2] for x in results)


def test_many_wait_for_all_types():
    assert types_of("amp_multicast", "float16", None, num_outputs=2) == [None, None]


def test_many_keep_shapes_of_their_own():
    assert shapes_of(
        "amp_multicast", (2, 0), None, outputs=[(0, 3), (4,)], num_outputs=2
    ) == ([(2, 3), (4,)], [(2, 3), (4,)])
    with pytest.raises(ShapeError, match=r"\(2,\) against \(3,\)"):
        shapes_of("amp_multicast", (2,), outputs=[(3,)], num_outputs=1)


def test_each_of_many_can_be_left_out_or_added():
    operator = find("amp_multicast")
    data = [np.ones(2, np.float16), np.ones(3, np.float32)]
    outputs = [None, np.full(3, 2, np.float32)]
    attributes = operator.parse({"num_outputs": 2})
    eager.bind_and_run(operator, attributes, data, outputs, Request.ADD, True)
    assert outputs[1].tolist() == [3, 3, 3]


def test_gradients_of_many_return_in_their_own_types():
    operator = find("amp_multicast")
    attributes = operator.parse({"num_outputs": 2})
    heads = [np.float32([1, 2]), np.float32([3])]
    call = eager.EagerCall(operator, attributes, [None, None], [], heads)
    made = []
    call.make = lambda name, *inputs: made.append((name, *inputs)) or [inputs[0]]
    assert [x.tolist() for x in eager.gradients(call)] == [[1, 2], [3]]
    assert [name for name, _ in made] == ["_backward_Cast"] * 2
