"""Work of which workers die, for the tests of faults; light, so that workers start fast. It runs no model."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np


def deadly(killing: int, times: int, marks: Path, jobs: Any, keep: Any, fast: bool = False) -> Any:
    """A parcel of made-up runs; the worker is killed at one seed, so many times."""
    from sim.experiments.work import Parcel, as_parquet

    for _, _, seed in jobs:
        deaths = len(list(marks.iterdir()))
        if seed == killing and deaths < times:
            (marks / str(deaths)).touch()
            os.kill(os.getpid(), signal.SIGKILL)
    runs = {run: {"bits": str(seed), "seconds": 0.01} for run, _, seed in jobs}
    return Parcel({"final": as_parquet({"run": np.array(list(runs))})}, runs)
