"""Training under real conditions: failures, interrupts, and nothing to wait for."""

from __future__ import annotations

import signal
import threading
import traceback

import numpy as np
import pytest

import dataflow as mx
from dataflow import engine
from dataflow.errors import OperatorError
from tests.module.networks import batches, first_parameters, mlp, samples
from tests.module.test_module import values

again = pytest.mark.filterwarnings("ignore:the parameters are initialized already")


class Failing(mx.io.NDArrayIter):
    """Fails before the batch of a number, once."""

    fails_before = 2

    def next(self):
        self.count = getattr(self, "count", 0) + 1
        if self.count == self.fails_before + 1:
            read_the_disk()
        return super().next()


def read_the_disk():
    raise OSError("the disk is on fire")


def fit(module, data=None, epochs=1, **options):
    arguments, states = first_parameters(mx, mlp(mx), (9,))
    module.fit(
        batches(mx, (9,)) if data is None else data,
        arg_params=arguments,
        aux_params=states,
        force_init=True,
        num_epoch=epochs,
        optimizer_params={"learning_rate": 0.1},
        **options,
    )


def strange_threads():
    """Return the threads that are not the engine's own workers, which stay."""
    engine = ("dataflow-cpu", "dataflow-io")
    return {t for t in threading.enumerate() if not t.name.startswith(engine)}


@pytest.mark.parametrize("wrap", [lambda data: data, mx.io.PrefetchingIter])
def test_an_iterator_that_fails_reaches_the_caller_and_training_goes_on(wrap):
    module = mx.mod.Module(mlp(mx))
    data = wrap(Failing(*samples((9,), 44), 16))
    with pytest.raises(OSError, match="on fire") as raised:
        fit(module, data)
    assert "read_the_disk" in [f.name for f in traceback.extract_tb(raised.tb)]
    data.reset()
    fit(module, data)
    other = mx.mod.Module(mlp(mx))
    fit(other)
    ours, theirs = values(module), values(other)
    assert all((ours[name] == value).all() for name, value in theirs.items())


def test_data_that_are_at_their_end_begin_anew():
    data = batches(mx, (9,))
    assert len(list(data)) == 3
    seen = []
    fit(mx.mod.Module(mlp(mx)), data, batch_end_callback=seen.append)
    assert len(seen) == 3


def test_data_without_batches_are_refused():
    class Empty(mx.io.NDArrayIter):
        def next(self):
            raise StopIteration

    with pytest.raises(ValueError, match="no batches"):
        fit(mx.mod.Module(mlp(mx)), Empty(*samples((9,), 16), 16))


@pytest.mark.parametrize("contexts", [1, 2])
def test_an_interrupted_training_leaves_no_thread_and_a_module_that_works(contexts):
    options = {"context": [mx.cpu(i) for i in range(contexts)]}
    module = mx.mod.Module(mlp(mx), **options)
    fit(module)
    mx.waitall()
    threads = strange_threads()

    def interrupt(told):
        if (told.epoch, told.nbatch) == (1, 1):
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        fit(module, epochs=3, batch_end_callback=interrupt)
    mx.waitall()
    assert strange_threads() == threads
    fit(module)
    other = mx.mod.Module(mlp(mx), **options)
    fit(other)
    ours, theirs = values(module), values(other)
    assert all((ours[name] == value).all() for name, value in theirs.items())


def test_a_nan_stops_the_training_and_names_its_operator():
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=4, name="fc1")
    net = mx.sym.SoftmaxOutput(mx.sym.log(net, name="logarithm"), name="softmax")
    module = mx.mod.Module(net)
    data = np.ones((8, 3))
    data[5:] = -1  # in the second batch
    seen = []
    with (
        np.errstate(invalid="ignore"),
        pytest.raises(OperatorError, match=r"logarithm.*created at .*test_conditions"),
    ):
        module.fit(
            mx.io.NDArrayIter(data, np.zeros(8), 4),
            initializer=mx.init.One(),
            num_epoch=1,
            monitor=mx.mon.NanMonitor(),
            batch_end_callback=lambda told: seen.append(told.nbatch),
        )
    assert seen == [0]


class Broken(mx.operator.CustomOp):
    healthy = True

    def forward(self, is_train, req, in_data, out_data, aux):
        if not Broken.healthy:
            raise ZeroDivisionError("broken")
        self.assign(out_data[0], req[0], in_data[0])

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        self.assign(in_grad[0], req[0], out_grad[0])


@mx.operator.register("module_test_broken")
class BrokenProperties(mx.operator.CustomOpProp):
    def create_operator(self, ctx, in_shapes, in_dtypes):
        return Broken()


@again
def test_an_operator_that_fails_reaches_the_caller(monkeypatch):
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=4, name="fc1")
    net = mx.sym.Custom(net, op_type="module_test_broken", name="mine")
    module = mx.mod.Module(mx.sym.SoftmaxOutput(net, name="softmax"))

    def breaking(told):
        monkeypatch.setattr(Broken, "healthy", False)

    options = {"num_epoch": 1, "optimizer_params": {"momentum": 0.9}}
    module.fit(batches(mx, (9,)), **options)
    with pytest.raises(OperatorError, match="'mine'") as raised:
        module.fit(batches(mx, (9,)), batch_end_callback=breaking, **options)
    assert isinstance(raised.value.__cause__, ZeroDivisionError)
    monkeypatch.setattr(Broken, "healthy", True)
    # What was computed from the failure has failed: begin with other values.
    module.init_params(force_init=True)
    module.init_optimizer(force_init=True)
    module.fit(batches(mx, (9,)), **options)
    assert all(np.isfinite(value).all() for value in values(module).values())


class Waits:
    """Counts how often a program waits for the engine."""

    def __init__(self, monkeypatch):
        self.count = 0
        for name in ("wait_for", "wait_all"):
            monkeypatch.setattr(engine, name, self._counting(getattr(engine, name)))

    def _counting(self, function):
        def counted(*arguments, **options):
            self.count += 1
            return function(*arguments, **options)

        return counted


@pytest.mark.parametrize("contexts", [1, 2])
def test_the_loop_over_batches_waits_for_nothing(contexts, monkeypatch):
    module = mx.mod.Module(mlp(mx), context=[mx.cpu(i) for i in range(contexts)])
    data = batches(mx, (9,), count=64, batch_size=8)
    seen = []

    def last(told):
        if told.nbatch < 7:
            seen.append(waits.count)

    fit(module, data, epochs=1)  # compiles
    waits = Waits(monkeypatch)
    fit(module, data, epochs=1, eval_metric=["acc", "ce"], batch_end_callback=last)
    assert len(seen) == 7
    assert seen[-1] == seen[0]


def test_a_step_is_few_operations(monkeypatch):
    module = mx.mod.Module(mlp(mx))
    pushed = []
    for name in ("push", "replay"):
        function = getattr(engine, name)
        monkeypatch.setattr(
            engine,
            name,
            lambda given, function=function: pushed.append(given) or function(given),
        )
    counts = []
    fit(module, batch_end_callback=lambda told: counts.append(len(pushed)))
    # forward, backward, one update of four parameters; what the metric computes
    assert 3 <= counts[1] - counts[0] <= 12
