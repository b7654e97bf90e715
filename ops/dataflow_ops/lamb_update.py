"""Steps of LAMB: as long as the layer's weight says, whatever the gradient's size.

In two phases, between which the norms are taken; for several weights in one.
"""

from __future__ import annotations

from dataflow_ops.adaptive_update import BETAS, STEP, declare, epsilon
from dataflow_ops.attributes import Attribute, Attributes, boolean, real
from dataflow_ops.shapes import Inferred, Shapes, same_shape, unify
from dataflow_ops.update import CLIP, DECAY, LEARNING_RATE, RESCALE, mixed

LAMB_EPSILON = epsilon(1e-6)
BIAS_CORRECTION = Attribute(
    "bias_correction", boolean, True, "Undo that mean and var began as 0."
)
BOUNDS = (
    Attribute("lower_bound", real, -1.0, "Least norm of the weight; none if negative."),
    Attribute("upper_bound", real, -1.0, "Greatest norm; none if negative."),
)

_PHASE1 = (
    "With g = clip(rescale_grad grad): mean = beta1 mean + (1 - beta1) g, var = beta2 "
    "var + (1 - beta2) g^2; the output is the direction mean' / (var'^(1/2) + epsilon) "
    "+ wd weight, where mean' = mean / (1 - beta1^t) and var' = var / (1 - beta2^t), or"
    " mean and var themselves without bias_correction."
)
_PHASE1_ATTRIBUTES = (
    *BETAS,
    LAMB_EPSILON,
    STEP,
    BIAS_CORRECTION,
    Attribute("wd", real, doc=DECAY.doc),
    RESCALE,
    CLIP,
)
_PHASE2 = (
    "weight - lr (r1 / r2) g, where r1 and r2 are the norms of the weight and of g; 1 "
    "for their ratio where one of them is 0."
)


def _phase2_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    others = (*inputs[:2], *inputs[4:])
    arrays, outputs = same_shape(attributes, others, outputs)
    norms = [unify(x, (1,)) for x in inputs[2:4]]
    return [*arrays[:2], *norms, *arrays[2:]], outputs


declare("lamb_update_phase1", _PHASE1, *_PHASE1_ATTRIBUTES, auxiliary=("mean", "var"))
declare(
    "mp_lamb_update_phase1",
    _PHASE1 + " With weight32 for the weight.",
    *_PHASE1_ATTRIBUTES,
    auxiliary=("mean", "var", "weight32"),
    dtypes=mixed(2, precise_output=True),
)
declare(
    "lamb_update_phase2",
    _PHASE2,
    LEARNING_RATE,
    *BOUNDS,
    inputs=("weight", "g", "r1", "r2"),
    shapes=_phase2_shapes,
)
declare(
    "mp_lamb_update_phase2",
    _PHASE2 + " Steps from weight32, which it updates; the output is a narrow copy.",
    LEARNING_RATE,
    *BOUNDS,
    inputs=("weight", "g", "r1", "r2"),
    auxiliary=("weight32",),
    shapes=_phase2_shapes,
    dtypes=mixed(1),
)
