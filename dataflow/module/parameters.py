"""Filling parameters: with values that are given, or by an initializer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dataflow import ndarray as nd
from dataflow.context import cpu
from dataflow.errors import ArgumentError, MXNetError
from dataflow.initializer import InitDesc
from dataflow.module.interface import Given, Params


def zeros_like(arrays: Mapping[str, Any], names: Sequence[str]) -> Params:
    """Return zeros on the cpu like the arrays of these names."""
    return {n: nd.zeros(arrays[n].shape, cpu(), arrays[n].raw_dtype) for n in names}


def check_given(given: Given, own: Params, allow_missing: bool) -> None:
    """Raise before anything is changed if values are missing, or do not fit."""
    if given is None:
        return
    for name, array in own.items():
        if name not in given:
            if not allow_missing:
                raise MXNetError(
                    f"parameter '{name}' is missing among those given; pass "
                    "allow_missing=True if that is intended"
                )
        elif given[name].shape != array.shape:
            raise ArgumentError(
                f"parameter '{name}' has shape {array.shape}, but the value given "
                f"has {given[name].shape}"
            )


def fill(
    own: Params,
    given: Given,
    initializer: Any,
    attributes: Mapping[str, Mapping[str, str]],
) -> None:
    """Fill parameters: with values given, others by the initializer if there is one.

    Parameters
    ----------
    own : dict
        The parameters.
    given : mapping, optional
        Values by name.
    initializer : Initializer, optional
        What fills the others.
    attributes : mapping
        Attributes of variables by name.
    """
    for name, array in sorted(own.items()):  # random values in MXNet's order
        if given is not None and name in given:
            if given[name] is not array:
                given[name].copyto(array)
        elif initializer is not None:
            initializer(InitDesc(name, attributes.get(name)), array)
