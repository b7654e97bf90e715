"""Cases of replacing elements or rows at indices."""

from tests.ops.cases.case import Case

_ODD = [2, 0, 5, -1, 1.7]


def _copied(old, new, index, label="", **settings):
    return Case(
        "_contrib_index_copy",
        {"old_tensor": old, "index_vector": (len(index),), "new_tensor": new},
        label=label,
        integers={"index_vector": 1},
        fixed={"index_vector": index},
        **settings,
    )


def _filled(lhs, index, label="", **settings):
    return Case(
        "fill_element_0index",
        {"lhs": lhs, "mhs": lhs[:1], "rhs": lhs[:1]},
        label=label,
        integers={"rhs": 1},
        fixed={"rhs": index},
        golden=False,  # MXNet has it for arrays alone
        **settings,
    )


CASES = (
    _copied((4, 2), (2, 2), [0, 3]),
    _copied((4,), (2,), [2, 1]),
    _copied((3, 2, 2), (3, 2, 2), [2, 0, 1]),
    _copied((4, 2), (2, 2), [1, 0], "float64", dtype="float64"),
    _copied((4, 2), (2, 2), [1, 0], "float16", dtype="float16"),
    _copied((4,), (2,), [2, 1], "int32", low=-9, high=9, dtype="int32"),
    # Of equal indices the last one counts, but each has the gradient.
    _copied((4, 2), (2, 2), [1, 1], "repeated", numeric=False),
    _copied((4, 2), (2, 2), [-1, 0], "from the end", golden=False),
    _filled((3, 2), [0, 1, 1]),
    _filled((5, 3), _ODD, "out of range"),
    _filled((3, 2), [0, 1, 1], "float16", dtype="float16"),
    Case(
        "_onehot_encode",
        {"lhs": (5,), "rhs": (5, 3)},
        fixed={"lhs": _ODD},
        golden=False,
        differentiable=False,
    ),
)
