"""The machine that results were measured on, in words."""

from __future__ import annotations

import datetime
import os
import platform
from pathlib import Path

CPU_FACTS = Path("/proc/cpuinfo")


def describe() -> dict[str, str]:
    """Return facts by name: date, processor, cores, system, Python, load."""
    today = datetime.datetime.now(datetime.UTC)
    return {
        "date": today.date().isoformat(),
        "processor": _processor(),
        "cores": str(_cores()),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "load before": _load(),
    }


def _cores() -> int:
    """Return the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _load() -> str:
    """Return how many processes wanted a core in the last minute, on average."""
    return f"{os.getloadavg()[0]:.2f}" if hasattr(os, "getloadavg") else "unknown"


def _processor() -> str:
    if CPU_FACTS.exists():
        for line in CPU_FACTS.read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor() or "unknown"
