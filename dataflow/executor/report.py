"""The plan report: what binding made of a graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dataflow.context import Context
from dataflow.executor.facts import kernel_of
from dataflow.graph.memory import entry_bytes
from dataflow.graph.pipeline import Compiled
from dataflow.graph.text import describe_graph
from dataflow.visualization.tables import shown_bytes


@dataclass(frozen=True)
class PlanReport:
    """Figures of a compiled graph; `str()` of it is a table to read.

    Parameters
    ----------
    variables, nodes : int
        Variables, and operators with the backward ones.
    copies : int
        Copies between contexts among the nodes.
    segments : int
        Operations that one forward and backward push to the engine.
    arenas : mapping of Context
        Bytes planned per context.
    unshared_bytes : int
        Bytes of all intermediate results if none shared memory.
    lower_bound : int
        Bytes that live at the worst moment.
    kernels : mapping
        From node name to the back end of its kernel.
    nodes_on : mapping of Context
        Count of nodes per context.
    division : sequence of str
        Which segments several threads run, and why; empty until that is known.
    groups : mapping
        From the name of a fused node to those of the nodes that it stands for.
    views : int
        Inputs of joins and outputs of splits that lie in larger buffers; each saves a
        copy, unless a kernel cannot take it so.
    view_bytes : int
        Bytes of those, which have no memory of their own.
    folded : int
        Operators that were computed once, at binding.
    constants : mapping
        Bytes of what is kept of those, by name.
    arithmetic : str
        How factors are multiplied; see `fpmath_mode`.
    graphs : sequence of str
        Which kernels devices launch as graphs, or why they do not.
    packed : int
        Bytes of weights that kernels keep packed beside the user's, since the first
        run.
    """

    variables: int
    nodes: int
    copies: int
    segments: int
    arenas: Mapping[Context, int]
    unshared_bytes: int
    lower_bound: int
    kernels: Mapping[str, str]
    nodes_on: Mapping[Context, int]
    division: Sequence[str] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    views: int = 0
    view_bytes: int = 0
    folded: int = 0
    constants: Mapping[str, int] = field(default_factory=dict)
    arithmetic: str = "strict"
    graphs: Sequence[str] = ()
    packed: int = 0

    @property
    def planned_bytes(self) -> int:
        """Bytes of all arenas."""
        return sum(self.arenas.values())

    def _arena_lines(self) -> Iterator[str]:
        for context, count in self.nodes_on.items():
            arena = shown_bytes(self.arenas.get(context, 0))
            yield f"  {context}: {count} nodes, arena {arena}"

    def _group_lines(self) -> Iterator[str]:
        if self.groups:
            count, inside = len(self.groups), sum(map(len, self.groups.values()))
            noun = "group" if count == 1 else "groups"
            yield f"  fusion: {count} {noun} of {inside} fused nodes"

    def _view_lines(self) -> Iterator[str]:
        if self.views:
            noun = "view" if self.views == 1 else "views"
            nbytes = shown_bytes(self.view_bytes)
            yield f"  views: {self.views} {noun} of {nbytes} in larger buffers"

    def _packed_lines(self) -> Iterator[str]:
        if self.packed:
            yield f"  packed weights: {shown_bytes(self.packed)}"

    def _constant_lines(self) -> Iterator[str]:
        if self.folded:
            noun = "operator" if self.folded == 1 else "operators"
            kept = shown_bytes(sum(self.constants.values()))
            yield f"  folding: {self.folded} {noun} computed at binding, {kept} kept"

    def __str__(self) -> str:
        lines = [
            f"{self.nodes} nodes in {self.segments} segments, "
            f"{self.variables} variables, {self.copies} copies between contexts",
            *self._arena_lines(),
            f"  planned {shown_bytes(self.planned_bytes)} for intermediate results: "
            f"{_ratio(self.planned_bytes, self.unshared_bytes)} of the "
            f"{shown_bytes(self.unshared_bytes)} of all outputs, "
            f"{_ratio(self.planned_bytes, self.lower_bound)} of the lower bound "
            f"{shown_bytes(self.lower_bound)}",
            f"  kernels: {_counted(self.kernels)}; arithmetic: {self.arithmetic}",
            *self._constant_lines(),
            *self._group_lines(),
            *self._view_lines(),
            *self._packed_lines(),
            *(f"  {line}" for line in (*self.division, *self.graphs)),
        ]
        return "\n".join(lines)


def report(
    compiled: Compiled,
    division: Sequence[str] = (),
    arithmetic: str = "strict",
    graphs: Sequence[str] = (),
    packed: int = 0,
) -> PlanReport:
    """Sum up a compiled graph, and what is known of its division among threads."""
    graph = compiled.graph
    operators = [(node, node.operator) for node in graph.nodes if node.operator]
    return PlanReport(
        variables=len(graph.variables) - len(compiled.constants),
        nodes=len(operators),
        copies=sum(op.name == "_CrossDeviceCopy" for _, op in operators),
        segments=len(compiled.schedule.segments),
        arenas=compiled.memory.arenas,
        unshared_bytes=compiled.memory.unshared_bytes,
        lower_bound=compiled.memory.lower_bound,
        kernels={node.name: kernel_of(graph, node)[0] for node, _ in operators},
        nodes_on=Counter(graph.contexts[node] for node, _ in operators),
        division=division,
        groups={
            node.name: tuple(member.name for member in members)
            for node, members in graph.groups.items()
        },
        views=len(graph.parts),
        view_bytes=sum(entry_bytes(graph, entry) for entry in graph.parts),
        folded=compiled.folded,
        constants={n.name: value.nbytes for n, value in compiled.constants.items()},
        arithmetic=arithmetic,
        graphs=graphs,
        packed=packed,
    )


def listing(compiled: Compiled) -> str:
    """List the graph, with the total of the memory planned for it at the end."""
    total = sum(compiled.memory.arenas.values()) / 2**20
    return f"{describe_graph(compiled.graph)}Total {total:.4g} MB allocated\n"


def _ratio(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "1.00"


def _counted(kernels: Mapping[str, str]) -> str:
    counts = Counter(kernels.values())
    return ", ".join(f"{count} {backend}" for backend, count in counts.items())
