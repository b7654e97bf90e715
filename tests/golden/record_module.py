"""Records what MXNet 1.9.1's modules do, for tests/module.

Run by a Python that has mxnet 1.9.1, from the project's root:

    PYTHONPATH=. python tests/golden/record_module.py
"""

from __future__ import annotations

import json
import tempfile
import warnings
from pathlib import Path

import mxnet as mx
import numpy as np

from tests.module.calls import CALLS, outcome
from tests.module.events import EVENTS
from tests.module.signatures import properties, signatures
from tests.module.trainings import TRAININGS, train

TARGET = Path(__file__).parent / "module"


def main() -> None:
    arrays, facts = {}, {}
    for name in TRAININGS:
        found, facts[name] = train(mx, name)
        arrays |= {f"{name}/{key}": value for key, value in found.items()}
    TARGET.mkdir(exist_ok=True)
    np.savez_compressed(TARGET / "trainings.npz", **arrays)
    write("trainings", facts)
    write("events", {name: run(mx) for name, run in EVENTS.items()})
    write("signatures", [signatures(mx), properties(mx)])
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error")
        write("calls", {name: outcome(mx, name, Path(folder)) for name in CALLS})


def write(name: str, content: object) -> None:
    text = json.dumps(content, indent=None, separators=(",", ":"))
    (TARGET / f"{name}.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
