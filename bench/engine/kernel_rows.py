"""The rows of kernels that two threads share, with the targets of the design."""

from __future__ import annotations

from bench.rows import OURS, Column, Row, Target, WorkloadSet, faster, share

DEFAULTS = "pushed", "kernels"
UNKNOWN = "cost unknown", "unknown"


def _kernels(us: int, target: Target, words: str, prefix: str) -> Row:
    return Row(
        f"kernels of {us} us, {words}",
        f"{prefix}/{us}",
        (
            Column("a loop", OURS, f"loop/{us}", target),
            Column("one worker", OURS, f"alone/{us}", target),
            Column("ThreadPoolExecutor", OURS, f"futures/{us}"),
        ),
    )


def _branches(size: int, times: float) -> Row:
    return Row(
        f"branches of {size} x {size}",
        f"branches/{size}/auto",
        (
            Column("one thread", OURS, f"branches/{size}/0", faster(times)),
            Column("MXNet's executor", "mxnet", f"branches/{size}/auto"),
        ),
        tolerance=1e-3,
    )


KERNELS = WorkloadSet(
    name="kernels",
    unit="us a kernel",
    scale=1.0,
    ours="bench.engine.kernels",
    peers={"mxnet": "bench.engine.branches_mxnet"},
    rows=(
        _kernels(250, faster(1.9), *DEFAULTS),
        _kernels(50, faster(1.85), *DEFAULTS),
        _kernels(12, faster(1.4), *DEFAULTS),
        _kernels(5, share(4 / 3), *DEFAULTS),
        _kernels(5, share(4 / 3), *UNKNOWN),
        _branches(128, 1.75),
        _branches(256, 1.9),
    ),
    notes=(
        "One thread for each call of BLAS: OPENBLAS_NUM_THREADS=1, OMP_NUM_THREADS=1.",
        "Kernels: np.matmul of float32, of as many rows as take the time when our "
        "worker starts; eight chains by turns, pushed one by one on engines with their "
        "defaults. The waiter helps, so that two threads run them.",
        "Cost unknown: inline_below_us=0. One worker: the same, and nobody helps it. "
        "ThreadPoolExecutor: as many threads, and every kernel waits for the future of "
        "the one before it in its chain.",
        "Branches: eight of four products each, added up, bound for inference. One "
        "thread: DATAFLOW_PARALLEL=0. MXNet has MXNET_CPU_WORKER_NTHREADS at the "
        "number of cores.",
        "An executor tries by itself whether a second thread pays, before it is timed "
        "and again every 500 runs: a busy machine lets it run alone.",
    ),
    environment={"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
)
