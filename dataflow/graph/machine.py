"""What a compilation asks of the machine that the graph is to run on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from dataflow.graph.graph import Graph
from dataflow.graph.node import Node
from dataflow_ops.chains import Chain
from dataflow_ops.fused import Program
from dataflow_ops.images import Images

Array = Any  # numpy.ndarray


class Machine(Protocol):
    """Answers for the kernels that would run a placed graph's nodes."""

    def workspace(self, graph: Graph, node: Node) -> int:
        """Bytes of scratch memory that a node's kernel wants."""

    def is_asynchronous(self, graph: Graph, node: Node) -> bool:
        """Tell whether a node runs on another lane than its context's."""

    def images(self, graph: Graph, node: Node) -> Images:
        """Return which of a node's arrays may lie with the channels last."""

    def fusing_pays(self, program: Program) -> bool:
        """Tell whether a group of elementwise nodes runs faster as one."""

    def chaining_pays(self, chain: Chain) -> bool:
        """Tell whether a producer and what follows it run faster as one."""

    def computed(
        self, graph: Graph, node: Node, inputs: Sequence[Array]
    ) -> tuple[Array, ...]:
        """Compute a node's outputs, now and in the host's memory."""
