"""Stores and updaters are called as MXNet calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import dataflow as mx
from dataflow.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from dataflow.kvstore import KVStoreBase
from tests.model import programs

GOLDEN = Path(__file__).parents[1] / "golden" / "model" / "calls.json"
CALLS = json.loads(GOLDEN.read_text())


def test_stores_and_updaters_are_called_alike():
    assert programs.updates(mx) == CALLS["updates"]


def test_stores_are_chosen_alike():
    found = {key: list(choice) for key, choice in programs.choices(mx).items()}
    assert found == CALLS["choices"]


@pytest.mark.parametrize(("given", "update"), [("0", False), ("1", True), ("2", True)])
def test_the_environment_keeps_stores_from_updating(given, update, monkeypatch):
    monkeypatch.setenv("MXNET_UPDATE_ON_KVSTORE", given)
    assert mx.model._create_kvstore("local", 2, {})[1] is update
    assert mx.model._create_kvstore(None, 2, {}) == (None, False)


def test_a_store_that_cannot_update_does_not():
    class Summing(KVStoreBase):
        @staticmethod
        def is_capable(capability):
            return False

    store = Summing()
    assert mx.model._create_kvstore(store, 1, {}) == (store, False)


def test_what_is_no_store(monkeypatch):
    with pytest.raises(ArgumentTypeError, match="type of one or None, not 3"):
        mx.model._create_kvstore(3, 1, {})
    with pytest.raises(UnknownNameError, match="did you mean 'local'"):
        mx.model._create_kvstore("lokal", 2, {})
    monkeypatch.setenv("MXNET_UPDATE_ON_KVSTORE", "yes")
    with pytest.raises(ArgumentError, match="must be 0 or 1, not 'yes'"):
        mx.model._create_kvstore("local", 2, {})


@pytest.mark.parametrize("kind", ["local", "device"])
def test_both_ways_of_updating_agree(kind):
    """Updates by the store, and updates on each device by sums of the store."""
    names, devices = ["a", "b"], 2
    params = {name: mx.nd.array([1, 2, 3]) for name in names}

    def copies():
        return [
            [mx.nd.array([1, 2, 3], mx.cpu(i)) for i in range(devices)] for _ in names
        ]

    grads = [[mx.nd.ones(3, mx.cpu(i)) for i in range(devices)] for _ in names]
    options = {"learning_rate": 0.1, "momentum": 0.9}
    results = []
    for update in (True, False):
        store, arrays = mx.kv.create(kind), copies()
        optimizer = mx.optimizer.create("sgd", **options)
        if update:
            store.set_optimizer(optimizer)
        mx.model._initialize_kvstore(store, arrays, params, names, update)
        updater = mx.optimizer.get_updater(optimizer)
        for _ in range(3):
            steps = [[grad.copy() for grad in group] for group in grads]
            if update:
                mx.model._update_params_on_kvstore(arrays, steps, store, names)
            else:
                mx.model._update_params(arrays, steps, updater, devices, store, names)
        results.append([a.asnumpy().tolist() for group in arrays for a in group])
    assert results[0] == results[1]
    assert len({tuple(values) for values in results[0]}) == 1
