"""Updater: an optimizer, and the states of the parameters that it updates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from dataflow.context import Context
from dataflow.ndarray import NDArray
from dataflow.optimizer import saving
from dataflow.optimizer.momentum import as_lists
from dataflow.optimizer.optimizer import Optimizer, State
from dataflow.optimizer.rates import Index


class Updater:
    """Updates parameters by their indices, and keeps their states.

    Parameters
    ----------
    optimizer : Optimizer
        What updates them.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = optimizer
        self.states: dict[Index, State] = {}
        self.states_synced: dict[Index, bool] = {}
        self.aggregate_updates = optimizer.aggregate_num > 0

    def __call__(self, index: Any, grad: Any, weight: Any) -> None:
        """Update a parameter, or each of several given as lists.

        Parameters
        ----------
        index : int, str, or list of such
            Which.
        grad, weight : NDArray, or list of NDArray
            Gradients and parameters, on one device.

        Raises
        ------
        ArgumentError, ArgumentTypeError
            The counts or a shape do not fit; something is no array.
        """
        indices, weights, grads, _ = as_lists(index, weight, grad, index)
        if not weights:
            return
        indices = [i.decode() if isinstance(i, bytes) else i for i in indices]
        self.optimizer._set_current_context(weights[0].context.device_id)
        for i, w in zip(indices, weights, strict=True):
            self._prepare(i, w)
        groups = zip(indices, weights, grads, strict=True)
        update = self.optimizer.update_multi_precision
        if not self.aggregate_updates:
            for i, w, g in groups:
                update(i, w, g, self.states[i])
            return
        for group in self._groups(groups):
            indices, weights, grads = map(list, zip(*group, strict=True))
            update(indices, weights, grads, [self.states[i] for i in indices])

    def _prepare(self, index: Index, weight: NDArray) -> None:
        """Make the state of a parameter, or bring it to where the parameter lies."""
        if index not in self.states:
            state = self.optimizer.create_state_multi_precision(index, weight)
        elif not self.states_synced[index]:
            state = self.sync_state_context(self.states[index], weight.context)
        else:
            return
        self.states[index] = state
        self.states_synced[index] = True

    def _groups(
        self, given: Iterable[tuple[Index, NDArray, NDArray]]
    ) -> list[Sequence[tuple[Index, NDArray, NDArray]]]:
        """Put parameters alike together, as many as the optimizer takes."""
        alike: dict[Any, list[tuple[Index, NDArray, NDArray]]] = {}
        for group in given:
            weight = group[1]
            alike.setdefault((weight.dtype, weight.context), []).append(group)
        least, elements = self.optimizer.aggregate_num, self.optimizer._joined()
        return [
            part
            for groups in alike.values()
            for part in _parts(groups, least, elements)
        ]

    def sync_state_context(self, state: State, context: Context) -> State:
        """Return a state with all its arrays on `context`."""
        if isinstance(state, NDArray):
            return state.as_in_context(context)
        if isinstance(state, tuple | list):
            return type(state)(self.sync_state_context(s, context) for s in state)
        return state

    def get_states(self, dump_optimizer: bool = False) -> bytes:
        """Return the states as bytes; waits for them.

        The form is dataflow's own, not MXNet's pickle; see `dataflow.optimizer.saving`.

        Parameters
        ----------
        dump_optimizer : bool
            Save the optimizer, too: its settings, its scheduler, its counts.

        Raises
        ------
        ArgumentError, ArgumentTypeError
            Something in them cannot be saved.
        """
        optimizer = self.optimizer if dump_optimizer else None
        return saving.dumps(self.states, optimizer)

    def save_states(self, fname: Any, dump_optimizer: bool = False) -> None:
        """Save to a file what `get_states` returns.

        Parameters
        ----------
        fname : str or path
            A path or URL.
        dump_optimizer : bool
            As in `get_states`.

        Raises
        ------
        ArgumentError, ArgumentTypeError
            As in `get_states`.
        FileError
            The file cannot be written; the old one is as it was.
        """
        saving.save(fname, self.states, self.optimizer if dump_optimizer else None)

    def set_states(self, states: bytes) -> None:
        """Take over saved states, and the optimizer if one was saved with them.

        Arrays move to where their parameters lie when those are updated. Pickles, such
        as MXNet saves, are refused: loading one can run any code.

        Parameters
        ----------
        states : bytes
            What `get_states` returned.

        Raises
        ------
        FormatError
            They are malformed, or a pickle. Nothing is changed then.
        """
        loaded, optimizer = saving.loads(states)
        self.states = loaded
        self.states_synced = dict.fromkeys(loaded, False)
        if optimizer is not None:
            self.optimizer = optimizer
            self.aggregate_updates = optimizer.aggregate_num > 0


def _parts(
    groups: Sequence[tuple[Index, NDArray, NDArray]], least: int, elements: int
) -> Iterator[Sequence[tuple[Index, NDArray, NDArray]]]:
    """Divide into parts of so many parameters, or of more with so many elements."""
    start = total = 0
    for end, (_, weight, _) in enumerate(groups, 1):
        total += weight.size
        if end == len(groups) or (end - start >= least and total >= elements):
            yield groups[start:end]
            start, total = end, 0


def get_updater(optimizer: Optimizer) -> Updater:
    """Return an updater of this optimizer."""
    return Updater(optimizer)
