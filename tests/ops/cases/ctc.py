"""Cases of connectionist temporal classification."""

from typing import Any

from tests.ops.cases.case import Case


def _case(
    data: tuple[int, ...],
    label: list[list[int]],
    name: str = "",
    data_lengths: list[int] | None = None,
    label_lengths: list[int] | None = None,
    operator: str = "CTCLoss",
    golden: bool = True,
    numeric: bool = True,
    dtype: str = "float32",
    **settings: Any,
) -> Case:
    """Labels are drawn from the data's classes unless given."""
    inputs = {"data": data, "label": (len(label), len(label[0]))}
    fixed: dict[str, list[Any]] = {"label": label}
    for key, lengths in (
        ("data_lengths", data_lengths),
        ("label_lengths", label_lengths),
    ):
        if lengths is not None:
            inputs[key] = (len(lengths),)
            fixed[key] = lengths
            settings[f"use_{key}"] = True
    return Case(
        operator,
        inputs,
        settings,
        label=name,
        low=-2,
        high=2,
        fixed=fixed,
        # Named so that nothing asks for gradients of them.
        integers={n: 9 for n in inputs if n != "data"},
        inferred=tuple(n for n in inputs if n.endswith("lengths")),
        golden=golden,
        numeric=numeric,
        tolerance=2e-5,
        dtype=dtype,
    )


FIRST = [[1, 2, 0], [3, 3, 0], [4, 1, 2]]
LAST = [[0, 1, -1], [2, 2, -1], [3, 0, 1]]

CASES = (
    _case((4, 3, 5), FIRST),
    _case((4, 3, 5), FIRST, "explicit", blank_label="first"),
    _case((4, 3, 5), LAST, blank_label="last"),
    _case((4, 3, 5), FIRST, operator="ctc_loss"),
    _case((5, 1, 2), [[1, 1, 1]]),
    _case((3, 2, 4), [[1], [3]]),
    _case((4, 3, 5), [[0, 0, 0], [0, 1, 2], [1, 0, 2]], "ends early"),
    _case((6, 3, 5), FIRST, "some frames", data_lengths=[6, 4, 3]),
    _case((4, 3, 5), FIRST, "some labels", [4, 4, 3], [1, 2, 3]),
    _case(
        (4, 2, 5), [[0, 3, 1], [2, 2, 2]], "no pads", [4, 4], [2, 0], blank_label="last"
    ),
    _case((6, 3, 5), LAST, "both", [6, 4, 3], [2, 2, 1], blank_label="last"),
    # MXNet takes the lengths of labels alone by name only.
    _case((4, 3, 5), FIRST, "some labels", None, [1, 2, 3], golden=False),
    # Its gradient is not set where there are too few frames, and its hidden output
    # is single.
    _case((3, 2, 5), [[1, 1, 2], [1, 2, 3]], "too few frames", golden=False),
    _case((4, 2, 5), FIRST[:2], "no frames", [0, 4], golden=False),
    _case((4, 3, 5), FIRST, "double", dtype="float64", golden=False),
)
