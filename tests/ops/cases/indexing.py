"""Cases of choosing by indices and conditions."""

from tests.ops.cases.case import Case

_ODD = [2, 0, 5, -1, 1.7, 2]

CASES = (
    Case(
        "Embedding",
        {"data": (3, 4), "weight": (5, 2)},
        {"input_dim": 5, "output_dim": 2},
        integers={"data": 5},
        inferred=("weight",),
    ),
    Case(
        "Embedding",
        {"data": (6,), "weight": (3, 2)},
        {"input_dim": 3, "output_dim": 2},
        label="out of range",
        integers={"data": 3},
        fixed={"data": _ODD},
        inferred=("weight",),
    ),
    Case(
        "Embedding",
        {"data": (3,), "weight": (4, 3)},
        {"input_dim": 4, "output_dim": 3},
        label="each once",
        integers={"data": 4},
        fixed={"data": [3, 0, 1]},
        inferred=("weight",),
    ),
    *(
        Case(
            "take",
            {"a": (3, 2, 4), "indices": (2, 3)},
            {"axis": axis, "mode": mode},
            integers={"indices": 3},
            fixed={"indices": [2, -1, 3, -4, 1.7, 0]},
        )
        for axis in (0, 1, -1)
        for mode in ("clip", "wrap")
    ),
    Case("take", {"a": (5,), "indices": (7,)}, integers={"indices": 5}),
    Case(
        "take",
        {"a": (5, 2), "indices": (4,)},
        {"mode": "raise"},
        integers={"indices": 5},
    ),
    *(
        Case(
            "pick",
            {"data": data, "index": index},
            settings,
            integers={"index": 5},
        )
        for data, index, settings in (
            ((3, 4), (3,), {}),
            ((3, 4), (4,), {"axis": 0, "keepdims": True, "mode": "wrap"}),
            ((2, 3, 4), (2, 4), {"axis": 1}),
            ((3, 4), (3, 1), {"axis": 1, "keepdims": True}),
            ((5,), (1,), {"axis": 0}),
        )
    ),
    Case(
        "one_hot",
        {"indices": (6,)},
        {"depth": 3},
        fixed={"indices": _ODD},
        differentiable=False,
    ),
    Case(
        "one_hot",
        {"indices": (2, 2)},
        {"depth": 4, "on_value": 5.0, "off_value": -1.0, "dtype": "int32"},
        integers={"indices": 4},
        differentiable=False,
    ),
    *(
        Case(
            "where",
            {"condition": shape, "x": (3, 2), "y": (3, 2)},
            integers={"condition": 2},
        )
        for shape in ((3, 2), (3,))
    ),
    *(
        Case(
            "take",
            {"a": (3, 2), "indices": (4,)},
            {"axis": axis, "mode": mode},
            f"far out of range {mode}",
            integers={"indices": 3},
            fixed={"indices": [7, -5, 1.9, -0.5]},
        )
        for axis, mode in ((0, "wrap"), (-2, "clip"))
    ),
    *(
        Case(
            "take",
            {"a": (3, 2), "indices": (3,)},
            label=dtype,
            integers={"indices": 2},
            low=0,
            high=9,
            dtype=dtype,
            differentiable=dtype.startswith("float"),
        )
        for dtype in ("float16", "float64", "int32")
    ),
    *(
        Case(
            "pick",
            {"data": (3, 4), "index": (3,)},
            {"mode": mode},
            f"odd {mode}",
            integers={"index": 3},
            fixed={"index": [5, -1, 1.7]},
        )
        for mode in ("clip", "wrap")
    ),
    *(
        Case(
            "pick",
            {"data": (3, 4), "index": (3,)},
            label=dtype,
            integers={"index": 4},
            low=0,
            high=9,
            dtype=dtype,
            differentiable=dtype.startswith("float"),
        )
        for dtype in ("float16", "float64", "int32")
    ),
    # MXNet takes integer indices only, and has no gradient of this.
    Case(
        "batch_take",
        {"a": (3, 2), "indices": (3,)},
        label="int32",
        integers={"indices": 2},
        low=-9,
        high=9,
        dtype="int32",
        differentiable=False,
    ),
    Case(
        "batch_take",
        {"a": (4, 2), "indices": (4,)},
        label="out of range",
        fixed={"a": [3, 1, 4, 1, 5, 9, 2, 6], "indices": [5, -1, -3, 0]},
        dtype="int32",
        differentiable=False,
    ),
    Case(
        "batch_take",
        {"a": (3, 2), "indices": (3,)},
        integers={"indices": 2},
        golden=False,
    ),
    Case(
        "batch_take",
        {"a": (2, 3, 4), "indices": (2, 3)},
        integers={"indices": 4},
        golden=False,
    ),
    Case(
        "one_hot",
        {"indices": (2,)},
        {"depth": 3, "on_value": 1.7, "off_value": -1.2},
        integers={"indices": 3},
        differentiable=False,
    ),
    Case(
        "one_hot",
        {"indices": (2,)},
        {"depth": 2, "on_value": -1, "dtype": "uint8"},
        "int32",
        integers={"indices": 2},
        dtype="int32",
        differentiable=False,
    ),
    *(
        Case(
            "where",
            {"condition": (3,), "x": (3,), "y": (3,)},
            label=dtype,
            integers={"condition": 2},
            low=0,
            high=9,
            dtype=dtype,
            differentiable=dtype.startswith("float"),
        )
        for dtype in ("float16", "float64", "int32")
    ),
)
