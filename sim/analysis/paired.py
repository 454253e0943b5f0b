"""Paired effects: the statistics of policy against baseline, seed by seed.

Every pair of runs has its luck in common; what luck does to both cancels in the difference d = policy - baseline.

    effect              mean of d                                                                           (1)
    low, high           95 % interval of (1): bootstrap, bias-corrected and accelerated (Efron 1987), from
                        ten pairs on; Student's t below, where it would be too narrow; none for one pair    (2)
    median              of d, with the interval of its order statistics, from six pairs on                  (3)
    percent             100 (1) / |mean of the baseline|, with the interval of a ratio as in (2)            (4)
    better              share of pairs in which the policy moves the outcome in its good direction
    standardised        (1) / standard deviation of the baseline over runs                                  (5)
    correlation         of policy and baseline over pairs
    variance_reduction  (variance of baseline + variance of policy) / variance of d: how many times fewer
                        runs pairing needs than independent seeds for the same interval                     (6)
    seeds_needed        more pairs until the half-width of (2) is 0.5 % of the baseline                     (7)
    p, p_holm           two-sided t-test of (1); adjusted for all rows of the table (Holm 1979)             (8)
    low_holm, high_holm t-interval at the level at which Holm tests the row: it excludes zero when p_holm < 5 %

With several parameter sets the world itself is uncertain, and more seeds do not make that smaller: intervals are then
quantiles, over sets, of means over resampled seeds, and the standard error is the spread of these.

An effect is worth its name when (8) is below 5 % *and* (4) is at least 0.5 %: pairing alone makes trifles significant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95
LEAST = 0.5  # per cent of the baseline: smaller effects are not worth the name
FEWEST = 10  # pairs for a bootstrap
RESAMPLES = 2000
CHUNK = 4_000_000  # numbers resampled at a time

# In English and Chinese: what a row says, and what is odd about it.
VERDICTS: dict[str, tuple[str, str]] = {
    "raises": ("raises", "提高"),
    "lowers": ("lowers", "降低"),
    "trifling": ("differs, but too little to matter", "有差异,但小到无实际意义"),
    "unclear": ("no clear difference", "无明显差异"),
    "same": ("the same in every run", "每次运行均相同"),
    "unknown": ("cannot be told", "无法判断"),
}
CLEAR = ("raises", "lowers", "trifling")  # there is a difference
NOTES: dict[str, tuple[str, str]] = {
    "": ("", ""),
    "missing": ("no value in any run", "所有运行均无数值"),
    "gaps": ("some runs have no value", "部分运行无数值"),
    "single": ("a single pair of runs: no interval", "仅一对运行,无置信区间"),
    "constant": ("does not vary between runs", "各次运行之间不变"),
    "nil": ("nil in the baseline: no per cent", "基准为零,无百分比"),
}
STATISTICS = (
    "baseline", "policy", "effect", "low", "high", "median", "median_low", "median_high",
    "percent", "percent_low", "percent_high", "better", "standardised", "n", "correlation",
    "variance_reduction", "seeds_needed", "standard_error", "p",
)  # fmt: skip


def paired_effects(baseline: Any, policy: Any, good: Any = 1.0, sets: Any = None) -> pd.DataFrame:
    """The statistics of paired outcomes: one row per outcome, columns STATISTICS and those of :func:`adjusted`.

    baseline, policy  [outcome, pair]; not finite where a run failed or has no such outcome
    good              1 or -1, per outcome or for all: the direction that is better
    sets              the parameter set of every pair, when there are several
    """
    import pandas as pd

    baseline, policy = np.atleast_2d(np.asarray(baseline, float)), np.atleast_2d(np.asarray(policy, float))
    if baseline.shape != policy.shape:
        raise ValueError(f"these are no pairs: {baseline.shape} against {policy.shape}")
    good = np.broadcast_to(np.asarray(good, float), len(baseline))
    members = np.zeros(baseline.shape[1], int) if sets is None else np.unique(sets, return_inverse=True)[1]
    known = np.isfinite(baseline) & np.isfinite(policy)
    found = np.full((len(baseline), len(STATISTICS)), np.nan)
    # Rows that miss the same pairs are reckoned together.
    patterns, pattern_of = np.unique(known, axis=0, return_inverse=True)
    for place, pattern in enumerate(patterns):
        rows = np.flatnonzero(pattern_of.ravel() == place)
        for part in np.array_split(rows, -(-len(rows) // 500)):
            at = np.ix_(part, pattern)
            found[part] = _statistics(baseline[at], policy[at], good[part], members[pattern])
    table = pd.DataFrame(found, columns=list(STATISTICS))
    table["n"] = table["n"].astype(int)
    table["note"] = _notes(table, baseline.shape[1])
    return adjusted(table)


def _statistics(baseline: Any, policy: Any, good: Any, sets: Any) -> Any:
    """[row, one of STATISTICS] of rows without gaps, [row, pair]."""
    rows, n = baseline.shape
    nothing = np.full(rows, np.nan)
    if n == 0:
        return np.column_stack([np.zeros(rows) if name == "n" else nothing for name in STATISTICS])
    difference = policy - baseline
    base, mean = baseline.mean(axis=1), difference.mean(axis=1)
    scale = np.abs(baseline).max(axis=1)
    mean = np.where(np.abs(mean) <= 1e-12 * scale, 0.0, mean)  # rounding is no effect
    spread = _variance(difference, scale)
    apart, both = _variance(baseline) + _variance(policy), _variance(baseline) * _variance(policy)
    together = ((baseline - base[:, None]) * policy).sum(axis=1) / max(n - 1, 1)
    error = np.sqrt(spread / n) if not sets.any() else resampled(difference, None, sets).std(axis=1)
    low, high = interval(difference, sets=sets)
    percent_low, percent_high = interval(difference, baseline, sets=sets)
    median_low, median_high = interval_of_median(difference)
    found = {
        "baseline": base,
        "policy": policy.mean(axis=1),
        "effect": mean,
        "low": low,
        "high": high,
        "median": np.median(difference, axis=1),
        "median_low": median_low,
        "median_high": median_high,
        "percent": 100.0 * over(mean, np.abs(base)),
        "percent_low": 100.0 * percent_low,
        "percent_high": 100.0 * percent_high,
        "better": (good[:, None] * difference > 0.0).mean(axis=1),
        "standardised": over(mean, np.sqrt(_variance(baseline))),
        "n": np.full(rows, n),
        "correlation": over(together, np.sqrt(both)) if n > 2 else nothing,
        "variance_reduction": over(apart, spread),
        "seeds_needed": np.maximum(
            0.0, np.ceil(over(1.96 * np.sqrt(spread), LEAST / 100.0 * np.abs(base)) ** 2) - n
        ),
        "standard_error": error,
        "p": _p_value(mean, error, n),
    }
    return np.column_stack([found[name] for name in STATISTICS])


def effects_of(frame: pd.DataFrame, baseline: str, good: Mapping[str, float] | None = None) -> pd.DataFrame:
    """The same from a tidy table of outcomes, a row per run and output: scenario, seed, output, value, perhaps set.

    A pair is a seed (in a set) that both scenarios ran; others count as missing. ``good`` is 1 or -1 by output, 1 if
    not named. Returns columns scenario, output and those of :func:`paired_effects`. Raises ``ValueError`` when a run
    is there twice or the baseline is absent.
    """
    import pandas as pd

    pair = ["seed"] if "set" not in frame else ["set", "seed"]
    wide = frame.pivot(index=["scenario", "output"], columns=pair, values="value")
    names = list(dict.fromkeys(frame["scenario"]))
    if baseline not in names:
        raise ValueError(f"there is no scenario {baseline!r} among {', '.join(map(str, names))}")
    outputs = list(dict.fromkeys(frame["output"]))
    heads = [(name, output) for output in outputs for name in names if name != baseline]
    sides = [wide.reindex(rows) for rows in ([(baseline, output) for _, output in heads], heads)]
    signs = [(good or {}).get(output, 1.0) for _, output in heads]
    sets = wide.columns.get_level_values("set") if "set" in frame else None
    table = paired_effects(sides[0].to_numpy(), sides[1].to_numpy(), signs, sets)
    return pd.concat([pd.DataFrame(heads, columns=["scenario", "output"]), table], axis=1)


def over(part: Any, whole: Any) -> Any:
    """``part / whole``, NaN where there is no whole."""
    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=np.asarray(whole) != 0.0)


def _variance(values: Any, scale: Any = 0.0) -> Any:
    """Over pairs; NaN for a single one, exactly nil for what varies by no more than rounding of numbers of that scale."""
    if values.shape[1] < 2:
        return np.full(len(values), np.nan)
    return np.where(np.ptp(values, axis=1) <= 1e-12 * scale, 0.0, values.var(axis=1, ddof=1))


def _p_value(mean: Any, error: Any, n: int) -> Any:
    """Two-sided t-test of a mean against nil; what does not vary is certain."""
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2.0 * stats.t.sf(np.abs(mean) / error, max(n - 1, 1))
    return np.where(error == 0.0, np.where(mean == 0.0, 1.0, 0.0), p)


# ---------------------------------------------------------------------------------------------------- intervals
def interval(difference: Any, per: Any = None, level: float = LEVEL, sets: Any = None) -> tuple[Any, Any]:
    """Interval (2) of the mean, or of mean difference over |mean ``per``|, by row: both [row, pair]. (low, high) [row].

    NaN for fewer than two pairs, and for a ratio whose denominator is within three standard errors of nil: it has no
    bounds (Fieller 1954).
    """
    if sets is not None and np.any(sets):
        tails = (0.5 - level / 2.0, 0.5 + level / 2.0)
        return tuple(np.quantile(resampled(difference, per, sets), tails, axis=1))
    rows, n = difference.shape
    if n < 2:
        return np.full(rows, np.nan), np.full(rows, np.nan)
    middle, influence = _influence(difference, per)
    varies = np.ptp(influence, axis=1) > 1e-12 * np.abs(middle)
    low, high = np.where(varies, np.nan, middle), np.where(varies, np.nan, middle)
    if n < FEWEST:
        half = stats.t.ppf(0.5 + level / 2.0, n - 1) * influence.std(axis=1, ddof=1) / np.sqrt(n)
        return np.where(varies, middle - half, low), np.where(varies, middle + half, high)
    at = np.flatnonzero(varies)
    if len(at):
        # The bootstrap's own draws are fixed: the same runs give the same interval.
        found = stats.bootstrap(
            (difference[at],) if per is None else (difference[at], per[at]),
            _mean if per is None else _ratio,
            axis=-1,
            paired=per is not None,
            vectorized=True,
            n_resamples=RESAMPLES,
            batch=max(1, CHUNK // (n * len(at))),
            confidence_level=level,
            method="BCa",
            rng=np.random.default_rng(0),
        ).confidence_interval
        low[at], high[at] = found.low, found.high
    return low, high


def _influence(difference: Any, per: Any) -> tuple[Any, Any]:
    """The mean or ratio by row, and what each pair adds to it: [row], [row, pair]."""
    if per is None:
        middle = difference.mean(axis=1)
        return middle, difference - middle[:, None]
    mean = per.mean(axis=1)
    error = np.sqrt(_variance(per) / per.shape[1])
    whole = np.where(np.abs(mean) > 3.0 * error, np.abs(mean), 0.0)
    middle = over(difference.mean(axis=1), whole)
    left = difference - (middle * np.sign(mean))[:, None] * per
    return middle, over(left, np.broadcast_to(whole[:, None], left.shape))


def _mean(values: Any, axis: int) -> Any:
    return values.mean(axis=axis)


def _ratio(part: Any, whole: Any, axis: int) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):  # a resample may draw zeros only
        return np.nan_to_num(part.mean(axis=axis) / np.abs(whole.mean(axis=axis)))


def resampled(difference: Any, per: Any = None, sets: Any = None) -> Any:
    """[row, draw]: means (or ratios of means) over resampled pairs, as many from every parameter set; of one, plainly."""
    members = np.zeros(difference.shape[1], int) if sets is None else np.asarray(sets)
    rng = np.random.default_rng(0)
    every = np.unique(members)
    draws = []
    for one in every:
        pairs = np.flatnonzero(members == one)
        again = pairs[rng.integers(len(pairs), size=(-(-RESAMPLES // len(every)), len(pairs)))]
        means = difference[:, again].mean(axis=2)
        draws.append(means if per is None else over(means, np.abs(per[:, again].mean(axis=2))))
    return np.concatenate(draws, axis=1)


def interval_of_median(difference: Any, level: float = LEVEL) -> tuple[Any, Any]:
    """Interval (3): the order statistics between which the median lies with at least ``level``; NaN below six pairs."""
    rows, n = difference.shape
    below = int(stats.binom.ppf(0.5 - level / 2.0, n, 0.5)) if n else 0
    if n == 0 or stats.binom.cdf(below, n, 0.5) > 0.5 - level / 2.0:
        below -= 1  # at most 2.5 % of samples have so few values below the median
    if below < 0:
        return np.full(rows, np.nan), np.full(rows, np.nan)
    ordered = np.sort(difference, axis=1)
    return ordered[:, below], ordered[:, n - 1 - below]


# ------------------------------------------------------------------------------------------ many rows, in words
def adjusted(table: pd.DataFrame) -> pd.DataFrame:
    """The table with p_holm, low_holm, high_holm and verdict, all its rows taken as one family of tests.

    Take the rows first that you mean to look at, then adjust: what is not looked at costs nothing.
    """
    known = table["p"].notna().to_numpy()
    p_holm, tests = np.full(len(table), np.nan), np.full(len(table), np.nan)
    p_holm[known], tests[known] = holm(table["p"].to_numpy()[known])
    tails = 0.5 * (1.0 - LEVEL) / tests
    error = table["standard_error"].to_numpy()
    half = np.where(error == 0.0, 0.0, error * stats.t.isf(tails, np.maximum(table["n"] - 1, 1)))
    table = table.assign(p_holm=p_holm, low_holm=table["effect"] - half, high_holm=table["effect"] + half)
    return table.assign(verdict=[_verdict(row) for row in table.itertuples()])


def holm(p: Any) -> tuple[Any, Any]:
    """Holm's adjusted p-values, and by how many tests each is tried: from the first that fails, all by as many."""
    p = np.asarray(p, float)
    order = np.argsort(p, kind="stable")
    tests = np.empty(len(p))
    tests[order] = np.arange(len(p), 0, -1)
    adjusted_p = np.empty(len(p))
    adjusted_p[order] = np.minimum(1.0, np.maximum.accumulate((p * tests)[order])) if len(p) else []
    failed = tests[adjusted_p >= 1.0 - LEVEL]
    return adjusted_p, np.maximum(tests, failed.max()) if len(failed) else tests


def _verdict(row: Any) -> str:
    """A key of VERDICTS."""
    if row.n < 1 or row.p != row.p:
        return "unknown"
    if row.effect == 0.0 and row.standard_error == 0.0:
        return "same"
    if row.p_holm >= 1.0 - LEVEL:
        return "unclear"
    if abs(row.percent) < LEAST:
        return "trifling"
    return "raises" if row.effect > 0.0 else "lowers"


def _notes(table: pd.DataFrame, pairs: int) -> list[str]:
    """Keys of NOTES."""
    rows: Any = table.itertuples()
    return [
        "missing" if row.n == 0
        else "single" if row.n == 1
        else "gaps" if row.n < pairs
        else "nil" if row.baseline == 0.0
        else "constant" if row.standard_error == 0.0 and row.standardised != row.standardised
        else ""
        for row in rows
    ]  # fmt: skip
