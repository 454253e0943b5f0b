"""Comparable: which scenarios can be paired, and what else than policy differs between them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from sim.analysis.shared_history import set_parameters
from sim.problems import InputError, Problem
from sim.scenario import Scenario

ParameterSet = Mapping[str, float]  # {"group.name": value}


def in_full(settings: ParameterSet) -> dict[str, float]:
    """A parameter set as settings of a scenario."""
    return {f"parameters.{name.removeprefix('parameters.')}": value for name, value in settings.items()}


def distinct(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """The scenarios under names that differ."""
    named: list[Scenario] = []
    for scenario in scenarios:
        name, number = scenario.name, 2
        while name in [each.name for each in named]:
            name, number = f"{scenario.name}_{number}", number + 1
        named.append(scenario if name == scenario.name else dataclasses.replace(scenario, name=name))
    return named


def differences_outside_policy(scenarios: Sequence[Scenario]) -> list[str]:
    """What else differs from the first scenario, in words. Raises :class:`InputError` where nothing can be paired."""
    first, problems, warnings = scenarios[0], [], []
    for other in scenarios[1:]:
        unlike = [
            part for part in ("chain", "start", "quarters") if getattr(other, part) != getattr(first, part)
        ]
        if unlike:
            times = [f"{each.start} to {each.start + each.quarters - 1}" for each in (other, first)]
            what = "chain is not" if "chain" in unlike else f"horizon, {times[0]}, is not {times[1]},"
            problem = f"its {what} that of {first.name}: outcomes cannot be paired"
            problems.append(Problem("compare", None, other.name, None, problem))
            continue
        data = [
            part
            for part in ("population", "series", "burn_in")
            if getattr(other, part) != getattr(first, part)
        ]
        mine, theirs = set_parameters(first), set_parameters(other)
        data += sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))
        if data:
            warnings.append(
                f"{other.name} differs from {first.name} outside policy, in {', '.join(data)}: "
                "its effect is not that of policy alone"
            )
        elif other == first:
            warnings.append(f"{other.name} is {first.name} to the bit: there is no effect to see")
    if problems:
        raise InputError(problems)
    return warnings
