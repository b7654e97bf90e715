"""The chain of small elementwise operators that every side runs."""

from __future__ import annotations

from typing import Any

OPERATORS = 1_000
ELEMENTS = 16
SHIFT, SCALE, DROP = 0.01, 0.999, 0.005  # keeps values in range over the whole chain
VALUES = [i / ELEMENTS for i in range(ELEMENTS)]


def symbol(mx: Any) -> Any:
    """Build the chain in any library with MXNet's Symbol interface."""
    x = mx.sym.Variable("x")
    for _ in range(OPERATORS // 4):
        x = mx.sym.relu(x + SHIFT) * SCALE - DROP
    return x


def bound(mx: Any) -> Any:
    """Bind it for inference, with its argument filled in."""
    executor = symbol(mx).simple_bind(mx.cpu(), grad_req="null", x=(ELEMENTS,))
    executor.arg_dict["x"][:] = mx.nd.array(VALUES)
    return executor
