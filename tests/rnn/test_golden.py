"""Graphs, results, weights and batches, against those of MXNet 1.9.1."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import dataflow as mx
from tests.rnn import zoo

FOLDER = Path(__file__).parents[1] / "golden"
GOLDEN = json.loads((FOLDER / "rnn.json").read_text())
RUN = [name for name in zoo.NETWORKS if zoo.is_run(name)]


def test_every_network_was_recorded():
    assert set(GOLDEN["graphs"]) == set(zoo.NETWORKS)


def test_everything_is_called_as_in_mxnet():
    assert zoo.signatures(mx) == GOLDEN["signatures"]


@pytest.mark.parametrize("name", zoo.NETWORKS)
def test_an_unrolled_cell_has_the_nodes_of_mxnet(name):
    assert zoo.graph(zoo.build(mx, name)) == GOLDEN["graphs"][name]


@pytest.mark.parametrize("name", RUN)
def test_an_unrolled_cell_gives_what_mxnet_gives(name):
    with np.load(FOLDER / "rnn.npz") as recorded:
        expected = recorded[name]
    np.testing.assert_allclose(zoo.run(mx, name), expected, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", zoo.WEIGHTS)
def test_weights_are_unpacked_as_mxnet_does(name):
    found, expected = zoo.unpacked(mx, name), GOLDEN["weights"][name]
    assert found == expected


@pytest.mark.parametrize("name", zoo.WEIGHTS)
@pytest.mark.filterwarnings("ignore:a FusedRNNCell is faster")
def test_unpacked_weights_are_packed_again(name):
    cell, arrays = zoo.packed(mx, name)
    found = cell.pack_weights(cell.unpack_weights(arrays))
    assert set(found) == set(arrays)
    for key, value in arrays.items():
        np.testing.assert_array_equal(found[key].asnumpy(), value.asnumpy())


@pytest.mark.parametrize("name", zoo.ITERATORS)
def test_sentences_come_in_the_batches_of_mxnet(name):
    assert zoo.batches(mx, name) == GOLDEN["batches"][name]
