"""Cases of margins added and cut off."""

from typing import Any

from tests.ops.cases.case import Case

_WIDTHS = (0, 0, 0, 0, 1, 2, 2, 0)


def _pad(data: tuple[int, ...], mode: str, widths: tuple[int, ...]) -> Case:
    return Case("Pad", {"data": data}, {"mode": mode, "pad_width": widths})


def _crop(*shapes: tuple[int, ...], **attributes: Any) -> Case:
    inputs = {f"arg{i}": shape for i, shape in enumerate(shapes)}
    return Case("Crop", inputs, {"num_args": len(shapes), **attributes})


CASES = (
    *(
        case
        for mode in ("constant", "edge", "reflect")
        for case in (
            _pad((2, 2, 3, 3), mode, _WIDTHS),
            _pad((2, 2, 3, 4), mode, (0, 0, 0, 0, 2, 2, 3, 3)),
            _pad((1, 2, 2, 3, 3), mode, (0, 0, 0, 0, 1, 1, 0, 2, 2, 1)),
            _pad((1, 2, 3, 3), mode, (0,) * 8),
            Case(
                "Pad",
                {"data": (1, 2, 3, 3)},
                {"mode": mode, "pad_width": _WIDTHS},
                f"{mode},float64",
                dtype="float64",
            ),
        )
    ),
    Case(
        "Pad",
        {"data": (2, 1, 2, 2)},
        {"mode": "constant", "pad_width": _WIDTHS, "constant_value": -2.5},
    ),
    Case(
        "Pad",
        {"data": (2, 1, 2, 2)},
        {"mode": "constant", "pad_width": _WIDTHS, "constant_value": 1.5},
        "float16",
        dtype="float16",
    ),
    Case("pad", {"data": (1, 1, 1, 2)}, {"mode": "edge", "pad_width": _WIDTHS}),
    # MXNet knows four and five axes, and no margins on the first two.
    Case(
        "Pad",
        {"data": (3, 2)},
        {"mode": "reflect", "pad_width": (2, 1, 0, 1)},
        golden=False,
    ),
    Case("Pad", {"data": (2,)}, {"mode": "edge", "pad_width": (2, 1)}, golden=False),
    _crop((2, 3, 4, 5), h_w=(2, 3)),
    _crop((2, 3, 4, 5), h_w=(2, 3), offset=(1, 2)),
    _crop((2, 3, 4, 5), h_w=(4, 5)),
    _crop((1, 2, 5, 4), h_w=(2, 1), center_crop=True),
    _crop((1, 2, 5, 4), h_w=(2, 2), center_crop=True, offset=(3, 2)),
    _crop((1, 2, 4, 4), (2, 3, 2, 3)),
    _crop((1, 2, 4, 4), (2, 3, 2, 3), offset=(2, 1), h_w=(9, 9)),
    _crop((1, 2, 5, 4), (1, 1, 3, 3), center_crop=True),
)
