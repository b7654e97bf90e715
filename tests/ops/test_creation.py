"""Arrays from nothing: unknown shapes, ranges, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


@pytest.mark.parametrize(
    "name", ["_zeros", "_ones", "_zeros_without_dtype", "_random_uniform"]
)
@pytest.mark.parametrize("shape", [None, (), (0, 3)])
def test_a_shape_may_follow_from_use(name, shape):
    given = {} if shape is None else {"shape": shape}
    assert shapes_of(name, outputs=[(2, 3)], **given)[1] == [(2, 3)]


def test_a_range_may_follow_from_use():
    operator = find("_arange")
    attributes = operator.parse({"start": 3, "step": 2, "infer_range": True})
    output = [np.empty(5, np.float32)]
    eager.run(operator, attributes, [], outputs=output)
    assert output[0].tolist() == [3, 5, 7, 9, 11]
    assert shapes_of("_arange", start=0, infer_range=True)[1] == [(0,)]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"start": 1, "stop": 5, "step": 0}, "'step' cannot be 0"),
        ({"start": 5, "stop": 5}, "is empty"),
        ({"start": 1, "stop": 5, "step": -1}, "is empty"),
    ],
)
def test_an_empty_range_is_refused(given, message):
    with pytest.raises(AttributeValueError, match=message):
        shapes_of("_arange", **given)


def test_ranges_are_exact_to_the_end():
    result = apply("_arange", start=0, stop=1000, step=0.1)
    np.testing.assert_allclose(result[-1], 999.9, rtol=1e-6)
    assert len(result) == 10000


def test_attributes_are_read_as_mxnet_writes_them():
    parsed = find("_arange").parse(
        {"dtype": "float32", "infer_range": "False", "start": "5", "stop": "None"}
    )
    assert parsed.stop is None
    assert parsed.infer_range is False


def test_zeros_may_take_their_type_from_use():
    operator = find("_zeros_without_dtype")
    half = np.dtype("float16")
    free = operator.parse({"shape": (2,), "dtype": "-1"})
    assert operator.dtypes(free, [], [None]) == ([], [None])
    assert operator.dtypes(free, [], [half]) == ([], [half])
    fixed = operator.parse({"shape": (2,), "dtype": 2})
    assert operator.dtypes(fixed, [], [None]) == ([], [half])
    with pytest.raises(AttributeValueError, match="expected -1 or one of 0, 1"):
        operator.parse({"dtype": 99})


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("_linspace", {"start": 0, "stop": 1, "num": -1}, "'num' cannot be -1"),
        ("_linspace", {"start": 0, "num": 3}, "required attribute 'stop'"),
        ("_eye", {"N": -1}, "'N' cannot be -1"),
        ("_arange", {"start": 1, "repeat": 0}, "'repeat' cannot be 0"),
        ("_full", {"shape": 2}, "required attribute 'value'"),
        ("_zeros", {"dtype": "complex64"}, "'dtype' cannot be"),
    ],
)
def test_wrong_attributes_are_refused(name, given, message):
    with pytest.raises(AttributeValueError, match=message):
        find(name).parse(given)


def test_the_last_of_evenly_spaced_numbers_is_the_stop():
    result = apply("_linspace", start=0, stop=0.7, num=1001, dtype="float64")
    assert result[-1] == 0.7
    np.testing.assert_allclose(np.diff(result), 0.0007, rtol=1e-12)
