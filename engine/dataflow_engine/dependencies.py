"""The scheduling rule: push says what waits, complete says what is ready.

No thread and no clock in here. ``register`` is called by one thread at a time
(the registrar); ``complete`` by any, at any moment, once per record.

Edges go from record to record and are made at registration. A read waits for
the last writer; a write waits for every reader since, or for the last writer if
there was none. A record that is done makes no edge. Vars stay untouched until
every edge stands, so that an interrupted registration has had no effect.
"""

from __future__ import annotations

import _thread
import sys
import threading
from collections.abc import Sequence
from typing import NoReturn, cast

from .interrupts import Interrupted
from .operations import Operation
from .records import Pending
from .variables import FIRST_PRUNE, Var

# Fresh records share it: most never get a successor, and lists cost the gc.
EMPTY: list[Pending] = []
NOTHING: Sequence[Pending] = ()


def unfinished(operation: Operation) -> Sequence[Pending]:
    """Return the records that an operation pushed now has to wait for."""
    found: list[Pending] | None = None
    for var in operation.reads:
        before = var._writer
        if not before.done:
            if found is None:
                found = [before]
            elif found[-1] is not before:  # one edge between two is enough
                found.append(before)
    for var in operation.writes:
        for before in var._readers or (var._writer,):
            if not before.done:
                if found is None:
                    found = [before]
                elif found[-1] is not before:  # one edge between two is enough
                    found.append(before)
    return NOTHING if found is None else found


def enter(record: Pending, operation: Operation) -> None:
    """Enter a record whose edges stand into its Vars."""
    for var in operation.reads:
        var._readers.append(record)
        if len(var._readers) >= var._prune_at:
            prune(var)
    for var in operation.writes:
        var._writer, var._readers = record, []


def finish_entering(record: Pending, operation: Operation) -> None:
    """Enter a record after Ctrl-C hit in the middle, and be interrupted later.

    The edges stand and others may rely on them already.
    """
    enter(record, operation)
    _thread.interrupt_main()


# How far a registration is, as far as an interrupt has to know.
NOWHERE, LINKED, ENTERING, ENTERED = range(4)


def _finish_registering(
    record: Pending,
    operation: Operation,
    befores: Sequence[Pending],
    stage: int,
    error: BaseException,
) -> NoReturn:
    """Do the rest of a registration that was interrupted, or give it up."""
    tickets = record.tickets if len(befores) > 1 else None
    if stage == NOWHERE or (stage == LINKED and tickets is not None):
        # No Var knows the record. It keeps a ticket, so that it never becomes ready.
        raise error
    enter(record, operation)
    if tickets is not None:
        ready = tickets.pop() if stage == ENTERING else not tickets
    else:
        ready = not befores or befores[0].done
    raise Interrupted([record] if ready else NOTHING) from error


def prune(var: Var) -> None:
    """Forget readers that are done; a fixed limit would be quadratic."""
    var._readers = [reader for reader in var._readers if not reader.done]
    var._prune_at = max(FIRST_PRUNE, 2 * len(var._readers))


class TicketRule:
    """Readiness without locks, for an interpreter with a GIL.

    A record that waits for several has a list of tickets: one True, then a False
    per edge, all there *before* it joins its predecessors' successors. Each
    completed predecessor takes one from the end and so does ``register`` when all
    edges stand: whoever draws the True owns the ready record.

    With one edge no tickets are needed: whoever takes the record out of its
    predecessor's successors owns it. It may run before it is entered into its
    Vars; nobody can tell, since nothing else is registered meanwhile. That spares
    a list per push, which the gc would have to look at.
    """

    @staticmethod
    def register(operation: Operation) -> Pending | None:
        """Make a record and its edges; return it if it is ready."""
        # All in one function, since a call costs a twentieth of a push.
        record = Pending()
        record.operation = operation
        record.done = False
        record.successors = EMPTY
        record.tickets = tickets = None
        befores = unfinished(operation)
        ready = not befores
        linked = entering = entered = False
        try:
            if befores:
                if len(befores) > 1:
                    tickets = [False] * (len(befores) + 1)
                    tickets[0] = True
                record.tickets = tickets
                for before in befores:
                    successors = before.successors
                    linked = True
                    if successors is EMPTY:
                        before.successors = successors = [record]
                    else:
                        successors.append(record)
                    if before.done:
                        ready = _take_back(record, successors)
            entering = True
            for var in operation.reads:
                readers = var._readers
                readers.append(record)
                if len(readers) >= var._prune_at:
                    prune(var)
            for var in operation.writes:
                var._writer = record
                if var._readers:
                    var._readers = []
            entered = True
            if tickets is not None:
                ready = tickets.pop()
        except BaseException as error:
            stage = linked + entering + entered if befores else ENTERING
            _finish_registering(record, operation, befores, stage, error)
        return record if ready else None

    @staticmethod
    def follow(operation: Operation, before: Pending) -> Pending | None:
        """Make a record that waits for one other and is entered nowhere.

        None: that one is done.
        """
        if before.done:
            return None
        record = Pending()
        record.operation, record.done, record.successors = operation, False, EMPTY
        record.tickets = None
        if before.successors is EMPTY:
            before.successors = []
        before.successors.append(record)
        taken_back = before.done and _take_back(record, before.successors)
        return None if taken_back else record

    @staticmethod
    def join(record: Pending, befores: Sequence[Pending]) -> None:
        """Make edges to a record, which is not ready before `release`."""
        record.tickets = [True, *[False] * len(befores)]
        for before in befores:
            if before.successors is EMPTY:
                before.successors = []
            before.successors.append(record)
            if before.done:
                _take_back(record, before.successors)

    @staticmethod
    def release(record: Pending, released: list[bool]) -> None:
        """Add whether a record is ready, all edges of which stand."""
        assert record.tickets is not None
        # In one call, so that an interrupt finds an answer or a ticket.
        released.extend(map(list.pop, (record.tickets,)))

    @staticmethod
    def complete(record: Pending) -> Sequence[Pending]:
        """Mark a record done; return those ready now, the first pushed last."""
        record.done = True
        successors = record.successors
        ready: list[Pending] | None = None
        counted: bool | None = None  # of the successor: None before and after
        try:
            while successors:
                successor = successors[-1]  # for an interrupt, which hides the next
                counted = False
                successor = successors.pop()
                tickets = successor.tickets
                counted = True
                if tickets is None or tickets.pop():
                    if ready is None:
                        ready = [successor]
                    else:
                        ready.append(successor)
                counted = None
        except IndexError:  # the last entry was taken back just after the test
            pass
        except BaseException as error:
            found = [] if ready is None else ready
            if counted is False:
                tickets = successor.tickets
                if tickets is None or tickets.pop():
                    found.append(successor)
            elif counted and not tickets and successor not in found:
                found.append(successor)
            raise Interrupted([*TicketRule.complete(record), *found]) from error
        return NOTHING if ready is None else ready


def _take_back(record: Pending, successors: list[Pending]) -> bool:
    """Settle an edge whose predecessor has completed while it was made.

    Whoever takes the entry also takes the ticket. True: that was we.
    """
    try:
        successors.remove(record)
    except ValueError:
        return False
    if record.tickets is not None:
        record.tickets.pop()
    return True


class LockedPending(Pending):
    """A record with a lock and a count, for an interpreter without a GIL."""

    __slots__ = ("lock", "waits_for")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waits_for = 1  # the pusher's own, until all edges stand
        self.tickets = None
        self.successors = []
        self.done = False

    def link(self, before: Pending) -> bool:
        """Have a predecessor count one less at its end; False: it has ended."""
        with cast(LockedPending, before).lock:
            if not before.done:
                before.successors += [self]  # a step that is no call
                return True
        return False


class LockRule:
    """Readiness with one lock per record: without a GIL there is no convoy.

    A record counts what it waits for, and one more that ``register`` takes when all
    edges stand: whoever counts the last one owns the ready record. All is counted
    before the first edge stands. What is counted off is noted by a step that is no
    call, so that an interrupt finds both or neither.
    """

    @staticmethod
    def register(operation: Operation) -> Pending | None:
        """Make a record and its edges; return it if it is ready."""
        record = LockedPending()
        record.operation = operation
        befores = unfinished(operation)
        record.waits_for = 1 + len(befores)
        ended = 1
        entering = counted = False
        try:
            for before in befores:
                if not record.link(before):
                    ended += 1
            entering = True
            enter(record, operation)
            with record.lock:
                record.waits_for -= ended
                ready = record.waits_for == 0
                counted = True
        except BaseException as error:
            if not entering:
                # No Var knows the record. It keeps its own count, and is never ready.
                raise
            enter(record, operation)
            if not counted:
                with record.lock:
                    record.waits_for -= ended
                    ready = record.waits_for == 0
            raise Interrupted([record] if ready else NOTHING) from error
        return record if ready else None

    @staticmethod
    def follow(operation: Operation, before: Pending) -> Pending | None:
        """Make a record that waits for one other and is entered nowhere.

        None: that one is done.
        """
        if before.done:
            return None
        record = LockedPending()
        record.operation = operation
        return record if record.link(before) else None

    @staticmethod
    def join(record: Pending, befores: Sequence[Pending]) -> None:
        """Make edges to a record, which is not ready before `release`."""
        joined = cast(LockedPending, record)
        joined.waits_for = 1 + len(befores)
        for before in befores:
            if not joined.link(before):
                with joined.lock:
                    joined.waits_for -= 1

    @staticmethod
    def release(record: Pending, released: list[bool]) -> None:
        """Add whether a record is ready, all edges of which stand."""
        joined = cast(LockedPending, record)
        with joined.lock:
            if not released:  # an interrupt finds an answer, or nothing counted
                joined.waits_for -= 1
                released += [joined.waits_for == 0]

    @staticmethod
    def complete(record: Pending) -> Sequence[Pending]:
        """Mark a record done; return those ready now, the first pushed last."""
        with cast(LockedPending, record).lock:
            record.done = True
        successors = record.successors  # nobody adds any more
        ready: list[Pending] = []
        counted = False  # of the last one, which is taken out after that
        try:
            while successors:
                after = cast(LockedPending, successors[-1])
                with after.lock:
                    after.waits_for -= 1
                    last = after.waits_for == 0
                    counted = True
                if last:
                    ready += [after]
                del successors[-1]
                counted = False
        except BaseException as error:
            if counted:
                if last and after not in ready:
                    ready += [after]
                del successors[-1]
            raise Interrupted([*LockRule.complete(record), *ready]) from error
        return ready


Rule = type[TicketRule] | type[LockRule]


def default_rule() -> Rule:
    """Choose by whether the interpreter has a GIL."""
    has_gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    return TicketRule if has_gil else LockRule
