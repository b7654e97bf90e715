"""What MXNet's tutorials and pages on symbols show, run as their readers run it."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import dataflow as mx


def test_composing_arithmetic():
    a, b = mx.sym.Variable("a"), mx.sym.Variable("b")
    c = a + b
    assert c.list_arguments() == ["a", "b"]
    d, e = a + b, a * b
    f = mx.sym.dot(a, b)
    g = mx.sym.reshape(d + e, shape=(1, 4))
    h = mx.sym.broadcast_to(g, shape=(2, 4))
    assert f.list_arguments() == ["a", "b"]
    assert h.infer_shape(a=(2, 2), b=(2, 2))[1] == [(2, 4)]


def network():
    net = mx.sym.Variable("data")
    net = mx.sym.FullyConnected(data=net, name="fc1", num_hidden=128)
    net = mx.sym.Activation(data=net, name="relu1", act_type="relu")
    net = mx.sym.FullyConnected(data=net, name="fc2", num_hidden=10)
    return mx.sym.SoftmaxOutput(data=net, name="out")


def test_a_network_lists_what_must_be_given():
    net = network()
    assert net.list_arguments() == (
        ["data", "fc1_weight", "fc1_bias", "fc2_weight", "fc2_bias", "out_label"]
    )
    assert net.list_outputs() == ["out_output"]
    assert net.list_auxiliary_states() == []


def test_arguments_may_be_named_and_shared():
    net, w = mx.sym.Variable("data"), mx.sym.Variable("myweight")
    net = mx.sym.FullyConnected(data=net, weight=w, name="fc1", num_hidden=128)
    assert net.list_arguments() == ["data", "myweight", "fc1_bias"]
    twice = net + mx.sym.FullyConnected(
        data=mx.sym.Variable("other"), weight=w, name="fc2", num_hidden=128
    )
    assert twice.list_arguments().count("myweight") == 1


def test_composing_whole_symbols():
    data = mx.sym.Variable("data")
    net1 = mx.sym.FullyConnected(data=data, name="fc1", num_hidden=10)
    net2 = mx.sym.Variable("data2")
    net2 = mx.sym.FullyConnected(data=net2, name="fc2", num_hidden=10)
    composed = net2(data2=net1, name="composed")
    assert composed.list_arguments() == (
        ["data", "fc1_weight", "fc1_bias", "fc2_weight", "fc2_bias"]
    )
    assert composed.name == "composed"
    assert net2.list_arguments() == ["data2", "fc2_weight", "fc2_bias"]


def test_modules_of_several_layers_with_a_prefix():
    def conv(data, num_filter, kernel, pad=(0, 0), name=None):
        with mx.name.Prefix(f"{name}_"):
            made = mx.sym.Convolution(
                data=data, num_filter=num_filter, kernel=kernel, pad=pad, name="conv"
            )
            normal = mx.sym.BatchNorm(data=made, name="bn")
            return mx.sym.Activation(data=normal, act_type="relu", name="relu")

    data = mx.sym.Variable("data")
    one = conv(data, 4, (1, 1), name="one")
    three = conv(data, 8, (3, 3), (1, 1), name="three")
    net = mx.sym.Concat(one, three, name="concat")
    assert "one_conv_weight" in net.list_arguments()
    assert "three_bn_moving_var" in net.list_auxiliary_states()
    assert net.infer_shape(data=(2, 3, 8, 8))[1] == [(2, 12, 8, 8)]


def test_groups_of_outputs():
    net = mx.sym.Variable("data")
    fc1 = mx.sym.FullyConnected(data=net, name="fc1", num_hidden=128)
    net = mx.sym.Activation(data=fc1, name="relu1", act_type="relu")
    out1 = mx.sym.SoftmaxOutput(data=net, name="softmax")
    out2 = mx.sym.LinearRegressionOutput(data=net, name="regression")
    group = mx.sym.Group([out1, out2])
    assert group.list_outputs() == ["softmax_output", "regression_output"]
    internals = group.get_internals()
    assert internals["fc1_output"].list_outputs() == ["fc1_output"]
    assert internals.list_outputs()[:2] == ["data", "fc1_weight"]
    assert [s.name for s in group] == ["softmax", "regression"]


def test_inference_of_shapes_and_types():
    c = mx.sym.Variable("a") + mx.sym.Variable("b")
    shapes, outputs, _ = c.infer_shape(a=(2, 3), b=(2, 3))
    assert dict(zip(c.list_arguments(), shapes, strict=True)) == {
        "a": (2, 3),
        "b": (2, 3),
    }
    assert outputs == [(2, 3)]
    types, out_types, _ = c.infer_type(a="float32", b="float32")
    assert types == [np.float32] * 2
    assert out_types == [np.float32]
    assert c.infer_shape() == (None, None, None)
    partial = network().infer_shape_partial(data=(100, 0))
    assert partial[1] == [(100, 10)]


def test_binding_and_running():
    c = mx.sym.Variable("a") + mx.sym.Variable("b")
    executor = c.bind(
        ctx=mx.cpu(), args={"a": mx.nd.ones([2, 3]), "b": mx.nd.ones([2, 3])}
    )
    executor.forward()
    assert (executor.outputs[0].asnumpy() == 2).all()
    values = c.eval(ctx=mx.cpu(), a=mx.nd.ones([2, 3]), b=mx.nd.ones([2, 3]))
    assert (values[0].asnumpy() == 2).all()


def test_one_array_for_two_variables():
    a, b = mx.sym.Variable("a"), mx.sym.Variable("b")
    c = mx.sym.Variable("c")
    d = a + b * c
    data = mx.nd.ones((2, 3)) * 2
    executor = d.bind(ctx=mx.cpu(), args={"a": data, "b": data, "c": data})
    executor.forward()
    assert (executor.outputs[0].asnumpy() == 6).all()


def test_gradients_by_simple_bind():
    net = network()
    executor = net.simple_bind(ctx=mx.cpu(), data=(4, 6))
    for name, array in executor.arg_dict.items():
        if name not in ("data", "out_label"):
            array[:] = mx.nd.random.uniform(-0.1, 0.1, shape=array.shape)
    executor.forward(is_train=True, data=np.ones((4, 6)), out_label=np.zeros(4))
    before = executor.outputs[0].asnumpy()[:, 0].mean()
    for _ in range(5):
        executor.backward()
        for weight, gradient in zip(
            executor.arg_arrays[1:-1], executor.grad_arrays[1:-1], strict=True
        ):
            weight[:] = weight - 0.1 * gradient
        executor.forward(is_train=True)
    assert executor.outputs[0].asnumpy()[:, 0].mean() > before


def test_files_and_pickles(tmp_path):
    c = mx.sym.Variable("a") + mx.sym.Variable("b")
    path = str(tmp_path / "symbol-c.json")
    c.save(path)
    loaded = mx.sym.load(path)
    assert loaded.tojson() == c.tojson()
    assert mx.sym.load_json(c.tojson()).list_arguments() == ["a", "b"]
    assert pickle.loads(pickle.dumps(c)).tojson() == c.tojson()
    assert copy.deepcopy(c).tojson() == c.tojson()


def test_attributes_of_symbols():
    data = mx.sym.Variable("data", attr={"mood": "angry"})
    op = mx.sym.Convolution(
        data=data,
        name="conv",
        kernel=(1, 1),
        num_filter=1,
        attr={"mood": "so so"},
        lr_mult=2,
    )
    assert data.attr("mood") == "angry"
    assert op.attr("mood") == "so so"
    flat = op.list_attr(recursive=True)
    assert flat["data_mood"] == "angry"
    assert flat["conv_mood"] == "so so"
    assert op.attr_dict()["conv_weight"]["__lr_mult__"] == "2"
    assert op.attr("kernel") == "(1, 1)"
    with mx.AttrScope(ctx_group="stage1"):
        inner = mx.sym.FullyConnected(data=data, num_hidden=2, name="fc")
    assert inner.attr("ctx_group") == "stage1"
    assert inner.attr_dict()["fc_weight"]["__ctx_group__"] == "stage1"
    assert "__ctx_group__" not in inner.attr_dict()["data"]


def test_attributes_survive_files():
    data = mx.sym.Variable("data", attr={"mood": "angry"}, lr_mult=3)
    op = mx.sym.FullyConnected(data, num_hidden=2, name="fc", attr={"mood": "calm"})
    loaded = mx.sym.load_json(op.tojson())
    assert loaded.attr("mood") == "calm"
    assert loaded.get_internals()["data"].attr("mood") == "angry"
    assert loaded.get_internals()["data"].attr("lr_mult") == "3"
    assert loaded.tojson() == op.tojson()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_types_by_casts(dtype):
    a = mx.sym.Variable("data")
    b = mx.sym.cast(data=a, dtype=dtype)
    types, outputs, _ = b.infer_type(data="float32")
    assert types == [np.float32]
    assert outputs == [np.dtype(dtype).type]
    executor = b.simple_bind(mx.cpu(), data=(2,), grad_req="null")
    assert executor.outputs[0].dtype == np.dtype(dtype).type
