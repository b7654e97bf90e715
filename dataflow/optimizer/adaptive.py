"""Rates of each weight by the squares of its past gradients."""

from __future__ import annotations

from typing import Any

from dataflow import ndarray as nd
from dataflow.ndarray import NDArray
from dataflow.optimizer.optimizer import Optimizer, State, check, register, zeros_like
from dataflow.optimizer.rates import Index


@register
class AdaGrad(Optimizer):
    """Divide by the root of the sum of the squares of all past gradients.

    See Duchi and others, 2011. With g = clip(rescale_grad grad): history = history +
    g^2, weight = weight - lr (g / (history + eps)^(1/2) + wd weight).

    Parameters
    ----------
    eps : float
        What keeps the divisor above 0.
    **kwargs
        As in `Optimizer`.
    """

    def __init__(self, eps: float = 1e-7, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.float_stable_eps = eps

    def create_state(self, index: Index, weight: NDArray) -> State:
        """Return the history; see `Optimizer`."""
        return zeros_like(weight)

    def update(
        self, index: Index, weight: NDArray, grad: NDArray, state: State
    ) -> None:
        """Update a parameter; see `Optimizer`."""
        lr, wd = self._begin(index, weight, grad)
        grad = self._prepared(grad)
        state += nd.square(grad)
        step = grad / nd.sqrt(state + self.float_stable_eps)
        if wd:
            step += weight * wd
        weight -= lr * step


@register
class AdaDelta(Optimizer):
    """Steps whose size is that of past steps, without a learning rate.

    See Zeiler, arXiv:1212.5701. With g = clip(rescale_grad grad): squares = rho squares
    + (1 - rho) g^2, delta = ((steps + epsilon) / (squares + epsilon))^(1/2) g, steps =
    rho steps + (1 - rho) delta^2, weight = weight - delta - wd weight.

    Parameters
    ----------
    rho : float
        What squares and steps keep of their old values.
    epsilon : float
        Size of the first steps.
    **kwargs
        As in `Optimizer`.
    """

    def __init__(self, rho: float = 0.9, epsilon: float = 1e-5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rho = rho
        self.epsilon = epsilon

    def create_state(self, index: Index, weight: NDArray) -> State:
        """Return the means of squares of gradients and of steps; see `Optimizer`."""
        return zeros_like(weight), zeros_like(weight)

    def update(
        self, index: Index, weight: NDArray, grad: NDArray, state: State
    ) -> None:
        """Update a parameter; see `Optimizer`."""
        check(index, weight, grad)
        wd = self._get_wd(index)
        self._update_count(index)
        grad = self._prepared(grad)
        squares, steps = state
        squares *= self.rho
        squares += (1 - self.rho) * grad * grad
        delta = nd.sqrt(steps + self.epsilon) / nd.sqrt(squares + self.epsilon) * grad
        steps *= self.rho
        steps += (1 - self.rho) * delta * delta
        if wd:
            delta += wd * weight
        weight -= delta


@register
class RMSProp(Optimizer):
    """Divide by the root of a mean of the squares of past gradients.

    Tieleman and Hinton's, 2012; if `centered`, Graves's, arXiv:1308.0850: by their
    deviation, and with momentum. The formulas are those of `nd.rmsprop_update` and
    `nd.rmspropalex_update`.

    Parameters
    ----------
    learning_rate : float
        As in `Optimizer`.
    gamma1 : float
        What the mean keeps of its old value.
    gamma2 : float
        What the momentum keeps of its own, if `centered`.
    epsilon : float
        What keeps the divisor above 0.
    centered : bool
        Which of the two.
    clip_weights : float, optional
        Bound of the weights on both sides.
    **kwargs
        As in `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: float = 0.001,
        gamma1: float = 0.9,
        gamma2: float = 0.9,
        epsilon: float = 1e-8,
        centered: bool = False,
        clip_weights: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.gamma1 = gamma1
        self.gamma2 = gamma2
        self.epsilon = epsilon
        self.centered = centered
        self.clip_weights = clip_weights

    def create_state(self, index: Index, weight: NDArray) -> State:
        """Return the mean of squares; if centered, also of gradients, and momentum."""
        return tuple(zeros_like(weight) for _ in range(3 if self.centered else 1))

    def update(
        self, index: Index, weight: NDArray, grad: NDArray, state: State
    ) -> None:
        """Update a parameter; see `Optimizer`."""
        lr, wd = self._begin(index, weight, grad)
        options = self._options(lr=lr, wd=wd, gamma1=self.gamma1, epsilon=self.epsilon)
        if self.clip_weights:
            options["clip_weights"] = self.clip_weights
        if self.centered:
            options["gamma2"] = self.gamma2
            nd.rmspropalex_update(weight, grad, *state, out=weight, **options)
        else:
            nd.rmsprop_update(weight, grad, *state, out=weight, **options)
