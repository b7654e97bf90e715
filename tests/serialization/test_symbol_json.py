"""The JSON text of symbols: that of MXNet 1.9.1, to the byte, and back."""

from __future__ import annotations

import ast
import json
import pickle
from pathlib import Path

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.symbol.functions import FUNCTIONS
from tests.serialization import legacy, zoo

GOLDEN = Path(__file__).parents[1] / "golden"
OPERATORS = json.loads((GOLDEN / "operator_symbols.json").read_text())


def golden(name: str) -> str:
    return (GOLDEN / "symbols" / f"{name}.json").read_text()


def test_every_symbol_was_recorded():
    recorded = {path.stem for path in (GOLDEN / "symbols").glob("*.json")}
    assert recorded == {*zoo.SYMBOLS, *(f"legacy_{name}" for name in legacy.TEXTS)}


@pytest.mark.parametrize("name", zoo.SYMBOLS)
def test_the_text_is_mxnets(name):
    assert zoo.text(mx, name) == golden(name)


@pytest.mark.parametrize("name", zoo.SYMBOLS)
def test_what_mxnet_wrote_gives_the_same_text_again(name):
    loaded = mx.sym.load_json(golden(name))
    assert loaded.tojson(remove_amp_cast=False) == golden(name)


# What MXNet has twice, once for gradients or sparse arrays or of old, is one here.
ONE_OF_TWO = {
    "Convolution_v1": "Convolution",
    "_grad_add": "elemwise_add",
    "_scatter_elemwise_div": "elemwise_div",
    "_scatter_minus_scalar": "_minus_scalar",
    "_scatter_plus_scalar": "_plus_scalar",
}


@pytest.mark.parametrize("name", OPERATORS, ids=str)
def test_the_text_of_an_operator_is_mxnets(name):
    case = OPERATORS[name]
    for old, new in ONE_OF_TWO.items():
        case["text"] = case["text"].replace(f'"op": "{old}"', f'"op": "{new}"')
    attributes = ast.literal_eval(case["attributes"])
    attributes.pop("num_args", None)
    inputs = [mx.sym.Variable(name) for name in case["inputs"]]
    made = FUNCTIONS[case["operator"]](*inputs, name="op", **attributes)
    assert made.tojson() == case["text"]
    assert mx.sym.load_json(case["text"]).tojson() == case["text"]


@pytest.mark.parametrize("name", legacy.TEXTS)
def test_older_forms_are_read_as_mxnet_reads_them(name):
    assert mx.sym.load_json(legacy.TEXTS[name]).tojson() == golden(f"legacy_{name}")


def test_states_left_out_of_an_old_file_are_there_and_bind():
    net = mx.sym.load_json(legacy.TEXTS["states_left_out"])
    assert net.list_auxiliary_states() == ["bn_moving_mean", "bn_moving_var"]
    assert net.attr_dict()["bn_moving_var"]["__init__"] == '["one", {}]'
    executor = net.simple_bind(mx.cpu(), data=(2, 3))
    assert executor.forward()[0].shape == (2, 3)


def test_tuples_of_python_2_are_understood():
    net = mx.sym.load_json(legacy.TEXTS["python_2"])
    assert net.infer_shape(x=(1, 2, 5, 5))[1] == [(1, 4, 3, 3)]
    shape = legacy.graph([legacy.variable("x", attr={"__shape__": "(2L, 3L)"})])
    assert mx.sym.load_json(shape).infer_shape()[0] == [(2, 3)]


def test_operators_that_are_gone_become_what_does_the_same():
    nodes = [legacy.variable("x"), legacy.operator("CuDNNBatchNorm", "bn", [[0, 0]])]
    net = mx.sym.load_json(legacy.graph(nodes))
    assert net.list_auxiliary_states() == ["bn_moving_mean", "bn_moving_var"]
    assert '"op": "BatchNorm"' in net.tojson()


def test_a_loaded_symbol_computes_what_the_saved_one_does():
    net = mx.sym.FullyConnected(mx.sym.Variable("x") * 2, num_hidden=2, name="fc")
    values = {
        name: mx.nd.array(np.random.RandomState(1).uniform(size=shape))
        for name, shape in {"x": (3, 4), "fc_weight": (2, 4), "fc_bias": (2,)}.items()
    }
    expected, found = (
        symbol.eval(**values)[0].asnumpy()
        for symbol in (net, mx.sym.fromjson(net.tojson()))
    )
    np.testing.assert_array_equal(found, expected)


def test_two_variables_of_one_name_stay_two():
    both = mx.sym.load_json((mx.sym.Variable("a") + mx.sym.Variable("a")).tojson())
    assert both.list_arguments() == ["a", "a"]


def test_errors_name_the_file_of_a_loaded_node(tmp_path):
    net = mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=2, name="fc")
    net.save(tmp_path / "net.json")
    loaded = mx.sym.load(tmp_path / "net.json")
    with pytest.raises(mx.MXNetError, match=r"loaded from .*net\.json, node 3"):
        loaded.infer_shape(x=(2, 3), fc_weight=(5, 4))


def test_a_pickled_symbol_is_the_same():
    net = zoo.SYMBOLS["annotated"](mx)
    assert pickle.loads(pickle.dumps(net)).tojson() == net.tojson()
    assert b"FullyConnected" in pickle.dumps(net)
    cast = mx.sym.amp_cast(mx.sym.Variable("x"), dtype="float16") + 1
    again = pickle.loads(pickle.dumps(cast))
    assert again.tojson(remove_amp_cast=False) == cast.tojson(remove_amp_cast=False)


def test_a_truth_is_written_as_a_number():
    text = (mx.sym.Variable("a") + True).tojson()
    assert '"scalar": "1"' in text
    assert mx.sym.load_json(text).tojson() == text


def test_a_text_must_be_text(tmp_path):
    with pytest.raises(ArgumentTypeError, match="bytes"):
        mx.sym.load_json(b"{}")
    with pytest.raises(ArgumentTypeError, match="int"):
        mx.sym.load(3)
    with pytest.raises(ArgumentError, match="not Unicode"):
        mx.sym.Variable("\ud800").save(tmp_path / "x.json")
    assert list(tmp_path.iterdir()) == []


def test_keys_without_underscores_of_an_operator_gain_them():
    """MXNet refuses them outright; in a file they would be read as the operator's."""
    with mx.AttrScope(mood="happy"):
        net = mx.sym.exp(mx.sym.Variable("x"), name="e")
    loaded = mx.sym.load_json(net.tojson())
    assert loaded.attr("__mood__") == loaded.attr("mood") == "happy"
    assert loaded.attr_dict()["x"] == {"mood": "happy"}
    assert loaded.tojson() == net.tojson()
