"""Cases of joins and splits."""

from tests.ops.cases.case import Case


def _joined(name, count, shapes, label="", dtype="float32", **settings):
    inputs = {f"arg{i}": shape for i, shape in enumerate(shapes)}
    return Case(
        name,
        inputs,
        {"num_args": count, **settings},
        label,
        low=-9 if dtype == "int32" else -1,
        high=9 if dtype == "int32" else 1,
        dtype=dtype,
        differentiable=dtype != "int32",
    )


CASES = (
    _joined("Concat", 2, [(2, 3), (2, 4)]),
    _joined("Concat", 3, [(2, 3), (1, 3), (3, 3)], dim=0),
    _joined("Concat", 2, [(2, 3, 1), (2, 3, 4)], dim=-1),
    _joined("Concat", 1, [(2, 3)]),
    _joined("stack", 2, [(2, 3), (2, 3)]),
    _joined("stack", 3, [(2, 3)] * 3, axis=-1),
    _joined("stack", 2, [(2, 3)] * 2, axis=1),
    *(
        Case("SliceChannel", {"data": (2, 3, 4)}, settings)
        for settings in (
            {"num_outputs": 3},
            {"num_outputs": 3, "squeeze_axis": True},
            {"num_outputs": 2, "axis": -1},
            {"num_outputs": 1},
            {"num_outputs": 2, "axis": 0, "squeeze_axis": True},
        )
    ),
    *(
        Case("_split_v2", {"data": (6, 3)}, settings)
        for settings in (
            {"indices": (0, 2, 3), "axis": 0},
            {"indices": (0, 1)},
            {"indices": (0, 2, 2, 5), "axis": 0},
            {"indices": (0, 1, 2), "axis": -1, "squeeze_axis": True},
            {"indices": (), "sections": 3, "axis": 0},
            {"indices": (), "sections": 4, "axis": 0},
            {"indices": (), "sections": 6, "axis": 0, "squeeze_axis": True},
            {"indices": (), "sections": 1},
        )
    ),
    Case(
        "_split_v2",
        {"data": (3,)},
        {"indices": (0, 1, 2), "axis": 0, "squeeze_axis": True},
    ),
    _joined("Concat", 2, [(2, 1), (2, 2)], label="int32", dtype="int32"),
    _joined("stack", 2, [(2, 1), (2, 1)], label="int32", dtype="int32"),
    Case(
        "SliceChannel",
        {"data": (2, 4)},
        {"num_outputs": 2},
        "float64",
        dtype="float64",
    ),
)
