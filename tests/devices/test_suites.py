"""Tests of arrays and executors hold on a simulated device, too.

Some of them here; ``DATAFLOW_TEST_CONTEXT=sim(0)`` runs any, as `docs/devices.md` says.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
SOME = ("ndarray/test_indexing.py", "ndarray/test_asynchrony.py", "test_tiny.py")


def test_ordinary_tests_pass_on_a_simulated_device():
    surroundings = {
        **os.environ,
        "DATAFLOW_BACKEND": "reference",
        "DATAFLOW_TEST_CONTEXT": "sim(0)",
        "DATAFLOW_TEST_SEED": "5",
    }
    command = [sys.executable, "-m", "pytest", "-q", *(str(TESTS / n) for n in SOME)]
    result = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
        env=surroundings,
        cwd=TESTS.parent,
    )
    assert result.returncode == 0, result.stdout[-5000:]
    assert " passed" in result.stdout
