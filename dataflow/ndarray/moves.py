"""Operations that move values between arrays and parts of arrays.

Between the host and a device values go through page-locked memory: by the host into it
or out of it, and by the device's copy lane on the other side. Nobody waits for the
device but who wants its values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from dataflow import engine
from dataflow.context import cpu_pinned
from dataflow.ndarray import indexing
from dataflow.ndarray.handle import Handle
from dataflow.ndarray.imperative import cost_of
from dataflow.storage import Array, transfer
from dataflow_engine import Operation
from dataflow_ops.kernels.table import quiet


class _Filling(partial[None]):
    """A call that writes the whole of its first argument, which traces can tell."""

    def trace_details(self) -> dict[str, Any]:
        """Tell traces what it writes."""
        target = self.args[0]
        return {"outputs": f"{target.shape} {target.dtype}", "bytes": target.nbytes}


def copy(source: Handle, target: Handle) -> None:
    """Push what copies between arrays of one shape, with a cast if need be."""
    for operation in copying(source, target):
        engine.push(operation)


def copying(source: Handle, target: Handle) -> list[Operation]:
    """Return what copies between arrays of one shape, with a cast if need be."""
    way = [source, *_stops(source, target), target]
    return [_hop(*pair) for pair in pairwise(way)]


def _stops(source: Handle, target: Handle) -> list[Handle]:
    """Return new arrays that a copy goes by: no copy to or from a device casts."""
    here, there = source.context, target.context
    if here == there or not (here.is_device or there.is_device):
        return []
    alike = here.device_type == there.device_type
    wanted = []
    if here.is_device:
        wanted.append((there if alike else cpu_pinned(), source.raw_dtype))
    if there.is_device and not alike:
        wanted.append((cpu_pinned(), target.raw_dtype))
    ends = [(source.context, source.raw_dtype), (target.context, target.raw_dtype)]
    # Between devices of two types that makes two: by a copy of the host's, for neither
    # understands the events of the other.
    new = [stop for stop in wanted if stop not in ends]
    return [Handle.empty(source.shape, dtype, context) for context, dtype in new]


def _hop(source: Handle, target: Handle) -> Operation:
    here, there = source.context, target.context
    if here != there and (here.is_device or there.is_device):
        move = _Filling(transfer, target.raw, source.raw)
        lane = there.copy_lane if there.is_device else here.copy_lane
        return _onto(target, move, [source], "_copyto", lane)
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
    target: Handle,
    function: Callable[[], None],
    reads: Sequence[Handle],
    name: str,
    lane: str | None = None,
) -> Operation:
    # Writing a part mends nothing: a failure in the rest must be handed on.
    parts = [target] if target.is_view else []
    return engine.operation(
        function,
        [x.var for x in (*reads, *parts)],
        [target.var],
        lane=lane or target.context.lane,
        cost=cost_of(name, target.raw.nbytes),
        name=name,
    )
