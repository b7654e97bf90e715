"""Views everywhere, for tests whose arrays are too small for them to pay."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dataflow.executor import compiling
from dataflow.graph import pipeline, views


@pytest.fixture
def views_everywhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let small buffers have parts with gaps, also where that takes more memory."""
    compiling._plans.clear()
    monkeypatch.setattr(views, "LEAST_BYTES", 0)
    monkeypatch.setattr(views, "LEAST_RUN", 0)
    monkeypatch.setattr(pipeline, "_MOST_FOR_VIEWS", float("inf"))
    yield
    compiling._plans.clear()
