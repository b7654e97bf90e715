"""Which accesses to memory are put in order by events: vector clocks, no threads.

A stream counts its runs. A clock says, for each stream, up to which of its runs all is
known to have ended. Each stream has a clock, which holds at its end; recording an event
copies it, waiting for the event joins the copy in, and the host joins it in when it
synchronizes. What is given to a stream comes after all that the host knows then.

The host is one party: once one of its threads has seen a run's end, the run is over for
all of them. How its threads order their own accesses is not looked at in here.

Runs are looked at when they are given to a stream, so that a race is found whatever the
schedule, also when the device happens to be in time.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from dataflow_engine.errors import DeviceRace

from .streams import Accesses

Clock = Mapping[str, int]


class Run(NamedTuple):
    """One run on a stream, as those remember it that have to come after it."""

    name: str
    stream: str
    number: int

    def ended_by(self, clock: Clock) -> bool:
        """Return whether who has this clock comes after it."""
        return clock.get(self.stream, 0) >= self.number

    def __str__(self) -> str:
        return f"{self.name} on {self.stream}"


class HostAccess:
    """One access by a thread of the host."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.ended = False

    def ended_by(self, _: Clock) -> bool:
        """Return whether it has ended: who is told to run now comes after it."""
        return self.ended

    def __str__(self) -> str:
        return f"{self.name} on the host"


Access = Run | HostAccess


class History:
    """The last write of some memory, and who read it since."""

    __slots__ = ("name", "reads", "ref", "write")

    def __init__(self, name: str, ref: weakref.ref[object]) -> None:
        self.name = name
        self.ref = ref
        self.write: Access | None = None
        self.reads: list[Access] = []

    def unordered(self, writes: bool, clock: Clock) -> Access | None:
        """Return an access that a further one has to come after and does not."""
        before: list[Access] = [] if self.write is None else [self.write]
        if writes:
            before += self.reads
        return next((one for one in before if not one.ended_by(clock)), None)

    def enter(self, access: Access, writes: bool) -> None:
        """Remember an access."""
        if writes:
            self.write, self.reads = access, []
            return
        self.reads = [read for read in self.reads if not _covers(access, read)]
        self.reads.append(access)


def _covers(access: Access, earlier: Access) -> bool:
    """Return whether who comes after an access comes after an earlier one, too."""
    if isinstance(earlier, HostAccess):
        return earlier.ended
    return isinstance(access, Run) and access.stream == earlier.stream


class Checker:
    """Knows who touched what, and complains of what is not in order.

    Only ``host`` may be read, and only keys may die, while another thread is in here.

    Attributes
    ----------
    host : Clock
        The host's; replaced as a whole.
    reports : list of DeviceRace
        All races that were found.
    """

    def __init__(self) -> None:
        self.host: Clock = {}
        self.reports: list[DeviceRace] = []
        self._histories: dict[int, History] = {}
        self._died: deque[tuple[int, Clock]] = deque()

    def host_joins(self, clock: Clock) -> None:
        """Let the host know what an event stands for."""
        self.host = joined(self.host, clock)

    def run(self, stream: str, clock: Clock, accesses: Accesses) -> Clock:
        """Enter a run at the end of a stream; return the stream's new clock.

        Raises
        ------
        DeviceRace
            It is not ordered after all that it has to come after.
        """
        self._bury()
        clock = dict(joined(clock, self.host))
        clock[stream] = clock.get(stream, 0) + 1
        run = Run(accesses.name, stream, clock[stream])
        self._check(run, clock, accesses.reads, accesses.writes)
        self._enter(run, accesses.reads, accesses.writes)
        for key in accesses.keeps:
            history = self._history(key)
            if history is not None:
                history.enter(run, False)
        return clock

    def host_begins(
        self, name: str, reads: Sequence[object], writes: Sequence[object]
    ) -> HostAccess:
        """Enter an access by the host, which sets ``ended`` when it has ended."""
        self._bury()
        access = HostAccess(name)
        self._check(access, self.host, reads, writes)
        self._enter(access, reads, writes)
        return access

    def _check(
        self,
        access: Access,
        clock: Clock,
        reads: Sequence[object],
        writes: Sequence[object],
    ) -> None:
        for history, writing in self._touched(reads, writes):
            other = history.unordered(writing, clock)
            if other is None:
                continue
            if isinstance(access, HostAccess) and isinstance(other, HostAccess):
                continue
            does = "writes" if writing else "reads"
            did = "wrote" if other is history.write else "read"
            raise self._report(
                f"{access} {does} {history.name}, which {other} {did}: "
                + _cure(access, other)
            )

    def _enter(
        self, access: Access, reads: Sequence[object], writes: Sequence[object]
    ) -> None:
        for history, writing in self._touched(reads, writes):
            history.enter(access, writing)

    def _touched(
        self, reads: Sequence[object], writes: Sequence[object]
    ) -> Iterator[tuple[History, bool]]:
        for keys, writing in ((reads, False), (writes, True)):
            for key in keys:
                history = self._history(key)
                if history is None:
                    raise TypeError(f"{key!r} cannot be weakly referenced: no key")
                yield history, writing

    def _history(self, key: object) -> History | None:
        number = id(key)
        if number not in self._histories:

            def died(_: object) -> None:
                # At any moment, in any thread: only note it.
                self._died.append((number, self.host))

            try:
                ref = weakref.ref(key, died)
            except TypeError:
                return None
            self._histories[number] = History(repr(key), ref)
        return self._histories[number]

    def _bury(self) -> None:
        """Look at what died meanwhile: the host must know that all its uses ended."""
        while self._died:
            number, host = self._died.popleft()
            history = self._histories.pop(number)
            other = history.unordered(True, host)
            if isinstance(other, Run):
                self._report(
                    f"{history.name} was dropped too early: nobody has synchronized "
                    f"with {other}, which uses it"
                )

    def _report(self, message: str) -> DeviceRace:
        race = DeviceRace(message)
        self.reports.append(race)
        return race

    def note(self, mistake: str | None) -> None:
        """Report and raise a mistake that somebody else has found, if there is one."""
        if mistake is not None:
            raise self._report(mistake)

    def check(self) -> None:
        """Raise the first race that was found."""
        self._bury()
        if self.reports:
            raise self.reports[0]


def joined(one: Clock, other: Clock) -> Clock:
    """Return what is known to who has both clocks."""
    if one == other:
        return one
    return {key: max(one.get(key, 0), other.get(key, 0)) for key in (*one, *other)}


def _cure(access: Access, other: Access) -> str:
    if isinstance(other, HostAccess):
        return "the host has not ended with it"
    if isinstance(access, HostAccess):
        return "the host has not synchronized with that"
    return f"{access.stream} waits for no event recorded after that"
