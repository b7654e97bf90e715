"""Our graphs under pytest-benchmark."""

from __future__ import annotations

from typing import Any

import pytest

from bench.graphs.ours import WORKLOADS


@pytest.mark.parametrize("name", WORKLOADS)
def test_graphs(benchmark: Any, name: str) -> None:
    workload = WORKLOADS[name]()
    benchmark.extra_info["units"] = workload.units
    benchmark(workload.run)
