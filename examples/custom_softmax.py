"""Write the softmax of a digit classifier as an operator of your own.

`Softmax` computes in NumPy what `SoftmaxOutput` does, with its loss's gradient, and
`Module.fit` trains through it as through any other operator.

    python examples/custom_softmax.py --epochs 10
"""

from __future__ import annotations

import argparse
import logging

import numpy as np
from sklearn.datasets import load_digits

import dataflow as mx

Arrays = list[mx.nd.NDArray]


class Softmax(mx.operator.CustomOp):
    """Probabilities of the classes; the gradient is that of the cross-entropy."""

    def forward(
        self,
        is_train: bool,
        req: list[str],
        in_data: Arrays,
        out_data: Arrays,
        aux: Arrays,
    ) -> None:
        """Compute the probabilities."""
        scores = in_data[0].asnumpy()
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        self.assign(out_data[0], req[0], powers / powers.sum(axis=1, keepdims=True))

    def backward(
        self,
        req: list[str],
        out_grad: Arrays,
        in_data: Arrays,
        out_data: Arrays,
        in_grad: Arrays,
        aux: Arrays,
    ) -> None:
        """Compute the gradient of the scores; labels get none."""
        labels = in_data[1].asnumpy().astype(int)
        gradient = out_data[0].asnumpy().copy()
        gradient[np.arange(len(labels)), labels] -= 1
        self.assign(in_grad[0], req[0], gradient)


@mx.operator.register("my_softmax")
class SoftmaxProp(mx.operator.CustomOpProp):
    """What is known of `Softmax` before it runs: names and shapes."""

    def __init__(self) -> None:
        super().__init__(need_top_grad=False)  # a loss: nothing comes after it

    def list_arguments(self) -> list[str]:
        """Name the inputs; Module finds its label as ``softmax_label``."""
        return ["data", "label"]

    def infer_shape(self, in_shape: list[list[int]]) -> tuple[list[list[int]], ...]:
        """Return shapes of inputs, outputs and states; a label is a number."""
        data = in_shape[0]
        return [data, [data[0]]], [data], []

    def create_operator(
        self, ctx: mx.Context, shapes: list[tuple[int, ...]], dtypes: list[type]
    ) -> Softmax:
        """Return what computes it."""
        return Softmax()


def make_network() -> mx.sym.Symbol:
    """Return a perceptron that ends in the operator above."""
    net = mx.sym.Flatten(mx.sym.Variable("data"))
    net = mx.sym.FullyConnected(net, num_hidden=64, name="fc1")
    net = mx.sym.Activation(net, act_type="relu", name="relu1")
    net = mx.sym.FullyConnected(net, num_hidden=10, name="fc2")
    return mx.sym.Custom(net, name="softmax", op_type="my_softmax")


def load(batch: int) -> tuple[mx.io.NDArrayIter, mx.io.NDArrayIter]:
    """Return iterators over the digits to learn from, and over a fifth held out."""
    digits = load_digits()
    order = np.random.RandomState(0).permutation(len(digits.images))
    images = (digits.images[order] / 16).astype(np.float32)
    labels = digits.target[order].astype(np.float32)
    split = len(images) // 5
    return (
        mx.io.NDArrayIter(images[split:], labels[split:], batch, shuffle=True),
        mx.io.NDArrayIter(images[:split], labels[:split], batch),
    )


def main(arguments: list[str] | None = None) -> float:
    """Train, and return the accuracy on the held-out digits."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument("--contexts", type=int, default=1, help="how many cpu contexts")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    mx.random.seed(options.seed)
    np.random.seed(options.seed)  # the order of batches is NumPy's
    train, test = load(options.batch_size)
    contexts = [mx.cpu(number) for number in range(options.contexts)]
    module = mx.mod.Module(make_network(), context=contexts)
    module.fit(
        train,
        test,
        optimizer_params={"learning_rate": options.rate, "momentum": 0.9},
        initializer=mx.init.Xavier(),
        batch_end_callback=mx.callback.Speedometer(options.batch_size, frequent=20),
        num_epoch=options.epochs,
    )
    guesses = module.predict(test).asnumpy().argmax(axis=1)
    accuracy = float((guesses == test.label[0][1].asnumpy()).mean())
    print(f"accuracy {accuracy:.2%} on {test.num_data} digits held out")
    return accuracy


if __name__ == "__main__":
    main()
