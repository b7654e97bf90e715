"""Cases of pooling regions."""

from typing import Any

from tests.ops.cases.case import Case

# Number of the image, then two corners; within the data, and beyond it.
_INSIDE = [[0, 0, 0, 4, 4], [1, 2.5, 1.5, 4.5, 3.5], [0, 3, 2, 3, 2], [1, 1, 0, 6, 5]]
_BEYOND = [[1, -3, -3, 2, 2], [0, 6, 4, 9, 9], [0, 9, 9, 12, 12], [0, 5, 4, 2, 2]]
_ORDERED = [[0, 0, 0, 4, 4], [1, 2.5, 1.5, 4.5, 3.5], [0, -3, 1, 9, 3]]
_OUTSIDE = [[0, 1, 1, 4, 4], [-1, 0, 0, 3, 3], [2, 0, 0, 3, 3]]


def _case(
    operator: str,
    boxes: list[list[float]],
    data: tuple[int, ...] = (2, 2, 6, 7),
    pooled_size: tuple[int, int] = (2, 2),
    spatial_scale: float = 1.0,
    case: Any = None,
    **settings: Any,
) -> Case:
    inputs = {"data": data, "rois": (len(boxes), 5)}
    settings |= {"pooled_size": pooled_size, "spatial_scale": spatial_scale}
    label = {
        id(_INSIDE): "inside",
        id(_BEYOND): "beyond",
        id(_ORDERED): "ordered",
        id(_OUTSIDE): "outside",
    }
    return Case(
        operator,
        inputs,
        settings,
        f"{label[id(boxes)]} {settings}",
        fixed={"rois": boxes},
        **(case or {}),
    )


_POOLED = (
    {},
    {"pooled_size": (3, 2), "spatial_scale": 0.5},
    {"pooled_size": (1, 1)},
    {"pooled_size": (7, 5), "data": (2, 1, 4, 5)},
)
_ALIGNED = (
    *_POOLED,
    {"sample_ratio": 2},
    {"sample_ratio": 3, "spatial_scale": 0.5, "pooled_size": (2, 3)},
    {"position_sensitive": True, "data": (2, 8, 4, 5)},
    {"position_sensitive": True, "data": (2, 6, 4, 5), "pooled_size": (3, 2)},
)

CASES = (
    *(
        _case("ROIPooling", boxes, **settings)
        for boxes in (_INSIDE, _BEYOND)
        for settings in _POOLED
    ),
    *(
        _case("_contrib_ROIAlign", boxes, **settings, case={"numeric": numeric})
        for boxes, numeric in ((_INSIDE, True), (_BEYOND, False))
        for settings in _ALIGNED
    ),
    *(
        _case("_contrib_ROIAlign", _ORDERED, aligned=True, **settings)
        for settings in ({}, {"sample_ratio": 2}, {"spatial_scale": 0.5})
    ),
    # MXNet reads memory that is not data's.
    _case("ROIPooling", _OUTSIDE, case={"golden": False}),
    _case("_contrib_ROIAlign", _OUTSIDE, case={"golden": False}),
    # MXNet ends the process.
    _case("_contrib_ROIAlign", _BEYOND, aligned=True, case={"golden": False}),
)
