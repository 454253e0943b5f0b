"""Entrepreneurship fund: seed money for founders."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import put_in_force

MEASURE = measure("entrepreneurship_fund")


@instrument(
    group="talent",
    bites=("region.entrepreneurship_fund",),
    primary="spin_offs",
    sign=1,
)
class EntrepreneurshipFund(Instrument):
    """Gives seed money to researchers and engineers who found an enterprise.

    Mechanism: raises the hazard that a talent with enough knowledge founds, and the equity of the newcomer.
    The claim arises with each founding, so what founders do not ask for is not spent.
    Evidence: the Baotou centre of the Academy incubated nine enterprises in two years with about 200 million
    CNY of registered capital and first sales near 1 million CNY each (stdaily 2017-08-04). What seed money
    adds was not found.
    Typical: 10 to 60 million CNY a year.
    """

    label = "Entrepreneurship fund", "创业基金"
    spending: float = lever(
        0.0, "million CNY/year", "seed money on offer", hard=(0.0, 2000.0), typical=(10.0, 60.0)
    )


@rule
def entrepreneurship_fund(world, levers, now):
    """A quarter's seed money is on offer."""
    lever = levers.entrepreneurship_fund
    if lever.spending == 0.0:
        return
    put_in_force(world, MEASURE)
    world.region[0].entrepreneurship_fund += lever.spending / 4.0
