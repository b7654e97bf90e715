"""Devices: where an array lies and an operator runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from dataflow.errors import ArgumentTypeError, ContextError, UnknownDeviceError
from dataflow.scope import Entered, Scope
from dataflow_engine.devices.streams import COPY, PLATFORMS
from dataflow_engine.errors import DeviceMissing


class Context(Scope):
    """A device, such as ``cpu(0)``; also a ``with`` block that makes it the default.

    Parameters
    ----------
    device_type : str or Context
        ``"cpu"``, ``"gpu"``, ``"cpu_pinned"`` or ``"sim"``. Several cpu contexts are
        distinct places with lanes of their own, so that model parallelism can be run on
        one machine; ``"sim"`` is a simulated device, which checks how it is used.
    device_id : int
        Counts from 0.

    Attributes
    ----------
    is_device : bool
        Whether only lanes of its own touch its memory: that is not the host's.
    lane, copy_lane : str
        The engine's lanes on which it computes, and copies to and from others run.

    Raises
    ------
    ContextError
        The type is unknown or the id negative.
    """

    __slots__ = (
        "_hash",
        "copy_lane",
        "device_id",
        "device_type",
        "is_device",
        "lane",
    )

    # MXNet's numbers; it has no simulated devices.
    TYPES: ClassVar[dict[str, int]] = {"cpu": 1, "gpu": 2, "cpu_pinned": 3, "sim": 101}
    _entered: ClassVar[Entered] = Entered()

    device_type: str
    device_id: int
    is_device: bool
    lane: str
    copy_lane: str

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
        self.is_device = device_type in PLATFORMS
        self.lane = self.copy_lane = _lane(device_type, device_id)
        if self.is_device:
            self.copy_lane += COPY

    @property
    def device_typeid(self) -> int:
        """MXNet's number of the device type."""
        return self.TYPES[self.device_type]

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


def _lane(device_type: str, device_id: int) -> str:
    if device_type == "cpu_pinned":  # memory of the host, like any
        return "cpu"
    if device_type == "cpu" and device_id == 0:
        return "cpu"
    return f"{device_type}:{device_id}"


def cpu(device_id: int = 0) -> Context:
    """Return the cpu context of this number."""
    return Context("cpu", device_id)


def cpu_pinned(device_id: int = 0) -> Context:
    """Return the context of host memory that a GPU can copy from fast."""
    return Context("cpu_pinned", device_id)


def gpu(device_id: int = 0) -> Context:
    """Return the gpu context of this number."""
    return Context("gpu", device_id)


def sim(device_id: int = 0) -> Context:
    """Return the context of a simulated device, which checks how it is used."""
    return Context("sim", device_id)


def num_gpus() -> int:
    """Count the GPUs that can be used here; without CuPy there are none."""
    count = 0
    while _missing(gpu(count)) is None:
        count += 1
    return count


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
    if context.is_device and context not in _opened:
        reason = _missing(context)
        if reason is not None:
            hint = "use mx.cpu(), or mx.sim(), which behaves like a GPU"
            raise ContextError(f"{role} is {context}, but {reason}; {hint}")
    return context


def check_together(contexts: Iterable[Context]) -> None:
    """Raise ContextError if streams of these could not wait for each other."""
    types = {context.device_type: context for context in contexts if context.is_device}
    if len(types) > 1:
        listed = " and ".join(str(types[kind]) for kind in sorted(types))
        raise ContextError(
            f"{listed} are devices of two types, which cannot work together on one "
            "symbol; use one of them, beside mx.cpu()"
        )


_opened: set[Context] = set()  # devices known to be there: they do not go away


def _missing(context: Context) -> str | None:
    """Return why there is no such device here, or None if there is."""
    try:
        PLATFORMS[context.device_type]().open(context.device_id)
    except DeviceMissing as error:
        return str(error)
    _opened.add(context)
    return None


_DEFAULT = Context("cpu", 0)
