"""Arrays and executors in the user's own trio run."""

from __future__ import annotations

import traceback
import warnings

import pytest
import trio

import dataflow as mx
from dataflow.errors import ArgumentTypeError, OperatorError, WaitTimeoutError
from dataflow.ndarray import imperative
from tests.executor.running import Faulty, Gate, replace_kernel

TIMEOUT = 20.0


def run(function, *args):
    """Run a test in trio, with a deadline."""

    async def bounded():
        with trio.fail_after(TIMEOUT):
            return await function(*args)

    return trio.run(bounded)


@pytest.fixture(params=["naive", "threaded"])
def any_engine(request):
    engine = mx.engine.create(request.param)
    with engine, mx.engine.use(engine):
        yield engine


@pytest.fixture
def gate(monkeypatch):
    """The operator `sin` ends when the gate is opened."""
    # What earlier tests taught the engine about its cost must not make it run inline.
    monkeypatch.setattr(imperative, "_costs", {})
    kernel = Gate()
    replace_kernel(monkeypatch, "sin", kernel)
    engine = mx.engine.create("threaded", cpu_workers=1)
    with engine, mx.engine.use(engine):
        yield kernel
        kernel.opened.set()


@pytest.fixture
def faulty(monkeypatch):
    """The operator `sin` raises."""
    monkeypatch.setattr(imperative, "_costs", {})
    kernel = Faulty()
    replace_kernel(monkeypatch, "sin", kernel)
    engine = mx.engine.create("threaded", cpu_workers=1)
    with engine, mx.engine.use(engine):
        yield kernel


def bound():
    x = mx.sym.Variable("x")
    executor = mx.sym.sum(mx.sym.sin(x)).simple_bind(mx.cpu(), x=(2, 3))
    executor.arg_dict["x"][:] = 1
    return executor


# Arrays


def test_outside_of_trio_the_calls_block():
    array = mx.nd.ones(2) + 1
    assert array.wait_to_read() is None
    assert mx.nd.waitall() is None


def test_arrays_are_awaited(any_engine):
    async def main():
        array = mx.nd.ones(2) + 1
        await array.wait_to_read()
        assert array.asnumpy().tolist() == [2, 2]
        array += 1
        await mx.nd.waitall()
        assert array.asnumpy().tolist() == [3, 3]

    run(main)


def test_other_tasks_run_meanwhile(gate):
    async def main():
        async def release():
            await trio.to_thread.run_sync(gate.entered.wait, TIMEOUT)
            gate.opened.set()

        held = mx.nd.sin(mx.nd.ones(2))
        async with trio.open_nursery() as nursery:
            nursery.start_soon(release)
            await held.wait_to_read()
            await mx.nd.waitall()
        assert held.asnumpy().tolist() == [1, 1]

    run(main)


def test_who_forgets_to_await_is_warned():
    async def main():
        array = mx.nd.ones(2)
        with pytest.warns(RuntimeWarning, match="never awaited"):
            array.wait_to_read()
        with pytest.warns(RuntimeWarning, match="never awaited"):
            mx.nd.waitall()

    run(main)


def test_a_thread_of_trios_blocks():
    async def main():
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            array = mx.nd.ones(2)
            assert await trio.to_thread.run_sync(array.wait_to_read) is None

    run(main)


@pytest.mark.parametrize("deadline", ["trio's", "its own"])
def test_deadlines_give_up_the_wait_only(gate, deadline):
    async def main():
        held = mx.nd.sin(mx.nd.ones(2))
        if deadline == "trio's":
            with pytest.raises(trio.TooSlowError), trio.fail_after(0.01):
                await held.wait_to_read()
        else:
            with pytest.raises(WaitTimeoutError, match=r"after 0\.01 s"):
                await held.wait_to_read(timeout=0.01)
        gate.opened.set()
        await held.wait_to_read()
        assert held.asnumpy().tolist() == [1, 1]

    run(main)


def test_an_error_keeps_its_traceback(faulty):
    async def main():
        lost = mx.nd.sin(mx.nd.ones(2)) + 1
        with pytest.raises(OperatorError, match="broken on purpose") as caught:
            await lost.wait_to_read()
        assert caught.value.__cause__ is faulty.error
        frames = traceback.extract_tb(caught.value.__cause__.__traceback__)
        assert frames[-1].filename.endswith("running.py")

    run(main)


# Executors


def test_an_executor_is_awaited(any_engine):
    async def main():
        executor = bound()
        outputs = await executor.forward_async(is_train=True, x=mx.nd.zeros((2, 3)))
        assert outputs is executor.outputs
        assert outputs[0].asnumpy().tolist() == [0]
        gradients = await executor.backward_async(mx.nd.ones(1))
        assert gradients[0] is executor.grad_dict["x"]
        assert (gradients[0].asnumpy() == 1).all()

    run(main)


def test_the_loop_goes_on_while_an_executor_runs(gate):
    async def main():
        executor, ticks = bound(), []

        async def release():
            await trio.to_thread.run_sync(gate.entered.wait, TIMEOUT)
            ticks.append("released")
            gate.opened.set()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(release)
            outputs = await executor.forward_async()
            ticks.append("there")
        assert ticks == ["released", "there"]
        assert outputs[0].asnumpy().tolist() == [6]

    run(main)


def test_a_cancelled_run_is_computed_all_the_same(gate):
    async def main():
        executor = bound()
        with trio.move_on_after(0.01) as scope:
            await executor.forward_async()
        assert scope.cancelled_caught
        gate.opened.set()
        await executor.outputs[0].wait_to_read()
        assert executor.outputs[0].asnumpy().tolist() == [6]

    run(main)


def test_an_operator_that_fails_is_raised_where_one_awaits(faulty):
    async def main():
        executor = bound()
        with pytest.raises(OperatorError, match="sin") as caught:
            await executor.forward_async()
        assert caught.value.__cause__ is faulty.error
        faulty.broken = False
        assert await executor.forward_async()

    run(main)


def test_what_is_wrong_is_told_before_anything_runs():
    async def main():
        with pytest.raises(ArgumentTypeError, match="unknown argument 'z'"):
            await bound().forward_async(z=1)
        with pytest.raises(mx.MXNetError, match="needs a forward"):
            await bound().backward_async()

    run(main)
