"""Shape, type and cost rules of operators on stacks of matrices.

A stack is an array whose last two axes are a matrix's rows and columns. A *pattern*
such as ``"A:mk B:kn output:mn"`` gives each operand of an operator letters for its last
axes: equal letters are equal lengths, and what stands before is the same for all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from dataflow_ops.attributes import Attributes
from dataflow_ops.costs import CostRule, OperatorCost, elements_moved
from dataflow_ops.dtypes import FLOAT32, FLOAT64, DTypes, same_dtype
from dataflow_ops.errors import DTypeError, ShapeError
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    ShapeRule,
    Shapes,
    display,
    normalize_axis,
    size,
    unify,
)

Pattern = str | Callable[[Attributes], str]


class _Operand(NamedTuple):
    name: str
    letters: str
    shape: Shape | None

    def __str__(self) -> str:
        return f"{self.name} {display(self.shape)}"


def single_or_double(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    """Type rule: all agree, and are float32 or float64."""
    for known in (*inputs, *outputs):
        if known is not None and known not in (FLOAT32, FLOAT64):
            raise DTypeError(f"float32 or float64 is needed, not {known}")
    return same_dtype(attributes, inputs, outputs)


def stacks(pattern: Pattern) -> ShapeRule:
    """Return the shape rule of a pattern, or of one that depends on the attributes.

    Where there is an attribute `axis`, it is the axis of the rows in every operand.
    """

    def rule(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
        letters = pattern if isinstance(pattern, str) else pattern(attributes)
        axis = attributes.get("axis", -2)
        told = fit(letters, (*inputs, *outputs), axis)
        return told[: len(inputs)], told[len(inputs) :]

    return rule


def fit(pattern: str, shapes: Shapes, axis: int = -2) -> list[Shape | None]:
    """Return what shapes tell of one another under a pattern.

    Raises
    ------
    ShapeError
        Lengths that should be equal differ, or a shape has too few dimensions.
    """
    operands = _operands(pattern, shapes)
    seen = [
        _rows_moved(operand, axis) for operand in operands if operand.shape is not None
    ]
    if not seen:
        return list(shapes)
    outer = _outer(seen)
    lengths = _lengths(seen)
    told = [(*outer, *(lengths[letter] for letter in x.letters)) for x in operands]
    return [_swapped(shape, axis) for shape in told]


def _operands(pattern: str, shapes: Shapes) -> list[_Operand]:
    operands = []
    for item, shape in zip(pattern.split(), shapes, strict=True):
        name, letters = item.split(":")
        operand = _Operand(name, letters, shape)
        if shape is not None and len(shape) < len(letters):
            raise ShapeError(
                f"{operand} should have at least {len(letters)} dimensions"
            )
        operands.append(operand)
    return operands


def _rows_moved(operand: _Operand, axis: int) -> _Operand:
    assert operand.shape is not None
    return operand._replace(shape=_swapped(operand.shape, axis))


def _swapped(shape: Shape, axis: int) -> Shape:
    """Exchange the axis of the rows and the one before the last."""
    if axis == -2:
        return shape
    rows = row_axis(axis, len(shape))
    moved = list(shape)
    moved[rows], moved[-2] = moved[-2], moved[rows]
    return tuple(moved)


def row_axis(axis: int, rank: int) -> int:
    """Return the axis of the rows, from the front; the last one holds the columns."""
    rows = normalize_axis(axis, rank)
    if rows == rank - 1:
        raise ShapeError(
            f"axis {axis} cannot be that of the rows: it is the last of {rank},"
            " that of the columns"
        )
    return rows


def _outer(operands: Sequence[_Operand]) -> Shape:
    """Return what stands before the matrices, joined from all operands."""
    outer: Shape | None = None
    for operand in operands:
        assert operand.shape is not None
        own = operand.shape[: len(operand.shape) - len(operand.letters)]
        try:
            outer = unify(outer, own)
        except ShapeError:
            raise ShapeError(
                f"{operands[0]} and {operand} should agree before the dimensions of"
                " their matrices"
            ) from None
    assert outer is not None
    return outer


class _Lengths(dict[str, int]):
    def __missing__(self, letter: str) -> int:
        return UNKNOWN


def _lengths(operands: Sequence[_Operand]) -> _Lengths:
    """Return the length that each letter stands for."""
    lengths = _Lengths()
    origin: dict[str, _Operand] = {}
    for operand in operands:
        assert operand.shape is not None
        own = operand.shape[len(operand.shape) - len(operand.letters) :]
        for letter, length in zip(operand.letters, own, strict=True):
            if length == UNKNOWN:
                continue
            first = origin.setdefault(letter, operand)
            if lengths.setdefault(letter, length) != length:
                raise ShapeError(_mismatch(first, operand, lengths[letter], length))
    return lengths


def _mismatch(first: _Operand, second: _Operand, one: int, other: int) -> str:
    if first.name == second.name:
        return f"{first} should hold square matrices, not {one} x {other}"
    return f"{first} and {second} do not fit: lengths {one} and {other} differ"


def factors(attributes: Attributes, left: str, right: str) -> str:
    """Return the pattern of two factors of a product, transposed as attributes say."""
    a = "km" if attributes.transpose_a else "mk"
    b = "nk" if attributes.transpose_b else "kn"
    return f"{left}:{a} {right}:{b}"


def number_per_matrix(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    """Shape rule: each output has a number for each square matrix of A.

    A lone matrix has outputs of shape (1,), not ().
    """
    output: Shape | None = None
    for known in outputs:
        output = unify(output, known)
    (matrices,) = fit("A:nn", inputs)
    if matrices is not None and len(matrices) == 2:
        return [matrices], [(1,)] * len(outputs)
    if matrices is None and output in (None, (1,), (UNKNOWN,)):
        return inputs, [output] * len(outputs)  # a lone matrix or a stack of one
    told = fit("A:nn output:", (matrices, output))
    return told[:1], told[1:] * len(outputs)


def cubic_cost(factor: float) -> CostRule:
    """`factor` times rows times rows times columns, for each matrix."""

    def rule(
        attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
    ) -> OperatorCost:
        matrices = max(inputs, key=len)
        flops = factor * size(matrices) * matrices[-2]
        return OperatorCost(flops, elements_moved(inputs, outputs))

    return rule
