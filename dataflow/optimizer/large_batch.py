"""Gradient descent with large batches: each layer's rate follows its norms."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from dataflow import ndarray as nd
from dataflow.errors import ArgumentError
from dataflow.ndarray import NDArray
from dataflow.optimizer.momentum import Aggregate, Moving
from dataflow.optimizer.optimizer import State, check, register
from dataflow.optimizer.rates import Index

# Steps whose rates are arrays, so that nobody waits for norms; by whether they are in
# mixed precision, and whether there is a momentum.
_STEPS: dict[tuple[bool, bool], Callable[..., Any]] = {
    (False, False): nd.preloaded_multi_sgd_update,
    (False, True): nd.preloaded_multi_sgd_mom_update,
    (True, False): nd.preloaded_multi_mp_sgd_update,
    (True, True): nd.preloaded_multi_mp_sgd_mom_update,
}


@register
class LARS(Aggregate):
    """Momentum with rates by layer; biases and normalizations keep the global one.

    See You and others, arXiv:1708.03888. The rate of a layer is lr eta |weight| /
    (|grad| + wd |weight| + eps).

    Parameters
    ----------
    momentum, lazy_update
        As in `SGD`.
    eta : float
        Length of a step by the length of the weight.
    eps : float
        What keeps the divisor above 0.
    momentum_correction : bool
        Scale the momentum where the learning rate changes (Goyal and others,
        arXiv:1706.02677).
    **kwargs
        As in `Optimizer`.
    """

    _decayed: ClassVar[tuple[str, ...]] = ("_weight",)

    def __init__(
        self,
        momentum: float = 0.0,
        lazy_update: bool = True,
        eta: float = 0.001,
        eps: float = 0,
        momentum_correction: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(momentum, lazy_update, **kwargs)
        self.eta = eta
        self.eps = eps
        self.momentum_correction = momentum_correction
        self.last_lr: float | None = None
        self.cur_lr: float | None = None

    def _get_lrs(self, indices: Sequence[Index]) -> list[float]:
        rate = self.learning_rate
        self.last_lr = rate if self.cur_lr is None else self.cur_lr
        self.cur_lr = rate
        return [rate * self._factor(i, "lr_mult") for i in indices]

    def _step(
        self,
        indices: Sequence[Index],
        weights: Sequence[NDArray],
        grads: Sequence[NDArray],
        states: Sequence[State],
        *,
        mixed: bool,
    ) -> None:
        order = sorted(range(len(indices)), key=lambda i: self._is_exempt(indices[i]))
        indices = [indices[i] for i in order]
        weights = [weights[i] for i in order]
        grads = [grads[i] for i in order]
        states = [states[i] for i in order]
        scaled = sum(not self._is_exempt(i) for i in indices)
        lrs = nd.array(self._get_lrs(indices), weights[0].context)
        wds = nd.array(self._get_wds(indices), weights[0].context)
        if scaled:
            self._scale(lrs[:scaled], wds[:scaled], weights[:scaled], grads[:scaled])
        _STEPS[mixed, self.momentum > 0](
            *self._inputs(weights, grads, states, mixed=mixed),
            lrs,
            wds,
            out=weights,
            num_weights=len(weights),
            **self._moving(self._corrected_momentum()),
        )

    def _is_exempt(self, index: Index) -> bool:
        name = self.idx2name.get(index, str(index))
        return name.endswith(("gamma", "beta", "bias"))

    def _scale(
        self,
        lrs: NDArray,
        wds: NDArray,
        weights: Sequence[NDArray],
        grads: Sequence[NDArray],
    ) -> None:
        nd.multi_lars(
            lrs,
            nd.multi_sum_sq(*weights, num_arrays=len(weights)),
            nd.multi_sum_sq(*grads, num_arrays=len(grads)),
            wds,
            eta=self.eta,
            eps=self.eps,
            rescale_grad=self.rescale_grad,
            out=lrs,
        )

    def _corrected_momentum(self) -> float:
        if not self.momentum_correction or not self.last_lr or self.cur_lr is None:
            return self.momentum
        return self.momentum * (self.cur_lr / self.last_lr)


@register
class LBSGD(Moving):
    """Momentum with batches made of several, and a rate that warms up.

    Parameters
    ----------
    momentum, multi_precision
        As in `SGD`.
    warmup_strategy : str
        How the rate rises to `batch_scale` times itself: ``"linear"``, ``"power2"`` or
        ``"sqrt"``; or ``"lars"``: by the norms of weight and gradient, always.
    warmup_epochs : int
        How long it rises.
    batch_scale : int
        How many gradients are summed up for one step.
    updates_per_epoch : int
        How many updates an epoch has.
    begin_epoch : int
        The epoch to begin with.
    num_epochs : int
        Has no effect.
    **kwargs
        As in `Optimizer`.
    """

    def __init__(
        self,
        momentum: float = 0.0,
        multi_precision: bool = False,
        warmup_strategy: str = "linear",
        warmup_epochs: int = 5,
        batch_scale: int = 1,
        updates_per_epoch: int = 32,
        begin_epoch: int = 0,
        num_epochs: int = 60,
        **kwargs: Any,
    ) -> None:
        if batch_scale < 1:
            raise ArgumentError(f"batch_scale is at least 1, not {batch_scale}")
        super().__init__(momentum, multi_precision=multi_precision, **kwargs)
        logging.info(
            "LBSGD: batch_scale %s, warm-up %s over %d epochs of %d updates",
            batch_scale,
            warmup_strategy,
            warmup_epochs,
            updates_per_epoch,
        )
        self.warmup_strategy = warmup_strategy
        self.warmup_epochs = warmup_epochs
        self.batch_scale = batch_scale
        self.updates_per_epoch = updates_per_epoch
        self.init_updates = begin_epoch * updates_per_epoch
        self.num_epochs = num_epochs
        self.cumgrads: dict[Index, dict[str, Any]] = {}

    def update(
        self, index: Index, weight: NDArray, grad: NDArray, state: State
    ) -> None:
        """Take a gradient in, and step if it is the last of a batch."""
        check(index, weight, grad)
        lr, wd = self._get_lr(index), self._get_wd(index)
        self._update_count(index)
        sums = self._accumulate(index, grad)
        if sums["num_cums"] % self.batch_scale:
            return
        grad, sums["cum_grad"] = sums["cum_grad"] / self.batch_scale, None
        decay = nd.array([wd], weight.context)
        rate = nd.array([lr], weight.context)
        if self.warmup_strategy == "lars":
            rate *= _ratio_of_norms(weight, grad, wd)
        else:
            rate *= self._get_lbmult(sums["num_cums"])
        moving = self.momentum > 0
        _STEPS[False, moving](
            *(weight, grad, *([state] if moving else [])),
            *(rate, decay),
            out=weight,
            num_weights=1,
            **self._moving(self.momentum),
        )

    def _accumulate(self, index: Index, grad: NDArray) -> dict[str, Any]:
        """Add a gradient to those since the last step, and count it."""
        first = {"cum_grad": None, "num_cums": self.init_updates}
        sums = self.cumgrads.setdefault(index, first)
        sums["num_cums"] += 1
        if sums["cum_grad"] is not None:
            # What was loaded from a file lies on the host.
            sums["cum_grad"] = sums["cum_grad"].as_in_context(grad.context)
            sums["cum_grad"] += grad
        elif self.batch_scale > 1:
            sums["cum_grad"] = grad.copy()  # the next one will come in this very array
        else:
            sums["cum_grad"] = grad
        return sums

    def _get_lbmult(self, nup: int) -> float:
        """Return the factor of the rate after so many updates."""
        rising = self.warmup_epochs * self.updates_per_epoch
        if nup >= rising:
            return float(self.batch_scale)
        share = nup / rising
        curves = {"linear": share, "power2": share**2, "sqrt": math.sqrt(share)}
        if rising <= 1 or self.warmup_strategy not in curves:
            return 1.0
        return 1.0 + (self.batch_scale - 1) * curves[self.warmup_strategy]


def _ratio_of_norms(weight: NDArray, grad: NDArray, wd: float) -> NDArray:
    own = nd.multi_sum_sq(weight, num_arrays=1)
    other = nd.multi_sum_sq(grad, num_arrays=1)
    ratio = nd.sqrt(own / (other + wd * own + 1e-18))
    return nd.clip(ratio, a_min=0.01, a_max=100)
