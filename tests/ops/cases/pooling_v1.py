"""Cases of the first version of pooling, of two spatial axes as in MXNet."""

from typing import Any

from tests.ops.cases.case import Case

_SETTINGS: tuple[tuple[tuple[int, ...], dict[str, Any]], ...] = (
    ((2, 3, 4, 6), {"kernel": (2, 2), "stride": (2, 2)}),
    ((1, 2, 5, 4), {"kernel": (3, 2)}),
    ((1, 2, 4, 3), {"kernel": (3, 3), "pad": (1, 1)}),
    ((1, 2, 4, 4), {"kernel": (3, 2), "stride": (2, 2), "pad": (1, 0)}),
    (
        (1, 2, 5, 6),
        {"kernel": (2, 3), "stride": (3, 2), "pooling_convention": "full"},
    ),
    (
        (1, 2, 4, 5),
        {
            "kernel": (3, 2),
            "stride": (2, 3),
            "pad": (1, 1),
            "pooling_convention": "full",
        },
    ),
    ((1, 2, 4, 3), {"kernel": (2, 2), "pad": (1, 1), "global_pool": True}),
)

CASES = (
    *(
        Case("Pooling_v1", {"data": data}, {"pool_type": kind, **settings})
        for kind in ("max", "avg", "sum")
        for data, settings in _SETTINGS
    ),
    Case(
        "Pooling_v1",
        {"data": (1, 1, 3, 3)},
        {"kernel": (2, 2)},
        label="ties",
        fixed={"data": [1, 1, 0, 0, 1, 1, 0, 0, 0]},
        numeric=False,
    ),
    Case(
        "Pooling_v1",
        {"data": (1, 2, 3, 3)},
        {"kernel": (2, 2), "pool_type": "avg"},
        label="float64",
        dtype="float64",
    ),
    # MXNet has it for two axes alone.
    Case("Pooling_v1", {"data": (1, 2, 4)}, {"kernel": (2,)}, golden=False),
    Case("Pooling_v1", {"data": (1, 1, 2, 3, 3)}, {"kernel": (2, 2, 2)}, golden=False),
)
