"""Calls on arrays that are pushed as bulks: nothing but the count of pushes changes."""

from __future__ import annotations

import random
import threading

import numpy as np
import pytest

import dataflow as mx
from dataflow import bulks
from dataflow.errors import ArgumentError, ArgumentTypeError, OperatorError
from dataflow.ndarray import imperative
from tests.executor.running import Faulty, in_threads, replace_kernel

TIMEOUT = 20.0


@pytest.fixture
def engine():
    """An engine of its own, whose operations can be counted."""
    made = mx.engine.create("threaded", cpu_workers=1)
    with made, mx.engine.use(made):
        yield made


@pytest.fixture
def faulty(monkeypatch, engine):
    """The operator `sin` raises."""
    monkeypatch.setattr(imperative, "_costs", {})
    kernel = Faulty()
    replace_kernel(monkeypatch, "sin", kernel)
    return kernel


def pushed(engine):
    return engine.statistics().pushed


def test_sizes_belong_to_the_thread():
    assert mx.engine.set_bulk_size(5) == 0
    others = []
    thread = threading.Thread(target=lambda: others.append(mx.engine.set_bulk_size(3)))
    thread.start()
    thread.join(TIMEOUT)
    assert others == [0]
    with mx.engine.bulk(7):
        assert mx.engine.set_bulk_size(9) == 7
    assert mx.engine.set_bulk_size(0) == 5
    assert mx.engine.set_bulk_size(0) == 0
    mx.engine.wait_all(TIMEOUT)
    assert bulks.bulks == []


@pytest.mark.parametrize(
    ("size", "error"),
    [(-1, ArgumentError), ("a", ArgumentTypeError), (2.7, ArgumentTypeError)],
)
def test_sizes_that_cannot_be(size, error):
    with pytest.raises(error, match="a bulk's size is"):
        mx.engine.set_bulk_size(size)


def test_so_many_calls_are_one_operation(engine):
    array = mx.nd.zeros(3)
    array.wait_to_read()
    before = pushed(engine)
    with mx.engine.bulk(10):
        for _ in range(25):
            array += 1
        assert pushed(engine) == before + 2
    assert pushed(engine) == before + 3
    assert array.asnumpy().tolist() == [25, 25, 25]


def test_a_read_pushes_what_was_collected(engine):
    array = mx.nd.zeros(3)
    with mx.engine.bulk(1000):
        array += 1
        assert array.asnumpy().tolist() == [1, 1, 1]
        array += 1
        mx.nd.waitall()
        array += 1
    assert array.asnumpy().tolist() == [3, 3, 3]


@pytest.mark.parametrize("kind", ["naive", "threaded"])
@pytest.mark.parametrize("seed", range(3))
def test_random_programs_give_what_numpy_gives(kind, seed):
    draw, made = random.Random(seed), mx.engine.create(kind)
    with made, mx.engine.use(made), mx.engine.bulk(draw.choice([2, 7, 50])):
        arrays = [mx.nd.full((4, 3), i, ctx=mx.cpu(i % 2)) for i in range(4)]
        mirror = [np.full((4, 3), i, "float32") for i in range(4)]
        for _ in range(300):
            i = draw.randrange(4)
            j = draw.choice([j for j in range(4) if j % 2 == i % 2])
            row = draw.randrange(4)
            action = draw.randrange(6)
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
            elif action == 4:
                arrays[i].copyto(arrays[3 - i])  # on the other context
                mirror[3 - i][:] = mirror[i]
            else:
                found = arrays[i][row].asnumpy()
                np.testing.assert_array_equal(found, mirror[i][row])
        for array, expected in zip(arrays, mirror, strict=True):
            np.testing.assert_array_equal(array.asnumpy(), expected)


def test_other_threads_see_what_was_called_before(engine):
    array, seen = mx.nd.zeros(2), []
    with mx.engine.bulk(1000):
        array += 1

        def work():
            seen.append(array.asnumpy().tolist())
            with mx.engine.bulk(1000):
                array.__iadd__(1)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join(TIMEOUT)
        array *= 3
        assert array.asnumpy().tolist() == [6, 6]
    assert seen == [[1, 1]]


def test_threads_with_bulks_update_one_array(engine):
    array = mx.nd.zeros(3)

    def work():
        with mx.engine.bulk(7):
            for _ in range(200):
                array.__iadd__(1)

    in_threads(4, work)
    assert array.asnumpy().tolist() == [800, 800, 800]


def test_what_a_thread_left_behind_is_pushed(engine):
    array = mx.nd.zeros(1)

    def work():
        mx.engine.set_bulk_size(1000)
        array.__iadd__(1)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(TIMEOUT)
    assert array.asscalar() == 1
    assert bulks.bulks == []


def test_executors_come_after_what_was_collected(engine):
    x = mx.sym.Variable("x")
    executor = (x * 2).bind(mx.cpu(), {"x": mx.nd.zeros(2)})
    with mx.engine.bulk(1000):
        executor.arg_dict["x"] += 3
        outputs = executor.forward()
        outputs[0] += 1
    assert outputs[0].asnumpy().tolist() == [7, 7]


def test_gradients_are_recorded(engine):
    x = mx.nd.array([1.0, 2.0])
    x.attach_grad()
    with mx.engine.bulk(1000):
        with mx.autograd.record():
            y = (x * x * 3).sum()
        y.backward()
    assert x.grad.asnumpy().tolist() == [6, 12]


def test_priorities_are_kept_apart(engine):
    arrays = [mx.nd.zeros(1) for _ in range(2)]
    mx.nd.waitall()
    before = pushed(engine)
    with mx.engine.bulk(1000):
        for array, level in zip(arrays, (1, 2), strict=True):
            with mx.engine.prioritized(level):
                array.__iadd__(1)
    assert pushed(engine) == before + 2


def test_an_error_names_the_operator_and_fails_the_bulk(faulty):
    good, bad = mx.nd.ones(2), mx.nd.ones(2)
    with mx.engine.bulk(10):
        good += 1
        bad = mx.nd.sin(bad)
    for array in (bad, good):
        with pytest.raises(OperatorError, match="operator sin, called at") as caught:
            array.asnumpy()
        assert caught.value.__cause__ is faulty.error
    faulty.broken = False
    with mx.engine.bulk(10):
        good[:] = 5  # written anew without being read: mended
        good += 1
    assert good.asnumpy().tolist() == [6, 6]


def test_traces_show_each_operator(engine, tmp_path):
    file = tmp_path / "trace.json"
    mx.profiler.set_config(filename=str(file), profile_imperative=True)
    mx.profiler.set_state("run")
    with mx.engine.bulk(10):
        array = mx.nd.sin(mx.nd.ones(2))
        array = mx.nd.exp(array)
    array.wait_to_read()
    mx.profiler.set_state("stop")
    table = mx.profiler.dumps(reset=True)
    assert "sin" in table
    assert "exp" in table
