"""The README's code runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README, re.DOTALL))
def test_code_runs(code, capsys):
    exec(compile(code, "README.md", "exec"), {})
    assert "<NDArray 64x10 @cpu(1)>" in capsys.readouterr().out


def test_links_lead_somewhere():
    targets = re.findall(r"\]\(([^)#]+)\)|src=\"([^\"]+)\"", README)
    local = [a or b for a, b in targets if not (a or b).startswith("http")]
    assert local
    for target in local:
        assert (ROOT / target).exists(), target
