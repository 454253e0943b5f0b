"""Exploration: the model in the hands of the EMA Workbench (Kwakkel 2017).

    from ema_workbench import SequentialEvaluator
    from sim.analysis.exploration import ema_model

    model = ema_model(sim.load("baotou"), levers=["research_grant.rate"], outcomes=["new_materials_share"])
    with SequentialEvaluator(model) as evaluator:
        experiments, outcomes = evaluator.perform_experiments(scenarios=100, policies=5)

Uncertainties, levers and outcomes come from the declarations: assumptions with their ranges, levers with their typical
ranges, outputs with their good direction. Each experiment is the mean over the seeds, so all use the same luck.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.declare import INSTRUMENTS, OUTPUTS, PARAMETERS
from sim.experiments.designs import Design
from sim.experiments.factors import Factor
from sim.experiments.results import Results
from sim.experiments.work import FINAL, Lived, final
from sim.problems import InputError, Problem
from sim.run import run
from sim.scenario import Scenario

HEADLINES = (
    "new_materials_share",
    "new_materials_volume",
    "talents_employed",
    "inventive_innovations",
    "public_cost",
)
JOIN = "__"  # the workbench passes names as keyword arguments: dots will not do


def workbench() -> Any:
    """The package ``ema_workbench``. Raises :class:`InputError` with the extra to install when it is missing."""
    try:
        with warnings.catch_warnings():  # it tells of what else could be installed
            warnings.simplefilter("ignore")
            import ema_workbench
    except ImportError:
        hint = "needs the EMA Workbench: pip install 'cluster-sim[exploration]'"
        raise InputError([Problem("", None, "exploration", None, hint)]) from None
    return ema_workbench


def ema_model(
    scenario: Scenario,
    *,
    uncertainties: Sequence[str] | None = None,
    levers: Sequence[str] | None = None,
    outcomes: Sequence[str] = HEADLINES,
    series: Sequence[str] = (),
    seeds: Sequence[int] = (1,),
    start: str | None = None,
) -> Any:
    """The scenario as an ``ema_workbench.Model``.

    uncertainties  parameters, as ``search.alpha``; by default all assumptions
    levers         as ``research_grant.rate``; by default those whose neutral value lies outside their typical range
    outcomes       outputs whose yearly value over the last years is a scalar outcome; ``series``: over time
    start          quarter from which levers act, by default the first
    """
    ema = workbench()
    chosen = [f"parameters.{name}" for name in (_assumptions() if uncertainties is None else uncertainties)]
    acting = [f"policy.{name}" for name in (_levers() if levers is None else levers)]
    seen = Design.of(title="exploration", scenarios=[scenario], vary={name: {} for name in (*chosen, *acting)},
                     keep={"outputs": [*outcomes, *series]}, sample={"method": "one_at_a_time"})  # fmt: skip
    by_name = {factor.name: factor for factor in seen.factors}
    dates = (
        {f"policy.{name}.start": start for name in {lever.split(".")[1] for lever in acting}} if start else {}
    )

    def experiment(**values: float) -> dict[str, Any]:
        settings = {name.replace(JOIN, "."): float(value) for name, value in values.items()}
        lived = [run(scenario.with_settings({**dates, **settings}), seed) for seed in seeds]
        finals = [final(Lived(one.scenario, one.seed, one.recorder, {})) for one in lived]
        found: dict[str, Any] = {
            name: float(np.mean([each[name][0] for each in finals])) for name in outcomes
        }
        return found | {
            _by_quarter(n): np.mean([one.outputs[n].to_numpy() for one in lived], axis=0) for n in series
        }

    model = ema.Model("cluster", function=experiment)
    model.uncertainties = [_parameter(ema, by_name[name]) for name in chosen]
    model.levers = [_parameter(ema, by_name[name]) for name in acting]
    model.outcomes = [_scalar(ema, name) for name in outcomes]
    model.outcomes += [ema.TimeSeriesOutcome(_by_quarter(name)) for name in series]
    return model


def _assumptions() -> list[str]:
    return [
        f"{g}.{name}"
        for g, members in PARAMETERS.items()
        for name, p in members.items()
        if p.kind == "assumption"
    ]


def _levers() -> list[str]:
    return [
        f"{name}.{key}"
        for name, declared in INSTRUMENTS.items()
        for key, lever in declared.levers.items()
        if not lever.typical[0] <= lever.default <= lever.typical[1]
    ]


def _parameter(ema: Any, factor: Factor) -> Any:
    return ema.RealParameter(factor.name.replace(".", JOIN), factor.low, factor.high)


def _scalar(ema: Any, name: str) -> Any:
    kinds = {
        "higher": ema.ScalarOutcome.MAXIMIZE,
        "lower": ema.ScalarOutcome.MINIMIZE,
        "": ema.ScalarOutcome.INFO,
    }
    return ema.ScalarOutcome(name, kind=kinds[OUTPUTS[name].better])


def _by_quarter(output: str) -> str:
    return f"{output}_by_quarter"


def save(results: Results, path: Path) -> Path:
    """Runs of a store as the workbench loads them (``ema_workbench.load_results``): a run is an experiment.

    Outcomes are those of ``Results.final``; over time the outputs that the design names, or the headlines.
    """
    ema = workbench()
    finals = results.final()
    names = [name for name in results.table(FINAL).columns if name != "run"]
    experiments = finals.drop(columns=names).rename(columns={"scenario": "policy", "run": "scenario"})
    experiments = experiments.assign(model="cluster")
    outcomes: dict[str, Any] = {}
    for name in names:
        ema.ScalarOutcome(name)  # the workbench has to have heard of it
        outcomes[name] = finals[name].to_numpy()
    series = [name for name in results.design["keep"]["outputs"] or HEADLINES if name in names]
    if "total" in results.design["keep"]["levels"]:
        frame = results.frame(series)
        for name in series:
            ema.ArrayOutcome(_by_quarter(name))
            outcomes[_by_quarter(name)] = frame[name].to_numpy().reshape(len(finals), -1)
    ema.save_results((experiments, outcomes), str(path))
    return path
