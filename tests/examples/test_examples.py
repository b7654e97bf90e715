"""The examples, run as a user would, at a small size."""

from __future__ import annotations

import json
import logging
import runpy
from pathlib import Path

import pytest

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


def test_networks_of_the_zoo_learn_digits_and_go_on_from_a_checkpoint(tmp_path):
    main = main_of("image_classification.py")
    shared = ["--network", "mlp", "--out", str(tmp_path)]
    first = main([*shared, "--epochs", "1", "--contexts", "2"])
    assert (tmp_path / "mlp-0001.params").exists()
    resumed = main([*shared, "--epochs", "4", "--resume", "1"])
    assert not (tmp_path / "mlp-0005.params").exists()
    assert resumed > max(first, 0.9)


@pytest.mark.parametrize(
    ("network", "epochs", "images", "least"),
    [("lenet", 2, 600, 0.75), ("resnet", 3, 400, 0.75), ("inception-bn", 1, 30, 0)],
)
def test_larger_networks_of_the_zoo_learn(tmp_path, network, epochs, images, least):
    options = {"network": network, "epochs": epochs, "images": images, "out": tmp_path}
    arguments = [f"--{name}={value}" for name, value in options.items()]
    accuracy = main_of("image_classification.py")([*arguments, "--batch-size=16"])
    assert accuracy >= least
    assert (tmp_path / f"{network}-{epochs:04d}.params").exists()


def test_bucketing_language_model_learns(tmp_path):
    sizes = ["--epochs", "10", "--layers", "1", "--size", "32", "--dropout", "0"]
    before, after = main_of("bucketing_lm.py")([*sizes, "--out", str(tmp_path)])
    assert after < before / 4
    assert (tmp_path / "bucketing_lm-0010.params").exists()


def test_both_tasks_are_learned():
    values = main_of("multi_task.py")(["--epochs", "3", "--contexts", "2"])
    assert set(values) == {"digit-accuracy", "odd-accuracy", "both-right"}
    assert values["digit-accuracy"] > 0.88
    assert values["odd-accuracy"] > 0.85
    assert values["both-right"] <= min(values.values())


def test_a_custom_softmax_is_trained_through():
    assert main_of("custom_softmax.py")(["--epochs", "3"]) > 0.9


def test_autoencoder_reconstructs_digits():
    plain, error = main_of("autoencoder.py")(["--epochs", "3", "--sizes", "32", "12"])
    assert error < plain / 2


def test_factors_on_two_devices_predict_hidden_ratings(caplog):
    main = main_of("matrix_factorization.py")
    sizes = ["--epochs", "3", "--users", "150"]
    with caplog.at_level(logging.INFO):
        plain, error = main(sizes)
    assert "cpu(1)" in caplog.text
    assert error < 0.9 * plain
    assert main([*sizes, "--contexts", "1"]) == (plain, error)


def test_monitors_name_the_operator_that_made_a_nan(caplog):
    with caplog.at_level(logging.INFO):
        found, accuracy = main_of("debugging.py")(["--epochs", "2"])
    assert "made by operator broadcast_div 'standardize'" in found
    assert "debugging.py" in found
    assert accuracy > 0.9
    watched = {r.args[1] for r in caplog.records if r.msg.startswith("Batch: ")}
    assert {"fc1_output", "fc2_weight"} < watched
    assert not any("bias" in name for name in watched)
