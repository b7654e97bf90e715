"""Our side of the primitives."""

from __future__ import annotations

import numpy as np

import dataflow as mx
from bench.primitives.symbolic import workloads

VERSIONS = {"dataflow": mx.__version__, "NumPy": np.__version__}
WORKLOADS = workloads(mx)
