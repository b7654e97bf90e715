"""MXNet's Symbol API on a pure Python asynchronous dependency engine."""

from dataflow import (
    attribute,
    autograd,
    context,
    engine,
    name,
    ndarray,
    operator,
    profiler,
    random,
    symbol,
    visualization,
)
from dataflow import ndarray as nd
from dataflow import symbol as sym
from dataflow import visualization as viz
from dataflow.attribute import AttrScope
from dataflow.context import Context, cpu, cpu_pinned, current_context, gpu, num_gpus
from dataflow.errors import MXNetError
from dataflow.executor import Executor
from dataflow.ndarray import waitall

__version__ = "0.1.0"

__all__ = [
    "AttrScope",
    "Context",
    "Executor",
    "MXNetError",
    "attribute",
    "autograd",
    "context",
    "cpu",
    "cpu_pinned",
    "current_context",
    "engine",
    "gpu",
    "name",
    "nd",
    "ndarray",
    "num_gpus",
    "operator",
    "profiler",
    "random",
    "sym",
    "symbol",
    "visualization",
    "viz",
    "waitall",
]
