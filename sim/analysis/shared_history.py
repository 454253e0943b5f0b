"""Shared history: all scenarios on one seed, forked where their policies part.

Scenarios with the same data, time and parameters have one past. It is lived once: the first of them runs, and each
other one forks from it at the first quarter in which its levers (announced values included) differ. A forked run
equals the unbroken one to the bit, so sharing changes time and nothing else.

A run that fails, because its books do not close or a number leaves its bounds, costs itself and what still hangs on it; all others are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.run import BooksDoNotClose, State, slots
from sim.scenario import Scenario

FAILS = (BooksDoNotClose, ArithmeticError)  # how a run of compiled rules can fail


class Failure(NamedTuple):
    """A run that came to no end."""

    scenario: str
    seed: int
    message: str


class Branch(NamedTuple):
    """A scenario and the quarter, burn-in counted, in which it leaves the trunk; the trunk itself leaves at the end."""

    quarter: int
    place: int


def plan(scenarios: Sequence[Scenario]) -> list[list[Branch]]:
    """Which scenarios have one past, and when each parts from it: families of branches, the trunk last."""
    families: list[list[int]] = []
    for place, scenario in enumerate(scenarios):
        family = next((each for each in families if same_past(scenarios[each[0]], scenario)), None)
        if family is None:
            families.append([place])
        else:
            family.append(place)
    planned = []
    for trunk, *others in families:
        scenario = scenarios[trunk]
        levers, last = scenario.levers(), scenario.burn_in + scenario.quarters
        branches = []
        for place in others:
            differ = np.flatnonzero(levers != scenarios[place].levers())
            branches.append(Branch(int(differ[0]) if len(differ) else last, place))
        planned.append([*sorted(branches), Branch(last, trunk)])
    return planned


def paired_runs(
    scenarios: Sequence[Scenario], seed: int, planned: Sequence[Sequence[Branch]] | None = None
) -> tuple[Any, list[Failure]]:
    """What all scenarios record on one seed, [scenario, quarter of the study, slot], NaN where a run failed."""
    first = scenarios[0]
    rows = np.full((len(scenarios), first.quarters, len(slots(first))), np.nan)
    failures: list[Failure] = []
    for family in plan(scenarios) if planned is None else planned:
        trunk = State.founded(scenarios[family[-1].place], seed)
        for done, branch in enumerate(family):
            try:
                trunk.advance(branch.quarter)
            except FAILS as error:
                lost = [scenarios[place].name for _, place in family[done:]]
                failures.extend(Failure(name, seed, str(error)) for name in lost)
                break
            try:
                state = trunk.fork(scenarios[branch.place]) if branch is not family[-1] else trunk
                state.advance(state.scenario.burn_in + state.scenario.quarters)
                rows[branch.place] = state.recorder[state.scenario.burn_in :]
            except FAILS as error:
                failures.append(Failure(state.scenario.name, seed, str(error)))
    return rows, failures


def same_past(one: Scenario, other: Scenario) -> bool:
    """Whether all is the same that shapes a run, but policy."""

    def shape(scenario: Scenario) -> tuple[Any, ...]:
        return (
            scenario.chain,
            scenario.population,
            scenario.series,
            scenario.start,
            scenario.quarters,
            scenario.burn_in,
            set_parameters(scenario),
        )

    return shape(one) == shape(other)


def set_parameters(scenario: Scenario) -> dict[str, float]:
    """The parameters that are not at their default, ``group.name``."""
    from sim.declare import PARAMETERS

    return {
        f"{group}.{name}": value
        for group, names in scenario.changes.items()
        for name, (value, _) in names.items()
        if value != PARAMETERS[group][name].default
    }
