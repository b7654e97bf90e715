"""Cases of deformable convolution."""

from typing import Any

from tests.ops.cases.case import Case


def _case(
    data: tuple[int, ...],
    result: tuple[int, int],
    *,
    reach: float = 2.0,
    dtype: str = "float32",
    **attributes: Any,
) -> Case:
    height, width = attributes["kernel"]
    filters = attributes["num_filter"]
    places = height * width * attributes.get("num_deformable_group", 1)
    each = data[1] // attributes.get("num_group", 1)
    inputs = {
        "data": data,
        "offset": (data[0], 2 * places, *result),
        "weight": (filters, each, height, width),
        "bias": (filters,),
    }
    if attributes.get("no_bias"):
        del inputs["bias"]
    return Case(
        "_contrib_DeformableConvolution",
        inputs,
        attributes,
        "" if dtype == "float32" else dtype,
        low=-reach,
        high=reach,
        inferred=tuple(inputs)[1:],
        tolerance=5e-5,
        dtype=dtype,
    )


CASES = (
    _case((2, 2, 4, 5), (3, 4), kernel=(2, 2), num_filter=2),
    _case((1, 2, 4, 4), (3, 4), kernel=(2, 3), num_filter=2, pad=(0, 1), no_bias=True),
    _case((1, 2, 5, 5), (2, 2), kernel=(2, 2), num_filter=1, stride=(2, 3), pad=(0, 1)),
    _case((1, 2, 5, 4), (3, 3), kernel=(2, 2), num_filter=2, dilate=(2, 1)),
    _case((1, 4, 3, 3), (2, 2), kernel=(2, 2), num_filter=4, num_group=2),
    _case(
        (1, 4, 3, 3),
        (2, 2),
        kernel=(2, 2),
        num_filter=2,
        num_group=2,
        num_deformable_group=4,
        no_bias=True,
    ),
    _case((1, 1, 3, 3), (3, 3), reach=0.4, kernel=(1, 1), num_filter=1),
    _case((1, 2, 3, 3), (2, 2), kernel=(2, 2), num_filter=1, dtype="float64"),
)
