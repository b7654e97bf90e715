"""Records what MXNet 1.9.1's monitors tell, for tests/test_monitor.py.

Run by a Python that has mxnet 1.9.1, from the project's root:

    PYTHONPATH=. python tests/golden/record_monitor.py
"""

from __future__ import annotations

import json
from pathlib import Path

import mxnet as mx

from tests.monitors import OPTIONS, observe

if __name__ == "__main__":
    lines = (f"{json.dumps(n)}: {json.dumps(observe(mx, n))}" for n in OPTIONS)
    target = Path(__file__).with_name("monitor.json")
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n")
