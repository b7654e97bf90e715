"""What is rendered from the declarations is up to date."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_operator_reference_and_the_stubs_are_up_to_date():
    command = [sys.executable, str(ROOT / "docs" / "render.py"), "--check"]
    result = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=100
    )
    assert result.returncode == 0, f"{result.stdout}{result.stderr}run make docs"
