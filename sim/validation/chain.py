"""Facts on the chain and on history: mass, systemic risk, value added by stage, turnover of productivity (C, A2, H).

Each function takes the observations of one run and returns a number, or raises :class:`NotComputable` with the reason.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from sim.validation.enterprises import selling
from sim.validation.targets import NotComputable

if TYPE_CHECKING:
    from sim.validation.observations import Observations

MANY = 1000  # enterprises from which the risk of a single one is counted as such


def worst_goods_gap(o: Observations) -> float:
    """Largest relative gap between sources and uses of any product in any quarter."""
    return float(np.max(o.closing))


# -------------------------------------------------------------------------------------------- systemic risk
def risk_of_riskiest(o: Observations) -> float:
    """Share of the riskiest twentieth of enterprises in the sum of what each failure costs."""
    lost = np.sort(np.maximum(0.0, _failures(o).lost.to_numpy()))[::-1]
    return float(lost[: max(1, round(0.05 * len(lost)))].sum() / lost.sum())


def risk_over_share(o: Observations) -> float:
    """What the failure of the riskiest enterprise costs over its own share of output."""
    failures = _failures(o)
    worst = failures.loc[failures.lost.idxmax()]
    return float(worst.lost / max(1e-9, worst.own))


def risky_share(o: Observations) -> float:
    """Share of enterprises whose failure costs more than a hundredth of output (large clusters only)."""
    failures = _failures(o)
    if len(failures) < MANY:
        raise NotComputable(f"{len(failures)} enterprises, {MANY} are needed")
    return float((failures.lost > 0.01).mean())


def _failures(o: Observations) -> Any:
    if o.failures is None or o.failures.empty:
        raise NotComputable("no enterprise was stopped")
    return o.failures


# --------------------------------------------------------------------------------------- value along the chain
def value_per_tonne(o: Observations) -> Any:
    """Value added at reference prices per tonne of critical material (NdPr) in what each stage makes, 2014 to 2018."""
    panel = o.panel[(o.panel.year >= o.first_year + 3) & (o.panel.year <= o.first_year + 7)]
    content = o.products.critical.to_numpy()[panel["product"]]
    tonnes = (panel.produced * content)[content > 0.0].groupby(panel.stage).sum()
    value = panel.value_added_volume[content > 0.0].groupby(panel.stage).sum()
    return (value / tonnes)[tonnes > 0.0]


def value_rise(o: Observations) -> float:
    """Rank correlation of value added per tonne with the stage."""
    by_stage = value_per_tonne(o)
    return float(stats.spearmanr(by_stage.index, by_stage).statistic)


def value_jump(o: Observations, stage: int) -> float:
    """Value added per tonne of a stage over that of the stage before."""
    by_stage = value_per_tonne(o)
    if stage not in by_stage.index or stage - 1 not in by_stage.index:
        raise NotComputable(f"stage {stage} or {stage - 1} makes nothing with critical material")
    if by_stage[stage - 1] <= 0.0:
        raise NotComputable(f"stage {stage - 1} adds no value")
    return float(by_stage[stage] / by_stage[stage - 1])


# ----------------------------------------------------------------------------------- entry and productivity
def entry_in_productivity(runs: list[Observations], years: int, against_beginning: bool = False) -> float:
    """Net entry's part in the growth of productivity, 2011 to 2021, over all windows of so many years and all runs.

    What entry brings and what growth there is are added up before one is divided by the other: in a single run of a hundred
    enterprises growth may be next to nothing, and the mean of such ratios tells of their smallest denominators. Melitz and Polanec 2015 on log productivity (relative to the frontier times the frontier), weights are sales at
    reference prices; ``against_beginning`` compares who came and left with all of the first year instead of with those who
    stay (Foster, Haltiwanger and Krizan 2001), as older studies do.
    """
    total = sum(parts_of_growth(o, years, against_beginning) for o in runs)
    if total.sum() <= 0.0:
        raise NotComputable("productivity did not grow")
    return float((total[2] + total[3]) / total.sum())


@lru_cache(maxsize=1000)
def parts_of_growth(o: Observations, years: int, against_beginning: bool) -> Any:
    """Parts of the growth of productivity in one run (own, reallocation, entry, exit), summed over windows."""
    full = selling(o)
    way = foster_haltiwanger_krizan if against_beginning else melitz_polanec
    windows = range(o.first_year, o.first_year + 11 - years)
    return np.sum(
        [way(*(full[full.year == year] for year in (first, first + years))) for first in windows], 0
    )


def foster_haltiwanger_krizan(before: Any, after: Any) -> tuple[float, float, float, float]:
    """Growth of weighted log productivity by survivors' own, reallocation among them, entry and exit.

    Columns as in :func:`melitz_polanec`; everybody is compared with the mean of all at the beginning.
    """
    one, two = (
        table.assign(
            log=np.log(table.productivity * table.frontier),
            weight=table.sales_volume / table.sales_volume.sum(),
        ).set_index("uid")
        for table in (before, after)
    )
    mean = float((one.weight * one.log).sum())
    stay = one.index.intersection(two.index)
    gone, come = one.drop(stay), two.drop(stay)
    own = float((one.weight[stay] * (two.log[stay] - one.log[stay])).sum())
    kept = float(
        (two.weight[stay] * (two.log[stay] - mean)).sum() - (one.weight[stay] * (one.log[stay] - mean)).sum()
    )
    entry = float((come.weight * (come.log - mean)).sum())
    return own, kept - own, entry, -float((gone.weight * (gone.log - mean)).sum())


def melitz_polanec(before: Any, after: Any) -> tuple[float, float, float, float]:
    """Growth of weighted log productivity by survivors' own, reallocation among them, entry and exit.

    Columns: uid, productivity, frontier, sales_volume (the weight).
    """
    stay = set(before.uid) & set(after.uid)

    def parts(table: Any) -> tuple[float, float, float, float]:
        log = np.log(table.productivity * table.frontier)
        weight = table.sales_volume / table.sales_volume.sum()
        here = table.uid.isin(stay)
        others = weight[~here].sum()
        mean = float((weight * log)[here].sum() / weight[here].sum())
        theirs = float((weight * log)[~here].sum() / others) if others > 0.0 else mean
        return float(log[here].mean()), mean, theirs, float(others)

    own1, mean1, gone, share_gone = parts(before)
    own2, mean2, come, share_come = parts(after)
    own = own2 - own1
    return own, (mean2 - own2) - (mean1 - own1), share_come * (come - mean2), share_gone * (mean1 - gone)


# -------------------------------------------------------------------------------------------------- history
def in_year(o: Observations, output: str, way: str, year: int) -> float:
    """An output of the whole cluster in a year (``sum``, ``last`` or ``mean`` of its quarters)."""
    found = o.yearly(output, way)
    if year not in found.index:
        raise NotComputable(f"the run does not reach {year}")
    return float(found[year])


def over_years(o: Observations, output: str, way: str, years: list[int]) -> float:
    """Mean of an output over a span of years, both ends included."""
    return float(np.mean([in_year(o, output, way, year) for year in range(years[0], years[1] + 1)]))


def zone_output(o: Observations, year: int) -> float:
    """Output value of enterprises in the zone whose product history counts."""
    panel = o.panel[(o.panel.year == year) & o.panel.in_zone.astype(bool)]
    counted = o.products.counted.to_numpy()[panel["product"]]
    return float(panel.output_value[counted].sum())


def log_change(o: Observations, output: str, year: int) -> float:
    """Log change of a yearly sum against the year before."""
    return float(np.log(in_year(o, output, "sum", year) / in_year(o, output, "sum", year - 1)))


def naive_forecast(o: Observations, years: list[int]) -> list[float]:
    """Founding volume at the prices of each year: what one would have said without a model."""
    volume = in_year(o, "output_counted_volume", "sum", o.first_year)
    return [
        volume * in_year(o, "output_counted", "sum", year) / in_year(o, "output_counted_volume", "sum", year)
        for year in years
    ]


def skill_against_naive(runs: list[Observations], observed: dict[str, float]) -> float:
    """One less the squared log errors of the mean forecast over those of the naive one (pooled over runs)."""
    years = [int(year) for year in observed]
    said = np.mean([[in_year(o, "output_counted", "sum", year) for year in years] for o in runs], axis=0)
    naive = np.mean([naive_forecast(o, years) for o in runs], axis=0)
    seen = np.array(list(observed.values()))
    return 1.0 - _squares(said, seen) / _squares(naive, seen)


def _squares(said: Any, seen: Any) -> float:
    return float((np.log(said / seen) ** 2).sum())


def attracted_a_year(o: Observations) -> float:
    """Outside enterprises that settled, mean of the years from the second to the eleventh."""
    return over_years(o, "entries_attracted", "sum", [o.first_year + 1, o.first_year + 10])


def makers_in_zone(o: Observations, product: str, year: int) -> float:
    """Enterprises in the zone that make a product, at a year's end."""
    row = o.products.key.tolist().index(product)
    panel = o.panel[(o.panel.year == year) & o.panel.in_zone.astype(bool) & (o.panel["product"] == row)]
    left = o.panel.groupby("uid").year.max()
    return float((left[panel.uid] > year).sum()) if year < o.panel.year.max() else float(len(panel))
