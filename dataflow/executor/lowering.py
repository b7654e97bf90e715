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

What runs outside of its context's lane has a segment and a strand of its own, like what
is asynchronous: copies to and from devices on copy lanes, user's code on the host.

An asynchronous segment does not write the arena Var, lest its context wait for it. It
reads the crossing Var of the segment before it and writes one of its own.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Any

from dataflow import engine
from dataflow.context import Context, cpu_pinned
from dataflow.errors import OperatorError
from dataflow.executor.facts import (
    images_of,
    is_transfer,
    kernel_bytes,
    kernel_of,
    specifications_of,
    waits_outside,
    workspace_bytes,
)
from dataflow.executor.monitoring import Monitor
from dataflow.executor.parallel import contest, nothing, sharing
from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node, describe, input_names
from dataflow.graph.parallel import Division
from dataflow.graph.pipeline import Compiled
from dataflow.graph.schedule import Segment
from dataflow.ndarray import NDArray
from dataflow.ndarray.calls import lane_of
from dataflow.seeds import RandomSource
from dataflow.storage import (
    Array,
    aligned,
    allocate_bytes,
    array_module,
    array_over,
    prepared,
    transfer,
    transfer_added,
)
from dataflow.threads import share_cores
from dataflow_engine import Contest, Cost, Operation, Plan, SerialProgram, Var
from dataflow_ops.kernels.orders import bind_contiguous, channels_second
from dataflow_ops.kernels.table import (
    Invocation,
    Request,
    Thunk,
    Waiting,
    quiet,
)
from dataflow_ops.shapes import Shape

_numbers = itertools.count(1)  # of executors, for traces

Timed = Callable[[Node, Thunk], Thunk]


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
        several = sum(c.device_type in ("cpu", "sim") for c in self.arenas) > 1
        self._shares_cores = several or sharing() == "1"
        if self._shares_cores:
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
        self._bound: dict[tuple[int, bool], list[tuple[Node, Thunk]]] = {}
        self.divisions = compiled.divisions
        self.contests: dict[int, list[Contest]] = {}  # by segment

    def divided(self, compiled: Compiled) -> Lowering:
        """Return one for the same graph, divided; runs of both keep their order."""
        made = copy(self)
        made.schedule, made.memory = compiled.schedule, compiled.memory
        made.divisions, made.contests = compiled.divisions, {}
        made.arenas = {
            context: arena
            if arena.block.nbytes >= (nbytes := compiled.memory.arenas.get(context, 0))
            else Arena(allocate_bytes(nbytes, context), arena.var)
            for context, arena in self.arenas.items()
        }
        made._raw, made._buffers, made._bound = {}, {}, {}
        if compiled.schedule is not self.schedule:
            made._crossing = made._crossing_vars()
        if self._shares_cores:
            share_cores(made)
        return made

    def plan(
        self,
        *,
        backward: bool,
        is_train: bool,
        monitor: Monitor | None = None,
        timed: Timed | None = None,
    ) -> Plan:
        """Bind the kernels of one phase and return its plan.

        With a monitor, the plan also copies every result for it; with `timed` it runs
        what that makes of the kernels.
        """
        started: set[Context] = set()
        operations = []
        for segment in self.segments(backward=backward):
            first = segment.context not in started
            started.add(segment.context)
            operations.append(self._operation(segment, is_train, first, monitor, timed))
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
        self,
        segment: Segment,
        is_train: bool,
        first: bool,
        monitor: Monitor | None,
        timed: Timed | None,
    ) -> Operation:
        copies: Mapping[Entry, NDArray] = {}
        if monitor is not None:
            copies = monitor.copies(self.graph, self._planned(segment))
            bind = quiet(partial(self._bind_all, segment, is_train, copies))
            bound = prepared(segment.context, bind)
        else:
            bound = self._bound_once(segment, is_train)
        if timed is not None and not segment.is_asynchronous:
            bound = [(node, timed(node, thunk)) for node, thunk in bound]
        division = self.divisions.get(segment.index) if monitor is None else None
        if division is not None:
            thunk_of = dict(bound)
            bound = [(node, thunk_of.get(node, nothing)) for node in segment.nodes]
        nodes = [node for node, _ in bound]
        reads, writes = self._variables(segment)
        writes += [array.var for array in copies.values()]
        self._order(segment, first, reads, writes)
        return engine.operation(
            self._program(segment, nodes, [thunk for _, thunk in bound], division),
            reads,
            writes,
            lane=self._lane(segment),
            cost=Cost(),
            name=_title(segment),
        )

    def _lane(self, segment: Segment) -> str:
        """Return where a segment runs; what is awaited goes to lane io by itself."""
        context = segment.context
        if not segment.is_asynchronous:
            return context.lane
        node = segment.nodes[0]
        if not is_transfer(self.graph, node):
            return lane_of(kernel_of(self.graph, node)[1], context)
        source = self.graph.contexts[node.inputs[0].node]
        return context.copy_lane if context.is_device else source.copy_lane

    def _program(
        self,
        segment: Segment,
        nodes: Sequence[Node],
        thunks: Sequence[Thunk],
        division: Division | None,
    ) -> Callable[[], Any]:
        explain = _failure(self.graph, nodes, thunks)
        if segment.is_asynchronous and waits_outside(
            self.graph, segment.nodes[0], self._states
        ):
            return partial(_awaited, thunks, explain)
        memory = self.arenas[segment.context].block.nbytes
        told: dict[str, Any] = {
            "on_error": explain,
            "details": partial(self._details, nodes),
            "memory": {f"arena of executor {self.number}": memory},
        }
        if division is None:
            names = [node.name for node in nodes]
            return quiet(SerialProgram(thunks, names, **told))
        title = _title(segment)
        divided = contest(division, nodes, thunks, segment.context.lane, title, **told)
        self.contests.setdefault(segment.index, []).append(divided)
        return quiet(divided)

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
            touched = self.touched(node)
            reads += touched[0]
            writes += touched[1]
            for entry in node.inputs[: node.argument_count]:
                if entry not in self.arrays and self._crosses(entry, node):
                    # Also for an alias: the memory plan relies on the order.
                    reads.append(self._crossing[self.schedule.segment_of[entry.node]])
        if segment.index in self._crossing:
            writes.append(self._crossing[segment.index])
        return reads, writes

    def touched(self, node: Node) -> tuple[list[Var], list[Var]]:
        """Return the Vars of the bound arrays that a node reads, and that it writes."""
        reads: list[Var] = []
        for entry in node.inputs[: node.argument_count]:
            array = self.arrays.get(self.memory.aliases.get(entry, entry))
            if array is not None:
                reads.append(array.var)
        states = node.inputs[node.argument_count :]
        written = [e for e in (*states, *node.entries()) if e in self.arrays]
        # What is updated is read too: a failure in it must not be lost.
        updated = (e for e in node.entries() if e in self.added)
        reads += [self.arrays[e].var for e in (*states, *updated)]
        return reads, [self.arrays[entry].var for entry in written]

    def keeps_state(self, node: Node) -> bool:
        """Tell whether a bound node shares more than values with its forward node."""
        return bool(self._states.get((node.forward or node).source))

    def _bound_once(self, segment: Segment, is_train: bool) -> list[tuple[Node, Thunk]]:
        key = segment.index, is_train
        if key not in self._bound:
            bind = quiet(partial(self._bind_all, segment, is_train, {}))
            self._bound[key] = prepared(segment.context, bind)
        return self._bound[key]

    def _bind_all(
        self, segment: Segment, is_train: bool, copies: Mapping[Entry, NDArray]
    ) -> list[tuple[Node, Thunk]]:
        """Bind a segment's kernels; some have nothing to do and are left out."""
        thunks = []
        for node in segment.nodes:
            thunks.append((node, self._bind(node, is_train)))
            for entry in node.entries():
                if entry in copies:
                    thunks.append((node, self._copying(entry, copies[entry].raw)))
        return [(node, thunk) for node, thunk in thunks if thunk is not None]

    def _copying(self, entry: Entry, target: Array) -> Thunk:
        """Return what copies a result, on the lane that makes it."""
        if is_transfer(self.graph, entry.node):  # it may still be on the way
            return partial(transfer, target, self._array(entry.node.inputs[0]))
        return partial(_copy, target, self._array(entry))

    def _planned(self, segment: Segment) -> list[Entry]:
        """Return the results of a segment that lie in memory used again later."""
        results = [entry for node in segment.nodes for entry in node.entries()]
        wanted = [e for e in results if self._request(e) is not Request.NULL]
        return [entry for entry in wanted if entry not in self.arrays]

    def _details(self, nodes: Sequence[Node], index: int) -> dict[str, Any]:
        """Tell traces of a segment's i-th kernel."""
        node = nodes[index]
        assert node.operator is not None
        inputs, outputs = specifications_of(self.graph, node)
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
        if is_transfer(self.graph, node):
            return self._bind_transfer(node)
        _, kernel = kernel_of(self.graph, node)
        requests = tuple(self._request(entry) for entry in node.entries())
        workspace = self._workspace(node)
        start = aligned(kernel_bytes(self.graph, node))
        return bind_contiguous(
            kernel,
            images_of(self.graph, node),
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
                workspace=workspace,
                random=self.sources.get(node),
                shapes=tuple(self._shape(entry) for entry in node.entries()),
                state=self._states.setdefault((node.forward or node).source, {}),
                device=self.graph.contexts[node],
            ),
            None if workspace is None else workspace[start:],
        )

    def _bind_transfer(self, node: Node) -> Thunk | None:
        made = Entry(node, 0)
        request = self._request(made)
        if request is Request.NULL:
            return None
        move = transfer_added if request is Request.ADD else transfer
        return partial(move, self._array(made), self._array(node.inputs[0]))

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
        is_last = entry in self.graph.channels_last
        key = (place, shape, dtype, is_last)
        if key not in self._buffers:
            block = self.arenas[place.context].block
            lying = (shape[0], *shape[2:], shape[1]) if is_last else shape
            array = array_over(block, place.offset, lying, dtype)
            self._buffers[key] = channels_second(array) if is_last else array
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
    graph: Graph, nodes: Sequence[Node], thunks: Sequence[Thunk]
) -> Callable[[int, BaseException], BaseException]:
    """Return what turns the failure of a segment's i-th kernel into a clear error."""

    def explain(index: int, error: BaseException) -> BaseException:
        if not isinstance(error, Exception):
            return error
        node = nodes[index]
        context = graph.contexts[node]
        if node in graph.groups:  # the thunk knows which of them it was
            node = graph.groups[node][getattr(thunks[index], "failed", None) or 0]
        inputs = ", ".join(
            f"{name}={graph.shapes[entry]} {graph.dtypes[entry]}"
            for name, entry in zip(input_names(node), node.inputs, strict=False)
        )
        return OperatorError(
            f"{describe(node)} failed on {context}: "
            f"{type(error).__name__}: {error}\n"
            f"  inputs: {inputs}\n  attributes: {dict(node.parameters)}"
        )

    return explain
