"""torch's side of binding: its import."""

from __future__ import annotations

import torch

from bench.binding.importing import importing

VERSIONS = {"torch": torch.__version__}
WORKLOADS = importing("torch")
