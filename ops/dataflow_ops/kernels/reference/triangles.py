"""Stacked matrices as kernels need them: turned, cut to a triangle, solved for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dataflow_ops.kernels.table import Array


def turned(matrices: Array, flip: bool = True) -> Array:
    """View the matrices transposed, if `flip` says so."""
    return matrices.swapaxes(-1, -2) if flip else matrices


def triangle(xp: Any, matrices: Array, lower: bool) -> Array:
    """Copy the lower or upper triangles, with zeros elsewhere."""
    return xp.tril(matrices) if lower else xp.triu(matrices)


def mirrored(xp: Any, matrices: Array) -> Array:
    """Return the symmetric matrices that have these lower triangles."""
    return xp.tril(matrices) + turned(xp.tril(matrices, -1))


def solve_triangular(xp: Any, factors: Array, lower: bool, right: Array) -> Array:
    """Solve T X = right for triangular T, whose other triangle is zero.

    `solve` factorizes a matrix before it substitutes; an upper triangle is its own
    factor, without an exchange of rows, so that nothing is rounded on the way. A lower
    triangle becomes an upper one by counting rows and columns from the end.
    """
    if lower:
        upper = factors[..., ::-1, ::-1]
        return solve_triangular(xp, upper, False, right[..., ::-1, :])[..., ::-1, :]
    fault = "has a zero in its diagonal: it has no inverse"
    return checked(xp.linalg.solve, factors, right, fault=fault)


def checked(function: Callable[..., Any], *stacks: Array, fault: str) -> Any:
    """Call a function of stacked matrices; where it fails, say at which matrix.

    Raises
    ------
    numpy.linalg.LinAlgError
        The function raised it.
    """
    try:
        return function(*stacks)
    except np.linalg.LinAlgError as error:
        place = _first_failing(function, stacks)
        raise np.linalg.LinAlgError(f"{place} {fault}") from error


def _first_failing(function: Callable[..., Any], stacks: tuple[Array, ...]) -> str:
    """Name the first matrix at which a function fails, by trying one at a time."""
    for index in np.ndindex(stacks[0].shape[:-2]):
        try:
            function(*(stack[index] for stack in stacks))
        except np.linalg.LinAlgError:
            shown = index[0] if len(index) == 1 else index
            return f"matrix {shown} of the stack" if index else "the matrix"
    return "a matrix"
