"""What metrics share: making them, totals, results that come later, errors."""

from __future__ import annotations

import copy
import inspect
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dataflow as mx
from dataflow.errors import (
    ArgumentError,
    ArgumentTypeError,
    IndexOutOfRange,
    UnknownNameError,
)
from dataflow.metric.pending import AHEAD
from dataflow.ndarray import imperative
from tests.executor.running import Gate, replace_kernel
from tests.metric.cases import CASES, batches

SCORES = [[0.3, 0.7], [0.6, 0.4], [0.8, 0.2]]


def arrays(values):
    return [mx.nd.array(value, dtype=value.dtype) for value in values]


def updated(metric, label, pred):
    metric.update([mx.nd.array(label)], [mx.nd.array(pred)])
    return metric


def made(name):
    return mx.metric.create(CASES[name].metric, **CASES[name].options)


# Making metrics


def test_metrics_are_made_from_whatever_means_one():
    accuracy = mx.metric.create("ACC", axis=2)
    assert accuracy.axis == 2
    assert mx.metric.create(accuracy) is accuracy
    assert isinstance(mx.metric.create(mx.metric.MAE), mx.metric.MAE)
    assert mx.metric.create('["acc", {"axis": 3}]').axis == 3
    assert mx.metric.create('{"metric": "acc", "axis": 3}').axis == 3
    both = mx.metric.create(["mae", mx.metric.np(lambda a, b: 1.0)])
    assert both.get()[0] == ["mae", "custom(<lambda>)"]


@pytest.mark.parametrize("name", CASES)
def test_a_config_makes_an_equal_metric(name):
    metric = made(name)
    config = json.loads(json.dumps(metric.get_config()))
    again = mx.metric.create(config)
    assert type(again) is type(metric)
    assert again.get_config() == metric.get_config()
    assert again.name == metric.name


def test_a_composites_config_holds_its_parts():
    metric = mx.metric.CompositeEvalMetric(["acc", mx.metric.F1(average="micro")])
    again = mx.metric.create(metric.get_config())
    assert again.get_metric(1).average == "micro"


def test_own_metrics_are_registered():
    @mx.metric.register
    @mx.metric.alias("counts_batches")
    class BatchCount(mx.metric.EvalMetric):
        def __init__(self, name="batches"):
            super().__init__(name)

        def update(self, labels, preds):
            self.sum_metric += 1
            self.num_inst += 1 / 2

    metric = mx.metric.create("counts_batches")
    metric.update([], [])
    metric.update([], [])
    assert metric.get() == metric.get_global() == ("batches", 2.0)
    assert str(metric) == "EvalMetric: {'batches': 2.0}"
    metric.reset_local()
    assert math.isnan(metric.get()[1])
    with pytest.warns(UserWarning, match="counts_batches"):
        mx.metric.register(mx.metric.MAE, "counts_batches")


def test_what_makes_no_metric():
    with pytest.raises(UnknownNameError, match="acc"):
        mx.metric.create("accurcy")
    for nothing in (None, 3, ("acc",)):
        with pytest.raises(ArgumentTypeError):
            mx.metric.create(nothing)
    with pytest.raises(ArgumentError, match="no arguments"):
        mx.metric.create(mx.metric.MAE(), name="x")
    with pytest.raises(ArgumentTypeError):
        mx.metric.register(dict)
    with pytest.raises(ArgumentError, match="use Accuracy"):
        mx.metric.TopKAccuracy(1)
    for kind in (mx.metric.F1, mx.metric.MCC, mx.metric.PearsonCorrelation):
        with pytest.raises(ArgumentError, match="'macro' or 'micro'"):
            kind(average="mean")
    with pytest.raises(NotImplementedError, match="make the metric again"):
        mx.metric.np(len).get_config()
    with pytest.raises(NotImplementedError, match="must define update"):
        mx.metric.EvalMetric("x").update([], [])


def test_signatures():
    names = "feval name allow_extra_outputs output_names label_names"
    assert list(_plain(mx.metric.CustomMetric).parameters) == names.split()
    text = "(eps=1e-12, name='cross-entropy', output_names=None, label_names=None)"
    assert str(_plain(mx.metric.CrossEntropy)) == text


def _plain(function):
    parameters = inspect.signature(function).parameters.values()
    return inspect.Signature([p.replace(annotation=p.empty) for p in parameters])


# Taking in


def test_arrays_with_names_are_chosen():
    labels = {"a": mx.nd.array([0, 1]), "b": mx.nd.array([1, 1])}
    preds = {"x": mx.nd.array(SCORES[:2]), "y": mx.nd.array(SCORES[1:])}
    chosen = mx.metric.Accuracy(output_names=["y"], label_names=["b"])
    chosen.update_dict(labels, preds)
    assert chosen.get() == ("accuracy", 0.0)
    every = mx.metric.Accuracy()
    composite = mx.metric.CompositeEvalMetric(
        [every], output_names=["x"], label_names=["b"]
    )
    composite.update_dict(labels, preds)
    assert composite.get() == (["accuracy"], [0.5])
    with pytest.raises(UnknownNameError, match="label 'c' is not among a, b"):
        mx.metric.Accuracy(label_names=["c"]).update_dict(labels, preds)
    with pytest.raises(UnknownNameError, match="prediction 'z' is not among x, y"):
        mx.metric.Accuracy(output_names=["z"]).update_dict(labels, preds)


def test_functions_of_the_users_own():
    def total(label, pred):
        return np.abs(label - pred).sum(), label.size

    def largest(label, pred):
        return np.abs(label - pred).max()

    metric = mx.metric.create([total, mx.metric.np(largest, "peak")])
    metric.update(mx.nd.array([1, 2]), mx.nd.array([1, 5]))
    metric.update([mx.nd.array([1, 2])], [mx.nd.array([1, 3])])
    assert metric.get() == (["total", "peak"], [1.0, 2.0])
    assert metric.get_name_value() == metric.get_global_name_value()
    extra = mx.metric.CustomMetric(largest, allow_extra_outputs=True)
    extra.update([mx.nd.array([1])], [mx.nd.array([3]), mx.nd.array([7])])
    assert extra.get() == ("largest", 2.0)
    with pytest.raises(ArgumentError, match="count of labels, 1"):
        mx.metric.CustomMetric(largest).update([mx.nd.array([1])], [])


def test_arrays_may_lie_on_several_contexts_and_change_afterwards():
    label, pred = mx.nd.array([0, 1]), mx.nd.array(SCORES[1:], mx.cpu(1))
    metrics = mx.metric.create(["acc", "ce", "mae", "f1", "pcc", "loss"])
    metrics.update([label], [pred])
    label[:], pred[:] = 7, 9
    values = dict(metrics.get_name_value())
    assert values["accuracy"] == 0.5
    assert values["loss"] == pytest.approx(0.5)
    assert values["cross-entropy"] == pytest.approx(-np.log([0.6, 0.2]).mean())


def test_nothing_is_recorded():
    pred = mx.nd.array(SCORES)
    pred.attach_grad()
    with mx.autograd.record():
        loss = pred * 2
        metric = mx.metric.Loss()
        metric.update(None, [loss])
    metric.get()
    loss.backward()
    assert pred.grad.asnumpy().tolist() == [[2, 2]] * 3


def test_nan_stays_nan():
    values = [np.nan, 1.0]
    for name in ("mae", "mse", "rmse", "pearsonr"):
        assert math.isnan(updated(mx.metric.create(name), values, [1, 1]).get()[1])
    flat = updated(mx.metric.create("pearsonr"), [2, 2], [1, 3])
    assert math.isnan(flat.get()[1])
    scores = [[np.nan, 1], [0, np.nan]]
    assert updated(mx.metric.Accuracy(), [0, 1], scores).get()[1] == 1


def test_small_integers_do_not_wrap_around():
    label, pred = (mx.nd.array(x, dtype="uint8") for x in ([1, 2], [2, 1]))
    for name in ("mae", "mse", "rmse"):
        metric = mx.metric.create(name)
        metric.update([label], [pred])
        assert metric.get()[1] == 1


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=5), st.integers(0, 99))
def test_micro_pearson_is_that_of_all_samples(sizes, seed):
    stream = np.random.RandomState(seed)
    x, y = stream.normal(3, 1, (2, sum(sizes) + 1))
    metric = mx.metric.PearsonCorrelation(average="micro")
    for a, b in zip(*(np.split(v, np.cumsum(sizes)) for v in (x, y)), strict=True):
        metric.update(
            [mx.nd.array(a, dtype="float64")], [mx.nd.array(b, dtype="float64")]
        )
    assert metric.get()[1] == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-9)
    metric.reset_local()
    assert math.isnan(metric.get()[1])
    assert metric.get_global()[1] == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-9)


# Results that come later


@pytest.fixture
def gate(monkeypatch):
    # What earlier tests taught the engine about its cost must not make it run inline.
    monkeypatch.setattr(imperative, "_costs", {})
    kernel = Gate()
    replace_kernel(monkeypatch, "sin", kernel)
    engine = mx.engine.create("threaded")
    with engine, mx.engine.use(engine):
        yield kernel
        kernel.opened.set()


@pytest.mark.parametrize("name", [n for n in CASES if CASES[n].shapes])
def test_update_does_not_wait(name, gate):
    labels, preds = batches(name)[0]
    metric, plain = made(name), made(name)
    metric.update(arrays(labels), [mx.nd.sin(pred) for pred in arrays(preds)])
    assert not gate.opened.is_set()
    gate.opened.set()
    plain.update(arrays(labels), arrays(preds))
    np.testing.assert_equal(metric.get(), plain.get())


def test_only_so_much_is_pending():
    metric = mx.metric.Accuracy()
    for _ in range(3 * AHEAD):
        updated(metric, [1, 1, 1], SCORES)
        assert len(metric._pending) <= AHEAD
    assert metric.num_inst == 9 * AHEAD
    assert metric.get()[1] == pytest.approx(1 / 3)
    assert not len(metric._pending)


def test_resets_forget_what_is_pending():
    metric = updated(mx.metric.Accuracy(), [1, 1, 1], SCORES)
    metric.reset()
    assert math.isnan(metric.get()[1])
    updated(metric, [1, 1, 1], SCORES).reset_local()
    assert math.isnan(metric.get()[1])
    assert metric.get_global()[1] == pytest.approx(1 / 3)


def test_a_copy_goes_its_own_way():
    metric = updated(mx.metric.Accuracy(), [1, 1, 1], SCORES)
    other = updated(copy.deepcopy(metric), [0, 0, 0], SCORES)
    assert metric.get()[1] == pytest.approx(1 / 3)
    assert other.get()[1] == pytest.approx(1 / 2)


def test_derived_metrics_may_keep_totals_of_their_own():
    class Clipped(mx.metric.Accuracy):
        def reset(self):
            self.num_inst, self.sum_metric = 0, 0.0
            self.global_num_inst, self.global_sum_metric = 0, 0.0

        def get(self):
            return self.name, min(self.sum_metric, 1)

    metric = updated(Clipped(), [1, 0, 0], SCORES)
    assert metric.get() == ("accuracy", 1)
    metric.reset()
    assert metric.get() == ("accuracy", 0)


# Errors


BAD = {
    "acc": ([0, 1, 1], SCORES[:2], "3 labels of shape"),
    "f1": ([0, 1, 1], SCORES[:2], "count of labels, 3"),
    "mcc": ([0, 1, 1], [0, 1, 1], "row of scores"),
    "pcc": ([0, 1], SCORES, "2 labels of shape"),
    "ce": ([0, 1], SCORES, "label for each row"),
    "nll_loss": ([0], [0.5], "label for each row"),
    "mae": ([[0, 1, 2]], SCORES, "do not broadcast"),
    "mse": ([[0, 1, 2]], SCORES, "do not broadcast"),
    "pearsonr": ([[0, 1]], [0, 1], "shape of labels"),
}


@pytest.mark.parametrize("name", BAD)
def test_shapes_that_do_not_go_together(name):
    label, pred, message = BAD[name]
    metric = mx.metric.create(name)
    good = mx.nd.array([0.0, 1.0]), mx.nd.array(SCORES[:2])
    with pytest.raises(ValueError, match=message):
        metric.update([good[0], mx.nd.array(label)], [good[1], mx.nd.array(pred)])
    assert not len(metric._pending)
    assert math.isnan(metric.get()[1])


def test_more_shapes_that_do_not_go_together():
    top = mx.metric.TopKAccuracy(3)
    for pred in (SCORES, [1, 2, 3]):
        with pytest.raises(ArgumentError, match="3 classes or more"):
            updated(top, [0, 1, 1], pred)
    with pytest.raises(ArgumentError, match="classes lie along axis -1"):
        updated(mx.metric.Perplexity(None), [0, 1], SCORES)
    with pytest.raises(ArgumentError, match="shape of labels"):
        mx.metric.check_label_shapes(*(mx.nd.ones((1, n)) for n in (1, 2)), shape=True)
    with pytest.raises(ArgumentTypeError, match="NDArrays"):
        mx.metric.Accuracy().update([np.ones(3)], [mx.nd.array(SCORES)])


def test_labels_that_are_no_classes_are_told_with_the_result():
    metric = updated(mx.metric.CrossEntropy(), [0, 1, 1], SCORES)
    value = metric.get()
    for label in (2, -3, np.nan):
        updated(metric, [0, 1, label], SCORES)
        with pytest.raises(IndexOutOfRange, match="1 of the 3 labels"):
            metric.get()
        assert metric.get() == value
    metric = updated(mx.metric.F1(), [0, 1, 2], SCORES)
    with pytest.raises(ArgumentError, match="of classes 0, 1, 2"):
        metric.get()


def test_a_composite_tells_which_metrics_it_has():
    metric = mx.metric.CompositeEvalMetric()
    metric.add("acc")
    assert metric.get_metric(0).name == "accuracy"
    with pytest.raises(IndexOutOfRange, match="1 metrics, and none at 1"):
        metric.get_metric(1)
