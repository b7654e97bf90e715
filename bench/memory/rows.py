"""The rows of memory, with the targets of the design."""

from __future__ import annotations

from bench.memory.networks import NETWORKS, PHASES, key
from bench.rows import OURS, Column, Row, WorkloadSet, share


def _row(network: str, phase: str) -> Row:
    name = key(network, phase)
    return Row(
        f"{network}, {phase}",
        name,
        (
            Column("lower bound", OURS, key(network, phase, "bound"), share(1.05)),
            Column("MXNet 1.9.1", "mxnet", name, share(1.0)),
        ),
        rounds=1,
    )


def _packed(network: str) -> Row:
    weights = Column("its arguments", OURS, key(network, "weights"))
    name = key(network, "packed")
    return Row(f"{network}, weights kept packed", name, (weights,), rounds=1)


MEMORY = WorkloadSet(
    name="memory",
    unit="MiB for intermediate results",
    scale=1.0,
    ours="bench.memory.ours",
    peers={"mxnet": "bench.memory.peer_mxnet"},
    rows=(
        *(_row(network, phase) for phase in PHASES for network in NETWORKS),
        *(_packed(network) for network in NETWORKS),
        Row(
            "ResNet-152, training with a budget of half, batch 4 at 64",
            "budget-within",
            (
                Column("the budget", OURS, "budget-half", share(1.0)),
                Column("without a budget", OURS, "budget-none"),
            ),
            rounds=1,
        ),
    ),
    notes=(
        "Batch 32 at 224 x 224; training with gradients of all arguments, data too. "
        "No time is measured: the figures are those of the plan, the same each time.",
        "The lower bound is what lives at the worst moment in the order of our plan, "
        "workspaces of kernels included. MXNet's figure is what its executor says that "
        "it has allocated, in whole MiB; what its kernels take at run time, such as "
        "workspaces, is not in it. Ours for training has what kernels keep for the "
        "gradient, too.",
        "Weights kept packed, in inference alone, come on top; DATAFLOW_PACKED=0 does "
        "without.",
    ),
)
