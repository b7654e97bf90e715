"""Networks of cells in files, with weights gate by gate."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx


@pytest.fixture
def network(tmp_path):
    """Return a fused cell, its symbol, its weights, and where to save them."""
    cell = mx.rnn.FusedRNNCell(3, 2, "gru")
    outputs, _ = cell.unroll(2, mx.sym.Variable("data"), layout="TNC")
    shapes = outputs.infer_shape(data=(2, 4, 5))[0]
    size = shapes[outputs.list_arguments().index("gru_parameters")]
    weights = {"gru_parameters": mx.nd.array(np.arange(size[0]))}
    return cell, outputs, weights, str(tmp_path / "net")


def test_a_checkpoint_holds_the_weights_of_single_gates(network):
    cell, symbol, weights, prefix = network
    mx.rnn.save_rnn_checkpoint(cell, prefix, 3, symbol, weights, {})
    saved = mx.nd.load(f"{prefix}-0003.params")
    assert "arg:gru_l1_h2h_z_weight" in saved
    assert "arg:gru_parameters" not in saved
    assert list(weights) == ["gru_parameters"]


def test_a_checkpoint_gives_packed_weights_to_the_same_or_to_unfused_cells(network):
    cell, symbol, weights, prefix = network
    states = {"mean": mx.nd.ones(3)}
    mx.rnn.save_rnn_checkpoint([cell], prefix, 3, symbol, weights, states)
    loaded, packed, kept = mx.rnn.load_rnn_checkpoint(cell, prefix, 3)
    assert loaded.tojson() == symbol.tojson()
    assert list(kept) == ["mean"]
    np.testing.assert_array_equal(
        packed["gru_parameters"].asnumpy(), weights["gru_parameters"].asnumpy()
    )
    _, single, _ = mx.rnn.load_rnn_checkpoint([cell.unfuse()], prefix, 3)
    assert single["gru_l0_i2h_weight"].shape == (9, 5)


def test_a_callback_saves_every_few_epochs(network, tmp_path):
    cell, symbol, weights, prefix = network
    save = mx.rnn.do_rnn_checkpoint(cell, prefix, period=2)
    for epoch in range(5):
        save(epoch, symbol, weights, {})
    always = mx.rnn.do_rnn_checkpoint(cell, prefix, period=0)
    always(8, symbol, weights, {})
    mx.nd.waitall()
    assert sorted(path.name for path in tmp_path.glob("*.params")) == [
        *("net-0002.params", "net-0004.params", "net-0009.params")
    ]


def test_nothing_is_saved_without_the_cells_weights(network, tmp_path):
    cell, symbol, _, prefix = network
    with pytest.raises(KeyError, match="'gru_parameters' is not among those given"):
        mx.rnn.save_rnn_checkpoint(cell, prefix, 3, symbol, {}, {})
    assert not list(tmp_path.iterdir())
