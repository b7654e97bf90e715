"""Names and shapes of small networks, against those of MXNet 1.9.1."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import dataflow as mx
from tests.symbol.zoo import NETWORKS, describe

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "symbols.json").read_text())


def found(name: str) -> dict[str, object]:
    build, shapes = NETWORKS[name]
    with mx.name.NameManager():
        return json.loads(json.dumps(describe(build(mx.sym), shapes)))


def test_every_network_was_recorded():
    assert set(GOLDEN) == set(NETWORKS)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_is_named_and_shaped_as_mxnet_does(name):
    assert found(name) == GOLDEN[name]


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_binds_in_the_recorded_shapes(name):
    build, shapes = NETWORKS[name]
    executor = build(mx.sym).simple_bind(mx.cpu(), **shapes)
    outputs = executor.forward()
    assert [list(x.shape) for x in outputs] == GOLDEN[name]["output_shapes"]
    for output in outputs:
        output.wait_to_read(timeout=30)
