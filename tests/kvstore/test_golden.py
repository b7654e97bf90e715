"""Stores give what MXNet 1.9.1 gives, call by call."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import dataflow as mx
from tests.kvstore.programs import PROGRAMS

GOLDEN = Path(__file__).parents[1] / "golden" / "kvstore.npz"


@pytest.fixture(scope="module")
def golden():
    with np.load(GOLDEN) as values:
        return dict(values)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program(name, golden):
    found = PROGRAMS[name](mx)
    assert len(found) == sum(key.startswith(f"{name}/") for key in golden)
    for number, array in enumerate(found):
        expected = golden[f"{name}/{number}"]
        assert array.dtype == expected.dtype
        limit = 2e-3 if array.dtype == np.float16 else 1e-5
        np.testing.assert_allclose(array, expected, rtol=limit, atol=limit)


def test_no_golden_value_is_left_over(golden):
    assert {key.rpartition("/")[0] for key in golden} == set(PROGRAMS)
