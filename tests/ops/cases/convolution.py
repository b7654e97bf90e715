"""Cases of convolution."""

from typing import Any

from tests.ops.cases.case import Case


def _case(
    data: tuple[int, ...],
    operator: str = "Convolution",
    dtype: str = "float32",
    **attributes: Any,
) -> Case:
    kernel = attributes["kernel"]
    filters = attributes["num_filter"]
    each = data[1] // attributes.get("num_group", 1)
    inputs = {"data": data, "weight": (filters, each, *kernel), "bias": (filters,)}
    if attributes.get("no_bias"):
        del inputs["bias"]
    return Case(
        operator,
        inputs,
        attributes,
        "" if dtype == "float32" else dtype,
        inferred=tuple(inputs)[1:],
        tolerance=2e-5,
        dtype=dtype,
    )


CASES = (
    _case((2, 3, 5, 6), kernel=(3, 2), num_filter=4),
    _case((2, 3, 5, 6), kernel=(3, 3), num_filter=4, pad=(1, 1)),
    _case((2, 3, 7, 6), kernel=(3, 3), num_filter=2, stride=(2, 3), pad=(1, 2)),
    _case((2, 3, 7, 8), kernel=(3, 2), num_filter=2, dilate=(2, 3), no_bias=True),
    _case((2, 4, 5, 5), kernel=(3, 3), num_filter=6, num_group=2, pad=(1, 1)),
    _case((2, 4, 5, 5), kernel=(3, 3), num_filter=4, num_group=4),
    _case((2, 3, 4, 5), kernel=(1, 1), num_filter=4),
    _case((2, 4, 4, 5), kernel=(1, 1), num_filter=4, num_group=2, no_bias=True),
    _case((2, 3, 4, 5), kernel=(1, 1), num_filter=2, stride=(2, 2)),
    _case((2, 3, 4, 5), kernel=(4, 5), num_filter=2),
    _case((1, 1, 1, 1), kernel=(1, 1), num_filter=1, pad=(1, 0)),
    _case((2, 3, 7), kernel=(3,), num_filter=4, stride=(2,), pad=(1,)),
    _case((2, 2, 8), kernel=(3,), num_filter=2, dilate=(2,), layout="NCW"),
    _case((2, 2, 4, 5, 3), kernel=(2, 3, 2), num_filter=3, pad=(1, 0, 1)),
    _case((1, 2, 5, 4, 4), kernel=(2, 2, 2), num_filter=2, stride=(2, 1, 2)),
    _case((2, 4, 3, 4, 3), kernel=(2, 3, 2), num_filter=4, num_group=2),
    _case((2, 4, 6), kernel=(2,), num_filter=2, num_group=2, no_bias=True),
    _case((2, 3, 4, 5), kernel=(3, 3), num_filter=2, layout="NCHW", workspace=64),
    _case((2, 3, 4, 5), dtype="float64", kernel=(3, 3), num_filter=2, pad=(1, 0)),
    _case((2, 3, 4, 5), "Convolution_v1", kernel=(3, 2), num_filter=2, pad=(1, 1)),
)
