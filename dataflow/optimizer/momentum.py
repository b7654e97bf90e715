"""Gradient descent with and without momentum: plain, Nesterov's, by signs."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dataflow import ndarray as nd
from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.ndarray import NDArray
from dataflow.optimizer.optimizer import Optimizer, State, check, register, zeros_like
from dataflow.optimizer.rates import Index

Step = Callable[..., Any]

_TOGETHER = 4  # parameters that one operator updates, by default
_WORTHWHILE = 1 << 16  # elements: handing over an operator costs less than to step them


class Moving(Optimizer):
    """Base of those whose state is a momentum.

    Parameters
    ----------
    momentum : float
        What the momentum keeps of its old value; there is none if 0.
    **kwargs
        As in `Optimizer`.
    """

    def __init__(self, momentum: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.momentum = momentum

    def create_state(self, index: Index, weight: NDArray) -> State:
        """Return the momentum, if there is one; see `Optimizer`."""
        return zeros_like(weight) if self.momentum != 0.0 else None

    def _moving(self, momentum: float) -> dict[str, Any]:
        """Return the attributes of an operator, with `momentum` if there is one."""
        return self._options(**({"momentum": momentum} if self.momentum > 0 else {}))


class MovingMixed(Moving):
    """Base of those whose operators take momentum and precise weight, in this order."""

    def create_state_multi_precision(self, index: Index, weight: NDArray) -> State:
        """Return the momentum, and the precise weight if one is kept."""
        if self._is_mixed(weight):
            precise = weight.astype(np.float32)
            return self.create_state(index, precise), precise
        self._warn_if_narrow(weight)
        return self.create_state(index, weight)


class Aggregate(MovingMixed):
    """Base of those that update several parameters by one operator."""

    def __init__(
        self, momentum: float = 0.0, lazy_update: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(momentum, **kwargs)
        self.lazy_update = lazy_update
        self.aggregate_num = aggregation_size(_TOGETHER)

    def update(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
        """Update a parameter, or each of several given as lists; see `Optimizer`."""
        self._step(*self._begin_many(index, weight, grad, state), mixed=False)

    def update_multi_precision(
        self, index: Any, weight: Any, grad: Any, state: Any
    ) -> None:
        """Update by precise copies, where they are kept; see `update`."""
        mixed = self._is_mixed(weight)
        self._step(*self._begin_many(index, weight, grad, state), mixed=mixed)

    def _begin_many(
        self, index: Any, weight: Any, grad: Any, state: Any
    ) -> tuple[Sequence[Index], Sequence[NDArray], Sequence[NDArray], Sequence[State]]:
        many = as_lists(index, weight, grad, state)
        self._update_count(many[0])
        return many

    def _step(
        self,
        indices: Sequence[Index],
        weights: Sequence[NDArray],
        grads: Sequence[NDArray],
        states: Sequence[State],
        *,
        mixed: bool,
    ) -> None:
        raise NotImplementedError

    def _inputs(
        self,
        weights: Sequence[NDArray],
        grads: Sequence[NDArray],
        states: Sequence[State],
        *,
        mixed: bool,
    ) -> list[NDArray]:
        """Return the operator's inputs: weight by weight, each with what is its own."""
        inputs = []
        for weight, grad, state in zip(weights, grads, states, strict=True):
            momentum, precise = state if mixed else (state, None)
            own = [momentum] if self.momentum > 0 else []
            inputs += [weight, grad, *own, *([precise] if mixed else [])]
        return inputs


def aggregation_size(default: int) -> int:
    """Return how many parameters one operator updates, by the environment."""
    return int(os.environ.get("MXNET_OPTIMIZER_AGGREGATION_SIZE", default))


def as_lists(index: Any, weight: Any, grad: Any, state: Any) -> tuple[Any, ...]:
    """Return what is given as lists, of one element if it is not; checked."""
    many = (index, weight, grad, state)
    if not isinstance(index, list | tuple):
        many = ([index], [weight], [grad], [state])
    if not all(isinstance(each, list | tuple) for each in many):
        raise ArgumentTypeError(
            "parameters' indices came as a list, so weights, gradients and states must "
            "be lists, too"
        )
    if len(set(map(len, many))) != 1:
        raise ArgumentError(
            "as many indices, weights, gradients and states are needed, not "
            f"{', '.join(str(len(each)) for each in many)}"
        )
    for i, w, g, _ in zip(*many, strict=True):
        check(i, w, g)
    return many


@register
class SGD(Aggregate):
    """Gradient descent, with momentum if that is not 0.

    With g = clip(rescale_grad grad) + wd weight: mom = momentum mom - lr g, weight =
    weight + mom.

    Parameters
    ----------
    momentum : float
        What the momentum keeps of its old value; there is none if 0.
    lazy_update : bool
        Accepted for MXNet's sake; only sparse gradients would be updated lazily.
    **kwargs
        As in `Optimizer`.
    """

    def _joined(self) -> int:
        # Who derives from it, or sets the number, gets as many as it says.
        plain = type(self) is SGD and self.aggregate_num == _TOGETHER
        return _WORTHWHILE if plain else 0

    def _step(
        self,
        indices: Sequence[Index],
        weights: Sequence[NDArray],
        grads: Sequence[NDArray],
        states: Sequence[State],
        *,
        mixed: bool,
    ) -> None:
        step = _SGD_STEPS[mixed, self.momentum > 0]
        step(
            *self._inputs(weights, grads, states, mixed=mixed),
            out=list(weights),
            num_weights=len(weights),
            lrs=self._get_lrs(indices),
            wds=self._get_wds(indices),
            **self._moving(self.momentum),
        )


# By whether it is in mixed precision, and whether there is a momentum.
_SGD_STEPS: dict[tuple[bool, bool], Step] = {
    (False, False): nd.multi_sgd_update,
    (False, True): nd.multi_sgd_mom_update,
    (True, False): nd.multi_mp_sgd_update,
    (True, True): nd.multi_mp_sgd_mom_update,
}


@register
class ccSGD(SGD):
    """Another name of `SGD`, deprecated."""


@register
class NAG(MovingMixed):
    """Nesterov's accelerated gradient descent.

    With g = clip(rescale_grad grad) + wd weight: mom = momentum mom - lr g, weight =
    weight + momentum mom - lr g.

    Parameters
    ----------
    momentum : float
        As in `SGD`.
    **kwargs
        As in `Optimizer`.
    """

    def update(
        self, index: Index, weight: NDArray, grad: NDArray, state: State
    ) -> None:
        """Update a parameter; see `Optimizer`."""
        lr, wd = self._begin(index, weight, grad)
        options = self._moving(self.momentum)
        if state is None:
            nd.sgd_update(weight, grad, out=weight, lr=lr, wd=wd, **options)
        else:
            nd.nag_mom_update(weight, grad, state, out=weight, lr=lr, wd=wd, **options)

    def update_multi_precision(
        self, index: Index, weight: NDArray, grad: NDArray, state: State
    ) -> None:
        """Update a parameter, by its precise copy if one is kept; see `Optimizer`."""
        if not (self._is_mixed(weight) and isinstance(state, list | tuple)):
            self.update(index, weight, grad, state)
            return
        lr, wd = self._begin(index, weight, grad)
        options = self._moving(self.momentum) | {"lr": lr, "wd": wd, "out": weight}
        momentum, precise = state
        if momentum is None:
            nd.mp_sgd_update(weight, grad, precise, **options)
        else:
            nd.mp_nag_mom_update(weight, grad, momentum, precise, **options)


@register
class Signum(Moving):
    """Steps of one length in every direction: by the sign of momentum or gradient.

    See Bernstein and others, arXiv:1802.04434. With g = clip(rescale_grad grad) + wd
    weight: mom = momentum mom + (1 - momentum) g, weight = (1 - lr wd_lh) weight - lr
    sign(mom).

    Parameters
    ----------
    learning_rate : float
        As in `Optimizer`.
    momentum : float
        What the momentum keeps of its old value; there is none if 0.
    wd_lh : float
        Weight decay apart from the gradient.
    **kwargs
        As in `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: float = 0.01,
        momentum: float = 0.9,
        wd_lh: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(momentum, learning_rate=learning_rate, **kwargs)
        self.wd_lh = wd_lh

    def update(
        self, index: Index, weight: NDArray, grad: NDArray, state: State
    ) -> None:
        """Update a parameter; see `Optimizer`."""
        lr, wd = self._begin(index, weight, grad)
        options = self._moving(self.momentum) | {"lr": lr, "wd": wd, "out": weight}
        if state is None:
            nd.signsgd_update(weight, grad, **options)
        else:
            nd.signum_update(weight, grad, state, wd_lh=self.wd_lh, **options)
