"""OpenVINO's side of the models: inference alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import openvino
from openvino import opset13 as ops

from bench.models.files import Shared, load
from bench.models.graph import Step, steps
from bench.models.networks import COMPARED, NETWORKS, Network
from bench.workload import Factory, Workload

VERSIONS = {"OpenVINO": openvino.__version__}
SETTINGS = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}


def model_of(shared: Shared, shape: tuple[int, ...]) -> openvino.Model:
    """Build the network."""
    data = ops.parameter(list(shape), np.float32)
    made: dict[str, Any] = {"data": data}
    last: Any = data
    for step in steps(shared.symbol):
        inputs = [
            made[name] if name in made else shared.arrays[name] for name in step.inputs
        ]
        last = made[step.name] = NODES[step.operator](step, *inputs)
    return openvino.Model([last], [data])


def _convolution(step: Step, x: Any, weight: Any, bias: Any = None) -> Any:
    pad = step.pair("pad", 0)
    strides = step.pair("stride", 1)
    made = ops.convolution(x, weight, list(strides), list(pad), list(pad), [1, 1])
    return made if bias is None else made + bias.reshape(1, -1, 1, 1)


def _batch_norm(step: Step, x: Any, gamma: Any, beta: Any, mean: Any, var: Any) -> Any:
    if step.attributes.get("fix_gamma"):
        gamma = np.ones_like(gamma)
    return ops.batch_norm_inference(x, gamma, beta, mean, var, step.attributes["eps"])


def _pooling(step: Step, x: Any) -> Any:
    if step.attributes.get("global_pool"):
        return ops.reduce_mean(x, np.array([2, 3]), keep_dims=True)
    kernel, strides, pad = (
        list(step.pair(name, otherwise))
        for name, otherwise in (("kernel", 1), ("stride", 1), ("pad", 0))
    )
    if step.attributes["pool_type"] == "max":
        return ops.max_pool(x, strides, [1, 1], pad, pad, kernel).output(0)
    return ops.avg_pool(x, strides, pad, pad, kernel, exclude_pad=False)


def _dense(step: Step, x: Any, weight: Any, bias: Any) -> Any:
    return ops.matmul(x, weight, False, True) + bias.reshape(1, -1)


def _flatten(step: Step, x: Any) -> Any:
    return ops.reshape(x, np.array([0, -1]), special_zero=True)


NODES: dict[str, Callable[..., Any]] = {
    "Convolution": _convolution,
    "BatchNorm": _batch_norm,
    "Activation": lambda s, x: getattr(ops, s.attributes["act_type"])(x),
    "Pooling": _pooling,
    "Concat": lambda s, *inputs: ops.concat(list(inputs), 1),
    "Flatten": _flatten,
    "FullyConnected": _dense,
    "SoftmaxOutput": lambda s, x, label: ops.softmax(x, 1),
    "elemwise_add": lambda s, a, b: ops.add(a, b),
    "_copy": lambda s, x: x,
}


def forward(network: Network) -> Workload:
    """Run a forward pass, to the probabilities."""
    shared = load(network.name)
    made = openvino.Core().compile_model(
        model_of(shared, network.data), "CPU", SETTINGS
    )
    request = made.create_infer_request()
    request.set_input_tensor(openvino.Tensor(shared.arrays["data"]))

    def outputs() -> list[float]:
        request.infer()
        return network.told(request.get_output_tensor().data)

    return Workload(request.infer, outputs=outputs)


WORKLOADS: dict[str, Factory] = {
    f"{name}-forward": partial(forward, NETWORKS[name]) for name in COMPARED
}
