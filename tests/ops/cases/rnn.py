"""Cases of recurrent layers."""

from typing import Any

from tests.ops.cases.case import Case

_GATES = {"rnn_tanh": 1, "rnn_relu": 1, "gru": 3, "lstm": 4}


# The differences check what MXNet does not, or not on a CPU.
_OURS = {"golden": False, "numeric": True}


def _rnn(mode: str, layers: int = 1, case: Any = None, **settings: Any) -> Case:
    steps, batch, length, hidden = 3, 2, 2, 2
    result = settings.get("projection_size", hidden)
    directions = 2 if settings.get("bidirectional") else 1
    rows = _GATES[mode] * hidden
    lengths = [length] + [result * directions] * (layers - 1)
    count = sum(rows * (n + result + 2) for n in lengths) * directions
    if result != hidden:
        count += layers * directions * result * hidden
    inputs: dict[str, tuple[int, ...]] = {
        "data": (steps, batch, length),
        "parameters": (count,),
        "state": (layers * directions, batch, result),
    }
    if mode == "lstm":
        inputs["state_cell"] = (layers * directions, batch, hidden)
    if settings.get("use_sequence_length"):
        inputs["sequence_length"] = (batch,)
    return Case(
        "RNN",
        inputs,
        {"mode": mode, "state_size": hidden, "num_layers": layers, **settings},
        inferred=tuple(inputs)[1:],
        **{"numeric": layers == 1, **(case or {})},
    )


CASES = (
    *(
        _rnn(mode, **settings)
        for mode in _GATES
        for settings in (
            {},
            {"state_outputs": True},
            {"bidirectional": True, "state_outputs": True},
            {"layers": 2},
        )
    ),
    _rnn("lstm", layers=2, bidirectional=True),
    _rnn("gru", layers=2, bidirectional=True, state_outputs=True),
    _rnn("gru", case={"dtype": "float64", "label": "double"}),
    _rnn("lstm", layers=2, p=0.5, case={"train": False, "differentiable": False}),
    # MXNet has projections on a CPU, but not their gradients.
    *(
        _rnn("lstm", projection_size=1, state_outputs=True, **settings, case=case)
        for settings in ({"bidirectional": True}, {"layers": 2})
        for case in (
            {"train": False, "differentiable": False},
            {"label": f"gradient of projection {settings}", **_OURS},
        )
    ),
    # The numeric gradient draws the same mask each time.
    _rnn("gru", layers=3, p=0.5, case=_OURS),
    _rnn("lstm", layers=2, bidirectional=True, p=0.3, case=_OURS),
    # MXNet heeds lengths and limits on a GPU only.
    *(
        _rnn(
            mode,
            **settings,
            state_outputs=True,
            use_sequence_length=True,
            case={"fixed": {"sequence_length": [2, 3]}, **_OURS},
        )
        for mode in _GATES
        for settings in ({"bidirectional": True}, {"layers": 2})
    ),
    _rnn(
        "lstm",
        layers=2,
        state_outputs=True,
        lstm_state_clip_min=-0.1,
        lstm_state_clip_max=0.15,
        case=_OURS,
    ),
    Case(
        "_rnn_param_concat",
        {"arg0": (4,), "arg1": (3,)},
        {"num_args": 2, "dim": 0},
    ),
    Case(
        "_rnn_param_concat",
        {"arg0": (2, 1), "arg1": (2, 3), "arg2": (2, 2)},
        {"num_args": 3},
    ),
)
