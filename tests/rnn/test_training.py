"""Unrolled cells learn: sequences that count on, in buckets of two lengths."""

from __future__ import annotations

import random

import numpy as np
import pytest

import dataflow as mx

WORDS, HIDDEN, BATCH = 6, 12, 8
SENTENCES = [
    [(start + step) % WORDS for step in range(length)]
    for length in (4, 6)
    for start in range(WORDS)
    for _ in range(4)
]
CELLS = {
    "rnn": lambda r: r.RNNCell(HIDDEN),
    "lstm": lambda r: r.LSTMCell(HIDDEN),
    "gru": lambda r: r.GRUCell(HIDDEN),
    "residual": lambda r: r.ResidualCell(r.GRUCell(HIDDEN)),
    "zoneout": lambda r: r.ZoneoutCell(r.LSTMCell(HIDDEN), 0.05, 0.05),
    "fused": lambda r: r.FusedRNNCell(HIDDEN, num_layers=2, mode="gru"),
}


def network(make, length):
    """Return a network that tells the next words of sentences."""
    words = mx.sym.Embedding(
        mx.sym.Variable("data"), input_dim=WORDS, output_dim=HIDDEN, name="words"
    )
    outputs, _ = make(mx.rnn).unroll(length, words, layout="TNC", merge_outputs=True)
    flat = mx.sym.reshape(outputs, shape=(-1, HIDDEN))
    scores = mx.sym.FullyConnected(flat, num_hidden=WORDS, name="scores")
    labels = mx.sym.reshape(mx.sym.Variable("softmax_label"), shape=(-1,))
    return mx.sym.SoftmaxOutput(
        scores, labels, name="softmax", use_ignore=True, ignore_label=-1
    )


def bind_buckets(make, iterator):
    """Return an executor for each bucket, all with the parameters of the first."""
    executors = {}
    for length in sorted(iterator.buckets, reverse=True):
        symbol = network(make, length)
        shapes = dict.fromkeys(("data", "softmax_label"), (length, BATCH))
        requests = {
            name: "null" if name in shapes else "write"
            for name in symbol.list_arguments()
        }
        executors[length] = symbol.simple_bind(
            mx.cpu(),
            grad_req=requests,
            shared_arg_names=[name for name in requests if name not in shapes],
            shared_exec=next(iter(executors.values()), None),
            **shapes,
        )
    return executors


def loss(executor, batch):
    """Return the mean negative logarithm of what the next words were given."""
    given = executor.outputs[0].asnumpy()
    labels = batch.label[0].asnumpy().ravel().astype(int)
    known = labels >= 0
    return -np.log(given[known, labels[known]]).mean()


@pytest.mark.parametrize("name", CELLS)
def test_a_network_learns_to_count(name):
    for seed in (mx.random.seed, np.random.seed, random.seed):
        seed(1)
    iterator = mx.rnn.BucketSentenceIter(SENTENCES, BATCH, layout="TN")
    executors = bind_buckets(CELLS[name], iterator)
    stream = np.random.RandomState(0)
    parameters = executors[iterator.default_bucket_key].arg_dict
    for key, array in parameters.items():
        if key not in ("data", "softmax_label"):
            array[:] = stream.uniform(-0.4, 0.4, array.shape)
    losses = []
    for _ in range(12):
        for batch in iterator:
            executor = executors[batch.bucket_key]
            executor.forward(
                is_train=True, data=batch.data[0], softmax_label=batch.label[0]
            )
            executor.backward()
            losses.append(loss(executor, batch))
            for key, gradient in executor.grad_dict.items():
                if gradient is not None:
                    weight = executor.arg_dict[key]
                    mx.nd.sgd_update(weight, gradient, out=weight, lr=0.05)
        iterator.reset()
    assert losses[0] > 1.5
    assert np.mean(losses[-3:]) < 0.5
