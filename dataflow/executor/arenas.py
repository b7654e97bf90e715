"""Arenas: the memory of intermediate results, one block per context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dataflow import engine
from dataflow.context import Context, cpu_pinned
from dataflow.storage import Array, allocate_bytes
from dataflow_engine import Var


@dataclass(frozen=True)
class Arena:
    """Memory of one context that the plans of an executor share."""

    block: Array
    var: Var


def allocate_arenas(
    arenas: Mapping[Context, int], shared: Mapping[Context, Arena] | None = None
) -> dict[Context, Arena]:
    """Return one arena per context, of the planned number of bytes at least.

    Another executor's arena is taken where it is large enough. Its Var comes with it:
    the runs of all that share it happen one after another.
    """
    found: dict[Context, Arena] = {}
    # CUDA copies from and to other memory of the host by way of such, and waits.
    pinned = any(context.device_type == "gpu" for context in arenas)
    for context, nbytes in arenas.items():
        known = (shared or {}).get(context)
        if known is None or known.block.nbytes < nbytes:
            here = context if context.is_device or not pinned else cpu_pinned()
            block = allocate_bytes(nbytes, here)
            known = Arena(block, engine.get().new_variable())
        found[context] = known
    return found


def enlarged(
    arenas: Mapping[Context, Arena], wanted: Mapping[Context, int]
) -> dict[Context, Arena]:
    """Return the arenas with new blocks, under the same Vars, where more is wanted."""
    return {
        context: arena
        if arena.block.nbytes >= (nbytes := wanted.get(context, 0))
        else Arena(allocate_bytes(nbytes, context), arena.var)
        for context, arena in arenas.items()
    }
