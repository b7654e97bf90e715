"""Records what MXNet 1.9.1's metrics say, for tests/metric.

Run by a Python that has mxnet 1.9.1, from the project's root:

    PYTHONPATH=. python tests/golden/record_metrics.py
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import mxnet as mx

from tests.metric.cases import CASES, observe

if __name__ == "__main__":
    warnings.simplefilter("ignore")  # MXNet's metrics divide zeros
    found = {name: observe(mx, name) for name in CASES}
    lines = (f"{json.dumps(name)}: {json.dumps(seen)}" for name, seen in found.items())
    target = Path(__file__).with_name("metrics.json")
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{len(found)} metrics")
