"""Records the batches of MXNet 1.9.1's iterators and its files, for tests/io.

Run by a Python that has mxnet 1.9.1, from the project's root (and again if MXNet
crashes, as its readers do now and then):

    PYTHONPATH=. python tests/golden/record_io.py
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import mxnet as mx

from tests.io.augmenting import (
    AUGMENTERS,
    CROPS,
    SETTINGS,
    boxes,
    changed,
    listed,
)
from tests.io.cases import CASES, observe, write_files
from tests.io.records import RECORDS, written
from tests.io.signatures import CLASSES, READERS, described, signature

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_files(mx, folder)
        found = {name: observe(mx, folder, name) for name in CASES}
        for name in RECORDS:
            found[f"file {name}"] = written(mx, folder, name).hex()
    found |= {f"augmenter {name}": changed(mx, name) for name in AUGMENTERS}
    found |= {f"augmenters {name}": listed(mx, name) for name in SETTINGS}
    found |= {f"crop {name}": boxes(mx, name) for name in CROPS}
    found |= {f"signature {name}": signature(mx, name) for name in CLASSES}
    found |= {f"signature {name}": described(mx, name) for name in READERS}
    lines = (f"{json.dumps(name)}: {json.dumps(seen)}" for name, seen in found.items())
    target = Path(__file__).with_name("io.json")
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{len(found)} cases, {target.stat().st_size} bytes")
