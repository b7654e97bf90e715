"""Steps of optimizers, as operators."""

from __future__ import annotations

from dataflow_ops.attributes import Attribute, boolean, real
from dataflow_ops.dtypes import same_float
from dataflow_ops.registry import Operator, register

_LEARNING_RATE = Attribute("lr", real, doc="Learning rate.")
_COMMON = (
    Attribute("wd", real, 0.0, "Weight decay: the gradient of wd / 2 weight^2."),
    Attribute("rescale_grad", real, 1.0, "Factor of the gradient, before clipping."),
    Attribute(
        "clip_gradient",
        real,
        -1.0,
        "Bound of the gradient's elements on both sides; none if negative.",
    ),
    Attribute(
        "lazy_update", boolean, True, "Accepted for MXNet's sake; has no effect."
    ),
)

register(
    Operator(
        name="sgd_update",
        summary="weight - lr (clip(rescale_grad grad) + wd weight).",
        inputs=("weight", "grad"),
        attributes=(_LEARNING_RATE, *_COMMON),
        dtypes=same_float,
        inplace=((0, 0), (1, 0)),
    )
)

register(
    Operator(
        name="sgd_mom_update",
        summary="mom = momentum mom - lr (clip(rescale_grad grad) + wd weight); "
        "the output is weight + mom.",
        inputs=("weight", "grad"),
        auxiliary=("mom",),
        attributes=(
            _LEARNING_RATE,
            Attribute("momentum", real, 0.0, "What mom keeps of its old value."),
            *_COMMON,
        ),
        dtypes=same_float,
        inplace=((0, 0), (1, 0)),
    )
)
