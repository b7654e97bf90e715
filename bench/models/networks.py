"""The networks to time: their data, as facts that every side can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Network:
    """A classifier; its symbol and its arrays are in a file that our side makes.

    Parameters
    ----------
    name : str
        For files and workloads.
    data : tuple of int
        Shape of a batch.
    classes : int
        How many it tells apart.
    rate : float
        Learning rate of its training steps.
    """

    name: str
    data: Shape
    classes: int
    rate: float

    @property
    def batch(self) -> int:
        """Examples in a batch."""
        return self.data[0]

    def told(self, probabilities: Any) -> list[float]:
        """Return what is compared: probabilities in multiples of one by chance."""
        return (probabilities * self.classes).ravel().tolist()  # type: ignore[no-any-return]


NETWORKS: Mapping[str, Network] = {
    network.name: network
    for network in (
        Network("mlp64", (64, 784), 10, 0.05),
        Network("mlp1024", (1024, 784), 10, 0.05),
        Network("lenet", (64, 1, 28, 28), 10, 0.01),
        Network("inception-bn", (4, 3, 224, 224), 1000, 0.0001),
        Network("resnet50", (4, 3, 224, 224), 1000, 0.0001),
        # So deep over so few points that the data's last bits change gradients by 4 %.
        Network("resnet152", (4, 3, 64, 64), 1000, 1e-7),
    )
}
COMPARED = ("mlp64", "mlp1024", "lenet", "inception-bn", "resnet50")
OUTPUT_STEPS = 2  # training steps whose outputs are compared: one update
