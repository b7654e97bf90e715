"""Deconvolution: a convolution whose output takes the place of the data.

Its forward pass is a primitive of its own, since that adds a bias.
"""

from __future__ import annotations

from dataflow_ops.deconvolution import transposed_windows
from dataflow_ops.kernels.onednn.codes import Algorithm, Argument, Propagation
from dataflow_ops.kernels.onednn.entry import Call, Entry, always, enter
from dataflow_ops.kernels.onednn.memory import Layout, ordered, undecided
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.kernels.onednn.primitives import Primitive
from dataflow_ops.kernels.onednn.windows import (
    Geometry,
    back_to_weights,
    channels_second,
    convolve,
    in_memory,
)
from dataflow_ops.shapes import Shape
from dataflow_ops.windows import is_channels_last, read

_NAMES = ("data", "weight", "bias")
_GRADIENTS = ("data_grad", "weight_grad", "bias_grad")


def _geometry(call: Call, data: Shape, output: Shape, *places: str) -> Geometry:
    """Return the convolution that leads from the output's place to the data's."""
    attributes = call.attributes
    layout, rank = attributes.layout, len(attributes.kernel)
    images = read("data", data, rank, layout)
    return Geometry(
        channels_second(read("output", output, rank, layout)),
        images.channels,
        channels_second(images),
        attributes.num_group,
        transposed_windows(attributes, images.spatial)[0],
        is_channels_last(layout),
        bool(call.last),
        is_channels_last(layout) or call.last.issuperset(places),
    )


def _forward_geometry(call: Call) -> Geometry:
    return _geometry(call, call.inputs[0], call.outputs[0], "data", "output")


def _backward_geometry(call: Call) -> Geometry:
    names = ["out_grad", "data", "data_grad"]
    if "data_grad" not in call.wanted(_GRADIENTS):
        names.pop()
    return _geometry(call, call.inputs[1], call.inputs[0], *names)


def _images(call: Call) -> tuple[str, ...]:
    if is_channels_last(call.attributes.layout):
        return ()
    return ("data", "output", "out_grad", "data_grad")


def _weights(geometry: Geometry) -> Layout:
    """Describe weights with the output's channels before the data's."""
    order = _exchanged(list(geometry.weight), geometry)
    own = in_memory(len(order), _channels(geometry), geometry.last)
    return ordered(tuple(order), [_exchanged_axis(axis, geometry) for axis in own])


def _channels(geometry: Geometry) -> int:
    """Return which axis of the weights the channels of the images are."""
    return len(geometry.weight) - len(geometry.windows.kernel) - 1


def _exchanged(lengths: list[int], geometry: Geometry) -> list[int]:
    return [lengths[_exchanged_axis(i, geometry)] for i in range(len(lengths))]


def _exchanged_axis(axis: int, geometry: Geometry) -> int:
    channels = _channels(geometry)
    return {channels: channels - 1, channels - 1: channels}.get(axis, axis)


def _forward(call: Call) -> Plan:
    geometry = _forward_geometry(call)
    output, _, data = geometry.wanted()
    bias = ordered((call.attributes.num_filter,))
    inputs = {
        "data": geometry.images(geometry.output),
        "weight": _weights(geometry),
        "bias": bias,
    }
    reads = {Argument.SOURCE: "data", Argument.WEIGHTS: "weight"}
    if not call.attributes.no_bias:
        reads[Argument.BIAS] = "bias"
    primitive = Primitive(
        "deconvolution_forward",
        *(Propagation.INFERENCE, Algorithm.DECONVOLUTION),
        data,
        undecided(tuple(_exchanged(list(geometry.weight), geometry))),
        None if call.attributes.no_bias else bias,
        output,
        *geometry.numbers(),
        threads=call.threads,
    )
    plan = call.plan(inputs, {"output": geometry.images(geometry.data)})
    plan.run(primitive, reads, {Argument.RESULT: "output"})
    return plan


def _backward(call: Call) -> Plan:
    geometry = _backward_geometry(call)
    layouts = {
        "data": geometry.images(geometry.output),
        "weight": geometry.weights(),
    }
    gradients = {f"{name}_grad": layout for name, layout in layouts.items()}
    heads = {"out_grad": geometry.images(geometry.data)}
    plan = call.plan(heads | layouts, gradients)
    wanted = call.wanted(_GRADIENTS)
    if "weight_grad" in wanted:
        back_to_weights(plan, geometry, "out_grad", "data", "weight_grad", "")
    if "data_grad" in wanted:
        convolve(plan, geometry, "out_grad", "weight", "", "data_grad")
    return plan


enter(
    "Deconvolution",
    Entry(
        plan=_forward,
        inputs=_NAMES,
        outputs=("output",),
        work=lambda call: _forward_geometry(call).work,
        pays=always,
        images=_images,
        prefers=True,
    ),
)
enter(
    "_backward_Deconvolution",
    Entry(
        plan=_backward,
        inputs=("out_grad", "data", "weight"),
        outputs=_GRADIENTS,
        work=lambda call: 2 * _backward_geometry(call).work,
        pays=always,
        images=_images,
        prefers=True,
        left_over=lambda call: (2,),  # no primitive has the gradient by the bias alone
    ),
)
