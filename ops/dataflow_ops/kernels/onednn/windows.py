"""The shapes of convolutions, and the primitives that compute them.

A convolution of images as MXNet lays them out falls back to slow code, so plans move
images and weights on the way in and out. Where to was measured, moving included:

- blocks of 16 channels where these divide all channels, one vector register each;
- as they lie, windows of one element in large images: that is a matrix product;
- the channels last where there are some: blocks would be filled up with zeros;
- what oneDNN prefers otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from dataflow_ops.kernels.onednn.codes import Algorithm, Argument, Propagation
from dataflow_ops.kernels.onednn.library import has_wide_vectors
from dataflow_ops.kernels.onednn.memory import (
    BLOCK,
    Layout,
    blocked,
    channels_last,
    numbers,
    ordered,
    undecided,
)
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.kernels.onednn.primitives import Primitive, Step
from dataflow_ops.kernels.onednn.products import matrix, multiply, sum_rows
from dataflow_ops.kernels.onednn.steps import NONE, Steps
from dataflow_ops.shapes import Shape, size
from dataflow_ops.windows import Images, Windows

_FEW_CHANNELS = 8
_LARGE = 400  # places of an image
_FEW_ROWS = 4096


class Geometry(NamedTuple):
    """One convolution: its shapes with the channels second, and its windows."""

    data: Shape
    filters: int
    output: Shape
    groups: int
    windows: Windows
    last: bool  # whether arrays have the channel axis last
    inside: bool = False  # whether some images lie with the channels last in any case
    whole: bool = False  # whether all do

    @property
    def weight(self) -> Shape:
        """Shape of the weights, with the groups first if there are several."""
        outer = () if self.groups == 1 else (self.groups,)
        each = self.filters // self.groups, self.data[1] // self.groups
        return (*outer, *each, *self.windows.kernel)

    @property
    def work(self) -> float:
        """Operations of one pass."""
        return 2.0 * size(self.output) * size(self.weight[-len(self.data) + 1 :])

    def images(self, shape: Shape) -> Layout:
        """Describe images as arrays hold them."""
        return ordered(shape, in_memory(len(shape), 1, self.last))

    def weights(self) -> Layout:
        """Describe weights as arrays hold them."""
        rank = len(self.weight)
        channels = rank - len(self.windows.kernel) - 1
        return ordered(self.weight, in_memory(rank, channels, self.last))

    def wanted(self) -> tuple[Layout, Layout, Layout]:
        """Describe data, weights and output as primitives are to have them."""
        data, output, weight = self.data, self.output, undecided(self.weight)
        if self.inside:
            return channels_last(data), weight, channels_last(output)
        if self._is_blocked():
            return blocked(data), weight, blocked(output)
        if self._is_product():
            return self.images(data), self.weights(), self.images(output)
        if self.groups == 1 and (self.last or data[1] >= _FEW_CHANNELS):
            return channels_last(data), weight, channels_last(output)
        return undecided(data), weight, undecided(output)

    def _is_blocked(self) -> bool:
        each = self.data[1] // self.groups, self.filters // self.groups
        divided = each if each != (1, 1) else (self.groups,)
        whole = not any(channels % BLOCK for channels in divided)
        return whole and not self.last and has_wide_vectors()

    def _is_product(self) -> bool:
        ones = (1,) * len(self.windows.kernel)
        pointwise = self.windows.kernel == ones and not any(self.windows.pad)
        large = size(self.output[2:]) >= _LARGE
        return pointwise and large and self.groups == 1 and not self.last

    @property
    def is_rows(self) -> bool:
        """Whether it is a product of the rows of channels, and better computed as one.

        Few rows do not make up for moving the weights, which a product takes as they
        are.
        """
        windows = self.windows
        ones = (1,) * len(windows.kernel)
        pointwise = (windows.kernel, windows.stride) == (ones, ones)
        few = self.rows <= _FEW_ROWS and not any(windows.pad)
        return pointwise and few and self.groups == 1 and self.whole

    @property
    def rows(self) -> int:
        """Places of all images."""
        return size((self.output[0], *self.output[2:]))

    def numbers(self) -> tuple[Any, ...]:
        """Return what primitives take of the windows."""
        windows = self.windows
        dilate = [step - 1 for step in windows.dilate]
        return tuple(map(numbers, (windows.stride, dilate, windows.pad, windows.pad)))

    def bias(self) -> Layout:
        """Describe a number for each filter."""
        return ordered((self.filters,))


def in_memory(rank: int, channels: int, last: bool) -> list[int]:
    """Return the axes as they lie in memory: the channel axis may come last."""
    axes = list(range(rank))
    return [*axes[:channels], *axes[channels + 1 :], channels] if last else axes


def channels_second(images: Images) -> Shape:
    """Write the shape of images as primitives have it."""
    return (images.batch, images.channels, *images.spatial)


def describe(
    geometry: Geometry,
    threads: int,
    kind: Propagation,
    bias: bool = False,
    steps: Sequence[Step] = (),
) -> Primitive:
    """Describe the forward pass."""
    data, weight, output = geometry.wanted()
    return Primitive(
        "convolution_forward",
        *(kind, Algorithm.CONVOLUTION),
        *(data, weight, geometry.bias() if bias else None, output),
        *geometry.numbers(),
        threads=threads,
        steps=steps,
    )


def convolve(
    plan: Plan,
    geometry: Geometry,
    data: str,
    weight: str,
    bias: str,
    output: str,
    steps: Steps = NONE,
) -> None:
    """Append the forward pass; without a bias if it has no name."""
    each = (1, geometry.filters, *(1 for _ in geometry.windows.kernel))
    if geometry.is_rows:
        plan.view("rows", data, _places(geometry, geometry.data))
        plan.view("result", output, _places(geometry, geometry.output))
        plan.view("columns", weight, _filters(geometry, stored_transposed=True))
        if bias:
            plan.view("each", bias, matrix(1, geometry.filters))
        seen = steps.seen(plan, matrix(1, geometry.filters))
        multiply(plan, "rows", "columns", "result", "each" if bias else "", seen)
        return
    steps = steps.seen(plan, ordered(each))
    kind = Propagation.INFERENCE
    primitive = describe(geometry, plan.threads, kind, bool(bias), steps.described)
    reads: dict[int, str] = {Argument.SOURCE: data, Argument.WEIGHTS: weight}
    reads |= steps.reads
    if bias:
        reads[Argument.BIAS] = bias
    plan.run(primitive, reads, {Argument.RESULT: output})


def back_to_weights(
    plan: Plan, geometry: Geometry, data: str, head: str, weight: str, bias: str
) -> None:
    """Append the gradients by weights and by bias; not the latter without a name."""
    if geometry.is_rows:
        plan.view("rows", data, _places(geometry, geometry.data))
        plan.view("heads", head, _places(geometry, geometry.output))
        turned = matrix(geometry.filters, geometry.rows, stored_transposed=True)
        plan.view("turned heads", head, turned)
        plan.view("slopes", weight, _filters(geometry))
        multiply(plan, "turned heads", "rows", "slopes")
        if bias:
            plan.view("each", bias, matrix(1, geometry.filters))
            sum_rows(plan, geometry.rows, "heads", "each")
        return
    hint = describe(geometry, plan.threads, Propagation.TRAINING)
    source, weights, output = geometry.wanted()
    primitive = Primitive(
        "convolution_backward_weights",
        *(Algorithm.CONVOLUTION, source, weights),
        *(geometry.bias() if bias else None, output),
        *geometry.numbers(),
        hint,
        threads=plan.threads,
    )
    writes = {Argument.DIFF_WEIGHTS: weight}
    if bias:
        writes[Argument.DIFF_BIAS] = bias
    plan.run(primitive, {Argument.SOURCE: data, Argument.DIFF_RESULT: head}, writes)


def back_to_data(
    plan: Plan, geometry: Geometry, head: str, weight: str, data: str
) -> None:
    """Append the gradient by the data."""
    if geometry.is_rows:
        plan.view("heads", head, _places(geometry, geometry.output))
        plan.view("back", data, _places(geometry, geometry.data))
        plan.view("filters", weight, _filters(geometry))
        multiply(plan, "heads", "filters", "back")
        return
    hint = describe(geometry, plan.threads, Propagation.TRAINING)
    primitive = Primitive(
        "convolution_backward_data",
        *(Algorithm.CONVOLUTION, *geometry.wanted()),
        *geometry.numbers(),
        hint,
        threads=plan.threads,
    )
    reads = {Argument.DIFF_RESULT: head, Argument.WEIGHTS: weight}
    plan.run(primitive, reads, {Argument.DIFF_SOURCE: data})


# Convolutions that are products of rows of channels


def _places(geometry: Geometry, images: Shape) -> Layout:
    """Describe images as a matrix: a row of channels for each place."""
    return matrix(geometry.rows, images[1])


def _filters(geometry: Geometry, stored_transposed: bool = False) -> Layout:
    """Describe weights as a matrix: a row, or else a column, for each filter."""
    rows, columns = geometry.filters, geometry.data[1]
    if stored_transposed:
        return matrix(columns, rows, stored_transposed=True)
    return matrix(rows, columns)
