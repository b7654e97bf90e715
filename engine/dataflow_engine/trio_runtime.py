"""The loop thread: runs the operations of the io lane as tasks of one trio run.

A task of its own for each operation would cost 12-20 us. So a few tasks, the workers,
each run one operation after another, and are joined by more only when operations wait:

- Whoever takes a record while others are queued sees that another worker is about to
  look there, should this one's operation wait. The first time it rouses two, so that
  a batch of operations that all wait is started in few rounds of trio.
- A worker that finds nothing sleeps; the last that did is roused first.
- Records are taken in the order of the queue, whichever worker takes them.

All of this happens in one thread, between two waits, so that it needs no lock.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
from collections.abc import Callable

import trio

from .alone import call_within
from .awaiting import Signal, is_cancellation
from .errors import EngineError
from .interrupts import claim
from .io_lane import IoLane, current
from .operations import Operation
from .records import Pending
from .tracing import clock, in_words
from .workers import Agent, Runner

SLEEPERS = 1024  # workers that wait for more work; a new one costs twice a wake
TURNS = 100  # a worker's operations in a row before other tasks get a turn
_log = logging.getLogger("dataflow_engine")


class Worker:
    """One task that runs operations; its name is what the tracer shows as a thread."""

    __slots__ = ("name", "record", "scope", "task")

    task: trio.lowlevel.Task

    def __init__(self, name: str) -> None:
        self.name = name
        self.record: Pending | None = None
        self.scope = trio.CancelScope()


class Loop:
    """One trio run that serves an io lane.

    Parameters
    ----------
    lane : IoLane
        What it serves.
    agent : Agent
        The thread that it runs in.
    runner : Runner
        Ends operations, well or not.
    dry : callable
        Called whenever the queue was found empty.
    """

    def __init__(
        self, lane: IoLane, agent: Agent, runner: Runner, dry: Callable[[], None]
    ) -> None:
        self._lane = lane
        self._agent = agent
        self._runner = runner
        self._dry = dry
        self._workers: set[Worker] = set()
        self._asleep: list[Worker] = []
        self._roused = 0  # workers that are about to look at the queue
        self._pausing = 0  # workers that go on by themselves
        self._names = (f"dataflow-io-{number}" for number in itertools.count())
        self._free_names: list[str] = []
        self._stopped = trio.Event()

    async def main(self) -> None:
        """Run operations until the lane stops."""
        async with trio.open_nursery() as nursery:
            self._nursery = nursery
            self._lane.tasks = self._workers
            self._lane.notify = Signal(self._look).send
            self._look()
            await self._stopped.wait()
            nursery.cancel_scope.cancel()

    def _look(self) -> None:
        """Do what the lane asks for. This must not raise: that would end the run."""
        if self._lane.cancelling:
            for worker in tuple(self._workers):
                worker.scope.cancel()
        if self._lane.stopping:
            self._stopped.set()
        # The nursery may be closed already. What is left then gets another loop.
        with contextlib.suppress(RuntimeError):
            self._rouse(1)

    def _rouse(self, most: int) -> None:
        """Let more workers look at the queue, unless enough are about to."""
        for _ in range(min(most, self._lane.busy() - self._roused)):
            if self._asleep:
                trio.lowlevel.reschedule(self._asleep.pop().task)
            else:
                name = self._free_names.pop() if self._free_names else next(self._names)
                self._nursery.start_soon(self._work, Worker(name), name=name)
            self._roused += 1

    async def _work(self, worker: Worker) -> None:
        worker.task = trio.lowlevel.current_task()
        self._workers.add(worker)
        roused = True
        with worker.scope:
            while roused:
                self._roused -= 1
                await self._serve(worker)
                roused = len(self._asleep) < SLEEPERS and await self._sleep(worker)
        self._workers.remove(worker)
        self._free_names.append(worker.name)

    async def _sleep(self, worker: Worker) -> bool:
        """Wait to be roused; False: this worker has to end."""

        def wake_up(_: object) -> trio.lowlevel.Abort:
            self._asleep.remove(worker)
            return trio.lowlevel.Abort.SUCCEEDED

        self._asleep.append(worker)
        try:
            await trio.lowlevel.wait_task_rescheduled(wake_up)
        except trio.Cancelled:
            return False
        return True

    async def _serve(self, worker: Worker) -> None:
        """Run what is queued until there is nothing left."""
        lane = self._lane
        turns = 0
        record = None if self._pausing else lane.take()
        while record is not None:
            worker.record = record
            turns += 1
            if turns % TURNS == 0:
                await self._pause()
            if turns == 1:
                self._rouse(2)
            elif not self._roused:
                self._rouse(1)
            record = await self._run(record, worker)
            if record is None or lane.ranked:
                record = self._next(record)
        worker.record = None
        self._dry()

    def _next(self, following: Pending | None) -> Pending | None:
        """Take a record, or the one that follows from the last unless others rank."""
        if following is not None:
            self._lane.queue.appendleft(following)
        return self._lane.take()

    async def _pause(self) -> None:
        """Give the other tasks of the run a turn, without anybody taking over."""
        self._pausing += 1
        await trio.lowlevel.cancel_shielded_checkpoint()
        self._pausing -= 1

    async def _run(self, record: Pending, worker: Worker) -> Pending | None:
        """Run and complete a record; return a ready one to go on with."""
        if not claim(record):
            return None
        operation: Operation = record.operation  # type: ignore[assignment]
        runner = self._runner
        failure = runner.obstacle(operation)
        if failure is not None:
            runner.skip(operation, failure, self._agent)
        else:
            current.set(record)
            told = ""
            start = clock()
            try:
                if operation.timeout is None:
                    await operation.function()
                else:
                    await call_within(operation, operation.timeout)
            except BaseException as error:
                if self._breaks_down(record, error):
                    raise
                self._fail(operation, error)
                told = in_words(error)
            else:
                runner.heal(operation)
            if runner.tracer is not None:
                runner.tracer.ended(operation, start, worker.name, told)
        # Nobody who waits may find the function alive: drop it before telling.
        del operation
        return runner.end(record, self._agent, self._lane)

    def _breaks_down(self, record: Pending, error: BaseException) -> bool:
        """Return whether the whole run ends; `fail_all` is for the record then."""
        return record.done or (
            self._runner.cancelled is None and is_cancellation(error)
        )

    def _fail(self, operation: Operation, error: BaseException) -> None:
        cancelled = self._runner.cancelled
        if cancelled is not None and is_cancellation(error):
            self._runner.skip(operation, cancelled, self._agent)
        else:
            self._runner.fail(operation, error, self._agent)

    def fail_all(self, cause: BaseException) -> None:
        """Fail what was running when the run broke down."""
        for worker in self._workers:
            record = worker.record
            if record is None or record.operation is None:
                continue
            error = EngineError("the io loop broke down under this operation")
            error.__cause__ = cause
            self._runner.fail(record.operation, error, self._agent)
            following = self._runner.end(record, self._agent, self._lane)
            if following is not None:
                self._lane.put_and_wake(following)


def serve(lane: IoLane, agent: Agent, runner: Runner, dry: Callable[[], None]) -> None:
    """Run operations of the io lane until it stops: the body of the loop thread."""
    loop = Loop(lane, agent, runner, dry)
    try:
        trio.run(loop.main)
    except BaseException as error:
        # Not the fault of an operation, which is boxed, but of a system task, say.
        _log.exception("the io loop broke down; another one is started when needed")
        loop.fail_all(error)
    finally:
        lane.ended()
        dry()
