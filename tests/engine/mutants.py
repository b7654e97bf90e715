"""The engine with one planted fault, and the suite's checks run on it.

``python -m tests.engine.mutants NAME`` plants the fault while the engine is imported,
so it needs a process of its own. It ends with 0 if the checks found nothing, with 1
if they did, and says what. Without a name the engine is as it is.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import threading
from collections.abc import Sequence
from types import ModuleType
from typing import Any

# Which module, a piece of its source, and what stands there instead.
MUTANTS = {
    "no edge from the last write to a read": (
        "dependencies",
        "    for var in operation.reads:\n        before = var._writer\n",
        "    for var in ():\n        before = var._writer\n",
    ),
    "no edge from a read to the next write": (
        "dependencies",
        "for before in var._readers or (var._writer,):",
        "for before in (var._writer,):",
    ),
    "no edge from a write to the next": (
        "dependencies",
        "for before in var._readers or (var._writer,):",
        "for before in var._readers:",
    ),
    "a ticket is lost": (
        "dependencies",
        "[False] * (len(befores) + 1)",
        "[False] * len(befores)",
    ),
    "a ticket too many": (
        "dependencies",
        "[False] * (len(befores) + 1)",
        "[False] * (len(befores) + 2)",
    ),
    "successors are released before the function runs": (
        "workers",
        "        agent.running = pending\n",
        "        agent.running = pending\n"
        "        for early in self._complete(pending):\n"
        "            early.operation._put(early)\n",
    ),
    "a completion is not counted now and then": (
        "workers",
        "            agent.completed += 1\n",
        "            agent.completed += agent.completed % 7 != 3\n",
    ),
    "a skipped operation does not pass its poison on": (
        "workers",
        "        self._ledger.poison(operation.writes, failure)\n        agent.skipped",
        "        agent.skipped",
    ),
    "a failure poisons only the first Var": (
        "failures",
        "for var in variables:\n                var._failure = failure\n",
        "for var in [*variables][:1]:\n                var._failure = failure\n",
    ),
    "a good write does not heal": (
        "failures",
        "                if var._failure is not None:\n",
        "                if False:\n",
    ),
    "a version is not counted": (
        "workers",
        "                var.version += 1\n            # Nobody",
        "                var.version += var.version < 5\n            # Nobody",
    ),
    "a worker does not look again before it sleeps": (
        "lanes",
        "            if not (self.queue or self.ranked or self.stopping):\n"
        "                agent.gate.acquire()\n",
        "            agent.gate.acquire()\n",
    ),
}


class Planting(importlib.machinery.SourceFileLoader):
    """Loads a module from a source with a fault in it."""

    def __init__(self, name: str, path: str, old: str, new: str) -> None:
        super().__init__(name, path)
        self._fault = (old, new)

    def get_code(self, fullname: str) -> Any:
        source = self.get_source(fullname)
        assert source is not None
        old, new = self._fault
        assert old in source, f"{fullname} has changed, there is no {old!r}"
        return compile(source.replace(old, new), self.path, "exec")


class Finder(importlib.abc.MetaPathFinder):
    """Finds one module of the engine for `Planting`."""

    def __init__(self, module: str, old: str, new: str) -> None:
        self._name = f"dataflow_engine.{module}"
        self._fault = (old, new)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        assert spec.origin is not None
        loader = Planting(fullname, spec.origin, *self._fault)
        return importlib.util.spec_from_loader(fullname, loader)


def check_agreement(first: int, count: int) -> None:
    """Random programs on one and two workers, with threads that switch often."""
    from dataflow_engine import ThreadedEngine
    from tests.engine.programs import agree

    for workers, inline in ((2, 0.0), (1, 10.0)):
        agree(
            lambda w=workers, i=inline: ThreadedEngine(w, i),
            range(first, first + count),
        )
        first += count


def check_wakes(rounds: int) -> None:
    """A worker that has gone to sleep runs whatever is pushed, at once."""
    from dataflow_engine import ThreadedEngine, lanes
    from tests.engine.helpers import PATIENCE

    lanes.LINGER_ROUNDS, lanes.LINGER_SECONDS = 1, 1e-5
    engine, done = ThreadedEngine(2, inline_below_us=0.0), threading.Event()
    for _ in range(rounds):
        engine.push(done.set, cost=0.5)
        assert done.wait(PATIENCE), "a sleeping worker was not woken"
        done.clear()
    engine.close(timeout=PATIENCE)


def main(name: str | None) -> int:
    """Run the checks; return the status to end with."""
    if name is not None:
        sys.meta_path.insert(0, Finder(*MUTANTS[name]))
    sys.setswitchinterval(1e-6)
    try:
        check_agreement(0, 40)
        check_wakes(300)
    except Exception as error:
        print(f"found: {type(error).__name__}: {error}"[:300])
        return 1
    print("found nothing")
    return 0


if __name__ == "__main__":
    status = main(sys.argv[1] if len(sys.argv) > 1 else None)
    sys.stdout.flush()
    os._exit(status)  # what is broken cannot be closed
