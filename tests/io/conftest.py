from __future__ import annotations

import pytest

import dataflow as mx
from dataflow.recordio import codec
from tests.io.cases import write_files
from tests.io.png import PNG


@pytest.fixture
def pictures(monkeypatch):
    """Let a small PNG stand in for OpenCV, which need not be installed."""
    monkeypatch.setattr(codec, "backend", PNG)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Return where the files lie that the cases read."""
    made = tmp_path_factory.mktemp("io")
    write_files(mx, made)
    return made
