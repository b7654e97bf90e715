"""Sums over what was recorded, by name, and how they are printed.

The layout is that of MXNet 1.9.1: a section per category, in it a line per name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from dataflow.profiler.settings import Settings
from dataflow_engine.entries import (
    MEMORY,
    OPERATION,
    OPERATOR,
    SKIPPED,
    WAIT,
    Entry,
    Sample,
    Slice,
)

MS, KILOBYTE = 1e6, 1e3  # in nanoseconds, in bytes
DEVICE_STORAGE = "Device Storage"
_RULE = "================="


def chosen(entries: Iterable[Entry], settings: Settings) -> list[Entry]:
    """Return the entries that the settings ask for."""
    if settings.profile_all:
        return list(entries)
    wanted = {
        WAIT: settings.profile_api,
        MEMORY: settings.profile_memory,
        "symbolic": settings.profile_symbolic,
        "imperative": settings.profile_imperative,
    }
    return [entry for entry in entries if wanted.get(_kind(entry), True)]


def _kind(entry: Entry) -> str:
    """Return what kind of thing an entry tells of; operations are of two kinds."""
    if not isinstance(entry, Slice) or entry.category == WAIT:
        return entry.category
    if entry.category == OPERATOR or "operators" in entry.details:
        return "symbolic"
    return "imperative" if entry.category in (OPERATION, SKIPPED) else entry.category


@dataclass
class Total:
    """Count, sum, least and greatest of some values."""

    count: int = 0
    total: float = 0.0
    min: float = float("inf")
    max: float = float("-inf")

    def add(self, value: float) -> None:
        """Take in one more value."""
        self.count += 1
        self.total += value
        self.min = min(self.min, value)
        self.max = max(self.max, value)

    @property
    def avg(self) -> float:
        """The mean."""
        return self.total / self.count


Section = dict[str, Total]


@dataclass
class Statistics:
    """Totals of times (in ms), of memory (in kB) and of the user's counters.

    Parameters
    ----------
    since_ns : int
        What ended before is not counted.
    """

    since_ns: int = 0
    times: dict[str, Section] = field(default_factory=dict)
    memory: dict[str, Section] = field(default_factory=dict)
    counters: dict[str, Section] = field(default_factory=dict)

    def add(self, entries: Iterable[Entry]) -> None:
        """Count entries."""
        for entry in entries:
            if isinstance(entry, Slice):
                if entry.start_ns + entry.duration_ns >= self.since_ns:
                    self._add_slice(entry)
            elif isinstance(entry, Sample) and entry.time_ns >= self.since_ns:
                self._add_sample(entry)

    def _add_slice(self, piece: Slice) -> None:
        # An operation made of operators is counted by these.
        if piece.category == SKIPPED or "operators" in piece.details:
            return
        is_operator = piece.category in (OPERATION, OPERATOR)
        section = OPERATOR if is_operator else piece.category
        name = str(piece.details.get("operator", piece.name))
        _total(self.times, section, name).add(piece.duration_ns / MS)
        written = piece.details.get("bytes", 0)
        if written and not piece.error:
            name = f"Written: {piece.lane}"
            _total(self.memory, DEVICE_STORAGE, name).add(written / KILOBYTE)

    def _add_sample(self, sample: Sample) -> None:
        if sample.category == MEMORY:
            name = f"Memory: {sample.name}"
            _total(self.memory, DEVICE_STORAGE, name).add(sample.value / KILOBYTE)
        else:
            section = f"{sample.category},counter"
            _total(self.counters, section, sample.name).add(sample.value)

    def copy(self) -> Statistics:
        """Return statistics that go on counting by themselves."""
        return deepcopy(self)


def _total(sections: dict[str, Section], section: str, name: str) -> Total:
    return sections.setdefault(section, {}).setdefault(name, Total())


Order = Callable[[Section], list[tuple[str, Total]]]


def order(sort_by: str, ascending: bool) -> Order:
    """Return what sorts a section by a field of its totals, the greatest first."""

    def sort(section: Section) -> list[tuple[str, Total]]:
        def key(item: tuple[str, Total]) -> Any:
            return getattr(item[1], sort_by)

        return sorted(section.items(), key=key, reverse=not ascending)

    return sort


def as_table(statistics: Statistics, sort: Order) -> str:
    """Print totals as MXNet does."""
    lines = [
        "",
        "Profile Statistics:",
        "\tNote the difference in units for different entries.",
    ]
    for sections, columns in (
        (statistics.memory, ("Min Use  (kB)", "Max Use  (kB)", "Avg Use  (kB)")),
        (statistics.counters, ("Min Value", "Max Value", "Avg Value")),
        (statistics.times, _TIMES),
    ):
        for title, section in sorted(sections.items()):
            lines += [title, _RULE, *_lines(sort(section), columns), ""]
    return "\n".join([*lines, ""])


_TIMES = ("Time (ms)", "Min Time (ms)", "Max Time (ms)", "Avg Time (ms)")


def _lines(rows: list[tuple[str, Total]], columns: tuple[str, ...]) -> list[str]:
    heads = ("Total Count", *columns)
    lines = [_line("Name", heads), _line("----", ["-" * len(head) for head in heads])]
    for name, total in rows:
        values = (total.total, total.min, total.max, total.avg)[-len(columns) :]
        lines.append(_line(name, [str(total.count), *(f"{v:.4f}" for v in values)]))
    return lines


def _line(name: str, cells: Iterable[str]) -> str:
    first, *others = cells
    return f"{name:<25}{first:>16}" + "".join(f"{cell:>17}" for cell in others)


def as_json(statistics: Statistics, sort: Order) -> str:
    """Print totals as JSON."""
    told = {
        "Time": _sections(statistics.times, sort),
        "Memory": _sections(statistics.memory, sort, has_total=False),
        "Counter": _sections(statistics.counters, sort, has_total=False),
        "Unit": {"Time": "ms", "Memory": "kB"},
    }
    return json.dumps(told, indent=4)


def _sections(
    sections: dict[str, Section], sort: Order, has_total: bool = True
) -> dict[str, dict[str, dict[str, float]]]:
    return {
        title: {name: _fields(total, has_total) for name, total in sort(section)}
        for title, section in sorted(sections.items())
    }


def _fields(total: Total, has_total: bool) -> dict[str, float]:
    found = {"Count": total.count, "Total": total.total}
    found |= {"Min": total.min, "Max": total.max, "Avg": total.avg}
    if not has_total:
        del found["Total"]
    return found
