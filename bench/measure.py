"""Interleaved measurement: round by round every column takes one sample in turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from bench.quiet import Patience
from bench.rows import OURS, Column, Row
from bench.side import Side, SideFailed

MOST_REPEATS = 100_000


@dataclass(frozen=True)
class Comparison:
    """Medians in microseconds a unit; ratio and difference are per-round medians."""

    ours: float
    peer: float
    ratio: float
    over: float


@dataclass(frozen=True)
class Measured:
    """One row's samples by column label, in microseconds a unit, and its failures."""

    row: Row
    samples: Mapping[str, list[float]]
    failures: Mapping[str, str]

    @property
    def ours(self) -> float | None:
        """Our median."""
        return self.median(OURS)

    def median(self, label: str) -> float | None:
        """Return one column's median."""
        samples = self.samples.get(label)
        return median(samples) if samples else None

    def beside(self, label: str) -> Comparison | None:
        """Compare ours with one peer."""
        own, others = self.samples.get(OURS), self.samples.get(label)
        if not own or not others:
            return None
        pairs = list(zip(own, others, strict=True))
        return Comparison(
            median(own),
            median(others),
            median(a / b for a, b in pairs),
            median(a - b for a, b in pairs),
        )


@dataclass(frozen=True)
class Effort:
    """How many samples to take of every column, how long, after how long a rest.

    ``patience_seconds`` bounds the waiting for a quiet machine, over all samples.
    """

    rounds: int = 9
    sample_seconds: float = 0.2
    settle_seconds: float = 0.0
    patience_seconds: float = 300.0


QUICK = Effort(rounds=3, sample_seconds=0.03, patience_seconds=0.0)


def measure(
    row: Row, sides: Mapping[str, Side], effort: Effort, patience: Patience
) -> Measured:
    """Sample every column in turn, round by round.

    A column that cannot run is left out, with the reason.
    """
    columns = [Column(OURS, row.side, row.workload), *row.columns]
    repeats, failures = _calibrate(columns, sides, effort.sample_seconds, patience)
    running = [column for column in columns if column.label in repeats]
    if row.tolerance is not None:
        failures |= _disagreements(running, sides, row.tolerance)
    samples: dict[str, list[float]] = {column.label: [] for column in running}
    for _ in range(min(effort.rounds, row.rounds or effort.rounds)):
        for column in running:
            if column.label in failures:
                continue
            patience.settle(effort.settle_seconds)
            try:
                side, times = sides[column.side], repeats[column.label]
                samples[column.label].append(side.sample(column.workload, times))
            except SideFailed as error:
                failures[column.label] = str(error)
    return Measured(
        row, {k: v for k, v in samples.items() if k not in failures}, failures
    )


def _calibrate(
    columns: list[Column],
    sides: Mapping[str, Side],
    sample_seconds: float,
    patience: Patience,
) -> tuple[dict[str, int], dict[str, str]]:
    """Return how often each column's run fits into a sample, and what fails."""
    repeats: dict[str, int] = {}
    failures: dict[str, str] = {}
    for column in columns:
        side = sides.get(column.side)
        if side is None:  # the report tells of absent peers once
            continue
        patience.settle(0.0)  # what adapts to the machine does so while preparing
        try:
            seconds = side.run_seconds(column.workload)
        except SideFailed as error:
            failures[column.label] = str(error)
            continue
        fitting = int(sample_seconds / max(seconds, 1e-9))
        repeats[column.label] = min(max(fitting, 1), MOST_REPEATS)
    return repeats, failures


def _disagreements(
    columns: list[Column], sides: Mapping[str, Side], tolerance: float
) -> dict[str, str]:
    """Return the peers whose outputs differ from ours, and by how much."""
    outputs = {c.label: sides[c.side].outputs(c.workload) for c in columns}
    own = outputs.pop(OURS, None)
    if own is None:
        return {}
    found = {
        label: _difference(own, other, tolerance)
        for label, other in outputs.items()
        if other is not None
    }
    return {label: reason for label, reason in found.items() if reason}


def _difference(own: list[float], other: list[float], tolerance: float) -> str:
    if len(own) != len(other):
        return f"{len(other)} outputs, ours {len(own)}"
    worst = max(abs(a - b) for a, b in zip(own, other, strict=True))
    # Written so that a NaN counts as a difference.
    return "" if worst <= tolerance else f"outputs differ by {worst:.2g}"
