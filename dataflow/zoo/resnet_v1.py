"""ResNet v1 (He and others, arXiv:1512.03385): units that normalize last."""

from __future__ import annotations

from functools import partial
from typing import Any

from dataflow import symbol
from dataflow.symbol import Symbol
from dataflow.zoo.layers import ImageShape, cast, relu
from dataflow.zoo.residual import (
    Unit,
    build_body,
    convolve,
    enter,
    leave,
    make_plan,
    normalize,
)


def get_symbol(
    num_classes: int = 1000,
    num_layers: int = 50,
    image_shape: ImageShape = "3,224,224",
    conv_workspace: int = 256,
    dtype: str = "float32",
    **kwargs: Any,
) -> Symbol:
    """Return the network; the parameters and errors are those of `resnet.get_symbol`.

    In a unit with a bottleneck its first convolution has the stride.
    """
    plan = make_plan(num_layers, image_shape)
    data = cast(symbol.Variable("data"), dtype)
    if dtype == "float32":
        data = symbol.identity(data, name="id")
    if plan.large:
        data = enter(data, plan, conv_workspace)
    else:
        data = convolve(data, plan.filters[0], 3, 1, "conv0", conv_workspace)
        data = normalize(data, "bn0")
    data = build_body(data, plan, partial(_unit, workspace=conv_workspace))
    return leave(data, num_classes, dtype)


def _unit(data: Symbol, unit: Unit, workspace: int) -> Symbol:
    inner = unit.filters // 4
    layers = [(unit.filters, 3, unit.stride), (unit.filters, 3, 1)]
    if unit.bottleneck:
        layers = [(inner, 1, unit.stride), (inner, 3, 1), (unit.filters, 1, 1)]
    result = data
    for number, (filters, kernel, stride) in enumerate(layers, start=1):
        name = f"{unit.name}_conv{number}"
        result = convolve(result, filters, kernel, stride, name, workspace)
        result = normalize(result, f"{unit.name}_bn{number}")
        if number < len(layers):
            result = relu(result, f"{unit.name}_relu{number}")
    shortcut = data
    if not unit.matches:
        name = f"{unit.name}_conv1sc"
        shortcut = convolve(data, unit.filters, 1, unit.stride, name, workspace)
        shortcut = normalize(shortcut, f"{unit.name}_sc")
    return relu(result + shortcut, f"{unit.name}_relu3")
