"""Where arrays lie in larger ones: what joins and splits say of their operands.

A *place* has for each axis of the larger array the range that is taken, or the one
index at which the axis is dropped. Who plans memory can let an operand lie there from
the beginning; then nothing is copied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from dataflow_ops.attributes import Attributes
from dataflow_ops.shapes import Shape

Place = tuple[range | int, ...]
PlacesRule = Callable[[Attributes, Sequence[Shape], Sequence[Shape]], Sequence[Place]]


class Lying(NamedTuple):
    """How elements lie in memory.

    Parameters
    ----------
    offset : int
        Elements before the first one.
    shape : Shape
        Lengths of the axes.
    strides : tuple of int
        Elements from one index to the next, along each axis.
    """

    offset: int
    shape: Shape
    strides: tuple[int, ...]

    @classmethod
    def closely(cls, shape: Shape, channels_last: bool = False) -> Lying:
        """Describe elements without gaps; axis 1 may be the innermost one."""
        axes = list(range(len(shape)))
        if channels_last:
            axes.append(axes.pop(1))
        strides, step = [0] * len(shape), 1
        for axis in reversed(axes):
            strides[axis] = step
            step *= shape[axis]
        return cls(0, shape, tuple(strides))

    def at(self, place: Place) -> Lying:
        """Describe those at a place in it."""
        offset, shape, strides = self.offset, [], []
        for taken, stride in zip(place, self.strides, strict=True):
            if isinstance(taken, int):
                offset += taken * stride
                continue
            offset += taken.start * stride
            shape.append(len(taken))
            strides.append(taken.step * stride)
        return Lying(offset, tuple(shape), tuple(strides))

    @property
    def run(self) -> int:
        """How many elements lie one behind the other."""
        count = 1
        for stride, length in sorted(zip(self.strides, self.shape, strict=True)):
            if length > 1 and stride == count:
                count *= length
        return count

    def is_close(self, channels_last: bool = False) -> bool:
        """Tell whether there are no gaps between the elements."""
        wanted = Lying.closely(self.shape, channels_last)
        axes = zip(self.shape, self.strides, wanted.strides, strict=True)
        return all(length == 1 or one == other for length, one, other in axes)


def whole(shape: Shape) -> list[range]:
    """Take all of every axis."""
    return [range(length) for length in shape]


def consecutive(shape: Shape, axis: int, lengths: Iterable[int]) -> list[Place]:
    """Take ranges of these lengths along one axis, one behind the other."""
    places: list[Place] = []
    start, axis = 0, axis % len(shape)
    for length in lengths:
        taken = whole(shape)
        taken[axis] = range(start, start + length)
        places.append(tuple(taken))
        start += length
    return places


def single(shape: Shape, axis: int) -> list[Place]:
    """Take the indices of one axis, which is dropped, one by one."""
    axis %= len(shape)
    rest = whole(shape)
    return [(*rest[:axis], index, *rest[axis + 1 :]) for index in range(shape[axis])]
