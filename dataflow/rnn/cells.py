"""Recurrent cells of dense layers: RNNCell, LSTMCell and GRUCell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from dataflow import symbol
from dataflow.initializer import LSTMBias
from dataflow.rnn.base import Activation, BaseRNNCell
from dataflow.rnn.gates import gru_step, lstm_step
from dataflow.rnn.weights import RNNParams
from dataflow.symbol import Symbol

_TANH = partial(symbol.Activation, act_type="tanh")


class _DenseCell(BaseRNNCell):
    """A cell whose gates are dense layers of the input and of the state."""

    def __init__(
        self, num_hidden: int, prefix: str, params: RNNParams | None, i2h_init: Any
    ) -> None:
        super().__init__(prefix=prefix, params=params)
        self._num_hidden = num_hidden
        self._iW = self.params.get("i2h_weight")
        self._iB = self.params.get("i2h_bias", init=i2h_init)
        self._hW = self.params.get("h2h_weight")
        self._hB = self.params.get("h2h_bias")

    @property
    def state_info(self) -> list[dict[str, Any]]:
        """Shape and layout of its state."""
        return [{"shape": (0, self._num_hidden), "__layout__": "NC"}]

    def _layers(
        self, inputs: Symbol, state: Symbol, name: str
    ) -> tuple[Symbol, Symbol]:
        """Return the gates' shares of the input and of the state."""
        size = self._num_hidden * self._num_gates
        dense = symbol.FullyConnected
        i2h = dense(inputs, self._iW, self._iB, num_hidden=size, name=f"{name}i2h")
        h2h = dense(state, self._hW, self._hB, num_hidden=size, name=f"{name}h2h")
        return i2h, h2h


class RNNCell(_DenseCell):
    """A simple recurrent cell: ``h_t = activation(W x_t + b + U h_(t-1) + b')``.

    Parameters
    ----------
    num_hidden : int
        Size of its state.
    activation : str or callable
        Name of an activation, or a function on symbols.
    prefix : str
        Put before the names of weights and nodes.
    params : RNNParams, optional
        Weights shared with other cells.
    """

    def __init__(
        self,
        num_hidden: int,
        activation: Activation = "tanh",
        prefix: str = "rnn_",
        params: RNNParams | None = None,
    ) -> None:
        super().__init__(num_hidden, prefix, params, None)
        self._activation = activation

    @property
    def _gate_names(self) -> Sequence[str]:
        return ("",)

    def __call__(
        self, inputs: Symbol, states: Sequence[Symbol]
    ) -> tuple[Symbol, list[Symbol]]:
        """Compute one step, as `BaseRNNCell` does."""
        name = self._next_name()
        i2h, h2h = self._layers(inputs, states[0], name)
        output = self._get_activation(i2h + h2h, self._activation, name=f"{name}out")
        return output, [output]


class LSTMCell(_DenseCell):
    """A cell of long short-term memory (Hochreiter and Schmidhuber, 1997).

    ``c_t = f c_(t-1) + i g`` and ``h_t = o tanh(c_t)``, with gates i, f, o and the
    update g of the input and of h.

    Parameters
    ----------
    num_hidden : int
        Size of each of its two states.
    prefix, params
        As in `RNNCell`.
    forget_bias : float
        What the bias of the forget gate is initialized with.
    """

    def __init__(
        self,
        num_hidden: int,
        prefix: str = "lstm_",
        params: RNNParams | None = None,
        forget_bias: float = 1.0,
    ) -> None:
        super().__init__(num_hidden, prefix, params, LSTMBias(forget_bias=forget_bias))

    @property
    def state_info(self) -> list[dict[str, Any]]:
        """Shapes and layouts of its states, output and memory."""
        return [*super().state_info, *super().state_info]

    @property
    def _gate_names(self) -> Sequence[str]:
        return ["_i", "_f", "_c", "_o"]

    def __call__(
        self, inputs: Symbol, states: Sequence[Symbol]
    ) -> tuple[Symbol, list[Symbol]]:
        """Compute one step, as `BaseRNNCell` does."""
        name = self._next_name()
        i2h, h2h = self._layers(inputs, states[0], name)
        gates = symbol.SliceChannel(i2h + h2h, num_outputs=4, name=f"{name}slice")
        return lstm_step(gates, states[1], _TANH, name)


class GRUCell(_DenseCell):
    """A gated recurrent unit, in the form of cuDNN.

    ``n = tanh(W x_t + b + r (U h_(t-1) + b'))`` and ``h_t = (1 - z) n + z h_(t-1)``,
    with gates r and z of the input and of h.

    Parameters
    ----------
    num_hidden : int
        Size of its state.
    prefix, params
        As in `RNNCell`.
    """

    def __init__(
        self, num_hidden: int, prefix: str = "gru_", params: RNNParams | None = None
    ) -> None:
        super().__init__(num_hidden, prefix, params, None)

    @property
    def _gate_names(self) -> Sequence[str]:
        return ["_r", "_z", "_o"]

    def __call__(
        self, inputs: Symbol, states: Sequence[Symbol]
    ) -> tuple[Symbol, list[Symbol]]:
        """Compute one step, as `BaseRNNCell` does."""
        name = self._next_name()
        i2h, h2h = self._layers(inputs, states[0], f"{name}_")
        output = gru_step(i2h, h2h, states[0], _TANH, name)
        return output, [output]
