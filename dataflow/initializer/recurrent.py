"""Initializers of recurrent layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dataflow.errors import ArgumentError
from dataflow.initializer.base import InitDesc, Initializer, create, register
from dataflow.ndarray import NDArray

# The gates of each kind of layer, as parts of their parameters' names.
GATES = {
    "rnn_relu": ("",),
    "rnn_tanh": ("",),
    "lstm": ("_i", "_f", "_c", "_o"),
    "gru": ("_r", "_z", "_o"),
}


@register
class LSTMBias(Initializer):
    """Fill the bias of an LSTM with 0, and that of its forget gate with a value.

    Parameters
    ----------
    forget_bias : float
        The value; 1 keeps early gradients alive (Jozefowicz and others, 2015).
    """

    def __init__(self, forget_bias: float = 1.0) -> None:
        super().__init__(forget_bias=forget_bias)
        self.forget_bias = forget_bias

    def _init_weight(self, name: str, arr: NDArray) -> None:
        if len(arr.shape) != 1 or arr.shape[0] % 4:
            raise ArgumentError(
                f"'{name}' of shape {arr.shape} is no bias of an LSTM, which has one "
                "number for each of four gates of each hidden unit"
            )
        hidden = arr.shape[0] // 4
        arr[:] = 0
        arr[hidden : 2 * hidden] = self.forget_bias


@register
class FusedRNN(Initializer):
    """Fill the one parameter of a fused recurrent layer, gate by gate.

    Parameters
    ----------
    init : Initializer or str or None
        What fills each gate's weights and biases; the global initializer if None.
    num_hidden, num_layers : int
        Sizes of the layer.
    mode : str
        Its kind: ``"rnn_relu"``, ``"rnn_tanh"``, ``"lstm"`` or ``"gru"``.
    bidirectional : bool
        Whether it runs both ways.
    forget_bias : float
        What fills the biases of an LSTM's forget gates.
    """

    def __init__(
        self,
        init: Any,
        num_hidden: int,
        num_layers: int,
        mode: str,
        bidirectional: bool = False,
        forget_bias: float = 1.0,
    ) -> None:
        if mode not in GATES:
            raise ArgumentError(f"mode is one of {', '.join(GATES)}, not {mode!r}")
        self._init = None if init is None else create(init)
        super().__init__(
            init=None if self._init is None else self._init.dumps(),
            num_hidden=num_hidden,
            num_layers=num_layers,
            mode=mode,
            bidirectional=bidirectional,
            forget_bias=forget_bias,
        )
        self._num_hidden = num_hidden
        self._num_layers = num_layers
        self._mode = mode
        self._bidirectional = bidirectional
        self._forget_bias = forget_bias

    def _init_weight(self, desc: str, arr: NDArray) -> None:
        default = getattr(desc, "global_init", None)
        fill = default if self._init is None else self._init
        if fill is None or fill is self:
            raise ArgumentError(
                f"FusedRNN(None, ...) fills '{desc}' by the global initializer, but "
                "there is none; name one in its InitDesc"
            )
        for name, part in self._parts(desc, arr):
            if self._mode == "lstm" and name.endswith("_f_bias"):
                part[:] = self._forget_bias
            else:
                fill(InitDesc(name, global_init=default), part)

    def _parts(self, name: str, arr: NDArray) -> Iterator[tuple[str, NDArray]]:
        """Yield each gate's weights and biases, which are views, by name."""
        start = 0
        for part, shape in self._shapes(self._inputs(name, arr)):
            stop = start + (shape[0] * shape[1] if len(shape) > 1 else shape[0])
            yield part, arr[start:stop].reshape(shape)
            start = stop

    def _inputs(self, name: str, arr: NDArray) -> int:
        """Return how many inputs the first layer has, from the size of it all."""
        hidden, ways = self._num_hidden, 1 + self._bidirectional
        rows = ways * hidden * len(GATES[self._mode])
        later = (self._num_layers - 1) * (hidden * (1 + ways) + 2)
        inputs = arr.size // rows - later - hidden - 2
        if (
            arr.ndim != 1
            or inputs < 1
            or arr.size != rows * (inputs + hidden + 2 + later)
        ):
            raise ArgumentError(
                f"'{name}' of shape {arr.shape} is not the parameter of "
                f"{self._num_layers} layers of {hidden} units in mode {self._mode}"
            )
        return inputs

    def _shapes(self, inputs: int) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Yield the names and shapes of all parts, in order."""
        hidden = self._num_hidden
        ways = ("l", "r") if self._bidirectional else ("l",)
        places = [(layer, way) for layer in range(self._num_layers) for way in ways]
        for layer, way in places:
            width = hidden * len(ways) if layer else inputs
            for kind, columns in (("i2h", width), ("h2h", hidden)):
                for gate in GATES[self._mode]:
                    yield f"{way}{layer}_{kind}{gate}_weight", (hidden, columns)
        for layer, way in places:
            for kind in ("i2h", "h2h"):
                for gate in GATES[self._mode]:
                    yield f"{way}{layer}_{kind}{gate}_bias", (hidden,)
