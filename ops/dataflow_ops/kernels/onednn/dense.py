"""Matrix products: fully connected layers, `dot` and `batch_dot`.

Matrices are multiplied as they lie. Packing the weights first is faster only where they
stay packed, and they change at every training step.
"""

from __future__ import annotations

import numpy as np

from dataflow_ops.kernels.onednn.codes import Argument
from dataflow_ops.kernels.onednn.entry import Call, Entry, enter
from dataflow_ops.kernels.onednn.memory import Layout, ordered
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.kernels.onednn.primitives import Primitive
from dataflow_ops.linalg import split_axes
from dataflow_ops.shapes import Shape, size

# NumPy is as fast below this many operations, or with sides shorter than this.
_LEAST_WORK = 1e6
_SHORTEST = 16


def _matrix(rows: int, columns: int, stored_transposed: bool = False) -> Layout:
    """Describe a matrix; its rows, or else its columns, lie one behind the other."""
    return ordered((rows, columns), (1, 0) if stored_transposed else None)


def _multiply(plan: Plan, left: str, right: str, result: str, bias: str = "") -> None:
    """Append the product of two matrices that the plan knows."""
    names = (left, right, bias, result)
    layouts = [plan.layout(name) if name else None for name in names]
    reads = {Argument.SOURCE: left, Argument.WEIGHTS: right}
    if bias:
        reads[Argument.BIAS] = bias
    product = Primitive("matmul", *layouts, threads=plan.threads)
    plan.run(product, reads, {Argument.RESULT: result})


def _pays(lengths: tuple[int, ...]) -> bool:
    """Tell whether a product of matrices of these three lengths pays."""
    return min(lengths) >= _SHORTEST and 2.0 * size(lengths) >= _LEAST_WORK


# Fully connected layers

_NAMES = ("data", "weight", "bias")


def _lengths(data: Shape, weight: Shape) -> tuple[int, int, int]:
    """Return rows of data, inputs and outputs of a fully connected layer."""
    hidden, inputs = weight
    return size(data) // inputs, inputs, hidden


def _forward(call: Call) -> Plan:
    rows, inputs, hidden = _lengths(*call.inputs[:2])
    given = {
        "data": _matrix(rows, inputs),
        "weight": _matrix(inputs, hidden, stored_transposed=True),
        "bias": _matrix(1, hidden),
    }
    plan = call.plan(given, {"output": _matrix(rows, hidden)})
    bias = "" if call.attributes.no_bias else "bias"
    _multiply(plan, "data", "weight", "output", bias)
    return plan


def _backward(call: Call) -> Plan:
    rows, inputs, hidden = _lengths(*call.inputs[1:])
    layouts = {
        "data": _matrix(rows, inputs),
        "weight": _matrix(hidden, inputs),
        "bias": _matrix(1, hidden),
    }
    gradients = {f"{name}_grad": layout for name, layout in layouts.items()}
    plan = call.plan({"out_grad": _matrix(rows, hidden), **layouts}, gradients)
    wanted = call.wanted(tuple(gradients))
    if "data_grad" in wanted:
        _multiply(plan, "out_grad", "weight", "data_grad")
    if "weight_grad" in wanted:
        plan.view("heads", "out_grad", _matrix(hidden, rows, stored_transposed=True))
        _multiply(plan, "heads", "data", "weight_grad")
    if "bias_grad" in wanted:
        plan.constant("ones", np.ones(rows, np.float32), _matrix(1, rows))
        _multiply(plan, "ones", "out_grad", "bias_grad")
    return plan


def _layer_entry(backward: bool) -> Entry:
    """Describe a kernel; the backward one takes data and weight last."""
    first = 1 if backward else 0

    def lengths(call: Call) -> tuple[int, ...]:
        return _lengths(*call.inputs[first : first + 2])

    return Entry(
        plan=_backward if backward else _forward,
        inputs=("out_grad", "data", "weight") if backward else _NAMES,
        outputs=tuple(f"{n}_grad" for n in _NAMES) if backward else ("output",),
        work=lambda call: 2.0 * size(lengths(call)) * len(call.outputs),
        pays=lambda call: _pays(lengths(call)),
    )


enter("FullyConnected", _layer_entry(backward=False))
enter("_backward_FullyConnected", _layer_entry(backward=True))


# dot


def _sides(call: Call) -> tuple[int, int, int]:
    """Return rows, contracted length and columns of a product."""
    lhs, rhs = call.inputs[-2:]
    rest, inner, _, other = split_axes(call.attributes, lhs, rhs)
    return size(rest), inner, size(other)


def _dot_forward(call: Call) -> Plan:
    rows, inner, columns = _sides(call)
    sides = {
        "lhs": _matrix(rows, inner, call.attributes.transpose_a),
        "rhs": _matrix(inner, columns, call.attributes.transpose_b),
    }
    plan = call.plan(sides, {"output": _matrix(rows, columns)})
    _multiply(plan, "lhs", "rhs", "output")
    return plan


def _dot_backward(call: Call) -> Plan:
    rows, inner, columns = _sides(call)
    flips = call.attributes.transpose_a, call.attributes.transpose_b
    given = {
        "out_grad": _matrix(rows, columns),
        # Both sides as their transposes, which the gradients are products with
        "lhs": _matrix(inner, rows, not flips[0]),
        "rhs": _matrix(columns, inner, not flips[1]),
    }
    gradients = {
        "lhs_grad": _matrix(rows, inner, flips[0]),
        "rhs_grad": _matrix(inner, columns, flips[1]),
    }
    plan = call.plan(given, gradients)
    wanted = call.wanted(tuple(gradients))
    if "lhs_grad" in wanted:
        _multiply(plan, "out_grad", "rhs", "lhs_grad")
    if "rhs_grad" in wanted:
        _multiply(plan, "lhs", "out_grad", "rhs_grad")
    return plan


def _dot_entry(backward: bool) -> Entry:
    return Entry(
        plan=_dot_backward if backward else _dot_forward,
        inputs=("out_grad", "lhs", "rhs") if backward else ("lhs", "rhs"),
        outputs=("lhs_grad", "rhs_grad") if backward else ("output",),
        work=lambda call: 2.0 * size(_sides(call)) * len(call.outputs),
        pays=lambda call: _pays(_sides(call)),
    )


enter("dot", _dot_entry(backward=False))
enter("_backward_dot", _dot_entry(backward=True))


# batch_dot, whose gradient is made of products like itself


def _batch_lengths(call: Call) -> tuple[int, int, int, int]:
    """Return how many products there are; rows, contracted length, columns of each."""
    lhs, output = call.inputs[0], call.outputs[0]
    inner = lhs[-2] if call.attributes.transpose_a else lhs[-1]
    return size(output[:-2]), output[-2], inner, output[-1]


def _batch(call: Call) -> Plan:
    count, rows, inner, columns = _batch_lengths(call)
    orders = {True: (0, 2, 1), False: (0, 1, 2)}
    sides = {
        "lhs": ordered((count, rows, inner), orders[call.attributes.transpose_a]),
        "rhs": ordered((count, inner, columns), orders[call.attributes.transpose_b]),
    }
    plan = call.plan(sides, {"output": ordered((count, rows, columns))})
    _multiply(plan, "lhs", "rhs", "output")
    return plan


enter(
    "batch_dot",
    Entry(
        plan=_batch,
        inputs=("lhs", "rhs"),
        outputs=("output",),
        work=lambda call: 2.0 * size(_batch_lengths(call)),
        pays=lambda call: _pays(_batch_lengths(call)[1:]),
    ),
)
