"""Cases of random numbers with arrays of parameters; values have their own tests."""

from typing import Any

from tests.ops.cases.case import Case


def _drawn(
    name: str, each: tuple[int, ...], *parameters: str, **attributes: Any
) -> Case:
    return Case(
        f"_sample_{name}",
        dict.fromkeys(parameters, each),
        attributes,
        low=0.2,
        high=0.9,
        inferred=parameters[1:],
        golden=False,
        differentiable=False,
    )


def _chosen(data: tuple[int, ...], get_prob: bool = False, **attributes: Any) -> Case:
    return Case(
        "_sample_multinomial",
        {"data": data},
        {"get_prob": get_prob, **attributes},
        low=0.1,
        golden=False,
        differentiable=False,
    )


CASES = (
    _drawn("uniform", (2,), "low", "high"),
    _drawn("uniform", (2, 1), "low", "high", shape=(3, 2), dtype="float64"),
    _drawn("normal", (2,), "mu", "sigma", shape=3),
    _drawn("normal", (2,), "mu", "sigma", dtype="float16"),
    _drawn("gamma", (3,), "alpha", "beta", shape=(2,)),
    _drawn("exponential", (3, 2), "lam", shape=(2,)),
    _drawn("exponential", (0, 2), "lam", shape=(2,)),
    _drawn("poisson", (3,), "lam", shape=(2, 2)),
    _drawn("negative_binomial", (3,), "k", "p", shape=4),
    _drawn("generalized_negative_binomial", (3,), "mu", "alpha", shape=4),
    _chosen((4,)),
    _chosen((4,), shape=3),
    _chosen((2, 4), get_prob=True),
    _chosen((2, 4), get_prob=True, shape=(3, 2), dtype="uint8"),
    _chosen((2, 3, 4), shape=2, dtype="float64"),
    _chosen((0, 4), get_prob=True, shape=2),
    _chosen((2, 4), shape=0),
    Case(
        "_sample_unique_zipfian",
        {},
        {"range_max": 20, "shape": (3, 4)},
        golden=False,
        differentiable=False,
    ),
)
