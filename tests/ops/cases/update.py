"""Cases of optimizer steps."""

from typing import Any

from tests.ops.cases.case import Case


def _case(operator: str, shape: tuple[int, ...] = (3, 4), **attributes: Any) -> Case:
    has_momentum = operator == "sgd_mom_update"
    names = ("weight", "grad", "mom") if has_momentum else ("weight", "grad")
    return Case(
        operator,
        dict.fromkeys(names, shape),
        attributes,
        low=-3,
        high=3,
        auxiliary=names[2:],
        inferred=names[1:],
        golden=len(shape) < 3,  # the large ones have no recorded values
        differentiable=False,
    )


CASES = (
    _case("sgd_update", lr=0.1),
    _case("sgd_update", lr=0.1, wd=0.01, rescale_grad=0.5),
    _case("sgd_update", lr=0.1, wd=0.01, rescale_grad=0.5, clip_gradient=0.3),
    _case("sgd_update", lr=0.1, clip_gradient=0),
    _case("sgd_mom_update", lr=0.1),
    _case("sgd_mom_update", lr=0.1, momentum=0.9, clip_gradient=0),
    _case("sgd_mom_update", lr=0.1, momentum=0.9),
    _case("sgd_mom_update", lr=0.1, momentum=0.9, wd=0.01, rescale_grad=0.5),
    _case("sgd_mom_update", (5,), lr=0.1, momentum=0.9, wd=0.01, clip_gradient=0.3),
    _case(
        "sgd_update", (2, 200, 100), lr=0.1, wd=0.01, clip_gradient=1, lazy_update=False
    ),
    _case("sgd_mom_update", (2, 200, 100), lr=0.1, wd=0.01, momentum=0.5),
)
