"""How gradients reach parameters: through a store that updates, or past it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

from dataflow import kvstore as kvs
from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.kvstore import KVStoreBase
from dataflow.ndarray import NDArray

# For each parameter an array on each device.
Arrays = Sequence[Sequence[NDArray]]
Gradients = Sequence[Sequence[NDArray | None]]

# Sums of larger parameters stay on the host, and their updates on the devices.
LARGE = 16 * 1024 * 1024


def _create_kvstore(
    kvstore: KVStoreBase | str | None,
    num_device: int,
    arg_params: Mapping[str, NDArray],
) -> tuple[KVStoreBase | None, bool]:
    """Return the store to train with, and whether it shall update the parameters.

    Parameters
    ----------
    kvstore : KVStore or str, optional
        A store, or the type of one. One device needs none.
    num_device : int
        Count of devices.
    arg_params : mapping
        The parameters. If one of them is very large, a ``local`` store does not update.

    Returns
    -------
    tuple
        The store, if one is needed, and a boolean. The environment variable
        ``MXNET_UPDATE_ON_KVSTORE=0`` keeps all stores from updating.

    Raises
    ------
    ArgumentTypeError, UnknownNameError
        It is no store; there is none of this type.
    """
    wanted = _update_on_kvstore()
    if kvstore is None or isinstance(kvstore, KVStoreBase):
        store = kvstore
    elif not isinstance(kvstore, str):
        raise ArgumentTypeError(
            f"kvstore is a KVStore, the type of one or None, not {kvstore!r}"
        )
    elif num_device == 1 and "dist" not in kvstore:
        store = None
    else:
        store = kvs.create(kvstore)
        sizes = [prod(array.shape) for array in arg_params.values()]
        if kvstore == "local" and max(sizes, default=0) > LARGE:
            wanted = False
    if store is None:
        return None, False
    return store, wanted and store.is_capable(KVStoreBase.OPTIMIZER)


def _update_on_kvstore() -> bool:
    given = os.environ.get("MXNET_UPDATE_ON_KVSTORE", "1")
    try:
        return bool(int(given))
    except ValueError:
        raise ArgumentError(
            f"MXNET_UPDATE_ON_KVSTORE must be 0 or 1, not {given!r}"
        ) from None


def _initialize_kvstore(
    kvstore: KVStoreBase,
    param_arrays: Arrays,
    arg_params: Mapping[str, NDArray],
    param_names: Sequence[str],
    update_on_kvstore: bool,
) -> None:
    """Store the parameters; where the store updates, hand them out, too.

    Parameters
    ----------
    kvstore : KVStore
        The store.
    param_arrays : list of list of NDArray
        For each parameter the arrays of all devices.
    arg_params : mapping
        Values by name.
    param_names : list of str
        The parameters' names.
    update_on_kvstore : bool
        Whether the store updates.
    """
    for name, arrays in zip(param_names, param_arrays, strict=True):
        if update_on_kvstore:
            kvstore.broadcast(name, arg_params[name], out=arrays)
        else:
            kvstore.init(name, arg_params[name])  # type: ignore[attr-defined]


def _update_params_on_kvstore(
    param_arrays: Arrays,
    grad_arrays: Gradients,
    kvstore: KVStoreBase,
    param_names: Sequence[str],
) -> None:
    """Give all gradients to a store that updates, and take the parameters from it.

    Parameters
    ----------
    param_arrays, grad_arrays : list of list of NDArray
        For each parameter the arrays and gradients of all devices; None for the
        gradient of one that is not trained.
    kvstore : KVStore
        The store.
    param_names : list of str
        The parameters' names.
    """
    for index, (arrays, grads) in enumerate(
        zip(param_arrays, grad_arrays, strict=True)
    ):
        if grads[0] is not None:
            # The next step needs the first layers first.
            kvstore.pushpull(param_names[index], grads, out=arrays, priority=-index)


def _update_params(
    param_arrays: Arrays,
    grad_arrays: Gradients,
    updater: Callable[[Any, Any, Any], Any],
    num_device: int,
    kvstore: KVStoreBase | None = None,
    param_names: Sequence[str] | None = None,
) -> None:
    """Update the parameters of each device, by gradients that a store has summed.

    Parameters
    ----------
    param_arrays, grad_arrays
        As in `_update_params_on_kvstore`.
    updater : callable
        Takes the indices, gradients and parameters of one device. An index is that of
        the parameter times `num_device` plus that of the device.
    num_device : int
        Count of devices.
    kvstore : KVStore, optional
        Sums the gradients of all devices.
    param_names : list of str, optional
        The parameters' names, for the store.
    """
    updates: list[list[tuple[int, NDArray, NDArray]]] = [[] for _ in range(num_device)]
    for index, (arrays, grads) in enumerate(
        zip(param_arrays, grad_arrays, strict=True)
    ):
        if grads[0] is None:
            continue
        if kvstore is not None:
            name = index if param_names is None else param_names[index]
            kvstore.pushpull(name, grads, priority=-index)
        for device, (array, grad) in enumerate(zip(arrays, grads, strict=True)):
            assert grad is not None
            updates[device].append((index * num_device + device, grad, array))
    for update in updates:
        if update:
            updater(*zip(*update, strict=True))
