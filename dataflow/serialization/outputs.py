"""How many outputs MXNet's files count for a node, those that nobody sees included."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dataflow.graph.node import Node


def counted_outputs(node: Node) -> int:
    """Return how many outputs MXNet 1.9.1 counts, in its ``node_row_ptr``."""
    rule = None if node.operator is None else _RULES.get(node.operator.name)
    return node.output_count if rule is None else rule(node)


def may_count(node: Node, outputs: int) -> bool:
    """Tell whether some build of MXNet 1.9.1 counts so many outputs."""
    return outputs in (counted_outputs(node), node.output_count)


def _pooling(node: Node) -> int:
    """Count the places of the maxima, which only builds with oneDNN have."""
    layout = node.parameters.get("layout") or "NC"
    return 1 + (node.parameters.pool_type == "max" and layout.startswith("NC"))


# Where they are not the outputs that a declaration of ours has.
_RULES: Mapping[str, Callable[[Node], int]] = {
    "BilinearSampler": lambda node: 2,
    "Correlation": lambda node: 3,
    "GridGenerator": lambda node: 2,
    "Pooling": _pooling,
    "RNN": lambda node: node.visible_count,
    "SpatialTransformer": lambda node: 3,
    "_contrib_BatchNormWithReLU": lambda node: 4,
    "_linalg_det": lambda node: 3,
    "_linalg_slogdet": lambda node: 4,
}
