"""Reference runs: short runs whose numbers are kept, so that a change that moves results is seen and said.

    python -m sim.reference --reason "what moved the numbers, and why that is right"

rewrites ``tests/reference.json``; without a reason nothing is written. The test compares every kept number.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from sim.run import run
from sim.scenario import load

FILE = Path(__file__).parents[1] / "tests" / "reference.json"
RUNS = (("toy", 1), ("toy", 2), ("baotou", 1), ("baotou", 2))
END = (
    "2014Q4"  # long enough for every rule to act, short enough that rounding on another machine does not grow
)
TOLERANCE = 1e-6  # relative, between platforms; on one platform runs agree to the bit


def measure(name: str, seed: int) -> dict[str, float]:
    """Means over the study of all outputs of a reference run."""
    made = run(load(name).with_run(end=END), seed)
    return {str(output): float(value) for output, value in made.outputs.mean().items()}


def moved(kept: dict[str, float], now: dict[str, float]) -> list[str]:
    """Outputs that are new, gone, or differ by more than the tolerance."""
    changed = sorted(set(kept) ^ set(now))
    for name in sorted(set(kept) & set(now)):
        if not np.isclose(kept[name], now[name], rtol=TOLERANCE, atol=1e-12, equal_nan=True):
            changed.append(f"{name}: {kept[name]:.10g} -> {now[name]:.10g}")
    return changed


def main() -> None:
    """Renew the file, for a reason."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reason", default="", help="why the numbers moved")
    reason = parser.parse_args().reason.strip()
    if len(reason) < 10:
        sys.exit(
            'Reference runs are renewed for a reason: make reference REASON="what moved the numbers, and why"'
        )
    runs: dict[str, Any] = {f"{name} {seed}": measure(name, seed) for name, seed in RUNS}
    FILE.write_text(json.dumps({"date": str(date.today()), "reason": reason, "runs": runs}, indent=1) + "\n")
    print(f"{FILE}: {len(runs)} runs renewed. Say so in docs/changes.md (RESULTS).")


if __name__ == "__main__":
    main()
