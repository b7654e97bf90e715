"""The same program, profiled here and by MXNet 1.9.1."""

import inspect
import json
from pathlib import Path

import pytest

import dataflow as mx
from tests.profiler.observations import observe

GOLDEN = Path(__file__).parents[1] / "golden"
EXPECTED = json.loads((GOLDEN / "profiler.json").read_text())
NAMES = json.loads((GOLDEN / "names.json").read_text())["profiler"]
INTERNAL = {"set_kvstore_handle"}  # called by MXNet's own kvstore


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    found = observe(mx, tmp_path_factory.mktemp("profile"))
    mx.profiler.set_config()
    return json.loads(json.dumps(found))


@pytest.mark.parametrize("name", EXPECTED)
def test_as_in_mxnet(facts, name):
    assert facts[name] == EXPECTED[name]


def test_the_names_are_mxnets():
    assert {n for n in NAMES if not hasattr(mx.profiler, n)} == INTERNAL
    assert set(mx.profiler.__all__) == set(NAMES) - INTERNAL


SIGNATURES = {
    "set_state": ["state", "profile_process"],
    "dump": ["finished", "profile_process"],
    "dumps": ["reset", "format", "sort_by", "ascending"],
    "pause": ["profile_process"],
    "resume": ["profile_process"],
    "profiler_set_config": ["mode", "filename"],
    "profiler_set_state": ["state"],
    "dump_profile": [],
    "Domain": ["name"],
    "Task": ["domain", "name"],
    "Frame": ["domain", "name"],
    "Event": ["name"],
    "Counter": ["domain", "name", "value"],
    "Marker": ["domain", "name"],
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_arguments_have_mxnets_names(name):
    found = inspect.signature(getattr(mx.profiler, name)).parameters
    assert list(found) == SIGNATURES[name]
