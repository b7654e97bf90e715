"""A training that was killed goes on from its last checkpoint, bit for bit."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest

import dataflow as mx
from dataflow.module import progress
from tests.module.calls import LABEL, SHAPE, batch, trained
from tests.module.killed import train
from tests.module.networks import mlp
from tests.module.test_module import values

# MXNet warns of that, too, where a loaded module is trained.
continued = pytest.mark.filterwarnings("ignore:the parameters are initialized already")
scheduled = pytest.mark.filterwarnings("ignore:learning_rate .* takes the place")


def same(one, other):
    ours, theirs = values(one), values(other)
    return all((ours[name] == value).all() for name, value in theirs.items())


@continued
@scheduled
@pytest.mark.parametrize("contexts", [1, 2])
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "nadam"])
def test_a_training_goes_on_bit_for_bit(optimizer, contexts, tmp_path):
    whole = train(str(tmp_path / "net"), optimizer, contexts)
    continued = train(str(tmp_path / "net"), optimizer, contexts, begin=2)
    assert same(whole, continued)


@continued
@scheduled
def test_a_killed_training_goes_on_bit_for_bit(tmp_path):
    prefix = tmp_path / "net"
    path = os.pathsep.join(filter(None, sys.path))
    run = subprocess.run(
        [sys.executable, "-m", "tests.module.killed", str(prefix)],
        env={**os.environ, "PYTHONPATH": path},
        check=False,
        timeout=100,
    )
    assert run.returncode == 9
    # The last checkpoint may have been on its way; the one before it was there.
    last = max(each.name for each in tmp_path.glob("*.states.json"))
    assert last in ("net-0001.states.json", "net-0002.states.json")
    continued = train(str(prefix), begin=int(last[4:8]))
    assert same(train(str(tmp_path / "whole")), continued)


@continued
@scheduled
def test_without_its_progress_a_training_goes_on_otherwise(tmp_path):
    prefix = str(tmp_path / "net")
    whole = train(prefix)
    (tmp_path / "net-0002.states.json").unlink()
    assert not same(whole, train(prefix, begin=2))


def test_shuffled_data_go_on_when_they_are_reset_as_often():
    def orders(epochs, begin=0):
        np.random.seed(4)
        data = mx.io.NDArrayIter(np.arange(12), batch_size=4, shuffle=True)
        for _ in range(begin):
            data.reset()
        for _ in range(epochs):
            yield np.concatenate([b.data[0].asnumpy() for b in data]).tolist()
            data.reset()

    assert list(orders(4))[2:] == list(orders(2, begin=2))


def numbers(module):
    optimizer = module._optimizer
    return optimizer.num_update, optimizer._index_update_count


def test_counts_and_changed_numbers_are_kept_and_settings_are_not(tmp_path):
    file = tmp_path / "sgd.states"
    module = trained(mx)
    module._optimizer.wd = 0.125  # a callback's doing
    module.save_optimizer_states(file)
    other = trained(mx, {"learning_rate": 0.25, "momentum": 0.5})
    other.update()
    assert numbers(other) != numbers(module)
    other.load_optimizer_states(file)
    assert numbers(other) == numbers(module)
    assert other._optimizer.wd == 0.125
    assert other._optimizer.lr == 0.25
    assert other._optimizer.momentum == 0.5


def test_random_numbers_go_on(tmp_path):
    file = tmp_path / "sgd.states"
    module = trained(mx)
    module.save_optimizer_states(file)
    first = mx.nd.random.uniform(shape=3).asnumpy()
    module.load_optimizer_states(file)
    assert (mx.nd.random.uniform(shape=3).asnumpy() == first).all()


GOOD = {"version": 1, "random": [3, 4], "numbers": {}, "counts": []}
BAD = {
    "no object": [],
    "another version": GOOD | {"version": 2},
    "no random": {k: v for k, v in GOOD.items() if k != "random"},
    "odd random": GOOD | {"random": [-1, 0]},
    "odd counts": GOOD | {"counts": [[0, 1]]},
    "odd count": GOOD | {"counts": [[0, [["a"]]]]},
    "unknown number": GOOD | {"numbers": {"beta17": 1}},
    "odd number": GOOD | {"numbers": {"lr": "x"}},
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_malformed_progress_changes_nothing(content, tmp_path):
    file = tmp_path / "sgd.states"
    module = trained(mx)
    module.save_optimizer_states(file)
    before = vars(module._optimizer).copy()
    (tmp_path / "sgd.states.json").write_text(json.dumps(content))
    mx.random.seed(1)
    drawn = mx.nd.random.uniform(shape=2).asnumpy()
    mx.random.seed(1)
    with pytest.raises(ValueError, match=r"sgd\.states\.json"):
        progress.restore(file, module._optimizer)
    assert vars(module._optimizer) == before
    assert (mx.nd.random.uniform(shape=2).asnumpy() == drawn).all()


def test_states_that_are_missing_leave_the_module_without_optimizer(tmp_path):
    module = trained(mx)
    module.save_checkpoint(str(tmp_path / "net"), 1)
    loaded = mx.mod.Module.load(str(tmp_path / "net"), 1, load_optimizer_states=True)
    loaded.bind(SHAPE, LABEL)
    with pytest.raises(FileNotFoundError, match=r"net-0001\.states"):
        loaded.init_optimizer()
    assert not loaded.optimizer_initialized
    module.save_optimizer_states(tmp_path / "net-0001.states")
    loaded.init_optimizer(optimizer_params={"momentum": 0.9})
    loaded.forward_backward(batch(mx))
    loaded.update()


def test_states_of_the_random_numbers_are_checked():
    state = mx.random.get_state()
    for odd in (None, (1,), ("a", 2), (-1, 0), (0, 2**70)):
        with pytest.raises(ValueError, match="what get_state returned"):
            mx.random.set_state(odd)
    mx.random.set_state(state)


def test_states_of_random_numbers_repeat_what_executors_draw():
    executor = mx.sym.Dropout(mx.sym.Variable("x")).simple_bind(mx.cpu(), x=(50,))
    executor.arg_dict["x"][:] = 1

    def draw():
        return [executor.forward(True)[0].asnumpy().tolist() for _ in range(3)]

    draw()
    state = mx.random.get_state()
    first = draw()
    mx.random.set_state(state)
    assert draw() == first
    assert draw() != first


def test_a_checkpoint_of_a_module_that_was_not_trained_has_no_states(tmp_path):
    module = mx.mod.Module(mlp(mx))
    module.bind(SHAPE, LABEL)
    module.init_params()
    with pytest.raises(AssertionError, match="no optimizer yet"):
        module.save_checkpoint(str(tmp_path / "net"), 1, save_optimizer_states=True)
    assert not list(tmp_path.iterdir())
