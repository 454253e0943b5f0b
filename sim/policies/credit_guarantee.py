"""Credit guarantee: government stands in for part of new loans."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible, put_in_force

MEASURE = measure("credit_guarantee")


@instrument(
    group="institutions",
    bites=("enterprise.credit_guarantee",),
    primary="capacity_investment",
    sign=1,
    targets=("stages", "products", "sizes", "ownerships"),
)
class CreditGuarantee(Instrument):
    """Guarantees a share of new bank loans.

    Mechanism: the bank lends beyond its usual leverage limit; enterprises short of own money carry out
    projects that pass the payback test. It helps nobody who has no such project. When a debtor fails,
    government pays the bank.
    Evidence: no estimate of the effect was found.
    Typical: 0.3 to 0.8 of a loan.
    """

    label = "Credit guarantee", "融资担保"
    share: float = lever(
        0.0, "share of a loan", "share of a new loan that is guaranteed", hard=(0.0, 1.0), typical=(0.3, 0.8)
    )


@rule
def credit_guarantee(world, levers, now):
    """New loans of eligible enterprises are guaranteed in part."""
    lever = levers.credit_guarantee
    if lever.share == 0.0:
        return
    put_in_force(world, MEASURE)
    for enterprise in world.enterprises:
        if eligible(enterprise, lever):
            enterprise.credit_guarantee += lever.share
