"""The networks whose memory is planned, as files of symbols that MXNet can read."""

from __future__ import annotations

from pathlib import Path

from bench.peers import CACHE

DATA = (32, 3, 224, 224)
NETWORKS = (
    "AlexNet",
    "GoogLeNet",
    "VGG-16",
    "Inception-BN",
    "ResNet-50",
    "ResNet-152",
)
PHASES = {"inference": "null", "training": "write"}  # and the gradients they ask for


def path_of(network: str) -> Path:
    """Return where our side saves a network's symbol; it is asked first."""
    return CACHE / f"symbol-{network}.json"


def key(network: str, phase: str, what: str = "") -> str:
    """Return the name of a workload."""
    return "-".join(filter(None, (network, phase, what)))
