"""Convolution."""

from __future__ import annotations

from dataflow_ops.kernels.onednn.entry import Call, Entry, always, enter
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.kernels.onednn.windows import (
    Geometry,
    back_to_data,
    back_to_weights,
    channels_second,
    convolve,
)
from dataflow_ops.shapes import Shape
from dataflow_ops.windows import is_channels_last, read, windows_of

_NAMES = ("data", "weight", "bias")
_GRADIENTS = ("data_grad", "weight_grad", "bias_grad")

# oneDNN fills up channels to a block before it computes the data's gradient.
_FEW_CHANNELS = 8


def _geometry(call: Call, data: Shape, output: Shape, *images: str) -> Geometry:
    attributes = call.attributes
    layout, rank = attributes.layout, len(attributes.kernel)
    return Geometry(
        channels_second(read("data", data, rank, layout)),
        attributes.num_filter,
        channels_second(read("output", output, rank, layout)),
        attributes.num_group,
        windows_of(attributes),
        is_channels_last(layout),
        bool(call.last),
        is_channels_last(layout) or call.last.issuperset(images),
    )


def forward_geometry(call: Call) -> Geometry:
    """Return the shapes of a forward call, whose images are data and output."""
    return _geometry(call, call.inputs[0], call.outputs[0], "data", "output")


def _backward_geometry(call: Call) -> Geometry:
    images = ["out_grad", "data", "data_grad"]
    if "data_grad" not in call.wanted(_GRADIENTS):
        images.pop()
    return _geometry(call, call.inputs[1], call.inputs[0], *images)


def _forward(call: Call) -> Plan:
    geometry = forward_geometry(call)
    inputs = {
        "data": geometry.images(geometry.data),
        "weight": geometry.weights(),
        "bias": geometry.bias(),
    }
    plan = call.plan(inputs, {"output": geometry.images(geometry.output)})
    bias = "" if call.attributes.no_bias else "bias"
    convolve(plan, geometry, "data", "weight", bias, "output")
    return plan


def _backward(call: Call) -> Plan:
    geometry = _backward_geometry(call)
    layouts = {
        "data": geometry.images(geometry.data),
        "weight": geometry.weights(),
        "bias": geometry.bias(),
    }
    gradients = {f"{name}_grad": layout for name, layout in layouts.items()}
    heads = {"out_grad": geometry.images(geometry.output)}
    plan = call.plan(heads | layouts, gradients)
    wanted = call.wanted(_GRADIENTS)
    bias = "bias_grad" if "bias_grad" in wanted else ""
    if bias or "weight_grad" in wanted:
        back_to_weights(plan, geometry, "data", "out_grad", "weight_grad", bias)
    if "data_grad" in wanted:
        back_to_data(plan, geometry, "out_grad", "weight", "data_grad")
    return plan


def _images(call: Call) -> tuple[str, ...]:
    if is_channels_last(call.attributes.layout):
        return ()
    return ("data", "output", "out_grad", "data_grad")


def _left_over(call: Call) -> tuple[int, ...]:
    """Leave the data's gradient to the reference where there are few channels."""
    geometry = _backward_geometry(call)
    few = geometry.groups == 1 and geometry.data[1] < _FEW_CHANNELS
    return (0,) if few else ()


enter(
    "Convolution",
    Entry(
        plan=_forward,
        inputs=_NAMES,
        outputs=("output",),
        work=lambda call: forward_geometry(call).work,
        pays=always,
        images=_images,
        prefers=True,
    ),
)
enter(
    "_backward_Convolution",
    Entry(
        plan=_backward,
        inputs=("out_grad", "data", "weight"),
        outputs=_GRADIENTS,
        work=lambda call: 2 * _backward_geometry(call).work,
        pays=always,
        left_over=_left_over,
        images=_images,
        prefers=True,
    ),
)
