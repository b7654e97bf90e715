"""Optimizers that MXNet calls contributed."""

from __future__ import annotations

from typing import Any

from dataflow import ndarray as nd
from dataflow.errors import ArgumentError
from dataflow.ndarray import NDArray
from dataflow.optimizer.optimizer import Optimizer, State, check, register
from dataflow.optimizer.rates import Index


@register
class GroupAdaGrad(Optimizer):
    """AdaGrad with one rate for each row of a matrix, and without weight decay.

    With g = clip(rescale_grad grad): history = history + the mean of g^2 along the row,
    weight = weight - lr g / (history + eps)^(1/2).

    Parameters
    ----------
    eps : float
        What keeps the divisor above 0.
    **kwargs
        As in `Optimizer`.
    """

    def __init__(self, eps: float = 1e-5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.float_stable_eps = eps

    def create_state(self, index: Index, weight: NDArray) -> State:
        """Return the history of each row; raises ArgumentError for no matrix."""
        if weight.ndim != 2:
            raise ArgumentError(
                f"GroupAdaGrad updates matrices; parameter {index!r} has the shape "
                f"{weight.shape}"
            )
        return nd.zeros((weight.shape[0], 1), weight.context, dtype=weight.dtype)

    def update(
        self, index: Index, weight: NDArray, grad: NDArray, state: State
    ) -> None:
        """Update a parameter; see `Optimizer`."""
        check(index, weight, grad)
        if self._get_wd(index):
            raise ArgumentError(
                f"GroupAdaGrad has no weight decay, but that of parameter {index!r} is "
                f"{self._get_wd(index)}; make it with wd=0"
            )
        lr, _ = self._begin(index, weight, grad)
        grad = self._prepared(grad)
        state += nd.mean(nd.square(grad), axis=1, keepdims=True)
        weight -= lr * grad / nd.sqrt(state + self.float_stable_eps)
