"""Functions of one array whose curve is set by numbers, or by its last axis."""

from __future__ import annotations

from collections.abc import Sequence

from dataflow_ops.attributes import Attribute, Attributes, real
from dataflow_ops.dtypes import same_float
from dataflow_ops.errors import ShapeError
from dataflow_ops.formulas import Term
from dataflow_ops.gradients import Call, Entry, backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.second_order import bent, straight
from dataflow_ops.shapes import Inferred, Shapes, same_shape

_HARD_SIGMOID = (
    Attribute("alpha", real, 0.2, "Slope of the middle part."),
    Attribute("beta", real, 0.5, "Value at 0."),
)

register(
    Operator(
        name="hard_sigmoid",
        summary="Elementwise min(max(alpha x + beta, 0), 1).",
        attributes=_HARD_SIGMOID,
        dtypes=same_float,
        inplace=((0, 0),),
        gradient=backward("_backward_hard_sigmoid", "out_grad", "output"),
    )
)

register(
    Operator(
        name="_backward_hard_sigmoid",
        summary="Gradient of hard_sigmoid: alpha where the output is between 0 and 1.",
        inputs=("out_grad", "output"),
        attributes=_HARD_SIGMOID,
        inplace=((0, 0), (1, 0)),
        gradient=bent("_backward_hard_sigmoid", straight),
    )
)

_SMOOTH_L1 = (Attribute("scalar", real, 1.0, "s: the parabola ends at |x| = 1 / s^2."),)

register(
    Operator(
        name="smooth_l1",
        summary="Elementwise s^2 x^2 / 2 to |x| = 1 / s^2, |x| - 1 / (2 s^2) beyond.",
        attributes=_SMOOTH_L1,
        inplace=((0, 0),),
        gradient=backward("_backward_smooth_l1", "out_grad", "data"),
    )
)


def _inside(x: Term, attributes: Attributes) -> Term:
    """Bend of smooth_l1: s^2 on the parabola, 0 on the lines."""
    square: float = attributes.scalar**2
    return (x * square).to("abs").to("_lesser_scalar", scalar=1.0) * square


register(
    Operator(
        name="_backward_smooth_l1",
        summary="Gradient of smooth_l1: s^2 x, within -1 and 1.",
        inputs=("out_grad", "data"),
        attributes=_SMOOTH_L1,
        inplace=((0, 0), (1, 0)),
        gradient=bent("_backward_smooth_l1", _inside),
    )
)

_QUADRATIC = (
    Attribute("a", real, 0.0, "Factor of x^2."),
    Attribute("b", real, 0.0, "Factor of x."),
    Attribute("c", real, 0.0, "Value at 0."),
)

register(
    Operator(
        name="_contrib_quadratic",
        summary="Elementwise a x^2 + b x + c.",
        attributes=_QUADRATIC,
        inplace=((0, 0),),
        gradient=backward("_backward_quadratic", "out_grad", "data"),
    )
)

register(
    Operator(
        name="_backward_quadratic",
        summary="Gradient of _contrib_quadratic: 2 a x + b.",
        inputs=("out_grad", "data"),
        attributes=_QUADRATIC,
        inplace=((0, 0), (1, 0)),
        gradient=bent("_backward_quadratic", lambda x, factors: 2 * factors.a),
    )
)


def _some_axis(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data, made = same_shape(attributes, inputs, outputs)
    if data[0] == ():
        raise ShapeError("data must have at least 1 dimension")
    return data, made


def _scaled_back(call: Call) -> Sequence[Entry]:
    return call.make("_contrib_div_sqrt_dim", call.out_grad())


register(
    Operator(
        name="_contrib_div_sqrt_dim",
        summary="data / d^(1/2), where d is the length of the last axis.",
        shapes=_some_axis,
        inplace=((0, 0),),
        gradient=_scaled_back,
    )
)
