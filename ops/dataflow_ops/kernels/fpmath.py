"""In which arithmetic products of single precision may be computed.

``strict`` is single precision. ``bf16`` lets convolutions, products of matrices and
recurrent layers round what they multiply to bfloat16, which has 8 significant bits;
sums stay in single precision, and so do all arrays. Only who asks for it gets it.

There is one mode for the process, from ``DATAFLOW_FPMATH`` at first. What is bound
later, as executors bind their kernels at their first run, is bound in the mode that was
noted for it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from dataflow_ops.errors import DeclarationError

STRICT, BF16 = "strict", "bf16"
MODES = (STRICT, BF16)

_chosen: str | None = None


class _Noted(threading.local):  # no context variable: kernels are bound in another one
    mode: str | None = None


_noted = _Noted()


def mode() -> str:
    """Return the mode in which a kernel bound now computes.

    Raises
    ------
    DeclarationError
        ``DATAFLOW_FPMATH`` names none.
    """
    return _noted.mode or _chosen or _initial()


@cache
def _initial() -> str:
    """Return what the environment says; asked once, since calls on arrays ask often."""
    name = os.environ.get("DATAFLOW_FPMATH") or STRICT
    return _checked(name, "DATAFLOW_FPMATH")


def choose(name: str) -> str:
    """Set the mode of the process; return what it was.

    Raises
    ------
    DeclarationError
        There is no such mode.
    """
    global _chosen  # noqa: PLW0603 - the process has one
    before = _chosen or _initial()
    _chosen = _checked(name, "fpmath_mode")
    return before


@contextmanager
def noted(name: str) -> Iterator[None]:
    """Bind in a mode that was in force before, whatever the process's is now."""
    before, _noted.mode = _noted.mode, name
    try:
        yield
    finally:
        _noted.mode = before


def _checked(name: str, source: str) -> str:
    if name not in MODES:
        raise DeclarationError(f"{source} is {name!r}; use one of {', '.join(MODES)}")
    return name
