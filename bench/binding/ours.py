"""Our side of binding."""

from __future__ import annotations

import dataflow as mx
from bench.binding.importing import importing
from bench.binding.symbolic import workloads
from bench.models.making import shared

VERSIONS = {"dataflow": mx.__version__}
WORKLOADS = {**importing("dataflow"), **workloads(mx, shared)}
