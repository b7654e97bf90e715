"""Stores by their names."""

from __future__ import annotations

from dataflow.errors import ArgumentTypeError, UnknownNameError
from dataflow.kvstore.base import KVStoreBase
from dataflow.kvstore.kvstore import KVStore
from dataflow_ops.errors import suggestion

_TYPES = (
    *("local", "local_update_cpu", "local_allreduce_cpu"),
    *("device", "local_allreduce_device"),
)


def create(name: str = "local") -> KVStoreBase:
    """Return a new store.

    Parameters
    ----------
    name : str
        ``"local"``: sums and updates are on ``cpu(0)`` (also ``local_update_cpu`` and
        ``local_allreduce_cpu``). ``"device"``: they are spread over the devices that
        push (also ``local_allreduce_device``). Or the name of a registered class.

    Raises
    ------
    ArgumentTypeError, UnknownNameError
        It is no string; there is no such store.
    """
    if not isinstance(name, str):
        raise ArgumentTypeError(f"a store is created by its name, not {name!r}")
    kind = name.lower()
    registered = KVStoreBase.kv_registry
    if kind in registered:
        return registered[kind]()
    if kind in _TYPES:
        return KVStore(kind)
    if kind.startswith("dist"):
        raise UnknownNameError(
            f"'{name}' joins several machines, which is not possible yet; 'local' and "
            "'device' join the devices of this one"
        )
    known = (*_TYPES, *registered)
    hint = suggestion(kind, known) or f"use one of {', '.join(known)}"
    raise UnknownNameError(f"there is no store '{name}'; {hint}")
