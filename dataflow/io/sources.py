"""What a user gives as data, brought into one form: named arrays in order of name."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from dataflow.errors import ArgumentError, ArgumentTypeError, MXNetError
from dataflow.ndarray import NDArray, array

_KINDS = "an NDArray, a numpy.ndarray, a h5py.Dataset"


def is_dataset(value: Any) -> bool:
    """Tell whether a value is an array in an HDF5 file, to be read in parts."""
    h5py = sys.modules.get("h5py")  # whoever has a dataset has imported it
    return h5py is not None and isinstance(value, h5py.Dataset)


def named_arrays(
    given: Any, default_name: str, *, allow_empty: bool
) -> list[tuple[str, Any]]:
    """Return pairs of name and array, sorted by name.

    Parameters
    ----------
    given : array, list of arrays or dict of arrays, optional
        What the user gave. NDArrays and datasets are kept as they are; everything
        else becomes an NDArray of float32.
    default_name : str
        Name of what has none; several arrays of a list are ``_0_<name>``, ...
    allow_empty : bool
        Whether nothing is enough.

    Raises
    ------
    ArgumentError
        There is nothing.
    ArgumentTypeError
        It is no array, or something in it is none.
    """
    if given is None:
        given = []
    if isinstance(given, np.ndarray | NDArray) or is_dataset(given):
        given = [given]
    if isinstance(given, list):
        given = _numbered(given, default_name)
    if not isinstance(given, dict):
        raise ArgumentTypeError(
            f"{default_name} must be {_KINDS}, a list or a dict of them, not "
            f"{type(given).__name__}"
        )
    if not given and not allow_empty:
        raise ArgumentError(f"{default_name} is empty: an iterator needs an array")
    return sorted((name, _array(name, value)) for name, value in given.items())


def _numbered(values: list[Any], name: str) -> dict[str, Any]:
    if len(values) == 1:
        return {name: values[0]}
    return {f"_{i}_{name}": value for i, value in enumerate(values)}


def _array(name: str, value: Any) -> Any:
    if isinstance(value, NDArray) or is_dataset(value):
        return value
    try:
        return array(value)
    except MXNetError as error:
        raise ArgumentTypeError(
            f"'{name}' must be {_KINDS} or numbers, not {type(value).__name__}"
        ) from error
