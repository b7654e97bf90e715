"""Cases of diagonals and triangles of stacked matrices."""

from typing import Any

from tests.ops.cases.case import Case

_TRIANGLES: tuple[tuple[dict[str, Any], int], ...] = (
    ({}, 10),
    ({"lower": False}, 10),
    ({"offset": 1}, 6),
    ({"offset": -1, "lower": False}, 6),
    ({"offset": 2, "lower": True}, 3),
    ({"offset": -3}, 1),
)
_OFFSETS = (0, 1, -1, 3, -3)
_DOUBLE: dict[str, Any] = {
    "label": "float64",
    "dtype": "float64",
    "tolerance": 1e-12,
}

CASES = (
    Case("linalg_extractdiag", {"A": (3, 3)}),
    Case("linalg_makediag", {"A": (3,)}),
    Case("linalg_extracttrian", {"A": (3, 3)}),
    Case("linalg_maketrian", {"A": (6,)}),
    *(Case("linalg_extractdiag", {"A": (2, 4, 4)}, {"offset": k}) for k in _OFFSETS),
    *(Case("linalg_makediag", {"A": (2, 1, 2)}, {"offset": k}) for k in _OFFSETS),
    *(Case("linalg_extracttrian", {"A": (2, 4, 4)}, x) for x, _ in _TRIANGLES),
    *(Case("linalg_maketrian", {"A": (2, 1, n)}, x) for x, n in _TRIANGLES),
    Case("linalg_extractdiag", {"A": (1, 1)}, **_DOUBLE),
    Case("linalg_makediag", {"A": (2, 3)}, **_DOUBLE),
    Case("linalg_extracttrian", {"A": (2, 3, 3)}, **_DOUBLE),
    Case("linalg_maketrian", {"A": (1,)}, **_DOUBLE),
)
