"""torch's side of the models: the same network, loss and update."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.models import lenet
from bench.models.symbolic import OUTPUT_STEPS
from bench.models.weights import load
from bench.workload import Factory, Workload

VERSIONS = {"torch": torch.__version__, "threads": str(torch.get_num_threads())}


class LeNet(nn.Module):
    """The network up to its class scores."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 20, 5)
        self.conv2 = nn.Conv2d(20, 50, 5)
        self.fc1 = nn.Linear(800, 500)
        self.fc2 = nn.Linear(500, lenet.CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        """Return class scores."""
        x = functional.max_pool2d(torch.tanh(self.conv1(x)), 2)
        x = functional.max_pool2d(torch.tanh(self.conv2(x)), 2)
        return self.fc2(torch.tanh(self.fc1(x.flatten(1))))


def network() -> tuple[LeNet, Tensor, Tensor]:
    """Return the network with the common weights, the data and the labels."""
    model = LeNet()
    fill(model)
    arrays = load()
    labels = torch.from_numpy(arrays["softmax_label"]).long()
    return model, torch.from_numpy(arrays["data"]), labels


def fill(model: LeNet) -> None:
    """Put the first weights in."""
    arrays = load()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.from_numpy(arrays[name.replace(".", "_")]))


def probabilities(model: LeNet, data: Tensor) -> list[float]:
    """Return what MXNet's SoftmaxOutput gives."""
    with torch.inference_mode():
        return model(data).softmax(1).flatten().tolist()  # type: ignore[no-any-return]


def forward() -> Workload:
    """Run a forward pass for inference, to the probabilities."""
    model, data, _ = network()

    @torch.inference_mode()
    def run() -> None:
        model(data).softmax(1)

    return Workload(run, outputs=lambda: probabilities(model, data))


def training_step() -> Workload:
    """Run forward, backward and an SGD update."""
    model, data, labels = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=lenet.RATE)

    def step() -> None:
        optimizer.zero_grad()
        functional.cross_entropy(model(data), labels).backward()
        optimizer.step()

    def outputs() -> list[float]:
        fill(model)
        for _ in range(OUTPUT_STEPS):
            step()
        return probabilities(model, data)

    return Workload(step, outputs=outputs)


WORKLOADS: dict[str, Factory] = {
    "lenet-forward": forward,
    "lenet-training": training_step,
}
