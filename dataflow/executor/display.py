"""What binding made of a graph, as a table for notebooks."""

from __future__ import annotations

from collections import Counter

from dataflow.executor.report import PlanReport
from dataflow.visualization.tables import html_table, shown_bytes


def plan_html(report: PlanReport) -> str:
    """Return a plan's report as HTML: a row per context, the totals below."""
    rows = [
        (str(context), str(count), shown_bytes(report.arenas.get(context, 0)))
        for context, count in report.nodes_on.items()
    ]
    kernels = Counter(report.kernels.values())
    return html_table(
        f"Executor: {report.nodes} nodes in {report.segments} segments, "
        f"{report.variables} variables, {report.copies} copies between contexts",
        ("Context", "Nodes", "Arena"),
        rows,
        (
            f"Planned {shown_bytes(report.planned_bytes)} for intermediate results of "
            f"{shown_bytes(report.unshared_bytes)}; no plan in this order takes less "
            f"than {shown_bytes(report.lower_bound)}.",
            "Kernels: " + ", ".join(f"{n} {name}" for name, n in kernels.items()),
        ),
    )
