"""The operators' rows."""

from __future__ import annotations

from bench.ops.table import TABLE, Timed
from bench.rows import Column, Row, WorkloadSet


def _row(timed: Timed) -> Row:
    return Row(
        timed.key.replace("/", " "),
        timed.key,
        (
            Column("MXNet 1.9.1", "mxnet", timed.key),
            Column("torch", "torch", timed.key),
        ),
        tolerance=1e-3,
    )


OPERATORS = WorkloadSet(
    name="ops",
    unit="us a run",
    scale=1.0,
    ours="bench.ops.ours",
    peers={"mxnet": "bench.ops.peer_mxnet", "torch": "bench.ops.peer_torch"},
    rows=tuple(map(_row, TABLE)),
    notes=(
        "Each operator alone, bound as a symbol here and in MXNet, eager in torch; "
        "'train' is forward and backward for all inputs. Kernels here are the NumPy "
        "reference.",
        "Every library uses its default number of threads.",
    ),
    settle_seconds=0.02,
)
