"""Two layers of LSTM in torch: its own module, and cells that it compiles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from bench.models.recurrent import BATCH, LAYERS, UNITS, arrays, told
from bench.workload import Factory, Workload

KINDS = ("i2h_weight", "h2h_weight", "i2h_bias", "h2h_bias")
Compute = Callable[[Tensor, Sequence[Tensor]], Tensor]


def cells(data: Tensor, weights: Sequence[Tensor]) -> Tensor:
    """Run the layers step by step."""
    states = [(data.new_zeros(BATCH, UNITS),) * 2 for _ in range(LAYERS)]
    outputs = []
    for row in data.unbind(0):
        x = row
        for layer, (hidden, memory) in enumerate(states):
            i2h, h2h, i2h_bias, h2h_bias = weights[4 * layer : 4 * layer + 4]
            gates = torch.addmm(i2h_bias, x, i2h.t())
            gates = gates + torch.addmm(h2h_bias, hidden, h2h.t())
            into, forget, new, out = gates.chunk(4, 1)
            kept = memory * forget.sigmoid() + into.sigmoid() * new.tanh()
            x = out.sigmoid() * kept.tanh()
            states[layer] = (x, kept)
        outputs.append(x)
    return torch.stack(outputs)


def _module() -> tuple[Compute, list[Tensor]]:
    layer = nn.LSTM(UNITS, UNITS, LAYERS)
    made = arrays()
    names = [f"l{number}_{kind}" for number in range(LAYERS) for kind in KINDS]
    with torch.no_grad():
        for parameter, name in zip(layer.parameters(), names, strict=True):
            parameter.copy_(torch.from_numpy(made[name]))
    return lambda data, weights: layer(data)[0], list(layer.parameters())


def _cells(*, compiled: bool) -> tuple[Compute, list[Tensor]]:
    made = arrays()
    names = [f"l{number}_{kind}" for number in range(LAYERS) for kind in KINDS]
    weights = [torch.from_numpy(made[name]).requires_grad_() for name in names]
    return torch.compile(cells) if compiled else cells, weights


def workload(prepare: Callable[[], tuple[Compute, list[Tensor]]]) -> Workload:
    """Run forward and backward, for the data and all weights."""
    compute, weights = prepare()
    made = arrays()
    data = torch.from_numpy(made["data"]).requires_grad_()
    head = torch.from_numpy(made["head"])

    def run() -> Tensor:
        for value in (data, *weights):
            value.grad = None
        output = compute(data, weights)
        output.backward(head)
        return output.detach()

    def outputs() -> list[float]:
        output = run()
        assert data.grad is not None
        assert weights[0].grad is not None
        return told(output.numpy(), data.grad.numpy(), weights[0].grad.numpy())

    return Workload(run, outputs=outputs)


WORKLOADS: dict[str, Factory] = {
    "lstm-operator": partial(workload, _module),
    "lstm-unrolled": partial(workload, partial(_cells, compiled=False)),
    "lstm-unrolled-compiled": partial(workload, partial(_cells, compiled=True)),
}
