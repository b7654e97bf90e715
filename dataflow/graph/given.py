"""What a user gave an operator, as the text that MXNet's front end makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def given_texts(given: Mapping[str, Any]) -> dict[str, str]:
    """Return what a user passed to an operator as MXNet's files hold it."""
    return {name: _attribute(name, value) for name, value in given.items()}


def _attribute(name: str, value: Any) -> str:
    if name == "dtype":
        return str(np.dtype(value).name)
    if name == "scalar" and isinstance(value, bool | np.bool_):
        return str(int(value))  # MXNet takes no True for a number
    return text(value)


def text(value: Any) -> str:
    """Return ``str(value)``, but numbers of NumPy look like Python's inside of it."""
    if isinstance(value, str):
        return value
    return _nested(value.tolist() if isinstance(value, np.ndarray) else value)


def _nested(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_nested, value))}]"
    if isinstance(value, tuple):
        end = "," if len(value) == 1 else ""
        return f"({', '.join(map(_nested, value))}{end})"
    if isinstance(value, np.generic):
        return str(value)
    return repr(value)
