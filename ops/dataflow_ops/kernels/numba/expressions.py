"""Every operator that a compiled group may hold, as an expression of its operands.

In an expression stand ``x``, ``y``, ``z`` for the operands, ``s`` for the scalar,
``a`` and ``b`` for bounds, ``F`` for the type of the group. Where the array library is
exact, so is an expression; NaN is handed on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dataflow_ops.attributes import Attributes
from dataflow_ops.broadcast import BINARY, backward_name
from dataflow_ops.fused import Step

# Functions that only single precision has.
FUNCTIONS = ("exp", "log", "tanh", "log1p", "expm1", "erf")  # each after what it calls
_SIGMOID = "F(1) / (F(1) + exp(-x))"

_UNARY = {
    "abs": "abs(x)",
    "sign": "F(x > F(0)) - F(x < F(0)) if x == x else x",
    "negative": "-x",
    "square": "x * x",
    "sqrt": "np.sqrt(x)",
    "rsqrt": "F(1) / np.sqrt(x)",
    "reciprocal": "F(1) / x",
    "floor": "np.floor(x)",
    "ceil": "np.ceil(x)",
    "relu": "x if x > F(0) or x != x else F(0)",
    "softsign": "x / (F(1) + abs(x))",
    "exp": "exp(x)",
    "log": "log(x)",
    "tanh": "tanh(x)",
    "sigmoid": _SIGMOID,
    "log1p": "log1p(x)",
    "expm1": "expm1(x)",
    "erf": "erf(x)",
    "zeros_like": "F(0)",
    "ones_like": "F(1)",
    "_copy": "x",
    "BlockGrad": "x",
}

_BINARY = {
    "add": "x + y",
    "sub": "x - y",
    "mul": "x * y",
    "div": "x / y",
    "maximum": "x if x >= y or x != x else y",
    "minimum": "x if x <= y or x != x else y",
    "equal": "F(x == y)",
    "not_equal": "F(x != y)",
    "greater": "F(x > y)",
    "greater_equal": "F(x >= y)",
    "lesser": "F(x < y)",
    "lesser_equal": "F(x <= y)",
}

# Gradients: x is that of the output, y what the slope follows from.
_SLOPES = {
    "abs": "x * (F(y > F(0)) - F(y < F(0)) if y == y else y)",
    "square": "x * (F(2) * y)",
    "sqrt": "x * (F(0.5) / y)",
    "rsqrt": "x * (F(-0.5) * y * y * y)",
    "reciprocal": "x * (-y * y)",
    "exp": "x * y",
    "log": "x * (F(1) / y)",
    "tanh": "x * (F(1) - y * y)",
    "sigmoid": "x * (y * (F(1) - y))",
    "log1p": "x * (F(1) / (F(1) + y))",
    "expm1": "x * (y + F(1))",
    "erf": "x * (exp(-y * y) * F(1.1283791670955126))",
    "relu": "x * F(y > F(0))",
}

# Gradients by both sides: x is that of the output, y and z are the sides.
_SIDES = {
    "add": ("x", "x"),
    "sub": ("x", "-x"),
    "mul": ("x * z", "x * y"),
    "div": ("x / z", "-(x / z) * (y / z)"),
    "maximum": ("x * F(y >= z)", "x * F(y < z)"),
    "minimum": ("x * F(y <= z)", "x * F(y > z)"),
}
_POWERS = {
    1.0: ("x", "x"),
    2.0: ("x * x", "x * (y + y)"),
    3.0: ("x * x * x", "x * (F(3) * (y * y))"),
    0.5: ("np.sqrt(x)", "x * (F(0.5) / np.sqrt(y))"),
    -1.0: ("F(1) / x", "x * (F(-1) / (y * y))"),
    -0.5: ("F(1) / np.sqrt(x)", "x * (F(-0.5) / (y * np.sqrt(y)))"),
}
_SOFT_RELU = "(x if x > F(0) else F(0)) + log1p(exp(-abs(x))) if x == x else x"
_WITHIN = "x * F(y >= a and y <= b)"


def _with_scalar(expression: str, *, reverse: bool) -> str:
    """Put the scalar in place of one side."""
    names = {"x": "s", "y": "x"} if reverse else {"y": "s"}
    return " ".join(names.get(word, word) for word in _words(expression))


def _words(expression: str) -> Sequence[str]:
    return expression.replace("(", "( ").replace(")", " )").split()


def _table() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {name: (text,) for name, text in _UNARY.items()}
    table |= {f"_backward_{name}": (text,) for name, text in _SLOPES.items()}
    for key, text in _BINARY.items():
        row = BINARY[key]
        table[row.same[0]] = table[row.broadcast[0]] = (text,)
        table[row.scalar] = (_with_scalar(text, reverse=False),)
        if row.reverse:
            table[row.reverse] = (_with_scalar(text, reverse=True),)
    for key, sides in _SIDES.items():
        table[backward_name(BINARY[key].broadcast[0])] = sides
        if key not in ("add", "sub", "mul"):  # their gradients are graphs
            table[backward_name(BINARY[key].same[0])] = sides
    table["clip"] = ("a if x < a else (b if x > b else x)",)
    table["_backward_clip"] = (_WITHIN,)
    table["softrelu"] = (_SOFT_RELU,)
    table["_backward_softrelu"] = ("x * -expm1(-y)",)
    table["where"] = ("y if x != F(0) else z",)
    return table


_TABLE: Mapping[str, tuple[str, ...]] = _table()


def expressions(step: Step) -> tuple[str, ...] | None:
    """Return an expression for each output of a step, or None if one is lacking."""
    attributes = step.attributes
    if step.operator == "add_n":
        return None if len(step.reads) > 3 else (" + ".join("xyz"[: len(step.reads)]),)
    if step.operator in ("_power_scalar", "_backward_power_scalar"):
        powers = _POWERS.get(attributes.scalar)
        is_slope = step.operator.startswith("_backward")
        return None if powers is None else (powers[is_slope],)
    if step.operator in ("Activation", "_backward_Activation"):
        return _TABLE.get(step.operator.replace("Activation", attributes.act_type))
    return _TABLE.get(step.operator)


def constants(attributes: Attributes) -> dict[str, float]:
    """Return the numbers that an expression names."""
    names = {"s": "scalar", "a": "a_min", "b": "a_max"}
    return {k: float(attributes[v]) for k, v in names.items() if v in attributes}
