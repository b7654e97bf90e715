"""What updates the parameters of a module: an optimizer and, perhaps, a kvstore."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dataflow import optimizer as optimizers
from dataflow.errors import UsageError
from dataflow.kvstore import KVStore
from dataflow.model import (
    _create_kvstore,
    _initialize_kvstore,
    _update_params,
    _update_params_on_kvstore,
)
from dataflow.module import progress
from dataflow.module.executor_group import DataParallelExecutorGroup
from dataflow.ndarray import NDArray
from dataflow.optimizer import Optimizer, Updater, get_updater
from dataflow.serialization.files import reading


@dataclass
class Updating:
    """An optimizer, and who calls it: a kvstore or an updater.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer.
    kvstore : KVStore, optional
        What sums the gradients of several contexts.
    on_kvstore : bool
        Whether the kvstore updates, too.
    names : list of str
        Parameters in the order of their indices.
    updater : Updater, optional
        What updates if the kvstore does not.
    at_first : dict
        The optimizer's numbers when it was made.
    """

    optimizer: Optimizer
    kvstore: Any
    on_kvstore: bool
    names: list[str]
    updater: Updater | None
    at_first: progress.Numbers = field(default_factory=dict)

    def update(self, group: DataParallelExecutorGroup) -> None:
        """Update the parameters of all contexts."""
        params, grads = group.aligned(self.names)
        if self.updater is None:
            _update_params_on_kvstore(params, grads, self.kvstore, self.names)
        else:
            _update_params(
                params,
                grads,
                updater=self.updater,
                num_device=len(group.contexts),
                kvstore=self.kvstore,
                param_names=self.names,
            )

    def take(self, arg_params: Mapping[str, NDArray]) -> None:
        """Go on from these parameters, also where the kvstore has copies of them."""
        if not (self.on_kvstore and isinstance(self.kvstore, KVStore)):
            return
        given = [name for name in self.names if name in arg_params]
        if given:
            self.kvstore.assign(given, [arg_params[name] for name in given])

    def save(self, fname: Any) -> None:
        """Save the states, and beside them how far the training has come."""
        if self.updater is None:
            self.kvstore.save_optimizer_states(fname)
        else:
            self.updater.save_states(fname)
        progress.save(fname, self.optimizer, self.at_first)

    def load(self, fname: Any) -> None:
        """Take over what `save` saved."""
        if self.updater is None:
            self.kvstore.load_optimizer_states(fname)
        else:
            with reading(fname) as stream:
                self.updater.set_states(stream.read())
        progress.restore(fname, self.optimizer)


def create(
    group: DataParallelExecutorGroup,
    arg_params: Mapping[str, NDArray],
    kvstore: Any,
    optimizer: Any,
    optimizer_params: Any,
    compression_params: Mapping[str, Any] | None,
) -> Updating:
    """Make what updates the parameters of a group; see `Module.init_optimizer`.

    Raises
    ------
    UsageError
        The optimizer is neither one nor the name of one.
    """
    names, count = group.param_names, len(group.contexts)
    store: Any
    store, on_kvstore = _create_kvstore(kvstore, count, arg_params)
    made = _optimizer(
        optimizer,
        optimizer_params,
        group,
        rescale_grad=1.0 / _samples(group, store),
        idx2name=_indices(names, 1 if on_kvstore else count),
    )
    if store is not None:
        if compression_params:
            store.set_gradient_compression(compression_params)
        if on_kvstore:
            store.set_optimizer(made)
        _initialize_kvstore(
            kvstore=store,
            param_arrays=group.param_arrays,
            arg_params=arg_params,
            param_names=names,
            update_on_kvstore=on_kvstore,
        )
    updater = None if on_kvstore else get_updater(made)
    at_first = progress.numbers(made)
    return Updating(made, store, on_kvstore, names, updater, at_first)


def _samples(group: DataParallelExecutorGroup, store: Any) -> int:
    """Count the samples behind the gradients of one update."""
    if store is not None and "dist" in store.type and "_sync" in store.type:
        return group.batch_size * int(store.num_workers)
    return group.batch_size


def _indices(names: Sequence[str], count: int) -> dict[int | str, str]:
    """Return the names of parameters by index; each context has one of its own."""
    return {
        number * count + context: name
        for number, name in enumerate(names)
        for context in range(count)
    }


def _optimizer(
    given: Any,
    params: Any,
    group: DataParallelExecutorGroup,
    rescale_grad: float,
    idx2name: dict[int | str, str],
) -> Optimizer:
    if isinstance(given, str):
        settings = {"rescale_grad": rescale_grad, **dict(params)}
        symbol = group.symbol
        return optimizers.create(given, sym=symbol, param_idx2name=idx2name, **settings)
    if not isinstance(given, Optimizer):
        raise UsageError(f"optimizer is an Optimizer or the name of one, not {given!r}")
    if given.rescale_grad != rescale_grad:
        warnings.warn(
            f"this optimizer multiplies gradients by rescale_grad={given.rescale_grad};"
            f" 1 by the size of a batch would be {rescale_grad}. Is that intended?",
            stacklevel=4,
        )
    if not given.idx2name:
        given.idx2name = idx2name
    return given
