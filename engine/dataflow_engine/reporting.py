"""What an engine says about itself: counts, and lines for ``dump()``."""

from __future__ import annotations

from collections.abc import Collection

from .census import Census
from .contract import LaneStatistics, Statistics
from .lanes import Lane
from .records import Pending
from .workers import Agent


def count(census: Census, lanes: Collection[Lane], pushed: int) -> Statistics:
    """Add up what the threads and the lanes have counted."""
    total = census.total()
    by_lane = {
        lane.name: LaneStatistics(lane.busy(), len(lane.workers), len(lane.parked))
        for lane in lanes
    }
    return Statistics(
        pushed=pushed,
        completed=total.completed,
        failed=total.failed,
        skipped=total.skipped,
        inline=total.inline,
        queued=sum(lane.queued for lane in by_lane.values()),
        lanes=by_lane,
    )


def in_words(counts: Statistics) -> str:
    """Return the counts as one phrase."""
    return (
        f"{counts.pushed} pushed, {counts.completed} completed, "
        f"{counts.failed} failed, {counts.skipped} skipped"
    )


def lane_lines(lane: Lane) -> list[str]:
    """Describe a lane and what is queued on it."""
    queued = [entry[2] for entry in lane.ranked.copy()] + list(lane.queue.copy())
    workers = f"{len(lane.workers)} of {lane.limit} workers"
    parked = f"{len(lane.parked)} parked"
    head = f"lane {lane.name}: {len(queued)} queued, {workers}, {parked}"
    return [head, *(f"  queued {_name(record)}" for record in queued)]


def thread_lines(agent: Agent) -> list[str]:
    """Describe what a thread is inside of, outermost first."""
    thread = agent.thread.name
    return [f"thread {thread} runs {_name(record)}" for record in agent.stack()]


def _name(record: Pending) -> str:
    operation = record.operation
    return "an operation that just ended" if operation is None else operation.name
