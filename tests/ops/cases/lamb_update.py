"""Cases of LAMB."""

from typing import Any

from tests.ops.cases.case import Case

_SETTINGS = {"t": 3, "wd": 0.02}
_EIGHTHS = [(5 * i % 13 - 6) / 8 for i in range(12)]


def _phase1(
    prefix: str = "",
    shape: tuple[int, ...] = (3, 4),
    settings: dict[str, Any] | None = None,
    **attributes: Any,
) -> Case:
    names = ("weight", "grad", "mean", "var", "weight32")[: 5 if prefix else 4]
    return Case(
        f"{prefix}lamb_update_phase1",
        dict.fromkeys(names, shape),
        {**_SETTINGS, **attributes},
        low=0.1,
        # Recorded with halves for weights and gradients, if mixed.
        fixed={"grad": _EIGHTHS} if prefix and shape == (3, 4) else {},
        auxiliary=names[2:],
        inferred=names[1:],
        differentiable=False,
        **{"golden": len(shape) < 3, **(settings or {})},  # no values for the large
    )


def _phase2(
    operator: str,
    *states: str,
    norms: tuple[float, float] = (3, 2),
    **attributes: Any,
) -> Case:
    return Case(
        operator,
        {"weight": (3, 4), "g": (3, 4), "r1": (1,), "r2": (1,)}
        | dict.fromkeys(states, (3, 4)),
        {"lr": 0.1, **attributes},
        label=f"norms={norms},{attributes}",
        fixed={"r1": norms[:1], "r2": norms[1:]},
        auxiliary=states,
        inferred=("g", "r1", "r2", *states),
        differentiable=False,
        golden=not states,  # MXNet forgets to step weight32 itself
    )


_OTHERS = {"clip_gradient": 0.3, "beta1": 0.8, "beta2": 0.9, "epsilon": 0.1}
_DOUBLE = {"dtype": "float64", "label": "double"}
_HALF = {"dtype": "float16", "label": "half", "tolerance": 5e-3}

CASES = (
    _phase1(),
    _phase1(bias_correction=False, rescale_grad=0.5),
    _phase1(**_OTHERS),
    _phase1(settings=_DOUBLE, **_OTHERS),
    _phase1(settings=_HALF, **_OTHERS),
    _phase1(shape=(2, 200, 100)),
    _phase1("mp_"),
    _phase1("mp_", (2, 200, 100)),
    *(
        _phase2(name, *states, **given)
        for name, states in (
            ("lamb_update_phase2", ()),
            ("mp_lamb_update_phase2", ("weight32",)),
        )
        for given in (
            {},
            {"norms": (0, 2)},
            {"norms": (3, 0)},
            {"lower_bound": 4},
            {"upper_bound": 2.5},
            {"upper_bound": 0, "lower_bound": 0},
        )
    ),
)
