"""Devices: where an array lies and an operator runs."""

from __future__ import annotations

from typing import ClassVar

from dataflow.errors import ArgumentTypeError, ContextError, UnknownDeviceError
from dataflow.scope import Entered, Scope


class Context(Scope):
    """A device, such as ``cpu(0)``; also a ``with`` block that makes it the default.

    Parameters
    ----------
    device_type : str or Context
        ``"cpu"`` or ``"gpu"``. Several cpu contexts are distinct places with lanes of
        their own, so that model parallelism can be run on one machine.
    device_id : int
        Counts from 0.

    Raises
    ------
    ContextError
        The type is unknown or the id negative.
    """

    __slots__ = ("_hash", "device_id", "device_type")

    TYPES: ClassVar[dict[str, int]] = {"cpu": 1, "gpu": 2, "cpu_pinned": 3}
    _entered: ClassVar[Entered] = Entered()

    device_type: str
    device_id: int

    def __init__(self, device_type: str | Context, device_id: int = 0) -> None:
        if isinstance(device_type, Context):
            device_id = device_type.device_id
            device_type = device_type.device_type
        if device_type not in self.TYPES:
            raise UnknownDeviceError(
                f"unknown device type {device_type!r}; "
                f"use one of {', '.join(self.TYPES)}"
            )
        if device_id < 0:
            raise ContextError(f"device id {device_id} is negative")
        self.device_type = device_type
        self.device_id = device_id
        self._hash = hash((device_type, device_id))

    @property
    def device_typeid(self) -> int:
        """MXNet's number of the device type."""
        return self.TYPES[self.device_type]

    @property
    def lane(self) -> str:
        """Name of the engine's lane on which this device computes."""
        if self.device_id == 0:
            return self.device_type
        return f"{self.device_type}:{self.device_id}"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Context)
            and self.device_type == other.device_type
            and self.device_id == other.device_id
        )

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"{self.device_type}({self.device_id})"


def cpu(device_id: int = 0) -> Context:
    """Return the cpu context of this number."""
    return Context("cpu", device_id)


def cpu_pinned(device_id: int = 0) -> Context:
    """Return the context of host memory that a GPU can copy from fast."""
    return Context("cpu_pinned", device_id)


def gpu(device_id: int = 0) -> Context:
    """Return the gpu context of this number."""
    return Context("gpu", device_id)


def num_gpus() -> int:
    """Count the GPUs that this framework can use."""
    return 0


def current_context() -> Context:
    """Return the context of the innermost ``with`` block, else ``cpu(0)``."""
    scopes: list[Context] = Context._entered.scopes
    return scopes[-1] if scopes else _DEFAULT


def check_context(context: object, role: str) -> Context:
    """Return `context` if it is one whose device this machine has.

    Parameters
    ----------
    context : object
        What the user passed.
    role : str
        Which argument it was, for the message.

    Raises
    ------
    ArgumentTypeError
        It is no Context.
    ContextError
        Its device does not exist here.
    """
    if not isinstance(context, Context):
        raise ArgumentTypeError(
            f"{role} must be a context such as mx.cpu(0), not {context!r}"
        )
    if context.device_type == "gpu":
        raise ContextError(
            f"{role} is {context}, but this version has no GPU back end; "
            "use mx.cpu(), or several of them: mx.cpu(0), mx.cpu(1), ..."
        )
    return context


_DEFAULT = Context("cpu", 0)
