"""Monitors: statistics of what every operator of an executor computes."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from dataflow import ndarray as nd
from dataflow.errors import ArgumentError, ArgumentTypeError, OperatorError
from dataflow.executor import Executor
from dataflow.graph.node import describe, output_name
from dataflow.ndarray import NDArray

__all__ = ["Monitor", "NanMonitor"]

Statistic = NDArray | Sequence[NDArray]


def _mean_size(x: NDArray) -> NDArray:
    """Return the root of the mean square, by which `Monitor` judges by default."""
    return nd.norm(x) / math.sqrt(x.size)


class Monitor:
    """Collects statistics of operators' results and of parameters.

    A batch is watched between `tic` and `toc`. Executors run slower while they are
    watched, and only then.

    Parameters
    ----------
    interval : int
        After how many batches one is watched.
    stat_func : callable, optional
        Takes an array and returns one, or a list of them; by default
        ``norm(x) / sqrt(x.size)``.
    pattern : str
        A regular expression that watched names begin with, such as ``".*weight"``.
    sort : bool
        Sort by name rather than in the order of computation.
    monitor_all : bool
        Watch what operators read, too.
    """

    def __init__(
        self,
        interval: int,
        stat_func: Callable[[NDArray], Statistic] | None = None,
        pattern: str = ".*",
        sort: bool = False,
        monitor_all: bool = False,
    ) -> None:
        if interval < 1:
            raise ArgumentError(f"interval is {interval}; it must be 1 or more")
        self.stat_func = _mean_size if stat_func is None else stat_func
        self.interval = interval
        self.activated = False
        self.queue: list[tuple[int, str, Statistic]] = []
        self.step = 0
        self.exes: list[Executor] = []
        self.re_prog = re.compile(pattern)
        self.sort = sort
        self.monitor_all = monitor_all

    def stat_helper(self, name: str, array: NDArray) -> None:
        """Take the statistic of an array, if it is to be watched now."""
        if self.activated and self.re_prog.match(name):
            self.queue.append((self.step, name, self.stat_func(array)))

    def install(self, exe: Executor) -> None:
        """Watch an executor, from the next `tic` on."""
        self.exes.append(exe)
        if self.activated:
            exe.set_monitor_callback(self.stat_helper, self.monitor_all)

    def tic(self) -> None:
        """Begin to watch a batch, if it is one to be watched; call before `forward`."""
        if self.step % self.interval == 0:
            self.queue = []
            self.activated = True
            for exe in self.exes:
                exe.set_monitor_callback(self.stat_helper, self.monitor_all)
        self.step += 1

    def toc(self) -> list[tuple[int, str, str]]:
        """End watching, and return step, name and statistic of all that was seen.

        Arguments and auxiliary states come last. The list is empty for a batch that
        was not watched.
        """
        if not self.activated:
            return []
        for exe in self.exes:
            for name, array in (*exe.arg_dict.items(), *exe.aux_dict.items()):
                self.stat_helper(name, array)
        seen = self._stop()
        if self.sort:
            seen.sort(key=lambda entry: entry[1])
        return [(step, name, _shown(name, found)) for step, name, found in seen]

    def _stop(self) -> list[tuple[int, str, Statistic]]:
        for exe in self.exes:
            exe.set_monitor_callback(None)
        self.activated = False
        seen, self.queue = self.queue, []
        return seen

    def toc_print(self) -> None:
        """End watching, and log what `toc` returns."""
        for step, name, text in self.toc():
            logging.info("Batch: %7d %-30s %s", step, name, text)


class Finding(NamedTuple):
    """A value that holds what is no number."""

    step: int
    name: str
    nans: int
    infinities: int


class NanMonitor(Monitor):
    """Finds the operator that made the first NaN or infinity.

    Give it to `Module.fit` as its monitor, or call `tic` before a batch and `toc`
    after it.

    Parameters
    ----------
    interval : int
        After how many batches one is watched.
    pattern : str
        A regular expression that watched names begin with.
    infinities : bool
        Look for infinities, too; a mask of them may be meant.
    """

    def __init__(
        self, interval: int = 1, pattern: str = ".*", infinities: bool = True
    ) -> None:
        super().__init__(interval, _count_bad, pattern, monitor_all=True)
        self.infinities = infinities

    def toc(self) -> list[tuple[int, str, str]]:
        """End watching.

        Raises
        ------
        OperatorError
            There was a NaN or an infinity. The message names who made the first one.
        """
        found = self.find()
        if found is None:
            return []
        bad = f"{found.nans} NaN and {found.infinities} infinite values"
        raise OperatorError(f"batch {found.step}: {bad} {self._maker(found.name)}")

    def find(self) -> Finding | None:
        """End watching, and return the first value with a NaN or an infinity."""
        for step, name, counts in self._stop() if self.activated else ():
            nans, infinities = (int(count.asscalar()) for count in counts)
            if nans or (infinities and self.infinities):
                return Finding(step, name, nans, infinities)
        return None

    def _maker(self, name: str) -> str:
        for exe in self.exes:
            if name in exe.arg_dict or name in exe.aux_dict:
                return (
                    f"in '{name}' before any operator ran; look at what it was filled "
                    "with, or how it was updated"
                )
            for text in _makers(exe, name):
                return f"in '{name}', the first in this batch; made by {text}"
        return f"in '{name}', the first in this batch"


def _makers(exe: Executor, name: str) -> Iterator[str]:
    graph = exe._as_composed().graph
    for node in graph.nodes:
        if any(output_name(entry) == name for entry in node.entries()):
            yield f"{describe(node)} on {graph.contexts[node]}"


def _count_bad(x: NDArray) -> list[NDArray]:
    """Count NaNs and infinities."""
    if not np.issubdtype(x.dtype, np.floating):
        return [nd.zeros(1), nd.zeros(1)]
    # float16 cannot hold the counts of a large array
    return [nd.sum(nd.cast(x != x, dtype="float32")), _count_infinite(x)]  # noqa: PLR0124


def _count_infinite(x: NDArray) -> NDArray:
    return nd.sum(nd.cast(nd.abs(x) == math.inf, dtype="float32"))


def _shown(name: str, found: Statistic) -> str:
    arrays = [found] if isinstance(found, NDArray) else found
    if not all(isinstance(array, NDArray) for array in arrays):
        raise ArgumentTypeError(
            f"stat_func gave {found!r} for '{name}'; it must return an NDArray or a "
            "list of them"
        )
    return "".join(f"{_text(array)}\t" for array in arrays)


def _text(array: NDArray) -> str:
    return str(array.asscalar() if array.shape == (1,) else array.asnumpy())
