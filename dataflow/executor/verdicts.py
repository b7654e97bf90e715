"""What was decided about sharing segments among threads, and why, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dataflow.executor.lowering import Lowering
from dataflow.executor.watching import Drift
from dataflow.graph.parallel import LEAST_GAIN, LEAST_MOVED_US, Division
from dataflow.graph.schedule import Schedule, Segment

# In the place of a segment's number: it is about all of them, or about their costs.
NOWHERE, DRIFTED = -1, -2


def notes(order: Schedule, tried: Mapping[int, Division | None]) -> dict[int, str]:
    """Tell of each segment that is divided, and of the others together.

    Parameters
    ----------
    order : Schedule
        The segments.
    tried : mapping of int
        Their divisions by number; None for those that nobody thought of dividing.

    Returns
    -------
    dict of int
        Sentences by the number of the segment, or of the first one that they are about.
    """
    found: dict[int, str] = {}
    left: dict[str, list[Segment]] = {}
    for segment in order.segments:
        division = tried.get(segment.index)
        if division is not None and division.pays:
            found[segment.index] = (
                f"{_title(segment)}: {len(division.parts)} threads, predicted "
                f"{division.makespan_us:.0f} us instead of {division.serial_us:.0f}"
            )
        else:
            left.setdefault(_reason(division), []).append(segment)
    for reason, segments in left.items():
        found[segments[0].index] = f"{_titles(segments)}: one thread, {reason}"
    return found


def too_little(saved_us: float, total_us: float) -> str:
    """Say that it is not worth the trouble."""
    return f"one thread: several would save {saved_us:.0f} us of {total_us:.0f}"


def too_large(more: int) -> str:
    """Say that it takes too much memory."""
    return f"one thread: several would need {more:,} bytes more for results"


def no_memory() -> str:
    """Say that the old program goes on."""
    return "as before: there was no memory for another division"


def drifted(change: Drift, anew: bool) -> str:
    """Say that costs are other ones, and whether that made a difference."""
    what = "all operators" if change.node is None else f"operator '{change.node.name}'"
    return (
        f"{what} took {change.before_us:.0f} us when it was last divided and now "
        f"{change.now_us:.0f}: {'divided anew' if anew else 'it stays as it was'}"
    )


def told(notes: Mapping[int, str], lowering: Lowering) -> list[str]:
    """Tell what was decided for each segment, and what came of it."""
    return [f"{note}{_measured(lowering, i)}" for i, note in notes.items()]


def _measured(lowering: Lowering, index: int) -> str:
    contests = lowering.contests.get(index, ())
    contest = next((c for c in contests if c.helped is not None), None)
    if contest is None:
        return ""
    return (
        f"; measured {contest.helped_us:.0f} us with help, {contest.alone_us:.0f} us "
        f"without, so it runs {'with' if contest.helped else 'without'}"
    )


def _title(segment: Segment) -> str:
    phase = "backward" if segment.is_backward else "forward"
    return f"{phase} segment {segment.index} on {segment.context}"


def _titles(segments: Sequence[Segment]) -> str:
    if len(segments) == 1:
        return _title(segments[0])
    return f"{len(segments)} segments from {_title(segments[0])} on"


def _reason(division: Division | None) -> str:
    if division is None:
        return "as they are short, not measured, or run code of users"
    if len(division.parts) == 1 or division.ratio > LEAST_GAIN:
        return "as too little in them can run side by side on free cores"
    return (
        f"as operators that take less than {LEAST_MOVED_US:.0f} us slow each other down"
    )
