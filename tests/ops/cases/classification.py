"""Cases of the losses that compare scores with classes."""

from typing import Any

from tests.ops.cases.case import Case


def _svm(
    data: tuple[int, ...],
    label: str = "",
    classes: int = 3,
    dtype: str = "float32",
    **settings: Any,
) -> Case:
    return Case(
        "SVMOutput",
        {"data": data, "label": data[:-1]},
        settings,
        label=label,
        low=-2,
        high=2,
        integers={"label": classes},
        inferred=("label",),
        numeric=False,  # the gradient is not that of the output
        dtype=dtype,
    )


def _entropy(samples: int, classes: int, label: str = "", **settings: Any) -> Case:
    return Case(
        "softmax_cross_entropy",
        {"data": (samples, classes), "label": (samples,)},
        label=label,
        low=-2,
        high=2,
        integers={"label": classes},
        inferred=("label",),
        **settings,
    )


CASES = (
    _svm((4, 3)),
    _svm((4, 3), margin=0.5, regularization_coefficient=0.3),
    _svm((4, 3), use_linear=True),
    _svm((4, 3), use_linear=True, margin=0.5, regularization_coefficient=2),
    _svm((2, 3, 4), classes=4),
    _svm((4, 3), "labels that are no class", classes=9),
    _svm((4, 3), "double", dtype="float64"),
    _entropy(4, 3),
    _entropy(1, 5),
    _entropy(3, 2, "double", dtype="float64"),
    _entropy(
        2,
        3,
        "large",
        fixed={"data": [1e4, 1e4 - 1, -1e4, 200, -200, 199], "label": [2, 0]},
        numeric=False,  # a probability counts as 1e-8 at least
    ),
    # MXNet reads beyond its memory there.
    _entropy(
        4,
        3,
        "labels that are no class",
        fixed={"label": [0, 3, -1, 2]},
        golden=False,
    ),
)
