"""Cases of arrays from nothing."""

from dataclasses import replace

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
    _made("_full", shape=(2,), value=-1, dtype="uint8"),
    _made("_full", shape=(2,), value=300, dtype="uint8"),
    _made("_full", shape=(2,), value=-1.7, dtype="int64"),
    _made("_full", shape=(2,), value=float("inf"), dtype="float16"),
    _made("_arange", start=2.5),
    _made("_arange", start=0.5, stop=3.5, dtype="int32"),
    _made("_arange", start=0, stop=300, step=100, dtype="uint8"),
    _made("_arange", start=0, stop=1, step=0.25, dtype="float64"),
    _made("_arange", start=0, stop=3, infer_range=True),
    # MXNet cuts off the fractions of steps in half precision.
    replace(
        _made("_arange", start=0, stop=1, step=0.25, dtype="float16"), golden=False
    ),
    _made("_eye", N=3, M=2),
    _made("_eye", N=3, M=-1),
    _made("_eye", N=2, k=5),
    _made("_eye", N=2, M=3, k=2, dtype="float16"),
    _made("_linspace", start=0, stop=1, num=5),
    _made("_linspace", start=0, stop=1, num=5, endpoint=False),
    _made("_linspace", start=3, stop=-2, num=4, dtype="float64"),
    _made("_linspace", start=3, stop=9, num=1),
    _made("_linspace", start=3, stop=9, num=0),
    _made("_linspace", start=0, stop=10, num=4, dtype="int32"),
    _made("_linspace", start=0, stop=1, num=5, dtype="float16"),
    # MXNet's own functions cannot say a code.
    replace(_made("_zeros_without_dtype", shape=(2, 3), dtype=1), golden=False),
)
