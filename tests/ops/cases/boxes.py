"""Cases of boxes in images."""

from typing import Any

from tests.ops.cases.case import Case


def _prior(shape: tuple[int, ...] = (1, 1, 2, 3), **settings: Any) -> Case:
    # MXNet computes in single precision alone.
    return Case(
        "_contrib_MultiBoxPrior", {"data": shape}, settings, differentiable=False
    )


def _overlap(
    lhs: tuple[int, ...], rhs: tuple[int, ...], label: str = "", **settings: Any
) -> Case:
    inputs = {"lhs": lhs, "rhs": rhs}
    fixed = settings.pop("fixed", {})
    dtype = settings.pop("dtype", "float32")
    return Case(
        "_contrib_box_iou",
        inputs,
        settings,
        label,
        low=0,
        fixed=fixed,
        differentiable=False,
        dtype=dtype,
    )


_ODD = [[0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, -1, -1], [0, 0, 2, 2]]

# Class, score, corners.
_BOXES = [
    [0, 0.5, 0.1, 0.1, 0.2, 0.2],
    [1, 0.4, 0.1, 0.1, 0.2, 0.2],
    [0, 0.3, 0.1, 0.1, 0.14, 0.14],
    [2, 0.6, 0.5, 0.5, 0.7, 0.8],
    [1, 0.45, 0.5, 0.5, 0.7, 0.79],
    [2, 0.2, 0, 0, 0.05, 0.05],
]
_TIES = [[i, 0.5 + 0.2 * (i == 3), 2 * i, 0, 2 * i + 1, 1] for i in range(6)]


def _nms(boxes: list[list[float]] = _BOXES, **settings: Any) -> Case:
    return Case(
        "_contrib_box_nms",
        {"data": (6, 6)},
        settings,
        f"{'ties' if boxes is _TIES else ''} {settings}",
        fixed={"data": boxes},
        numeric=False,  # a small step changes who comes first
    )


CASES = (
    _prior(),
    _prior(sizes=(0.5, 0.25), ratios=(1, 2)),
    _prior(sizes=(0.5, 0.25, 0.1), ratios=(4, 2, 0.5)),
    _prior(sizes=(2,), clip=True),
    _prior(steps=(0.1, 0.2), offsets=(0, 0.25)),
    _prior((2, 3, 4, 4), sizes=(0.3,), ratios=(1, 2)),
    _overlap((5, 4), (3, 4)),
    _overlap((5, 4), (3, 4), format="center"),
    _overlap((2, 3, 4), (2, 4)),
    _overlap((2, 4), (3, 1, 2, 4)),
    _overlap((5, 4), (5, 4), "odd", fixed={"lhs": _ODD, "rhs": _ODD}),
    _overlap((5, 4), (5, 4), format="center", fixed={"lhs": _ODD, "rhs": _ODD}),
    _overlap((3, 4), (3, 4), "double", dtype="float64"),
    *(
        _nms(overlap_thresh=0.1, **settings)
        for settings in (
            {},
            {"id_index": 0},
            {"id_index": 0, "force_suppress": True},
            {"id_index": 0, "background_id": 2},
            {"background_id": 2},
            {"topk": 2},
            {"topk": 3, "id_index": 0},
            {"topk": 0},
            {"valid_thresh": 0.35},
            {"valid_thresh": 0.9},
            {"in_format": "center"},
            {"in_format": "center", "out_format": "center"},
            {"out_format": "center"},
        )
    ),
    _nms(),
    _nms(overlap_thresh=0),
    _nms(overlap_thresh=1),
    _nms(_TIES, overlap_thresh=0.2),
    _nms(_TIES, topk=3),
    Case(
        "_contrib_box_nms",
        {"data": (2, 3, 5, 8)},
        {"coord_start": 1, "score_index": 6, "id_index": 0, "overlap_thresh": 0.2},
        "batches",
        low=0,
    ),
    Case("_contrib_box_nms", {"data": (2, 5, 6)}, {}, "double", dtype="float64", low=0),
    Case(
        "_contrib_box_non_maximum_suppression",
        {"data": (4, 6)},
        {"overlap_thresh": 0.3},
        low=0,
    ),
)
