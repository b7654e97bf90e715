"""Backward passes over the tape: the gradient pass of graphs, run call by call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dataflow import recording
from dataflow.context import Context
from dataflow.errors import ArgumentError, GradientError
from dataflow.graph.gradient import Gradients, depending_on, gradient
from dataflow.graph.graph import Graph, topological_order
from dataflow.graph.infer import infer_dtypes, infer_shapes
from dataflow.graph.node import Entry, Node, describe, input_names
from dataflow.ndarray.calls import Call
from dataflow.ndarray.handle import Handle
from dataflow.ndarray.imperative import invoke, run
from dataflow.ndarray.moves import copy
from dataflow.ndarray.tape import BY_HAND, Mark, Record, Source, history, leaf
from dataflow_ops.kernels.table import Specification
from dataflow_ops.registry import find

Arrays = Sequence[Handle]


def backward(
    heads: Arrays,
    head_gradients: Sequence[Handle | None] | None = None,
    *,
    retain_graph: bool = False,
    train_mode: bool = True,
) -> None:
    """Compute the gradients by all marked arrays and put them where they belong.

    Parameters
    ----------
    heads : sequence of Handle
        What is differentiated.
    head_gradients : sequence of Handle or None, optional
        The gradients of the heads; ones where there is none.
    retain_graph : bool
        Keep what another backward pass over the same calls needs.
    train_mode : bool
        Whether operators behave as in training.

    Raises
    ------
    GradientError
        A head was not recorded, nothing marked leads to it, or its tape was let go.
    ArgumentError
        A head gradient does not fit its head.
    """
    tape = _Tape(heads, head_gradients)
    wanted = [node for node, record in tape.records.items() if record.is_marked]
    if not wanted:
        raise GradientError(
            "no array that leads to the heads is marked; call attach_grad() on those "
            "whose gradients you want, before recording"
        )
    with recording.mode_scope(recording=False, training=train_mode):
        made = tape.differentiate(wanted, create_graph=False)
        for node in wanted:
            _deliver(made[node], tape.records[node].mark)
    if not retain_graph:
        tape.release()


def gradients(
    heads: Arrays,
    variables: Arrays,
    head_gradients: Sequence[Handle | None] | None = None,
    *,
    retain_graph: bool = False,
    create_graph: bool = False,
    train_mode: bool = True,
) -> list[Handle]:
    """Return the gradients by some arrays, as new ones; see `backward`.

    Parameters
    ----------
    create_graph : bool
        Record the backward pass too, so that it can be differentiated.

    Raises
    ------
    GradientError
        As `backward`; also if a variable does not lead to the heads.
    """
    tape = _Tape(heads, head_gradients)
    marked = {id(r): node for node, r in tape.records.items() if r.operator is None}
    wanted = []
    for number, array in enumerate(variables):
        record = None if array.source is None else array.source.record
        if id(record) not in marked:
            raise GradientError(
                f"variable {number} is not marked or does not lead to the heads; call "
                "attach_grad() on it before recording"
            )
        wanted.append(marked[id(record)])
    with recording.mode_scope(recording=False, training=train_mode):
        made = tape.differentiate(wanted, create_graph=create_graph)
    if not (retain_graph or create_graph):
        tape.release()
    return [made[node] for node in wanted]


def _deliver(made: Handle, mark: Mark | None) -> None:
    assert mark is not None
    if mark.request == "write":
        copy(made, mark.gradient)
        return
    target = mark.gradient
    made = _brought(made, target.context)
    invoke(find("elemwise_add"), [target, made], {}, [target], type(target))


class _Tape:
    """The records under some heads as a graph, with the array of every entry."""

    def __init__(
        self, heads: Arrays, head_gradients: Sequence[Handle | None] | None
    ) -> None:
        sources = [_source_of(head, number) for number, head in enumerate(heads)]
        self.kind = type(heads[0])
        self.records: dict[Node, Record] = {}
        self.arrays: dict[Entry, Handle] = {}
        self.sources: dict[Entry, Source] = {}
        nodes: dict[int, Node] = {}
        for record in history([source.record for source in sources]):
            node = nodes[id(record)] = _node(record, nodes)
            self.records[node] = record
            for entry, value in zip(node.entries(), record.values or (), strict=True):
                self._know(entry, value, Source(record, entry.slot))
        self.heads = [Entry(nodes[id(s.record)], s.slot) for s in sources]
        self.head_gradients = _checked(heads, head_gradients)
        self.variables = [node for node in self.records if node.is_variable]

    def release(self) -> None:
        """Let go of what only another backward pass would need."""
        for record in self.records.values():
            record.release()

    def differentiate(
        self, wanted: Sequence[Node], *, create_graph: bool
    ) -> dict[Node, Handle]:
        """Return the gradients by variables."""
        for node in depending_on(self.records, wanted):
            _check_differentiable(node)
        made = gradient(self.heads, wanted, self._head_gradient)
        needed = set(topological_order(made.of[node].node for node in wanted))
        new = [node for node in made.nodes if node in needed]
        graph = self._inferred(made, new)
        read = {entry for node in new for entry in node.inputs} | set(made.of.values())
        if create_graph:  # a record holds all outputs of its call
            read |= {entry for node in new for entry in node.entries()}
        for node in new:
            self._run(node, graph, made.like, read)
            if create_graph:
                self._record(node)
        return {node: self._result(made.of[node]) for node in wanted}

    def _result(self, entry: Entry) -> Handle:
        array = self.arrays[entry].detach()
        array.source = self.sources.get(entry)
        return array

    def _know(self, entry: Entry, array: Handle, source: Source | None) -> None:
        self.arrays[entry] = array
        if source is not None:
            self.sources[entry] = source

    def _head_gradient(self, number: int) -> Entry:
        """Return the variable that holds the gradient of a head: ones by default."""
        head, given = self.arrays[self.heads[number]], self.head_gradients[number]
        if given is None:
            given = invoke(find("ones_like"), [head], {}, None, self.kind)[0]
        node = Node(None, f"head_gradient{number}")
        self.variables.append(node)
        self._know(Entry(node, 0), given, given.source)
        return Entry(node, 0)

    def _inferred(self, made: Gradients, new: Sequence[Node]) -> Graph:
        """Return the graph of both passes, with shapes and types."""
        calls = [node for node in self.records if not node.is_variable]
        shapes: dict[Entry, Any] = {e: a.shape for e, a in self.arrays.items()}
        dtypes: dict[Entry, Any] = {e: a.raw_dtype for e, a in self.arrays.items()}
        for entry, like in made.like.items():
            shapes[entry], dtypes[entry] = shapes[like], dtypes[like]
        graph = Graph((), (*self.variables, *calls, *new), 0)
        return infer_dtypes(infer_shapes(graph, shapes), dtypes)

    # One node of the backward pass

    def _run(
        self,
        node: Node,
        graph: Graph,
        like: Mapping[Entry, Entry],
        read: set[Entry],
    ) -> None:
        entries = node.entries()
        model = like.get(entries[0])
        arrays = [self.arrays[entry] for entry in node.inputs]
        context = arrays[0].context if model is None else self.arrays[model].context
        arrays = [_brought(array, context) for array in arrays]
        state = self.records[node.forward].state if node.forward else {}
        by_hand = state.get(BY_HAND)
        if by_hand is not None:
            outputs = by_hand(arrays)
        else:
            outputs = [
                self.kind.empty(s.shape, s.dtype, context) if e in read else None
                for e, s in zip(entries, _specifications(graph, entries), strict=True)
            ]
            call = _call(node, graph)
            training = recording.is_training()
            run(call, arrays, outputs, context, is_train=training, state=state)
        for entry, array in zip(entries, outputs, strict=True):
            if array is not None:
                self.arrays[entry] = array

    def _record(self, node: Node) -> None:
        """Record a call of the backward pass, so that it can be differentiated."""
        inputs = tuple(self.sources.get(e) or leaf(self.arrays[e]) for e in node.inputs)
        values = tuple(self.arrays[e].detach() for e in node.entries())
        record = Record(node.operator, node.parameters, inputs, values, {}, node.origin)
        for entry in node.entries():
            self.sources[entry] = Source(record, entry.slot)


def _check_differentiable(node: Node) -> None:
    operator = node.operator
    if operator is None or operator.gradient is not None:
        return
    if operator.name.startswith("_backward_"):
        raise GradientError(
            f"{describe(node)} has no gradient: what was recorded with "
            "create_graph=True can be differentiated again only where it has"
        )


def _source_of(head: Handle, number: int) -> Source:
    if head.source is None:
        raise GradientError(
            f"head {number} was not recorded: compute it inside autograd.record(), "
            "from arrays on which attach_grad() was called"
        )
    return head.source


def _checked(
    heads: Arrays, given: Sequence[Handle | None] | None
) -> list[Handle | None]:
    if given is None:
        return [None] * len(heads)
    if len(given) != len(heads):
        raise ArgumentError(
            f"there are {len(heads)} heads, but {len(given)} gradients of heads"
        )
    for number, (head, gradient_) in enumerate(zip(heads, given, strict=True)):
        if gradient_ is not None and gradient_.shape != head.shape:
            raise ArgumentError(
                f"head {number} has shape {head.shape}, but its gradient "
                f"{gradient_.shape}"
            )
    return list(given)


def _node(record: Record, nodes: Mapping[int, Node]) -> Node:
    if record.values is None:
        name = "?" if record.operator is None else record.operator.name
        raise GradientError(
            f"the call of {name} at {record.origin} was differentiated already and "
            "its values let go; pass retain_graph=True to the first backward"
        )
    return Node(
        record.operator,
        "array" if record.operator is None else record.operator.name,
        tuple(Entry(nodes[id(s.record)], s.slot) for s in record.inputs),
        parameters=record.attributes,
        origin=record.origin,
    )


def _brought(array: Handle, context: Context) -> Handle:
    if array.context == context:
        return array
    moved = type(array).empty(array.shape, array.raw_dtype, context)
    copy(array, moved)
    return moved


def _specifications(graph: Graph, entries: Sequence[Entry]) -> list[Specification]:
    found = []
    for entry in entries:
        shape, dtype = graph.shapes[entry], graph.dtypes[entry]
        assert shape is not None
        assert dtype is not None
        found.append(Specification(shape, dtype))
    return found


def _call(node: Node, graph: Graph) -> Call:
    operator = node.operator
    assert operator is not None
    return Call(
        operator,
        node.parameters,
        input_names(node),
        tuple(_specifications(graph, node.inputs)),
        tuple(_specifications(graph, node.entries())),
        node.visible_count,
        len(node.inputs) - node.argument_count,
    )


def graph_entry(array: Handle) -> Entry:
    """Return the recorded history of an array as an entry of a graph.

    Its variables are named ``var0``, ``var1``, ... as in MXNet.

    Raises
    ------
    GradientError
        It was not recorded.
    """
    source = _source_of(array, 0)
    nodes: dict[int, Node] = {}
    variables = calls = 0
    for record in history([source.record]):
        node = nodes[id(record)] = _node(record, nodes)
        if node.is_variable:
            node.name, variables = f"var{variables}", variables + 1
        else:
            node.name, calls = f"node_{calls}", calls + 1
    return Entry(nodes[id(source.record)], source.slot)
