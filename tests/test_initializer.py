"""What parameters are filled with: MXNet 1.9.1's texts, values and distributions."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import (
    ArgumentError,
    ArgumentTypeError,
    FormatError,
    UnknownNameError,
)

GOLDEN = json.loads((Path(__file__).parent / "golden/initializers.json").read_text())


def filled(initializer, name, shape, **attrs) -> np.ndarray:
    array = mx.nd.full(shape, 7.0)
    mx.init.create(initializer)(mx.init.InitDesc(name, attrs), array)
    return array.asnumpy()


# Texts


@pytest.mark.parametrize("case", GOLDEN["texts"], ids=lambda case: case["text"])
def test_texts_are_those_of_mxnet_and_make_the_same_again(case):
    made = getattr(mx.init, case["kind"])(*case["args"], **case["kwargs"])
    assert made.dumps() == case["text"]
    again = mx.init.create(case["text"])
    assert again == made
    assert again.dumps() == case["text"]


def test_arrays_become_lists_in_texts():
    for value in (mx.nd.array([1, 2.5]), np.array([1, 2.5]), [1.0, 2.5]):
        made = mx.init.Constant(value)
        assert made.dumps() == '["constant", {"value": [1.0, 2.5]}]'
    assert mx.init.Constant(np.float32(0.5)).dumps() == '["constant", {"value": 0.5}]'


def test_a_nested_text_is_made_again():
    inner = mx.init.Xavier(magnitude=2)
    made = mx.init.create(mx.init.FusedRNN(inner, 2, 1, "gru").dumps())
    assert made._init == inner


def test_initializers_are_equal_by_class_and_arguments():
    assert mx.init.Normal(0.5) == mx.init.Normal(sigma=0.5)
    assert mx.init.Normal(0.5) != mx.init.Normal(0.1)
    assert mx.init.Zero() != mx.init.One()
    assert mx.init.Zero() != "zero"


# Values


@pytest.mark.parametrize("case", GOLDEN["values"], ids=lambda case: case["name"])
def test_values(case):
    found = filled(case["text"], case["name"], tuple(case["shape"]))
    np.testing.assert_allclose(found, case["value"], rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("case", GOLDEN["legacy"], ids=lambda case: case["name"])
def test_plain_strings_are_deprecated(case):
    array = mx.nd.full(tuple(case["shape"]), 7.0)
    with pytest.warns(DeprecationWarning, match=rf"InitDesc\('{case['name']}'\)"):
        mx.init.Normal()(case["name"], array)
    np.testing.assert_allclose(array.asnumpy(), case["value"], rtol=1e-6)


@pytest.mark.parametrize("case", GOLDEN["random"], ids=lambda case: case["text"])
def test_distributions(case):
    mx.random.seed(5)
    value = filled(case["text"], "fc_weight", tuple(case["shape"])).astype("float64")
    deviation = case["std"]
    assert value.mean() == pytest.approx(case["mean"], abs=0.03 * deviation)
    assert value.std() == pytest.approx(deviation, rel=0.02)
    assert (value**4).mean() == pytest.approx(case["fourth"], rel=0.06)
    if "uniform" in case["text"] or case["text"] == "xavier":
        assert value.min() == pytest.approx(case["min"], rel=0.01)
        assert value.max() == pytest.approx(case["max"], rel=0.01)


@pytest.mark.parametrize("shape", [(4, 6), (6, 4), (3, 2, 2)])
@pytest.mark.parametrize("kind", ["uniform", "normal"])
def test_rows_or_columns_are_orthogonal(shape, kind):
    value = filled(mx.init.Orthogonal(2, kind), "fc_weight", shape)
    matrix = value.reshape(shape[0], -1)
    if matrix.shape[0] > matrix.shape[1]:
        matrix = matrix.T
    np.testing.assert_allclose(matrix @ matrix.T, 4 * np.eye(len(matrix)), atol=1e-5)


@pytest.mark.parametrize("name", ["uniform", "normal", "orthogonal", "xavier"])
def test_values_repeat_under_one_seed(name):
    made = []
    for seed in (3, 3, 4):
        mx.random.seed(seed)
        made.append(filled(name, "fc_weight", (3, 4)))
    np.testing.assert_array_equal(made[0], made[1])
    assert (made[0] != made[2]).any()


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_arrays_keep_their_type_and_place(dtype):
    array = mx.nd.zeros((3, 4), mx.cpu(1), dtype=dtype)
    for name in ("uniform", "normal", "orthogonal", "xavier", "one"):
        mx.init.create(name)(mx.init.InitDesc("fc_weight"), array)
        assert array.asnumpy().any()
    assert (array.dtype, array.context) == (np.dtype(dtype), mx.cpu(1))


def test_quantized_weights():
    mx.random.seed(2)
    array = mx.nd.zeros((1000,), dtype="int8")
    mx.init.Zero()(mx.init.InitDesc("fc_weight_quantize"), array)
    values = array.asnumpy()
    assert values.min() in range(-127, -110)
    assert values.max() in range(110, 127)


# Who fills what


def test_a_variables_own_initializer_comes_first():
    own = mx.sym.Variable("fc_bias", init=mx.init.Constant(3)).attr_dict()["fc_bias"]
    desc = mx.init.InitDesc("fc_bias", own)
    array = mx.nd.zeros(2)
    fallback = mx.init.Xavier()
    fallback(desc, array)
    assert array.asnumpy().tolist() == [3, 3]
    assert desc.global_init is fallback
    assert filled("xavier", "fc_bias", (2,), __init__="ones").tolist() == [1, 1]


@pytest.fixture
def registry(monkeypatch):
    registries = mx.registry._REGISTRIES
    entry = registries[mx.init.Initializer]
    monkeypatch.setattr(entry, "classes", dict(entry.classes))


def test_own_initializers(registry):
    @mx.init.register
    @mx.initializer.alias("tenths")
    class Tenths(mx.init.Initializer):
        def _init_weight(self, name, arr):
            arr[:] = 0.1

        def _init_bias(self, name, arr):
            arr[:] = 1

    assert isinstance(mx.init.create("TENTHS"), Tenths)
    assert filled(Tenths(), "fc_weight", (1,)) == pytest.approx(0.1)
    assert filled("tenths", "fc_bias", (1,)) == 1
    assert filled("tenths", "bn_gamma", (1,)) == 1


def test_patterns_choose():
    initializer = mx.init.Mixed(
        ["fc1", ".*_weight", ".*"], [mx.init.One(), mx.init.Constant(2), mx.init.Zero()]
    )
    array = mx.nd.zeros(1)
    for name, value in (("fc1_weight", 1), ("fc2_weight", 2), ("fc2_bias", 0)):
        initializer(mx.init.InitDesc(name), array)
        assert array.asscalar() == value


def test_saved_arrays_are_loaded(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    path = str(tmp_path / "net.params")
    mx.nd.save(path, {"arg:fc_weight": mx.nd.ones(2), "aux:bn_mean": mx.nd.ones(2) * 2})
    initializer = mx.init.Load(path, default_init=mx.init.Constant(3), verbose=True)
    array = mx.nd.zeros(2)
    for name, value in (("fc_weight", 1), ("bn_mean", 2), ("fc2_weight", 3)):
        initializer(mx.init.InitDesc(name), array)
        assert array.asnumpy().tolist() == [value, value]
    assert [record.getMessage() for record in caplog.records] == [
        "Initialized fc_weight by loading",
        "Initialized bn_mean by loading",
        "Initialized fc2_weight by default",
    ]


def test_what_is_filled_is_logged_on_demand(caplog):
    caplog.set_level(logging.INFO)
    initializer = mx.init.Constant(3).set_verbosity(True)
    desc = mx.init.InitDesc("fc_weight")
    initializer(desc, mx.nd.zeros((2, 2)))
    initializer.set_verbosity(True, lambda array: "filled")(desc, mx.nd.zeros(1))
    initializer.set_verbosity()(desc, mx.nd.zeros(1))
    assert [record.getMessage() for record in caplog.records] == [
        "Initialized fc_weight as weight: 3.0",
        "Initialized fc_weight as weight: filled",
    ]


# Recurrent layers


def parameter(mode: str, ways: int) -> tuple[mx.init.FusedRNN, int]:
    gates = {"rnn_tanh": 1, "gru": 3, "lstm": 4}[mode]
    inputs, hidden = 5, 2
    size = ways * gates * hidden * (inputs + hidden + 2)
    size += ways * gates * hidden * (hidden + ways * hidden + 2)
    rows = mx.init.FusedRNN(mx.init.One(), hidden, 2, mode, ways == 2, 4.0)
    return rows, size


@pytest.mark.parametrize("ways", [1, 2])
@pytest.mark.parametrize("mode", ["rnn_tanh", "gru", "lstm"])
def test_fused_parameters_are_filled_gate_by_gate(mode, ways):
    initializer, size = parameter(mode, ways)
    value = filled(
        initializer, "lstm_parameters", (size,), __init__=initializer.dumps()
    )
    biases = {"rnn_tanh": 1, "gru": 3, "lstm": 4}[mode] * 2 * 2 * 2 * ways
    assert (value[:-biases] == 1).all()
    by_gate = value[-biases:].reshape(2 * 2 * ways, -1, 2)
    expected = np.zeros(by_gate.shape)
    if mode == "lstm":
        expected[:, 1] = 4
    np.testing.assert_array_equal(by_gate, expected)


def test_fused_parameters_are_filled_by_the_global_initializer():
    _, size = parameter("gru", 1)
    own = mx.init.FusedRNN(None, 2, 2, "gru").dumps()
    value = filled("one", "gru_parameters", (size,), __init__=own)
    assert value[:-24].min() == 1
    own = mx.init.FusedRNN(None, 2, 2, "gru")
    with pytest.raises(ArgumentError, match="there is none; name one"):
        filled(own, "gru_weight", (size,))


# Mistakes


def test_names_that_tell_nothing():
    with pytest.raises(ArgumentError, match=r"'foo' is not known.*Variable\(..., init"):
        filled("zero", "foo", (2,))


def test_wrong_creations():
    with pytest.raises(UnknownNameError, match="'xavierr'; did you mean 'xavier'"):
        mx.init.create("xavierr")
    with pytest.raises(ArgumentTypeError, match="not 3"):
        mx.init.create(3)
    with pytest.raises(ArgumentTypeError, match="which initializer"):
        mx.init.create()
    with pytest.raises(ArgumentError, match="takes no arguments"):
        mx.init.create('["normal", {"sigma": 1}]', 3)
    with pytest.raises(ArgumentError, match="takes no arguments"):
        mx.init.create(mx.init.Zero(), 3)
    with pytest.raises(FormatError, match="not JSON"):
        mx.init.create('["normal", {')
    with pytest.raises(ArgumentError, match="not of the form"):
        mx.init.create('["normal"]')
    with pytest.raises(ArgumentTypeError, match="derived from Initializer"):
        mx.init.register(int)


def test_shapes_that_do_not_fit():
    with pytest.raises(ArgumentError, match=r"Xavier needs .* '.*' has the shape \(3,"):
        filled("xavier", "fc_weight", (3,))
    with pytest.raises(ArgumentError, match="Bilinear"):
        filled("bilinear", "fc_weight", (3, 2))
    with pytest.raises(ArgumentError, match="no bias of an LSTM"):
        filled("lstmbias", "fc_weight", (6,))
    initializer, size = parameter("lstm", 1)
    with pytest.raises(ArgumentError, match=r"'lstm_weight' of .* 2 layers of"):
        filled(initializer, "lstm_weight", (size + 1,))
    with (
        pytest.raises(ArgumentError, match="affine"),
        pytest.warns(DeprecationWarning, match="InitDesc"),
    ):
        mx.init.Zero()("stn_loc_bias", mx.nd.zeros(5))


@pytest.mark.parametrize(
    ("initializer", "says"),
    [
        (mx.init.Xavier("triangular"), "'uniform' or 'gaussian'"),
        (mx.init.Xavier(factor_type="both"), "'in', 'out' or 'avg'"),
        (mx.init.Orthogonal(rand_type="gaussian"), "'uniform' or 'normal'"),
    ],
)
def test_settings_that_do_not_exist(initializer, says):
    with pytest.raises(ArgumentError, match=says):
        filled(initializer, "fc_weight", (3, 2))


def test_modes_that_do_not_exist():
    with pytest.raises(ArgumentError, match="mode is one of rnn_relu"):
        mx.init.FusedRNN(None, 2, 1, "lstmm")


def test_what_is_no_array_or_no_name():
    with pytest.raises(ArgumentTypeError, match="fills NDArrays"):
        mx.init.Zero()(mx.init.InitDesc("fc_weight"), np.zeros(3))
    with pytest.raises(ArgumentTypeError, match="name is a string, not 3"):
        mx.init.Zero()(3, mx.nd.zeros(2))
    with pytest.raises(NotImplementedError, match="must define _init_weight"):
        mx.init.Initializer()(mx.init.InitDesc("fc_weight"), mx.nd.zeros(2))


def test_saved_arrays_that_do_not_fit(tmp_path):
    with pytest.raises(ArgumentTypeError, match="arrays by name"):
        mx.init.Load([mx.nd.ones(2)])
    initializer = mx.init.Load({"arg:a": mx.nd.ones(2)})
    with pytest.raises(ArgumentError, match=r"shape \(2,\), but has \(3,\)"):
        initializer("a", mx.nd.ones(3))
    with pytest.raises(ArgumentError, match=r"'b' was not saved.*saved were a"):
        initializer("b", mx.nd.ones(3))


def test_patterns_that_do_not_fit():
    with pytest.raises(ArgumentError, match="1 patterns need as many"):
        mx.init.Mixed(["a"], [])
    with pytest.raises(ArgumentError, match="malformed"):
        mx.init.Mixed(["("], [mx.init.Zero()])
    with pytest.raises(ArgumentError, match=r"no pattern matches 'b'.*'\.\*' as the"):
        mx.init.Mixed(["a"], [mx.init.Zero()])("b", mx.nd.zeros(1))
