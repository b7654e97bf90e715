"""What the kernels of this machine say of a graph's nodes.

Asked for again and again while a graph is compiled and lowered, so that a graph keeps
the answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dataflow.executor.weights import may_be_kept
from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node
from dataflow.ndarray.calls import lane_of
from dataflow.storage import aligned
from dataflow_ops.images import Images
from dataflow_ops.kernels import orders
from dataflow_ops.kernels.backends import select
from dataflow_ops.kernels.orders import copy_bytes
from dataflow_ops.kernels.table import Kernel, Specification

Specifications = tuple[list[Specification], list[Specification]]


def workspace_bytes(graph: Graph, node: Node) -> int:
    """Bytes of scratch memory that a node's kernel wants, and copies for it."""
    if is_transfer(graph, node):
        return 0
    own = kernel_bytes(graph, node)
    if not graph.channels_last and not graph.parts:  # then all kernels take all
        return own
    copies = copy_bytes(images_of(graph, node), *specifications_of(graph, node))
    return aligned(own) + copies if copies else own


def kernel_bytes(graph: Graph, node: Node) -> int:
    """Bytes of scratch memory that a node's kernel wants for itself."""
    _, kernel = kernel_of(graph, node)
    if kernel.workspace is None:
        return 0
    return kernel.workspace(node.parameters, *specifications_of(graph, node))


def kept_bytes(graph: Graph, node: Node) -> int:
    """Bytes that a node's kernel keeps from run to run, outside of the plan."""
    if is_transfer(graph, node):
        return 0
    _, kernel = kernel_of(graph, node)
    if kernel.keeps is None:
        return 0
    gradients = len(graph.heads) > graph.output_count
    if not gradients and not may_be_kept():
        return 0
    return kernel.keeps(node.parameters, *specifications_of(graph, node), gradients)


def images_of(graph: Graph, node: Node) -> Images:
    """Return which of a node's arrays may lie with the channels last."""
    assert node.operator is not None
    if is_transfer(graph, node):
        return Images()
    _, kernel = kernel_of(graph, node)
    name, specifications = node.operator.name, specifications_of(graph, node)
    return orders.images_of(name, kernel, node.parameters, *specifications)


def is_transfer(graph: Graph, node: Node) -> bool:
    """Tell whether a node copies to or from a device."""
    if node.operator is None or node.operator.name != "_CrossDeviceCopy":
        return False
    ends = graph.contexts[node.inputs[0].node], graph.contexts[node]
    return ends[0] != ends[1] and any(context.is_device for context in ends)


def runs_outside(graph: Graph, node: Node, states: dict[Node, dict[Any, Any]]) -> bool:
    """Tell whether a node runs on another lane than its context's."""
    if is_transfer(graph, node):
        return True
    _, kernel = kernel_of(graph, node)
    if kernel.waits is None:  # it runs no code of users
        return False
    context = graph.contexts[node]
    return lane_of(kernel, context) != context.lane or waits_outside(
        graph, node, states
    )


def waits_outside(graph: Graph, node: Node, states: dict[Node, dict[Any, Any]]) -> bool:
    """Tell whether a node's kernel is awaited, on the io lane."""
    _, kernel = kernel_of(graph, node)
    if kernel.waits is None:
        return False
    inputs, _ = specifications_of(graph, node)
    state = states.setdefault((node.forward or node).source, {})
    return kernel.waits(node.parameters, inputs, state, graph.contexts[node])


def has_own_threads(graph: Graph) -> bool:
    """Tell whether a kernel of the graph computes in threads that are not BLAS's."""
    return any(
        kernel_of(graph, node)[0] == "onednn"
        for node in graph.operators
        if not is_transfer(graph, node)
    )


def kernel_of(graph: Graph, node: Node) -> tuple[str, Kernel]:
    """Return the back end that computes a node, and its kernel."""
    known: dict[Node, tuple[str, Kernel]] = graph.notes.setdefault("kernels", {})
    found = known.get(node)
    if found is None:
        assert node.operator is not None
        device = graph.contexts[node].device_type
        given = specifications_of(graph, node)
        found = known[node] = select(
            node.operator.name, node.parameters, *given, device
        )
    return found


def specifications_of(graph: Graph, node: Node) -> Specifications:
    """Return what a node's inputs and outputs are like."""
    known: dict[Node, Specifications] = graph.notes.setdefault("specifications", {})
    found = known.get(node)
    if found is None:
        found = known[node] = (
            _specifications(graph, node.inputs),
            _specifications(graph, node.entries()),
        )
    return found


def _specifications(graph: Graph, entries: Sequence[Entry]) -> list[Specification]:
    known: dict[Entry, Specification] = graph.notes.setdefault("entries", {})
    for entry in entries:
        if entry not in known:
            known[entry] = _specification(graph, entry)
    return [known[entry] for entry in entries]


def _specification(graph: Graph, entry: Entry) -> Specification:
    shape, dtype = graph.shapes[entry], graph.dtypes[entry]
    assert shape is not None
    assert dtype is not None
    part = graph.parts.get(entry)
    has_gaps = part is not None and not part.is_close
    return Specification(shape, dtype, entry in graph.channels_last, has_gaps)
