"""Optimizer: what all of them share, and their registry."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar

import numpy as np

from dataflow import ndarray as nd
from dataflow.errors import (
    ArgumentError,
    ArgumentTypeError,
    UnknownNameError,
)
from dataflow.lr_scheduler import LRScheduler
from dataflow.ndarray import NDArray
from dataflow.optimizer.rates import Index, Rates
from dataflow.symbol import Symbol
from dataflow_ops.errors import suggestion

State = Any
Klass = TypeVar("Klass", bound="type[Optimizer]")


class Optimizer(Rates):
    """Base of optimizers.

    Derived classes define `create_state` and `update`. In `update` they call
    `_update_count(index)` and then ask for `_get_lr(index)` and `_get_wd(index)`.

    Parameters
    ----------
    rescale_grad : float
        Factor of the gradients, such as 1 by the size of a batch.
    param_idx2name : dict, optional
        The parameters' names by index.
    wd : float
        Weight decay.
    clip_gradient : float, optional
        Bound of the gradients' elements on both sides.
    learning_rate : float, optional
        By default what the scheduler begins with, or 0.01 without one.
    lr_scheduler : LRScheduler, optional
        Gives the learning rate by the count of updates; `learning_rate` overrides its
        `base_lr`.
    sym : Symbol, optional
        Where ``lr_mult`` and ``wd_mult`` of the parameters' variables are found.
    begin_num_update : int
        Count of updates to begin with.
    multi_precision : bool
        Keep a float32 copy of float16 weights, and update that.
    param_dict : dict, optional
        Objects with ``lr_mult`` and ``wd_mult`` by index, which come before all others.

    Raises
    ------
    ArgumentTypeError
        `param_idx2name` is no dict.
    """

    opt_registry: ClassVar[dict[str, type[Optimizer]]] = {}

    def __init__(
        self,
        rescale_grad: float = 1.0,
        param_idx2name: Mapping[Index, str] | None = None,
        wd: float = 0.0,
        clip_gradient: float | None = None,
        learning_rate: float | None = None,
        lr_scheduler: LRScheduler | None = None,
        sym: Symbol | None = None,
        begin_num_update: int = 0,
        multi_precision: bool = False,
        param_dict: Mapping[Index, Any] | None = None,
    ) -> None:
        super().__init__(
            learning_rate,
            lr_scheduler,
            wd,
            sym=sym,
            names=param_idx2name,
            begin_num_update=begin_num_update,
            param_dict=param_dict,
        )
        self.rescale_grad = rescale_grad
        self.clip_gradient = clip_gradient
        self.multi_precision = multi_precision
        self.aggregate_num = 0

    # The registry

    @staticmethod
    def register(klass: Klass) -> Klass:
        """Enter an optimizer under its class's name; a decorator."""
        if not isinstance(klass, type):
            raise ArgumentTypeError(f"only classes can be registered, not {klass!r}")
        name = klass.__name__.lower()
        old = Optimizer.opt_registry.get(name)
        if old not in (None, klass):
            warnings.warn(
                f"optimizer '{name}' was {old.__module__}.{old.__name__} and is now "
                f"{klass.__module__}.{klass.__name__}",
                stacklevel=2,
            )
        Optimizer.opt_registry[name] = klass
        return klass

    @staticmethod
    def create_optimizer(name: str, **kwargs: Any) -> Optimizer:
        """Return a new optimizer.

        Parameters
        ----------
        name : str
            Name of a registered class, in any case.
        **kwargs
            Arguments of the class.

        Raises
        ------
        UnknownNameError, ArgumentTypeError
            There is no optimizer of that name; it is no string.
        """
        return find(name)(**kwargs)

    # Updates

    def create_state(self, index: Index, weight: NDArray) -> State:
        """Return what must be remembered of a parameter from update to update.

        Parameters
        ----------
        index : int or str
            Of the parameter.
        weight : NDArray
            The parameter.

        Returns
        -------
        NDArray, or nested tuples or lists of such; or None
        """
        del index, weight

    def create_state_multi_precision(self, index: Index, weight: NDArray) -> State:
        """Return `create_state`, behind a precise copy of the weight if one is kept."""
        if self._is_mixed(weight):
            precise = weight.astype(np.float32)
            return precise, self.create_state(index, precise)
        self._warn_if_narrow(weight)
        return self.create_state(index, weight)

    def update(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
        """Update a parameter; for derived classes to define.

        Parameters
        ----------
        index : int or str
            Of the parameter.
        weight : NDArray
            The parameter.
        grad : NDArray
            Its gradient.
        state : object
            What `create_state` returned.
        """
        raise NotImplementedError(f"{type(self).__name__} must define update")

    def update_multi_precision(
        self, index: Any, weight: Any, grad: Any, state: Any
    ) -> None:
        """Update a parameter, by its precise copy if one is kept; see `update`."""
        if not self._is_mixed(weight):
            self.update(index, weight, grad, state)
            return
        precise, inner = state
        self.update(index, precise, grad.astype(np.float32), inner)
        nd.cast(precise, dtype=weight.dtype, out=weight)

    def _is_mixed(self, weight: NDArray | Sequence[NDArray]) -> bool:
        """Tell whether a precise copy of a weight (or list of them) is kept."""
        first = weight if isinstance(weight, NDArray) else weight[0]
        return self.multi_precision and first.dtype == np.float16

    def _warn_if_narrow(self, weight: NDArray) -> None:
        if weight.dtype == np.float16 and not self.multi_precision:
            warnings.warn(
                f"{type(self).__name__} sums up many small steps, which float16 rounds "
                "away; use multi_precision=True",
                stacklevel=3,
            )

    def _joined(self) -> int:
        """Up to how many elements more than `aggregate_num` parameters are joined."""
        return 0

    # What most updates begin with

    def _begin(
        self, index: Index, weight: NDArray, grad: NDArray
    ) -> tuple[float, float]:
        """Check and count an update; return its learning rate and weight decay."""
        check(index, weight, grad)
        self._update_count(index)
        return self._get_lr(index), self._get_wd(index)

    def _options(self, **own: Any) -> dict[str, Any]:
        """Return the attributes that all operators of updates have, and `own`."""
        own["rescale_grad"] = self.rescale_grad
        if self.clip_gradient:
            own["clip_gradient"] = self.clip_gradient
        return own

    def _prepared(self, grad: NDArray, decay: NDArray | None = None) -> NDArray:
        """Return the gradient rescaled, decay added, clipped."""
        made = grad * self.rescale_grad
        if decay is not None:
            made += decay
        if self.clip_gradient is not None:
            bound = self.clip_gradient
            made = nd.clip(made, a_min=-bound, a_max=bound)
        return made

    # Pickling

    def __getstate__(self) -> dict[str, Any]:
        state = dict(self.__dict__)
        del state["param_dict"]  # belongs to whoever trains
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.param_dict = {}


register = Optimizer.register
create = Optimizer.create_optimizer


def find(name: str) -> type[Optimizer]:
    """Return the class of a name, in any case; see `create`."""
    if not isinstance(name, str):
        raise ArgumentTypeError(f"an optimizer is created by its name, not {name!r}")
    known = Optimizer.opt_registry
    if name.lower() not in known:
        hint = suggestion(name.lower(), known)
        raise UnknownNameError(
            f"there is no optimizer '{name}'; "
            f"{hint or 'register yours, or use one of ' + ', '.join(sorted(known))}"
        )
    return known[name.lower()]


def check(index: Index, weight: NDArray, grad: NDArray) -> None:
    """Raise unless weight and gradient are arrays of one shape."""
    arrays = isinstance(weight, NDArray) and isinstance(grad, NDArray)
    if arrays and weight.shape == grad.shape:
        return
    for role, array in (("weight", weight), ("gradient", grad)):
        if not isinstance(array, NDArray):
            raise ArgumentTypeError(
                f"the {role} of parameter {index!r} must be an NDArray, not {array!r}"
            )
    raise ArgumentError(
        f"parameter {index!r} has the shape {weight.shape}, but its gradient "
        f"{grad.shape}"
    )


def zeros_like(weight: NDArray) -> NDArray:
    """Return zeros of the shape and type of a weight, beside it."""
    return nd.zeros(weight.shape, weight.context, dtype=weight.dtype)
