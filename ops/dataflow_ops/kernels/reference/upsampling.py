"""Reference kernels of upsampling: copies of each element, and their sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.precision import wide
from dataflow_ops.kernels.reference.deconvolution import (
    deconvolution,
    deconvolution_workspace,
)
from dataflow_ops.kernels.requests import assign, bind_all, bind_move, wanted
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Request,
    Specification,
    Thunk,
    binder,
    kernel,
)
from dataflow_ops.registry import find
from dataflow_ops.shapes import Shape
from dataflow_ops.upsampling import deconvolution_of, is_bilinear

Specifications = Sequence[Specification]


def _deconvolution(attributes: Attributes) -> Attributes:
    return find("Deconvolution").parse(deconvolution_of(attributes))


def _workspace(
    attributes: Attributes, inputs: Specifications, outputs: Specifications
) -> int:
    if not is_bilinear(attributes):
        return 0
    return deconvolution_workspace(0, _deconvolution(attributes), inputs, outputs)


@binder("reference", "UpSampling", workspace=_workspace)
def upsampling(call: Invocation) -> Thunk | None:
    """Bind copying every input to its channels, or a deconvolution."""
    if is_bilinear(call.attributes):
        settings = _deconvolution(call.attributes)
        return deconvolution(replace(call, attributes=settings))  # type: ignore[no-any-return]
    return bind_all(_copies(call))


def _copies(call: Invocation) -> Iterator[Thunk | None]:
    request = call.requests[0]
    if request is Request.NULL:
        return
    shapes = [x.shape for x in call.inputs]
    parts = _parts(call.attributes, call.outputs[0], shapes)
    for source, part in zip(call.inputs, parts, strict=True):
        yield bind_move(call.xp, request, part, source[:, :, :, None, :, None])
        if call.attributes.multi_input_mode == "sum":
            request = Request.ADD


def _parts(
    attributes: Attributes, images: Array, shapes: Sequence[Shape]
) -> Iterator[Array]:
    """View what each input becomes: batch, channel, row, copy, column, copy."""
    start = 0
    for batch, channels, height, width in shapes:
        part = images
        if attributes.multi_input_mode == "concat":
            part = images[:, start : start + channels]
            start += channels
        rows, columns = part.shape[2] // height, part.shape[3] // width
        yield part.reshape(batch, channels, height, rows, width, columns)


@kernel("reference", "_backward_UpSampling")
def upsampling_backward(call: Invocation) -> None:
    """Add up the gradients of the copies of an element."""
    head = call.inputs[0]
    for i, part in enumerate(_parts(call.attributes, head, call.shapes)):
        if wanted(call, i):
            assign(call, i, _total(part).astype(head.dtype, copy=False))


def _total(part: Array) -> Array:
    """Add up copies: whole rows at once, then one column of every element at a time."""
    rows = part.sum(axis=3, dtype=wide(part.dtype))
    total = rows[..., 0].copy()
    for column in range(1, rows.shape[-1]):
        total += rows[..., column]
    return total
