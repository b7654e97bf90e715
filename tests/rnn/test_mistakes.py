"""What cells say to arguments that cannot be used."""

from __future__ import annotations

import pytest

import dataflow as mx
from dataflow.errors import SteppingError
from tests.rnn import zoo

data = mx.sym.Variable("data")


def variables(*names):
    return [mx.sym.Variable(name) for name in names]


def test_inputs_must_be_as_many_as_steps():
    for cell in (mx.rnn.RNNCell(3), mx.rnn.FusedRNNCell(3)):
        with pytest.raises(ValueError, match="takes as many inputs; 1 were given"):
            cell.unroll(2, [data])


def test_a_group_is_no_sequence():
    with pytest.raises(ValueError, match=r"list\(inputs\)"):
        mx.rnn.RNNCell(3).unroll(2, mx.sym.Group(variables("a", "b")))
    with pytest.raises(TypeError, match="every step is a symbol, not 3"):
        mx.rnn.RNNCell(3).unroll(2, [data, 3])


def test_a_layout_names_the_axis_of_time():
    with pytest.raises(ValueError, match="'NTC' or 'TNC'"):
        mx.rnn.RNNCell(3).unroll(2, data, layout="NC")


@pytest.mark.parametrize(
    "make",
    [
        lambda: mx.rnn.FusedRNNCell(3),
        lambda: mx.rnn.BidirectionalCell(mx.rnn.RNNCell(3), mx.rnn.RNNCell(3)),
    ],
)
def test_cells_of_whole_sequences_cannot_be_stepped(make):
    with pytest.raises(NotImplementedError, match="needs the whole sequence"):
        make()(data, [])
    with pytest.raises(SteppingError):
        zoo.stacked(mx.rnn, make())(data, make().begin_state())
    with pytest.raises(ValueError, match="zoneout works step by step"):
        mx.rnn.ZoneoutCell(zoo.stacked(mx.rnn, make()))


def test_a_modified_cell_is_not_called_itself():
    below = mx.rnn.RNNCell(3)
    mx.rnn.ZoneoutCell(below)
    with pytest.raises(ValueError, match="a cell modifies this RNNCell"):
        below.begin_state()


def test_params_are_given_to_a_container_or_to_its_cells():
    shared = mx.rnn.RNNParams("s_")
    with pytest.raises(ValueError, match="give them to the cells only"):
        mx.rnn.SequentialRNNCell(shared).add(mx.rnn.RNNCell(3, params=shared))
    with pytest.raises(TypeError, match="RNNParams"):
        mx.rnn.RNNCell(3, params={})


def test_a_missing_weight_is_named_and_nothing_changes():
    given = {"lstm_i2h_weight": mx.nd.ones((8, 3))}
    with pytest.raises(KeyError, match="'lstm_i2h_bias' is not among those given"):
        mx.rnn.LSTMCell(2).unpack_weights(given)
    assert list(given) == ["lstm_i2h_weight"]
    with pytest.raises(KeyError, match="lstm_i2h_i_weight"):
        mx.rnn.LSTMCell(2).pack_weights({})
    with pytest.raises(KeyError, match="lstm_l0_i2h_i_weight"):
        mx.rnn.FusedRNNCell(2).pack_weights({})
    with pytest.raises(ValueError, match="has 101 elements"):
        mx.rnn.FusedRNNCell(2).unpack_weights({"lstm_parameters": mx.nd.ones(101)})


def test_states_must_be_as_many_as_the_cells_have():
    with pytest.raises(ValueError, match="has 2 states; 1 were given"):
        mx.rnn.FusedRNNCell(2).unroll(2, data, begin_state=variables("a"), layout="TNC")
    stack = zoo.stacked(mx.rnn, mx.rnn.RNNCell(3))
    with pytest.raises(ValueError, match="has 1 states; 2 were given"):
        stack.unroll(2, data, begin_state=variables("a", "b"))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda r: r.FusedRNNCell(3, mode="elman"), "rnn_relu, rnn_tanh, lstm, gru"),
        (lambda r: r.ConvRNNCell((1, 3, 4, 4), 2, h2h_kernel=(2, 2)), "odd sizes"),
        (lambda r: r.ConvRNNCell((1, 3, 4, 4), 2, h2h_kernel=(3,)), "one number for"),
        (lambda r: r.ConvRNNCell((1, 3, 0, 4), 2), "unknown sizes"),
        (lambda r: r.DropoutCell("0.5"), "a share from 0 to 1, not '0.5'"),
    ],
)
def test_an_unusable_cell_is_not_made(make, message):
    with pytest.raises(mx.MXNetError, match=message):
        make(mx.rnn)


def test_a_base_cell_says_what_is_to_be_defined():
    with pytest.raises(NotImplementedError, match="must define __call__"):
        mx.rnn.BaseRNNCell()(data, [])
    with pytest.raises(NotImplementedError, match="must define state_info"):
        mx.rnn.BaseRNNCell().state_shape  # noqa: B018
