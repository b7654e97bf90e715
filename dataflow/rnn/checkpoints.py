"""Checkpoints of recurrent networks, whose weights are saved gate by gate."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dataflow.model import load_checkpoint, save_checkpoint
from dataflow.ndarray import NDArray
from dataflow.rnn.base import BaseRNNCell
from dataflow.rnn.weights import Arrays
from dataflow.serialization.background import in_background
from dataflow.symbol import Symbol

Cells = BaseRNNCell | Sequence[BaseRNNCell]


def save_rnn_checkpoint(
    cells: Cells,
    prefix: str,
    epoch: int,
    symbol: Symbol,
    arg_params: Arrays,
    aux_params: Arrays,
) -> None:
    """Save a network, with the cells' weights divided into those of single gates.

    A network of fused cells can thus be loaded into one of their unfused cells, and the
    other way round.

    Parameters
    ----------
    cells : BaseRNNCell or sequence of BaseRNNCell
        The cells of the network.
    prefix : str
        What the names of the files begin with.
    epoch : int
        Number of the checkpoint.
    symbol : Symbol
        The network.
    arg_params, aux_params : mapping
        Its parameters and auxiliary states, by name.

    Raises
    ------
    UnknownNameError
        A weight of a cell is missing.
    """
    for cell in _listed(cells):
        arg_params = cell.unpack_weights(arg_params)
    save_checkpoint(prefix, epoch, symbol, arg_params, aux_params)


def load_rnn_checkpoint(
    cells: Cells, prefix: str, epoch: int
) -> tuple[Symbol, dict[str, NDArray], dict[str, NDArray]]:
    """Load what `save_rnn_checkpoint` saved, and pack the cells' weights.

    Parameters
    ----------
    cells, prefix, epoch
        As in `save_rnn_checkpoint`.

    Returns
    -------
    symbol : Symbol
        The network.
    arg_params, aux_params : dict
        Its parameters and auxiliary states, by name.
    """
    sym, arg, aux = load_checkpoint(prefix, epoch)
    for cell in _listed(cells):
        arg = cell.pack_weights(arg)
    return sym, arg, aux


def do_rnn_checkpoint(
    cells: Cells, prefix: str, period: int = 1
) -> Callable[[int, Symbol, Arrays, Arrays], None]:
    """Return a callback that saves after every so many epochs.

    The training goes on meanwhile, as with `mx.callback.do_checkpoint`.

    Parameters
    ----------
    cells, prefix
        As in `save_rnn_checkpoint`.
    period : int
        The number of epochs; at least 1.
    """
    period = max(1, int(period))

    def callback(iter_no: int, sym: Symbol, arg: Arrays, aux: Arrays) -> None:
        if (iter_no + 1) % period == 0:
            with in_background():
                save_rnn_checkpoint(cells, prefix, iter_no + 1, sym, arg, aux)

    return callback


def _listed(cells: Cells) -> Sequence[BaseRNNCell]:
    return [cells] if isinstance(cells, BaseRNNCell) else cells
