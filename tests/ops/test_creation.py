"""Arrays from nothing: unknown shapes, ranges, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


@pytest.mark.parametrize("name", ["_zeros", "_ones", "_random_uniform"])
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
