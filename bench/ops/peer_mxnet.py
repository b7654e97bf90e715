"""MXNet's side of the operators."""

from __future__ import annotations

import mxnet as mx
import numpy as np

from bench.ops.symbolic import workloads

VERSIONS = {"MXNet": mx.__version__, "NumPy": np.__version__}
WORKLOADS = workloads(mx)
