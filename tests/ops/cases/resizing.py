"""Cases of images brought to a given size."""

from typing import Any

from tests.ops.cases.case import Case


def _tolerance(dtype: str) -> float:
    return 2e-3 if dtype == "float16" else 1e-5


def _mean(data: tuple[int, ...], output_size: Any, dtype: str = "float32") -> Case:
    return Case(
        "_contrib_AdaptiveAvgPooling2D",
        {"data": data},
        {} if output_size is None else {"output_size": output_size},
        "" if dtype == "float32" else dtype,
        tolerance=_tolerance(dtype),
        dtype=dtype,
    )


def _bilinear(
    data: tuple[int, ...],
    like: tuple[int, ...] | None = None,
    dtype: str = "float32",
    **attributes: Any,
) -> Case:
    if like is not None:
        attributes["mode"] = "like"
    return Case(
        "_contrib_BilinearResize2D",
        {"data": data} | ({} if like is None else {"like": like}),
        attributes,
        "" if dtype == "float32" else dtype,
        tolerance=_tolerance(dtype),
        dtype=dtype,
    )


CASES = (
    _mean((2, 3, 4, 6), (2, 3)),
    _mean((2, 2, 5, 7), (2, 3)),
    _mean((2, 2, 5, 4), 3),
    _mean((2, 2, 3, 4), None),
    _mean((1, 2, 2, 2), (3, 5)),
    _mean((1, 2, 1, 3), (1, 3)),
    _mean((2, 2, 5, 3), (2, 2), dtype="float64"),
    _mean((2, 2, 5, 3), (2, 2), dtype="float16"),
    _bilinear((2, 2, 3, 4), height=5, width=3),
    _bilinear((2, 2, 3, 4), height=5, width=3, align_corners=False),
    _bilinear((1, 2, 3, 3), height=7, width=8, align_corners=False),
    _bilinear((1, 2, 7, 6), height=2, width=3),
    _bilinear((1, 2, 7, 6), height=2, width=3, align_corners=False),
    _bilinear((1, 2, 3, 4)),
    _bilinear((1, 2, 3, 4), height=3, width=4),
    _bilinear((1, 2, 3, 4), height=3, width=2),
    _bilinear((1, 2, 1, 1), height=3, width=2),
    _bilinear((1, 2, 1, 2), height=3, width=3, align_corners=False),
    _bilinear((1, 2, 3, 4), scale_height=1.5, scale_width=0.5),
    *(
        _bilinear((1, 1, *lengths), mode=mode)
        for mode in ("to_even_down", "to_even_up", "to_odd_down", "to_odd_up")
        for lengths in ((3, 4), (4, 5))
    ),
    _bilinear((1, 1, 3, 4), mode="odd_scale", scale_height=2, scale_width=0.5),
    _bilinear((1, 1, 4, 5), mode="odd_scale", scale_height=1.5, scale_width=0.4),
    _bilinear((1, 2, 3, 4), (2, 1, 2, 5)),
    _bilinear((1, 2, 3, 4), (1, 2, 3, 2), align_corners=False),
    _bilinear((2, 2, 3, 3), height=4, width=5, dtype="float64"),
    _bilinear((2, 2, 3, 3), height=4, width=5, dtype="float16"),
)
