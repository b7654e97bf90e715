"""In which order samples are taken, and how many of them fill a batch up.

Positions only: nothing here knows what a sample is.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Positions = np.ndarray
Batch = tuple[Positions, int]
_LARGEST = (1 << 32) - 1  # the largest number that the generator gives


class Shuffler:
    """Orders by seed, the same that MXNet's readers of files give.

    They use C++'s ``std::mt19937``, which is NumPy's generator, too, and GNU's
    ``std::shuffle``, which turns its numbers into an order in the way below.

    Parameters
    ----------
    seed : int
        Of the generator, which goes on from one order to the next.
    """

    def __init__(self, seed: int) -> None:
        self._random = np.random.RandomState(seed)

    def shuffled(self, items: Positions) -> Positions:
        """Return items in a new order."""
        result = items.tolist()
        for i in range(1, len(result)):
            j = self._below(i + 1)
            result[i], result[j] = result[j], result[i]
        return np.array(result, items.dtype)

    def _below(self, count: int) -> int:
        """Draw from 0 to before `count`, every number as likely as the others."""
        scale = _LARGEST // count
        while True:
            drawn = int(self._random.randint(0, _LARGEST + 1, dtype=np.uint32))
            if drawn < count * scale:
                return drawn // scale


class Rounds:
    """Cuts one round of samples after another into batches of one size.

    Parameters
    ----------
    order : callable
        Returns the positions of all samples in the order of the next round.
    batch_size : int
        Positions in a batch.
    round_batch : bool
        What fills the last batch up: the first samples of the next round, which the
        next epoch then goes on from, or what stood there in the batch before.
    """

    def __init__(
        self, order: Callable[[], Positions], batch_size: int, round_batch: bool
    ) -> None:
        self._order = order
        self._batch_size = batch_size
        self._round_batch = round_batch
        self._rest: Positions = np.empty(0, np.intp)
        self._before: Positions | None = None

    def epoch(self, *, go_on: bool) -> list[Batch]:
        """Return the next epoch's batches, each with the count that only fills it up.

        Parameters
        ----------
        go_on : bool
            Whether what filled the last batch up counts as read.
        """
        round_ = self._rest if go_on and len(self._rest) else self._order()
        self._rest = round_[:0]
        whole = len(round_) // self._batch_size * self._batch_size
        batches = [(x, 0) for x in round_[:whole].reshape(-1, self._batch_size)]
        if batches:
            self._before = batches[-1][0]
        if whole < len(round_):
            batches.append(self._filled(round_[whole:]))
            self._before = batches[-1][0]
        return batches

    def _filled(self, tail: Positions) -> Batch:
        pad = self._batch_size - len(tail)
        if not self._round_batch:
            before = np.resize(tail, self._batch_size)
            if self._before is not None:
                before = self._before
            return np.concatenate([tail, before[len(tail) :]]), pad
        parts = [tail]
        missing = pad
        while missing:
            if not len(self._rest):
                self._rest = self._order()
            parts.append(self._rest[:missing])
            self._rest = self._rest[missing:]
            missing -= len(parts[-1])
        return np.concatenate(parts), pad


def part_of(count: int, num_parts: int, part_index: int) -> tuple[int, int]:
    """Return where a part starts and stops, of `count` things in equal parts."""
    step = -(-count // num_parts)
    return min(step * part_index, count), min(step * (part_index + 1), count)
