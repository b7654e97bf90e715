"""How far predicted values are from the true ones."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from dataflow import ndarray as nd
from dataflow.metric.deferred import DeferredMetric, Result
from dataflow.metric.registry import register
from dataflow.ndarray import NDArray


class RegressionMetric(DeferredMetric):
    """The mean over batches of an error of each.

    Labels and predictions of one dimension are columns; shapes that differ broadcast.

    Parameters
    ----------
    name : str, optional
        As in EvalMetric; that of the error by default.
    output_names, label_names : sequence of str, optional
        As in EvalMetric.
    """

    _default_name: ClassVar[str]

    def __init__(
        self,
        name: str | None = None,
        output_names: Sequence[str] | None = None,
        label_names: Sequence[str] | None = None,
    ) -> None:
        super().__init__(
            self._default_name if name is None else name,
            output_names,
            label_names,
            has_global_stats=True,
        )

    def _measure(self, label: NDArray, pred: NDArray) -> Result:
        return [self._error(_difference(label, pred))], 1

    @abstractmethod
    def _error(self, difference: NDArray) -> NDArray:
        """Return the error of one batch."""


@register
class MAE(RegressionMetric):
    """The mean absolute error."""

    _default_name = "mae"

    def _error(self, difference: NDArray) -> NDArray:
        return nd.mean(nd.abs(difference))


@register
class MSE(RegressionMetric):
    """The mean squared error."""

    _default_name = "mse"

    def _error(self, difference: NDArray) -> NDArray:
        return nd.mean(nd.square(difference))


@register
class RMSE(RegressionMetric):
    """The root of the mean squared error, of each batch."""

    _default_name = "rmse"

    def _error(self, difference: NDArray) -> NDArray:
        return nd.sqrt(nd.mean(nd.square(difference)))


def _difference(label: NDArray, pred: NDArray) -> NDArray:
    # float32 among them: differences of unsigned integers would wrap around
    common = np.result_type(label.dtype, pred.dtype, np.float32)
    ndim = max(label.ndim, pred.ndim, 2)
    return _aligned(label, ndim, common) - _aligned(pred, ndim, common)


def _aligned(array: NDArray, ndim: int, dtype: np.dtype) -> NDArray:
    if array.ndim == 1:
        array = array.reshape((-1, 1))
    array = array.reshape((1,) * (ndim - array.ndim) + array.shape)
    return array.astype(dtype, copy=False)
