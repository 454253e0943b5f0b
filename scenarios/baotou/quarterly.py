"""Derive series.csv of the Baotou case from the annual and dated files in sources/.

Run: python scenarios/baotou/quarterly.py

Annual means become quarters by proportional Denton benchmarking: among all quarterly paths with the given
annual means, the one whose ratio to an indicator changes least from quarter to quarter. The indicator runs
log-linearly through the dated quotes where there are any, else through the annual means at mid-year. With a
constant indicator this is the rule of Boot, Feibes and Lisman.
"""

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
SOURCES = HERE / "sources"
YEARS = range(2011, 2026)
QUARTERS = [f"{year}Q{q}" for year in YEARS for q in (1, 2, 3, 4)]
WEAKEST = ["high", "medium", "low"]


def read(name):
    return pd.read_csv(SOURCES / name)


def denton(annual, indicator):
    """Quarterly path with the given annual means, nearest in shape to the indicator."""
    years, quarters = len(annual), 4 * len(annual)
    difference = np.diff(np.eye(quarters), axis=0) / indicator
    means = np.kron(np.eye(years), np.full(4, 0.25))
    system = np.block([[2 * difference.T @ difference, means.T], [means, np.zeros((years, years))]])
    right = np.concatenate([np.zeros(quarters), annual])
    return np.linalg.solve(system, right)[:quarters]


def shape(annual, quotes):
    """Indicator: log-linear through dated quotes, and through annual means in years without a quote."""
    quoted_years = {quarter[:4] for quarter in quotes}
    nodes = {QUARTERS.index(quarter): value for quarter, value in quotes.items()}
    nodes.update({4 * i + 1.5: value for i, value in enumerate(annual) if str(YEARS[i]) not in quoted_years})
    places = sorted(nodes)
    return np.exp(np.interp(np.arange(len(QUARTERS)), places, np.log([nodes[place] for place in places])))


def neodymium_praseodymium(annual):
    """Annual NdPr quotes: stated ones first, else the neodymium quote times the ratio of the year."""
    stated = annual[annual.series == "ndpr_oxide"]
    neodymium = annual[annual.series == "nd_oxide"].merge(
        read("ndpr_over_nd.csv"), on="year", suffixes=("", "_ratio")
    )
    neodymium["cny_per_t_incl_vat"] *= neodymium.ratio
    neodymium["confidence"] = [
        max(pair, key=WEAKEST.index)
        for pair in zip(neodymium.confidence, neodymium.confidence_ratio, strict=True)
    ]
    neodymium["source"] = (
        "Nd quote (" + neodymium.source + ") x NdPr/Nd ratio (" + neodymium.source_ratio + ")"
    )
    neodymium = neodymium[~neodymium.year.isin(stated.year)]
    return pd.concat([stated, neodymium[stated.columns]]).sort_values("year")


def by_quarter(name, values, annual, how):
    """Rows of one smoothed series; status and source follow the annual row that each quarter belongs to."""
    annual = annual.set_index("year")
    rows = []
    for quarter, value in zip(QUARTERS, values, strict=True):
        year = annual.loc[int(quarter[:4])]
        status = "assumed" if year.status == "assumed" else "derived"
        rows.append((quarter, name, value, status, year.confidence, f"{how}; {year.source}"))
    return rows


def steps(table, name):
    """Rows of a series that holds each value until the next dated one."""
    dated = table[table.series == name].set_index("from_quarter")
    rows, current = [], None
    for quarter in QUARTERS:
        current = dated.loc[quarter] if quarter in dated.index else current
        rows.append((quarter, name, current.value, current.status, current.confidence, current.source))
    return rows


def main():
    prices, quotes, dated = (
        read("domestic_prices_annual.csv"),
        read("domestic_quotes_within_year.csv"),
        read("step_series.csv"),
    )
    tax = np.array([row[2] for row in steps(dated, "vat.rate")])
    rows = []

    for product in ("ndpr_oxide", "lace_oxide", "mischmetal"):
        annual = (
            neodymium_praseodymium(prices) if product == "ndpr_oxide" else prices[prices.series == product]
        )
        means = annual.cny_per_t_incl_vat.to_numpy(float)
        known = quotes[quotes.series == ("lace_oxide" if product == "mischmetal" else product)]
        known = dict(zip(known.quarter, known.cny_per_t_incl_vat, strict=True))
        if (
            product == "mischmetal"
        ):  # no dated quotes of its own: 1.2 t of La/Ce oxide plus a constant conversion cost
            known = {quarter: 1.2 * value + 20000 for quarter, value in known.items()}
        path = denton(means, shape(means, known))
        how = "annual mean of Chinese quotes to quarters (Denton), less VAT, million CNY/t"
        rows += by_quarter(f"price.{product}", path / (1 + tax) / 1e6, annual, how)

    quota = read("local_quota.csv")
    for kind in ("mining", "separation"):
        annual = quota[quota.series == kind]
        rows += by_quarter(
            f"quota.{kind}",
            np.repeat(annual.t_reo.to_numpy(float) / 4, 4),
            annual,
            "a quarter of the year, t REO",
        )

    for name, file, column in (
        ("index.general", "general_index.csv", "level"),
        ("index.wage", "wages.csv", "yuan_per_year"),
    ):
        annual = read(file).query("year >= 2011")
        means = annual[column].to_numpy(float) / annual[column].iloc[0]
        rows += by_quarter(
            name, denton(means, np.ones(len(QUARTERS))), annual, "annual to quarters (Denton), 2011 = 1"
        )

    for name in ("wedge.export", "vat.rate", "vat.local_share"):
        rows += steps(dated, name)

    table = pd.DataFrame(rows, columns=["quarter", "series", "value", "status", "confidence", "source"])
    table["value"] = table.value.map(lambda value: float(f"{value:.6g}"))
    table.to_csv(HERE / "series.csv", index=False)


if __name__ == "__main__":
    main()
