"""A worker process as the driver sees it: started once, asked many times."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from bench.peers import ROOT

START_TIMEOUT = 120
ANSWER_TIMEOUT = 600  # torch.compile takes minutes for long graphs


class SideFailed(Exception):
    """The worker ended or did not answer in time, or a workload failed in it."""


class Side:
    """A worker process with its own interpreter.

    Parameters
    ----------
    python : str
        The interpreter.
    module : str
        The module of ``bench`` that holds the workloads.
    environment : mapping
        Variables to add to the driver's own.
    """

    def __init__(
        self, python: str, module: str, environment: Mapping[str, str]
    ) -> None:
        self.module = module
        self.process = subprocess.Popen(
            [python, "-m", "bench.worker", module],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.versions: dict[str, str] = self._read(START_TIMEOUT)["versions"]

    def sample(self, name: str, repeats: int) -> float:
        """Return the microseconds per unit of one sample."""
        return float(self._ask(name, repeats)["us"])

    def run_seconds(self, name: str) -> float:
        """Return how long one run takes; the first one prepares the workload."""
        return float(self._ask(name, 1)["seconds"])

    def outputs(self, name: str) -> list[float] | None:
        """Return what the workload computes, if it tells."""
        return self._ask(name, "outputs")["outputs"]  # type: ignore[no-any-return]

    def close(self) -> None:
        """End the worker."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.close()
            self.process.wait(timeout=10)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()

    def _ask(self, name: str, what: object) -> dict[str, Any]:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(f"{name} {what}\n")
            self.process.stdin.flush()
        except OSError as error:
            raise SideFailed(f"{self.module} has ended") from error
        answer = self._read(ANSWER_TIMEOUT)
        if "error" in answer:
            raise SideFailed(answer["error"])
        return answer

    def _read(self, timeout: float) -> dict[str, Any]:
        stdout = self.process.stdout
        assert stdout is not None
        if not select.select([stdout], [], [], timeout)[0]:
            self.process.kill()
            raise SideFailed(f"{self.module} did not answer in {timeout} s")
        line = stdout.readline()
        if not line:
            raise SideFailed(f"{self.module} ended, see its messages above")
        return json.loads(line)  # type: ignore[no-any-return]


def own_side(module: str, environment: Mapping[str, str]) -> Side:
    """Start our own side, in this interpreter, from the source folders."""
    folders = [str(ROOT / folder) for folder in (".", "engine", "ops")]
    paths = {"PYTHONPATH": os.pathsep.join(folders)}
    return Side(sys.executable, module, {**environment, **paths})
