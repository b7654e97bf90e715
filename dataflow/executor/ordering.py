"""The Vars of a plan: which of them a segment reads and writes.

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

from collections.abc import Collection, Mapping, Set
from copy import copy

from dataflow import engine
from dataflow.context import Context
from dataflow.executor.arenas import Arena
from dataflow.graph.memory import MemoryPlan
from dataflow.graph.node import Entry, Node
from dataflow.graph.pipeline import Compiled
from dataflow.graph.schedule import Schedule, Segment
from dataflow.ndarray import NDArray
from dataflow_engine import Var


class Ordering:
    """Knows the Vars of a plan's segments.

    Parameters
    ----------
    compiled : Compiled
        The graph and its plans.
    arrays : mapping of Entry
        The arrays of variables, outputs and gradients.
    added : set of Entry
        Gradients that are added to what their array holds.
    constants : collection of Entry
        Variables that nobody writes.
    arenas : mapping of Context
        The memory of everything else.
    """

    def __init__(
        self,
        compiled: Compiled,
        arrays: Mapping[Entry, NDArray],
        added: Set[Entry],
        constants: Collection[Entry],
        arenas: Mapping[Context, Arena],
    ) -> None:
        self.graph = compiled.graph
        self.schedule: Schedule = compiled.schedule
        self.memory: MemoryPlan = compiled.memory
        self.arrays = arrays
        self.added = added
        self._constants = constants
        self.arenas = arenas
        self._crossing = self._crossing_vars()

    def changed(self, compiled: Compiled, arenas: Mapping[Context, Arena]) -> Ordering:
        """Return one for another plan of the same graph; runs of both keep order."""
        made = copy(self)
        made.memory, made.arenas = compiled.memory, arenas
        if compiled.schedule is not self.schedule:
            made.schedule = compiled.schedule
            made._crossing = made._crossing_vars()
        return made

    def of(self, segment: Segment, first: bool) -> tuple[list[Var], list[Var]]:
        """Return the Vars that a segment reads, and that it writes.

        Parameters
        ----------
        segment : Segment
            One of the plan.
        first : bool
            Whether it is the first one of its context in a run.
        """
        reads, writes = self._variables(segment)
        self._order(segment, first, reads, writes)
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
        if entry in self._constants:
            return False
        if entry.node.is_variable:
            contexts = self.graph.contexts
            return contexts[entry.node] != contexts[reader]
        order = self.schedule
        return order.strand_of(entry.node) != order.strand_of(reader)
