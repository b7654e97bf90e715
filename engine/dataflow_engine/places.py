"""The lanes of one engine by name, made when first asked for."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .devices.lane import DeviceLane
from .io_lane import IoLane
from .lanes import Lane
from .operations import IO, check_lane, is_device_lane

if TYPE_CHECKING:
    from .devices.streams import Devices
    from .staff import Staff
    from .workers import Agent

AnyLane = Lane | IoLane | DeviceLane
WorkerCounts = int | Mapping[str, int] | None


class Places:
    """All lanes.

    Parameters
    ----------
    workers : WorkerCounts
        How many threads each cpu lane may have.
    devices : Devices
        Gives the streams of device lanes.

    Attributes
    ----------
    staff : Staff
        Starts their threads.
    cpu : dict
        The lanes that a waiter helps with, by name. It is replaced as a whole.
    io : IoLane or None
        That of asynchronous operations.
    device : dict
        Those of devices, by name.
    """

    staff: Staff

    def __init__(
        self,
        workers: WorkerCounts,
        devices: Devices,
    ) -> None:
        self._counts, self._others = worker_counts(workers)
        self._devices = devices
        self.cpu: dict[str, Lane] = {}
        self.io: IoLane | None = None
        self.device: dict[str, DeviceLane] = {}
        self.reset()

    def _start_worker(self, lane: Lane) -> Agent:
        return self.staff.start_worker(lane)

    def _start_loop(self, lane: IoLane) -> Agent:
        return self.staff.start_loop(lane)

    def _start_device(self, lane: DeviceLane) -> None:
        self.staff.start_device(lane)

    def reset(self) -> None:
        """Start anew with the same lanes, all empty, in a forked child."""
        self._lock = threading.Lock()
        for lane in self.all():
            lane.reset()

    def all(self) -> list[AnyLane]:
        """Return all lanes that there are."""
        io = [self.io] if self.io else []
        return [*self.cpu.values(), *io, *self.device.values()]

    def lane(self, name: str) -> AnyLane:
        """Return the lane of a name."""
        with self._lock:
            if is_device_lane(name):
                return self._device_lane(name)
            if name == IO:
                self.io = self.io or IoLane(self._start_loop)
                return self.io
            if name not in self.cpu:
                limit = self._counts.get(name, self._others)
                self.cpu = {**self.cpu, name: Lane(name, limit, self._start_worker)}
            return self.cpu[name]

    def _device_lane(self, name: str) -> DeviceLane:
        device = self._devices.of_lane(name)
        if name not in self.device:
            stream = self._devices.stream_of(name)
            lane = DeviceLane(name, device, stream, self._start_device)
            self.device = {**self.device, name: lane}
        return self.device[name]

    def workers(self, name: str) -> int:
        """Return how many threads a lane may have; 0 for one that is no cpu lane."""
        name = check_lane(name)
        is_cpu = name != IO and not is_device_lane(name)
        return self._counts.get(name, self._others) if is_cpu else 0

    def set_workers(self, name: str, count: int) -> None:
        """Let a cpu lane have so many threads from now on."""
        counts, _ = worker_counts({name: count})
        with self._lock:
            self._counts = {**self._counts, **counts}
            for lane in counts.keys() & self.cpu.keys():
                self.cpu[lane].set_limit(counts[lane])


def worker_counts(workers: WorkerCounts) -> tuple[Mapping[str, int], int]:
    """Return how many threads the lanes named have, and how many all others have.

    By default that is one less than there are cores, and at least one: whoever waits
    helps.

    Raises
    ------
    TypeError, ValueError
        It is neither a count above 0 nor a mapping of cpu lanes to such counts.
    """
    default = max(1, (os.cpu_count() or 1) - 1)
    if workers is None:
        return {}, default
    if not isinstance(workers, Mapping):
        return {}, _count(workers, "cpu_workers")
    named = {}
    for name, count in workers.items():
        lane = check_lane(name)
        if not lane.startswith("cpu"):
            raise ValueError(f"lane {name!r} has no workers to count: name cpu lanes")
        named[lane] = _count(count, f"cpu_workers[{name!r}]")
    return named, default


def _count(count: object, what: str) -> int:
    if not isinstance(count, int) or isinstance(count, bool):
        raise TypeError(f"{what} is a count, or maps lanes to counts, not {count!r}")
    if count < 1:
        raise ValueError(f"{what} is at least 1, not {count}")
    return count
