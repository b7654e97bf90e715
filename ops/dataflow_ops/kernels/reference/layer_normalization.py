"""Reference kernels of layer, group and instance normalization.

All three see their data as rows that are normalized each by itself, with one gamma and
one beta for each place along axis 1. Half precision is computed in single, and its
statistics anew for the gradient, since those of the forward pass have been rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.precision import wide, widened
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.scratch import carve, scratch_bytes
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Request,
    Specification,
    kernel,
)
from dataflow_ops.shapes import Shape, size


class _Rows(NamedTuple):
    """The shape to see data in, and which of its axes is normalized."""

    shape: Shape
    axis: int

    @property
    def kept(self) -> Shape:
        """Shape of one number for each row."""
        return (*self.shape[: self.axis], 1, *self.shape[self.axis + 1 :])

    @property
    def parameters(self) -> Shape:
        """Shape in which gamma and beta meet the data."""
        return (self.shape[1], *[1] * (len(self.shape) - 2))

    @property
    def letters(self) -> str:
        """Name the axes, for `einsum`."""
        return "abc"[: len(self.shape)]

    def mean(self, array: Array) -> Array:
        """Average each row."""
        total = array.sum(axis=self.axis, keepdims=True, dtype=wide(array.dtype))
        return total / self.shape[self.axis]

    def product(self, xp: Any, first: Array, second: Array) -> Array:
        """Average the products of each row."""
        row = self.letters.replace(self.letters[self.axis], "")
        sums = xp.einsum(f"{self.letters},{self.letters}->{row}", first, second)
        return sums.reshape(self.kept) / self.shape[self.axis]

    def centre(self, xp: Any, data: Array, out: Array) -> tuple[Array, Array]:
        """Write data - mean, whose memory `out` may be; return mean and variance.

        The second subtraction takes away what rounding left of a large mean.
        """
        rough = self.mean(data)
        xp.subtract(data, rough, out)
        rest = self.mean(out)
        out -= rest
        return rough + rest, self.product(xp, out, out)


def _layer(attributes: Attributes, shape: Shape) -> _Rows:
    axis = attributes.axis % len(shape)
    after = size(shape[axis + 1 :])
    # An axis of length one at the end would only cost time.
    return _Rows((size(shape[:axis]), shape[axis], after)[: 3 - (after == 1)], 1)


def _group(attributes: Attributes, shape: Shape) -> _Rows:
    groups = attributes.num_groups
    return _Rows((shape[0], groups, size(shape[1:]) // groups), 2)


def _instance(attributes: Attributes, shape: Shape) -> _Rows:
    return _Rows((*shape[:2], size(shape[2:])), 2)


_RowsOf = Callable[[Attributes, Shape], _Rows]


def _deviation(call: Invocation, variance: Array) -> Array:
    return call.xp.sqrt(variance + call.attributes.eps)


def _place(call: Invocation, dtype: Any) -> Array:
    """Return the output itself where it can serve to compute in, or an array."""
    output = call.outputs[0]
    if call.requests[0] is Request.WRITE and output.dtype == dtype:
        return output
    return call.xp.empty(call.shapes[0], dtype)


def _normalize(rows_of: _RowsOf, call: Invocation) -> None:
    data, gamma, beta = call.inputs
    rows = rows_of(call.attributes, data.shape)
    place = _place(call, wide(data.dtype))
    normal = place.reshape(rows.shape)
    mean, variance = rows.centre(call.xp, data.reshape(rows.shape), normal)
    deviation = _deviation(call, variance)
    normal /= deviation
    normal *= gamma.reshape(rows.parameters)
    normal += beta.reshape(rows.parameters)
    if place is not call.outputs[0]:
        assign(call, 0, place)
    spread = variance if rows_of is _instance else deviation
    for index, statistic in ((1, mean), (2, spread)):
        if wanted(call, index):
            assign(call, index, statistic.reshape(call.outputs[index].shape))


def _workspace(
    attributes: Attributes, inputs: Sequence[Specification], outputs: Any
) -> int:
    data = inputs[1]
    return scratch_bytes([data.shape], wide(data.dtype))


def _statistics(
    rows_of: _RowsOf, call: Invocation, data: Array, normal: Array
) -> Array:
    """Write the centred data; return the deviation of each row."""
    mean, spread = call.inputs[3:]
    rows = rows_of(call.attributes, call.inputs[1].shape)
    if mean.dtype != normal.dtype:
        return _deviation(call, rows.centre(call.xp, data, normal)[1])
    call.xp.subtract(data, mean.reshape(rows.kept), normal)
    deviation = _deviation(call, spread) if rows_of is _instance else spread
    return deviation.reshape(rows.kept)


def _backward(rows_of: _RowsOf, call: Invocation) -> None:
    head, data, gamma = call.inputs[:3]
    xp, dtype = call.xp, wide(data.dtype)
    rows = rows_of(call.attributes, data.shape)
    head = widened(head).reshape(rows.shape)
    (normal,) = carve(call.workspace, [rows.shape], dtype)
    deviation = _statistics(rows_of, call, data.reshape(rows.shape), normal)
    normal /= deviation
    if wanted(call, 1):
        assign(call, 1, xp.einsum(f"{rows.letters},{rows.letters}->b", head, normal))
    if wanted(call, 2):
        assign(call, 2, head.sum(axis=(0, 2)[: head.ndim - 1]))
    if not wanted(call, 0):
        return
    # The head's gradient may lie where the result goes: it is read here for the last
    # time.
    place = _place(call, dtype)
    slope = place.reshape(rows.shape)
    xp.multiply(head, gamma.reshape(rows.parameters), slope)
    normal *= rows.product(xp, slope, normal)
    normal += rows.mean(slope)
    slope -= normal
    slope /= deviation
    if place is not call.outputs[0]:
        assign(call, 0, place)


for _name, _rows_of in (
    ("LayerNorm", _layer),
    ("GroupNorm", _group),
    ("InstanceNorm", _instance),
):
    kernel("reference", _name)(partial(_normalize, _rows_of))
    kernel("reference", f"_backward_{_name}", workspace=_workspace)(
        partial(_backward, _rows_of)
    )
