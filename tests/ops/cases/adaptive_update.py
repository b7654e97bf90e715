"""Cases of optimizers that scale steps by past gradients."""

from typing import Any

from tests.ops.cases.case import Case

_STATES = {
    "adam_update": ("mean", "var"),
    "rmsprop_update": ("n",),
    "rmspropalex_update": ("n", "g", "delta"),
    "ftrl_update": ("z", "n"),
    "ftml_update": ("d", "v", "z"),
    "_sparse_adagrad_update": ("history",),
}
_LARGE = (2, 200, 100)


def _case(
    operator: str,
    shape: tuple[int, ...] = (3, 4),
    settings: dict[str, Any] | None = None,
    **attributes: Any,
) -> Case:
    """Draw from above 0: so are squares of gradients, and the states that sum them."""
    names = ("weight", "grad", *_STATES[operator])
    return Case(
        operator,
        dict.fromkeys(names, shape),
        attributes,
        low=0.3,
        high=2,
        fixed=_SIGNED if shape == (3, 4) else {},
        auxiliary=names[2:],
        inferred=names[1:],
        differentiable=False,
        **{"golden": len(shape) < 3, **(settings or {})},  # no values for the large
    )


_SIGNED = {
    "weight": [1.5, -2, 0.3, -0.7, 2.2, 0.1, -0.4, 1.1, -1.6, 0.9, 0.5, -0.2],
    "grad": [-0.4, 0.9, 0, 1.3, -2.1, 0.2, 0.6, -0.8, 1.7, -0.1, 0.3, -1.2],
}
# MXNet has its attributes in single precision.
_DOUBLE = {"dtype": "float64", "label": "double"}
_HALF = {"dtype": "float16", "label": "half", "tolerance": 5e-3}
_LR = {"lr": 0.1}
_COMMON = {"lr": 0.1, "wd": 0.02, "rescale_grad": 0.5, "clip_gradient": 0.4}


def _all(operator: str, *settings: dict[str, Any], large: dict[str, Any]) -> list[Case]:
    """One case for each of the settings; the last ones again in other types."""
    # MXNet also computes in half precision, which is too little for these.
    exact = operator not in ("ftrl_update", "ftml_update")
    return [
        *(_case(operator, **attributes) for attributes in settings),
        _case(operator, settings=_DOUBLE, **settings[-1]),
        _case(operator, settings={**_HALF, "golden": exact}, **settings[-1]),
        _case(operator, _LARGE, **large),
    ]


def _adamw(
    operator: str, *states: str, scale: float = 0.5, golden: bool = True, **given: Any
) -> Case:
    names = ("weight", "grad", *states)
    return Case(
        operator,
        {**dict.fromkeys(names, (3, 4)), "rescale_grad": (1,)},
        {"lr": 0.1, "eta": 0.5, **given},
        label=f"scale={scale},{given}",
        low=0.3,
        high=2,
        fixed={**_SIGNED, "rescale_grad": [scale]},
        auxiliary=(*states, "rescale_grad"),
        inferred=(*names[1:], "rescale_grad"),
        differentiable=False,
        golden=golden,
    )


def _group(weight: tuple[int, ...], history: tuple[int, ...], **given: Any) -> Case:
    return Case(
        "_contrib_group_adagrad_update",
        {"weight": weight, "grad": weight, "history": history},
        {"lr": 0.1, **given},
        low=0.3,
        auxiliary=("history",),
        inferred=("grad", "history") if history == (weight[0], 1) else ("grad",),
        differentiable=False,
        golden=0 not in weight,
    )


CASES = (
    *_all("adam_update", _LR, {**_COMMON, "beta1": 0.8, "beta2": 0.9}, large=_COMMON),
    *_all(
        "rmsprop_update",
        _LR,
        {**_LR, "clip_weights": 0.5},
        {**_COMMON, "gamma1": 0.8, "epsilon": 0.1},
        large=_COMMON,
    ),
    *_all(
        "rmspropalex_update",
        {**_LR, "epsilon": 4},
        {**_COMMON, "epsilon": 4, "gamma1": 0.8, "gamma2": 0.7, "clip_weights": 0.9},
        large={**_COMMON, "epsilon": 4},
    ),
    *_all(
        "ftrl_update",
        _LR,
        {**_COMMON, "lamda1": 0.9, "beta": 0.5},
        large={**_COMMON, "lamda1": 0.9},
    ),
    *_all(
        "ftml_update",
        {**_LR, "t": 1},
        {**_LR, "t": 4, "wd": 0.02, "rescale_grad": 0.5, "clip_grad": 0.3},
        large={**_LR, "t": 4},
    ),
    _case("_sparse_adagrad_update", (3, 4), **_LR),
    _case("_sparse_adagrad_update", (3, 4), **_LR, rescale_grad=2, clip_gradient=0.5),
    _case("_sparse_adagrad_update", _LARGE, **_LR),
    *(
        _adamw(name, *states, **given)
        for name, states in (
            ("_adamw_update", ("mean", "var")),
            ("_mp_adamw_update", ("mean", "var", "weight32")),
        )
        for given in (
            {},
            {"wd": 0.1, "clip_gradient": 0.2},
            {"scale": 2.0, "beta1": 0.8, "beta2": 0.9, "epsilon": 0.1},
            # MXNet leaves `out` alone; the output is the weight here.
            {"scale": 0.0, "golden": False},
            {"scale": float("nan"), "golden": False},
        )
    ),
    _group((3, 4), (3, 1)),
    _group((3, 4), (3, 1), rescale_grad=2, clip_gradient=0.5, epsilon=0.1),
    _group((3, 2, 2), (3, 1, 1)),
    _group((3,), (3,)),
    _group((0, 4), (0, 1)),
)
