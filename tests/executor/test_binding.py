"""`bind` and `simple_bind`: what they take, what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import (
    ArgumentError,
    ArgumentTypeError,
    ContextError,
    InferenceError,
)


def dense() -> mx.sym.Symbol:
    return mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=3, name="fc")


def arrays(**more: mx.nd.NDArray) -> dict[str, mx.nd.NDArray]:
    return {
        "x": mx.nd.array([[1, 2], [3, 4]]),
        "fc_weight": mx.nd.array([[1, 0], [0, 1], [1, 1]]),
        "fc_bias": mx.nd.array([0, 0, 10]),
    } | more


EXPECTED = [[1, 2, 13], [3, 4, 17]]


def test_arguments_by_name():
    (output,) = dense().bind(mx.cpu(), arrays()).forward()
    assert output.asnumpy().tolist() == EXPECTED


def test_arguments_in_order():
    (output,) = dense().bind(mx.cpu(), list(arrays().values())).forward()
    assert output.asnumpy().tolist() == EXPECTED


def test_further_names_are_ignored():
    executor = dense().bind(mx.cpu(), arrays(other=mx.nd.ones(1)))
    assert list(executor.arg_dict) == ["x", "fc_weight", "fc_bias"]


def test_the_bound_arrays_are_the_users():
    given = arrays()
    executor = dense().bind(mx.cpu(), given)
    assert all(executor.arg_dict[name] is array for name, array in given.items())
    given["x"][:] = 0
    assert executor.forward()[0].asnumpy().tolist() == [[0, 0, 10]] * 2


def test_two_arguments_may_share_an_array():
    a, b = mx.sym.Variable("a"), mx.sym.Variable("b")
    shared = mx.nd.array([3.0])
    grads = [mx.nd.zeros(1), mx.nd.zeros(1)]
    executor = (a * b).bind(mx.cpu(), [shared, shared], grads)
    assert executor.forward(is_train=True)[0].asscalar() == 9
    executor.backward(mx.nd.ones(1))
    assert [g.asscalar() for g in grads] == [3, 3]


def test_gradients_by_name_may_be_incomplete():
    given = arrays()
    grad = mx.nd.zeros((3, 2))
    executor = dense().bind(mx.cpu(), given, {"fc_weight": grad})
    executor.forward(is_train=True)
    executor.backward(mx.nd.ones((2, 3)))
    assert grad.asnumpy().tolist() == [[4, 6]] * 3
    assert executor.grad_dict["x"] is None
    assert [g is None for g in executor.grad_arrays] == [True, False, True]


def test_gradients_in_order_may_leave_some_out():
    grad = mx.nd.zeros(3)
    executor = dense().bind(mx.cpu(), arrays(), [None, None, grad])
    executor.forward(is_train=True)
    executor.backward(mx.nd.ones((2, 3)))
    assert grad.asnumpy().tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    ("grad_req", "expected"),
    [
        ("write", {"x", "fc_weight", "fc_bias"}),
        ("null", set()),
        (["null", "write", "add"], {"fc_weight", "fc_bias"}),
        ({"x": "write"}, {"x"}),
    ],
)
def test_gradient_requests_come_in_several_forms(grad_req, expected):
    executor = dense().simple_bind(mx.cpu(), grad_req=grad_req, x=(2, 2))
    assert {n for n, g in executor.grad_dict.items() if g is not None} == expected


def test_a_symbol_without_arguments_can_be_bound():
    executor = mx.sym._ones(shape=(2,)).bind(mx.cpu(), {})
    assert executor.forward()[0].asnumpy().tolist() == [1, 1]


def test_simple_bind_allocates_zeros():
    executor = dense().simple_bind(mx.cpu(1), x=(4, 2))
    assert {n: a.shape for n, a in executor.arg_dict.items()} == {
        "x": (4, 2),
        "fc_weight": (3, 2),
        "fc_bias": (3,),
    }
    for array in (*executor.arg_arrays, *executor.grad_arrays):
        assert not array.asnumpy().any()
        assert array.context == mx.cpu(1)


def test_simple_bind_uses_the_current_context():
    with mx.cpu(2):
        executor = dense().simple_bind(x=(4, 2))
    assert executor.arg_arrays[0].context == mx.cpu(2)


def test_simple_bind_takes_types_by_name():
    executor = dense().simple_bind(mx.cpu(), type_dict={"x": "float64"}, x=(4, 2))
    assert {a.dtype for a in executor.arg_arrays} == {np.float64}
    assert executor.forward()[0].dtype == np.float64


def test_simple_bind_places_groups():
    with mx.AttrScope(ctx_group="one"):
        net = dense()
    net = mx.sym.exp(net)
    executor = net.simple_bind(mx.cpu(), group2ctx={"one": mx.cpu(1)}, x=(2, 2))
    assert executor.arg_dict["fc_weight"].context == mx.cpu(1)
    assert executor.outputs[0].context == mx.cpu(0)


def test_states_are_bound_by_name_or_order():
    net = mx.sym.BatchNorm(mx.sym.Variable("x"), name="bn")
    given = {"x": mx.nd.ones((2, 2)), "bn_gamma": mx.nd.ones(2)}
    given["bn_beta"] = mx.nd.zeros(2)
    mean, var = mx.nd.zeros(2), mx.nd.ones(2)
    by_name = {"bn_moving_var": var, "bn_moving_mean": mean}
    for states in (by_name, [mean, var]):
        executor = net.bind(mx.cpu(), given, aux_states=states)
        assert executor.aux_dict["bn_moving_mean"] is mean
        assert executor.aux_arrays == [mean, var] or executor.aux_arrays[1] is var


REFUSED = {
    "missing": (
        lambda: dense().bind(mx.cpu(), {"x": mx.nd.ones((2, 2))}),
        ArgumentError,
        "'fc_weight' is missing in args",
    ),
    "too short": (
        lambda: dense().bind(mx.cpu(), [mx.nd.ones((2, 2))]),
        ArgumentError,
        "3 arrays",
    ),
    "none at all": (
        lambda: dense().bind(mx.cpu(), None),
        ArgumentTypeError,
        "fc_weight",
    ),
    "NumPy": (
        lambda: dense().bind(mx.cpu(), arrays(x=np.ones((2, 2)))),
        ArgumentTypeError,
        "'x' must be an NDArray",
    ),
    "shape": (
        lambda: dense().bind(mx.cpu(), arrays(fc_weight=mx.nd.ones((3, 5)))),
        InferenceError,
        "fc_weight",
    ),
    "type": (
        lambda: dense().bind(mx.cpu(), arrays(fc_bias=mx.nd.ones(3, dtype="float64"))),
        InferenceError,
        "float64",
    ),
    "states": (
        lambda: mx.sym.BatchNorm(mx.sym.Variable("x"), name="bn").bind(
            mx.cpu(),
            {
                "x": mx.nd.ones((2, 2)),
                "bn_gamma": mx.nd.ones(2),
                "bn_beta": mx.nd.ones(2),
            },
        ),
        ArgumentError,
        "'bn_moving_mean' is missing in aux_states",
    ),
    "gradient's shape": (
        lambda: dense().bind(mx.cpu(), arrays(), {"x": mx.nd.ones((5, 5))}),
        ArgumentError,
        "gradient of 'x'",
    ),
    "request": (
        lambda: dense().bind(mx.cpu(), arrays(), grad_req="wirte"),
        ArgumentError,
        "'wirte'",
    ),
    "context": (lambda: dense().bind("cpu", arrays()), ArgumentTypeError, "'cpu'"),
    "gpu": (lambda: dense().bind(mx.gpu(0), arrays()), ContextError, "gpu"),
    "group": (
        lambda: dense().bind(mx.cpu(), arrays(), group2ctx={"a": "cpu"}),
        ArgumentTypeError,
        r"group2ctx\['a'\]",
    ),
    "simple too little": (
        lambda: dense().simple_bind(mx.cpu()),
        InferenceError,
        "unknown are: .*x",
    ),
    "simple conflict": (
        lambda: dense().simple_bind(mx.cpu(), x=(2, 2), fc_weight=(3, 7)),
        InferenceError,
        "fc_weight",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_bound_is_refused(case):
    call, kind, message = REFUSED[case]
    with pytest.raises(kind, match=message) as caught:
        call()
    assert isinstance(caught.value, mx.MXNetError)


def test_a_refused_bind_changes_nothing():
    given = arrays(fc_weight=mx.nd.ones((3, 5)))
    before = {name: array.asnumpy() for name, array in given.items()}
    with pytest.raises(InferenceError):
        dense().bind(mx.cpu(), given)
    for name, array in given.items():
        np.testing.assert_array_equal(array.asnumpy(), before[name])


def test_a_shape_for_no_argument_is_ignored_with_a_warning():
    with pytest.warns(UserWarning, match="did you mean 'fc_weight'.*ignored"):
        executor = dense().simple_bind(mx.cpu(), x=(2, 2), fc_wieght=(3, 2))
    assert executor.arg_dict["fc_weight"].shape == (3, 2)


def test_a_symbol_bound_again_alike_is_not_compiled_again():
    symbol = mx.sym.tanh(mx.sym.Variable("x"), name="y")
    first, second = (symbol.simple_bind(mx.cpu(), x=(2, 3)) for _ in range(2))
    assert first._compiled is second._compiled
    for executor, value in ((first, 0.5), (second, 2.0)):
        executor.forward(x=mx.nd.full((2, 3), value))
    for executor, value in ((first, 0.5), (second, 2.0)):
        assert np.allclose(executor.outputs[0].asnumpy(), np.tanh(value))


@pytest.mark.parametrize(
    "options",
    [
        {"x": (3, 2)},
        {"type_dict": {"x": "float64"}},
        {"grad_req": "null"},
        {"grad_req": "add"},
        {"memory_budget": 10**6},
        {"ctx": mx.cpu(1)},
    ],
)
def test_a_symbol_bound_differently_is_compiled_anew(options):
    symbol = mx.sym.tanh(mx.sym.Variable("x"), name="y")
    plain = {"ctx": mx.cpu(), "x": (2, 3)}
    first = symbol.simple_bind(**plain)
    assert symbol.simple_bind(**(plain | options))._compiled is not first._compiled


def test_an_annotation_made_later_counts():
    inner = mx.sym.tanh(mx.sym.Variable("x"), name="y")
    symbol = inner * 2
    groups = {"g": mx.cpu(1)}
    symbol.simple_bind(mx.cpu(), group2ctx=groups, x=(2, 3))
    inner._set_attr(ctx_group="g")
    executor = symbol.simple_bind(mx.cpu(), group2ctx=groups, x=(2, 3))
    assert set(executor.plan_report().nodes_on) == {mx.cpu(0), mx.cpu(1)}
