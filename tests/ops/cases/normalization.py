"""Cases of batch normalization."""

from typing import Any

from tests.ops.cases.case import Case


def _case(
    data: tuple[int, ...], train: bool = True, axis: int = 1, **attributes: Any
) -> Case:
    channels = (data[axis],)
    parameters = ("gamma", "beta", "moving_mean", "moving_var")
    if axis != 1:
        attributes["axis"] = axis
    return Case(
        "BatchNorm",
        {"data": data} | dict.fromkeys(parameters, channels),
        attributes,
        label="" if train else f"{attributes},predicting",
        low=0.5,
        high=1.5,
        auxiliary=("moving_mean", "moving_var"),
        train=train,
        inferred=parameters,
        differentiable=train,
        numeric="output_mean_var" not in attributes,  # MXNet lets nothing flow there
        tolerance=2e-5,
    )


CASES = (
    _case((6, 3)),
    _case((6, 3), fix_gamma=False),
    _case((4, 3, 2, 5), fix_gamma=False),
    _case((4, 3, 2, 5), fix_gamma=False, eps=1e-5, momentum=0.5),
    _case((4, 3, 2, 5), fix_gamma=False, use_global_stats=True),
    _case((4, 3, 2, 5), fix_gamma=False, output_mean_var=True),
    _case((3, 2, 5), axis=-1, fix_gamma=False),
    _case((3, 5, 4, 2), axis=3, fix_gamma=False),
    _case((2, 3, 2, 2, 3), fix_gamma=False),
    _case((4, 3, 2, 5), train=False),
    _case((6, 3), train=False, fix_gamma=False),
)
