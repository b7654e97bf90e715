"""The same elements, in the same order, in another shape."""

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
from dataflow_ops.dtypes import like_first
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry
from dataflow_ops.registry import Operator, register
from dataflow_ops.reshaping import complete, reshape
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shapes,
    display,
    given,
    normalize_axis,
    size,
    unify,
)


def _reshaped_back(call: Call) -> Sequence[Entry]:
    return call.make("_backward_Reshape", call.out_grad())


register(
    Operator(
        name="_backward_Reshape",
        summary="Gradient of a change of shape: it takes the input's shape.",
        inputs=("out_grad",),
        shapes=given,
        dtypes=given_dtypes,
        gradient=_reshaped_back,
        inplace=((0, 0),),
        view=True,
    )
)


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


def _range(side: str, attributes: Attributes, rank: int) -> tuple[int, int]:
    """Return the axes that reshape_like takes from one side, as begin and end.

    Raises
    ------
    ShapeError
        They are none, or outside the rank.
    """
    begin, end = attributes[f"{side}_begin"], attributes[f"{side}_end"]
    first = 0 if begin is None else begin + rank if begin < 0 else begin
    last = rank if end is None else end + rank if end < 0 else end
    if not 0 <= first < last <= rank:
        raise ShapeError(
            f"{side}_begin {begin} and {side}_end {end} are no range within the {rank}"
            f" dimensions of {side}"
        )
    return first, last


def _like_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    lhs, rhs = inputs
    if lhs is None or rhs is None:
        return inputs, outputs
    begin, end = _range("lhs", attributes, len(lhs))
    first, last = _range("rhs", attributes, len(rhs))
    told = (*lhs[:begin], *rhs[first:last], *lhs[end:])
    output = unify(told, outputs[0])
    assert output is not None
    output, lhs = complete(output, lhs), complete(lhs, output)
    if UNKNOWN not in (*lhs, *output) and size(lhs) != size(output):
        raise ShapeError(
            f"lhs {display(lhs)} of {size(lhs)} elements cannot take shape"
            f" {display(output)} of {size(output)}"
        )
    after = begin + last - first
    return [lhs, (*rhs[:first], *output[begin:after], *rhs[last:])], [output]


def _like_gradient(call: Call) -> Sequence[Entry | None]:
    return [*_reshaped_back(call), None]


register(
    Operator(
        name="reshape_like",
        summary="The elements of lhs, in order, in the shape of rhs; or with some axes"
        " of lhs replaced by some of rhs.",
        inputs=("lhs", "rhs"),
        attributes=(
            Attribute("lhs_begin", optional(integer), None, "First axis replaced."),
            Attribute("lhs_end", optional(integer), None, "End of those, exclusive."),
            Attribute("rhs_begin", optional(integer), None, "First axis put there."),
            Attribute("rhs_end", optional(integer), None, "End of those, exclusive."),
        ),
        shapes=_like_shapes,
        dtypes=like_first,
        inplace=((0, 0),),
        view=True,
        gradient=_like_gradient,
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


def _dense(value: object) -> str:
    if value in ("csr", "row_sparse"):
        raise ValueError("arrays are dense here: expected default")
    if value != "default":
        raise ValueError("expected default")
    return "default"


def _passed_on(call: Call) -> Sequence[Entry]:
    return [call.out_grad()]


register(
    Operator(
        name="cast_storage",
        summary="The input itself: every array is dense.",
        attributes=(Attribute("stype", _dense, doc="Storage of the output: default."),),
        inplace=((0, 0),),
        view=True,
        gradient=_passed_on,
    )
)
