"""Cells made of cells: one after the other, or one for each direction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dataflow import symbol
from dataflow.errors import ArgumentError, SteppingError
from dataflow.ndarray import NDArray
from dataflow.rnn.base import BaseRNNCell
from dataflow.rnn.sequences import (
    Outputs,
    Steps,
    concat,
    flatten,
    split,
    time_axis,
)
from dataflow.rnn.weights import Arrays, RNNParams
from dataflow.symbol import Symbol


class _Container(BaseRNNCell):
    """A cell whose states and weights are those of its cells, in order."""

    def __init__(self, prefix: str, params: RNNParams | None) -> None:
        super().__init__(prefix, params)
        self._override_cell_params = params is not None
        self._cells = []

    @property
    def _steps(self) -> bool:
        return all(cell._steps for cell in self._cells)

    def _own(self, cell: BaseRNNCell) -> None:
        """Take a cell in."""
        if self._override_cell_params:
            if not cell._own_params:
                raise ArgumentError(
                    f"params were given to this {type(self).__name__}, and "
                    f"{type(cell).__name__} has its own; give them to the cells only"
                )
            cell.params._params.update(self._params._params)
        self._cells.append(cell)
        self.params._params.update(cell.params._params)

    @property
    def state_info(self) -> list[dict[str, Any]]:
        """Shapes and layouts of the states of all its cells."""
        return [info for cell in self._cells for info in cell.state_info]

    def begin_state(self, **kwargs: Any) -> list[Symbol]:  # type: ignore[override]
        """Return the first states of all its cells.

        Parameters
        ----------
        **kwargs
            What `BaseRNNCell.begin_state` takes.
        """
        self._check_unmodified()
        return [state for cell in self._cells for state in cell.begin_state(**kwargs)]

    def unpack_weights(self, args: Arrays) -> dict[str, NDArray]:
        """Divide the weights of all its cells into those of single gates."""
        for cell in self._cells:
            args = cell.unpack_weights(args)
        return dict(args)

    def pack_weights(self, args: Arrays) -> dict[str, NDArray]:
        """Join the weights of single gates of all its cells."""
        for cell in self._cells:
            args = cell.pack_weights(args)
        return dict(args)

    def _with_states(
        self, states: Sequence[Any] | None
    ) -> Iterator[tuple[BaseRNNCell, list[Symbol]]]:
        """Yield each cell with its own part of the states."""
        every = self.begin_state() if states is None else flatten(states)
        wanted = len(self.state_info)
        if len(every) != wanted:
            raise ArgumentError(
                f"this {type(self).__name__} has {wanted} states; {len(every)} were "
                "given"
            )
        start = 0
        for cell in self._cells:
            stop = start + len(cell.state_info)
            yield cell, every[start:stop]
            start = stop


class SequentialRNNCell(_Container):
    """Cells of which each takes the outputs of the one before.

    Parameters
    ----------
    params : RNNParams, optional
        Weights shared with other cells.
    """

    def __init__(self, params: RNNParams | None = None) -> None:
        super().__init__("", params)

    def add(self, cell: BaseRNNCell) -> None:
        """Put a cell on top.

        Parameters
        ----------
        cell : BaseRNNCell
            The cell.

        Raises
        ------
        ArgumentError
            Both have been given params.
        """
        self._own(cell)

    def __call__(
        self, inputs: Symbol, states: Sequence[Symbol]
    ) -> tuple[Symbol, list[Symbol]]:
        """Compute one step, as `BaseRNNCell` does."""
        self._counter += 1
        new_states: list[Symbol] = []
        for cell, own in self._with_states(states):
            inputs, made = cell(inputs, own)
            new_states += made
        return inputs, new_states

    def _unroll(
        self,
        length: int,
        inputs: Steps,
        begin_state: Sequence[Any] | None,
        layout: str,
        merge_outputs: bool | None,
    ) -> tuple[Outputs, list[Any]]:
        """Run its cells over a sequence, one after the other."""
        self.reset()
        outputs: Any = inputs
        new_states: list[Any] = []
        for cell, own in self._with_states(begin_state):
            merge = merge_outputs if cell is self._cells[-1] else None
            outputs, made = cell.unroll(length, outputs, own, layout, merge)
            new_states += made
        return outputs, new_states


class BidirectionalCell(_Container):
    """Two cells, one of which reads the sequence from its end; it only unrolls.

    Its outputs are those of both, joined in the axis of features. It returns its states
    as two lists, which it also takes.

    Parameters
    ----------
    l_cell, r_cell : BaseRNNCell
        The cell that reads forward, and the one that reads backward.
    params : RNNParams, optional
        Weights shared with other cells.
    output_prefix : str
        Put before the names of the outputs.
    """

    def __init__(
        self,
        l_cell: BaseRNNCell,
        r_cell: BaseRNNCell,
        params: RNNParams | None = None,
        output_prefix: str = "bi_",
    ) -> None:
        super().__init__("", params)
        self._output_prefix = output_prefix
        self._own(l_cell)
        self._own(r_cell)

    @property
    def _steps(self) -> bool:
        return False

    def __call__(self, inputs: Symbol, states: Sequence[Symbol]) -> tuple[Symbol, Any]:
        """Raise SteppingError: it needs the whole sequence."""
        raise SteppingError(
            "a bidirectional cell needs the whole sequence: call unroll"
        )

    def _unroll(
        self,
        length: int,
        inputs: Steps,
        begin_state: Sequence[Any] | None,
        layout: str,
        merge_outputs: bool | None,
    ) -> tuple[Outputs, list[Any]]:
        """Run both cells over a sequence, as `BaseRNNCell` does."""
        self.reset()
        steps = split(length, inputs, layout)
        (l_cell, l_states), (r_cell, r_states) = self._with_states(begin_state)
        forward, l_states = l_cell.unroll(
            length, steps, l_states, layout, merge_outputs
        )
        backward, r_states = r_cell.unroll(
            length, steps[::-1], r_states, layout, merge_outputs
        )
        if isinstance(forward, Symbol) and isinstance(backward, Symbol):
            return self._joined(forward, backward, layout), [l_states, r_states]
        outputs = self._paired(
            _apart(length, forward, layout), _apart(length, backward, layout)
        )
        return outputs, [l_states, r_states]

    def _joined(self, forward: Symbol, backward: Symbol, layout: str) -> Symbol:
        turned = symbol.reverse(backward, axis=time_axis(layout))
        return concat(forward, turned, dim=2, name=f"{self._output_prefix}out")

    def _paired(self, forward: list[Symbol], backward: list[Symbol]) -> list[Symbol]:
        pairs = zip(forward, reversed(backward), strict=True)
        prefix = self._output_prefix
        return [
            concat(*pair, dim=1, name=f"{prefix}t{i}") for i, pair in enumerate(pairs)
        ]


def _apart(length: int, outputs: Outputs, layout: str) -> list[Symbol]:
    """Return what one of two cells gave as a list, which the other gave already."""
    if not isinstance(outputs, Symbol):
        return outputs
    axis = time_axis(layout)
    steps = symbol.SliceChannel(
        outputs, axis=axis, num_outputs=length, squeeze_axis="1"
    )
    return list(steps)
