"""Programs that several threads run: each a part of it, as a flat list.

The thread that runs the program runs its first part and *offers* the others to its
lane, as operations like any other: who is idle takes one. When the first part comes to
where it needs another one, the parts that nobody has taken are taken over. So no thread
ever waits for one that has not begun, and two programs cannot deadlock, each holding
half of the threads.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from .entries import Details
from .errors import EngineError
from .parts import SYNC, Item, Parts, Stopped
from .plans import Labels, OnError, SerialProgram
from .seats import NOT_TOLD, current_core, leave
from .tracing import active, clock, in_words

if TYPE_CHECKING:
    from .contract import Engine

Thunk = Callable[[], Any]
Wrapper = Callable[[Thunk], Thunk]
_POLL_SECONDS = 0.01  # only after a failure
_OWNER = object()


class ParallelProgram(SerialProgram):
    """A list of callables that several threads call, each a part of it in order.

    It is called in one thread, like a serial program, and has ended when the call
    returns. Whoever helps, each callable is called once, after all that come before it
    in its part or by an edge. The callables must not wait for the engine.

    Parameters
    ----------
    callables, names, on_error, details, memory
        As for `SerialProgram`. After a failure ``on_error`` is given the first callable
        that failed; later ones may have been called or not.
    parts : sequence of sequence of int
        Which callables each thread calls, in order; every one exactly once. Part 0 is
        that of the thread that calls the program.
    edges : iterable of (int, int)
        Pairs of callables of different parts: the first is called before the second.
    within : callable, optional
        Wraps what runs a part in another thread, as the program itself may be wrapped.

    Attributes
    ----------
    helped : bool
        Whether others are asked for help at all.

    Raises
    ------
    ValueError
        The parts do not hold every callable once, or would wait for each other.
    """

    __slots__ = ("_crew", "_offer", "helped")

    def __init__(
        self,
        callables: Sequence[Thunk],
        names: Sequence[str],
        parts: Sequence[Sequence[int]],
        edges: Iterable[tuple[int, int]] = (),
        on_error: OnError | None = None,
        details: Callable[[int], Details] | None = None,
        memory: Mapping[str, int] | None = None,
        within: Wrapper | None = None,
    ) -> None:
        super().__init__(callables, names, on_error, details, memory)
        self._crew = _Crew(self.callables, self.labels, parts, edges, within)
        self._offer: Thunk | None = None
        self.helped = True

    def offer_on(self, engine: Engine, lane: str, name: str = "help") -> None:
        """Let idle threads of a lane help from now on; without it nobody does.

        Parameters
        ----------
        engine : Engine
            Whose operations run the program.
        lane : str
            Who may help.
        name : str
            What the help is called in traces.
        """
        help_ = engine.operation(self._crew.help, lane=lane, name=name)
        self._offer = partial(engine.push, help_)

    @property
    def order(self) -> Sequence[int]:
        """In which order one thread alone calls all."""
        return self._crew.parts.order

    def __call__(self) -> None:
        """Call all."""
        crew, here = self._crew, active.here
        if here is not None:
            self._sample_memory(here)
        try:
            crew.begin()
            self._offer_parts()
            crew.run(crew.parts.start, 0)
            if not crew.failures:
                crew.run(crew.take_rest(), 0)
        except BaseException as error:
            crew.give_up(0, SYNC, error)
        if crew.failures:
            self._fail()

    def _offer_parts(self) -> None:
        if self._offer is None or not self.helped:
            return
        self._crew.spread()
        with contextlib.suppress(EngineError):  # it is being closed: nobody will help
            for _ in range(1, self._crew.parts.count):
                self._offer()

    def _fail(self) -> None:
        crew = self._crew
        while True:
            try:
                crew.settle()
                break
            except KeyboardInterrupt as again:
                crew.failures.append((SYNC, again))
        number, error = min(crew.failures, key=lambda failure: failure[0])
        crew.failures.clear()
        if number == SYNC or not isinstance(error, Exception):
            raise error
        self._raise(number, error)

    def __repr__(self) -> str:
        return f"<ParallelProgram of {len(self)} callables in {self._crew.parts.count}>"


class _Crew:
    """The threads of one program, and what they share. It does not know the program.

    Attributes
    ----------
    now : (list, list)
        The current run's *hands*, an entry for each thread that has asked for a part
        (the first ones get parts 1, 2 and so on), and the parts whose threads have
        left. New lists for every run, so that who comes late asks in vain.
    failures : list of (int, exception)
        What failed in this run, with the callables' numbers.
    owner : int
        The thread that runs the program.
    core, helps_on : int
        Where it ran when it asked for help, and where who helped ran last.
    """

    def __init__(
        self,
        callables: Sequence[Thunk],
        labels: Labels,
        parts: Sequence[Sequence[int]],
        edges: Iterable[tuple[int, int]],
        within: Wrapper | None,
    ) -> None:
        self.failures: list[tuple[int, BaseException]] = []
        self.parts = Parts(callables, parts, edges, self.failures)
        self._labels = labels
        self._within = within
        self.owner = 0
        self.core = self.helps_on = NOT_TOLD
        self.now: tuple[list[object], list[int]] = ([], [])
        self._close()

    # Taking parts

    def begin(self) -> None:
        """Start a run: from here on parts can be taken."""
        self.owner = threading.get_ident()
        self.failures.clear()
        self.now = ([], [])

    def spread(self) -> None:
        """Leave the core on which help is likely to start."""
        leave(self.helps_on)
        self.core = current_core()

    def take_rest(self) -> list[Item]:
        """Let nobody else take a part; return what is left for the owner."""
        return self.parts.rest(self._close())

    def _close(self) -> tuple[int, ...]:
        """Take the parts that nobody has; return the others."""
        hands, further = self.now[0], self.parts.count - 1
        hands.extend([_OWNER] * further)
        return tuple(p for p, hand in enumerate(hands[:further], 1) if hand != _OWNER)

    def help(self) -> None:
        """Take a part and run it, if one is left."""
        if threading.get_ident() == self.owner:
            return  # it is inside of its own part
        self.helps_on = current_core()
        hands, left = self.now
        me, part = object(), 0
        try:
            # Atomic; and who is interrupted right after it finds itself in the list.
            hands.append(me)
            part = self._part_for(me, hands)
            if part:
                self._run_part(part)
        except BaseException as error:
            part = self._part_for(me, hands)
            if part:
                self.give_up(part, SYNC, error)
            if isinstance(error, KeyboardInterrupt):
                raise  # where it came
        finally:
            if part:
                # In this order, lest the lock be opened after the owner has seen that
                # the part was left.
                try:
                    self.parts.ends[part].release()
                finally:
                    left.append(part)

    def _part_for(self, me: object, hands: Sequence[object]) -> int:
        """Return the part that was taken, or 0."""
        part = hands.index(me) + 1 if me in hands else 0
        return part if part < self.parts.count else 0

    def _run_part(self, part: int) -> None:
        leave(self.core)
        self.helps_on = current_core()
        run = partial(self.run, self.parts.lists[part], part)
        if self._within is not None:
            run = self._within(run)  # type: ignore[assignment]
        run()

    # Running

    def run(self, items: Sequence[Item], part: int) -> None:
        """Call items in order. What fails is noted, and nobody waits for it then."""
        here = active.here
        times: list[tuple[int, int, int]] = []
        errors: dict[int, str] = {}
        number = SYNC
        try:
            if here is not None:
                items = [_timed(item, times) for item in items]
            for number, call in items:  # noqa: B007
                call()
        except BaseException as error:
            errors = {number: in_words(error)}
            self.give_up(part, number, error)
            if not isinstance(error, Exception):
                raise
        finally:
            if here is not None:
                assert here.tracer is not None
                traced = here.tracer, here.lane, times, errors
                report = partial(self._labels.record, *traced)
                here.reports = (*here.reports, report)

    def give_up(self, part: int, number: int, error: BaseException) -> None:
        """Note why a part ends early, and let go on who waits for it.

        Who waits for the owner goes on when that settles.
        """
        if not isinstance(error, Stopped):
            self.failures.append((number, error))
        if part:
            self.parts.open_after({part})

    def settle(self) -> None:
        """After a failure: wait until all have left, and hold every lock again."""
        taken, left = self._close(), self.now[1]
        self.parts.open_after(set(range(self.parts.count)) - set(taken))
        for part in taken:
            while part not in left:
                self.parts.ends[part].acquire(True, _POLL_SECONDS)
        self.parts.close()


def _timed(item: Item, times: list[tuple[int, int, int]]) -> Item:
    """Let an item note when it ran; those that synchronise do not."""
    number, call = item
    if number == SYNC:
        return item

    def run() -> None:
        start = clock()
        try:
            call()
        finally:
            times.append((number, start, clock()))

    return Item(number, run)
