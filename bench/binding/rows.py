"""The rows of binding, with the targets of the design."""

from __future__ import annotations

from bench.rows import OURS, Column, Row, WorkloadSet, share


def _bound(name: str, workload: str, limit: float | None) -> Row:
    target = share(limit) if limit else None
    return Row(name, workload, (Column("MXNet 1.9.1", "mxnet", workload, target),))


BINDING = WorkloadSet(
    name="binding",
    unit="ms",
    scale=1000.0,
    ours="bench.binding.ours",
    peers={
        "jax": "bench.binding.peer_jax",
        "mxnet": "bench.binding.peer_mxnet",
        "torch": "bench.binding.peer_torch",
    },
    rows=(
        Row(
            "import, in a new interpreter",
            "import",
            (
                Column("jax", "jax", "import", share(0.9)),
                Column("MXNet 1.9.1", "mxnet", "import"),
                Column("torch", "torch", "import"),
                Column("the interpreter alone", OURS, "interpreter"),
            ),
        ),
        _bound("bind Inception-BN for inference", "inference", 1.0),
        _bound("bind Inception-BN for training", "training", 1.0),
        _bound("bind 1000 new small operators for inference", "new-inference", None),
        _bound("bind 1000 new small operators for training", "new-training", None),
        _bound("bind for inference, and the first forward", "inference-run", None),
        _bound("bind for training, and the first step", "training-run", None),
    ),
    notes=(
        "Importing is a process from start to end, files in the system's cache.",
        "Inception-BN, batch 4 at 224 x 224: simple_bind of a symbol that exists. "
        "MXNet makes its kernels' primitives at their first run, we make them when "
        "binding; both keep them for the next, so that later binds are cheaper.",
        "New operators: a chain that was just composed, so that every pass runs.",
    ),
    settle_seconds=0.15,
)
