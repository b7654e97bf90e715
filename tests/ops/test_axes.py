"""Axes in another order or direction: two-way shapes and errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import ShapeError
from dataflow_ops.registry import find
from tests.ops.eager import apply, shapes_of


@pytest.mark.parametrize(
    ("name", "data", "output", "settings", "expected"),
    [
        ("transpose", (4, 0), (3, 0), {}, ((4, 3), (3, 4))),
        ("transpose", None, (2, 3, 4), {"axes": (1, 2, 0)}, ((4, 2, 3), (2, 3, 4))),
        ("transpose", None, None, {}, (None, None)),
        ("SwapAxis", None, (2, 3), {"dim1": 0, "dim2": 1}, ((3, 2), (2, 3))),
        ("SwapAxis", (0, 3), (3, 2), {"dim1": 0, "dim2": -1}, ((2, 3), (3, 2))),
        ("reverse", (0, 3), (2, 0), {"axis": 0}, ((2, 3), (2, 3))),
        ("reverse", None, None, {"axis": 0}, (None, None)),
    ],
)
def test_shapes_go_both_ways(name, data, output, settings, expected):
    inputs, outputs = shapes_of(name, data, outputs=[output], **settings)
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize(
    ("name", "data", "settings", "message"),
    [
        ("transpose", (2, 3), {"axes": (0, 0)}, "not an order of the 2 axes"),
        ("transpose", (2, 3), {"axes": (0,)}, "not an order of the 2 axes"),
        ("transpose", (2, 3), {"axes": (0, 2)}, "axis 2 is out of range"),
        ("SwapAxis", (2, 3), {"dim1": 0, "dim2": 5}, "axis 5 is out of range"),
        ("reverse", (2, 3), {"axis": 2}, "axis 2 is out of range"),
    ],
)
def test_wrong_axes_are_refused(name, data, settings, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of(name, data, **settings)


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float16"])
def test_elements_of_any_type_are_moved(dtype):
    data = np.array([[1, 2, 3]], dtype)
    for name, settings in (("transpose", {}), ("SwapAxis", {"dim2": 1})):
        result = apply(name, data, **settings)
        assert result.dtype == dtype
        assert result.tolist() == [[1], [2], [3]]
    assert apply("flip", data, axis=-1).tolist() == [[3, 2, 1]]


def test_another_order_is_not_a_view():
    assert not find("transpose").view
