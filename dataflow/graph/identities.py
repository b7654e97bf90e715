"""What an operator's nature tells of its output: that it equals what is there already.

All of it is exact, bit for bit, with one exception: a float that is -0 would become +0
where the number 0 is added to it, and stays -0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from dataflow.graph.graph import Graph
from dataflow.graph.node import Node
from dataflow_ops.attributes import Attributes


def _always(attributes: Attributes) -> bool:
    return True  # where shape and type stay, too


def _one_part(attributes: Attributes) -> bool:
    return bool(attributes.num_args == 1)


def _one_piece(attributes: Attributes) -> bool:
    return bool(attributes.num_outputs == 1)


def _neutral(number: float) -> Callable[[Attributes], bool]:
    return lambda attributes: bool(attributes.scalar == number)


# Operators whose first input is their output, if shape and type are the same.
_IDENTITIES: Mapping[str, Callable[[Attributes], bool]] = {
    "_plus_scalar": _neutral(0),
    "_minus_scalar": _neutral(0),
    "_mul_scalar": _neutral(1),
    "_div_scalar": _neutral(1),
    "_power_scalar": _neutral(1),
    "add_n": _one_part,
    "Concat": _one_part,
    "SliceChannel": _one_piece,
    "Cast": _always,
    "amp_cast": _always,
    "_backward_Cast": _always,
    "broadcast_to": _always,
    "broadcast_axis": _always,
    "broadcast_like": _always,
    "slice_axis": _always,
    "slice_like": _always,
    "tile": _always,
    "repeat": _always,
}
# Backward operators that pass the gradient to these outputs, where nothing is summed.
_PASSED_ON = {"_backward_broadcast_add": (0, 1), "_backward_broadcast_sub": (0,)}

_IDEMPOTENT = {"abs", "sign", "relu", "floor", "ceil", "trunc", "fix"}
_CASTS = {"Cast", "amp_cast"}
_INVERTIBLE = {"negative", "reverse", "transpose", "SwapAxis"}

# What may come to nothing, or to less, together with the operator before it.
FOLLOWING = _IDEMPOTENT | _CASTS | _INVERTIBLE


def passes_on(node: Node, slot: int) -> bool:
    """Tell whether an output is input 0, if shape, type and context are the same."""
    assert node.operator is not None
    name = node.operator.name
    if name in _PASSED_ON:
        return slot in _PASSED_ON[name]
    if slot or not node.inputs:
        return False
    identity = _IDENTITIES.get(name)
    return node.operator.view or (identity is not None and identity(node.parameters))


def repeats(second: Node, first: Node) -> bool:
    """Tell whether an operator after another one gives what that one gave."""
    assert second.operator is not None
    return first.operator is second.operator and second.operator.name in _IDEMPOTENT


def undoes(second: Node, first: Node, graph: Graph) -> bool:
    """Tell whether an operator after another one gives back what that one read."""
    assert second.operator is not None
    assert first.operator is not None
    name = second.operator.name
    if name in _CASTS and first.operator.name in _CASTS:
        before, between = graph.dtypes[first.inputs[0]], graph.dtypes[second.inputs[0]]
        return before is not None and between is not None and _holds(between, before)
    if first.operator is not second.operator:
        return False
    if name == "reverse":
        return bool(first.parameters == second.parameters)
    return name == "negative"


def _holds(wider: np.dtype[np.generic], dtype: np.dtype[np.generic]) -> bool:
    """Tell whether every number of a type is one of the other type, too."""
    if dtype == np.int64 and wider.kind == "f":  # which NumPy calls safe
        return False
    return np.can_cast(dtype, wider, "safe")


Axes = tuple[int, ...]


def permutation(node: Node, rank: int) -> Axes | None:
    """Return where an operator that only moves axes takes those of its output from."""
    assert node.operator is not None
    axes = list(range(rank))
    if node.operator.name == "transpose":
        given = node.parameters.axes or reversed(axes)
        return tuple(axis % rank for axis in given)
    if node.operator.name == "SwapAxis":
        one, other = node.parameters.dim1, node.parameters.dim2
        axes[one], axes[other] = axes[other], axes[one]
        return tuple(axes)
    return None


def composed(second: Axes, first: Axes) -> Axes:
    """Return the permutation that is one after the other."""
    return tuple(first[axis] for axis in second)
