"""The reference case behaves: bands around what was observed in Baotou, over 50 seeds.

Observed points are in scenarios/baotou/sources/baotou_cluster.csv; a band is a factor of two for the mean over seeds, and
the model has to be alive, and neither exploding nor dying, in every seed. Fine calibration is another matter.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.compare import Comparison, compare
from sim.problems import InputError
from sim.scenario import load

SEEDS = 50
pytestmark = pytest.mark.xdist_group("reference-case")


@pytest.fixture(scope="module")
def runs() -> Comparison:
    return compare([load("baotou")], seeds=SEEDS, jobs=1)


def yearly(runs: Comparison, output: str, how: str) -> dict[int, np.ndarray]:
    """Values by year, one per seed."""
    path = runs.paths(output)[0].reshape(SEEDS, -1, 4)
    values = {"sum": path.sum(axis=2), "last": path[:, :, -1], "mean": path.mean(axis=2)}[how]
    return {2011 + year: values[:, year] for year in range(values.shape[1])}


# year, observed: city, counted products, current prices (million CNY); zone figures are a lower bound of the city's.
OBSERVED = [
    ("groups", "last", 2016, 106.0),
    ("groups", "last", 2021, 141.0),
    ("output_counted", "sum", 2016, 15_000.0),
    ("output_counted", "sum", 2018, 17_600.0),
    ("output_counted", "sum", 2020, 21_800.0),
    ("output_counted", "sum", 2021, 38_000.0),
    ("new_materials_share", "mean", 2016, 0.44),
    ("new_materials_share", "mean", 2018, 0.51),
    ("local_conversion_rate", "mean", 2016, 0.40),
    # The 0.75 claimed for 2019 is soft and not reached: validation, H4.
]


@pytest.mark.parametrize(("output", "how", "year", "observed"), OBSERVED)
def test_observed_points_are_met_within_a_factor_of_two(
    runs: Comparison, output: str, how: str, year: int, observed: float
) -> None:
    mean = yearly(runs, output, how)[year].mean()
    assert observed / 2.0 <= mean <= observed * 2.0


def test_alive_and_neither_exploding_nor_dying_in_every_seed(runs: Comparison) -> None:
    enterprises = runs.paths("enterprises")[0]
    assert enterprises.min() >= 20
    assert enterprises.max() <= 400
    volume = yearly(runs, "output_counted_volume", "sum")
    growth = volume[2035] / volume[2021]
    assert growth.min() > 0.4
    assert growth.max() < 8.0  # 15 % a year over fourteen years
    assert np.isfinite(runs.paths("output_value")).all()


def test_output_value_follows_the_real_price_path(runs: Comparison) -> None:
    value = np.array([v.mean() for v in yearly(runs, "output_counted", "sum").values()])[:11]
    price = np.array([v.mean() for v in yearly(runs, "critical_price", "mean").values()])[:11]
    assert np.corrcoef(np.diff(np.log(value)), np.diff(np.log(price)))[0, 1] > 0.5


def test_entry_and_exit_go_on(runs: Comparison) -> None:
    for output in ("entries", "exits"):
        years = yearly(runs, output, "sum")
        assert all(values.mean() > 1.0 for values in years.values())
        assert np.mean([values > 0 for values in years.values()]) > 0.95


def test_firms_differ_in_size(runs: Comparison) -> None:
    share = yearly(runs, "top_share", "mean")
    assert 0.15 < share[2018].mean() < 0.9


def test_the_chain_extends_slowly_without_new_policy(runs: Comparison) -> None:
    share = yearly(runs, "new_materials_share_volume", "mean")
    assert 0.0 < share[2035].mean() - share[2013].mean() < 0.5


def test_scenarios_that_cannot_be_paired_are_refused() -> None:
    with pytest.raises(InputError, match="cannot be paired"):
        compare([load("baotou"), load("toy")], seeds=2, jobs=1)
