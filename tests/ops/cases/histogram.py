"""Cases of counts between bounds."""

from tests.ops.cases.case import Case

_DATA = {"data": [0, 1, 2, 2, 3, 5, 6, -1]}
_RANGE = {"bin_cnt": 2, "range": (0, 5)}


def _counted(inputs, label="", dtype="float32", fixed=None, **settings):
    return Case(
        "_histogram",
        inputs,
        settings,
        label,
        fixed=fixed or {},
        dtype=dtype,
        differentiable=False,
    )


CASES = (
    _counted({"data": (4, 5)}, bin_cnt=4, range=(-0.5, 0.75)),
    _counted({"data": (6,)}, bin_cnt=1, range=(-1, 1)),
    _counted({"data": (6,)}, bin_cnt=3, range=(0, 0)),
    _counted({"data": (8,)}, "uniform", fixed=_DATA, bin_cnt=5, range=(0, 5)),
    *(
        _counted({"data": (8,)}, f"uniform {dtype}", dtype, _DATA, **_RANGE)
        for dtype in ("float16", "float64", "int32", "int8")
    ),
    *(
        _counted(
            {"data": (2, 4), "bins": (len(bins),)},
            f"{bins} {dtype}",
            dtype,
            {**_DATA, "bins": bins},
        )
        for bins, dtype in (
            ([0, 2.5, 3], "float32"),
            ([2, 2, 5, 9], "float32"),
            ([1, 1], "float32"),
            ([0, 2.5, 3], "float64"),
            ([0, 2, 4], "int32"),
        )
    ),
)
