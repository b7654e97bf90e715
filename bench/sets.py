"""The list of all workload sets."""

from __future__ import annotations

from bench.binding.rows import BINDING
from bench.engine.kernel_rows import KERNELS
from bench.engine.rows import ENGINE
from bench.executor.rows import EXECUTOR
from bench.graphs.rows import GRAPHS
from bench.memory.rows import MEMORY
from bench.models.rows import MODELS
from bench.ops.rows import OPERATORS
from bench.primitives.rows import PRIMITIVES
from bench.rows import WorkloadSet

SETS: dict[str, WorkloadSet] = {
    s.name: s
    for s in (
        ENGINE,
        KERNELS,
        EXECUTOR,
        GRAPHS,
        MODELS,
        BINDING,
        MEMORY,
        OPERATORS,
        PRIMITIVES,
    )
}
