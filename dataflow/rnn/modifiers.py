"""Cells that change what another cell gives: dropout, zoneout, residual connections."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any

from dataflow import symbol
from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.ndarray import NDArray
from dataflow.rnn.base import BaseRNNCell
from dataflow.rnn.sequences import Outputs, Steps, arrange, join, split
from dataflow.rnn.weights import Arrays, RNNParams
from dataflow.symbol import Symbol


class DropoutCell(BaseRNNCell):
    """Drops a share of its inputs in training; it has no states.

    Parameters
    ----------
    dropout : float
        The share.
    prefix, params
        As in `BaseRNNCell`.
    """

    def __init__(
        self, dropout: float, prefix: str = "dropout_", params: RNNParams | None = None
    ) -> None:
        super().__init__(prefix, params)
        if not isinstance(dropout, Real):
            raise ArgumentTypeError(f"dropout is a share from 0 to 1, not {dropout!r}")
        self.dropout: float = dropout

    @property
    def state_info(self) -> list[dict[str, Any]]:
        """None: it has no states."""
        return []

    def __call__(
        self, inputs: Symbol, states: Sequence[Symbol]
    ) -> tuple[Symbol, Sequence[Symbol]]:
        """Compute one step, as `BaseRNNCell` does."""
        if self.dropout > 0:
            inputs = symbol.Dropout(inputs, p=self.dropout)
        return inputs, states

    def _unroll(
        self,
        length: int,
        inputs: Steps,
        begin_state: Sequence[Any] | None,
        layout: str,
        merge_outputs: bool | None,
    ) -> tuple[Outputs, list[Any]]:
        """Drop from a sequence, all of it at once if it is one symbol."""
        self.reset()
        inputs = arrange(length, inputs, layout, merge_outputs)
        if isinstance(inputs, Symbol):
            return self(inputs, [])[0], []
        return super()._unroll(length, inputs, begin_state, layout, merge_outputs)


class ModifierCell(BaseRNNCell):
    """Base of cells that change what another cell gives, with its weights.

    Parameters
    ----------
    base_cell : BaseRNNCell
        The other cell; it is not to be called itself from now on.
    """

    def __init__(self, base_cell: BaseRNNCell) -> None:
        super().__init__()
        base_cell._modified = True
        self.base_cell = base_cell
        self._cells = [base_cell]

    @property
    def params(self) -> RNNParams:
        """The weights of the cell below."""
        self._own_params = False
        return self.base_cell.params

    @property
    def _steps(self) -> bool:
        return self.base_cell._steps

    @property
    def state_info(self) -> list[dict[str, Any]]:
        """Shapes and layouts of the states of the cell below."""
        return self.base_cell.state_info

    def begin_state(  # type: ignore[override]  # the name is MXNet's
        self, init_sym: Callable[..., Symbol] = symbol.zeros, **kwargs: Any
    ) -> list[Symbol]:
        """Return the first states of the cell below.

        Parameters
        ----------
        init_sym : callable
            What makes a state; `func` is another name of it.
        **kwargs
            What else it takes.
        """
        self._check_unmodified()
        func = kwargs.pop("func", init_sym)
        self.base_cell._modified = False
        try:
            return self.base_cell.begin_state(func=func, **kwargs)
        finally:
            self.base_cell._modified = True

    def unpack_weights(self, args: Arrays) -> dict[str, NDArray]:
        """Divide the weights of the cell below into those of single gates."""
        return self.base_cell.unpack_weights(args)

    def pack_weights(self, args: Arrays) -> dict[str, NDArray]:
        """Join the weights of single gates of the cell below."""
        return self.base_cell.pack_weights(args)


class ZoneoutCell(ModifierCell):
    """Keeps, in training, random elements as they were a step before.

    See Krueger and others, arXiv:1606.01305.

    Parameters
    ----------
    base_cell : BaseRNNCell
        The cell below.
    zoneout_outputs, zoneout_states : float
        Share of the outputs' and of the states' elements that are kept.
    """

    def __init__(
        self,
        base_cell: BaseRNNCell,
        zoneout_outputs: float = 0.0,
        zoneout_states: float = 0.0,
    ) -> None:
        if not base_cell._steps:
            raise ArgumentError(
                f"zoneout works step by step, which {type(base_cell).__name__} does "
                "not; unfuse it, or put a ZoneoutCell around each of its cells"
            )
        super().__init__(base_cell)
        self.zoneout_outputs = zoneout_outputs
        self.zoneout_states = zoneout_states

    def reset(self) -> None:
        """Start another sequence."""
        super().reset()
        self.prev_output: Symbol | None = None

    def __call__(
        self, inputs: Symbol, states: Sequence[Symbol]
    ) -> tuple[Symbol, list[Symbol]]:
        """Compute one step, as `BaseRNNCell` does."""
        output, new_states = self.base_cell(inputs, states)
        before = self.prev_output
        if before is None:
            before = symbol.zeros((0,) * len(self.state_shape[0]))
        output = _zone_out(self.zoneout_outputs, output, before)
        pairs = zip(new_states, states, strict=True)
        new_states = [_zone_out(self.zoneout_states, *pair) for pair in pairs]
        self.prev_output = output
        return output, new_states


def _zone_out(share: float, new: Symbol, old: Symbol) -> Symbol:
    if share == 0:
        return new
    mask = symbol.Dropout(symbol.ones_like(new), p=share)  # zero where `old` is kept
    return symbol.where(mask, new, old)


class ResidualCell(ModifierCell):
    """Adds its input to the output of the cell below, which must be of its size.

    See He and others, arXiv:1512.03385, and Wu and others, arXiv:1609.08144.

    Parameters
    ----------
    base_cell : BaseRNNCell
        The cell below.
    """

    def __init__(self, base_cell: BaseRNNCell) -> None:
        super().__init__(base_cell)

    def __call__(self, inputs: Symbol, states: Sequence[Symbol]) -> tuple[Symbol, Any]:
        """Compute one step, as `BaseRNNCell` does."""
        output, new_states = self.base_cell(inputs, states)
        return _plus_residual(output, inputs), new_states

    def _unroll(
        self,
        length: int,
        inputs: Steps,
        begin_state: Sequence[Any] | None,
        layout: str,
        merge_outputs: bool | None,
    ) -> tuple[Outputs, list[Any]]:
        """Run it over a sequence, as `BaseRNNCell` does."""
        self.reset()
        self.base_cell._modified = False
        try:
            outputs, states = self.base_cell.unroll(
                length, inputs, begin_state, layout, merge_outputs
            )
        finally:
            self.base_cell._modified = True
        if isinstance(outputs, Symbol):
            return _plus_residual(outputs, join(length, inputs, layout)), states
        pairs = zip(outputs, split(length, inputs, layout), strict=True)
        return [_plus_residual(*pair) for pair in pairs], states


def _plus_residual(output: Symbol, inputs: Symbol) -> Symbol:
    return symbol.elemwise_add(output, inputs, name=f"{output.name}_plus_residual")
