"""jax's side of binding: its import."""

from __future__ import annotations

import jax

from bench.binding.importing import importing

VERSIONS = {"jax": jax.__version__}
WORKLOADS = importing("jax")
