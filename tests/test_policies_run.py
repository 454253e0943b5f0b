"""Policies at work: idle or not yet begun they are not there, in force they change something and cost what they say."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from conftest import differences, scenario

from sim.declare import INSTRUMENTS, OUTPUTS, InstrumentDeclaration
from sim.outputs import PER_MEASURE
from sim.policies import neutral_levers
from sim.run import State

NAMES = sorted(INSTRUMENTS)
KINDS = {
    "outlay": "outlay", "tax expenditure": "tax_expenditure", "implicit transfer": "implicit",
    "administration": "administration",
}  # fmt: skip
BURN_IN, AFTER, QUARTERS = 8, 4, 20  # an instrument begins a year after history and is watched for five


@pytest.fixture(params=NAMES)
def declared(request: pytest.FixtureRequest) -> InstrumentDeclaration:
    return INSTRUMENTS[request.param]


def typical(name: str, **more: Any) -> dict[str, Any]:
    """The instrument in the middle of its typical range, as a scenario says it."""
    return {key: sum(lever.typical) / 2.0 for key, lever in INSTRUMENTS[name].levers.items()} | more


# ------------------------------------------------------------------------------------ idle, early, in any order
def test_idle_is_the_baseline_to_the_bit(declared: InstrumentDeclaration) -> None:
    """All levers named, at their neutral values; and only those moved that say how the instrument would work."""
    base = scenario("toy", "2012Q4", 4)
    idle = base.with_policy(**{declared.name: {key: lever.default for key, lever in declared.levers.items()}})
    assert idle.digest == base.digest
    assert same(base, idle, 12)


def same(one: Any, other: Any, until: int) -> bool:
    """Whether two scenarios live the same until a quarter, in every column and every output."""
    states = [State.founded(each, 8) for each in (one, other)]
    for state in states:
        state.advance(until)
    return (
        not differences(states[0].world, states[1].world)
        and states[0].recorder[:until].tobytes() == states[1].recorder[:until].tobytes()
    )


def test_before_it_begins_is_the_baseline_to_the_bit(declared: InstrumentDeclaration) -> None:
    """Starts after two years: until then nothing of it is there."""
    base = scenario("toy", "2014Q4", 4)
    later = base.with_policy(**{declared.name: typical(declared.name, start="2013Q1")})
    assert same(base, later, 4 + 8)


def test_after_its_end_the_levers_are_neutral_again(declared: InstrumentDeclaration) -> None:
    base = scenario("toy", "2014Q4", 4)
    over = base.with_policy(**{declared.name: typical(declared.name, start="2012Q1", until="2012Q4")})
    neutral = neutral_levers(1)[0][declared.name]
    for t, row in enumerate(over.levers()[declared.name]):
        in_force = 4 + 4 <= t < 4 + 8
        for key in declared.levers:
            expected = typical(declared.name)[key] if in_force else neutral[key]
            assert row[key] == pytest.approx(expected, rel=1e-15), (t, key)


def test_order_in_a_scenario_is_of_no_consequence() -> None:
    """All instruments, named forwards and backwards, in one call or one after the other: equal to the bit."""
    base = scenario("toy", "2012Q4", 4)
    forwards = base.with_policy(**{name: typical(name, start="2011Q3") for name in NAMES})
    backwards = base.with_policy(**{name: typical(name, start="2011Q3") for name in reversed(NAMES)})
    one_by_one = base
    for name in reversed(NAMES):
        one_by_one = one_by_one.with_policy(**{name: typical(name, start="2011Q3")})
    assert forwards.digest == backwards.digest == one_by_one.digest
    assert same(forwards, backwards, 12)
    assert same(forwards, one_by_one, 12)


# -------------------------------------------------------------------------------------------------- in force
@cache
def before(seed: int) -> State:
    """The reference case without any policy, a year into its history."""
    state = State.founded(scenario("baotou", "2016Q4", BURN_IN), seed)
    state.levers = neutral_levers(len(state.levers))
    state.advance(BURN_IN + AFTER)
    return state


def lived(seed: int, *names: str) -> tuple[State, dict[str, Any]]:
    """The years from there on with these instruments, and the sums of the lines of the public books by quarter."""
    state = before(seed).fork(before(seed).scenario)
    state.levers = neutral_levers(len(state.levers))
    for name in names:
        for key, lever in INSTRUMENTS[name].levers.items():
            middle = sum(lever.typical) / 2.0
            state.levers[name][key][BURN_IN + AFTER :] = middle
            if lever.ahead:
                state.levers[name][f"{key}_ahead"][BURN_IN + AFTER :] = middle
    books: dict[str, Any] = {column: 0.0 for column in (*KINDS.values(), "claims", "revenue", "in_force")}
    for t in range(BURN_IN + AFTER, BURN_IN + AFTER + QUARTERS):
        state.advance(t + 1)
        for column in books:
            books[column] = books[column] + state.world.measures[column]
    return state, books


@cache
def baseline(seed: int) -> tuple[State, dict[str, Any]]:
    return lived(seed)


def test_without_policy_nothing_is_booked() -> None:
    assert not any(np.any(column) for column in baseline(8)[1].values())


def test_has_an_effect_and_books_what_it_costs(declared: InstrumentDeclaration) -> None:
    """Effects beyond its own line of the books; every kind of cost that it declares and no other, in its line only. What
    costs on rare occasions (a market entered, a guarantee called) may take more than one history to show."""
    costs, claimed, moved = set(), 0.0, False
    for seed in range(8, 14):
        state, books = lived(seed, declared.name)
        mine = np.arange(len(state.world.measures)) == declared.measure
        for column, values in books.items():
            assert not values[~mine].any(), column
        assert books["in_force"][declared.measure] == QUARTERS
        costs |= {kind for kind, column in KINDS.items() if books[column][declared.measure] > 0.0}
        claimed += books["claims"][declared.measure]
        moved |= bool(effects(state))
        # Nothing is paid that was not claimed.
        assert books["outlay"][declared.measure] <= books["claims"][declared.measure] * (1.0 + 1e-12)
        if moved and costs >= set(declared.costs):
            break
    assert costs == set(declared.costs)
    assert (claimed > 0.0) == ("outlay" in declared.costs)
    assert moved, "nothing but its own cost differs from the baseline"


def effects(state: State) -> list[str]:
    """Outputs other than public money that differ from the baseline's."""
    from sim.run import Run

    outputs = [
        Run(each.scenario, each.seed, each.recorder[BURN_IN:], each).outputs
        for each in (state, baseline(state.seed)[0])
    ]
    money = {*PER_MEASURE, *(name for name, each in OUTPUTS.items() if each.group == "public_money")}
    return [
        name for name in outputs[0]
        if name not in money and outputs[0][name].to_numpy().tobytes() != outputs[1][name].to_numpy().tobytes()
    ]  # fmt: skip


def test_instruments_together_book_each_its_own() -> None:
    """All at once: every line in force, the sum of outlays is what government granted, claims are paid pro rata."""
    state, books = lived(8, *NAMES)
    assert (books["in_force"] == QUARTERS).all()
    for name in NAMES:
        booked = {kind for kind, column in KINDS.items() if books[column][INSTRUMENTS[name].measure] > 0.0}
        assert booked <= set(INSTRUMENTS[name].costs), name
        assert "administration" in booked, name
    measures = state.world.measures
    share = float(state.world.region[0].last_paid_share)
    assert 0.0 < share <= 1.0
    np.testing.assert_allclose(measures.outlay, share * measures.claims, rtol=1e-9, atol=1e-12)


def test_a_year_of_announcement_is_felt_beforehand_where_rules_look_ahead() -> None:
    """An announced capital subsidy changes orders of plant before it is paid, and costs nothing yet."""
    base = scenario("baotou", "2014Q4", BURN_IN)
    told = base.with_policy(capital_subsidy={"rate": 0.3, "start": "2013Q1", "announced": "2012Q1"})
    plain = base.with_policy(capital_subsidy={"rate": 0.3, "start": "2013Q1"})
    ordered, claims = [], []
    for each in (told, plain):
        state = State.founded(each, 8)
        state.advance(BURN_IN + 8)
        ordered.append(float(state.world.enterprises.ordered_cost.sum()))
        claims.append(float(state.world.measures.claims[INSTRUMENTS["capital_subsidy"].measure]))
    assert ordered[0] != ordered[1]
    assert claims == [0.0, 0.0]
