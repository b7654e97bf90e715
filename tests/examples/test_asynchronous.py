"""The code of docs/asynchronous.md runs as it stands, and prints what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEXT = (Path(__file__).parents[2] / "docs/asynchronous.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL))
def test_code_runs(code, capsys):
    exec(compile(code, "asynchronous.md", "exec"), {})
    printed = capsys.readouterr().out
    assert printed
    for expected in re.findall(r"print\(.*\)  # (.*)", code):
        assert expected in printed
    assert "too slow" not in printed
