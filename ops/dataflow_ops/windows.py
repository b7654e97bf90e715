"""Windows that slide over images: what convolution and pooling share.

An image batch has a batch axis, a channel axis and one to three spatial axes. Inside
the rules the channel axis comes second; `read` and `write` translate from and to the
order of a layout.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from dataflow_ops.attributes import Attributes, integers
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


class Windows(NamedTuple):
    """How windows lie along each spatial axis."""

    kernel: Shape  # elements of a window
    stride: Shape  # from one window to the next
    dilate: Shape  # from one element of a window to the next
    pad: Shape  # zeros added at both ends

    @property
    def spans(self) -> Shape:
        """Lengths that windows cover."""
        pairs = zip(self.kernel, self.dilate, strict=True)
        return tuple(dilate * (kernel - 1) + 1 for kernel, dilate in pairs)

    def counts(self, spatial: Shape, of: str = "data") -> Shape:
        """Count the windows in images of these lengths.

        Raises
        ------
        ShapeError
            Images, which are called `of`, are shorter than one window.
        """
        numbers = zip(spatial, self.spans, self.stride, self.pad, strict=True)
        return tuple(_count(of, *each) for each in numbers)

    def lengths(self, counts: Shape) -> Shape:
        """Lengths of images that follow from windows: all those with stride 1."""
        numbers = zip(counts, self.spans, self.stride, self.pad, strict=True)
        return tuple(
            n + span - 1 - 2 * pad if n != UNKNOWN and stride == 1 else UNKNOWN
            for n, span, stride, pad in numbers
        )


def _count(name: str, length: int, span: int, stride: int, pad: int) -> int:
    if length == UNKNOWN:
        return UNKNOWN
    if span > length + 2 * pad:
        raise ShapeError(
            f"{name} is {length} long, {length + 2 * pad} with padding: "
            f"too short for a window of {span}"
        )
    return (length + 2 * pad - span) // stride + 1


def windows_of(attributes: Attributes) -> Windows:
    """Return the windows that kernel, stride, dilate and pad say."""
    kernel = attributes.kernel
    rank = len(kernel)
    return Windows(
        kernel,
        per_axis("stride", attributes.stride, rank, 1),
        per_axis("dilate", attributes.dilate, rank, 1),
        per_axis("pad", attributes.pad, rank, 0),
    )


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
