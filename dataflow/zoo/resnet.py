"""ResNet v2 (He and others, arXiv:1603.05027): units that normalize first."""

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
    """Return the network.

    Parameters
    ----------
    num_classes : int
        Number of classes.
    num_layers : int
        For images of more than 28 rows 18, 34, 50, 101, 152, 200 or 269; else 6n + 2,
        or from 164 on 9n + 2.
    image_shape : str or sequence of int
        Channels, height and width.
    conv_workspace : int
        What convolutions are given as their ``workspace``.
    dtype : str
        In what it computes: ``"float32"`` or ``"float16"``.
    **kwargs
        Ignored: one set of options serves all networks.

    Raises
    ------
    ArgumentError
        There is no network of so many layers.
    """
    plan = make_plan(num_layers, image_shape)
    data = cast(symbol.Variable("data"), dtype)
    if dtype == "float32":
        data = symbol.identity(data, name="id")
    data = normalize(data, "bn_data", fix_gamma=True)
    if plan.large:
        data = enter(data, plan, conv_workspace)
    else:
        data = convolve(data, plan.filters[0], 3, 1, "conv0", conv_workspace)
    data = build_body(data, plan, partial(_unit, workspace=conv_workspace))
    return leave(relu(normalize(data, "bn1"), "relu1"), num_classes, dtype)


def _unit(data: Symbol, unit: Unit, workspace: int) -> Symbol:
    inner = unit.filters // 4
    layers = [(unit.filters, 3, unit.stride), (unit.filters, 3, 1)]
    if unit.bottleneck:
        layers = [(inner, 1, 1), (inner, 3, unit.stride), (unit.filters, 1, 1)]
    result, shortcut = data, data
    for number, (filters, kernel, stride) in enumerate(layers, start=1):
        active = normalize(result, f"{unit.name}_bn{number}")
        active = relu(active, f"{unit.name}_relu{number}")
        if number == 1 and not unit.matches:
            shortcut = active
        name = f"{unit.name}_conv{number}"
        result = convolve(active, filters, kernel, stride, name, workspace)
    if not unit.matches:
        name = f"{unit.name}_sc"
        shortcut = convolve(shortcut, unit.filters, 1, unit.stride, name, workspace)
    return result + shortcut
