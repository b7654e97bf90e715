"""The line that shows how far a training has come."""

from __future__ import annotations

import io
import sys
import threading

import numpy as np

import dataflow as mx
from dataflow.module import display


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_nothing_is_shown_without_a_terminal():
    assert not display.wanted()
    with display.Display(0, 3) as shown:
        shown.batch(0, 0)
    assert shown._progress is None


def test_short_runs_show_nothing_and_long_ones_epochs_and_batches(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.delenv("DATAFLOW_PROGRESS", raising=False)
    now = [0.0]
    with display.Display(2, 5, clock=lambda: now[0]) as shown:
        shown.batch(2, 0)
        assert shown._progress is None
        now[0] = 10.0
        shown.batch(3, 7)
        task = shown._progress.tasks[0]
        assert (task.completed, task.total, task.fields["batch"]) == (1, 3, 8)
    kinds = {type(thread).__name__ for thread in threading.enumerate()}
    assert "_RefreshThread" not in kinds  # it would outlive an interrupt
    assert "epoch" in terminal.getvalue()


def test_it_can_be_turned_off(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("DATAFLOW_PROGRESS", "0")
    assert not display.wanted()


def test_fit_shows_its_batches(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(display, "PATIENCE_SECONDS", 0.0)
    seen = []
    start = display.Display._start

    def watched(self):
        start(self)
        update = self._progress.update
        self._progress.update = lambda task, **kwargs: (
            seen.append(kwargs["batch"]),
            update(task, **kwargs),
        )

    monkeypatch.setattr(display.Display, "_start", watched)
    net = mx.sym.SoftmaxOutput(
        mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=2), name="softmax"
    )
    data = mx.io.NDArrayIter(np.ones((8, 3)), np.zeros(8), 4)
    mx.mod.Module(net).fit(data, num_epoch=1)
    assert seen[0] == 1
