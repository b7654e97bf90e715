"""How closely predictions follow labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dataflow import ndarray as nd
from dataflow.errors import ArgumentError
from dataflow.metric.base import Arrays, EvalMetric, check_label_shapes
from dataflow.metric.binary import AVERAGES
from dataflow.metric.deferred import DeferredMetric, Result, pairs
from dataflow.metric.pending import Values
from dataflow.metric.registry import alias, register
from dataflow.ndarray import NDArray


class Moments(NamedTuple):
    """Size, means and sums of squares of two variables, about their means."""

    size: int = 0
    mean: np.ndarray = np.zeros(2)  # of x and of y
    squares: np.ndarray = np.zeros(3)  # of x, of y, and of x times y

    def joined(self, other: Moments) -> Moments:
        """Return the moments of both samples together (Chan, Golub and LeVeque)."""
        size = self.size + other.size
        x, y = apart = other.mean - self.mean
        weight = self.size * other.size / size
        between = weight * np.array([x * x, y * y, x * y])
        return Moments(
            size,
            self.mean + apart * other.size / size,
            self.squares + other.squares + between,
        )

    def correlation(self) -> float:
        """Return Pearson's coefficient; NaN if one of the two does not vary."""
        x, y, both = self.squares
        with np.errstate(all="ignore"):
            return float(both / np.sqrt(x) / np.sqrt(y))


@register
@alias("pearsonr")
class PearsonCorrelation(DeferredMetric):
    """Pearson's correlation coefficient of labels and predictions.

    Parameters
    ----------
    name, output_names, label_names
        As in EvalMetric.
    average : str
        ``"macro"`` for the mean of the batches' values, ``"micro"`` for one value of
        all that was seen.
    """

    _local: Moments
    _global: Moments

    def __init__(
        self,
        name: str = "pearsonr",
        output_names: Sequence[str] | None = None,
        label_names: Sequence[str] | None = None,
        average: str = "macro",
    ) -> None:
        if average not in AVERAGES:
            raise ArgumentError(f"average is {average!r}; use 'macro' or 'micro'")
        self.average = average
        super().__init__(
            name, output_names, label_names, average=average, has_global_stats=True
        )

    def _measure(self, label: NDArray, pred: NDArray) -> Result:
        check_label_shapes(label, pred, shape=True)
        x, y = (nd.cast(a, dtype="float64").reshape(-1) for a in (label, pred))
        mean_x, mean_y = nd.mean(x), nd.mean(y)
        x, y = x - mean_x, y - mean_y
        parts = [mean_x, mean_y, nd.sum(x * x), nd.sum(y * y), nd.sum(x * y)]
        return [nd.concatenate(parts)], label.size

    def _fold(self, values: Values, count: int) -> None:
        found = Moments(count, values[0][:2], values[0][2:])
        if self.average == "macro":
            self._add(found.correlation(), 1)
            return
        self._local = self._local.joined(found)
        self._global = self._global.joined(found)
        self.num_inst += 1
        self.global_num_inst += 1
        self.sum_metric = self._local.correlation() * self.num_inst
        self.global_sum_metric = self._global.correlation() * self.global_num_inst

    def reset(self) -> None:
        """Forget everything."""
        super().reset()
        self._local = self._global = Moments()

    def reset_local(self) -> None:
        """Forget everything but the global totals."""
        super().reset_local()
        self._local = Moments()


@register
class PCC(EvalMetric):
    """Matthews's correlation coefficient of any number of classes.

    Parameters
    ----------
    name, output_names, label_names
        As in EvalMetric.
    has_global_stats : bool
        Whether `get_global` tells of more than `get`.
    """

    _local: np.ndarray
    _global: np.ndarray

    def __init__(
        self,
        name: str = "pcc",
        output_names: Sequence[str] | None = None,
        label_names: Sequence[str] | None = None,
        has_global_stats: bool = True,
    ) -> None:
        super().__init__(
            name, output_names, label_names, has_global_stats=has_global_stats
        )

    def update(self, labels: Arrays, preds: Arrays) -> None:
        """Take in a batch, without waiting for its values.

        Parameters
        ----------
        labels : NDArray or list of NDArray
            Classes.
        preds : NDArray or list of NDArray
            Classes, or scores with an axis of classes after the first.
        """
        found: list[NDArray] = []
        for label, pred in pairs(labels, preds):
            chosen = nd.argmax(pred, axis=1) if pred.shape != label.shape else pred
            if chosen.size != label.size:
                raise ArgumentError(
                    f"metric '{self.name}': {label.size} labels of shape "
                    f"{label.shape}, but predictions for {chosen.size}"
                )
            found += [nd.cast(a, dtype="int32") for a in (label, chosen)]
        self._pending.push(found, 1)

    def _fold(self, values: Values, count: int) -> None:
        for label, pred in zip(values[::2], values[1::2], strict=True):
            self._local = _counted(self._local, label, pred)
            self._global = _counted(self._global, label, pred)
        self.num_inst += count
        self.global_num_inst += count
        self.sum_metric = _matthews(self._local) * self.num_inst
        self.global_sum_metric = _matthews(self._global) * self.global_num_inst

    def reset(self) -> None:
        """Forget everything."""
        super().reset()
        self._local = self._global = np.zeros((2, 2))

    def reset_local(self) -> None:
        """Forget everything but the global totals."""
        super().reset_local()
        self._local = np.zeros((2, 2))


def _counted(counts: np.ndarray, label: np.ndarray, pred: np.ndarray) -> np.ndarray:
    """Return the counts by predicted and true class with more samples among them."""
    missing = max(label.max(), pred.max()) + 1 - len(counts)
    counts = np.pad(counts, (0, max(0, missing)))
    np.add.at(counts, (pred.reshape(-1), label.reshape(-1)), 1)
    return counts


def _matthews(counts: np.ndarray) -> float:
    """Return the coefficient; NaN if all are one class (Gorodkin, 2004)."""
    total, x, y = counts.sum(), counts.sum(axis=1), counts.sum(axis=0)
    scale = np.sum(x * (total - x)) * np.sum(y * (total - y))
    if not scale:
        return float("nan")
    return float(np.sum(counts.diagonal() * total - x * y) / np.sqrt(scale))
