"""Liveness: every parameter changes something, every replicate differs."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from conftest import scenario

from sim.declare import INSTRUMENTS, PARAMETERS
from sim.policies import neutral_levers
from sim.run import State

# Changes nothing, and reported: it is compared with a count of projects that is nil when it is looked at.
REPORTED: set[tuple[str, str]] = set()  # parameters that are known to change nothing
NUMBERS = [
    (group, name)
    for group, members in PARAMETERS.items()
    for name in members
    if (group, name) not in REPORTED
]
# A small world, where most show soon, then the reference case with its quotas and joint products.
RUNS = {
    "toy": ("toy", "2015Q4", 4, 24, True),
    "baotou": ("baotou", "2035Q4", 8, 108, True),
    "baotou without policy": ("baotou", "2035Q4", 8, 108, False),
    "baotou with centres that are full": ("baotou", "2020Q4", 8, 48, True),
}


def founded(name: str, numbers: dict[str, dict[str, float]]) -> State:
    """A world in which every instrument is in force at a typical setting from the first quarter of history on, or none."""
    world, end, burn_in, _, policy = RUNS[name]
    base = scenario(world, end, burn_in)
    if name.endswith("full"):
        full = [each.model_copy(update={"service_capacity": 0.0}) for each in base.population.institutes]
        base = replace(base, population=base.population.model_copy(update={"institutes": tuple(full)}))
    state = State.founded(base.with_parameters(**numbers) if numbers else base, 2)
    state.levers = neutral_levers(len(state.levers))
    if not policy:
        return state
    for instrument, declared in INSTRUMENTS.items():
        for key, lever in declared.levers.items():
            middle = sum(lever.typical) / 2.0
            state.levers[instrument][key][burn_in:] = middle
            if lever.ahead:
                state.levers[instrument][f"{key}_ahead"][burn_in:] = middle
    return state


@cache
def reference(name: str) -> tuple[Any, dict[int, bytes]]:
    """What is recorded, and the balances of the sectors every four quarters."""
    state, balances = founded(name, {}), {}
    for t in range(4, RUNS[name][3] + 1, 4):
        state.advance(t)
        balances[t] = state.world.balances.tobytes()
    return state.recorder, balances


def changes_something(name: str, group: str, key: str, value: float) -> bool:
    """In an output or, as with the spending of households, in what a sector owes to others."""
    state = founded(name, {group: {key: value}})
    recorder, balances = reference(name)
    for t in range(4, RUNS[name][3] + 1, 4):
        state.advance(t)
        if state.recorder[:t].tobytes() != recorder[:t].tobytes():
            return True
        if state.world.balances.tobytes() != balances[t]:
            return True
    return False


@pytest.mark.parametrize(("group", "key"), NUMBERS, ids=[f"{group}.{key}" for group, key in NUMBERS])
def test_every_parameter_changes_something(group: str, key: str) -> None:
    """At one end of its range or the other."""
    declared = PARAMETERS[group][key]
    ends = [end for end in (declared.high, declared.low) if end != declared.default]
    assert any(changes_something(name, group, key, end) for name in RUNS for end in ends)


def test_the_default_of_a_parameter_changes_nothing() -> None:
    """Or the tests above would pass for any number."""
    defaults = {
        group: {key: each.default for key, each in members.items()} for group, members in PARAMETERS.items()
    }
    state = founded("toy", defaults)
    state.advance(12)
    assert state.recorder[:12].tobytes() == reference("toy")[0][:12].tobytes()


def test_every_replicate_differs() -> None:
    """Eight seeds, in each of the first quarters of history, none like another; 32 bits and more of a seed count."""
    base = scenario("toy", "2012Q4", 4)
    runs = []
    for seed in (0, 1, 2, 3, 4, 5, 2**32 + 1, 2**33 + 1):
        state = State.founded(base, seed)
        state.advance(12)
        runs.append(state.recorder[4:12])
    for quarter in range(8):
        assert len({run[quarter].tobytes() for run in runs}) == len(runs)
    finals = np.array([run[-1] for run in runs])
    spread = np.nanstd(finals, axis=0)
    assert (spread > 0.0).mean() > 0.1
