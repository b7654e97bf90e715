"""Learning rates by the count of updates: those of MXNet 1.9.1, and bad settings."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from dataflow import lr_scheduler
from dataflow.errors import ArgumentError, ArgumentTypeError

GOLDEN = json.loads((Path(__file__).parent / "golden/lr_schedulers.json").read_text())


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["kind"])
def test_series(case):
    scheduler = getattr(lr_scheduler, case["kind"])(**case["settings"])
    rates = [scheduler(n) for n in case["updates"]]
    assert rates == pytest.approx(case["rates"], rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("kind", ["PolyScheduler", "CosineScheduler"])
def test_no_update_is_left_after_warming_up(kind):
    scheduler = getattr(lr_scheduler, kind)(4, 0.5, final_lr=0.1, warmup_steps=4)
    assert [scheduler(n) for n in (2, 4, 9)] == [0.25, 0.1, 0.1]


def test_changes_are_logged(caplog):
    caplog.set_level(logging.INFO)
    lr_scheduler.FactorScheduler(2, 0.5, base_lr=0.1)(3)
    lr_scheduler.MultiFactorScheduler([2], 0.5, base_lr=0.2)(3)
    assert [record.getMessage() for record in caplog.records] == [
        "Update[3]: Change learning rate to 5.00000e-02",
        "Update[3]: Change learning rate to 1.00000e-01",
    ]


def test_the_base_defines_no_rate():
    with pytest.raises(NotImplementedError, match="LRScheduler must define __call__"):
        lr_scheduler.LRScheduler()(1)


def test_warming_up_is_over():
    with pytest.raises(ArgumentError, match="update 5 is not within the 5 updates"):
        lr_scheduler.LRScheduler(warmup_steps=5).get_warmup_lr(5)


MISTAKES = {
    "warm-up above": ("LRScheduler", {"warmup_begin_lr": 1}, "above base_lr 0.01"),
    "mode": ("LRScheduler", {"warmup_mode": "square"}, "'linear' or 'constant'"),
    "negative warm-up": ("LRScheduler", {"warmup_steps": -1}, "at least 0, not -1"),
    "no step": ("FactorScheduler", {"step": 0}, "at least 1 update, not 0"),
    "rising": ("FactorScheduler", {"step": 1, "factor": 2}, "at most 1, not 2"),
    "rising twice": (
        "MultiFactorScheduler",
        {"step": [1], "factor": 2},
        "at most 1, not 2",
    ),
    "not rising": ("MultiFactorScheduler", {"step": [3, 3]}, r"rise .* \[3, 3\]"),
    "early": ("MultiFactorScheduler", {"step": [0, 3]}, "rise from 1 on"),
    "no update": ("PolyScheduler", {"max_update": 0}, "max_update is at least 1"),
    "none either": ("CosineScheduler", {"max_update": 0}, "max_update is at least 1"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_bad_settings(case):
    kind, settings, says = MISTAKES[case]
    with pytest.raises(ArgumentError, match=says):
        getattr(lr_scheduler, kind)(**settings)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("LRScheduler", {"warmup_steps": 1.5}),
        ("MultiFactorScheduler", {"step": 3}),
        ("MultiFactorScheduler", {"step": []}),
        ("PolyScheduler", {"max_update": 1.5}),
    ],
)
def test_what_must_be_counts(kind, settings):
    with pytest.raises(ArgumentTypeError, match=r"counts? of updates"):
        getattr(lr_scheduler, kind)(**settings)
