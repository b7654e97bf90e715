"""torch's side of the models: the same networks, loss and update."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor, fx
from torch.nn import functional

from bench.models import torch_recurrent
from bench.models.files import Shared, load
from bench.models.networks import COMPARED, NETWORKS, OUTPUT_STEPS, Network
from bench.models.torch_graph import module_of
from bench.workload import Factory, Workload

VERSIONS = {"torch": torch.__version__, "threads": str(torch.get_num_threads())}
# How else to run a network, in a workload's name behind its own.
LAYOUT, COMPILED = "channels-last", "compiled"


class Prepared:
    """A network with its data, laid out and compiled as asked for."""

    def __init__(self, network: Network, way: str, *, train: bool) -> None:
        self.shared: Shared = load(network.name)
        self.module: fx.GraphModule = module_of(self.shared, train=train)
        self.data = torch.from_numpy(self.shared.arrays["data"])
        self.labels = torch.from_numpy(self.shared.arrays["softmax_label"]).long()
        if way == LAYOUT:
            self.module = self.module.to(memory_format=torch.channels_last)
            self.data = self.data.to(memory_format=torch.channels_last)
        self.scores: Any = self.module
        if way == COMPILED:
            self.scores = torch.compile(self.module)

    def refill(self) -> None:
        """Put the first weights in."""
        with torch.no_grad():
            for name, parameter in self.module.named_parameters():
                parameter.copy_(torch.from_numpy(self.shared.arrays[name]))


def forward(network: Network, way: str = "") -> Workload:
    """Run a forward pass for inference, to the probabilities."""
    made = Prepared(network, way, train=False)

    @torch.inference_mode()
    def run() -> Tensor:
        return made.scores(made.data).softmax(1)

    return Workload(run, outputs=lambda: network.told(run().numpy()))


def training_step(network: Network, way: str = "") -> Workload:
    """Run forward, backward and an SGD update."""
    made = Prepared(network, way, train=True)
    optimizer = torch.optim.SGD(made.module.parameters(), lr=network.rate)

    def step() -> Tensor:
        optimizer.zero_grad()
        scores = made.scores(made.data)
        functional.cross_entropy(scores, made.labels).backward()
        optimizer.step()
        return scores.detach()

    def outputs() -> list[float]:
        made.refill()
        told: list[float] = []
        for _ in range(OUTPUT_STEPS):
            told += network.told(step().softmax(1).numpy())
        return told

    return Workload(step, outputs=outputs)


def _workloads() -> dict[str, Factory]:
    made: dict[str, Factory] = {}
    for name in COMPARED:
        network = NETWORKS[name]
        for way in ("", LAYOUT, COMPILED):
            end = f"-{way}" if way else ""
            made[f"{name}-forward{end}"] = partial(forward, network, way)
            made[f"{name}-training{end}"] = partial(training_step, network, way)
    return made


WORKLOADS: dict[str, Factory] = {**_workloads(), **torch_recurrent.WORKLOADS}
