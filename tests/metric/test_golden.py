"""Every metric says what MXNet's says, batch after batch."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import dataflow as mx
from tests.metric.cases import CASES, LOCAL_RESET, observe

GOLDEN = json.loads((Path(__file__).parents[1] / "golden/metrics.json").read_text())

# MXNet's has no global value there, and `reset_local` does not reset it.
FIRST_ONLY = {"pearson_micro"}


@pytest.mark.parametrize("name", CASES)
def test_values_and_counts_are_mxnets(name):
    seen, expected = observe(mx, name), GOLDEN[name]
    if name in FIRST_ONLY:
        seen, expected = (
            [s[:3] for s in x[: LOCAL_RESET + 1]] for x in (seen, expected)
        )
    assert [s[0] for s in seen] == [s[0] for s in expected]
    np.testing.assert_allclose(
        [s[1:] for s in seen], [s[1:] for s in expected], rtol=2e-6, atol=1e-12
    )
