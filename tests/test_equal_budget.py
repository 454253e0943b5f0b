"""Equal budget: packages are scaled as they are said to be, the search hits its budget, ranks are honest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import scenario

import sim
from sim.analysis.equal_budget import TOLERANCE, TRIALS, equally_dear, ranking, search
from sim.analysis.packages import as_toml, greatest, instruments_of, mixed, part_of, scaled
from sim.analysis.public_accounts import ITEMS, accounts
from sim.compare import Comparison, compare
from sim.problems import InputError
from sim.scenario import Scenario


@pytest.fixture(scope="module")
def base() -> Scenario:
    return scenario("toy", "2014Q4", 4)


@pytest.fixture(scope="module")
def grant(base: Scenario) -> Scenario:
    return base.with_policy(title="Grant", research_grant={"rate": 0.2, "start": "2012Q1"})


@pytest.fixture(scope="module")
def plant(base: Scenario) -> Scenario:
    return base.with_policy(
        title="Plant",
        capital_subsidy={"rate": 0.1, "start": "2012Q1", "announced": "2011Q1"},
        training_seats={"per_quarter": 2.0, "start": "2013Q1", "until": "2013Q4"},
    )


# --------------------------------------------------------------------------------------------------- packages
@pytest.mark.parametrize("name", ["chain_extension", "all_together", "introduced_technology_digested"])
def test_once_over_a_package_is_itself(name: str) -> None:
    """With aims, announcements and schedules over measures of the past."""
    base, package = sim.load("baotou"), sim.load(name)
    assert scaled(base, package, 1.0) == package
    assert scaled(base, package, 0.5).digest not in (package.digest, base.digest)


def test_levers_are_scaled_beyond_the_baseline_and_within_their_range(base: Scenario) -> None:
    before = base.with_policy(title="Before", research_grant={"rate": 0.1})
    package = before.with_policy(
        title="More",
        research_grant={"rate": {"schedule": {"2012Q1": 0.2, "2014Q1": 0.4}, "shape": "linear"}},
        licence_access={"opening": -0.2, "start": "2013Q1", "until": "2013Q4"},
    )
    twice = scaled(before, package, 2.0).levers()[4:]
    assert twice["research_grant"]["rate"][[0, 4, 8, 12]] == pytest.approx([0.1, 0.3, 0.5, 0.7])
    assert twice["licence_access"]["opening"][[7, 8, 11, 12]] == pytest.approx([0.0, -0.4, -0.4, 0.0])
    limits = scaled(before, package, greatest(before, package)).levers()[4:]
    assert limits["research_grant"]["rate"][12] == 1.0 and limits["licence_access"]["opening"][8] == -1.0
    assert greatest(before, package) == pytest.approx(9.0)  # from 0.1 to 1 by steps of 0.1 in 2012Q1


def test_mixtures_add_up_and_aim_at_everybody_meant(base: Scenario, plant: Scenario) -> None:
    grant = base.with_policy(title="Grant", research_grant={"rate": 0.2, "stages": ["yarn"]})
    other = base.with_policy(title="Other", research_grant={"rate": 0.1, "stages": ["fibre"]})
    mix = mixed(base, [grant, plant, other], [1.0, 0.5, 2.0], "Mix")
    levers = mix.levers()[4 + 5]
    assert levers.research_grant.rate == pytest.approx(0.4)
    assert levers.research_grant.stages == 0b110
    assert levers.capital_subsidy.rate == pytest.approx(0.05)
    assert mix.levers()[4].capital_subsidy.rate_ahead == pytest.approx(0.05)
    assert instruments_of(base, mix) == ["capital_subsidy", "research_grant", "training_seats"]
    assert mixed(base, [grant], [0.0], "None") == base
    half = part_of(base, plant, ["training_seats"], "Half")
    assert instruments_of(base, half) == ["training_seats"]


def test_only_policy_can_be_scaled(base: Scenario, grant: Scenario) -> None:
    for other in (grant.with_parameters(search={"alpha": 0.5}), grant.with_run(end="2015Q4")):
        with pytest.raises(InputError, match="only policy can be scaled"):
            scaled(base, other, 2.0)


def test_what_is_written_is_read_again(tmp_path: Path, base: Scenario, plant: Scenario) -> None:
    toy = sim.load("toy")
    package = toy.with_policy(title='A "title"', research_grant={"rate": 0.2, "stages": ["yarn", "fibre"]})
    for each in (scaled(toy, package, 1.7), scaled(toy, toy.with_policy(capital_subsidy={"rate": 0.1}), 0.3)):
        path = tmp_path / "scaled.toml"
        path.write_text(as_toml(each, "toy"), "utf-8")
        assert sim.load(path) == each


# ----------------------------------------------------------------------------------------------------- search
def hunt(cost: Callable[[float], float], budget: float, most: float = 10.0) -> tuple[float, float, int]:
    searching = search(budget, most)
    at, steps = next(searching), 0
    while True:
        steps += 1
        try:
            at = searching.send(cost(at))
        except StopIteration as stop:
            return *stop.value, steps


@pytest.mark.parametrize(
    "cost",
    [
        lambda x: 100.0 * x,
        lambda x: 3.0 * x**2.5,
        lambda x: 900.0 * (1.0 - np.exp(-x)),
        lambda x: 40.0 * x + 60.0 * np.floor(2.0 * x) / 2.0,
        lambda x: 100.0 * x * (1.0 + 0.05 * np.sin(40.0 * x)),
        lambda x: 200.0 * x - 50.0,
    ],
)
@pytest.mark.parametrize("budget", [60.0, 350.0, 800.0])
def test_search_hits_what_can_be_hit(cost: Callable[[float], float], budget: float) -> None:
    at, found, steps = hunt(cost, budget)
    assert found == cost(at)
    assert abs(found - budget) <= TOLERANCE * budget or cost(at * 1.02) > budget > cost(at * 0.98)
    assert steps <= TRIALS


def test_search_copes_with_rough_costs() -> None:
    """Every intensity has luck of its own, 3 % of the cost: some intensity near by costs what is asked for."""
    hits = 0
    for luck in range(50):

        def cost(at: float, luck: int = luck) -> float:
            seed = [luck, int(at * 1e9)]
            return 100.0 * at * (1.0 + 0.03 * float(np.random.default_rng(seed).normal()))

        hits += abs(hunt(cost, 400.0)[1] - 400.0) <= TOLERANCE * 400.0
    assert hits >= 48


def test_search_knows_when_it_cannot() -> None:
    assert hunt(lambda x: 100.0 * x, 350.0, most=2.0) == (2.0, 200.0, 2)
    assert hunt(lambda x: 0.0, 350.0)[:2] == (10.0, 0.0)
    at, cost, steps = hunt(lambda x: 100.0 if x < 0.7 else 500.0, 300.0)
    assert steps == TRIALS and cost in (100.0, 500.0) and at == pytest.approx(0.7, abs=0.3)


@pytest.fixture(scope="module")
def at_equal_cost(base: Scenario, grant: Scenario, plant: Scenario) -> Comparison:
    found = equally_dear(base, [grant, plant], budget=6.0, pilot=4)
    assert [each.package.name for each in found] == ["grant", "plant"]
    assert [each.scenario.name for each in found] == ["grant", "plant"]
    assert all(each.hit and abs(each.cost - each.budget) <= TOLERANCE * each.budget for each in found)
    return compare([base, *(each.scenario for each in found)], seeds=4, jobs=1)


def test_packages_cost_the_same_on_the_seeds_of_the_search(at_equal_cost: Comparison) -> None:
    """Reckoned anew, by other code: the sum of the quarterly public cost."""
    weight = 1.03 ** (-np.arange(16) / 4.0)
    cost = (at_equal_cost.paths("public_cost") * weight).sum(axis=2).mean(axis=1)
    assert (cost[1] - cost[0]) / (cost[2] - cost[0]) == pytest.approx(1.0, abs=2.0 * TOLERANCE)


def test_budgets_out_of_reach_are_told(base: Scenario, grant: Scenario) -> None:
    free = base.with_policy(title="Free", licence_access={"opening": 0.5, "start": "2012Q1"})
    found = equally_dear(base, [grant, free], budget=1e6, pilot=2)
    assert [each.reason for each in found] == ["limits", "limits"]
    assert found[0].intensity == pytest.approx(5.0)
    middle = equally_dear(
        base, [free, grant.with_policy(title="Twice", research_grant={"rate": 0.9})], pilot=2
    )
    assert middle[1].intensity == 1.0 and middle[1].cost == middle[1].budget  # the only one that costs
    with pytest.raises(InputError, match="no package costs"):
        equally_dear(base, [free], pilot=1)
    with pytest.raises(InputError, match="not above 0"):
        equally_dear(base, [grant], budget=0.0)


# ---------------------------------------------------------------------------------------------------- ranking
def test_ranks_by_hand(at_equal_cost: Comparison, monkeypatch: pytest.MonkeyPatch) -> None:
    effect = np.array([[0.0] * 4, [1.0, 2.0, 3.0, 2.0], [4.0, 4.0, 5.0, 3.0], [9.0, 9.0, 9.0, 9.0]])
    cost = np.array(
        [[10.0] * 4, [20.0, 20.0, 21.0, 19.0], [60.0, 60.0, 61.0, 59.0], [11.0, 11.0, 11.0, 11.0]]
    )
    monkeypatch.setattr(Comparison, "outcome", lambda *_: effect)
    monkeypatch.setitem(at_equal_cost.__dict__, "cost", cost)
    monkeypatch.setitem(
        at_equal_cost.__dict__, "scenarios", (*at_equal_cost.scenarios, at_equal_cost.baseline)
    )
    table = ranking(at_equal_cost, "exits")  # fewer are better
    assert table.scenario.tolist() == ["plant", "grant", "toy"]
    assert table.worth[:2].tolist() == pytest.approx([4.0 / 50.0, 2.0 / 10.0])
    assert table["rank"][:2].tolist() == [1.0, 2.0] and table.best[:2].sum() == pytest.approx(1.0)
    assert (table.worth_low[:2] < table.worth[:2]).all() and (table.worth[:2] < table.worth_high[:2]).all()
    assert table.reason.tolist() == ["", "", "cheap"]
    assert np.isnan(table["rank"][2]) and np.isnan(table.worth[2]) and table.effect[2] == 9.0
    assert ranking(at_equal_cost, "sales").scenario.tolist() == ["grant", "plant", "toy"]


# --------------------------------------------------------------------------------------------------- accounts
def test_accounts_add_up(at_equal_cost: Comparison) -> None:
    table = accounts(at_equal_cost)
    assert set(table.item) == set(ITEMS)
    values = table.pivot(index="scenario", columns="item", values="value")
    parts = values.outlay + values.tax_expenditure + values.implicit + values.administration
    assert parts.tolist() == pytest.approx(values.gross_cost.tolist())
    assert (values.gross_cost - values.tax_back - values.land_back).tolist() == pytest.approx(
        values.net_cost.tolist()
    )
    grant = values.loc["grant"]
    assert grant.additionality == pytest.approx(grant.research / grant.research_money)
    assert 0.0 < grant.misused_share < 1.0 and 0.0 < grant.paid_share <= 1.0
    # A package that does not pay for R&D is not told to have added to it.
    assert np.isnan(values.additionality["plant"]) and np.isnan(values.misused_share["plant"])
    net = at_equal_cost.cost[1] - at_equal_cost.cost[0]
    assert grant.gross_cost == pytest.approx(net.mean())
