"""What all optimizers share: registry, rates, counts, pickling, errors."""

from __future__ import annotations

import pickle
from types import SimpleNamespace

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from dataflow.optimizer.optimizer import Optimizer

NAMES = {0: "fc_weight", 1: "fc_bias", 2: "bn_gamma", 3: "bn_beta"}


def network() -> mx.sym.Symbol:
    weight = mx.sym.Variable("fc_weight", lr_mult=0.5, wd_mult=2.0)
    bias = mx.sym.Variable("fc_bias", lr_mult=2, attr={"__wd_mult__": "0.25"})
    return mx.sym.FullyConnected(
        mx.sym.Variable("data"), weight, bias, num_hidden=2, name="fc"
    )


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr(Optimizer, "opt_registry", dict(Optimizer.opt_registry))


# The registry


def test_names_have_any_case():
    made = mx.optimizer.create("AdaM", learning_rate=0.3)
    assert type(made) is mx.optimizer.Adam
    assert made.lr == 0.3
    assert type(Optimizer.create_optimizer("ccsgd")) is mx.optimizer.ccSGD


def test_own_classes_are_found(registry):
    @mx.optimizer.register
    class Mine(mx.optimizer.SGD):
        pass

    assert type(mx.optimizer.create("mine", momentum=0.5)) is Mine
    mx.optimizer.Optimizer.register(Mine)  # once more, which changes nothing
    other = type("Mine", (mx.optimizer.Adam,), {})
    with pytest.warns(UserWarning, match=r"optimizer 'mine' was .*Mine and is now"):
        mx.optimizer.register(other)
    assert type(mx.optimizer.create("mine")) is other


def test_wrong_names():
    with pytest.raises(UnknownNameError, match="'adamm'; did you mean 'adam'"):
        mx.optimizer.create("adamm")
    with pytest.raises(ValueError, match=r"register yours, or use one of .*, sgd, "):
        mx.optimizer.create("xyzzy")
    with pytest.raises(ArgumentTypeError, match="by its name, not <"):
        mx.optimizer.create(mx.optimizer.SGD())
    with pytest.raises(ArgumentTypeError, match="only classes"):
        mx.optimizer.register("sgd")
    with pytest.raises(TypeError, match="'lr'"):
        mx.optimizer.create("sgd", lr=0.1)


# Learning rates and weight decays


def test_the_learning_rate():
    assert mx.optimizer.SGD().learning_rate == 0.01
    optimizer = mx.optimizer.SGD(learning_rate=0.5)
    optimizer.set_learning_rate(0.25)
    assert optimizer.learning_rate == optimizer.lr == 0.25


def test_a_scheduler_gives_the_learning_rate():
    scheduler = mx.lr_scheduler.FactorScheduler(2, 0.5, base_lr=0.8)
    optimizer = mx.optimizer.SGD(lr_scheduler=scheduler)
    assert optimizer.learning_rate == 0.8
    weight = mx.nd.ones(2)
    for _ in range(3):
        optimizer.update(0, weight, weight, None)
    assert optimizer.learning_rate == 0.4
    with pytest.raises(UserWarning, match="FactorScheduler gives the learning rate"):
        optimizer.set_learning_rate(1)
    with pytest.raises(mx.MXNetError):
        optimizer.set_learning_rate(1)


def test_a_learning_rate_overrides_the_schedulers():
    scheduler = mx.lr_scheduler.FactorScheduler(2, base_lr=0.8)
    with pytest.warns(UserWarning, match=r"0\.001 takes the place .* 0\.8"):
        optimizer = mx.optimizer.Adam(lr_scheduler=scheduler)
    assert optimizer.learning_rate == 0.001
    scheduler = mx.lr_scheduler.FactorScheduler(2, base_lr=0.8)
    assert mx.optimizer.Ftrl(lr_scheduler=scheduler).learning_rate == 0.8


def test_lr_scale_is_no_more():
    with pytest.raises(DeprecationWarning, match="set_lr_mult"):
        mx.optimizer.SGD().set_lr_scale({})


def test_factors_come_from_variables_names_and_indices():
    optimizer = mx.optimizer.SGD(
        learning_rate=1, wd=1, sym=network(), param_idx2name=NAMES
    )
    assert optimizer._get_lrs([0, 1, 2, 3, "fc_bias", 9]) == [0.5, 2, 1, 1, 2, 1]
    assert optimizer._get_wds([0, 1, 2, 3, "bn_beta", 9]) == [2, 0.25, 1, 0, 0, 1]
    optimizer.set_lr_mult({"fc_bias": 7, 2: 3})
    optimizer.set_wd_mult({"bn_beta": 5})
    assert optimizer._get_lrs([0, 1, 2]) == [0.5, 7, 3]
    assert optimizer._get_wds([0, 1, 2, 3]) == [2, 0.25, 1, 5]


def test_only_weights_are_decayed_by_lars():
    optimizer = mx.optimizer.LARS(wd=1, param_idx2name=NAMES)
    assert optimizer._get_wds([0, 1, 2, 3]) == [1, 0, 0, 0]


def test_without_names_everything_is_decayed():
    assert mx.optimizer.SGD(wd=0.5)._get_wds([0, 1]) == [0.5, 0.5]


def test_parameters_with_factors_of_their_own_come_first():
    own = SimpleNamespace(lr_mult=3.0, wd_mult=5.0)
    optimizer = mx.optimizer.SGD(
        learning_rate=1, wd=1, param_dict={0: own}, param_idx2name=NAMES
    )
    optimizer.set_lr_mult({0: 9})
    assert (optimizer._get_lr(0), optimizer._get_wd(0)) == (3, 5)


def test_factors_that_are_no_numbers():
    weight = mx.sym.Variable("w", attr={"__lr_mult__": "fast"})
    with pytest.raises(ArgumentError, match=r"'w': __lr_mult__ .* not 'fast'"):
        mx.optimizer.SGD(sym=mx.sym.exp(weight))


def test_names_come_in_a_dict():
    with pytest.raises(ArgumentTypeError, match="dict from parameters' indices"):
        mx.optimizer.SGD(param_idx2name=["fc_weight"])


# Counts


def test_counts_are_kept_by_device():
    optimizer = mx.optimizer.SGD(begin_num_update=10)
    weight = mx.nd.ones(2)
    optimizer.update(0, weight, weight, None)
    optimizer.update(0, weight, weight, None)
    optimizer._set_current_context(1)
    optimizer.update(0, weight, weight, None)
    assert optimizer._index_update_count == {0: 11}
    assert optimizer._all_index_update_counts == {0: {0: 12}, 1: {0: 11}}
    assert optimizer.num_update == 12


# Precision


def test_a_precise_copy_steps_further_than_float16_can():
    weight = mx.nd.full((3,), 1000, dtype="float16")
    small = mx.nd.ones((3,), dtype="float16")
    optimizer = mx.optimizer.Ftrl(
        learning_rate=0.1, lamda1=0, beta=0, multi_precision=True
    )
    state = optimizer.create_state_multi_precision(0, weight)
    assert [state[0].dtype, state[1][0].dtype] == [np.float32, np.float32]
    optimizer.update_multi_precision(0, weight, small, state)
    assert state[0].asnumpy() == pytest.approx(999.9, abs=0.2)
    assert weight.asnumpy().tolist() == [1000] * 3


def test_float16_without_a_precise_copy_is_warned_of():
    weight = mx.nd.ones((3,), dtype="float16")
    for name in ("sgd", "adam"):
        with pytest.warns(UserWarning, match="use multi_precision=True"):
            mx.optimizer.create(name).create_state_multi_precision(0, weight)


# Errors


def test_the_base_defines_no_update():
    weight = mx.nd.ones(2)
    assert Optimizer().create_state(0, weight) is None
    with pytest.raises(NotImplementedError, match="Optimizer must define update"):
        Optimizer().update(0, weight, weight, None)


def test_what_is_no_array_is_refused_before_anything_changes():
    weight = mx.nd.ones((2, 2))
    for name in set(Optimizer.opt_registry) - {"groupadagrad"}:
        optimizer = mx.optimizer.create(name)
        state = optimizer.create_state(0, weight)
        with pytest.raises(ArgumentTypeError, match=r"gradient .* NDArray, not \[1\]"):
            optimizer.update(0, weight, [1], state)
        with pytest.raises(ArgumentError, match=r"\(2, 2\), but its gradient \(3,\)"):
            optimizer.update(0, weight, mx.nd.ones(3), state)
        assert optimizer.num_update == 0
    assert weight.asnumpy().tolist() == [[1, 1], [1, 1]]


def test_batches_are_made_of_at_least_one():
    with pytest.raises(ArgumentError, match="batch_scale"):
        mx.optimizer.LBSGD(batch_scale=0)


# Pickling


def test_pickling_keeps_all_but_the_parameters():
    optimizer = mx.optimizer.Adam(
        param_dict={0: SimpleNamespace(lr_mult=1.0, wd_mult=1.0)},
        param_idx2name=NAMES,
        beta1=0.5,
    )
    weight = mx.nd.ones(2)
    optimizer.update(0, weight, weight, optimizer.create_state(0, weight))
    restored = pickle.loads(pickle.dumps(optimizer))
    assert restored.param_dict == {}
    assert restored._index_update_count == {0: 1}
    assert (restored.beta1, restored.idx2name) == (0.5, NAMES)
