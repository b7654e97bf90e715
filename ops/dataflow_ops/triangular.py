"""Diagonals and triangles of stacked matrices, as vectors and back."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from dataflow_ops.attributes import Attribute, Attributes, boolean, integer
from dataflow_ops.costs import OperatorCost, elements_moved
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry, Gradient
from dataflow_ops.matrices import fit, single_or_double
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    ShapeRule,
    Shapes,
    display,
    unify,
)

_OFFSET = Attribute(
    "offset", integer, 0, "Which diagonal: above the main one if > 0, below if < 0."
)
_LOWER = Attribute(
    "lower", boolean, True, "Lower or upper triangle, where the offset is 0."
)


def is_lower(attributes: Attributes) -> bool:
    """Tell which triangle is meant: the one beyond the diagonal, if not the main."""
    return bool(attributes.lower if attributes.offset == 0 else attributes.offset < 0)


def _triangle_size(side: int) -> int:
    return side * (side + 1) // 2


def _triangle_side(elements: int) -> int:
    side = (math.isqrt(8 * elements + 1) - 1) // 2
    if _triangle_size(side) != elements:
        raise ShapeError(
            f"{elements} elements fill no triangle: {_triangle_size(side)} or"
            f" {_triangle_size(side + 1)} would"
        )
    return side


def _same(side: int) -> int:
    return side


def _inferred(
    attributes: Attributes,
    matrices: Shape | None,
    vectors: Shape | None,
    elements: Callable[[int], int],
    side: Callable[[int], int],
    names: tuple[str, str],
) -> list[Shape | None]:
    """Return what stacks of matrices and of vectors tell of each other.

    A diagonal at an offset is as long as the main one of a matrix smaller by that much.
    `elements` counts those of a vector for the length of its diagonal; `side` inverts.
    """
    distance = abs(attributes.offset)
    matrices, vectors = fit(f"{names[0]}:nn {names[1]}:e", (matrices, vectors))
    if matrices is not None and matrices[-1] != UNKNOWN:
        diagonal = matrices[-1] - distance
        if diagonal < 0:
            raise ShapeError(
                f"{names[0]} {display(matrices)} has no diagonal at offset"
                f" {attributes.offset}"
            )
        assert vectors is not None
        vectors = unify(vectors, (*vectors[:-1], elements(diagonal)))
    elif vectors is not None and vectors[-1] != UNKNOWN:
        length = side(vectors[-1]) + distance
        matrices = (*vectors[:-1], length, length)
    return [matrices, vectors]


def _taken(
    elements: Callable[[int], int], side: Callable[[int], int], taking: bool
) -> ShapeRule:
    """Return the shape rule of taking vectors out of matrices, or of the inverse."""
    names = ("A", "output") if taking else ("output", "A")

    def rule(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
        pair = (inputs[0], outputs[0]) if taking else (outputs[0], inputs[0])
        told = _inferred(attributes, *pair, elements, side, names)
        return (told[:1], told[1:]) if taking else (told[1:], told[:1])

    return rule


def _inverted(name: str) -> Gradient:
    def gradient(call: Call) -> Sequence[Entry]:
        return call.make(name, call.out_grad(), **call.attributes)

    return gradient


def _cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    return OperatorCost(0.0, elements_moved(inputs, outputs))


for _what, _attributes, _elements, _side, _summary in (
    ("diag", (_OFFSET,), _same, _same, "diagonal"),
    ("trian", (_OFFSET, _LOWER), _triangle_size, _triangle_side, "triangle"),
):
    for _verb, _inverse, _sentence in (
        ("extract", "make", f"The {_summary} of each matrix, as a vector"),
        ("make", "extract", f"Matrices with a {_summary} from each vector, else 0"),
    ):
        register(
            Operator(
                name=f"_linalg_{_verb}{_what}",
                aliases=(f"linalg_{_verb}{_what}",),
                summary=f"{_sentence}; a lower triangle row by row, an upper one "
                "column by column."
                if _what == "trian"
                else f"{_sentence}.",
                inputs=("A",),
                attributes=_attributes,
                shapes=_taken(_elements, _side, _verb == "extract"),
                dtypes=single_or_double,
                cost=_cost,
                gradient=_inverted(f"_linalg_{_inverse}{_what}"),
            )
        )
