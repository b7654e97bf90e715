"""The models' rows, with the targets of the design."""

from __future__ import annotations

from bench.rows import OURS, Column, Row, Target, Variant, WorkloadSet, faster, share

PLAIN = "mxnet-plain"  # MXNet as it comes
NAIVE = "mxnet-naive"  # without its engine's threads
LABELS = {
    "mxnet": "MXNet 1.9.1",
    PLAIN: "MXNet, its defaults",
    NAIVE: "MXNet, NaiveEngine",
    "torch": "torch",
    "jax": "jax.jit",
    "openvino": "OpenVINO",
}
HEAVY = 5  # rounds of what takes long


def _row(
    name: str,
    workload: str,
    targets: dict[str, Target | None],
    rounds: int | None = None,
    tolerance: float = 1e-3,
) -> Row:
    """Make a row with a column per target; ``torch-compiled`` is a way of torch."""
    columns = []
    for peer, target in targets.items():
        side, _, way = (peer, "", "") if peer in LABELS else peer.partition("-")
        label = f"{LABELS[side]} {way}".strip()
        column = Column(label, side, f"{workload}-{way}" if way else workload, target)
        columns.append(column)
    return Row(name, workload, tuple(columns), tolerance=tolerance, rounds=rounds)


_IMAGES = ", batch 4 at 224"

MODELS = WorkloadSet(
    name="models",
    unit="ms a step",
    scale=1000.0,
    ours="bench.models.ours",
    peers={
        "mxnet": "bench.models.peer_mxnet",
        "torch": "bench.models.peer_torch",
        "jax": "bench.models.peer_jax",
        "openvino": "bench.models.peer_openvino",
    },
    variants={
        PLAIN: Variant("mxnet", {"MXNET_SUBGRAPH_BACKEND": "MKLDNN"}),
        NAIVE: Variant("mxnet", {"MXNET_ENGINE_TYPE": "NaiveEngine"}),
    },
    rows=(
        _row(
            "MLP training step, batch 64",
            "mlp64-training",
            {
                "jax": share(0.7),
                "torch": None,
                "torch-compiled": None,
                "mxnet": None,
                PLAIN: share(0.4),
            },
        ),
        _row(
            "MLP training step, batch 1024",
            "mlp1024-training",
            {
                "jax": None,
                "torch": share(0.9),
                "torch-compiled": None,
                "mxnet": None,
            },
        ),
        _row(
            "LeNet forward, batch 64",
            "lenet-forward",
            {
                "openvino": share(1.3),
                "mxnet": None,
                "torch": None,
                "torch-channels-last": None,
                "torch-compiled": None,
            },
        ),
        _row(
            "LeNet training step, batch 64",
            "lenet-training",
            {
                "torch-compiled": share(0.7),
                "mxnet": share(0.4),
                "torch": None,
                "torch-channels-last": None,
            },
        ),
        _row(
            "LSTM 2 x 200, 35 steps, batch 32: RNN operator, forward and backward",
            "lstm-operator",
            {"torch": share(1.0), "mxnet": None},
        ),
        _row(
            "LSTM 2 x 200, 35 steps, batch 32: unrolled, forward and backward",
            "lstm-unrolled",
            {
                "torch-compiled": share(1.0),
                "torch": None,
                "mxnet": share(0.6),
                NAIVE: share(0.6),
            },
        ),
        _row(
            f"Inception-BN forward{_IMAGES}",
            "inception-bn-forward",
            {
                "openvino": share(1.1),
                "mxnet": None,
                "torch": None,
                "torch-channels-last": None,
            },
            HEAVY,
        ),
        _row(
            f"Inception-BN training step{_IMAGES}",
            "inception-bn-training",
            {"torch-channels-last": share(0.9), "mxnet": None, "torch": None},
            HEAVY,
            1e-2,
        ),
        _row(
            f"ResNet-50 forward{_IMAGES}",
            "resnet50-forward",
            {
                "openvino": share(1.1),
                "mxnet": None,
                "torch": None,
                "torch-channels-last": None,
            },
            HEAVY,
        ),
        _row(
            f"ResNet-50 training step{_IMAGES}",
            "resnet50-training",
            {"mxnet": share(0.9), "torch": None, "torch-channels-last": None},
            HEAVY,
            1e-2,
        ),
        Row(
            "ResNet-152 training step in half the memory, batch 4 at 64",
            "resnet152-training-half",
            (Column("with all of it", OURS, "resnet152-training", share(1.35)),),
            tolerance=5e-2,
            rounds=HEAVY,
        ),
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
        "float32, from the same weights on every side. Compared before timing: "
        "probabilities in multiples of one by chance, for training those of two "
        "steps; for the LSTM its output, and gradients in shares of the largest.",
        "MLP 784-512-512-10 with relu; LeNet on 28x28 images with tanh. A training "
        "step is forward, backward and a plain SGD update.",
        "Moving averages are those of the batch, so that inference is in range.",
        "Every library uses its default number of threads, which is one per core; "
        "MXNet runs with MXNET_SUBGRAPH_BACKEND=NONE, which is its faster setting "
        "here, and without it where that is said.",
        "torch.compile with its defaults; OpenVINO with the hint LATENCY, in f32. All "
        "but our own symbols are read from the JSON that our side saves.",
    ),
    settle_seconds=0.15,
)
