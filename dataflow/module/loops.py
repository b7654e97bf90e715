"""The loops over batches: to train, to measure, to predict.

Nothing in them waits for the engine; what a callback asks for may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from dataflow import metric as metrics
from dataflow import ndarray as nd
from dataflow.errors import ArgumentError, UsageError
from dataflow.metric import EvalMetric
from dataflow.model import BatchEndParam
from dataflow.module.display import Display
from dataflow.module.interface import Interface
from dataflow.module.interrupts import held_interrupts
from dataflow.module.names import as_list
from dataflow.ndarray import NDArray

Values = list[tuple[str, Any]]
Predicted = tuple[list[NDArray], int, Any]


def as_metric(given: Any) -> EvalMetric:
    """Return a metric; one of a name, of a list or of a function is created."""
    if isinstance(given, EvalMetric):
        return given
    created: EvalMetric = metrics.create(given)
    return created


def notify(callbacks: Any, where: Mapping[str, Any]) -> None:
    """Call one or more callbacks of batches; `where` holds epoch, nbatch, ..."""
    for callback in as_list(callbacks):
        callback(
            BatchEndParam(
                epoch=where["epoch"],
                nbatch=where["nbatch"],
                eval_metric=where["eval_metric"],
                locals=dict(where),
            )
        )


@dataclass
class Training:
    """What all epochs of one training have in common.

    Parameters
    ----------
    module : BaseModule
        What is trained; bound and initialised.
    data : DataIter
        Its batches.
    metric : EvalMetric
        Takes in every batch.
    monitor : Monitor, optional
        Watches batches.
    callbacks : callable or list of callable, optional
        Called after every batch.
    row_ids : callable, optional
        Handed to `BaseModule.prepare`.
    options : mapping
        What callbacks see in ``locals`` beside this.
    display : Display
        Shows how far it has come.
    """

    module: Interface
    data: Any
    metric: EvalMetric
    monitor: Any
    callbacks: Any
    row_ids: Callable[[Any], Any] | None
    options: Mapping[str, Any]
    display: Display

    def epoch(self, epoch: int) -> Values:
        """Train on every batch once; return the metric over all of them."""
        self.metric.reset()
        batches = self._batches()
        batch, number = next(batches), 0
        values: Values = []
        while batch is not None:
            with held_interrupts():
                self._step(batch)
            following = next(batches)
            with held_interrupts():
                if following is not None:
                    self.module.prepare(following, sparse_row_id_fn=self.row_ids)
                if self.monitor is not None:
                    self.monitor.toc_print()
                if following is None:  # before a callback resets the metric
                    values = self.metric.get_global_name_value()
                notify(self.callbacks, self._where(epoch, number, batch))
            self.display.batch(epoch, number)
            batch, number = following, number + 1
        return values

    def _step(self, batch: Any) -> None:
        module = self.module
        if self.monitor is not None:
            self.monitor.tic()
        module.forward_backward(batch)
        module.update()
        _measure(module, self.metric, batch)

    def _batches(self) -> Iterator[Any]:
        """Return all batches, then None."""
        batches = iter(self.data)
        first = next(batches, None)
        if first is None:  # read to its end before
            self.data.reset()
            batches = iter(self.data)
            first = next(batches, None)
        if first is None:
            raise ArgumentError("the training data has no batches")
        yield first
        yield from batches
        yield None

    def _where(self, epoch: int, number: int, batch: Any) -> dict[str, Any]:
        return {
            **self.options,
            "self": self.module,
            "epoch": epoch,
            "nbatch": number,
            "data_batch": batch,
            "eval_metric": self.metric,
        }


def _measure(module: Interface, metric: EvalMetric, batch: Any) -> None:
    if isinstance(batch, list):
        labels = [each.label for each in batch]
        module.update_metric(metric, labels, pre_sliced=True)
    else:
        module.update_metric(metric, batch.label)


def score(
    module: Interface,
    data: Any,
    metric: EvalMetric,
    num_batch: int | None,
    batch_callbacks: Any,
    end_callbacks: Any,
    epoch: int,
    row_ids: Callable[[Any], Any] | None,
) -> Values:
    """Measure on batches; see `BaseModule.score`."""
    metric.reset()
    where = {
        "self": module,
        "eval_data": data,
        "eval_metric": metric,
        "num_batch": num_batch,
        "epoch": epoch,
        "nbatch": 0,
    }
    for number, batch in enumerate(islice(data, num_batch)):
        with held_interrupts():
            module.prepare(batch, sparse_row_id_fn=row_ids)
            module.forward(batch, is_train=False)
            _measure(module, metric, batch)
            notify(batch_callbacks, where | {"nbatch": number, "eval_batch": batch})
        where["nbatch"] = number + 1
    notify(end_callbacks, where)
    return metric.get_name_value()


def predictions(
    module: Interface,
    data: Any,
    num_batch: int | None,
    row_ids: Callable[[Any], Any] | None,
) -> Iterator[Predicted]:
    """Yield for each batch copies of the outputs, its number, and itself.

    What only fills a batch up is cut off.
    """
    for number, batch in enumerate(islice(data, num_batch)):
        with held_interrupts():
            module.prepare(batch, sparse_row_id_fn=row_ids)
            module.forward(batch, is_train=False)
            pad = batch.pad or 0
            outputs = [out[: len(out) - pad].copy() for out in module.get_outputs()]
        yield outputs, number, batch


def merged(batches: Sequence[Sequence[NDArray]]) -> list[NDArray]:
    """Join the outputs of batches along axis 0.

    Raises
    ------
    UsageError
        The batches differ in their counts of outputs.
    """
    counts = {len(outputs) for outputs in batches}
    if len(counts) > 1:
        raise UsageError(
            f"batches have {sorted(counts)} outputs, which cannot be merged (buckets?);"
            " pass merge_batches=False"
        )
    return [nd.concatenate(list(each)) for each in zip(*batches, strict=True)]
