"""How long a new interpreter takes to import a library, and to end."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

from bench.workload import Factory, Workload


def _importing(statement: str) -> Workload:
    command = [sys.executable, "-c", statement]
    return Workload(partial(subprocess.run, command, check=True))


def importing(module: str) -> dict[str, Factory]:
    """Return the factories: the library's, and that of an interpreter alone."""
    return {
        "import": partial(_importing, f"import {module}"),
        "interpreter": partial(_importing, "pass"),
    }
