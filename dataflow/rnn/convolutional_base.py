"""BaseConvRNNCell: gates that are convolutions, of states that are pictures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from dataflow import symbol
from dataflow.errors import ArgumentError
from dataflow.rnn.base import Activation, BaseRNNCell
from dataflow.rnn.weights import RNNParams
from dataflow.symbol import Symbol

Size = tuple[int, ...]


class BaseConvRNNCell(BaseRNNCell):
    """Base of recurrent cells whose gates are convolutions of input and state.

    Parameters
    ----------
    input_shape : tuple of int
        Shape of a step's input, batch included.
    num_hidden : int
        Channels of a state.
    h2h_kernel, h2h_dilate : tuple of int
        Kernel (of odd sizes) and dilation of the convolution of the state; it is padded
        so that the state keeps its size.
    i2h_kernel, i2h_stride, i2h_pad, i2h_dilate : tuple of int
        What the convolution of the input takes.
    i2h_weight_initializer, h2h_weight_initializer : Initializer or str or None
        What the weights are initialized with; the global initializer if None.
    i2h_bias_initializer, h2h_bias_initializer : Initializer or str or None
        The same for the biases.
    activation : str or callable
        Name of an activation, or a function on symbols.
    prefix, params
        As in `BaseRNNCell`.
    conv_layout : str
        Axes of inputs and states: ``"NCHW"``, ``"NHWC"`` and so on.
    """

    def __init__(
        self,
        input_shape: Sequence[int],
        num_hidden: int,
        h2h_kernel: Size,
        h2h_dilate: Size,
        i2h_kernel: Size,
        i2h_stride: Size,
        i2h_pad: Size,
        i2h_dilate: Size,
        i2h_weight_initializer: Any,
        h2h_weight_initializer: Any,
        i2h_bias_initializer: Any,
        h2h_bias_initializer: Any,
        activation: Activation,
        prefix: str = "",
        params: RNNParams | None = None,
        conv_layout: str = "NCHW",
    ) -> None:
        super().__init__(prefix, params)
        self._num_hidden = num_hidden
        self._activation = activation
        self._conv_layout = conv_layout
        self._i2h: dict[str, Any] = {
            "kernel": i2h_kernel,
            "stride": i2h_stride,
            "pad": i2h_pad,
            "dilate": i2h_dilate,
            "layout": conv_layout,
        }
        self._h2h: dict[str, Any] = {
            "kernel": h2h_kernel,
            "stride": (1,) * len(h2h_kernel),
            "pad": _keeping(h2h_kernel, h2h_dilate),
            "dilate": h2h_dilate,
            "layout": conv_layout,
        }
        self._state_shape = self._infer_state(input_shape)
        self._iW = self.params.get("i2h_weight", init=i2h_weight_initializer)
        self._hW = self.params.get("h2h_weight", init=h2h_weight_initializer)
        self._iB = self.params.get("i2h_bias", init=i2h_bias_initializer)
        self._hB = self.params.get("h2h_bias", init=h2h_bias_initializer)

    def _infer_state(self, input_shape: Sequence[int]) -> Size:
        """Return the shape of what the input's convolution gives, for any batch."""
        data = symbol.Variable("data")
        state = symbol.Convolution(data, num_filter=self._num_hidden, **self._i2h)
        known = (1, *input_shape[1:])
        shapes = state.infer_shape(data=known)[1]
        if shapes is None or shapes[0] is None:
            raise ArgumentError(
                f"input_shape {tuple(input_shape)} has unknown sizes other than the "
                "batch; a state's size follows from them, so give them all"
            )
        return (0, *shapes[0][1:])

    @property
    def state_info(self) -> list[dict[str, Any]]:
        """Shape and layout of its state."""
        return [{"shape": self._state_shape, "__layout__": self._conv_layout}]

    def _layers(
        self, inputs: Symbol, state: Symbol, name: str
    ) -> tuple[Symbol, Symbol]:
        """Return the gates' shares of the input and of the state."""
        channels = self._num_hidden * self._num_gates
        weights = (self._iW, self._iB), (self._hW, self._hB)
        convolve = partial(symbol.Convolution, num_filter=channels)
        i2h = convolve(inputs, *weights[0], name=f"{name}i2h", **self._i2h)
        h2h = convolve(state, *weights[1], name=f"{name}h2h", **self._h2h)
        return i2h, h2h

    def _activate(self, inputs: Symbol, **kwargs: Any) -> Symbol:
        return self._get_activation(inputs, self._activation, **kwargs)

    @property
    def _channel_axis(self) -> int:
        return self._conv_layout.find("C")


def _keeping(kernel: Size, dilate: Size) -> Size:
    """Return the padding of a convolution that keeps the size of what it is given."""
    if any(size % 2 == 0 for size in kernel):
        raise ArgumentError(
            f"h2h_kernel has odd sizes, so that a state keeps its size; not {kernel}"
        )
    if len(kernel) != len(dilate):
        raise ArgumentError(
            f"h2h_kernel {kernel} and h2h_dilate {dilate} have one number for each "
            "axis of the picture"
        )
    return tuple(d * (k - 1) // 2 for k, d in zip(kernel, dilate, strict=True))
