"""Cases of optimizers' steps for several weights."""

import math
from typing import Any

from tests.ops.cases.case import Case

_SHAPES = ((3, 2), (4,), (2, 1, 2))


def _eighths(shape: tuple[int, ...]) -> list[float]:
    """Return numbers that half precision holds exactly."""
    return [(5 * i % 13 - 6) / 8 for i in range(math.prod(shape))]


def _case(
    operator: str,
    each: tuple[str, ...],
    shared: tuple[str, ...] = (),
    *,
    shapes: tuple[tuple[int, ...], ...] = _SHAPES,
    fixed: dict[str, list[float]] | None = None,
    settings: dict[str, Any] | None = None,
    tolerance: float | None = None,
    **attributes: Any,
) -> Case:
    own = {f"{name}_{i}": s for i, s in enumerate(shapes) for name in each}
    length = 1 if len(shared) == 1 else len(shapes)
    names = [*own, *shared]
    counter = "num_tensors" if "lamb" in operator else "num_weights"
    # The values of mixed precision are recorded with halves for weights and gradients,
    # of which MXNet takes the norms.
    rounded = {
        n: _eighths(s) for n, s in own.items() if n.startswith(("weight", "grad"))
    }
    mixed = "weight32" in each
    return Case(
        operator,
        {**own, **dict.fromkeys(shared, (length,))},
        {counter: len(shapes), **attributes},
        low=0.1,
        high=2,
        fixed={**(fixed or {}), **(rounded if mixed else {})},
        auxiliary=() if len(each) == 2 else tuple(names[2:]),
        inferred=tuple(n for n in names if not n.startswith("weight_")),
        differentiable=False,
        tolerance=tolerance or (1e-3 if mixed else 1e-5),
        **(settings or {}),
    )


_RATES = {"lrs": (0.1, 0.2, 0.3), "wds": (0, 0.1, 0.02)}
_COMMON = {"rescale_grad": 0.5, "clip_gradient": 0.4}
_ADAMW = {**_RATES, "etas": (1, 0.5, 2)}
_LAMB = {
    "learning_rates": (0.1, 0.2, 0.3),
    "wds": (0, 0.1, 0.02),
    "step_count": (1, 2, 5),
}
_PRELOADED = {"lrs": [0.1, 0.2, 0.3], "wds": [0, 0.1, 0.02]}
_ONE = {"shapes": ((3, 2),)}
_DOUBLE = {"settings": {"dtype": "float64", "label": "double"}}
_HALF = {"settings": {"dtype": "float16", "label": "half"}, "tolerance": 5e-3}


def _master(prefix: str) -> tuple[str, ...]:
    return ("weight32",) if prefix else ()


def _descents() -> list[Case]:
    cases = []
    for prefix in ("", "mp_"):
        for kind, states, own in (
            ("sgd", (), {}),
            ("sgd_mom", ("mom",), {"momentum": 0.9}),
        ):
            each = ("weight", "grad", *states, *_master(prefix))
            name = f"multi_{prefix}{kind}_update"
            cases += [
                _case(name, each, lrs=(0.1,), wds=(0.1,), **_ONE),
                _case(name, each, **_RATES, **_COMMON, **own),
                _case(
                    f"preloaded_{name}",
                    each,
                    ("lrs", "wds"),
                    fixed=_PRELOADED,
                    **_COMMON,
                    **own,
                ),
            ]
            if not prefix:
                cases += [
                    _case(name, each, **_RATES, **_COMMON, **own, **other)
                    for other in (_DOUBLE, _HALF)
                ]
    return cases


def _adamw(prefix: str, scale: float, **given: Any) -> Case:
    return _case(
        f"_multi_{prefix}adamw_update",
        ("weight", "grad", "mean", "var", *_master(prefix)),
        ("rescale_grad",),
        fixed={"rescale_grad": [scale]},
        **_ADAMW,
        **given,
    )


def _lamb(prefix: str, **given: Any) -> Case:
    each = ("weight", "grad", "mean", "var", *_master(prefix))
    return _case(f"_multi_{prefix}lamb_update", each, **{**_LAMB, **given})


CASES = (
    *_descents(),
    *(
        case
        for prefix in ("", "mp_")
        for case in (
            _adamw(prefix, 0.5),
            _adamw(prefix, 2, clip_gradient=0.4, beta1=0.8, beta2=0.9, epsilon=0.1),
            _lamb(prefix),
            _lamb(prefix, bias_correction=False, **_COMMON),
            _lamb(prefix, lower_bound=2, upper_bound=3, epsilon=0.1),
        )
    ),
    # MXNet leaves `out` alone; the outputs are the weights here.
    _adamw("", float("inf"), settings={"golden": False, "label": "infinite scale"}),
    # MXNet takes no other types.
    _adamw("", 0.5, settings={"golden": False, "dtype": "float64", "label": "double"}),
    _lamb("", **_DOUBLE),
    _lamb("", **_HALF),
)
