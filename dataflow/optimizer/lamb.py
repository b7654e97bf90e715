"""LAMB: Adam's direction, each layer's own length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dataflow import ndarray as nd
from dataflow.ndarray import NDArray
from dataflow.optimizer.momentum import aggregation_size, as_lists
from dataflow.optimizer.optimizer import Optimizer, State, register, zeros_like
from dataflow.optimizer.rates import Index


@register
class LAMB(Optimizer):
    """Adam's direction, in steps as long as each layer's norm says.

    See You and others, arXiv:1904.00962.

    Parameters
    ----------
    learning_rate : float
        As in `Optimizer`.
    beta1, beta2 : float
        What the means of gradients and of their squares keep of their old values.
    epsilon : float
        What keeps the divisor above 0.
    lower_bound, upper_bound : float, optional
        Bounds of the weight's norm.
    bias_correction : bool
        Undo that the means began as 0.
    **kwargs
        As in `Optimizer`.
    """

    def __init__(
        self,
        learning_rate: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-6,
        lower_bound: float | None = None,
        upper_bound: float | None = None,
        bias_correction: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.lower_bound = lower_bound
        self.upper_bound = upper_bound
        self.bias_correction = bias_correction
        self.aggregate_num = max(1, min(45, aggregation_size(45)))

    def create_state(self, index: Index, weight: NDArray) -> State:
        """Return the means of gradients and of their squares; see `Optimizer`."""
        return zeros_like(weight), zeros_like(weight)

    def update(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
        """Update a parameter, or each of several given as lists; see `Optimizer`."""
        indices, weights, grads, states = as_lists(index, weight, grad, state)
        groups = zip(weights, grads, states, strict=True)
        inputs = [(w, g, *means) for w, g, means in groups]
        self._step(nd._internal._multi_lamb_update, indices, weights, inputs)

    def update_multi_precision(
        self, index: Any, weight: Any, grad: Any, state: Any
    ) -> None:
        """Update by precise copies, where they are kept; see `update`."""
        if not self._is_mixed(weight):
            self.update(index, weight, grad, state)
            return
        indices, weights, grads, states = as_lists(index, weight, grad, state)
        groups = zip(weights, grads, states, strict=True)
        inputs = [(w, g, *means, precise) for w, g, (precise, means) in groups]
        self._step(nd._internal._multi_mp_lamb_update, indices, weights, inputs)

    def _step(
        self,
        operator: Callable[..., Any],
        indices: Sequence[Index],
        weights: Sequence[NDArray],
        inputs: Sequence[tuple[NDArray, ...]],
    ) -> None:
        self._update_count(indices)
        operator(
            *(array for group in inputs for array in group),
            out=list(weights),
            num_tensors=len(weights),
            step_count=[self._index_update_count[i] for i in indices],
            learning_rates=self._get_lrs(indices),
            wds=self._get_wds(indices),
            **self._lamb_options(),
        )

    def _lamb_options(self) -> dict[str, Any]:
        bounds = {"lower_bound": self.lower_bound, "upper_bound": self.upper_bound}
        return self._options(
            beta1=self.beta1,
            beta2=self.beta2,
            epsilon=self.epsilon,
            bias_correction=self.bias_correction,
            **{name: bound for name, bound in bounds.items() if bound},
        )
