"""Recurrent cells of convolutions: ConvRNNCell, ConvLSTMCell and ConvGRUCell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from dataflow import symbol
from dataflow.rnn.base import Activation
from dataflow.rnn.convolutional_base import BaseConvRNNCell, Size
from dataflow.rnn.gates import gru_step, lstm_step
from dataflow.rnn.weights import RNNParams
from dataflow.symbol import Symbol

_LEAKY = partial(symbol.LeakyReLU, act_type="leaky", slope=0.2)


class ConvRNNCell(BaseConvRNNCell):
    """A simple recurrent cell of convolutions.

    The parameters are those of `BaseConvRNNCell`.
    """

    def __init__(
        self,
        input_shape: Sequence[int],
        num_hidden: int,
        h2h_kernel: Size = (3, 3),
        h2h_dilate: Size = (1, 1),
        i2h_kernel: Size = (3, 3),
        i2h_stride: Size = (1, 1),
        i2h_pad: Size = (1, 1),
        i2h_dilate: Size = (1, 1),
        i2h_weight_initializer: Any = None,
        h2h_weight_initializer: Any = None,
        i2h_bias_initializer: Any = "zeros",
        h2h_bias_initializer: Any = "zeros",
        activation: Activation = _LEAKY,
        prefix: str = "ConvRNN_",
        params: RNNParams | None = None,
        conv_layout: str = "NCHW",
    ) -> None:
        super().__init__(
            input_shape,
            num_hidden,
            h2h_kernel,
            h2h_dilate,
            i2h_kernel,
            i2h_stride,
            i2h_pad,
            i2h_dilate,
            i2h_weight_initializer,
            h2h_weight_initializer,
            i2h_bias_initializer,
            h2h_bias_initializer,
            activation,
            prefix,
            params,
            conv_layout,
        )

    @property
    def _gate_names(self) -> Sequence[str]:
        return ("",)

    def __call__(
        self, inputs: Symbol, states: Sequence[Symbol]
    ) -> tuple[Symbol, list[Symbol]]:
        """Compute one step, as `BaseRNNCell` does."""
        name = self._next_name()
        i2h, h2h = self._layers(inputs, states[0], name)
        output = self._activate(i2h + h2h, name=f"{name}out")
        return output, [output]


class ConvLSTMCell(BaseConvRNNCell):
    """Long short-term memory of convolutions (Shi and others, arXiv:1506.04214).

    The parameters are those of `BaseConvRNNCell`.
    """

    def __init__(
        self,
        input_shape: Sequence[int],
        num_hidden: int,
        h2h_kernel: Size = (3, 3),
        h2h_dilate: Size = (1, 1),
        i2h_kernel: Size = (3, 3),
        i2h_stride: Size = (1, 1),
        i2h_pad: Size = (1, 1),
        i2h_dilate: Size = (1, 1),
        i2h_weight_initializer: Any = None,
        h2h_weight_initializer: Any = None,
        i2h_bias_initializer: Any = "zeros",
        h2h_bias_initializer: Any = "zeros",
        activation: Activation = _LEAKY,
        prefix: str = "ConvLSTM_",
        params: RNNParams | None = None,
        conv_layout: str = "NCHW",
    ) -> None:
        super().__init__(
            input_shape,
            num_hidden,
            h2h_kernel,
            h2h_dilate,
            i2h_kernel,
            i2h_stride,
            i2h_pad,
            i2h_dilate,
            i2h_weight_initializer,
            h2h_weight_initializer,
            i2h_bias_initializer,
            h2h_bias_initializer,
            activation,
            prefix,
            params,
            conv_layout,
        )

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
        slice_ = partial(symbol.SliceChannel, num_outputs=4, axis=self._channel_axis)
        gates = slice_(i2h + h2h, name=f"{name}slice")
        return lstm_step(gates, states[1], self._activate, name)


class ConvGRUCell(BaseConvRNNCell):
    """A gated recurrent unit of convolutions.

    The parameters are those of `BaseConvRNNCell`.
    """

    def __init__(
        self,
        input_shape: Sequence[int],
        num_hidden: int,
        h2h_kernel: Size = (3, 3),
        h2h_dilate: Size = (1, 1),
        i2h_kernel: Size = (3, 3),
        i2h_stride: Size = (1, 1),
        i2h_pad: Size = (1, 1),
        i2h_dilate: Size = (1, 1),
        i2h_weight_initializer: Any = None,
        h2h_weight_initializer: Any = None,
        i2h_bias_initializer: Any = "zeros",
        h2h_bias_initializer: Any = "zeros",
        activation: Activation = _LEAKY,
        prefix: str = "ConvGRU_",
        params: RNNParams | None = None,
        conv_layout: str = "NCHW",
    ) -> None:
        super().__init__(
            input_shape,
            num_hidden,
            h2h_kernel,
            h2h_dilate,
            i2h_kernel,
            i2h_stride,
            i2h_pad,
            i2h_dilate,
            i2h_weight_initializer,
            h2h_weight_initializer,
            i2h_bias_initializer,
            h2h_bias_initializer,
            activation,
            prefix,
            params,
            conv_layout,
        )

    @property
    def _gate_names(self) -> Sequence[str]:
        return ["_r", "_z", "_o"]

    def __call__(
        self, inputs: Symbol, states: Sequence[Symbol]
    ) -> tuple[Symbol, list[Symbol]]:
        """Compute one step, as `BaseRNNCell` does."""
        name = self._next_name()
        i2h, h2h = self._layers(inputs, states[0], name)
        axis = self._channel_axis
        channels = {} if axis == 1 else {"axis": axis}
        output = gru_step(i2h, h2h, states[0], self._activate, name, **channels)
        return output, [output]
