"""Interest subsidy: government repays part of the interest on loans."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible, put_in_force

MEASURE = measure("interest_subsidy")


@instrument(
    group="institutions",
    bites=("enterprise.interest_subsidy",),
    primary="capacity_investment",
    sign=1,
    targets=("stages", "products", "sizes", "ownerships"),
)
class InterestSubsidy(Instrument):
    """Repays points of the yearly interest on loans.

    Mechanism: lowers the user cost of capital of those who borrow, and their risk of illiquidity.
    Evidence: Baotou repaid up to 3 million CNY of interest per project (atozguy 122655, undated); no estimate
    of the effect was found.
    Typical: 0.01 to 0.03 a year.
    """

    label = "Interest subsidy", "贷款贴息"
    points: float = lever(
        0.0, "1/year", "points of yearly interest that are repaid", hard=(0.0, 0.1), typical=(0.01, 0.03)
    )


@rule
def interest_subsidy(world, levers, now):
    """Eligible enterprises have part of their interest repaid."""
    lever = levers.interest_subsidy
    if lever.points == 0.0:
        return
    put_in_force(world, MEASURE)
    for enterprise in world.enterprises:
        if eligible(enterprise, lever):
            enterprise.interest_subsidy += lever.points
