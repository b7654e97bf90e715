"""Faults planted in the engine are found by the checks of this suite."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import dataflow_engine
from tests.engine.helpers import PATIENCE
from tests.engine.mutants import MUTANTS

ROOT = Path(__file__).parents[2]
ENGINE = Path(dataflow_engine.__file__).parents[1]


def check(*name):
    """Run the checks in a process of their own; return its status and words."""
    result = subprocess.run(
        [sys.executable, "-m", "tests.engine.mutants", *name],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(ENGINE), str(ROOT))),
            # What is stuck is a fault that was found: no need to wait for long.
            "DATAFLOW_TEST_PATIENCE": "1" if name else str(PATIENCE),
        },
        capture_output=True,
        text=True,
        timeout=5 * PATIENCE,
        check=False,
    )
    assert result.stderr == ""
    return result.returncode, result.stdout


def test_without_a_fault_nothing_is_found():
    assert check() == (0, "found nothing\n")


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_planted_fault_is_found(mutant):
    status, said = check(mutant)
    assert said.startswith("found: ")
    assert "has changed" not in said, said
    assert status == 1
