"""Modules do what MXNet 1.9.1's do: trainings, orders of events, calls."""

from __future__ import annotations

import builtins
import json
import re
from pathlib import Path

import numpy as np
import pytest

import dataflow as mx
from tests.module.calls import CALLS, plain
from tests.module.events import EVENTS
from tests.module.signatures import properties, signatures
from tests.module.trainings import NUMBER, TRAININGS, train

GOLDEN = Path(__file__).parents[1] / "golden" / "module"


def recorded(name):
    return json.loads((GOLDEN / f"{name}.json").read_text())


FACTS, CALLED = recorded("trainings"), recorded("calls")


@pytest.mark.parametrize("name", TRAININGS)
def test_a_training_ends_with_the_same_parameters(name):
    arrays, facts = train(mx, name)
    with np.load(GOLDEN / "trainings.npz") as golden:
        for key, value in arrays.items():
            np.testing.assert_allclose(
                value, golden[f"{name}/{key}"], rtol=2e-3, atol=2e-4, err_msg=key
            )
    assert close(facts, FACTS[name])


def close(ours, theirs):
    """Tell whether values are equal but for rounding, also within text."""
    if isinstance(theirs, list):
        pairs = zip(ours, theirs, strict=True)
        return len(ours) == len(theirs) and all(close(*pair) for pair in pairs)
    if isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(
            close(ours[k], theirs[k]) for k in ours
        )
    if isinstance(theirs, str):
        numbers = [re.findall(NUMBER, text) for text in (ours, theirs)]
        pairs = zip(*numbers, strict=True)
        return re.sub(NUMBER, "", ours) == re.sub(NUMBER, "", theirs) and all(
            one == other or close(float(one), float(other)) for one, other in pairs
        )
    if isinstance(theirs, bool) or not isinstance(theirs, int | float):
        return ours == theirs
    return bool(np.isclose(ours, theirs, rtol=1e-3, atol=1e-4, equal_nan=True))


@pytest.mark.parametrize("name", EVENTS)
def test_loops_do_things_in_the_same_order(name):
    assert json.loads(json.dumps(EVENTS[name](mx))) == recorded("events")[name]


# What this project does otherwise, and why
BETTER = {
    "early_set_params_some": "StateError as for all others, no AttributeError",
    "params_unnamed": "FormatError as for all malformed files, no AttributeError",
    "bind_again": "MXNet forgets what was learned since the last get_params",
}


@pytest.mark.parametrize("name", [name for name in CALLS if name not in BETTER])
def test_a_call_gives_or_raises_the_same(name, tmp_path):
    kind, value = CALLED[name]
    if kind == "raises":
        with pytest.raises(getattr(builtins, value)) as raised:
            CALLS[name](mx, tmp_path)
        assert str(raised.value)
        assert isinstance(raised.value, mx.MXNetError | Warning | NotImplementedError)
    else:
        assert close(plain(CALLS[name](mx, tmp_path)), value)


@pytest.mark.parametrize("name", recorded("signatures")[0])
def test_a_method_takes_the_same(name):
    ours, theirs = signatures(mx)[name], recorded("signatures")[0][name]
    assert [each for each in ours if each in theirs] == theirs
    assert {name for name, _ in ours} - {name for name, _ in theirs} <= {
        *("save_optimizer_states", "load_optimizer_states"),  # of a BucketingModule
    }


def test_properties_are_the_same():
    theirs, ours = recorded("signatures")[1], properties(mx)
    for owner, names in theirs.items():
        assert set(names) <= set(ours[owner])
