"""Cases of L2Normalization and LRN."""

from typing import Any

from tests.ops.cases.case import Case


def _lrn(data: tuple[int, ...], nsize: int, **settings: Any) -> Case:
    return Case("LRN", {"data": data}, {"nsize": nsize} | settings)


STRONG = {"alpha": 2.0, "beta": 0.5, "knorm": 1.5}

CASES = (
    Case("L2Normalization", {"data": (3, 4)}),
    Case("L2Normalization", {"data": (3,)}, {"eps": 0.5}),
    Case("L2Normalization", {"data": (2, 3, 4)}, {"mode": "instance", "eps": 0.1}),
    *(
        Case("L2Normalization", {"data": data}, {"mode": mode})
        for mode in ("channel", "spatial")
        for data in ((2, 3, 4), (2, 3, 2, 2))
    ),
    Case("L2Normalization", {"data": (3, 4)}, label="double", dtype="float64"),
    _lrn((2, 4, 2, 2), 3),
    _lrn((2, 4), 3, **STRONG),
    _lrn((2, 5, 2, 2), 5, **STRONG),
    _lrn((1, 5, 1, 2), 1, **STRONG),
    _lrn((1, 5, 1, 2), 4, **STRONG),
    _lrn((2, 3, 1, 1), 9, **STRONG),
    # MXNet's own hidden outputs do not fit its double precision.
    Case(
        "LRN",
        {"data": (2, 4, 2, 2)},
        {"nsize": 3} | STRONG,
        label="double",
        dtype="float64",
        golden=False,
    ),
)
