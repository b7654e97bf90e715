"""Cases of products of stacked matrices."""

from typing import Any

from tests.ops.cases.case import Case

_FLAGS = (False, True)


def _turned(shape: tuple[int, ...], flip: bool) -> tuple[int, ...]:
    return (*shape[:-2], shape[-1], shape[-2]) if flip else shape


def _gemm2(batch: tuple[int, ...], a: bool, b: bool, **settings: Any) -> Case:
    inputs = {"A": _turned((*batch, 2, 3), a), "B": _turned((*batch, 3, 4), b)}
    flips = {"transpose_a": a, "transpose_b": b}
    return Case("linalg_gemm2", inputs, {**flips, **settings})


def _gemm(batch: tuple[int, ...], a: bool, b: bool, **settings: Any) -> Case:
    inputs = {
        "A": _turned((*batch, 2, 3), a),
        "B": _turned((*batch, 3, 2), b),
        "C": (*batch, 2, 2),
    }
    flips = {"transpose_a": a, "transpose_b": b}
    return Case("linalg_gemm", inputs, {**flips, **settings}, inferred=("C",))


def _triangular(name: str, rightside: bool, **settings: Any) -> Case:
    batch = settings.pop("batch", ())
    inputs = {"A": (*batch, 3, 3), "B": (*batch, *((2, 3) if rightside else (3, 2)))}
    return Case(
        name,
        inputs,
        {"rightside": rightside, **settings},
        low=0.5,
        high=1.5,
        inferred=("A",),
    )


CASES = (
    *(
        _gemm2(batch, a, b, alpha=alpha)
        for a in _FLAGS
        for b in _FLAGS
        for batch, alpha in (((), 1.0), ((2,), 0.5))
    ),
    Case("linalg_gemm2", {"A": (2, 1, 3, 2), "B": (2, 1, 2, 1)}, {"alpha": -2}),
    Case("linalg_gemm2", {"A": (2, 3, 4), "B": (4, 3, 2)}, {"axis": 0}),
    *(
        Case(
            "linalg_gemm2",
            {"A": a, "B": b},
            {"axis": 1, "transpose_a": flip_a, "transpose_b": flip_b, "alpha": 1.5},
        )
        for a, flip_a in (((2, 3, 1, 2), False), ((2, 2, 1, 3), True))
        for b, flip_b in (((2, 2, 1, 4), False), ((2, 4, 1, 2), True))
    ),
    Case(
        "linalg_gemm2",
        {"A": (2, 2, 3), "B": (2, 3, 2)},
        label="float64",
        dtype="float64",
        tolerance=1e-12,
    ),
    *(
        _gemm(batch, a, b, alpha=0.5, beta=beta)
        for a in _FLAGS
        for b in _FLAGS
        for batch, beta in (((), 2.0), ((2,), 1.0))
    ),
    _gemm((), False, False),
    _gemm((2,), False, False, beta=0),
    Case(
        "linalg_gemm",
        {"A": (2, 3, 4), "B": (4, 3, 2), "C": (2, 3, 2)},
        {"axis": -3, "beta": 0.5},
        inferred=("C",),
    ),
    Case(
        "linalg_gemm",
        {"A": (2, 3), "B": (3, 2), "C": (2, 2)},
        {"alpha": 0.1, "beta": 0.3},
        label="float64",
        dtype="float64",
        inferred=("C",),
        tolerance=1e-12,
    ),
    *(
        Case("linalg_syrk", {"A": shape}, {"transpose": flip, "alpha": alpha})
        for shape in ((2, 3), (2, 3, 2), (2, 1, 2, 2))
        for flip, alpha in ((False, 1.0), (True, 0.7))
    ),
    *(
        _triangular(name, right, lower=lower, transpose=flip, alpha=alpha)
        for name in ("linalg_trmm", "linalg_trsm")
        for right in _FLAGS
        for lower in _FLAGS
        for flip, alpha in ((False, 1.0), (True, 0.5))
    ),
    *(
        _triangular(name, right, batch=(2,), lower=not right)
        for name in ("linalg_trmm", "linalg_trsm")
        for right in _FLAGS
    ),
)
