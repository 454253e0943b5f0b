"""Business environment: courts, contracts and services that an honest enterprise can rely on."""

from __future__ import annotations

from sim.accounts import claim_for_public
from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import put_in_force

MEASURE = measure("business_environment")


@instrument(
    group="institutions",
    bites=("region.business_environment", "region.business_environment_ahead"),
    primary="entries",
    sign=1,
)
class BusinessEnvironment(Instrument):
    """Improves the legal and business environment: contracts are kept, rules are clear, services are at hand.

    Mechanism: one point is the distance from the region's opening state to the best practice elsewhere; on
    the way the cost of dealing with strangers falls and the region becomes worth more to founders and outside
    enterprises. Takes running money in proportion.
    Evidence: the 2011 proposal asks for it; no estimate of the effect was found, and the cost of a point is
    assumed.
    Typical: 0.1 to 0.5 of the distance.
    """

    label = "Legal and business environment", "法治与营商环境"
    improvement: float = lever(
        0.0,
        "1",
        "part of the distance to the best practice that is made up",
        hard=(0.0, 1.0),
        typical=(0.1, 0.5),
        ahead=True,
    )
    cost_per_point: float = lever(
        20.0,
        "million CNY/year",
        "running cost of the full distance",
        hard=(0.0, 1000.0),
        typical=(10.0, 50.0),
    )


@rule
def business_environment(world, levers, now):
    """The business environment improves as far as it is paid for."""
    lever = levers.business_environment
    if lever.improvement == 0.0 and lever.improvement_ahead == 0.0:
        return
    if lever.improvement != 0.0:
        put_in_force(world, MEASURE)
    region = world.region[0]
    region.business_environment += lever.improvement * region.paid_share
    region.business_environment_ahead += lever.improvement_ahead * region.paid_share
    claim_for_public(world, MEASURE, lever.improvement * lever.cost_per_point / 4.0)
