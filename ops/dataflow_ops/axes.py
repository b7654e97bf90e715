"""The same elements with axes in another order or direction."""

from __future__ import annotations

from collections.abc import Sequence

from dataflow_ops.attributes import Attribute, Attributes, integer, integers
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import Inferred, Shape, Shapes, normalize_axis, unify


def permutation(axes: tuple[int, ...], rank: int) -> tuple[int, ...]:
    """Return the order of axes that transpose means.

    Raises
    ------
    ShapeError
        It is not an order of all axes.
    """
    if not axes:
        return tuple(reversed(range(rank)))
    order = tuple(normalize_axis(axis, rank) for axis in axes)
    if sorted(order) != list(range(rank)):
        raise ShapeError(f"axes {axes} is not an order of the {rank} axes of data")
    return order


def _transpose_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    known = inputs[0] if inputs[0] is not None else outputs[0]
    if known is None:
        return inputs, outputs
    order = permutation(attributes.axes, len(known))
    return _permuted(order, inputs[0], outputs[0])


def _permuted(
    order: tuple[int, ...], data: Shape | None, output: Shape | None
) -> Inferred:
    if output is not None:
        back: Shape = tuple(output[order.index(i)] for i in range(len(order)))
        data = unify(data, back)
    assert data is not None
    return [data], [tuple(data[axis] for axis in order)]


def _transposed_back(call: Call) -> Sequence[Entry]:
    axes = call.attributes.axes
    if axes:
        order = permutation(axes, len(axes))
        axes = tuple(order.index(i) for i in range(len(order)))
    return call.make("transpose", call.out_grad(), axes=axes)


register(
    Operator(
        name="transpose",
        summary="data with its axes in another order.",
        attributes=(
            Attribute("axes", integers, (), "Order of the axes; reversed if empty."),
        ),
        shapes=_transpose_shapes,
        gradient=_transposed_back,
    )
)


def swapped(attributes: Attributes, rank: int) -> tuple[int, ...]:
    """Return the order of axes that SwapAxis means."""
    first = normalize_axis(attributes.dim1, rank)
    second = normalize_axis(attributes.dim2, rank)
    order = list(range(rank))
    order[first], order[second] = second, first
    return tuple(order)


def _swap_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    known = inputs[0] if inputs[0] is not None else outputs[0]
    if known is None:
        return inputs, outputs
    return _permuted(swapped(attributes, len(known)), inputs[0], outputs[0])


def _swapped_back(call: Call) -> Sequence[Entry]:
    return call.make("SwapAxis", call.out_grad(), **call.attributes)


register(
    Operator(
        name="SwapAxis",
        aliases=("swapaxes",),
        summary="data with two axes exchanged.",
        attributes=(
            Attribute("dim1", integer, 0, "One axis."),
            Attribute("dim2", integer, 0, "The other axis."),
        ),
        shapes=_swap_shapes,
        gradient=_swapped_back,
    )
)


def _reverse_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    shape = unify(inputs[0], outputs[0])
    for axis in attributes.axis if shape is not None else ():
        normalize_axis(axis, len(shape or ()))
    return [shape], [shape]


def _reversed_back(call: Call) -> Sequence[Entry]:
    return call.make("reverse", call.out_grad(), **call.attributes)


register(
    Operator(
        name="reverse",
        aliases=("flip",),
        summary="data with the elements along given axes in reverse order.",
        attributes=(Attribute("axis", integers, doc="Axes to reverse."),),
        shapes=_reverse_shapes,
        gradient=_reversed_back,
    )
)
