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


class DeviceMissing(EngineError):
    """There is no such device here, or nothing that could drive it."""


class DeviceFault(EngineError):
    """A device went wrong while it ran something, which is told late.

    On a simulated device a function may raise it, to fail as a device does.
    """


class DeviceDead(EngineError):
    """An operation came too late for a device that had failed, or to a forked child."""


class DeviceRace(EngineError):
    """A simulated device was given what no event, or no synchronize, puts in order."""


class OrderError(EngineError, ValueError):
    """An order is malformed, or a program does not follow the one it is to."""
