"""One workload set from start to end: start the sides, measure, report."""

from __future__ import annotations

from dataclasses import replace

from bench.machine import describe
from bench.measure import Effort, measure
from bench.peers import MXNET, TORCH, PeerAbsent, interpreter
from bench.quiet import Patience
from bench.report import Report
from bench.rows import OURS, WorkloadSet
from bench.side import Side, SideFailed, own_side

PEERS = {peer.name: peer for peer in (MXNET, TORCH)}


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
    sides = {OURS: own_side(workloads.ours)}
    absent: dict[str, str] = {}
    for name, module in workloads.peers.items():
        try:
            peer = PEERS[name]
            sides[name] = Side(interpreter(peer), module, peer.environment)
        except (PeerAbsent, SideFailed) as error:
            absent[name] = str(error)
    return sides, absent
