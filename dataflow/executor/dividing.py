"""Deciding whether several threads run an executor's segments.

Costs are measured, not estimated: two early runs of each phase note how long every
kernel takes, and how many cores are busy meanwhile (`sampling.py`). Then the segments
for which that is predicted to pay are divided, memory is planned once more for what may
run side by side, and everything is lowered again. That happens between two steps, since
backward needs what the forward of the same lowering left. From there on a contest finds
out whether help is worth it in fact.

Now and then two runs are measured again. When costs have drifted twofold from those
that the division was made from, it is made anew: the program is replaced, given up, or
divided for the first time, in the same way. The arrays that users see stay the same, so
that runs of both programs keep their order. Costs that go up and down are asked for
less and less often.

``DATAFLOW_PARALLEL`` is ``auto``, ``0`` for never, or ``1``: then, beside that, every
kernel of an executor is held to one thread from the start, so that branches get the
cores. By default kernels keep the threads that they would have anyway, lest a
measurement change the last bits of a result.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace

from dataflow import engine
from dataflow.context import Context
from dataflow.executor.facts import workspace_bytes
from dataflow.executor.lowering import Lowering
from dataflow.executor.parallel import sharing
from dataflow.executor.sampling import Sampler
from dataflow.executor.verdicts import (
    DRIFTED,
    NOWHERE,
    drifted,
    no_memory,
    notes,
    too_large,
    too_little,
)
from dataflow.executor.watching import Watch, drift
from dataflow.graph.clocks import Clocks
from dataflow.graph.memory import plan_memory
from dataflow.graph.node import Node
from dataflow.graph.parallel import (
    LEAST_GAIN,
    Division,
    bottom_levels,
    divide,
)
from dataflow.graph.pipeline import Compiled
from dataflow.graph.schedule import Schedule, Segment, schedule
from dataflow_engine import Plan

EVERY = 500  # forwards until costs are measured again
SELDOM = 16  # times as many, at most, while they go up and down
SHORTEST_US = 150.0  # what takes less is not worth asking others
NOTHING_US = 0.05  # of a node that has nothing to do
# How much larger arenas may grow: the more of these.
MORE_BYTES = 64 * 2**20
MORE_OF_IT = 0.25
LEAST_SAVED = 0.1  # of all that was measured; less is not worth lowering again
NEARLY = 0.95  # of what the longest segments save: then outputs may come early
CORES = os.cpu_count() or 1
# What runs code of users, which may wait for the engine inside.
USERS = {"Custom", "_backward_Custom"}


class Choice:
    """A schedule with what was made of its segments; None: not to be divided."""

    def __init__(self, order: Schedule, tried: Mapping[int, Division | None]) -> None:
        self.order = order
        self.tried = tried
        self.divisions = {i: d for i, d in tried.items() if d is not None and d.pays}
        self.saved_us = sum(
            d.serial_us - d.makespan_us for d in self.divisions.values()
        )

    def is_that_of(self, compiled: Compiled) -> bool:
        """Tell whether a graph is divided like this already."""
        return _outline(self.order, self.divisions) == _outline(
            compiled.schedule, compiled.divisions
        )


class Divider:
    """Watches an executor's runs, and divides its segments when costs are other ones.

    Parameters
    ----------
    compiled : Compiled
        The graph, not divided.
    threads : mapping of Context
        The most that a context's segments are divided among.
    budget : int, optional
        Bytes that intermediate results may take.

    Attributes
    ----------
    lock : lock
        Held while a run is chosen and pushed, so that threads that share an executor do
        not mix two lowerings.
    notes : dict of int
        What was decided, and why, in words, by segment.
    """

    def __init__(
        self,
        compiled: Compiled,
        threads: Mapping[Context, int],
        budget: int | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.notes: dict[int, str] = {}
        self._plain = compiled
        self._threads = threads
        self._budget = budget
        self._sampler = Sampler()
        self._every = EVERY
        self._costs: dict[bool, Watch] = {}  # those that the division was made from

    @classmethod
    def for_(cls, compiled: Compiled, budget: int | None) -> Divider | None:
        """Return one for an executor of the graph; None: it stays as it is."""
        threads = thread_counts(compiled.schedule)
        longest = max([0, *(len(s.nodes) for s in compiled.schedule.segments)])
        if sharing() == "0" or longest < 2 or max([1, *threads.values()]) < 2:
            return None
        return cls(compiled, threads, budget)

    def plan(self, lowering: Lowering, backward: bool, is_train: bool) -> Plan | None:
        """Return the plan of a run that is to be measured; None: as usual."""
        return self._sampler.plan(lowering, backward, is_train)

    def knows(self, lowering: Lowering) -> bool:
        """Tell whether enough was measured to decide."""
        return self._sampler.is_done(lowering)

    @property
    def decisions(self) -> int:
        """How often enough was known."""
        return self._sampler.windows

    def divide(self, compiled: Compiled, lowering: Lowering) -> Compiled | None:
        """Decide anew if costs are other ones than they were.

        Parameters
        ----------
        compiled : Compiled
            The graph as it runs, divided or not.
        lowering : Lowering
            What runs it.

        Returns
        -------
        Compiled or None
            The graph as it is to run from now on; None: it stays as it is.
        """
        known = self._sampler.close(self._every)
        before = self._costs
        change = drift(_us(before), _us(known)) if before else None
        if before and change is None:
            self._every = max(EVERY, self._every // 2)
            return None
        self._costs = before | known
        made = self._decided(compiled, lowering)
        if change is not None:
            self._every = min(SELDOM * EVERY, 2 * self._every)
            self.notes[DRIFTED] = drifted(change, made is not None)
        return made

    def refuse(self) -> None:
        """Note that what was made of the graph could not be lowered."""
        self.notes = {NOWHERE: no_memory()}

    def _decided(self, compiled: Compiled, lowering: Lowering) -> Compiled | None:
        """Return what the costs ask for; None: it is what runs already."""
        total_us = sum(watch.total_us for watch in self._costs.values())
        choice = self._choose(lowering, LEAST_SAVED * total_us)
        self.notes = notes(choice.order, choice.tried)
        nowhere = None if not compiled.divisions else self._plain
        if not choice.divisions:
            return nowhere
        if choice.saved_us < LEAST_SAVED * total_us:
            self.notes = {NOWHERE: too_little(choice.saved_us, total_us)}
            return nowhere
        if choice.is_that_of(compiled):
            return None
        made = divided(self._plain, choice.order, choice.divisions)
        planned = self._plain.memory.planned_bytes
        more = made.memory.planned_bytes - planned
        allowed = max(MORE_BYTES, MORE_OF_IT * planned)
        if self._budget is not None:
            allowed = min(allowed, self._budget - planned)
        if more > allowed:
            self.notes = {NOWHERE: too_large(more)}
            return nowhere
        return made

    def _choose(self, lowering: Lowering, least_us: float) -> Choice:
        """Divide the longest segments that there could be, or those that there are."""
        longest, *shorter = _orders(self._plain)
        best = self._try(lowering, longest)
        if shorter and best.saved_us >= least_us:
            other = self._try(lowering, shorter[0])
            if other.saved_us >= NEARLY * best.saved_us:
                return other
        return best

    def _try(self, lowering: Lowering, order: Schedule) -> Choice:
        return Choice(
            order,
            {
                segment.index: self._divided(lowering, segment, watch)
                for segment in order.segments
                if (watch := self._costs.get(segment.is_backward)) is not None
            },
        )

    def _divided(
        self, lowering: Lowering, segment: Segment, watch: Watch
    ) -> Division | None:
        costs = [watch.us.get(node, NOTHING_US) for node in segment.nodes]
        if segment.is_asynchronous or sum(costs) < SHORTEST_US:
            return None
        if any(node.operator.name in USERS for node in segment.nodes if node.operator):
            return None
        before = needs(lowering, segment)
        # Where kernels have several threads themselves, fewer can run side by side.
        free = round(CORES / watch.busy(segment.nodes))
        threads = min(self._threads[segment.context], free)
        if max(bottom_levels(costs, before)) > LEAST_GAIN * sum(costs):
            threads = 1
        return divide(costs, before, threads)


def thread_counts(order: Schedule) -> dict[Context, int]:
    """Return how many threads each context may have, if all shall have as many."""
    contexts = {segment.context for segment in order.segments}
    computing = {context for context in contexts if context.device_type == "cpu"}
    return dict.fromkeys(contexts, 1) | {
        context: max(1, engine.threads(context.lane) // len(computing))
        for context in computing
    }


def divided(
    compiled: Compiled, order: Schedule, divisions: Mapping[int, Division]
) -> Compiled:
    """Divide segments of a schedule among threads, and plan memory for that."""
    graph, clocks = compiled.graph, Clocks(order, divisions)
    memory = plan_memory(
        graph, order, graph.external, lambda node: workspace_bytes(graph, node), clocks
    )
    return replace(compiled, schedule=order, memory=memory, divisions=divisions)


def _us(costs: Mapping[bool, Watch]) -> dict[Node, float]:
    """Return the costs of the nodes of all phases."""
    return {node: us for watch in costs.values() for node, us in watch.us.items()}


def _outline(order: Schedule, divisions: Mapping[int, Division]) -> list[object]:
    """List who computes what: the nodes of each segment, and its threads' parts."""
    return [
        (s.nodes, divisions[s.index].parts if s.index in divisions else None)
        for s in order.segments
    ]


def _orders(compiled: Compiled) -> list[Schedule]:
    """Return schedules to choose from, that of the longest segments first."""
    segments = compiled.schedule.segments
    if len({segment.strand for segment in segments}) > 1:
        return [compiled.schedule]
    # Nobody else waits for what is cut off early.
    return [schedule(compiled.graph, early=False), compiled.schedule]


def needs(lowering: Lowering, segment: Segment) -> list[list[int]]:
    """List for each node of a segment those before it that it has to come after.

    That is what makes its inputs; and where arrays are written that others see (the
    user's, states), whoever wrote or read them before.
    """
    numbers = {node: number for number, node in enumerate(segment.nodes)}
    written: dict[object, int] = {}
    read: dict[object, list[int]] = {}
    found = []
    for number, node in enumerate(segment.nodes):
        before = {numbers[e.node] for e in node.inputs if e.node in numbers}
        reads: Iterable[object]
        writes: Iterable[object]
        reads, writes = lowering.touched(node)
        if lowering.keeps_state(node):
            writes = (*writes, node.forward or node)
        before |= {written[thing] for thing in (*reads, *writes) if thing in written}
        for thing in writes:
            before.update(read.pop(thing, ()))
            written[thing] = number
        for thing in reads:
            read.setdefault(thing, []).append(number)
        found.append(sorted(before - {number}))
    return found
