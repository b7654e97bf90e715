"""Initializers of recurrent layers."""

from __future__ import annotations

from typing import Any

from dataflow.errors import ArgumentError
from dataflow.initializer.base import InitDesc, Initializer, create, register
from dataflow.initializer.vectors import GATES, VectorLayout
from dataflow.ndarray import NDArray


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
        self._layout = VectorLayout.of(mode, num_hidden, num_layers, bidirectional)
        self._mode = mode
        self._forget_bias = forget_bias

    def _init_weight(self, desc: str, arr: NDArray) -> None:
        default = getattr(desc, "global_init", None)
        fill = default if self._init is None else self._init
        if fill is None or fill is self:
            raise ArgumentError(
                f"FusedRNN(None, ...) fills '{desc}' by the global initializer, but "
                "there is none; name one in its InitDesc"
            )
        try:
            parts = list(self._layout.slices(arr, ""))
        except ArgumentError as error:
            raise ArgumentError(f"'{desc}' of shape {arr.shape}: {error}") from None
        for name, part in parts:
            if self._mode == "lstm" and name.endswith("_f_bias"):
                part[:] = self._forget_bias
            else:
                fill(InitDesc(name, global_init=default), part)
