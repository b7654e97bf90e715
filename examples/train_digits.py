"""Train LeNet on scikit-learn's 1,797 handwritten digits.

Composes the network from symbols, binds it, shows what binding made of it, trains with
momentum and reports the accuracy on digits that were held out. Writes a timeline of one
training step (open it in ui.perfetto.dev) and a picture of the network.

    python examples/train_digits.py --out out
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sklearn.datasets import load_digits

import dataflow as mx

CLASSES = 10


def lenet(dropout: float = 0.3) -> mx.sym.Symbol:
    """Two convolutions with pooling, two fully connected layers."""
    net = mx.sym.Variable("data")
    for number, filters in enumerate((32, 64), start=1):
        net = mx.sym.Convolution(
            net, kernel=(3, 3), pad=(1, 1), num_filter=filters, name=f"conv{number}"
        )
        net = mx.sym.BatchNorm(net, fix_gamma=False, name=f"bn{number}")
        net = mx.sym.Activation(net, act_type="relu", name=f"relu{number}")
        net = mx.sym.Pooling(
            net, kernel=(2, 2), stride=(2, 2), pool_type="max", name=f"pool{number}"
        )
    net = mx.sym.Flatten(net, name="flatten")
    net = mx.sym.FullyConnected(net, num_hidden=128, name="fc1")
    net = mx.sym.Activation(net, act_type="relu", name="relu3")
    net = mx.sym.Dropout(net, p=dropout, name="drop")
    net = mx.sym.FullyConnected(net, num_hidden=CLASSES, name="fc2")
    return mx.sym.SoftmaxOutput(net, name="softmax")


def load(seed: int) -> tuple[np.ndarray, ...]:
    """Return shuffled images and labels: for training, and a fifth for the test."""
    digits = load_digits()
    images = (digits.images[:, np.newaxis] / 16.0).astype(np.float32)
    order = np.random.RandomState(seed).permutation(len(images))
    images, labels = images[order], digits.target[order].astype(np.float32)
    split = len(images) // 5
    return images[split:], labels[split:], images[:split], labels[:split]


def initialize(executor: mx.Executor, seed: int) -> None:
    """Fill weights with He's normal distribution (arXiv:1502.01852), scales with 1."""
    stream = np.random.RandomState(seed)
    for name, array in executor.arg_dict.items():
        if name.endswith("_weight"):
            fan_in = int(np.prod(array.shape[1:]))
            array[:] = stream.normal(0, np.sqrt(2 / fan_in), array.shape)
        elif name.endswith("_gamma"):
            array[:] = 1
    for name, array in executor.aux_dict.items():
        array[:] = 1 if name.endswith("_var") else 0


class Momentum:
    """Stochastic gradient descent with momentum on every parameter."""

    def __init__(self, executor: mx.Executor, rate: float, batch: int) -> None:
        self.settings = {
            "lr": rate,
            "momentum": 0.9,
            "wd": 1e-4,
            "rescale_grad": 1 / batch,
        }
        grads = executor.grad_dict
        self.parameters = [
            (weight, grads[name], mx.nd.zeros(weight.shape))
            for name, weight in executor.arg_dict.items()
            if name not in ("data", "softmax_label")
        ]

    def step(self) -> None:
        """Update every parameter by its gradient."""
        for weight, grad, momentum in self.parameters:
            mx.nd.sgd_mom_update(weight, grad, momentum, out=weight, **self.settings)


def accuracy(
    executor: mx.Executor, images: np.ndarray, labels: np.ndarray, batch: int
) -> float:
    """Return the share of digits recognised; the last batch is filled up."""
    right = 0
    for start in range(0, len(images), batch):
        part = images[start : start + batch]
        filled = np.zeros((batch, *images.shape[1:]), np.float32)
        filled[: len(part)] = part
        scores = executor.forward(is_train=False, data=filled)[0].asnumpy()
        right += int(
            (scores[: len(part)].argmax(1) == labels[start : start + batch]).sum()
        )
    return right / len(images)


def train_epoch(
    executor: mx.Executor,
    optimizer: Momentum,
    images: np.ndarray,
    labels: np.ndarray,
    order: np.ndarray,
    batch: int,
) -> None:
    for start in range(0, len(order) - batch + 1, batch):
        chosen = order[start : start + batch]
        executor.forward(
            is_train=True, data=images[chosen], softmax_label=labels[chosen]
        )
        executor.backward()
        optimizer.step()


def write_timeline(path: Path, step) -> None:
    mx.profiler.set_config(filename=path)
    mx.profiler.set_state("run")
    step()
    mx.waitall()
    mx.profiler.set_state("stop")
    mx.profiler.dump()


def main(arguments: list[str] | None = None) -> float:
    """Train, and return the accuracy on the held-out digits."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("out"))
    options = parser.parse_args(arguments)
    console = Console()
    options.out.mkdir(parents=True, exist_ok=True)
    mx.random.seed(options.seed)
    images, labels, test_images, test_labels = load(options.seed)
    network = lenet()
    shapes = {"data": (options.batch, *images.shape[1:])}
    executor = network.simple_bind(
        mx.cpu(), grad_req=gradients_of_parameters(network), **shapes
    )
    console.print(f"{len(images)} digits to learn from, {len(test_images)} held out")
    print(executor.plan_report())
    mx.visualization.save_network(options.out / "network.svg", network, shapes)
    initialize(executor, options.seed)
    optimizer = Momentum(executor, options.rate, options.batch)
    shuffle = np.random.RandomState(options.seed)
    started = time.perf_counter()
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("training", total=options.epochs)
        for epoch in range(options.epochs):
            order = shuffle.permutation(len(images))
            train_epoch(executor, optimizer, images, labels, order, options.batch)
            reached = accuracy(executor, test_images, test_labels, options.batch)
            progress.update(
                task,
                advance=1,
                description=f"epoch {epoch + 1}: test accuracy {reached:.2%}",
            )
    console.print(
        f"test accuracy {reached:.2%} after {time.perf_counter() - started:.1f} s"
    )
    one_step = np.arange(options.batch)
    write_timeline(
        options.out / "timeline.json",
        lambda: train_epoch(
            executor, optimizer, images, labels, one_step, options.batch
        ),
    )
    console.print(f"wrote {options.out / 'timeline.json'} and network.svg beside it")
    return reached


def gradients_of_parameters(network: mx.sym.Symbol) -> dict[str, str]:
    return {
        name: "null" if name in ("data", "softmax_label") else "write"
        for name in network.list_arguments()
    }


if __name__ == "__main__":
    main()
