"""Tables as HTML, and sizes as text, for what shows itself in notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def html_table(
    caption: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    notes: Iterable[str] = (),
) -> str:
    """Return an HTML table of plain texts.

    Parameters
    ----------
    caption : str
        What it shows.
    headers : sequence of str
        Titles of the columns; none for a table without titles.
    rows : iterable of sequences of str
        The cells.
    notes : iterable of str
        Lines below the table.
    """
    head = f"<thead>{_row('th', headers)}</thead>" if headers else ""
    body = "".join(_row("td", row) for row in rows)
    return (
        f"<div><strong>{escape(caption)}</strong></div>"
        f"<table>{head}<tbody>{body}</tbody></table>"
        + "".join(f"<div>{escape(note)}</div>" for note in notes)
    )


def _row(tag: str, cells: Iterable[str]) -> str:
    style = ' style="text-align: left"'
    inside = "".join(f"<{tag}{style}>{escape(cell)}</{tag}>" for cell in cells)
    return f"<tr>{inside}</tr>"


def shortened(rows: Sequence[Sequence[str]], limit: int) -> list[Sequence[str]]:
    """Leave out rows in the middle, with a row of dots in their place."""
    if len(rows) <= limit:
        return list(rows)
    last = limit // 3
    gap = [f"… {len(rows) - limit} more", *[""] * (len(rows[0]) - 1)]
    return [*rows[: limit - last], gap, *rows[len(rows) - last :]]


def shown_bytes(count: int) -> str:
    """Write a count of bytes in the unit that fits."""
    if count < 1024:
        return f"{count} B"
    value, units = count / 1024, ["KiB", "MiB", "GiB", "TiB"]
    while value >= 1024 and len(units) > 1:
        value /= 1024
        units.pop(0)
    return f"{value:.2f} {units[0]}"
