"""Cases of casts."""

from tests.ops.cases.case import Case

_PAIR = {"data_0": (2, 3), "data_1": (4,)}

CASES = (
    *(
        Case(
            name, {"data": (3, 4)}, {"dtype": "float16"}, numeric=False, tolerance=1e-3
        )
        for name in ("Cast", "amp_cast")
    ),
    *(
        Case(name, {"data": (3, 4)}, {"dtype": "float32"}, numeric=False)
        for name in ("Cast", "amp_cast")
    ),
    Case("Cast", {"data": (3, 4)}, {"dtype": "float64"}),
    *(
        Case(
            name,
            {"data": (12,)},
            {"dtype": dtype},
            label=f"{dtype} from {start}",
            low=-5,
            high=5,
            differentiable=False,
            dtype=start,
        )
        for name, dtype, start in (
            ("Cast", "int32", "float32"),
            ("Cast", "float16", "int32"),
            ("Cast", "int8", "float64"),
            ("amp_cast", "float16", "int32"),
            ("amp_cast", "float32", "float16"),
        )
    ),
    # MXNet's fast path fails for float64.
    Case(
        "amp_cast",
        {"data": (3, 4)},
        {"dtype": "float16"},
        label="double",
        dtype="float64",
        golden=False,
    ),
    Case("amp_multicast", _PAIR, {"num_outputs": 2}),
    Case("amp_multicast", {"data_0": (3,)}, {"num_outputs": 1, "cast_narrow": True}),
)
