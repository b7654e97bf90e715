"""Records the golden values of tests/kvstore with MXNet 1.9.1.

Run by a Python that has mxnet 1.9.1, from the project's root:

    PYTHONPATH=. python tests/golden/record_kvstore.py
"""

from __future__ import annotations

from pathlib import Path

import mxnet as mx
import numpy as np

from tests.kvstore.programs import PROGRAMS


def main() -> None:
    found = {
        f"{name}/{number}": array
        for name, program in PROGRAMS.items()
        for number, array in enumerate(program(mx))
    }
    np.savez_compressed(Path(__file__).parent / "kvstore.npz", **found)
    print(f"{len(PROGRAMS)} programs, {len(found)} arrays")


if __name__ == "__main__":
    main()
