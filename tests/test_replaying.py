"""Whole programs under seeds, and replays of what threads ran."""

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import SchedulingError


class Halved(mx.operator.CustomOp):
    """Waits and computes inside, so that operations are pushed by operations."""

    def forward(self, is_train, req, in_data, out_data, aux):
        half = in_data[0] * 0.5
        half.wait_to_read()
        self.assign(out_data[0], req[0], half + 0)

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        self.assign(in_grad[0], req[0], out_grad[0] * 0.5)


@mx.operator.register("test_halved")
class HalvedProp(mx.operator.CustomOpProp):
    def create_operator(self, ctx, shapes, dtypes):
        return Halved()


def network():
    """Two branches on two contexts, each with an operator of the user's own."""
    x = mx.sym.Variable("x")
    branches = []
    for name in ("left", "right"):
        with mx.AttrScope(ctx_group=name):
            hidden = mx.sym.FullyConnected(x, num_hidden=4, name=f"{name}_fc")
            branches.append(mx.sym.Custom(hidden, op_type="test_halved"))
    return mx.sym.MakeLoss(mx.sym.sum(branches[0] * branches[1]))


def train():
    """Three steps of descent; return the weights."""
    groups = {"left": mx.cpu(0), "right": mx.cpu(1)}
    executor = network().simple_bind(mx.cpu(), group2ctx=groups, x=(3, 5))
    rng = np.random.RandomState(0)
    for array in executor.arg_arrays:
        array[:] = rng.normal(size=array.shape)
    for _ in range(3):
        executor.forward(is_train=True)
        executor.backward()
        for name, gradient in executor.grad_dict.items():
            executor.arg_dict[name] -= 0.01 * gradient.as_in_context(
                executor.arg_dict[name].context
            )
    return {name: array.asnumpy() for name, array in executor.arg_dict.items()}


def run(kind, **options):
    """Train on an engine of a kind; return the weights and the order."""
    engine = mx.engine.create(kind, **options)
    with engine, mx.engine.use(engine), mx.engine.record() as recorder:
        weights = train()
    return weights, recorder.order


def same(first, second):
    return all((first[name] == second[name]).all() for name in first)


def test_the_result_does_not_depend_on_the_seed():
    weights, _ = run("naive")
    orders = []
    for seed in range(8):
        found, order = run("seeded", seed=seed)
        assert same(found, weights)
        orders.append(order)
    assert run("seeded", seed=3)[1] == orders[3]
    assert len({order.started for order in orders}) > 1


@pytest.mark.parametrize("workers", [1, 2])
def test_a_training_is_replayed_from_a_file(tmp_path, workers):
    path = tmp_path / "order.json"
    for _ in range(5):
        weights, order = run("threaded", cpu_workers=workers)
        order.save(path)
        again, repeated = run("replay", order=mx.engine.Order.load(path))
        assert same(again, weights)
        assert repeated == order


def test_another_program_is_told_by_its_line():
    _, order = run("seeded")
    engine = mx.engine.create("replay", order=order)
    with mx.engine.use(engine):
        with pytest.raises(SchedulingError, match=r"push 1 is _plus_scalar, and was"):
            mx.nd.empty((2, 3)) + 1
        mx.nd.waitall()
    engine.close()
