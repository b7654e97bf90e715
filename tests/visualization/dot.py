"""Reads the statements of a text in Graphviz's language, as far as it is used here."""

from __future__ import annotations

import re

Attributes = dict[str, str]

WORD = r'(?:"(?:[^"\\]|\\.)*"|[^\s\[\]=;"]+)'
STATEMENT = re.compile(rf"^\t+({WORD})(?: -> ({WORD}))? \[(.*?)\]$", re.DOTALL | re.M)
ATTRIBUTE = re.compile(rf"({WORD})=({WORD})", re.DOTALL)


def statements(
    source: str,
) -> tuple[dict[str, Attributes], list[tuple[str, str, str]]]:
    """Return the nodes by name, and the edges as tail, head and label."""
    nodes: dict[str, Attributes] = {}
    edges: list[tuple[str, str, str]] = []
    for tail, head, inside in STATEMENT.findall(source):
        found = {_plain(k): _plain(v) for k, v in ATTRIBUTE.findall(inside)}
        if head:
            edges.append((_plain(tail), _plain(head), found.get("label", "")))
        else:
            nodes[_plain(tail)] = found
    return nodes, edges


def _plain(word: str) -> str:
    return word[1:-1] if word.startswith('"') else word
