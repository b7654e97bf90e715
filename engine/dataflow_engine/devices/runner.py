"""Takes the operations of device lanes through their streams.

*Issued* releases what follows on device lanes. An operation on the same lane needs no
event, for a stream keeps its order; one on another lane waits on its own stream for the
event of the first. The event is recorded before anybody is told of it, by readers too:
they keep back the next write.

*Finished* releases cpu operations, waiters and awaits: the event was synchronized with.
Only then are the Vars told how it went, in the order of the operations on each Var,
whichever lanes they are on. So a Var tells of failures as if all had run on the host.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING

from dataflow_engine.census import Census
from dataflow_engine.dependencies import Rule
from dataflow_engine.errors import DeviceDead, DeviceFault
from dataflow_engine.failures import Failure, FailureLedger
from dataflow_engine.interrupts import claim
from dataflow_engine.operations import Operation
from dataflow_engine.tracing import clock
from dataflow_engine.waiting import Notice

from .alone import accesses_of
from .graphs import CapturedProgram
from .lane import FINISHES, ISSUES, DeviceLane
from .records import DeviceRecord
from .streams import forked

if TYPE_CHECKING:
    from dataflow_engine.workers import Agent, Runner

DEVICE = "device"  # the category of slices that show how long a device had something


class DeviceRunner:
    """What the threads of an engine's device lanes do.

    Parameters
    ----------
    rule : Rule
        The scheduling rule.
    runner : Runner
        Knows whether the engine is being closed or traced.
    ledger : FailureLedger
        Where failures go.
    census : Census
        Knows the threads.
    dry : callable
        Called whenever nothing is left on a lane.
    """

    def __init__(
        self,
        rule: Rule,
        runner: Runner,
        ledger: FailureLedger,
        census: Census,
        dry: Callable[[], None],
    ) -> None:
        self._rule = rule
        self._runner = runner
        self._ledger = ledger
        self._census = census
        self._dry = dry

    def start(self, lane: DeviceLane) -> None:
        """Start the threads of a lane."""
        for role, serve in (
            (ISSUES, self._serve_issue),
            (FINISHES, self._serve_finish),
        ):
            name = f"dataflow-{lane.name}-{role}"
            self._census.start(name, partial(self._serve, lane, role, serve))

    @staticmethod
    def _serve(
        lane: DeviceLane,
        role: str,
        serve: Callable[[DeviceLane, Agent], None],
        agent: Agent,
    ) -> None:
        if lane.serves(agent, role):
            serve(lane, agent)

    def _serve_issue(self, lane: DeviceLane, agent: Agent) -> None:
        with nullcontext() if lane.forked else lane.stream.bound():
            while True:
                record = lane.take()
                if record is not None:
                    if claim(record):
                        self.issue(record, lane, agent)  # type: ignore[arg-type]
                    record = None  # lest it be kept while there is nothing to do
                elif lane.stopping:
                    return
                else:
                    lane.to_issue.wait(lambda: lane.busy() or lane.stopping)

    def _serve_finish(self, lane: DeviceLane, agent: Agent) -> None:
        with nullcontext() if lane.forked else lane.device.bound():
            while True:
                if lane.issued:
                    self.finish(lane.issued[0], lane, agent)
                    lane.issued.popleft()
                    if not lane.issued:
                        self._dry()
                elif lane.stopping:
                    return
                else:
                    lane.to_finish.wait(lambda: lane.issued or lane.stopping)

    # Issuing

    def issue(self, record: DeviceRecord, lane: DeviceLane, agent: Agent) -> None:
        """Give a record to its stream, and tell those on device lanes."""
        failure = self._refusal(record, lane)
        if failure is not None:
            record.fail(failure, failure is self._runner.cancelled)
            # With no event of its own only this keeps the order of others around it.
            self._await(record.befores, agent)
        else:
            self._enqueue(record, lane)
        lane.sent(record)
        self._release(self._rule.complete(record.issued))

    def _refusal(self, record: DeviceRecord, lane: DeviceLane) -> Failure | None:
        """Return why a record must not be given to the stream, or None."""
        if self._runner.cancelled is not None:
            return self._runner.cancelled
        operation: Operation = record.operation  # type: ignore[assignment]
        if lane.forked:
            return Failure(forked(operation.name, lane.name), operation.name)
        if lane.fault is None:
            return None
        error = DeviceDead(
            f"{operation.name} was not run: lane {lane.name} is dead since its device "
            "failed; close the engine and make another one"
        )
        error.__cause__ = lane.fault.exception
        return Failure(error, operation.name)

    def _enqueue(self, record: DeviceRecord, lane: DeviceLane) -> None:
        operation: Operation = record.operation  # type: ignore[assignment]
        stream, accesses = lane.stream, accesses_of(operation)
        if isinstance(operation.function, CapturedProgram):
            operation.function.prepare(stream, accesses)
        if self._runner.tracer is not None:
            record.issued_ns = clock()
        try:
            for before in record.befores:
                mark = before.mark  # a copy: it is taken back when that one finishes
                if mark is not None and before.lane is not lane:
                    stream.wait(mark.event)
            stream.run(partial(self._call, record), accesses)
        except BaseException as error:
            record.fail(Failure(error, operation.name))
        try:
            mark = lane.events.mark()
            stream.record(mark.event)
            record.mark = mark
        except BaseException as error:
            self._kill(lane, record, error)

    def _call(self, record: DeviceRecord) -> None:
        """Call a record's function: the stream has come to it, or is about to."""
        # Only `finish` may keep the operation, lest it be dropped too early unnoticed.
        function, name = record.operation.function, record.operation.name  # type: ignore[union-attr]
        failure = record.poison()
        if failure is not None:
            record.fail(failure, skipped=True)
            return
        agent, tracer = self._census.agent(), self._runner.tracer
        agent.outer.append(agent.running)
        agent.running = record
        agent.depth += 1
        try:
            if tracer is None:
                function()
            else:
                tracer.run(record.operation, function, record.note)  # type: ignore[arg-type]
        except DeviceFault:
            raise
        except BaseException as error:
            record.fail(Failure(error, name))
        finally:
            agent.depth -= 1
            agent.running = agent.outer.pop()

    # Finishing

    def finish(self, record: DeviceRecord, lane: DeviceLane, agent: Agent) -> None:
        """Wait until a record has ended, and tell everybody."""
        mark = record.mark
        if mark is not None:
            try:
                mark.event.synchronize()
            except BaseException as error:
                self._kill(lane, record, error)
        # They have ended as well. Their lanes are about to tell, or have told.
        self._await(record.befores, agent)
        operation: Operation = record.operation  # type: ignore[assignment]
        self._settle(record, operation, agent)
        if record.trace is not None:
            self._trace(record, operation, lane)
        for var in operation.writes:
            var.version += 1
        # Nobody who waits may find the function alive: drop it before telling.
        record.operation = record.mark = record.trace = None
        record.befores = record.inputs = ()
        del operation, mark
        ready = self._rule.complete(record)
        agent.completed += 1
        self._release(ready)

    def _settle(self, record: DeviceRecord, operation: Operation, agent: Agent) -> None:
        """Tell the Vars that a record writes how it went."""
        if record.failure is None:
            # What failed late was not known to those that follow when they ran.
            late = record.lane.fault or record.poison()
            if late is not None:
                record.fail(late, skipped=True)
        failure = record.failure
        if failure is None:
            self._runner.heal(operation)
        elif record.skipped:
            self._runner.skip(operation, failure, agent)
        else:
            agent.failed += 1
            self._ledger.report(failure)
            self._ledger.poison(operation.writes, failure)

    def _trace(
        self, record: DeviceRecord, operation: Operation, lane: DeviceLane
    ) -> None:
        """Record what it did, and how long the device had it: the host's view of that.

        Of operations that were with the device at the same time each begins where the
        one before has ended.
        """
        assert record.trace is not None
        record.trace()
        tracer, now = self._runner.tracer, clock()
        if tracer is not None:
            start = max(record.issued_ns, lane.traced_ns)
            tracer.record_past(operation.name, DEVICE, lane.name, start, now)
        lane.traced_ns = now

    def _kill(
        self, lane: DeviceLane, record: DeviceRecord, cause: BaseException
    ) -> None:
        """Note a device's late failure: all that is on its way is lost."""
        if lane.fault is not None:
            return
        names = ", ".join(lane.running()[:8]) or "the latest operation"
        message = f"the device of lane {lane.name} failed in one of: {names}; {cause}"
        error = DeviceFault(message)
        error.__cause__ = cause
        lane.fault = Failure(error, f"lane {lane.name}")
        record.failure, record.skipped = lane.fault, False

    def _await(self, befores: tuple[DeviceRecord, ...], agent: Agent) -> None:
        """Wait in a lane's thread until other records have finished."""
        for before in befores:
            notice = Notice(agent, "an earlier operation")
            if self._rule.follow(notice, before) is not None:  # type: ignore[arg-type]
                while not notice.finished:
                    agent.gate.acquire()

    @staticmethod
    def _release(ready: object) -> None:
        """Queue records that are ready now, oldest first."""
        for pending in reversed(ready):  # type: ignore[call-overload]
            home = pending.operation._home
            if home is None:
                pending.operation._put(pending)
            else:
                home.put_and_wake(pending)
