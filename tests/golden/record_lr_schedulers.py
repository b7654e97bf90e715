"""Records the golden values of tests/test_lr_scheduler.py with MXNet 1.9.1.

Run by a Python that has mxnet 1.9.1, from the project's root:

    PYTHONPATH=. python tests/golden/record_lr_schedulers.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mxnet as mx


def warmed(**more: Any) -> dict[str, Any]:
    return {"base_lr": 0.5, "warmup_steps": 4, "warmup_begin_lr": 0.1, **more}


SCHEDULES = [
    ("FactorScheduler", {"step": 3}),
    ("FactorScheduler", {"step": 3, "factor": 0.5, "base_lr": 1.0}),
    ("FactorScheduler", {"step": 2, "factor": 0.1, "stop_factor_lr": 1e-3}),
    ("FactorScheduler", warmed(step=5, factor=0.5)),
    ("FactorScheduler", warmed(step=5, factor=0.5, warmup_mode="constant")),
    ("MultiFactorScheduler", {"step": [2, 5, 11], "factor": 0.5}),
    ("MultiFactorScheduler", warmed(step=[2, 5, 11], factor=0.5)),
    ("PolyScheduler", {"max_update": 15}),
    ("PolyScheduler", {"max_update": 15, "pwr": 0.5, "final_lr": 0.002}),
    ("PolyScheduler", warmed(max_update=15, pwr=3)),
    ("CosineScheduler", {"max_update": 15}),
    ("CosineScheduler", warmed(max_update=15, final_lr=0.01)),
    ("CosineScheduler", warmed(max_update=15, warmup_mode="constant")),
]
UPDATES = [*range(21), 40]
LEAPS = [1, 9, 30]


def series(kind: str, settings: dict[str, Any], updates: list[int]) -> list[float]:
    scheduler = getattr(mx.lr_scheduler, kind)(**settings)
    return [scheduler(n) for n in updates]


def main() -> None:
    found = [
        {
            "kind": kind,
            "settings": settings,
            "updates": updates,
            "rates": series(kind, settings, updates),
        }
        for kind, settings in SCHEDULES
        for updates in (UPDATES, LEAPS)
    ]
    target = Path(__file__).parent / "lr_schedulers.json"
    target.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
