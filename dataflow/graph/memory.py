"""The memory plan: one arena per context, an offset in it for every entry.

Entries that share a buffer (views, parts of something larger, and outputs written over
an input nobody else needs any more) form one *block*. A block lives from its first
write to its last read in the schedule. Blocks are placed greedily, the largest first,
each at the best fitting gap among the blocks that live at the same time.

The plan never orders what could run side by side: a block that another strand reads
stays until a segment that surely starts after that read has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import NamedTuple

from dataflow.context import Context
from dataflow.graph.clocks import Clocks
from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node
from dataflow.graph.offsets import Block, lower_bound, place_blocks
from dataflow.graph.schedule import Schedule, Strand, crossing_readers
from dataflow.storage import aligned
from dataflow_ops.shapes import size

WorkspaceRule = Callable[[Node], int]


class Place(NamedTuple):
    """Where a buffer lies: bytes from the start of a context's arena."""

    context: Context
    offset: int


@dataclass(frozen=True)
class MemoryPlan:
    """Places of all planned buffers, and what they add up to.

    Parameters
    ----------
    places : mapping of Entry
        Every entry that is kept in an arena; views and in-place results share places,
        parts lie within that of what they are parts of.
    aliases : mapping of Entry
        Entries that only view bytes lying outside of the arenas, with the entry whose
        bytes those are.
    workspaces : mapping of Node
        Scratch memory of the nodes that want some.
    arenas : mapping of Context
        Bytes of each arena.
    unshared_bytes : int
        What all results would take together if none shared memory.
    lower_bound : int
        The most bytes that live at one moment, summed over contexts: no placement of
        these blocks in this order takes less.
    blocks : tuple of Block
        What was placed, scratch memory last.
    """

    places: Mapping[Entry, Place]
    aliases: Mapping[Entry, Entry]
    workspaces: Mapping[Node, Place]
    arenas: Mapping[Context, int]
    unshared_bytes: int
    lower_bound: int
    blocks: tuple[Block, ...]

    @property
    def planned_bytes(self) -> int:
        """Bytes of all arenas."""
        return sum(self.arenas.values())


def entry_bytes(graph: Graph, entry: Entry) -> int:
    """Bytes of one entry, by its true element size."""
    shape, dtype = graph.shapes[entry], graph.dtypes[entry]
    assert shape is not None
    assert dtype is not None
    return size(shape) * dtype.itemsize


def plan_memory(
    graph: Graph,
    schedule: Schedule,
    external: Set[Entry],
    workspace: WorkspaceRule,
    clocks: Clocks | None = None,
) -> MemoryPlan:
    """Give every entry that is read a place.

    Parameters
    ----------
    graph : Graph
        Placed, with all shapes and types.
    schedule : Schedule
        The order that lifetimes refer to.
    external : set of Entry
        Entries with memory of their own: variables, outputs, gradients.
    workspace : callable
        Bytes of scratch memory that a node wants.
    clocks : Clocks, optional
        For a schedule whose segments are divided among threads.
    """
    lives = _Lifetimes(graph, schedule, external, clocks)
    for node in graph.operators:
        lives.visit(node)
    scratch = _scratch_blocks(graph, schedule, workspace, clocks)
    blocks = [block for block in lives.blocks if block.external is None]
    everything = [*blocks, *scratch.values()]
    arenas = place_blocks(everything)
    return MemoryPlan(
        places={
            e: Place(b.context, b.offset + lives.within.get(e, 0))
            for b in blocks
            for e in b.entries
        },
        aliases={
            e: b.external for b in lives.blocks if b.external for e in b.entries[1:]
        },
        workspaces={n: Place(b.context, b.offset) for n, b in scratch.items()},
        arenas=arenas,
        unshared_bytes=lives.unshared
        + sum(aligned(b.nbytes) for b in scratch.values()),
        lower_bound=lower_bound(everything),
        blocks=tuple(everything),
    )


class _Lifetimes:
    """Walks the schedule, merging entries into blocks and ending their lives."""

    def __init__(
        self,
        graph: Graph,
        schedule: Schedule,
        external: Set[Entry],
        clocks: Clocks | None = None,
    ) -> None:
        self.graph = graph
        self.clocks = clocks
        self.schedule = schedule
        self.external = external
        self.reads = _count_reads(graph)
        self.held_until = _held_for_others(graph, schedule)
        self.blocks: list[Block] = []
        self.block_of: dict[Entry, Block] = {}
        self.within: dict[Entry, int] = {}  # bytes before an entry in its block
        self.unshared = 0
        for node in graph.variables:
            self._own(Entry(node, 0), node)

    def visit(self, node: Node) -> None:
        position = self.schedule.position[node]
        taken: set[Block] = set()
        for entry in node.entries():
            if entry in self.external:
                self._own(entry, node)
            elif entry in self.reads:
                self._join(node, entry, position, taken)
        for entry in node.inputs:
            block = self.block_of[entry]
            block.pending -= 1
            block.end = max(block.end, position)
        if self.clocks is not None:
            used = (*node.inputs, *node.entries())
            for block in {self.block_of[e] for e in used if e in self.block_of}:
                block.use_until(self.clocks.ended[node])

    def _own(self, entry: Entry, node: Node) -> None:
        block = self._new(entry, node)
        block.external = entry if entry in self.external else None

    def _new(self, entry: Entry, node: Node) -> Block:
        """Make the block of an entry, which a node is the first to write to."""
        nbytes = entry_bytes(self.graph, entry)
        context = self.graph.contexts[entry.node]
        position = self.schedule.position.get(node, 0)
        block = Block(context, nbytes, position, position)
        if self.clocks is not None:
            block.known = self.clocks.known.get(node, self.clocks.start)
        self.blocks.append(block)
        self._enter(entry, block)
        return block

    def _enter(self, entry: Entry, block: Block) -> None:
        block.entries.append(entry)
        block.pending += self.reads.get(entry, 0)
        block.held = max(block.held, self.held_until.get(entry, -1))
        block.end = max(block.end, block.held)
        if self.clocks is not None and block.held >= 0:
            block.use_until(self.clocks.through(block.context, block.held))
        self.block_of[entry] = block

    def _join(self, node: Node, entry: Entry, position: int, taken: set[Block]) -> None:
        self.unshared += aligned(entry_bytes(self.graph, entry))
        if entry in self.graph.parts:
            taken.add(self._in_whole(node, entry))
            return
        if entry in self.block_of:  # its parts came before
            taken.add(self.block_of[entry])
            return
        block = self._viewed(node, entry) or self._overwritten(
            node, entry, position, taken
        )
        if block is None:
            block = self._new(entry, node)
        else:
            self._enter(entry, block)
        taken.add(block)

    def _in_whole(self, node: Node, entry: Entry) -> Block:
        """Enter a part into the block of what it is a part of."""
        part, dtype = self.graph.parts[entry], self.graph.dtypes[entry]
        assert dtype is not None
        block = self.block_of.get(part.whole) or self._new(part.whole, node)
        if self.clocks is not None:  # others may write their parts before or after
            known = self.clocks.known[node]
            block.known = tuple(map(min, block.known, known))
        self._enter(entry, block)
        start = self.within.get(part.whole, 0)
        self.within[entry] = start + part.lying.offset * dtype.itemsize
        return block

    def _viewed(self, node: Node, entry: Entry) -> Block | None:
        """Return the input's block, if the output can be a view of it."""
        assert node.operator is not None
        if not node.operator.view or entry.slot != 0:
            return None
        source = node.inputs[0]
        block, part = self.block_of[source], self.graph.parts.get(source)
        if part is not None and not part.is_close:
            return None
        same_place = block.context == self.graph.contexts[node]
        if not self._lie_alike(source, entry):
            return None
        # A gradient's array may be added to: it does not hold the entry's value.
        writable = block.external is None or block.external.node.is_variable
        if not same_place or not writable:
            return None
        self.within[entry] = self.within.get(source, 0)
        return block

    def _overwritten(
        self, node: Node, entry: Entry, position: int, taken: set[Block]
    ) -> Block | None:
        """Return a block that ends here and may be written over, if any."""
        assert node.operator is not None
        if self.schedule.strand_of(node).alone is not None:
            return None  # others may be reading it at the same time
        sources = [i for i, o in node.operator.inplace if o == entry.slot]
        for source in sources:
            if source >= len(node.inputs):
                continue
            block = self.block_of[node.inputs[source]]
            here = [i for i, e in enumerate(node.inputs) if self.block_of[e] is block]
            if (
                block.external is None
                and block not in taken
                and self._lie_alike(node.inputs[source], entry)
                and block.context == self.graph.contexts[node]
                and block.nbytes == entry_bytes(self.graph, entry)
                and block.pending == len(here)
                and block.end <= position
                and block.held < position
                and self._all_ended(block, node)
                and set(here) <= set(sources)
            ):
                return block
        return None

    def _lie_alike(self, one: Entry, other: Entry) -> bool:
        last = self.graph.channels_last
        return (one in last) == (other in last)

    def _all_ended(self, block: Block, node: Node) -> bool:
        """Tell whether nobody in another thread may be using a block."""
        if self.clocks is None:
            return True
        known = self.clocks.known[node]
        return all(n <= now for n, now in zip(block.ends, known, strict=True))


def _count_reads(graph: Graph) -> dict[Entry, int]:
    reads: dict[Entry, int] = {}
    for node in graph.operators:
        for entry in node.inputs:
            reads[entry] = reads.get(entry, 0) + 1
    return reads


def _held_for_others(graph: Graph, schedule: Schedule) -> dict[Entry, int]:
    """Last position until which an entry must be kept for what runs on other strands.

    That is for its readers, and for what an asynchronous operator writes by itself.
    """
    users = crossing_readers(graph, schedule)
    for segment in schedule.segments:
        if segment.is_asynchronous:
            for entry in segment.nodes[0].entries():
                users.setdefault(entry, []).append(entry.node)
    return {
        entry: max(_released_after(graph, schedule, entry, node) for node in nodes)
        for entry, nodes in users.items()
    }


def _released_after(graph: Graph, schedule: Schedule, entry: Entry, user: Node) -> int:
    """Last position of the entry's context at which a node may not have ended."""
    home, away = Strand(graph.contexts[entry.node]), schedule.strand_of(user)
    if away == home:
        return -1
    used_in = schedule.segment_of[user]
    for segment in schedule.segments[used_in + 1 :]:
        waits = segment.done_before.get(away, -1) >= used_in
        if waits and segment.strand == home and segment.nodes:
            return schedule.position[segment.nodes[0]] - 1
    return len(schedule.position)


def _scratch_blocks(
    graph: Graph,
    schedule: Schedule,
    workspace: WorkspaceRule,
    clocks: Clocks | None,
) -> dict[Node, Block]:
    wanted = {node: workspace(node) for node in graph.operators}
    blocks = {
        node: Block(graph.contexts[node], nbytes, at := schedule.position[node], at)
        for node, nbytes in wanted.items()
        if nbytes > 0
    }
    if clocks is not None:
        for node, block in blocks.items():
            block.known, block.until = clocks.known[node], clocks.ended[node]
    return blocks
