"""Records the names that CuPy shares with NumPy, for tests/ops/test_portability.py.

Run by a Python that has cupy (no GPU is needed), from the project's root:

    python tests/golden/record_cupy.py
"""

from __future__ import annotations

import json
from pathlib import Path

import cupy
import cupy.linalg
import cupyx.scipy.special

PLACES = {"": cupy, "linalg.": cupy.linalg, "special.": cupyx.scipy.special}

if __name__ == "__main__":
    names = {
        prefix + name
        for prefix, place in PLACES.items()
        for name in dir(place)
        if not name.startswith("_")
    }
    target = Path(__file__).parent / "cupy_names.json"
    made = {"version": cupy.__version__, "names": sorted(names)}
    target.write_text(json.dumps(made, indent=0) + "\n")
    print(len(names))
