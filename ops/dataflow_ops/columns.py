"""Windows of images as the columns of matrices, and their sum back into images."""

from __future__ import annotations

from collections.abc import Sequence

from dataflow_ops.attributes import Attribute, Attributes
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import same_float
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry, backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import UNKNOWN, Inferred, Shape, Shapes, display, given, size
from dataflow_ops.windows import (
    Images,
    lengths,
    margins,
    per_axis,
    read,
    window,
    windows_of,
    write,
)

_WINDOWS = (
    Attribute("kernel", window, doc="Lengths of the window: (w,), (h, w), (d, h, w)."),
    Attribute("stride", lengths, (), "Steps between windows; 1 when left out."),
    Attribute("dilate", lengths, (), "Steps inside a window; 1 when left out."),
    Attribute("pad", margins, (), "Zeros added at both ends; none when left out."),
)


def _columns(attributes: Attributes, images: Images) -> Shape:
    """Return the shape of columns as far as that of images is known."""
    counts = windows_of(attributes).counts(images.spatial)
    channels = images.channels
    rows = UNKNOWN if channels == UNKNOWN else channels * size(attributes.kernel)
    return images.batch, rows, UNKNOWN if UNKNOWN in counts else size(counts)


def _images(attributes: Attributes, name: str, columns: Shape | None) -> Images:
    """Return what the shape of columns tells of that of images."""
    nothing = (UNKNOWN,) * len(attributes.kernel)
    if columns is None:
        return Images(UNKNOWN, UNKNOWN, nothing)
    if len(columns) != 3:
        raise ShapeError(
            f"{name} should have 3 dimensions (batch, elements of a window, windows), "
            f"not {display(columns)}"
        )
    batch, rows, _ = columns
    channels, rest = divmod(rows, size(attributes.kernel))
    if rows == UNKNOWN:
        return Images(batch, UNKNOWN, nothing)
    if rest:
        raise ShapeError(
            f"{name} {display(columns)} has {rows} rows, no multiple of the "
            f"{size(attributes.kernel)} elements of kernel {attributes.kernel}"
        )
    return Images(batch, channels, nothing)


def _im2col_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data = read("data", inputs[0], len(attributes.kernel), None)
    told = _images(attributes, "output", outputs[0])
    return [write(told, None)], [_columns(attributes, data)]


def _col2im_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    rank = len(attributes.kernel)
    spatial = per_axis("output_size", attributes.output_size, rank, UNKNOWN)
    output = read("output", outputs[0], rank, None)
    told = _images(attributes, "data", inputs[0])
    columns = _columns(attributes, output._replace(spatial=spatial))
    return [columns], [write(told._replace(spatial=spatial), None)]


def _laid_out(call: Call) -> Sequence[Entry]:
    names = [attribute.name for attribute in _WINDOWS]
    settings = {name: call.attributes[name] for name in names}
    return call.make("im2col", call.out_grad(), **settings)


register(
    Operator(
        name="im2col",
        summary="The windows of images as columns: output[n, (c, k), p] = "
        "data[n, c, stride p + dilate k - pad].",
        attributes=_WINDOWS,
        shapes=_im2col_shapes,
        dtypes=same_float,
        gradient=backward("_backward_im2col", "out_grad"),
    )
)

register(
    Operator(
        name="_backward_im2col",
        summary="Gradient of im2col: what col2im computes, in the shape of its data.",
        inputs=("out_grad",),
        attributes=_WINDOWS,
        shapes=given,
        dtypes=given_dtypes,
    )
)

register(
    Operator(
        name="col2im",
        summary="The transpose of im2col, which adds up where windows overlap: "
        "output[n, c, i] = sum of data[n, (c, k), p] where stride p + dilate k - pad "
        "is i.",
        attributes=(
            Attribute("output_size", window, doc="Lengths of the images."),
            *_WINDOWS,
        ),
        shapes=_col2im_shapes,
        dtypes=same_float,
        gradient=_laid_out,
    )
)
