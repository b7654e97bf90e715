"""Callbacks log and save what MXNet's do, at the same batches."""

from __future__ import annotations

import inspect
import json
import logging
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

import dataflow as mx
from dataflow.errors import ArgumentError
from tests.callbacks import CALLBACKS, Clock, logged, metric

GOLDEN = json.loads((Path(__file__).parent / "golden/callbacks.json").read_text())


@pytest.mark.parametrize("name", CALLBACKS)
def test_lines_are_mxnets(name):
    clock = Clock()
    assert logged(mx, name, clock, {"clock": clock}) == GOLDEN[name]


def test_time_that_stands_still_is_infinitely_fast(caplog):
    caplog.set_level(logging.INFO)
    speed = mx.callback.Speedometer(8, 1, clock=lambda: 5.0)
    for batch in range(2):
        speed(SimpleNamespace(epoch=0, nbatch=batch, eval_metric=None))
    assert caplog.messages == ["Iter[0] Batch [1]\tSpeed: inf samples/sec"]


def test_waiting_for_the_metric_counts_as_time(caplog):
    caplog.set_level(logging.INFO)
    clock, values = Clock(), metric(mx)

    class Slow:
        reset_local = values.reset_local

        def get_name_value(self):
            clock.now += 2.0
            return values.get_name_value()

    speed = mx.callback.Speedometer(8, 1, clock=clock)
    for batch in range(2):
        speed(SimpleNamespace(epoch=0, nbatch=batch, eval_metric=Slow()))
    assert "Speed: 4.00 samples/sec" in caplog.text


def test_modules_are_saved_every_few_epochs():
    saved = []

    def save(prefix, epoch, save_optimizer_states):
        saved.append((prefix, epoch, save_optimizer_states))

    module = SimpleNamespace(save_checkpoint=save)
    every_second = mx.callback.module_checkpoint(module, "net", 2, True)
    every = mx.callback.module_checkpoint(module, "all", 0)
    for epoch in range(4):
        every_second(epoch)
        every(epoch, None, {}, {})
    assert [s for s in saved if s[0] == "net"] == [("net", 2, True), ("net", 4, True)]
    assert [s[1:] for s in saved if s[0] == "all"] == [(n, False) for n in (1, 2, 3, 4)]


def test_symbols_are_saved_every_few_epochs(monkeypatch):
    saved = []
    model = ModuleType("dataflow.model")
    model.save_checkpoint = lambda *args: saved.append(args)
    monkeypatch.setitem(sys.modules, "dataflow.model", model)
    save = mx.callback.do_checkpoint("net", 3)
    for epoch in range(6):
        save(epoch, "symbol", {"w": 1}, {})
    assert saved == [("net", n, "symbol", {"w": 1}, {}) for n in (3, 6)]


def test_counts_below_one_are_refused():
    for make in (
        lambda: mx.callback.Speedometer(8, 0),
        lambda: mx.callback.log_train_metric(0),
        lambda: mx.callback.ProgressBar(0),
    ):
        with pytest.raises(ArgumentError, match="must be 1 or more"):
            make()


def test_signatures():
    expected = {
        "module_checkpoint": ["mod", "prefix", "period", "save_optimizer_states"],
        "do_checkpoint": ["prefix", "period"],
        "log_train_metric": ["period", "auto_reset"],
        "Speedometer": ["batch_size", "frequent", "auto_reset", "clock"],
        "ProgressBar": ["total", "length"],
    }
    for name, parameters in expected.items():
        function = getattr(mx.callback, name)
        assert list(inspect.signature(function).parameters) == parameters
