"""torch's side of the primitives, in single precision and in bfloat16."""

from __future__ import annotations

from functools import partial

import torch
from torch import nn

from bench.ops.peer_torch import VERSIONS as SINGLE
from bench.ops.peer_torch import workload
from bench.primitives.table import BLOCK, BLOCK_SHAPE, PRODUCTS, ROUNDED, TABLE
from bench.workload import Factory, Workload

VERSIONS = SINGLE


def _block() -> Workload:
    channels = BLOCK_SHAPE[1]
    layers = nn.Sequential(
        nn.Conv2d(channels, channels, 3, padding=1, bias=False),
        nn.BatchNorm2d(channels, eps=1e-3),
        nn.ReLU(),
        nn.Conv2d(channels, channels, 3, padding=1, bias=False),
    ).to(memory_format=torch.channels_last)
    data = torch.ones(BLOCK_SHAPE).to(memory_format=torch.channels_last)
    data.requires_grad_(True)

    def run() -> None:
        for leaf in (data, *layers.parameters()):
            leaf.grad = None
        made = layers(data)
        made.backward(torch.ones_like(made))

    return Workload(run)


def _rounded(factory: Factory) -> Workload:
    """Compute in bfloat16 what torch would, gradients of that included."""
    inner = factory()

    def run() -> None:
        with torch.autocast("cpu", torch.bfloat16):
            inner.run()

    return Workload(run)


_alone: dict[str, Factory] = {t.key: partial(workload, t) for t in TABLE}
_all: dict[str, Factory] = {**_alone, BLOCK: _block}
WORKLOADS: dict[str, Factory] = {
    **_all,
    **{
        f"{key}/{ROUNDED}": partial(_rounded, _all[key])
        for key in (*(timed.key for timed in PRODUCTS), BLOCK)
    },
}
