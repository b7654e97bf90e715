"""Reference kernels of correlation: one displacement of all patches at a time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

from dataflow_ops.correlation import patches_of
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, kernel

Index = tuple[Any, ...]


class _Displaced(NamedTuple):
    """One displacement: its channel, and the elements compared of both images."""

    channel: int
    first: Index
    second: Index


class _Comparison:
    """The padded images of one correlation, and which of their elements meet."""

    def __init__(self, call: Invocation, first: Array, second: Array) -> None:
        self.xp, self.pad = call.xp, call.attributes.pad_size
        self.patches = patches_of(call.attributes, *first.shape[2:])
        self.first, self.second = self._padded(first), self._padded(second)
        self.scale = 1 / (self.patches.kernel**2 * first.shape[1] or 1)
        self.multiplies = call.attributes.is_multiply

    def _padded(self, image: Array) -> Array:
        xp, pad = self.xp, self.pad
        image = image.astype(xp.promote_types(image.dtype, xp.float32), copy=False)
        return xp.pad(image, ((0, 0), (0, 0), (pad, pad), (pad, pad)))

    def interior(self, padded: Array) -> Array:
        """View what is inside the padding."""
        height, width = padded.shape[2:]
        pad = self.pad
        return padded[:, :, pad : height - pad, pad : width - pad]

    @property
    def _step(self) -> int:
        """Steps between elements: patches of one pixel leave out those between."""
        return self.patches.stride if self.patches.kernel == 1 else 1

    def displaced(self) -> Iterator[_Displaced]:
        """Go through all displacements, row by row."""
        reach, along = self.patches.reach, self.patches.displacements
        for channel, (down, right) in enumerate(itertools.product(along, along)):
            yield _Displaced(
                channel,
                self._area(reach, reach),
                self._area(reach + down, reach + right),
            )

    def _area(self, top: int, left: int) -> Index:
        patches = self.patches
        around = (patches.rows, patches.columns)
        lengths = ((n - 1) * patches.stride + patches.kernel for n in around)
        return (
            slice(None),
            slice(None),
            *(
                slice(start, start + length, self._step)
                for start, length in zip((top, left), lengths, strict=True)
            ),
        )

    def windows(self) -> list[Index]:
        """Index, for each place in a patch, the elements of all patches there."""
        patches = self.patches
        if patches.kernel == 1:
            return [(...,)]
        ends = [(n - 1) * patches.stride + 1 for n in (patches.rows, patches.columns)]
        return [
            (
                ...,
                slice(down, down + ends[0], patches.stride),
                slice(right, right + ends[1], patches.stride),
            )
            for down, right in itertools.product(range(patches.kernel), repeat=2)
        ]


@kernel("reference", "Correlation")
def correlation(call: Invocation) -> None:
    """Compare, add up the channels, and then the elements of each patch."""
    if not wanted(call, 0):
        return
    pair = _Comparison(call, *call.inputs)
    result = call.xp.zeros(call.outputs[0].shape, pair.first.dtype)
    for channel, first, second in pair.displaced():
        compared = _compared(pair, pair.first[first], pair.second[second])
        for window in pair.windows():
            result[:, channel] += compared[window]
    result *= pair.scale
    assign(call, 0, result)


def _compared(pair: _Comparison, first: Array, second: Array) -> Array:
    """Return how the elements compare, summed over the channels."""
    if pair.multiplies:
        return pair.xp.einsum("nchw,nchw->nhw", first, second)
    return pair.xp.abs(first - second).sum(axis=1)


@kernel("reference", "_backward_Correlation")
def correlation_backward(call: Invocation) -> None:
    """Give every pair of elements the gradients of the patches that hold it."""
    xp, head = call.xp, call.inputs[0]
    pair = _Comparison(call, *call.inputs[1:])
    gradients = [xp.zeros_like(pair.first) if wanted(call, i) else None for i in (0, 1)]
    for channel, *areas in pair.displaced():
        first, second = pair.first[areas[0]], pair.second[areas[1]]
        spread = _spread(pair, head[:, channel] * pair.scale, first)
        factors = _factors(pair, first, second)
        for total, area, factor in zip(gradients, areas, factors, strict=True):
            if total is not None:
                total[area] += spread * factor
    for i, total in enumerate(gradients):
        if total is not None:
            assign(call, i, pair.interior(total))


def _spread(pair: _Comparison, head: Array, like: Array) -> Array:
    """Return the sum of the patches' gradients for each pair of elements."""
    batch, _, height, width = like.shape
    spread = pair.xp.zeros((batch, height, width), like.dtype)
    for window in pair.windows():
        spread[window] += head
    return spread[:, None]


def _factors(pair: _Comparison, first: Array, second: Array) -> tuple[Array, Array]:
    """Return how a comparison changes with either element."""
    if pair.multiplies:
        return second, first
    sign = pair.xp.where(first >= second, 1, -1).astype(first.dtype)
    return sign, -sign
