"""How likely a classifier held the right classes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from dataflow import ndarray as nd
from dataflow.errors import ArgumentError, IndexOutOfRange
from dataflow.metric.deferred import DeferredMetric, Result
from dataflow.metric.pending import Values
from dataflow.metric.registry import alias, register
from dataflow.ndarray import NDArray


class LogLikelihood(DeferredMetric):
    """The mean of ``-log(probability of the right class)``.

    Parameters
    ----------
    eps : float
        Added to every probability.
    name, output_names, label_names
        As in EvalMetric.
    """

    def __init__(
        self,
        eps: float = 1e-12,
        name: str = "",
        output_names: Sequence[str] | None = None,
        label_names: Sequence[str] | None = None,
    ) -> None:
        super().__init__(
            name, output_names, label_names, eps=eps, has_global_stats=True
        )
        self.eps = eps

    def _measure(self, label: NDArray, pred: NDArray) -> Result:
        if pred.ndim < 2 or label.size != pred.shape[0]:
            raise ArgumentError(
                f"metric '{self.name}' takes a label for each row of predictions, not "
                f"labels {label.shape} and predictions {pred.shape}"
            )
        rows, classes, *rest = pred.shape
        label = nd.cast(label, dtype="int32").reshape((rows,) + (1,) * (pred.ndim - 1))
        index = nd.broadcast_to(label, shape=(rows, 1, *rest))
        # A label below 0 counts from the last class, as an index does.
        chosen = nd.pick(pred, index, axis=1, mode="wrap", keepdims=True)
        outside = nd.sum((label < -classes) + (label >= classes))
        return [nd.sum(-nd.log(chosen + self.eps)), outside], rows

    def _fold(self, values: Values, count: int) -> None:
        total, outside = (value.item() for value in values)
        if outside:
            raise IndexOutOfRange(
                f"metric '{self.name}': {outside:.0f} of the {count} labels of a batch "
                "are beyond the classes that there are predictions for"
            )
        self._add(total, count)


@register
@alias("ce")
class CrossEntropy(LogLikelihood):
    """The mean of ``-log(probability of the right class)``.

    Parameters
    ----------
    eps : float
        Added to every probability.
    name, output_names, label_names
        As in EvalMetric.
    """

    def __init__(
        self,
        eps: float = 1e-12,
        name: str = "cross-entropy",
        output_names: Sequence[str] | None = None,
        label_names: Sequence[str] | None = None,
    ) -> None:
        super().__init__(eps, name, output_names, label_names)


@register
@alias("nll_loss")
class NegativeLogLikelihood(LogLikelihood):
    """The same as CrossEntropy, by its other name."""

    def __init__(
        self,
        eps: float = 1e-12,
        name: str = "nll-loss",
        output_names: Sequence[str] | None = None,
        label_names: Sequence[str] | None = None,
    ) -> None:
        super().__init__(eps, name, output_names, label_names)


@register
class Perplexity(DeferredMetric):
    """e to the power of the mean ``-log(probability of the right class)``.

    Parameters
    ----------
    ignore_label : int or None
        A label whose predictions do not count.
    axis : int
        The axis of the classes in the predictions.
    name, output_names, label_names
        As in EvalMetric.
    """

    def __init__(
        self,
        ignore_label: int | None,
        axis: int = -1,
        name: str = "perplexity",
        output_names: Sequence[str] | None = None,
        label_names: Sequence[str] | None = None,
    ) -> None:
        super().__init__(
            name,
            output_names,
            label_names,
            ignore_label=ignore_label,
            axis=axis,
            has_global_stats=True,
        )
        self.ignore_label = ignore_label
        self.axis = axis

    def _measure(self, label: NDArray, pred: NDArray) -> Result:
        rest = list(pred.shape)
        del rest[self.axis]
        if label.size != math.prod(rest):
            raise ArgumentError(
                f"metric '{self.name}': labels {label.shape} for predictions "
                f"{pred.shape}, whose classes lie along axis {self.axis}"
            )
        label = label.reshape(tuple(rest) or (1,))
        index = nd.cast(label, dtype="int32")
        chosen = nd.pick(pred, index, axis=self.axis)
        if self.ignore_label is None:
            return [_loss(chosen)], label.size
        ignored = nd.cast(label == self.ignore_label, dtype=pred.dtype)
        return [_loss(chosen * (1 - ignored) + ignored), nd.sum(ignored)], label.size

    def _fold(self, values: Values, count: int) -> None:
        ignored = sum(value.item() for value in values[1:])
        self._add(values[0].item(), count - ignored)

    def _value(self, total: Any, count: Any) -> Any:
        mean: float = super()._value(total, count)
        return math.exp(mean)


def _loss(chosen: NDArray) -> NDArray:
    return -nd.sum(nd.log(nd.maximum(chosen, 1e-10)))
