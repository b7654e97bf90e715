"""What memory a symbol will take once it is bound, told without binding it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from dataflow.context import Context, check_context, current_context
from dataflow.executor.binding import (
    checked_budget,
    groups_of,
    inferred_graph,
    requested,
)
from dataflow.executor.compiling import compile_bound, fusion_is_on
from dataflow.executor.facts import kept_bytes
from dataflow.graph.memory import entry_bytes
from dataflow.graph.node import Entry, Node
from dataflow.graph.offsets import Block
from dataflow.graph.pipeline import Bound, Compiled
from dataflow.storage import aligned
from dataflow.visualization.tables import html_table, shown_bytes
from dataflow.visualization.timeline import area_svg

SHOWN = 12  # of what lives at the peak


class Live(NamedTuple):
    """One buffer: bytes, whose result it holds, of which operator, made where."""

    nbytes: int
    name: str
    operator: str
    origin: str


@dataclass(frozen=True)
class MemoryReport:
    """Bytes that an executor takes; `str()` of it is a table to read.

    Parameters
    ----------
    arguments, gradients, states, outputs : int
        Bytes of the arrays that the user sees.
    arenas : mapping of Context
        Bytes for intermediate results, per context.
    lower_bound : int
        What lives at the worst moment, summed over contexts: no arenas for this order
        are smaller.
    unshared_bytes : int
        What intermediate results would take if none shared memory.
    recomputed : int
        Operators that backward runs once more to keep to the budget.
    peak : str
        The operator that runs when most is alive.
    live : tuple of Live
        What is alive then, the largest first.
    names : tuple of str
        The operators in order.
    curve : tuple of int
        Bytes that are alive while each of them runs.
    constants : int
        Bytes of what is computed once, at binding.
    kept : int
        Bytes that kernels keep from run to run: packed weights where no gradients are
        computed, and what recurrent layers need for theirs.
    """

    arguments: int
    gradients: int
    states: int
    outputs: int
    arenas: Mapping[Context, int]
    lower_bound: int
    unshared_bytes: int
    recomputed: int
    peak: str
    live: tuple[Live, ...]
    names: tuple[str, ...]
    curve: tuple[int, ...]
    constants: int = 0
    kept: int = 0

    @property
    def planned_bytes(self) -> int:
        """Bytes of all arenas: those of intermediate results."""
        return sum(self.arenas.values())

    @property
    def total_bytes(self) -> int:
        """All bytes that an executor takes."""
        seen = self.arguments + self.gradients + self.states + self.outputs
        return seen + self.constants + self.kept + self.planned_bytes

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{shown_bytes(self.total_bytes)} in all"
        for title, nbytes in self._parts():
            yield f"  {title:<22}{shown_bytes(nbytes):>12}"
        yield (
            f"  (at least {shown_bytes(self.lower_bound)} in this order; "
            f"{shown_bytes(self.unshared_bytes)} if none shared memory)"
        )
        if self.recomputed:
            yield f"  {self.recomputed} operators run again in backward"
        if self.live:
            yield f"alive at the worst moment, while '{self.peak}' runs:"
        for live in self.live[:SHOWN]:
            words = (live.operator, live.name, live.origin)
            yield f"  {shown_bytes(live.nbytes):>12}  {' '.join(filter(None, words))}"
        if len(self.live) > SHOWN:
            rest = sum(live.nbytes for live in self.live[SHOWN:])
            more = len(self.live) - SHOWN
            yield f"  {shown_bytes(rest):>12}  in {more} smaller ones"

    def _parts(self) -> Iterator[tuple[str, int]]:
        yield "arguments", self.arguments
        yield "gradients", self.gradients
        yield "auxiliary states", self.states
        yield "outputs", self.outputs
        if self.constants:
            yield "constants", self.constants
        if self.kept:
            yield "kept by kernels", self.kept
        for context, nbytes in self.arenas.items():
            yield f"intermediate, {context}", nbytes

    def _repr_html_(self) -> str:
        rows = [(title, shown_bytes(nbytes)) for title, nbytes in self._parts()]
        return (
            html_table(f"Memory: {shown_bytes(self.total_bytes)} in all", (), rows)
            + self.to_svg()
        )

    def to_svg(self) -> str:
        """Draw what is alive over time, as the text of an SVG file."""
        peak = f"{shown_bytes(max(self.curve, default=0))} at {self.peak}"
        return area_svg(self.curve, f"intermediate results alive, at most {peak}")

    def save(self, path: str | PathLike[str]) -> None:
        """Write `to_svg` to a file."""
        Path(path).write_text(self.to_svg(), encoding="utf-8")


def memory_report(
    outputs: Sequence[Entry],
    ctx: Context | None,
    grad_req: Any,
    type_dict: Mapping[str, Any] | None,
    group2ctx: Mapping[str, Context] | None,
    shapes: Mapping[str, Sequence[int]],
    memory_budget: int | None,
) -> MemoryReport:
    """Compile a symbol without arrays; see `Symbol.memory_report`."""
    default = current_context() if ctx is None else check_context(ctx, "ctx")
    groups = groups_of(group2ctx)
    graph = inferred_graph(outputs, shapes, type_dict or {})
    requests = requested(graph.arguments, grad_req)
    contexts = {
        node: groups.get(node.attributes.get("__ctx_group__", ""), default)
        for node in graph.variables
    }
    wanted = [node for node in graph.arguments if requests[node] != "null"]
    facts = {node: Entry(node, 0) for node in graph.variables}
    shapes_of = {node: graph.shapes[entry] for node, entry in facts.items()}
    dtypes_of = {node: graph.dtypes[entry] for node, entry in facts.items()}
    bound = Bound(
        outputs=outputs,
        shapes=shapes_of,  # type: ignore[arg-type] # all are known by now
        dtypes=dtypes_of,  # type: ignore[arg-type]
        contexts=contexts,
        gradients={node: contexts[node] for node in wanted},
        added=frozenset(node for node in wanted if requests[node] == "add"),
        default=default,
        groups=groups,
        memory_budget=checked_budget(memory_budget),
        inferred=graph,
    )
    return _reported(compile_bound(bound, {}, fused=fusion_is_on()), wanted)


def _reported(compiled: Compiled, wanted: Sequence[Node]) -> MemoryReport:
    graph, memory = compiled.graph, compiled.memory
    operators = graph.operators
    curve = _alive(memory.blocks, len(operators))
    worst = max(range(len(curve)), key=curve.__getitem__, default=0)

    def nbytes(nodes: Iterable[Node]) -> int:
        return sum(entry_bytes(graph, Entry(node, 0)) for node in nodes)

    return MemoryReport(
        arguments=nbytes(
            n
            for n in graph.arguments
            if n.forward is None and n not in compiled.constants
        ),
        gradients=nbytes(wanted),
        states=nbytes(graph.states),
        outputs=sum(entry_bytes(graph, entry) for entry in graph.outputs),
        arenas=memory.arenas,
        lower_bound=memory.lower_bound,
        unshared_bytes=memory.unshared_bytes,
        recomputed=compiled.recomputed,
        peak=operators[worst].name if operators else "",
        live=tuple(_live_at(memory.blocks, worst, operators)),
        names=tuple(node.name for node in operators),
        curve=tuple(curve),
        constants=nbytes(compiled.constants),
        kept=sum(kept_bytes(graph, node) for node in operators),
    )


def _alive(blocks: Iterable[Block], count: int) -> list[int]:
    """Sum the bytes that live while each operator runs."""
    changes = [0] * (count + 1)
    for block in blocks:
        changes[block.start] += aligned(block.nbytes)
        changes[min(block.end, count - 1) + 1] -= aligned(block.nbytes)
    alive, curve = 0, []
    for change in changes[:-1]:
        alive += change
        curve.append(alive)
    return curve


def _live_at(
    blocks: Iterable[Block], position: int, operators: Sequence[Node]
) -> list[Live]:
    found = []
    for block in blocks:
        if block.start <= position <= block.end:
            node = block.entries[0].node if block.entries else operators[block.start]
            kind = "workspace of" if not block.entries else ""
            assert node.operator is not None
            operator = f"{kind} {node.operator.name}".strip()
            origin = str(node.origin) if node.origin is not None else ""
            found.append(Live(aligned(block.nbytes), node.name, operator, origin))
    return sorted(found, key=lambda live: (-live.nbytes, live.name))
