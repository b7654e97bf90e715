"""Cases of densities."""

from typing import Any

from tests.ops.cases.case import Case

# Where samples and parameters lie: away from the ends of their ranges.
_COUNTS = ("poisson", "negative_binomial", "generalized_negative_binomial")
_PARAMETERS = {
    "uniform": ("low", "high"),
    "normal": ("mu", "sigma"),
    "gamma": ("alpha", "beta"),
    "exponential": ("lam",),
    "poisson": ("lam",),
    "negative_binomial": ("k", "p"),
    "generalized_negative_binomial": ("mu", "alpha"),
}


def _case(
    name: str, sample: tuple[int, ...], each: tuple[int, ...], **settings: Any
) -> Case:
    parameters = _PARAMETERS[name]
    integers = {"sample": 4} if name in _COUNTS else {}
    return Case(
        f"_random_pdf_{name}",
        {"sample": sample, **dict.fromkeys(parameters, each)},
        low=0.2,
        high=0.9,
        integers=integers,
        inferred=parameters[1:],
        **settings,
    )


def _uniform(is_log: bool, **settings: Any) -> Case:
    return Case(
        "_random_pdf_uniform",
        {"sample": (2, 3), "low": (2,), "high": (2,)},
        {"is_log": is_log},
        fixed={
            "sample": [0.2, 0.4, 0.9, 2.5, 3, 4.5],
            "low": [0, 2],
            "high": [1, 5],
        },
        inferred=("high",),
        **settings,
    )


def _dirichlet(
    sample: tuple[int, ...], alpha: tuple[int, ...], **attributes: Any
) -> Case:
    return Case(
        "_random_pdf_dirichlet",
        {"sample": sample, "alpha": alpha},
        attributes,
        low=0.2,
        high=2,
        tolerance=5e-5,  # MXNet's gamma functions are approximate
    )


CASES = (
    _uniform(is_log=False),
    _uniform(is_log=True),
    *(
        _case(name, sample, each, attributes={"is_log": is_log}, tolerance=5e-5)
        for name in _PARAMETERS
        if name != "uniform"
        for is_log in (False, True)
        for sample, each in (((2, 4), (2,)), ((3,), (3,)), ((2, 2, 3), (2, 2)))
    ),
    _case("normal", (2, 0), (2,), golden=False),  # MXNet takes no empty arrays
    _case("normal", (2, 3), (2,), dtype="float64", label="double"),
    _case("gamma", (2, 3), (2,), dtype="float64", label="double"),
    _case("poisson", (2, 3), (2,), dtype="float64", label="double"),
    _case("normal", (2, 3), (2,), dtype="float16", label="half", tolerance=2e-3),
    _dirichlet((2, 4, 3), (2, 3)),
    _dirichlet((2, 4, 3), (2, 3), is_log=True),
    _dirichlet((4, 3), (3,), is_log=True),
    _dirichlet((2, 3), (2, 3)),
    _dirichlet((3,), (3,)),
)
