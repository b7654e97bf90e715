"""FeedForward trains, measures and predicts as MXNet's does."""

from __future__ import annotations

import logging
import pickle
from pathlib import Path

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from dataflow.model.training import batches
from tests.model import programs
from tests.model.programs import CLASSES, FITS, feed_forward, network, samples

GOLDEN = Path(__file__).parents[1] / "golden" / "model" / "fits.npz"
pytestmark = pytest.mark.filterwarnings("ignore:FeedForward is:DeprecationWarning")


@pytest.fixture(scope="module")
def golden():
    with np.load(GOLDEN) as values:
        return dict(values)


@pytest.mark.parametrize("name", FITS)
def test_a_training(name, golden):
    found = FITS[name](mx)
    keys = {k.partition("/")[2] for k in golden if k.startswith(f"{name}/")}
    assert found.keys() == keys
    for key, value in found.items():
        expected = golden[f"{name}/{key}"]
        assert value.shape == expected.shape, key
        limit = 2e-4 if key == "told" else 2e-5
        np.testing.assert_allclose(value, expected, rtol=limit, atol=limit, err_msg=key)


def test_no_golden_value_is_left_over(golden):
    assert {key.partition("/")[0] for key in golden} == set(FITS)


def test_it_says_that_it_is_old():
    with pytest.warns(DeprecationWarning, match="use Module"):
        mx.model.FeedForward(network(mx))


def test_a_training_is_logged(caplog):
    X, y = samples()
    with caplog.at_level(logging.INFO):
        model = mx.model.FeedForward.create(
            network(mx), X, y, num_epoch=1, eval_data=(X, y), numpy_batch_size=25
        )
    lines = caplog.messages
    assert lines[:2] == [
        "Start training with [cpu(0)]",
        "Epoch[0] Resetting Data Iterator",
    ]
    assert lines[2].startswith("Epoch[0] Time cost=")
    assert lines[3].startswith("Epoch[0] Validation-accuracy=")
    assert len(lines) == 4
    assert model.predict(X).shape == (len(X), CLASSES)


def test_a_callback_sees_the_loop():
    seen = []
    X, y = samples()
    model = feed_forward(mx, num_epoch=1)
    model.fit(X, y, batch_end_callback=seen.append, logger=programs.quiet())
    (param,) = seen
    assert (param.epoch, param.nbatch) == (0, 1)
    known = {"epoch", "nbatch", "data_batch", "train_data", "eval_metric", "module"}
    assert known <= param.locals.keys()


def test_saved_and_loaded(tmp_path):
    X, _ = samples()
    model = feed_forward(mx, num_epoch=7)
    model.save(tmp_path / "a")
    model.save(str(tmp_path / "a"), 9)
    for number in (7, 9):
        loaded = mx.model.FeedForward.load(tmp_path / "a", number, numpy_batch_size=9)
        assert loaded.begin_epoch == number
        np.testing.assert_array_equal(loaded.predict(X), model.predict(X))


def test_a_loaded_network_trains_on(tmp_path):
    X, y = samples()
    data = mx.io.NDArrayIter(X, y, 10)
    model = feed_forward(mx, num_epoch=2, learning_rate=0.1)
    model.fit(data, logger=programs.quiet())
    model.save(tmp_path / "a")
    options = {"num_epoch": 4, "learning_rate": 0.1}
    loaded = mx.model.FeedForward.load(tmp_path / "a", 2, **options)
    loaded.fit(data, logger=programs.quiet())
    whole = feed_forward(mx, **options)
    whole.fit(data, logger=programs.quiet())
    np.testing.assert_array_equal(loaded.predict(X), whole.predict(X))


def test_it_can_be_pickled():
    X, _ = samples()
    model = feed_forward(mx)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


def test_several_outputs_are_a_list():
    X, _ = samples()
    internals = network(mx).get_internals()
    pair = mx.sym.Group([internals["act_output"], internals["fc2_output"]])
    arg_params, aux_params = programs.parameters(mx)
    model = mx.model.FeedForward(pair, arg_params=arg_params, aux_params=aux_params)
    outputs = model.predict(X)
    assert [x.shape for x in outputs] == [(len(X), 6), (len(X), CLASSES)]


def test_parameters_that_are_missing_are_initialized():
    X, y = samples()
    arg_params, _ = programs.parameters(mx)
    del arg_params["fc2_weight"]
    arg_params["more"] = mx.nd.ones(1)
    model = mx.model.FeedForward(network(mx), arg_params=arg_params, num_epoch=1)
    model.fit(X, y, logger=programs.quiet())
    assert "fc2_weight" in model.arg_params
    assert "more" not in model.arg_params


def test_extra_parameters_must_be_allowed_to_predict():
    X, _ = samples()
    arg_params, aux_params = programs.parameters(mx)
    arg_params["more"] = mx.nd.ones(1)
    given = {"arg_params": arg_params, "aux_params": aux_params}
    allowed = mx.model.FeedForward(network(mx), allow_extra_params=True, **given)
    assert allowed.predict(X).shape == (len(X), CLASSES)
    with pytest.raises(mx.MXNetError, match="more"):
        mx.model.FeedForward(network(mx), **given).predict(X)


def test_an_iterator_that_fails_reaches_the_caller():
    class Failing(mx.io.NDArrayIter):
        def next(self):
            if self.cursor >= 10:
                raise OSError("the disk is gone")
            return super().next()

    X, y = samples()
    model = feed_forward(mx, num_epoch=1)
    with pytest.raises(OSError, match="the disk is gone"):
        model.fit(Failing(X, y, 10), logger=programs.quiet())
    model.fit(X, y, logger=programs.quiet())


X, Y = samples()
CALLS = {
    "no symbol": (
        lambda: mx.model.FeedForward(3),
        ArgumentTypeError,
        "trains a Symbol, not 3",
    ),
    "a function": (
        lambda: mx.model.FeedForward(lambda key: network(mx)),
        ArgumentTypeError,
        "BucketingModule",
    ),
    "no labels": (lambda: fitted(X), ArgumentError, "labels are missing"),
    "two labels": (
        lambda: fitted(X, np.zeros((50, 2))),
        ArgumentError,
        r"y has shape \(50, 2\); it needs one label for each sample",
    ),
    "few labels": (
        lambda: fitted(X, Y[:40]),
        ArgumentError,
        "X has 50 samples, and y 40 labels",
    ),
    "a list of labels": (
        lambda: fitted(X, list(Y)),
        ArgumentTypeError,
        "y must be an NDArray or a numpy.ndarray, not list",
    ),
    "a list of samples": (
        lambda: fitted(list(X), Y),
        ArgumentTypeError,
        "X must be a DataIter, an NDArray or a numpy.ndarray, not list",
    ),
    "a scalar": (lambda: fitted(np.array(3.0), Y), ArgumentError, "no axis"),
    "a pair to score": (
        lambda: feed_forward(mx).score((X, Y)),
        ArgumentTypeError,
        "X must be a DataIter",
    ),
    "a number to measure on": (
        lambda: fitted(X, Y, eval_data=3),
        ArgumentTypeError,
        "a pair of samples and labels, not int",
    ),
    "three to measure on": (
        lambda: fitted(X, Y, eval_data=(X, Y, 3)),
        ArgumentTypeError,
        "not tuple",
    ),
    "nothing to compare with": (
        lambda: fitted(X, Y, eval_data=(X, None)),
        ArgumentError,
        "labels are missing",
    ),
    "another name": (
        lambda: fitted(mx.io.NDArrayIter(X, Y, 10, label_name="softmax_lable")),
        UnknownNameError,
        "did you mean 'softmax_label'",
    ),
    "no end": (
        lambda: feed_forward(mx).fit(X, Y),
        ArgumentTypeError,
        "num_epoch is missing",
    ),
    "no parameters": (
        lambda: mx.model.FeedForward(network(mx)).predict(X),
        ArgumentError,
        "no parameters yet; call fit",
    ),
    "no parameters to save": (
        lambda: mx.model.FeedForward(network(mx)).save("nowhere", 1),
        ArgumentError,
        "no parameters to save",
    ),
    "no number": (
        lambda: feed_forward(mx).save("nowhere"),
        ArgumentError,
        "epoch is missing",
    ),
}


def fitted(*args, **kwargs):
    feed_forward(mx, num_epoch=1).fit(*args, logger=programs.quiet(), **kwargs)


@pytest.mark.parametrize("name", CALLS)
def test_what_is_refused(name):
    call, kind, said = CALLS[name]
    with pytest.raises(kind, match=said) as caught:
        call()
    assert isinstance(caught.value, mx.MXNetError)


def test_two_arguments_of_one_name():
    data = mx.sym.Variable("data")
    twice = mx.sym.FullyConnected(data, mx.sym.Variable("data"), num_hidden=3)
    with pytest.raises(ArgumentError, match="have the name 'data'"):
        mx.model.FeedForward(twice)


class Letters:
    """An iterator over a word."""

    def __init__(self, word):
        self.word = word
        self.reset()

    def reset(self):
        self.left = iter(self.word)

    def __iter__(self):
        return self.left


def epochs(word, size, count):
    data, resets = Letters(word), []
    found = [
        "".join(batches(data, size, lambda: resets.append(1))) for _ in range(count)
    ]
    return found, len(resets)


@pytest.mark.parametrize(
    ("size", "expected", "resets"),
    [
        (None, ["abc", "abc", "abc"], 3),
        (2, ["ab", "ca", "bc"], 1),
        (3, ["abc", "abc", "abc"], 2),
        (5, ["abcab", "cabca", "bcabc"], 4),
    ],
)
def test_epochs_of_a_size_go_on_where_the_last_one_ended(size, expected, resets):
    assert epochs("abc", size, 3) == (expected, resets)


def test_data_without_a_batch_are_refused():
    with pytest.raises(ArgumentError, match="no batch"):
        epochs("", 2, 1)
    assert epochs("", None, 1) == ([""], 1)
