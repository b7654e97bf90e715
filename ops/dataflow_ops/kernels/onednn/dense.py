"""Matrix products: fully connected layers, `dot` and `batch_dot`.

Matrices are multiplied as they lie, but for weights that stay packed because they
seldom change, or that meet many rows: oneDNN reads transposed ones at half its speed
where their rows lie a power of two apart.
"""

from __future__ import annotations

from dataflow_ops.kernels.onednn.entry import Call, Entry, enter
from dataflow_ops.kernels.onednn.memory import ordered
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.kernels.onednn.products import matrix, multiply, sum_rows
from dataflow_ops.kernels.onednn.steps import NONE, Steps
from dataflow_ops.linalg import split_axes
from dataflow_ops.shapes import Shape, size

# NumPy is as fast below this many operations. Above, OpenBLAS would wake its threads.
_LEAST_WORK = 5e5
_SHORTEST = 2
_MANY_ROWS = 512  # from here on, packing weights for one product pays


def pays(lengths: tuple[int, ...]) -> bool:
    """Tell whether a product of matrices of these three lengths pays."""
    return min(lengths) >= _SHORTEST and 2.0 * size(lengths) >= _LEAST_WORK


# Fully connected layers

_NAMES = ("data", "weight", "bias")


def layer_lengths(data: Shape, weight: Shape) -> tuple[int, int, int]:
    """Return rows of data, inputs and outputs of a fully connected layer."""
    hidden, inputs = weight
    return size(data) // inputs, inputs, hidden


def forward_plan(call: Call, steps: Steps = NONE) -> Plan:
    """Plan the forward pass of a fully connected layer, and steps behind it."""
    rows, inputs, hidden = layer_lengths(*call.inputs[:2])
    given = {
        "data": matrix(rows, inputs),
        "weight": matrix(inputs, hidden, stored_transposed=True),
        "bias": matrix(1, hidden),
    }
    plan = call.plan(given, {"output": matrix(rows, hidden)})
    bias = "" if call.attributes.no_bias else "bias"
    packed = call.steady or rows >= _MANY_ROWS
    multiply(plan, "data", "weight", "output", bias, steps, packed=packed)
    return plan


def _backward(call: Call) -> Plan:
    rows, inputs, hidden = layer_lengths(*call.inputs[1:])
    layouts = {
        "data": matrix(rows, inputs),
        "weight": matrix(hidden, inputs),
        "bias": matrix(1, hidden),
    }
    gradients = {f"{name}_grad": layout for name, layout in layouts.items()}
    plan = call.plan({"out_grad": matrix(rows, hidden), **layouts}, gradients)
    wanted = call.wanted(tuple(gradients))
    if "data_grad" in wanted:
        multiply(plan, "out_grad", "weight", "data_grad")
    if "weight_grad" in wanted:
        plan.view("heads", "out_grad", matrix(hidden, rows, stored_transposed=True))
        multiply(plan, "heads", "data", "weight_grad")
    if "bias_grad" in wanted:
        sum_rows(plan, rows, "out_grad", "bias_grad")
    return plan


def _layer_entry(backward: bool) -> Entry:
    """Describe a kernel; the backward one takes data and weight last."""
    first = 1 if backward else 0

    def lengths(call: Call) -> tuple[int, ...]:
        return layer_lengths(*call.inputs[first : first + 2])

    return Entry(
        plan=_backward if backward else forward_plan,
        inputs=("out_grad", "data", "weight") if backward else _NAMES,
        outputs=tuple(f"{n}_grad" for n in _NAMES) if backward else ("output",),
        work=lambda call: 2.0 * size(lengths(call)) * len(call.outputs),
        pays=lambda call: pays(lengths(call)),
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
        "lhs": matrix(rows, inner, call.attributes.transpose_a),
        "rhs": matrix(inner, columns, call.attributes.transpose_b),
    }
    plan = call.plan(sides, {"output": matrix(rows, columns)})
    multiply(plan, "lhs", "rhs", "output")
    return plan


def _dot_backward(call: Call) -> Plan:
    rows, inner, columns = _sides(call)
    flips = call.attributes.transpose_a, call.attributes.transpose_b
    given = {
        "out_grad": matrix(rows, columns),
        # Both sides as their transposes, which the gradients are products with
        "lhs": matrix(inner, rows, not flips[0]),
        "rhs": matrix(columns, inner, not flips[1]),
    }
    gradients = {
        "lhs_grad": matrix(rows, inner, flips[0]),
        "rhs_grad": matrix(inner, columns, flips[1]),
    }
    plan = call.plan(given, gradients)
    wanted = call.wanted(tuple(gradients))
    if "lhs_grad" in wanted:
        multiply(plan, "out_grad", "rhs", "lhs_grad")
    if "rhs_grad" in wanted:
        multiply(plan, "lhs", "out_grad", "rhs_grad")
    return plan


def _dot_entry(backward: bool) -> Entry:
    return Entry(
        plan=_dot_backward if backward else _dot_forward,
        inputs=("out_grad", "lhs", "rhs") if backward else ("lhs", "rhs"),
        outputs=("lhs_grad", "rhs_grad") if backward else ("output",),
        work=lambda call: 2.0 * size(_sides(call)) * len(call.outputs),
        pays=lambda call: pays(_sides(call)),
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
    multiply(plan, "lhs", "rhs", "output")
    return plan


enter(
    "batch_dot",
    Entry(
        plan=_batch,
        inputs=("lhs", "rhs"),
        outputs=("output",),
        work=lambda call: 2.0 * size(_batch_lengths(call)),
        pays=lambda call: pays(_batch_lengths(call)[1:]),
    ),
)
