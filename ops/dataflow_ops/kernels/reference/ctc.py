"""Reference kernels of CTC: the forward-backward algorithm, in logarithms.

The labels of a sample, with blanks before, between and behind them, are the states that
a path goes through: at every frame it stays, goes on by one, or skips a blank between
two different labels. The probability of all paths up to a state is summed frame by
frame. What paths have still before them is the same sum over the reversed labels and
frames, so both are summed at once, as two samples.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from dataflow_ops.kernels.precision import widened
from dataflow_ops.kernels.reference.softmax import log_softmax_into
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, kernel


class _Samples(NamedTuple):
    """What is to be spelled, for each of the samples."""

    labels: Array  # (samples, width)
    counts: Array  # (samples,): how many of the labels count
    frames: Array  # (samples,): how many of the frames count
    blank: int

    @property
    def states(self) -> Array:
        """Count the states of each sample."""
        return 2 * self.counts + 1

    def classes(self, xp: Any) -> Array:
        """Return the class of every state."""
        samples, width = self.labels.shape
        classes = xp.full((samples, 2 * width + 1), self.blank, xp.int64)
        classes[:, 1::2] = self.labels
        return classes

    def possible(self, xp: Any) -> Array:
        """Tell which samples have the frames that their labels need.

        A blank has to lie between two labels that are the same.
        """
        place = xp.arange(1, self.labels.shape[1])
        same = self.labels[:, 1:] == self.labels[:, :-1]
        repeated = (same & (place < self.counts[:, None])).sum(axis=1)
        return (self.frames > 0) & (self.frames >= self.counts + repeated)


def _read(call: Invocation) -> _Samples:
    xp, attributes = call.xp, call.attributes
    data, labels, *lengths = call.inputs
    frames, samples, classes = data.shape
    labels = labels.astype(xp.int64)
    of_labels = lengths.pop() if attributes.use_label_lengths else None
    of_data = lengths.pop() if attributes.use_data_lengths else None
    first = attributes.blank_label == "first"
    if of_labels is None:
        going_on = labels != (0 if first else -1)
        of_labels = xp.cumprod(going_on, axis=1).sum(axis=1)
    if of_data is None:
        of_data = xp.full(samples, frames)
    return _Samples(
        labels,
        xp.clip(of_labels.astype(xp.int64), 0, labels.shape[1]),
        xp.clip(of_data.astype(xp.int64), 0, frames),
        0 if first else classes - 1,
    )


def _sum_paths(xp: Any, chances: Array, classes: Array) -> Array:
    """Sum, at every frame, all paths that have come to each state."""
    paths = xp.full_like(chances, -xp.inf)
    paths[0, :, :2] = chances[0, :, :2]
    # Between blanks, and between labels that are the same, no state is skipped.
    bar = xp.where(classes[:, 2:] == classes[:, :-2], -xp.inf, 0.0)
    for before, now, chance in zip(paths[:-1], paths[1:], chances[1:], strict=True):
        now[...] = before
        xp.logaddexp(now[:, 1:], before[:, :-1], now[:, 1:])
        xp.logaddexp(now[:, 2:], before[:, :-2] + bar, now[:, 2:])
        xp.add(now, chance, now)
    return paths


def _state_chances(xp: Any, chances: Array, classes: Array) -> Array:
    """Return what each frame gives each state; nothing to what is no class.

    In double precision, as sums over long paths lose many digits.
    """
    is_class = (classes >= 0) & (classes < chances.shape[2])
    of_sample = xp.arange(len(classes))[:, None]
    found = chances[:, of_sample, xp.where(is_class, classes, 0)]
    return xp.where(is_class, found, -xp.inf).astype(xp.float64)


class _Reversal:
    """Turns round the frames and states of each sample that count.

    It is its own inverse. What does not count comes to lie behind what does, where no
    path returns from.
    """

    def __init__(self, xp: Any, samples: _Samples, shape: tuple[int, ...]) -> None:
        frames, count, states = shape
        last = samples.frames - 1 - xp.arange(frames)[:, None]
        self._frame = xp.maximum(last, 0)[:, :, None]
        last = samples.states[:, None] - 1 - xp.arange(states)
        self._state = xp.maximum(last, 0)
        self._sample = xp.arange(count)[:, None]

    def states(self, array: Array) -> Array:
        return array[self._sample, self._state]

    def all(self, array: Array) -> Array:
        return array[self._frame, self._sample, self._state]


def _loss(xp: Any, samples: _Samples, possible: Array, paths: Array) -> Array:
    """Sum the paths that end in the last label or in the blank behind it."""
    of_sample = xp.arange(len(samples.counts))
    last = paths[xp.maximum(samples.frames - 1, 0), of_sample]
    in_blank = last[of_sample, samples.states - 1]
    in_label = last[of_sample, xp.maximum(samples.states - 2, 0)]
    in_label[samples.counts == 0] = -xp.inf
    return xp.where(possible, -xp.logaddexp(in_blank, in_label), 0.0)


def _slope(
    xp: Any, chances: Array, classes: Array, shares: Array, counted: Array
) -> Array:
    """Compare the chances of the classes with the shares that paths have in them."""
    is_of = classes[:, :, None] == xp.arange(chances.shape[2])
    shares = shares.swapaxes(0, 1).astype(chances.dtype)
    slope = xp.exp(chances) - (shares @ is_of.astype(chances.dtype)).swapaxes(0, 1)
    return xp.where(counted, slope, 0)


@kernel("reference", "CTCLoss")
def ctc_loss(call: Invocation) -> None:
    """Compute each sample's loss, and its gradient where that is wanted."""
    xp, data = call.xp, call.inputs[0]
    if not data.size:
        assign(call, 0, 0)
        return
    samples = _read(call)
    classes, possible = samples.classes(xp), samples.possible(xp)
    chances = widened(data).copy()
    log_softmax_into(xp, 2, chances, chances)
    ways = _state_chances(xp, chances, classes)
    if not wanted(call, 1):
        assign(call, 0, _loss(xp, samples, possible, _sum_paths(xp, ways, classes)))
        return
    turn = _Reversal(xp, samples, ways.shape)
    paths = _sum_paths(
        xp,
        xp.concatenate([ways, turn.all(ways)], axis=1),
        xp.concatenate([classes, turn.states(classes)]),
    )
    done, ahead = paths[:, : len(classes)], turn.all(paths[:, len(classes) :])
    loss = _loss(xp, samples, possible, done)
    assign(call, 0, loss)
    shares = xp.exp(done + ahead - ways + loss[:, None])
    is_state = xp.arange(classes.shape[1]) < samples.states[:, None]
    shares = xp.where(is_state & (ways > -xp.inf), shares, 0)
    counted = (xp.arange(len(data))[:, None] < samples.frames) & possible
    slope = _slope(xp, chances, classes, shares, counted[:, :, None])
    assign(call, 1, slope)


@kernel("reference", "_backward_ctc_loss")
def ctc_loss_backward(call: Invocation) -> None:
    """Multiply the kept gradient by that of each sample's loss."""
    if wanted(call, 0):
        head, kept = call.inputs
        assign(call, 0, kept * head[:, None])
