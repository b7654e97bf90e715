"""How often a classifier is right."""

from __future__ import annotations

from collections.abc import Sequence

from dataflow import ndarray as nd
from dataflow.errors import ArgumentError
from dataflow.metric.base import check_label_shapes
from dataflow.metric.deferred import DeferredMetric, Result
from dataflow.metric.registry import alias, register
from dataflow.ndarray import NDArray


@register
@alias("acc")
class Accuracy(DeferredMetric):
    """The share of predictions that are right.

    A prediction is a class for each label, or a score for each class.

    Parameters
    ----------
    axis : int
        The axis of the classes, where predictions are scores.
    name, output_names, label_names
        As in EvalMetric.
    """

    def __init__(
        self,
        axis: int = 1,
        name: str = "accuracy",
        output_names: Sequence[str] | None = None,
        label_names: Sequence[str] | None = None,
    ) -> None:
        super().__init__(
            name, output_names, label_names, axis=axis, has_global_stats=True
        )
        self.axis = axis

    def _measure(self, label: NDArray, pred: NDArray) -> Result:
        if pred.shape != label.shape:
            pred = nd.argmax(pred, axis=self.axis)
        if pred.size != label.size:
            raise ArgumentError(
                f"metric '{self.name}': {label.size} labels of shape {label.shape}, "
                f"but predictions for {pred.size}, with classes along axis {self.axis}"
            )
        return [_matches(pred.reshape(-1), label.reshape(-1))], label.size


@register
@alias("top_k_accuracy", "top_k_acc")
class TopKAccuracy(DeferredMetric):
    """The share of labels that are among the classes with the highest scores.

    Parameters
    ----------
    top_k : int
        How many of the highest scores count; more than 1.
    name, output_names, label_names
        As in EvalMetric; the count is appended to the name.
    """

    def __init__(
        self,
        top_k: int = 1,
        name: str = "top_k_accuracy",
        output_names: Sequence[str] | None = None,
        label_names: Sequence[str] | None = None,
    ) -> None:
        if top_k <= 1:
            raise ArgumentError(f"top_k is {top_k}; for less than 2 use Accuracy")
        super().__init__(
            name, output_names, label_names, top_k=top_k, has_global_stats=True
        )
        self.top_k = top_k
        self.name += f"_{top_k}"

    def get_config(self) -> dict[str, object]:
        """Return what `create` makes an equal metric from."""
        return super().get_config() | {"name": self.name.removesuffix(f"_{self.top_k}")}

    def _measure(self, label: NDArray, pred: NDArray) -> Result:
        if pred.ndim != 2 or pred.shape[1] < self.top_k:
            raise ArgumentError(
                f"metric '{self.name}' takes scores of shape (samples, classes) with "
                f"{self.top_k} classes or more, not {pred.shape}"
            )
        check_label_shapes(label, pred)
        best = nd.topk(pred, k=self.top_k, ret_typ="indices")
        assert isinstance(best, NDArray)
        return [_matches(best, label.reshape((-1, 1)))], len(pred)


def _matches(pred: NDArray, label: NDArray) -> NDArray:
    """Count where two are the same class."""
    return nd.sum(_as_class(pred) == _as_class(label))


def _as_class(array: NDArray) -> NDArray:
    return nd.cast(array, dtype="int32")
