"""One workload set from start to end: start the sides, measure, report."""

from __future__ import annotations

from dataclasses import replace

from bench.machine import describe
from bench.measure import Effort, measure
from bench.peers import PEERS, PeerAbsent, interpreter
from bench.quiet import Patience
from bench.report import Report
from bench.rows import OURS, Variant, WorkloadSet
from bench.side import Side, SideFailed, own_side


def compare(workloads: WorkloadSet, effort: Effort) -> Report:
    """Measure all rows of a set, with every peer that can be run here."""
    machine = describe()
    effort = replace(effort, settle_seconds=workloads.settle_seconds)
    patience = Patience(effort.patience_seconds)
    sides, absent = start(workloads)
    try:
        measured = [measure(row, sides, effort, patience) for row in workloads.rows]
        versions = {name: side.versions for name, side in sides.items()}
    finally:
        for side in sides.values():
            side.close()
    machine["samples not in quiet"] = str(patience.noisy)
    return Report(workloads, measured, machine, versions, absent, effort.rounds)


def start(workloads: WorkloadSet) -> tuple[dict[str, Side], dict[str, str]]:
    """Start a worker for us and each peer; return also the reasons of the absent."""
    sides = {OURS: own_side(workloads.ours, workloads.environment)}
    absent: dict[str, str] = {}
    wanted = {name: Variant(name, {}) for name in workloads.peers}
    for name, variant in {**wanted, **workloads.variants}.items():
        try:
            sides[name] = _side(workloads, variant)
        except (PeerAbsent, SideFailed) as error:
            absent[name] = str(error)
    return sides, absent


def _side(workloads: WorkloadSet, variant: Variant) -> Side:
    environment = {**workloads.environment, **variant.environment}
    if variant.of == OURS:
        return own_side(workloads.ours, environment)
    peer, module = PEERS[variant.of], workloads.peers[variant.of]
    return Side(interpreter(peer), module, {**peer.environment, **environment})
