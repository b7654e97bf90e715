"""Sequences of symbols: one symbol for all steps, or a list with one for each."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from dataflow import symbol
from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.symbol import Symbol

Steps = Symbol | Sequence[Symbol]
Outputs = Symbol | list[Symbol]

concat: Callable[..., Symbol] = symbol.Concat  # counts its arguments itself


def time_axis(layout: str) -> int:
    """Return where time stands in a layout such as ``"NTC"``."""
    if "T" not in layout:
        raise ArgumentError(
            f"layout {layout!r} names no axis of time; use 'NTC' or 'TNC'"
        )
    return layout.find("T")


def split(length: int, inputs: Steps, layout: str) -> list[Symbol]:
    """Return a symbol for each step."""
    axis = time_axis(layout)
    _check(length, inputs)
    if not isinstance(inputs, Symbol):
        return list(inputs)
    return list(symbol.split(inputs, axis=axis, num_outputs=length, squeeze_axis="1"))


def join(length: int, inputs: Steps, layout: str) -> Symbol:
    """Return one symbol for all steps."""
    axis = time_axis(layout)
    _check(length, inputs)
    if isinstance(inputs, Symbol):
        return inputs
    steps = [symbol.expand_dims(step, axis=axis) for step in inputs]
    return concat(*steps, dim=axis)


def arrange(
    length: int, outputs: Steps, layout: str, merge_outputs: bool | None
) -> Outputs:
    """Return outputs joined, as a list, or (None) as they are."""
    if merge_outputs is None:
        return outputs if isinstance(outputs, Symbol) else list(outputs)
    return (join if merge_outputs else split)(length, outputs, layout)


def flatten(states: Sequence[Any]) -> list[Symbol]:
    """Return states as one list; a bidirectional cell returns a list for each way."""
    nested = [flatten(s) if isinstance(s, list | tuple) else [s] for s in states]
    return [state for part in nested for state in part]


def _check(length: int, inputs: Steps) -> None:
    if isinstance(inputs, Symbol):
        if len(inputs) != 1:
            raise ArgumentError(
                f"{inputs!r} has {len(inputs)} outputs; give a symbol with one, to be "
                "split into steps, or the steps as a list: list(inputs)"
            )
        return
    for step in inputs:
        if not isinstance(step, Symbol):
            raise ArgumentTypeError(f"every step is a symbol, not {step!r}")
    if len(inputs) != length:
        raise ArgumentError(
            f"unrolling over {length} steps takes as many inputs; "
            f"{len(inputs)} were given"
        )


def rnn_unroll(
    cell: Any,
    length: int,
    inputs: Steps | None = None,
    begin_state: Sequence[Any] | None = None,
    input_prefix: str = "",
    layout: str = "NTC",
) -> tuple[Outputs, list[Any]]:
    """Unroll a cell; deprecated, call ``cell.unroll`` instead.

    Parameters
    ----------
    cell : BaseRNNCell
        What to unroll.
    length, inputs, begin_state, layout
        As in `BaseRNNCell.unroll`; without inputs, variables are made for them, named
        ``t0_data`` and so on.
    input_prefix : str
        Put before the names of those variables.
    """
    warnings.warn("rnn_unroll is deprecated; call cell.unroll directly", stacklevel=2)
    if inputs is None:
        names = (f"{input_prefix}t{step}_data" for step in range(length))
        inputs = [symbol.Variable(name) for name in names]
    result: tuple[Outputs, list[Any]] = cell.unroll(
        length, inputs, begin_state=begin_state, layout=layout
    )
    return result
