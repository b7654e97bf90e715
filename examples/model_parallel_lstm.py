"""A character LSTM over the sources of Python's library, one layer per device.

Each layer carries a ``ctx_group``; ``group2ctx`` puts the groups on cpu(0)..cpu(3).
The same symbol bound to one device gives the same parameters, bit for bit.

    python examples/model_parallel_lstm.py --steps 100
"""

from __future__ import annotations

import argparse
import sysconfig
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

import dataflow as mx

LAYERS = 4
FILES = ("argparse.py", "ast.py", "inspect.py", "json/decoder.py", "textwrap.py")


def read_text() -> str:
    """Join some of the sources that every Python installation has."""
    library = Path(sysconfig.get_paths()["stdlib"])
    text = "".join((library / name).read_text(encoding="utf-8") for name in FILES)
    return "".join(c for c in text if c == "\n" or " " <= c <= "~")


def lstm_cell(data, hidden, cell, weights, size: int, name: str):
    """One step of one layer: its new hidden state and cell."""
    gates = mx.sym.FullyConnected(
        data,
        weights["i2h_weight"],
        weights["i2h_bias"],
        num_hidden=4 * size,
        name=f"{name}_i2h",
    ) + mx.sym.FullyConnected(
        hidden,
        weights["h2h_weight"],
        weights["h2h_bias"],
        num_hidden=4 * size,
        name=f"{name}_h2h",
    )
    into, forget, update, out = mx.sym.SliceChannel(
        gates, num_outputs=4, name=f"{name}_slice"
    )
    cell = mx.sym.sigmoid(forget) * cell + mx.sym.sigmoid(into) * mx.sym.tanh(update)
    return mx.sym.sigmoid(out) * mx.sym.tanh(cell), cell


def language_model(steps: int, size: int, vocabulary: int) -> mx.sym.Symbol:
    """Unroll `LAYERS` layers over `steps` characters and predict the next ones."""
    kinds = ("i2h_weight", "i2h_bias", "h2h_weight", "h2h_bias")
    weights, states = [], []
    for layer in range(LAYERS):
        with mx.AttrScope(ctx_group=f"layer{layer}"):
            weights.append({k: mx.sym.Variable(f"l{layer}_{k}") for k in kinds})
            states.append(
                tuple(mx.sym.Variable(f"l{layer}_init_{k}") for k in ("h", "c"))
            )
    with mx.AttrScope(ctx_group="layer0"):
        embedded = mx.sym.Embedding(
            mx.sym.Variable("data"), input_dim=vocabulary, output_dim=size, name="embed"
        )
        inputs = mx.sym.SliceChannel(
            embedded, num_outputs=steps, axis=1, squeeze_axis=True, name="characters"
        )
    outputs = []
    for step in range(steps):
        hidden = inputs[step]
        for layer in range(LAYERS):
            with mx.AttrScope(ctx_group=f"layer{layer}"):
                states[layer] = lstm_cell(
                    hidden, *states[layer], weights[layer], size, f"l{layer}_t{step}"
                )
                hidden = states[layer][0]
        outputs.append(hidden)
    with mx.AttrScope(ctx_group=f"layer{LAYERS - 1}"):
        joined = mx.sym.Concat(*outputs, dim=0, name="joined")
        scores = mx.sym.FullyConnected(joined, num_hidden=vocabulary, name="scores")
        return mx.sym.SoftmaxOutput(scores, name="softmax")


class Trainer:
    """The model bound to some devices, with plain gradient descent."""

    def __init__(self, symbol, contexts, batch: int, steps: int, size: int) -> None:
        groups = {f"layer{i}": contexts[i % len(contexts)] for i in range(LAYERS)}
        fixed = ("data", "softmax_label")
        shapes = {"data": (batch, steps), "softmax_label": (batch * steps,)}
        shapes |= {
            name: (batch, size) for name in symbol.list_arguments() if "_init_" in name
        }
        requests = {
            name: "null" if name in fixed or "_init_" in name else "write"
            for name in symbol.list_arguments()
        }
        self.rate = 1.0 / batch / steps
        self.executor = symbol.simple_bind(
            contexts[0], grad_req=requests, group2ctx=groups, **shapes
        )
        self.parameters = {
            name: array
            for name, array in self.executor.arg_dict.items()
            if requests[name] == "write"
        }
        stream = np.random.RandomState(3)
        for name, array in sorted(self.parameters.items()):
            array[:] = stream.uniform(-0.1, 0.1, array.shape)
            if name.endswith("i2h_bias"):
                array[size : 2 * size] = 1.0  # remember by default

    def step(self, characters: np.ndarray, following: np.ndarray) -> mx.nd.NDArray:
        """Take one step; returns the probabilities, not waited for."""
        executor = self.executor
        # The symbol joins outputs step by step, so labels go time-major too.
        probabilities = executor.forward(
            is_train=True, data=characters, softmax_label=following.T.reshape(-1)
        )[0]
        executor.backward()
        grads = executor.grad_dict
        for name, array in self.parameters.items():
            mx.nd.sgd_update(
                array,
                grads[name],
                out=array,
                lr=2.0,
                rescale_grad=self.rate,
                clip_gradient=5.0 / self.rate,
            )
        return probabilities


def perplexity(probabilities: mx.nd.NDArray, following: np.ndarray) -> float:
    labels = following.T.reshape(-1).astype(int)
    chosen = probabilities.asnumpy()[np.arange(len(labels)), labels]
    return float(np.exp(-np.log(np.maximum(chosen, 1e-10)).mean()))


def batches(codes: np.ndarray, batch: int, steps: int, count: int):
    """Yield characters and the ones that follow them, in parallel streams."""
    length = (len(codes) - 1) // batch
    streams = codes[: batch * length].reshape(batch, length)
    after = codes[1 : batch * length + 1].reshape(batch, length)
    for number in range(count):
        start = number * steps % (length - steps)
        window = slice(start, start + steps)
        yield streams[:, window].astype(np.float32), after[:, window].astype(np.float32)


def main(arguments: list[str] | None = None) -> dict[str, list[float]]:
    """Train on one device and on four; return the perplexities of both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=60, help="training steps")
    parser.add_argument("--length", type=int, default=16, help="characters unrolled")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--size", type=int, default=192)
    options = parser.parse_args(arguments)
    console = Console()
    text = read_text()
    alphabet = sorted(set(text))
    codes = np.array([alphabet.index(c) for c in text])
    console.print(f"{len(codes)} characters, {len(alphabet)} different ones")
    symbol = language_model(options.length, options.size, len(alphabet))
    placements = {
        "one device": [mx.cpu(0)],
        "four devices": [mx.cpu(i) for i in range(LAYERS)],
    }
    history: dict[str, list[float]] = {}
    tenth: dict[str, dict[str, np.ndarray]] = {}
    for placement, contexts in placements.items():
        trainer = Trainer(symbol, contexts, options.batch, options.length, options.size)
        console.print(f"[bold]{placement}[/bold]")
        print(trainer.executor.plan_report())
        history[placement] = []
        columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
        started = time.perf_counter()
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("training", total=options.steps)
            data = batches(codes, options.batch, options.length, options.steps)
            for number, (characters, following) in enumerate(data, start=1):
                probabilities = trainer.step(characters, following)
                history[placement].append(perplexity(probabilities, following))
                if number == 10:
                    tenth[placement] = {
                        n: a.asnumpy() for n, a in trainer.parameters.items()
                    }
                progress.update(
                    task,
                    advance=1,
                    description=f"perplexity {history[placement][-1]:6.2f}",
                )
        seconds = time.perf_counter() - started
        console.print(f"{seconds / options.steps * 1000:.1f} ms a step")
    if tenth:
        one, four = tenth.values()
        same = all(np.array_equal(one[name], four[name]) for name in one)
        console.print(f"parameters after ten steps equal bit for bit: {same}")
        if not same:
            raise SystemExit("the placements disagree")
    return history


if __name__ == "__main__":
    main()
