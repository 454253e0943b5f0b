"""Probes: what would have been without one step, or without one enterprise.

Both fork the world and change one thing; equal keys give both branches the same luck, so the difference is the thing.

    failures   an enterprise stops for a year (its plant is gone): output lost by the whole cluster over that year
    steps      an innovation brought no knowledge: profit that its owner makes over five years less what it would have made

A step is taken back by giving the owner's field the knowledge that it had a quarter before, less what the frontier
moved. Sources: failures as in Diem, Borsos, Reisch, Kertesz and Thurner 2022, by the model's own supply rules instead
of a production function; steps as in Silverberg and Verspagen 2004, value instead of size.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.run import State, slots
from sim.world import CLASS_ASSIMILATED, CLASS_INTRODUCED, World

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Scenario

FAILING = 0.5  # where in the study enterprises are stopped, as a share of its length
SHOCK = 4  # quarters over which a stop is counted
HORIZON = 20  # quarters over which a step is valued
STEPS = 40  # steps valued per run, spread evenly over those made


def branch(state: State) -> State:
    """A copy of the world that goes on by itself."""
    made = replace(
        state,
        world=World(*(table.copy() for table in state.world)),
        recorder=state.recorder.copy(),
    )
    made.__dict__["kept"] = (
        state.kept
    )  # what is recorded does not change, and working it out takes longer than a year
    return made


class Probes:
    """The counterfactuals of one run; ``before`` and ``after`` are called around each quarter."""

    def __init__(self, scenario: Scenario) -> None:
        self.first = scenario.burn_in
        self.fail_at = scenario.burn_in + 4 * int(FAILING * scenario.quarters / 4)
        self.last = scenario.burn_in + scenario.quarters
        self.output = next(
            place
            for place, slot in enumerate(slots(scenario))
            if slot.output == "output_volume" and slot.level == "total"
        )
        self.known: Any = None
        self.made = 0
        self.seen = 0
        self.open: list[dict[str, Any]] = []  # steps whose five years are running
        self.valued: list[dict[str, float]] = []
        self.stopped: list[dict[str, float]] = []

    def before(self, state: State) -> None:
        """Remember what everybody knows, and stop enterprises when it is time."""
        self.known = state.world.enterprises.knowledge.copy()
        self.made = int(state.world.region[0].innovations)
        if state.t == self.fail_at:
            self._stop_each(state)

    def after(self, state: State) -> None:
        """Count profits of branches under way, and begin some for the steps of the quarter."""
        owners = state.world.enterprises
        for each in self.open:
            each["value"] += _profit(owners, each["row"], each["uid"])
            fork = each["fork"]
            fork.advance(fork.t + 1)
            each["value"] -= _profit(fork.world.enterprises, each["row"], each["uid"])
        done = [each for each in self.open if state.t >= each["until"]]
        self.valued += [{"step": each["step"], "value": each["value"]} for each in done]
        self.open = [each for each in self.open if state.t < each["until"]]
        if state.t + HORIZON <= self.last:
            self._begin(state)

    def _begin(self, state: State) -> None:
        world = state.world
        rows = {
            int(uid): row for row, uid in enumerate(world.enterprises.uid) if world.enterprises.alive[row]
        }
        for made in world.innovations[self.made : int(world.region[0].innovations)]:
            if made.kind in (CLASS_INTRODUCED, CLASS_ASSIMILATED) or int(made.owner) not in rows:
                continue
            self.seen += 1
            if self.seen % 4 or len(self.valued) + len(self.open) >= STEPS:
                continue
            row, area = rows[int(made.owner)], int(made.discipline)
            if row >= len(self.known):
                continue
            fork = branch(state)
            before = self.known[row, area] * np.exp(-world.fields[area].growth)
            fork.world.enterprises.knowledge[row, area] = min(before, world.enterprises.knowledge[row, area])
            self.open.append(
                {
                    "fork": fork,
                    "row": row,
                    "uid": int(made.owner),
                    "until": state.t + HORIZON,
                    "step": float(made.step),
                    "value": 0.0,
                }
            )

    def _stop_each(self, state: State) -> None:
        """Stop every enterprise in turn for a year."""
        usual = branch(state)
        usual.advance(state.t + SHOCK)
        window = slice(state.t, state.t + SHOCK)
        total = float(usual.recorder[window, self.output].sum())
        own = state.world.enterprises.output_volume
        alive = np.flatnonzero(state.world.enterprises.alive)
        produced = float(own[alive].sum())
        for row in alive:
            fork = branch(state)
            plant = fork.world.enterprises
            plant.capacity[row] = 0.0
            plant.ordered[row] = 0.0
            fork.advance(state.t + SHOCK)
            lost = total - float(fork.recorder[window, self.output].sum())
            self.stopped.append(
                {"own": float(own[row]) / produced, "lost": lost / total, "enterprises": float(len(alive))}
            )

    def failures(self) -> pd.DataFrame:
        """A row per stopped enterprise: its share of output, and the share of all output that was lost."""
        import pandas as pd

        return pd.DataFrame(self.stopped, columns=["own", "lost", "enterprises"])

    def steps(self) -> pd.DataFrame:
        """A row per valued step: its size (log) and its value (million CNY)."""
        import pandas as pd

        return pd.DataFrame(self.valued, columns=["step", "value"])


def _profit(enterprises: Any, row: int, uid: int) -> float:
    """A quarter's profit of an enterprise, nothing once it has left."""
    one = enterprises[row]
    return float(one.profit) if one.alive and one.uid == uid else 0.0
