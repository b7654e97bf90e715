"""Images made larger by a whole factor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dataflow_ops.attributes import Attribute, Attributes, choice, integer, positive
from dataflow_ops.costs import OperatorCost, elements_moved
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import same_float
from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.gradients import Call, Entry
from dataflow_ops.registry import Operator, find, register
from dataflow_ops.shapes import UNKNOWN, Inferred, Shape, Shapes, display, given, size
from dataflow_ops.windows import Images, known_or, read, write

_ATTRIBUTES = (
    Attribute("scale", positive, doc="How many times as high and wide."),
    Attribute(
        "num_filter", integer, 0, "Number of channels; needed for bilinear only."
    ),
    Attribute(
        "sample_type",
        choice("bilinear", "nearest"),
        doc="nearest: repeat each element; bilinear: a deconvolution by weight.",
    ),
    Attribute(
        "multi_input_mode",
        choice("concat", "sum"),
        "concat",
        "Join several inputs along their channels, or add them up.",
    ),
    Attribute("num_args", positive, doc="Number of inputs."),
    Attribute("workspace", integer, 512, "Accepted for MXNet's sake; has no effect."),
)


def is_bilinear(attributes: Attributes) -> bool:
    """Tell whether a weight interpolates between elements."""
    return bool(attributes.sample_type == "bilinear")


def _inputs(attributes: Attributes) -> tuple[str, ...]:
    if is_bilinear(attributes):
        return ("data", "weight")
    return tuple(f"arg{i}" for i in range(attributes.num_args))


def deconvolution_of(attributes: Attributes) -> dict[str, Any]:
    """Return the attributes of the deconvolution that bilinear upsampling is.

    Raises
    ------
    AttributeValueError
        `num_filter` is missing.
    """
    scale, filters = attributes.scale, attributes.num_filter
    if filters < 1:
        raise AttributeValueError(
            "'num_filter' is needed for sample_type 'bilinear': the number of channels"
        )
    return {
        "kernel": (2 * scale - scale % 2,) * 2,
        "stride": (scale,) * 2,
        "pad": (scale // 2,) * 2,
        "num_filter": filters,
        "num_group": filters,
    }


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    if not is_bilinear(attributes):
        return _nearest_shapes(attributes, inputs, outputs)
    operator = find("Deconvolution")
    settings = operator.parse(deconvolution_of(attributes))
    filters = attributes.num_filter
    data = read("data", inputs[0], 2, None)
    if data.channels not in (UNKNOWN, filters):
        raise ShapeError(f"data has {data.channels} channels, not num_filter {filters}")
    known = write(data._replace(channels=filters), None)
    return operator.shapes(settings, [known, inputs[1]], outputs)


def _nearest_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    scale = attributes.scale
    output = read("output", outputs[0], 2, None)
    images = [read(f"arg{i}", shape, 2, None) for i, shape in enumerate(inputs)]
    batch = output.batch
    for each in images:
        batch = known_or(batch, each.batch)
    scaled = (UNKNOWN if n == UNKNOWN else n * scale for n in images[0].spatial)
    height, width = map(known_or, scaled, output.spatial)
    channels, total = _channels(attributes, images, output.channels)
    told = []
    for i, each in enumerate(images):
        _check_divides(f"arg{i}", each.spatial, (height, width))
        told.append(Images(batch, channels[i], each.spatial))
    if UNKNOWN not in (height, width):
        told[0] = told[0]._replace(spatial=(height // scale, width // scale))
    result = Images(batch, total, (height, width))
    return [write(each, None) for each in told], [write(result, None)]


def _check_divides(name: str, spatial: Shape, result: Shape) -> None:
    for length, whole in zip(spatial, result, strict=True):
        if UNKNOWN not in (length, whole) and (not length or whole % length):
            raise ShapeError(
                f"{name}: {display(spatial)} does not divide the output's "
                f"{display(result)}"
            )


def _channels(
    attributes: Attributes, images: Sequence[Images], total: int
) -> tuple[list[int], int]:
    """Return the channels of all inputs and of the output, as far as known."""
    counts = [each.channels for each in images]
    if attributes.multi_input_mode == "sum":
        for count in counts:
            total = known_or(total, count)
        return [total] * len(counts), total
    missing = counts.count(UNKNOWN)
    rest = sum(count for count in counts if count != UNKNOWN)
    if not missing:
        return counts, rest
    if missing == 1 and total != UNKNOWN:
        if total < rest:
            raise ShapeError(
                f"the inputs have more channels than the {total} of output"
            )
        counts[counts.index(UNKNOWN)] = total - rest
    return counts, total


def _gradient(call: Call) -> Sequence[Entry]:
    attributes = call.attributes
    if not is_bilinear(attributes):
        return call.make("_backward_UpSampling", call.out_grad(), **attributes)
    needs = call.out_grad(), call.input("data"), call.input("weight")
    settings = deconvolution_of(attributes)
    return call.make("_backward_Deconvolution", *needs, **settings)


def _cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    flops = float(size(outputs[0]))
    if is_bilinear(attributes):
        flops = 2.0 * size(inputs[0]) * size(inputs[1][1:])
    return OperatorCost(flops, elements_moved(inputs, outputs))


register(
    Operator(
        name="UpSampling",
        summary="Images `scale` times as high and wide. nearest: output[n, c, y, x] = "
        "data[n, c, y / scale, x / scale], rounded down; further inputs are brought to "
        "the size of the first. bilinear: Deconvolution of each channel by its weight.",
        inputs=_inputs,
        variadic="num_args",
        attributes=_ATTRIBUTES,
        shapes=_shapes,
        dtypes=same_float,
        cost=_cost,
        gradient=_gradient,
    )
)

register(
    Operator(
        name="_backward_UpSampling",
        summary="Gradients of nearest UpSampling: sums over the copies of an element.",
        inputs=("out_grad",),
        outputs=_inputs,
        attributes=_ATTRIBUTES,
        shapes=given,
        dtypes=given_dtypes,
    )
)
