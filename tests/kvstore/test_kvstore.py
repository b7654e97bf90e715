"""What stores promise beside the values that MXNet gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dataflow as mx
from dataflow import engine
from dataflow.kvstore import KVStore, KVStoreBase
from dataflow_engine import NaiveEngine
from tests.kvstore.programs import arrays


def value_of(store, key, shape):
    out = mx.nd.zeros(shape)
    store.pull(key, out=out)
    return out.asnumpy()


@pytest.mark.parametrize(
    "name", ["local", "device", "Local", "local_allreduce_cpu", "local_update_cpu"]
)
def test_a_store_knows_its_type(name):
    store = mx.kv.create(name)
    assert isinstance(store, KVStore)
    assert (store.type, store.rank, store.num_workers) == (name.lower(), 0, 1)
    assert store.is_capable("optimizer")
    store._barrier()


def test_what_was_given_can_change_afterwards():
    store, array = mx.kv.create(), mx.nd.array([1, 2])
    store.init(3, array)
    array[:] = 9
    assert value_of(store, 3, 2).tolist() == [1, 2]
    store.push(3, array)
    array[:] = 5
    assert value_of(store, 3, 2).tolist() == [9, 9]


def test_pulled_arrays_are_copies():
    store = mx.kv.create()
    store.init("a", mx.nd.ones(2))
    out = mx.nd.zeros(2)
    store.pull("a", out=out)
    out[:] = 7
    assert value_of(store, "a", 2).tolist() == [1, 1]


def test_an_updater_runs_on_one_context():
    seen = []
    store = mx.kv.create("local")
    store.init(1, mx.nd.ones(2, mx.cpu(1)))
    store.set_updater(lambda key, total, value: seen.append((total, value)))
    store.push(1, mx.nd.ones(2, mx.cpu(1)))
    store.push(1, [mx.nd.ones(2, mx.cpu(i)) for i in range(3)])
    assert {array.context for pair in seen for array in pair} == {mx.cpu(0)}


def test_devices_share_the_work():
    homes = {}
    store = mx.kv.create("device")
    store.set_updater(lambda key, total, value: homes.update({key: value.context}))
    sizes = {"a": 8, "b": 6, "c": 1, "d": 4}
    for key, size in sizes.items():
        store.init(key, mx.nd.ones(size))
    for _ in range(2):  # the second time, all stay where they are
        for key, size in sizes.items():
            store.push(key, [mx.nd.ones(size, mx.cpu(i)) for i in (1, 2)])
    places = {"a": 1, "b": 2, "c": 2, "d": 2}
    assert homes == {key: mx.cpu(number) for key, number in places.items()}


def test_an_updater_that_fails_tells_whoever_pushes():
    def failing(key, total, value):
        raise ZeroDivisionError(key)

    store = mx.kv.create()
    store.init("a", mx.nd.ones(2))
    store.set_updater(failing)
    with pytest.raises(ZeroDivisionError, match="a"):
        store.push("a", mx.nd.ones(2))
    store.set_updater(None)
    store.push("a", mx.nd.zeros(2))
    assert value_of(store, "a", 2).tolist() == [0, 0]


def test_stores_are_no_part_of_what_is_recorded():
    store, x, out = mx.kv.create(), mx.nd.ones(2), mx.nd.zeros(2)
    x.attach_grad()
    seen = []
    store.set_updater(lambda *_: seen.append(mx.autograd.is_recording()))
    with mx.autograd.record():
        y = x * 3
        store.init("a", y)
        store.push("a", [y, y])
        store.pull("a", out=out)
        y.backward()
    assert seen == [False]
    assert out.source is None
    assert x.grad.asnumpy().tolist() == [3, 3]


def test_values_are_assigned_past_the_updater():
    store = mx.kv.create()
    store.init(["a", "b"], [mx.nd.zeros(2), mx.nd.zeros(3)])
    store.set_optimizer(mx.optimizer.create("sgd", learning_rate=1))
    given = mx.nd.ones(2) * 7
    store.assign(["a", "b"], [given, mx.nd.ones(3)])
    given += 1
    assert value_of(store, "a", 2).tolist() == [7, 7]
    assert value_of(store, "b", 3).tolist() == [1, 1, 1]


def test_states_of_an_optimizer_are_saved_and_loaded(tmp_path):
    stores = [mx.kv.create(kind) for kind in ("local", "local", "device")]
    for store in stores:
        store.init("a", mx.nd.ones(3))
        store.set_optimizer(mx.optimizer.create("sgd", learning_rate=1, momentum=0.5))
    first, *others = stores
    first.push("a", mx.nd.ones(3))
    first.save_optimizer_states(tmp_path / "a.states")
    first.push("a", mx.nd.ones(3))
    for other in others:
        other.load_optimizer_states(tmp_path / "a.states")
        other.push("a", [mx.nd.ones(3) * 0.5, mx.nd.ones(3, mx.cpu(1)) * 0.5])
        assert value_of(other, "a", 3).tolist() == [-0.5] * 3
    assert value_of(first, "a", 3).tolist() == [-1.5] * 3


def test_an_optimizer_is_saved_with_its_states(tmp_path):
    first, second = mx.kv.create(), mx.kv.create()
    for store, rate in ((first, 1), (second, 100)):
        store.init("a", mx.nd.zeros(1))
        store.set_optimizer(mx.optimizer.create("sgd", learning_rate=rate))
    first.save_optimizer_states(str(tmp_path / "a"), dump_optimizer=True)
    second.load_optimizer_states(str(tmp_path / "a"))
    second.push("a", mx.nd.ones(1))
    assert value_of(second, "a", 1) == -1


def test_compression_loses_nothing_for_long():
    store = mx.kv.create("device")
    store.init(1, mx.nd.zeros(50))
    store.set_gradient_compression({"type": "2bit", "threshold": "0.25"})
    sent = np.zeros(50)
    stream = np.random.RandomState(0)
    whole = np.zeros(50)
    for _ in range(20):
        gradient = stream.uniform(-0.2, 0.2, 50)
        whole += gradient
        store.push(1, mx.nd.array(gradient))
        rounded = value_of(store, 1, 50)
        assert set(np.unique(rounded)) <= {-0.25, 0, 0.25}
        sent += rounded
    assert abs(sent - whole).max() < 0.25 + 1e-5


class Doubling(KVStoreBase):
    """A store of one's own."""

    def pushpull(self, key, value, out=None, priority=0):
        (out or value)[:] = value * 2


def test_stores_of_ones_own_are_registered(monkeypatch):
    monkeypatch.setattr(KVStoreBase, "kv_registry", {})
    assert KVStoreBase.register(Doubling) is Doubling
    store = mx.kv.create("Doubling")
    array = mx.nd.ones(2)
    store.pushpull("a", array)
    assert array.asnumpy().tolist() == [2, 2]
    with pytest.warns(UserWarning, match=r"'doubling' was .*Doubling and is now"):
        KVStoreBase.register(Doubling)


@pytest.mark.parametrize(
    "call",
    [
        lambda s: s.broadcast("a", None, None),
        lambda s: s.set_optimizer(None),
        lambda s: s.is_capable("optimizer"),
        lambda s: s.save_optimizer_states("a"),
        lambda s: s.load_optimizer_states("a"),
        lambda s: s.type,
        lambda s: s.rank,
        lambda s: s.num_workers,
        lambda s: KVStoreBase().pushpull("a", None),
    ],
)
def test_what_a_store_leaves_out_is_said(call):
    with pytest.raises(NotImplementedError, match="must define"):
        call(Doubling())


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["push", "pull", "pushpull"]),
        st.sampled_from([1, 2, 3]),
        st.integers(1, 4),
        st.integers(-3, 3),
    ),
    max_size=12,
)


def run(steps, kind, update):
    store = mx.kv.create(kind)
    for key in (1, 2, 3):
        store.init(key, arrays(mx, key, 1)[0])
    if update:
        store.set_optimizer(mx.optimizer.create("adam", learning_rate=0.1))
    held = {key: arrays(mx, 9 + key, 4) for key in (1, 2, 3)}
    for call, key, count, priority in steps:
        getattr(store, call)(key, held[key][:count], priority=priority)
    for key, targets in held.items():
        store.pull(key, out=targets)
    return [array.asnumpy() for targets in held.values() for array in targets]


@settings(max_examples=25, deadline=None)
@given(steps=STEPS, update=st.booleans())
def test_results_depend_neither_on_timing_nor_on_where_sums_are(steps, update):
    with engine.use(NaiveEngine()):
        expected = run(steps, "local", update)
    for kind in ("local", "device"):
        for found, value in zip(run(steps, kind, update), expected, strict=True):
            np.testing.assert_array_equal(found, value)
