"""Paired effects: intervals cover what they promise, Holm is Holm, and what cannot be told is not told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.analysis import paired
from sim.analysis.paired import (
    NOTES,
    VERDICTS,
    adjusted,
    effects_of,
    holm,
    interval,
    interval_of_median,
    paired_effects,
)


def covered(low: object, high: object, truth: float) -> float:
    return float(((np.asarray(low) <= truth) & (truth <= np.asarray(high))).mean())


@pytest.mark.parametrize("pairs", [5, 20, 50])
@pytest.mark.parametrize("skewed", [False, True])
def test_intervals_cover_the_truth_nineteen_times_of_twenty(pairs: int, skewed: bool) -> None:
    """1,000 samples; the standard error of a coverage of 95 % is 0.7 points; a skewed few are hard for everybody."""
    rng = np.random.default_rng(5)
    noise = rng.gamma(4.0, 1.0, (1000, pairs)) - 4.0 if skewed else rng.normal(0.0, 2.0, (1000, pairs))
    least = 0.90 if skewed else 0.92
    assert least <= covered(*interval(1.0 + noise), 1.0) <= 0.97
    baseline = 10.0 + rng.normal(0.0, 1.0, (1000, pairs))
    assert least <= covered(*interval(1.0 + noise, baseline), 0.1) <= 0.97
    middle = 1.0 + (stats.gamma(4.0).median() - 4.0 if skewed else 0.0)
    if pairs > 5:  # below six the order statistics say nothing
        assert 0.94 <= covered(*interval_of_median(1.0 + noise), middle) <= 0.99
    else:
        assert np.isnan(interval_of_median(noise)).all()


def test_an_interval_over_parameter_sets_covers_what_differs_between_them() -> None:
    rng = np.random.default_rng(2)
    sets = np.repeat(np.arange(40), 5)
    of_set = rng.normal(1.0, 0.5, 40)[sets]
    difference = (of_set + rng.normal(0.0, 0.1, 200))[None]
    low, high = interval(difference, sets=sets)
    assert low[0] < 0.2 and high[0] > 1.8  # two standard deviations of worlds, not of a mean
    narrow = interval(difference)
    assert high[0] - low[0] > 5.0 * (narrow[1] - narrow[0])[0]
    table = paired_effects(np.full((1, 200), 10.0), 10.0 + difference, sets=sets)
    assert table.standard_error[0] == pytest.approx(0.5, abs=0.15)


def test_holm_by_hand() -> None:
    """The example of Holm's procedure: 0.005 x 4, 0.01 x 3, 0.03 x 2, then not below the one before."""
    p, tests = holm([0.01, 0.04, 0.03, 0.005])
    assert p == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert tests.tolist() == [3, 2, 2, 4]
    p, tests = holm([0.5, 0.001])
    assert p == pytest.approx([0.5, 0.002]) and tests.tolist() == [1, 2]
    assert holm([])[0].tolist() == []


def test_holm_intervals_exclude_zero_exactly_when_holm_is_sure() -> None:
    rng = np.random.default_rng(3)
    baseline = rng.normal(100.0, 10.0, (300, 25))
    policy = baseline + rng.normal(0.0, 1.0, (300, 25)) + rng.choice([0.0, 0.5, 1.0], (300, 1))
    table = paired_effects(baseline, policy)
    excludes = (table.low_holm > 0.0) | (table.high_holm < 0.0)
    assert excludes.equals(table.p_holm < 0.05)
    assert 20 < excludes.sum() < 200
    few = adjusted(table[:3])
    assert (few.p_holm <= table.p_holm[:3]).all() and (few.p_holm < table.p_holm[:3]).any()
    unaware = (adjusted(table[i : i + 1]).p_holm.iloc[0] for i in range(3))
    assert list(unaware) == pytest.approx(table.p[:3].tolist())


def test_statistics_by_hand() -> None:
    baseline, policy = [10.0, 20.0, 30.0], [12.0, 21.0, 33.0]  # differences 2, 1, 3
    row = paired_effects(baseline, policy).iloc[0]
    assert (row.baseline, row.policy, row.effect, row["median"], row.n) == (20.0, 22.0, 2.0, 2.0, 3)
    assert row.percent == pytest.approx(10.0)
    assert row.standardised == pytest.approx(0.2)
    assert row.correlation == pytest.approx(np.corrcoef(baseline, policy)[0, 1])
    assert row.variance_reduction == pytest.approx(100.0 + 111.0)
    assert row.high - row.effect == pytest.approx(4.302653 / np.sqrt(3.0))
    assert row.p == pytest.approx(stats.ttest_rel(policy, baseline).pvalue)
    assert row.seeds_needed == np.ceil((1.96 / 0.1) ** 2) - 3
    assert row.better == 1.0 and paired_effects(baseline, policy, -1.0).better[0] == 0.0


def test_what_cannot_be_told_is_said() -> None:
    ten = np.arange(10.0)
    gaps = np.where(ten < 4.0, np.nan, ten)
    rows = {
        "missing": (np.full(10, np.nan), ten),
        "gaps": (gaps, ten + 1.0),
        "nil": (np.zeros(10), ten),
        "constant": (np.full(10, 5.0), np.full(10, 6.0)),
        "": (ten, ten),
    }
    table = paired_effects(*(np.array([pair[side] for pair in rows.values()]) for side in (0, 1)))
    assert table.note.tolist() == list(rows)
    assert table.verdict.tolist() == ["unknown", "raises", "raises", "raises", "same"]
    assert table.n.tolist() == [0, 6, 10, 10, 10]
    assert np.isnan(table.percent[2]) and table.effect[2] == 4.5
    assert (table.low[3], table.high[3], table.p[3]) == (1.0, 1.0, 0.0)
    single = paired_effects([1.0], [2.0]).iloc[0]
    assert (single.verdict, single.note, single.effect) == ("unknown", "single", 1.0)
    assert np.isnan([single.low, single.high, single.median_low, single.percent_low, single.p]).all()
    assert set(table.verdict) | {"lowers", "unclear", "trifling"} == set(VERDICTS)
    assert set(table.note) | {"single"} == set(NOTES)


def test_trifles_and_noise_are_no_effects() -> None:
    rng = np.random.default_rng(4)
    noise = rng.normal(0.0, 0.01, 40)
    luck = rng.normal(100.0, 5.0, 40)
    table = paired_effects([luck] * 3, [luck + 0.1 + noise, luck - 1.0 + noise, luck + noise])
    assert table.verdict.tolist() == ["trifling", "lowers", "unclear"]


def test_rounding_is_no_variance() -> None:
    luck = np.random.default_rng(6).normal(1e6, 10.0, 20)
    row = paired_effects(luck, luck + 0.1).iloc[0]
    assert (row.standard_error, row.p) == (0.0, 0.0) and np.isnan(row.variance_reduction)


def test_effects_of_a_stored_table_are_those_of_arrays() -> None:
    rng = np.random.default_rng(7)
    values = rng.normal(10.0, 1.0, (3, 2, 12))  # scenario, output, seed
    rows = [
        {"scenario": name, "seed": seed, "output": output, "value": values[i, j, seed]}
        for seed in range(12)
        for i, name in enumerate(("base", "one", "two"))
        for j, output in enumerate(("sales", "exits"))
        if (name, seed) != ("two", 3)  # a run that failed
    ]
    table = effects_of(pd.DataFrame(rows), "base", {"exits": -1.0})
    assert list(zip(table.output, table.scenario, table.n, strict=True)) == [
        ("sales", "one", 12), ("sales", "two", 11), ("exits", "one", 12), ("exits", "two", 11)
    ]  # fmt: skip
    row = paired_effects(values[0, 1], values[1, 1], -1.0).iloc[0]
    assert (table.low[2], table.better[2]) == pytest.approx((row.low, row.better))
    with pytest.raises(ValueError, match="no scenario 'bse'"):
        effects_of(pd.DataFrame(rows), "bse")


def test_pairs_must_match() -> None:
    with pytest.raises(ValueError, match="no pairs"):
        paired_effects(np.zeros((2, 3)), np.zeros((2, 4)))


def test_every_statistic_is_explained() -> None:
    table: pd.DataFrame = paired_effects([1.0, 2.0], [1.5, 2.0])
    about = paired.__doc__ or ""
    named = {"baseline", "policy", "n", "note", "verdict"}
    for column in table.columns:
        assert column in named or column.partition("_")[0] in about, column
