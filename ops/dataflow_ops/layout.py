"""The same elements in another shape or order."""

from __future__ import annotations

from collections.abc import Sequence

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    integer,
    integers,
    optional,
)
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry
from dataflow_ops.registry import Operator, register
from dataflow_ops.reshaping import complete, reshape
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    Shapes,
    display,
    given,
    normalize_axis,
    size,
    unify,
)

register(
    Operator(
        name="_backward_Reshape",
        summary="Gradient of a change of shape: it takes the input's shape.",
        inputs=("out_grad",),
        shapes=given,
        dtypes=given_dtypes,
        inplace=((0, 0),),
        view=True,
    )
)


def _reshaped_back(call: Call) -> Sequence[Entry]:
    return call.make("_backward_Reshape", call.out_grad())


# The same elements in the same order


def _reshape_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    data, output = inputs[0], outputs[0]
    codes = attributes.shape or _legacy_codes(attributes)
    if not codes:
        raise ShapeError("shape is missing")
    if data is None:
        fixed = all(code > 0 for code in codes)
        return inputs, [codes if fixed else output]
    told = reshape(data, codes, attributes.reverse)
    output = unify(told, output)
    assert output is not None
    return [complete(data, output)], [complete(output, data)]


def _legacy_codes(attributes: Attributes) -> tuple[int, ...]:
    """Translate `target_shape`, where one 0 is the dimension to compute."""
    codes = tuple(d or -1 for d in attributes.target_shape)
    return (0, *codes[1:]) if attributes.keep_highest and codes else codes


register(
    Operator(
        name="Reshape",
        aliases=("reshape",),
        summary="The elements of data, in order, in another shape.",
        attributes=(
            Attribute(
                "shape",
                integers,
                (),
                "Output shape. 0 copies a dimension, -1 computes one, -2 copies all"
                " that remain, -3 joins two, -4 splits one into the next two numbers.",
            ),
            Attribute("reverse", boolean, False, "Match dimensions from the last on."),
            Attribute("target_shape", integers, (), "Older form of shape; 0 computes."),
            Attribute(
                "keep_highest", boolean, False, "With target_shape: keep dimension 0."
            ),
        ),
        shapes=_reshape_shapes,
        inplace=((0, 0),),
        view=True,
        gradient=_reshaped_back,
    )
)


def _flatten_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    data, output = inputs[0], outputs[0]
    if data is None:
        return inputs, [output or (UNKNOWN, UNKNOWN)]
    if not data:
        raise ShapeError("data must have at least 1 dimension")
    rest = UNKNOWN if UNKNOWN in data[1:] else size(data[1:])
    output = unify((data[0], rest), output)
    assert output is not None
    first = complete(data[1:], output[1:])
    return [(output[0], *first)], [output]


register(
    Operator(
        name="Flatten",
        aliases=("flatten",),
        summary="data as a matrix: all axes but the first joined.",
        shapes=_flatten_shapes,
        inplace=((0, 0),),
        view=True,
        gradient=_reshaped_back,
    )
)


def _expand_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data, output = inputs[0], outputs[0]
    if data is None and output is None:
        return inputs, outputs
    if data is not None:
        axis = normalize_axis(attributes.axis, len(data) + 1)
        output = unify((*data[:axis], 1, *data[axis:]), output)
    assert output is not None
    axis = normalize_axis(attributes.axis, len(output))
    if output[axis] not in (UNKNOWN, 1):
        raise ShapeError(f"output {display(output)} must have length 1 on axis {axis}")
    return [output[:axis] + output[axis + 1 :]], [output]


register(
    Operator(
        name="expand_dims",
        summary="data with a new axis of length 1.",
        attributes=(Attribute("axis", integer, doc="Place of the new axis."),),
        shapes=_expand_shapes,
        inplace=((0, 0),),
        view=True,
        gradient=_reshaped_back,
    )
)


def _squeeze_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    data = inputs[0]
    if data is None or (attributes.axis is None and UNKNOWN in data):
        return inputs, outputs
    if attributes.axis is None:
        return inputs, [tuple(d for d in data if d != 1) or (1,)]
    axes = {normalize_axis(axis, len(data)) for axis in attributes.axis}
    for axis in axes:
        if data[axis] not in (UNKNOWN, 1):
            raise ShapeError(f"data {display(data)} must have length 1 on axis {axis}")
    output = unify(
        tuple(d for i, d in enumerate(data) if i not in axes) or (1,), outputs[0]
    )
    rest = iter(output or ())
    full = tuple(1 if i in axes else next(rest) for i in range(len(data)))
    return [full], [output]


register(
    Operator(
        name="squeeze",
        summary="data without axes of length 1.",
        attributes=(
            Attribute(
                "axis",
                optional(integers),
                None,
                "Axes to drop; all of length 1 if None.",
            ),
        ),
        shapes=_squeeze_shapes,
        inplace=((0, 0),),
        view=True,
        gradient=_reshaped_back,
    )
)


# The same elements in another order


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
