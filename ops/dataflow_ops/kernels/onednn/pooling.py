"""Pooling: maxima and means of windows, of images as they lie.

oneDNN leaves NaN out of maxima, and takes those of nothing but -inf for the least
finite number. So such data goes to the reference, which a minimum of it tells.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from dataflow_ops.kernels.onednn.codes import Algorithm, Argument, Propagation
from dataflow_ops.kernels.onednn.entry import Call, Entry, Guard, enter
from dataflow_ops.kernels.onednn.memory import Layout, numbers, ordered
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.kernels.onednn.primitives import Primitive
from dataflow_ops.kernels.onednn.windows import channels_second, in_memory
from dataflow_ops.pooling import Axis, pooling_axes
from dataflow_ops.shapes import Shape, size
from dataflow_ops.windows import is_channels_last, read


class _Pool:
    """One pooling as primitives have it."""

    def __init__(self, call: Call, data: Shape, output: Shape) -> None:
        attributes = call.attributes
        layout, rank = attributes.layout, len(data) - 2
        images = read("data", data, rank, layout)
        self.kind = attributes.pool_type
        self.counts_padding = attributes.count_include_pad in (None, True)
        self.axes = pooling_axes(attributes, images.spatial)
        order = in_memory(len(data), 1, is_channels_last(layout) or bool(call.last))
        self.data = ordered(channels_second(images), order)
        windows = read("output", output, rank, layout)
        self.output = ordered(channels_second(windows), order)

    @property
    def algorithm(self) -> Algorithm | None:
        """What is taken of a window, or None where oneDNN has no word for it.

        It divides by the whole window's size or by the elements of data in it. In a
        window that sticks out of the padding, MXNet does neither.
        """
        if self.kind == "max":
            return Algorithm.MAXIMUM
        if self.kind != "avg":
            return None
        if not self.counts_padding or not any(axis.pad for axis in self.axes):
            return Algorithm.MEAN
        if any(_right(axis) > axis.pad for axis in self.axes):
            return None
        return Algorithm.MEAN_WITH_PADDING

    def numbers(self) -> list[object]:
        """Return what primitives take of the windows."""
        each = (
            [axis.stride for axis in self.axes],
            [axis.kernel for axis in self.axes],
            [0] * len(self.axes),  # dilation
            [axis.pad for axis in self.axes],
            [max(0, _right(axis)) for axis in self.axes],
        )
        return [numbers(values) for values in each]

    def describe(self, kind: Propagation, threads: int) -> Primitive:
        """Describe the forward pass."""
        return Primitive(
            "pooling_forward",
            *(kind, self.algorithm, self.data, self.output),
            *self.numbers(),
            threads=threads,
        )


def _right(axis: Axis) -> int:
    """Return by how much the last window sticks out of the data."""
    return (axis.windows - 1) * axis.stride + axis.kernel - axis.length - axis.pad


def _forward_pool(call: Call) -> _Pool:
    return _Pool(call, call.inputs[0], call.outputs[0])


def _backward_pool(call: Call) -> _Pool:
    return _Pool(call, call.outputs[0], call.inputs[0])


def _forward(call: Call) -> Plan:
    pool, own = _forward_pool(call), _forward_pool(call.in_order())
    plan = call.plan({"data": own.data}, {"output": own.output})
    primitive = pool.describe(Propagation.INFERENCE, call.threads)
    plan.run(primitive, {Argument.SOURCE: "data"}, {Argument.RESULT: "output"})
    return plan


def _backward(call: Call) -> Plan:
    pool, own = _backward_pool(call), _backward_pool(call.in_order())
    inputs: dict[str, Layout] = {"out_grad": own.output, "data": own.data}
    plan = call.plan(inputs, {"data_grad": own.data})
    again = pool.describe(Propagation.TRAINING, call.threads)
    reads = {Argument.DIFF_RESULT: "out_grad"}
    if pool.kind == "max":
        # Which elements are the maxima is known to the forward primitive alone.
        writes = {Argument.RESULT: "maxima", Argument.WORKSPACE: "places"}
        plan.run(again, {Argument.SOURCE: "data"}, writes)
        reads[Argument.WORKSPACE] = "places"
    primitive = Primitive(
        "pooling_backward",
        *(pool.algorithm, pool.data, pool.output),
        *pool.numbers(),
        again,
        threads=call.threads,
    )
    plan.run(primitive, reads, {Argument.DIFF_SOURCE: "data_grad"})
    return plan


def _can(pool: _Pool) -> bool:
    """Tell whether oneDNN has this pooling; each window has to hold data."""
    last = [(axis.windows - 1) * axis.stride - axis.pad for axis in pool.axes]
    filled = all(a < axis.length for a, axis in zip(last, pool.axes, strict=True))
    return filled and pool.algorithm is not None


def _work(call: Call, pool: _Pool) -> float:
    window = size(tuple(axis.kernel for axis in pool.axes))
    return 8.0 * window * min(size(call.inputs[0]), size(call.outputs[0]))


def _pays(pool: _Pool) -> bool:
    """Tell whether there are several windows; NumPy reduces whole images as fast."""
    return any(axis.windows > 1 for axis in pool.axes)


def _images(call: Call) -> tuple[str, ...]:
    if is_channels_last(call.attributes.layout):
        return ()
    return ("data", "output", "out_grad", "data_grad")


def _guard(index: int, call: Call) -> Guard | None:
    return Guard(index, np.minimum) if call.attributes.pool_type == "max" else None


enter(
    "Pooling",
    Entry(
        plan=_forward,
        inputs=("data",),
        outputs=("output",),
        work=lambda call: _work(call, _forward_pool(call)),
        can=lambda call: _can(_forward_pool(call)),
        pays=lambda call: _pays(_forward_pool(call)),
        guard=partial(_guard, 0),
        images=_images,
    ),
)
enter(
    "_backward_Pooling",
    Entry(
        plan=_backward,
        inputs=("out_grad", "data", "output"),
        outputs=("data_grad",),
        work=lambda call: 3 * _work(call, _backward_pool(call)),
        can=lambda call: _can(_backward_pool(call)),
        pays=lambda call: _pays(_backward_pool(call)),
        guard=partial(_guard, 2),
        images=_images,
    ),
)
