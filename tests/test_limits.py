"""Limits: known extremes, and what must not matter much."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import numpy as np
import pytest

import sim
from sim.accounts import BOUGHT_OUTSIDE, OUTSIDE, SOLD_OUTSIDE
from sim.calendar import Quarter
from sim.chain import MARKET_KEYS, Series, SeriesPath
from sim.declare import MONEY
from sim.problems import FrozenDict
from sim.run import State
from sim.scenario import Scenario
from sim.world import DIFFERENTIATED, widened

START = Quarter.of("2011Q1")
NO_ENTRY = {"entry": {"attract": 0.0, "spin_off": 0.0, "diversify": 0.0}}
NO_LEARNING = {
    "search": {"keep_up": 0.0},
    "spillovers": {"local": 0.0, "outside": 0.0, "embodied": 0.0},
    "introduction": {"begin": 0.0},
    "joint_projects": {"begin": 0.0},
    "institutes": {"transfer_gain": 0.0, "keep": 0.0},
    "talents": {"carry": 0.0},
    "outside_markets": {"learning": 0.0},
}


@cache
def still(name: str, quarters: int, burn_in: int = 8) -> Scenario:
    """A world that stands still: no shocks, no policy, flat demand, indices and prices."""
    base = sim.load(name).with_run(burn_in=burn_in, end=str(START + quarters - 1))
    products = tuple(
        product.model_copy(
            update={key: getattr(product, key).model_copy(update={"growth": 0.0}) for key in MARKET_KEYS}
        )
        for product in base.chain.products
    )
    paths = {
        key: SeriesPath(first=START.index, values=(path.values[max(0, START.index - path.first)],))
        for key, path in base.series.paths.items()
        if not key.startswith("price.") and key != "wedge.export"
    }
    flat = {"outside_world": {"shocks": 0.0, "inflation": 0.0, "wage_growth": 0.0}}
    return with_numbers(
        dataclasses.replace(
            base,
            chain=base.chain.model_copy(update={"products": products}),
            series=Series(paths=FrozenDict(paths)),
            policy=FrozenDict({}),
        ),
        flat,
    )


def with_numbers(scenario: Scenario, numbers: dict[str, dict[str, float]]) -> Scenario:
    """With these parameters, within their ranges or not."""
    changes = {group: dict(members) for group, members in scenario.changes.items()}
    for group, members in numbers.items():
        changes.setdefault(group, {}).update({name: (value, "test") for name, value in members.items()})
    return dataclasses.replace(scenario, changes=changes)


def with_frontier_growth(scenario: Scenario, growth: float) -> Scenario:
    fields = tuple(field.model_copy(update={"frontier_growth": growth}) for field in scenario.chain.fields)
    return dataclasses.replace(scenario, chain=scenario.chain.model_copy(update={"fields": fields}))


def living(state: State) -> Any:
    return state.world.enterprises[state.world.enterprises.alive]


# ----------------------------------------------------------------------------------------------------- at rest
@pytest.mark.parametrize("name", ["toy", "baotou"])
def test_prices_and_demand_of_a_still_world_stand_still(name: str) -> None:
    state = State.founded(still(name, 40), 1)
    state.advance(4)
    prices, sizes = state.world.products.price.copy(), state.world.products.market_size.copy()
    state.advance(48)
    np.testing.assert_allclose(state.world.products.price, prices, rtol=1e-9)
    np.testing.assert_allclose(state.world.products.market_size, sizes, rtol=1e-9)
    assert not state.world.products.shock.any()
    assert not living(state).cost_luck.any() and not living(state).demand_luck.any()


@pytest.mark.parametrize("name", ["toy", "baotou"])
def test_nobody_learns_where_there_is_nothing_to_learn_from(name: str) -> None:
    """All ways to learn closed, a frontier that stands still: knowledge stays, to the bit."""
    state = State.founded(
        with_frontier_growth(
            with_numbers(still(name, 20), {**NO_LEARNING, **NO_ENTRY, **NO_NEW_MARKETS}), 0.0
        ),
        1,
    )
    known = {int(row.uid): row.knowledge.copy() for row in living(state)}
    state.advance(28)
    assert all((row.knowledge == known[int(row.uid)]).all() for row in living(state))


def test_who_does_not_learn_falls_behind_as_fast_as_the_frontier_moves() -> None:
    state = State.founded(
        with_frontier_growth(with_numbers(still("toy", 20), {**NO_LEARNING, **NO_ENTRY}), 0.01), 1
    )
    known = {int(row.uid): row.knowledge.copy() for row in living(state)}
    state.advance(20)
    for row in living(state):
        np.testing.assert_allclose(row.knowledge, known[int(row.uid)] * np.exp(-0.2), rtol=2e-3)


@pytest.mark.parametrize("name", ["toy", "baotou"])
def test_nobody_comes_where_entry_is_closed(name: str) -> None:
    state = State.founded(with_numbers(still(name, 40), NO_ENTRY), 1)
    founders = set(living(state).uid)
    state.advance(48)
    assert set(living(state).uid) <= founders


# Enterprises find their way into outside markets over decades, which is growth and no drift.
NO_NEW_MARKETS = {"outside_markets": {"learning": 0.0, "wish": 0.0}}


def test_a_world_without_demand_outside_sells_nothing_there() -> None:
    base = still("toy", 12)
    products = tuple(
        product.model_copy(
            update={
                key: getattr(product, key).model_copy(update={"demand": 1e-12, "depth": 0.0})
                for key in MARKET_KEYS
            }
        )
        for product in base.chain.products
    )
    state = State.founded(
        dataclasses.replace(base, chain=base.chain.model_copy(update={"products": products})), 1
    )
    for t in range(20):
        state.advance(t + 1)
        assert state.world.goods[:, SOLD_OUTSIDE].sum() < 1e-6
    assert state.world.money[MONEY.index("sales outside"), OUTSIDE].sum() < 1e-6


def test_closed_borders_let_nothing_in_or_out() -> None:
    closed = {"domestic_access": 0.0, "international_access": 0.0}
    state = State.founded(
        sim.load("toy").with_run(burn_in=4, end="2013Q4").with_policy(trade_access=closed), 1
    )
    state.advance(4)
    for t in range(4, 16):
        state.advance(t + 1)
        goods = state.world.goods
        assert not goods[:, BOUGHT_OUTSIDE].any()
        # Orders of the time before are still delivered once.
        assert t < 6 or not goods[:, SOLD_OUTSIDE].any()


def test_no_tax_no_revenue_from_it() -> None:
    state = State.founded(with_numbers(still("toy", 8), {"finance": {"profit_tax": 0.0}}), 1)
    for t in range(16):
        state.advance(t + 1)
        assert not state.world.money[MONEY.index("profit tax")].any()


# --------------------------------------------------------------------------------------- what must not matter much
def yearly_sales(state: State, years: int) -> np.ndarray[Any, Any]:
    """Sales of differentiated goods at reference prices, year by year."""
    found = []
    for t in range(state.t, state.t + 4 * years):
        state.advance(t + 1)
        rows = living(state)
        differentiated = state.world.products.pricing[rows.product] == DIFFERENTIATED
        found.append(rows.sales_volume[differentiated].sum())
    return np.array(found).reshape(years, 4).sum(axis=1)


HALVED = (
    "capacity", "ordered", "ordered_cost", "capital", "workers", "cash", "debt", "losses", "expected_orders",
    "backlog", "input_stock", "output_stock", "experience", "year_profit", "year_sales", "year_research",
    "last_year_profit", "last_year_sales", "last_year_research", "patents",
)  # fmt: skip


def split(state: State) -> None:
    """Every enterprise becomes two of half the size, each with half of everything and the reach of half the sales."""
    state.world = widened(state.world, "enterprises", 3 * len(state.world.enterprises))
    rows, talents = state.world.enterprises, state.world.talents
    free = iter(np.flatnonzero(~rows.alive))
    twin = {int(row): int(next(free)) for row in np.flatnonzero(rows.alive)}
    for row, other in twin.items():
        for name in HALVED:
            rows[name][row] = rows[name][row] / 2.0
        rows.reach[row] *= 0.5 ** float(state.p.outside_markets.eta)
        rows[other] = rows[row]
        rows.uid[other] = rows.group[other] = 900_000 + rows.uid[row]
        rows.local_talents[other] = rows.introduced_talents[other] = 0
    second: dict[int, bool] = {}
    for talent in talents[talents.alive & (talents.works == 1)]:
        row = int(talent.employer)
        if second.get(row):
            talent_row = np.flatnonzero(talents.uid == talent.uid)[0]
            talents.employer[talent_row] = twin[row]
            talents.employer_uid[talent_row] = rows.uid[twin[row]]
            count = rows.introduced_talents if talent.origin == 1 else rows.local_talents
            count[row] -= 1
            count[twin[row]] += 1
        second[row] = not second.get(row, False)


def test_splitting_every_enterprise_in_two_hardly_moves_sales() -> None:
    """By less than 15 % in the first two years: it matters little where the border of a firm is drawn."""
    whole, halves = [], []
    base = sim.load("toy").with_run(burn_in=8, end="2013Q4")
    for seed in range(1, 7):
        for found, cut in ((whole, False), (halves, True)):
            state = State.founded(base, seed)
            state.advance(8)
            if cut:
                split(state)
            found.append(yearly_sales(state, 2).sum())
    assert abs(np.sum(halves) / np.sum(whole) - 1.0) < 0.15


def test_growth_hardly_depends_on_how_large_the_rest_of_the_world_is() -> None:
    """Ten times the outside competitors in ten times the market: growth over 20 years changes by less than half."""
    factors: dict[float, list[float]] = {1.0: [], 10.0: []}
    base = sim.load("toy").with_run(burn_in=8, end="2031Q4")
    for seed in range(1, 13):
        for scale, found in factors.items():
            state = State.founded(base, seed)
            products = state.world.products
            more = np.where(products.pricing == DIFFERENTIATED, scale, 1.0)[:, None]
            products.outside_mass *= more
            # The share that rivals take for usual is that of the opening, about a tenth as large.
            share = products.opening_share
            products.opening_share = share / (share + more * (1.0 - share))
            products.demand *= more
            products.market_size *= more
            state.advance(8)
            sales = yearly_sales(state, 21)
            found.append(float(sales[20] / sales[0]))
    change = np.exp(np.mean(np.log(factors[10.0])) - np.mean(np.log(factors[1.0])))
    assert 1.0 / 1.5 < change < 1.5


def test_nothing_drifts_on_the_balanced_path() -> None:
    """The reference case with shocks, prices and policy still, over 160 quarters: the median research-active enterprise
    neither catches up with the frontier nor falls back by more than 10 %, and margins, shares of outside markets, the share of the
    later stages and volume move by less (means of six seeds)."""
    moved = []
    for seed in range(1, 7):
        state = State.founded(still("baotou", 160, 40), seed)
        before = year_at_rest(state, 40)
        moved.append(np.log(year_at_rest(state, 200) / before))
    change = dict(zip(AT_REST, np.mean(moved, axis=0), strict=True))
    assert all(abs(moved) < np.log(1.1) for moved in change.values()), change


AT_REST = ("capability", "margin", "share of outside markets", "share of later stages", "volume")


def year_at_rest(state: State, until: int) -> Any:
    """``AT_REST``, means over the four quarters until a quarter: of research-active enterprises, of makers of differentiated
    goods at work, of all sales of such goods in markets outside at reference prices, and of all output."""
    seen = []
    for quarter in range(until - 3, until + 1):
        state.advance(quarter)
        firms, products = living(state), state.world.products
        made = products[products.pricing == DIFFERENTIATED]
        at_work = firms[(products.pricing[firms.product] == DIFFERENTIATED) & (firms.price > 0.0)]
        volume = firms.output_volume.sum()
        worth = made.reference_price[:, None]
        seen.append(
            (
                np.median(firms.capability[firms.research > 0.0]),
                np.median((at_work.price - at_work.unit_cost) / at_work.price),
                (made.taken * worth).sum() / (made.market_size * worth).sum(),
                firms.output_volume[firms.stage >= 4].sum() / volume,
                volume,
            )
        )
    return np.mean(seen, axis=0)
