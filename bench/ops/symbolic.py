"""A timed operator as a bound symbol, for us and for MXNet alike."""

from __future__ import annotations

from functools import partial
from typing import Any

from bench.ops.table import TABLE, Timed
from bench.workload import Factory, Workload


def workload(mx: Any, timed: Timed) -> Workload:
    """Bind the operator alone; a run is forward, or forward and backward, and waits."""
    arguments = {n: mx.sym.Variable(n) for n in timed.inputs if n not in timed.states}
    states = {n: mx.sym.Variable(n) for n in timed.states}
    function = getattr(mx.sym, timed.operator)
    symbol = function(*arguments.values(), **states, **timed.attributes)[0]
    values = {n: mx.nd.array(x) for n, x in timed.values().items()}
    executor = symbol.bind(
        mx.cpu(),
        args={n: values[n] for n in arguments},
        args_grad={n: mx.nd.zeros(timed.inputs[n]) for n in arguments},
        grad_req={n: _request(timed, n) for n in arguments},
        aux_states={n: values[n] for n in states},
    )
    head = mx.nd.ones(executor.outputs[0].shape)

    def run() -> None:
        executor.forward(is_train=timed.train)
        if timed.train:
            executor.backward([head])
        mx.nd.waitall()

    def outputs() -> list[float]:
        executor.forward(is_train=timed.train)
        return executor.outputs[0].asnumpy().ravel()[:1000].tolist()  # type: ignore[no-any-return]

    return Workload(run, outputs=outputs)


def _request(timed: Timed, name: str) -> str:
    return "write" if timed.train and name not in timed.integers else "null"


def workloads(mx: Any) -> dict[str, Factory]:
    """Return the factories for a library."""
    return {timed.key: partial(workload, mx, timed) for timed in TABLE}
