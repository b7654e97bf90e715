"""Moving elements between channels and square blocks of an image."""

from __future__ import annotations

from collections.abc import Sequence

from dataflow_ops.attributes import Attribute, Attributes, positive
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry, Gradient
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import UNKNOWN, Inferred, Shape, Shapes, display, unify

_BLOCK = Attribute("block_size", positive, doc="Height and width of a block.")


def _deeper(name: str, shape: Shape | None, block: int) -> Shape | None:
    """Shape with the blocks of an image in its channels."""
    if shape is None:
        return None
    batch, channels, *spatial = _four(name, shape)
    for length in spatial:
        _divisible(name, shape, length, block)
    return (
        batch,
        UNKNOWN if channels == UNKNOWN else channels * block * block,
        *(UNKNOWN if length == UNKNOWN else length // block for length in spatial),
    )


def _wider(name: str, shape: Shape | None, block: int) -> Shape | None:
    """Shape with groups of channels spread over blocks."""
    if shape is None:
        return None
    batch, channels, *spatial = _four(name, shape)
    _divisible(name, shape, channels, block * block)
    return (
        batch,
        UNKNOWN if channels == UNKNOWN else channels // (block * block),
        *(UNKNOWN if length == UNKNOWN else length * block for length in spatial),
    )


def _four(name: str, shape: Shape) -> Shape:
    if len(shape) != 4:
        raise ShapeError(
            f"{name} {display(shape)} must have 4 dimensions: batch, channels, height,"
            " width"
        )
    return shape


def _divisible(name: str, shape: Shape, length: int, divisor: int) -> None:
    if length != UNKNOWN and length % divisor:
        raise ShapeError(
            f"{name} {display(shape)}: {length} is not a multiple of {divisor}"
        )


def _to_space_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    block = attributes.block_size
    data = unify(inputs[0], _deeper("output", outputs[0], block))
    return [data], [_wider("data", data, block)]


def _to_depth_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    block = attributes.block_size
    data = unify(inputs[0], _wider("output", outputs[0], block))
    return [data], [_deeper("data", data, block)]


def _by(inverse: str) -> Gradient:
    """Gradient of an order of elements: the inverse order."""

    def rule(call: Call) -> Sequence[Entry]:
        return call.make(inverse, call.out_grad(), **call.attributes)

    return rule


register(
    Operator(
        name="depth_to_space",
        summary="Channels spread over blocks of b x b: "
        "output[n, c, b y + i, b x + j] = data[n, (b i + j) C / b^2 + c, y, x].",
        attributes=(_BLOCK,),
        shapes=_to_space_shapes,
        gradient=_by("space_to_depth"),
    )
)
register(
    Operator(
        name="space_to_depth",
        summary="Blocks of b x b gathered in channels: "
        "output[n, (b i + j) C + c, y, x] = data[n, c, b y + i, b x + j].",
        attributes=(_BLOCK,),
        shapes=_to_depth_shapes,
        gradient=_by("depth_to_space"),
    )
)
