"""Where a plan's entries lie: the raw array of each, made when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dataflow.context import Context
from dataflow.executor.arenas import Arena
from dataflow.executor.facts import workspace_bytes
from dataflow.graph.graph import Graph
from dataflow.graph.memory import MemoryPlan
from dataflow.graph.node import Entry, Node
from dataflow.ndarray import NDArray
from dataflow.storage import Array, array_apart, array_over
from dataflow_ops.kernels.orders import channels_second


class Buffers:
    """The raw arrays of a graph's entries.

    Parameters
    ----------
    graph : Graph
        Placed, with all shapes and types.
    memory : MemoryPlan
        Where in the arenas its entries lie.
    arrays : mapping of Entry
        The arrays of variables, outputs and gradients.
    constants : mapping of Entry
        Raw arrays of variables that no user binds.
    arenas : mapping of Context
        The memory of everything else.
    """

    def __init__(
        self,
        graph: Graph,
        memory: MemoryPlan,
        arrays: Mapping[Entry, NDArray],
        constants: Mapping[Entry, Array],
        arenas: Mapping[Context, Arena],
    ) -> None:
        self._graph = graph
        self._memory = memory
        self._arrays = arrays
        self._arenas = arenas
        self._raw: dict[Entry, Array] = dict(constants)
        self._buffers: dict[tuple[Any, ...], Array] = {}

    def array(self, entry: Entry) -> Array:
        """Return the raw array of an entry."""
        raw = self._raw.get(entry)
        if raw is None:
            raw = self._raw[entry] = self._find(entry)
        return raw

    def workspace(self, node: Node) -> Array | None:
        """Return a node's scratch bytes, if it wants some."""
        place = self._memory.workspaces.get(node)
        if place is None:
            return None
        nbytes = workspace_bytes(self._graph, node)
        block: Any = self._arenas[place.context].block
        return block[place.offset : place.offset + nbytes]

    def _find(self, entry: Entry) -> Array:
        if entry in self._arrays:
            return self._arrays[entry].raw
        shape, dtype = self._graph.shapes[entry], self._graph.dtypes[entry]
        assert shape is not None
        assert dtype is not None
        alias = self._memory.aliases.get(entry)
        if alias is not None:
            return self.array(alias).reshape(shape)
        place = self._memory.places[entry]
        # One array object for one buffer: NumPy's check whether an output overlaps
        # an input is free for the same object and dear for two views.
        is_last = entry in self._graph.channels_last
        part = self._graph.parts.get(entry)
        strides = None if part is None or part.is_close else part.lying.strides
        key = (place, shape, dtype, is_last, strides)
        if key not in self._buffers:
            block = self._arenas[place.context].block
            if strides is not None:
                array = array_apart(block, place.offset, shape, dtype, strides)
                return self._buffers.setdefault(key, array)
            lying = (shape[0], *shape[2:], shape[1]) if is_last else shape
            array = array_over(block, place.offset, lying, dtype)
            self._buffers[key] = channels_second(array) if is_last else array
        return self._buffers[key]
