"""Records what MXNet 1.9.1's profiler tells, for tests/profiler/test_agreement.py.

Run by a Python that has mxnet 1.9.1, from the project's root:

    PYTHONPATH=. python tests/golden/record_profiler.py
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import mxnet as mx

from tests.profiler.observations import observe

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        facts = observe(mx, Path(folder))
    lines = (f"{json.dumps(n)}: {json.dumps(f)}" for n, f in facts.items())
    target = Path(__file__).with_name("profiler.json")
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n")
