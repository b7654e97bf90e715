"""Records the golden values of tests/rnn with MXNet 1.9.1.

Run by a Python that has mxnet 1.9.1, from the project's root:

    PYTHONPATH=. python tests/golden/record_rnn.py
"""

from __future__ import annotations

import json
from pathlib import Path

import mxnet as mx
import numpy as np

from tests.rnn import zoo


def main() -> None:
    found = {
        "graphs": {name: zoo.graph(zoo.build(mx, name)) for name in zoo.NETWORKS},
        "weights": {name: zoo.unpacked(mx, name) for name in zoo.WEIGHTS},
        "signatures": zoo.signatures(mx),
        "batches": {name: zoo.batches(mx, name) for name in zoo.ITERATORS},
    }
    values = {name: zoo.run(mx, name) for name in zoo.NETWORKS if zoo.is_run(name)}
    folder = Path(__file__).parent
    text = json.dumps(found, separators=(",", ":"))
    (folder / "rnn.json").write_text(text.replace("],", "],\n") + "\n")
    np.savez_compressed(folder / "rnn.npz", **values)
    print({part: len(cases) for part, cases in found.items()})


if __name__ == "__main__":
    main()
