"""Cases of factors, inverses and determinants."""

from typing import Any

import numpy as np

from tests.ops.cases.case import Case


def _symmetric(shape: tuple[int, ...], shift: float, seed: int = 0) -> list[float]:
    """Elements of symmetric matrices: random ones, with `shift` times the identity."""
    half = np.random.RandomState(seed).uniform(-1, 1, size=shape)
    matrices = half + half.swapaxes(-1, -2) + shift * np.eye(shape[-1])
    elements: list[float] = matrices.ravel().tolist()
    return elements


def _regular(shape: tuple[int, ...]) -> list[float]:
    """Elements of matrices that are far from singular."""
    matrices = np.random.RandomState(1).uniform(-1, 1, size=shape)
    elements: list[float] = (matrices + 2 * np.eye(*shape[-2:])).ravel().tolist()
    return elements


def _on_symmetric(name: str, shape: tuple[int, ...], shift: float, **more: Any) -> Case:
    """Make a case without numeric gradient.

    The gradient is symmetric, where differences of single elements see that only one
    triangle is read; test_decomposition.py compares along symmetric steps.
    """
    fixed = {"A": _symmetric(shape, shift)}
    return Case(name, {"A": shape}, fixed=fixed, numeric=False, **more)


def _on_regular(name: str, shape: tuple[int, ...], **more: Any) -> Case:
    return Case(name, {"A": shape}, fixed={"A": _regular(shape)}, **more)


_SHAPES = ((3, 3), (2, 3, 3), (2, 1, 2, 2), (1, 1))
_DOUBLE: dict[str, Any] = {
    "label": "float64",
    "dtype": "float64",
    "tolerance": 1e-12,
}

CASES = (
    *(
        _on_symmetric("linalg_potrf", shape, 4, attributes=attributes)
        for shape in _SHAPES
        for attributes in ({}, {"lower": False})
    ),
    _on_symmetric("linalg_potrf", (2, 3, 3), 4, **_DOUBLE),
    *(
        _on_regular("linalg_potri", shape, attributes=attributes)
        for shape in _SHAPES
        for attributes in ({}, {"lower": False})
    ),
    _on_regular("linalg_potri", (2, 3, 3), **_DOUBLE),
    *(
        _on_regular("linalg_gelqf", shape)
        for shape in ((2, 3), (3, 3), (2, 2, 3), (2, 1, 1, 3))
    ),
    _on_regular("linalg_gelqf", (2, 3), **_DOUBLE),
    *(_on_symmetric("_linalg_syevd", shape, 0) for shape in _SHAPES),
    _on_symmetric("_linalg_syevd", (2, 3, 3), 0, **_DOUBLE),
    *(
        _on_regular(f"linalg_{name}", shape)
        for name in ("inverse", "det", "slogdet")
        for shape in _SHAPES
    ),
    *(
        _on_regular(f"linalg_{name}", (2, 3, 3), **_DOUBLE)
        for name in ("inverse", "det", "slogdet")
    ),
    Case(
        "linalg_slogdet",
        {"A": (2, 2, 2)},
        label="negative",
        fixed={"A": [1, 2, 3, 1, 2, 0.5, 0.5, 1]},
    ),
    *(
        Case(
            f"linalg_{name}",
            {"A": (2, 2, 2)},
            label="singular",
            fixed={"A": [1, 2, 2, 4, 1, 2, 0, 3]},
            numeric=False,  # the gradient of a singular matrix is taken as 0
        )
        for name in ("det", "slogdet")
    ),
    *(Case("linalg_sumlogdiag", {"A": shape}, low=0.5, high=2) for shape in _SHAPES),
    Case("linalg_sumlogdiag", {"A": (2, 3, 3)}, low=0.5, high=2, **_DOUBLE),
)
