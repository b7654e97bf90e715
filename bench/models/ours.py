"""Our side of the models."""

from __future__ import annotations

import numpy as np

import dataflow as mx
from bench.models.fitting import FITTING
from bench.models.symbolic import workloads

VERSIONS = {"dataflow": mx.__version__, "NumPy": np.__version__}
WORKLOADS = {**workloads(mx), **FITTING}
