"""Every optimizer gives what MXNet 1.9.1 gives, update by update."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import dataflow as mx
from tests.optimizer.runs import RUNS, Run, play

GOLDEN = Path(__file__).parents[1] / "golden" / "optimizers.npz"


@pytest.fixture(scope="module")
def golden():
    with np.load(GOLDEN) as values:
        return dict(values)


def tolerance(run: Run) -> float:
    if run.dtype != "float16":
        return 1e-5
    return 2e-3 if run.settings.get("multi_precision") else 5e-3


@pytest.mark.parametrize("name", RUNS)
def test_ten_updates(name, golden):
    run = RUNS[name]
    limit = tolerance(run)
    np.testing.assert_allclose(play(mx, run), golden[name], rtol=limit, atol=limit)


def test_no_golden_value_is_left_over(golden):
    assert golden.keys() == RUNS.keys()


def test_every_optimizer_runs_but_the_random_one():
    run = {run.optimizer for run in RUNS.values()}
    own = {
        name
        for name, klass in mx.optimizer.Optimizer.opt_registry.items()
        if klass.__module__.startswith("dataflow.")
    }
    assert run == own - {"sgld"}
