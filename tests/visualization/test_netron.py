"""Saved files open in Netron: its own parser, run by Node, reads what we wrote.

Netron's JavaScript is that of the Python package ``netron``, or of the folder that the
environment variable DATAFLOW_NETRON names (``node_modules/netron/source``, say).
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import dataflow as mx
from tests.serialization.zoo import SYMBOLS, text

SCRIPT = Path(__file__).parent / "open_in_netron.mjs"
NODE = shutil.which("node")


def node_version() -> tuple[int, ...]:
    if NODE is None:
        return (0,)
    shown = subprocess.run([NODE, "--version"], capture_output=True, check=True)
    return tuple(map(int, shown.stdout.decode().strip("v\n").split(".")))


def netron_folder() -> str | None:
    if "DATAFLOW_NETRON" in os.environ:
        return os.environ["DATAFLOW_NETRON"]
    found = importlib.util.find_spec("netron")
    places = found.submodule_search_locations if found is not None else None
    return places[0] if places else None


NETRON = netron_folder()
pytestmark = [
    # older ones take Netron's files, which no package.json describes, for scripts
    pytest.mark.skipif(node_version() < (20, 19), reason="needs node 20.19 or later"),
    pytest.mark.skipif(NETRON is None, reason="netron is not installed"),
]


def opened(*files: Path) -> list[dict]:
    command = [NODE, SCRIPT, NETRON, *files]
    result = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def convolutional() -> mx.sym.Symbol:
    net = mx.sym.Convolution(
        mx.sym.Variable("data"), kernel=(3, 3), num_filter=4, no_bias=True, name="conv"
    )
    net = mx.sym.Flatten(mx.sym.BatchNorm(net, name="bn"), name="flat")
    return mx.sym.SoftmaxOutput(
        mx.sym.FullyConnected(net, num_hidden=10, name="fc"), name="softmax"
    )


def test_it_reads_layers_with_their_attributes(tmp_path):
    convolutional().save(tmp_path / "net-symbol.json")
    (model,) = opened(tmp_path / "net-symbol.json")
    assert model["format"] == "MXNet v1.9.1"
    assert [name for name, _ in model["inputs"]] == ["data"]
    assert [(node["name"], node["type"]) for node in model["nodes"]] == [
        ("conv", "Convolution"),
        ("bn", "BatchNorm"),
        ("flat", "Flatten"),
        ("fc", "FullyConnected"),
        ("softmax", "SoftmaxOutput"),
    ]
    conv, *_, dense, _ = model["nodes"]
    assert conv["attributes"] == {"kernel": [3, 3], "no_bias": True, "num_filter": 4}
    assert dense["attributes"] == {"num_hidden": 10}


def weights(model: dict) -> dict[str, list[tuple[str, str]]]:
    """Return what is folded into each node: names and types of weights."""
    return {
        node["name"]: [
            (value["weight"], value["type"])
            for _, values in node["inputs"]
            for value in values
            if value["weight"]
        ]
        for node in model["nodes"]
    }


def test_it_folds_weights_into_their_layers(tmp_path):
    convolutional().save(tmp_path / "net-symbol.json")
    folded = weights(*opened(tmp_path / "net-symbol.json"))
    assert folded["conv"] == [("conv_weight", "?")]
    assert [name for name, _ in folded["bn"]] == [
        *("bn_gamma", "bn_beta"),
        *("bn_moving_mean", "bn_moving_var"),
    ]
    assert [name for name, _ in folded["fc"]] == ["fc_weight", "fc_bias"]


def test_it_reads_the_arrays_saved_beside_a_symbol(tmp_path):
    symbol = convolutional()
    executor = symbol.simple_bind(mx.cpu(), data=(2, 3, 8, 8))
    fed = ("data", "softmax_label")
    saved = {f"arg:{k}": v for k, v in executor.arg_dict.items() if k not in fed}
    saved |= {f"aux:{k}": v for k, v in executor.aux_dict.items()}
    mx.nd.save(tmp_path / "net-0000.params", saved)
    symbol.save(tmp_path / "net-symbol.json")
    alone = weights(*opened(tmp_path / "net-symbol.json"))
    assert alone["conv"] == [("conv_weight", "float32[4,3,3,3]")]
    assert ("bn_moving_var", "float32[4]") in alone["bn"]
    assert alone["fc"] == [
        ("fc_weight", "float32[10,144]"),
        ("fc_bias", "float32[10]"),
    ]


def test_it_opens_arrays_alone(tmp_path):
    saved = {"arg:fc_weight": mx.nd.ones((2, 3)), "arg:fc_bias": mx.nd.ones((2,))}
    mx.nd.save(tmp_path / "w.params", saved)
    (model,) = opened(tmp_path / "w.params")
    (node,) = model["nodes"]
    assert [name for name, _ in node["inputs"]] == ["weight", "bias"]


# MXNet's own files of these are the same, byte for byte, and Netron refuses them, too.
REFUSED = {
    "escapes",  # a control character that MXNet's writer leaves as it is
    "internals",  # a head that is a weight
}


def test_it_opens_everything_else_that_is_saved(tmp_path):
    files, counts = [], []
    for name in SYMBOLS.keys() - REFUSED:
        written = text(mx, name)
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(written, encoding="utf-8")
        nodes = json.loads(written)["nodes"]
        counts.append(sum(node["op"] != "null" for node in nodes))
    assert [len(model["nodes"]) for model in opened(*files)] == counts
