"""Cases of batch normalization."""

from typing import Any

from tests.ops.cases.case import Case


def _case(
    data: tuple[int, ...],
    train: bool = True,
    axis: int = 1,
    operator: str = "BatchNorm",
    dtype: str = "float32",
    **attributes: Any,
) -> Case:
    channels = (data[axis],)
    parameters = ("gamma", "beta", "moving_mean", "moving_var")
    if axis != 1:
        attributes["axis"] = axis
    remarks = ["predicting"] * (not train) + [dtype] * (dtype != "float32")
    return Case(
        operator,
        {"data": data} | dict.fromkeys(parameters, channels),
        attributes,
        label=",".join([str(attributes), *remarks]) if remarks else "",
        low=0.5,
        high=1.5,
        auxiliary=("moving_mean", "moving_var"),
        train=train,
        inferred=parameters,
        differentiable=train,
        numeric="output_mean_var" not in attributes,  # MXNet lets nothing flow there
        tolerance=2e-5,
        dtype=dtype,
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
    _case((5,), axis=0, fix_gamma=False, use_global_stats=True),
    _case((4, 3, 2, 5), train=False),
    _case((6, 3), train=False, fix_gamma=False),
    _case((6, 3), train=False, output_mean_var=True),
    _case((6, 3), dtype="float64", fix_gamma=False),
    *(
        _case(data, operator=operator, fix_gamma=False, **attributes)
        for operator, data, given in (
            ("BatchNorm_v1", (4, 3, 2, 2), {}),
            ("_contrib_SyncBatchNorm", (4, 3, 2, 2), {"key": "one"}),
            ("_contrib_BatchNormWithReLU", (4, 3, 2, 2), {}),
        )
        for attributes in (
            given,
            given | {"output_mean_var": True},
            given | {"use_global_stats": True},
        )
    ),
    _case((4, 3, 2, 2), operator="BatchNorm_v1", train=False, eps=0.1),
    _case((4, 3), operator="_contrib_SyncBatchNorm", momentum=0.5, key="two"),
    _case((4, 3), operator="_contrib_SyncBatchNorm", train=False, key="two"),
    _case((4, 3, 2, 2), operator="_contrib_BatchNormWithReLU", train=False),
)
