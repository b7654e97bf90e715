"""Cases of correlation."""

from tests.ops.cases.case import Case

_SETTINGS = (
    {},
    {"max_displacement": 0},
    {"kernel_size": 3, "max_displacement": 1, "pad_size": 1},
    {"max_displacement": 3, "stride2": 2, "pad_size": 2},
    {"stride1": 2, "pad_size": 1},
    {
        "kernel_size": 3,
        "stride1": 2,
        "stride2": 2,
        "max_displacement": 2,
        "pad_size": 3,
    },
    {"kernel_size": 3, "stride1": 3, "max_displacement": 1, "pad_size": 1},
)
_IMAGES = {"data1": (2, 2, 4, 5), "data2": (2, 2, 4, 5)}

CASES = (
    *(
        Case(
            "Correlation",
            _IMAGES,
            {**settings, "is_multiply": multiplies},
            inferred=("data2",),
            numeric="kernel_size" not in settings or not multiplies,
        )
        for settings in _SETTINGS
        for multiplies in (True, False)
    ),
    Case("Correlation", _IMAGES, {"pad_size": 1}, "double", dtype="float64"),
    Case(
        "Correlation",
        {"data1": (1, 1, 3, 3), "data2": (1, 1, 3, 3)},
        {"is_multiply": False, "max_displacement": 0},
        "ties",
        fixed={"data1": [1, 2, 3] * 3, "data2": [1, 1, 4] * 3},
        numeric=False,
    ),
)
