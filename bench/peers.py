"""The interpreters of the peers: given by the environment, or made and cached.

A peer that cannot be made here is absent, with the reason; that is no error.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".bench"
PROBE_TIMEOUT = 120
INSTALL_TIMEOUT = 1800


@dataclass(frozen=True)
class Peer:
    """A library to compare with, and what its environment is made of."""

    name: str
    requirements: tuple[str, ...]
    python: str | None = None  # the only version it works with, if there is one
    environment: Mapping[str, str] = field(default_factory=dict)  # to run at its best

    @property
    def variable(self) -> str:
        """The environment variable that names a ready interpreter."""
        return f"DATAFLOW_BENCH_{self.name.upper()}"

    @property
    def folder(self) -> Path:
        """Where its virtual environment is cached."""
        return CACHE / self.name


# NumPy 1.23 is the last one with the aliases that MXNet 1.9.1 uses (np.bool).
# Its default subgraph backend made inference of LeNet four times slower, so it is off.
MXNET = Peer(
    "mxnet",
    ("mxnet==1.9.1", "numpy==1.23.5"),
    python="3.11",
    environment={"MXNET_SUBGRAPH_BACKEND": "NONE"},
)
TORCH = Peer("torch", ("torch==2.13.0", "numpy"))
# Its environment also serves the other libraries that run tasks in threads.
DASK = Peer("dask", ("dask==2026.8.0", "trio==0.35.0"))

JAX = Peer("jax", ("jax==0.10.2", "numpy"))
OPENVINO = Peer("openvino", ("openvino==2026.4.1", "numpy"))
PEERS = {peer.name: peer for peer in (DASK, JAX, MXNET, OPENVINO, TORCH)}


class PeerAbsent(Exception):
    """The peer cannot be run here; the message says why."""


def interpreter(peer: Peer) -> str:
    """Return the path of a Python that has the peer.

    Raises
    ------
    PeerAbsent
        None was given, and none can be made.
    """
    given = os.environ.get(peer.variable)
    if given:
        found = shutil.which(given) or given
        return _probed(peer, str(Path(found).absolute()))
    python = peer.folder / "bin" / "python"
    if not (peer.folder / "ready").exists():
        _make(peer, python)
    return str(python)


def _make(peer: Peer, python: Path) -> None:
    """Make the environment; its file ``ready`` says that it is whole."""
    print(f"making an environment for {peer.name} ...", file=sys.stderr, flush=True)
    shutil.rmtree(peer.folder, ignore_errors=True)
    peer.folder.parent.mkdir(exist_ok=True)
    _run(peer, [_base(peer), "-m", "venv", str(peer.folder)])
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install"]
    _run(peer, [*pip, "--quiet", *peer.requirements])
    _probed(peer, str(python))
    (peer.folder / "ready").touch()


def _base(peer: Peer) -> str:
    """Return an interpreter of the version that the peer needs."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    if peer.python in (None, own):
        return sys.executable
    found = shutil.which(f"python{peer.python}")
    if found is None:
        raise PeerAbsent(f"{peer.name} needs Python {peer.python}, not found here")
    return found


def _probed(peer: Peer, python: str) -> str:
    _run(peer, [python, "-c", f"import {peer.name}"], PROBE_TIMEOUT)
    return python


def _run(peer: Peer, command: list[str], timeout: float = INSTALL_TIMEOUT) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=timeout, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PeerAbsent(f"{peer.name}: {error}") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise PeerAbsent(f"{peer.name}: {last}")
