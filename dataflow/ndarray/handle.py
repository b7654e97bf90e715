"""Handles: a buffer on a device and the Var that orders its use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from dataflow import checking, engine, waiting
from dataflow.context import Context
from dataflow.storage import Array, allocate
from dataflow_engine import Var

if TYPE_CHECKING:
    from dataflow.ndarray.steps import Step
    from dataflow.ndarray.tape import Source

DType = np.dtype[Any]


class Handle:
    """What the engine and the operators need of an array; see `NDArray`."""

    __slots__ = ("_context", "_is_view", "_raw", "_source", "_step", "_var")

    def __init__(self, raw: Array, context: Context, var: Var | None = None) -> None:
        self._raw = raw
        self._context = context
        self._var = engine.get().new_variable() if var is None else var
        if checking.on and var is None:
            checking.make(self._var)
        self._is_view = var is not None
        self._source: Source | None = None
        self._step: Step | None = None  # belongs to `steps`

    @classmethod
    def empty(cls, shape: tuple[int, ...], dtype: DType, context: Context) -> Self:
        """Return an uninitialised array."""
        return cls(allocate(shape, dtype, context), context)

    @property
    def raw(self) -> Array:
        """The array library's own array. Wait before touching its values."""
        if checking.on:
            checking.touch(self._var)
        return self._raw

    @property
    def var(self) -> Var:
        """The engine's variable; arrays that share memory share it."""
        return self._var

    @property
    def is_view(self) -> bool:
        """Whether it may be a part only of what its variable guards."""
        return self._is_view

    @property
    def shape(self) -> tuple[int, ...]:
        """Its dimensions."""
        return self._raw.shape  # type: ignore[no-any-return]

    @property
    def size(self) -> int:
        """Count of its elements."""
        return self._raw.size  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        """Count of its dimensions."""
        return self._raw.ndim  # type: ignore[no-any-return]

    @property
    def dtype(self) -> type[np.generic]:
        """Its element type, as NumPy's scalar type."""
        return self._raw.dtype.type  # type: ignore[no-any-return]

    @property
    def raw_dtype(self) -> DType:
        """Its element type, as NumPy's dtype."""
        return self._raw.dtype  # type: ignore[no-any-return]

    @property
    def context(self) -> Context:
        """The device that holds it."""
        return self._context

    ctx = context

    @property
    def source(self) -> Source | None:
        """The recorded call that made it, as far as one did; see `tape`."""
        return self._source

    @source.setter
    def source(self, source: Source | None) -> None:
        self._source = source

    def detach(self) -> Self:
        """Return an array that shares its memory, and whose history is not known."""
        return type(self)(self._raw, self._context, self._var)

    def wait_to_read(self, timeout: float | None = None) -> Any:
        """Wait until its value is there; raises what failed on the way.

        Parameters
        ----------
        timeout : float, optional
            Seconds after which WaitTimeoutError is raised.

        Returns
        -------
        None or coroutine
            In a task of a trio run a coroutine: ``await array.wait_to_read()``.
        """
        return waiting.wait_for(self._var, timeout)

    def _block(self) -> None:
        """Wait like `wait_to_read`, in a trio run too, which is held up meanwhile."""
        engine.wait_for(self._var)
