"""Functions of single elements, as primitives and as plans that take any order."""

from __future__ import annotations

from typing import NamedTuple

from dataflow_ops.kernels.onednn.codes import Algorithm, Propagation
from dataflow_ops.kernels.onednn.entry import Call
from dataflow_ops.kernels.onednn.memory import Layout, ordered
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.kernels.onednn.primitives import Primitive
from dataflow_ops.shapes import size


class Function(NamedTuple):
    """A function as oneDNN knows it.

    Parameters
    ----------
    algorithm : Algorithm
        Which one.
    alpha, beta : float
        Numbers that it takes.
    """

    algorithm: Algorithm
    alpha: float = 0.0
    beta: float = 0.0

    def forward(
        self, layout: Layout, threads: int, kind: Propagation = Propagation.INFERENCE
    ) -> Primitive:
        """Describe its values."""
        return Primitive(
            "eltwise_forward",
            *(kind, self.algorithm, layout, layout, self.alpha, self.beta),
            threads=threads,
        )

    def backward(self, layout: Layout, threads: int) -> Primitive:
        """Describe its gradient."""
        return Primitive(
            "eltwise_backward",
            *(self.algorithm, layout, layout, layout, self.alpha, self.beta),
            self.forward(layout, threads, Propagation.TRAINING),
            threads=threads,
        )


def begun(call: Call, inputs: tuple[str, ...], output: str) -> tuple[Plan, Layout]:
    """Begin a plan; return it with how the primitive is to see all arrays."""
    if 0 < len(call.last) <= len(inputs):  # some are moved
        layout = ordered(call.outputs[0])
        plan = call.plan(dict.fromkeys(inputs, layout), {output: layout})
        return plan, plan.layout(inputs[0])
    layout = ordered((size(call.outputs[0]),))  # in whatever order: it is the same
    call = call.in_order()
    return call.plan(dict.fromkeys(inputs, layout), {output: layout}), layout
