"""How far a training has come: what is saved beside the states of its optimizer.

With it, a training that was killed goes on from its last checkpoint as if nothing had
happened: the optimizer's counts of updates, numbers of its own that have changed since
it was made (a learning rate set by a callback, say), and the state of random numbers.
It is a JSON file; a checkpoint without it, MXNet's for example, can be loaded too.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from dataflow import random
from dataflow.errors import ArgumentError, FormatError, MissingFileError
from dataflow.optimizer import Optimizer
from dataflow.serialization import json_text
from dataflow.serialization.files import check_name, read_text, write

VERSION = 1

Numbers = dict[str, float]
Counts = dict[int, dict[int | str, int]]


def beside(fname: Any) -> str:
    """Return the name of the file beside that of the optimizer's states."""
    return f"{check_name(fname)}.json"


def numbers(optimizer: Optimizer) -> Numbers:
    """Return all attributes of an optimizer that are finite numbers."""
    return {
        name: value
        for name, value in vars(optimizer).items()
        if isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
    }


def save(fname: Any, optimizer: Optimizer, at_first: Numbers) -> None:
    """Save how far an optimizer has come, and the state of random numbers.

    Parameters
    ----------
    fname : str or path
        Name of the file of the optimizer's states.
    optimizer : Optimizer
        The optimizer.
    at_first : dict
        Its `numbers` when it was made.
    """
    now = numbers(optimizer)
    counts = optimizer._all_index_update_counts
    content = {
        "version": VERSION,
        "random": list(random.get_state()),
        "numbers": {k: v for k, v in now.items() if at_first.get(k) != v},
        "counts": [[device, list(c.items())] for device, c in counts.items()],
    }
    write(beside(fname), [json.dumps(content).encode()])


def restore(fname: Any, optimizer: Optimizer) -> None:
    """Set an optimizer and the random numbers to what was saved, if it was.

    Raises
    ------
    FormatError
        The file is malformed. Nothing is changed then.
    """
    name = beside(fname)
    try:
        content = json_text.parse(read_text(name), name)
    except MissingFileError:
        return
    match content:
        case {
            "version": 1,
            "random": [int(seed), int(number)],
            "numbers": dict(changed),
            "counts": list(counts),
        }:
            found = dict(_device(each, name) for each in counts)
            _check_numbers(changed, optimizer, name)
        case _:
            raise FormatError(f"{name} is not the progress of a training")
    try:
        random.set_state((seed, number))
    except ArgumentError as error:
        raise FormatError(f"{name}: {error}") from error
    optimizer._all_index_update_counts = {optimizer._device: {}} | found
    vars(optimizer).update(changed)


def _device(coded: Any, name: str) -> tuple[int, dict[int | str, int]]:
    match coded:
        case [int(device), list(counts)]:
            return device, dict(_count(each, name) for each in counts)
    raise FormatError(f"{name} has no counts of updates by device")


def _count(coded: Any, name: str) -> tuple[int | str, int]:
    match coded:
        case [int() | str() as index, int(count)]:
            return index, count
    raise FormatError(f"{name}: a count of updates is not an index and a number")


def _check_numbers(changed: Mapping[str, Any], optimizer: Optimizer, name: str) -> None:
    known = vars(optimizer)
    for key, value in changed.items():
        if key not in known or not isinstance(value, int | float):
            raise FormatError(
                f"{name}: {type(optimizer).__name__} has no number '{key}'; the "
                "training had another optimizer"
            )
