"""MXNet's side of the graphs."""

from __future__ import annotations

import mxnet as mx

from bench.graphs.symbolic import workloads

VERSIONS = {"MXNet": mx.__version__}
WORKLOADS = workloads(mx)
