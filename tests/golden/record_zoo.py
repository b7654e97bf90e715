"""Records the golden values of tests/test_zoo.py with MXNet 1.9.1.

The modules of the zoo run here on MXNet's own symbols. Run by a Python that has mxnet
1.9.1, from the project's root:

    PYTHONPATH=. python tests/golden/record_zoo.py
"""

from __future__ import annotations

import json
import sys
import types
from importlib import import_module
from pathlib import Path

import mxnet as mx

from tests.zoo_networks import NETWORKS, RUN, build, counts, run

ROOT = Path(__file__).parents[2]


def import_zoo() -> types.ModuleType:
    """Import the zoo with MXNet's symbols in place of this framework's."""
    package = types.ModuleType("dataflow")
    package.__path__ = [str(ROOT / "dataflow")]
    package.symbol = mx.symbol
    sys.modules |= {"dataflow": package, "dataflow.symbol": mx.symbol}
    return import_module("dataflow.zoo")


def main() -> None:
    zoo = import_zoo()
    found = {}
    for name in NETWORKS:
        symbol = build(mx, zoo, name)
        found[name] = counts(symbol, name)
        if name in RUN:
            found[name]["probabilities"] = run(mx, symbol, name)
    text = json.dumps(found, indent=1)
    (Path(__file__).parent / "zoo.json").write_text(text + "\n")
    print(f"{len(found)} networks")


if __name__ == "__main__":
    main()
