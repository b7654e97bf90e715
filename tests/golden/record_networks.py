"""Records the golden values of tests/visualization with MXNet 1.9.1.

Run by a Python that has mxnet 1.9.1 and graphviz, from the project's root:

    PYTHONPATH=. python tests/golden/record_networks.py
"""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import mxnet as mx

from tests.visualization.dot import statements
from tests.visualization.zoo import NETWORKS


def picture(symbol: Any, shapes: Any) -> Any:
    """Return the nodes and edges that it draws, or why it fails."""
    try:
        nodes, edges = statements(mx.viz.plot_network(symbol, shape=shapes).source)
    except Exception as error:
        return repr(error)
    kept = {
        name: [attributes["label"], attributes["shape"], attributes["fillcolor"]]
        for name, attributes in nodes.items()
    }
    return {"nodes": kept, "edges": edges}


def summary(symbol: Any, shapes: Any) -> Any:
    """Return the lines that it prints, or why it fails."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            mx.viz.print_summary(symbol, shape=shapes)
    except Exception as error:
        return repr(error)
    lines = [line.rstrip() for line in printed.getvalue().splitlines()]
    return [line for line in lines if line.strip("_=")]


def main() -> None:
    found = {}
    for name, (build, shapes) in NETWORKS.items():
        with mx.name.NameManager():
            symbol = build(mx.sym)
        found[name] = {
            "picture": picture(symbol, shapes),
            "summary": summary(symbol, shapes),
        }
    target = Path(__file__).parent / "networks.json"
    target.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    print(f"{len(found)} networks")


if __name__ == "__main__":
    main()
