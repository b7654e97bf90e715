"""Arrays from nothing: zeros, ones, any constant, ranges and identity matrices."""

from __future__ import annotations

import math
from typing import Any

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    integer,
    integers,
    optional,
    positive,
    real,
    text,
)
from dataflow_ops.dtypes import (
    CODES,
    FLOAT32,
    DType,
    DTypes,
    element_type,
    from_attribute,
    unify,
)
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.errors import AttributeValueError
from dataflow_ops.gradients import no_gradient
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import UNKNOWN, Inferred, Shape, Shapes
from dataflow_ops.shapes import given as given_shapes

CTX = Attribute("ctx", text, "", "Context of the array, such as ``cpu(0)``.")
DTYPE = Attribute("dtype", element_type, FLOAT32, "Element type.")
SHAPE = Attribute(
    "shape",
    optional(integers),
    None,
    "Shape; a 0, or the whole when left out, follows from where the array is used.",
)


def shape_of(attributes: Attributes) -> Shape | None:
    """Read a shape attribute, in which 0 stands for an unknown dimension."""
    if not attributes.shape:
        return None
    return tuple(d or UNKNOWN for d in attributes.shape)


def from_shape(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    """Shape rule of operators whose output has the shape that `shape` says."""
    return inputs, [shape_of(attributes)]


def _declare(name: str, summary: str, *attributes: Attribute, **rules: Any) -> None:
    register(
        Operator(
            name=name,
            summary=summary,
            inputs=(),
            attributes=attributes,
            gradient=no_gradient,
            **{"shapes": from_shape, "dtypes": from_attribute, **rules},
        )
    )


_declare("_zeros", "Zeros.", SHAPE, CTX, DTYPE)
_declare("_ones", "Ones.", SHAPE, CTX, DTYPE)
_declare(
    "_full",
    "One value everywhere.",
    SHAPE,
    CTX,
    DTYPE,
    Attribute("value", real, doc="The value."),
)


def _code(value: Any) -> DType | None:
    """Accept one of MXNet's type codes; -1 means none."""
    code = integer(value)
    if code == -1:
        return None
    if code not in CODES:
        raise ValueError(f"expected -1 or one of {', '.join(map(str, CODES))}")
    return CODES[code]


def _dtype_from_use(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    return inputs, [unify(attributes.dtype, outputs[0])]


_declare(
    "_zeros_without_dtype",
    "Zeros of a type that follows from where they are used.",
    SHAPE,
    CTX,
    Attribute("dtype", _code, None, "Code of an element type, to fix it after all."),
    dtypes=_dtype_from_use,
)


def arange_bounds(attributes: Attributes) -> tuple[float, float | None]:
    """Return start and stop; a lone number is the stop unless the range is inferred."""
    start, stop = attributes.start, attributes.stop
    if stop is None and not attributes.infer_range:
        return 0.0, start
    return start, stop


def _arange_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    start, stop = arange_bounds(attributes)
    step = attributes.step
    if step == 0:
        raise AttributeValueError("attribute 'step' cannot be 0")
    if stop is None:
        return inputs, [(UNKNOWN,)]
    count = math.ceil((stop - start) / step)
    if count <= 0:
        raise AttributeValueError(
            f"the range from start {start} to stop {stop} by step {step} is empty"
        )
    return inputs, [(count * attributes.repeat,)]


_declare(
    "_arange",
    "start, start + step, ... below stop, each `repeat` times.",
    Attribute("start", real, doc="First value; the stop if that is left out."),
    Attribute("stop", optional(real), None, "End of the range, exclusive."),
    Attribute("step", real, 1.0, "Distance of values."),
    Attribute("repeat", positive, 1, "How often each value occurs."),
    Attribute("infer_range", boolean, False, "Take the length from where it is used."),
    CTX,
    DTYPE,
    shapes=_arange_shapes,
)


def _eye_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    rows, columns = attributes.N, attributes.M
    return inputs, [(rows, columns if columns > 0 else rows)]


def _length(value: Any) -> int:
    number = integer(value)
    if number < 0:
        raise ValueError("expected an integer from 0 on")
    return number


_declare(
    "_eye",
    "Ones on a diagonal, zeros elsewhere.",
    Attribute("N", _length, doc="Number of rows."),
    Attribute("M", integer, 0, "Number of columns; as many as rows if not above 0."),
    Attribute("k", integer, 0, "Which diagonal: 0 the main one, above 0 an upper one."),
    CTX,
    DTYPE,
    shapes=_eye_shapes,
)


def _linspace_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    return inputs, [(attributes.num,)]


_declare(
    "_linspace",
    "num values, equally far apart, from start to stop.",
    Attribute("start", real, doc="First value."),
    Attribute("stop", real, doc="Last value, or the one after the last."),
    Attribute("num", _length, doc="How many values."),
    Attribute("endpoint", boolean, True, "Whether stop is the last value."),
    CTX,
    DTYPE,
    shapes=_linspace_shapes,
)

# Where no gradient arrives. It reads nothing, so that nothing is kept for its shape.
register(
    Operator(
        name="_backward_zeros",
        summary="Zeros with the shape and type of a forward entry.",
        inputs=(),
        shapes=given_shapes,
        dtypes=given_dtypes,
    )
)
