"""Factor a matrix of ratings, with users on one device and items on another.

The ratings are real numbers out of scikit-learn's digits: how dark (0 to 16) each of
300 images, the "users", has each of 64 points, the "items". A fifth of them is hidden,
and predicted from factors of both. Users' factors carry one ``ctx_group``, items'
another one; ``group2ctxs`` puts them on cpu(0) and cpu(1).

    python examples/matrix_factorization.py --epochs 20
"""

from __future__ import annotations

import argparse
import logging
import math

import numpy as np
from sklearn.datasets import load_digits

import dataflow as mx


def make_network(users: int, items: int, factors: int) -> mx.sym.Symbol:
    """Return the product of a user's and an item's factors, and the item's mean."""
    with mx.AttrScope(ctx_group="users"):
        user = mx.sym.Embedding(
            mx.sym.Variable("user"), input_dim=users, output_dim=factors, name="users"
        )
    with mx.AttrScope(ctx_group="items"):
        item = mx.sym.Variable("item")
        mean = mx.sym.Embedding(item, input_dim=items, output_dim=1, name="means")
        item = mx.sym.Embedding(item, input_dim=items, output_dim=factors, name="items")
        rating = mx.sym.sum(user * item, axis=1) + mx.sym.Reshape(mean, shape=(-1,))
        return mx.sym.LinearRegressionOutput(
            rating, mx.sym.Variable("rating"), name="predicted"
        )


def load(users: int, batch: int) -> tuple[mx.io.NDArrayIter, mx.io.NDArrayIter, float]:
    """Return iterators over known and hidden ratings.

    Also returns the error of the guess that everyone rates an item as the mean does.
    """
    ratings = (load_digits().data[:users] / 16).astype(np.float32)
    hidden = np.random.RandomState(0).uniform(size=ratings.shape) < 0.2
    means = np.ma.masked_array(ratings, hidden).mean(axis=0).filled(0)
    plain = float(np.sqrt(((ratings - means)[hidden] ** 2).mean()))

    def part(chosen: np.ndarray, shuffle: bool) -> mx.io.NDArrayIter:
        user, item = np.nonzero(chosen)
        return mx.io.NDArrayIter(
            {"user": user.astype(np.float32), "item": item.astype(np.float32)},
            {"rating": ratings[user, item]},
            batch,
            shuffle=shuffle,
        )

    return part(~hidden, shuffle=True), part(hidden, shuffle=False), plain


def main(arguments: list[str] | None = None) -> tuple[float, float]:
    """Train; return the errors on hidden ratings, of means and of the factors."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=300)
    parser.add_argument("--factors", type=int, default=8)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--rate", type=float, default=0.02)
    parser.add_argument("--contexts", type=int, choices=[1, 2], default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    mx.random.seed(options.seed)
    np.random.seed(options.seed)  # the order of batches is NumPy's
    known, hidden, plain = load(options.users, options.batch_size)
    logging.info("%d known ratings, %d hidden", known.num_data, hidden.num_data)
    network = make_network(options.users, 64, options.factors)
    groups = {"users": mx.cpu(0), "items": mx.cpu(options.contexts - 1)}
    shape = (options.batch_size,)
    bound = network.simple_bind(mx.cpu(), group2ctx=groups, user=shape, item=shape)
    logging.info(bound.plan_report())
    module = mx.mod.Module(
        network,
        data_names=["user", "item"],
        label_names=["rating"],
        context=mx.cpu(),
        group2ctxs=groups,
    )
    module.fit(
        known,
        hidden,
        eval_metric="rmse",
        optimizer="adam",
        optimizer_params={"learning_rate": options.rate, "wd": 1e-5},
        initializer=mx.init.Normal(0.1),
        batch_end_callback=mx.callback.Speedometer(options.batch_size, frequent=50),
        num_epoch=options.epochs,
    )
    predicted = module.predict(hidden).asnumpy()
    truth = hidden.label[0][1].asnumpy()
    error = math.sqrt(((predicted - truth) ** 2).mean())
    print(f"root mean square error {error:.4f}; {plain:.4f} for each item's mean")
    return plain, error


if __name__ == "__main__":
    main()
