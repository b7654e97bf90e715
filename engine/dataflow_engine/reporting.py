"""What an engine says about itself: counts, and lines for ``dump()``."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .census import Census
from .contract import LaneStatistics, Statistics
from .io_lane import IoLane
from .lanes import Lane
from .records import Pending
from .variables import Var
from .workers import Agent


def count(census: Census, lanes: Collection[Lane | IoLane], pushed: int) -> Statistics:
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
    )


def _count_lane(lane: Lane | IoLane) -> LaneStatistics:
    queued, workers = lane.busy(), len(lane.workers)
    if isinstance(lane, IoLane):
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
    lanes: Iterable[Lane | IoLane],
    agents: Iterable[Agent],
    poisoned: Iterable[Var],
) -> str:
    """Say what is queued, running and poisoned, a line each."""
    lines = [f"ThreadedEngine: {in_words(counts)}, {inbox} in the inbox"]
    lines += [line for lane in lanes for line in lane_lines(lane)]
    lines += [line for agent in agents for line in thread_lines(agent)]
    lines += [f"poisoned {var!r}: {var.exception!r}" for var in poisoned]
    return "\n".join(lines)


def lane_lines(lane: Lane | IoLane) -> list[str]:
    """Describe a lane and what is queued on it, and runs in its loop."""
    counts = _count_lane(lane)
    queued = [entry[2] for entry in lane.ranked.copy()] + list(lane.queue.copy())
    workers = f"{counts.workers} of {lane.limit} workers"
    head = f"lane {lane.name}: {len(queued)} queued, {workers}, {counts.parked} parked"
    running = [f"  running {name}" for name in counts.running]
    return [head, *running, *(f"  queued {_name(record)}" for record in queued)]


def thread_lines(agent: Agent) -> list[str]:
    """Describe what a thread is inside of, outermost first."""
    thread = agent.thread.name
    return [f"thread {thread} runs {_name(record)}" for record in agent.stack()]


def _name(record: Pending) -> str:
    operation = record.operation
    return "an operation that just ended" if operation is None else operation.name
