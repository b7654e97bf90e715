"""Names of a module's inputs: whether they fit its symbol and its data."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.io import DataDesc
from dataflow.symbol import Symbol
from dataflow_ops.errors import suggestion

# Arguments with such endings are parameters, which nobody means to be inputs.
_PARAMETERS = ("_weight", "_bias", "_gamma", "_beta")

Described = list[DataDesc]


def check_input_names(
    symbol: Symbol, names: Sequence[str], kind: str, required: bool
) -> None:
    """Check that a symbol has arguments of these names.

    Parameters
    ----------
    symbol : Symbol
        The symbol.
    names : sequence of str
        The names.
    kind : str
        What they are: ``"data"``, say.
    required : bool
        Raise ArgumentError for a wrong name, rather than warn.
    """
    arguments = symbol.list_arguments()
    for name in names:
        if name in arguments:
            continue
        candidates = [a for a in arguments if not a.endswith(_PARAMETERS)]
        hint = suggestion(name, arguments) or f"inputs are {', '.join(candidates)}"
        message = f"{kind}_names={list(names)}: the symbol has no '{name}'; {hint}"
        if required:
            raise ArgumentError(message)
        warnings.warn(message, stacklevel=4)


def check_names_match(
    names: Sequence[str], shapes: Described, kind: str, required: bool
) -> None:
    """Check that shapes are given of these names and no others."""
    given = [description.name for description in shapes]
    if sorted(names) == sorted(given):
        return
    message = (
        f"{kind}_shapes are of {given or 'nothing'}, but {kind}_names are "
        f"{list(names) or 'none'}"
    )
    if required:
        raise ArgumentError(message)
    warnings.warn(message, stacklevel=4)


def described(shapes: Iterable[Any] | None, kind: str) -> Described:
    """Return descriptions of inputs, given as such or as pairs of name and shape."""
    try:
        return [
            x if isinstance(x, DataDesc) else DataDesc(*x)
            for x in (() if shapes is None else shapes)
        ]
    except TypeError as error:
        raise ArgumentTypeError(
            f"{kind}_shapes is a list of DataDesc, or of pairs of name and shape, not "
            f"{shapes!r}"
        ) from error


def parse_data_desc(
    data_names: Sequence[str],
    label_names: Sequence[str],
    data_shapes: Iterable[Any],
    label_shapes: Iterable[Any] | None,
) -> tuple[Described, Described | None]:
    """Return descriptions of data and labels; no labels (None) for an empty list.

    Raises
    ------
    ArgumentTypeError, ArgumentError
        They are malformed; the names of the data are others. Other labels are only
        warned of.
    """
    if data_shapes is None:
        raise ArgumentTypeError("data_shapes is a list of DataDesc, not None")
    data, labels = described(data_shapes, "data"), described(label_shapes, "label")
    check_names_match(data_names, data, "data", required=True)
    check_names_match(label_names, labels, "label", required=False)
    return data, labels or None


def as_list(value: Any) -> list[Any]:
    """Return a list of what may be one, or a single thing, or None."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
