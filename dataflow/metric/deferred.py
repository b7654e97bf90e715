"""Metrics that the engine computes while the program goes on."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence

from dataflow.errors import ArgumentTypeError
from dataflow.metric.base import Arrays, EvalMetric, check_label_shapes
from dataflow.ndarray import NDArray

Result = tuple[Sequence[NDArray], int]


class DeferredMetric(EvalMetric):
    """A metric of labels and predictions, pair by pair.

    `update` only starts the computation. `_measure` says what the engine computes of
    a pair, and `_fold` takes over the values, later.
    """

    def update(self, labels: Arrays, preds: Arrays) -> None:
        """Take in a batch, without waiting for its values.

        Parameters
        ----------
        labels, preds : NDArray or list of NDArray
            The truth and the predictions, as many.

        Raises
        ------
        ArgumentError, ArgumentTypeError
            The counts or shapes do not go together; something is no array. Nothing is
            taken in then.
        """
        self._push([self._measure(*pair) for pair in pairs(labels, preds)])

    def _push(self, results: Iterable[Result]) -> None:
        for arrays, count in results:
            self._pending.push(arrays, count)

    @abstractmethod
    def _measure(self, label: NDArray, pred: NDArray) -> Result:
        """Return new arrays that `_fold` is given the values of, and a count."""


def pairs(labels: Arrays, preds: Arrays) -> list[tuple[NDArray, NDArray]]:
    """Return each label with its prediction, ready to be combined.

    Both lie on the prediction's context, and nothing done to them is recorded.
    """
    labels, preds = check_label_shapes(labels, preds, wrap=True)
    return [
        (label.as_in_context(pred.context).detach(), pred.detach())
        for label, pred in zip(arrays(labels), arrays(preds), strict=True)
    ]


def arrays(given: Arrays) -> list[NDArray]:
    """Return a list of arrays; raises ArgumentTypeError for what is none."""
    listed = [given] if isinstance(given, NDArray) else list(given)
    for array in listed:
        if not isinstance(array, NDArray):
            raise ArgumentTypeError(
                "a metric takes NDArrays, made by mx.nd.array for example, not "
                f"{type(array).__name__}"
            )
    return listed
