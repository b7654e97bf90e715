"""Pushing a function of the user's own, with the arrays that it reads and writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from dataflow import checking, engine, recording
from dataflow.context import Context
from dataflow.errors import ArgumentError, ArgumentTypeError, OperatorError
from dataflow.graph.origin import Origin, caller_origin
from dataflow.storage import Array
from dataflow_engine import Var
from dataflow_engine.operations import is_asynchronous, name_of


class Ordered(Protocol):
    """An array whose use the engine orders: an NDArray."""

    @property
    def raw(self) -> Array:
        """Its memory."""

    @property
    def var(self) -> Var:
        """The engine's variable."""

    @property
    def is_view(self) -> bool:
        """Whether it may be a part only of what its variable guards."""

    @property
    def context(self) -> Context:
        """The device that holds it."""


def push(
    function: Callable[..., Any],
    reads: Sequence[Ordered],
    writes: Sequence[Ordered],
    name: str | None,
    timeout: float | None,
) -> None:
    """Push a function; see `dataflow.engine.push`."""
    arrays = [*_checked("reads", reads), *_checked("writes", writes)]
    asynchronous = is_asynchronous(function)
    name = name or name_of(function)
    kind = _AsyncCall if asynchronous else _Call
    call = kind(function, arrays, len(reads), name, caller_origin())
    parts = [array for array in writes if array.is_view]  # as in ndarray.moves._onto
    operation = engine.operation(
        call,
        [array.var for array in (*reads, *parts)],
        [array.var for array in writes],
        lane=_lane(name, [*writes, *reads]),
        name=name,
        timeout=timeout,
    )
    engine.push(operation)


def _checked(what: str, arrays: Sequence[Ordered]) -> Sequence[Ordered]:
    if not isinstance(arrays, Sequence):
        kind = type(arrays).__name__
        raise ArgumentTypeError(f"{what} is a list of NDArrays, not {kind}")
    for index, array in enumerate(arrays):
        if not isinstance(getattr(array, "var", None), Var):
            kind = type(array).__name__
            raise ArgumentTypeError(f"{what}[{index}] is an NDArray, not {kind}")
    return arrays


def _lane(name: str, arrays: Sequence[Ordered]) -> str:
    """Return where it runs: where its arrays lie, the first written of several.

    For arrays of a device that is the host: the function may wait for the device.
    """
    if not arrays:
        return "cpu"
    first = arrays[0].context
    for array in arrays:
        if array.context.device_type != first.device_type:
            raise ArgumentError(
                f"{name} is pushed with arrays on {first} and on {array.context}; "
                "bring them together with as_in_context"
            )
    return "cpu" if first.is_device else first.lane


class _Call:
    """A function and stand-ins of the arrays that it was pushed with.

    They have Vars of their own, so that the function may read their values and compute
    with them at once, while the Vars of the arrays themselves are held for it.
    """

    __slots__ = ("_arrays", "_function", "_name", "_origin", "_scope")

    def __init__(
        self,
        function: Callable[..., Any],
        arrays: Sequence[Ordered],
        reads: int,
        name: str,
        origin: Origin | None,
    ) -> None:
        self._function = function
        self._name = name
        self._origin = origin
        self._arrays = _stand_ins(arrays)
        own = [array.var for array in self._arrays]
        self._scope = checking.Scope(
            name,
            [array.var for array in arrays[:reads]] + own[:reads],
            [array.var for array in arrays[reads:]] + own[reads:],
            origin=origin,
        )

    def __call__(self) -> Any:
        """Call the function, and wait for what it has started on the arrays."""
        try:
            with (
                recording.mode_scope(recording=False, training=None),
                checking.inside(self._scope),
            ):
                self._function(*self._arrays)
            for array in self._arrays:
                engine.wait_for(array.var)
        except Exception as error:
            raise self._told(error) from error

    def _told(self, error: Exception) -> OperatorError:
        return OperatorError(
            f"{self._name}, pushed at {self._origin}, failed: "
            f"{type(error).__name__}: {error}"
        )


class _AsyncCall(_Call):
    """The same of an ``async def``."""

    __slots__ = ()

    async def __call__(self) -> None:
        """Await the function, and what it has started on the arrays."""
        try:
            with checking.inside(self._scope):
                await self._function(*self._arrays)
            for array in self._arrays:
                await engine.wait_for_async(array.var)
        except Exception as error:
            raise self._told(error) from error


def _stand_ins(arrays: Sequence[Any]) -> list[Any]:
    """Return arrays over the same memory; those that share a Var share one again."""
    own: dict[Var, Var] = {}
    for array in arrays:
        if array.var not in own:
            own[array.var] = engine.get().new_variable()
    return [type(a)(a.raw, a.context, own[a.var]) for a in arrays]
