"""Gradients are sent, and parameters updated, while backward goes on."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import dataflow as mx

TIMEOUT = 20.0
WIDE = 512  # so that the last layer's backward is worth a segment of its own

sent = threading.Event()
in_time = []


class Holding(mx.operator.CustomOp):
    """Passes data on; its backward waits for the update of the last layer."""

    def forward(self, is_train, req, in_data, out_data, aux):
        self.assign(out_data[0], req[0], in_data[0])

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        in_time.append(sent.wait(TIMEOUT))
        self.assign(in_grad[0], req[0], out_grad[0])


class Telling(mx.operator.CustomOp):
    """Tells that the array that it is given is there."""

    def forward(self, is_train, req, in_data, out_data, aux):
        sent.set()
        self.assign(out_data[0], req[0], in_data[0])


@mx.operator.register("early_holding")
class HoldingProp(mx.operator.CustomOpProp):
    def create_operator(self, ctx, shapes, dtypes):
        return Holding()


@mx.operator.register("early_telling")
class TellingProp(mx.operator.CustomOpProp):
    def create_operator(self, ctx, shapes, dtypes):
        return Telling()


class Plain(mx.optimizer.Optimizer):
    """Steps down the gradient, and tells when that of the last layer is there."""

    def create_state(self, index, weight):
        return None

    def update(self, index, weight, grad, state):
        if self.idx2name.get(index, index) == "last_weight":
            grad = mx.nd.Custom(grad, op_type="early_telling")
        weight -= grad * self._get_lr(index)


def network():
    x = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=WIDE, name="first")
    x = mx.sym.Custom(x, op_type="early_holding", name="holding")
    x = mx.sym.FullyConnected(x, num_hidden=WIDE, name="last")
    return mx.sym.LinearRegressionOutput(x, mx.sym.Variable("label"), name="out")


def batch(size):
    stream = np.random.default_rng(3)
    data = stream.standard_normal((size, 8)).astype("float32")
    label = stream.standard_normal((size, WIDE)).astype("float32")
    return mx.io.DataBatch([mx.nd.array(data)], [mx.nd.array(label)])


def step(contexts, kvstore):
    """Update once; return the parameters."""
    module = mx.mod.Module(
        network(),
        label_names=["label"],
        context=[mx.cpu(number) for number in range(contexts)],
    )
    size = 64 * contexts
    module.bind([("data", (size, 8))], [("label", (size, WIDE))])
    mx.random.seed(7)
    module.init_params(mx.init.Xavier())
    store = mx.kv.create(kvstore) if kvstore else None
    module.init_optimizer(kvstore=store, optimizer=Plain(learning_rate=0.1))
    mx.nd.waitall()
    module.forward_backward(batch(size))
    module.update()
    return {name: value.asnumpy() for name, value in module.get_params()[0].items()}


@pytest.mark.filterwarnings("ignore:this optimizer multiplies gradients")
@pytest.mark.parametrize(
    ("contexts", "kvstore"), [(1, None), (1, "local"), (2, "local"), (2, "device")]
)
def test_the_last_layer_is_updated_before_backward_has_ended(contexts, kvstore):
    sent.clear()
    in_time.clear()
    engine = mx.engine.create("threaded", cpu_workers=2)
    with engine, mx.engine.use(engine):
        early = step(contexts, kvstore)
    assert in_time == [True] * contexts

    with mx.engine.use(mx.engine.create("naive")):  # nothing runs early: do not wait
        sent.set()
        late = step(contexts, kvstore)
    for name, value in late.items():
        np.testing.assert_allclose(early[name], value, rtol=1e-5, atol=1e-6)
