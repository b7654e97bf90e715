"""What a network's layers make and hold: shapes, parameters and bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from dataflow.graph.graph import Graph
from dataflow.graph.infer import with_default_dtypes
from dataflow.graph.node import Entry, Node, input_names
from dataflow.visualization import labels
from dataflow.visualization.facts import Composed, DTypes, Shapes, known_graph
from dataflow_ops.shapes import Shape, is_known, size

# What operators call inputs that are parameters, and some that never are.
LEARNED = frozenset({"weight", "bias", "gamma", "beta", "parameters"})
FED = frozenset({"label", "state", "state_cell", "sequence_length"})


@dataclass(frozen=True)
class Amount:
    """How much some arrays hold.

    Parameters
    ----------
    elements, nbytes : int
        Summed over those whose shape is known.
    unknown : int
        How many arrays there are besides.
    """

    elements: int = 0
    nbytes: int = 0
    unknown: int = 0


@dataclass(frozen=True)
class Layer:
    """One row: an input of the network, or an operator with what it alone holds.

    Parameters
    ----------
    node : Node
        What it tells of.
    shapes : tuple
        Shapes of the outputs that a user sees.
    parameters : Amount
        Those that no layer before reads.
    shared : bool
        It reads parameters of a layer before.
    previous : tuple of str
        Names of what it reads, without parameters and states.
    """

    node: Node
    shapes: tuple[Shape | None, ...]
    parameters: Amount
    shared: bool
    previous: tuple[str, ...]


@dataclass(frozen=True)
class Summary:
    """A network's layers and totals; what is shared counts once.

    Parameters
    ----------
    layers : tuple of Layer
        In the order of the graph.
    parameters, states, outputs : Amount
        Of all arguments that are parameters, all auxiliary states, and all operators'
        outputs together, as if none shared memory.
    """

    layers: tuple[Layer, ...]
    parameters: Amount
    states: Amount
    outputs: Amount


def summarize(
    symbol: Composed, shape: Shapes | None = None, dtype: DTypes | None = None
) -> Summary:
    """Sum up a network.

    Parameters
    ----------
    symbol : Symbol
        What to sum up.
    shape : mapping, optional
        Shapes of its inputs by name: with it, every other argument is a parameter,
        but for labels. Without it, parameters are known by how they are read or named.
    dtype : mapping, optional
        Types of arguments by name; float32 where nothing else follows.

    Raises
    ------
    ArgumentTypeError, UnknownNameError, InferenceError
        It is no symbol; the shapes or types given do not fit.
    """
    graph = known_graph(symbol, {} if shape is None else shape, dtype or {})
    graph = with_default_dtypes(graph, np.dtype(np.float32))
    parameters = _parameters(graph, shape)
    states = set(graph.states)
    outputs = (entry for node in graph.operators for entry in node.entries())
    return Summary(
        tuple(_layers(graph, parameters, states)),
        _amount(graph, _values(parameters)),
        _amount(graph, _values(graph.states)),
        _amount(graph, outputs),
    )


def _layers(
    graph: Graph, parameters: Mapping[Node, None], states: set[Node]
) -> Iterable[Layer]:
    counted: set[Node] = set()
    for node in graph.nodes:
        if node in parameters or node in states:
            continue
        sources = list(dict.fromkeys(entry.node for entry in node.inputs))
        held = [source for source in sources if source in parameters]
        own = [source for source in held if source not in counted]
        counted.update(own)
        yield Layer(
            node,
            tuple(graph.shapes.get(e) for e in node.entries()[: node.visible_count]),
            _amount(graph, _values(own)),
            len(own) < len(held),
            tuple(s.name for s in sources if s not in parameters and s not in states),
        )


def _parameters(graph: Graph, shape: Shapes | None) -> dict[Node, None]:
    roles: dict[Node, set[str]] = {node: set() for node in graph.variables}
    for node in graph.operators:
        for name, entry in zip(input_names(node), node.inputs, strict=False):
            if entry.node in roles:
                roles[entry.node].add(name)
    return {
        node: None
        for node in graph.arguments
        if _is_parameter(node.name, roles[node], shape)
    }


def _is_parameter(name: str, roles: set[str], shape: Shapes | None) -> bool:
    learned = bool(roles & LEARNED)
    named = name.endswith((*labels.WEIGHTS, "_parameters"))
    if shape and name in shape:
        return learned and named
    if name.endswith("label") or roles & FED:
        return False
    return bool(shape) or learned or named


def _values(nodes: Iterable[Node]) -> list[Entry]:
    return [Entry(node, 0) for node in nodes]


def _amount(graph: Graph, entries: Iterable[Entry]) -> Amount:
    elements = nbytes = unknown = 0
    for entry in entries:
        shape, dtype = graph.shapes.get(entry), graph.dtypes.get(entry)
        if shape is None or dtype is None or not is_known(shape):
            unknown += 1
            continue
        elements += size(shape)
        nbytes += size(shape) * dtype.itemsize
    return Amount(elements, nbytes, unknown)
