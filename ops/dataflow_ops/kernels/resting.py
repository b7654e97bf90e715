"""What back ends do in a thread that has nothing to compute for the moment."""

from __future__ import annotations

from collections.abc import Callable

_hooks: list[Callable[[], None]] = []


def when_resting(hook: Callable[[], None]) -> Callable[[], None]:
    """Have a function called in each thread that comes to rest."""
    _hooks.append(hook)
    return hook


def rest() -> None:
    """Tell back ends that the calling thread has nothing to compute now."""
    for hook in _hooks:
        hook()
