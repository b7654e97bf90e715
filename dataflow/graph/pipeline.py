"""The order of the passes, from a symbol's outputs to a graph that can be lowered.

    compose -> infer -> join steps -> gradient -> own heads -> place -> simplify
    -> gather weights -> fold -> recompute -> chain -> fuse -> layout -> schedule
    -> views -> memory

Each pass stands in a file of its own and can be tested alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from dataflow.context import Context
from dataflow.errors import InferenceError, MemoryBudgetError
from dataflow.graph import producers
from dataflow.graph.folding import Array, Folded, fold
from dataflow.graph.fusion import fuse
from dataflow.graph.gradient import Gradients, gradient
from dataflow.graph.graph import Graph, topological_order
from dataflow.graph.infer import infer
from dataflow.graph.layout import lay_out
from dataflow.graph.machine import Machine
from dataflow.graph.memory import MemoryPlan, plan_memory
from dataflow.graph.node import Entry, Node, describe, output_name
from dataflow.graph.parallel import Division
from dataflow.graph.placement import place
from dataflow.graph.recompute import choices, mirrored, recompute
from dataflow.graph.recurrent import join_steps, with_members
from dataflow.graph.schedule import Schedule, schedule
from dataflow.graph.simplify import simplify
from dataflow.graph.views import find_views
from dataflow.graph.weight_sums import gather_weights
from dataflow_ops.registry import find
from dataflow_ops.shapes import Shape, display, is_known

DType = np.dtype[Any]

# What memory with views may take of that without: all of a buffer lives from its first
# part to its last.
_MOST_FOR_VIEWS = 1.02


@dataclass(frozen=True)
class Bound:
    """What a user binds: the given of a compilation.

    Parameters
    ----------
    outputs : sequence of Entry
        The symbol's outputs.
    shapes, dtypes : mapping of Node
        Those of all arguments and auxiliary states.
    contexts : mapping of Node
        Where their arrays lie.
    gradients : mapping of Node
        Arguments whose gradients are wanted, and the context of each; in order.
    added : set of Node
        Those among them whose gradients are added to what is there.
    default : Context
        For nodes of no ``ctx_group``.
    groups : mapping
        From ``ctx_group`` to context.
    memory_budget : int, optional
        Bytes that intermediate results may take; results of forward are computed again
        in backward, as far as that is needed to keep to it.
    inferred : Graph, optional
        The outputs' graph with all shapes and types, where somebody has inferred them
        from these already.
    """

    outputs: Sequence[Entry]
    shapes: Mapping[Node, Shape]
    dtypes: Mapping[Node, DType]
    contexts: Mapping[Node, Context]
    gradients: Mapping[Node, Context]
    added: frozenset[Node]
    default: Context
    groups: Mapping[str, Context]
    memory_budget: int | None = None
    inferred: Graph | None = None


@dataclass(frozen=True)
class Compiled:
    """A graph ready to be lowered.

    Parameters
    ----------
    graph : Graph
        Placed, with every shape and type; heads are outputs, then gradients.
    schedule : Schedule
        Its segments.
    memory : MemoryPlan
        Its buffers.
    head_gradients : mapping of int
        The variable that holds the gradient of output i, where one is needed.
    recomputed : int
        How many forward operators backward runs once more.
    constants : mapping of Node
        The values of variables that no user binds, in the host's memory.
    folded : int
        How many operators are not run because of them.
    divisions : mapping of int
        How the segments of these numbers are divided among threads.
    """

    graph: Graph
    schedule: Schedule
    memory: MemoryPlan
    head_gradients: Mapping[int, Node]
    recomputed: int = 0
    constants: Mapping[Node, Array] = field(default_factory=dict)
    folded: int = 0
    divisions: Mapping[int, Division] = field(default_factory=dict)


def compile_graph(bound: Bound, machine: Machine, *, fused: bool = True) -> Compiled:
    """Run all passes.

    Parameters
    ----------
    bound : Bound
        What the user binds.
    machine : Machine
        What the kernels that there are say of a placed graph's nodes.
    fused : bool
        Simplify, fold and fuse; without it every node runs as it was composed.

    Raises
    ------
    InferenceError
        Shapes or types contradict each other or are not all known.
    ContextError
        A state would have to be updated from another context.
    MemoryBudgetError
        Nothing keeps to the memory budget.
    """
    forward = bound.inferred
    if forward is None:
        forward = infer_graph(Graph.of(bound.outputs), bound.shapes, bound.dtypes)
        check_complete(forward)
    composed = forward
    unlimited = bound.memory_budget is None
    if fused and unlimited:
        forward = _with_steps_joined(forward)
        bound = replace(bound, outputs=forward.outputs)
    graph, head_gradients = _with_gradients(forward, bound)
    graph = _placed(_with_own_heads(graph, bound), bound, head_gradients)
    if fused:
        graph = simplify(graph)
    if fused and unlimited:
        graph = gather_weights(graph)
    # Constants stay for good, so that a budget had better be without them.
    folded = fold(graph, machine.computed) if fused and unlimited else Folded(graph)
    graph = folded.graph
    count = len(graph.nodes)
    graph = recompute(graph, mirrored(graph))

    def finished(graph: Graph) -> Compiled:
        recomputed = len(graph.nodes) - count
        if fused:
            graph = producers.chain(graph, machine.chaining_pays)
            graph = fuse(graph, machine.fusing_pays)
            graph = with_members(graph, forward, composed)
        graph = lay_out(graph, machine.images)
        order = schedule(graph, partial(machine.is_asynchronous, graph))
        graph, memory = _with_views(graph, order, machine)
        return Compiled(
            graph,
            order,
            memory,
            head_gradients,
            recomputed,
            folded.constants,
            folded.count,
        )

    compiled = finished(graph)
    budget = bound.memory_budget
    if budget is None or compiled.memory.planned_bytes <= budget:
        return compiled
    return _within(budget, compiled, graph, finished)


def _placed(graph: Graph, bound: Bound, head_gradients: Mapping[int, Node]) -> Graph:
    wanted = dict(enumerate(bound.gradients.values(), start=graph.output_count))
    fixed = {**bound.contexts, **_beside_outputs(graph, bound, head_gradients)}
    return place(graph, bound.default, bound.groups, fixed, wanted)


def _with_views(
    graph: Graph, order: Schedule, machine: Machine
) -> tuple[Graph, MemoryPlan]:
    """Plan the memory, with views unless these take more of it."""

    def planned(graph: Graph) -> MemoryPlan:
        workspace = partial(machine.workspace, graph)
        return plan_memory(graph, order, graph.external, workspace)

    viewed = find_views(graph, machine.images, machine.is_asynchronous)
    found = planned(viewed)
    if not viewed.parts:
        return viewed, found
    plain = planned(graph)
    if found.planned_bytes > _MOST_FOR_VIEWS * plain.planned_bytes:
        return graph, plain
    return viewed, found


def _within(
    budget: int,
    compiled: Compiled,
    graph: Graph,
    finished: Callable[[Graph], Compiled],
) -> Compiled:
    """Recompute as little as keeps intermediate results within the budget."""
    least = compiled.memory.planned_bytes
    for choice in choices(graph):
        found = finished(recompute(graph, choice.nodes))
        if found.memory.planned_bytes <= budget:
            return found
        least = min(least, found.memory.planned_bytes)
    raise MemoryBudgetError(
        f"intermediate results take {least} bytes at least, also where backward "
        f"computes results of forward again, but memory_budget is {budget}; give more, "
        "or smaller shapes"
    )


def infer_graph(
    graph: Graph, shapes: Mapping[Node, Shape], dtypes: Mapping[Node, DType]
) -> Graph:
    """Infer shapes and types from those of some variables."""
    return infer(
        graph,
        {Entry(n, 0): s for n, s in shapes.items()},
        {Entry(n, 0): d for n, d in dtypes.items()},
    )


def check_complete(graph: Graph) -> None:
    """Raise InferenceError, naming what is not known, unless everything is."""
    shapes, dtypes = graph.shapes.get, graph.dtypes.get
    missing = [
        entry
        for node in graph.nodes
        for entry in node.entries()
        if dtypes(entry) is None or not is_known(shapes(entry))
    ]
    for entry in missing[:1]:
        where = f"'{output_name(entry)}' ({describe(entry.node)})"
        if is_known(shapes(entry)):
            raise InferenceError(
                f"cannot infer the type of {where}; give the types of more arguments"
            )
        raise InferenceError(
            f"cannot infer the shape of {where}: only {display(shapes(entry))} is "
            f"known. Give the shapes of more arguments; unknown are: "
            f"{', '.join(_unknown(graph)) or 'none'}"
        )


def _with_steps_joined(graph: Graph) -> Graph:
    """Join the steps of recurrent layers; infer what became of shapes and types."""
    joined = join_steps(graph)
    if joined is graph:
        return graph
    joined = infer(joined, joined.shapes, joined.dtypes)
    check_complete(joined)
    return joined


def _unknown(graph: Graph) -> list[str]:
    return [
        node.name
        for node in graph.variables
        if not is_known(graph.shapes.get(Entry(node, 0)))
    ]


def _with_gradients(forward: Graph, bound: Bound) -> tuple[Graph, dict[int, Node]]:
    """Append the gradients, with shapes and types like those of the forward entries."""
    heads: dict[int, Node] = {}

    def head_gradient(number: int) -> Entry:
        name = f"_head_gradient{number}"
        heads[number] = Node(None, name, forward=bound.outputs[number].node)
        return Entry(heads[number], 0)

    if not bound.gradients:
        return forward, heads
    made = gradient(bound.outputs, bound.gradients, head_gradient)
    wanted = tuple(made.of[node] for node in bound.gradients)
    backward = _reachable(wanted, made)
    graph = replace(
        forward,
        heads=(*forward.heads, *wanted),
        nodes=(*forward.nodes, *heads.values(), *backward),
    )
    shapes = {**forward.shapes, **_seeds(made, forward.shapes)}
    dtypes = {**forward.dtypes, **_seeds(made, forward.dtypes)}
    return infer(graph, shapes, dtypes, backward), heads


def _reachable(heads: Sequence[Entry], made: Gradients) -> list[Node]:
    needed = set(topological_order(entry.node for entry in heads))
    return [node for node in made.nodes if node in needed]


def _seeds(made: Gradients, facts: Mapping[Entry, Any]) -> dict[Entry, Any]:
    return {entry: facts[like] for entry, like in made.like.items() if like in facts}


def _with_own_heads(graph: Graph, bound: Bound) -> Graph:
    """Put a copy behind every head that cannot be written into an array of its own.

    That is a variable, an entry that is a head already, and a gradient that is added to
    an array while other nodes need its value.
    """
    read = {entry for node in graph.operators for entry in node.inputs}
    added = {
        number
        for number, node in enumerate(bound.gradients, start=graph.output_count)
        if node in bound.added
    }
    heads: list[Entry] = []
    copies: dict[int, Entry] = {}
    for number, entry in enumerate(graph.heads):
        shared = entry.node.is_variable or entry in heads
        if shared or (number in added and entry in read):
            copies[number] = Entry(_identity(entry), 0)
        heads.append(copies.get(number, entry))
    return _insert_copies(graph, tuple(heads), copies)


def _identity(entry: Entry) -> Node:
    operator = find("_copy")
    return Node(
        operator,
        f"{entry.node.name}_copy",
        (entry,),
        parameters=operator.parse({}),
        attributes=entry.node.attributes,
        origin=entry.node.origin,
        forward=entry.node.forward,
    )


def _insert_copies(
    graph: Graph, heads: tuple[Entry, ...], copies: Mapping[int, Entry]
) -> Graph:
    """Add copies: outputs' at the end of the forward part, gradients' last of all."""
    if not copies:
        return graph
    end = len(topological_order(entry.node for entry in graph.outputs))
    ours = [e.node for n, e in copies.items() if n < graph.output_count]
    late = [e.node for n, e in copies.items() if n >= graph.output_count]
    like = {copy: graph.heads[number] for number, copy in copies.items()}
    return replace(
        graph,
        heads=heads,
        nodes=(*graph.nodes[:end], *ours, *graph.nodes[end:], *late),
        shapes={**graph.shapes, **{c: graph.shapes[e] for c, e in like.items()}},
        dtypes={**graph.dtypes, **{c: graph.dtypes[e] for c, e in like.items()}},
    )


def _beside_outputs(
    graph: Graph, bound: Bound, head_gradients: Mapping[int, Node]
) -> dict[Node, Context]:
    """Put a gradient given by the user where its output is computed."""
    return {
        node: bound.groups.get(
            graph.heads[number].node.attributes.get("__ctx_group__", ""), bound.default
        )
        for number, node in head_gradients.items()
    }
