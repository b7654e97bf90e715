"""The formulas of gated cells, for dense and convolutional ones alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dataflow import symbol
from dataflow.symbol import Symbol

Activate = Callable[..., Symbol]


def lstm_step(
    gates: Symbol, cell: Symbol, activate: Activate, name: str
) -> tuple[Symbol, list[Symbol]]:
    """Return the output and the states of a step of long short-term memory.

    Parameters
    ----------
    gates : Symbol
        What goes into its input gate, forget gate, update and output gate: 4 outputs.
    cell : Symbol
        Its second state.
    activate : callable
        The activation of the update and of the new state.
    name : str
        Prefix of the nodes' names.
    """
    take_in = _sigmoid(gates[0], name=f"{name}i")
    forget = _sigmoid(gates[1], name=f"{name}f")
    update = activate(gates[2], name=f"{name}c")
    give_out = _sigmoid(gates[3], name=f"{name}o")
    kept, added = forget * cell, take_in * update
    cell = symbol.elemwise_add(kept, added, name=f"{name}state")
    output = symbol.elemwise_mul(give_out, activate(cell), name=f"{name}out")
    return output, [output, cell]


def gru_step(
    i2h: Symbol,
    h2h: Symbol,
    state: Symbol,
    activate: Activate,
    name: str,
    **channels: Any,
) -> Symbol:
    """Return the output of a step of a gated recurrent unit, which is its state too.

    Parameters
    ----------
    i2h, h2h : Symbol
        Shares of the input and of the state in reset gate, update gate and new state.
    state : Symbol
        Its state.
    activate, name
        As in `lstm_step`.
    **channels : int
        The ``axis`` of the channels, where it is not 1.
    """
    names = (f"{name}_i2h_slice", f"{name}_h2h_slice")
    slice_ = symbol.SliceChannel
    i2h_r, i2h_z, i2h_h = slice_(i2h, num_outputs=3, name=names[0], **channels)
    h2h_r, h2h_z, h2h_h = slice_(h2h, num_outputs=3, name=names[1], **channels)
    reset = _sigmoid(i2h_r + h2h_r, name=f"{name}_r_act")
    update = _sigmoid(i2h_z + h2h_z, name=f"{name}_z_act")
    new = activate(i2h_h + reset * h2h_h, name=f"{name}_h_act")
    added, kept = (1.0 - update) * new, update * state
    return symbol.elemwise_add(added, kept, name=f"{name}out")


def _sigmoid(inputs: Symbol, **kwargs: Any) -> Symbol:
    return symbol.Activation(inputs, act_type="sigmoid", **kwargs)
