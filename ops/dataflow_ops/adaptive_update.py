"""Steps of optimizers that scale each weight's step by its past gradients."""

from __future__ import annotations

from typing import Any

from dataflow_ops.attributes import Attribute, Attributes, positive, real
from dataflow_ops.dtypes import FLOAT32, DTypeRule, DTypes, floating, same_float
from dataflow_ops.errors import ShapeError
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    Inferred,
    Shapes,
    display,
    same_shape,
    unify,
)
from dataflow_ops.update import (
    CLIP,
    COMMON,
    DECAY,
    INPLACE,
    LAZY,
    LEARNING_RATE,
    RESCALE,
    mixed,
)


def _kept(name: str, default: float, what: str) -> Attribute:
    return Attribute(name, real, default, f"What {what} keeps of its old value.")


def epsilon(default: float) -> Attribute:
    """Make the attribute `epsilon`."""
    return Attribute("epsilon", real, default, "What keeps the divisor above 0.")


BETAS = (_kept("beta1", 0.9, "the mean"), _kept("beta2", 0.999, "the variance"))
STEP = Attribute("t", positive, doc="Which step this is, counted from 1.")
_CLIP_WEIGHTS = Attribute(
    "clip_weights", real, -1.0, "Bound of the new weights; none if negative."
)
ADAM_EPSILON = epsilon(1e-8)


def declare(name: str, summary: str, *attributes: Attribute, **fields: Any) -> None:
    """Register an optimizer's step; `fields` add to those of most of them."""
    register(
        Operator(
            name=name,
            summary=summary,
            attributes=attributes,
            **{
                "inputs": ("weight", "grad"),
                "dtypes": same_float,
                "inplace": INPLACE,
                **fields,
            },
        )
    )


declare(
    "adam_update",
    "With g = clip(rescale_grad grad + wd weight): mean = beta1 mean + (1 - beta1) g, "
    "var = beta2 var + (1 - beta2) g^2; the output is weight - lr mean / (var^(1/2) + "
    "epsilon).",
    LEARNING_RATE,
    *BETAS,
    ADAM_EPSILON,
    *COMMON,
    LAZY,
    aliases=("_sparse_adam_update",),
    auxiliary=("mean", "var"),
)

# AdamW


def _one_scale(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    arrays, outputs = same_shape(attributes, inputs[:-1], outputs)
    return [*arrays, unify(inputs[-1], (1,))], outputs


def scaled(rule: DTypeRule) -> DTypeRule:
    """Leave the last input's type free: the gradients are scaled by it."""

    def with_scale(
        attributes: Attributes, inputs: DTypes, outputs: DTypes
    ) -> tuple[DTypes, DTypes]:
        arrays, outputs = rule(attributes, inputs[:-1], outputs)
        return [*arrays, floating(inputs[-1]) or FLOAT32], outputs

    return with_scale


_ADAMW = (
    "With g = clip(rescale_grad grad): mean = beta1 mean + (1 - beta1) g, var = beta2 "
    "var + (1 - beta2) g^2; the output is weight - eta (lr mean / (var^(1/2) + epsilon)"
    " + wd weight). Nothing moves where rescale_grad is 0, infinite or NaN."
)
_ADAMW_ATTRIBUTES = (
    LEARNING_RATE,
    *BETAS,
    ADAM_EPSILON,
    DECAY,
    Attribute("eta", real, doc="Factor of the step and of the decay alike."),
    CLIP,
)

# Only the states before `rescale_grad` are updated; it counts as one because states
# come last.
declare(
    "_adamw_update",
    _ADAMW,
    *_ADAMW_ATTRIBUTES,
    auxiliary=("mean", "var", "rescale_grad"),
    shapes=_one_scale,
    dtypes=scaled(same_float),
)
declare(
    "_mp_adamw_update",
    _ADAMW + " Steps from weight32, which it updates; the output is a narrow copy.",
    *_ADAMW_ATTRIBUTES,
    auxiliary=("mean", "var", "weight32", "rescale_grad"),
    shapes=_one_scale,
    dtypes=scaled(mixed(2)),
)

# RMSProp

declare(
    "rmsprop_update",
    "With g = clip(rescale_grad grad + wd weight): n = gamma1 n + (1 - gamma1) g^2; the"
    " output is weight - lr g / (n + epsilon)^(1/2).",
    LEARNING_RATE,
    _kept("gamma1", 0.95, "n"),
    epsilon(1e-8),
    *COMMON,
    _CLIP_WEIGHTS,
    auxiliary=("n",),
)
declare(
    "rmspropalex_update",
    "With d = clip(rescale_grad grad + wd weight): n = gamma1 n + (1 - gamma1) d^2, g ="
    " gamma1 g + (1 - gamma1) d, delta = gamma2 delta - lr d / (n - g^2 + epsilon)^(1/2"
    "); the output is weight + delta.",
    LEARNING_RATE,
    _kept("gamma1", 0.95, "n and g"),
    _kept("gamma2", 0.9, "delta"),
    epsilon(1e-8),
    *COMMON,
    _CLIP_WEIGHTS,
    auxiliary=("n", "g", "delta"),
)

# Follow the leader

declare(
    "ftrl_update",
    "With g = clip(rescale_grad grad): z = z + g - ((n + g^2)^(1/2) - n^(1/2)) weight /"
    " lr, n = n + g^2; the output is (sign(z) lamda1 - z) / ((beta + n^(1/2)) / lr + wd"
    ") where |z| > lamda1, else 0.",
    LEARNING_RATE,
    Attribute("lamda1", real, 0.01, "Penalty of the weights' absolute values."),
    Attribute("beta", real, 1.0, "How slowly the learning rate falls."),
    *COMMON,
    aliases=("_sparse_ftrl_update",),
    auxiliary=("z", "n"),
)
declare(
    "ftml_update",
    "With g = clip(rescale_grad grad + wd weight): v = beta2 v + (1 - beta2) g^2, d' = "
    "((v / (1 - beta2^t))^(1/2) + epsilon) (1 - beta1^t) / lr, z = beta1 z + (1 - beta1"
    ") g - (d' - beta1 d) weight, d = d'; the output is -z / d.",
    LEARNING_RATE,
    _kept("beta1", 0.6, "z"),
    _kept("beta2", 0.999, "v"),
    epsilon(1e-8),
    STEP,
    DECAY,
    RESCALE,
    Attribute("clip_grad", real, -1.0, "Bound of the gradient; none if negative."),
    auxiliary=("d", "v", "z"),
)

# AdaGrad


def _no_decay(value: Any) -> float:
    if real(value) != 0:
        raise ValueError("this optimizer has no weight decay")
    return 0.0


declare(
    "_sparse_adagrad_update",
    "With g = clip(rescale_grad grad): history = history + g^2; the output is weight - "
    "lr g / (history + epsilon)^(1/2).",
    LEARNING_RATE,
    epsilon(1e-7),
    Attribute("wd", _no_decay, 0.0, "Weight decay: must be 0."),
    RESCALE,
    CLIP,
    auxiliary=("history",),
)


def _group_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    (weight, _), (output,) = same_shape(attributes, inputs[:2], outputs)
    history = inputs[2]
    if weight is None:
        return inputs, outputs
    if not weight:
        raise ShapeError("weight should have at least one dimension, not ()")
    if history is None:
        history = (weight[0], 1)
    elif any(d > 1 for d in history[1:]):
        raise ShapeError(
            f"history should have one number for each row, not {display(history)}"
        )
    else:
        history = unify(history, (weight[0], *[1] * (len(history) - 1)))
    return [weight, weight, history], [output]


declare(
    "_contrib_group_adagrad_update",
    "With g = clip(rescale_grad grad): history = history + mean(g^2) along each row; "
    "the output is weight - lr g / (history + epsilon)^(1/2).",
    LEARNING_RATE,
    RESCALE,
    CLIP,
    epsilon(1e-5),
    auxiliary=("history",),
    shapes=_group_shapes,
)
