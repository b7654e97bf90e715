"""MXNet's Symbol API on a pure Python asynchronous dependency engine."""

from dataflow import (
    attribute,
    autograd,
    callback,
    context,
    engine,
    image,
    initializer,
    io,
    kvstore,
    lr_scheduler,
    metric,
    model,
    module,
    monitor,
    name,
    ndarray,
    operator,
    optimizer,
    profiler,
    random,
    recordio,
    registry,
    rnn,
    symbol,
    test_utils,
    visualization,
    zoo,
)
from dataflow import image as img
from dataflow import initializer as init
from dataflow import kvstore as kv
from dataflow import module as mod
from dataflow import monitor as mon
from dataflow import ndarray as nd
from dataflow import symbol as sym
from dataflow import visualization as viz
from dataflow.attribute import AttrScope
from dataflow.context import (
    Context,
    cpu,
    cpu_pinned,
    current_context,
    gpu,
    num_gpus,
    sim,
)
from dataflow.errors import MXNetError
from dataflow.executor import Executor
from dataflow.fpmath import fpmath_mode
from dataflow.ndarray import waitall

__version__ = "0.1.0"

__all__ = [
    "AttrScope",
    "Context",
    "Executor",
    "MXNetError",
    "attribute",
    "autograd",
    "callback",
    "context",
    "cpu",
    "cpu_pinned",
    "current_context",
    "engine",
    "fpmath_mode",
    "gpu",
    "image",
    "img",
    "init",
    "initializer",
    "io",
    "kv",
    "kvstore",
    "lr_scheduler",
    "metric",
    "mod",
    "model",
    "module",
    "mon",
    "monitor",
    "name",
    "nd",
    "ndarray",
    "num_gpus",
    "operator",
    "optimizer",
    "profiler",
    "random",
    "recordio",
    "registry",
    "rnn",
    "sim",
    "sym",
    "symbol",
    "test_utils",
    "visualization",
    "viz",
    "waitall",
    "zoo",
]
