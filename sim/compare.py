"""Compare: scenarios against the first one, seed by seed.

Runs of one seed share their past: the world is founded and lives its burn-in once, then forks (a forked run equals the
unbroken one to the bit). An effect is policy minus baseline within the same seed; what luck has in common cancels.

    effect       mean over seeds of the difference, with a 95 % interval (bias-corrected bootstrap)
    better       share of seeds in which the policy moves the outcome in its good direction (up, where none is declared)
    correlation  of the two runs over seeds
    variance_reduction   variance of a difference of independent runs over that of paired ones

Outcomes are yearly values over the last years of the study: flows of a year added up, stocks at its end, rates averaged.
Public cost is the present value of outlay, tax expenditure, implicit transfers and administration over the study.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from sim.declare import MEASURES, OUTPUTS
from sim.outputs import PER_MEASURE, Slot
from sim.problems import InputError, Problem
from sim.run import State, slots, warm
from sim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

YEARS = 5  # the outcome is the mean over the last years of the study
DISCOUNT = 0.03  # yearly rate of present values of public money
LEVEL = 0.95
RESAMPLES = 2000
# Outcomes that are also kept for every stage, product, size, ownership and origin: who gains, and where goods go.
GROUPED = (
    "output_volume",
    "value_added_volume",
    "employment",
    "profit",
    "enterprises",
    "research",
    "inventive_innovations",
    "sales",
    "sales_local",
    "exports",
    "inputs_local",
    "inputs_outside",
)
COSTS = dict(zip(("outlay", "tax_expenditure", "implicit", "administration"), PER_MEASURE, strict=False))


@dataclass(frozen=True)
class Comparison:
    """Paired runs and what follows from them; the first scenario is the baseline."""

    scenarios: tuple[Scenario, ...]
    seeds: tuple[int, ...]
    values: Any = field(repr=False)  # [scenario, seed, quarter, slot]

    @property
    def baseline(self) -> Scenario:
        """What the others are compared with."""
        return self.scenarios[0]

    @cached_property
    def _slots(self) -> list[Slot]:
        return [slot for _, slot in kept_slots(self.baseline)]

    @cached_property
    def outputs(self) -> list[str]:
        """Names of the outputs of the whole cluster."""
        return [slot.output for slot in self._slots if slot.level == "total"]

    @cached_property
    def _places(self) -> dict[Slot, int]:
        return {slot: place for place, slot in enumerate(self._slots)}

    def keys(self, level: str) -> list[int]:
        """The groups of a level (see ``outputs.Slot``) for which GROUPED outputs are kept."""
        return [slot.key for slot in self._slots if slot.level == level and slot.output == GROUPED[0]]

    def paths(self, output: str, level: str = "total", key: int = 0) -> Any:
        """One output over time, of the cluster or of a group: [scenario, seed, quarter]."""
        return self.values[:, :, :, self._places[Slot(output, level, key)]]

    def outcome(self, output: str, level: str = "total", key: int = 0) -> Any:
        """Yearly value over the last years of the study: [scenario, seed]."""
        path = self.paths(output, level, key)
        years = max(1, min(YEARS, path.shape[2] // 4))
        last = path[:, :, -4 * years :].reshape(*path.shape[:2], years, -1)
        kind = OUTPUTS[output].kind
        yearly = (
            last.sum(axis=3) if kind == "flow" else last[..., -1] if kind == "stock" else last.mean(axis=3)
        )
        return yearly.mean(axis=2)

    @cached_property
    def effects(self) -> pd.DataFrame:
        """One row per scenario and output."""
        import pandas as pd

        rows = []
        for name in self.outputs:
            outcome, declared = self.outcome(name), OUTPUTS[name]
            for place, scenario in enumerate(self.scenarios[1:], start=1):
                rows.append(
                    {
                        "scenario": scenario.name,
                        "output": name,
                        "label": declared.label[0],
                        "unit": declared.unit,
                        "baseline": float(np.mean(outcome[0])),
                        **effect(outcome[0], outcome[place], -1.0 if declared.better == "lower" else 1.0),
                    }
                )
        return pd.DataFrame(rows)

    @cached_property
    def costs(self) -> pd.DataFrame:
        """Present value of public money per scenario and instrument, mean over seeds, million CNY."""
        import pandas as pd

        quarters = self.values.shape[2]
        weight = (1.0 + DISCOUNT) ** (-np.arange(quarters) / 4.0)
        rows = []
        for place, scenario in enumerate(self.scenarios):
            for code, instrument in enumerate(MEASURES):
                paid = {
                    kind: float((self.paths(kept, "measure", code)[place] * weight).sum(axis=1).mean())
                    for kind, kept in COSTS.items()
                }
                if any(paid.values()):
                    rows.append(
                        {
                            "scenario": scenario.name,
                            "instrument": instrument,
                            **paid,
                            "total": sum(paid.values()),
                        }
                    )
        return pd.DataFrame(rows, columns=["scenario", "instrument", *COSTS, "total"])

    def public_cost(self, scenario: str) -> float:
        """Present value of the public money of a scenario, million CNY."""
        costs = self.costs
        return float(costs.total[costs.scenario == scenario].sum())

    def to_dict(self) -> dict[str, Any]:
        """The JSON form: baseline, seeds, effects, cost."""
        keys = [
            "scenario",
            "output",
            "unit",
            "effect",
            "low",
            "high",
            "percent",
            "better",
            "n",
            "correlation",
        ]
        return {
            "baseline": self.baseline.name,
            "seeds": list(self.seeds),
            "effects": json.loads(self.effects[keys].to_json(orient="records")),
            "cost": json.loads(self.costs.to_json(orient="records")),
        }

    def save(self, folder: Path) -> list[Path]:
        """Write effects and costs as CSV and JSON; returns the files."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / "effects.csv", folder / "costs.csv", folder / "comparison.json"]
        self.effects.to_csv(paths[0], index=False)
        self.costs.to_csv(paths[1], index=False)
        paths[2].write_text(json.dumps(self.to_dict(), indent=1))
        return paths

    def plot(self, output: str = "new_materials_share", ax: Any = None) -> Any:
        """Effect on one output over time with its interval; returns the axes."""
        from sim.figures import effect_path_plot

        return effect_path_plot(self, output, ax=ax)


def effect(baseline: Any, policy: Any, good: float = 1.0) -> dict[str, float]:
    """The statistics of a paired comparison of one outcome over seeds."""
    difference = np.asarray(policy, float) - np.asarray(baseline, float)
    known = np.isfinite(difference)
    difference, n = difference[known], int(known.sum())
    nothing = {"effect": np.nan, "low": np.nan, "high": np.nan, "percent": np.nan, "better": np.nan}
    if n == 0:
        return {**nothing, "n": 0, "correlation": np.nan, "variance_reduction": np.nan}
    mean, base = float(difference.mean()), float(np.asarray(baseline, float)[known].mean())
    low, high = interval(difference)
    spread = float(difference.var())
    apart = float(np.asarray(baseline, float)[known].var() + np.asarray(policy, float)[known].var())
    both = np.asarray(baseline, float)[known], np.asarray(policy, float)[known]
    varied = n > 2 and both[0].std() > 0.0 and both[1].std() > 0.0
    return {
        "effect": mean,
        "low": low,
        "high": high,
        "percent": 100.0 * mean / abs(base) if base != 0.0 else np.nan,
        "better": float((good * difference > 0.0).mean()),
        "n": n,
        "correlation": float(np.corrcoef(*both)[0, 1]) if varied else np.nan,
        "variance_reduction": apart / spread if spread > 0.0 else np.nan,
    }


def interval(difference: Any) -> tuple[float, float]:
    """95 % interval of the mean: BCa bootstrap; NaN for fewer than three seeds."""
    difference = np.asarray(difference, float)
    if len(difference) < 3:
        return np.nan, np.nan
    if np.ptp(difference) == 0.0:
        return float(difference[0]), float(difference[0])
    # The bootstrap's own draws are fixed: the same runs give the same interval.
    found = stats.bootstrap(
        (difference,),
        np.mean,
        confidence_level=LEVEL,
        n_resamples=RESAMPLES,
        method="BCa",
        rng=np.random.default_rng(0),
    )
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def compare(
    scenarios: Sequence[Scenario],
    seeds: int | Sequence[int] = 50,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Run scenarios on the same seeds and compare them with the first.

    seeds     how many (1, 2, ...), or which
    jobs      processes; by default one per core, 1 runs here
    progress  called with runs done and to do
    Raises :class:`InputError` when scenarios have different chains or horizons: their outcomes cannot be paired.
    """
    chosen = tuple(range(1, seeds + 1)) if isinstance(seeds, int) else tuple(seeds)
    first = scenarios[0]
    for other in scenarios[1:]:
        if (other.chain, other.start, other.quarters) != (first.chain, first.start, first.quarters):
            problem = f"its chain or horizon is not that of {first.name}: outcomes cannot be paired"
            raise InputError([Problem("compare", None, other.name, None, problem)])
    jobs = jobs or min(len(chosen), os.cpu_count() or 1)
    found: dict[int, Any] = {}
    total = len(chosen) * len(scenarios)
    if jobs == 1:
        for seed in chosen:
            found[seed] = paired_runs(scenarios, seed)
            if progress:
                progress(len(found) * len(scenarios), total)
    else:
        warm()  # one process compiles, the workers load
        with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
            waiting = {pool.submit(paired_runs, scenarios, seed): seed for seed in chosen}
            for done in as_completed(waiting):
                found[waiting[done]] = done.result()
                if progress:
                    progress(len(found) * len(scenarios), total)
    return Comparison(tuple(scenarios), chosen, np.stack([found[seed] for seed in chosen], axis=1))


def paired_runs(scenarios: Sequence[Scenario], seed: int) -> Any:
    """All scenarios on one seed: [scenario, quarter, slot]. Scenarios with one past are forked from it."""
    pasts: list[State] = []
    rows = []
    for scenario in scenarios:
        past = next((state for state in pasts if same_past(state.scenario, scenario)), None)
        if past is None:
            past = State.founded(scenario, seed)
            past.advance(scenario.burn_in)
            pasts.append(past)
        state = past.fork(scenario)
        state.advance(scenario.burn_in + scenario.quarters)
        rows.append(state.recorder[scenario.burn_in :, [place for place, _ in kept_slots(scenario)]])
    return np.stack(rows)


def kept_slots(scenario: Scenario) -> list[tuple[int, Slot]]:
    """What a comparison keeps of a run: totals of the cluster, the books of the instruments, GROUPED by group."""
    return [
        (place, slot)
        for place, slot in enumerate(slots(scenario))
        if slot.level in ("total", "measure") or slot.output in GROUPED
    ]


def same_past(one: Scenario, other: Scenario) -> bool:
    """Whether all that shapes the burn-in, when no policy acts, is the same."""

    def shape(scenario: Scenario) -> tuple[Any, ...]:
        parameters = {
            group: {name: value for name, (value, _) in names.items()}
            for group, names in scenario.changes.items()
        }
        return (
            scenario.chain,
            scenario.population,
            scenario.series,
            scenario.start,
            scenario.burn_in,
            parameters,
        )

    return shape(one) == shape(other)
