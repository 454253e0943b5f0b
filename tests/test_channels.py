"""Channels and interactions: parts add up to the whole, games of known value are solved, what is off is off."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from conftest import scenario

import sim
from sim.analysis.channels import INNOVATIONS, MECHANISMS, bookkeeping, mechanisms, shapley_of_product
from sim.analysis.comparable import in_full
from sim.analysis.interactions import (
    MOST_PLAYERS,
    Design,
    contributions,
    factorial,
    interactions,
    main_effects,
    pattern,
    players_of,
    screening,
)
from sim.analysis.packages import instruments_of
from sim.analysis.paired import CLEAR
from sim.compare import compare
from sim.experiments.workforce import Serial
from sim.problems import InputError
from sim.scenario import Scenario


@pytest.fixture(scope="module")
def base() -> Scenario:
    return scenario("toy", "2013Q4", 4)


@pytest.fixture(scope="module")
def package(base: Scenario) -> Scenario:
    return base.with_policy(
        title="Package",
        research_grant={"rate": 0.3},
        capital_subsidy={"rate": 0.2, "stages": ["yarn"]},
        training_seats={"per_quarter": 10.0},
    )


# ---------------------------------------------------------------------------------------------------- bookkeeping
def test_parts_add_up_to_the_effect(base: Scenario, package: Scenario) -> None:
    comparison = compare([base, package], seeds=5, jobs=1)
    for output in ("value_added_volume", "employment", "innovations"):
        table = bookkeeping(comparison, output)
        whole = table[table.way == "total"].effect.iloc[0]
        sums = table.groupby("way").effect.sum()
        assert sums.tolist() == pytest.approx([whole] * len(sums), rel=1e-9)
        if table.verdict.iloc[0] in CLEAR:  # of what is unclear there are no shares
            assert table.groupby("way").share.sum().tolist() == pytest.approx([1.0] * len(sums))
        else:
            assert table.share.isna().all()
        expected = (
            {"total", "class"} if output == "innovations" else {"stage", "product", "ownership", "origin"}
        )
        assert expected <= set(sums.index)
    assert ("number_size" in set(bookkeeping(comparison).way)) and "number_size" not in set(table.way)


def test_a_product_is_taken_apart_by_hand() -> None:
    """From 2 x 3 x 4 to 3 x 3 x 5: the mean over six orders of change, worked out on paper."""
    before, after = np.array([2.0, 3.0, 4.0]), np.array([3.0, 3.0, 5.0])
    assert shapley_of_product(before, after).tolist() == pytest.approx([13.5, 0.0, 7.5])
    drawn = np.random.default_rng(1).uniform(1.0, 3.0, (2, 3, 50))
    assert shapley_of_product(*drawn).sum(axis=0) == pytest.approx(
        drawn[1].prod(axis=0) - drawn[0].prod(axis=0)
    )


def test_classes_of_innovation_are_all_there_are() -> None:
    from sim.world import CLASS_NAMES

    assert len(INNOVATIONS) == len(CLASS_NAMES)


# --------------------------------------------------------------------------------------------------------- games
def game(worth: dict[str, float], bonus: dict[frozenset[str], float]) -> Design:
    """Every player adds its worth, some sets of players a bonus; luck moves all subsets alike."""
    luck = np.random.default_rng(2).normal(100.0, 10.0, 12)
    subsets = [frozenset(c) for size in range(len(worth) + 1) for c in combinations(worth, size)]
    values = [
        luck + sum(worth[p] for p in subset) + sum(each for who, each in bonus.items() if who <= subset)
        for subset in subsets
    ]
    return Design({p: [p] for p in worth}, tuple(subsets), ("sales",), np.array(values)[None])


WORTH = {"research_grant": 5.0, "capital_subsidy": 2.0, "export_tax": -4.0}
BONUS = {frozenset({"research_grant", "capital_subsidy"}): 6.0, frozenset(WORTH): 3.0}


def test_games_of_known_value() -> None:
    table = contributions(game(WORTH, BONUS), "sales").set_index(["player", "way"])
    value = table.effect
    assert value["", "whole"] == pytest.approx(12.0)
    assert [value[p, "alone"] for p in WORTH] == pytest.approx([5.0, 2.0, -4.0])
    assert [value[p, "last"] for p in WORTH] == pytest.approx([14.0, 11.0, -1.0])
    assert [value[p, "shapley"] for p in WORTH] == pytest.approx([9.0, 6.0, -3.0])  # bonuses shared evenly
    assert table.share["research_grant", "shapley"] == pytest.approx(0.75)
    assert table.verdict["export_tax", "alone"] == "lowers"
    assert table.label["export_tax", "alone"] == "Export tax"


def test_interactions_of_known_value() -> None:
    table = interactions(game(WORTH, BONUS), "sales").set_index(["one", "other", "way"])
    value = table.effect
    assert value["research_grant", "capital_subsidy", "alone"] == pytest.approx(6.0)
    assert value["research_grant", "capital_subsidy", "in company"] == pytest.approx(7.5)
    assert value["research_grant", "export_tax", "alone"] == pytest.approx(0.0, abs=1e-9)
    assert value["research_grant", "export_tax", "in company"] == pytest.approx(1.5)


def test_screening_sees_every_player_clear_of_pairs() -> None:
    names = [f"p{i}" for i in range(11)]
    subsets = pattern(names)
    assert len(subsets) == 32
    on = np.array([[1.0 if p in subset else -1.0 for p in names] for subset in subsets])
    assert np.array_equal(on.T @ on, 32.0 * np.eye(11))  # balanced and independent
    pairs = np.array([on[:, i] * on[:, j] for i, j in combinations(range(11), 2)])
    assert not (pairs @ on).any()  # resolution IV
    players = dict(zip(WORTH, ([each] for each in WORTH), strict=True))
    subsets = [frozenset(), *pattern(list(WORTH))]
    values = [10.0 + sum(WORTH[p] for p in s) + 6.0 * (len(s) == 3) for s in subsets]
    luck = np.random.default_rng(3).normal(0.0, 1.0, 6)
    table = main_effects(
        Design(players, tuple(subsets), ("sales",), np.add.outer(values, luck)[None]), "sales"
    )
    # With three players a set of three is alike a single one: half of its bonus lies with each.
    assert table.effect.tolist() == pytest.approx([each + 1.5 for each in WORTH.values()])


def test_measures_of_a_package_are_run_on_the_same_seeds(base: Scenario, package: Scenario) -> None:
    with Serial() as here:
        design = factorial(base, package, ["research"], [3, 4], here)
        assert len(design.subsets) == 8 and design.failures == ()
        whole = compare([base, package], [3, 4], jobs=1).outcome("research")
        assert design.of("research", frozenset()).tolist() == whole[0].tolist()
        assert design.of("research", frozenset(design.players)).tolist() == whole[1].tolist()
        table = contributions(design, "research").set_index(["way", "player"]).effect
        assert table["shapley"].sum() == pytest.approx(table["whole", ""])
        screened = screening(base, package, ["research"], [3], here)
        assert len(screened.subsets) == 1 + 8 and len(main_effects(screened, "research")) == 3


def test_many_measures_are_grouped_and_none_is_refused(base: Scenario) -> None:
    baotou, everything = sim.load("baotou"), sim.load("all_together")
    players = players_of(baotou, everything)
    members = [name for group in players.values() for name in group]
    assert len(players) <= MOST_PLAYERS and sorted(members) == instruments_of(baotou, everything)
    with pytest.raises(InputError, match="changes no measure"):
        players_of(base, base)
    with Serial() as here, pytest.raises(InputError, match="25 measures are 33554432 subsets"):
        factorial(baotou, everything, ["research"], [1], here, {name: [name] for name in members})


# ---------------------------------------------------------------------------------------------------- mechanisms
def test_mechanisms_can_be_switched_off(base: Scenario) -> None:
    for name, each in MECHANISMS.items():
        off = base.with_settings(in_full(each.off))
        assert off != base, name
        assert all(value == 0.0 for value in each.off.values()), name


def test_what_a_mechanism_carries(base: Scenario, package: Scenario) -> None:
    with Serial() as here:
        table = mechanisms(base, package, ["research", "sales"], [1, 2, 3], here, ["licences", "attraction"])
    assert table.output.tolist() == ["research"] * 2 + ["sales"] * 2
    assert (table.whole - table.left).tolist() == pytest.approx(table.effect.tolist())
    off = in_full(MECHANISMS["attraction"].off)
    alone = compare([base.with_settings(off), package.with_settings(off)], 3, jobs=1).outcome("sales")
    assert table.left.iloc[3] == pytest.approx((alone[1] - alone[0]).mean())
    assert table.left_percent.iloc[3] == pytest.approx(100.0 * (alone[1] - alone[0]).mean() / alone[0].mean())
