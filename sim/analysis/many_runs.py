"""Many runs: outcomes, and nothing else, of many scenarios on the same seeds.

Factorial designs and switched-off mechanisms run dozens of scenarios; to keep their paths would fill the memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, as_completed
from typing import Any

import numpy as np

from sim.analysis.outcomes import known_output, outcome
from sim.analysis.shared_history import Branch, Failure, paired_runs, plan
from sim.declare import OUTPUTS
from sim.outputs import Slot
from sim.run import slots
from sim.scenario import Scenario

Progress = Callable[[int, int], None]


def outcomes_of(
    scenarios: Sequence[Scenario],
    outputs: Sequence[str],
    seeds: Sequence[int],
    executor: Executor,
    progress: Progress | None = None,
) -> tuple[Any, list[Failure]]:
    """Outcomes [output, scenario, seed], NaN where a run failed, and what failed."""
    planned = plan(scenarios)
    for name in outputs:
        known_output(name)
    waiting = {executor.submit(_of_seed, scenarios, outputs, seed, planned): seed for seed in seeds}
    found: dict[int, Any] = {}
    failures: list[Failure] = []
    for done in as_completed(waiting):
        found[waiting[done]], failed = done.result()
        failures.extend(failed)
        if progress:
            progress(len(found) * len(scenarios), len(seeds) * len(scenarios))
    return np.stack([found[seed] for seed in seeds], axis=2), failures


def _of_seed(
    scenarios: Sequence[Scenario], outputs: Sequence[str], seed: int, planned: Sequence[Sequence[Branch]]
) -> tuple[Any, list[Failure]]:
    """[output, scenario]."""
    records, failures = paired_runs(scenarios, seed, planned)
    place = {slot: at for at, slot in enumerate(slots(scenarios[0]))}
    paths = (records[:, :, place[Slot(name, "total", 0)]] for name in outputs)
    found = [outcome(path, OUTPUTS[name].kind) for name, path in zip(outputs, paths, strict=True)]
    return np.stack(found), failures
