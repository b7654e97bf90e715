"""Our side of the operators."""

from __future__ import annotations

import numpy as np

import dataflow as mx
from bench.ops.symbolic import workloads

VERSIONS = {"dataflow": mx.__version__, "NumPy": np.__version__}
WORKLOADS = workloads(mx)
