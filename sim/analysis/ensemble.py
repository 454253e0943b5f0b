"""Ensemble: the plausible parameter sets of a scenario, as calibration left them.

    sim.compare([base, grant], seeds=20, parameter_sets=plausible_sets(base))

gives intervals that cover what is not known about the world as well as luck. The file ``ensemble.json`` stands beside the
root scenario; ``cluster-sim calibrate`` writes it with how it was found (``sim.validation.fitting``).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.analysis.comparable import ParameterSet
from sim.problems import InputError, Problem
from sim.scenario import Scenario

NAME = "ensemble.json"


def ensemble_file(scenario: Scenario) -> Path:
    """Where the ensemble of a scenario stands, or would stand: beside the root of its tree."""
    return scenario.layers[0].folder / NAME


def ensemble(scenario: Scenario) -> dict[str, Any]:
    """The whole file: sets, distances, moments, identification. Raises :class:`InputError` when there is none."""
    path = ensemble_file(scenario)
    if not path.is_file():
        problem = "no plausible parameter sets are known; `cluster-sim calibrate` finds them"
        raise InputError([Problem(str(path), None, "ensemble", scenario.name, problem)])
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def plausible_sets(scenario: Scenario, number: int | None = None) -> list[ParameterSet]:
    """Plausible parameter sets, ``{"group.name": value}``, the best first; all or the first ``number``."""
    sets: list[ParameterSet] = ensemble(scenario)["parameter_sets"]
    return sets[:number]
