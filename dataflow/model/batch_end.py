"""What callbacks are told after a batch."""

from __future__ import annotations

from typing import Any, NamedTuple


class BatchEndParam(NamedTuple):
    """Where a training is, for callbacks.

    Parameters
    ----------
    epoch, nbatch : int
        Numbers of the epoch and of the batch in it.
    eval_metric : EvalMetric, optional
        What was measured so far.
    locals : dict, optional
        Whatever else the loop knows, by name.
    """

    epoch: int
    nbatch: int
    eval_metric: Any
    locals: dict[str, Any] | None
