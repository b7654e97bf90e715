"""Where the constants of a plan lie."""

from __future__ import annotations

from functools import partial

from dataflow.context import Context
from dataflow.graph.node import Entry
from dataflow.graph.pipeline import Compiled
from dataflow.storage import Array, allocate, prepared, transfer


def constant_arrays(compiled: Compiled) -> dict[Entry, Array]:
    """Return each constant in the memory of its context.

    Nobody writes them, so that executors of one plan share those in the host's memory,
    and no operation has to wait for them.
    """
    contexts = compiled.graph.contexts
    return {
        Entry(node, 0): _on(contexts[node], value)
        for node, value in compiled.constants.items()
    }


def _on(context: Context, value: Array) -> Array:
    if not context.is_device:
        return value
    there = allocate(value.shape, value.dtype, context)
    prepared(context, partial(transfer, there, value))
    return there
