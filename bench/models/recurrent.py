"""Two layers of LSTM over a sequence, forward and backward, for us and for MXNet.

Once as one RNN operator, once as symbols of every step.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from bench.workload import Factory, Workload

STEPS, BATCH, UNITS, LAYERS = 35, 32, 200, 2
DATA = (STEPS, BATCH, UNITS)
STATE = (LAYERS, BATCH, UNITS)
FIRST = 4 * UNITS * UNITS  # weights of the first layer for its input
TOLD = 500  # of the output and of every gradient
Arrays = dict[str, np.ndarray[Any, Any]]


def arrays() -> Arrays:
    """Return data, the output's gradient and weights by layer; the same everywhere."""
    source = np.random.RandomState(35)

    def drawn(scale: float, *shape: int) -> np.ndarray[Any, Any]:
        return source.normal(0, scale, shape).astype(np.float32)

    made = {"data": drawn(1, *DATA), "head": drawn(0.01, *DATA)}
    for layer in range(LAYERS):
        for part in ("i2h", "h2h"):
            made[f"l{layer}_{part}_weight"] = drawn(0.07, 4 * UNITS, UNITS)
            made[f"l{layer}_{part}_bias"] = drawn(0.07, 4 * UNITS)
    return made


def packed(made: Arrays) -> np.ndarray[Any, Any]:
    """Return the weights as the RNN operator takes them: all biases at the end."""
    names = [f"l{layer}_{part}" for layer in range(LAYERS) for part in ("i2h", "h2h")]
    kinds = ("weight", "bias")
    parts = [made[f"{name}_{kind}"].ravel() for kind in kinds for name in names]
    return np.concatenate(parts)


def told(output: Any, data_gradient: Any, weight_gradient: Any) -> list[float]:
    """Return what is compared; gradients in shares of their largest entry."""
    picked = [output.ravel()[:TOLD]]
    for flat in (data_gradient.ravel(), weight_gradient.ravel()[:FIRST]):
        picked.append(flat[:TOLD] / abs(flat).max())
    return np.concatenate(picked).tolist()  # type: ignore[no-any-return]


def fused(mx: Any) -> Workload:
    """Run the RNN operator."""
    made = arrays()
    symbol = mx.sym.RNN(
        mx.sym.Variable("data"),
        mx.sym.Variable("parameters"),
        mx.sym.Variable("state"),
        mx.sym.Variable("state_cell"),
        mode="lstm",
        num_layers=LAYERS,
        state_size=UNITS,
        name="lstm",
    )
    executor = symbol.simple_bind(
        mx.cpu(),
        grad_req={"data": "write", "parameters": "write"},
        data=DATA,
        parameters=packed(made).shape,
        state=STATE,
        state_cell=STATE,
    )
    given = {"data": made["data"], "parameters": packed(made)}
    return _steps(mx, executor, given, made["head"], "parameters")


def unrolled(mx: Any) -> Workload:
    """Run the cells of every step."""
    made = arrays()
    executor = bound(mx, _symbol(mx))
    given = {name: made[name] for name in executor.arg_dict}
    return _steps(mx, executor, given, made["head"], "l0_i2h_weight")


def _symbol(mx: Any) -> Any:
    stack = mx.rnn.SequentialRNNCell()
    for layer in range(LAYERS):
        stack.add(mx.rnn.LSTMCell(UNITS, prefix=f"l{layer}_"))
    inputs = mx.sym.Variable("data")
    outputs, _ = stack.unroll(STEPS, inputs, layout="TNC", merge_outputs=True)
    return outputs


def bound(mx: Any, symbol: Any, **options: Any) -> Any:
    """Bind cells for training."""
    return symbol.simple_bind(mx.cpu(), grad_req="write", data=DATA, **options)


def _steps(mx: Any, executor: Any, given: Arrays, head: Any, weight: str) -> Workload:
    for name, value in given.items():
        executor.arg_dict[name][:] = mx.nd.array(value)
    gradient = mx.nd.array(head)

    def run() -> None:
        executor.forward(is_train=True)
        executor.backward([gradient])
        mx.nd.waitall()

    def outputs() -> list[float]:
        run()
        names = ("data", weight)
        gradients = [executor.grad_dict[name].asnumpy() for name in names]
        return told(executor.outputs[0].asnumpy(), *gradients)

    return Workload(run, outputs=outputs)


def workloads(mx: Any) -> dict[str, Factory]:
    """Return the factories for a library."""
    return {"lstm-operator": partial(fused, mx), "lstm-unrolled": partial(unrolled, mx)}
