"""`forward` and `backward`: arguments, outputs, gradients, states, randomness."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import ArgumentError, ArgumentTypeError, MXNetError


def square() -> mx.Executor:
    symbol = mx.sym.square(mx.sym.Variable("x"), name="sq")
    executor = symbol.simple_bind(mx.cpu(), x=(3,))
    executor.arg_dict["x"][:] = [1, 2, 3]
    return executor


def values(executor: mx.Executor) -> list[float]:
    return executor.outputs[0].asnumpy().tolist()


def test_outputs_exist_before_the_first_forward():
    executor = square()
    assert executor.outputs[0].shape == (3,)
    assert list(executor.output_dict) == ["sq_output"]
    assert executor.output_dict["sq_output"] is executor.outputs[0]


def test_forward_returns_the_outputs_and_reuses_them():
    executor = square()
    first = executor.forward()
    assert first[0] is executor.forward()[0]
    assert first[0].asnumpy().tolist() == [1, 4, 9]


def test_forward_takes_new_values_by_name():
    executor = square()
    for given in (mx.nd.array([2, 2, 2]), np.array([2, 2, 2]), [2, 2, 2]):
        executor.arg_dict["x"][:] = 0
        executor.forward(x=given)
        assert values(executor) == [4, 4, 4]
        assert executor.arg_dict["x"].asnumpy().tolist() == [2, 2, 2]


def test_new_values_may_come_from_another_context():
    executor = square()
    executor.forward(x=mx.nd.array([5, 5, 5], ctx=mx.cpu(1)))
    assert values(executor) == [25, 25, 25]


def test_values_given_are_copied():
    executor = square()
    given = mx.nd.array([2, 2, 2])
    executor.forward(x=given)
    given[:] = 9
    executor.forward()
    assert values(executor) == [4, 4, 4]


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (TypeError, {"y": mx.nd.ones(3)}),
        (ValueError, {"x": mx.nd.ones(4)}),
        (ValueError, {"x": "text"}),
        (TypeError, {"x": mx.nd.zeros(3), "y": mx.nd.ones(3)}),
    ],
)
def test_a_refused_forward_changes_nothing(kind, given):
    executor = square()
    executor.forward()
    with pytest.raises(kind) as caught:
        executor.forward(**given)
    assert isinstance(caught.value, MXNetError)
    assert executor.arg_dict["x"].asnumpy().tolist() == [1, 2, 3]
    assert values(executor) == [1, 4, 9]


def test_backward_takes_one_array_or_a_list():
    executor = square()
    executor.forward(is_train=True)
    for given in (mx.nd.ones(3), [mx.nd.ones(3)], (mx.nd.ones(3),)):
        executor.grad_dict["x"][:] = 0
        executor.backward(given)
        assert executor.grad_dict["x"].asnumpy().tolist() == [2, 4, 6]


def test_backward_may_be_repeated_with_other_gradients():
    executor = square()
    executor.forward(is_train=True)
    for factor in (1, 10):
        executor.backward(mx.nd.full(3, factor))
        expected = [2 * factor, 4 * factor, 6 * factor]
        assert executor.grad_dict["x"].asnumpy().tolist() == expected


def test_head_gradients_may_lie_on_another_context():
    executor = square()
    executor.forward(is_train=True)
    executor.backward(mx.nd.ones(3, ctx=mx.cpu(1)))
    assert executor.grad_dict["x"].asnumpy().tolist() == [2, 4, 6]


def test_a_loss_needs_no_head_gradient():
    symbol = mx.sym.MakeLoss(mx.sym.square(mx.sym.Variable("x")))
    executor = symbol.simple_bind(mx.cpu(), x=(2,))
    executor.forward(is_train=True, x=[1, 2])
    executor.backward()
    assert executor.grad_dict["x"].asnumpy().tolist() == [2, 4]


def test_without_wanted_gradients_backward_does_nothing():
    symbol = mx.sym.square(mx.sym.Variable("x"))
    executor = symbol.simple_bind(mx.cpu(), grad_req="null", x=(2,))
    executor.forward(is_train=True)
    executor.backward()


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        ((), ArgumentError, "'sq_output' is not a loss"),
        (([mx.nd.ones(3), mx.nd.ones(3)],), ArgumentError, "1 gradients"),
        ((mx.nd.ones(4),), ArgumentError, r"shape \(3,\), not \(4,\)"),
        ((3,), ArgumentTypeError, "NDArray"),
        (([np.ones(3)],), ArgumentTypeError, "NDArray"),
    ],
)
def test_a_refused_backward_changes_nothing(given, kind, message):
    executor = square()
    executor.forward(is_train=True)
    executor.grad_dict["x"][:] = 5
    with pytest.raises(kind, match=message):
        executor.backward(*given)
    assert executor.grad_dict["x"].asnumpy().tolist() == [5, 5, 5]


def test_backward_needs_a_forward():
    with pytest.raises(MXNetError, match="forward"):
        square().backward(mx.nd.ones(3))


def test_an_output_that_is_a_variable_is_a_copy():
    x = mx.sym.Variable("x")
    executor = mx.sym.Group([x, x]).simple_bind(mx.cpu(), x=(2,))
    outputs = executor.forward(is_train=True, x=[1, 2])
    executor.arg_dict["x"][:] = 0
    assert [o.asnumpy().tolist() for o in outputs] == [[1, 2], [1, 2]]
    executor.backward([mx.nd.array([1, 2]), mx.nd.array([10, 20])])
    assert executor.grad_dict["x"].asnumpy().tolist() == [11, 22]


def test_head_gradients_are_added_to_what_is_there():
    x = mx.sym.Variable("x")
    symbol = mx.sym.Group([x, mx.sym.square(x)])
    executor = symbol.simple_bind(mx.cpu(), grad_req="add", x=(2,))
    for times in (1, 2):
        executor.forward(is_train=True, x=[1, 2])
        executor.backward([mx.nd.ones(2), mx.nd.ones(2)])
        expected = [3 * times, 5 * times]
        assert executor.grad_dict["x"].asnumpy().tolist() == expected


def test_a_gradient_that_is_added_is_not_mistaken_for_what_was_there():
    # The gradient of x is also what flows on to w.
    x, w = mx.sym.Variable("x"), mx.sym.Variable("w")
    symbol = mx.sym.square(x + mx.sym.square(w))
    executor = symbol.simple_bind(mx.cpu(), {"x": "add", "w": "write"}, x=(1,))
    executor.grad_dict["x"][:] = 100
    executor.forward(is_train=True, x=[1], w=[2])
    executor.backward(mx.nd.ones(1))
    assert executor.grad_dict["x"].asscalar() == 100 + 10
    assert executor.grad_dict["w"].asscalar() == 10 * 4


def test_a_network_of_many_layers_is_bound_and_run():
    net = mx.sym.Variable("x")
    for _ in range(5_000):
        net = mx.sym.negative(net) + 1
    executor = net.simple_bind(mx.cpu(), x=(2,))
    executor.forward(is_train=True, x=[3, 4])
    executor.backward(mx.nd.array([1, 2]))
    assert values(executor) == [3, 4]
    assert executor.grad_dict["x"].asnumpy().tolist() == [1, 2]
    assert executor.plan_report().planned_bytes <= 2 * 64


def test_one_name_for_two_arguments_needs_the_list():
    both = mx.sym.Variable("a") + mx.sym.Variable("a")
    executor = both.bind(mx.cpu(), [mx.nd.array([1]), mx.nd.array([2])])
    assert executor.forward()[0].asscalar() == 3
    with pytest.raises(ArgumentError, match="'a' stands for two arrays"):
        executor.arg_dict  # noqa: B018


def batch_norm() -> mx.Executor:
    symbol = mx.sym.BatchNorm(mx.sym.Variable("x"), name="bn", momentum=0.5)
    executor = symbol.simple_bind(mx.cpu(), x=(4, 2))
    executor.arg_dict["x"][:] = [[1, 10], [2, 20], [3, 30], [4, 40]]
    executor.aux_dict["bn_moving_var"][:] = 1
    return executor


def test_states_move_in_training_only():
    executor = batch_norm()
    mean = executor.aux_dict["bn_moving_mean"]
    executor.forward(is_train=False)
    assert mean.asnumpy().tolist() == [0, 0]
    executor.forward(is_train=True)
    executor.backward(mx.nd.ones((4, 2)))
    once = mean.asnumpy()
    np.testing.assert_allclose(once, [1.25, 12.5], rtol=1e-6)
    executor.forward(is_train=False)
    np.testing.assert_array_equal(mean.asnumpy(), once)


def test_states_move_once_per_training_step():
    executor = batch_norm()
    for expected in ([1.25, 12.5], [1.875, 18.75], [2.1875, 21.875]):
        executor.forward(is_train=True)
        executor.backward(mx.nd.ones((4, 2)))
        found = executor.aux_dict["bn_moving_mean"].asnumpy()
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_inference_reads_the_states_as_they_are_then():
    executor = batch_norm()
    executor.arg_dict["bn_gamma"][:] = 1
    executor.aux_dict["bn_moving_mean"][:] = [1, 10]
    first = executor.forward(is_train=False)[0].asnumpy()
    assert first[0].tolist() == [0, 0]
    executor.aux_dict["bn_moving_mean"][:] = [2, 20]
    second = executor.forward(is_train=False)[0].asnumpy()
    assert second[1].tolist() == [0, 0]


def test_states_work_on_another_context():
    with mx.AttrScope(ctx_group="one"):
        net = mx.sym.BatchNorm(mx.sym.Variable("x"), name="bn", momentum=0.5)
    executor = net.simple_bind(mx.cpu(), group2ctx={"one": mx.cpu(1)}, x=(4, 2))
    executor.forward(is_train=True, x=[[1, 10], [2, 20], [3, 30], [4, 40]])
    executor.backward(mx.nd.ones((4, 2)))
    mean = executor.aux_dict["bn_moving_mean"]
    assert mean.context == mx.cpu(1)
    np.testing.assert_allclose(mean.asnumpy(), [1.25, 12.5], rtol=1e-6)


def dropout(groups: bool = False) -> mx.Executor:
    net = mx.sym.Variable("x")
    for i in range(3):
        with mx.AttrScope(ctx_group=f"g{i % 2}"):
            net = mx.sym.Dropout(net, p=0.4) * 1.5
    where = {"g0": mx.cpu(0), "g1": mx.cpu(1)} if groups else None
    executor = net.simple_bind(mx.cpu(), group2ctx=where, x=(16, 8))
    executor.arg_dict["x"][:] = 1
    return executor


def draws(executor: mx.Executor, seed: int = 42) -> list[np.ndarray]:
    mx.random.seed(seed)
    found = []
    for _ in range(3):
        found.append(executor.forward(is_train=True)[0].asnumpy())
        executor.backward(mx.nd.ones((16, 8)))
        found.append(executor.grad_dict["x"].asnumpy())
    return found


def test_dropout_repeats_exactly_under_one_seed():
    executor = dropout()
    first, second, other = draws(executor), draws(executor), draws(executor, 43)
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


def test_each_forward_draws_anew_and_backward_uses_its_draw():
    found = draws(dropout())
    for output, gradient in zip(found[::2], found[1::2], strict=True):
        np.testing.assert_allclose(output, gradient, rtol=1e-6)
    assert not np.array_equal(found[0], found[2])


@pytest.mark.parametrize("groups", [False, True])
def test_dropout_is_the_same_on_every_engine(groups):
    expected = draws(dropout(groups))
    with mx.engine.use(mx.engine.create("naive")):
        np.testing.assert_array_equal(draws(dropout(groups)), expected)
    for workers in (1, 2):
        engine = mx.engine.create("threaded", cpu_workers=workers)
        with engine, mx.engine.use(engine):
            np.testing.assert_array_equal(draws(dropout(groups)), expected)


def test_placement_does_not_change_what_is_drawn():
    np.testing.assert_array_equal(draws(dropout()), draws(dropout(groups=True)))


def test_dropout_does_nothing_outside_of_training():
    executor = dropout()
    output = executor.forward(is_train=False)[0].asnumpy()
    np.testing.assert_allclose(output, 1.5**3, rtol=1e-6)


def test_a_plan_report_tells_what_binding_made():
    executor = square()
    report = executor.plan_report()
    assert report.variables == 2  # x and the head gradient
    assert report.copies == 0
    assert report.nodes_on == {mx.cpu(): report.nodes}
    assert "nodes in" in str(report)
