"""What stores refuse, and that nothing has changed then."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import (
    ArgumentError,
    ArgumentTypeError,
    StateError,
    UnknownNameError,
    UsageError,
)
from dataflow.kvstore import KVStoreBase


@pytest.fixture
def store():
    store = mx.kv.create("local")
    store.init([3, 5], [mx.nd.ones(2), mx.nd.ones((2, 2))])
    return store


def two(*shape, value=7.0):
    return mx.nd.zeros(shape or (2,)) + value


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        (None, ArgumentTypeError, "by its name, not None"),
        ("loca", UnknownNameError, "did you mean 'local'"),
        ("nccl", UnknownNameError, "use one of local"),
        ("dist_sync", UnknownNameError, "not possible yet; 'local' and 'device'"),
        ("dist_async", UnknownNameError, "joins several machines"),
    ],
)
def test_unknown_stores(name, kind, said):
    with pytest.raises(kind, match=said):
        mx.kv.create(name)


CALLS = {
    "initialized twice": (
        lambda s: s.init(3, two()),
        ArgumentError,
        "key 3 is initialized a second time",
    ),
    "twice in one call": (
        lambda s: s.init([8, 8], [two(), two()]),
        ArgumentError,
        "key 8 is initialized a second time",
    ),
    "two first values": (
        lambda s: s.init(8, [two(), two()]),
        ArgumentError,
        "take a key and one value once",
    ),
    "broadcast twice": (
        lambda s: s.broadcast(3, two(), two()),
        ArgumentError,
        "a second time",
    ),
    "mixed keys": (lambda s: s.init("3", two()), UsageError, "3 and '3' are not"),
    "mixed keys in a list": (
        lambda s: s.init([8, "9"], [two(), two()]),
        UsageError,
        "8 and '9' are not of one kind",
    ),
    "pull by the other kind": (
        lambda s: s.pull("3", out=two()),
        UsageError,
        "all integers or all strings",
    ),
    "a real key": (
        lambda s: s.init(1.5, two()),
        UsageError,
        "an integer or a string, not 1.5",
    ),
    "a key of NumPy's": (lambda s: s.init(np.int64(8), two()), UsageError, "key"),
    "too few values": (
        lambda s: s.push([3, 5], [two()]),
        UsageError,
        "the count of values must be that of the keys, 2, in a list; given was 1",
    ),
    "no list of values": (
        lambda s: s.push([3], two()),
        UsageError,
        "must be that of the keys, 1",
    ),
    "no array": (
        lambda s: s.push(3, np.ones(2)),
        ArgumentTypeError,
        "the value of key 3 must be an NDArray",
    ),
    "a number": (lambda s: s.push(3, 3), ArgumentTypeError, "not 3"),
    "unknown to push": (
        lambda s: s.push(9, two()),
        UnknownNameError,
        "key 9 has no value yet; call init first",
    ),
    "unknown among others": (
        lambda s: s.push([3, 9], [two(), two()]),
        UnknownNameError,
        "key 9",
    ),
    "unknown to pull": (lambda s: s.pull(9, out=two()), UnknownNameError, "key 9"),
    "no target": (lambda s: s.pull(3), UsageError, "out is missing"),
    "no target of a broadcast": (
        lambda s: s.broadcast(8, two(), None),
        UsageError,
        "out is missing",
    ),
    "shape pushed": (
        lambda s: s.push(3, two(3)),
        ArgumentError,
        r"key 3 has a value of shape \(2,\), not \(3,\)",
    ),
    "shapes pushed": (lambda s: s.push(3, [two(), two(3)]), ArgumentError, "shape"),
    "shape pulled": (lambda s: s.pull(3, out=two(3)), ArgumentError, "shape"),
    "shape of the second key": (
        lambda s: s.push([3, 5], [two(), two()]),
        ArgumentError,
        "key 5",
    ),
    "shape of a broadcast": (
        lambda s: s.broadcast(8, two(), two(3)),
        ArgumentError,
        "key 8",
    ),
    "shape pulled after a push": (
        lambda s: s.pushpull(3, two(), out=two(3)),
        ArgumentError,
        "key 3",
    ),
    "a real priority": (
        lambda s: s.push(3, two(), priority=1.5),
        ArgumentTypeError,
        "a priority is an integer, not 1.5",
    ),
    "sparse": (
        lambda s: s.row_sparse_pull(3, out=two(), row_ids=two()),
        ArgumentError,
        "all arrays are dense here; call pull",
    ),
    "no updater": (lambda s: s._set_updater(3), ArgumentTypeError, "not 3"),
    "an optimizer's name": (
        lambda s: s.set_optimizer("sgd"),
        ArgumentTypeError,
        r"mx.optimizer.create\('sgd'\), not 'sgd'",
    ),
    "an assigned shape": (
        lambda s: s.assign([3, 5], [two() * 9, two()]),
        ArgumentError,
        r"key 5 has a value of shape \(2, 2\), not \(2,\)",
    ),
    "capability": (
        lambda s: s.is_capable("fly"),
        ArgumentError,
        "no capability 'fly', only 'optimizer'",
    ),
    "compression": (
        lambda s: s.set_gradient_compression({"type": "2bit"}),
        ArgumentError,
        "type 'local' does not compress gradients",
    ),
    "states without an optimizer": (
        lambda s: s.save_optimizer_states("nowhere"),
        StateError,
        "no states to save; call set_optimizer first",
    ),
    "states to load": (
        lambda s: s.load_optimizer_states("nowhere"),
        StateError,
        "no states to load",
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_is_refused_changes_nothing(name, store):
    call, kind, said = CALLS[name]
    with pytest.raises(kind, match=said) as caught:
        call(store)
    assert isinstance(caught.value, mx.MXNetError)
    for key, shape in ((3, (2,)), (5, (2, 2))):
        out = mx.nd.zeros(shape)
        store.pull(key, out=out)
        assert (out.asnumpy() == 1).all()
    with pytest.raises(UnknownNameError):
        store.pull(8, out=two())


def test_close_names_are_suggested():
    store = mx.kv.create()
    store.init("fc1_weight", two())
    with pytest.raises(UnknownNameError, match="did you mean 'fc1_weight'"):
        store.push("fc1_wieght", two())


def test_an_updater_of_ones_own_keeps_no_states(store):
    store.set_updater(lambda *_: None)
    with pytest.raises(StateError, match="an updater of your own"):
        store.save_optimizer_states("nowhere")


def test_a_missing_file_of_states(store, tmp_path):
    store.set_optimizer(mx.optimizer.create("sgd"))
    with pytest.raises(FileNotFoundError):
        store.load_optimizer_states(tmp_path / "nowhere")


def test_pickles_are_refused(store, tmp_path):
    (tmp_path / "states").write_bytes(b"\x80\x04}\x94.")
    store.set_optimizer(mx.optimizer.create("sgd"))
    with pytest.raises(ValueError, match="a pickle"):
        store.load_optimizer_states(tmp_path / "states")


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ("2bit", "a dict such as"),
        (None, "not None"),
        ({}, "the type None"),
        ({"type": "1bit"}, "the type '1bit'; the only one is '2bit'"),
        ({"type": "2bit", "threshold": 0}, "above 0, not 0"),
        ({"type": "2bit", "threshold": "x"}, "above 0, not 'x'"),
        ({"type": "2bit", "threshold": float("nan")}, "above 0"),
    ],
)
def test_impossible_compression(parameters, said):
    with pytest.raises(ArgumentError, match=said):
        mx.kv.create("device").set_gradient_compression(parameters)


def test_further_parameters_of_compression_are_ignored_aloud():
    with pytest.warns(UserWarning, match="no parameter 'treshold'; it is ignored"):
        mx.kv.create("device").set_gradient_compression({"type": "2bit", "treshold": 1})


@pytest.mark.parametrize("thing", [3, dict])
def test_only_stores_are_registered(thing):
    with pytest.raises(ArgumentTypeError, match="derived from KVStoreBase"):
        KVStoreBase.register(thing)
