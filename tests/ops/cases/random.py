"""Cases of random numbers, whose values have tests of their own."""

from tests.ops.cases.case import Case


def _drawn(name, **attributes):
    return Case(name, {}, attributes, golden=False, differentiable=False)


CASES = (
    _drawn("_random_uniform", shape=(2, 3)),
    _drawn("_random_uniform", shape=4, low=-1, high=2.5, dtype="float64"),
    _drawn("_random_normal", shape=(2, 3)),
    _drawn("_random_normal", shape=(4,), loc=3, scale=0.5, dtype="float16"),
)
