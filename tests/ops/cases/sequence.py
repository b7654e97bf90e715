"""Cases of sequences of several lengths."""

from typing import Any

from tests.ops.cases.case import Case

_LENGTHS = [2, 4, 1]


def _case(
    operator: str,
    data: tuple[int, ...] = (4, 3, 2),
    lengths: list[Any] | None = None,
    **settings: Any,
) -> Case:
    inputs: dict[str, tuple[int, ...]] = {"data": data}
    if lengths is not None:
        inputs["sequence_length"] = (len(lengths),)
        settings = {"use_sequence_length": True, **settings}
    return Case(
        operator,
        inputs,
        settings,
        fixed={} if lengths is None else {"sequence_length": lengths},
        inferred=tuple(inputs)[1:],
        label=f"lengths {lengths} {settings}" if lengths else "",
        # MXNet reverses along the first axis alone.
        golden=operator != "SequenceReverse" or not settings.get("axis"),
    )


CASES = (
    *(
        _case(operator, **settings)
        for operator in ("SequenceMask", "SequenceReverse", "SequenceLast")
        for settings in (
            {},
            {"axis": 1},
            {"lengths": _LENGTHS},
            {"lengths": [2.9, 4, 1.1]},
            {"data": (3, 4, 2), "lengths": _LENGTHS, "axis": 1},
            {"data": (4, 3), "lengths": _LENGTHS},
            {"data": (1, 2, 1, 2), "lengths": [1, 1]},
        )
    ),
    _case("SequenceMask", lengths=_LENGTHS, value=-1.5),
    _case("SequenceMask", value=-1.5),
    _case("SequenceMask", lengths=[0, 7, 3]),
    _case("SequenceReverse", lengths=[0, 1, 3]),
    *(
        Case(
            operator,
            {"data": (4, 3, 2), "sequence_length": (3,)},
            {"use_sequence_length": True},
            label=dtype,
            dtype=dtype,
            low=-9,
            high=9,
            fixed={"sequence_length": _LENGTHS},
            inferred=("sequence_length",),
            differentiable=False,
        )
        for operator in ("SequenceMask", "SequenceReverse", "SequenceLast")
        for dtype in ("int32", "float16", "float64")
    ),
)
