"""An array as a table for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from dataflow.ndarray.handle import Handle
from dataflow.visualization.tables import html_table

SHOWN = 10  # rows, and columns; of more, the first and last few


def array_html(array: Handle, value: np.ndarray) -> str:
    """Return an array as HTML: a table up to two axes, NumPy's text beyond.

    Parameters
    ----------
    array : NDArray
        Tells the context.
    value : numpy.ndarray
        Its value.
    """
    shape = "x".join(map(str, value.shape)) or "scalar"
    caption = f"NDArray {shape} {value.dtype} @{array.context}"
    if value.ndim > 2 or value.size == 0:
        return html_table(caption, (), []) + f"<pre>{escape(str(value))}</pre>"
    rows = np.atleast_2d(value)
    down, across = _places(rows.shape[0]), _places(rows.shape[1])
    cells = [
        ["…" if i is None or j is None else _shown(rows[i, j]) for j in across]
        for i in down
    ]
    return html_table(caption, (), cells)


def _places(length: int) -> Sequence[int | None]:
    """Return the places that are shown, with None where some are left out."""
    if length <= SHOWN:
        return range(length)
    half = SHOWN // 2
    return [*range(half), None, *range(length - half, length)]


def _shown(element: Any) -> str:
    return f"{element:.6g}" if isinstance(element, np.floating) else str(element)
