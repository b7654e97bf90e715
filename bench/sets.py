"""The list of all workload sets."""

from __future__ import annotations

from bench.engine.rows import ENGINE
from bench.executor.rows import EXECUTOR
from bench.models.rows import MODELS
from bench.ops.rows import OPERATORS
from bench.rows import WorkloadSet

SETS: dict[str, WorkloadSet] = {
    s.name: s for s in (ENGINE, EXECUTOR, MODELS, OPERATORS)
}
