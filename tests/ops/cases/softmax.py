"""Cases of softmax and its relatives."""

from tests.ops.cases.case import Case

NAMES = ("softmax", "softmin", "log_softmax")

CASES = (
    *(Case(name, {"data": (3, 4)}, low=-3, high=3) for name in NAMES),
    *(Case(name, {"data": (2, 3, 4)}, {"axis": 1}) for name in NAMES),
    *(Case(name, {"data": (3, 4)}, {"temperature": 2.5}) for name in NAMES),
    *(
        Case(
            name,
            {"data": (2, 3)},
            label="large",
            fixed={"data": [1e4, 1e4 - 1, -1e4, 200, -200, 199]},
            numeric=False,
        )
        for name in NAMES
    ),
    *(
        Case(name, {"data": (3, 4)}, {"dtype": "float64"}, label="double", low=-3)
        for name in NAMES
    ),
    *(Case(name, {"data": (5,)}, {"axis": 0}) for name in NAMES),
    *(Case(name, {"data": (3, 4)}, label="doubles", dtype="float64") for name in NAMES),
    *(
        Case("SoftmaxActivation", {"data": data}, {"mode": mode}, low=-3, high=3)
        for data, mode in (
            ((3, 4), "instance"),
            ((2, 3, 4), "channel"),
            ((2, 3, 2, 2), "channel"),
        )
    ),
    # MXNet's gradient is not that of its own output there.
    Case("SoftmaxActivation", {"data": (2, 3, 4)}, differentiable=False),
    Case("SoftmaxActivation", {"data": (2, 3, 4)}, label="gradient", golden=False),
    Case(
        "SoftmaxActivation",
        {"data": (2, 3)},
        label="large",
        fixed={"data": [1e4, 1e4 - 1, -1e4, 200, -200, 199]},
        numeric=False,
    ),
    Case(
        "softmax",
        {"data": (2, 3, 4), "length": (2, 3)},
        {"use_length": True},
        fixed={"length": [0, 1, 2, 4, 3, 2]},
        integers={"length": 5},
        inferred=("length",),
        golden=False,  # MXNet takes integer lengths only: see test_softmax
    ),
)
