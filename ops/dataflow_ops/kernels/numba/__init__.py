"""Numba: compiled loops; ``pip install dataflow-mx[fast]``.

It computes fused groups and optimizers' steps, in single or double precision.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from dataflow_ops.kernels.numba import fused, update

__all__ = ["fused", "missing", "taking_all", "update"]


def missing() -> str | None:
    """Return why Numba cannot be used here, or None if it can."""
    if find_spec("numba") is None:
        return "Numba is not installed; pip install dataflow-mx[fast]"
    return None


@contextmanager
def taking_all() -> Iterator[None]:
    """Take also what is too small to pay, which tests need."""
    before = fused.LEAST, update.LEAST
    fused.LEAST = update.LEAST = 0
    try:
        yield
    finally:
        fused.LEAST, update.LEAST = before
