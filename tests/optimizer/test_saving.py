"""Saved states load again; what is malformed or a pickle does not."""

from __future__ import annotations

import json
import pickle
import struct

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import ArgumentError, ArgumentTypeError, FormatError
from dataflow.optimizer import saving
from tests.optimizer.runs import RUNS, make, shapes_of

DRAW = np.random.RandomState(9)


def trained(name: str) -> tuple[mx.optimizer.Updater, list[mx.nd.NDArray]]:
    """Update some parameters three times."""
    run = RUNS[name]
    updater = mx.optimizer.get_updater(make(mx, run))
    weights = [
        mx.nd.array(DRAW.normal(size=s), dtype=run.dtype) for s in shapes_of(run)
    ]
    for _ in range(3):
        step(updater, weights, DRAW.normal(size=100))
    return updater, weights


def step(updater, weights, values) -> None:
    for i, weight in enumerate(weights):
        grad = np.resize(values, weight.shape)
        updater(i, mx.nd.array(grad, dtype=weight.dtype), weight)


SAVED = [
    name
    for name in RUNS
    if name.endswith(("-scheduled", "-multiplied", "-mixed")) or name == "groupadagrad"
]


@pytest.mark.parametrize("name", SAVED)
@pytest.mark.filterwarnings("ignore:.*takes the place")
def test_training_goes_on_as_if_it_had_not_stopped(name):
    updater, weights = trained(name)
    saved = updater.get_states(dump_optimizer=True)
    assert isinstance(saved, bytes)
    other = mx.optimizer.get_updater(mx.optimizer.SGD())
    other.set_states(saved)
    assert type(other.optimizer) is type(updater.optimizer)
    assert other.aggregate_updates == updater.aggregate_updates
    copies = [w.copy() for w in weights]
    for values in DRAW.normal(size=(3, 100)):
        step(updater, weights, values)
        step(other, copies, values)
    for weight, copy in zip(weights, copies, strict=True):
        np.testing.assert_array_equal(weight.asnumpy(), copy.asnumpy())


def test_without_the_optimizer_the_present_one_is_kept():
    updater, _ = trained("adam0-scheduled")
    other = mx.optimizer.get_updater(mx.optimizer.Adam(beta1=0.1))
    own = other.optimizer
    other.set_states(updater.get_states())
    assert other.optimizer is own
    mean, _ = other.states[0]
    np.testing.assert_array_equal(mean.asnumpy(), updater.states[0][0].asnumpy())


def test_values_of_all_kinds_come_back():
    states = {
        "name": None,
        3: [1, 2.5, "text", True, (float("inf"), -float("inf"))],
        4: {"a": mx.nd.arange(3), 5: np.float32(0.5)},
        -1: (mx.nd.zeros((0, 2), dtype="int8"),),
    }
    loaded, optimizer = saving.loads(saving.dumps(states))
    assert optimizer is None
    assert list(loaded) == list(states)
    assert loaded[3] == states[3]
    assert loaded[4]["a"].asnumpy().tolist() == [0, 1, 2]
    assert loaded[4][5] == 0.5
    assert (loaded[-1][0].shape, loaded[-1][0].dtype) == ((0, 2), np.int8)


def test_what_cannot_be_saved_is_named():
    with pytest.raises(ArgumentTypeError, match="parameter 'w' holds a set"):
        saving.dumps({"w": {1}})
    with pytest.raises(ArgumentTypeError, match="keys must be integers or text"):
        saving.dumps({"w": {1.5: 2}})
    optimizer = mx.optimizer.SGD()
    optimizer.hook = print
    with pytest.raises(ArgumentTypeError, match=r"SGD\.hook holds a builtin"):
        saving.dumps({}, optimizer)


def test_optimizers_must_be_registered_to_be_found_again():
    class Mine(mx.optimizer.SGD):
        pass

    with pytest.raises(ArgumentError, match="Mine is not registered"):
        mx.optimizer.get_updater(Mine()).get_states(dump_optimizer=True)


def forged(content: object, body: bytes | None = None) -> bytes:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    empty = struct.pack("<QQQQ", 0x112, 0, 0, 0)
    head = saving.MAGIC + struct.pack("<Q", len(text))
    return head + text + (empty if body is None else body)


def content(**changes: object) -> dict[str, object]:
    return {"version": 1, "states": [], "optimizer": None, **changes}


MALFORMED = {
    "another version": (content(version=2), "version 2; known here is 1"),
    "no states": ({"version": 1}, "lack 'version', 'states' or 'optimizer'"),
    "a list": ([], "lack"),
    "no JSON": (b"{", "not JSON"),
    "no text": (b"\xff", "text of the saved states"),
    "a state without an index": (content(states=[3]), "not an index and a value"),
    "an index of a wrong kind": (content(states=[[1.5, 3]]), "not an index"),
    "an array that is not there": (
        content(states=[[1, {"array": 0}]]),
        "which means nothing",
    ),
    "an unknown kind": (content(states=[[1, {"set": []}]]), "which means nothing"),
    "a number that is none": (
        content(states=[[1, {"real": "1"}]]),
        "which means nothing",
    ),
    "a dict of no pairs": (
        content(states=[[1, {"dict": [1]}]]),
        "something else than keys and values",
    ),
    "an unknown optimizer": (content(optimizer=["sdg", {}]), "did you mean 'sgd'"),
    "an optimizer of a wrong kind": (content(optimizer="sgd"), "not a name and"),
    "an optimizer without settings": (
        content(optimizer=["sgd", {}]),
        "lacks .*wd_mult",
    ),
    "an unknown scheduler": (
        content(states=[[1, {"scheduler": ["os.system", {}]}]]),
        "scheduler os.system; import it first",
    ),
    "a scheduler without settings": (
        content(states=[[1, {"scheduler": ["PolyScheduler", {}]}]]),
        "PolyScheduler lacks base_lr",
    ),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_states_are_refused_and_change_nothing(case):
    forgery, says = MALFORMED[case]
    updater, _ = trained("adam0")
    before = dict(updater.states)
    with pytest.raises(FormatError, match=says):
        updater.set_states(forged(forgery))
    assert updater.states == before


def test_settings_of_a_wrong_type():
    saved = saving.dumps({}, mx.optimizer.SGD())
    with pytest.raises(FormatError, match="has '' for num_update"):
        saving.loads(saved.replace(b'"num_update": 0', b'"num_update":""', 1))


def test_pickles_are_refused():
    class Harm:
        def __reduce__(self):
            return pytest.fail, ("a pickle was loaded",)

    updater = mx.optimizer.get_updater(mx.optimizer.SGD())
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(FormatError, match="pickle, and loading one can run any"):
            updater.set_states(pickle.dumps(Harm(), protocol))
    with pytest.raises(ArgumentTypeError, match="bytes are needed, not str"):
        updater.set_states("states")


def test_truncated_states_are_refused():
    updater, _ = trained("sgd1-multiplied")
    saved = updater.get_states(dump_optimizer=True)
    for end in (0, 5, 12, 40, len(saved) // 2, len(saved) - 1):
        with pytest.raises(FormatError):
            updater.set_states(saved[:end])
    with pytest.raises(FormatError):
        updater.set_states(saved + b"\0")


def test_damaged_bytes_give_one_kind_of_error():
    updater, _ = trained("sgd1-scheduled")
    saved = updater.get_states(dump_optimizer=True)
    draw = np.random.RandomState(4)
    refused = 0
    for _ in range(400):
        damaged = bytearray(saved)
        for place in draw.randint(0, len(saved), draw.randint(1, 4)):
            damaged[place] = draw.randint(256)
        try:
            saving.loads(bytes(damaged))
        except FormatError:
            refused += 1
    assert refused > 100
