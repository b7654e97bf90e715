"""Arrays are asynchronous: order of updates, waiting, errors where one waits."""

from __future__ import annotations

import random

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import OperatorError
from dataflow.ndarray import imperative
from tests.executor.running import Faulty, Gate, in_threads, replace_kernel

TIMEOUT = 20.0


@pytest.mark.parametrize("kind", ["naive", "threaded"])
def test_many_updates_happen_in_program_order(kind):
    engine = mx.engine.create(kind)
    with engine, mx.engine.use(engine):
        array, expected = mx.nd.ones(4), np.ones(4, "float32")
        for step in range(1000):
            if step % 3:
                array += step
                expected += np.float32(step)
            else:
                array *= 0.5
                expected *= np.float32(0.5)
        np.testing.assert_array_equal(array.asnumpy(), expected)


@pytest.mark.parametrize("seed", range(4))
def test_random_programs_give_what_numpy_gives(seed):
    draw = random.Random(seed)
    arrays = [mx.nd.full((4, 3), i, ctx=mx.cpu(0)) for i in range(4)]
    mirror = [np.full((4, 3), i, "float32") for i in range(4)]
    for _ in range(300):
        i, j = draw.randrange(4), draw.randrange(4)
        row = draw.randrange(4)
        action = draw.randrange(5)
        if action == 0:
            arrays[i][:] = arrays[j] * 0.5 + 1
            mirror[i][:] = mirror[j] * np.float32(0.5) + np.float32(1)
        elif action == 1:
            arrays[i] -= arrays[j]
            mirror[i] -= mirror[j]
        elif action == 2:
            arrays[i][row] = arrays[j][3 - row]
            mirror[i][row] = mirror[j][3 - row].copy()
        elif action == 3:
            arrays[i][row:] += 2
            mirror[i][row:] += np.float32(2)
        else:
            arrays[i].copyto(arrays[j])
            mirror[j][:] = mirror[i]
    for array, expected in zip(arrays, mirror, strict=True):
        np.testing.assert_array_equal(array.asnumpy(), expected)


def test_updates_of_views_and_their_base_are_ordered():
    base = mx.nd.zeros((2, 2))
    row, flat = base[0], base.reshape((4,))
    for step in range(100):
        row[:] = step
        flat += 1
        base *= 2
    assert base.asnumpy()[0].tolist() == [200, 200]


def test_contexts_hand_values_to_each_other_in_order():
    here, there = mx.nd.zeros(3), mx.nd.zeros(3, ctx=mx.cpu(1))
    for _ in range(100):
        here += 1
        here.copyto(there)
        there += 1
        there.copyto(here)
    assert here.asnumpy().tolist() == [200, 200, 200]


def test_threads_may_update_one_array():
    array = mx.nd.zeros(3)

    def work() -> None:
        for _ in range(200):
            array.__iadd__(1)

    in_threads(4, work)
    assert array.asnumpy().tolist() == [800, 800, 800]


@pytest.fixture
def gate(monkeypatch):
    # What earlier tests taught the engine about its cost must not make it run inline.
    monkeypatch.setattr(imperative, "_costs", {})
    kernel = Gate()
    replace_kernel(monkeypatch, "sin", kernel)
    engine = mx.engine.create("threaded", cpu_workers=1)
    with engine, mx.engine.use(engine):
        yield kernel
        kernel.opened.set()


def test_a_call_returns_before_its_work_is_done(gate):
    held = mx.nd.sin(mx.nd.ones(2))
    assert gate.entered.wait(TIMEOUT)
    with pytest.raises(TimeoutError):
        held.wait_to_read(timeout=0.01)
    gate.opened.set()
    assert held.asnumpy().tolist() == [1, 1]


def test_waitall_waits_for_everything(gate):
    held = mx.nd.sin(mx.nd.ones(2))
    total = held + 1
    with pytest.raises(TimeoutError):
        mx.engine.wait_all(timeout=0.01)
    gate.opened.set()
    mx.nd.waitall()
    total.wait_to_read(timeout=0)
    assert total.asnumpy().tolist() == [2, 2]


def test_a_write_waits_for_earlier_reads(gate):
    source = mx.nd.ones(2)
    held = mx.nd.sin(source)
    source[:] = 5
    gate.opened.set()
    assert held.asnumpy().tolist() == [1, 1]
    assert source.asnumpy().tolist() == [5, 5]


def test_an_argument_may_be_dropped_while_it_is_needed(gate):
    held = mx.nd.sin(mx.nd.full(1000, 3))
    mx.nd.full(1000, 9)  # might take the memory, were it freed
    gate.opened.set()
    assert (held.asnumpy() == 3).all()


@pytest.fixture
def faulty(monkeypatch):
    kernel = Faulty()
    replace_kernel(monkeypatch, "sin", kernel)
    engine = mx.engine.create("threaded")
    with engine, mx.engine.use(engine):
        yield kernel
        kernel.broken = False


WAITS = {
    "asnumpy": lambda a: a.asnumpy(),
    "asscalar": lambda a: a.asscalar(),
    "wait_to_read": lambda a: a.wait_to_read(),
    "repr": repr,
    "bool": bool,
    "float": float,
    "waitall": lambda a: mx.nd.waitall(),
}


@pytest.mark.parametrize("name", WAITS)
def test_a_failure_is_raised_where_one_waits(faulty, name):
    array = mx.nd.sin(mx.nd.ones(1))
    with pytest.raises(OperatorError, match="sin") as caught:
        WAITS[name](array)
    assert caught.value.__cause__ is faulty.error


def test_a_failure_names_operator_shapes_and_line(faulty):
    array = mx.nd.sin(mx.nd.ones((2, 3)))
    with pytest.raises(OperatorError) as caught:
        array.asnumpy()
    line = test_a_failure_names_operator_shapes_and_line.__code__.co_firstlineno + 1
    for part in ("sin", "(2, 3)", "float32", f"{__file__}:{line}", "on purpose"):
        assert part in str(caught.value)


def test_a_failure_passes_through_what_follows(faulty):
    total = mx.nd.ones(2)
    total += mx.nd.sin(mx.nd.ones(2))
    part = (total * 3)[0:1]
    with pytest.raises(OperatorError, match="sin"):
        part.asnumpy()


def test_an_array_is_good_again_after_a_full_write(faulty):
    array = mx.nd.sin(mx.nd.ones(2))
    with pytest.raises(OperatorError):
        array.asnumpy()
    array[:] = 4
    assert array.asnumpy().tolist() == [4, 4]


def test_a_partial_write_does_not_hide_a_failure(faulty):
    array = mx.nd.sin(mx.nd.ones(2))
    array[0:1] = 4
    with pytest.raises(OperatorError, match="sin"):
        array.asnumpy()


@pytest.mark.parametrize("form", ["assign", "out", "copy"])
def test_writing_a_view_does_not_hide_a_failure(faulty, form):
    array = mx.nd.sin(mx.nd.ones((2, 2)))
    if form == "assign":
        array[0][:] = 4
    elif form == "out":
        mx.nd.exp(mx.nd.ones(2), out=array[0])
    else:
        mx.nd.ones(2).copyto(array[0])
    with pytest.raises(OperatorError, match="sin"):
        array.asnumpy()


def test_other_arrays_are_untouched(faulty):
    good = mx.nd.ones(2)
    lost = mx.nd.sin(good)
    assert (good + 1).asnumpy().tolist() == [2, 2]
    with pytest.raises(OperatorError):
        lost.wait_to_read(TIMEOUT)
