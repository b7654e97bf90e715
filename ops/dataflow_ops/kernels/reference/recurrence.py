"""The arrays of a recurrent network: inputs, weights, and what its layers keep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.reference.cells import Clip, Strand
from dataflow_ops.kernels.table import Array, Invocation
from dataflow_ops.rnn import (
    Sizes,
    parameter_shapes,
    reserve_shapes,
    sizes_of,
)
from dataflow_ops.shapes import Shape, size


class Inputs(NamedTuple):
    """The forward inputs, in the type to compute in."""

    data: Array
    parameters: Array
    state: Array
    cell: Array | None
    ended: Array | None  # (steps, batch, 1): where a sequence has ended


class Weights(NamedTuple):
    """The parameters of one layer and direction, or their gradients."""

    data: Array
    state: Array
    projection: Array | None
    data_bias: Array
    state_bias: Array


class Memory(NamedTuple):
    """What one layer keeps; see `reserve_shapes`."""

    states: Array
    dropped: Array | None
    gates: list[Array]
    extra: list[Array | None]


def _views(vector: Array, shapes: Iterable[Shape]) -> list[Array]:
    """View consecutive parts of a vector in these shapes."""
    parts, start = [], 0
    for shape in shapes:
        stop = start + size(shape)
        parts.append(vector[start:stop].reshape(shape))
        start = stop
    return parts


class Network:
    """One network over bound arrays: what forward and backward share."""

    def __init__(self, call: Invocation, inputs: Sequence[Array]) -> None:
        self.xp = call.xp
        self.attributes = call.attributes
        self.sizes: Sizes = sizes_of(call.attributes)
        self.dtype = call.xp.promote_types(inputs[0].dtype, call.xp.float32)
        self.inputs = self._read(list(inputs))
        self.steps, self.batch, self.length = self.inputs.data.shape
        self.weights = self.divide(self.inputs.parameters)

    def _read(self, inputs: list[Array]) -> Inputs:
        lengths = inputs.pop() if self.attributes.use_sequence_length else None
        data, parameters, state, *cell = (
            x.astype(self.dtype, copy=False) for x in inputs
        )
        ended = None
        if lengths is not None:
            steps = self.xp.arange(len(data))[:, None, None]
            ended = steps >= lengths.astype(self.xp.int64)[:, None]
        return Inputs(data, parameters, state, cell[0] if cell else None, ended)

    def divide(self, vector: Array) -> list[Weights]:
        """View a vector of parameters as the weights of each layer and direction."""
        parts = _views(vector, parameter_shapes(self.attributes, self.length))
        strands = self.sizes.strands
        biases = parts[len(parts) - 2 * strands :]
        each = 2 if self.attributes.projection_size is None else 3
        return [
            Weights(
                parts[each * i],
                parts[each * i + 1],
                parts[each * i + 2] if each == 3 else None,
                biases[2 * i],
                biases[2 * i + 1],
            )
            for i in range(strands)
        ]

    def memory(self, layer: int, reserve: Array | None) -> Memory:
        """View a layer's part of the reserve, or make memory for it."""
        shapes = reserve_shapes(self.attributes, self.steps, self.batch)
        count = sum(map(size, shapes))
        if reserve is None:
            vector = self.xp.empty(count, self.dtype)
        else:
            vector = reserve[layer * count : (layer + 1) * count]
        states, *parts = _views(vector, shapes)
        dropped = parts.pop(0) if self.attributes.p > 0 else None
        each = len(parts) // self.sizes.directions
        extra = parts[1::2] if each == 2 else [None] * self.sizes.directions
        return Memory(states, dropped, parts[::each], extra)

    def strand(self, layer: int, direction: int, memory: Memory) -> Strand:
        """Return one direction of a layer, in the order of its steps."""
        number = layer * self.sizes.directions + direction
        weights, inputs = self.weights[number], self.inputs
        order = partial(in_order, direction)
        return Strand(
            self.xp,
            self.attributes.mode,
            weights.state,
            weights.state_bias[-self.sizes.hidden :],
            weights.projection,
            _limits(self.attributes),
            inputs.state[number],
            None if inputs.cell is None else inputs.cell[number],
            order(memory.states[:, :, direction]),
            order(memory.gates[direction]),
            order(memory.extra[direction]),
            order(inputs.ended),
        )

    def pass_on(self, values: Array, memory: Memory) -> Array:
        """Return what the next layer gets of a layer's states, or back of gradients."""
        values = self.joined(values)
        if memory.dropped is not None:
            values = values * memory.dropped
        return self.shown(values)

    def shown(self, values: Array) -> Array:
        """Return values of both directions, with zeros where a sequence has ended."""
        ended, values = self.inputs.ended, self.joined(values)
        return values if ended is None else self.xp.where(ended, 0, values)

    def joined(self, values: Array) -> Array:
        """View what both directions have as one vector for each step."""
        return values.reshape(self.steps, self.batch, self.sizes.width)


def in_order(direction: int, array: Array | None) -> Array | None:
    """View steps in the order in which a direction takes them."""
    return array if array is None or direction == 0 else array[::-1]


def _limits(attributes: Attributes) -> Clip | None:
    if attributes.lstm_state_clip_min is None or attributes.mode != "lstm":
        return None
    return Clip(
        attributes.lstm_state_clip_min,
        attributes.lstm_state_clip_max,
        attributes.lstm_state_clip_nan,
    )
