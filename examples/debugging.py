"""Look into a network while it trains, and find the operator that makes a NaN.

The classifier standardizes its data: it subtracts the mean of a batch and divides by
the deviation. Some points of the digits are always 0, so this divides 0 by 0; a
`NanMonitor` stops the training and names the operator. With a small number added to the
deviation the network trains, and a `Monitor` logs what goes on inside.

    python examples/debugging.py --pattern "fc.*(output|weight)" --interval 20
"""

from __future__ import annotations

import argparse
import logging

import numpy as np
from sklearn.datasets import load_digits

import dataflow as mx


def make_network(epsilon: float) -> mx.sym.Symbol:
    """Return a perceptron for standardized data."""
    data = mx.sym.Flatten(mx.sym.Variable("data"))
    centred = mx.sym.broadcast_sub(data, mx.sym.mean(data, axis=0, keepdims=True))
    variance = mx.sym.mean(mx.sym.square(centred), axis=0, keepdims=True)
    deviation = mx.sym.sqrt(variance) + epsilon
    net = mx.sym.broadcast_div(centred, deviation, name="standardize")
    net = mx.sym.FullyConnected(net, num_hidden=64, name="fc1")
    net = mx.sym.Activation(net, act_type="relu", name="relu1")
    net = mx.sym.FullyConnected(net, num_hidden=10, name="fc2")
    return mx.sym.SoftmaxOutput(net, name="softmax")


def train(
    epsilon: float, options: argparse.Namespace, monitor: mx.mon.Monitor
) -> mx.metric.EvalMetric:
    """Train, watched by a monitor; return the accuracy of the last epoch."""
    mx.random.seed(options.seed)
    np.random.seed(options.seed)  # the order of batches is NumPy's
    digits = load_digits()
    images, labels = digits.images.astype(np.float32), digits.target.astype(np.float32)
    batches = mx.io.NDArrayIter(images, labels, options.batch_size, shuffle=True)
    contexts = [mx.cpu(number) for number in range(options.contexts)]
    metric = mx.metric.Accuracy()
    mx.mod.Module(make_network(epsilon), context=contexts).fit(
        batches,
        eval_metric=metric,
        optimizer_params={"learning_rate": options.rate, "momentum": 0.9},
        initializer=mx.init.Xavier(),
        num_epoch=options.epochs,
        monitor=monitor,
    )
    return metric


def find_nan(options: argparse.Namespace) -> str:
    """Train the network that divides 0 by 0; return what the monitor says."""
    try:
        train(0.0, options, mx.mon.NanMonitor())
    except mx.MXNetError as error:
        return str(error)
    raise SystemExit("the NaN was not found")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pattern", default="fc.*_(output|weight)", help="of names")
    parser.add_argument("--interval", type=int, default=40, help="batches between logs")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--rate", type=float, default=0.05)
    parser.add_argument("--contexts", type=int, default=1, help="how many cpu contexts")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> tuple[str, float]:
    """Return what was found, and the accuracy of the mended network in training."""
    options = parse(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    found = find_nan(options)
    print(f"found: {found}")
    largest = mx.mon.Monitor(
        options.interval,
        stat_func=lambda array: mx.nd.max(mx.nd.abs(array)),
        pattern=options.pattern,
        sort=True,
    )
    _, accuracy = train(1e-3, options, largest).get()
    print(f"mended: accuracy {accuracy:.2%} on what it learned from")
    return found, accuracy


if __name__ == "__main__":
    main()
