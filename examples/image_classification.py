"""Train a network of the zoo on scikit-learn's handwritten digits with `Module.fit`.

Logs as MXNet's programs do, saves a checkpoint after every epoch, and can go on from
one. With several contexts each takes its part of every batch.

    python examples/image_classification.py --network resnet --contexts 2 --out out
    python examples/image_classification.py --network resnet --resume 3 --out out
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

import dataflow as mx

SIZES = {"mlp": 8, "lenet": 28, "resnet": 16, "inception-bn": 28}  # rows of an image


def load(size: int, batch: int, count: int | None) -> list[mx.io.NDArrayIter]:
    """Return iterators over the digits to learn from, and over a fifth held out."""
    digits = load_digits()
    chosen = np.random.RandomState(0).permutation(len(digits.images))[:count]
    images = (digits.images[chosen, np.newaxis] / 16).astype(np.float32)
    images = images.repeat(size // 8, axis=2).repeat(size // 8, axis=3)
    border = (size % 8 // 2,) * 2
    images = np.pad(images, ((0, 0), (0, 0), border, border))
    labels = digits.target[chosen].astype(np.float32)
    split = len(images) // 5
    return [
        mx.io.NDArrayIter(images[split:], labels[split:], batch, shuffle=True),
        mx.io.NDArrayIter(images[:split], labels[:split], batch),
    ]


def make_network(name: str) -> mx.sym.Symbol:
    """Return the smallest form of a network in the zoo."""
    size = SIZES[name]
    if name == "resnet":
        return mx.zoo.resnet.get_symbol(10, num_layers=8, image_shape=(1, size, size))
    if name == "inception-bn":
        return mx.zoo.inception_bn.get_symbol(10, image_shape=(1, size, size))
    return mx.zoo.lenet.get_symbol(10) if name == "lenet" else mx.zoo.mlp.get_symbol(10)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", choices=SIZES, default="lenet")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--rate", type=float, default=0.05)
    parser.add_argument("--contexts", type=int, default=1, help="how many cpu contexts")
    parser.add_argument("--resume", type=int, metavar="EPOCH", help="of a checkpoint")
    parser.add_argument("--images", type=int, help="how many; all by default")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("out"))
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> float:
    """Train, and return the accuracy on the held-out digits."""
    options = parse(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    options.out.mkdir(parents=True, exist_ok=True)
    mx.random.seed(options.seed)
    np.random.seed(options.seed)  # the order of batches is NumPy's
    batch = options.batch_size
    train, test = load(SIZES[options.network], batch, options.images)
    prefix = str(options.out / options.network)
    begin, arg_params, aux_params = options.resume or 0, None, None
    if begin:
        network, arg_params, aux_params = mx.model.load_checkpoint(prefix, begin)
    else:
        network = make_network(options.network)
    updates = -(-train.num_data // batch)  # in an epoch
    module = mx.mod.Module(
        network, context=[mx.cpu(i) for i in range(options.contexts)]
    )
    module.fit(
        train,
        test,
        eval_metric=["acc", "ce"],
        optimizer="sgd",
        optimizer_params={
            "learning_rate": options.rate,
            "momentum": 0.9,
            "wd": 1e-4,
            "lr_scheduler": mx.lr_scheduler.FactorScheduler(
                step=3 * updates, factor=0.5, base_lr=options.rate
            ),
            "begin_num_update": begin * updates,  # the schedule goes on, too
        },
        initializer=mx.init.Xavier(rnd_type="gaussian", factor_type="in", magnitude=2),
        arg_params=arg_params,
        aux_params=aux_params,
        begin_epoch=begin,
        num_epoch=options.epochs,
        batch_end_callback=mx.callback.Speedometer(batch, frequent=20),
        epoch_end_callback=mx.callback.do_checkpoint(prefix),
    )
    guesses = (
        module.predict(test).asnumpy().argmax(axis=1)
    )  # without what only fills up
    accuracy = float((guesses == test.label[0][1].asnumpy()).mean())
    print(f"{options.network}: accuracy {accuracy:.2%} on {test.num_data} held out")
    return accuracy


if __name__ == "__main__":
    main()
