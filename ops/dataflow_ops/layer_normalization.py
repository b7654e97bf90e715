"""Normalization of each sample by itself: by layer, by group or by instance."""

from __future__ import annotations

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    integer,
    positive,
    real,
)
from dataflow_ops.costs import OperatorCost
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import same_float
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import backward
from dataflow_ops.normalization import join_channels
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    ShapeRule,
    Shapes,
    display,
    given,
    normalize_axis,
    size,
    unify,
)

_INPUTS = ("data", "gamma", "beta")
_OUTPUT_MEAN_VAR = Attribute(
    "output_mean_var", boolean, False, "Show mean and sqrt(var + eps) as well."
)


def _eps(default: float) -> Attribute:
    return Attribute("eps", real, default, "Added to the variance.")


_LAYER = (
    Attribute("axis", integer, -1, "The axis that is normalized, and scaled by gamma."),
    _eps(1e-5),
    _OUTPUT_MEAN_VAR,
)
_GROUP = (
    Attribute("num_groups", positive, 1, "How many groups divide the channels."),
    _eps(1e-5),
    _OUTPUT_MEAN_VAR,
)
_INSTANCE = (_eps(1e-3),)


def _visible(attributes: Attributes) -> int:
    return 3 if attributes.get("output_mean_var", False) else 1


def _parameters(inputs: Shapes) -> dict[str, Shape | None]:
    return dict(zip(_INPUTS[1:], inputs[1:], strict=True))


def _layer_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data, channels = join_channels(
        attributes.axis, unify(inputs[0], outputs[0]), _parameters(inputs)
    )
    statistics = None
    if data is not None:
        axis = normalize_axis(attributes.axis, len(data))
        statistics = (*data[:axis], 1, *data[axis + 1 :])
    return [data, channels, channels], [data, statistics, statistics]


def _instance_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    data = _spatial(unify(inputs[0], outputs[0]))
    data, channels = join_channels(1, data, _parameters(inputs))
    statistics = None if data is None else data[:2]
    return [data, channels, channels], [data, statistics, statistics]


def _spatial(data: Shape | None) -> Shape | None:
    if data is not None and len(data) < 3:
        raise ShapeError(
            "data should have at least 3 dimensions (samples, channels, places), "
            f"not {display(data)}"
        )
    return data


def _group_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    groups = attributes.num_groups
    data = _spatial(unify(inputs[0], outputs[0]))
    samples = UNKNOWN
    if data is not None:
        samples = data[0]
        if data[1] != UNKNOWN and data[1] % groups:
            raise ShapeError(
                f"data has {data[1]} channels, which {groups} groups do not divide"
            )
    statistics = (samples, groups)
    return [data, (groups,), (groups,)], [data, statistics, statistics]


def _cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    elements = float(size(inputs[0]))
    return OperatorCost(8 * elements, 6 * elements)


def _declare(
    name: str,
    alias: str,
    over: str,
    spread: str,
    attributes: tuple[Attribute, ...],
    shapes: ShapeRule,
) -> None:
    """Enter an operator and its gradient; `spread` names what output 2 holds."""
    register(
        Operator(
            name=name,
            aliases=(alias,),
            summary="gamma (data - mean) / sqrt(var + eps) + beta, with mean and var "
            f"over {over}.",
            inputs=_INPUTS,
            outputs=("output", "mean", spread),
            visible=_visible,
            attributes=attributes,
            shapes=shapes,
            dtypes=same_float,
            inplace=((0, 0),),
            cost=_cost,
            # As in MXNet nothing flows back through mean and deviation.
            gradient=backward(
                f"_backward_{name}",
                *("out_grad", "data", "gamma", "mean", spread),
                of=(0, 1, 2),
            ),
        )
    )
    register(
        Operator(
            name=f"_backward_{name}",
            summary=f"Gradients of {name} by data, gamma and beta.",
            inputs=("out_grad", "data", "gamma", "mean", spread),
            outputs=_INPUTS,
            attributes=attributes,
            shapes=given,
            dtypes=given_dtypes,
            inplace=((0, 0), (1, 0)),
            cost=_cost,
        )
    )


_declare(
    "LayerNorm",
    "layer_norm",
    "one axis; gamma and beta have one number for each place along it",
    "std",
    _LAYER,
    _layer_shapes,
)
_declare(
    "GroupNorm",
    "group_norm",
    "each sample's groups of neighbouring channels; gamma and beta have one number "
    "for each group",
    "std",
    _GROUP,
    _group_shapes,
)
_declare(
    "InstanceNorm",
    "instance_norm",
    "the places of each sample's channels; gamma and beta have one number for each "
    "channel",
    "var",
    _INSTANCE,
    _instance_shapes,
)
