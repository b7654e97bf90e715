"""Records the golden values of tests/optimizer with MXNet 1.9.1.

Run by a Python that has mxnet 1.9.1, from the project's root:

    PYTHONPATH=. python tests/golden/record_optimizers.py
"""

from __future__ import annotations

from pathlib import Path

import mxnet as mx
import numpy as np

from tests.optimizer.runs import RUNS, play


def main() -> None:
    found = {
        name: play(mx, run).astype("float32" if run.dtype != "float64" else "float64")
        for name, run in RUNS.items()
    }
    np.savez_compressed(Path(__file__).parent / "optimizers.npz", **found)
    print(f"{len(found)} runs")


if __name__ == "__main__":
    main()
