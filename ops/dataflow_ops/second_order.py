"""Gradients of gradients: what the declarations of backward operators share.

A backward operator that multiplies the output's gradient by the slope f' has two
gradients itself: by the output's gradient, the same multiple of what arrives; and by
what the slope is computed from, x or the output y, a multiple of the *bend*, which is
the derivative of f' as a function of that.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from dataflow_ops.attributes import Attributes
from dataflow_ops.formulas import Term, terms
from dataflow_ops.gradients import Call, Entry, Gradient
from dataflow_ops.shapes import Inferred, Shapes, unify

Bend = Term | float | None  # None: zero wherever it is defined


def _softsign(x: Term) -> Term:
    slope = 1 / (x.to("abs") + 1)
    return x.to("sign") * slope * slope * slope * -2


def _arcsin(x: Term) -> Term:
    root = (1 - x * x).to("rsqrt")
    return x * root * root * root


def _arcsinh(x: Term) -> Term:
    root = (x * x + 1).to("rsqrt")
    return x * root * root * root * -1


def _arccosh(x: Term) -> Term:
    root = (x * x - 1).to("rsqrt")
    return x * root * root * root * -1


def _arctan(x: Term) -> Term:
    slope = 1 / (x * x + 1)
    return x * slope * slope * -2


def _arctanh(x: Term) -> Term:
    slope = 1 / (1 - x * x)
    return x * slope * slope * 2


# From x or y, whichever the slope is computed from.
BENDS: dict[str, Callable[[Term], Bend]] = {
    "abs": lambda x: None,
    "exp": lambda y: 1,
    "expm1": lambda y: 1,
    "log": lambda x: -1 / (x * x),
    "log2": lambda x: (-1 / math.log(2)) / (x * x),
    "log10": lambda x: (-1 / math.log(10)) / (x * x),
    "log1p": lambda x: -1 / (x + 1).to("square"),
    "sqrt": lambda y: -0.5 / (y * y),
    "rsqrt": lambda y: y * y * -1.5,
    "cbrt": lambda y: (-2 / 3) / (y * y * y),
    "rcbrt": lambda y: y * y * y * (-4 / 3),
    "square": lambda x: 2,
    "reciprocal": lambda y: y * -2,
    "sigmoid": lambda y: 1 - y * 2,
    "relu": lambda y: None,
    "softrelu": lambda y: (-y).to("exp"),
    "softsign": _softsign,
    "erf": lambda x: (-x * x).to("exp") * x * (-4 / math.sqrt(math.pi)),
    "erfinv": lambda y: (y * y).to("exp") * y * math.sqrt(math.pi),
    "sin": lambda x: -x.to("sin"),
    "cos": lambda x: -x.to("cos"),
    "tan": lambda y: y * 2,
    "arcsin": _arcsin,
    "arccos": lambda x: -_arcsin(x),
    "arctan": _arctan,
    "sinh": lambda x: x.to("sinh"),
    "cosh": lambda x: x.to("cosh"),
    "tanh": lambda y: y * -2,
    "arcsinh": _arcsinh,
    "arccosh": _arccosh,
    "arctanh": _arctanh,
}


def straight(point: Term, attributes: Attributes) -> Bend:
    """Bend of functions that are made of straight lines."""
    return None


def bent(name: str, bend: Callable[[Term, Attributes], Bend]) -> Gradient:
    """Gradient of an operator that multiplies its first input by a slope.

    Parameters
    ----------
    name : str
        The operator: its inputs are a gradient and what the slope is computed from.
    bend : callable
        The slope's derivative by its second input, of that and the attributes.
    """

    def rule(call: Call) -> list[Entry | None]:
        grad, needed = call.inputs
        again = call.make(name, call.out_grad(), needed, **call.attributes)[0]
        head, factor, point = terms(call, call.out_grad(), grad, needed)
        change = bend(point, call.attributes)
        by_point = None if change is None else (head * factor * change).entry
        return [again, by_point]

    return rule


def bilinear(forward: str, backward: str) -> Gradient:
    """Gradient of the backward operator of a product, whichever product it is.

    Parameters
    ----------
    forward : str
        The product of lhs and rhs, linear in both.
    backward : str
        Its backward operator, which is the one to be differentiated: it makes the
        gradients by lhs and rhs from the output's, lhs and rhs.
    """

    def rule(call: Call) -> list[Entry]:
        grad, lhs, rhs = call.inputs
        for_lhs, for_rhs = call.out_grad(0), call.out_grad(1)
        settings = call.attributes
        products = [
            call.make(forward, for_lhs, rhs, **settings)[0],
            call.make(forward, lhs, for_rhs, **settings)[0],
        ]
        return [
            call.make("elemwise_add", *products)[0],
            call.make(backward, grad, lhs, for_rhs, **settings)[0],
            call.make(backward, grad, for_lhs, rhs, **settings)[1],
        ]

    return rule


def needed_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    """Shape rule of backward operators: inputs are a gradient and all of `outputs`.

    Only where one of them is made by the gradient of a gradient, which may leave out
    some of its outputs, need their shapes follow from the inputs.
    """
    pairs = zip(inputs[1:], outputs, strict=True)
    shapes = [unify(needed, made) for needed, made in pairs]
    return [inputs[0], *shapes], shapes
