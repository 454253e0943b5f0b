"""Sensitivity: which factors of a design move an outcome, and how sure that is.

What can be said depends on how the points were chosen (``experiments.sampling``):

    sobol            first: share of the variance of the outcome that a factor explains alone; total: with all its
                     interactions (Saltelli et al. 2010, Jansen 1999), 95 % intervals by bootstrap over base points
    morris           mean: elementary effect of the whole range, averaged; strength: the same of absolute values;
                     spread: its standard deviation, large where a factor interacts or bends (Morris 1991,
                     Campolongo et al. 2007)
    one_at_a_time    low, high: change of the outcome when the factor alone goes to an end of its range
    all others       effect: change of the outcome over the range of a factor in a linear regression on all of them,
                     with its 95 % interval (Student); fit: the R2 of that regression

Outcomes are those of ``Results.final``, averaged over seeds; all points run with the same luck. What luck does is told
by ``luck``: the share of the variance of single runs that lies between seeds of one point.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.calendar import Quarter
from sim.declare import OUTPUTS
from sim.experiments.export import by_point
from sim.experiments.factors import Factor
from sim.experiments.results import Results
from sim.experiments.sampling import MORRIS_LEVELS, salib, salib_problem
from sim.problems import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

SHOWN = (
    "new_materials_share",
    "new_materials_volume",
    "inventive_innovations",
    "talents_employed",
    "public_cost",
)
RESAMPLES = 1000
# By method: the column by which factors are ranked, and the ends of its interval.
RANKED_BY: dict[str, tuple[str, str, str]] = {
    "sobol": ("total", "total_low", "total_high"),
    "morris": ("strength", "strength_low", "strength_high"),
    "one_at_a_time": ("swing", "low", "high"),
}
REGRESSION = ("effect", "effect_low", "effect_high")
WORDS = {
    "total": "share of variance, interactions included",
    "strength": "mean absolute change over the whole range",
    "swing": "change when the factor alone goes to the ends of its range",
    "effect": "change over the whole range",
}


def ranked_by(method: str) -> tuple[str, str, str]:
    """The column that ranks factors, and the columns of its interval."""
    return RANKED_BY.get(method, REGRESSION)


def sensitivity(
    results: Results,
    outputs: Sequence[str] | None = None,
    scenario: str | None = None,
    against: str | None = None,
) -> pd.DataFrame:
    """One row per output and factor, the strongest first: factor, label, output, unit, n, luck, what the method tells.

    n is the number of runs, luck the share of the variance of single runs that lies between seeds of one point.

    outputs   all that are kept by default
    scenario  of which scenario, by default the first; ``against``: of its difference from this one instead
    Raises :class:`InputError` when runs are missing, or nothing varies.
    """
    import pandas as pd

    factors = results.factors
    if not factors:
        raise InputError(
            [Problem(str(results.store.folder), None, "vary", None, "nothing varies in this design")]
        )
    table = by_point(results, scenario)
    names = [name for name in table.columns if name in OUTPUTS]
    chosen = list(outputs or names)
    if against is not None:
        table[names] = table[names] - by_point(results, against)[names]
    points = np.array([[_number(value) for value in table[factor.name]] for factor in factors]).T
    method = results.design["sample"]["method"]
    luck = _luck(results, scenario or results.design["scenarios"][0], against)
    number = int((results.runs["scenario"] == (scenario or results.design["scenarios"][0])).sum())
    rows = []
    for output in chosen:
        values = table[output].to_numpy(float)
        head = {"output": output, "unit": OUTPUTS[output].unit, "n": number, "luck": luck(output)}
        for factor, told in zip(factors, _told(method, factors, points, values, results), strict=True):
            rows.append({"factor": factor.name, "label": factor.label, **head, **told})
    made = pd.DataFrame(rows)
    strength = made[ranked_by(method)[0]].abs()
    order = made.assign(place=made["output"].map(chosen.index), strength=-strength)
    return made.loc[order.sort_values(["place", "strength"], kind="stable").index].reset_index(drop=True)


def _number(value: Any) -> float:
    """Dates count in quarters."""
    return float(Quarter.of(value).index) if isinstance(value, str) else float(value)


def _luck(results: Results, scenario: str, against: str | None) -> Callable[[str], float]:
    """By output: the share of the variance of single runs that lies between seeds of one point."""
    finals = results.final().set_index(["point", "seed"])
    own = finals[finals["scenario"] == scenario]
    other = None if against is None else finals[finals["scenario"] == against]

    def share(output: str) -> float:
        values = own[output] if other is None else own[output] - other[output]
        whole = float(values.var(ddof=0))
        within = float(values.groupby("point").var(ddof=0).mean())
        return within / whole if whole > 0.0 else float("nan")

    return share


def _told(
    method: str, factors: Sequence[Factor], points: Any, values: Any, results: Results
) -> list[dict[str, float]]:
    """What the method says of each factor."""
    if np.ptp(values) == 0.0 or not np.isfinite(values).all():
        columns = ranked_by(method)
        return [dict.fromkeys(columns, float("nan")) for _ in factors]
    if method == "sobol":
        return sobol_indices(factors, values, results.design["sample"]["second_order"])
    if method == "morris":
        return elementary_effects(factors, points, values)
    if method == "one_at_a_time":
        return swings(values)
    return regression_effects(points, values)


def sobol_indices(
    factors: Sequence[Factor], values: Any, second_order: bool = False
) -> list[dict[str, float]]:
    """Shares of variance of a Saltelli sample of outcomes."""
    found = salib("SALib.analyze.sobol").analyze(
        salib_problem(factors), values, calc_second_order=second_order, num_resamples=RESAMPLES, seed=1
    )
    return [
        {
            "first": float(found["S1"][k]),
            "first_low": float(found["S1"][k] - found["S1_conf"][k]),
            "first_high": float(found["S1"][k] + found["S1_conf"][k]),
            "total": float(found["ST"][k]),
            "total_low": float(found["ST"][k] - found["ST_conf"][k]),
            "total_high": float(found["ST"][k] + found["ST_conf"][k]),
        }
        for k in range(len(factors))
    ]


def elementary_effects(factors: Sequence[Factor], points: Any, values: Any) -> list[dict[str, float]]:
    """Morris's measures: effects of whole ranges, in the unit of the outcome."""
    low = np.array([factor.low for factor in factors])
    high = np.array([factor.high for factor in factors])
    # In the unit cube an elementary effect is that of the whole range.
    found = salib("SALib.analyze.morris").analyze(
        salib_problem(factors, unit=True), (points - low) / (high - low), values,
        num_resamples=RESAMPLES, num_levels=MORRIS_LEVELS, seed=1,
    )  # fmt: skip
    return [
        {
            "strength": float(found["mu_star"][k]),
            "strength_low": max(0.0, float(found["mu_star"][k] - found["mu_star_conf"][k])),
            "strength_high": float(found["mu_star"][k] + found["mu_star_conf"][k]),
            "mean": float(found["mu"][k]),
            "spread": float(found["sigma"][k]),
        }
        for k in range(len(factors))
    ]


def swings(values: Any) -> list[dict[str, float]]:
    """Changes from the first outcome at both ends of each factor: outcomes in the order of ``sampling``."""
    change = values[1:].reshape(-1, 2) - values[0]
    return [
        {"swing": float(np.abs(pair).max()), "low": float(pair[0]), "high": float(pair[1])} for pair in change
    ]


def regression_effects(points: Any, values: Any) -> list[dict[str, float]]:
    """Least squares of the outcome on all factors, each from 0 at its least to 1 at its largest value."""
    from scipy import stats

    spans = np.ptp(points, axis=0)
    scaled = (points - points.min(axis=0)) / np.where(spans > 0.0, spans, 1.0)
    matrix = np.column_stack([np.ones(len(values)), scaled])
    inverse = np.linalg.pinv(matrix.T @ matrix)
    slopes = inverse @ matrix.T @ values
    left = values - matrix @ slopes
    freedom = len(values) - matrix.shape[1]
    fit = 1.0 - float(left @ left) / float(((values - values.mean()) ** 2).sum())
    half = np.full(len(slopes), np.nan)
    if freedom > 0:
        error = np.sqrt(np.diag(inverse) * float(left @ left) / freedom)
        half = stats.t.ppf(0.975, freedom) * error
    return [
        {"effect": float(slope), "effect_low": float(slope - h), "effect_high": float(slope + h), "fit": fit}
        for slope, h in zip(slopes[1:], half[1:], strict=True)
    ]
