"""A curve over the steps of a schedule, drawn as an area."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT, MARGIN = 640, 160, 24


def area_svg(values: Sequence[int], title: str) -> str:
    """Return an SVG drawing of values, one step each, that are not negative.

    Parameters
    ----------
    values : sequence of int
        Heights, from left to right.
    title : str
        Written above.
    """
    top, step = max(values, default=0) or 1, WIDTH / max(len(values), 1)
    points = ["0,0"]
    for index, value in enumerate(values):
        height = HEIGHT * value / top
        points += [f"{index * step:.2f},{height:.2f}"]
        points += [f"{(index + 1) * step:.2f},{height:.2f}"]
    points.append(f"{WIDTH},0")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
        f'height="{HEIGHT + MARGIN}" viewBox="0 0 {WIDTH} {HEIGHT + MARGIN}">'
        f'<text x="0" y="{MARGIN - 8}" font-family="sans-serif" font-size="12">'
        f"{escape(title)}</text>"
        f'<g transform="translate(0 {HEIGHT + MARGIN}) scale(1 -1)">'
        f'<polygon points="{" ".join(points)}" fill="#7aa6c2"/></g></svg>'
    )
