"""How well a classifier tells two classes apart."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from dataflow import ndarray as nd
from dataflow.errors import ArgumentError
from dataflow.metric.base import Arrays, EvalMetric, check_label_shapes
from dataflow.metric.deferred import pairs
from dataflow.metric.pending import Values
from dataflow.metric.registry import register
from dataflow.ndarray import NDArray

Counts = np.ndarray  # by predicted and by true class: [[tn, fn], [fp, tp]]
AVERAGES = ("macro", "micro")


class BinaryMetric(EvalMetric):
    """A metric of how often class 1 and how often the other was taken for which.

    Parameters
    ----------
    name, output_names, label_names
        As in EvalMetric.
    average : str
        ``"macro"`` for the mean of the batches' values, ``"micro"`` for one value of
        all that was seen.
    """

    _local: Counts
    _global: Counts

    def __init__(
        self,
        name: str,
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

    def update(self, labels: Arrays, preds: Arrays) -> None:
        """Take in a batch, without waiting for its values.

        Parameters
        ----------
        labels : NDArray or list of NDArray
            Classes; no more than two different ones, else `get` raises ArgumentError.
        preds : NDArray or list of NDArray
            Scores, a row for each label.
        """
        found: list[NDArray] = []
        for label, pred in pairs(labels, preds):
            found += self._classes(label, pred)
        self._pending.push(found, 1)

    def _classes(self, label: NDArray, pred: NDArray) -> list[NDArray]:
        if pred.ndim != 2 or label.size != len(label):
            raise ArgumentError(
                f"metric '{self.name}' takes a label and a row of scores for each "
                f"sample, not labels {label.shape} and predictions {pred.shape}"
            )
        check_label_shapes(label, pred)
        return [nd.cast(label, dtype="int32"), nd.argmax(pred, axis=1)]

    def _fold(self, values: Values, count: int) -> None:
        labels, preds = values[::2], values[1::2]
        counts = np.zeros((2, 2), int)
        for label, pred in zip(labels, preds, strict=True):
            counts += self._count(label, pred)
        if self.average == "macro":
            self._add(self._score(counts), count)
            return
        self._local, self._global = self._local + counts, self._global + counts
        self._show()

    def _count(self, label: np.ndarray, pred: np.ndarray) -> Counts:
        if len(np.unique(label)) > 2:
            raise ArgumentError(
                f"metric '{self.name}' is for two classes, but the labels of a batch "
                f"are of classes {', '.join(map(str, np.unique(label)))}"
            )
        is_one = 2 * (pred == 1) + (label.reshape(-1) == 1)
        return np.bincount(is_one, minlength=4).reshape(2, 2)

    def _show(self) -> None:
        self.num_inst = int(self._local.sum())
        self.global_num_inst = int(self._global.sum())
        self.sum_metric = self._score(self._local) * self.num_inst
        self.global_sum_metric = self._score(self._global) * self.global_num_inst

    def reset(self) -> None:
        """Forget everything."""
        super().reset()
        self._local = self._global = np.zeros((2, 2), int)

    def reset_local(self) -> None:
        """Forget everything but the global totals."""
        super().reset_local()
        self._local = np.zeros((2, 2), int)

    @abstractmethod
    def _score(self, counts: Counts) -> float:
        """Return the value for these counts; 0 where there is none."""


@register
class F1(BinaryMetric):
    """The harmonic mean of precision and recall.

    Parameters
    ----------
    name, output_names, label_names
        As in EvalMetric.
    average : str
        ``"macro"`` for the mean of the batches' values, ``"micro"`` for one value of
        all that was seen.
    """

    def __init__(
        self,
        name: str = "f1",
        output_names: Sequence[str] | None = None,
        label_names: Sequence[str] | None = None,
        average: str = "macro",
    ) -> None:
        super().__init__(name, output_names, label_names, average)

    def _score(self, counts: Counts) -> float:
        true = float(counts[1, 1])
        precision = true / max(counts[1].sum(), 1)
        recall = true / max(counts[:, 1].sum(), 1)
        return float(2 * precision * recall / (precision + recall)) if true else 0.0


@register
class MCC(BinaryMetric):
    """Matthews's correlation coefficient of two classes.

    Parameters
    ----------
    name, output_names, label_names
        As in EvalMetric.
    average : str
        ``"macro"`` for the mean of the batches' values, ``"micro"`` for one value of
        all that was seen.
    """

    def __init__(
        self,
        name: str = "mcc",
        output_names: Sequence[str] | None = None,
        label_names: Sequence[str] | None = None,
        average: str = "macro",
    ) -> None:
        super().__init__(name, output_names, label_names, average)

    def _score(self, counts: Counts) -> float:
        (true_no, false_no), (false_yes, true_yes) = counts.astype(float)
        sums = [*counts.sum(axis=0), *counts.sum(axis=1)]
        scale = math.prod(float(total) for total in sums if total)
        return float((true_yes * true_no - false_yes * false_no) / math.sqrt(scale))
