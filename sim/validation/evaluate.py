"""Evaluate: run what the facts need, on many seeds, and judge every row.

Runs go through a pool of processes, one task a seed; what a task returns are the values of its measures. A measure that
has no value in a run says why; a run that fails costs itself.
"""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Callable
from typing import Any

from sim.run import BooksDoNotClose
from sim.scenario import Scenario
from sim.validation.disruption import observe_disruption
from sim.validation.experiments import Design, designs, perform
from sim.validation.observations import Observations, observe_run
from sim.validation.pool import in_pool
from sim.validation.targets import Fact, Measure, NotComputable, Row, chosen, judge, targets
from sim.validation.worlds import observe_worlds

CHAPTERS = ("enterprises", "knowledge", "chain", "worlds", "disruption")
WORLD_SEEDS = 8  # worlds of many sizes take as long as a hundred runs, and hardly differ between seeds
POOLED = ["uid", "year", "quarters_standing", "sales", "productivity", "frontier", "sales_volume"]  # for A2
Value = float | str  # a number, or why there is none
Progress = Callable[[int, int], None]


def known_facts() -> tuple[str, ...]:
    """The identities of all rows."""
    return (*(fact.id for fact in targets()), *(design.id for design in designs()))


def evaluate(
    scenario: Scenario,
    seeds: int,
    jobs: int | None = None,
    only: str | None = None,
    progress: Progress | None = None,
) -> list[Row]:
    """All rows, or those of ``only`` ("F1,F3"), in the order of the files.

    seeds     runs per fact and arm (1, 2, ...)
    progress  called with tasks done and to do
    Raises :class:`InputError` for unknown facts and for mistakes in the files.
    """
    wanted = chosen(only, known_facts())
    facts = [fact for fact in targets() if fact.id in wanted]
    plans = [design for design in designs() if design.id in wanted]
    tasks = _tasks(facts, seeds)
    count = _Count(len(tasks) + len(plans) * seeds, progress)
    found = _run_all(scenario, facts, tasks, jobs, count)
    rows = [_row(fact, found) for fact in facts]
    for design in plans:
        rows.append(_experiment(design, seeds, jobs, count))
    return rows


@dataclasses.dataclass
class _Count:
    """Tasks done of all."""

    total: int
    tell: Progress | None
    done: int = 0

    def add(self, number: int = 1) -> None:
        self.done += number
        if self.tell:
            self.tell(self.done, self.total)


def _experiment(design: Design, seeds: int, jobs: int | None, count: _Count) -> Row:
    before = count.done

    def step(done: int, total: int) -> None:
        count.add(before + done * seeds // total - count.done)

    return perform(design, seeds, jobs, step)


def _tasks(facts: list[Fact], seeds: int) -> list[tuple[str, int]]:
    """What has to be run: kind and seed. A probed run serves the facts of plain ones too."""
    needed = {measure.over for fact in facts for measure in fact.measures}
    tasks = []
    if needed & {"runs", "probed", "pooled"}:
        kind = "probed" if "probed" in needed else "runs"
        tasks += [(kind, seed) for seed in range(1, seeds + 1)]
    if "disruption" in needed:
        tasks += [("disruption", seed) for seed in range(1, seeds + 1)]
    if "worlds" in needed:
        # The longest first, so that no core waits for the last one.
        tasks = [("worlds", seed) for seed in range(1, min(seeds, WORLD_SEEDS) + 1)] + tasks
    return tasks


@dataclasses.dataclass
class _Found:
    """Values by measure and seed, and of every run what pooled measures look at."""

    values: dict[tuple[str, int], dict[int, Value]] = dataclasses.field(default_factory=dict)
    runs: list[Observations] = dataclasses.field(default_factory=list)


def _run_all(
    scenario: Scenario, facts: list[Fact], tasks: list[tuple[str, int]], jobs: int | None, count: _Count
) -> _Found:
    found = _Found()

    def keep(seed: int, done: tuple[dict[tuple[str, int], Value], Observations | None]) -> None:
        values, seen = done
        for place, value in values.items():
            found.values.setdefault(place, {})[seed] = value
        if seen is not None:
            found.runs.append(seen)
        count.add()

    calls = [(scenario, facts, kind, seed) for kind, seed in tasks]
    for place, done in in_pool(one_task, jobs, calls):
        keep(tasks[place][1], done)
    return found


def one_task(
    scenario: Scenario, facts: list[Fact], kind: str, seed: int
) -> tuple[dict[tuple[str, int], Value], Observations | None]:
    """Run one kind of world on one seed and compute the measures that look at it."""
    looked_at = {"probed": {"probed", "runs"}}.get(kind, {kind})
    places = [
        ((fact.id, place), measure)
        for fact in facts
        for place, measure in enumerate(fact.measures)
        if measure.over in looked_at
    ]
    try:
        seen: Any
        if kind == "worlds":
            seen = observe_worlds(scenario, seed)
        elif kind == "disruption":
            seen = observe_disruption(scenario, seed)
        else:
            seen = observe_run(scenario, seed, probes=kind == "probed")
    except BooksDoNotClose as error:
        return {place: str(error) for place, _ in places}, None
    values = {place: value_of(measure, seen) for place, measure in places}
    return values, light(seen) if isinstance(seen, Observations) else None


def value_of(measure: Measure, seen: Any) -> Value:
    """The value of a measure, or why it has none."""
    try:
        return float(statistic(measure.statistic)(seen, **measure.arguments))
    except NotComputable as why:
        return str(why)


def statistic(name: str) -> Callable[..., Any]:
    """The function of a name, from the chapters of facts."""
    for chapter in CHAPTERS:
        found = getattr(importlib.import_module(f"sim.validation.{chapter}"), name, None)
        if found is not None:
            return found  # type: ignore[no-any-return]  # a module's attribute has no type
    raise KeyError(f"targets.toml names {name}, which none of {', '.join(CHAPTERS)} has")


def light(seen: Observations) -> Observations:
    """What pooled measures need of a run: outputs by quarter, and who sold how much how productively."""
    nothing = {
        name: getattr(seen, name).iloc[:0]
        for name in ("innovations", "projects", "links", "nodes", "adopters")
    }
    panel = seen.panel[POOLED].copy()
    return dataclasses.replace(seen, **nothing, panel=panel, failures=None, steps=None)


def _row(fact: Fact, found: _Found) -> Row:
    results = []
    for place, measure in enumerate(fact.measures):
        if measure.over == "pooled":
            by_seed: dict[int, Value] = _leave_one_out(measure, found.runs)
        else:
            by_seed = dict(sorted(found.values.get((fact.id, place), {}).items()))
        values = [value for value in by_seed.values() if not isinstance(value, str)]
        reasons = [value for value in by_seed.values() if isinstance(value, str)]
        results.append(judge(measure, values, reasons))
    return Row(fact.id, fact.fact, fact.kind, fact.grade, fact.source, fact.group, tuple(results))


def _leave_one_out(measure: Measure, runs: list[Observations]) -> dict[int, Value]:
    """Pseudo-values of a measure over all runs (jackknife): their mean and interval are those of the measure."""
    n = len(runs)
    whole = value_of(measure, runs)
    if n < 2 or isinstance(whole, str):
        return {1: whole}
    runs = sorted(runs, key=lambda run: run.seed)
    pseudo: dict[int, Value] = {}
    for place, run in enumerate(runs):
        part = value_of(measure, runs[:place] + runs[place + 1 :])
        pseudo[run.seed] = part if isinstance(part, str) else n * whole - (n - 1) * part
    return pseudo
