"""What MXNet cannot tell: formulas, where it draws at random or is wrong."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx

DRAW = np.random.RandomState(3)
WEIGHT = DRAW.uniform(-1, 1, (3, 4))
GRADS = DRAW.normal(size=(6, 3, 4))


def run(optimizer: mx.optimizer.Optimizer, grads=GRADS) -> np.ndarray:
    """Update by each gradient; all come in the same array."""
    updater = mx.optimizer.get_updater(optimizer)
    weight = mx.nd.array(WEIGHT, dtype="float64")
    grad = mx.nd.zeros(weight.shape, dtype="float64")
    for value in grads:
        grad[:] = value
        updater(0, grad, weight)
        np.testing.assert_array_equal(grad.asnumpy(), value)
    return weight.asnumpy()


@pytest.mark.parametrize("dtype", ["float64", "float16"])
def test_nesterov_with_decay(dtype):
    weight, mom = WEIGHT.copy(), np.zeros_like(WEIGHT)
    settings = {"learning_rate": 0.1, "momentum": 0.9, "wd": 0.3}
    for grad in GRADS:
        step = 0.1 * (grad + 0.3 * weight)
        mom = 0.9 * mom - step
        weight += 0.9 * mom - step
    if dtype == "float64":
        made = run(mx.optimizer.NAG(**settings))
        np.testing.assert_allclose(made, weight, rtol=1e-6)
        return
    updater = mx.optimizer.get_updater(
        mx.optimizer.NAG(multi_precision=True, **settings)
    )
    narrow = mx.nd.array(WEIGHT, dtype=dtype)
    for grad in GRADS:
        updater(0, mx.nd.array(grad, dtype=dtype), narrow)
    np.testing.assert_allclose(narrow.asnumpy(), weight, atol=5e-3)


def test_delays_are_made_up_for_with_momentum_too():
    weight, previous, mom = WEIGHT.copy(), WEIGHT.copy(), np.zeros_like(WEIGHT)
    for grad in GRADS:
        whole = grad + 0.1 * weight + 0.5 * grad * grad * (weight - previous)
        mom = 0.9 * mom - 0.05 * whole
        previous, weight = weight, weight + mom
    optimizer = mx.optimizer.DCASGD(momentum=0.9, lamda=0.5, learning_rate=0.05, wd=0.1)
    np.testing.assert_allclose(run(optimizer), weight, rtol=1e-6)


def test_large_batches_sum_gradients_that_come_in_one_array():
    optimizer = mx.optimizer.LBSGD(
        batch_scale=3, warmup_epochs=0, learning_rate=0.1, clip_gradient=0.2
    )
    weight = WEIGHT.copy()
    for group in (GRADS[:3], GRADS[3:]):
        weight -= 0.3 * np.clip(group.mean(0), -0.2, 0.2)
    np.testing.assert_allclose(run(optimizer), weight, rtol=1e-5)


def test_rescaling_leaves_the_gradient_alone():
    run(mx.optimizer.AdaDelta(rescale_grad=0.5))


def test_langevin_dynamics_steps_by_half_and_adds_noise():
    mx.random.seed(7)
    weight = mx.nd.full((200, 100), 2.0)
    optimizer = mx.optimizer.SGLD(learning_rate=0.04, wd=0.5, clip_gradient=1.5)
    optimizer.update(0, weight, mx.nd.full(weight.shape, 3.0), None)
    moved = weight.asnumpy() - 2
    assert moved.mean() == pytest.approx(-0.02 * (1.5 + 0.5 * 2), abs=0.01)
    assert moved.std() == pytest.approx(0.2, rel=0.03)


def test_langevin_dynamics_repeats_under_one_seed():
    made = []
    for _ in range(2):
        mx.random.seed(11)
        made.append(run(mx.optimizer.SGLD(learning_rate=0.1)))
    np.testing.assert_array_equal(*made)


def test_one_name_more_for_sgd():
    assert issubclass(mx.optimizer.ccSGD, mx.optimizer.SGD)


@pytest.mark.parametrize("name", ["adagrad", "adadelta", "rmsprop", "ftrl"])
@pytest.mark.parametrize("dtype", ["float16", "float64"])
@pytest.mark.filterwarnings("ignore:.*multi_precision")
def test_states_have_the_type_of_the_weight(name, dtype):
    updater = mx.optimizer.get_updater(mx.optimizer.create(name))
    weight = mx.nd.ones((2, 3), dtype=dtype)
    updater(0, weight * 2, weight)
    states = updater.states[0]
    for state in states if isinstance(states, tuple) else (states,):
        assert state.dtype == np.dtype(dtype)
    assert (weight.asnumpy() < 1).all()


def test_rows_have_rates_of_their_own_without_decay():
    optimizer = mx.optimizer.contrib.GroupAdaGrad(wd=0.1)
    weight = mx.nd.ones((2, 3))
    with pytest.raises(mx.MXNetError, match="no weight decay"):
        optimizer.update(0, weight, weight, optimizer.create_state(0, weight))
    with pytest.raises(mx.MXNetError, match=r"matrices.*\(3,\)"):
        optimizer.create_state(0, mx.nd.ones(3))
