"""torch's side of the operators: what computes the same, eagerly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from bench.ops.table import TABLE, Timed
from bench.workload import Factory, Workload

VERSIONS = {"torch": torch.__version__, "threads": str(torch.get_num_threads())}


def _lstm(values: Mapping[str, Tensor]) -> Callable[[], Tensor]:
    layer = torch.nn.LSTM(200, 200)
    with torch.no_grad():
        parts = torch.split(values["parameters"], [160000, 160000, 800, 800])
        for target, source in zip(layer.parameters(), parts, strict=True):
            target.copy_(source.reshape(target.shape))
    state = (values["state"], values["state_cell"])
    return lambda: layer(values["data"], state)[0]


def _batch_norm(v: Mapping[str, Tensor]) -> Tensor:
    mean, variance = v["moving_mean"].clone(), v["moving_var"].clone()
    return functional.batch_norm(
        v["data"], mean, variance, v["gamma"], v["beta"], training=True, eps=1e-3
    )


def _softmax_output(v: Mapping[str, Tensor]) -> Tensor:
    return functional.cross_entropy(v["data"], v["label"].long(), reduction="sum")


# From the operator to torch's; SoftmaxOutput's first output is another, so that only
# its time is compared.
FUNCTIONS: dict[str, Callable[[Mapping[str, Tensor], Mapping[str, Any]], Tensor]] = {
    "FullyConnected": lambda v, a: functional.linear(v["data"], v["weight"], v["bias"]),
    "Convolution": lambda v, a: functional.conv2d(
        v["data"], v["weight"], v["bias"], padding=1
    ),
    "Deconvolution": lambda v, a: functional.conv_transpose2d(
        v["data"], v["weight"], stride=2, padding=1
    ),
    "Pooling": lambda v, a: functional.max_pool2d(v["data"], 2),
    "BatchNorm": lambda v, a: _batch_norm(v),
    "LRN": lambda v, a: functional.local_response_norm(
        v["data"], a["nsize"], 1e-4, 0.75, 2.0
    ),
    "LayerNorm": lambda v, a: functional.layer_norm(
        v["data"], (200,), v["gamma"], v["beta"]
    ),
    "Activation": lambda v, a: getattr(torch, a["act_type"])(v["data"]),
    "softmax": lambda v, a: v["data"].softmax(-1),
    "SoftmaxOutput": lambda v, a: _softmax_output(v),
    "exp": lambda v, a: v["data"].exp(),
    "erf": lambda v, a: v["data"].erf(),
    "broadcast_add": lambda v, a: v["lhs"] + v["rhs"],
    "broadcast_mul": lambda v, a: v["lhs"] * v["rhs"],
    "sum": lambda v, a: v["data"].sum(1),
    "max": lambda v, a: v["data"].amax(0),
    "argmax": lambda v, a: v["data"].argmax(1).float(),
    "dot": lambda v, a: v["lhs"] @ v["rhs"],
    "batch_dot": lambda v, a: v["lhs"] @ v["rhs"],
    "transpose": lambda v, a: v["data"].permute(0, 2, 3, 1).contiguous(),
    "Concat": lambda v, a: torch.cat([v["arg0"], v["arg1"]], 1),
    "Embedding": lambda v, a: functional.embedding(v["data"].long(), v["weight"]),
    "take": lambda v, a: v["a"][v["indices"].long()],
    "sort": lambda v, a: v["data"].sort(-1).values,
    "topk": lambda v, a: v["data"].topk(5).indices.float(),
    "SequenceReverse": lambda v, a: v["data"].flip(0),
}


def workload(timed: Timed) -> Workload:
    """Run the operator alone; with its gradients where the table says so."""
    values = {name: torch.from_numpy(x) for name, x in timed.values().items()}
    learned = set(timed.inputs) - set(timed.integers) - set(timed.states)
    for name in learned if timed.train else ():
        values[name].requires_grad_(True)
    if timed.operator == "RNN":
        compute = _lstm(values)
    else:
        function = FUNCTIONS[timed.operator]
        compute = partial(function, values, timed.attributes)

    def train() -> None:
        for name in learned:
            values[name].grad = None
        made = compute()
        made.backward(torch.ones_like(made))

    @torch.inference_mode()
    def forward() -> Tensor:
        return compute()

    def outputs() -> list[float]:
        return forward().flatten()[:1000].tolist()  # type: ignore[no-any-return]

    told = None if timed.operator == "SoftmaxOutput" else outputs
    return Workload(train if timed.train else forward, outputs=told)


WORKLOADS: dict[str, Factory] = {timed.key: partial(workload, timed) for timed in TABLE}
