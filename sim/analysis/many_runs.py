"""Many runs: outcomes, and nothing else, of many scenarios on the same seeds.

Factorial designs and switched-off mechanisms run dozens of scenarios; to keep their paths would fill the memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any

import numpy as np

from sim.analysis.outcomes import known_output, outcome
from sim.analysis.shared_history import Branch, Failure, paired_runs, plan
from sim.analysis.workers import Progress, all_done
from sim.declare import OUTPUTS
from sim.outputs import Slot
from sim.run import slots
from sim.scenario import Scenario


def outcomes_of(
    scenarios: Sequence[Scenario],
    outputs: Sequence[str],
    seeds: Sequence[int],
    executor: Executor,
    progress: Progress | None = None,
) -> tuple[Any, list[Failure]]:
    """Outcomes [output, scenario, seed], NaN where a run failed, of the seeds that were finished, and what failed."""
    planned = plan(scenarios)
    for name in outputs:
        known_output(name)
    tasks = {seed: (scenarios, outputs, seed, planned) for seed in seeds}
    found, _ = all_done(_of_seed, tasks, executor, progress, len(scenarios))
    failures = [failure for _, failed in found.values() for failure in failed]
    return np.stack([values for values, _ in found.values()], axis=2), failures


def _of_seed(
    scenarios: Sequence[Scenario], outputs: Sequence[str], seed: int, planned: Sequence[Sequence[Branch]]
) -> tuple[Any, list[Failure]]:
    """[output, scenario]."""
    records, failures = paired_runs(scenarios, seed, planned)
    place = {slot: at for at, slot in enumerate(slots(scenarios[0]))}
    paths = (records[:, :, place[Slot(name, "total", 0)]] for name in outputs)
    found = [outcome(path, OUTPUTS[name].kind) for name, path in zip(outputs, paths, strict=True)]
    return np.stack(found), failures
