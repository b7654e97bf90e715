"""Cases of steps of gradient descent."""

from typing import Any

from tests.ops.cases.case import Case

_STATES = {
    "sgd_update": (),
    "sgd_mom_update": ("mom",),
    "nag_mom_update": ("mom",),
    "signsgd_update": (),
    "signum_update": ("mom",),
    "mp_sgd_update": ("weight32",),
    "mp_sgd_mom_update": ("mom", "weight32"),
    "mp_nag_mom_update": ("mom", "weight32"),
}


def _case(
    operator: str,
    shape: tuple[int, ...] = (3, 4),
    settings: dict[str, Any] | None = None,
    **attributes: Any,
) -> Case:
    names = ("weight", "grad", *_STATES[operator])
    return Case(
        operator,
        dict.fromkeys(names, shape),
        {"lr": 0.1, **attributes},
        low=-3,
        high=3,
        auxiliary=names[2:],
        inferred=names[1:],
        differentiable=False,
        **{"golden": len(shape) < 3, **(settings or {})},  # no values for the large
    )


_DOUBLE = {"dtype": "float64", "label": "double", "tolerance": 1e-6}
_HALF = {"dtype": "float16", "label": "half", "tolerance": 5e-3}
_COMMON = {"wd": 0.01, "rescale_grad": 0.5}
_LARGE = (2, 200, 100)

CASES = (
    _case("sgd_update"),
    _case("sgd_update", **_COMMON),
    _case("sgd_update", clip_gradient=0),
    _case("sgd_mom_update"),
    _case("sgd_mom_update", momentum=0.9, clip_gradient=0),
    _case("sgd_mom_update", momentum=0.9),
    _case("sgd_mom_update", momentum=0.9, **_COMMON),
    _case("sgd_mom_update", (5,), momentum=0.9, wd=0.01, clip_gradient=0.3),
    _case("sgd_update", _LARGE, wd=0.01, clip_gradient=1, lazy_update=False),
    _case("sgd_mom_update", _LARGE, wd=0.01, momentum=0.5),
    *(
        _case(name, settings=settings, **_COMMON, clip_gradient=0.3, **momentum)
        for name, states in _STATES.items()
        for settings in ({}, _DOUBLE, _HALF)
        for momentum in ({"momentum": 0.9} if "mom" in states else {},)
        if name != "mp_nag_mom_update"
        and ("weight32" not in states or not settings)  # these have types of their own
    ),
    *(_case(name) for name in list(_STATES)[2:]),
    _case("mp_nag_mom_update", momentum=0.9, rescale_grad=0.5, clip_gradient=0.3),
    # MXNet adds to mom the decay of the weight after the step.
    _case("mp_nag_mom_update", momentum=0.9, wd=0.3, settings={"golden": False}),
    *(_case(name, _LARGE, **_COMMON) for name in list(_STATES)[2:]),
    _case("nag_mom_update", (0, 3), settings={"golden": False}),
    _case("nag_mom_update", momentum=0.5, wd=0.3),
    _case("signum_update", momentum=0.5, wd_lh=0.3),
)
