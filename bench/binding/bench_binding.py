"""Our binding's workloads under pytest-benchmark."""

from __future__ import annotations

from typing import Any

import pytest

from bench.binding.ours import WORKLOADS


@pytest.mark.parametrize("name", WORKLOADS)
def test_binding(benchmark: Any, name: str) -> None:
    benchmark(WORKLOADS[name]().run)
