"""LeNet as a program of MXNet's Symbol interface, for us and for MXNet alike."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from bench.models import lenet
from bench.models.weights import load
from bench.workload import Factory, Workload

OUTPUT_STEPS = 3  # training steps before the outputs are compared


def bound(mx: Any, grad_req: Any) -> Any:
    """Bind the network, with all arrays filled in."""
    symbol = lenet.symbol(mx)
    executor = symbol.simple_bind(mx.cpu(), grad_req=grad_req, data=lenet.INPUT)
    fill(mx, executor)
    return executor


def fill(mx: Any, executor: Any) -> None:
    """Put the first weights, the data and the labels into the arguments."""
    for name, value in load().items():
        executor.arg_dict[name][:] = mx.nd.array(value)


def forward(mx: Any) -> Workload:
    """Run a forward pass for inference, and wait."""
    executor = bound(mx, "null")

    def run() -> None:
        executor.forward(is_train=False)
        executor.outputs[0].wait_to_read()

    return Workload(run, outputs=partial(_outputs, executor))


def training_step(mx: Any) -> Workload:
    """Run forward, backward and an SGD update of every parameter, and wait."""
    requests = dict.fromkeys(lenet.SHAPES, "write")
    executor = bound(mx, requests | {"data": "null", "softmax_label": "null"})
    step = _stepper(mx, executor)

    def outputs() -> list[float]:
        fill(mx, executor)
        for _ in range(OUTPUT_STEPS):
            step()
        executor.forward(is_train=False)
        return _outputs(executor)

    return Workload(step, outputs=outputs)


def _stepper(mx: Any, executor: Any) -> Callable[[], None]:
    pairs = [(executor.arg_dict[n], executor.grad_dict[n]) for n in lenet.SHAPES]

    def step() -> None:
        executor.forward(is_train=True)
        executor.backward()
        for weight, gradient in pairs:
            mx.nd.sgd_update(
                weight,
                gradient,
                out=weight,
                lr=lenet.RATE,
                rescale_grad=1 / lenet.BATCH,
            )
        mx.nd.waitall()

    return step


def _outputs(executor: Any) -> list[float]:
    return executor.outputs[0].asnumpy().ravel().tolist()  # type: ignore[no-any-return]


def workloads(mx: Any) -> dict[str, Factory]:
    """Return the factories for a library."""
    return {
        "lenet-forward": partial(forward, mx),
        "lenet-training": partial(training_step, mx),
    }
