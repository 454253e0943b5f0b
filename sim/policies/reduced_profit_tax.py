"""Reduced profit tax: points off for certified high-technology enterprises."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible, put_in_force

MEASURE = measure("reduced_profit_tax")


@instrument(
    group="institutions",
    bites=("enterprise.tax_relief",),
    primary="high_technology_enterprises",
    sign=1,
    targets=("stages", "products", "sizes", "ownerships"),
    costs=("tax expenditure", "administration"),
)
class ReducedProfitTax(Instrument):
    """Takes points off the profit tax of enterprises that hold the high-technology status.

    Mechanism: raises the return to reaching the status, which asks for a minimum R&D over sales, and leaves
    its holders more own money. Cost: tax expenditure of the government above.
    Evidence: 25 % against 15 % for high-technology enterprises, with thresholds of 3 to 6 % by size; part of
    the R&D reported at the threshold is relabelled cost, 24.2 % (Chen et al., AER 2021).
    Typical: 0.05 to 0.1.
    """

    label = "Reduced profit tax", "高新技术企业所得税优惠"
    points: float = lever(
        0.0,
        "share of profit",
        "points off the profit tax of high-technology enterprises",
        hard=(0.0, 0.25),
        typical=(0.05, 0.1),
    )


@rule
def reduced_profit_tax(world, levers, now):
    """Eligible enterprises pay less profit tax while they hold the high-technology status."""
    lever = levers.reduced_profit_tax
    if lever.points == 0.0:
        return
    put_in_force(world, MEASURE)
    for enterprise in world.enterprises:
        if eligible(enterprise, lever):
            enterprise.tax_relief += lever.points
