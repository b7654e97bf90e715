"""The registrar: links what is pushed to what went before, one thread at a time.

Whoever holds the *baton* registers. It is only ever tried for: who gets it registers
what is in the inbox and then its own; who does not leaves a batch in the inbox. So
nobody blocks, and each thread's operations are registered in the order of its pushes.

The baton is the one entry of a dictionary. Taking it is one step of the interpreter
that no Ctrl-C can come into, so that a push that is interrupted knows what it holds.
Whatever was begun under the baton is then ended, before the interrupt goes on.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice

from .dependencies import Rule
from .devices.records import register as register_on_device
from .errors import EngineError
from .failures import Failure, FailureLedger
from .interrupts import Interrupted, raise_cause, requeue
from .operations import DeviceOperation, Operation
from .records import Pending

FREE = "free"
NEVER: dict[str, bool] = {}  # a baton that nobody gets


class Batch:
    """Operations to be registered in order as one step.

    Parameters
    ----------
    operations : sequence of Operation
        What to register.
    ending : callable, optional
        Called afterwards, before anything else is registered. After an interrupt it
        may be called once more.

    Attributes
    ----------
    ended : bool
        Whether all of that was done.
    """

    __slots__ = ("ended", "ending", "operations")

    def __init__(
        self,
        operations: Sequence[Operation],
        ending: Callable[[], None] | None = None,
    ) -> None:
        self.operations = operations
        self.ending = ending
        self.ended = False


class Registrar:
    """The inbox, the baton, and the count of what was registered.

    Parameters
    ----------
    rule : Rule
        The scheduling rule.
    dispatch : callable
        Is given what is ready, oldest first, without the baton.
    ledger : FailureLedger
        Told of operations that cannot be registered any more.

    Attributes
    ----------
    pushed : int
        How many operations were registered; it belongs to the holder of the baton.
    look_at : int
        From which count on a pusher has to look whether too much is pending.
    """

    def __init__(
        self,
        rule: Rule,
        dispatch: Callable[[Sequence[Pending]], None],
        ledger: FailureLedger,
    ) -> None:
        self._rule = rule
        self._dispatch = dispatch
        self._ledger = ledger
        self._position = 0  # in the first batch, of what is registered next
        self.baton = {FREE: True}
        self.inbox: deque[Batch] = deque()
        self.pushed = 0
        self.look_at = sys.maxsize

    def post(self, batch: Batch) -> None:
        """Have a batch registered, now or by the thread that holds the baton."""
        try:
            self.inbox.append(batch)
            self.collect()
        except BaseException:
            self.collect()
            raise

    def see_through(self, batch: Batch) -> None:
        """Return when a batch that was posted is registered.

        Not so inside a registration of the same thread, which has to end first.
        """
        while not batch.ended and not self.interrupted():
            time.sleep(0)  # the holder of the baton is at it

    def interrupted(self) -> bool:
        """Return whether the caller interrupts a registration of its own thread.

        Only a finalizer does, which the garbage collector may call anywhere. Who holds
        the baton is told by the frames of the thread: to note it would cost each push.
        """
        frame = None if self.baton else sys._getframe(1)
        while frame is not None:
            if "held" in frame.f_code.co_varnames:
                known = frame.f_locals
                held, registrar = known.get("held"), known.get("registrar")
                if held and self in (known.get("self"), registrar):
                    return True
            frame = frame.f_back
        return False

    def collect(self) -> None:
        """Register what is in the inbox, unless somebody else is at it.

        A thread that finds the baton taken may leave: its holder looks at the inbox
        once more after giving it back.
        """
        while self.inbox:
            ready: list[Pending] = []
            held = False
            try:
                try:
                    del self.baton[FREE]
                except KeyError:
                    return
                held = True
                self.drain(ready)
                self.baton[FREE] = True
                held = False
                self._dispatch(ready)
            except BaseException:
                if held:
                    self.drain(ready)
                    self.baton[FREE] = True
                requeue(ready)
                self.collect()
                raise

    def drain(self, ready: list[Pending]) -> None:
        """Register the inbox, holding the baton, and add what is ready.

        After an interrupt the next call goes on where this one was.
        """
        inbox = self.inbox
        while inbox:
            batch = inbox[0]
            # A batch leaves when all is counted, so that it is never in neither place.
            while not self._register_rest(batch.operations, ready):
                pass
            if batch.ending is not None:
                batch.ending()
            batch.ended = True
            self._position = 0
            del inbox[0]

    def _register_rest(
        self, operations: Sequence[Operation], ready: list[Pending]
    ) -> bool:
        """Register a batch from where the last call left it; False: call again."""
        start = position = self._position
        register, add = self._rule.register, ready.append
        try:
            for operation in islice(operations, start, None):
                record = (
                    register_on_device(self._rule, operation)
                    if type(operation) is DeviceOperation
                    else register(operation)
                )
                position += 1
                if record is not None:
                    add(record)
            return True
        except AttributeError:
            self._lose(operations[position])
            start += 1  # it is not counted,
            position += 1  # but passed over
            return False
        except Interrupted as late:
            position += 1
            ready += late.ready
            raise_cause(late)
        finally:
            self.pushed += position - start
            self._position = position

    def mend(
        self, error: BaseException, held: bool, ready: list[Pending | None]
    ) -> None:
        """Put right a push that was interrupted or refused, before the error goes on.

        Parameters
        ----------
        error : BaseException
            What came out of the push.
        held : bool
            Whether it was still holding the baton.
        ready : list of (Pending or None)
            What was found ready in it.
        """
        found: list[Pending] = []
        if held:
            if isinstance(error, Interrupted):
                found += error.ready
            else:
                self.pushed -= 1
            self.drain(found)
            self.baton[FREE] = True
        requeue([*ready, *found])
        self.collect()

    def _lose(self, operation: Operation) -> None:
        """Fail an operation whose Var another thread deleted just before."""
        error = EngineError(f"{operation!r} was pushed on a deleted variable")
        self._ledger.report(Failure(error, operation.name))
