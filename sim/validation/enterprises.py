"""Facts on enterprises: size, growth, productivity, investment, turnover, R&D, exports (F1 to F15).

Each function takes the observations of one run and returns a number, or raises :class:`NotComputable` with the reason.
Growth is of yearly sales between two full years, less the mean of its product and year: what the price of the good and the
state of its market do to everybody is taken out (Bottazzi and Secchi 2006).
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from sim.validation.targets import NotComputable

if TYPE_CHECKING:
    from sim.validation.observations import Observations

REPORTED = 0.001  # million CNY a year: enterprises report to statistics in thousands
TAIL = 0.1  # share of the observations that is the tail
FEWEST = 30  # observations below which a tail is not estimated
CELL = 3  # enterprises below which a product and year have no mean to compare with
LARGE_STAGE = 20  # enterprises from which a stage has a distribution


# ----------------------------------------------------------------------------------------------------- size
def selling(o: Observations) -> Any:
    """Enterprises whose plant stood through the whole of a year and that sold in it."""
    return o.panel[(o.panel.quarters_standing == 4) & (o.panel.sales > REPORTED)]


def skewness_of_sales(o: Observations) -> float:
    """Mean over years of the skewness of yearly sales over enterprises."""
    return float(selling(o).groupby("year").sales.agg(stats.skew).mean())


def skewness_of_log_sales(o: Observations) -> float:
    """Mean over years of the skewness of log sales."""
    return float(selling(o).groupby("year").sales.agg(lambda sales: stats.skew(np.log(sales))).mean())


def groups(o: Observations) -> Any:
    """Yearly sales of legal groups, over the mean of their year."""
    found = selling(o).groupby(["group", "year"], as_index=False).sales.sum()
    found["relative"] = found.sales / found.groupby("year").sales.transform("mean")
    return found


def size_tail(o: Observations) -> float:
    """Hill's estimate of the cumulative exponent: largest tenth of groups, first ten year-ends pooled."""
    found = groups(o)
    sizes = found.relative[found.year < o.first_year + 10].to_numpy()
    return hill(sizes, TAIL)


def hill(sizes: Any, share: float) -> float:
    """Cumulative exponent of the upper ``share`` of sizes, by maximum likelihood (Hill 1975)."""
    import powerlaw

    sizes = np.sort(np.asarray(sizes, float))
    number = int(share * len(sizes))
    if number < FEWEST:
        raise NotComputable(f"{number} groups in the tail, at least {FEWEST} are needed")
    with warnings.catch_warnings():
        # The library warns where its search begins, which is not where it ends.
        warnings.simplefilter("ignore")
        fitted = powerlaw.Fit(sizes, xmin=float(sizes[-number]), verbose=False)
    return float(fitted.power_law.alpha) - 1.0


# --------------------------------------------------------------------------------------------------- growth
def growth(o: Observations) -> Any:
    """Log growth of sales less its mean over product and year, with log size before (less the year's mean)."""
    panel = selling(o)[["uid", "year", "product", "sales"]]
    before = panel.assign(year=panel.year + 1)
    both = panel.merge(before, on=["uid", "year", "product"], suffixes=("", "_before"))
    both["growth"] = np.log(both.sales / both.sales_before)
    both["size"] = np.log(both.sales_before)
    cells = both.groupby(["product", "year"])
    both = both[cells.uid.transform("size") >= CELL].copy()
    both["growth"] -= both.groupby(["product", "year"]).growth.transform("mean")
    both["size"] -= both.groupby("year")["size"].transform("mean")
    if len(both) < 100:
        raise NotComputable(f"{len(both)} growth rates, at least 100 are needed")
    return both


def normalised_growth(o: Observations) -> Any:
    """Growth rates over the standard deviation of their year, pooled."""
    rates = growth(o)
    spread = rates.groupby("year").growth.transform("std")
    return (rates.growth / spread)[spread > 0.0].dropna().to_numpy()


def subbotin_shape(o: Observations) -> float:
    """Shape b of the Subbotin (exponential power) density by maximum likelihood: Laplace 1, normal 2."""
    return subbotin(normalised_growth(o))


def subbotin(rates: Any) -> float:
    """Maximum-likelihood shape of an exponential power density centred on the median."""
    shape, _, _ = stats.gennorm.fit(rates, floc=float(np.median(rates)))
    return float(shape)


def growth_l_kurtosis(o: Observations) -> float:
    """L-kurtosis of growth: normal 0.123, Laplace 0.236 (Hosking 1990)."""
    return float(stats.lmoment(normalised_growth(o), order=4))


def spread_on_size(o: Observations) -> float:
    """Slope of the log standard deviation of growth on log size over ten bins of size."""
    import pandas as pd

    rates = growth(o)
    bins = rates.groupby(pd.qcut(rates["size"], 10, duplicates="drop"), observed=True)
    return _slope(bins["size"].mean(), np.log(bins.growth.std()))


def growth_on_size(o: Observations) -> float:
    """Slope of growth on log size in the larger half."""
    rates = growth(o)
    large = rates[rates["size"] > rates["size"].median()]
    return _slope(large["size"], large.growth)


def _slope(x: Any, y: Any) -> float:
    return float(stats.linregress(np.asarray(x, float), np.asarray(y, float)).slope)


# --------------------------------------------------------------------------------------------- productivity
def productivity_spread(o: Observations) -> float:
    """Ratio of the 90th to the 10th percentile of quantity productivity, mean over stages and years with enough."""
    panel = selling(o)
    cells = panel.groupby(["stage", "year"]).productivity
    ratio = (cells.quantile(0.9) / cells.quantile(0.1))[cells.size() >= LARGE_STAGE]
    if ratio.empty:
        raise NotComputable(f"no stage has {LARGE_STAGE} enterprises in any year")
    return float(ratio.mean())


def productivity_persistence(o: Observations) -> float:
    """Yearly autoregression of log productivity, less the mean of product and year."""
    panel = selling(o)[["uid", "year", "product", "productivity"]].copy()
    panel["log"] = np.log(panel.productivity)
    cells = panel.groupby(["product", "year"])
    panel = panel[cells.uid.transform("size") >= CELL].copy()
    panel["log"] -= panel.groupby(["product", "year"]).log.transform("mean")
    before = panel[["uid", "year", "log"]].assign(year=panel.year + 1)
    both = panel.merge(before, on=["uid", "year"], suffixes=("", "_before"))
    return _slope(both.log_before, both.log)


# ----------------------------------------------------------------------------------------------- investment
def investment_rates(o: Observations) -> Any:
    """Investment of a full year, and over the capital at its beginning; a plant has to stand there, its birth is no spike."""
    panel = o.panel[o.panel.quarters == 4][["uid", "year", "investment", "capital", "capacity"]]
    before = panel[["uid", "year", "capital", "capacity"]].assign(year=panel.year + 1)
    both = panel.merge(before, on=["uid", "year"], suffixes=("", "_before"))
    both = both[(both.capital_before > 0.0) & (both.capacity_before > 0.0)].copy()
    both["rate"] = both.investment / both.capital_before
    return both


def investment_spikes(o: Observations) -> float:
    """Share of enterprise-years that invest more than a fifth of their capital."""
    return float((investment_rates(o).rate > 0.2).mean())


def investment_in_spikes(o: Observations) -> float:
    """Share of all investment that falls in such years."""
    rates = investment_rates(o)
    return float(rates.investment[rates.rate > 0.2].sum() / rates.investment.sum())


# ------------------------------------------------------------------------------------------------- turnover
def turnover(o: Observations) -> Any:
    """By product and year: enterprises at the last year-end, and those that came and left since."""
    there = o.panel[["uid", "year", "product"]]
    last = there.year.max()
    first_seen = there.groupby("uid").year.transform("min")
    last_seen = there.groupby("uid").year.transform("max")
    marked = there.assign(
        came=(there.year == first_seen) & (there.year > o.first_year),
        left=(there.year == last_seen) & (there.year < last),
    )
    cells = marked.groupby(["product", "year"]).agg(
        number=("uid", "size"), came=("came", "sum"), left=("left", "sum")
    )
    # Who left was last seen in the year of leaving or at the end of the year before; the difference is small.
    return cells[cells.index.get_level_values("year") > o.first_year]


def entry_rate(o: Observations) -> float:
    """Yearly entries over enterprises."""
    return float(turnover(o).came.sum() / turnover(o).number.sum())


def exit_rate(o: Observations) -> float:
    """Yearly exits over enterprises."""
    cells = turnover(o)
    inner = cells[cells.index.get_level_values("year") < cells.index.get_level_values("year").max()]
    return float(inner.left.sum() / inner.number.sum())


def entry_with_exit(o: Observations) -> float:
    """Correlation of mean entry and exit rates over products with five enterprises or more on average."""
    cells = (
        turnover(o)
        .groupby("product")
        .agg(number=("number", "mean"), came=("came", "mean"), left=("left", "mean"))
    )
    cells = cells[cells.number >= 5.0]
    if len(cells) < 4:
        raise NotComputable(f"{len(cells)} products have five enterprises, at least 4 are needed")
    return float(np.corrcoef(cells.came / cells.number, cells.left / cells.number)[0, 1])


# -------------------------------------------------------------------------------------------- R&D and export
def research_on_size(o: Observations) -> float:
    """Slope of log R&D on log sales among those that do R&D, product and year taken out."""
    panel = selling(o)
    doers = panel[panel.research > 0.0]
    x, y = np.log(doers.sales), np.log(doers.research)
    cell = [doers["product"], doers.year]
    return _slope(x - x.groupby(cell).transform("mean"), y - y.groupby(cell).transform("mean"))


def research_doers(o: Observations) -> float:
    """Share of enterprises with R&D in a year."""
    return float((selling(o).research > 0.0).mean())


def research_downstream(o: Observations) -> float:
    """Slope over stages of the share that does R&D."""
    panel = selling(o)
    shares = (panel.research > 0.0).groupby(panel.stage).mean()
    return _slope(shares.index, shares)


def export_premium_in_size(o: Observations) -> float:
    """Log sales of exporters less those of others, product and year taken out."""
    return _premium(o, "sales")


def export_premium_in_productivity(o: Observations) -> float:
    """Log productivity of exporters less that of others, product and year taken out."""
    return _premium(o, "productivity")


def _premium(o: Observations, what: str) -> float:
    panel = selling(o)
    x = (panel.exports > 0.0).astype(float)
    y = np.log(panel[what])
    cell = [panel["product"], panel.year]
    x, y = x - x.groupby(cell).transform("mean"), y - y.groupby(cell).transform("mean")
    if not (x != 0.0).any():
        raise NotComputable("no product has exporters and others in one year")
    return _slope(x, y)
