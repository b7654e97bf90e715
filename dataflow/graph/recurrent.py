"""The pass of recurrent networks: an unrolled layer becomes one operator, RNN.

Steps of a cell that share their weights, each after the one before, are a *chain*. The
operator multiplies the inputs of all its steps by their weights at once, and sums the
gradients of the weights while it multiplies; its kernels are made for this.

The pass runs before gradients are made, so that those follow from the operator. A chain
stays as it is where the input of one of its steps depends on an earlier step, and where
it feeds, or is fed by, a chain of another ``ctx_group``. It ends where a cell's second
state is read by others than the next step.

Results differ from those of the steps by rounding only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from dataflow.graph.cells import Step, readers_of, steps_of
from dataflow.graph.graph import Graph
from dataflow.graph.joining import division, rejoin
from dataflow.graph.node import Entry, Node
from dataflow_ops.dtypes import FLOAT32, FLOAT64
from dataflow_ops.registry import Operator, find

LEAST_STEPS = 2

# As random it would take a stream of its own, for dropout that it has none of, and so
# change what others draw.
_LAYER = replace(find("RNN"), random=False)


def join_steps(graph: Graph) -> Graph:
    """Return the graph with one operator for each chain of steps.

    Parameters
    ----------
    graph : Graph
        With all shapes and types, without gradients.

    Returns
    -------
    Graph
        The same one where there is no chain. New entries have no shapes and types yet.
    """
    chains = _closed(graph, _alone(_chains(graph)))
    if not chains:
        return graph
    writer = _Writer(graph)
    for chain in chains:
        writer.replace(chain)
    return rejoin(writer.written())


def with_members(graph: Graph, joined: Graph, composed: Graph) -> Graph:
    """Return the graph, telling which nodes each chain's operator stands for.

    Parameters
    ----------
    graph : Graph
        What other passes made of `joined`.
    joined, composed : Graph
        What `join_steps` returned, and what it was given.
    """
    if joined is composed:
        return graph
    found = {
        n: joined.groups[n.source] for n in graph.operators if n.source in joined.groups
    }
    return replace(
        graph,
        groups={**graph.groups, **found},
        shapes={**composed.shapes, **graph.shapes},
        dtypes={**composed.dtypes, **graph.dtypes},
    )


# Chains


@dataclass(frozen=True)
class _Chain:
    """Steps that follow each other, with the same weights."""

    steps: tuple[Step, ...]

    @cached_property
    def members(self) -> frozenset[Node]:
        return frozenset().union(*(step.members for step in self.steps))

    @property
    def group(self) -> str:
        """The one ``ctx_group`` of all its nodes."""
        return self.steps[0].output.node.attributes.get("__ctx_group__", "")

    @property
    def inputs(self) -> list[Entry]:
        """What comes from outside."""
        first = self.steps[0]
        entries = [*(step.data for step in self.steps), *first.weights, first.state]
        return entries if first.cell is None else [*entries, first.cell]


def _chains(graph: Graph) -> list[_Chain]:
    steps = steps_of(graph)
    by_output = {step.output: step for step in steps}
    following: dict[Entry, Step] = {}
    begun: list[Step] = []
    readers = readers_of(graph)
    for step in steps:
        before = by_output.get(step.state)
        if (
            before is not None
            and before.output not in following
            and _may_follow(graph, before, step)
            and _is_only_handed_on(graph, before, step, readers)
        ):
            following[before.output] = step
        else:
            begun.append(step)
    found = (_Chain(tuple(_run(step, following))) for step in begun)
    return [chain for chain in found if len(chain.steps) >= LEAST_STEPS]


def _may_follow(graph: Graph, before: Step, step: Step) -> bool:
    return (
        before.mode == step.mode
        and before.weights == step.weights
        and before.order == step.order
        and before.new_cell == step.cell
        and graph.shapes[before.data] == graph.shapes[step.data]
        and len(_facts(graph, before) | _facts(graph, step)) == 1
    )


def _is_only_handed_on(
    graph: Graph, before: Step, step: Step, readers: Mapping[Entry, list[Node]]
) -> bool:
    """Tell whether nobody else needs the second state between two steps, if any."""
    if step.cell is None:
        return True
    both = before.members | step.members
    return step.cell not in graph.heads and both.issuperset(readers[step.cell])


def _facts(graph: Graph, step: Step) -> set[object]:
    """Return the groups and types of a step's nodes: several where they differ.

    A node that is to be computed again in backward, or of a type that RNN's kernels do
    not have, counts as one of a kind.
    """
    return {
        (node.attributes.get("__ctx_group__", ""), dtype)
        if dtype in (FLOAT32, FLOAT64) and "__force_mirroring__" not in node.attributes
        else node
        for node in step.members
        for dtype in (graph.dtypes[entry] for entry in node.entries())
    }


def _run(step: Step, following: Mapping[Entry, Step]) -> Iterator[Step]:
    found: Step | None = step
    while found is not None:
        yield found
        found = following.get(found.output)


def _alone(chains: Sequence[_Chain]) -> list[_Chain]:
    """Leave out chains that feed one another from group to group.

    Step by step those run side by side, as a pipeline; as whole layers they could not.
    That goes by groups, not by where they are put: every placement computes the same.
    """
    chain_of = {node: i for i, chain in enumerate(chains) for node in chain.members}
    pipelined: set[int] = set()
    for i, chain in enumerate(chains):
        for other in _fed_by(chain, chain_of) - {i}:
            if chains[other].group != chain.group:
                pipelined |= {i, other}
    return [chain for i, chain in enumerate(chains) if i not in pipelined]


def _fed_by(chain: _Chain, chain_of: Mapping[Node, int]) -> set[int]:
    """Return the chains whose results the inputs of a chain's steps are made of."""
    found: set[int] = set()
    waiting = [step.data.node for step in chain.steps]
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        if node in chain_of:
            found.add(chain_of[node])
            continue
        for source, _ in node.inputs:
            if source not in seen:
                seen.add(source)
                waiting.append(source)
    return found


def _closed(graph: Graph, chains: Iterable[_Chain]) -> list[_Chain]:
    """Leave out chains that would read what is computed from their own results."""
    chain_of: dict[Node, _Chain] = {}
    kept = []
    for chain in chains:
        if not _reads_itself(chain, chain_of):
            chain_of |= dict.fromkeys(chain.members, chain)
            kept.append(chain)
    return kept


def _reads_itself(chain: _Chain, chain_of: Mapping[Node, _Chain]) -> bool:
    own = chain.members
    waiting = [entry.node for entry in chain.inputs]
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        if node in own:
            return True
        whole = chain_of.get(node)
        for source, _ in node.inputs if whole is None else whole.inputs:
            if source not in seen:
                seen.add(source)
                waiting.append(source)
    return False


# The new graph


class _Writer:
    """Makes the operators, then copies what reads their results."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.heads = set(graph.heads)
        self.readers = readers_of(graph)
        self.instead: dict[Entry, Entry] = {}
        self.made: list[Node] = []
        self.groups: dict[Node, tuple[Node, ...]] = dict(graph.groups)

    def replace(self, chain: _Chain) -> None:
        """Make the operator of a chain, and what brings arrays into its form."""
        first, last = chain.steps[0], chain.steps[-1]
        make = _Maker(chain, self.made)
        weights = [make("Reshape", e, shape=(-1,)) for e in self._weights(make, first)]
        states = [first.state, *([] if first.cell is None else [first.cell])]
        shape = self.graph.shapes[first.state]
        assert shape is not None
        shown = self._is_read_outside(last, last.new_cell)
        layer = make(
            _LAYER,
            self._sequence(make, [step.data for step in chain.steps]),
            make("Concat", *weights, num_args=len(weights), dim=0),
            *(make("expand_dims", state, axis=0) for state in states),
            mode=first.mode,
            state_size=shape[1],
            num_layers=1,
            state_outputs=shown,
        )
        members = [node for node in self.graph.nodes if node in chain.members]
        self.groups[layer.node] = tuple(members)
        count = len(chain.steps)
        outputs = make(
            "SliceChannel", layer, num_outputs=count, axis=0, squeeze_axis=True
        ).node.entries()
        self.instead |= zip((s.output for s in chain.steps), outputs, strict=True)
        if shown:
            assert last.new_cell is not None
            cell = make("Reshape", Entry(layer.node, 2), shape=shape)
            self.instead[last.new_cell] = cell

    def _weights(self, make: _Maker, step: Step) -> Iterator[Entry]:
        """Yield a step's weights, the rows of its gates in the operator's order."""
        if step.order == tuple(range(len(step.order))):
            yield from step.weights
            return
        shape = self.graph.shapes[step.state]
        assert shape is not None
        for entry in step.weights:
            for part in step.order:
                begin, end = part * shape[1], (part + 1) * shape[1]
                yield make("slice_axis", entry, axis=0, begin=begin, end=end)

    def _is_read_outside(self, step: Step, entry: Entry | None) -> bool:
        readers = self.readers.get(entry, ()) if entry is not None else ()
        return entry in self.heads or not step.members.issuperset(readers)

    def _sequence(self, make: _Maker, steps: Sequence[Entry]) -> Entry:
        """Join steps along a first axis."""
        steps = [self.instead.get(entry, entry) for entry in steps]
        divided = division(steps)
        if divided is not None and divided.axis == 0:
            return divided.source
        if divided is not None and divided.axis == 1:
            return make("SwapAxis", divided.source, dim1=0, dim2=1)
        return make("stack", *steps, num_args=len(steps), axis=0)

    def written(self) -> Graph:
        """Return the new graph, with the facts that are known about it."""
        graph, copies = self.graph, self._copies()

        def moved(entry: Entry) -> Entry:
            entry = self.instead.get(entry, entry)
            return Entry(copies.get(entry.node, entry.node), entry.slot)

        for node in (*self.made, *copies.values()):
            node.inputs = tuple(map(moved, node.inputs))
        new = Graph.of(tuple(map(moved, graph.heads)), graph.output_count)
        kept = set(new.nodes)
        at = {entry: moved(entry) for entry in graph.shapes}
        return replace(
            new,
            shapes={
                at[e]: shape for e, shape in graph.shapes.items() if at[e].node in kept
            },
            dtypes={
                at[e]: dtype for e, dtype in graph.dtypes.items() if at[e].node in kept
            },
            groups=self.groups,
        )

    def _copies(self) -> dict[Node, Node]:
        """Copy the nodes that read, directly or not, what is replaced."""
        copies: dict[Node, Node] = {}
        for node in self.graph.operators:
            if any(e in self.instead or e.node in copies for e in node.inputs):
                copies[node] = node.rewritten(node.inputs)
        return copies


class _Maker:
    """Makes nodes that stand for a chain: where it runs, and named after it."""

    def __init__(self, chain: _Chain, made: list[Node]) -> None:
        first, last = chain.steps[0].output.node, chain.steps[-1].output.node
        self.name = f"{first.name}...{last.name}"
        self.like = last
        self.made = made

    def __call__(
        self, operator: str | Operator, *inputs: Entry, **attributes: Any
    ) -> Entry:
        declared = find(operator) if isinstance(operator, str) else operator
        suffix = "" if declared is _LAYER else f"_{declared.name.lower()}"
        node = Node(
            declared,
            f"{self.name}{suffix}",
            inputs,
            parameters=declared.parse(attributes),
            attributes=self.like.attributes,
            origin=self.like.origin,
        )
        self.made.append(node)
        return Entry(node, 0)
