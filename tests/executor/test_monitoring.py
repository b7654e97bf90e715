"""Watching what every operator computes, and listings of what was bound."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx


def network():
    data = mx.sym.Variable("a")
    normal = mx.sym.BatchNorm(
        mx.sym.FullyConnected(data, num_hidden=2, name="fc"), name="bn"
    )
    parts = mx.sym.split(normal, num_outputs=2, name="sp")
    return mx.sym.Group([mx.sym.exp(parts[0] + 1, name="e"), parts[1]])


def bound(symbol=None, **kwargs):
    symbol = network() if symbol is None else symbol
    executor = symbol.simple_bind(mx.cpu(), a=(2, 4), **kwargs)
    stream = np.random.RandomState(0)
    for array in executor.arg_arrays:
        array[:] = stream.uniform(0.5, 1, array.shape)
    executor.aux_dict["bn_moving_var"][:] = 1
    return executor


def test_every_result_is_seen_in_order():
    executor, seen = bound(), []
    executor.set_monitor_callback(lambda name, array: seen.append(name))
    executor.forward(is_train=True)
    assert seen[0] == "fc_output"
    assert seen[1] == "bn_output"
    assert [n for n in seen if n.startswith("sp")] == ["sp_output0", "sp_output1"]
    assert seen[-1] == "e_output"
    seen.clear()
    executor.backward([mx.nd.ones((2, 1))] * 2)
    assert seen[0] == "e_backward_output"
    assert "fc_backward_weight" in seen


def test_values_are_those_of_the_moment():
    executor, seen = bound(), {}
    plain = [x.asnumpy() for x in executor.forward()]

    def keep(name, array):
        seen[name] = array.asnumpy()

    executor.set_monitor_callback(keep)
    executor.forward()
    data = executor.arg_dict
    expected = data["a"].asnumpy() @ data["fc_weight"].asnumpy().T
    expected += data["fc_bias"].asnumpy()
    np.testing.assert_allclose(seen["fc_output"], expected, rtol=1e-6)
    np.testing.assert_array_equal(seen["e_output"], plain[0])
    np.testing.assert_allclose(
        np.exp(seen["sp_output0"] + 1), seen["e_output"], rtol=1e-6
    )


def test_what_is_read_can_be_seen_too():
    executor, seen = bound(), []
    executor.set_monitor_callback(lambda n, _: seen.append(n), monitor_all=True)
    executor.forward(is_train=True)
    names = "a fc_data fc_weight fc_weight fc_bias fc_bias fc_output bn_data bn_gamma"
    assert seen[:9] == names.split()


def test_a_monitor_ends_and_its_errors_are_the_users():
    executor, seen = bound(), []
    executor.set_monitor_callback(lambda name, _: seen.append(1 // 0))
    with pytest.raises(ZeroDivisionError):
        executor.forward()
    executor.set_monitor_callback(None)
    executor.forward()[0].wait_to_read()
    assert seen == []


def test_listings():
    symbol = network()
    text = symbol.debug_str()
    assert text.startswith("Symbol Outputs:\n\toutput[0]=e(0)\n\toutput[1]=sp(1)\n")
    assert "Op:FullyConnected, Name=fc\nInputs:\n\targ[0]=a(0) version=0" in text
    assert "\targ[3]=bn_moving_mean(0) version=1" in text
    assert "Attrs:\n\tnum_outputs=2" in text
    listing = bound(symbol).debug_str()
    assert "Op:_backward_FullyConnected, Name=fc_backward" in listing
    last = listing.rstrip().splitlines()[-1]
    assert last.startswith("Total ")
    assert last.endswith(" MB allocated")


def test_gradients_of_losses_are_symbols():
    x, w = mx.sym.Variable("x"), mx.sym.Variable("w")
    output = mx.sym.FullyConnected(x, w, num_hidden=3, no_bias=True)
    loss = mx.sym.MakeLoss(mx.sym.sum(mx.sym.exp(output + 1)))
    gradients = loss.grad(["w", "x"])
    assert gradients.infer_shape(x=(2, 4))[1] == [(3, 4), (2, 4)]
    values = {"x": mx.nd.ones((2, 4)), "w": mx.nd.ones((3, 4)) * 0.1}
    executor = loss.bind(mx.cpu(), values, {k: v.copy() for k, v in values.items()})
    executor.forward(is_train=True)
    executor.backward()
    for made, name in zip(gradients.eval(**values), ("w", "x"), strict=True):
        expected = executor.grad_dict[name].asnumpy()
        np.testing.assert_array_equal(made.asnumpy(), expected)
    with pytest.raises(mx.MXNetError, match="has no argument 'y'"):
        loss.grad(["y"])
    with pytest.raises(mx.MXNetError, match="is not a loss"):
        output.grad(["w"])
