"""Metrics and the batches that they see, here and when golden values are recorded."""

from __future__ import annotations

import zlib
from typing import NamedTuple

import numpy as np

BATCHES = 4
LOCAL_RESET = 2  # `reset_local` comes before this batch


class Case(NamedTuple):
    """A metric, and the shapes of a batch: one pair of them for each output.

    `classes` is the range of the labels, 0 for real numbers; `chosen` says that
    predictions are classes, too.
    """

    metric: str
    options: dict
    shapes: tuple
    classes: int = 0
    chosen: bool = False
    dtype: str = "float32"


def rows(count, classes):
    return ((count,), (count, classes))


TWO = {"classes": 2}
TEN = {"classes": 10}
REAL = (((6,), (6, 1)),)

CASES = {
    "accuracy": Case("acc", {}, (rows(8, 10),), **TEN),
    "accuracy_many": Case("accuracy", {}, (rows(8, 3), rows(5, 3)), 3),
    "accuracy_classes": Case("acc", {}, (((9,), (9,)),), 3, chosen=True),
    "accuracy_axis": Case("acc", {"axis": 2}, (((4, 5), (4, 5, 3)),), 3),
    "accuracy_pixels": Case("acc", {}, (((2, 4, 4), (2, 3, 4, 4)),), 3),
    "accuracy_column": Case("acc", {}, (((7, 1), (7, 3)),), 3),
    "accuracy_integers": Case("acc", {}, (rows(7, 3),), 3, dtype="int32"),
    "accuracy_none": Case("acc", {}, ()),
    "top_k": Case("top_k_accuracy", {"top_k": 3}, (rows(8, 10),), **TEN),
    "top_k_all": Case("top_k_acc", {"top_k": 4}, (rows(8, 4),), 4),
    "f1": Case("f1", {}, (rows(8, 2),), **TWO),
    "f1_micro": Case("f1", {"average": "micro"}, (rows(8, 2), rows(3, 2)), **TWO),
    "f1_one_class": Case("f1", {}, (rows(8, 2),), 1),
    "f1_none": Case("f1", {}, ()),
    "mcc": Case("mcc", {}, (rows(8, 2),), **TWO),
    "mcc_micro": Case("mcc", {"average": "micro"}, (rows(8, 2),), **TWO),
    "mcc_one_class": Case("mcc", {}, (rows(8, 2),), 1),
    "pcc": Case("pcc", {}, (rows(12, 5),), 5),
    "pcc_many": Case("pcc", {}, (rows(12, 3), rows(4, 6)), 4),
    "pcc_classes": Case("pcc", {}, (((9,), (9,)),), 4, chosen=True),
    "pcc_one_class": Case("pcc", {}, (((9,), (9,)),), 1, chosen=True),
    "perplexity": Case("perplexity", {"ignore_label": None}, (rows(8, 10),), **TEN),
    "perplexity_ignore": Case("perplexity", {"ignore_label": 0}, (rows(8, 3),), 3),
    "perplexity_all_ignored": Case("perplexity", {"ignore_label": 0}, (rows(3, 3),), 1),
    "perplexity_steps": Case(
        "perplexity", {"ignore_label": -1}, (((4, 3), (12, 10)),), **TEN
    ),
    "mae": Case("mae", {}, REAL),
    "mae_columns": Case("mae", {}, (((6,), (6,)), ((6, 1), (6,)))),
    "mae_broadcast": Case("mae", {}, (((6,), (6, 4)), ((5, 6, 4), (6, 4)))),
    "mse": Case("mse", {}, REAL),
    "mse_matrix": Case("mse", {}, (((6, 4), (6, 4)),)),
    "rmse": Case("rmse", {}, REAL),
    "rmse_many": Case("rmse", {}, (*REAL, ((3,), (3,)))),
    "cross_entropy": Case("ce", {}, (rows(8, 10),), **TEN),
    "cross_entropy_eps": Case("crossentropy", {"eps": 0.5}, (rows(8, 3),), 3),
    "cross_entropy_pixels": Case("ce", {}, (((4,), (4, 3, 5)),), 3),
    "cross_entropy_column": Case("ce", {}, (((4, 1), (4, 3)),), 3),
    "nll": Case("nll_loss", {}, (rows(8, 10),), **TEN),
    "pearson": Case("pearsonr", {}, (((8, 2), (8, 2)),)),
    "pearson_micro": Case("pearsonr", {"average": "micro"}, (((8,), (8,)),)),
    "loss": Case("loss", {}, (((1,), (4, 3)), ((1,), (7,)))),
    "torch": Case("torch", {}, (((1,), (4,)),)),
    "caffe": Case("caffe", {}, (((1,), (4,)),)),
}


def batches(name):
    """Return labels and predictions of every batch, as NumPy arrays."""
    stream = np.random.RandomState(zlib.crc32(name.encode()))
    return [_batch(CASES[name], stream) for _ in range(BATCHES)]


def _batch(case, stream):
    labels, preds = [], []
    for label, pred in case.shapes:
        labels.append(_values(case, stream, label, classes=bool(case.classes)))
        preds.append(_values(case, stream, pred, classes=case.chosen))
    return labels, preds


def _values(case, stream, shape, *, classes):
    if classes:
        return stream.randint(0, case.classes, shape).astype(case.dtype)
    return stream.uniform(0.01, 1, shape).astype("float32")


def observe(mx, name):
    """Return names, values and counts after every batch, global ones last."""
    case = CASES[name]
    metric = mx.metric.create(case.metric, **case.options)
    seen = [_state(metric)]
    for number, (labels, preds) in enumerate(batches(name)):
        if number == LOCAL_RESET:
            metric.reset_local()
            seen.append(_state(metric))
        metric.update(
            *([mx.nd.array(a, dtype=a.dtype) for a in x] for x in (labels, preds))
        )
        seen.append(_state(metric))
    metric.reset()
    return [*seen, _state(metric)]


def _state(metric):
    name, value = metric.get()
    return [name, float(value), float(metric.num_inst), float(metric.get_global()[1])]
