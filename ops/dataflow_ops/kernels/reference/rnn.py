"""Reference kernels of recurrent layers.

One matrix product gives what the data of all steps adds to the gates, one per step what
the state adds (`cells`), and on the way back one each the gradients of the weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.reference.cells import (
    Slopes,
    rows,
    run,
    run_back,
)
from dataflow_ops.kernels.reference.pieces import concat
from dataflow_ops.kernels.reference.recurrence import (
    Memory,
    Network,
    Weights,
    in_order,
)
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.scratch import carve, scratch_bytes
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Request,
    Specification,
    Thunk,
    binder,
    kernel,
)
from dataflow_ops.rnn import sizes_of
from dataflow_ops.shapes import Shape

binder("reference", "_rnn_param_concat")(concat)


# Forward


@kernel("reference", "RNN")
def rnn(call: Invocation) -> None:
    """Compute all layers, and keep what the gradient needs if it is wanted."""
    network = Network(call, call.inputs)
    last = len(call.outputs) - 1
    reserve = call.outputs[last]
    if call.requests[last] is Request.ADD:
        reserve = call.xp.empty(reserve.shape, reserve.dtype)
    x, finals = network.inputs.data, []
    for layer in range(network.sizes.layers):
        memory = network.memory(layer, reserve)
        finals += _run_layer(network, layer, memory, x)
        if layer + 1 < network.sizes.layers:
            _draw(call, memory)
            x = network.pass_on(memory.states, memory)
    assign(call, 0, network.shown(memory.states))
    for i in range(1, last):
        if wanted(call, i):
            assign(call, i, call.xp.stack([final[i - 1] for final in finals]))
    if call.requests[last] is Request.ADD:
        assign(call, last, reserve)


def _run_layer(
    network: Network, layer: int, memory: Memory, x: Array
) -> list[tuple[Array, Array | None]]:
    """Compute one layer; return each direction's last state and cell."""
    finals = []
    for direction, gates in enumerate(memory.gates):
        weights = network.weights[layer * network.sizes.directions + direction]
        network.xp.matmul(rows(x), weights.data.T, out=rows(gates, 2))
        rows(gates, 2)[...] += _bias(network, weights)
        finals.append(run(network.strand(layer, direction, memory)))
    return finals


def _bias(network: Network, weights: Weights) -> Array:
    """Return the biases' sum, but that gru's state has one of its own in `n`."""
    bias = weights.data_bias + weights.state_bias
    if network.attributes.mode == "gru":
        hidden = network.sizes.hidden
        bias[-hidden:] = weights.data_bias[-hidden:]
    return bias


def _draw(call: Invocation, memory: Memory) -> None:
    """Draw by which factor the next layer's inputs are multiplied."""
    dropped, p = memory.dropped, call.attributes.p
    if dropped is None:
        return
    if not call.is_train:
        dropped[...] = 1
        return
    assert call.random is not None
    numbers = call.random.generator.random(dropped.shape, dtype=call.xp.float32)
    call.xp.multiply(numbers >= p, 1 / (1 - p) if p < 1 else 0, dropped)


# Back


def _slope_shapes(attributes: Attributes, steps: int, batch: int) -> tuple[Shape, ...]:
    sizes = sizes_of(attributes)
    slots = 4 if attributes.mode == "gru" else sizes.gates
    gates: Shape = (steps, batch, slots, sizes.hidden)
    if attributes.projection_size is None:
        return (gates,)
    return (gates, (steps, batch, sizes.result))


def _workspace(
    attributes: Attributes, inputs: Sequence[Specification], outputs: Any
) -> int:
    steps, batch, _ = inputs[0].shape
    shapes = _slope_shapes(attributes, steps, batch)
    return scratch_bytes(shapes, inputs[-1].dtype)


class _Back(NamedTuple):
    """Everything that the way back shares between layers."""

    network: Network
    slopes: Slopes
    state_heads: Array
    cell_heads: Array | None
    weights: list[Weights] | None  # their gradients, if wanted
    states: list[Array]  # gradients of the first states, last layer first
    cells: list[Array | None]


@binder("reference", "_backward_RNN", workspace=_workspace)
def rnn_backward(call: Invocation) -> Thunk:
    """Bind the gradients by data, parameters and first states."""
    steps, batch, _ = call.inputs[0].shape
    shapes = _slope_shapes(call.attributes, steps, batch)
    return partial(
        _backward, call, carve(call.workspace, shapes, call.inputs[-1].dtype)
    )


def _backward(call: Invocation, scratch: list[Array]) -> None:
    has_cell = call.attributes.mode == "lstm"
    count = 1 + (1 + has_cell) * call.attributes.state_outputs
    *inputs, reserve = call.inputs[count:]
    network = Network(call, inputs)
    heads = [x.astype(network.dtype, copy=False) for x in call.inputs[:count]]
    if not call.attributes.state_outputs:
        heads += [call.xp.zeros_like(network.inputs.state)]
        heads += [call.xp.zeros_like(network.inputs.cell)] if has_cell else []
    gradient = _gradient_vector(call, network)
    slopes = Slopes(scratch[0], scratch[1] if len(scratch) == 2 else None)
    weights = None if gradient is None else network.divide(gradient)
    back = _Back(
        network, slopes, heads[1], heads[2] if has_cell else None, weights, [], []
    )
    data = _through_layers(back, network.shown(heads[0]), reserve, wanted(call, 0))
    if data is not None:
        assign(call, 0, data)
    if gradient is not None and gradient is not call.outputs[1]:
        assign(call, 1, gradient)
    for i, parts in ((2, back.states), (3, back.cells))[: 1 + has_cell]:
        if wanted(call, i):
            assign(call, i, call.xp.stack(parts[::-1]))


def _gradient_vector(call: Invocation, network: Network) -> Array | None:
    """Return where to compute the parameters' gradient: its output, if that will do."""
    if not wanted(call, 1):
        return None
    output = call.outputs[1]
    fits = output.dtype == network.dtype and output.flags.c_contiguous
    if call.requests[1] is Request.WRITE and fits:
        return output
    return call.xp.empty(output.shape, network.dtype)


def _through_layers(
    back: _Back, heads: Array, reserve: Array, is_data_wanted: bool
) -> Array | None:
    """Go back through all layers; return the gradient of the data."""
    network = back.network
    below: Memory | None
    memory = network.memory(network.sizes.layers - 1, reserve)
    for layer in reversed(range(network.sizes.layers)):
        if layer > 0:
            below = network.memory(layer - 1, reserve)
            x = network.pass_on(below.states, below)
        else:
            below, x = None, network.inputs.data
        is_wanted = is_data_wanted or layer > 0
        heads = _through_layer(back, layer, memory, x, heads, is_wanted)
        if below is not None:
            heads, memory = network.pass_on(heads, below), below
    return heads


def _through_layer(
    back: _Back, layer: int, memory: Memory, x: Array, heads: Array, is_wanted: bool
) -> Any:
    """Go back through one layer; return the gradient of its inputs if wanted."""
    network, gates = back.network, back.slopes.gates
    heads = heads.reshape(memory.states.shape)
    total: Any = None
    for direction in reversed(range(network.sizes.directions)):
        _through_strand(back, layer, direction, memory, heads[:, :, direction])
        number = layer * network.sizes.directions + direction
        weights = network.weights[number]
        if back.weights is not None:
            _state_weights(back, number, direction, memory)
        if network.attributes.mode == "gru":
            gates[:, :, 2] = gates[:, :, 3]  # from here on the data's
        slopes = rows(gates[:, :, : network.sizes.gates], 2)
        if back.weights is not None:
            _data_weights(network.xp, back.weights[number], slopes, x)
        if is_wanted:
            part = slopes @ weights.data
            total = part if total is None else total + part
    return None if total is None else total.reshape(x.shape)


def _through_strand(
    back: _Back, layer: int, direction: int, memory: Memory, heads: Array
) -> None:
    network = back.network
    order = partial(in_order, direction)
    number = layer * network.sizes.directions + direction
    slopes = Slopes(*(order(x) for x in back.slopes))
    state, cell = run_back(
        network.strand(layer, direction, memory),
        slopes,
        order(heads),
        back.state_heads[number],
        None if back.cell_heads is None else back.cell_heads[number],
    )
    back.states.append(state)
    back.cells.append(cell)


def _state_weights(back: _Back, number: int, direction: int, memory: Memory) -> None:
    """Compute the gradients of what the state is multiplied by or added to."""
    assert back.weights is not None
    network, gradient = back.network, back.weights[number]
    xp = network.xp
    slopes = back.slopes.gates[:, :, : network.sizes.gates]
    states = memory.states[:, :, direction]
    first, later, earlier = 0, slice(1, None), slice(None, -1)
    if direction == 1:
        first, later, earlier = -1, earlier, later
    xp.matmul(rows(slopes[later], 2).T, rows(states[earlier]), out=gradient.state)
    if network.steps:
        gradient.state[...] += rows(slopes[first], 2).T @ network.inputs.state[number]
    _sum_rows(xp, rows(slopes, 2), gradient.state_bias)
    if back.slopes.projected is not None:
        gates, extra = memory.gates[direction], memory.extra[direction]
        whole = xp.tanh(extra) * gates[:, :, 3]
        xp.matmul(rows(back.slopes.projected).T, rows(whole), out=gradient.projection)


def _data_weights(xp: Any, gradient: Weights, slopes: Array, x: Array) -> None:
    """Compute the gradients of what the data is multiplied by or added to."""
    xp.matmul(slopes.T, rows(x), out=gradient.data)
    _sum_rows(xp, slopes, gradient.data_bias)


def _sum_rows(xp: Any, matrix: Array, out: Array) -> None:
    """Sum rows as a product with ones, which is the fastest way."""
    xp.matmul(xp.ones(len(matrix), matrix.dtype), matrix, out=out)
