"""Lowering: a compiled graph and arrays become plans for the engine.

Every node's kernel is bound once to raw arrays; a segment is the flat list of the bound
kernels, run as one operation. What a segment reads and writes:

- the Vars of the bound arrays that its nodes touch,
- its context's *arena* Var (written), which keeps the segments of one context in order;
  all but the context's first segment also read it, so that a failure is handed on until
  the next forward,
- a *crossing* Var per segment whose results another strand reads: written by that
  segment and read by the readers. The first segment of a context in each run writes all
  of them, so that no run touches buffers that another strand still reads for the
  previous run.

An asynchronous segment does not write the arena Var, lest its context wait for it. It
reads the crossing Var of the segment before it and writes one of its own.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from dataflow import engine
from dataflow.context import Context
from dataflow.errors import OperatorError
from dataflow.executor.monitoring import Monitor
from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node, describe, input_names
from dataflow.graph.pipeline import Compiled
from dataflow.graph.schedule import Segment
from dataflow.ndarray import NDArray
from dataflow.seeds import RandomSource
from dataflow.storage import Array, allocate_bytes, array_module, array_over
from dataflow.threads import share_cores
from dataflow_engine import Cost, Operation, Plan, SerialProgram, Var
from dataflow_ops.kernels.backends import select
from dataflow_ops.kernels.table import (
    Invocation,
    Kernel,
    Request,
    Specification,
    Thunk,
    Waiting,
    quiet,
)
from dataflow_ops.shapes import Shape

_numbers = itertools.count(1)  # of executors, for traces


@dataclass(frozen=True)
class Arena:
    """Memory of one context that the plans of an executor share."""

    block: Array
    var: Var


def workspace_bytes(graph: Graph, node: Node) -> int:
    """Bytes of scratch memory that a node's kernel wants."""
    _, kernel = kernel_of(graph, node)
    if kernel.workspace is None:
        return 0
    return kernel.workspace(node.parameters, *_specifications(graph, node))


def waits_outside(graph: Graph, node: Node, states: dict[Node, dict[Any, Any]]) -> bool:
    """Tell whether a node's kernel is awaited, on the io lane."""
    _, kernel = kernel_of(graph, node)
    if kernel.waits is None:
        return False
    inputs, _ = _specifications(graph, node)
    state = states.setdefault(node.forward or node, {})
    return kernel.waits(node.parameters, inputs, state, graph.contexts[node])


def kernel_of(graph: Graph, node: Node) -> tuple[str, Kernel]:
    """Return the back end that computes a node, and its kernel."""
    assert node.operator is not None
    return select(node.operator.name, node.parameters, *_specifications(graph, node))


def _specifications(
    graph: Graph, node: Node
) -> tuple[list[Specification], list[Specification]]:
    inputs = [_specification(graph, entry) for entry in node.inputs]
    return inputs, [_specification(graph, entry) for entry in node.entries()]


def _specification(graph: Graph, entry: Entry) -> Specification:
    shape, dtype = graph.shapes[entry], graph.dtypes[entry]
    assert shape is not None
    assert dtype is not None
    return Specification(shape, dtype)


def allocate_arenas(
    arenas: Mapping[Context, int], shared: Mapping[Context, Arena] | None = None
) -> dict[Context, Arena]:
    """Return one arena per context, of the planned number of bytes at least.

    Another executor's arena is taken where it is large enough. Its Var comes with it:
    the runs of all that share it happen one after another.
    """
    found: dict[Context, Arena] = {}
    for context, nbytes in arenas.items():
        known = (shared or {}).get(context)
        if known is None or known.block.nbytes < nbytes:
            block = allocate_bytes(nbytes, context)
            known = Arena(block, engine.get().new_variable())
        found[context] = known
    return found


class Lowering:
    """Turns segments into operations over fixed arrays.

    Parameters
    ----------
    compiled : Compiled
        The graph and its plans.
    arrays : mapping of Entry
        The arrays of all variables, outputs and gradients.
    added : set of Entry
        Gradients that are added to what their array holds.
    arenas : mapping of Context
        The memory of everything else.
    states : dict of Node
        What the kernels of a node and of its backward nodes share.
    """

    def __init__(
        self,
        compiled: Compiled,
        arrays: Mapping[Entry, NDArray],
        added: frozenset[Entry],
        arenas: Mapping[Context, Arena],
        states: dict[Node, dict[Any, Any]],
    ) -> None:
        self.number = next(_numbers)
        self.graph = compiled.graph
        self.schedule = compiled.schedule
        self.memory = compiled.memory
        self.arrays = arrays
        self.added = added
        self.arenas = dict(arenas)
        for segment in self.schedule.segments:
            if segment.context not in self.arenas:
                self.arenas |= allocate_arenas({segment.context: 0})
        if sum(c.device_type == "cpu" for c in self.arenas) > 1:
            share_cores(self)
        self.sources = {
            node: RandomSource()
            for node in self.graph.operators
            if node.operator is not None and node.operator.random
        }
        self._raw: dict[Entry, Array] = {}
        self._states = states
        self._buffers: dict[tuple[Any, ...], Array] = {}
        self._read = {e for n in self.graph.operators for e in n.inputs}
        self._crossing = self._crossing_vars()

    def plan(
        self, *, backward: bool, is_train: bool, monitor: Monitor | None = None
    ) -> Plan:
        """Bind the kernels of one phase and return its plan.

        With a monitor, the plan also copies every result for it.
        """
        started: set[Context] = set()
        operations = []
        for segment in self.segments(backward=backward):
            first = segment.context not in started
            started.add(segment.context)
            operations.append(self._operation(segment, is_train, first, monitor))
        return Plan(operations)

    def segments(self, *, backward: bool) -> list[Segment]:
        """Return the segments of one phase."""
        return [s for s in self.schedule.segments if s.is_backward == backward]

    def renewal(self) -> list[Operation]:
        """Return what gives random nodes the next streams, if the seed was set since.

        The streams are taken now, in program order; they come into force between the
        runs pushed before and those pushed later.
        """
        stale = [s for s in self.sources.values() if not s.is_current]
        if not stale:
            return []
        fresh = [(source, source.next_generator()) for source in stale]
        writes = [arena.var for arena in self.arenas.values()]
        renew = _Renewal(fresh)
        return [engine.operation(renew, (), writes, lane="cpu", cost=0.5, name="_seed")]

    def _crossing_vars(self) -> dict[int, Var]:
        """One Var per segment that another strand has to know the end of."""
        numbers = {
            self.schedule.segment_of[entry.node]
            for node in self.graph.operators
            for entry in node.inputs
            if self._crosses(entry, node) and entry not in self.arrays
        }
        for segment in self.schedule.segments:
            if segment.is_asynchronous:
                numbers.add(segment.index)
                if segment.after is not None:
                    numbers.add(segment.after)
        return {n: engine.get().new_variable() for n in sorted(numbers)}

    def _crosses(self, entry: Entry, reader: Node) -> bool:
        if entry.node.is_variable:
            contexts = self.graph.contexts
            return contexts[entry.node] != contexts[reader]
        order = self.schedule
        return order.strand_of(entry.node) != order.strand_of(reader)

    # One segment

    def _operation(
        self, segment: Segment, is_train: bool, first: bool, monitor: Monitor | None
    ) -> Operation:
        copies: Mapping[Entry, NDArray] = {}
        if monitor is not None:
            copies = monitor.copies(self.graph, self._planned(segment))
        bound = quiet(partial(self._bind_all, segment, is_train, copies))()
        nodes = [node for node, _ in bound]
        reads, writes = self._variables(segment)
        writes += [array.var for array in copies.values()]
        self._order(segment, first, reads, writes)
        return engine.operation(
            self._program(segment, nodes, [thunk for _, thunk in bound]),
            reads,
            writes,
            lane=segment.context.lane,
            cost=Cost(),
            name=_title(segment),
        )

    def _program(
        self, segment: Segment, nodes: Sequence[Node], thunks: Sequence[Thunk]
    ) -> Callable[[], Any]:
        explain = _failure(self.graph, nodes)
        if segment.is_asynchronous:
            return partial(_awaited, thunks, explain)
        memory = self.arenas[segment.context].block.nbytes
        return quiet(
            SerialProgram(
                thunks,
                [node.name for node in nodes],
                explain,
                partial(self._details, nodes),
                {f"arena of executor {self.number}": memory},
            )
        )

    def _order(
        self, segment: Segment, first: bool, reads: list[Var], writes: list[Var]
    ) -> None:
        """Add the Vars that order segments which share memory."""
        arena = self.arenas[segment.context].var
        crossing = [
            var
            for number, var in self._crossing.items()
            if self.schedule.segments[number].context == segment.context
        ]
        if segment.is_asynchronous:
            assert segment.after is not None
            reads.append(self._crossing[segment.after])
            return
        writes.append(arena)
        if segment.after is not None:
            reads.append(arena)
        if first:
            writes += crossing
            if segment.is_backward:  # what failed in forward must not be forgotten
                reads += crossing

    def _variables(self, segment: Segment) -> tuple[list[Var], list[Var]]:
        reads: list[Var] = []
        writes: list[Var] = []
        for node in segment.nodes:
            for entry in node.inputs[: node.argument_count]:
                if entry in self.arrays:
                    reads.append(self.arrays[entry].var)
                    continue
                alias = self.memory.aliases.get(entry)
                if alias is not None:
                    reads.append(self.arrays[alias].var)
                if self._crosses(entry, node):
                    # Also for an alias: the memory plan relies on the order.
                    reads.append(self._crossing[self.schedule.segment_of[entry.node]])
            states = node.inputs[node.argument_count :]
            for entry in (*states, *node.entries()):
                if entry in self.arrays:
                    writes.append(self.arrays[entry].var)
            # What is updated is read too: a failure in it must not be lost.
            updated = (e for e in node.entries() if e in self.added)
            reads += [self.arrays[e].var for e in (*states, *updated)]
        if segment.index in self._crossing:
            writes.append(self._crossing[segment.index])
        return reads, writes

    def _bind_all(
        self, segment: Segment, is_train: bool, copies: Mapping[Entry, NDArray]
    ) -> list[tuple[Node, Thunk]]:
        """Bind a segment's kernels; some have nothing to do and are left out."""
        thunks = []
        for node in segment.nodes:
            thunks.append((node, self._bind(node, is_train)))
            for entry in node.entries():
                if entry in copies:
                    target = copies[entry].raw
                    thunks.append((node, partial(_copy, target, self._array(entry))))
        return [(node, thunk) for node, thunk in thunks if thunk is not None]

    def _planned(self, segment: Segment) -> list[Entry]:
        """Return the results of a segment that lie in memory used again later."""
        results = [entry for node in segment.nodes for entry in node.entries()]
        wanted = [e for e in results if self._request(e) is not Request.NULL]
        return [entry for entry in wanted if entry not in self.arrays]

    def _details(self, nodes: Sequence[Node], index: int) -> dict[str, Any]:
        """Tell traces of a segment's i-th kernel."""
        node = nodes[index]
        assert node.operator is not None
        inputs, outputs = _specifications(self.graph, node)
        wanted = [
            output
            for output, entry in zip(outputs, node.entries(), strict=True)
            if self._request(entry) is not Request.NULL
        ]
        named = zip(input_names(node), inputs, strict=False)
        return {
            "operator": node.operator.name,
            "inputs": ", ".join(f"{name}={x.shape} {x.dtype}" for name, x in named),
            "outputs": ", ".join(f"{x.shape} {x.dtype}" for x in outputs),
            "bytes": sum(math.prod(x.shape) * x.dtype.itemsize for x in wanted),
        }

    # One node

    def _bind(self, node: Node, is_train: bool) -> Thunk | None:
        _, kernel = kernel_of(self.graph, node)
        requests = tuple(self._request(entry) for entry in node.entries())
        return kernel.bind(
            Invocation(
                xp=array_module(self.graph.contexts[node]),
                attributes=node.parameters,
                inputs=tuple(self._array(entry) for entry in node.inputs),
                outputs=tuple(
                    None if request is Request.NULL else self._array(entry)
                    for entry, request in zip(node.entries(), requests, strict=True)
                ),
                requests=requests,
                is_train=is_train,
                workspace=self._workspace(node),
                random=self.sources.get(node),
                shapes=tuple(self._shape(entry) for entry in node.entries()),
                state=self._states.setdefault(node.forward or node, {}),
                device=self.graph.contexts[node],
            )
        )

    def _request(self, entry: Entry) -> Request:
        if entry in self.added:
            return Request.ADD
        if entry in self._read or entry in self.arrays:
            return Request.WRITE
        return Request.NULL

    def _array(self, entry: Entry) -> Array:
        raw = self._raw.get(entry)
        if raw is None:
            raw = self._raw[entry] = self._find_array(entry)
        return raw

    def _shape(self, entry: Entry) -> Shape:
        shape = self.graph.shapes[entry]
        assert shape is not None
        return shape

    def _find_array(self, entry: Entry) -> Array:
        if entry in self.arrays:
            return self.arrays[entry].raw
        shape, dtype = self._shape(entry), self.graph.dtypes[entry]
        assert dtype is not None
        alias = self.memory.aliases.get(entry)
        if alias is not None:
            return self._array(alias).reshape(shape)
        place = self.memory.places[entry]
        # One array object for one buffer: NumPy's check whether an output overlaps
        # an input is free for the same object and dear for two views.
        key = (place, shape, dtype)
        if key not in self._buffers:
            block = self.arenas[place.context].block
            self._buffers[key] = array_over(block, place.offset, shape, dtype)
        return self._buffers[key]

    def _workspace(self, node: Node) -> Array | None:
        place = self.memory.workspaces.get(node)
        if place is None:
            return None
        nbytes = workspace_bytes(self.graph, node)
        block: Any = self.arenas[place.context].block
        return block[place.offset : place.offset + nbytes]


def _copy(target: Array, source: Array) -> None:
    target[...] = source


async def _awaited(
    thunks: Sequence[Thunk], explain: Callable[[int, Exception], BaseException]
) -> None:
    """Run an asynchronous segment: its kernel, and what copies its results."""
    for index, thunk in enumerate(thunks):
        try:
            if isinstance(thunk, Waiting):
                await thunk.wait()
            else:
                thunk()
        except Exception as error:
            raise explain(index, error) from error


class _Renewal:
    """Puts new generators into random nodes, ordered like any operation."""

    def __init__(self, fresh: Sequence[tuple[RandomSource, Any]]) -> None:
        self.fresh = fresh

    def __call__(self) -> None:
        for source, generator in self.fresh:
            source.generator = generator


def _title(segment: Segment) -> str:
    phase = "backward" if segment.is_backward else "forward"
    return f"{phase} segment {segment.index} on {segment.context}"


def _failure(
    graph: Graph, nodes: Sequence[Node]
) -> Callable[[int, BaseException], BaseException]:
    """Return what turns the failure of a segment's i-th kernel into a clear error."""

    def explain(index: int, error: BaseException) -> BaseException:
        if not isinstance(error, Exception):
            return error
        node = nodes[index]
        inputs = ", ".join(
            f"{name}={graph.shapes[entry]} {graph.dtypes[entry]}"
            for name, entry in zip(input_names(node), node.inputs, strict=False)
        )
        return OperatorError(
            f"{describe(node)} failed on {graph.contexts[node]}: "
            f"{type(error).__name__}: {error}\n"
            f"  inputs: {inputs}\n  attributes: {dict(node.parameters)}"
        )

    return explain
