"""Cases of layer, group and instance normalization."""

from typing import Any

from tests.ops.cases.case import Case


def _case(
    operator: str,
    data: tuple[int, ...],
    parameters: int,
    label: str = "",
    dtype: str = "float32",
    fixed: dict[str, list[Any]] | None = None,
    **attributes: Any,
) -> Case:
    return Case(
        operator,
        {"data": data, "gamma": (parameters,), "beta": (parameters,)},
        attributes,
        label=label,
        inferred=("gamma", "beta"),
        numeric="output_mean_var" not in attributes,  # MXNet lets nothing flow there
        tolerance=2e-5,
        dtype=dtype,
        fixed=fixed or {},
    )


CASES = (
    _case("LayerNorm", (3, 4), 4),
    _case("LayerNorm", (5,), 5),
    _case("LayerNorm", (2, 3, 4), 4, eps=0.1),
    _case("LayerNorm", (2, 3, 4), 3, axis=1),
    _case("LayerNorm", (4, 3), 4, axis=0),
    _case("LayerNorm", (2, 3, 2, 2), 3, axis=-3, eps=1e-3),
    _case("LayerNorm", (2, 3, 4), 4, output_mean_var=True),
    _case("LayerNorm", (2, 3, 4), 3, axis=1, output_mean_var=True),
    _case("LayerNorm", (3, 1), 1),
    _case("LayerNorm", (3, 6), 6, "double", "float64"),
    _case("LayerNorm", (2, 3), 3, "equal", fixed={"data": [2, 2, 2, -1, -1, -1]}),
    _case("GroupNorm", (2, 4, 3), 1),
    _case("GroupNorm", (2, 4, 3), 2, num_groups=2),
    _case("GroupNorm", (2, 6, 2, 2), 3, num_groups=3, eps=0.1),
    _case("GroupNorm", (2, 3, 2, 1, 2), 3, num_groups=3),
    _case("GroupNorm", (2, 4, 3), 2, num_groups=2, output_mean_var=True),
    _case("InstanceNorm", (2, 3, 4), 3),
    _case("InstanceNorm", (2, 3, 2, 2), 3, eps=0.1),
    _case("InstanceNorm", (1, 2, 2, 1, 3), 2),
)
