"""Reductions over axes: sums, products, extremes, norms, and where extremes are."""

from __future__ import annotations

from typing import NamedTuple

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    integer,
    integers,
    optional,
)
from dataflow_ops.costs import OperatorCost
from dataflow_ops.dtypes import DTypes, element_type, same_dtype
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import backward, no_gradient
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    Shapes,
    given,
    normalize_axis,
    size,
)

_AXIS = Attribute(
    "axis", optional(integers), None, "Axes to reduce; all of them when left out."
)
_KEEPDIMS = Attribute("keepdims", boolean, False, "Keep reduced axes, with length 1.")
_EXCLUDE = Attribute("exclude", boolean, False, "Reduce all axes but those given.")


def reduced_axes(attributes: Attributes, rank: int) -> tuple[int, ...]:
    """List the axes that an operator of this family reduces, in order.

    Raises
    ------
    ShapeError
        An axis is out of range or given twice.
    """
    axes = attributes.axis
    if isinstance(axes, int):
        axes = (axes,)
    if not axes:
        return tuple(range(rank))
    chosen = sorted(normalize_axis(axis, rank) for axis in axes)
    if len(set(chosen)) < len(chosen):
        raise ShapeError(f"axis {axes} names an axis of data twice")
    if attributes.get("exclude", False):
        return tuple(i for i in range(rank) if i not in chosen)
    return tuple(chosen)


def kept_shape(axes: tuple[int, ...], shape: Shape) -> Shape:
    """Shape with 1 in place of the reduced axes."""
    return tuple(1 if i in axes else d for i, d in enumerate(shape))


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data, output = inputs[0], outputs[0]
    if data is None:
        if not attributes.axis and not attributes.keepdims:
            return inputs, [(1,)]
        return inputs, outputs
    axes = reduced_axes(attributes, len(data))
    kept = tuple(i for i in range(len(data)) if i not in axes)
    short = tuple(data[i] for i in kept) or (1,)
    told = kept_shape(axes, data) if attributes.keepdims else short
    return [_completed(data, output, kept, attributes.keepdims)], [told]


def _completed(
    data: Shape, output: Shape | None, kept: tuple[int, ...], keepdims: bool
) -> Shape:
    """Fill unknown dimensions of the input from those of the output."""
    if output is None or not kept:
        return data
    places = dict(zip(kept, kept if keepdims else range(len(kept)), strict=True))
    if len(output) <= max(places.values()):
        return data
    return tuple(
        output[places[i]] if d == UNKNOWN and i in places else d
        for i, d in enumerate(data)
    )


def _cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    count = size(inputs[0])
    return OperatorCost(count, count + size(outputs[0]))


class _Reduction(NamedTuple):
    name: str
    aliases: tuple[str, ...]
    summary: str
    needs: tuple[str, ...]  # what the gradient is computed from


_ROWS = (
    _Reduction("sum", ("sum_axis",), "Sum of the elements", ("out_grad",)),
    _Reduction("mean", (), "Mean of the elements", ("out_grad",)),
    _Reduction("prod", (), "Product of the elements", ("out_grad", "data")),
    _Reduction("max", ("max_axis",), "Largest element", ("out_grad", "data", "output")),
    _Reduction(
        "min", ("min_axis",), "Smallest element", ("out_grad", "data", "output")
    ),
)


def _norm_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    if attributes.out_dtype is None:
        return same_dtype(attributes, inputs, outputs)
    return inputs, [attributes.out_dtype]


def _order(value: object) -> int:
    order = integer(value)
    if order not in (1, 2):
        raise ValueError("expected 1 or 2")
    return order


_NORM = (
    Attribute("ord", _order, 2, "1: sum of magnitudes, 2: root of sum of squares."),
    _AXIS,
    Attribute(
        "out_dtype",
        optional(element_type),
        None,
        "Element type of the output; that of data when left out.",
    ),
    _KEEPDIMS,
)

for _name, _aliases, _summary, _needs in _ROWS:
    _declared = (_AXIS, _KEEPDIMS, _EXCLUDE)
    register(
        Operator(
            name=_name,
            aliases=_aliases,
            summary=f"{_summary} over axes.",
            attributes=_declared,
            shapes=_shapes,
            cost=_cost,
            gradient=backward(f"_backward_{_name}", *_needs),
        )
    )
    register(
        Operator(
            name=f"_backward_{_name}",
            summary=f"Gradient of {_name}.",
            inputs=_needs,
            attributes=_declared,
            shapes=given,
            dtypes=given_dtypes,
        )
    )

register(
    Operator(
        name="norm",
        summary="Norm over axes: sum |x|, or (sum x^2)^(1/2).",
        attributes=_NORM,
        shapes=_shapes,
        dtypes=_norm_dtypes,
        cost=_cost,
        gradient=backward("_backward_norm", "out_grad", "data", "output"),
    )
)

register(
    Operator(
        name="_backward_norm",
        summary="Gradient of norm: sign(x), or x / norm; 0 where the norm is 0.",
        inputs=("out_grad", "data", "output"),
        attributes=_NORM,
        shapes=given,
        dtypes=given_dtypes,
    )
)

for _name, _which in (("argmax", "largest"), ("argmin", "smallest")):
    register(
        Operator(
            name=_name,
            summary=f"Index of the {_which} element, as a number of data's type.",
            attributes=(
                Attribute(
                    "axis",
                    optional(integer),
                    None,
                    "Axis to search; the flattened array when left out.",
                ),
                _KEEPDIMS,
            ),
            shapes=_shapes,
            cost=_cost,
            gradient=no_gradient,
        )
    )


def _channel_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    data = inputs[0]
    if data is None:
        return inputs, outputs
    if len(data) < 2:
        raise ShapeError("data must have at least 2 dimensions")
    return inputs, [(data[0], *data[2:])]


register(
    Operator(
        name="argmax_channel",
        summary="Index of the largest element along axis 1.",
        shapes=_channel_shapes,
        cost=_cost,
        gradient=no_gradient,
    )
)
