"""A network's symbol as a list of steps, for libraries that cannot read its JSON."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Step:
    """One operator: its name, its own and those of its inputs, its attributes."""

    operator: str
    name: str
    inputs: Sequence[str]
    attributes: Mapping[str, Any]

    def pair(self, attribute: str, otherwise: int) -> tuple[int, int]:
        """Return an attribute that is given for both sides of an image."""
        value = self.attributes.get(attribute, (otherwise, otherwise))
        return value[0], value[1]


def steps(symbol: str) -> list[Step]:
    """Read the JSON of a symbol whose operators have one visible output each."""
    nodes = json.loads(symbol)["nodes"]
    return [
        Step(
            node["op"],
            node["name"],
            [nodes[source[0]]["name"] for source in node["inputs"]],
            {k: _value(v) for k, v in node.get("attrs", {}).items()},
        )
        for node in nodes
        if node["op"] != "null"
    ]


def _value(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
