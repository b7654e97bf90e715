"""Windows that slide over images: what convolution and pooling share.

An image batch has a batch axis, a channel axis and one to three spatial axes. Inside
the rules the channel axis comes second; `read` and `write` translate from and to the
order of a layout.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from dataflow_ops.attributes import integers
from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.shapes import UNKNOWN, Shape, display

LAYOUTS = ("NCW", "NCHW", "NCDHW", "NWC", "NHWC", "NDHWC")


class Images(NamedTuple):
    """What is known of the shape of a batch of images."""

    batch: int
    channels: int
    spatial: Shape


def window(value: Any) -> tuple[int, ...]:
    """Accept one to three integers above 0."""
    numbers = lengths(value)
    if not numbers:
        raise ValueError("expected one to three integers from 1")
    return numbers


def lengths(value: Any) -> tuple[int, ...]:
    """Accept sequences of integers above 0, at most one per spatial axis."""
    return _bounded(value, 1)


def margins(value: Any) -> tuple[int, ...]:
    """Accept sequences of integers from 0, at most one per spatial axis."""
    return _bounded(value, 0)


def _bounded(value: Any, least: int) -> tuple[int, ...]:
    numbers = integers(value)
    if len(numbers) > 3 or any(n < least for n in numbers):
        raise ValueError(f"expected up to three integers from {least}")
    return numbers


def per_axis(name: str, given: Shape, rank: int, default: int) -> Shape:
    """Return one number per spatial axis; an empty tuple stands for the default."""
    if not given:
        return (default,) * rank
    if len(given) != rank:
        raise AttributeValueError(
            f"'{name}' should have one number for each of {rank} spatial axes, "
            f"not {given}"
        )
    return given


def is_channels_last(layout: str | None) -> bool:
    """Tell whether the channel axis is the last one."""
    return layout is not None and layout[-1] == "C"


def layout_of(layout: str | None, rank: int) -> str:
    """Return the layout, or the default one, of `rank` spatial axes."""
    if layout is None:
        return LAYOUTS[rank - 1]
    if len(layout) != rank + 2:
        raise AttributeValueError(
            f"layout {layout} does not have the {rank} spatial axes of the kernel"
        )
    return layout


def read(name: str, shape: Shape | None, rank: int, layout: str | None) -> Images:
    """Read the shape of an input or output.

    Raises
    ------
    ShapeError
        It does not have `rank` spatial axes.
    """
    layout = layout_of(layout, rank)
    if shape is None:
        return Images(UNKNOWN, UNKNOWN, (UNKNOWN,) * rank)
    if len(shape) != rank + 2:
        raise ShapeError(
            f"{name} should have {rank + 2} dimensions ({', '.join(layout)}), "
            f"not {display(shape)}"
        )
    if is_channels_last(layout):
        return Images(shape[0], shape[-1], shape[1:-1])
    return Images(shape[0], shape[1], shape[2:])


def write(images: Images, layout: str | None) -> Shape:
    """Write a shape in the order of the layout."""
    if is_channels_last(layout):
        return (images.batch, *images.spatial, images.channels)
    return (images.batch, images.channels, *images.spatial)


def known_or(first: int, second: int) -> int:
    """Return the dimension that is known, if one is."""
    return second if first == UNKNOWN else first
