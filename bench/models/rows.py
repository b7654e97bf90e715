"""The models' rows, with the targets of the design."""

from __future__ import annotations

from bench.models.lenet import BATCH
from bench.rows import OURS, Column, Row, Target, WorkloadSet, faster

# The upper ends of what prebound kernel lists reached in prototypes: 0.61, 0.56.
_TRAINING = {"mxnet": faster(1 / 0.61), "torch": faster(1 / 0.56)}


def _row(name: str, workload: str, targets: dict[str, Target]) -> Row:
    return Row(
        f"{name}, batch {BATCH}",
        workload,
        (
            Column("MXNet 1.9.1", "mxnet", workload, targets.get("mxnet")),
            Column("torch", "torch", workload, targets.get("torch")),
        ),
        tolerance=1e-4,
    )


MODELS = WorkloadSet(
    name="models",
    unit="ms a step",
    scale=1000.0,
    ours="bench.models.ours",
    peers={"mxnet": "bench.models.peer_mxnet", "torch": "bench.models.peer_torch"},
    rows=(
        _row("LeNet forward", "lenet-forward", {}),
        _row("LeNet training step", "lenet-training", _TRAINING),
        Row(
            "fit on LeNet, a step",
            "lenet-fit",
            (Column("bare steps", OURS, "lenet-training", faster(1 / 1.10)),),
        ),
        Row(
            "fit on prefetched data, a step",
            "lenet-fit-prefetched",
            (Column("data in memory", OURS, "lenet-fit", faster(1 / 1.05)),),
        ),
    ),
    notes=(
        "LeNet on 28x28 images, float32, tanh, from the same weights on every side; "
        "probabilities are compared before timing, for training after three steps.",
        "A training step is forward, backward and a plain SGD update.",
        "Every library uses its default number of threads; MXNet runs with "
        "MXNET_SUBGRAPH_BACKEND=NONE, which is its faster setting here.",
        "OpenBLAS with two threads is bimodal where cores are shared: one batched "
        "numpy.matmul of this network takes 1.8 or 3.6 ms for a whole process, and our "
        "training step 22 or 42 ms with it (24 ms with one thread).",
    ),
    settle_seconds=0.15,
)
