"""The executor's rows, with the targets of the design."""

from __future__ import annotations

from bench.rows import OURS, Column, Row, WorkloadSet, faster, over

EXECUTOR = WorkloadSet(
    name="executor",
    unit="us an operator",
    scale=1.0,
    ours="bench.executor.ours",
    peers={"mxnet": "bench.executor.peer_mxnet"},
    rows=(
        Row(
            "replay of 1000 small operators",
            "chain",
            (
                Column("bare NumPy calls", OURS, "numpy", over(0.10)),
                Column("MXNet's executor", "mxnet", "chain", faster(1.6)),
            ),
            tolerance=1e-4,
        ),
    ),
    notes=(
        "A chain of relu(x + a) * b - c on 16 float32 elements, bound with "
        "grad_req='null'; forward and wait.",
        "The bare calls run in our process, in a flat loop with out=.",
    ),
    settle_seconds=0.15,
)
