"""Results as a plain text table, as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measure import Comparison, Measured
from bench.rows import Column, Target, WorkloadSet

HEADER = ("workload", "ours", "peer", "peer's", "ratio", "over", "target", "reached")
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Report:
    """What was measured for one workload set, where, and with which versions."""

    workloads: WorkloadSet
    measured: Sequence[Measured]
    machine: Mapping[str, str]
    versions: Mapping[str, Mapping[str, str]]
    absent: Mapping[str, str]
    rounds: int

    def lines(self) -> list[tuple[str, ...]]:
        """Return the cells of every line: one for us and one per peer."""
        return [line for row in self.measured for line in _lines(row, self.scale)]

    @property
    def scale(self) -> float:
        """Microseconds in the unit shown."""
        return self.workloads.scale

    def text(self) -> str:
        """Return the table in columns of equal width."""
        rows = [HEADER, *self.lines()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        padded = [
            "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        title = f"{self.workloads.name} ({self.workloads.unit}, {self.rounds} rounds)"
        rule = "-" * len(padded[0])
        return "\n".join([title, padded[0], rule, *padded[1:], *self.gaps()])

    def gaps(self) -> list[str]:
        """Return what was not measured, and why."""
        absent = [f"absent: {name}: {why}" for name, why in self.absent.items()]
        return absent + [
            f"not measured: {measured.row.name}, {label}: {reason}"
            for measured in self.measured
            for label, reason in measured.failures.items()
        ]

    def markdown(self) -> str:
        """Return the whole report for a reader."""
        facts = [f"- {name}: {value}" for name, value in self.machine.items()]
        facts += [f"- {side}: {_joined(v)}" for side, v in self.versions.items()]
        table = [
            _cells(HEADER),
            "|" + "---|" * len(HEADER),
            *map(_cells, self.lines()),
        ]
        return "\n".join(
            [
                f"# {self.workloads.name}, {self.workloads.unit}",
                "",
                *facts,
                "",
                f"Medians of {self.rounds} interleaved rounds. Ratio is ours over the "
                "peer's, below 1 is faster; over is ours less the peer's.",
                "",
                *table,
                "",
                *(f"- {note}" for note in (*self.workloads.notes, *self.gaps())),
                "",
            ]
        )

    def json(self) -> dict[str, Any]:
        """Return everything, samples included."""
        return {
            "set": self.workloads.name,
            "unit": self.workloads.unit,
            "rounds": self.rounds,
            "machine": dict(self.machine),
            "versions": {side: dict(v) for side, v in self.versions.items()},
            "absent": dict(self.absent),
            "table": [dict(zip(HEADER, line, strict=True)) for line in self.lines()],
            "samples_us": {m.row.name: dict(m.samples) for m in self.measured},
            "failures": {m.row.name: dict(m.failures) for m in self.measured},
        }

    def write(self, folder: Path = RESULTS) -> Path:
        """Write JSON and Markdown; return the latter's path."""
        folder.mkdir(exist_ok=True)
        path = folder / f"{self.machine['date']}-{self.workloads.name}.md"
        path.write_text(self.markdown())
        path.with_suffix(".json").write_text(json.dumps(self.json(), indent=1) + "\n")
        return path


def _lines(measured: Measured, scale: float) -> list[tuple[str, ...]]:
    """Return our own line where it says something, and one per peer."""
    row, ours = measured.row, measured.ours
    lines = []
    if row.target is not None or not row.columns:
        shown = _figure(ours, scale)
        reached = _reached(row.target, ours, None)
        lines.append((row.name, shown, "", "", "", "", _words(row.target), reached))
    return lines + [_peer_line(measured, column, scale) for column in row.columns]


def _peer_line(measured: Measured, column: Column, scale: float) -> tuple[str, ...]:
    found = measured.beside(column.label)
    return (
        measured.row.name,
        _figure(measured.ours, scale),
        column.label,
        _figure(measured.median(column.label), scale),
        f"{found.ratio:.2f}" if found else "",
        f"{found.over / scale:+.2f}" if found else "",
        _words(column.target),
        _reached(column.target, measured.ours, found),
    )


def _words(target: Target | None) -> str:
    return "" if target is None else str(target)


def _reached(
    target: Target | None, ours: float | None, found: Comparison | None
) -> str:
    if target is None:
        return ""
    if ours is None or (found is None and target.kind != "at most"):
        return "not measured"
    ratio, over = (found.ratio, found.over) if found else (None, None)
    return "yes" if target.reached(ours, ratio, over) else "no"


def _figure(us: float | None, scale: float) -> str:
    if us is None:
        return "-"
    return f"{us / scale:.2f}" if us < 100 * scale else f"{us / scale:.0f}"


def _cells(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _joined(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())
