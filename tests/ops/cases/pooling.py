"""Cases of pooling."""

from typing import Any

from tests.ops.cases.case import Case


def _case(data: tuple[int, ...], **attributes: Any) -> Case:
    return Case("Pooling", {"data": data}, attributes)


SETTINGS: tuple[tuple[tuple[int, ...], dict[str, Any]], ...] = (
    ((2, 3, 4, 6), {"kernel": (2, 2), "stride": (2, 2)}),
    ((2, 3, 5, 4), {"kernel": (3, 2)}),
    ((2, 2, 6, 7), {"kernel": (3, 3), "stride": (2, 2), "pad": (1, 1)}),
    ((2, 2, 7, 8), {"kernel": (2, 3), "stride": (3, 4), "pad": (1, 0)}),
    ((1, 2, 5, 7), {"kernel": (3, 3), "global_pool": True}),
    ((1, 2, 4, 5), {"kernel": (4, 5)}),
    ((2, 2, 7), {"kernel": (3,), "stride": (2,), "pad": (1,)}),
    ((1, 2, 4, 3, 5), {"kernel": (2, 2, 2), "stride": (2, 1, 2), "pad": (0, 1, 1)}),
    (
        (2, 2, 5, 6),
        {"kernel": (2, 2), "stride": (2, 2), "pooling_convention": "full"},
    ),
    (
        (2, 2, 6, 5),
        {
            "kernel": (4, 3),
            "stride": (3, 2),
            "pad": (1, 1),
            "pooling_convention": "full",
        },
    ),
    ((1, 1, 1, 1), {"kernel": (1, 1)}),
)

LAYOUTS: tuple[tuple[tuple[int, ...], str, dict[str, Any]], ...] = (
    ((2, 5, 3), "NWC", {"kernel": (2,), "pad": (1,)}),
    ((1, 5, 4, 2), "NHWC", {"kernel": (3, 2), "stride": (2, 1), "pad": (1, 0)}),
    ((1, 3, 2, 4, 2), "NDHWC", {"kernel": (2, 2, 3), "stride": (1, 2, 1)}),
)

CASES = (
    *(
        _case(data, pool_type=kind, **settings)
        for kind in ("max", "avg", "sum")
        for data, settings in SETTINGS
    ),
    *(
        _case(data, pool_type="avg", count_include_pad=False, **settings)
        for data, settings in SETTINGS
        if "pad" in settings
    ),
    *(
        Case(
            "Pooling",
            {"data": (2, 2, 5, 6)},
            {"pool_type": "lp", "p_value": p, "kernel": (3, 2), "stride": (2, 2)},
            low=0.2 if p == 3 else -1,  # differences are rough near a sum of 0
        )
        for p in (1, 2, 3)
    ),
    Case(
        "Pooling",
        {"data": (2, 2, 5, 6)},
        {"pool_type": "lp", "p_value": 3, "kernel": (3, 2), "pad": (1, 1)},
        numeric=False,  # sums near 0
    ),
    *(
        _case(data, pool_type="lp", p_value=2, **settings)
        for data, settings in SETTINGS
    ),
    *(
        _case(data, pool_type=kind, layout=layout, p_value=2, **settings)
        for kind in ("max", "avg", "lp")
        for data, layout, settings in LAYOUTS
    ),
    *(_case((2, 2, 3, 4), pool_type=kind, global_pool=True) for kind in ("max", "avg")),
    _case((1, 2, 4, 4), kernel=(2, 2), pad=(1, 1), stride=(2, 2), global_pool=True),
    *(
        Case(
            "Pooling",
            {"data": (1, 2, 4, 5)},
            {"kernel": (2, 3), "pool_type": kind, "pad": (1, 1)},
            f"{kind},{dtype}",
            tolerance=1e-3 if dtype == "float16" else 1e-5,
            dtype=dtype,
        )
        for kind in ("max", "avg", "sum")
        for dtype in ("float16", "float64")
    ),
    Case(
        "Pooling",
        {"data": (1, 2, 6, 6)},
        {"kernel": (3, 3), "stride": (1, 2), "pool_type": "max"},
        label="ties",
        fixed={"data": [0, 1, 1, 0, 1, 1, 1, 0, 0] * 8},
        numeric=False,
    ),
)
