"""Results that the engine still computes, taken over in order once they are there.

A metric starts its computation and goes on, so that the next batch can start. At most
`AHEAD` results are pending: what comes first is waited for then, which also keeps a
program from running away from the engine.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

import numpy as np

from dataflow.ndarray import NDArray

AHEAD = 16  # batches; more would keep no device busier, and hold more memory

Values = Sequence[np.ndarray]
Fold = Callable[[Values, int], None]


class Pending:
    """A queue of results and of what takes them over.

    Parameters
    ----------
    fold : callable
        Takes the values of one result and a count, the oldest result first.
    """

    def __init__(self, fold: Fold) -> None:
        self._fold = fold
        self._results: deque[tuple[Sequence[NDArray], int]] = deque()
        self._folding = False

    def __len__(self) -> int:
        return len(self._results)

    def push(self, arrays: Sequence[NDArray], count: int) -> None:
        """Append a result: arrays that nobody else writes to, and a count."""
        self._results.append((arrays, count))
        self._settle(keep=AHEAD)

    def settle(self) -> None:
        """Take over everything; does nothing while a result is being taken over."""
        self._settle(keep=0)

    def clear(self) -> None:
        """Forget what is pending."""
        self._results.clear()

    def _settle(self, keep: int) -> None:
        if self._folding:
            return
        self._folding = True
        try:
            while len(self._results) > keep:
                arrays, count = self._results.popleft()
                self._fold([array.asnumpy() for array in arrays], count)
        finally:
            self._folding = False
