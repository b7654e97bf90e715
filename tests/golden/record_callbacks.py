"""Records what MXNet 1.9.1's callbacks log, for tests/test_callback.py.

Run by a Python that has mxnet 1.9.1, from the project's root:

    PYTHONPATH=. python tests/golden/record_callbacks.py
"""

from __future__ import annotations

import json
from pathlib import Path
from unittest import mock

import mxnet as mx

from tests.callbacks import CALLBACKS, Clock, logged

if __name__ == "__main__":
    found = {}
    for name in CALLBACKS:
        clock = Clock()
        with mock.patch("time.time", clock):
            found[name] = logged(mx, name, clock, {})
    target = Path(__file__).with_name("callbacks.json")
    target.write_text(json.dumps(found, indent=1) + "\n")
