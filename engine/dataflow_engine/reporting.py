"""What an engine says about itself: counts, and lines for ``dump()``."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping

from .census import Census
from .contract import LaneStatistics, Statistics
from .devices.lane import DeviceLane
from .io_lane import IoLane
from .places import AnyLane
from .records import Pending
from .variables import Var
from .watchdog import Watchdog
from .workers import Agent

MOST = 20  # lines of each kind


def count(
    census: Census,
    lanes: Collection[AnyLane],
    pushed: int,
    poisoned: int,
    nbytes: int,
) -> Statistics:
    """Add up what the threads and the lanes have counted."""
    total = census.total()
    by_lane = {lane.name: _count_lane(lane) for lane in lanes}
    return Statistics(
        pushed=pushed,
        completed=total.completed,
        failed=total.failed,
        skipped=total.skipped,
        inline=total.inline,
        queued=sum(lane.queued for lane in by_lane.values()),
        lanes=by_lane,
        poisoned=poisoned,
        nbytes=nbytes,
    )


def _count_lane(lane: AnyLane) -> LaneStatistics:
    queued, workers = lane.busy(), len(lane.workers)
    if isinstance(lane, IoLane | DeviceLane):
        running = tuple(lane.running())
        return LaneStatistics(queued, workers, 0 if running else workers, running)
    return LaneStatistics(queued, workers, len(lane.parked))


def in_words(counts: Statistics) -> str:
    """Return the counts as one phrase."""
    return (
        f"{counts.pushed} pushed, {counts.completed} completed, "
        f"{counts.failed} failed, {counts.skipped} skipped"
    )


def describe(
    counts: Statistics,
    inbox: int,
    lanes: Iterable[AnyLane],
    agents: Iterable[Agent],
    poisoned: Iterable[Var],
    watchdog: Watchdog | None,
) -> str:
    """Say what is queued, running, waiting and poisoned, a line each."""
    since = {} if watchdog is None else watchdog.seconds_of()
    lanes = list(lanes)
    threads = [(agent, agent.stack()) for agent in agents]
    known = [record for lane in lanes for record in lane.records()]
    known += [record for _, stack in threads for record in stack]
    lines = [f"ThreadedEngine: {in_words(counts)}, {inbox} in the inbox"]
    lines += [line for lane in lanes for line in lane_lines(lane)]
    lines += [line for agent, _ in threads for line in thread_lines(agent, since)]
    lines += _capped([f"waiting {line}" for line in waiting_lines(known)])
    lines += _capped([_poisoned(var) for var in poisoned])
    return "\n".join(lines)


def lane_lines(lane: AnyLane) -> list[str]:
    """Describe a lane and what is queued on it, and runs in its loop."""
    counts = _count_lane(lane)
    workers = f"{counts.workers} of {lane.limit} workers"
    head = f"lane {lane.name}: {counts.queued} queued, {workers}, "
    queued = lane.ready()
    return [
        f"{head}{counts.parked} parked",
        *_capped([f"  running {name}" for name in counts.running]),
        *_capped([f"  queued {_name(record)}" for record in queued]),
    ]


def thread_lines(agent: Agent, since: Mapping[Pending, float]) -> list[str]:
    """Describe what a thread is inside of, outermost first, and how long if known."""
    lines = []
    for record in agent.stack():
        known = f" for {since[record]:.0f} s" if record in since else ""
        lines.append(f"thread {agent.thread.name} runs {_name(record)}{known}")
    return lines


def waiting_lines(known: Iterable[Pending]) -> list[str]:
    """Describe what waits for these records, at first or second hand, and for whom."""
    causes: dict[Pending, list[Pending]] = {}
    seen, todo = set(known), deque(known)
    while todo:
        record = todo.popleft()
        for after in record.followers():
            causes.setdefault(after, []).append(record)
            if after not in seen:
                seen.add(after)
                todo.append(after)
    return [
        f"{_name(after)} for {', '.join(_name(before) for before in befores)}"
        for after, befores in causes.items()
        if not after.done
    ]


def running_elsewhere(lanes: Iterable[AnyLane]) -> list[str]:
    """Return the names of what lanes run in no thread of their own."""
    return [name for lane in lanes for name in _count_lane(lane).running]


def _poisoned(var: Var) -> str:
    failure = var._failure
    if failure is None:
        return f"poisoned {var!r} no more"
    return f"poisoned {var!r}: {failure.exception!r} of {failure.operation}"


def _capped(lines: list[str]) -> list[str]:
    if len(lines) <= MOST:
        return lines
    indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    return [*lines[:MOST], f"{indent}... and {len(lines) - MOST} more"]


def _name(record: Pending) -> str:
    operation = record.operation
    return "an operation that just ended" if operation is None else operation.name
