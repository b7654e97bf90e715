"""Operations that move values between arrays and parts of arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from dataflow import engine
from dataflow.ndarray import indexing
from dataflow.ndarray.handle import Handle
from dataflow.ndarray.imperative import cost_of
from dataflow.storage import Array
from dataflow_engine import Operation
from dataflow_ops.kernels.table import quiet


class _Filling(partial[None]):
    """A call that writes the whole of its first argument, which traces can tell."""

    def trace_details(self) -> dict[str, Any]:
        """Tell traces what it writes."""
        target = self.args[0]
        return {"outputs": f"{target.shape} {target.dtype}", "bytes": target.nbytes}


def copying(source: Handle, target: Handle) -> Operation:
    """Return what copies between arrays of one shape, with a cast if need be."""
    copy: Callable[[], None] = _Filling(indexing.write, target.raw, ..., source.raw)
    if source.dtype is not target.dtype:
        copy = quiet(copy)  # NaN has no integer; that is no warning on any device
    return _onto(target, copy, [source], "_copyto")


def reading(source: Handle, key: Any, target: Handle) -> Operation:
    """Return what copies the part that a normal index selects."""
    read = _Filling(indexing.read, target.raw, source.raw, key)
    return _onto(target, read, [source], "_get_item")


def writing(
    target: Handle, key: Any, source: Array, reads: Sequence[Handle]
) -> Operation:
    """Return what writes a raw array, which `reads` guard, to a part of `target`."""
    write = partial(indexing.write, target.raw, key, source)
    return _onto(target, write, reads, "_set_item")


def _onto(
    target: Handle, function: Callable[[], None], reads: Sequence[Handle], name: str
) -> Operation:
    # Writing a part mends nothing: a failure in the rest must be handed on.
    parts = [target] if target.is_view else []
    return engine.operation(
        function,
        [x.var for x in (*reads, *parts)],
        [target.var],
        lane=target.context.lane,
        cost=cost_of(name, target.raw.nbytes),
        name=name,
    )
