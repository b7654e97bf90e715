"""The exceptions that the engine itself raises."""

from __future__ import annotations


class EngineError(RuntimeError):
    """Anything the engine refuses or cannot do."""


class EngineClosed(EngineError):
    """The engine was closed before the operation could be pushed or run."""


class WaitTimeout(EngineError, TimeoutError):
    """A wait reached its deadline; what it waited for goes on."""


class OperationTimeout(EngineError, TimeoutError):
    """An asynchronous operation reached its deadline and was cancelled."""
