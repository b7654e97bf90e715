"""Learn two things about each digit at once: which one it is, and whether it is odd.

One network with two losses and two labels. A metric for each task picks its output and
its label by name, and a function of one's own joins them.

    python examples/multi_task.py --epochs 10
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence

import numpy as np
from sklearn.datasets import load_digits

import dataflow as mx

Arrays = mx.nd.NDArray | Sequence[mx.nd.NDArray]
OUTPUTS = {"digit": 10, "odd": 2}  # classes of each task


def make_network() -> mx.sym.Symbol:
    """Return a trunk with a classifier for each task; "odd" counts half."""
    net = mx.sym.Flatten(mx.sym.Variable("data"))
    net = mx.sym.FullyConnected(net, num_hidden=64, name="fc1")
    net = mx.sym.Activation(net, act_type="relu", name="relu1")
    tasks = []
    for name, classes in OUTPUTS.items():
        scores = mx.sym.FullyConnected(net, num_hidden=classes, name=f"{name}_fc")
        scale = 0.5 if name == "odd" else 1.0
        tasks.append(mx.sym.SoftmaxOutput(scores, grad_scale=scale, name=name))
    return mx.sym.Group(tasks)


class BothRight(mx.metric.EvalMetric):
    """The share of samples for which every task is right."""

    def __init__(self) -> None:
        super().__init__("both-right", has_global_stats=True)

    def update(self, labels: Arrays, preds: Arrays) -> None:
        """Take in a batch."""
        right = [
            pred.asnumpy().argmax(axis=1) == label.asnumpy()
            for label, pred in zip(labels, preds, strict=True)
        ]
        total = int(np.all(right, axis=0).sum())
        self.sum_metric += total
        self.global_sum_metric += total
        self.num_inst += len(right[0])
        self.global_num_inst += len(right[0])


def make_metric() -> mx.metric.EvalMetric:
    """Return the accuracy of each task, and the share for which both are right."""
    metric = mx.metric.CompositeEvalMetric()
    for name in OUTPUTS:
        metric.add(
            mx.metric.Accuracy(
                name=f"{name}-accuracy",
                output_names=[f"{name}_output"],
                label_names=[f"{name}_label"],
            )
        )
    metric.add(BothRight())
    return metric


def load(batch: int) -> tuple[mx.io.NDArrayIter, mx.io.NDArrayIter]:
    """Return iterators over the digits to learn from, and over a fifth held out."""
    digits = load_digits()
    order = np.random.RandomState(0).permutation(len(digits.images))
    images = (digits.images[order] / 16).astype(np.float32)
    labels = digits.target[order].astype(np.float32)
    split = len(images) // 5

    def part(chosen: slice, shuffle: bool) -> mx.io.NDArrayIter:
        return mx.io.NDArrayIter(
            {"data": images[chosen]},
            {"digit_label": labels[chosen], "odd_label": labels[chosen] % 2},
            batch,
            shuffle=shuffle,
            last_batch_handle="discard",
        )

    return part(slice(split, None), shuffle=True), part(slice(split), shuffle=False)


def main(arguments: list[str] | None = None) -> dict[str, float]:
    """Train, and return the values of all metrics on the held-out digits."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--rate", type=float, default=0.05)
    parser.add_argument("--contexts", type=int, default=1, help="how many cpu contexts")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    mx.random.seed(options.seed)
    np.random.seed(options.seed)  # the order of batches is NumPy's
    train, test = load(options.batch_size)
    module = mx.mod.Module(
        make_network(),
        label_names=[f"{name}_label" for name in OUTPUTS],
        context=[mx.cpu(number) for number in range(options.contexts)],
    )
    module.fit(
        train,
        test,
        eval_metric=make_metric(),
        optimizer_params={"learning_rate": options.rate, "momentum": 0.9},
        initializer=mx.init.Xavier(),
        batch_end_callback=mx.callback.Speedometer(options.batch_size, frequent=20),
        num_epoch=options.epochs,
    )
    values = dict(module.score(test, make_metric()))
    print(", ".join(f"{name} {value:.2%}" for name, value in values.items()))
    return values


if __name__ == "__main__":
    main()
