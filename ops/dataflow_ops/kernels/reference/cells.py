"""The steps of one recurrent layer in one direction, forward and back.

Every function works along a `Strand`, whose arrays are in the order of its steps: the
direction that reads a sequence from its end comes as a reversed view. Products with the
data of all steps together are made elsewhere; here is one per step, by the state.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from dataflow_ops.kernels.table import Array
from dataflow_ops.shapes import size

# What gates are set to where a sequence has ended: with it the state stays as it is,
# or (rnn_*, and the state of lstm) nothing flows back through the step.
_NEUTRAL = {"gru": (0, 1, 0), "lstm": (0, 1, 0, 0), "rnn_relu": (0,), "rnn_tanh": (1,)}


class Clip(NamedTuple):
    """Limits of an LSTM's cells."""

    least: float
    largest: float
    with_nan: bool  # whether NaN becomes the least value


class Strand(NamedTuple):
    """One layer in one direction; `extra` holds lstm's cells, gru's U h + b'."""

    xp: Any
    mode: str
    weight: Array  # (gates * hidden, result): by the state
    bias: Array  # (hidden,): gru's b'
    projection: Array | None  # (result, hidden)
    clip: Clip | None
    state: Array  # (batch, result): before the first step
    cell: Array | None  # (batch, hidden): before the first step
    states: Array  # (steps, batch, result)
    gates: Array  # (steps, batch, gates, hidden): at first what the data adds to them
    extra: Array | None  # (steps, batch, hidden)
    ended: Array | None  # (steps, batch, 1): where a sequence has ended


class Slopes(NamedTuple):
    """Where the way back writes the gradients that products with all steps need."""

    gates: Array  # (steps, batch, gates, hidden); gru has a fourth: the data's for n
    projected: Array | None  # (steps, batch, result): of the projection's result


def rows(array: Array, axes: int = 1) -> Array:
    """View an array as a matrix: the last axes joined, and all before them."""
    split = array.ndim - axes
    return array.reshape(size(array.shape[:split]), size(array.shape[split:]))


# Forward


def run(strand: Strand) -> tuple[Array, Array | None]:
    """Compute all steps; return the last state and cell."""
    step = _STEPS[strand.mode]
    state, cell = strand.state, strand.cell
    added = strand.xp.empty(strand.gates.shape[1:], strand.gates.dtype)
    for t, gates in enumerate(strand.gates):
        strand.xp.matmul(state, strand.weight.T, out=rows(added, 2))
        following = step(strand, t, gates, added, state, cell)
        if strand.ended is not None:
            _keep(strand, t, state, cell)
        state, cell = strand.states[t], following
    return state, cell


def _keep(strand: Strand, t: int, state: Array, cell: Array | None) -> None:
    """Take state and cell from the step before where a sequence has ended."""
    assert strand.ended is not None
    copyto = strand.xp.copyto
    copyto(strand.states[t], state, where=strand.ended[t])
    if cell is not None:
        assert strand.extra is not None
        copyto(strand.extra[t], cell, where=strand.ended[t])


def _settle(strand: Strand, t: int, gates: Array) -> None:
    """Set the gates of sequences that have ended."""
    if strand.ended is not None:
        neutral = strand.xp.array(_NEUTRAL[strand.mode], gates.dtype)[:, None]
        strand.xp.copyto(gates, neutral, where=strand.ended[t][..., None])


def _sigmoid(xp: Any, x: Array) -> None:
    """Replace x by 1 / (1 + exp(-x)), which is tanh(x / 2) / 2 + 1 / 2."""
    x *= 0.5
    xp.tanh(x, x)
    x *= 0.5
    x += 0.5


def _simple_step(
    strand: Strand, t: int, gates: Array, added: Array, state: Array, cell: Any
) -> None:
    gates += added
    if strand.mode == "rnn_tanh":
        strand.xp.tanh(gates, gates)
    else:
        strand.xp.maximum(gates, 0, out=gates)
    strand.states[t] = gates[:, 0]
    _settle(strand, t, gates)


def _gru_step(
    strand: Strand, t: int, gates: Array, added: Array, state: Array, cell: Any
) -> None:
    xp = strand.xp
    assert strand.extra is not None
    recurrent = strand.extra[t]
    xp.add(added[:, 2], strand.bias, recurrent)
    gates[:, :2] += added[:, :2]
    _sigmoid(xp, gates[:, :2])
    reset, update, new = (gates[:, i] for i in range(3))
    new += reset * recurrent
    xp.tanh(new, new)
    _settle(strand, t, gates)
    strand.states[t] = new + update * (state - new)


def _lstm_step(
    strand: Strand, t: int, gates: Array, added: Array, state: Array, cell: Any
) -> Array:
    xp = strand.xp
    assert strand.extra is not None
    gates += added
    _sigmoid(xp, gates[:, :2])
    xp.tanh(gates[:, 2], gates[:, 2])
    _sigmoid(xp, gates[:, 3])
    _settle(strand, t, gates)
    cells = strand.extra[t]
    xp.multiply(gates[:, 1], cell, cells)
    cells += gates[:, 0] * gates[:, 2]
    _clip(xp, strand.clip, cells)
    whole = xp.tanh(cells)
    whole *= gates[:, 3]
    if strand.projection is None:
        strand.states[t] = whole
    else:
        strand.states[t] = whole @ strand.projection.T
    return cells


def _clip(xp: Any, clip: Clip | None, cells: Array) -> None:
    if clip is None:
        return
    low, high = (xp.fmax, xp.fmin) if clip.with_nan else (xp.maximum, xp.minimum)
    low(cells, clip.least, out=cells)
    high(cells, clip.largest, out=cells)


_STEPS: dict[str, Callable[..., Any]] = {
    "gru": _gru_step,
    "lstm": _lstm_step,
    "rnn_relu": _simple_step,
    "rnn_tanh": _simple_step,
}


# Back


def run_back(
    strand: Strand, slopes: Slopes, heads: Array, state: Array, cell: Array | None
) -> tuple[Array, Array | None]:
    """Go back through all steps, and fill `slopes`.

    Parameters
    ----------
    heads : array
        Gradients of all steps' states, but for what comes back through later steps.
    state, cell : array
        Gradients of the last state and the last cell.

    Returns
    -------
    tuple of array
        Gradients of the first state and the first cell.
    """
    return _BACK[strand.mode](strand, slopes, heads, state, cell)


def _before(strand: Strand, values: Array, first: Array) -> Array:
    """Return the values of the step before each step."""
    return strand.xp.concatenate([first[None], values])[:-1]


def _through_ended(strand: Strand, t: int, slope: Array, below: Array) -> None:
    """Pass a state's gradient on, unchanged, where a sequence has ended."""
    if strand.ended is not None:
        below += slope * strand.ended[t]


def _simple_back(
    strand: Strand, slopes: Slopes, heads: Array, state: Array, cell: Any
) -> tuple[Array, None]:
    gates, result = slopes.gates, strand.gates
    gates[...] = 1 - result * result if strand.mode == "rnn_tanh" else result > 0
    for t in reversed(range(len(heads))):
        state = state + heads[t]
        gates[t] *= state[:, None]
        below = gates[t, :, 0] @ strand.weight
        _through_ended(strand, t, state, below)
        state = below
    return state, None


def _gru_back(
    strand: Strand, slopes: Slopes, heads: Array, state: Array, cell: Any
) -> tuple[Array, None]:
    assert strand.extra is not None
    gates = slopes.gates
    reset, update, new = (strand.gates[:, :, i] for i in range(3))
    candidate = (1 - update) * (1 - new * new)
    gates[:, :, 0] = candidate * strand.extra * reset * (1 - reset)
    gates[:, :, 1] = _before(strand, strand.states, strand.state) - new
    gates[:, :, 1] *= update * (1 - update)
    gates[:, :, 2] = candidate * reset
    gates[:, :, 3] = candidate
    for t in reversed(range(len(heads))):
        state = state + heads[t]
        gates[t] *= state[:, None]
        below = rows(gates[t, :, :3], 2) @ strand.weight
        state = below + state * update[t]
    return state, None


def _lstm_back(
    strand: Strand, slopes: Slopes, heads: Array, state: Array, cell: Any
) -> tuple[Array, Array]:
    gates, through = slopes.gates, _lstm_slopes(strand, slopes.gates)
    inside = _inside(strand)
    for t in reversed(range(len(heads))):
        state = state + heads[t]
        whole = state
        if slopes.projected is not None:
            slopes.projected[t] = state
            whole = state @ strand.projection
        cell = cell + whole * through[t]
        if inside is not None:
            cell *= inside[t]
        gates[t, :, :3] *= cell[:, None]
        gates[t, :, 3] *= whole
        cell *= strand.gates[t, :, 1]
        below = rows(gates[t], 2) @ strand.weight
        _through_ended(strand, t, state, below)
        state = below
    return state, cell


def _lstm_slopes(strand: Strand, slopes: Array) -> Array:
    """Write how cell and output change with the gates; return dh / dc.

    The cell changes with the first three gates and the output with the fourth.
    """
    assert strand.extra is not None
    assert strand.cell is not None
    enter, forget, new, leave = (strand.gates[:, :, i] for i in range(4))
    shown = strand.xp.tanh(strand.extra)
    slopes[:, :, 0] = new * enter * (1 - enter)
    slopes[:, :, 1] = _before(strand, strand.extra, strand.cell)
    slopes[:, :, 1] *= forget * (1 - forget)
    slopes[:, :, 2] = enter * (1 - new * new)
    slopes[:, :, 3] = shown * leave * (1 - leave)
    return leave * (1 - shown * shown)


def _inside(strand: Strand) -> Array | None:
    """Tell where a cell was not clipped."""
    if strand.clip is None:
        return None
    assert strand.extra is not None
    cells = strand.extra
    inside = (cells > strand.clip.least) & (cells < strand.clip.largest)
    return inside if strand.ended is None else inside | strand.ended


_BACK: dict[str, Callable[..., tuple[Array, Array | None]]] = {
    "gru": _gru_back,
    "lstm": _lstm_back,
    "rnn_relu": _simple_back,
    "rnn_tanh": _simple_back,
}
