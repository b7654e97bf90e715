"""KVStoreBase: what training asks of a store, and the registry of further stores."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar, TypeVar

from dataflow.errors import ArgumentTypeError
from dataflow.optimizer import Optimizer

# Outside of the class, where `type` is a property.
Registry = dict[str, "type[KVStoreBase]"]
Klass = TypeVar("Klass", bound="type[KVStoreBase]")


class KVStoreBase:
    """Base of stores; derive from it to communicate in a way of your own.

    Training calls `broadcast` once for every parameter, then `pushpull` in every step.
    A store that is capable of `OPTIMIZER` is given the optimizer and updates the
    parameters itself.
    """

    OPTIMIZER: ClassVar[str] = "optimizer"
    kv_registry: ClassVar[Registry] = {}

    def broadcast(self, key: Any, value: Any, out: Any, priority: int = 0) -> None:
        """Store values for the first time, and copy them to arrays."""
        raise self._undefined("broadcast")

    def pushpull(
        self, key: Any, value: Any, out: Any = None, priority: int = 0
    ) -> None:
        """Sum what devices give, and return the result (or new parameters) to them."""
        raise self._undefined("pushpull")

    def set_optimizer(self, optimizer: Optimizer) -> None:
        """Let the store update what it holds by an optimizer."""
        raise self._undefined("set_optimizer")

    @staticmethod
    def is_capable(capability: str) -> bool:
        """Tell whether it can do something, such as update (`OPTIMIZER`)."""
        raise NotImplementedError("this store must define is_capable")

    def save_optimizer_states(self, fname: Any, dump_optimizer: bool = False) -> None:
        """Save the states of the optimizer."""
        raise self._undefined("save_optimizer_states")

    def load_optimizer_states(self, fname: Any) -> None:
        """Load the states of the optimizer."""
        raise self._undefined("load_optimizer_states")

    @property
    def type(self) -> str:
        """The name by which it was created."""
        raise self._undefined("type")

    @property
    def rank(self) -> int:
        """Number of this process among those that share the store."""
        raise self._undefined("rank")

    @property
    def num_workers(self) -> int:
        """Count of processes that share the store."""
        raise self._undefined("num_workers")

    def _undefined(self, method: str) -> NotImplementedError:
        name = self.__class__.__name__
        return NotImplementedError(f"{name} must define {method}")

    @staticmethod
    def register(klass: Klass) -> Klass:
        """Enter a store under its class's name, for `create`; a decorator."""
        if not (isinstance(klass, type) and issubclass(klass, KVStoreBase)):
            raise ArgumentTypeError(
                "only classes derived from KVStoreBase can be registered as stores, "
                f"not {klass!r}"
            )
        name = klass.__name__.lower()
        old = KVStoreBase.kv_registry.get(name)
        if old is not None:
            warnings.warn(
                f"store '{name}' was {old.__module__}.{old.__name__} and is now "
                f"{klass.__module__}.{klass.__name__}",
                stacklevel=2,
            )
        KVStoreBase.kv_registry[name] = klass
        return klass
