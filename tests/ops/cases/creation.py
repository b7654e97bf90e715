"""Cases of arrays from nothing."""

from tests.ops.cases.case import Case


def _made(name, **attributes):
    return Case(name, {}, attributes, differentiable=False)


CASES = (
    _made("_zeros", shape=(2, 3)),
    _made("_zeros", shape=4, dtype="int32"),
    _made("_ones", shape=(2, 3), dtype="float64"),
    _made("_full", shape=(2,), value=1.5),
    _made("_full", shape=(2,), value=1.5, dtype="int32"),
    _made("_arange", start=5),
    _made("_arange", start=1, stop=5),
    _made("_arange", start=0, stop=1, step=0.3),
    _made("_arange", start=5, stop=1, step=-2),
    _made("_arange", start=0, stop=3, repeat=2),
    _made("_arange", start=0, stop=3, dtype="int32"),
    _made("_eye", N=3),
    _made("_eye", N=2, M=4, k=1),
    _made("_eye", N=3, k=-1, dtype="int32"),
)
