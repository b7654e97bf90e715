"""Reference kernels of dropout: a mask of bytes, scaled where it is applied."""

from __future__ import annotations

from dataflow_ops.dropout import mask_shape
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, Request, kernel

_STEPS = 1 << 16  # 16 random bits decide: fast, and exact to 8e-6 of p


def _drops(call: Invocation) -> bool:
    active = call.is_train or call.attributes.mode == "always"
    return bool(active and call.attributes.p > 0)


@kernel("reference", "Dropout")
def dropout(call: Invocation) -> None:
    """Draw a mask and apply it, or pass the data on."""
    if not _drops(call):
        assign(call, 0, call.inputs[0])
        assign(call, 1, 1)
        return
    mask = _draw(call)
    _apply(call, call.inputs[0], mask)
    if call.requests[1] is not Request.WRITE:
        assign(call, 1, mask)


def _draw(call: Invocation) -> Array:
    xp, mask = call.xp, call.outputs[1]
    shape = mask_shape(call.attributes, call.inputs[0].shape)
    if call.requests[1] is not Request.WRITE:
        mask = xp.empty(shape, xp.uint8)
    assert call.random is not None
    bits = call.random.generator.integers(0, _STEPS, shape, xp.uint16)
    kept = round((1 - call.attributes.p) * _STEPS)
    xp.less(bits, kept, out=mask.view(bool))
    return mask


def _apply(call: Invocation, values: Array, mask: Array) -> None:
    """Put values * mask / (1 - p) into output 0."""
    if not wanted(call, 0):
        return
    p = call.attributes.p
    scale = 1 / (1 - p) if p < 1 else 0
    if call.requests[0] is Request.WRITE:
        output = call.outputs[0]
        call.xp.multiply(values, mask.view(bool), output)
        call.xp.multiply(output, scale, output)
    else:
        assign(call, 0, values * mask.view(bool) * scale)


@kernel("reference", "_backward_Dropout")
def dropout_backward(call: Invocation) -> None:
    """Pass back the gradients of what was kept."""
    out_grad, mask = call.inputs
    if _drops(call):
        _apply(call, out_grad, mask)
    else:
        assign(call, 0, out_grad)
