"""Records the golden values of tests/model with MXNet 1.9.1.

Run by a Python that has mxnet 1.9.1, from the project's root:

    PYTHONPATH=. python tests/golden/record_model.py
"""

from __future__ import annotations

import json
from pathlib import Path

import mxnet as mx
import numpy as np

from tests.model import programs

FOLDER = Path(__file__).parent / "model"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    programs.save(mx, FOLDER)
    fits = {
        f"{name}/{key}": value
        for name, program in programs.FITS.items()
        for key, value in program(mx).items()
    }
    np.savez_compressed(FOLDER / "fits.npz", **fits)
    calls = {"updates": programs.updates(mx), "choices": programs.choices(mx)}
    (FOLDER / "calls.json").write_text(json.dumps(calls, indent=1) + "\n")
    print(f"{len(fits)} values of {len(programs.FITS)} trainings")


if __name__ == "__main__":
    main()
