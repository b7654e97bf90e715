"""Reductions over axes: sums, products, extremes, norms, and where extremes are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    integer,
    integers,
    optional,
    real,
)
from dataflow_ops.costs import OperatorCost
from dataflow_ops.dtypes import DTypes, element_type, same_dtype
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.errors import ShapeError
from dataflow_ops.formulas import terms
from dataflow_ops.gradients import Call, Entry, Gradient, backward, no_gradient
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    ShapeRule,
    Shapes,
    given,
    normalize_axis,
    same_shape,
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
    axes = _named_axes(attributes)
    if not axes:
        return tuple(range(rank))
    chosen = sorted(normalize_axis(axis, rank) for axis in axes)
    if len(set(chosen)) < len(chosen):
        raise ShapeError(f"axis {axes} names an axis of data twice")
    if attributes.get("exclude", False):
        return tuple(i for i in range(rank) if i not in chosen)
    return tuple(chosen)


def _named_axes(attributes: Attributes) -> tuple[int, ...]:
    """List the axes that the user named; none where all are meant."""
    axes = attributes.get("axis", attributes.get("axes"))
    return (axes,) if isinstance(axes, int) else tuple(axes or ())


def kept_shape(axes: tuple[int, ...], shape: Shape) -> Shape:
    """Shape with 1 in place of the reduced axes."""
    return tuple(1 if i in axes else d for i, d in enumerate(shape))


def reduced_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    """Shape rule of the family: one input, and one output without the reduced axes."""
    data, output = inputs[0], outputs[0]
    if data is None:
        if _named_axes(attributes) or attributes.keepdims:
            return inputs, outputs
        return inputs, [(1,)]
    axes = reduced_axes(attributes, len(data))
    kept = tuple(i for i in range(len(data)) if i not in axes)
    short = tuple(data[i] for i in kept) or (1,)
    told = kept_shape(axes, data) if attributes.keepdims else short
    return [_completed(data, output, kept, attributes.keepdims)], [told]


def _extreme_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    data = inputs[0]
    if data is not None:
        searched = [data[axis] for axis in reduced_axes(attributes, len(data))]
        if 0 in searched:
            raise ShapeError(f"data of shape {data} has nothing to search")
    return reduced_shapes(attributes, inputs, outputs)


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


# Gradients of gradients


def _double_square_sum(call: Call) -> list[Entry]:
    (grad, data), name = call.inputs, "_backward_square_sum"
    head, x = terms(call, call.out_grad(), data)
    total = (head * x).to("sum", **call.attributes) * 2
    by_data = call.make(name, grad, call.out_grad(), **call.attributes)[0]
    return [total.entry, by_data]


def _double_nansum(call: Call) -> list[Entry | None]:
    head, data = terms(call, call.out_grad(), call.input("data"))
    counted = head * data.to("_equal", data)
    return [counted.to("sum", **call.attributes).entry, None]


def _double_extreme(call: Call) -> list[Entry | None]:
    head, data, output = terms(call, call.out_grad(), *call.inputs[1:])
    chosen = data.to("_equal", output.to("_backward_sum", **call.attributes))
    return [(head * chosen).to("sum", **call.attributes).entry, None, None]


_SECOND: dict[str, Gradient] = {
    "sum": backward("sum", "out_grad"),
    "mean": backward("mean", "out_grad"),
    "nansum": _double_nansum,
    "_square_sum": _double_square_sum,
    "max": _double_extreme,
    "min": _double_extreme,
}


class _Reduction(NamedTuple):
    name: str
    aliases: tuple[str, ...]
    summary: str
    needs: tuple[str, ...]  # what the gradient is computed from
    shapes: ShapeRule = reduced_shapes


_FROM_DATA = ("out_grad", "data")
_FROM_BOTH = ("out_grad", "data", "output")
_ROWS = (
    _Reduction("sum", ("sum_axis",), "Sum of the elements", ("out_grad",)),
    _Reduction("mean", (), "Mean of the elements", ("out_grad",)),
    _Reduction("prod", (), "Product of the elements", _FROM_DATA),
    _Reduction("nansum", (), "Sum of the elements that are not NaN", _FROM_DATA),
    _Reduction("nanprod", (), "Product of the elements that are not NaN", _FROM_DATA),
    _Reduction("_square_sum", (), "Sum of the elements' squares", _FROM_DATA),
    _Reduction("max", ("max_axis",), "Largest element", _FROM_BOTH, _extreme_shapes),
    _Reduction("min", ("min_axis",), "Smallest element", _FROM_BOTH, _extreme_shapes),
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

for _row in _ROWS:
    _declared = (_AXIS, _KEEPDIMS, _EXCLUDE)
    _backward = f"_backward_{_row.name.removeprefix('_')}"
    register(
        Operator(
            name=_row.name,
            aliases=_row.aliases,
            summary=f"{_row.summary} over axes.",
            attributes=_declared,
            shapes=_row.shapes,
            cost=_cost,
            gradient=backward(_backward, *_row.needs),
        )
    )
    register(
        Operator(
            name=_backward,
            summary=f"Gradient of {_row.name}.",
            inputs=_row.needs,
            attributes=_declared,
            shapes=given,
            dtypes=given_dtypes,
            gradient=_SECOND.get(_row.name),
        )
    )

register(
    Operator(
        name="norm",
        summary="Norm over axes: sum |x|, or (sum x^2)^(1/2).",
        attributes=_NORM,
        shapes=reduced_shapes,
        dtypes=_norm_dtypes,
        cost=_cost,
        gradient=backward("_backward_norm", "out_grad", "data", "output"),
    )
)


def _double_norm(call: Call) -> list[Entry | None]:
    """Differentiate out_grad x / norm, or out_grad sign(x)."""
    grad, data, output = call.inputs
    axes = {"axis": call.attributes.axis, "keepdims": call.attributes.keepdims}
    head, factor, x, length = terms(call, call.out_grad(), grad, data, output)
    along = head * (x.to("sign") if call.attributes.ord == 1 else x)
    if call.attributes.out_dtype is not None:
        along = along.to("Cast", dtype=call.attributes.out_dtype)
    total = along.to("sum", **axes)
    if call.attributes.ord == 1:
        return [total.entry, None, None]
    empty = length.to("_equal_scalar", scalar=0.0)
    inverse = (1 - empty) / (length + empty)  # 0 where the norm is 0
    by_grad = total * inverse
    by_data = call.make(
        "_backward_norm", grad, call.out_grad(), output, **call.attributes
    )
    return [by_grad.entry, *by_data, (by_grad * factor * inverse * -1).entry]


register(
    Operator(
        name="_backward_norm",
        summary="Gradient of norm: sign(x), or x / norm; 0 where the norm is 0.",
        inputs=("out_grad", "data", "output"),
        attributes=_NORM,
        shapes=given,
        dtypes=given_dtypes,
        gradient=_double_norm,
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
            shapes=_extreme_shapes,
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
    if data[1] == 0:
        raise ShapeError(f"data of shape {data} has nothing to search")
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


def _closeness_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    return same_shape(attributes, inputs, ())[0], [()]


def _closeness_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    return inputs, [np.dtype(np.uint8)]


register(
    Operator(
        name="_contrib_allclose",
        summary="1 if |a - b| <= atol + rtol |b| for all elements, else 0; infinities "
        "are close to themselves only.",
        inputs=("a", "b"),
        attributes=(
            Attribute("rtol", real, 1e-5, "Tolerance as a share of |b|."),
            Attribute("atol", real, 1e-8, "Tolerance in addition."),
            Attribute("equal_nan", boolean, True, "Whether NaN is close to NaN."),
        ),
        shapes=_closeness_shapes,
        dtypes=_closeness_dtypes,
        cost=_cost,
        gradient=no_gradient,
    )
)
