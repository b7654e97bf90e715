"""Several metrics at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dataflow.errors import IndexOutOfRange
from dataflow.metric.base import Arrays, EvalMetric
from dataflow.metric.registry import alias, create, register
from dataflow.ndarray import NDArray


@register
@alias("composite")
class CompositeEvalMetric(EvalMetric):
    """Several metrics that see the same batches.

    Parameters
    ----------
    metrics : sequence, optional
        Metrics, or whatever `create` makes some of.
    name, output_names, label_names
        As in EvalMetric.
    """

    def __init__(
        self,
        metrics: Sequence[Any] | None = None,
        name: str = "composite",
        output_names: Sequence[str] | None = None,
        label_names: Sequence[str] | None = None,
    ) -> None:
        self.metrics = [create(metric) for metric in metrics or ()]
        super().__init__(name, output_names, label_names, has_global_stats=True)

    def add(self, metric: Any) -> None:
        """Append a metric, or what `create` makes one of."""
        self.metrics.append(create(metric))

    def get_metric(self, index: int) -> EvalMetric:
        """Return one of its metrics; raises IndexOutOfRange if there is none."""
        try:
            return self.metrics[index]
        except IndexError:
            raise IndexOutOfRange(
                f"there are {len(self.metrics)} metrics, and none at {index}"
            ) from None

    def update_dict(
        self, labels: Mapping[str, NDArray], preds: Mapping[str, NDArray]
    ) -> None:
        """Give every metric the arrays of a batch, as far as this one uses them."""
        labels = _kept(labels, self.label_names)
        preds = _kept(preds, self.output_names)
        for metric in self.metrics:
            metric.update_dict(labels, preds)

    def update(self, labels: Arrays, preds: Arrays) -> None:
        """Give every metric a batch."""
        for metric in self.metrics:
            metric.update(labels, preds)

    def reset(self) -> None:
        """Reset every metric."""
        for metric in self.metrics:
            metric.reset()

    def reset_local(self) -> None:
        """Reset every metric but its global totals."""
        for metric in self.metrics:
            metric.reset_local()

    def get(self) -> tuple[list[str], list[Any]]:
        """Return the names and the values of all metrics."""
        return _joined(metric.get_name_value() for metric in self.metrics)

    def get_global(self) -> tuple[list[str], list[Any]]:
        """Return the names and the global values of all metrics."""
        return _joined(metric.get_global_name_value() for metric in self.metrics)

    def get_config(self) -> dict[str, Any]:
        """Return what `create` makes equal metrics from."""
        configs = [metric.get_config() for metric in self.metrics]
        return super().get_config() | {"metrics": configs}


def _kept(
    arrays: Mapping[str, NDArray], names: Sequence[str] | None
) -> Mapping[str, NDArray]:
    if names is None:
        return arrays
    return {name: array for name, array in arrays.items() if name in names}


def _joined(parts: Any) -> tuple[list[str], list[Any]]:
    pairs = [pair for part in parts for pair in part]
    return [name for name, _ in pairs], [value for _, value in pairs]
