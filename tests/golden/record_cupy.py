"""Records names of CuPy: those shared with NumPy, for tests/ops/test_portability.py,
and those of cupy.cuda, for tests/engine/test_cuda.py.

Run by a Python that has cupy (no GPU is needed), from the project's root:

    python tests/golden/record_cupy.py
"""

from __future__ import annotations

import json
from pathlib import Path

import cupy
import cupy.linalg
import cupyx.scipy.special

CUDA = {
    "": cupy.cuda,
    "runtime.": cupy.cuda.runtime,
    "Device.": cupy.cuda.Device,
    "Event.": cupy.cuda.Event,
    "Graph.": cupy.cuda.Graph,
    "PinnedMemoryPool.": cupy.cuda.PinnedMemoryPool,
    "Stream.": cupy.cuda.Stream,
}
PLACES = {"": cupy, "linalg.": cupy.linalg, "special.": cupyx.scipy.special}

if __name__ == "__main__":
    names = {
        prefix + name
        for prefix, place in PLACES.items()
        for name in dir(place)
        if not name.startswith("_")
    }
    # Some change with the CUDA that CuPy was built for; the test asks for few.
    cuda = {prefix + name for prefix, place in CUDA.items() for name in dir(place)}
    cuda -= {name for name in cuda if "._" in name and "__enter__" not in name}
    target = Path(__file__).parent / "cupy_names.json"
    made = {
        "version": cupy.__version__,
        "names": sorted(names),
        "cuda": sorted(name for name in cuda if not name.startswith("_")),
    }
    target.write_text(json.dumps(made, indent=0) + "\n")
    print(len(names))
