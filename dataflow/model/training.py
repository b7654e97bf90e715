"""The loop over epochs in which FeedForward trains."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dataflow.errors import ArgumentError
from dataflow.io import DataBatch
from dataflow.model.batch_end import BatchEndParam


def batches(
    data: Any, size: int | None, on_reset: Callable[[], None]
) -> Iterator[DataBatch]:
    """Yield the batches of one epoch.

    Parameters
    ----------
    data : DataIter
        Where they come from; it is reset where it ends.
    size : int, optional
        How many; by default those up to the end of `data`.
    on_reset : callable
        Called at every reset.

    Raises
    ------
    ArgumentError
        There are none.
    """
    count, fresh = 0, False
    while True:
        before = count
        for batch in data:
            yield batch
            count += 1
            if count == size:
                return
        if fresh and count == before:
            raise ArgumentError("the data have no batch")
        on_reset()
        data.reset()
        fresh = True
        if size is None:
            return


@dataclass
class Training:
    """What all epochs of one training have in common.

    Parameters
    ----------
    module : Module
        What is trained; ready for that.
    train_data, eval_data : DataIter
        Batches to learn from, and to measure on (or None).
    eval_metric : EvalMetric
        What is measured on both.
    epoch_size : int, optional
        Batches in an epoch; all by default.
    logger : logging.Logger
        Where it logs.
    monitor : Monitor, optional
        Watches batches.
    batch_end, eval_batch_end, eval_end : callable or list of callable, optional
        Called after batches; after batches of `eval_data`, and after the last of them.
    """

    module: Any
    train_data: Any
    eval_data: Any
    eval_metric: Any
    epoch_size: int | None
    logger: Any
    monitor: Any
    batch_end: Any
    eval_batch_end: Any
    eval_end: Any

    def epoch(self, epoch: int) -> None:
        """Train on the batches of an epoch."""
        started = time.perf_counter()
        self.eval_metric.reset()

        def on_reset() -> None:
            self.logger.info("Epoch[%d] Resetting Data Iterator", epoch)

        found = batches(self.train_data, self.epoch_size, on_reset)
        for nbatch, batch in enumerate(found, start=1):
            self._step(batch)
            self._tell(epoch, nbatch, batch)
        seconds = time.perf_counter() - started
        self.logger.info("Epoch[%d] Time cost=%.3f", epoch, seconds)

    def _step(self, batch: DataBatch) -> None:
        if self.monitor is not None:
            self.monitor.tic()
        self.module.forward_backward(batch)
        self.module.update()
        if self.monitor is not None:
            self.monitor.toc_print()
        self.module.update_metric(self.eval_metric, batch.label)

    def _tell(self, epoch: int, nbatch: int, batch: DataBatch) -> None:
        if self.batch_end is None:
            return
        known = {**vars(self), "epoch": epoch, "nbatch": nbatch, "data_batch": batch}
        call(self.batch_end, BatchEndParam(epoch, nbatch, self.eval_metric, known))

    def validate(self, epoch: int) -> None:
        """Measure on `eval_data`, if there are any."""
        if self.eval_data is None:
            return
        self.module.score(
            self.eval_data,
            self.eval_metric,
            batch_end_callback=self.eval_batch_end,
            score_end_callback=self.eval_end,
            epoch=epoch,
        )
        self.eval_data.reset()


def call(callbacks: Any, *arguments: Any) -> None:
    """Call one function, or each of a list; None is none."""
    if callbacks is None:
        return
    for callback in callbacks if isinstance(callbacks, list | tuple) else [callbacks]:
        callback(*arguments)
