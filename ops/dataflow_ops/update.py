"""Steps of gradient descent, as operators: plain, with momentum, by signs.

In mixed precision (``mp_``) the weight and its gradient are narrow, and the states are
not: among them is ``weight32``, the precise copy of the weight, which steps.
"""

from __future__ import annotations

import numpy as np

from dataflow_ops.attributes import Attribute, Attributes, boolean, real
from dataflow_ops.dtypes import DType, DTypeRule, DTypes, floating, same_float, unify
from dataflow_ops.errors import DTypeError
from dataflow_ops.registry import Operator, register

LEARNING_RATE = Attribute("lr", real, doc="Learning rate.")
MOMENTUM = Attribute("momentum", real, 0.0, "What mom keeps of its old value.")
DECAY = Attribute("wd", real, 0.0, "Weight decay: the gradient of wd / 2 weight^2.")
RESCALE = Attribute(
    "rescale_grad", real, 1.0, "Factor of the gradient, before clipping."
)
CLIP = Attribute(
    "clip_gradient",
    real,
    -1.0,
    "Bound of the gradient's elements on both sides; none if negative.",
)
LAZY = Attribute(
    "lazy_update", boolean, True, "Accepted for MXNet's sake; has no effect."
)
COMMON = (DECAY, RESCALE, CLIP)

# The new weight may take the old one's memory, or the gradient's: both are read before.
INPLACE = ((0, 0), (1, 0))


def precise(dtype: DType | None) -> DType:
    """Check the type of precise states; float32 if it is not known."""
    dtype = floating(dtype) or np.dtype(np.float32)
    if dtype.itemsize < 4:
        raise DTypeError(f"states in mixed precision are float32, not {dtype}")
    return dtype


def _joined(dtypes: DTypes) -> DType | None:
    joined: DType | None = None
    for dtype in dtypes:
        joined = unify(joined, floating(dtype))
    return joined


def mixed(narrow: int, *, precise_output: bool = False) -> DTypeRule:
    """Make the type rule where the leading inputs agree, and the states do.

    Parameters
    ----------
    narrow : int
        How many inputs have the type of the weight.
    precise_output : bool
        The output has the type of the states, not that of the weight.
    """

    def rule(
        attributes: Attributes, inputs: DTypes, outputs: DTypes
    ) -> tuple[DTypes, DTypes]:
        beside = () if precise_output else outputs
        weight = _joined((*inputs[:narrow], *beside))
        state = precise(_joined(inputs[narrow:]))
        output = state if precise_output else weight
        states = [state] * (len(inputs) - narrow)
        return [*[weight] * narrow, *states], [output] * len(outputs)

    return rule


def _declare(
    name: str,
    summary: str,
    *attributes: Attribute,
    states: tuple[str, ...] = (),
    aliases: tuple[str, ...] = (),
) -> None:
    register(
        Operator(
            name=name,
            aliases=aliases,
            summary=summary,
            inputs=("weight", "grad"),
            auxiliary=states,
            attributes=attributes,
            dtypes=mixed(2) if "weight32" in states else same_float,
            inplace=INPLACE,
        )
    )


_SGD = "weight - lr (g + wd weight), where g = clip(rescale_grad grad)."
_MOMENTUM = (
    "mom = momentum mom - lr (g + wd weight), where g = clip(rescale_grad grad); "
    "the output is weight + mom."
)
_NESTEROV = (
    "With g = lr (clip(rescale_grad grad) + wd weight): mom = momentum mom - g; the "
    "output is weight + momentum mom - g."
)
_MIXED = " Steps from weight32, which it updates; the output is a narrow copy of it."

_declare(
    "sgd_update",
    _SGD,
    LEARNING_RATE,
    *COMMON,
    LAZY,
    aliases=("_sparse_sgd_update",),
)
_declare(
    "sgd_mom_update",
    _MOMENTUM,
    LEARNING_RATE,
    MOMENTUM,
    *COMMON,
    LAZY,
    states=("mom",),
    aliases=("_sparse_sgd_mom_update",),
)
_declare("nag_mom_update", _NESTEROV, LEARNING_RATE, MOMENTUM, *COMMON, states=("mom",))
_declare(
    "mp_sgd_update",
    _SGD + _MIXED,
    LEARNING_RATE,
    *COMMON,
    LAZY,
    states=("weight32",),
)
_declare(
    "mp_sgd_mom_update",
    _MOMENTUM + _MIXED,
    LEARNING_RATE,
    MOMENTUM,
    *COMMON,
    LAZY,
    states=("mom", "weight32"),
)
_declare(
    "mp_nag_mom_update",
    _NESTEROV + _MIXED,
    LEARNING_RATE,
    MOMENTUM,
    *COMMON,
    states=("mom", "weight32"),
)
_declare(
    "signsgd_update",
    "weight - lr (sign(grad) + wd weight); neither rescaling nor clipping matters.",
    LEARNING_RATE,
    *COMMON,
)
_declare(
    "signum_update",
    "mom = momentum mom - (1 - momentum) (clip(rescale_grad grad) + wd weight); the "
    "output is (1 - lr wd_lh) weight + lr sign(mom).",
    LEARNING_RATE,
    MOMENTUM,
    *COMMON,
    Attribute("wd_lh", real, 0.0, "Weight decay that no momentum delays."),
    states=("mom",),
)
