"""Cases of loss layers."""

from typing import Any

from tests.ops.cases.case import Case

LABELS = [0, 2, 1, -1, 2, 5]


def _softmax(
    data: tuple[int, ...], label: tuple[int, ...], classes: int = 3, **attributes: Any
) -> Case:
    return Case(
        "SoftmaxOutput",
        {"data": data, "label": label},
        attributes,
        low=-2,
        high=2,
        integers={"label": classes},
        inferred=() if label in (data, (2, 2, 2), (2, 1, 2, 2)) else ("label",),
        # MXNet multiplies by the output where it says by the output's gradient.
        golden="out_grad" not in attributes,
        numeric=False,
    )


CASES = (
    _softmax((4, 3), (4,)),
    _softmax((4, 3), (4,), grad_scale=0.5, normalization="batch"),
    _softmax((4, 3), (4,), normalization="valid", ignore_label=1),
    _softmax((6, 3), (6,), use_ignore=True, ignore_label=1),
    _softmax((6, 3), (6,), use_ignore=True, ignore_label=1, normalization="valid"),
    _softmax((4, 3), (4,), smooth_alpha=0.3),
    _softmax((6, 3), (6,), smooth_alpha=0.3, use_ignore=True, ignore_label=2),
    _softmax((4, 3), (4,), out_grad=True, grad_scale=2),
    _softmax((2, 3, 4), (2, 3), classes=4, preserve_shape=True),
    _softmax((2, 3, 4), (2, 3), 4, preserve_shape=True, normalization="batch"),
    _softmax((2, 3, 4), (2, 4), multi_output=True),
    _softmax((2, 3, 4), (2, 4), multi_output=True, normalization="batch"),
    _softmax((2, 3, 4), (2, 4), multi_output=True, normalization="valid"),
    _softmax((2, 3, 4), (2, 4), multi_output=True, use_ignore=True, ignore_label=0),
    _softmax((2, 3, 4), (2, 4), multi_output=True, smooth_alpha=0.2),
    _softmax((2, 3, 2, 2), (2, 4), multi_output=True),
    _softmax((2, 3, 2, 2), (2, 2, 2), multi_output=True, out_grad=True),
    _softmax((2, 3, 2, 2), (2, 1, 2, 2), multi_output=True),
    _softmax((4, 3), (4, 1), multi_output=True),
    _softmax((4, 3), (4, 3), classes=2, grad_scale=3, normalization="batch"),
    _softmax((2, 3, 2), (2, 3, 2), classes=2, multi_output=True),
    Case(
        "SoftmaxOutput",
        {"data": (6, 3), "label": (6,)},
        label="labels that are no class",
        fixed={"label": LABELS},
        inferred=("label",),
        numeric=False,
    ),
    Case(
        "SoftmaxOutput",
        {"data": (2, 3), "label": (2,)},
        label="large",
        fixed={"data": [1e4, 1e4 - 1, -1e4, 200, -200, 199], "label": [1, 0]},
        inferred=("label",),
        numeric=False,
    ),
    *(
        Case(
            name,
            {"data": data, "label": label},
            attributes,
            inferred=("label",) if label in (data, (4,)) else (),
            numeric=False,
        )
        for name in (
            "LinearRegressionOutput",
            "LogisticRegressionOutput",
            "MAERegressionOutput",
        )
        for data, label, attributes in (
            ((4,), (4,), {}),
            ((4, 1), (4,), {}),
            ((4, 3), (4, 3), {}),
            ((2, 3, 4), (2, 3, 4), {"grad_scale": 2.5}),
            ((4, 3), (4, 3, 1), {}),
        )
    ),
    *(
        Case(
            name,
            {"data": (4, 3), "label": (4,) if name == "SoftmaxOutput" else (4, 3)},
            label="double",
            integers={"label": 3},
            inferred=("label",),
            numeric=False,
            dtype="float64",
        )
        for name in (
            "SoftmaxOutput",
            "LinearRegressionOutput",
            "LogisticRegressionOutput",
            "MAERegressionOutput",
        )
    ),
    Case("MakeLoss", {"data": (3, 4)}, numeric=False),
    Case("MakeLoss", {"data": (3, 4)}, {"grad_scale": 2.5}, numeric=False),
    Case("MakeLoss", {"data": (3, 4)}, {"normalization": "batch"}, numeric=False),
    Case(
        "MakeLoss",
        {"data": (3, 4)},
        {"normalization": "valid", "valid_thresh": 0.2, "grad_scale": 3},
        numeric=False,
    ),
    Case(
        "MakeLoss",
        {"data": (3, 4)},
        {"normalization": "valid", "valid_thresh": 5},
        numeric=False,
    ),
    Case("make_loss", {"data": (3, 4)}, numeric=False),
    Case("BlockGrad", {"data": (3, 4)}, differentiable=False),
    Case("stop_gradient", {"data": (5,)}, differentiable=False),
)
