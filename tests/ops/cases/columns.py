"""Cases of windows as columns.

MXNet computes these for two spatial axes alone; it refuses or garbles one and three.
"""

from typing import Any

from tests.ops.cases.case import Case


def _unfold(data: tuple[int, ...], dtype: str = "float32", **attributes: Any) -> Case:
    return Case(
        "im2col",
        {"data": data},
        attributes,
        "" if dtype == "float32" else dtype,
        golden=len(data) == 4,
        dtype=dtype,
        tolerance=1e-5 if dtype != "float16" else 1e-3,
    )


def _fold(data: tuple[int, ...], dtype: str = "float32", **attributes: Any) -> Case:
    return Case(
        "col2im",
        {"data": data},
        attributes,
        "" if dtype == "float32" else dtype,
        golden=len(attributes["kernel"]) == 2,
        dtype=dtype,
        tolerance=1e-5 if dtype != "float16" else 1e-3,
    )


CASES = (
    _unfold((2, 3, 4, 5), kernel=(2, 3)),
    _unfold((2, 2, 5, 4), kernel=(3, 2), stride=(2, 1), pad=(1, 2)),
    _unfold((1, 2, 5, 6), kernel=(2, 3), dilate=(2, 2), pad=(0, 1)),
    _unfold((1, 2, 3, 4), kernel=(1, 1)),
    _unfold((1, 2, 3, 4), kernel=(3, 4)),
    _unfold((1, 1, 6, 6), kernel=(2, 2), stride=(3, 3)),
    _unfold((2, 2, 3, 3), dtype="float64", kernel=(2, 2)),
    _unfold((2, 2, 3, 3), dtype="float16", kernel=(2, 2)),
    _unfold((2, 3, 5), kernel=(2,), stride=(2,), pad=(1,)),
    _unfold((1, 2, 3, 2, 4), kernel=(2, 1, 2), pad=(1, 0, 0)),
    _fold((2, 12, 6), kernel=(2, 3), output_size=(3, 5)),
    _fold((2, 6, 15), kernel=(3, 2), stride=(2, 1), pad=(1, 1), output_size=(5, 4)),
    _fold((1, 12, 12), kernel=(2, 3), dilate=(2, 2), pad=(0, 1), output_size=(5, 6)),
    _fold((1, 2, 12), kernel=(1, 1), output_size=(3, 4)),
    _fold((1, 4, 4), kernel=(2, 2), stride=(3, 3), output_size=(6, 6)),
    _fold((2, 8, 4), dtype="float64", kernel=(2, 2), output_size=(3, 3)),
    _fold((2, 8, 4), dtype="float16", kernel=(2, 2), output_size=(3, 3)),
    _fold((2, 6, 3), kernel=(2,), stride=(2,), pad=(1,), output_size=(5,)),
    _fold((1, 8, 18), kernel=(2, 1, 2), pad=(1, 0, 0), output_size=(2, 2, 4)),
)
