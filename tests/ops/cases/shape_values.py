"""Cases of arrays that follow from shapes."""

from tests.ops.cases.case import Case


def _made(name, data=(2, 3), label="", dtype="float32", **attributes):
    return Case(
        name, {"data": data}, attributes, label, dtype=dtype, differentiable=False
    )


CASES = (
    _made("shape_array"),
    _made("shape_array", (4,), "int8", "int8"),
    _made("size_array"),
    _made("size_array", (2, 1, 3), "float64", "float64"),
    _made("_contrib_arange_like"),
    _made("_contrib_arange_like", start=1, step=0.5),
    _made("_contrib_arange_like", axis=1),
    _made("_contrib_arange_like", axis=-2, step=-1),
    _made("_contrib_arange_like", repeat=2),
    _made("_contrib_arange_like", axis=1, repeat=2),
    *(
        _made("_contrib_arange_like", (5,), dtype, dtype, start=2)
        for dtype in ("float16", "float64", "int32", "uint8")
    ),
    _made("_contrib_index_array"),
    _made("_contrib_index_array", (3,)),
    _made("_contrib_index_array", axes=(1, 0, -1)),
    _made("_contrib_index_array", (2, 1, 3), axes=(1,)),
    _made("_contrib_index_array", (2,), "float16", "float16"),
)
