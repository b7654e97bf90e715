"""Our primitives' workloads under pytest-benchmark."""

from __future__ import annotations

from typing import Any

import pytest

from bench.primitives.ours import WORKLOADS


@pytest.mark.parametrize("name", WORKLOADS)
def test_primitives(benchmark: Any, name: str) -> None:
    workload = WORKLOADS[name]()
    benchmark.extra_info["units"] = workload.units
    benchmark(workload.run)
