"""The graphs' sizes and arrays, the same on every side."""

from __future__ import annotations

from typing import Any

import numpy as np

Arrays = dict[str, np.ndarray[Any, Any]]

ELEMENTS = 4_000_000
BRANCHES, DEPTH, SIDE = 8, 4, 512
ROWS = 4096, 1024
TOLD = 1000
STACK = 4  # layers of LSTM, each in a group of its own


def expression() -> Arrays:
    """Return a, b, c, d and x of the expression."""
    source = np.random.RandomState(4)
    return {
        name: source.uniform(-1, 1, ELEMENTS).astype(np.float32) for name in "abcdx"
    }


def rows() -> Arrays:
    """Return x, of which rows are summed."""
    source = np.random.RandomState(6)
    return {"x": source.uniform(-1, 1, ROWS).astype(np.float32)}


def branches() -> Arrays:
    """Return x and each branch's matrices, which keep numbers in range."""
    source = np.random.RandomState(8)
    names = [f"w{b}_{d}" for b in range(BRANCHES) for d in range(DEPTH)]
    scale = dict.fromkeys(names, SIDE**-0.5) | {"x": 1.0}
    return {
        name: source.normal(0, scale[name], (SIDE, SIDE)).astype(np.float32)
        for name in ("x", *names)
    }


def told(result: Any) -> list[float]:
    """Return what is compared."""
    return result.ravel()[:TOLD].tolist()  # type: ignore[no-any-return]
