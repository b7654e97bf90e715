"""Lowering: a compiled graph and arrays become plans for the engine.

Every node's kernel is bound once to raw arrays; a segment is the flat list of the bound
kernels, run as one operation. `ordering` says what a segment reads and writes.

What runs outside of its context's lane has a segment and a strand of its own, like what
is asynchronous: copies to and from devices on copy lanes, user's code on the host.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import partial
from typing import Any

from dataflow import engine
from dataflow.context import Context
from dataflow.executor.arenas import Arena, allocate_arenas, enlarged
from dataflow.executor.buffers import Buffers
from dataflow.executor.capturing import captured
from dataflow.executor.constants import constant_arrays
from dataflow.executor.facts import (
    has_own_threads,
    images_of,
    is_transfer,
    kernel_bytes,
    kernel_of,
    specifications_of,
    waits_outside,
)
from dataflow.executor.monitoring import Monitor
from dataflow.executor.ordering import Ordering
from dataflow.executor.parallel import contest, nothing, sharing
from dataflow.executor.telling import details, failure, title
from dataflow.executor.weights import Packed, steady
from dataflow.graph.node import Entry, Node
from dataflow.graph.parallel import Division
from dataflow.graph.pipeline import Compiled
from dataflow.graph.schedule import Segment
from dataflow.ndarray import NDArray
from dataflow.ndarray.calls import lane_of
from dataflow.seeds import RandomSource
from dataflow.storage import (
    Array,
    aligned,
    array_module,
    prepared,
    transfer,
    transfer_added,
)
from dataflow_engine import Contest, Cost, Operation, Plan, SerialProgram, Var
from dataflow_engine.devices.graphs import CapturedProgram
from dataflow_ops.kernels import fpmath
from dataflow_ops.kernels.blas import set_blas_aside, share_cores
from dataflow_ops.kernels.orders import bind_contiguous
from dataflow_ops.kernels.table import (
    Invocation,
    Request,
    Thunk,
    Waiting,
    quiet,
)

_numbers = itertools.count(1)  # of executors, for traces

Timed = Callable[[Node, Thunk], Thunk]


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
        self.arithmetic = fpmath.mode()  # when it was bound: kernels are bound later
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
        self._hold_threads()
        self.sources = {
            node: RandomSource()
            for node in self.graph.operators
            if node.operator is not None and node.operator.random
        }
        self._constants = constant_arrays(compiled)
        self._states = states
        self.packed = Packed()
        self._steady = steady(self.graph, arrays, self.packed)
        self._read = {e for n in self.graph.operators for e in n.inputs}
        self._buffers = self._new_buffers()
        self._ordering = Ordering(compiled, arrays, added, self._constants, self.arenas)
        self._bound: dict[tuple[int, bool], list[tuple[Node, Thunk]]] = {}
        self.divisions = compiled.divisions
        self.contests: dict[int, list[Contest]] = {}  # by segment
        self.captures: dict[str, list[CapturedProgram]] = {}  # by its title

    def divided(self, compiled: Compiled) -> Lowering:
        """Return one for the same graph, divided; runs of both keep their order."""
        made = copy(self)
        made.schedule, made.memory = compiled.schedule, compiled.memory
        made.divisions, made.contests = compiled.divisions, {}
        made.arenas = enlarged(self.arenas, compiled.memory.arenas)
        made._buffers, made._bound = made._new_buffers(), {}
        made._ordering = self._ordering.changed(compiled, made.arenas)
        made.captures = {}
        made._hold_threads()
        return made

    def _new_buffers(self) -> Buffers:
        return Buffers(
            self.graph, self.memory, self.arrays, self._constants, self.arenas
        )

    def _hold_threads(self) -> None:
        if self._shares_cores:
            share_cores(self)
        elif has_own_threads(self.graph):
            set_blas_aside(self)

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
        what that makes of the kernels. One thread runs the segments in both cases.
        """
        started: set[Context] = set()
        operations = []
        with fpmath.noted(self.arithmetic):
            for segment in self.segments(backward=backward):
                first = segment.context not in started
                started.add(segment.context)
                made = self._operation(segment, is_train, first, monitor, timed)
                operations.append(made)
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
        plain = monitor is None and timed is None
        division = self.divisions.get(segment.index) if plain else None
        if division is not None:
            thunk_of = dict(bound)
            bound = [(node, thunk_of.get(node, nothing)) for node in segment.nodes]
        nodes = [node for node, _ in bound]
        reads, writes = self._ordering.of(segment, first)
        writes += [array.var for array in copies.values()]
        return engine.operation(
            self._program(
                segment, nodes, [thunk for _, thunk in bound], division, plain
            ),
            reads,
            writes,
            lane=self._lane(segment),
            cost=Cost(),
            name=title(segment),
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
        plain: bool,
    ) -> Callable[[], Any]:
        explain = failure(self.graph, nodes, thunks)
        if segment.is_asynchronous and waits_outside(
            self.graph, segment.nodes[0], self._states
        ):
            return partial(_awaited, thunks, explain)
        memory = self.arenas[segment.context].block.nbytes
        told: dict[str, Any] = {
            "on_error": explain,
            "details": partial(details, self.graph, self._is_wanted, nodes),
            "memory": {f"arena of executor {self.number}": memory},
        }
        if division is None:
            names = [node.name for node in nodes]
            program = SerialProgram(thunks, names, **told)
            found = captured(program, self.graph, nodes, self._request)
            if not plain or found is None:
                return quiet(program)
            self.captures.setdefault(title(segment), []).append(found)
            return found
        divided = contest(
            division, nodes, thunks, segment.context.lane, title(segment), **told
        )
        self.contests.setdefault(segment.index, []).append(divided)
        return quiet(divided)

    def touched(self, node: Node) -> tuple[list[Var], list[Var]]:
        """Return the Vars of the bound arrays that a node reads, and that it writes."""
        return self._ordering.touched(node)

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
            return partial(transfer, target, self._buffers.array(entry.node.inputs[0]))
        return partial(_copy, target, self._buffers.array(entry))

    def _planned(self, segment: Segment) -> list[Entry]:
        """Return the results of a segment that lie in memory used again later."""
        results = [entry for node in segment.nodes for entry in node.entries()]
        wanted = filter(self._is_wanted, results)
        return [entry for entry in wanted if entry not in self.arrays]

    def _is_wanted(self, entry: Entry) -> bool:
        return self._request(entry) is not Request.NULL

    # One node

    def _bind(self, node: Node, is_train: bool) -> Thunk | None:
        if is_transfer(self.graph, node):
            return self._bind_transfer(node)
        _, kernel = kernel_of(self.graph, node)
        requests = tuple(self._request(entry) for entry in node.entries())
        workspace = self._buffers.workspace(node)
        start = aligned(kernel_bytes(self.graph, node))
        return bind_contiguous(
            kernel,
            images_of(self.graph, node),
            Invocation(
                xp=array_module(self.graph.contexts[node]),
                attributes=node.parameters,
                inputs=tuple(self._buffers.array(entry) for entry in node.inputs),
                outputs=tuple(
                    None if request is Request.NULL else self._buffers.array(entry)
                    for entry, request in zip(node.entries(), requests, strict=True)
                ),
                requests=requests,
                is_train=is_train,
                workspace=workspace,
                random=self.sources.get(node),
                shapes=tuple(x.shape for x in specifications_of(self.graph, node)[1]),
                state=self._states.setdefault((node.forward or node).source, {}),
                device=self.graph.contexts[node],
                steady=self._steady,
            ),
            None if workspace is None else workspace[start:],
        )

    def _bind_transfer(self, node: Node) -> Thunk | None:
        made = Entry(node, 0)
        request = self._request(made)
        if request is Request.NULL:
            return None
        move = transfer_added if request is Request.ADD else transfer
        return partial(
            move, self._buffers.array(made), self._buffers.array(node.inputs[0])
        )

    def _request(self, entry: Entry) -> Request:
        if entry in self.added:
            return Request.ADD
        if entry in self._read or entry in self.arrays:
            return Request.WRITE
        return Request.NULL


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
