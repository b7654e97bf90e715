"""The gradient pass: backward operators become ordinary nodes of the graph.

Reverse accumulation: nodes are visited from the outputs to the inputs, and each
operator's own rule turns the gradients of its outputs into those of its inputs.
Where several paths meet, the contributions are summed by one ``add_n``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dataflow.errors import ArgumentError
from dataflow.graph.graph import topological_order
from dataflow.graph.node import Entry, Node, input_names, output_name
from dataflow_ops.attributes import Attributes
from dataflow_ops.registry import Operator, find

HeadGradient = Callable[[int], Entry]


@dataclass(frozen=True)
class Gradients:
    """What the pass made.

    Parameters
    ----------
    of : mapping of Node
        Each wanted argument's gradient; zeros where nothing flows to it.
    like : mapping of Entry
        The forward entry whose shape and type a backward entry has.
    nodes : sequence of Node
        All nodes made, each after those that it reads: backward work in the reverse
        order of the forward work, which frees what was kept for it soonest.
    """

    of: Mapping[Node, Entry]
    like: Mapping[Entry, Entry]
    nodes: Sequence[Node]


@dataclass
class _State:
    """What is known while walking backwards."""

    heads: dict[Entry, list[int]]  # outputs whose own gradient was not asked for yet
    head_gradient: HeadGradient
    arriving: dict[Entry, list[Entry]] = field(default_factory=dict)
    like: dict[Entry, Entry] = field(default_factory=dict)
    made: list[Node] = field(default_factory=list)

    def add(self, entry: Entry, gradient: Entry) -> None:
        self.arriving.setdefault(entry, []).append(gradient)
        self.like.setdefault(gradient, entry)

    def reached(self, entry: Entry) -> bool:
        return entry in self.heads or entry in self.arriving

    def total(self, entry: Entry) -> Entry | None:
        """Return the gradient of a forward entry, summed over all its readers."""
        for number in self.heads.pop(entry, ()):
            self.add(entry, self.head_gradient(number))
        parts = self.arriving.get(entry)
        if parts is None:
            return None
        if len(parts) > 1:
            parts = [self._sum(entry, parts)]
            self.arriving[entry] = parts
        return parts[0]

    def make(
        self,
        forward: Node,
        suffix: str,
        operator: str | Operator,
        inputs: tuple[Entry, ...],
        attributes: Mapping[str, Any],
    ) -> Node:
        declared = find(operator) if isinstance(operator, str) else operator
        node = Node(
            declared,
            forward.name + suffix,
            inputs,
            parameters=_parsed(declared, attributes, forward),
            origin=forward.origin,
            forward=forward,
        )
        self.made.append(node)
        return node

    def zeros(self, entry: Entry) -> Entry:
        """Return zeros like an entry, without reading (and so keeping) it."""
        zeros = Entry(self.make(entry.node, "_zeros", "_backward_zeros", (), {}), 0)
        self.like[zeros] = entry
        return zeros

    def _sum(self, entry: Entry, parts: Sequence[Entry]) -> Entry:
        terms = {"num_args": len(parts)}
        node = self.make(entry.node, "_gradient_sum", "add_n", tuple(parts), terms)
        self.like[Entry(node, 0)] = entry
        return Entry(node, 0)


def gradient(
    outputs: Sequence[Entry], wanted: Iterable[Node], head_gradient: HeadGradient
) -> Gradients:
    """Build the gradients of `wanted` variables by all `outputs`.

    Parameters
    ----------
    outputs : sequence of Entry
        The heads that are differentiated.
    wanted : iterable of Node
        Variables whose gradients are wanted.
    head_gradient : callable
        Gives the entry that holds the gradient of output number i; asked only where an
        operator needs it (losses do not).
    """
    order = topological_order(entry.node for entry in outputs)
    wanted = dict.fromkeys(wanted)
    needed = depending_on(order, wanted)
    heads: dict[Entry, list[int]] = {}
    for number, entry in enumerate(outputs):
        heads.setdefault(entry, []).append(number)
    state = _State(heads, head_gradient)
    for node in reversed(order):
        if node in needed and not node.is_variable:
            _differentiate(node, state, needed)
    found = {node: state.total(Entry(node, 0)) for node in wanted}
    return Gradients(
        {node: entry or state.zeros(Entry(node, 0)) for node, entry in found.items()},
        state.like,
        state.made,
    )


def loss_gradients(outputs: Sequence[Entry], wanted: Sequence[Node]) -> list[Entry]:
    """Return the gradients of losses by some variables.

    Raises
    ------
    ArgumentError
        An output is no loss.
    """

    def refuse(number: int) -> Entry:
        raise ArgumentError(
            f"output '{output_name(outputs[number])}' is not a loss, so its gradient "
            "is not known; end the symbol in a loss such as MakeLoss"
        )

    made = gradient(outputs, wanted, refuse)
    likeness: dict[Node, dict[int, Entry]] = {}
    for entry, like in made.like.items():
        likeness.setdefault(entry.node, {})[entry.slot] = like
    for node in made.nodes:  # ordinary nodes from now on, which a user composes with
        node.like = likeness.get(node, {})
        if node.forward is not None:
            node.attributes = dict(node.forward.attributes)
            node.forward = None
    return [made.of[node] for node in wanted]


def depending_on(order: Iterable[Node], wanted: Collection[Node]) -> set[Node]:
    """Return the nodes that some of the wanted ones lead to, in their given order."""
    needed: set[Node] = set()
    for node in order:
        if node in wanted or any(entry.node in needed for entry in node.inputs):
            needed.add(node)
    return needed


def _differentiate(node: Node, state: _State, needed: set[Node]) -> None:
    assert node.operator is not None
    if node.operator.gradient is None or not any(map(state.reached, node.entries())):
        return
    made = node.operator.gradient(_Call(node, state))
    for source, grad in zip(node.inputs, made, strict=True):
        if grad is not None:
            state.like.setdefault(grad, source)
            if source.node in needed:
                state.add(source, grad)


def _parsed(operator: Operator, given: Mapping[str, Any], forward: Node) -> Attributes:
    """Parse what a rule gives an operator; mostly that is what forward has already."""
    if (
        forward.operator is not None
        and forward.parameters.hold(given)
        and forward.operator.attributes == operator.attributes
    ):
        return forward.parameters
    return operator.parse(given)


class _Call:
    """A forward node as its operator's gradient rule sees it."""

    def __init__(self, node: Node, state: _State) -> None:
        self._node = node
        self._state = state
        self._made = 0
        self.attributes = node.parameters
        self.inputs = node.inputs
        self.outputs = node.entries()

    def input(self, name: str) -> Entry:
        return dict(zip(input_names(self._node), self.inputs, strict=True))[name]

    def output(self, name: str) -> Entry:
        assert self._node.operator is not None
        names = self._node.operator.output_names(self.attributes)
        return dict(zip(names, self.outputs, strict=True))[name]

    def out_grad(self, index: int = 0) -> Entry:
        entry = self.outputs[index]
        total = self._state.total(entry)
        return total if total is not None else self._state.zeros(entry)

    def make(
        self, operator: str | Operator, *inputs: Entry, **attributes: Any
    ) -> tuple[Entry, ...]:
        suffix = f"_backward{self._made or ''}"
        self._made += 1
        node = self._state.make(self._node, suffix, operator, inputs, attributes)
        return node.entries()
