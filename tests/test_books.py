"""Books: money, goods and people have two ends, every quarter, and what is not booked is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import plain, scenario

import sim.accounts
from sim.accounts import (
    BOUGHT_OUTSIDE,
    CAME,
    ENTERPRISES,
    HELD,
    INSTITUTES,
    LEFT,
    LOCAL_GOVERNMENT,
    MADE,
    OPENING,
    SCRAPPED,
    SOLD_OUTSIDE,
    USED,
)
from sim.chance import Now
from sim.declare import MEASURES, MONEY
from sim.run import BooksDoNotClose, State
from sim.scenario import known_scenarios
from sim.world import AT_ENTERPRISE, AT_INSTITUTE, COMMODITY, NOWHERE

accounts = plain(sim.accounts)


def acted(world: Any, t: int) -> Any:
    """Enterprises that took part in quarter ``t``, those included who left at its end."""
    return world.enterprises[world.enterprises.alive | ((world.enterprises.died == t) & (t > 0))]


def check(state: State, before: Any, holdings: Any) -> None:
    """The identities, worked out anew from the rows and the books of the last quarter."""
    world = state.world
    alive = world.enterprises[world.enterprises.alive]
    homes = world.institutes[world.institutes.alive]
    scale = 1.0 + float(np.abs(alive.cash).sum() + alive.sales.sum())
    assert abs(world.balances.sum()) < 1e-8 * scale
    assert alive.cash.sum() == pytest.approx(world.balances[ENTERPRISES], abs=1e-8 * scale)
    assert homes.cash.sum() == pytest.approx(world.balances[INSTITUTES], abs=1e-8 * scale)
    assert alive.debt.sum() == pytest.approx(world.region[0].loans, abs=1e-8 * scale)
    assert world.region[0].reserve == pytest.approx(world.balances[LOCAL_GOVERNMENT], abs=1e-6 * scale)
    # Balances have moved by what was paid.
    paid = world.money.sum(axis=0)
    assert world.balances - before == pytest.approx(paid.sum(axis=0) - paid.sum(axis=1), abs=1e-8 * scale)
    # Goods: opening + made + bought outside = used + sold outside + scrapped + closing.
    held = np.zeros(len(world.products))
    for row in alive:
        process = world.processes[row.process]
        np.add.at(held, process.input[: process.inputs], row.input_stock[: process.inputs])
        np.add.at(held, process.output[: process.outputs], row.output_stock[: process.outputs])
    goods = world.goods
    sources = holdings + goods[:, MADE] + goods[:, BOUGHT_OUTSIDE]
    uses = goods[:, USED] + goods[:, SOLD_OUTSIDE] + goods[:, SCRAPPED]
    np.testing.assert_allclose(sources - uses, held, rtol=1e-8, atol=1e-8 * (1.0 + sources.max()))
    np.testing.assert_allclose(goods[:, HELD], held, rtol=1e-9, atol=1e-9)
    assert (goods > -1e-9).all()
    # People: who is here, and who works where.
    people = world.talents[world.talents.alive]
    assert len(people) == world.people[OPENING]
    at_enterprises = int(alive.local_talents.sum() + alive.introduced_talents.sum())
    at_institutes = int(homes.local_talents.sum() + homes.introduced_talents.sum())
    assert (people.works == AT_ENTERPRISE).sum() == at_enterprises
    assert (people.works == AT_INSTITUTE).sum() == at_institutes
    for works, table in ((AT_ENTERPRISE, world.enterprises), (AT_INSTITUTE, world.institutes)):
        there = people[people.works == works]
        assert table.alive[there.employer].all()
        assert (table.uid[there.employer] == there.employer_uid).all()
    # What local buyers paid is what local sellers got.
    rows = acted(world, state.t - 1)
    assert rows.inputs_local.sum() == pytest.approx(rows.sales_local.sum(), rel=1e-9, abs=1e-9)
    # The outlay of the instruments is what was granted.
    granted = world.money[sim.accounts.GRANT, LOCAL_GOVERNMENT].sum()
    assert world.measures.outlay.sum() == pytest.approx(granted, rel=1e-9, abs=1e-9)
    assert world.region[0].reserve > -1e-6


PACKAGES = ("baotou", "toy", "all_together", "introduced_technology_digested", "institutional_environment")


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", PACKAGES)
def test_the_books_close_every_quarter(name: str, seed: int) -> None:
    state = State.founded(scenario(name, "2014Q4", 8), seed)
    for t in range(24):
        people = float(state.world.people[OPENING])
        balances, holdings = state.world.balances.copy(), state.world.holdings.copy()
        state.advance(t + 1)
        world = state.world
        assert world.people[OPENING] == people + world.people[CAME] - world.people[LEFT]
        check(state, balances, holdings)


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_the_books_close_to_the_end(seed: int) -> None:
    """Rows die and are used again, tables grow: the reference case over all its time."""
    state = State.founded(scenario("baotou", "2035Q4", 20), seed)
    state.advance(120)
    world = state.world
    check_people = world.talents[world.talents.alive]
    assert len(check_people) == world.people[OPENING]
    assert world.audit[0].failed == -1
    for name in ("money", "deposits", "loans", "goods"):
        assert world.audit[0][name] < 1e-9, name
    assert world.enterprises.died.max() > 0  # somebody has left, or nothing was tested


def half_way() -> State:
    state = State.founded(scenario("toy", "2013Q4", 4), 1)
    state.advance(6)
    return state


def someone(world: Any) -> Any:
    return world.enterprises[int(np.flatnonzero(world.enterprises.alive)[0])]


def keep_money(world: Any) -> None:
    someone(world).cash += 1.0


def keep_institutes_money(world: Any) -> None:
    world.institutes[int(np.flatnonzero(world.institutes.alive)[0])].cash -= 1.0


def forget_debt(world: Any) -> None:
    someone(world).debt += 1.0


def lose_goods(world: Any) -> None:
    someone(world).output_stock[0] += 1.0


def lose_inputs(world: Any) -> None:
    """Somebody who uses the first product has more of it than was made or bought."""
    user = next(row for row in world.enterprises if row.alive and world.processes[row.process].inputs > 0)
    user.input_stock[0] += 1.0


def print_money(world: Any) -> None:
    world.balances[-1] += 1.0


def lose_a_person(world: Any) -> None:
    idle = np.flatnonzero(world.talents.alive & (world.talents.works == NOWHERE))
    world.talents.alive[idle[0]] = False


def miscount_staff(world: Any) -> None:
    someone(world).local_talents += 1


TAMPERINGS: list[tuple[Callable[[Any], None], str]] = [
    (keep_money, "deposits"),
    (keep_institutes_money, "deposits"),
    (forget_debt, "loans"),
    (lose_goods, "goods"),
    (lose_inputs, "goods"),
    (print_money, "money"),
    (lose_a_person, "people"),
    (miscount_staff, "staff"),
]


@pytest.mark.parametrize(("tamper", "account"), TAMPERINGS, ids=[each[0].__name__ for each in TAMPERINGS])
def test_what_is_not_booked_is_found_in_its_account(tamper: Callable[[Any], None], account: str) -> None:
    """A rule that forgets to book, seen by the closing of the books: its account, and no other, is open."""
    world = half_way().world
    # Undo the closing, then close again: the same quarter, with and without the change.
    world.holdings[:] = world.holdings - (
        world.goods[:, [MADE, BOUGHT_OUTSIDE]].sum(axis=1)
        - world.goods[:, [USED, SOLD_OUTSIDE, SCRAPPED]].sum(axis=1)
    )
    world.people[OPENING] -= world.people[CAME] - world.people[LEFT]
    opening = [array.copy() for array in (world.holdings, world.people)]
    now = sim.chance.Now(1, 5)
    assert accounts.close_books(world, now)
    world.holdings[:], world.people[:] = opening
    tamper(world)
    assert not accounts.close_books(world, now)
    audit = world.audit[0]
    assert audit.failed == 5
    open_accounts = {
        name
        for name in ("money", "deposits", "loans", "goods", "people", "staff")
        if audit[name] > (0.0 if name in ("people", "staff") else 1e-9)
    }
    assert open_accounts == {account}


@pytest.mark.parametrize(
    ("tamper", "account"), TAMPERINGS[:4], ids=[each[0].__name__ for each in TAMPERINGS[:4]]
)
def test_a_run_stops_and_says_what_does_not_close_and_when(
    tamper: Callable[[Any], None], account: str
) -> None:
    state = half_way()
    tamper(state.world)
    with pytest.raises(BooksDoNotClose) as stopped:
        state.advance(8)
    said = str(stopped.value)
    assert state.t == 7  # the quarter that did not close is the last one lived
    assert f"toy, seed 1, {state.scenario.start + 6 - 4}" in said
    assert f"the account of {account}" in said and "without booking" in said
    if account == "goods":
        product = state.scenario.chain.products[int(someone(state.world).product)].key
        assert f"of {product}" in said


def test_a_gap_that_is_not_a_number_is_a_gap() -> None:
    for column in ("cash", "debt"):
        state = half_way()
        someone(state.world)[column] = np.nan
        with pytest.raises(BooksDoNotClose):
            state.advance(7)


def test_a_run_whose_books_are_open_does_not_go_on() -> None:
    """Bad input of that kind never ends in a result."""
    state = half_way()
    keep_money(state.world)
    with pytest.raises(BooksDoNotClose):
        state.advance(12)
    assert state.t == 7


@pytest.fixture(scope="module")
def baotou_world() -> Any:
    state = State.founded(scenario("baotou", "2014Q4", 8), 1)
    state.advance(20)
    return state


def test_wages_sales_and_taxes_agree_with_the_matrix(baotou_world: State) -> None:
    """What rows say they paid is what stands in the transaction-flow matrix."""
    world = baotou_world.world
    rows = acted(world, baotou_world.t - 1)
    flows = {name: float(world.money[code].sum()) for code, name in enumerate(MONEY)}
    procured = float(world.measures.claims[MEASURES.index("public_procurement")])
    assert flows["sales outside"] == pytest.approx(rows.sales_market.sum() - procured, rel=1e-9)
    for name, column in (
        ("chain inputs bought in the cluster", "inputs_local"),
        ("chain inputs bought outside", "inputs_outside"),
        ("interest", "interest"),
        ("process modernisation", "transformation"),
        ("digestion of introduced technology", "digestion"),
        ("serving local customers", "customer_service"),
    ):
        assert flows[name] == pytest.approx(rows[column].sum(), rel=1e-9), name


def test_prices_never_fall_below_nothing_and_stocks_never_run_short(baotou_world: State) -> None:
    world: Any = baotou_world.world
    alive = world.enterprises[world.enterprises.alive]
    assert (alive.output_stock > -1e-9).all() and (alive.input_stock > -1e-9).all()
    assert (world.products.local_price[world.products.pricing == COMMODITY] > 0.0).all()


@pytest.mark.parametrize("name", sorted(set(known_scenarios()) - set(PACKAGES)))
def test_every_scenario_keeps_its_books(name: str) -> None:
    """The other scenarios of the library, their first three years."""
    state = State.founded(scenario(name, "2013Q4", 4), 7)
    state.advance(16)
    assert state.t == 16
    assert state.world.audit[0].failed == -1


def test_a_quantity_that_is_not_a_number_is_found_whichever_product_it_is() -> None:
    """The next product must not wipe out the gap of the one before."""
    state = State.founded(scenario("toy", "2011Q4", 0), 1)
    state.advance(1)
    state.world.goods[0, MADE] = np.nan
    assert not sim.accounts.close_books(state.world, Now(1, 1))
    assert state.world.audit[0].goods == np.inf
    assert state.world.audit[0].worst_product == 0
