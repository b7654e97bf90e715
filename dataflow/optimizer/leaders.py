"""Follow the leader: weights that would have been best for all gradients so far."""

from __future__ import annotations

from typing import Any

from dataflow import ndarray as nd
from dataflow.ndarray import NDArray
from dataflow.optimizer.optimizer import Optimizer, State, register, zeros_like
from dataflow.optimizer.rates import Index


@register
class Ftrl(Optimizer):
    """Follow the regularized leader; weights of little use become 0.

    See McMahan and others, 2013; the formula is that of `nd.ftrl_update`.

    Parameters
    ----------
    lamda1 : float
        Penalty of the weights' absolute values.
    learning_rate : float
        As in `Optimizer`, except that it does not override a scheduler's.
    beta : float
        How slowly each weight's rate falls.
    **kwargs
        As in `Optimizer`.
    """

    def __init__(
        self,
        lamda1: float = 0.01,
        learning_rate: float = 0.1,
        beta: float = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.lamda1 = lamda1
        self.beta = beta
        self.lr = learning_rate

    def create_state(self, index: Index, weight: NDArray) -> State:
        """Return the leader and the sum of squares; see `Optimizer`."""
        return zeros_like(weight), zeros_like(weight)

    def update(
        self, index: Index, weight: NDArray, grad: NDArray, state: State
    ) -> None:
        """Update a parameter; see `Optimizer`."""
        lr, wd = self._begin(index, weight, grad)
        options = self._options(lr=lr, wd=wd, lamda1=self.lamda1, beta=self.beta)
        nd.ftrl_update(weight, grad, *state, out=weight, **options)


@register
class FTML(Optimizer):
    """Follow the moving leader.

    See Zheng and Kwok, 2017; the formula is that of `nd.ftml_update`.

    Parameters
    ----------
    beta1, beta2 : float
        What the leader, and the mean of squares, keep of their old values.
    epsilon : float
        What keeps the divisor above 0.
    **kwargs
        As in `Optimizer`.
    """

    def __init__(
        self,
        beta1: float = 0.6,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon

    def create_state(self, index: Index, weight: NDArray) -> State:
        """Return divisor, mean of squares and leader; see `Optimizer`."""
        return tuple(zeros_like(weight) for _ in range(3))

    def update(
        self, index: Index, weight: NDArray, grad: NDArray, state: State
    ) -> None:
        """Update a parameter; see `Optimizer`."""
        lr, wd = self._begin(index, weight, grad)
        nd.ftml_update(
            *(weight, grad, *state),
            out=weight,
            lr=lr,
            wd=wd,
            t=self._index_update_count[index],
            beta1=self.beta1,
            beta2=self.beta2,
            epsilon=self.epsilon,
            rescale_grad=self.rescale_grad,
            clip_grad=self.clip_gradient or -1,  # no bound
        )
