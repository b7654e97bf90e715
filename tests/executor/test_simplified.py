"""Simplified graphs compute what the composed ones do, to the last bit."""

from __future__ import annotations

import random

import numpy as np
import pytest

import dataflow as mx
from dataflow.executor import compiling
from dataflow.graph import pipeline
from dataflow_ops.kernels import backends

SHAPE = (2, 3, 4)
SAME = ("negative", "abs", "sign", "floor", "ceil", "tanh", "identity", "BlockGrad")
PAIRS = ("elemwise_add", "elemwise_sub", "elemwise_mul")


def step(draw: random.Random, value: mx.sym.Symbol) -> mx.sym.Symbol:
    """Return something of the same shape, mostly what changes little."""
    kind = draw.randrange(8)
    if kind == 0:
        axes = draw.sample(range(3), 3)
        back = [axes.index(axis) for axis in range(3)]
        once = mx.sym.transpose(value, axes=axes)
        middle = draw.choice((once, mx.sym.tanh(once), -once))
        return mx.sym.transpose(middle, axes=back)
    if kind == 1:
        one, other, third = draw.sample(range(3), 3)
        value = mx.sym.SwapAxis(value, dim1=one, dim2=other)
        value = mx.sym.SwapAxis(value, dim1=other, dim2=third)
        axes = [0, 1, 2]
        axes[one], axes[other] = axes[other], axes[one]
        axes[other], axes[third] = axes[third], axes[other]
        return mx.sym.transpose(value, axes=[axes.index(axis) for axis in range(3)])
    if kind == 2:
        return mx.sym.Reshape(mx.sym.Reshape(value, shape=(-1, 2)), shape=SHAPE)
    if kind == 3:
        axis = draw.randrange(3)
        return mx.sym.flip(mx.sym.flip(value, axis=axis), axis=draw.choice((axis, 0)))
    if kind == 4:
        wide = mx.sym.Cast(value, dtype=draw.choice(("float64", "float16")))
        return mx.sym.Cast(wide, dtype="float32")
    if kind == 5:
        return draw.choice((value * 1, value / 1, value - 0, value**1, value * -0.0))
    if kind == 6:
        parts = mx.sym.SliceChannel(value, num_outputs=1)
        return mx.sym.Concat(parts, num_args=1)
    return getattr(mx.sym, draw.choice(SAME))(value)


def program(seed: int) -> mx.sym.Symbol:
    draw = random.Random(seed)
    values = [mx.sym.Variable("a"), mx.sym.Variable("b")]
    for _ in range(14):
        value = step(draw, draw.choice(values[-4:]))
        if draw.random() < 0.3:
            other = draw.choice(values)
            value = getattr(mx.sym, draw.choice(PAIRS))(value, other)
        if draw.random() < 0.3:  # done twice, and told apart by nobody
            value = value * 0.5 + mx.sym.tanh(value) * 0.5 - mx.sym.tanh(value)
        values.append(mx.sym.clip(value, a_min=-4, a_max=4))
    return mx.sym.Group(values[-3:])


def results(symbol: mx.sym.Symbol) -> tuple[list[np.ndarray], int]:
    """Bind and run both ways; return outputs, gradients and the count of nodes."""
    compiling._plans.clear()
    shapes = dict.fromkeys(symbol.list_arguments(), SHAPE)
    executor = symbol.simple_bind(mx.cpu(), **shapes)
    source = np.random.default_rng(1)
    for array in executor.arg_arrays:
        drawn = source.uniform(-3, 3, SHAPE).astype(np.float32)
        drawn[0, 0] = (0.0, -0.0, np.nan, np.inf)
        array[:] = mx.nd.array(drawn)
    executor.forward(is_train=True)
    executor.backward([mx.nd.ones(SHAPE) * n for n in (1, -2, 3)])
    arrays = [*executor.outputs, *executor.grad_arrays]
    return [array.asnumpy() for array in arrays], len(executor._compiled.graph.nodes)


@pytest.mark.parametrize("seed", range(30))
def test_simplified_is_composed(monkeypatch, seed):
    monkeypatch.setattr(backends, "available", lambda: ("reference",))
    monkeypatch.setattr(pipeline, "fuse", lambda graph, pays: graph)
    symbol = program(seed)
    found, few = results(symbol)
    monkeypatch.setattr(pipeline, "simplify", lambda graph: graph)
    expected, many = results(symbol)
    compiling._plans.clear()
    assert few < many
    for mine, plain in zip(found, expected, strict=True):
        assert mine.tobytes() == plain.tobytes()
