"""The plan report: what binding made of a graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from dataflow.context import Context
from dataflow.graph.pipeline import Compiled
from dataflow_ops.kernels.backends import select


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

    @property
    def planned_bytes(self) -> int:
        """Bytes of all arenas."""
        return sum(self.arenas.values())

    def _arenas_used(self) -> list[tuple[Context, int]]:
        return [(context, self.arenas.get(context, 0)) for context in self.nodes_on]

    def __str__(self) -> str:
        lines = [
            f"{self.nodes} nodes in {self.segments} segments, "
            f"{self.variables} variables, {self.copies} copies between contexts",
            *(
                f"  {context}: {self.nodes_on[context]} nodes, arena {_bytes(nbytes)}"
                for context, nbytes in self._arenas_used()
            ),
            f"  planned {_bytes(self.planned_bytes)} for intermediate results: "
            f"{_ratio(self.planned_bytes, self.unshared_bytes)} of the "
            f"{_bytes(self.unshared_bytes)} of all outputs, "
            f"{_ratio(self.planned_bytes, self.lower_bound)} of the lower bound "
            f"{_bytes(self.lower_bound)}",
            f"  kernels: {_counted(self.kernels)}",
        ]
        return "\n".join(lines)


def report(compiled: Compiled) -> PlanReport:
    """Sum up a compiled graph."""
    graph = compiled.graph
    operators = [(node, node.operator) for node in graph.nodes if node.operator]
    return PlanReport(
        variables=len(graph.variables),
        nodes=len(operators),
        copies=sum(op.name == "_CrossDeviceCopy" for _, op in operators),
        segments=len(compiled.schedule.segments),
        arenas=compiled.memory.arenas,
        unshared_bytes=compiled.memory.unshared_bytes,
        lower_bound=compiled.memory.lower_bound,
        kernels={node.name: select(op.name)[0] for node, op in operators},
        nodes_on=Counter(graph.contexts[node] for node, _ in operators),
    )


def _bytes(count: int) -> str:
    value, units = float(count), ["B", "KiB", "MiB", "GiB"]
    while value >= 1024 and len(units) > 1:
        value /= 1024
        units.pop(0)
    return f"{value:.0f} B" if units[0] == "B" else f"{value:.2f} {units[0]}"


def _ratio(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "1.00"


def _counted(kernels: Mapping[str, str]) -> str:
    counts = Counter(kernels.values())
    return ", ".join(f"{count} {backend}" for backend, count in counts.items())
