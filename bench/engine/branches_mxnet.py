"""MXNet's side: the branches in its executor, with as many workers as cores."""

from __future__ import annotations

import os

os.environ.setdefault("MXNET_CPU_WORKER_NTHREADS", str(os.cpu_count() or 1))

import mxnet as mx

from bench.engine import branches

VERSIONS = {"MXNet": mx.__version__}
WORKLOADS = branches.workloads(mx, "auto")
