"""Cases of what optimizers ask of many arrays at once."""

from typing import Any

from tests.ops.cases.case import Case


def _arrays(
    operator: str, *shapes: tuple[int, ...], golden: bool = True, **given: Any
) -> Case:
    names = [f"array_{i}" for i in range(len(shapes))]
    return Case(
        operator,
        dict(zip(names, shapes, strict=True)),
        {"num_arrays": len(shapes)},
        golden=golden,
        differentiable=False,
        **given,
    )


def _finite(values: list[float], **given: Any) -> Case:
    return Case(
        "all_finite",
        {"data": (len(values),)},
        label=str(values),
        fixed={"data": values},
        differentiable=False,
        **given,
    )


_NAMES = ("lrs", "weights_sum_sq", "grads_sum_sq", "wds")
_LARS = {"eta": 0.5, "eps": 0.01}
_RESET = {"auxiliary": ("array_0", "array_1")}

CASES = (
    _arrays("multi_sum_sq", (2, 3)),
    _arrays("multi_sum_sq", (2, 3), (4,), (1, 2, 2)),
    _arrays("multi_sum_sq", (2, 3), (4,), dtype="float64", label="double"),
    _arrays(
        "multi_sum_sq", (2, 3), (4,), dtype="float16", label="half", tolerance=1e-3
    ),
    _arrays("multi_sum_sq", (0, 3), (4,), golden=False),  # MXNet takes nothing empty
    Case(
        "multi_lars",
        dict.fromkeys(_NAMES, (4,)),
        _LARS,
        low=0.1,
        inferred=_NAMES[1:],
        differentiable=False,
    ),
    Case(
        "multi_lars",
        dict.fromkeys(_NAMES, (4,)),
        {**_LARS, "rescale_grad": 0.5},
        low=0.1,
        fixed={"weights_sum_sq": [0, 1, 2, 4], "grads_sum_sq": [1, 0, 3, 4]},
        inferred=_NAMES[:3],
        differentiable=False,
    ),
    _finite([1, 2, 3]),
    _finite([1, float("nan"), 3]),
    _finite([1, float("inf"), 3]),
    _finite([float("-inf"), 1], dtype="float64"),
    _finite([60000.0, 1], dtype="float16"),
    _arrays("multi_all_finite", (2, 3)),
    _arrays("multi_all_finite", (2, 3), (4,)),
    _arrays("multi_all_finite", (2,), (1,), fixed={"array_1": [float("inf")]}),
    _arrays("reset_arrays", (2, 3), (4,), golden=False, **_RESET),
    _arrays("reset_arrays", (2, 3), (4,), dtype="float16", label="half", **_RESET),
)
