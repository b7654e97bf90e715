"""Cases of deconvolution.

With `target_shape`, MXNet's oneDNN kernels need the very pad that follows from it.
"""

from typing import Any

from tests.ops.cases.case import Case


def _case(data: tuple[int, ...], *, dtype: str = "float32", **attributes: Any) -> Case:
    kernel = attributes["kernel"]
    filters = attributes["num_filter"]
    each = filters // attributes.get("num_group", 1)
    inputs = {"data": data, "weight": (data[1], each, *kernel), "bias": (filters,)}
    if attributes.get("no_bias", True):
        del inputs["bias"]
    label = "" if dtype == "float32" else f"{dtype},kernel={kernel}"
    return Case(
        "Deconvolution",
        inputs,
        attributes,
        label,
        inferred=tuple(inputs)[1:],
        tolerance=2e-5,
        dtype=dtype,
    )


CASES = (
    _case((2, 3, 4, 3), kernel=(3, 2), num_filter=2),
    _case((2, 3, 4, 3), kernel=(3, 3), num_filter=4, pad=(1, 2), no_bias=False),
    _case((2, 3, 3, 4), kernel=(3, 3), num_filter=2, stride=(2, 3), pad=(1, 0)),
    _case((2, 3, 3, 2), kernel=(2, 3), num_filter=2, dilate=(2, 3), no_bias=False),
    _case((2, 4, 3, 3), kernel=(3, 3), num_filter=6, num_group=2, pad=(1, 1)),
    _case((2, 3, 3, 3), kernel=(4, 4), num_filter=3, num_group=3, stride=(2, 2)),
    _case((2, 3, 2, 3), kernel=(3, 3), num_filter=2, stride=(3, 2), adj=(2, 1)),
    _case(
        (1, 2, 3, 3),
        kernel=(3, 3),
        num_filter=2,
        stride=(2, 2),
        pad=(1, 1),
        adj=(1, 1),
        no_bias=False,
    ),
    _case((2, 3, 3, 4), kernel=(1, 1), num_filter=4, no_bias=False),
    _case((2, 4, 3, 4), kernel=(1, 1), num_filter=4, num_group=2),
    _case((2, 2, 3, 4), kernel=(1, 1), num_filter=2, stride=(2, 2)),
    _case(
        (1, 2, 3, 3),
        kernel=(4, 4),
        num_filter=1,
        stride=(2, 2),
        target_shape=(6, 5),
        pad=(1, 2),
    ),
    _case(
        (1, 2, 3, 3),
        kernel=(2, 2),
        num_filter=1,
        stride=(2, 2),
        target_shape=(6, 3),
        pad=(0, 2),
    ),
    _case(
        (1, 2, 2, 3),
        kernel=(3, 3),
        num_filter=1,
        stride=(2, 2),
        dilate=(2, 1),
        pad=(1, 0),
        target_shape=(5, 7),
    ),
    _case((1, 1, 1, 1), kernel=(1, 1), num_filter=1),
    _case((2, 3, 4), kernel=(3,), num_filter=2, stride=(2,), pad=(1,), no_bias=False),
    _case((2, 2, 4), kernel=(3,), num_filter=2, dilate=(2,), layout="NCW"),
    _case(
        (2, 2, 3), kernel=(4,), num_filter=2, stride=(2,), target_shape=(6,), pad=(1,)
    ),
    _case((2, 2, 2, 3, 2), kernel=(2, 3, 2), num_filter=3, pad=(1, 0, 1)),
    _case(
        (1, 2, 2, 2, 3),
        kernel=(2, 2, 2),
        num_filter=2,
        stride=(2, 1, 2),
        adj=(1, 0, 1),
        no_bias=False,
    ),
    _case((2, 3, 3, 2), kernel=(3, 2), num_filter=2, stride=(2, 1), dtype="float64"),
)
