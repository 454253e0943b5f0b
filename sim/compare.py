"""Compare: scenarios against the first one, seed by seed.

All scenarios run on the same seeds, from one shared history (``analysis.shared_history``). An effect is policy minus
baseline within the same seed; what luck has in common cancels. The statistics are those of ``analysis.paired``.

Outcomes are yearly values over the last years of the study (``analysis.outcomes``). Public cost is the present value of
outlay, tax expenditure, implicit transfers and administration over the study.

With ``parameter_sets`` every seed runs in every set, all scenarios alike, and intervals cover both.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.comparable import ParameterSet, differences_outside_policy, distinct, in_full
from sim.analysis.outcomes import by_year, good, groups_of, outcome, present_value, years_of
from sim.analysis.paired import NOTES, adjusted, paired_effects
from sim.analysis.shared_history import Branch, Failure, paired_runs, plan
from sim.analysis.workers import Progress, all_done, workers
from sim.declare import MEASURES, OUTPUTS
from sim.outputs import PER_MEASURE, Slot
from sim.problems import InputError, Problem, nearest
from sim.run import slots
from sim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

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
    """Paired runs and what follows from them; the first scenario is the baseline.

    A *pair* is a seed in a parameter set: ``seeds[i]`` and ``set_of[i]`` of pair i.
    """

    scenarios: tuple[Scenario, ...]
    seeds: tuple[int, ...]
    values: Any = field(repr=False)  # [scenario, pair, quarter, kept slot]; NaN where a run failed
    grouped: tuple[str, ...] = GROUPED
    set_of: tuple[int, ...] = ()
    parameter_sets: tuple[ParameterSet, ...] = ({},)
    failures: tuple[Failure, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def baseline(self) -> Scenario:
        """What the others are compared with."""
        return self.scenarios[0]

    @cached_property
    def _places(self) -> dict[Slot, int]:
        return {slot: at for at, (_, slot) in enumerate(kept_slots(self.baseline, self.grouped))}

    @cached_property
    def outputs(self) -> list[str]:
        """Names of the outputs of the whole cluster."""
        return [slot.output for slot in self._places if slot.level == "total"]

    @property
    def years(self) -> list[str]:
        """The calendar years of yearly values."""
        return years_of(self.baseline)

    # --------------------------------------------------------------------------------------------- values
    def keys(self, level: str) -> list[int]:
        """The groups of a level (see ``outputs.Slot``) for which ``grouped`` outputs are kept."""
        return list(groups_of(self.baseline, level))

    def paths(self, output: str, level: str = "total", key: int = 0) -> Any:
        """One output over time, of the cluster, a group or a measure: [scenario, pair, quarter].

        Raises :class:`InputError` for an unknown output and for a level by which it is not kept.
        """
        place = self._places.get(Slot(output, level, key))
        if place is None:
            known = [slot.output for slot in self._places if slot.level == level]
            near = nearest(output, known) if output not in known else ""
            problem = "no such output is kept" + ("" if level == "total" else f" by {level}")
            raise InputError([Problem("compare", None, "output", output, problem, suggestion=near)])
        return self.values[:, :, :, place]

    def by_year(self, output: str, level: str = "total", key: int = 0) -> Any:
        """Yearly values: [scenario, pair, year]."""
        return by_year(self.paths(output, level, key), OUTPUTS[output].kind)

    def outcome(self, output: str, level: str = "total", key: int = 0) -> Any:
        """Mean of the last yearly values: [scenario, pair]."""
        return outcome(self.paths(output, level, key), OUTPUTS[output].kind)

    # ------------------------------------------------------------------------------------------ statistics
    @cached_property
    def effects(self) -> pd.DataFrame:
        """One row per output and scenario, adjusted for all of them."""
        return self.effects_on(self.outputs)

    def effects_on(self, outputs: Iterable[str], level: str = "total") -> pd.DataFrame:
        """One row per output, group of ``level`` and scenario, adjusted for these rows.

        Columns scenario, output, level, group, label, unit and those of ``analysis.paired``. ``group`` is the name of
        a stage, product, size class, ownership or origin, empty in total.
        """
        import pandas as pd

        heads, pairs, signs = [], [], []
        for name in outputs:
            for key, (group, label, _) in groups_of(self.baseline, level).items():
                found = self.outcome(name, level, key)
                about = ": ".join(part for part in (OUTPUTS[name].label[0], label) if part)
                for place, scenario in enumerate(self.scenarios[1:], start=1):
                    heads.append((scenario.name, name, level, group, about, OUTPUTS[name].unit))
                    pairs.append((found[0], found[place]))
                    signs.append(good(name))
        columns = ["scenario", "output", "level", "group", "label", "unit"]
        head = pd.DataFrame(heads, columns=columns)
        if not heads:
            return head
        baseline, policy = (np.array([pair[side] for pair in pairs]) for side in (0, 1))
        return pd.concat([head, paired_effects(baseline, policy, signs, self.sets)], axis=1)

    def effects_over_time(self, output: str) -> pd.DataFrame:
        """One row per scenario and year: columns scenario, output, year, unit and those of ``analysis.paired``."""
        import pandas as pd

        found = np.swapaxes(self.by_year(output), 1, 2)  # [scenario, year, pair]
        tables = []
        for place, scenario in enumerate(self.scenarios[1:], start=1):
            table = paired_effects(found[0], found[place], good(output), self.sets)
            head = {"scenario": scenario.name, "output": output, "year": self.years}
            tables.append(pd.concat([pd.DataFrame({**head, "unit": OUTPUTS[output].unit}), table], axis=1))
        return adjusted(pd.concat(tables, ignore_index=True))

    @property
    def sets(self) -> Any:
        """The parameter set of every pair, when there are several."""
        return np.array(self.set_of) if len(self.parameter_sets) > 1 else None

    # -------------------------------------------------------------------------------------------- public money
    def paid(self, kind: str, instrument: str | None = None) -> Any:
        """Present value of one of COSTS or of "public_revenue", million CNY: [scenario, pair], of one instrument or all."""
        names = MEASURES if instrument is None else (instrument,)
        output = COSTS.get(kind, kind)
        return present_value(sum(self.paths(output, "measure", MEASURES.index(name)) for name in names))

    @cached_property
    def cost(self) -> Any:
        """Present value of all public cost, million CNY: [scenario, pair]."""
        return sum(self.paid(kind) for kind in COSTS)

    @cached_property
    def costs(self) -> pd.DataFrame:
        """Present value of public money per scenario and instrument, mean over pairs, million CNY."""
        import pandas as pd

        rows = []
        for instrument in MEASURES:
            paid = {kind: np.nanmean(self.paid(kind, instrument), axis=1) for kind in COSTS}
            for place, scenario in enumerate(self.scenarios):
                row = {kind: float(of_all[place]) for kind, of_all in paid.items()}
                if any(row.values()):
                    head = {"scenario": scenario.name, "instrument": instrument}
                    rows.append((place, {**head, **row, "total": sum(row.values())}))
        rows.sort(key=lambda row: row[0])
        return pd.DataFrame([row for _, row in rows], columns=["scenario", "instrument", *COSTS, "total"])

    def public_cost(self, scenario: str) -> float:
        """Mean present value of the public money of a scenario, million CNY."""
        place = [each.name for each in self.scenarios].index(scenario)
        return float(np.nanmean(self.cost[place]))

    # ------------------------------------------------------------------------------------------------- out
    def to_dict(self) -> dict[str, Any]:
        """The JSON form: baseline, seeds, effects, cost, warnings, failures."""
        return {
            "baseline": self.baseline.name,
            "seeds": sorted(set(self.seeds)),
            "parameter_sets": [dict(each) for each in self.parameter_sets],
            "effects": json.loads(self.effects.to_json(orient="records")),
            "cost": json.loads(self.costs.to_json(orient="records")),
            "warnings": list(self.warnings),
            "failures": [failure._asdict() for failure in self.failures],
        }

    def save(self, folder: Path) -> list[Path]:
        """Write effects and costs as CSV and JSON; returns the files."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / "effects.csv", folder / "costs.csv", folder / "comparison.json"]
        self.effects.to_csv(paths[0], index=False)
        self.costs.to_csv(paths[1], index=False)
        paths[2].write_text(json.dumps(self.to_dict(), indent=1, ensure_ascii=False), "utf-8")
        return paths

    def plot(self, output: str = "new_materials_share", ax: Any = None) -> Any:
        """Effect on one output over time with its interval; returns the axes."""
        from sim.figures import effect_path_plot

        return effect_path_plot(self, output, ax=ax)

    def report(self, path: Path | str, language: str = "en", command: str = "") -> Path:
        """Write the report, one HTML page in English ("en") or Chinese ("zh"), with the command that makes it again."""
        from sim.report import write_report

        return write_report(self, path, language, command)


def compare(
    scenarios: Sequence[Scenario],
    seeds: int | Sequence[int] = 50,
    jobs: int | None = None,
    progress: Progress | None = None,
    parameter_sets: Sequence[ParameterSet] | None = None,
    grouped: Sequence[str] = GROUPED,
    executor: Executor | None = None,
) -> Comparison:
    """Run scenarios on the same seeds and compare them with the first.

    seeds           how many (1, 2, ...), or which
    jobs            workers (threads, processes when they are many); by default one per core, 1 runs here
    progress        called with runs done and to do
    parameter_sets  assumptions to run in, each ``{"group.name": value}`` on top of what the scenarios say
    grouped         outputs that are also kept by stage, product, size, ownership and origin
    executor        where to run instead, as ``analysis.workers`` makes; it stays open
    Interrupted, it returns the pairs that are finished, with a warning. Raises :class:`InputError` when scenarios have
    different chains or horizons: their outcomes cannot be paired.
    """
    chosen = tuple(range(1, seeds + 1)) if isinstance(seeds, int) else tuple(seeds)
    if not scenarios or not chosen:
        raise InputError([Problem("compare", None, "", None, "needs at least one scenario and one seed")])
    named = distinct(scenarios)
    warnings = [*differences_outside_policy(named)]
    sets = tuple(parameter_sets or ({},))
    planned = plan(named)
    worlds = [
        named if not each else [scenario.with_settings(in_full(each)) for scenario in named] for each in sets
    ]
    pairs = [(place, seed) for place in range(len(sets)) for seed in chosen]
    tasks = {(place, seed): (worlds[place], seed, planned, grouped) for place, seed in pairs}
    with contextlib.ExitStack() as closing:
        if executor is None:
            executor = closing.enter_context(workers(min(jobs or os.cpu_count() or 1, len(pairs))))
        found, missing = all_done(one_pair, tasks, executor, progress, len(named))
    if missing:
        warnings.append(f"{missing} after {len(found)} of {len(pairs)} pairs: the others are left out")
    pairs = list(found)
    if len(pairs) == 1:
        warnings.append(NOTES["single"][0])
    failures = [failure for pair in pairs for failure in found[pair][1]]
    return Comparison(
        tuple(named),
        tuple(seed for _, seed in pairs),
        np.stack([found[pair][0] for pair in pairs], axis=1),
        tuple(grouped),
        tuple(place for place, _ in pairs),
        sets,
        tuple(failures),
        tuple(warnings),
    )


def one_pair(
    scenarios: Sequence[Scenario],
    seed: int,
    planned: Sequence[Sequence[Branch]],
    grouped: Sequence[str] = GROUPED,
) -> tuple[Any, list[Failure]]:
    """All scenarios on one seed: [scenario, quarter, kept slot], failures."""
    records, failures = paired_runs(scenarios, seed, planned)
    return records[:, :, [place for place, _ in kept_slots(scenarios[0], grouped)]], failures


def kept_slots(scenario: Scenario, grouped: Sequence[str] = GROUPED) -> list[tuple[int, Slot]]:
    """What a comparison keeps of a run: totals of the cluster, the books of the instruments, ``grouped`` by group."""
    return [
        (place, slot)
        for place, slot in enumerate(slots(scenario))
        if slot.level in ("total", "measure") or slot.output in grouped
    ]
