"""MXNet's side of the primitives."""

from __future__ import annotations

import mxnet as mx
import numpy as np

from bench.primitives.symbolic import workloads

VERSIONS = {"MXNet": mx.__version__, "NumPy": np.__version__}
WORKLOADS = workloads(mx)
