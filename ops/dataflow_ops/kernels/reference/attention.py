"""Reference kernels of multi-head attention on interleaved projections."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, Request, kernel


class _Part(NamedTuple):
    """Where queries, keys or values stand."""

    place: int  # of the input
    parts: int  # that it holds
    part: int

    def view(self, array: Array, heads: int) -> Array:
        """View the projections as (batch, heads, length, width)."""
        length, batch, joined = array.shape
        width = joined // (heads * self.parts)
        apart = array.reshape(length, batch, heads, self.parts, width)
        return apart[:, :, :, self.part].transpose(1, 2, 0, 3)

    def put(self, call: Invocation, value: Array) -> None:
        """Add a gradient to this part of the gradient by its input."""
        view = self.view(call.outputs[self.place], call.attributes.heads)
        view += value


_OUTPUT = _Part(0, 1, 0)


def _maps(maps: Array, heads: int) -> Array:
    """View attention maps as (batch, heads, queries, keys)."""
    count, queries, keys = maps.shape
    return maps.reshape(count // heads, heads, queries, keys)


def _scale(projections: Array) -> float:
    return float(max(projections.shape[-1], 1) ** -0.5)


def _clear(call: Invocation) -> None:
    """Make the outputs ready for parts to be added."""
    for output, request in zip(call.outputs, call.requests, strict=True):
        if request is Request.WRITE:
            output[...] = 0


def _scores(query: _Part, key: _Part, call: Invocation) -> None:
    """Multiply queries by keys."""
    heads = call.attributes.heads
    queries, keys = (x.view(call.inputs[x.place], heads) for x in (query, key))
    scores = (queries * _scale(queries)) @ keys.swapaxes(-1, -2)
    if wanted(call, 0):
        assign(call, 0, scores.reshape(call.outputs[0].shape))


def _scores_backward(query: _Part, key: _Part, call: Invocation) -> None:
    """Multiply the gradient by keys for the queries', by queries for the keys'."""
    heads = call.attributes.heads
    head, *inputs = call.inputs
    slope = _maps(head, heads)
    queries, keys = (x.view(inputs[x.place], heads) for x in (query, key))
    _clear(call)
    if wanted(call, query.place):
        query.put(call, slope @ (keys * _scale(keys)))
    if wanted(call, key.place):
        key.put(call, slope.swapaxes(-1, -2) @ (queries * _scale(queries)))


def _mixture(value: _Part, call: Invocation) -> None:
    """Multiply attention by values."""
    heads = call.attributes.heads
    projections, attention = call.inputs
    mixed = _maps(attention, heads) @ value.view(projections, heads)
    _clear(call)
    if wanted(call, 0):
        _OUTPUT.put(call, mixed)


def _mixture_backward(value: _Part, call: Invocation) -> None:
    """Multiply the gradient by attention for the values', by values for attention's."""
    heads = call.attributes.heads
    head, projections, attention = call.inputs
    slope = _OUTPUT.view(head, heads)
    _clear(call)
    if wanted(call, 0):
        value.put(call, _maps(attention, heads).swapaxes(-1, -2) @ slope)
    if wanted(call, 1):
        by_map = slope @ value.view(projections, heads).swapaxes(-1, -2)
        call.outputs[1][...] += by_map.reshape(attention.shape)


for _name, _query, _key in (
    ("selfatt_qk", _Part(0, 3, 0), _Part(0, 3, 1)),
    ("encdec_qk", _Part(0, 1, 0), _Part(1, 2, 0)),
):
    kernel("reference", f"_contrib_interleaved_matmul_{_name}")(
        partial(_scores, _query, _key)
    )
    kernel("reference", f"_backward_interleaved_matmul_{_name}")(
        partial(_scores_backward, _query, _key)
    )

for _name, _value in (
    ("selfatt_valatt", _Part(0, 3, 2)),
    ("encdec_valatt", _Part(0, 2, 1)),
):
    kernel("reference", f"_contrib_interleaved_matmul_{_name}")(
        partial(_mixture, _value)
    )
    kernel("reference", f"_backward_interleaved_matmul_{_name}")(
        partial(_mixture_backward, _value)
    )
