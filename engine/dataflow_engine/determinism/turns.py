"""What an engine without workers was given, and who may go on with it.

State, guarded by the lock of ``changed``, which is notified when a push or an end may
let another thread go on:

``pending``  what has not ended, by number, in the order of the pushes
``ready``    those that wait for none
``running``  those that have been started
``suspended``  those of them that wait inside, each with what it waits for
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence

from dataflow_engine.dependencies import enter, unfinished
from dataflow_engine.errors import EngineError
from dataflow_engine.helping import reaches
from dataflow_engine.inside import Inside
from dataflow_engine.operations import IO, Operation, would_block
from dataflow_engine.variables import Var
from dataflow_engine.waiting import Deadline

from .choosing import Chooser, Scene, Turn
from .orders import Numbering

# For a push of another thread that a recorded order has next.
PATIENCE_SECONDS = 10.0

# The operations that the caller is inside of, outermost first.
stack: Inside[tuple[Turn, ...]] = Inside("dataflow-turns", ())


class Turns:
    """The operations of one engine from their push to their end.

    Parameters
    ----------
    chooser : Chooser
        Says which of the ready ones is next.
    """

    def __init__(self, chooser: Chooser) -> None:
        self.chooser = chooser
        self.changed = threading.Condition()
        self.pending: dict[str, Turn] = {}
        self.ready: list[Turn] = []
        self.running: list[Turn] = []
        self.suspended: list[tuple[Turn, Turn]] = []
        self._numbering = Numbering()

    def here(self) -> list[Turn]:
        """Return which of them the caller is inside of, outermost first."""
        found = [turn for turn in stack.get() if not turn.done]
        return [turn for turn in found if self.pending.get(turn.number) is turn]

    def number(self, operations: Sequence[Operation]) -> list[str]:
        """Return their numbers; raises OrderError if they are not those expected."""
        here = self.here()
        outer = here[-1].number if here else None
        numbers = [self._numbering.next(outer) for _ in operations]
        for number, operation in zip(numbers, operations, strict=True):
            self.chooser.check(number, operation.name)
        return numbers

    def add(self, number: str, operation: Operation) -> None:
        """Register one operation."""
        turn = Turn()
        turn.number, turn.operation = number, operation
        turn.done, turn.successors = False, []
        before = unfinished(operation)
        turn.waits_for = len(before)
        for other in before:
            other.successors.append(turn)
        enter(turn, operation)
        self.pending[number] = turn
        if not before:
            self.ready.append(turn)
        self.changed.notify_all()

    def take(self, goal: Turn | None, doomed: Callable[[Turn], object]) -> Turn | None:
        """Start an operation for a wait; None if other threads have to go on first.

        Parameters
        ----------
        goal : Turn or None
            What is waited for; None: everything.
        doomed : callable
            Tells which will not run. They do not count, and go first.
        """
        skipped = next((turn for turn in self.ready if doomed(turn)), None)
        turn = skipped or self.chooser.choose(self._scene(goal))
        if turn is not None:
            self.ready.remove(turn)
            self.running.append(turn)
        return turn

    def _scene(self, goal: Turn | None) -> Scene:
        here, needed = self.here(), self.ready
        if here and goal is not None:
            needed = [t for t in needed if t is goal or reaches([t], goal)]
        elsewhere = [turn.number for turn in self.running if turn not in here]
        return Scene(self.ready, needed, self.pending, elsewhere)

    def end(self, turn: Turn) -> None:
        """Complete one that was taken, once its Vars say what became of them."""
        turn.done, turn.operation = True, None
        for after in turn.successors:
            assert isinstance(after, Turn)
            after.waits_for -= 1
            if after.waits_for == 0:
                self.ready.append(after)
        turn.successors = []
        # They go on from this moment, however long it takes until they notice.
        self.suspended = [entry for entry in self.suspended if entry[1] is not turn]
        self.running.remove(turn)
        del self.pending[turn.number]
        self.changed.notify_all()

    # Waiting

    def over(self, goal: Turn | None) -> bool:
        """Return whether what is waited for has ended."""
        return not self.pending if goal is None else goal.done

    def goal(self, var: Var) -> Turn | None:
        """Return what a wait for the Var waits for, if for anything."""
        goal, here = var._writer, self.here()
        if not isinstance(goal, Turn) or goal.done:
            return None
        if goal in here or reaches(here, goal):
            message = f"a wait for {var!r} inside an operation waits for itself"
            raise EngineError(message)
        return goal

    def let_others(self, goal: Turn | None, deadline: Deadline) -> None:
        """Wait until another thread has got on, or the deadline has passed."""
        with self.changed:
            if self.over(goal):
                return
            left = deadline.left()
            most = PATIENCE_SECONDS if left < 0 else min(left, PATIENCE_SECONDS)
            changed = self.changed.wait(most)
            if not changed and most == PATIENCE_SECONDS and self.quiet():
                self.chooser.stuck(self._scene(goal))

    def quiet(self) -> bool:
        """Return whether nothing goes on in other threads, as far as is known."""
        here = self.here()
        waiting = {turn for turn, _ in self.suspended}
        return all(turn in here or turn in waiting for turn in self.running)

    def suspend(self, goal: Turn, deadline: Deadline) -> bool:
        """Let the caller's operation wait, for others to run; False: too late."""
        with self.changed:
            entry = self.here()[-1], goal
            self.suspended.append(entry)
            self.changed.notify_all()
            while not goal.done:
                left = deadline.left()
                if not self.changed.wait(None if left < 0 else left):
                    self.suspended.remove(entry)
                    return goal.done
        return True

    def check_may_block(self, what: str) -> None:
        """Raise inside an asynchronous operation, but not in a thread that it began."""
        here = self.here()
        trio = sys.modules.get("trio")
        if not here or trio is None or not trio.lowlevel.in_trio_run():
            return
        operation = here[-1].operation
        if operation is not None and operation.lane == IO:
            raise EngineError(would_block(what))

    # Forking

    def forget_others(self) -> list[Operation]:
        """Return in a forked child what it will not run, and forget it."""
        here = self.here()
        lost = [turn for turn in self.pending.values() if turn not in here]
        operations = [turn.operation for turn in lost if turn.operation is not None]
        for turn in lost:
            turn.done, turn.operation = True, None
        for turn in here:
            turn.successors = []
        self.changed = threading.Condition()
        self.chooser.abandon()
        self.pending = {turn.number: turn for turn in here}
        self.ready, self.running, self.suspended = [], here, []
        return operations
