"""Cases of penalties on activations."""

from typing import Any

from tests.ops.cases.case import Case


def _case(data: tuple[int, ...], golden: bool = True, **settings: Any) -> Case:
    return Case(
        "IdentityAttachKLSparseReg",
        {"data": data, "moving_avg": data[1:2]},
        settings,
        low=0.1,
        high=0.9,
        auxiliary=("moving_avg",),
        inferred=("moving_avg",),
        golden=golden,
        numeric=False,  # the gradient is not that of the output alone
    )


CASES = (
    _case((4, 3)),
    _case((4, 3), penalty=0.5),
    _case((5, 2), penalty=0.7, sparseness_target=0.4, momentum=0.2),
    _case((2, 3, 2, 2), golden=False, penalty=0.5),  # MXNet fails there
)
