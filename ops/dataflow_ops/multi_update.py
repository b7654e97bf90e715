"""Steps of optimizers for several weights in one operator.

Inputs are those of the first weight's step, those of the second's, and so on; last what
all of them share. Where there are states, everything from the first of them on counts
as one, because states come last: nothing else is updated, but order is kept for all.
"""

from __future__ import annotations

import ast
from numbers import Real
from typing import Any

from dataflow_ops.adaptive_update import ADAM_EPSILON, BETAS
from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    integers,
    positive,
)
from dataflow_ops.dtypes import FLOAT32, DType, DTypeRule, DTypes, floating, same_float
from dataflow_ops.errors import AttributeValueError
from dataflow_ops.lamb_update import BIAS_CORRECTION, BOUNDS, LAMB_EPSILON
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import Inferred, Shape, ShapeRule, Shapes, same_shape
from dataflow_ops.shapes import unify as unify_shapes
from dataflow_ops.update import CLIP, MOMENTUM, RESCALE, mixed

# Each new weight may take the old one's memory: written out for this many weights. Not
# so where shared inputs stand in the place of one more: `out` is then copied to.
_MOST_IN_PLACE = 256


def reals(value: Any) -> tuple[float, ...]:
    """Attribute parser: a sequence of numbers, one number, or the string of either."""
    if isinstance(value, str):
        value = ast.literal_eval(value.strip() or "()")
    if isinstance(value, Real):
        return (float(value),)
    return tuple(float(item) for item in value)


def _steps(value: Any) -> tuple[int, ...]:
    steps = integers(value)
    if any(step < 1 for step in steps):
        raise ValueError("expected integers above 0")
    return steps


def count_of(attributes: Attributes) -> int:
    """Return how many weights there are."""
    name = "num_weights" if "num_weights" in attributes else "num_tensors"
    return int(attributes[name])


_RATES = Attribute("lrs", reals, doc="Learning rate of each weight.")
_DECAYS = Attribute("wds", reals, doc="Weight decay of each weight.")
_COUNT = Attribute("num_weights", positive, 1, "How many weights there are.")
_PER_WEIGHT = ("lrs", "learning_rates", "wds", "etas", "step_count")


def _check_lengths(attributes: Attributes) -> None:
    count = count_of(attributes)
    for name in _PER_WEIGHT:
        given = attributes.get(name)
        if given is not None and len(given) != count:
            raise AttributeValueError(
                f"attribute '{name}' should have one number for each of {count} "
                f"weights, not {len(given)}"
            )


def _shape_rule(each: int) -> ShapeRule:
    """Make the rule of `each` inputs and one output of one shape for each weight."""

    def rule(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
        _check_lengths(attributes)
        count = count_of(attributes)
        own: list[Shape | None] = []
        for i, output in enumerate(outputs):
            arrays = inputs[i * each : (i + 1) * each]
            own += same_shape(attributes, arrays, [output])[0]
        shared = inputs[count * each :]
        length = 1 if len(shared) == 1 else count  # one scale, or rates and decays
        return [*own, *(unify_shapes(x, (length,)) for x in shared)], own[::each]

    return rule


def _type_rule(each: int, narrow: int) -> DTypeRule:
    """Make the rule where the `narrow` first inputs of each weight have its type."""
    of_one = mixed(narrow) if narrow < each else same_float

    def rule(
        attributes: Attributes, inputs: DTypes, outputs: DTypes
    ) -> tuple[DTypes, DTypes]:
        own: list[DType | None] = []
        for i, output in enumerate(outputs):
            arrays = inputs[i * each : (i + 1) * each]
            own += of_one(attributes, arrays, [output])[0]
        shared = [floating(x) or FLOAT32 for x in inputs[len(own) :]]
        return [*own, *shared], own[::each]

    return rule


def _outputs(attributes: Attributes) -> tuple[str, ...]:
    count = count_of(attributes)
    return tuple(f"output{i}" for i in range(count)) if count > 1 else ("output",)


def _declare(
    name: str,
    summary: str,
    each: tuple[str, ...],
    *attributes: Attribute,
    shared: tuple[str, ...] = (),
) -> None:
    """Register a step; `each` names the inputs of one weight, states from the third."""

    def names(attributes: Attributes) -> tuple[str, ...]:
        numbers = range(count_of(attributes))
        return (*(f"{part}_{i}" for i in numbers for part in each), *shared)

    stateless = len(each) == 2
    register(
        Operator(
            name=name,
            summary=summary,
            inputs=names if stateless else lambda attributes: names(attributes)[:2],
            auxiliary=() if stateless else lambda attributes: names(attributes)[2:],
            outputs=_outputs,
            attributes=attributes,
            shapes=_shape_rule(len(each)),
            dtypes=_type_rule(len(each), 2 if "weight32" in each else len(each)),
            inplace=tuple(
                (i * len(each), i) for i in range(0 if shared else _MOST_IN_PLACE)
            ),
        )
    )


_MIXED = ", in mixed precision"

for _kind, _each, _summary, _own in (
    ("sgd", (), "The step of sgd_update for each weight", ()),
    ("sgd_mom", ("mom",), "The step of sgd_mom_update for each weight", (MOMENTUM,)),
):
    for _prefix, _master in (("", ()), ("mp_", ("weight32",))):
        _states = (*_each, *_master)
        _declare(
            f"multi_{_prefix}{_kind}_update",
            _summary + (_MIXED if _master else "") + ".",
            ("weight", "grad", *_states),
            _RATES,
            _DECAYS,
            *_own,
            RESCALE,
            CLIP,
            _COUNT,
        )
        _declare(
            f"preloaded_multi_{_prefix}{_kind}_update",
            _summary + (_MIXED if _master else "") + "; rates and decays are arrays.",
            ("weight", "grad", *_states),
            *_own,
            RESCALE,
            CLIP,
            _COUNT,
            shared=("lrs", "wds"),
        )

for _prefix, _master in (("", ()), ("mp_", ("weight32",))):
    _declare(
        f"_multi_{_prefix}adamw_update",
        f"The step of _adamw_update for each weight{_MIXED if _master else ''}.",
        ("weight", "grad", "mean", "var", *_master),
        _RATES,
        *BETAS,
        ADAM_EPSILON,
        _DECAYS,
        Attribute("etas", reals, doc="Factor of each weight's step and decay."),
        CLIP,
        _COUNT,
        shared=("rescale_grad",),
    )
    _declare(
        f"_multi_{_prefix}lamb_update",
        "Both phases of lamb_update, with the norms that they need, for each weight"
        f"{_MIXED if _master else ''}.",
        ("weight", "grad", "mean", "var", *_master),
        Attribute("learning_rates", reals, doc="Learning rate of each weight."),
        *BETAS,
        LAMB_EPSILON,
        _DECAYS,
        RESCALE,
        *BOUNDS,
        CLIP,
        BIAS_CORRECTION,
        Attribute("step_count", _steps, doc="Which step it is of each, from 1 on."),
        Attribute("num_tensors", positive, 1, "How many weights there are."),
    )
