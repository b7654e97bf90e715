"""Computing one node of a graph at once, before there is a plan."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dataflow.context import Context
from dataflow.executor.facts import specifications_of
from dataflow.graph.graph import Graph
from dataflow.graph.node import Node
from dataflow.storage import Array, allocate
from dataflow_ops.errors import DeclarationError
from dataflow_ops.kernels.table import Invocation, Request, bind_quietly, lookup

_HOST = Context("cpu", 0)


def computed(graph: Graph, node: Node, inputs: Sequence[Array]) -> tuple[Array, ...]:
    """Compute a node's outputs with its reference kernel, in the host's memory.

    Parameters
    ----------
    graph : Graph
        Placed, with all shapes and types.
    node : Node
        One that only computes its outputs.
    inputs : sequence of numpy.ndarray
        What it reads.

    Raises
    ------
    Exception
        Whatever the kernel raises.
    """
    assert node.operator is not None
    kernel = lookup("reference", node.operator.name)
    if kernel is None:
        raise DeclarationError(f"no reference kernel computes {node.operator.name}")
    reads, writes = specifications_of(graph, node)
    outputs = tuple(allocate(made.shape, made.dtype, _HOST) for made in writes)
    nbytes = 0
    if kernel.workspace is not None:
        nbytes = kernel.workspace(node.parameters, reads, writes)
    run = bind_quietly(
        kernel,
        Invocation(
            xp=np,
            attributes=node.parameters,
            inputs=tuple(inputs),
            outputs=outputs,
            requests=(Request.WRITE,) * len(outputs),
            workspace=np.empty(nbytes, np.uint8) if nbytes else None,
            shapes=tuple(made.shape for made in writes),
            state={},
            device=_HOST,
        ),
    )
    if run is not None:
        run()
    return outputs
