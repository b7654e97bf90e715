"""The graphs' rows, with the targets of the design."""

from __future__ import annotations

from bench.rows import OURS, Column, Row, Variant, WorkloadSet, share

NUMPY = "NumPy alone"  # sides of ours with other settings
ALONE = "one worker"
SERIAL = {"DATAFLOW_CPU_WORKERS": "1", "DATAFLOW_PARALLEL": "0"}
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def _reducing(name: str, workload: str) -> Row:
    """Return the row of what ends in a reduction."""
    return Row(
        name,
        workload,
        (
            Column("jax.jit", "jax", workload, share(1.0)),
            Column("torch compiled", "torch", f"{workload}-compiled", share(1.0)),
            Column("torch", "torch", workload),
            Column("MXNet 1.9.1", "mxnet", workload),
            Column("ours with NumPy alone", NUMPY, workload),
        ),
        tolerance=1e-4,
    )


GRAPHS = WorkloadSet(
    name="graphs",
    unit="us a run; of the chain, an operator",
    scale=1.0,
    ours="bench.graphs.ours",
    peers={
        "mxnet": "bench.graphs.peer_mxnet",
        "torch": "bench.graphs.peer_torch",
        "jax": "bench.graphs.peer_jax",
    },
    variants={
        NUMPY: Variant(OURS, {"DATAFLOW_BACKEND": "reference"}),
        ALONE: Variant(OURS, {**SERIAL, **ONE_THREAD}),
    },
    rows=(
        Row(
            "1000 small operators in a chain",
            "chain",
            (
                Column("torch compiled", "torch", "chain-compiled", share(1.0)),
                Column("torch", "torch", "chain"),
                Column("MXNet 1.9.1", "mxnet", "chain"),
            ),
            tolerance=1e-4,
        ),
        Row(
            "1000 small operators in a chain, NumPy alone",
            "chain",
            (Column("MXNet 1.9.1", "mxnet", "chain", share(0.4)),),
            tolerance=1e-4,
            side=NUMPY,
        ),
        Row(
            "relu(a*x + b) * sigmoid(c*x) + tanh(d), 4 million",
            "expression",
            (
                Column("jax.jit", "jax", "expression", share(1.2)),
                Column("MXNet 1.9.1", "mxnet", "expression", share(0.05)),
                Column("torch compiled", "torch", "expression-compiled"),
                Column("torch", "torch", "expression"),
                Column("ours with NumPy alone", NUMPY, "expression"),
            ),
            tolerance=1e-4,
        ),
        _reducing("mean((a*x + b)^2), 4 million", "squares"),
        _reducing("sums of the rows of 4096 x 1024", "row-sums"),
        Row(
            "8 branches of 4 products of 512 x 512",
            "branches",
            (
                Column("torch compiled", "torch", "branches-compiled", share(1.05)),
                Column("torch", "torch", "branches"),
                Column("MXNet 1.9.1", "mxnet", "branches"),
                Column("ours, one thread", ALONE, "branches", share(1 / 1.8)),
            ),
            tolerance=1e-3,
        ),
        Row(
            "4 layers of LSTM on cpu(0..3), forward and backward",
            "stack",
            (
                Column("MXNet 1.9.1", "mxnet", "stack", share(0.8)),
                Column("ours, one thread", ALONE, "stack-together", share(0.55)),
                Column("ours, one context", OURS, "stack-together"),
                Column("MXNet, one context", "mxnet", "stack-together"),
            ),
            tolerance=1e-3,
            rounds=5,
        ),
    ),
    notes=(
        "float32; outputs are compared before timing, of the LSTM also the gradient of "
        "the data. The chain is relu(x + a) * b - c on 16 elements.",
        "'NumPy alone' is our side with DATAFLOW_BACKEND=reference. 'One thread' is "
        "our side with one worker whose kernels have one thread, for the LSTM on one "
        "context: DATAFLOW_CPU_WORKERS=1, DATAFLOW_PARALLEL=0, OMP_NUM_THREADS=1, "
        "OPENBLAS_NUM_THREADS=1.",
        "LSTM layers of 200 units, 35 steps unrolled, batch 32, a ctx_group each.",
    ),
    settle_seconds=0.15,
)
