"""Random elementwise graphs with broadcasting, and executors of them run both ways."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pytest

import dataflow as mx
from dataflow_ops.kernels import backends
from dataflow_ops.kernels.numba import fused as compiled
from dataflow_ops.kernels.reference import fused as tiled

SHAPE = (3, 4, 5)
SMALLER = ((3, 1, 1), (1, 4, 1), (1, 1, 5), (1, 4, 5), (1, 1, 1))
EMITTERS = [name for name in ("reference", "numba") if backends.missing(name) is None]
# Of what compiled loops compute in another way than the array library.
TOLERANCE = {"reference": 0.0, "numba": 2e-5}
SUMS = 1e-6  # of what is added up in another order

SAME = ("tanh", "sigmoid", "relu", "exp", "abs", "square", "negative", "softsign")
EXACT = ("abs", "square", "negative", "sign", "floor", "relu")
PAIRS = ("broadcast_add", "broadcast_sub", "broadcast_mul", "broadcast_maximum")


def use(patch: pytest.MonkeyPatch, emitter: str, tile: int = 64) -> None:
    """Fuse everything that can be, whatever its size, by one back end's kernels."""
    patch.setattr(backends, "available", lambda: tuple({emitter: 0, "reference": 0}))
    for module in (tiled, compiled):
        patch.setattr(module, "LEAST", 0)
        patch.setattr(module, "SPLIT", 0)
    patch.setattr(tiled, "TILE", tile)


class Program(NamedTuple):
    """A symbol with values for its arguments and its output's gradients."""

    symbol: mx.sym.Symbol
    values: Mapping[str, np.ndarray]
    heads: Sequence[np.ndarray]


def random_program(seed: int, dtype: str = "float32", size: int = 14) -> Program:
    """Return the random program of a seed; integers get functions that stay exact."""
    draw = random.Random(seed)
    unary = SAME if dtype.startswith("float") else EXACT
    shapes = {"a": SHAPE, "b": SHAPE, "c": draw.choice(SMALLER)}
    made = {name: mx.sym.Variable(name) for name in shapes}
    whole = [made["a"], made["b"]]
    for i in range(size):
        kind = draw.choice((*unary, "scalar", "pair", "pair", "small", "clip", "sum"))
        first, second = draw.choice(whole[-5:]), draw.choice(whole)
        if kind == "scalar":
            value = first * draw.choice((0.5, 1, -2)) + draw.choice((0, 1))
        elif kind == "pair":
            value = getattr(mx.sym, draw.choice(PAIRS))(first, second)
        elif kind == "small":
            value = getattr(mx.sym, draw.choice(PAIRS))(first, made["c"])
        elif kind == "clip":
            value = mx.sym.clip(first, a_min=-1, a_max=2)
        elif kind == "sum":
            value = mx.sym.add_n(first, second, whole[0])
        else:
            value = getattr(mx.sym, kind)(first, name=f"n{i}")
        # so that values stay where every type holds them
        whole.append(mx.sym.clip(value, a_min=-4, a_max=4))
    symbol = mx.sym.Group([whole[-1], whole[-2]])
    rng = np.random.default_rng(seed)
    values = {
        name: rng.uniform(-3, 3, shapes[name]).astype(dtype)
        for name in symbol.list_arguments()
    }
    heads = [rng.uniform(-2, 2, SHAPE).astype(dtype) for _ in range(2)]
    return Program(symbol, values, heads)


def run(
    program: Program, request: str = "write", rounds: int = 2
) -> tuple[list[np.ndarray], mx.Executor]:
    """Bind and run both ways, and return outputs and gradients."""
    symbol, values, heads = program
    arrays = {n: mx.nd.array(v, dtype=v.dtype) for n, v in values.items()}
    grads = {n: mx.nd.full(v.shape, 3, dtype=v.dtype) for n, v in values.items()}
    executor = symbol.bind(mx.cpu(), arrays, grads, request)
    for _ in range(rounds):
        executor.forward(is_train=True)
        executor.backward([mx.nd.array(h, dtype=h.dtype) for h in heads])
    found = [*executor.outputs, *grads.values()]
    return [x.asnumpy() for x in found], executor


def plainly(program: Program, **how: object) -> list[np.ndarray]:
    """Run as composed, on the reference back end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATAFLOW_FUSION", "0")
        patch.setattr(backends, "available", lambda: ("reference",))
        return run(program, **how)[0]


def assert_alike(
    found: Sequence[np.ndarray], expected: Sequence[np.ndarray], tolerance: float
) -> None:
    for mine, theirs in zip(found, expected, strict=True):
        assert mine.dtype == theirs.dtype
        if tolerance:
            np.testing.assert_allclose(mine, theirs, rtol=tolerance, atol=tolerance)
        else:
            np.testing.assert_array_equal(mine, theirs)
