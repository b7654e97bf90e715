"""`copy_params_from` and `reshape`."""

from __future__ import annotations

import pytest

import dataflow as mx
from dataflow.errors import ArgumentError, InferenceError, UnknownNameError


def dense(batch: int = 4) -> mx.Executor:
    net = mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=3, name="fc")
    return mx.sym.BatchNorm(net, name="bn").simple_bind(mx.cpu(), x=(batch, 2))


def test_parameters_are_copied():
    executor = dense()
    weight, mean = mx.nd.ones((3, 2)), mx.nd.full(3, 7)
    executor.copy_params_from({"fc_weight": weight}, {"bn_moving_mean": mean})
    weight[:] = 0
    assert (executor.arg_dict["fc_weight"].asnumpy() == 1).all()
    assert (executor.aux_dict["bn_moving_mean"].asnumpy() == 7).all()


def test_parameters_may_come_from_another_context():
    executor = dense()
    executor.copy_params_from({"fc_weight": mx.nd.ones((3, 2), ctx=mx.cpu(1))})
    assert (executor.arg_dict["fc_weight"].asnumpy() == 1).all()
    assert executor.arg_dict["fc_weight"].context == mx.cpu(0)


@pytest.mark.parametrize(
    ("arguments", "states", "kind", "name"),
    [
        ({"other": mx.nd.ones(1)}, {}, UnknownNameError, "other"),
        ({}, {"other": mx.nd.ones(1)}, UnknownNameError, "other"),
        ({"fc_bias": mx.nd.ones(9)}, {}, ArgumentError, "fc_bias"),
    ],
)
def test_refused_parameters_change_nothing(arguments, states, kind, name):
    executor = dense()
    good = {"fc_weight": mx.nd.ones((3, 2))}
    with pytest.raises(kind, match=f"'{name}'") as caught:
        executor.copy_params_from({**good, **arguments}, states)
    assert isinstance(caught.value, ValueError)
    assert not executor.arg_dict["fc_weight"].asnumpy().any()


def test_extra_parameters_may_be_allowed():
    executor = dense()
    extra = {"other": mx.nd.ones(1)}
    executor.copy_params_from(
        {"fc_weight": mx.nd.ones((3, 2)), **extra}, extra, allow_extra_params=True
    )
    assert (executor.arg_dict["fc_weight"].asnumpy() == 1).all()


def test_a_smaller_executor_shares_all_memory():
    executor = dense(4)
    smaller = executor.reshape(x=(2, 2))
    assert smaller.outputs[0].shape == (2, 3)
    assert smaller.arg_dict["fc_weight"] is executor.arg_dict["fc_weight"]
    smaller.arg_dict["x"][:] = 5
    assert executor.arg_dict["x"].asnumpy().tolist() == [[5, 5]] * 2 + [[0, 0]] * 2


def test_shared_memory_is_ordered_between_the_two():
    executor = dense(4)
    executor.arg_dict["fc_weight"][:] = 1
    smaller = executor.reshape(x=(1, 2))
    for value in range(10):
        smaller.forward(x=[[value, value]])
        found = executor.arg_dict["x"].asnumpy()
        assert found[0].tolist() == [value, value]


def test_both_executors_keep_running():
    executor = dense(4)
    executor.arg_dict["fc_bias"][:] = 3
    executor.aux_dict["bn_moving_var"][:] = 1
    executor.arg_dict["bn_gamma"][:] = 1
    smaller = executor.reshape(x=(2, 2))
    one, other = executor.forward()[0].asnumpy(), smaller.forward()[0].asnumpy()
    assert one.shape == (4, 3)
    assert other.shape == (2, 3)
    assert one[0].tolist() == other[0].tolist()


def test_growing_must_be_allowed():
    executor = dense(4)
    with pytest.raises(ArgumentError, match="allow_up_sizing"):
        executor.reshape(x=(9, 2))
    larger = executor.reshape(x=(9, 2), allow_up_sizing=True)
    assert larger.forward()[0].shape == (9, 3)
    assert larger.arg_dict["fc_weight"] is executor.arg_dict["fc_weight"]


def test_changing_what_was_not_named_must_be_allowed():
    executor = dense(4)
    with pytest.raises(ArgumentError, match=r"'fc_weight'.*partial_shaping"):
        executor.reshape(x=(4, 1))
    other = executor.reshape(x=(4, 1), partial_shaping=True)
    assert other.arg_dict["fc_weight"].shape == (3, 1)


def test_gradients_and_requests_are_kept():
    net = mx.sym.square(mx.sym.Variable("x"))
    executor = net.simple_bind(mx.cpu(), grad_req="add", x=(4,))
    smaller = executor.reshape(x=(2,))
    for _ in range(2):
        smaller.forward(is_train=True, x=[1, 2])
        smaller.backward(mx.nd.ones(2))
    assert smaller.grad_dict["x"].asnumpy().tolist() == [4, 8]
    assert executor.grad_dict["x"].asnumpy().tolist() == [4, 8, 0, 0]


def test_unknown_names_and_impossible_shapes_are_refused():
    executor = dense(4)
    with pytest.raises(UnknownNameError, match="'z'"):
        executor.reshape(z=(1,))
    with pytest.raises(InferenceError):
        executor.reshape(x=(4, 2), fc_weight=(3, 9))
