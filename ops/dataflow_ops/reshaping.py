"""The small language of Reshape's target shapes.

Each code takes dimensions from the input, in order, and makes dimensions of the
output: a positive number stands for itself, 0 copies one dimension, -1 is whatever is
left over, -2 copies all that remain, -3 joins two, and -4 splits one into the two
numbers after it (one of which may be -1).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dataflow_ops.errors import ShapeError
from dataflow_ops.shapes import UNKNOWN, Shape, display, size

_REST = UNKNOWN - 1  # marks the one dimension to be computed


class _Code(NamedTuple):
    kind: int
    parts: tuple[int, ...] = ()


def reshape(shape: Shape, codes: tuple[int, ...], backwards: bool) -> Shape:
    """Shape of the output as far as it follows from that of the input.

    Parameters
    ----------
    shape : Shape
        Input shape, which may have unknown dimensions.
    codes : tuple of int
        The target shape.
    backwards : bool
        Match codes and dimensions from the last to the first.

    Raises
    ------
    ShapeError
        The codes do not fit the shape.
    """
    parsed = list(_parse(codes))
    step = -1 if backwards else 1
    output = _apply(shape[::step], parsed[::step], codes, backwards)[::step]
    if output.count(_REST) > 1:
        raise ShapeError(f"shape {codes} has more than one dimension to compute")
    output = tuple(_rest(shape, output, codes) if d == _REST else d for d in output)
    if UNKNOWN not in (*shape, *output) and size(shape) != size(output):
        raise ShapeError(
            f"data {display(shape)} of {size(shape)} elements cannot take shape"
            f" {codes}, which is {display(output)} of {size(output)}"
        )
    return output


def _parse(codes: tuple[int, ...]) -> Iterator[_Code]:
    rest = iter(codes)
    for code in rest:
        if code < -4:
            raise ShapeError(f"shape {codes} has the unknown code {code}")
        parts = (next(rest, 0), next(rest, 0)) if code == -4 else ()
        if 0 in parts or parts == (-1, -1):
            raise ShapeError(
                f"shape {codes}: -4 needs two numbers, one of which is known"
            )
        yield _Code(code, parts)


def _apply(
    shape: Shape, parsed: list[_Code], codes: tuple[int, ...], backwards: bool
) -> Shape:
    output: list[int] = []
    position = 0
    for kind, parts in parsed:
        taken = _TAKEN.get(kind, 1) if kind != -2 else len(shape) - position
        part = shape[position : position + taken]
        if len(part) < taken and kind in (0, -3, -4):
            data = display(shape[::-1] if backwards else shape)
            raise ShapeError(f"shape {codes} takes more than data {data} has")
        position += taken
        made = _made(kind, part, parts)
        output += made[::-1] if backwards and kind == -4 else made
    return tuple(output)


_TAKEN = {-3: 2}


def _made(kind: int, part: Shape, parts: tuple[int, ...]) -> Shape:
    if kind > 0:
        return (kind,)
    if kind == -1:
        return (_REST,)
    if kind == -3:
        return (UNKNOWN if UNKNOWN in part else size(part),)
    if kind == -4:
        return _halves(part[0], *parts)
    return part


def _halves(whole: int, first: int, second: int) -> Shape:
    known = second if first == -1 else first
    if whole == UNKNOWN:
        other = UNKNOWN
    else:
        other, left_over = divmod(whole, known)
        if left_over or (first != -1 and second not in (-1, other)):
            raise ShapeError(f"dimension {whole} is not {first} times {second}")
    if first == -1:
        return (other, second)
    return (first, other if second == -1 else second)


def _rest(shape: Shape, output: Shape, codes: tuple[int, ...]) -> int:
    """Length of the computed dimension."""
    others = tuple(d for d in output if d != _REST)
    if min(codes) > -3 and shape.count(UNKNOWN) == others.count(UNKNOWN):
        # Every unknown dimension was copied: they cancel out.
        shape, others = (tuple(d for d in s if d != UNKNOWN) for s in (shape, others))
    if UNKNOWN in (*shape, *others):
        return UNKNOWN
    if 0 in others:
        return 0
    length, left_over = divmod(size(shape), size(others))
    if left_over:
        raise ShapeError(
            f"data {display(shape)} of {size(shape)} elements cannot take shape"
            f" {codes}: not a multiple of {size(others)}"
        )
    return length


def complete(shape: Shape, other: Shape | None) -> Shape:
    """Fill the one unknown dimension of `shape` from a known shape of equal size."""
    if other is None or UNKNOWN in other or shape.count(UNKNOWN) != 1:
        return shape
    known = size(tuple(d for d in shape if d != UNKNOWN))
    if known == 0:
        return shape
    length, left_over = divmod(size(other), known)
    if left_over:
        raise ShapeError(
            f"{display(shape)} cannot have the elements of {display(other)}"
        )
    return tuple(length if d == UNKNOWN else d for d in shape)
