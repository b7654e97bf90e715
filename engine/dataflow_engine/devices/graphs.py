"""A serial program on a device lane, stretches of which are launched as graphs.

Giving a stream many small kernels costs the host more than the device takes for them.
So what comes again is captured: the first run is an ordinary one, which lets a device
compile and load what it needs; before the next one the lane's thread captures each
stretch that may be, and from there on launches it. A graph does what its kernels did
when they were captured, with the memory that they had: a program is bound to its arrays
for good, so that its graphs never outlive what they point to.

What cannot be captured is refused, told to the log once, and given to the stream kernel
by kernel as before. While traced, all is: a trace tells of kernels.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from dataflow_engine.plans import SerialProgram
from dataflow_engine.tracing import active

from .streams import Accesses, Stream

Thunk = Callable[[], Any]

_log = logging.getLogger("dataflow_engine")


class Refusal(NamedTuple):
    """A stretch that could not be captured.

    Attributes
    ----------
    stretch : range
        Its callables.
    at : int
        The callable at which that was found.
    reason : str
        Why.
    """

    stretch: range
    at: int
    reason: str


class _Step(NamedTuple):
    """A callable of the program, or the launch of a graph of several."""

    first: int
    call: Thunk


def _as_it_is(function: Thunk) -> Thunk:
    return function


class CapturedProgram:
    """A program for one device lane, to be called any number of times.

    Parameters
    ----------
    program : SerialProgram
        What to call. Its callables do the same at each run, with the same memory.
    stretches : sequence of range
        Which callables may be captured together: in order, none in two of them.
    within : callable, optional
        Makes of what calls them what is called instead.

    Attributes
    ----------
    launched : list of range
        The stretches that are graphs by now.
    refused : list of Refusal
        Those that could not be captured.
    """

    def __init__(
        self,
        program: SerialProgram,
        stretches: Sequence[range],
        within: Callable[[Thunk], Thunk] = _as_it_is,
    ) -> None:
        self.program = program
        self.stretches = tuple(stretches)
        self.launched: list[range] = []
        self.refused: list[Refusal] = []
        self._within = within
        self._plainly, self._by_graphs = within(self._run_plainly), within(self._launch)
        self._warm = self._settled = False
        self._steps: tuple[_Step, ...] = ()
        self._at = 0  # the callable that is being run, as far as the host can know

    def prepare(self, stream: Stream, accesses: Accesses) -> None:
        """Capture, if it is time: called by the lane's thread before each run.

        Parameters
        ----------
        stream : Stream
            Where it runs, current in this thread.
        accesses : Accesses
            What a run of it touches.
        """
        if self._warm and not self._settled:
            self._settled = True
            self._within(partial(self._capture, stream, accesses))()

    def __call__(self) -> None:
        """Do all, in order."""
        if self.launched and active.here is None:
            self._by_graphs()
        else:
            self._plainly()
            self._warm = True

    def _run_plainly(self) -> None:
        self.program()

    def _launch(self) -> None:
        try:
            for step in self._steps:
                self._at = step.first
                step.call()
        except Exception as error:
            self.program._raise(self._at, error)

    def _run_one(self, index: int) -> None:
        self._at = index
        self.program.callables[index]()

    # Capturing

    def _capture(self, stream: Stream, accesses: Accesses) -> None:
        graphs: dict[int, tuple[range, Any]] = {}
        for stretch in self.stretches:
            graph = self._graph(stream, accesses, stretch)
            if graph is not None:
                graphs[stretch.start] = stretch, graph
        steps, index = [], 0
        while index < len(self.program):
            if index in graphs:
                stretch, graph = graphs[index]
                steps.append(_Step(index, partial(stream.launch, graph)))
                index = stretch.stop
            else:
                steps.append(_Step(index, self.program.callables[index]))
                index += 1
        # In this order: another thread may be calling it for an earlier run.
        self._steps = tuple(steps)
        self.launched = [stretch for stretch, _ in graphs.values()]

    def _graph(self, stream: Stream, accesses: Accesses, stretch: range) -> Any:
        """Capture a stretch; None: that is refused."""
        try:
            return stream.capture(partial(self._enqueue, stream, accesses, stretch))
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            self.refused.append(Refusal(stretch, self._at, reason))
            name = self.program.names[self._at]
            _log.warning(
                "%s: %d kernels are given one by one, for %s cannot be captured: %s",
                *(accesses.name, len(stretch), name, reason),
            )
            return None

    def _enqueue(self, stream: Stream, accesses: Accesses, stretch: range) -> None:
        names = self.program.names
        for index in stretch:
            self._at = index
            one = accesses._replace(name=f"{names[index]} of {accesses.name}")
            stream.run(partial(self._run_one, index), one)
