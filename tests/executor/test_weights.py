"""Executors that keep packed copies of weights see every change of these."""

import numpy as np
import pytest

import dataflow as mx
from dataflow_ops.kernels.backends import missing

pytestmark = pytest.mark.skipif(
    missing("onednn") is not None, reason="nothing else packs weights"
)


SHAPES = {"conv": (2, 32, 12, 12), "dense": (64, 128)}


def network(layer):
    data = mx.sym.Variable("data")
    if layer == "conv":
        return mx.sym.Convolution(data, num_filter=32, kernel=(3, 3), name="layer")
    return mx.sym.FullyConnected(data, num_hidden=96, name="layer")


def bound(layer="conv", **options):
    executor = network(layer).simple_bind(mx.cpu(), data=SHAPES[layer], **options)
    random = np.random.default_rng(5)
    for array in executor.arg_arrays:
        array[:] = random.normal(size=array.shape)
    return executor


def expected(executor, layer):
    inputs = [executor.arg_dict[n] for n in ("data", "layer_weight", "layer_bias")]
    if layer == "conv":
        return mx.nd.Convolution(*inputs, num_filter=32, kernel=(3, 3)).asnumpy()
    return mx.nd.FullyConnected(*inputs, num_hidden=96).asnumpy()


def check(executor, layer):
    for _ in range(2):
        result = executor.forward()[0].asnumpy()
        np.testing.assert_allclose(result, expected(executor, layer), 1e-4, 1e-3)


def double(weight):
    weight *= 2


def assign(weight):
    weight[:] = np.linspace(-1, 1, weight.size).reshape(weight.shape)


def update(weight):
    mx.nd.sgd_update(weight, mx.nd.ones(weight.shape), lr=0.5, out=weight)


def take_over(weight):
    mx.nd.full(weight.shape, 0.25).copyto(weight)


def change_a_part(weight):
    weight[1:3] = 0.0


@pytest.mark.parametrize("layer", ["conv", "dense"])
@pytest.mark.parametrize("change", [double, assign, update, take_over, change_a_part])
def test_results_follow_the_weights(layer, change):
    executor = bound(layer, grad_req="null")
    check(executor, layer)
    kept = executor.plan_report().packed
    assert kept >= executor.arg_dict["layer_weight"].size * 4
    change(executor.arg_dict["layer_weight"])
    check(executor, layer)


@pytest.mark.parametrize("layer", ["conv", "dense"])
def test_results_follow_what_others_write_into_shared_memory(layer):
    executor = bound(layer, grad_req="null")
    check(executor, layer)
    shared = executor.arg_dict["layer_weight"].to_dlpack_for_write()
    outside = mx.nd.from_dlpack(shared)  # the same memory, with a Var of its own
    outside *= -3
    outside.wait_to_read()
    check(executor, layer)


def test_results_follow_memory_that_was_taken_over():
    values = np.ones((96, 128), "float32")
    weight = mx.nd.from_dlpack(values)
    data = mx.sym.Variable("data")
    net = mx.sym.FullyConnected(data, num_hidden=96, no_bias=True, name="layer")
    arrays = {"data": mx.nd.ones((64, 128)), "layer_weight": weight}
    executor = net.bind(mx.cpu(), arrays, grad_req="null")
    assert executor.forward()[0].asnumpy()[0, 0] == 128
    values[:] = 2
    assert executor.forward()[0].asnumpy()[0, 0] == 256


def test_nothing_is_kept_where_gradients_are_computed():
    executor = bound("conv")
    executor.forward(is_train=False)[0].wait_to_read()
    assert executor.plan_report().packed == 0


def test_two_executors_of_the_same_weights_both_see_changes():
    first = bound("dense", grad_req="null")
    second = first.reshape(data=(32, 128))
    for executor in (first, second, first):
        check(executor, "dense")
    double(first.arg_dict["layer_weight"])
    for executor in (first, second):
        check(executor, "dense")


@pytest.mark.parametrize("layer", ["conv", "dense"])
def test_the_memory_report_tells_before_the_run_what_will_be_kept(layer):
    executor = bound(layer, grad_req="null")
    told = network(layer).memory_report(grad_req="null", data=SHAPES[layer])
    executor.forward()[0].wait_to_read()
    assert told.kept == executor.plan_report().packed > 0


def test_the_memory_report_counts_what_recurrent_layers_keep_for_gradients():
    net = mx.sym.RNN(
        *map(mx.sym.Variable, ("data", "parameters", "state", "state_cell")),
        state_size=32,
        num_layers=2,
        mode="lstm",
    )
    told = net.memory_report(data=(9, 8, 16))
    # At least the four gates of each layer, step, sequence and unit, in four bytes.
    assert told.kept >= 2 * 9 * 8 * 32 * 4 * 4
    assert net.memory_report(grad_req="null", data=(9, 8, 16)).kept == 0


def test_who_wants_less_memory_has_weights_packed_at_each_run(monkeypatch):
    monkeypatch.setenv("DATAFLOW_PACKED", "0")
    executor = bound("conv", grad_req="null")
    check(executor, "conv")
    assert executor.plan_report().packed == 0
    shape = SHAPES["conv"]
    assert network("conv").memory_report(grad_req="null", data=shape).kept == 0


def test_a_word_for_packing_that_is_none_is_refused(monkeypatch):
    monkeypatch.setenv("DATAFLOW_PACKED", "no")
    with pytest.raises(mx.MXNetError, match="DATAFLOW_PACKED must be 0 or 1, not 'no'"):
        bound("conv", grad_req="null")


def test_the_memory_report_counts_where_relu_let_pass():
    data = mx.sym.Variable("data")
    net = mx.sym.Convolution(data, num_filter=32, kernel=(3, 3), pad=(1, 1))
    net = mx.sym.relu(mx.sym.BatchNorm(net))
    net = mx.sym.Convolution(net, num_filter=32, kernel=(3, 3), pad=(1, 1))
    told = net.memory_report(data=(2, 32, 32, 32))
    assert told.kept == 2 * 32 * 32 * 32 // 8
