"""Land discount: government sells land for plant below its price."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible, eligible_process, put_in_force

MEASURE = measure("land_discount")


@instrument(
    group="chain_extension",
    bites=("enterprise.land_discount", "process.entrant_land_discount"),
    primary="capacity_investment",
    sign=1,
    targets=("stages", "products", "sizes", "ownerships"),
    costs=("implicit transfer", "administration"),
)
class LandDiscount(Instrument):
    """Waives a share of the price of land that a project needs.

    Mechanism: land is 5 to 15 % of a project's capital and is bought from local government; a discount lowers
    the cost of a project by that part. Entrants are aimed at by stage and product only. Cost: land revenue
    forgone by local government, booked as an implicit transfer when a project buys land.
    Evidence: Baotou refunded 80,000 CNY per mu (120 CNY per square metre) and more (chinatungsten 139925). No
    estimate of the effect was found.
    Typical: 0.1 to 0.5 of the price.
    """

    label = "Land discount", "用地优惠"
    rate: float = lever(
        0.0,
        "share of the land price",
        "share of the land price that is waived",
        hard=(0.0, 1.0),
        typical=(0.1, 0.5),
    )


@rule
def land_discount(world, levers, now):
    """Eligible enterprises and entrants buy land at a discount."""
    lever = levers.land_discount
    if lever.rate == 0.0:
        return
    put_in_force(world, MEASURE)
    for enterprise in world.enterprises:
        if eligible(enterprise, lever):
            enterprise.land_discount += lever.rate
    for process in world.processes:
        if eligible_process(process, lever):
            process.entrant_land_discount += lever.rate
