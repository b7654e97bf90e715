"""Gradient descent for special ends: with noise, with delays, and for tests."""

from __future__ import annotations

import math
from typing import Any

from dataflow import random
from dataflow.ndarray import NDArray
from dataflow.optimizer.momentum import Moving
from dataflow.optimizer.optimizer import Optimizer, State, register, zeros_like
from dataflow.optimizer.rates import Index


@register
class SGLD(Optimizer):
    """Langevin dynamics: half the step of gradient descent, and noise.

    See Patterson and Teh, 2013. With g = clip(rescale_grad grad) + wd weight: weight =
    weight - lr / 2 g + noise of variance lr.

    Parameters
    ----------
    **kwargs
        As in `Optimizer`.
    """

    def update(
        self, index: Index, weight: NDArray, grad: NDArray, state: State
    ) -> None:
        """Update a parameter; see `Optimizer`."""
        lr, wd = self._begin(index, weight, grad)
        step = self._prepared(grad)
        if wd:
            step += wd * weight
        step *= -lr / 2
        step += random.normal(
            0,
            math.sqrt(lr),
            shape=weight.shape,
            dtype=weight.dtype,
            ctx=weight.context,
        )
        weight += step


@register
class DCASGD(Moving):
    """Gradient descent that makes up for gradients being those of an older weight.

    See Zheng and others, arXiv:1609.08326. With g = clip(rescale_grad grad): the
    gradient is g + wd weight + lamda g^2 (weight - previous weight).

    Parameters
    ----------
    momentum : float
        As in `SGD`.
    lamda : float
        How much is made up for.
    **kwargs
        As in `Optimizer`.
    """

    def __init__(
        self, momentum: float = 0.0, lamda: float = 0.04, **kwargs: Any
    ) -> None:
        super().__init__(momentum, **kwargs)
        self.lamda = lamda

    def create_state(self, index: Index, weight: NDArray) -> State:
        """Return the momentum, if there is one, and the previous weight."""
        return super().create_state(index, weight), weight.copy()

    def update(
        self, index: Index, weight: NDArray, grad: NDArray, state: State
    ) -> None:
        """Update a parameter; see `Optimizer`."""
        lr, wd = self._begin(index, weight, grad)
        momentum, previous = state
        grad = self._prepared(grad)
        delay = self.lamda * grad * grad * (weight - previous)
        step = -lr * (grad + wd * weight + delay)
        if momentum is not None:
            momentum *= self.momentum
            momentum += step
            step = momentum
        previous[:] = weight
        weight += step


@register
class Test(Optimizer):
    """Add the gradient, times `rescale_grad`; for tests.

    Parameters
    ----------
    **kwargs
        As in `Optimizer`.
    """

    def create_state(self, index: Index, weight: NDArray) -> State:
        """Return an array that gets a copy of the weight; see `Optimizer`."""
        return zeros_like(weight)

    def update(
        self, index: Index, weight: NDArray, grad: NDArray, state: State
    ) -> None:
        """Update a parameter; see `Optimizer`."""
        self._begin(index, weight, grad)
        weight += grad * self.rescale_grad
        state[:] = weight
