"""Reference kernels of sampling images, for all places and channels at once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, kernel


def planes(array: Array) -> Array:
    """View the two axes at the end as one."""
    height, width = array.shape[-2:]
    return array.reshape(*array.shape[:-2], height * width)


def scatter(xp: Any, total: Array, indices: Array, values: Array) -> None:
    """Add values of the same type to a contiguous array; indices count its elements."""
    if total.size:
        xp.add.at(total.reshape(-1), indices.ravel(), values.ravel())


class Corner(NamedTuple):
    """One of the four pixels around every place; arrays of (batch, places)."""

    index: Array  # into planes; any valid one where there is no pixel
    inside: Array  # whether there is a pixel
    weight: Array
    slope_x: Array  # change of the weight with x, in pixels
    slope_y: Array

    def values(self, xp: Any, images: Array) -> Array:
        """Read the pixels of all channels: (batch, channels, places)."""
        taken = xp.take_along_axis(images, self.index[:, None], axis=2)
        return xp.where(self.inside[:, None], taken, 0)


def corners(xp: Any, x: Array, y: Array, height: int, width: int) -> Iterator[Corner]:
    """Return the pixels around places that are given in pixels."""
    left, top = xp.floor(x), xp.floor(y)
    right_part, lower_part = x - left, y - top
    for down, right in itertools.product((0, 1), (0, 1)):
        column, row = left + right, top + down
        inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        index = xp.where(inside, row * width + column, 0).astype(xp.int64)
        along_x = right_part if right else 1 - right_part
        along_y = lower_part if down else 1 - lower_part
        yield Corner(
            index,
            inside,
            along_x * along_y,
            along_y if right else -along_y,
            along_x if down else -along_x,
        )


def wide(xp: Any, array: Array) -> Array:
    """Return half precision as single, in which places are exact enough."""
    return array.astype(xp.promote_types(array.dtype, xp.float32), copy=False)


class _Sampling:
    """Sampling of images at the places of a grid."""

    def __init__(self, call: Invocation, data: Array, grid: Array) -> None:
        self.xp = call.xp
        self.images = wide(call.xp, planes(data))
        self.height, self.width = data.shape[2:]
        places = planes(wide(call.xp, grid))
        self.x = (places[:, 0] + 1) * ((self.width - 1) / 2)
        self.y = (places[:, 1] + 1) * ((self.height - 1) / 2)

    def corners(self) -> Iterator[Corner]:
        """Return the pixels around the places; none where images have no pixels."""
        if not self.images.shape[2]:
            return iter(())
        return corners(self.xp, self.x, self.y, self.height, self.width)

    def result(self) -> Array:
        """Compute the values at the places: (batch, channels, places)."""
        result = self.xp.zeros(
            (*self.images.shape[:2], self.x.shape[1]), self.images.dtype
        )
        for corner in self.corners():
            result += corner.values(self.xp, self.images) * corner.weight[:, None]
        return result

    def data_gradient(self, head: Array) -> Array:
        """Compute the gradient by the images."""
        xp, shape = self.xp, self.images.shape
        first = xp.arange(shape[0] * shape[1]).reshape(*shape[:2], 1) * shape[2]
        total = xp.zeros(shape, head.dtype)
        for corner in self.corners():
            values = head * corner.weight[:, None]
            values = xp.where(corner.inside[:, None], values, 0)
            scatter(xp, total, corner.index[:, None] + first, values)
        return total

    def grid_gradient(self, head: Array) -> Array:
        """Compute the gradient by the grid: (batch, 2, places)."""
        result = self.xp.zeros((len(head), 2, head.shape[2]), head.dtype)
        for corner in self.corners():
            values = corner.values(self.xp, self.images)
            along = self.xp.einsum("ncp,ncp->np", head, values)
            result[:, 0] += along * corner.slope_x
            result[:, 1] += along * corner.slope_y
        result[:, 0] *= (self.width - 1) / 2
        result[:, 1] *= (self.height - 1) / 2
        return result


@kernel("reference", "BilinearSampler")
def bilinear_sampler(call: Invocation) -> None:
    """Sample data at the places of the grid."""
    if wanted(call, 0):
        data, grid = call.inputs
        result = _Sampling(call, data, grid).result()
        assign(call, 0, result.reshape(call.outputs[0].shape))


@kernel("reference", "_backward_BilinearSampler")
def bilinear_sampler_backward(call: Invocation) -> None:
    """Compute the gradients by data and grid."""
    head, data, grid = call.inputs
    sampling, head = _Sampling(call, data, grid), wide(call.xp, planes(head))
    if wanted(call, 0):
        assign(call, 0, sampling.data_gradient(head).reshape(data.shape))
    if wanted(call, 1):
        assign(call, 1, sampling.grid_gradient(head).reshape(grid.shape))


# Grids


def _spread(xp: Any, count: int, dtype: Any) -> Array:
    """Return places from -1 to 1; a single one lies in the middle."""
    if count == 1:
        return xp.zeros(1, dtype)
    return xp.linspace(-1, 1, count, dtype=dtype)


def _step(count: int) -> float:
    """Return how far one pixel is from the next."""
    return 2 / (count - 1) if count > 1 else 0.0


def _base(xp: Any, height: int, width: int, dtype: Any) -> Array:
    """Return x, y and 1 of every place: (3, places)."""
    base = xp.ones((3, height, width), dtype)
    base[0] = _spread(xp, width, dtype)
    base[1] = _spread(xp, height, dtype)[:, None]
    return planes(base)


def _affine(xp: Any, matrices: Array, height: int, width: int) -> Array:
    """Map every place by every matrix: (batch, 2, places)."""
    matrices = wide(xp, matrices).reshape(-1, 2, 3)
    return matrices @ _base(xp, height, width, matrices.dtype)


def _affine_gradient(xp: Any, head: Array, height: int, width: int) -> Array:
    """Return the gradient by the matrices."""
    return (head @ _base(xp, height, width, head.dtype).T).reshape(-1, 6)


def _steps(xp: Any, shape: tuple[int, ...], dtype: Any) -> Array:
    """Return the distance between neighbours along x and y, to meet a flow."""
    return xp.array([_step(shape[3]), _step(shape[2])], dtype).reshape(2, 1, 1)


@kernel("reference", "GridGenerator")
def grid_generator(call: Invocation) -> None:
    """Compute the places of a grid."""
    if not wanted(call, 0):
        return
    xp, data, output = call.xp, call.inputs[0], call.outputs[0]
    height, width = output.shape[2:]
    if call.attributes.transform_type == "affine":
        grid = _affine(xp, data, height, width).reshape(output.shape)
    else:
        flow = wide(xp, data)
        base = _base(xp, height, width, flow.dtype)[:2].reshape(2, height, width)
        grid = flow * _steps(xp, data.shape, flow.dtype) + base
    assign(call, 0, grid)


@kernel("reference", "_backward_GridGenerator")
def grid_generator_backward(call: Invocation) -> None:
    """Compute the gradient by matrices or flow."""
    if not wanted(call, 0):
        return
    head = wide(call.xp, call.inputs[0])
    if call.attributes.transform_type == "affine":
        assign(call, 0, _affine_gradient(call.xp, planes(head), *head.shape[2:]))
    else:
        assign(call, 0, head * _steps(call.xp, head.shape, head.dtype))


@kernel("reference", "SpatialTransformer")
def spatial_transformer(call: Invocation) -> None:
    """Make a grid and sample data at its places."""
    data, matrices = call.inputs
    target = call.attributes.target_shape
    grid = _affine(call.xp, matrices, *target).reshape(len(data), 2, *target)
    assign(call, 1, grid)
    if wanted(call, 0):
        result = _Sampling(call, data, grid).result()
        assign(call, 0, result.reshape(call.outputs[0].shape))


@kernel("reference", "_backward_SpatialTransformer")
def spatial_transformer_backward(call: Invocation) -> None:
    """Compute the gradients by data and matrices."""
    head, data, grid = call.inputs
    sampling, head = _Sampling(call, data, grid), wide(call.xp, planes(head))
    if wanted(call, 0):
        assign(call, 0, sampling.data_gradient(head).reshape(data.shape))
    if wanted(call, 1):
        gradient = sampling.grid_gradient(head)
        assign(call, 1, _affine_gradient(call.xp, gradient, *grid.shape[2:]))
