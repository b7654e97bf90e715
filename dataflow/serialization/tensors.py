"""Named arrays in the form of safetensors, by its own library."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import ModuleType

import numpy as np

from dataflow.errors import ArgumentError, FormatError, MissingPackageError
from dataflow.serialization.limits import current_limits

SUFFIX = ".safetensors"


def dumps(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Return the bytes of a file; raises ArgumentError for a type it cannot have."""
    library = _library()
    dense = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    try:
        return library.save(dense)  # type: ignore[no-any-return]
    except Exception as error:  # it raises plain ones, and one of its own
        raise ArgumentError(f"safetensors cannot hold this: {error}") from error


def loads(data: bytes, source: str) -> dict[str, np.ndarray]:
    """Return the arrays of a file by name.

    Raises
    ------
    FormatError
        It is malformed, beyond a limit, or has a type that NumPy lacks.
    MissingPackageError
        The library is not installed.
    """
    current_limits().check("bytes", len(data), f"{source}: bytes")
    library = _library()
    try:
        arrays: dict[str, np.ndarray] = library.load(data)
    except KeyError as error:
        raise FormatError(
            f"{source} has arrays of type {error}, not NumPy's"
        ) from error
    except Exception as error:
        raise FormatError(f"{source} is no safetensors file: {error}") from error
    return {name: _truths(array) for name, array in arrays.items()}


def _truths(array: np.ndarray) -> np.ndarray:
    """Return the array with 0 or 1 for each truth; any byte may stand in a file."""
    if array.dtype.kind != "b":
        return array
    return np.asarray(array.view(np.uint8) != 0)


def _library() -> ModuleType:
    try:
        return importlib.import_module("safetensors.numpy")
    except ImportError as error:
        raise MissingPackageError(
            "files of this form need the package safetensors: pip install safetensors"
        ) from error
