"""Executors that share memory with each other."""

from __future__ import annotations

import numpy as np

import dataflow as mx
from dataflow.executor import binding


def network():
    data = mx.sym.Variable("a")
    hidden = mx.sym.tanh(mx.sym.FullyConnected(data, num_hidden=8, name="fc"))
    output = mx.sym.FullyConnected(hidden, num_hidden=2, name="out")
    return mx.sym.MakeLoss(mx.sym.sum(output * output))


def planned(executor):
    return {id(arena.block) for arena in executor._lowering.arenas.values()}


def fill(executor):
    stream = np.random.RandomState(0)
    for array in executor.arg_arrays:
        array[:] = stream.uniform(-1, 1, array.shape)


def step(executor):
    executor.forward(is_train=True)
    executor.backward()
    return [g.asnumpy() for g in executor.grad_arrays]


def test_intermediate_results_share_memory_and_results_do_not_change():
    symbol = network()
    large = symbol.simple_bind(mx.cpu(), a=(16, 4))
    small = symbol.simple_bind(mx.cpu(), a=(3, 4), shared_exec=large)
    assert planned(small) == planned(large)
    alone = symbol.simple_bind(mx.cpu(), a=(3, 4))
    for executor in (large, small, alone):
        fill(executor)
    for _ in range(3):
        step(large)
        for ours, theirs in zip(step(small), step(alone), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_what_is_too_large_gets_memory_of_its_own():
    symbol = network()
    small = symbol.simple_bind(mx.cpu(), a=(3, 4))
    large = symbol.simple_bind(mx.cpu(), a=(16, 4), shared_exec=small)
    assert planned(small).isdisjoint(planned(large))


def test_named_arguments_and_states_share_arrays():
    symbol = mx.sym.BatchNorm(network().get_internals()["fc_output"], name="bn")
    first = symbol.simple_bind(mx.cpu(), a=(16, 4))
    second = symbol.simple_bind(
        mx.cpu(), a=(3, 4), shared_arg_names=["fc_weight", "fc_bias"], shared_exec=first
    )
    first.arg_dict["fc_weight"][:] = 7
    first.aux_dict["bn_moving_var"][:] = 5
    assert (second.arg_dict["fc_weight"].asnumpy() == 7).all()
    assert second.grad_dict["fc_weight"] is first.grad_dict["fc_weight"]
    assert (second.aux_dict["bn_moving_var"].asnumpy() == 5).all()
    assert second.arg_dict["bn_gamma"] is not first.arg_dict["bn_gamma"]


def test_what_is_shared_is_not_allocated(monkeypatch):
    symbol, made = network(), []
    first = symbol.simple_bind(mx.cpu(), a=(16, 4))

    def zeros(shape, *how):
        made.append(shape)
        return mx.nd.zeros(shape, *how)

    monkeypatch.setattr(binding, "zeros", zeros)
    names = ["fc_weight", "fc_bias", "out_weight", "out_bias"]
    symbol.simple_bind(mx.cpu(), a=(3, 4), shared_arg_names=names, shared_exec=first)
    assert made == [(3, 4), (3, 4)]


def test_a_buffer_serves_arguments_by_name():
    symbol, buffer = network(), {}
    first = symbol.simple_bind(mx.cpu(), a=(4, 4), shared_buffer=buffer)
    assert set(buffer) >= {"a", "grad of a"}
    second = symbol.simple_bind(mx.cpu(), a=(2, 4), shared_buffer=buffer)
    first.arg_dict["a"][:] = 3
    assert (second.arg_dict["a"].asnumpy() == 3).all()
    assert second.arg_dict["a"].shape == (2, 4)
    third = symbol.simple_bind(mx.cpu(), a=(8, 4), shared_buffer=buffer)
    assert buffer["a"] is third.arg_dict["a"]


def test_a_reshaped_executor_shares_everything_that_fits():
    large = network().simple_bind(mx.cpu(), a=(16, 4))
    fill(large)
    small = large.reshape(a=(3, 4))
    assert planned(small) == planned(large)
    assert small.arg_dict["fc_weight"] is large.arg_dict["fc_weight"]
    values = large.arg_dict["a"].asnumpy()[:3]
    np.testing.assert_array_equal(small.arg_dict["a"].asnumpy(), values)
