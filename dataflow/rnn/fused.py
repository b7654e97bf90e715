"""FusedRNNCell: recurrent layers that run over a whole sequence as one operator."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from dataflow import ndarray, symbol
from dataflow.errors import ArgumentError, SteppingError
from dataflow.initializer import FusedRNN
from dataflow.initializer.vectors import GATES, VectorLayout
from dataflow.ndarray import NDArray
from dataflow.rnn.base import BaseRNNCell
from dataflow.rnn.cells import GRUCell, LSTMCell, RNNCell
from dataflow.rnn.containers import BidirectionalCell, SequentialRNNCell
from dataflow.rnn.modifiers import DropoutCell
from dataflow.rnn.sequences import Outputs, Steps, arrange, join, time_axis
from dataflow.rnn.weights import Arrays, RNNParams, take
from dataflow.symbol import Symbol


class FusedRNNCell(BaseRNNCell):
    """Layers of a kind in one operator, which is faster; it only unrolls.

    Parameters
    ----------
    num_hidden : int
        Size of each state.
    num_layers : int
        Number of layers.
    mode : str
        Their kind: ``"rnn_relu"``, ``"rnn_tanh"``, ``"lstm"`` or ``"gru"``.
    bidirectional : bool
        Read the sequence from its end as well.
    dropout : float
        Share of each layer's outputs, but the last one's, dropped in training.
    get_next_state : bool
        Return the states after the last step; without, `unroll` returns no states.
    forget_bias : float
        What the biases of an LSTM's forget gates are initialized with.
    prefix : str, optional
        Put before the names of weights and nodes; the mode by default.
    params : RNNParams, optional
        Weights shared with other cells.
    """

    def __init__(
        self,
        num_hidden: int,
        num_layers: int = 1,
        mode: str = "lstm",
        bidirectional: bool = False,
        dropout: float = 0.0,
        get_next_state: bool = False,
        forget_bias: float = 1.0,
        prefix: str | None = None,
        params: RNNParams | None = None,
    ) -> None:
        fill = FusedRNN(None, num_hidden, num_layers, mode, bidirectional, forget_bias)
        super().__init__(f"{mode}_" if prefix is None else prefix, params)
        self._num_hidden = num_hidden
        self._num_layers = num_layers
        self._mode = mode
        self._bidirectional = bidirectional
        self._dropout = dropout
        self._get_next_state = get_next_state
        self._forget_bias = forget_bias
        self._layout = VectorLayout.of(mode, num_hidden, num_layers, bidirectional)
        self._directions = self._layout.directions
        self._parameter = self.params.get("parameters", init=fill)

    @property
    def state_info(self) -> list[dict[str, Any]]:
        """Shapes and layouts of its states, of all layers together."""
        strands = len(self._directions) * self._num_layers
        shape = (strands, 0, self._num_hidden)
        count = 2 if self._mode == "lstm" else 1
        return [{"shape": shape, "__layout__": "LNC"} for _ in range(count)]

    @property
    def _steps(self) -> bool:
        return False

    @property
    def _gate_names(self) -> Sequence[str]:
        return GATES[self._mode]

    # Its one vector of weights

    def unpack_weights(self, args: Arrays) -> dict[str, NDArray]:
        """Divide its vector of weights into those of single layers and gates.

        Parameters
        ----------
        args : mapping
            Arrays by name; what is not this cell's is kept as it is.

        Returns
        -------
        dict
            With ``lstm_l0_i2h_i_weight`` and so on instead of ``lstm_parameters``.

        Raises
        ------
        ArgumentError
            The vector is missing, or of a size that cannot be.
        """
        result = dict(args)
        vector = take(result, f"{self._prefix}parameters")
        parts = self._layout.slices(vector, self._prefix)
        return result | {name: part.copy() for name, part in parts}

    def pack_weights(self, args: Arrays) -> dict[str, NDArray]:
        """Join the weights of single gates; the reverse of `unpack_weights`.

        Raises
        ------
        UnknownNameError
            A weight of the cell is missing.
        """
        result = dict(args)
        parts = [take(result, self._prefix + name) for name in self._layout.names()]
        vectors = [part.reshape(-1) for part in parts]
        result[f"{self._prefix}parameters"] = ndarray.concatenate(vectors)
        return result

    # Running

    def __call__(self, inputs: Symbol, states: Sequence[Symbol]) -> tuple[Symbol, Any]:
        """Raise SteppingError: it needs the whole sequence."""
        raise SteppingError(
            "a fused cell needs the whole sequence: call unroll, or step the cells "
            "that unfuse() gives"
        )

    def _unroll(
        self,
        length: int,
        inputs: Steps,
        begin_state: Sequence[Any] | None,
        layout: str,
        merge_outputs: bool | None,
    ) -> tuple[Outputs, list[Any]]:
        """Run it over a sequence, as `BaseRNNCell` does; ``"TNC"`` is its own layout.

        Joined outputs are what comes easiest.
        """
        self.reset()
        data = self._turned(join(length, inputs, layout), layout)
        if time_axis(layout) == 1:
            warnings.warn(
                "a FusedRNNCell is faster with layout 'TNC', which it need not turn",
                stacklevel=3,
            )
        states = self.begin_state() if begin_state is None else list(begin_state)
        result = self._run(data, states)
        output, next_states = result[0], self._next_states(result)
        output = self._turned(output, layout)
        return arrange(length, output, layout, merge_outputs), next_states

    def _turned(self, data: Symbol, layout: str) -> Symbol:
        """Swap batch and time unless time comes first already."""
        if time_axis(layout) == 0:
            return data
        return symbol.swapaxes(data, dim1=0, dim2=1)

    def _run(self, data: Symbol, states: Sequence[Symbol]) -> Symbol:
        names = ("state", "state_cell")[: len(self.state_info)]
        if len(states) != len(names):
            raise ArgumentError(
                f"a cell of mode {self._mode} has {len(names)} states; "
                f"{len(states)} were given"
            )
        run: Callable[..., Symbol] = symbol.RNN
        return run(
            data=data,
            parameters=self._parameter,
            state_size=self._num_hidden,
            num_layers=self._num_layers,
            bidirectional=self._bidirectional,
            p=self._dropout,
            state_outputs=self._get_next_state,
            mode=self._mode,
            name=f"{self._prefix}rnn",
            **dict(zip(names, states, strict=True)),
        )

    def _next_states(self, result: Symbol) -> list[Symbol]:
        if not self._get_next_state:
            return []
        result._set_attr(__layout__="LNC")
        return list(result)[1:]

    def unfuse(self) -> SequentialRNNCell:
        """Return the same layers as single cells, which can be stepped.

        Their weights are what `unpack_weights` gives, packed by their own
        `pack_weights`.
        """
        stack = SequentialRNNCell()
        for layer in range(self._num_layers):
            stack.add(self._make_layer(layer))
            if self._dropout > 0 and layer != self._num_layers - 1:
                stack.add(DropoutCell(self._dropout, f"{self._prefix}_dropout{layer}_"))
        return stack

    def _make_layer(self, layer: int) -> BaseRNNCell:
        forward = self._make_cell(f"{self._prefix}l{layer}_")
        if not self._bidirectional:
            return forward
        backward = self._make_cell(f"{self._prefix}r{layer}_")
        output = f"{self._prefix}bi_l{layer}_"
        return BidirectionalCell(forward, backward, output_prefix=output)

    def _make_cell(self, prefix: str) -> BaseRNNCell:
        if self._mode == "lstm":
            return LSTMCell(self._num_hidden, prefix, forget_bias=self._forget_bias)
        if self._mode == "gru":
            return GRUCell(self._num_hidden, prefix)
        return RNNCell(self._num_hidden, self._mode.removeprefix("rnn_"), prefix)
