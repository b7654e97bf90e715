"""What is compared with what, and which targets of the design hold for it.

Every row has our workload and any number of peers'; a column is a side and the name
of one of its workloads. Ratios are ours over the peer's: below 1 is faster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

OURS = "ours"


@dataclass(frozen=True)
class Target:
    """One figure that the design wants reached.

    Parameters
    ----------
    kind : str
        ``"at most"`` so many microseconds a unit, ``"times faster"`` than a peer,
        ``"over"``: at most so many microseconds more than a peer, ``"share"``: at most
        so many times a peer's figure.
    limit : float
        The figure.
    """

    kind: str
    limit: float

    def __str__(self) -> str:
        words = {
            "at most": f"<= {self.limit:g} us",
            "times faster": f">= {self.limit:.3g}x faster",
            "over": f"<= +{self.limit:.2f} us",
            "share": f"<= {self.limit:.3g} of it",
        }
        return words[self.kind]

    def reached(self, ours: float, ratio: float | None, over: float | None) -> bool:
        """Tell whether the figures reach it."""
        if self.kind == "at most":
            return ours <= self.limit
        if self.kind == "over":
            return over is not None and over <= self.limit
        if self.kind == "share":
            return ratio is not None and ratio <= self.limit
        return ratio is not None and ratio * self.limit <= 1


def at_most(us: float) -> Target:
    """Ours takes at most so many microseconds a unit."""
    return Target("at most", us)


def faster(times: float) -> Target:
    """Ours is at least so many times as fast as the peer."""
    return Target("times faster", times)


def over(us: float) -> Target:
    """Ours takes at most so many microseconds more than the peer."""
    return Target("over", us)


def share(limit: float) -> Target:
    """Ours is at most so many times the peer's."""
    return Target("share", limit)


@dataclass(frozen=True)
class Column:
    """One peer in a row."""

    label: str
    side: str
    workload: str
    target: Target | None = None


@dataclass(frozen=True)
class Row:
    """Our workload, our own target, and the peers beside it."""

    name: str
    workload: str
    columns: tuple[Column, ...] = ()
    target: Target | None = None
    tolerance: float | None = None  # how far outputs may differ, where they are told
    rounds: int | None = None  # at most so many, where runs are long or never differ
    side: str = OURS  # which of our sides is meant by ours


@dataclass(frozen=True)
class Variant:
    """One more worker of a side that has one already, with other settings.

    Parameters
    ----------
    of : str
        ``"ours"`` or a peer's name.
    environment : mapping
        Variables to add to those of that side.
    """

    of: str
    environment: Mapping[str, str]


@dataclass(frozen=True)
class WorkloadSet:
    """The rows of one area, and the module of each side's workloads.

    Parameters
    ----------
    name : str
        Of the area, for options and files.
    unit : str
        What times are per, such as ``"us a task"``.
    scale : float
        Microseconds in one of the unit.
    ours : str
        The module of our workloads.
    peers : mapping
        The module of each peer's workloads, by the peer's name.
    rows : tuple of Row
        What to compare.
    notes : tuple of str
        What a reader of the results must know.
    settle_seconds : float
        How long to rest before every sample, where libraries keep their threads
        spinning for a while and would disturb the next side.
    environment : mapping
        Variables for the workers of all sides, such as how many threads BLAS may have.
    variants : mapping
        Further sides by name: ours or a peer's once more, with other settings.
    """

    name: str
    unit: str
    scale: float
    ours: str
    peers: Mapping[str, str]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    settle_seconds: float = 0.0
    environment: Mapping[str, str] = field(default_factory=dict)
    variants: Mapping[str, Variant] = field(default_factory=dict)
