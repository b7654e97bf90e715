"""Where each array library keeps its special functions."""

from __future__ import annotations

import functools
from importlib import import_module
from types import ModuleType

_MODULES = {"numpy": "scipy.special", "cupy": "cupyx.scipy.special"}


@functools.cache
def special(xp: ModuleType) -> ModuleType:
    """Return the library's module of gamma, erf and so on; imported when first used."""
    return import_module(_MODULES[xp.__name__])
