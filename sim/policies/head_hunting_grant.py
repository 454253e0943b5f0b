"""Head-hunting grant: a grant to the employer for each talent hired from outside."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible, put_in_force

MEASURE = measure("head_hunting_grant")


@instrument(
    group="talent",
    bites=("enterprise.head_hunting",),
    primary="talents_introduced",
    sign=1,
    targets=("stages", "products", "sizes", "ownerships"),
)
class HeadHuntingGrant(Instrument):
    """Pays an enterprise for each talent that it hires from outside the region.

    Mechanism: the employer, who knows what it needs, searches; with the grant, filling a vacancy from outside
    costs less. Unlike introduction by government, nobody comes without a post.
    Evidence: one-off payments of 100,000 (master) and 200,000 CNY (doctor) in 2022 (fantu8 37671); no
    estimate of the effect was found.
    Typical: 0.05 to 0.2 million CNY.
    """

    label = "Head-hunting grant", "企业引才补助"
    amount: float = lever(
        0.0,
        "million CNY/person",
        "grant per talent hired from outside",
        hard=(0.0, 10.0),
        typical=(0.05, 0.2),
    )


@rule
def head_hunting_grant(world, levers, now):
    """Eligible enterprises are paid for talents hired from outside."""
    lever = levers.head_hunting_grant
    if lever.amount == 0.0:
        return
    put_in_force(world, MEASURE)
    for enterprise in world.enterprises:
        if eligible(enterprise, lever):
            enterprise.head_hunting += lever.amount
