"""Which arrays' memory other libraries may write, without the engine's knowing."""

from __future__ import annotations

import weakref

from dataflow_engine import Var

_shared: weakref.WeakSet[Var] = weakref.WeakSet()


def note_shared(var: Var) -> None:
    """Note that what a Var guards is shared from now on, for good."""
    _shared.add(var)


def is_shared(var: Var) -> bool:
    """Tell whether values may change without a new version of their Var."""
    return var in _shared
