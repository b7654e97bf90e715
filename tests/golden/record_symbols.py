"""Records the golden values of tests/symbol with MXNet 1.9.1.

Run by a Python that has mxnet 1.9.1, from the project's root:

    PYTHONPATH=. python tests/golden/record_symbols.py
"""

from __future__ import annotations

import json
from pathlib import Path

import mxnet as mx

from tests.symbol.zoo import NETWORKS, describe


def main() -> None:
    found = {}
    for name, (build, shapes) in NETWORKS.items():
        with mx.name.NameManager():
            found[name] = describe(build(mx.sym), shapes)
    target = Path(__file__).parent / "symbols.json"
    target.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    print(f"{len(found)} networks")


if __name__ == "__main__":
    main()
