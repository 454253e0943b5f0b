"""Observations: what a statistician would have seen of one run.

A run is lived quarter by quarter; everything that the facts ask for is taken down once, here, and each fact is then a
small function of these tables:

    panel         a row per enterprise and year: flows of the year added up, stocks at the end of its last quarter
    innovations   the append-only table of the model, with the row's year
    projects      a row per joint project and quarter: cognitive distance, and whether there was a result
    links         research partnerships at year-ends (year, one, other), uids of enterprises and institutes
    nodes         who there was at year-ends (year, uid, size in talents, founded)
    adopters      enterprises that took an innovation over, by year-end
    quarters      outputs of the whole cluster by quarter
    closing       the relative gap of the goods account, by quarter

Productivity is quantity productivity: output per unit of work as the enterprise achieves it, personal luck included,
relative to the frontier; ``frontier`` is what the frontier's knowledge is worth in productivity (to the same power as an
enterprise's own), so that absolute productivity is their product and who learns nothing stands still.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.run import Run, State
from sim.world import INTEGRATED, INTERNATIONAL

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Scenario

FLOWS = (
    "sales", "sales_volume", "sales_local", "output_value", "output_volume", "produced", "value_added",
    "value_added_volume", "profit", "investment", "depreciation", "research", "learned_local", "learned_outside",
    "learned_own", "wages", "talent_pay",
)  # fmt: skip
STOCKS = (
    "group", "process", "product", "stage", "founded", "origin", "ownership", "in_zone", "capital", "capacity",
    "capability", "quality", "patents_granted", "experience", "practice", "cash", "debt",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Observations:
    """What is known of one run; equal to none but itself. Tables are data frames; see the chapter for their meaning."""

    seed: int
    first_year: int
    panel: pd.DataFrame = field(repr=False)
    innovations: pd.DataFrame = field(repr=False)
    projects: pd.DataFrame = field(repr=False)
    links: pd.DataFrame = field(repr=False)
    nodes: pd.DataFrame = field(repr=False)
    adopters: pd.DataFrame = field(repr=False)
    quarters: pd.DataFrame = field(repr=False)
    closing: Any = field(repr=False)
    products: pd.DataFrame = field(repr=False)  # by row: key, stage, counted, critical (tonne/unit)
    failures: pd.DataFrame | None = field(default=None, repr=False)  # chapter "probes"
    steps: pd.DataFrame | None = field(default=None, repr=False)  # chapter "probes"

    def yearly(self, output: str, way: str) -> Any:
        """An output of the whole cluster by year: ``sum`` of quarters, ``last`` of them, or their ``mean``."""
        path = self.quarters[output]
        found: Any = path.groupby([int(name[:4]) for name in path.index]).agg(way)
        return found


def observe_run(
    scenario: Scenario, seed: int, *, probes: bool = False, networks: bool = True
) -> Observations:
    """Live a scenario and take everything down; with ``probes`` also the counterfactuals of chapter "probes".

    Without ``networks`` projects, links, nodes and adopters are left out, which takes half the time.
    """
    import pandas as pd

    from sim.validation.probes import Probes

    state = State.founded(scenario, seed)
    state.advance(scenario.burn_in)
    notes = _Notes(scenario, networks)
    asked = Probes(scenario) if probes else None
    while state.t < scenario.burn_in + scenario.quarters:
        if asked:
            asked.before(state)
        state.advance(state.t + 1)
        notes.take(state)
        if asked:
            asked.after(state)
    run = Run(scenario, seed, state.recorder[scenario.burn_in :], state)
    made = state.world.innovations[: int(state.world.region[0].innovations)]
    innovations = pd.DataFrame({name: made[name] for name in made.dtype.names})
    innovations["year"] = notes.year_of(innovations.quarter)
    products = state.world.products
    return Observations(
        seed=seed,
        first_year=scenario.start.year,
        panel=notes.panel(),
        innovations=innovations,
        projects=pd.DataFrame(notes.projects, columns=["distance", "result"]),
        links=pd.DataFrame(notes.links, columns=["year", "one", "other"]),
        nodes=pd.DataFrame(notes.nodes, columns=["year", "uid", "size", "founded"]),
        adopters=pd.DataFrame(notes.adopters, columns=["year", "uid", "adopters"]),
        quarters=run.outputs,
        closing=np.array(notes.closing),
        products=pd.DataFrame(
            {
                "key": [product.key for product in scenario.chain.products],
                "stage": products.stage,
                "counted": products.counted,
                "critical": products.critical,
            }
        ),
        failures=asked.failures() if asked else None,
        steps=asked.steps() if asked else None,
    )


@dataclass(frozen=True)
class Acquaintance:
    """Research partners that enterprises know and that still live, arrays [enterprise, slot]."""

    uid: Any
    row: Any
    institute: Any
    lives: Any

    @classmethod
    def of(cls, world: Any, alive: Any) -> Acquaintance:
        """The partners of the enterprises in rows ``alive``."""
        table = world.enterprises
        uid, row, institute = (table[name][alive] for name in ("partner_uid", "partner", "partner_institute"))

        def holds(others: Any) -> Any:
            at = np.minimum(row, len(others) - 1)
            return others["alive"][at] & (others["uid"][at] == uid)

        lives = (uid != 0) & np.where(institute, holds(world.institutes), holds(table))
        return cls(uid, row, institute, lives)


class _Notes:
    """What is taken down while a run goes on."""

    def __init__(self, scenario: Scenario, networks: bool) -> None:
        self.scenario, self.networks = scenario, networks
        self.rows: list[dict[str, Any]] = []
        self.projects: list[tuple[float, bool]] = []
        self.links: list[tuple[int, int, int]] = []
        self.nodes: list[tuple[int, int, int, int]] = []
        self.adopters: list[tuple[int, int, int]] = []
        self.closing: list[float] = []

    def year_of(self, t: Any) -> Any:
        """The calendar year of a quarter of the world, which counts from the beginning of the burn-in."""
        return (self.scenario.start.index + t - self.scenario.burn_in) // 4

    def take(self, state: State) -> None:
        """Look at the world at the end of a quarter."""
        world, year = state.world, int(self.year_of(state.t - 1))
        self.closing.append(float(world.audit["goods"][0]))
        alive = np.flatnonzero(world.enterprises["alive"])
        self.rows.append(self._enterprises(state, alive, year))
        if not self.networks:
            return
        known = Acquaintance.of(world, alive)
        self._projects(state, alive, known)
        if (state.t - self.scenario.burn_in) % 4 == 0:
            self._network(world, alive, known, year)
            made = int(world.region["innovations"][0])
            uid, adopters = world.innovations["uid"][:made], world.innovations["adopters"][:made]
            many = adopters > 0
            self.adopters += zip(
                [year] * int(many.sum()), uid[many].tolist(), adopters[many].tolist(), strict=True
            )

    def _enterprises(self, state: State, alive: Any, year: int) -> dict[str, Any]:
        world, p, table = state.world, state.p, state.world.enterprises
        fields = len(world.fields)
        weight = world.processes["weight"][table["process"][alive], :fields]
        known = np.where(weight > 0.0, table["knowledge"][alive, :fields], 1.0)
        talents = table["local_talents"][alive] + table["introduced_talents"][alive]
        return {
            "uid": table["uid"][alive],
            "year": np.full(len(alive), year),
            "quarters": np.ones(len(alive)),
            **{name: table[name][alive] for name in (*FLOWS, *STOCKS)},
            "quarters_standing": (table["capacity"][alive] > 0.0).astype(float),
            "exports": table["sales_market"][alive, INTERNATIONAL],
            "innovations": table["innovations"][alive].sum(axis=1),
            "employment": table["workers"][alive] + talents,
            "productivity": table["productivity"][alive] * np.exp(-table["cost_luck"][alive]),
            "frontier": np.exp(
                p.commercialisation.productivity_power * (weight @ np.log(world.fields["frontier"]))
            ),
            # What chapter "spillovers" calls learning from outside patents and trade, its equation (2).
            "spilled_in": p.spillovers.outside
            * table["absorptive"][alive]
            * np.maximum(0.0, -np.log(known)).sum(axis=1),
        }

    def _projects(self, state: State, alive: Any, known: Acquaintance) -> None:
        """Joint projects under way, their cognitive distance and whether they had a result this quarter."""
        world, now, table = state.world, state.t - 1, state.world.enterprises
        slot = table["joint_slot"][alive]
        place = np.arange(len(alive))
        at_work = np.flatnonzero((table["joint_until"][alive] > now) & known.lives[place, slot])
        made = int(world.region["innovations"][0])
        recent = world.innovations[max(0, made - 8 * len(alive)) : made]
        fresh = (recent["quarter"] == now) & (recent["mode"] == INTEGRATED)
        successful = set(
            zip(recent["owner"][fresh].tolist(), recent["second_owner"][fresh].tolist(), strict=True)
        )
        for one in at_work:
            row, other = alive[one], known.row[one, slot[one]]
            theirs = world.institutes if known.institute[one, slot[one]] else world.enterprises
            weight = world.processes["weight"][table["process"][row]]
            where = weight > 0.0
            gap = np.abs(np.log(theirs["knowledge"][other][where] / table["knowledge"][row][where]))
            pair = int(table["uid"][row]), int(theirs["uid"][other])
            self.projects.append((float(weight[where] @ gap), pair in successful))

    def _network(self, world: Any, alive: Any, known: Acquaintance, year: int) -> None:
        for table, rows in (
            (world.enterprises, alive),
            (world.institutes, np.flatnonzero(world.institutes["alive"])),
        ):
            staff = table["local_talents"][rows] + table["introduced_talents"][rows]
            columns = (table["uid"][rows], staff, table["founded"][rows])
            self.nodes += zip([year] * len(rows), *(column.tolist() for column in columns), strict=True)
        one, slot = np.nonzero(known.lives)
        ends = np.stack([world.enterprises["uid"][alive[one]], known.uid[one, slot]])
        self.links += [(year, *pair) for pair in np.unique(np.sort(ends, axis=0), axis=1).T.tolist()]

    def panel(self) -> pd.DataFrame:
        """Quarterly rows of enterprises made yearly."""
        import pandas as pd

        quarterly = pd.DataFrame(
            {name: np.concatenate([rows[name] for rows in self.rows]) for name in self.rows[0]}
        )
        summed = {
            name: "sum"
            for name in (*FLOWS, "quarters", "quarters_standing", "exports", "innovations", "spilled_in")
        }
        how = {name: summed.get(name, "last") for name in quarterly.columns if name not in ("uid", "year")}
        panel = quarterly.groupby(["uid", "year"], as_index=False).agg(how)
        panel["age"] = panel.year - self.year_of(panel.founded)
        return panel
