"""Comparing arrays, with messages that tell where they differ most."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from dataflow.errors import ArgumentError
from dataflow.ndarray import NDArray
from dataflow.symbol import Symbol
from dataflow.test_utils.tolerances import (
    Tolerance,
    get_atol,
    get_etol,
    get_rtol,
    get_tols,
)

Names = tuple[str, str]
Location = tuple[int, ...]


def same(a: Any, b: Any) -> bool:
    """Tell whether two arrays have the same shape and values."""
    return np.array_equal(a, b)


def checkShapes(a: Any, b: Any) -> None:
    """Raise AssertionError if the shapes of two arrays differ."""
    if a.shape != b.shape:
        raise AssertionError(f"a.shape = {a.shape} and b.shape = {b.shape} differ")


def almost_equal(
    a: Any,
    b: Any,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    use_broadcast: bool = True,
) -> bool:
    """Tell whether ``|a - b| <= atol + rtol * |b|`` everywhere.

    Parameters
    ----------
    a, b : array_like
        What is compared.
    rtol, atol : float, optional
        The tolerances; those of float64 by default.
    equal_nan : bool
        Whether NaN equals NaN.
    use_broadcast : bool
        Whether shapes may differ as far as they broadcast.
    """
    if not use_broadcast:
        checkShapes(a, b)
    a, b = np.asarray(a), np.asarray(b)
    return np.allclose(a, b, get_rtol(rtol), get_atol(atol), equal_nan)


def locationError(
    a: Any, b: Any, index: Location, names: Names, maxError: bool = False
) -> str:
    """Return a line that tells where two arrays differ, and their values there."""
    most = "maximum " if maxError else ""
    values = f"{names[0]}={a[index]:.8f}, {names[1]}={b[index]:.8f}"
    return f"Location of {most}error: {index}, {values}"


def assert_almost_equal(
    a: Any,
    b: Any,
    rtol: Tolerance = None,
    atol: Tolerance = None,
    names: Names = ("a", "b"),
    equal_nan: bool = False,
    use_broadcast: bool = True,
    mismatches: tuple[int, int] = (10, 10),
) -> None:
    """Raise AssertionError unless ``|a - b| <= atol + rtol * |b|`` everywhere.

    Parameters
    ----------
    a, b : array_like
        What is compared.
    rtol, atol : float or mapping, optional
        The tolerances, or one per element type; by default the wider ones of the two
        arrays' types.
    names : pair of str
        What the two are called in the message.
    equal_nan : bool
        Whether NaN equals NaN.
    use_broadcast : bool
        Whether shapes may differ as far as they broadcast.
    mismatches : pair of int
        How many of the worst elements the message lists; the second is not used, since
        all that differ are counted.
    """
    if not use_broadcast:
        checkShapes(a, b)
    rtol, atol = get_tols(a, b, rtol, atol)
    a, b = _together(a, b)
    close = np.isclose(a, b, rtol, atol, equal_nan)
    if not close.all():
        violation = _violation(a, b, close, rtol, atol)
        raise AssertionError(
            _message(a, b, violation, (rtol, atol), names, mismatches[0])
        )


def assert_allclose(
    a: Any, b: Any, rtol: float = 1e-7, atol: float = 0, equal_nan: bool = True
) -> None:
    """Raise AssertionError unless two arrays are close; see `assert_almost_equal`."""
    assert_almost_equal(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan)


def assert_almost_equal_with_err(
    a: Any,
    b: Any,
    rtol: Tolerance = None,
    atol: Tolerance = None,
    etol: float | None = None,
    names: Names = ("a", "b"),
    equal_nan: bool = False,
    mismatches: tuple[int, int] = (10, 10),
) -> None:
    """Raise AssertionError if more than a share of the elements differ.

    Parameters
    ----------
    etol : float, optional
        The share; 0 by default.
    a, b, rtol, atol, names, equal_nan, mismatches
        As in `assert_almost_equal`.
    """
    rtol, atol = get_tols(a, b, rtol, atol)
    a, b = _together(a, b)
    close = np.isclose(a, b, rtol, atol, equal_nan)
    if np.mean(~close) > get_etol(etol):
        assert_almost_equal(a, b, rtol, atol, names, equal_nan, mismatches=mismatches)


def assert_almost_equal_ignore_nan(
    a: Any,
    b: Any,
    rtol: Tolerance = None,
    atol: Tolerance = None,
    names: Names = ("a", "b"),
) -> None:
    """Compare where neither of two arrays is NaN; see `assert_almost_equal`."""
    a, b = _together(a, b)
    either = np.isnan(a) | np.isnan(b)
    assert_almost_equal(
        np.where(either, 0, a), np.where(either, 0, b), rtol, atol, names
    )


def compare_ndarray_tuple(
    t1: Any, t2: Any, rtol: Tolerance = None, atol: Tolerance = None
) -> None:
    """Compare two arrays, or tuples of them; None equals everything."""
    if t1 is None or t2 is None:
        return
    if isinstance(t1, tuple):
        for one, other in zip(t1, t2, strict=True):
            compare_ndarray_tuple(one, other, rtol, atol)
    else:
        assert_almost_equal(t1, t2, rtol=rtol, atol=atol)


def same_array(array1: NDArray, array2: NDArray) -> bool:
    """Tell whether two arrays share their memory; both keep their values."""
    before = array1.copy()
    array1[:] = before + 1
    shared = same(array1.asnumpy(), array2.asnumpy())
    array1[:] = before
    return shared and same(array1.asnumpy(), array2.asnumpy())


def same_symbol_structure(sym1: Symbol, sym2: Symbol) -> bool:
    """Tell whether two symbols have the same operators in the same order."""
    first, second = (
        [node["op"] for node in json.loads(symbol.tojson())["nodes"]]
        for symbol in (sym1, sym2)
    )
    return first == second


def _together(a: Any, b: Any) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.asarray(a), np.asarray(b)
    try:
        a, b = np.broadcast_arrays(a, b)
    except ValueError:
        raise ArgumentError(
            f"shapes {a.shape} and {b.shape} cannot be compared"
        ) from None
    return a, b


def _violation(
    a: np.ndarray, b: np.ndarray, close: np.ndarray, rtol: float, atol: float
) -> np.ndarray:
    """Return by how much differences exceed what is tolerated; 0 where they do not."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    with np.errstate(all="ignore"):
        found = np.abs(a - b) / (atol + rtol * np.abs(b) + 1e-20)
    return np.where(close, 0, np.where(np.isnan(found), np.inf, found))


def _message(
    a: np.ndarray,
    b: np.ndarray,
    violation: np.ndarray,
    tolerances: tuple[float, float],
    names: Names,
    listed: int,
) -> str:
    rtol, atol = tolerances
    differing = np.count_nonzero(violation)
    text = (
        f"Error {violation.max():f} exceeds tolerance rtol={rtol:e}, atol={atol:e} "
        f"(mismatch {100 * differing / violation.size:f}%)."
    )
    if violation.ndim:
        worst = np.argsort(-violation, axis=None, kind="stable")[
            : min(listed, differing)
        ]
        places = [tuple(map(int, np.unravel_index(i, violation.shape))) for i in worst]
        text += "\n" + locationError(a, b, places[0], names, maxError=True)
        for number, place in enumerate(places[1:], start=2):
            line = locationError(a, b, place, names)
            text += f"\n{number:3d}: Error {violation[place]:f}  {line}"
    with np.printoptions(threshold=4, suppress=True):
        return f"{text}\n {names[0]}: {a!r}\n {names[1]}: {b!r}"
