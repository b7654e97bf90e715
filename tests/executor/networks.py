"""Random networks, each as a symbol and as plain NumPy, forward and backward.

The NumPy side shares nothing with the framework: it is a tape of its own, the oracle of
the agreement tests.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

import dataflow as mx

ROWS = 4
Array = np.ndarray


class Step(NamedTuple):
    """One operator: what it reads (numbers of values), and its setting."""

    kind: str
    reads: tuple[int, ...]
    setting: Any = None


UNARY: dict[str, tuple[Callable[[Array], Array], Callable[[Array, Array], Array]]] = {
    "tanh": (np.tanh, lambda x, y: 1 - y * y),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), lambda x, y: y * (1 - y)),
    "sin": (np.sin, lambda x, y: np.cos(x)),
    "relu": (lambda x: np.maximum(x, 0), lambda x, y: (x > 0).astype(x.dtype)),
    "negative": (np.negative, lambda x, y: -np.ones_like(x)),
    "identity": (np.copy, lambda x, y: np.ones_like(x)),
    "sign": (np.sign, lambda x, y: np.zeros_like(x)),
}


def compute(step: Step, inputs: Sequence[Array]) -> list[Array]:
    """Compute a step in NumPy."""
    kind, _, setting = step
    first = inputs[0]
    if kind in UNARY:
        return [UNARY[kind][0](first)]
    if kind == "dense":
        data, weight, bias = inputs
        return [data @ weight.T + bias]
    if kind == "concat":
        return [np.concatenate(inputs, axis=1)]
    if kind == "split":
        return np.split(first, setting, axis=1)
    if kind == "reshape":
        return [first.copy()]
    if kind == "scale":
        return [first * np.asarray(setting, first.dtype)]
    if kind == "add_n":
        return [sum(inputs[1:], start=first)]
    second = inputs[1]
    return [
        {"plus": np.add, "minus": np.subtract, "mul": np.multiply}[kind](first, second)
    ]


def pull(
    step: Step, inputs: Sequence[Array], outputs: Sequence[Array], grads: list[Array]
) -> list[Array]:
    """Return the gradients of a step's inputs by those of its outputs."""
    kind, _, setting = step
    grad = grads[0]
    if kind in UNARY:
        return [grad * UNARY[kind][1](inputs[0], outputs[0])]
    if kind == "dense":
        data, weight, _ = inputs
        return [grad @ weight, grad.T @ data, grad.sum(axis=0)]
    if kind == "concat":
        ends = np.cumsum([x.shape[1] for x in inputs])[:-1]
        return np.split(grad, ends, axis=1)
    if kind == "split":
        return [np.concatenate(grads, axis=1)]
    if kind == "reshape":
        return [grad]
    if kind == "scale":
        return [grad * np.asarray(setting, grad.dtype)]
    if kind == "minus":
        return [grad, -grad]
    if kind == "mul":
        return [grad * inputs[1], grad * inputs[0]]
    return [grad] * len(inputs)


def compose(step: Step, number: int, inputs: Sequence[mx.sym.Symbol]) -> mx.sym.Symbol:
    """Compose a step's symbol."""
    kind, _, setting = step
    name = f"n{number}"
    first = inputs[0]
    if kind in UNARY:
        return getattr(mx.sym, kind)(first, name=name)
    if kind == "dense":
        data, weight, bias = inputs
        return mx.sym.FullyConnected(data, weight, bias, num_hidden=setting, name=name)
    if kind == "concat":
        return mx.sym.Concat(*inputs, dim=1, name=name)
    if kind == "split":
        return mx.sym.SliceChannel(first, num_outputs=setting, axis=1, name=name)
    if kind == "reshape":
        flat = mx.sym.Reshape(first, shape=(-1,), name=f"{name}_flat")
        return mx.sym.Reshape(flat, shape=(ROWS, setting), name=name)
    if kind == "scale":
        return first * setting
    if kind == "add_n":
        return mx.sym.add_n(*inputs, name=name)
    second = inputs[1]
    return {"plus": first.__add__, "minus": first.__sub__, "mul": first.__mul__}[kind](
        second
    )


class Result(NamedTuple):
    outputs: list[Array]
    gradients: dict[str, Array]


@dataclass
class Network:
    """A random network.

    `values` are numbered: first the arguments, then each step's outputs in order.
    """

    arguments: dict[str, tuple[int, ...]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    shapes: list[tuple[int, ...]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    produced: list[list[int]] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    dtype: str = "float32"

    # Building

    def argument(self, shape: tuple[int, ...]) -> int:
        name = f"a{len(self.arguments)}"
        self.arguments[name] = shape
        self.numbers[name] = self._new(shape)
        return self.numbers[name]

    def _new(self, shape: tuple[int, ...]) -> int:
        self.shapes.append(shape)
        return len(self.shapes) - 1

    def step(self, step: Step, *shapes: tuple[int, ...]) -> None:
        self.steps.append(step)
        self.produced.append([self._new(shape) for shape in shapes])

    # As a symbol

    def symbol(self, groups: Callable[[int], str] | None = None) -> mx.sym.Symbol:
        """Compose it; `groups` gives the ctx_group of step number i."""
        made = {n: mx.sym.Variable(name) for name, n in self.numbers.items()}
        with mx.name.NameManager():
            for i, step in enumerate(self.steps):
                scope = {"ctx_group": groups(i)} if groups else {}
                with mx.AttrScope(**scope):
                    symbol = compose(step, i, [made[n] for n in step.reads])
                made |= dict(zip(self.produced[i], symbol, strict=True))
        return mx.sym.Group([made[n] for n in self.outputs])

    def values(self, rng: np.random.Generator) -> dict[str, Array]:
        return {
            name: rng.uniform(-1, 1, shape).astype(self.dtype)
            for name, shape in self.arguments.items()
            if self.used(name)
        }

    def used(self, name: str) -> bool:
        return name in self.symbol().list_arguments()

    def heads(self, rng: np.random.Generator) -> list[Array]:
        return [
            rng.uniform(-1, 1, self.shapes[n]).astype(self.dtype) for n in self.outputs
        ]

    def bind(
        self,
        values: Mapping[str, Array],
        requests: str | Mapping[str, str] = "write",
        groups: Callable[[int], str] | None = None,
        group2ctx: Mapping[str, mx.Context] | None = None,
    ) -> mx.Executor:
        """Bind new arrays with these values; gradients start at 7."""
        arrays = {n: mx.nd.array(v, dtype=self.dtype) for n, v in values.items()}
        grads = {n: mx.nd.full(v.shape, 7, dtype=self.dtype) for n, v in values.items()}
        return self.symbol(groups).bind(
            mx.cpu(), arrays, grads, requests, group2ctx=group2ctx
        )

    def run(
        self, values: Mapping[str, Array], heads: Sequence[Array] = (), **how: Any
    ) -> Result:
        """Bind, run forward (and backward if there are heads) and read everything."""
        return run(self.bind(values, **how), heads, self.dtype)

    # As NumPy

    def evaluate(self, values: Mapping[str, Array], heads: Sequence[Array]) -> Result:
        """Compute outputs and gradients on the tape."""
        known = {self.numbers[name]: value for name, value in values.items()}
        done = []
        for step, numbers in zip(self.steps, self.produced, strict=True):
            if all(n in known for n in step.reads):
                made = compute(step, [known[n] for n in step.reads])
                known |= dict(zip(numbers, made, strict=True))
                done.append((step, numbers))
        grads = {n: np.zeros_like(x) for n, x in known.items()}
        for number, head in zip(self.outputs, heads, strict=True):
            grads[number] = grads[number] + head
        for step, numbers in reversed(done):
            inputs = [known[n] for n in step.reads]
            outputs = [known[n] for n in numbers]
            pulled = pull(step, inputs, outputs, [grads[n] for n in numbers])
            for n, grad in zip(step.reads, pulled, strict=True):
                grads[n] = grads[n] + grad
        return Result(
            [known[n] for n in self.outputs],
            {name: grads[self.numbers[name]] for name in values},
        )


def run(
    executor: mx.Executor, heads: Sequence[Array] = (), dtype: str = "float32"
) -> Result:
    """Run an executor and read everything."""
    executor.forward(is_train=bool(len(heads)))
    if len(heads):
        executor.backward([mx.nd.array(head, dtype=dtype) for head in heads])
    return Result(
        [x.asnumpy() for x in executor.outputs],
        {n: g.asnumpy() for n, g in executor.grad_dict.items() if g is not None},
    )


def assert_same(first: Result, second: Result, tolerance: float = 0.0) -> None:
    """Compare two results; exactly by default."""
    assert first.gradients.keys() == second.gradients.keys()
    pairs = list(zip(first.outputs, second.outputs, strict=True))
    pairs += [(first.gradients[n], second.gradients[n]) for n in first.gradients]
    for one, other in pairs:
        if tolerance:
            np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)
        else:
            np.testing.assert_array_equal(one, other)


KINDS = (*UNARY, *("plus", "minus", "mul", "add_n", "dense", "concat", "split"))
KINDS += ("reshape", "scale", "dense", "add_n")


def random_network(
    seed: int,
    size: int = 12,
    dtype: str = "float32",
    kinds: Sequence[str] = KINDS,
) -> Network:
    """Return the random network of a seed: shared sub-expressions, several outputs."""
    draw = random.Random(seed)
    network = Network(dtype=dtype)
    pool = [network.argument((ROWS, draw.choice((2, 4)))) for _ in range(2)]
    for _ in range(size):
        _grow(network, pool, draw, draw.choice(kinds))
    network.outputs = _outputs(network, pool, draw)
    return network


def _grow(network: Network, pool: list[int], draw: random.Random, kind: str) -> None:
    first = draw.choice(pool[-6:])
    width = network.shapes[first][1]
    alike = [n for n in pool if network.shapes[n][1] == width]
    same = (ROWS, width)
    if kind in ("plus", "minus", "mul"):
        network.step(Step(kind, (first, draw.choice(alike))), same)
    elif kind == "add_n":
        reads = (first, *draw.choices(alike, k=draw.randint(0, 3)))
        network.step(Step(kind, reads), same)
    elif kind == "dense":
        hidden = draw.choice((2, 4, 6))
        weight, bias = network.argument((hidden, width)), network.argument((hidden,))
        network.step(Step(kind, (first, weight, bias), hidden), (ROWS, hidden))
    elif kind == "concat":
        others = draw.choices(pool, k=draw.randint(1, 2))
        total = width + sum(network.shapes[n][1] for n in others)
        network.step(Step(kind, (first, *others)), (ROWS, total))
    elif kind == "split":
        if width % 2:
            return
        network.step(Step(kind, (first,), 2), *[(ROWS, width // 2)] * 2)
    elif kind == "scale":
        network.step(Step(kind, (first,), draw.choice((0.5, -1.5, 2.0))), same)
    else:
        network.step(Step(kind, (first,), width), same)
    pool += network.produced[-1]


def _outputs(network: Network, pool: list[int], draw: random.Random) -> list[int]:
    """The last values, sometimes an inner one, a variable or the same one twice."""
    found = pool[-2:]
    if draw.random() < 0.5:
        found.append(draw.choice(pool))
    if draw.random() < 0.2:
        found.append(found[0])
    return found
