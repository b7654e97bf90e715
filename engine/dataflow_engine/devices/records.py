"""The record of a push on a device lane, which is released twice.

It stands in Vars for the *finished* operation: cpu operations, waiters and awaits have
their edges on it, by the scheduling rule of all. Its ``issued`` is another record, on
which operations of device lanes have theirs: they are given to their stream as soon as
what they depend on was given to its own, and an event keeps the order from there on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from dataflow_engine.dependencies import LockedPending, Rule, enter, unfinished
from dataflow_engine.failures import Failure
from dataflow_engine.interrupts import Interrupted
from dataflow_engine.operations import Operation
from dataflow_engine.records import Pending

if TYPE_CHECKING:
    from .lane import DeviceLane
    from .streams import Mark


class DeviceRecord(LockedPending):
    """One push of an operation on a device lane.

    Attributes
    ----------
    lane : DeviceLane
        Where it runs.
    issued : Pending
        Done once it was given to the stream, and its event recorded.
    mark : Mark or None
        Its event, from when it was issued until it has finished.
    befores : tuple of DeviceRecord
        Those it has to come after that had not finished when it was pushed.
    inputs : tuple of (Var, Pending)
        What it reads, and who wrote that last before it.
    failure : Failure or None
        Why it has no result; known once the stream has come to it.
    skipped : bool
        The failure is that of another one.
    trace : callable or None
        Adds to the trace what it did; asked for when the versions of Vars are right.
    issued_ns : int
        When it was issued, if that is traced.
    """

    __slots__ = (
        "befores",
        "failure",
        "inputs",
        "issued",
        "issued_ns",
        "lane",
        "mark",
        "skipped",
        "trace",
    )

    def __init__(self, operation: Operation) -> None:
        super().__init__()
        self.operation = operation
        self.tickets = None
        self.lane: DeviceLane = operation._home
        self.issued = LockedPending()
        self.issued.operation = None
        self.mark: Mark | None = None
        self.befores: tuple[DeviceRecord, ...] = ()
        self.inputs = tuple([(var, var._writer) for var in operation.inputs])
        self.failure: Failure | None = None
        self.skipped = False
        self.trace: Callable[[], None] | None = None
        self.issued_ns = 0

    def followers(self) -> list[Pending]:
        """Return those that wait for it in either way."""
        return self.successors + self.issued.successors

    def poison(self) -> Failure | None:
        """Return what poisons one of its inputs, once all before it have run.

        A Var tells of its last write that has ended. One by a device may be still to
        end, and its record knows more.
        """
        for var, writer in self.inputs:
            # In this order: when it is done, the Var has been told.
            unfinished = isinstance(writer, DeviceRecord) and not writer.done
            failure = cast(DeviceRecord, writer).failure if unfinished else var._failure
            if failure is not None:
                return failure
        return None

    def note(self, trace: Callable[[], None]) -> None:
        """Take what is to be added to the trace."""
        self.trace = trace

    def fail(self, failure: Failure, skipped: bool = False) -> None:
        """Note that it has no result, unless that is known already."""
        if self.failure is None:
            self.failure, self.skipped = failure, skipped


def register(rule: Rule, operation: Operation) -> Pending | None:
    """Make a record of an operation for a device lane; return it if it is ready.

    Called by one thread at a time, like the rule's own `register`.
    """
    befores = unfinished(operation)
    record = DeviceRecord(operation)
    record.befores = tuple([b for b in befores if isinstance(b, DeviceRecord)])
    edges = [b.issued if isinstance(b, DeviceRecord) else b for b in befores]
    rule.join(record, edges)  # if interrupted, it never becomes ready, and nobody knows
    released: list[bool] = []
    try:
        enter(record, operation)
        rule.release(record, released)
    except BaseException as error:
        enter(record, operation)
        if not released:
            rule.release(record, released)
        raise Interrupted([record] if released[0] else []) from error
    return record if released[0] else None
