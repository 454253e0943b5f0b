"""Disruption: raw material stops for two quarters (C5, E8).

The quota of the processes of the first stage is cut to nothing for ``DURATION`` quarters; a second branch of the same world
goes on undisturbed, with the same luck. What is looked at: the local price of the raw material, output of the rest of
the chain, inputs bought outside instead, and new capacity downstream. Source: GCMat (Riddle et al. 2021).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.calendar import Quarter
from sim.run import State
from sim.scenario import Scenario

WHEN = "2016Q1"
DURATION = 2  # quarters
AFTER = 24  # quarters looked at from the beginning of the disruption
LEAST = 1e-3  # of output: a smaller loss is none
OVER = 0.1  # of its worst: below it, for a year, the loss counts as over


@dataclass(frozen=True)
class Disruption:
    """Paths by quarter from the beginning of the disruption: [disturbed and not, quarter]."""

    seed: int
    price: Any = field(repr=False)  # local price of the first good of stage 1
    output: Any = field(repr=False)  # volume of all that is made beyond stage 1
    bought_outside: Any = field(repr=False)  # chain inputs bought outside, at current prices
    ordered: Any = field(repr=False)  # capacity on order beyond stage 1, at the cost of its plant


def observe_disruption(scenario: Scenario, seed: int) -> Disruption:
    """Both branches from one past."""
    begin = Quarter.of(WHEN)
    first_stage = [stage.key for stage in scenario.chain.stages if stage.number == 1]
    stopped = scenario.with_policy(
        extraction_quota={
            "factor": 0.0,
            "start": str(begin),
            "until": str(begin + (DURATION - 1)),
            "stages": first_stage,
        }
    )
    past = State.founded(scenario, seed)
    past.advance(scenario.burn_in + begin.index - scenario.start.index)
    paths = [_watch(past.fork(which)) for which in (stopped, scenario)]
    return Disruption(seed, *(np.array([path[name] for path in paths]) for name in paths[0]))


def _watch(state: State) -> dict[str, list[float]]:
    """Live on and note what :class:`Disruption` holds."""
    seen: dict[str, list[float]] = {"price": [], "output": [], "bought_outside": [], "ordered": []}
    raw = int(np.flatnonzero(state.world.products["stage"] == 1)[0])
    for _ in range(AFTER):
        state.advance(state.t + 1)
        world = state.world
        table = world.enterprises
        rest = table["alive"] & (table["stage"] > 1)
        seen["price"].append(float(world.products["local_price"][raw]))
        seen["output"].append(float(table["output_volume"][rest].sum()))
        seen["bought_outside"].append(float(table["inputs_outside"][rest].sum()))
        cost = world.processes["plant"][table["process"][rest]]
        seen["ordered"].append(float((table["ordered"][rest].sum(axis=1) * cost).sum()))
    return seen


def recovery_over_duration(seen: Disruption) -> float:
    """Quarters until the loss of output is over, counted from its beginning, over those of the disruption."""
    return recovery((seen.output[1] - seen.output[0]) / seen.output[1]) / DURATION


def recovery(loss: Any) -> int:
    """Quarters after which a loss stays below a tenth of its worst for a year; nil where there is hardly any loss."""
    if loss.max() <= LEAST:
        return 0
    small = loss < OVER * loss.max()
    for quarter in range(int(loss.argmax()), len(loss) - 3):
        if small[quarter : quarter + 4].all():
            return quarter
    return len(loss)


def price_spike(seen: Disruption) -> float:
    """Highest local price of raw material in the first year over that of the undisturbed branch, less one."""
    return float((seen.price[0, :4] / seen.price[1, :4]).max() - 1.0)


def substitution(seen: Disruption) -> float:
    """Chain inputs bought outside during the disruption over those of the undisturbed branch, less one."""
    bought = seen.bought_outside[:, :DURATION].sum(axis=1)
    return float(bought[0] / bought[1] - 1.0)


def delayed_capacity(seen: Disruption) -> float:
    """Capacity on order beyond the first stage in the two years after, over the undisturbed branch, less one."""
    ordered = seen.ordered[:, :8].mean(axis=1)
    return float(ordered[0] / ordered[1] - 1.0)
