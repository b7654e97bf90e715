"""What a user does with cells: states, shared weights, steps and sequences."""

from __future__ import annotations

import json

import numpy as np
import pytest

import dataflow as mx
from tests.rnn import zoo

data = mx.sym.Variable("data")


def variables(*names):
    return [mx.sym.Variable(name) for name in names]


def test_states_have_a_shape_and_a_layout():
    cell = mx.rnn.LSTMCell(5)
    assert cell.state_info == [{"shape": (0, 5), "__layout__": "NC"}] * 2
    assert cell.state_shape == [(0, 5), (0, 5)]
    fused = mx.rnn.FusedRNNCell(5, 3, "gru", bidirectional=True)
    assert fused.state_info == [{"shape": (6, 0, 5), "__layout__": "LNC"}]
    strided = mx.rnn.ConvLSTMCell((2, 3, 8, 8), 4, i2h_stride=(2, 2))
    assert strided.state_shape == [(0, 4, 4, 4)] * 2
    assert mx.rnn.ConvRNNCell((0, 3, 8, 8), 4).state_shape == [(0, 4, 8, 8)]


def test_a_convolution_may_have_other_axes():
    last = mx.rnn.ConvGRUCell((2, 8, 8, 3), 4, conv_layout="NHWC")
    assert last.state_shape == [(0, 8, 8, 4)]
    output, _ = last(data, last.begin_state())
    assert output.infer_shape(data=(2, 8, 8, 3))[1] == [(2, 8, 8, 4)]
    one = {f"i2h_{k}": (1,) for k in ("stride", "pad", "dilate")}
    row = mx.rnn.ConvRNNCell((2, 3, 8), 4, (3,), (1,), (3,), conv_layout="NCW", **one)
    assert row.state_shape == [(0, 4, 8)]


def test_first_states_are_made_by_any_function_of_a_name_and_a_shape():
    cell = mx.rnn.LSTMCell(5)
    given = cell.begin_state(func=mx.sym.Variable)
    assert [s.name for s in given] == ["lstm_begin_state_0", "lstm_begin_state_1"]
    assert given[0].attr("__shape__") == "(0, 5)"
    assert [s.name for s in cell.begin_state()] == [
        "lstm_begin_state_2",
        "lstm_begin_state_3",
    ]
    cell.reset()
    drawn = cell.begin_state(func=mx.sym.uniform, low=-1)
    assert drawn[0].name == "lstm_begin_state_0"
    assert drawn[0].attr("low") == "-1"


def test_first_states_pass_through_modifiers():
    stack = zoo.stacked(
        mx.rnn, mx.rnn.ZoneoutCell(mx.rnn.LSTMCell(3)), mx.rnn.RNNCell(2)
    )
    given = stack.begin_state(func=mx.sym.Variable)
    assert [s.name for s in given] == [
        *("lstm_begin_state_0", "lstm_begin_state_1", "rnn_begin_state_0")
    ]
    assert stack.state_shape == [(0, 3), (0, 3), (0, 2)]
    modified = mx.rnn.ResidualCell(mx.rnn.GRUCell(2))
    assert modified.begin_state(init_sym=mx.sym.ones)[0].attr("shape") == "(0, 2)"


def test_zoneout_starts_afresh_with_every_sequence():
    cell = mx.rnn.ZoneoutCell(mx.rnn.RNNCell(3), 0.5, 0.5)
    texts = []
    for _ in range(2):
        with mx.name.NameManager():
            texts.append(mx.sym.Group(cell.unroll(2, data)[0]).tojson())
    assert texts[0] == texts[1]


def test_zoneout_keeps_elements_of_pictures_too():
    cell = mx.rnn.ZoneoutCell(mx.rnn.ConvRNNCell((2, 3, 4, 4), 2), 0.5)
    output, _ = cell(data, cell.begin_state())
    executor = output.simple_bind(mx.cpu(), data=(2, 3, 4, 4))
    for array in executor.arg_arrays:
        array[:] = 0.1
    kept = executor.forward(is_train=False)[0].asnumpy()
    zoned = executor.forward(is_train=True)[0].asnumpy()
    assert set(np.unique(zoned == kept)) == {True, False}
    assert set(np.unique(zoned[zoned != kept])) == {0}


def test_zoneout_mixes_new_and_old_elements_in_training_only():
    cell = mx.rnn.ZoneoutCell(mx.rnn.RNNCell(50, activation="relu"), 0, 0.5)
    outputs, states = cell.unroll(1, [data], begin_state=variables("old"))
    new = mx.sym.Group([outputs[0], states[0]])
    executor = new.simple_bind(mx.cpu(), data=(4, 3), old=(4, 50))
    executor.arg_dict["old"][:] = 7
    executor.arg_dict["rnn_i2h_bias"][:] = 1
    output, state = executor.forward(is_train=True)
    np.testing.assert_array_equal(output.asnumpy(), 1)
    assert set(np.unique(state.asnumpy())) == {1, 7}
    np.testing.assert_array_equal(executor.forward()[1].asnumpy(), 1)


def test_cells_share_weights_by_their_params():
    first = mx.rnn.LSTMCell(3, prefix="a_")
    second = mx.rnn.LSTMCell(3, prefix="b_", params=first.params)
    output, _ = second(*first(data, first.begin_state()))
    assert output.list_arguments() == [
        *("data", "a_i2h_weight", "a_i2h_bias", "a_h2h_weight", "a_h2h_bias")
    ]


def test_containers_gather_the_weights_of_their_cells():
    stack = zoo.stacked(mx.rnn, mx.rnn.RNNCell(3), mx.rnn.DropoutCell(0.1))
    assert sorted(stack.params._params) == [
        *("rnn_h2h_bias", "rnn_h2h_weight", "rnn_i2h_bias", "rnn_i2h_weight")
    ]


def test_biases_say_what_they_are_initialized_with():
    biases = mx.rnn.LSTMCell(3, forget_bias=2.5)(data, variables("h", "c"))[0]
    kept = biases.attr_dict()["lstm_i2h_bias"]["__init__"]
    assert json.loads(kept) == ["lstmbias", {"forget_bias": 2.5}]
    unfused = mx.rnn.FusedRNNCell(3, forget_bias=2.5).unfuse()
    output = mx.sym.Group(unfused.unroll(1, data)[0])
    kept = output.attr_dict()["lstm_l0_i2h_bias"]["__init__"]
    assert json.loads(kept) == ["lstmbias", {"forget_bias": 2.5}]


@pytest.mark.parametrize("fused", [False, True])
def test_weights_are_initialized_as_their_cells_say(fused):
    cell = mx.rnn.FusedRNNCell(3) if fused else mx.rnn.LSTMCell(3)
    symbol, _ = cell.unroll(2, data, layout="TNC", merge_outputs=True)
    executor = symbol.simple_bind(mx.cpu(), data=(2, 4, 5))
    attributes = symbol.attr_dict()
    uniform = mx.init.Uniform(0.1)
    arrays = {key: v for key, v in executor.arg_dict.items() if key != "data"}
    for key, array in arrays.items():
        uniform(mx.init.InitDesc(key, attributes.get(key)), array)
    single = cell.unpack_weights(arrays)
    prefix = "lstm_l0_" if fused else "lstm_"
    assert float(single[f"{prefix}i2h_f_bias"].min()) == 1
    np.testing.assert_array_equal(single[f"{prefix}i2h_i_bias"].asnumpy(), 0)
    assert 0 < float(single[f"{prefix}h2h_c_weight"].abs().max()) <= 0.1


def test_returned_states_can_be_given_back():
    cell = mx.rnn.BidirectionalCell(
        mx.rnn.LSTMCell(2, prefix="l_"), mx.rnn.RNNCell(3, prefix="r_")
    )
    stack = zoo.stacked(mx.rnn, cell, mx.rnn.GRUCell(2))
    _, states = stack.unroll(2, data, merge_outputs=True)
    outputs, _ = stack.unroll(2, data, begin_state=states, merge_outputs=True)
    assert outputs.infer_shape(data=(4, 2, 5))[1] == [(4, 2, 2)]


def test_rnn_unroll_makes_inputs_of_its_own():
    with pytest.warns(UserWarning, match="deprecated"):
        outputs, _ = mx.rnn.rnn_unroll(mx.rnn.RNNCell(3), 2, input_prefix="in_")
    arguments = outputs[-1].list_arguments()
    assert {"in_t0_data", "in_t1_data"} < set(arguments)


def test_a_cell_of_the_users_own_runs():
    class Doubling(mx.rnn.BaseRNNCell):
        @property
        def state_info(self):
            return [None]

        def __call__(self, inputs, states):
            self._counter += 1
            output = mx.sym.elemwise_add(
                inputs, states[0], name=f"{self._prefix}t{self._counter}_out"
            )
            return output, [output]

    cell = Doubling(prefix="own_")
    start = cell.begin_state(func=mx.sym.Variable)
    outputs, _ = cell.unroll(3, data, begin_state=start, layout="TNC")
    assert [o.name for o in outputs] == ["own_t0_out", "own_t1_out", "own_t2_out"]
    assert cell.unpack_weights({"a": 1}) == cell.pack_weights({"a": 1}) == {"a": 1}
