"""The primitives' rows."""

from __future__ import annotations

from bench.primitives.table import BLOCK, BLOCK_SHAPE, PRODUCTS, ROUNDED, TABLE
from bench.rows import OURS, Column, Row, Variant, WorkloadSet

_BLOCK_NAME = (
    f"convolution, BatchNorm, relu, convolution {'x'.join(map(str, BLOCK_SHAPE))} train"
)
_NAMES = {timed.key: timed.key.replace("/", " ") for timed in TABLE} | {
    BLOCK: _BLOCK_NAME
}


def _strict(key: str) -> Row:
    peers = (Column("MXNet 1.9.1", "mxnet", key), Column("torch", "torch", key))
    return Row(_NAMES[key], key, peers, tolerance=1e-3)


def _rounded(key: str) -> Row:
    peers = (
        Column("strict", OURS, key),
        Column("torch, autocast", "torch", f"{key}/{ROUNDED}"),
    )
    return Row(f"{_NAMES[key]}, bf16", key, peers, side=ROUNDED)


PRIMITIVES = WorkloadSet(
    name="primitives",
    unit="us a run",
    scale=1.0,
    ours="bench.primitives.ours",
    peers={
        "mxnet": "bench.primitives.peer_mxnet",
        "torch": "bench.primitives.peer_torch",
    },
    variants={ROUNDED: Variant(OURS, {"DATAFLOW_FPMATH": "bf16"})},
    rows=(
        *map(_strict, _NAMES),
        *map(_rounded, [*(timed.key for timed in PRODUCTS), BLOCK]),
    ),
    notes=(
        "Forward and backward for all inputs, bound as a symbol here and in MXNet, "
        "eager in torch; torch has the channels of the block's images last.",
        "bf16: DATAFLOW_FPMATH=bf16, where products have factors in bfloat16 and all "
        "arrays stay float32; torch under autocast, whose results are bfloat16.",
        "Every library uses its default number of threads.",
    ),
    settle_seconds=0.02,
)
