"""A network's symbol as a module of torch, in straight-line code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from bench.models.files import Shared
from bench.models.graph import Step, steps

STATES = ("moving_mean", "moving_var")
# From an operator to a function of torch, and from a step to its options.
Target = tuple[Callable[..., Any], Callable[[Step, bool], dict[str, Any]]]


def module_of(shared: Shared, *, train: bool) -> fx.GraphModule:
    """Return the network up to its class scores, with the first weights."""
    root, graph = nn.Module(), fx.Graph()
    made = {"data": graph.placeholder("data")}
    outputs = None
    fixed = {s.inputs[1] for s in steps(shared.symbol) if s.attributes.get("fix_gamma")}
    for step in steps(shared.symbol):
        if step.operator == "SoftmaxOutput":
            outputs = made[step.inputs[0]]
            break
        for name in step.inputs:
            if name not in made:
                _register(root, name, shared, is_state=name in fixed)
                made[name] = graph.get_attr(name)
        function, options = TARGETS[step.operator]
        inputs: tuple[Any, ...] = tuple(made[name] for name in step.inputs)
        if step.operator == "Concat":
            inputs = (list(inputs),)
        elif step.operator == "BatchNorm":
            data, gamma, beta, mean, variance = inputs
            inputs = (data, mean, variance, gamma, beta)
        keywords = options(step, train)
        made[step.name] = graph.call_function(function, inputs, keywords)
    graph.output(outputs)
    graph.lint()
    return fx.GraphModule(root, graph).train(train)


def _register(root: nn.Module, name: str, shared: Shared, *, is_state: bool) -> None:
    value = torch.from_numpy(shared.arrays[name]).clone()
    if is_state:
        root.register_buffer(name, torch.ones_like(value))
    elif name.endswith(STATES):
        root.register_buffer(name, value)
    else:
        root.register_parameter(name, nn.Parameter(value))


def _activation(data: Tensor, kind: str) -> Tensor:
    return torch.relu_(data) if kind == "relu" else torch.tanh(data)


def _pool(
    data: Tensor, kind: str, kernel: Any, stride: Any, pad: Any, everywhere: bool
) -> Tensor:
    if everywhere:
        return functional.adaptive_avg_pool2d(data, 1)
    if kind == "max":
        return functional.max_pool2d(data, kernel, stride, pad)
    return functional.avg_pool2d(data, kernel, stride, pad)


def _none(step: Step, train: bool) -> dict[str, Any]:
    return {}


TARGETS: dict[str, Target] = {
    "Convolution": (
        functional.conv2d,
        lambda s, t: {"stride": s.pair("stride", 1), "padding": s.pair("pad", 0)},
    ),
    "BatchNorm": (
        functional.batch_norm,
        lambda s, t: {
            "training": t,
            "momentum": 1 - s.attributes["momentum"],
            "eps": s.attributes["eps"],
        },
    ),
    "Activation": (_activation, lambda s, t: {"kind": s.attributes["act_type"]}),
    "Pooling": (
        _pool,
        lambda s, t: {
            "kind": s.attributes["pool_type"],
            "kernel": s.pair("kernel", 1),
            "stride": s.pair("stride", 1),
            "pad": s.pair("pad", 0),
            "everywhere": bool(s.attributes.get("global_pool")),
        },
    ),
    "Concat": (torch.cat, lambda s, t: {"dim": 1}),
    "Flatten": (torch.flatten, lambda s, t: {"start_dim": 1}),
    "FullyConnected": (functional.linear, _none),
    "elemwise_add": (torch.add, _none),
    "_copy": (torch.clone, _none),
}
