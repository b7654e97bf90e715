"""One side of a comparison: prepares workloads and times them on request.

Run as ``python -m bench.worker MODULE``, in whichever interpreter has the library.
The module has ``WORKLOADS``, a factory by name, and ``VERSIONS``, text by library.
A line ``NAME REPEATS`` times one sample, ``NAME outputs`` gives what is computed;
each is answered by one line of JSON. Only the standard library is needed here.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
import time
from collections.abc import Mapping
from typing import Any, TextIO

from bench.workload import Factory, Workload, sample, warm_up


class Server:
    """Answers requests; workloads stay prepared once they were asked for."""

    def __init__(self, factories: Mapping[str, Factory]) -> None:
        self.factories = factories
        self.prepared: dict[str, Workload] = {}

    def answer(self, line: str) -> dict[str, Any]:
        """Return the answer to one request; a failure is an answer too."""
        name, what = line.split()
        try:
            workload = self._workload(name)
            if what == "outputs":
                outputs = workload.outputs
                return {"name": name, "outputs": outputs() if outputs else None}
            repeats = int(what)
            start = time.perf_counter()
            us = sample(workload, repeats)
            seconds = (time.perf_counter() - start) / repeats
            return {"name": name, "us": us, "seconds": seconds}
        except Exception as error:  # whatever a library raises is reported
            return {"name": name, "error": f"{type(error).__name__}: {error}"}

    def _workload(self, name: str) -> Workload:
        if name not in self.prepared:
            self.prepared[name] = warm_up(self.factories[name]())
        return self.prepared[name]


def serve(module: str, requests: TextIO, answers: TextIO) -> None:
    """Greet with the versions, then answer until the requests end."""
    side = importlib.import_module(module)
    server = Server(side.WORKLOADS)
    versions = {"Python": platform.python_version(), **side.VERSIONS}
    _send(answers, {"versions": versions})
    for line in requests:
        _send(answers, server.answer(line))


def _send(answers: TextIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def main() -> None:
    """Serve on standard input and output; what libraries print goes to stderr."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    serve(sys.argv[1], sys.stdin, answers)


if __name__ == "__main__":
    main()
