"""Callbacks for training: what is logged and saved after batches and epochs."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Protocol

from dataflow.errors import ArgumentError
from dataflow.metric import EvalMetric
from dataflow.ndarray import NDArray
from dataflow.serialization.background import in_background
from dataflow.symbol import Symbol

__all__ = [
    "LogValidationMetricsCallback",
    "ProgressBar",
    "Speedometer",
    "do_checkpoint",
    "log_train_metric",
    "module_checkpoint",
]

Parameters = Mapping[str, NDArray]


class BatchEnd(Protocol):
    """What a callback is told: where training is, and its metric."""

    epoch: int
    nbatch: int
    eval_metric: EvalMetric | None


class Saving(Protocol):
    """What can save itself: a Module."""

    def save_checkpoint(
        self, prefix: str, epoch: int, save_optimizer_states: bool = False
    ) -> None:
        """Save the symbol and the parameters under a prefix and a number."""


# After an epoch


def module_checkpoint(
    mod: Saving, prefix: str, period: int = 1, save_optimizer_states: bool = False
) -> Callable[..., None]:
    """Return a callback that saves a module, while the training goes on.

    What is saved is what the module holds when the callback is called. The files are
    written in the background: the next checkpoint and the end of `fit` wait for them,
    and raise what failed.

    Parameters
    ----------
    mod : Module
        What is saved.
    prefix : str
        What the names of the files begin with.
    period : int
        After how many epochs each.
    save_optimizer_states : bool
        Save what the optimizer remembers, too.
    """
    period = max(1, int(period))

    def save(
        iter_no: int,
        sym: Symbol | None = None,
        arg: Parameters | None = None,
        aux: Parameters | None = None,
    ) -> None:
        if (iter_no + 1) % period == 0:
            with in_background():
                mod.save_checkpoint(
                    prefix, iter_no + 1, save_optimizer_states=save_optimizer_states
                )

    return save


def do_checkpoint(prefix: str, period: int = 1) -> Callable[..., None]:
    """Return a callback that saves a symbol and its parameters.

    The training goes on meanwhile, as with `module_checkpoint`. What the optimizer
    remembers (momentum, say) is not saved, so that a training that goes on from here
    takes another course; `module_checkpoint` can save it.

    Parameters
    ----------
    prefix : str
        What the names of the files begin with.
    period : int
        After how many epochs each.
    """
    period = max(1, int(period))

    def save(iter_no: int, sym: Symbol, arg: Parameters, aux: Parameters) -> None:
        if (iter_no + 1) % period == 0:
            model = import_module("dataflow.model")
            with in_background():
                model.save_checkpoint(prefix, iter_no + 1, sym, arg, aux)

    return save


class LogValidationMetricsCallback:
    """Logs every value of the metric after validation."""

    def __call__(self, param: BatchEnd) -> None:
        """Log; for ``eval_end_callback``."""
        if param.eval_metric is None:
            return
        for name, value in param.eval_metric.get_name_value():
            logging.info("Epoch[%d] Validation-%s=%f", param.epoch, name, value)


# After a batch


def log_train_metric(period: int, auto_reset: bool = False) -> Callable[..., None]:
    """Return a callback that logs every value of the metric.

    Parameters
    ----------
    period : int
        After how many batches each.
    auto_reset : bool
        Reset the metric (but its global totals) afterwards.
    """
    _check_positive("period", period)

    def log(param: BatchEnd) -> None:
        metric = param.eval_metric
        if param.nbatch % period or metric is None:
            return
        for name, value in metric.get_name_value():
            logging.info(
                "Iter[%d] Batch[%d] Train-%s=%f", param.epoch, param.nbatch, name, value
            )
        if auto_reset:
            metric.reset_local()

    return log


class Speedometer:
    """Logs the samples per second, and the metric.

    Parameters
    ----------
    batch_size : int
        Samples in a batch.
    frequent : int
        After how many batches each.
    auto_reset : bool
        Reset the metric (but its global totals) after every line, so that a line tells
        of the batches since the last one.
    clock : callable
        Returns the time in seconds.
    """

    def __init__(
        self,
        batch_size: int,
        frequent: int = 50,
        auto_reset: bool = True,
        *,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        _check_positive("frequent", frequent)
        self.batch_size = batch_size
        self.frequent = frequent
        self.auto_reset = auto_reset
        self.last_count = 0
        self._clock = clock
        self._since: float | None = None

    def __call__(self, param: BatchEnd) -> None:
        """Log, if it is time; for ``batch_end_callback``."""
        if param.nbatch < self.last_count:  # an epoch has begun
            self._since = None
        self.last_count = param.nbatch
        if self._since is None:
            self._since = self._clock()
        elif param.nbatch % self.frequent == 0:
            self._log(param, self._since)

    def _log(self, param: BatchEnd, since: float) -> None:
        metric, last = param.eval_metric, param.nbatch
        # The metric first: it waits for batches, whose time counts.
        values = [] if metric is None else metric.get_name_value()
        self._since = self._clock()
        seconds = self._since - since
        speed = self.frequent * self.batch_size / seconds if seconds else math.inf
        if metric is None:
            place, numbers = "Iter[%d] Batch [%d]", [last]
        else:
            first = last - self.frequent if self.auto_reset else 0
            place, numbers = "Epoch[%d] Batch [%d-%d]", [first, last]
            if self.auto_reset:
                metric.reset_local()
        logging.info(
            f"{place}\tSpeed: %.2f samples/sec" + "\t%s=%f" * len(values),
            *(param.epoch, *numbers, speed),
            *(part for pair in values for part in pair),
        )


class ProgressBar:
    """Logs how much of an epoch is done, as a bar.

    Parameters
    ----------
    total : int
        Batches in an epoch.
    length : int
        Characters in the bar.
    """

    def __init__(self, total: int, length: int = 80) -> None:
        _check_positive("total", total)
        self.bar_len = length
        self.total = total

    def __call__(self, param: BatchEnd) -> None:
        """Log; for ``batch_end_callback``."""
        filled = round(self.bar_len * param.nbatch / self.total)
        bar = "=" * filled + "-" * (self.bar_len - filled)
        percent = math.ceil(100 * param.nbatch / self.total)
        logging.info("[%s] %s%%\r", bar, percent)


def _check_positive(name: str, value: int) -> None:
    if value < 1:
        raise ArgumentError(f"{name} is {value}; it must be 1 or more")
