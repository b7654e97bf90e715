"""Waiting for an engine inside a trio run: the user's own, or the io lane's."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

import trio

from .waiting import Notice

if TYPE_CHECKING:
    from .contract import Engine
    from .lanes import Lane


class Signal:
    """A call into a trio run, which any thread may ask for.

    Requests made before the call happens are answered by that one call: entering a
    run costs 10 us and more, for it is woken through a socket.

    Parameters
    ----------
    callback : callable
        What to call in the current run. It must not raise: that ends the run.
    """

    __slots__ = ("_asked", "_callback", "_token")

    def __init__(self, callback: Callable[[], None]) -> None:
        self._callback = callback
        self._token = trio.lowlevel.current_trio_token()
        self._asked = False

    def send(self) -> None:
        """Ask for the call; nothing happens once the run is over."""
        if self._asked:
            return
        try:
            self._asked = True
            self._token.run_sync_soon(self._answer)
        except trio.RunFinishedError:
            pass
        except BaseException:  # Ctrl-C: the next one has to ask again
            self._asked = False
            raise

    def _answer(self) -> None:
        self._asked = False  # before the call, which then sees what was asked for
        self._callback()


class Mailbox:
    """The sleepers of one trio run that are to be woken."""

    def __init__(self) -> None:
        self._woken: deque[Sleeper] = deque()
        self._signal = Signal(self._deliver)

    def post(self, sleeper: Sleeper) -> None:
        """Wake a sleeper, from any thread."""
        self._woken.append(sleeper)
        self._signal.send()

    def _deliver(self) -> None:
        while self._woken:
            self._woken.popleft().rise()


_mailbox: trio.lowlevel.RunVar[Mailbox] = trio.lowlevel.RunVar("dataflow-mailbox")


def _mailbox_of_this_run() -> Mailbox:
    try:
        return _mailbox.get()
    except LookupError:
        mailbox = Mailbox()
        _mailbox.set(mailbox)
        return mailbox


class Sleeper:
    """A trio task that waits for a notice, as an agent is a thread that does.

    It does not help, so as not to hold up its run.
    """

    __slots__ = ("_mailbox", "_task", "who")

    def __init__(self) -> None:
        task = trio.lowlevel.current_task()
        self.who = task.name, id(task)  # what traces call it
        self._mailbox = _mailbox_of_this_run()
        self._task: trio.lowlevel.Task | None = None

    def wake(self) -> None:
        """Let it go on, from any thread; once more is as good as once."""
        self._mailbox.post(self)

    def rise(self) -> None:
        """Let it go on, inside its run; unless it does already, or was cancelled."""
        task, self._task = self._task, None
        if task is not None:
            trio.lowlevel.reschedule(task)

    async def until(self, notice: Notice, lanes: Iterable[Lane]) -> None:
        """Sleep until the notice is set, while the workers of these lanes work.

        They are woken for small backlogs too, which a helper would run itself.
        """
        for lane in lanes:
            if lane.busy():
                lane.wake()
        if notice.finished:
            await trio.lowlevel.checkpoint()
            return
        # A wake from here on is delivered between the steps of tasks: not before
        # this one has gone to sleep.
        self._task = trio.lowlevel.current_task()
        await trio.lowlevel.wait_task_rescheduled(self._give_up)

    def _give_up(self, _: object) -> trio.lowlevel.Abort:
        self._task = None
        return trio.lowlevel.Abort.SUCCEEDED


def is_cancellation(error: BaseException) -> bool:
    """Return whether an error is trio's own way of cancelling, and nothing else."""
    if isinstance(error, BaseExceptionGroup):
        return error.split(trio.Cancelled)[1] is None
    return isinstance(error, trio.Cancelled)


async def close(engine: Engine, error: BaseException | None) -> None:
    """Close an engine at the end of its block, which the error ends.

    What is pending is waited for like at the end of a plain block. If that or the
    block is cancelled, what has not started is given up.
    """
    drain = False
    try:
        if error is None or not is_cancellation(error):
            await engine._drained()
            drain = True
    finally:
        with trio.CancelScope(shield=True):
            await trio.to_thread.run_sync(partial(engine.close, drain))
