"""Cases of sampling images at places that are computed."""

from typing import Any

from tests.ops.cases.case import Case


def _sampler(
    data: tuple[int, ...], grid: tuple[int, ...], label: str = "", **options: Any
) -> Case:
    batch, (height, width) = data[0], grid
    inputs = {"data": data, "grid": (batch, 2, height, width)}
    return Case("BilinearSampler", inputs, label=label, **options)


def _transformer(
    data: tuple[int, ...], target: tuple[int, int], label: str = "", **options: Any
) -> Case:
    settings = {
        "transform_type": "affine",
        "sampler_type": "bilinear",
        "target_shape": target,
    }
    inputs = {"data": data, "loc": (data[0], 6)}
    options.setdefault("inferred", ("loc",))
    return Case("SpatialTransformer", inputs, settings, label, **options)


def _affine(batch: int, target: tuple[int, int], **options: Any) -> Case:
    settings = {"transform_type": "affine", "target_shape": target}
    return Case("GridGenerator", {"data": (batch, 6)}, settings, **options)


def _warp(shape: tuple[int, ...], **options: Any) -> Case:
    settings = {"transform_type": "warp"}
    return Case("GridGenerator", {"data": shape}, settings, **options)


# On pixels, between them, on the edges and outside: the gradient has kinks at pixels.
_PLACES = [-1, 1, 0, 0.5, 1.4, -1.4, 3, -3, 1, -1, 0, 0.5, 0, 1.2, 0.25, -0.5]

CASES = (
    _sampler((2, 3, 4, 5), (3, 2)),
    _sampler((1, 2, 3, 3), (4, 5), "beyond", low=-2, high=2),
    _sampler((1, 2, 1, 4), (2, 2), "one row"),
    _sampler((1, 1, 3, 5), (2, 4), "edges", fixed={"grid": _PLACES}, numeric=False),
    _sampler((2, 3, 4, 5), (3, 2), "double", dtype="float64"),
    _affine(2, (3, 4)),
    _affine(1, (2, 2)),
    # MXNet divides by zero where there is one place.
    _affine(2, (1, 4), golden=False),
    _affine(2, (1, 1), golden=False),
    _warp((2, 2, 3, 4)),
    _warp((1, 2, 2, 2), label="far", low=-5, high=5),
    _warp((1, 2, 1, 3), golden=False),
    _transformer((2, 3, 4, 5), (3, 2), "within", low=-0.8, high=0.8),
    _transformer((1, 2, 3, 3), (4, 5), "beyond", low=-2, high=2),
    _transformer(
        (1, 1, 3, 4),
        (3, 4),
        "identity",
        fixed={"loc": [1, 0, 0, 0, 1, 0]},
        differentiable=False,  # rounding decides on which side of a pixel a place is
    ),
    _transformer((2, 1, 3, 3), (1, 1), golden=False),
)
