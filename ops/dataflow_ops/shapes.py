"""Two-way shape inference: what is known of shapes, and the rules many share.

A shape is a tuple of dimensions, ``UNKNOWN`` where a dimension is not known yet, or
None where not even the rank is. A *shape rule* takes an operator's attributes and the
shapes of its inputs (auxiliary states last) and outputs as far as they are known, and
returns what it can tell of both; it never has to repeat what it was given. The caller
unifies the answer with what was known and calls again while anything changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dataflow_ops.attributes import Attributes
from dataflow_ops.errors import ShapeError

UNKNOWN = -1
Shape = tuple[int, ...]
Shapes = Sequence[Shape | None]
Inferred = tuple[Shapes, Shapes]
ShapeRule = Callable[[Attributes, Shapes, Shapes], Inferred]


def is_known(shape: Shape | None) -> bool:
    """Tell whether rank and every dimension are known."""
    return shape is not None and UNKNOWN not in shape


def size(shape: Shape) -> int:
    """Count the elements of a known shape."""
    count = 1
    for dimension in shape:
        count *= dimension
    return count


def unify(first: Shape | None, second: Shape | None) -> Shape | None:
    """Join two views of one shape.

    Raises
    ------
    ShapeError
        They differ in rank or in a dimension that both know.
    """
    if first is None or second is None or first == second:
        return second if first is None else first
    if len(first) != len(second):
        raise ShapeError(f"{display(first)} against {display(second)}")
    return tuple(
        _dimension(a, b, first, second) for a, b in zip(first, second, strict=True)
    )


def _dimension(a: int, b: int, first: Shape, second: Shape) -> int:
    if UNKNOWN in (a, b) or a == b:
        return b if a == UNKNOWN else a
    raise ShapeError(f"{display(first)} against {display(second)}")


def fill(shape: Shape, other: Shape | None) -> Shape:
    """Fill unknown dimensions from another shape, if that has as many."""
    if other is None or len(other) != len(shape):
        return shape
    pairs = zip(shape, other, strict=True)
    return tuple(b if a == UNKNOWN else a for a, b in pairs)


def display(shape: Shape | None) -> str:
    """Write a shape as users do: 0 for an unknown dimension, ``?`` for no rank."""
    if shape is None:
        return "?"
    return str(tuple(0 if d == UNKNOWN else d for d in shape))


def same_shape(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    """Shape rule of elementwise operators: all inputs and outputs agree."""
    shape: Shape | None = None
    for known in (*inputs, *outputs):
        shape = unify(shape, known)
    return [shape] * len(inputs), [shape] * len(outputs)


def given(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    """Shape rule of backward operators, with nothing to infer.

    Each gradient's shape is seeded from the forward entry that it belongs to.
    """
    return inputs, outputs


def normalize_axis(axis: int, rank: int) -> int:
    """Turn an axis counted from either end into one counted from the front.

    Raises
    ------
    ShapeError
        The axis lies outside the rank.
    """
    if not -rank <= axis < rank:
        raise ShapeError(f"axis {axis} is out of range for {rank} dimensions")
    return axis % rank
