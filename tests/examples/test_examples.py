"""The examples, run as a user would, at a small size."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def main_of(name: str):
    return runpy.run_path(str(EXAMPLES / name))["main"]


def test_digits_are_learned(tmp_path, capsys):
    accuracy = main_of("train_digits.py")(
        ["--epochs", "3", "--batch", "32", "--out", str(tmp_path)]
    )
    assert accuracy > 0.93
    assert "of the lower bound" in capsys.readouterr().out
    events = json.loads((tmp_path / "timeline.json").read_text())["traceEvents"]
    assert any(event["name"] == "conv1_backward" for event in events)
    assert (tmp_path / "network.svg").read_text().startswith("<svg")


def test_model_parallel_lstm_learns_the_same_on_every_placement(capsys):
    sizes = ["--steps", "12", "--length", "6", "--batch", "16", "--size", "24"]
    history = main_of("model_parallel_lstm.py")(sizes)
    assert "equal bit for bit: True" in capsys.readouterr().out
    one, four = history.values()
    assert one == four
    assert four[-1] < 0.6 * four[0]
