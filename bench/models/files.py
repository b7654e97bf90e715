"""The file that hands a network and the same arrays to every side."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.peers import CACHE

VERSION = 1  # in the files' names: old ones are not read
Arrays = dict[str, np.ndarray[Any, Any]]


@dataclass(frozen=True)
class Shared:
    """The JSON of a symbol, and arrays by name: parameters, states, data, labels."""

    symbol: str
    arrays: Arrays


def path_of(name: str) -> Path:
    """Return where a network's file is."""
    return CACHE / f"network-{name}-{VERSION}.npz"


def load(name: str) -> Shared:
    """Read what our side has written, which is asked first."""
    with np.load(path_of(name)) as file:
        arrays = {key: file[key] for key in file.files}
    return Shared(str(arrays.pop("symbol")), arrays)


def save(name: str, shared: Shared) -> None:
    """Write it, at once for whoever reads."""
    path = path_of(name)
    path.parent.mkdir(exist_ok=True)
    own = path.with_name(f"{path.stem}-{os.getpid()}.npz")
    named: dict[str, Any] = {**shared.arrays, "symbol": np.array(shared.symbol)}
    np.savez(own, **named)
    own.replace(path)
