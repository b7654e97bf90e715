"""The graphs as programs of MXNet's Symbol interface, for us and for MXNet alike."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce
from operator import add
from typing import Any

import numpy as np

from bench.executor import chain
from bench.graphs import arrays
from bench.graphs.arrays import BRANCHES, DEPTH, STACK, Arrays, told
from bench.models.recurrent import BATCH, STEPS, UNITS
from bench.workload import Factory, Workload

LAYER = "layer{}"  # groups of the stack, by number


def small_operators(mx: Any) -> Workload:
    """Run the chain of small elementwise operators."""
    executor = chain.bound(mx)
    return _forward(executor, chain.OPERATORS)


def expression(mx: Any) -> Workload:
    """Compute relu(a * x + b) * sigmoid(c * x) + tanh(d)."""
    a, b, c, d, x = (mx.sym.Variable(name) for name in "abcdx")
    positive = mx.sym.Activation(a * x + b, act_type="relu")
    gate = mx.sym.Activation(c * x, act_type="sigmoid")
    symbol = positive * gate + mx.sym.Activation(d, act_type="tanh")
    return _forward(_inference(mx, symbol, arrays.expression()))


def squares(mx: Any) -> Workload:
    """Compute mean((a * x + b)^2)."""
    a, b, x = (mx.sym.Variable(name) for name in "abx")
    symbol = mx.sym.mean(mx.sym.square(a * x + b))
    given = arrays.expression()
    return _forward(_inference(mx, symbol, {name: given[name] for name in "abx"}))


def row_sums(mx: Any) -> Workload:
    """Sum the rows of a matrix."""
    symbol = mx.sym.sum(mx.sym.Variable("x"), axis=1)
    return _forward(_inference(mx, symbol, arrays.rows()))


def branches(mx: Any) -> Workload:
    """Multiply matrices in branches, and add up what they give."""
    x = mx.sym.Variable("x")

    def branch(number: int) -> Any:
        y = x
        for depth in range(DEPTH):
            y = mx.sym.dot(y, mx.sym.Variable(f"w{number}_{depth}"))
        return y

    symbol = reduce(add, map(branch, range(BRANCHES)))
    return _forward(_inference(mx, symbol, arrays.branches()))


def stack(mx: Any, *, divided: bool) -> Workload:
    """Run forward and backward of LSTM layers, each on a context of its own or not."""
    symbol = _stacked(mx)
    contexts = {LAYER.format(n): mx.cpu(n if divided else 0) for n in range(STACK)}
    data = (STEPS, BATCH, UNITS)
    executor = symbol.simple_bind(
        mx.cpu(), grad_req="write", group2ctx=contexts, data=data
    )
    source = np.random.RandomState(STACK)
    for name, array in sorted(executor.arg_dict.items()):
        scale = 1.0 if name == "data" else 0.07
        drawn = source.normal(0, scale, array.shape).astype(np.float32)
        array[:] = mx.nd.array(drawn)
    output = executor.outputs[0]
    head = mx.nd.array(source.normal(0, 0.01, output.shape), ctx=output.context)

    def run() -> None:
        executor.forward(is_train=True)
        executor.backward([head])
        mx.nd.waitall()

    def outputs() -> list[float]:
        run()
        gradient = executor.grad_dict["data"].asnumpy()
        shares = told(gradient / abs(gradient).max())
        return told(executor.outputs[0].asnumpy()) + shares

    return Workload(run, outputs=outputs)


def _stacked(mx: Any) -> Any:
    outputs = mx.sym.Variable("data")
    for number in range(STACK):
        with mx.AttrScope(ctx_group=LAYER.format(number)):
            cell = mx.rnn.LSTMCell(UNITS, prefix=f"l{number}_")
            outputs, _ = cell.unroll(
                STEPS, outputs, layout="TNC", merge_outputs=number == STACK - 1
            )
    return outputs


def _inference(mx: Any, symbol: Any, given: Arrays) -> Any:
    shapes = {name: value.shape for name, value in given.items()}
    executor = symbol.simple_bind(mx.cpu(), grad_req="null", **shapes)
    for name, value in given.items():
        executor.arg_dict[name][:] = mx.nd.array(value)
    return executor


def _forward(executor: Any, units: int = 1) -> Workload:
    def run() -> None:
        executor.forward()
        executor.outputs[0].wait_to_read()

    return Workload(run, units, outputs=lambda: told(executor.outputs[0].asnumpy()))


def workloads(mx: Any) -> dict[str, Factory]:
    """Return the factories for a library."""
    made: dict[str, Callable[[Any], Workload]] = {
        "chain": small_operators,
        "expression": expression,
        "squares": squares,
        "row-sums": row_sums,
        "branches": branches,
        "stack": partial(stack, divided=True),
        "stack-together": partial(stack, divided=False),
    }
    return {name: partial(factory, mx) for name, factory in made.items()}
