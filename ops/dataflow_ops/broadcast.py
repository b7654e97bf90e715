"""Binary functions: of equal shapes, with one number, and of shapes that broadcast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dataflow_ops.attributes import Attribute, Attributes, boolean, real
from dataflow_ops.dtypes import FLOAT64, DTypes, same_dtype
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry, Gradient, backward, no_gradient
from dataflow_ops.registry import Operator, register
from dataflow_ops.second_order import bent, bilinear, needed_shapes, straight
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    Shapes,
    display,
    given,
    unify,
)
from dataflow_ops.surfaces import SCALAR_BENDS, curved


class _Binary(NamedTuple):
    formula: str  # of x and y
    same: tuple[str, ...]  # names of the form for equal shapes
    broadcast: tuple[str, ...]  # names of the form for shapes that broadcast
    scalar: str  # name of the form with a number for y
    reverse: str = ""  # name of the form with a number for x
    smooth: bool = True  # a gradient flows


# The functions and their derivatives stand in kernels/reference/broadcast.py.
BINARY = {
    "add": _Binary(
        "x + y",
        ("elemwise_add", "_plus", "_Plus", "_add", "_grad_add"),
        ("broadcast_add", "broadcast_plus"),
        "_plus_scalar",
    ),
    "sub": _Binary(
        "x - y",
        ("elemwise_sub", "_minus", "_Minus", "_sub"),
        ("broadcast_sub", "broadcast_minus"),
        "_minus_scalar",
        "_rminus_scalar",
    ),
    "mul": _Binary(
        "x * y",
        ("elemwise_mul", "_mul", "_Mul"),
        ("broadcast_mul",),
        "_mul_scalar",
    ),
    "div": _Binary(
        "x / y (integers: without the fraction)",
        ("elemwise_div", "_div", "_Div", "_scatter_elemwise_div"),
        ("broadcast_div",),
        "_div_scalar",
        "_rdiv_scalar",
    ),
    "mod": _Binary(
        "the rest of x / y with the sign of y, 0 where y is 0",
        ("_mod", "_Mod"),
        ("broadcast_mod",),
        "_mod_scalar",
        "_rmod_scalar",
    ),
    "power": _Binary(
        "x^y",
        ("_power", "_Power"),
        ("broadcast_power",),
        "_power_scalar",
        "_rpower_scalar",
    ),
    "maximum": _Binary(
        "max(x, y)",
        ("_maximum", "_Maximum"),
        ("broadcast_maximum",),
        "_maximum_scalar",
    ),
    "minimum": _Binary(
        "min(x, y)",
        ("_minimum", "_Minimum"),
        ("broadcast_minimum",),
        "_minimum_scalar",
    ),
    "hypot": _Binary(
        "(x^2 + y^2)^(1/2)", ("_hypot", "_Hypot"), ("broadcast_hypot",), "_hypot_scalar"
    ),
    **{
        word: _Binary(
            f"1 where x {sign} y, else 0",
            (f"_{word}", f"_{word.title()}"),
            (f"broadcast_{word}",),
            f"_{word}_scalar",
            smooth=False,
        )
        for word, sign in {
            "equal": "=",
            "not_equal": "!=",
            "greater": ">",
            "greater_equal": ">=",
            "lesser": "<",
            "lesser_equal": "<=",
            "logical_and": "and",
            "logical_or": "or",
            "logical_xor": "xor",
        }.items()
    },
}


def backward_name(name: str) -> str:
    """Name the backward operator of an operator that may begin with ``_``."""
    return f"_backward_{name.removeprefix('_')}"


_SIDES = ("lhs", "rhs")


def _declare_linear(name: str) -> None:
    """Declare the backward operator of an operator that is linear in both sides."""
    register(
        Operator(
            name=backward_name(name),
            summary=f"Gradients of {name}.",
            inputs=("out_grad",),
            outputs=_SIDES,
            shapes=given,
            dtypes=given_dtypes,
            gradient=backward(name, "out_grad", "out_grad1"),
        )
    )


def _declare_backward(name: str, gradient: Gradient) -> None:
    register(
        Operator(
            name=backward_name(name),
            summary=f"Gradients of {name}.",
            inputs=("out_grad", *_SIDES),
            outputs=_SIDES,
            shapes=needed_shapes,
            gradient=gradient,
        )
    )


# Equal shapes


def _add_gradient(call: Call) -> list[Entry]:
    return [call.out_grad(), call.out_grad()]


def _sub_gradient(call: Call) -> list[Entry]:
    return [call.out_grad(), call.make("negative", call.out_grad())[0]]


def _mul_gradient(call: Call) -> list[Entry]:
    lhs, rhs = call.inputs
    grad = call.out_grad()
    return [call.make("elemwise_mul", grad, other)[0] for other in (rhs, lhs)]


_GRAPHS: dict[str, Gradient] = {
    "add": _add_gradient,
    "sub": _sub_gradient,
    "mul": _mul_gradient,
}


def _gradient(key: str, name: str) -> Gradient:
    """Gradient by one backward operator, which is declared along the way."""
    if not BINARY[key].smooth:
        return no_gradient
    if key in ("add", "sub"):
        _declare_linear(name)
        return backward(backward_name(name), "out_grad", of=(0, 1))
    product = bilinear(name, backward_name(name))
    _declare_backward(name, product if key == "mul" else curved(key))
    return backward(backward_name(name), "out_grad", *_SIDES, of=(0, 1))


for _key, _row in BINARY.items():
    _name, *_others = _row.same
    register(
        Operator(
            name=_name,
            aliases=tuple(_others),
            summary=f"Elementwise {_row.formula}, x from lhs, y from rhs.",
            inputs=_SIDES,
            inplace=((0, 0), (1, 0)),
            gradient=_GRAPHS.get(_key) or _gradient(_key, _name),
        )
    )


# One array and one number


SCALAR = (
    Attribute("scalar", real, 1.0, "The number."),
    Attribute(
        "is_int",
        boolean,
        True,
        "Integer arrays keep their type, the number loses its fraction; otherwise the"
        " result is float64.",
    ),
)


def _scalar_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    data = inputs[0]
    if attributes.is_int or (data is not None and data.kind == "f"):
        return same_dtype(attributes, inputs, outputs)
    return inputs, [None if data is None else FLOAT64]


def _passed_on(call: Call) -> Sequence[Entry]:
    return [call.out_grad()]


def _negated(call: Call) -> Sequence[Entry]:
    return call.make("negative", call.out_grad())


def _scaled(call: Call) -> Sequence[Entry]:
    return call.make("_mul_scalar", call.out_grad(), **call.attributes)


def _divided(call: Call) -> Sequence[Entry]:
    return call.make("_div_scalar", call.out_grad(), **call.attributes)


_SCALAR_GRAPHS: dict[str, Gradient] = {
    "_plus_scalar": _passed_on,
    "_minus_scalar": _passed_on,
    "_mod_scalar": _passed_on,
    "_rminus_scalar": _negated,
    "_mul_scalar": _scaled,
    "_div_scalar": _divided,
}


def _camel_case(name: str) -> str:
    """Write ``_rminus_scalar`` as MXNet's second name for it, ``_RMinusScalar``."""
    words = name.removeprefix("_").split("_")
    reverse = words[0] in ("rminus", "rdiv", "rmod", "rpower")
    first = "R" + words[0][1:].title() if reverse else words[0].title()
    return "_" + first + "".join(word.title() for word in words[1:])


def _scalar_gradient(name: str, smooth: bool) -> Gradient:
    if name in _SCALAR_GRAPHS or not smooth:
        return _SCALAR_GRAPHS.get(name, no_gradient)
    needs = ("out_grad", "output" if name == "_rpower_scalar" else "data")
    register(
        Operator(
            name=backward_name(name),
            summary=f"Gradient of {name}.",
            inputs=needs,
            attributes=SCALAR,
            inplace=((0, 0), (1, 0)),
            gradient=bent(backward_name(name), SCALAR_BENDS.get(name, straight)),
        )
    )
    return backward(backward_name(name), *needs)


# Forms that leave a sparse array's zeros alone; on dense arrays they do the same.
_SCATTER = {
    f"_{name}_scalar": (f"_scatter_{name}_scalar",) for name in ("plus", "minus")
}

for _row in BINARY.values():
    for _name, _roles in (
        (_row.scalar, "x from data, y the scalar"),
        (_row.reverse, "x the scalar, y from data"),
    ):
        if _name:
            register(
                Operator(
                    name=_name,
                    aliases=(_camel_case(_name), *_SCATTER.get(_name, ())),
                    summary=f"Elementwise {_row.formula}, {_roles}.",
                    attributes=SCALAR,
                    dtypes=_scalar_dtypes,
                    inplace=((0, 0),),
                    gradient=_scalar_gradient(_name, _row.smooth),
                )
            )


# Shapes that broadcast


def _broadcast_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    lhs, rhs = inputs
    if lhs is None or rhs is None:
        return inputs, outputs
    rank = max(len(lhs), len(rhs))
    left, right = _padded(lhs, rank), _padded(rhs, rank)
    try:
        joined = [_joined(x, y) for x, y in zip(left, right, strict=True)]
        output = unify(tuple(joined), outputs[0])
    except ShapeError:
        raise ShapeError(
            f"lhs {display(lhs)} and rhs {display(rhs)} do not broadcast"
            + (f" to {display(outputs[0])}" if outputs[0] else "")
        ) from None
    assert output is not None
    new_left = tuple(map(_side, left, right, output))[rank - len(lhs) :]
    new_right = tuple(map(_side, right, left, output))[rank - len(rhs) :]
    return [new_left, new_right], [output]


def _padded(shape: Shape, rank: int) -> Shape:
    return (1,) * (rank - len(shape)) + shape


def _joined(x: int, y: int) -> int:
    """Dimension of the output from those of the inputs."""
    if y in (x, 1):
        return x
    if x in (1, UNKNOWN):
        return y
    if y == UNKNOWN:
        return x
    raise ShapeError


def _side(mine: int, other: int, output: int) -> int:
    """Dimension of one input from that of the other and of the output."""
    if mine == UNKNOWN and (output == 1 or other == 1):
        return output
    return mine


for _key, _row in BINARY.items():
    _name, *_others = _row.broadcast
    register(
        Operator(
            name=_name,
            aliases=tuple(_others),
            summary=f"Broadcasting {_row.formula}, x from lhs, y from rhs.",
            inputs=_SIDES,
            shapes=_broadcast_shapes,
            inplace=((0, 0), (1, 0)),
            gradient=_gradient(_key, _name),
        )
    )
