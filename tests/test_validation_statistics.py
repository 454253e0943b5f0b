"""Statistics of the validation table have the values that are known for made-up data."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from sim.validation.chain import foster_haltiwanger_krizan, melitz_polanec
from sim.validation.disruption import recovery
from sim.validation.enterprises import hill, investment_rates, selling, subbotin
from sim.validation.experiments import agreement
from sim.validation.knowledge import against_null, discrete_exponent, logistic, top_share
from sim.validation.targets import Measure, NotComputable, judge, verdict
from sim.validation.worlds import Worlds, agglomeration_elasticity

RNG = np.random.default_rng(7)


# ----------------------------------------------------------------------------------------------- distributions
@pytest.mark.parametrize(("draws", "shape"), [(RNG.laplace(size=4000), 1.0), (RNG.normal(size=4000), 2.0)])
def test_subbotin_tells_a_tent_from_a_bell(draws: np.ndarray, shape: float) -> None:
    assert subbotin(draws) == pytest.approx(shape, rel=0.08)


def test_hill_finds_the_exponent_of_a_pareto_tail() -> None:
    sizes = (1.0 - RNG.random(20_000)) ** (-1.0 / 1.3)
    assert hill(sizes, 0.1) == pytest.approx(1.3, rel=0.06)


def test_a_tail_of_few_is_not_computable() -> None:
    with pytest.raises(NotComputable, match="29 groups in the tail"):
        hill(np.arange(1.0, 300.0), 0.1)


def test_a_year_counts_when_the_plant_stands_and_sells_all_through_it() -> None:
    """One enterprise with its plant; one that builds in the first year and comes on stream within the second."""
    panel = pd.DataFrame(
        {"uid": [1, 1, 1, 2, 2, 2], "year": [1, 2, 3] * 2, "quarters": 4, "quarters_standing": [4, 4, 4, 0, 1, 4],
         "sales": [8.0, 8.0, 8.0, 0.0, 1.0, 9.0], "investment": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "capital": 10.0,
         "capacity": [1.0, 1.0, 1.0, 0.0, 1.0, 1.0]}
    )  # fmt: skip
    seen: Any = SimpleNamespace(panel=panel)
    assert selling(seen).sales.tolist() == [8.0, 8.0, 8.0, 9.0]
    assert investment_rates(seen).rate.tolist() == [0.2, 0.3, 0.6]


def test_discrete_exponent_of_zipf_counts() -> None:
    assert discrete_exponent(RNG.zipf(2.2, 4000)) == pytest.approx(2.2, rel=0.05)


def test_top_share_counts_what_has_no_value_among_all() -> None:
    assert top_share([6.0, 3.0, 1.0], 0.1, 10) == pytest.approx(0.6)
    assert top_share([6.0, 3.0, 1.0], 0.1, 20) == pytest.approx(0.9)


def test_logistic_gives_back_its_own_curve() -> None:
    years = np.arange(2000, 2030)
    fit, spread = logistic(years, 50.0 / (1.0 + np.exp(-(years - 2012) / 2.0)))
    assert fit == pytest.approx(1.0, abs=1e-6)
    assert spread == pytest.approx(2.0 * 2.0 * math.log(9.0), rel=1e-3)


# -------------------------------------------------------------------------------------------------- networks
def test_a_ring_of_neighbours_is_clustered_and_long_a_random_network_is_neither() -> None:
    ring = against_null(nx.watts_strogatz_graph(100, 6, 0.02, seed=1))
    random = against_null(nx.gnm_random_graph(100, 300, seed=1))
    assert ring[0] > 5.0
    assert ring[1] > 1.2
    assert random == (pytest.approx(1.0, abs=0.4), pytest.approx(1.0, abs=0.05))


# ----------------------------------------------------------------------------------------------- productivity
def sold(uids: list[int], log: list[float], weight: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"uid": uids, "productivity": np.exp(log), "frontier": 1.0, "sales_volume": weight})


def test_melitz_polanec_by_hand() -> None:
    # 1 and 2 stay: own growth 0.1 and 0.3, their mean goes from (0.5 0 + 0.25 1)/0.75 to (0.2 0.1 + 0.6 1.3)/0.8.
    before = sold([1, 2, 3], [0.0, 1.0, -1.0], [2.0, 1.0, 1.0])
    after = sold([1, 2, 4], [0.1, 1.3, 2.0], [2.0, 6.0, 2.0])
    own, moved, entry, left = melitz_polanec(before, after)
    assert own == pytest.approx(0.2)
    assert moved == pytest.approx((1.0 - 0.7) - (1.0 / 3.0 - 0.5))
    assert entry == pytest.approx(0.2 * (2.0 - 1.0))
    assert left == pytest.approx(0.25 * (1.0 / 3.0 + 1.0))
    growth = (0.2 * 0.1 + 0.6 * 1.3 + 0.2 * 2.0) - (0.25 * 1.0 - 0.25 * 1.0)
    assert own + moved + entry + left == pytest.approx(growth)


def test_foster_haltiwanger_krizan_by_hand() -> None:
    # At the beginning all together 0; own 0.5 x 0.1 + 0.25 x 0.3; entry 0.2 (2 - 0); exit 0.25 (0 + 1).
    before = sold([1, 2, 3], [0.0, 1.0, -1.0], [2.0, 1.0, 1.0])
    after = sold([1, 2, 4], [0.1, 1.3, 2.0], [2.0, 6.0, 2.0])
    own, moved, entry, left = foster_haltiwanger_krizan(before, after)
    assert own == pytest.approx(0.5 * 0.1 + 0.25 * 0.3)
    assert entry == pytest.approx(0.2 * 2.0)
    assert left == pytest.approx(0.25 * 1.0)
    assert own + moved + entry + left == pytest.approx(0.2 * 0.1 + 0.6 * 1.3 + 0.2 * 2.0)


def test_agglomeration_elasticity_is_the_slope_over_sizes() -> None:
    sizes = np.log([50.0, 100.0, 200.0])
    assert agglomeration_elasticity(
        Worlds(1, tuple(sizes), tuple(0.3 + 0.05 * sizes), None)
    ) == pytest.approx(0.05)


def test_recovery_counts_until_the_loss_stays_small() -> None:
    loss = np.array([0.2, 0.5, 0.3, 0.04, 0.2, 0.03, 0.02, 0.0, 0.0, 0.0])
    assert recovery(loss) == 5
    assert recovery(np.full(8, 1e-6)) == 0
    assert recovery(np.full(8, 0.5)) == 8


# ------------------------------------------------------------------------------------------------ verdicts
@pytest.mark.parametrize(
    ("mean", "interval", "band", "expected"),
    [
        (1.0, (0.9, 1.1), (0.8, 2.5), "pass"),
        (0.7, (0.6, 0.8), (0.8, 2.5), "near"),  # within a tenth of the width
        (0.6, (0.5, 0.9), (0.8, 2.5), "fail"),
        (0.95, (0.9, 1.0), (1.0, math.inf), "near"),  # within a tenth of the end
        (0.85, (0.8, 1.1), (1.0, math.inf), "fail"),
        (-0.1, (-0.3, 0.1), (0.0, math.inf), "near"),  # the interval reaches nil
        (-0.1, (-0.2, -0.05), (0.0, math.inf), "fail"),
    ],
)
def test_verdicts(
    mean: float, interval: tuple[float, float], band: tuple[float, float], expected: str
) -> None:
    assert verdict(mean, *interval, band) == expected


@pytest.mark.parametrize(
    ("value", "interval", "band", "expected"),
    [
        (1.0, (0.5, 1.5), (0.0, math.inf), "pass"),
        (1.0, (-0.5, 2.5), (0.0, math.inf), "near"),
        (-1.0, (-2.5, 0.5), (0.0, math.inf), "near"),
        (-1.0, (-1.5, -0.5), (0.0, math.inf), "fail"),
        (0.1, (-0.1, 0.3), (0.0, 0.25), "pass"),
        (0.3, (0.2, 0.4), (0.0, 0.25), "near"),
        (0.5, (0.3, 0.7), (0.0, 0.25), "fail"),
    ],
)
def test_agreement_of_experiments(
    value: float, interval: tuple[float, float], band: tuple[float, float], expected: str
) -> None:
    assert agreement(value, *interval, band) == expected


def test_a_measure_without_values_says_why_and_one_with_some_counts_the_rest() -> None:
    measure = Measure(statistic="size_tail", what="tail", observed=1.0)
    assert measure.band == (0.75, 1.25)
    nothing = judge(measure, [], ["too few", "too few"])
    assert (nothing.verdict, nothing.reason) == ("not computable", "too few")
    some = judge(measure, [1.0, 1.1], ["too few"])
    assert (some.verdict, some.reason) == ("pass", "no value in 1 of 3 runs: too few")
