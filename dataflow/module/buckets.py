"""Files of a BucketingModule: the keys of its buckets, a symbol each, parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dataflow import ndarray as nd
from dataflow import symbol as sym
from dataflow.errors import ArgumentTypeError, FormatError
from dataflow.model import load_params
from dataflow.module.interface import Params
from dataflow.symbol import Symbol

Symbols = dict[Any, Symbol]


def save(prefix: str, symbols: Mapping[Any, Symbol], remove_amp_cast: bool) -> None:
    """Save keys and symbols.

    Raises
    ------
    ArgumentTypeError
        The keys are neither integers nor tuples of integers, all of one length: the
        form holds no others. Nothing is saved then.
    """
    keys = _array(list(symbols))
    for key, symbol in symbols.items():
        symbol.save(f"{prefix}-{key}-symbol.json", remove_amp_cast=remove_amp_cast)
    nd.save(f"{prefix}.buckets", [nd.array(keys, dtype=np.int32)])


def _array(keys: list[Any]) -> np.ndarray:
    try:
        array = np.array(keys)
    except ValueError:  # of different lengths
        array = np.array(None)
    if array.dtype.kind not in "iu":
        raise ArgumentTypeError(
            "a checkpoint can only be saved if all bucket keys are integers, or tuples "
            f"of them, which {', '.join(map(repr, keys))} are not"
        )
    return array


def load(prefix: str, epoch: int) -> tuple[Symbols, Params, Params]:
    """Return symbols by key, parameters and auxiliary states."""
    arrays = nd.load(f"{prefix}.buckets")
    if not isinstance(arrays, list) or len(arrays) != 1:
        raise FormatError(f"{prefix}.buckets must hold one array, of bucket keys")
    keys = [_key(key) for key in arrays[0].asnumpy().tolist()]
    symbols = {key: sym.load(f"{prefix}-{key}-symbol.json") for key in keys}
    return symbols, *load_params(prefix, epoch)


def _key(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
