"""Adam and its variants: means of gradients over means of their sizes."""

from __future__ import annotations

import math
from typing import Any

from dataflow import ndarray as nd
from dataflow.ndarray import NDArray
from dataflow.optimizer.optimizer import Optimizer, State, register, zeros_like
from dataflow.optimizer.rates import Index


class TwoMeans(Optimizer):
    """Base of those whose state is two means."""

    def __init__(
        self, learning_rate: float, beta1: float, beta2: float, **kwargs: Any
    ) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta1 = beta1
        self.beta2 = beta2

    def create_state(self, index: Index, weight: NDArray) -> State:
        """Return the two means; see `Optimizer`."""
        return zeros_like(weight), zeros_like(weight)


@register
class Adam(TwoMeans):
    """Adam.

    See Kingma and Ba, arXiv:1412.6980. With g = clip(rescale_grad grad + wd weight):
    mean = beta1 mean + (1 - beta1) g, var = beta2 var + (1 - beta2) g^2, weight =
    weight - lr' mean / (var^(1/2) + epsilon), where lr' = lr (1 - beta2^t)^(1/2) / (1 -
    beta1^t) at step t.

    Parameters
    ----------
    learning_rate : float
        As in `Optimizer`.
    beta1, beta2 : float
        What the means of gradients and of their squares keep of their old values.
    epsilon : float
        What keeps the divisor above 0.
    lazy_update : bool
        Accepted for MXNet's sake; only sparse gradients would be updated lazily.
    **kwargs
        As in `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        lazy_update: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, beta1, beta2, **kwargs)
        self.epsilon = epsilon
        self.lazy_update = lazy_update

    def update(
        self, index: Index, weight: NDArray, grad: NDArray, state: State
    ) -> None:
        """Update a parameter; see `Optimizer`."""
        lr, wd = self._begin(index, weight, grad)
        t = self._index_update_count[index]
        lr *= math.sqrt(1 - self.beta2**t) / (1 - self.beta1**t)
        options = self._options(
            beta1=self.beta1, beta2=self.beta2, epsilon=self.epsilon
        )
        mean, var = state
        nd.adam_update(weight, grad, mean, var, out=weight, lr=lr, wd=wd, **options)


@register
class Adamax(TwoMeans):
    """Adam with the greatest size of past gradients for their mean square.

    See Kingma and Ba, arXiv:1412.6980, section 7. With g = clip(rescale_grad grad + wd
    weight): mean = beta1 mean + (1 - beta1) g, size = max(beta2 size, |g|), weight =
    weight - lr / (1 - beta1^t) mean / size at step t.

    Parameters
    ----------
    learning_rate, beta1, beta2, **kwargs
        As in `Adam`.
    """

    def __init__(
        self,
        learning_rate: float = 0.002,
        beta1: float = 0.9,
        beta2: float = 0.999,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, beta1, beta2, **kwargs)

    def update(
        self, index: Index, weight: NDArray, grad: NDArray, state: State
    ) -> None:
        """Update a parameter; see `Optimizer`."""
        lr, wd = self._begin(index, weight, grad)
        lr /= 1 - self.beta1 ** self._index_update_count[index]
        grad = self._prepared(grad, wd * weight)
        mean, size = state
        mean *= self.beta1
        mean += (1 - self.beta1) * grad
        nd.broadcast_maximum(self.beta2 * size, abs(grad), out=size)
        weight -= lr * mean / size


@register
class Nadam(TwoMeans):
    """Adam with Nesterov's momentum.

    See Dozat, 2015.

    Parameters
    ----------
    learning_rate, beta1, beta2, epsilon, **kwargs
        As in `Adam`.
    schedule_decay : float
        How fast the momentum rises to `beta1`.
    """

    def __init__(
        self,
        learning_rate: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        schedule_decay: float = 0.004,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, beta1, beta2, **kwargs)
        self.epsilon = epsilon
        self.schedule_decay = schedule_decay
        self.m_schedule = 1.0

    def _momentum(self, t: int) -> float:
        return self.beta1 * (1 - 0.5 * math.pow(0.96, t * self.schedule_decay))

    def update(
        self, index: Index, weight: NDArray, grad: NDArray, state: State
    ) -> None:
        """Update a parameter; see `Optimizer`."""
        lr, wd = self._begin(index, weight, grad)
        t = self._index_update_count[index]
        grad = self._prepared(grad, wd * weight)
        now, following = self._momentum(t), self._momentum(t + 1)
        # One product for all parameters, as in MXNet, though each has steps of its own.
        self.m_schedule *= now
        mean, var = state
        mean *= self.beta1
        mean += (1 - self.beta1) * grad
        var *= self.beta2
        var += (1 - self.beta2) * grad * grad
        step = grad * ((1 - now) / (1 - self.m_schedule))
        step += mean * (following / (1 - self.m_schedule * following))
        size = nd.sqrt(var / (1 - self.beta2**t)) + self.epsilon
        weight -= lr * step / size
