"""Fused layers and the single cells that they stand for."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from tests.rnn import zoo

STREAM = np.random.RandomState(0)
INPUTS = STREAM.normal(size=(3, 2, 5))
GRADIENTS = STREAM.normal(size=(3, 2, 8))


def bind(cell):
    data = mx.sym.Variable("data")
    outputs, states = cell.unroll(len(INPUTS), data, layout="TNC", merge_outputs=True)
    group = mx.sym.Group([outputs, *zoo.flat(states)])
    return group.simple_bind(mx.cpu(), data=INPUTS.shape)


def results(executor, kinds):
    """Return outputs, last states (hidden ones first) and the gradient by the data."""
    outputs, *states = executor.forward(is_train=True, data=mx.nd.array(INPUTS))
    heads = mx.nd.array(GRADIENTS[:, :, : outputs.shape[2]])
    executor.backward([heads, *(mx.nd.zeros(s.shape) for s in states)])
    last = [s.asnumpy().ravel() for kind in range(kinds) for s in states[kind::kinds]]
    gradient = executor.grad_dict["data"].asnumpy()
    return outputs.asnumpy(), np.concatenate(last), gradient


@pytest.mark.parametrize("mode", ["lstm", "gru", "rnn_tanh", "rnn_relu"])
@pytest.mark.parametrize("both", [False, True])
def test_fused_layers_give_what_the_unfused_give(mode, both):
    fused = mx.rnn.FusedRNNCell(4, 2, mode, bidirectional=both, get_next_state=True)
    unfused = fused.unfuse()
    executor, other = bind(fused), bind(unfused)
    weights = executor.arg_dict[f"{mode}_parameters"]
    weights[:] = np.random.RandomState(1).normal(0, 0.5, weights.shape)
    arrays = fused.unpack_weights({f"{mode}_parameters": weights})
    other.copy_params_from(unfused.pack_weights(arrays))
    kinds = len(fused.state_info)
    pairs = zip(results(executor, kinds), results(other, kinds), strict=True)
    for ours, theirs in pairs:
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_dropout_lies_between_layers():
    fused = mx.rnn.FusedRNNCell(4, 3, "gru", dropout=0.25)
    cells = fused.unfuse()._cells
    kinds = [type(cell).__name__ for cell in cells]
    assert kinds == ["GRUCell", "DropoutCell", "GRUCell", "DropoutCell", "GRUCell"]
    assert cells[1].dropout == 0.25


def test_a_fused_cell_says_which_layout_is_faster():
    with pytest.warns(UserWarning, match="TNC"):
        mx.rnn.FusedRNNCell(3).unroll(2, mx.sym.Variable("data"))


def test_states_come_on_request():
    data = mx.sym.Variable("data")
    silent = mx.rnn.FusedRNNCell(3).unroll(2, data, layout="TNC")
    assert silent[1] == []
    states = mx.rnn.FusedRNNCell(3, get_next_state=True).unroll(2, data, layout="TNC")
    assert [s.infer_shape(data=(2, 5, 4))[1] for s in states[1]] == [[(1, 5, 3)]] * 2
