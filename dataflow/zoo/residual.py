"""The plan of a residual network: its units, its sizes, and what surrounds them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from dataflow import symbol
from dataflow.errors import ArgumentError
from dataflow.symbol import Symbol
from dataflow.zoo.layers import ImageShape, classify, image_sizes, relu

# Units in each stage of the networks for large images, by number of layers.
UNITS = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
    200: (3, 24, 36, 3),
    269: (3, 30, 48, 8),
}


class Plan(NamedTuple):
    """What the layers of a network follow from."""

    units: tuple[int, ...]
    filters: tuple[int, ...]  # of the first convolution, then of each stage
    bottleneck: bool
    large: bool  # whether the first layers make the image smaller


class Unit(NamedTuple):
    """One residual unit: two convolutions, or three with a bottleneck."""

    filters: int
    stride: int
    matches: bool  # whether its input may be added as it is
    bottleneck: bool
    name: str


def make_plan(num_layers: int, image_shape: ImageShape) -> Plan:
    """Return the plan of a network; raises ArgumentError if there is none."""
    height = image_sizes(image_shape)[1]
    if height <= 28:
        return _small_plan(num_layers)
    if num_layers not in UNITS:
        raise ArgumentError(
            f"num_layers is one of {', '.join(map(str, UNITS))} for images of more "
            f"than 28 rows, not {num_layers}"
        )
    bottleneck = num_layers >= 50
    wide = (256, 512, 1024, 2048) if bottleneck else (64, 128, 256, 512)
    return Plan(UNITS[num_layers], (64, *wide), bottleneck, height > 32)


def _small_plan(num_layers: int) -> Plan:
    bottleneck = num_layers >= 164
    units, rest = divmod(num_layers - 2, 9 if bottleneck else 6)
    if rest or units < 1:
        raise ArgumentError(
            "num_layers is 6n + 2, or from 164 on 9n + 2, for images of at most 28 "
            f"rows; not {num_layers}"
        )
    filters = (16, 64, 128, 256) if bottleneck else (16, 16, 32, 64)
    return Plan((units,) * 3, filters, bottleneck, large=False)


def build_body(
    data: Symbol, plan: Plan, build_unit: Callable[[Symbol, Unit], Symbol]
) -> Symbol:
    """Return all units of a network, one after the other."""
    for stage, count in enumerate(plan.units, start=1):
        for number in range(1, count + 1):
            first = number == 1
            unit = Unit(
                plan.filters[stage],
                stride=2 if first and stage > 1 else 1,
                matches=not first,
                bottleneck=plan.bottleneck,
                name=f"stage{stage}_unit{number}",
            )
            data = build_unit(data, unit)
    return data


def convolve(
    data: Symbol, filters: int, kernel: int, stride: int, name: str, workspace: int
) -> Symbol:
    """Return a convolution without bias, padded to keep the size."""
    return symbol.Convolution(
        data,
        num_filter=filters,
        kernel=(kernel, kernel),
        stride=(stride, stride),
        pad=(kernel // 2, kernel // 2),
        no_bias=True,
        workspace=workspace,
        name=name,
    )


def normalize(data: Symbol, name: str, fix_gamma: bool = False) -> Symbol:
    """Return data normalized over the batch."""
    return symbol.BatchNorm(
        data, fix_gamma=fix_gamma, eps=2e-5, momentum=0.9, name=name
    )


def enter(data: Symbol, plan: Plan, workspace: int) -> Symbol:
    """Return the first layers of a network for large images: a quarter of each side."""
    data = convolve(data, plan.filters[0], 7, 2, "conv0", workspace)
    data = relu(normalize(data, "bn0"), "relu0")
    return symbol.Pooling(
        data, kernel=(3, 3), stride=(2, 2), pad=(1, 1), pool_type="max"
    )


def leave(data: Symbol, num_classes: int, dtype: str) -> Symbol:
    """Return the last layers of a network: averages, and the classifier."""
    pooled = symbol.Pooling(
        data, global_pool=True, kernel=(7, 7), pool_type="avg", name="pool1"
    )
    return classify(symbol.Flatten(pooled), num_classes, "fc1", dtype)
