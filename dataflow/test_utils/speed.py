"""How long a symbol takes to run."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from dataflow.context import Context, current_context
from dataflow.errors import ArgumentError
from dataflow.executor import Executor
from dataflow.ndarray import waitall
from dataflow.symbol import Symbol


def check_speed(
    sym: Symbol,
    location: Mapping[str, np.ndarray] | None = None,
    ctx: Context | None = None,
    N: int = 20,
    grad_req: Any = None,
    typ: str = "whole",
    **kwargs: Any,
) -> float:
    """Return the mean seconds of a run.

    Parameters
    ----------
    sym : Symbol
        What is computed.
    location : mapping, optional
        The arguments by name; by default they are random.
    ctx : Context, optional
        Where; the current context by default.
    N : int
        Count of runs.
    grad_req : str, sequence or mapping, optional
        As in `Symbol.simple_bind`; ``"write"`` by default.
    typ : str
        ``"whole"`` for forward and backward, or ``"forward"``.
    **kwargs
        What `Symbol.simple_bind` is given if there is no `location`: shapes.
    """
    if typ not in ("whole", "forward"):
        raise ArgumentError(f"typ is {typ!r}; use 'whole' or 'forward'")
    if location is not None:
        kwargs = {name: value.shape for name, value in location.items()}
    context, request = ctx or current_context(), grad_req or "write"
    executor = sym.simple_bind(context, request, **kwargs)
    for name, array in executor.arg_dict.items():
        given = np.random.normal(size=array.shape) if location is None else location
        array[:] = given[name] if isinstance(given, Mapping) else given
    _run(executor, typ)
    waitall()
    started = time.perf_counter()
    for _ in range(N):
        _run(executor, typ)
    waitall()
    return (time.perf_counter() - started) / N


def _run(executor: Executor, typ: str) -> None:
    executor.forward(is_train=typ == "whole")
    if typ == "whole":
        executor.backward(executor.outputs)
