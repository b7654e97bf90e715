"""Squeeze digits of 64 points into a few numbers, with a stacked autoencoder.

Each pair of layers first learns to give back what the layers below it make; then all of
them are trained together from there.

    python examples/autoencoder.py --epochs 20
"""

from __future__ import annotations

import argparse
import logging

import numpy as np
from sklearn.datasets import load_digits

import dataflow as mx

Params = dict[str, mx.nd.NDArray]


def dense(data: mx.sym.Symbol, units: int, name: str, active: bool) -> mx.sym.Symbol:
    """Return a layer, squashed if it is active."""
    data = mx.sym.FullyConnected(data, num_hidden=units, name=name)
    return mx.sym.Activation(data, act_type="relu") if active else data


def encoder(sizes: list[int], layers: range) -> mx.sym.Symbol:
    """Return what some layers make of data; the last of all is not squashed."""
    data = mx.sym.Variable("data")
    for layer in layers:
        active = layer < len(sizes) - 1
        data = dense(data, sizes[layer], f"encoder{layer}", active)
    return data


def autoencoder(sizes: list[int], layers: range) -> mx.sym.Symbol:
    """Return data decoded from their code, with the squared error as the loss."""
    data = encoder(sizes, layers)
    for layer in reversed(layers):
        active = layer > layers.start
        data = dense(data, sizes[layer - 1], f"decoder{layer}", active)
    return mx.sym.LinearRegressionOutput(data, mx.sym.Variable("target"), name="error")


class Trainer:
    """Trains autoencoders, all with the same options."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.contexts = [mx.cpu(number) for number in range(options.contexts)]

    def batches(self, data: np.ndarray, shuffle: bool = False) -> mx.io.NDArrayIter:
        """Return an iterator whose labels are the data themselves."""
        size = self.options.batch_size
        return mx.io.NDArrayIter(data, data, size, shuffle, label_name="target")

    def fit(
        self, net: mx.sym.Symbol, data: np.ndarray, given: Params | None = None
    ) -> mx.mod.Module:
        """Return a module with the trained network, begun from given parameters."""
        module = mx.mod.Module(net, label_names=["target"], context=self.contexts)
        module.fit(
            self.batches(data, shuffle=True),
            eval_metric="mse",
            optimizer="adam",
            optimizer_params={"learning_rate": self.options.rate},
            initializer=mx.init.Xavier(),
            arg_params=given,
            num_epoch=self.options.epochs,
        )
        return module

    def run(self, net: mx.sym.Symbol, data: np.ndarray, params: Params) -> np.ndarray:
        """Return what a network without a loss makes of data."""
        module = mx.mod.Module(net, label_names=None, context=self.contexts)
        batches = self.batches(data)
        module.bind(batches.provide_data, for_training=False)
        module.set_params(params, {}, allow_extra=True)
        result: np.ndarray = module.predict(batches).asnumpy()
        return result


def main(arguments: list[str] | None = None) -> tuple[float, float]:
    """Train; return the mean squared errors of the mean digit and of the network."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[48, 24, 8])
    parser.add_argument("--epochs", type=int, default=15, help="for each stage")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--rate", type=float, default=0.003)
    parser.add_argument("--contexts", type=int, default=1, help="how many cpu contexts")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    mx.random.seed(options.seed)
    np.random.seed(options.seed)  # the order of batches is NumPy's
    points = (load_digits().data / 16).astype(np.float32)
    points = points[np.random.RandomState(0).permutation(len(points))]
    test, train = points[: len(points) // 5], points[len(points) // 5 :]
    sizes, trainer = [points.shape[1], *options.sizes], Trainer(options)
    params: Params = {}
    seen = train  # what the layers trained so far make of the data
    for layer in range(1, len(sizes)):
        logging.info("layer %d: %d -> %d", layer, sizes[layer - 1], sizes[layer])
        pair = range(layer, layer + 1)
        found, _ = trainer.fit(autoencoder(sizes, pair), seen).get_params()
        params |= found
        seen = trainer.run(encoder(sizes, pair), seen, found)
    logging.info("all layers")
    stack = range(1, len(sizes))
    module = trainer.fit(autoencoder(sizes, stack), train, params)
    decoded = module.predict(trainer.batches(test)).asnumpy()
    error = float(((decoded - test) ** 2).mean())
    plain = float(((train.mean(axis=0) - test) ** 2).mean())
    print(f"mean squared error {error:.4f}; {plain:.4f} for the mean digit")
    return plain, error


if __name__ == "__main__":
    main()
