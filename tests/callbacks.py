"""Callbacks and what they are told, here and when golden lines are recorded."""

from __future__ import annotations

import logging
from types import SimpleNamespace


class Clock:
    """Stands still unless told otherwise."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def metric(mx):
    """Return a metric of two values that change as batches come."""

    def first(label, pred):
        return float(pred.sum())

    def second(label, pred):
        return float(label.sum()), 4

    return mx.metric.create([first, second])


# Callback by name, given the package, what to hand on to a Speedometer, and the batches
CALLBACKS = {
    "speed": (lambda mx, timed: mx.callback.Speedometer(8, 3, **timed), True),
    "speed_whole_epoch": (
        lambda mx, timed: mx.callback.Speedometer(8, 2, auto_reset=False, **timed),
        True,
    ),
    "speed_alone": (lambda mx, timed: mx.callback.Speedometer(32, 2, **timed), False),
    "train": (lambda mx, timed: mx.callback.log_train_metric(3), True),
    "train_reset": (lambda mx, timed: mx.callback.log_train_metric(2, True), True),
    "train_alone": (lambda mx, timed: mx.callback.log_train_metric(1), False),
    "bar": (lambda mx, timed: mx.callback.ProgressBar(7), False),
    "bar_short": (lambda mx, timed: mx.callback.ProgressBar(100, length=9), False),
    "validation": (lambda mx, timed: mx.callback.LogValidationMetricsCallback(), True),
    "validation_alone": (
        lambda mx, timed: mx.callback.LogValidationMetricsCallback(),
        False,
    ),
}


class Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.seen = []

    def emit(self, record):
        self.seen.append(record.getMessage())


def logged(mx, name, clock, timed):
    """Return the lines that a callback logs in two epochs of seven batches."""
    make, measured = CALLBACKS[name]
    callback = make(mx, timed)
    lines, root = Lines(), logging.getLogger()
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.INFO)
    try:
        for epoch in range(2):
            values = metric(mx) if measured else None
            for batch in range(8):
                clock.now += 0.3 if batch != 3 else 0
                if values is not None:
                    values.update(
                        [mx.nd.array([batch, 1])], [mx.nd.array([epoch, batch])]
                    )
                callback(SimpleNamespace(epoch=epoch, nbatch=batch, eval_metric=values))
    finally:
        root.removeHandler(lines)
        root.setLevel(level)
    return lines.seen
