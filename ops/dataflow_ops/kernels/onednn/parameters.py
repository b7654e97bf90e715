"""The parameters of recurrent layers, as MXNet packs them and as oneDNN has them.

oneDNN orders the gates of gru otherwise, and has one bias where MXNet adds two. Where
an array is not the same for both, kernels work on an own one, filled before or spread
after each run.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.onednn.memory import Layout, ordered
from dataflow_ops.kernels.table import Array, Thunk
from dataflow_ops.rnn import Sizes, sizes_of
from dataflow_ops.shapes import Shape, size

_EXCHANGED = [1, 0, 2]  # gates of gru: reset, update, new; oneDNN has update first


class Layer(NamedTuple):
    """Sizes of one layer."""

    sizes: Sizes
    mode: str
    inputs: int

    @property
    def data_weights(self) -> Shape:
        """Shape of what the layer's inputs are multiplied by, as MXNet has it."""
        return (self.sizes.directions, *self._gates, self.inputs)

    @property
    def state_weights(self) -> Shape:
        """Shape of what the state is multiplied by."""
        return (self.sizes.directions, *self._gates, self.sizes.hidden)

    @property
    def biases(self) -> Shape:
        """Shape of the biases of inputs and state."""
        return (self.sizes.directions, 2, *self._gates)

    @property
    def bias(self) -> Shape:
        """Shape of oneDNN's bias: that of gru's new state has two parts."""
        gates = self.sizes.gates + (self.mode == "gru")
        return (self.sizes.directions, gates, self.sizes.hidden)

    @property
    def _gates(self) -> tuple[int, int]:
        return self.sizes.gates, self.sizes.hidden

    def weights_layout(self, inputs: int) -> Layout:
        """Describe weights, which lie as MXNet has them, by oneDNN's axes."""
        shape = (1, self.sizes.directions, inputs, *self._gates)
        return ordered(shape, (0, 1, 3, 4, 2))


def layers_of(attributes: Attributes, inputs: int) -> list[Layer]:
    """Return the sizes of each layer of a network with so many inputs."""
    sizes = sizes_of(attributes)
    widths = [inputs] + [sizes.width] * (sizes.layers - 1)
    return [Layer(sizes, attributes.mode, width) for width in widths]


class Parameters(NamedTuple):
    """Views of one layer's part of the vector, or of that of its gradient."""

    data: Array
    state: Array
    biases: Array


def divide(vector: Array, layers: list[Layer]) -> list[Parameters]:
    """View the vector of parameters layer by layer: all weights, then all biases."""
    parts = []
    start = 0
    end = len(vector) - sum(size(layer.biases) for layer in layers)
    for layer in layers:
        directions = layer.sizes.directions
        columns = size(layer.data_weights[1:])
        stop = start + size(layer.data_weights) + size(layer.state_weights)
        both = vector[start:stop].reshape(directions, -1)
        data = both[:, :columns].reshape(layer.data_weights)
        state = both[:, columns:].reshape(layer.state_weights)
        biases = vector[end : end + size(layer.biases)].reshape(layer.biases)
        parts.append(Parameters(data, state, biases))
        start, end = stop, end + size(layer.biases)
    return parts


def gather(
    layers: list[Layer], vector: Array, fills: list[Thunk | None]
) -> list[dict[str, Array]]:
    """Return each layer's weights and bias as oneDNN has them.

    What has to be filled in before each run is appended to `fills`.
    """
    found = []
    for layer, part in zip(layers, divide(vector, layers), strict=True):
        bias = np.empty(layer.bias, np.float32)
        fills.append(partial(_fill_bias, layer.mode, bias, part.biases))
        weights = {"weights": part.data, "state_weights": part.state}
        if layer.mode == "gru":
            for name, packed in weights.items():
                own = weights[name] = np.empty(packed.shape, np.float32)
                fills.append(partial(_fill_gates, own, packed))
        found.append({**weights, "bias": bias})
    return found


def scatter(
    layers: list[Layer], vector: Array, adding: bool, spreads: list[Thunk | None]
) -> list[dict[str, Array]]:
    """Return where each layer's gradients by weights and bias are to be written.

    What brings them into the vector after each run is appended to `spreads`.
    """
    made = []
    for layer, part in zip(layers, divide(vector, layers), strict=True):
        bias = np.empty(layer.bias, np.float32)
        spreads.append(partial(_spread_bias, layer.mode, bias, part.biases, adding))
        weights = {"weights": part.data, "state_weights": part.state}
        if layer.mode == "gru":
            for name, packed in weights.items():
                own = weights[name] = np.empty(packed.shape, np.float32)
                spreads.append(partial(_spread_gates, own, packed, adding))
        made.append({**weights, "bias": bias})
    return made


def _fill_bias(mode: str, bias: Array, biases: Array) -> None:
    """Write oneDNN's bias."""
    data, state = biases[:, 0], biases[:, 1]
    if mode != "gru":
        np.add(data, state, out=bias)
        return
    np.add(data[:, [1, 0]], state[:, [1, 0]], out=bias[:, :2])
    bias[:, 2] = data[:, 2]
    bias[:, 3] = state[:, 2]


def _spread_bias(mode: str, bias: Array, biases: Array, adding: bool) -> None:
    """Write the gradients of both biases, or add them, from that of oneDNN's."""
    parts = (bias, bias)
    if mode == "gru":
        parts = bias[:, [1, 0, 2]], bias[:, [1, 0, 3]]
    for index, part in enumerate(parts):
        if adding:
            biases[:, index] += part
        else:
            biases[:, index] = part


def _fill_gates(weights: Array, packed: Array) -> None:
    """Write weights with gru's gates in oneDNN's order."""
    weights[...] = packed[:, _EXCHANGED]


def _spread_gates(weights: Array, packed: Array, adding: bool) -> None:
    """Write the gradient of packed weights, or add it, from one in oneDNN's order."""
    if adding:
        packed += weights[:, _EXCHANGED]
    else:
        packed[...] = weights[:, _EXCHANGED]
