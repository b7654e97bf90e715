"""Which runs of an executor are measured: some of the first, and some now and then.

A *window* is open while runs are measured. Each phase has two of them, forward in the
mode (training or not) in which most runs since the last window were made. A run that is
measured is that of one thread, whoever shares the others, so that all measurements can
be compared. Between windows a run costs no more than counting it.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from dataflow.executor.lowering import Lowering
from dataflow.executor.watching import Watch
from dataflow_engine import Plan

FIRST_WATCHED = 2  # runs before, in the first window: they warm caches
WATCHED = 2  # runs that are measured; the shorter one counts
FORWARD_ONLY = 12  # forwards without a backward: there will be none
GIVE_UP = 100  # forwards after which a window is closed with what is known


class _Phase(NamedTuple):
    """What is measured of forward or backward."""

    is_train: bool
    watch: Watch
    plan: Plan


class Sampler:
    """Measures runs of one executor. Its lock is held by whoever calls this.

    Attributes
    ----------
    windows : int
        How many were closed.
    """

    def __init__(self) -> None:
        self.windows = 0
        self._left = 0  # forwards until a window opens
        self._skipped = FIRST_WATCHED
        self._mode: bool | None = None  # of the forwards to be measured; None: any
        self._runs: Counter[tuple[bool, bool]] = Counter()  # of a phase in a mode
        self._phases: dict[bool, _Phase] = {}

    def plan(self, lowering: Lowering, backward: bool, is_train: bool) -> Plan | None:
        """Return the plan of a run that is to be measured; None: as usual."""
        number = self._runs[backward, is_train]
        self._runs[backward, is_train] = number + 1
        if self._left:
            if not backward:
                self._left -= 1
                if not self._left:
                    self._open()
            return None
        if not self._skipped <= number < self._skipped + WATCHED:
            return None
        if not backward and self._mode not in (None, is_train):
            return None
        phase = self._phases.get(backward)
        if phase is None:
            watch = Watch(WATCHED)
            plan = lowering.plan(
                backward=backward, is_train=is_train, timed=watch.timed
            )
            phase = self._phases[backward] = _Phase(is_train, watch, plan)
        return phase.plan if phase.is_train == is_train else None

    def _open(self) -> None:
        forwards = {mode: self._runs[False, mode] for mode in (False, True)}
        self._mode = max(forwards, key=forwards.__getitem__)
        self._skipped = 0
        self._runs.clear()

    def is_done(self, lowering: Lowering) -> bool:
        """Tell whether a window is open that has seen enough."""
        if self._left:
            return False
        forwards, backwards = (
            self._runs[backward, False] + self._runs[backward, True]
            for backward in (False, True)
        )
        if forwards >= GIVE_UP:
            return True
        if not self._has_seen(False):
            return False
        if not backwards and forwards >= FORWARD_ONLY:
            return True
        return self._has_seen(True) or not lowering.segments(backward=True)

    def _has_seen(self, backward: bool) -> bool:
        phase = self._phases.get(backward)
        return phase is not None and phase.watch.done

    def close(self, forwards: int) -> dict[bool, Watch]:
        """Close the window, and open the next one after so many forwards.

        Returns
        -------
        dict of bool
            What was measured, whole phases only: of backward or not.
        """
        known = {b: p.watch for b, p in self._phases.items() if p.watch.done}
        self.windows += 1
        self._left = forwards
        self._runs.clear()
        self._phases.clear()
        return known
