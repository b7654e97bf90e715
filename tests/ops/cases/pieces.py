"""Cases of slices, splits and joins."""

from tests.ops.cases.case import Case

_SLICES = (
    {"begin": (0, 1), "end": (2, 3)},
    {"begin": (None, 1), "end": (None, None)},
    {"begin": (1,), "end": (0,), "step": (-1,)},
    {
        "begin": (None, None, 3),
        "end": (None, None, 0),
        "step": (None, None, -2),
    },
    {"begin": (0,), "end": (5,)},
    {"begin": (-1,), "end": (None,)},
    {"begin": (0, 0, 1), "end": (2, 3, 4), "step": (1, 2, 2)},
)


def _joined(name, count, shapes, **settings):
    inputs = {f"arg{i}": shape for i, shape in enumerate(shapes)}
    return Case(name, inputs, {"num_args": count, **settings})


CASES = (
    *(Case("slice", {"data": (2, 3, 4)}, settings) for settings in _SLICES),
    *(
        Case("slice_axis", {"data": (2, 3, 4)}, settings)
        for settings in (
            {"axis": 1, "begin": 1, "end": None},
            {"axis": -1, "begin": -3, "end": -1},
            {"axis": 0, "begin": 0, "end": 2},
        )
    ),
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
)
