"""Older forms of graphs: what changed since, by the version that a file gives.

The rules are MXNet's own, so that both read the same from one file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dataflow.attribute import ANNOTATIONS
from dataflow.graph.node import Entry

ADDED_STATES = 900  # before it, files left auxiliary states out
NAMED_INITIALIZERS = 904  # before it, states had no ``__init__``
OPTIONAL_AXIS = 905  # before it, an axis of -1 stood for none
CURRENT = 10901  # before it, annotations may lack their underscores

# Operators that are gone, and those that do the same.
RENAMED: Mapping[str, str] = {
    "CuDNNBatchNorm": "BatchNorm",
}


def split_annotations(
    attributes: Mapping[str, str],
) -> tuple[dict[str, str], dict[str, str]]:
    """Separate keys such as ``lr_mult`` and ``weight_lr_mult`` from all others."""
    marked = {k: v for k, v in attributes.items() if _annotation_in(k) is not None}
    return {k: v for k, v in attributes.items() if k not in marked}, marked


def _annotation_in(key: str) -> str | None:
    for annotation in ANNOTATIONS:
        if key.startswith(annotation) or key.endswith(annotation):
            return annotation
    return None


def place_annotations(
    marked: Mapping[str, str], names: Sequence[str], inputs: Sequence[Entry]
) -> tuple[dict[str, str], dict[str, str]]:
    """Say where annotations without underscores belong.

    Parameters
    ----------
    marked : mapping
        The annotations of a node; see `split_annotations`.
    names, inputs : sequence
        The inputs of the node. Their variables are given what is theirs:
        ``weight_lr_mult`` becomes ``__lr_mult__`` of the weight.

    Returns
    -------
    tuple of dict
        What belongs to the node itself, and what belongs nowhere.
    """
    own: dict[str, str] = {}
    rest: dict[str, str] = {}
    given = dict(zip(names, inputs, strict=False))
    for key, value in marked.items():
        annotation = _annotation_in(key)
        assert annotation is not None
        entry = given.get(key.removesuffix(annotation)[:-1])
        if key == annotation:
            own[f"__{key}__"] = value
        elif key.endswith(annotation) and entry and entry.node.is_variable:
            entry.node.attributes[f"__{annotation}__"] = value
        else:
            rest[key] = value
    return own, rest


def without_old_axis(operator: str, given: Mapping[str, str]) -> dict[str, str]:
    """Leave out the axis of argmax and argmin that stood for none."""
    old = operator in ("argmax", "argmin") and given.get("axis") == "-1"
    return {k: v for k, v in given.items() if not (old and k == "axis")}


def without_long(value: str) -> str:
    """Return ``(3L, 3L)``, as Python 2 wrote tuples, as ``(3, 3)``."""
    return value.replace("L", "") if value.startswith(("(", "[")) else value
