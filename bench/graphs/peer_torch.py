"""torch's side of the graphs, as written and compiled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import torch
from torch import Tensor

from bench.executor import chain
from bench.graphs import arrays
from bench.graphs.arrays import BRANCHES, DEPTH, Arrays, told
from bench.workload import Factory, Workload

VERSIONS = {"torch": torch.__version__, "threads": str(torch.get_num_threads())}
Values = Mapping[str, Tensor]


def small_operators(v: Values) -> Tensor:
    """Run the chain of small elementwise operators."""
    x = v["x"]
    for _ in range(chain.OPERATORS // 4):
        x = torch.relu(x + chain.SHIFT) * chain.SCALE - chain.DROP
    return x


def expression(v: Values) -> Tensor:
    """Compute relu(a * x + b) * sigmoid(c * x) + tanh(d)."""
    positive = torch.relu(v["a"] * v["x"] + v["b"])
    return positive * torch.sigmoid(v["c"] * v["x"]) + torch.tanh(v["d"])


def squares(v: Values) -> Tensor:
    """Compute mean((a * x + b)^2)."""
    return torch.square(v["a"] * v["x"] + v["b"]).mean()


def row_sums(v: Values) -> Tensor:
    """Sum the rows of a matrix."""
    return v["x"].sum(dim=1)


def branches(v: Values) -> Tensor:
    """Multiply matrices in branches, and add up what they give."""
    made = []
    for number in range(BRANCHES):
        y = v["x"]
        for depth in range(DEPTH):
            y = y @ v[f"w{number}_{depth}"]
        made.append(y)
    return sum(made[1:], start=made[0])


def _chained() -> Arrays:
    return {"x": torch.tensor(chain.VALUES).numpy()}


def workload(
    compute: Callable[[Values], Tensor],
    given: Callable[[], Arrays],
    units: int,
    *,
    compiled: bool,
) -> Workload:
    """Run a function forward."""
    values = {name: torch.from_numpy(value) for name, value in given().items()}
    function = torch.compile(compute) if compiled else compute

    @torch.inference_mode()
    def run() -> Tensor:
        return function(values)

    return Workload(run, units, outputs=lambda: told(run().numpy()))


WORKLOADS: dict[str, Factory] = {}
for _name, _compute, _given, _units in (
    ("chain", small_operators, _chained, chain.OPERATORS),
    ("expression", expression, arrays.expression, 1),
    ("squares", squares, arrays.expression, 1),
    ("row-sums", row_sums, arrays.rows, 1),
    ("branches", branches, arrays.branches, 1),
):
    _made = partial(workload, _compute, _given, _units)
    WORKLOADS[_name] = partial(_made, compiled=False)
    WORKLOADS[f"{_name}-compiled"] = partial(_made, compiled=True)
