"""Fitting: the calibration of the reference case to its history, and the file that it leaves.

``calibration.toml`` names candidates and further moments; fitted are these and all measures of history that are
not held out. The result is ``ensemble.json`` beside the scenario: plausible parameter sets with how they were found, what
each misses, and what the data cannot tell. ``sim.analysis.ensemble`` reads it for comparisons and reports.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from sim.problems import InputError, Problem, Strict, TomlFile, frozen, nearest, read_model
from sim.run import BooksDoNotClose
from sim.scenario import Scenario, load
from sim.validation.calibration import Calibration, Free, Moment, Simulate, identification
from sim.validation.evaluate import value_of
from sim.validation.observations import observe_run
from sim.validation.pool import in_pool
from sim.validation.targets import Measure, targets

FILE = Path(__file__).with_name("calibration.toml")
Progress = Callable[[int, int], None]


class Candidate(Strict):
    """A parameter that may be set free."""

    name: str = Field(description="group.name")
    low: float
    high: float
    source: str


class Plan(Strict):
    """The whole file."""

    scenario: str
    end: str = Field(description="last quarter of the history that is fitted")
    free: tuple[Candidate, ...]
    moments: tuple[Measure, ...] = Field(alias="moment")


def read_plan() -> Plan:
    """The plan. Raises :class:`InputError` with all that is wrong in it."""
    from sim.declare import PARAMETERS
    from sim.scenario import declare_all

    declare_all()
    file, problems = TomlFile(FILE), list[Problem]()
    plan = read_model(Plan, frozen(file.data), file, problems)
    known = {
        f"{group}.{name}": parameter
        for group, names in PARAMETERS.items()
        for name, parameter in names.items()
    }
    for place, free in enumerate(plan.free if plan else ()):
        at = ("free", place, "name")
        if free.name not in known:
            problems.append(
                file.problem(at, free.name, "no such parameter", suggestion=nearest(free.name, known))
            )
        elif not known[free.name].low <= free.low < free.high <= known[free.name].high:
            allowed = f"{known[free.name].low:g}..{known[free.name].high:g}"
            problems.append(
                file.problem(at, free.name, "its prior leaves the declared range", allowed=allowed)
            )
    if problems or plan is None:
        raise InputError(problems)
    return plan


def fitted_measures(plan: Plan) -> list[tuple[str, Measure]]:
    """What is fitted, with the name of each."""
    chosen = [
        (f"{fact.id}: {measure.what}", measure)
        for fact in targets()
        if fact.group == "history" and fact.kind == "calibrated"
        for measure in fact.measures
        if not (measure.held_out or measure.left_out) and measure.over == "runs"
    ]
    return chosen + [(measure.what, measure) for measure in plan.moments]


def as_moment(name: str, measure: Measure) -> Moment:
    """Middle and half width of a band; a band with one end has the end itself as both."""
    low, high = measure.band
    if math.isinf(low) or math.isinf(high):
        end = high if math.isinf(low) else low
        return Moment(name, end, max(abs(end), 1e-9))
    return Moment(name, 0.5 * (low + high), 0.5 * (high - low))


def space(plan: Plan, scenario: Scenario) -> tuple[Free, ...]:
    """The candidates with what the scenario has for them now."""
    record = scenario.parameters()
    found = []
    for free in plan.free:
        group, name = free.name.split(".")
        found.append(Free(free.name, free.low, free.high, float(record[group][name])))
    return tuple(found)


def simulator(plan: Plan, scenario: Scenario, jobs: int | None, progress: Progress | None = None) -> Simulate:
    """Runs of the scenario at points of the candidates, moments of each."""
    names = [free.name for free in plan.free]
    measures = [measure for _, measure in fitted_measures(plan)]
    done = [0, 0]

    def simulate(points: Any, seeds: tuple[int, ...]) -> Any:
        values = np.full((len(points), len(seeds), len(measures)), np.nan)
        done[1] += len(points)
        calls = [
            (scenario, dict(zip(names, map(float, point), strict=True)), seeds, measures) for point in points
        ]
        for place, found in in_pool(moments_of, jobs, calls):
            values[place] = found
            done[0] += 1
            if progress:
                progress(*done)
        return values

    return simulate


def moments_of(
    scenario: Scenario, settings: dict[str, float], seeds: tuple[int, ...], measures: list[Measure]
) -> list[list[float]]:
    """Measures of a parameter set by seed, [seed][measure]; NaN where there is no value."""
    changed = scenario.with_settings({f"parameters.{name}": value for name, value in settings.items()})
    found = []
    for seed in seeds:
        try:
            seen = observe_run(changed, seed, networks=False)
        except BooksDoNotClose:
            found.append([math.nan] * len(measures))
            continue
        values = [value_of(measure, seen) for measure in measures]
        found.append([math.nan if isinstance(value, str) else value for value in values])
    return found


def document(
    plan: Plan, found: Calibration, *, points: int, seeds: int, unseen: int, seconds: float
) -> dict[str, Any]:
    """What ``ensemble.json`` holds."""
    return {
        "about": {
            "made": str(datetime.date.today()),
            "command": f"cluster-sim calibrate --points {points} --seeds {seeds} --unseen {unseen}",
            "scenario": plan.scenario,
            "digest": load(plan.scenario).digest,
            "history": plan.end,
            "runs": found.runs,
            "minutes": round(seconds / 60.0, 1),
            "method": "Sobol screening on a random forest, Gaussian processes per moment, history matching, "
            "unseen seeds (sim/validation/calibration.py)",
        },
        "parameter_sets": [
            {free.name: _short(value) for free, value in zip(found.free, member, strict=True)}
            for member in found.ensemble
        ],
        "distance": {
            "seeds of the search": [_short(value) for value in found.fitted],
            "unseen seeds": [_short(value) for value in found.unseen],
            "defaults on unseen seeds": _short(found.default_unseen),
        },
        "moments": [
            {
                "what": moment.name,
                "target": _short(moment.target),
                "half_band": _short(moment.half),
                "best": _short(found.means[0, place]),
                "low": _short(found.means[:, place].min()),
                "high": _short(found.means[:, place].max()),
            }
            for place, moment in enumerate(found.moments)
        ],
        "priors": {free.name: [free.low, free.high] for free in found.free},
        "influence": {
            name: _short(value) for name, value in sorted(found.influence.items(), key=lambda each: -each[1])
        },
        "identification": identification(found),
    }


def _short(value: float) -> float:
    return float(f"{value:.4g}")
