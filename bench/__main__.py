"""The one entry point: ``python -m bench`` measures, prints and stores."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

from bench.compare import compare
from bench.measure import QUICK, Effort
from bench.sets import SETS


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", choices=sorted(SETS), help="one workload set")
    parser.add_argument("--rounds", type=int, help="rounds a row (9; quick: 3)")
    parser.add_argument(
        "--quick", action="store_true", help="short samples; results are not stored"
    )
    return parser.parse_args(given)


def main() -> None:
    """Measure the chosen sets, one after the other."""
    options = arguments()
    effort = QUICK if options.quick else Effort()
    if options.rounds:
        effort = replace(effort, rounds=options.rounds)
    for name in [options.only] if options.only else SETS:
        report = compare(SETS[name], effort)
        print(report.text(), flush=True)
        if not options.quick:
            print(f"written: {report.write().name}")
        print()


if __name__ == "__main__":
    main()
