"""Extreme conditions: the economy degrades sensibly, the books stay closed (a run stops if not), nothing is no number."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import numpy as np
import pytest

import sim
from sim.run import Run, run
from sim.scenario import Scenario
from sim.validation.worlds import scaled

END = "2015Q4"
FOUNDERS = 20_000


@cache
def usual() -> Scenario:
    return sim.load("baotou").with_run(end=END, burn_in=8)


@cache
def outcome() -> Run:
    return run(usual(), 1)


def lived(scenario: Scenario, seed: int = 1) -> Run:
    """Run it; every column of every living enterprise and every output must be a number."""
    made = run(scenario, seed)
    world = made.state.world
    for name in ("enterprises", "institutes", "talents", "products", "region"):
        table = getattr(world, name)
        rows = table[table["alive"]] if "alive" in table.dtype.names else table
        for column in table.dtype.names:
            if column != "each_quarter" and np.issubdtype(rows[column].dtype, np.floating):
                assert not np.isnan(rows[column]).any(), f"{name}.{column}"
    # Shares of nothing have no value; everything that is added up has one.
    added = made.outputs[["output_value", "employment", "profit", "research", "public_cost", "exports"]]
    assert np.isfinite(added.to_numpy()).all()
    return made


def total(made: Run, output: str) -> float:
    return float(made.outputs[output].sum())


def with_markets(scenario: Scenario, **numbers: Any) -> Scenario:
    from sim.chain import MARKET_KEYS

    products = tuple(
        product.model_copy(
            update={key: getattr(product, key).model_copy(update=numbers) for key in MARKET_KEYS}
        )
        for product in scenario.chain.products
    )
    return dataclasses.replace(scenario, chain=scenario.chain.model_copy(update={"products": products}))


def test_no_ore() -> None:
    """Mining stands still; the rest lives on bought raw material, at a loss of output."""
    first = usual().chain.stages[0].key
    made = lived(usual().with_policy(extraction_quota={"factor": 0.0, "start": "2011Q1", "stages": [first]}))
    stages = made.level("stage").output_volume
    assert float(stages.iloc[-8:, 0].sum()) == 0.0
    assert total(made, "inputs_outside") > 1.2 * total(outcome(), "inputs_outside")
    assert 0.3 < total(made, "output_volume") / total(outcome(), "output_volume") < 1.0


def test_free_talents() -> None:
    """Hundreds of talents a quarter that cost nothing: most find no work and leave; the cluster is not worse off."""
    gift = {"per_quarter": 200.0, "package": 0.0, "start": "2011Q1"}
    made = lived(usual().with_policy(introduced_talents=gift))
    assert total(made, "talents_lost") > 3.0 * total(outcome(), "talents_lost")
    assert made.outputs.talents_employed.iloc[-1] > 0.9 * outcome().outputs.talents_employed.iloc[-1]
    assert total(made, "output_volume") > 0.95 * total(outcome(), "output_volume")


def test_closed_borders() -> None:
    """No exports, no licences, nobody comes from outside by policy: sales at home remain."""
    shut = usual().with_policy(
        trade_access={"international_access": 0.0, "start": "2011Q1"},
        licence_access={"opening": -0.6, "start": "2011Q1"},
        outside_investment_openness={"change": -0.7, "start": "2011Q1"},
    )
    made = lived(shut)
    assert total(made, "exports") == 0.0
    assert made.outputs.licence_fees.iloc[-1] < outcome().outputs.licence_fees.iloc[-1]
    assert made.outputs.entries_attracted.iloc[-8:].sum() == 0.0  # who had applied before still came
    assert 0.3 < total(made, "output_volume") / total(outcome(), "output_volume") < 1.0


def test_no_institutes() -> None:
    """No university, no testing centre: no results to transfer, and life goes on."""
    nobody = usual().population.model_copy(update={"institutes": ()})
    made = lived(dataclasses.replace(usual(), population=nobody))
    assert total(made, "institute_innovations") == 0.0
    assert total(made, "transfers") == 0.0
    assert total(made, "output_volume") > 0.5 * total(outcome(), "output_volume")


def test_infinite_subsidy() -> None:
    """Every rate at its hard limit: claims beyond any budget are rationed, nothing explodes."""
    from sim.declare import INSTRUMENTS

    policy = {
        name: {key: lever.hard[1] for key, lever in declared.levers.items() if lever.unit.startswith("share")}
        for name, declared in INSTRUMENTS.items()
        if name
        in (
            "capital_subsidy",
            "research_grant",
            "transformation_subsidy",
            "interest_subsidy",
            "credit_guarantee",
        )
    }
    made = lived(
        usual().with_policy(
            **{name: {**levers, "start": "2011Q1"} for name, levers in policy.items() if levers}
        )
    )
    assert total(made, "budget_shortfall") > 0.0
    assert made.outputs.government_reserve.min() >= -1e-6
    assert total(made, "output_volume") < 3.0 * total(outcome(), "output_volume")


def test_the_price_spike_of_2011_once_more() -> None:
    """Prices of 2011 to 2012 come back in 2014: value follows, volume hardly, and the spike passes."""
    paths = {}
    for name, path in usual().series.paths.items():
        values = list(path.values)
        if name.startswith("price."):
            from sim.calendar import Quarter

            first = [Quarter.of(date).index - path.first for date in ("2011Q1", "2014Q1")]
            values[first[1] : first[1] + 6] = values[first[0] : first[0] + 6]
        paths[name] = path.model_copy(update={"values": tuple(values)})
    series = usual().series.model_copy(update={"paths": type(usual().series.paths)(paths)})
    made = lived(dataclasses.replace(usual(), series=series))
    during, before = slice("2014Q2", "2014Q4"), outcome().outputs
    assert made.outputs.output_value.loc[during].sum() > 1.2 * before.output_value.loc[during].sum()
    ratio = made.outputs.output_volume.loc[during].sum() / before.output_volume.loc[during].sum()
    assert 0.6 < ratio < 1.4


def test_zero_interest() -> None:
    made = lived(usual().with_parameters(finance={"interest": 0.0}))
    assert 0.9 < total(made, "output_volume") / total(outcome(), "output_volume") < 2.0


@pytest.mark.parametrize("process", ["mining", "magnet_making"])
def test_one_enterprise(process: str) -> None:
    """A cluster of one, which may die: then there is nothing, and that is no error."""
    group = next(each for each in usual().population.enterprises if each.process == process)
    alone = group.model_copy(update={"number": 1, "capacity": group.capacity / group.number})
    population = usual().population.model_copy(update={"enterprises": (alone,)})
    shut = usual().with_parameters(entry={"attract": 0.0, "spin_off": 0.0, "diversify": 0.0})
    made = lived(dataclasses.replace(shut, population=population))
    assert made.outputs.enterprises.max() <= 1.0
    assert (made.outputs.output_value >= 0.0).all()


def test_twenty_thousand_enterprises() -> None:
    """The same cluster two hundred times over behaves like itself."""
    founders = sum(group.number for group in usual().population.enterprises)
    short = usual().with_run(end="2011Q2", burn_in=2)
    made, small = lived(scaled(short, FOUNDERS / founders)), run(short, 1)
    assert made.outputs.enterprises.iloc[-1] > 0.95 * FOUNDERS
    each = [run_.outputs.output_volume.iloc[-1] / run_.outputs.enterprises.iloc[-1] for run_ in (made, small)]
    assert each[0] == pytest.approx(each[1], rel=0.25)
