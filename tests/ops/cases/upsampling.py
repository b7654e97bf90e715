"""Cases of upsampling."""

from typing import Any

from tests.ops.cases.case import Case


def _nearest(
    *shapes: tuple[int, ...], dtype: str = "float32", **attributes: Any
) -> Case:
    return Case(
        "UpSampling",
        {f"arg{i}": shape for i, shape in enumerate(shapes)},
        {"sample_type": "nearest", "num_args": len(shapes), **attributes},
        "" if dtype == "float32" else dtype,
        tolerance=1e-5 if dtype != "float16" else 2e-3,
        dtype=dtype,
    )


def _bilinear(data: tuple[int, ...], scale: int, dtype: str = "float32") -> Case:
    length = 2 * scale - scale % 2
    return Case(
        "UpSampling",
        {"data": data, "weight": (data[1], 1, length, length)},
        {
            "sample_type": "bilinear",
            "scale": scale,
            "num_filter": data[1],
            "num_args": 2,
        },
        "" if dtype == "float32" else f"{dtype},bilinear",
        inferred=("weight",),
        tolerance=2e-5,
        dtype=dtype,
    )


CASES = (
    _nearest((2, 3, 2, 3), scale=2),
    _nearest((1, 2, 3, 1), scale=3),
    _nearest((1, 2, 3, 2), scale=1),
    _nearest((2, 2, 2, 4), (2, 1, 4, 8), (2, 3, 1, 2), scale=2),
    _nearest((2, 2, 2, 4), (2, 2, 1, 2), scale=2, multi_input_mode="sum"),
    _nearest((2, 1, 2, 2), (2, 1, 2, 2), scale=2, multi_input_mode="sum"),
    _nearest((2, 1, 2, 2), (2, 2, 1, 1), scale=2, dtype="float64"),
    _nearest((2, 1, 2, 2), scale=2, dtype="float16"),
    _bilinear((2, 3, 2, 3), 2),
    _bilinear((1, 2, 3, 3), 3),
    _bilinear((1, 2, 2, 2), 4),
    _bilinear((1, 1, 3, 2), 1),
    _bilinear((1, 2, 3, 2), 2, dtype="float64"),
)
