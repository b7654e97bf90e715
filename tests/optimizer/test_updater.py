"""Updating many parameters, and keeping their states."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.ndarray import NDArray
from dataflow.optimizer.optimizer import Optimizer

REGISTERED = sorted(
    name
    for name, klass in Optimizer.opt_registry.items()
    if klass.__module__.startswith("dataflow.")
)


class Seen(mx.optimizer.SGD):
    """Remembers what it was asked to update."""

    def __init__(self, **kwargs) -> None:
        super().__init__(**kwargs)
        self.seen: list[object] = []

    def update_multi_precision(self, index, weight, grad, state):
        self.seen.append(index)
        super().update_multi_precision(index, weight, grad, state)


def arrays(count: int, dtype: str = "float32") -> list[NDArray]:
    return [mx.nd.ones((2, 3), dtype=dtype) for _ in range(count)]


def test_parameters_of_one_type_are_updated_together():
    optimizer = Seen(momentum=0.5, multi_precision=True)
    updater = mx.optimizer.get_updater(optimizer)
    weights = [*arrays(3), *arrays(1, "float64"), *arrays(3)]
    updater(tuple(range(7)), [w * 1 for w in weights], weights)
    assert optimizer.seen == [[0, 1, 2, 4], [5, 6], [3]]
    assert all(updater.states_synced.values())
    for weight in weights:
        np.testing.assert_allclose(weight.asnumpy(), 0.99, rtol=1e-6)


def test_how_many_are_updated_together(monkeypatch):
    monkeypatch.setenv("MXNET_OPTIMIZER_AGGREGATION_SIZE", "2")
    optimizer = Seen()
    weights = arrays(3)
    mx.optimizer.get_updater(optimizer)([0, 1, 2], arrays(3), weights)
    assert optimizer.seen == [[0, 1], [2]]
    monkeypatch.setenv("MXNET_OPTIMIZER_AGGREGATION_SIZE", "0")
    optimizer = Seen()
    mx.optimizer.get_updater(optimizer)([0, 1, 2], arrays(3), weights)
    assert optimizer.seen == [0, 1, 2]
    np.testing.assert_allclose(weights[0].asnumpy(), 0.98, rtol=1e-6)


def test_names_may_come_as_bytes():
    updater = mx.optimizer.get_updater(mx.optimizer.SGD())
    updater(b"fc_weight", *arrays(2))
    assert list(updater.states) == ["fc_weight"]


def test_nothing_to_update():
    mx.optimizer.get_updater(mx.optimizer.SGD())([], [], [])


@pytest.mark.parametrize("name", REGISTERED)
def test_nobody_waits(name, monkeypatch):
    updater = mx.optimizer.get_updater(mx.optimizer.create(name))
    weights, grads = arrays(2), arrays(2)

    def refuse(array, *args):
        raise AssertionError("waited for a value")

    with monkeypatch.context() as patch:
        patch.setattr(NDArray, "_block", refuse)
        for _ in range(3):
            updater([0, 1], grads, weights)
    assert np.isfinite(weights[0].asnumpy()).all()


def test_counts_that_do_not_fit():
    updater = mx.optimizer.get_updater(mx.optimizer.SGD())
    with pytest.raises(ArgumentError, match=r"as many indices.* not 2, 1, 2, 2"):
        updater([0, 1], arrays(2), arrays(1))
    with pytest.raises(ArgumentTypeError, match="must be lists, too"):
        updater([0, 1], mx.nd.ones((2, 3)), arrays(2))
    with pytest.raises(ArgumentTypeError, match="weight of parameter 1"):
        updater([0, 1], arrays(2), [*arrays(1), None])
    assert not updater.states


def test_states_follow_their_parameters():
    updater = mx.optimizer.get_updater(mx.optimizer.Adam())
    updater(0, *arrays(2))
    other = mx.optimizer.get_updater(mx.optimizer.Adam())
    other.set_states(updater.get_states())
    assert other.states_synced == {0: False}
    weight, grad = (x.as_in_context(mx.cpu(1)) for x in arrays(2))
    other(0, grad, weight)
    assert {x.context for x in other.states[0]} == {mx.cpu(1)}
    assert other.states_synced == {0: True}


def test_states_of_any_form_move():
    updater = mx.optimizer.Updater(mx.optimizer.SGD())
    moved = updater.sync_state_context([None, (mx.nd.ones(2), 3)], mx.cpu(1))
    assert moved[0] is None
    assert moved[1][0].context == mx.cpu(1)
    assert moved[1][1] == 3
