"""Investment: capacity follows expected orders, in lumps, if it pays back.

    wanted capacity = expected orders (1 + buffer)                                                     (1)
    it is considered once a year, if the gap exceeds a tenth of capacity and attention is free
    fraction = Phi(ln(E[return] / user cost) / 0.4)                                                    (2)
    E[return] = E[margin] x usual utilisation - (pay of talents + R&D) / capacity, per unit of capacity
    user cost per unit = plant G ((r - interest subsidy + wear + risk) (1 - subsidy - land share x discount) + overhead) / 4  (3)

Expectations are adaptive on the enterprise's own orders. Makers of commodities take the price: they expand a step when
margins beat the user cost and the quota leaves room. Plant takes two to six quarters to build and is paid while it is
built; land is bought from local government; a discount on land is revenue forgone and booked as such. Announced
subsidies count for what is ordered now and paid then.
Sources: lumps (Doms and Dunne 1998); (2) model 10.6.
"""

from __future__ import annotations

import math

from sim.accounts import LOCAL_GOVERNMENT, OUTSIDE, claim, pay
from sim.compiled import rule
from sim.declare import measure, money, parameter, parameters
from sim.rules.finance import credit
from sim.rules.management import take_attention
from sim.rules.prices import basket_value
from sim.rules.research import borrowing_room
from sim.world import COMMODITY, PIPELINE


@parameters
class Investment:
    """Capacity decisions."""

    buffer: float = parameter(
        0.15,
        "share",
        "capacity wanted above expected orders",
        (0.0, 0.5),
        source="mean utilisation 0.70 to 0.85",
    )
    gap: float = parameter(
        0.12,
        "share",
        "gap that is acted upon, over capacity",
        (0.0, 0.3),
        source="lumpy investment (Doms and Dunne 1998)",
    )
    spread: float = parameter(0.4, "log", "spread of the payback test", (0.1, 1.0), source="model 10.6")
    risk: float = parameter(
        0.10,
        "1/year",
        "risk premium in the user cost",
        (0.0, 0.15),
        source="assumed: hurdle rates of private enterprises well above lending rates",
    )
    weight: float = parameter(
        0.25,
        "1/quarter",
        "weight of the newest observation in expectations",
        (0.05, 0.6),
        source="model 10.6",
    )
    commodity_step: float = parameter(
        0.15, "share", "step of capacity that a maker of commodities considers", (0.0, 0.5), source="assumed"
    )
    most: float = parameter(0.35, "share", "largest order over capacity", (0.1, 2.0), source="assumed")


PLANT = money("plant")
LAND = money("land")
CAPITAL_SUBSIDY = measure("capital_subsidy")
LAND_DISCOUNT = measure("land_discount")


@rule
def form_expectations(world, p, now):
    """Adaptive expectations of own orders and own margin; who still builds its first plant keeps those of its plan."""
    for enterprise in world.enterprises:
        if enterprise.alive and enterprise.capacity > 0.0:
            process = world.processes[enterprise.process]
            weight = p.investment.weight
            commodity = world.products[enterprise.product].pricing == COMMODITY
            seen = enterprise.produced if commodity else enterprise.orders
            enterprise.expected_orders += weight * (seen - enterprise.expected_orders)
            margin = basket_value(world.products, enterprise, process) - enterprise.unit_cost
            enterprise.expected_margin += weight * (margin - enterprise.expected_margin)


@rule
def user_cost(process, region, p, subsidy, land_discount, interest_subsidy):
    """(3) per unit of capacity and quarter."""
    price = process.plant * region.general_index
    interest = max(0.0, p.finance.interest - interest_subsidy * region.paid_share)
    rate = (interest + p.finance.wear + p.investment.risk) / 4.0
    relief = min(0.9, subsidy * region.paid_share) + process.land_share * min(1.0, land_discount)
    return price * (rate * (1.0 - relief) + p.finance.overhead / 4.0)


@rule
def expected_return(enterprise):
    """E[return] of (2) per unit of capacity and quarter."""
    capacity = max(1e-9, enterprise.capacity)
    used = min(1.0, enterprise.expected_orders / capacity)
    return enterprise.expected_margin * used - (enterprise.talent_pay + enterprise.research) / capacity


@rule
def willing_fraction(gain, cost, p):
    """(2)."""
    if gain <= 0.0:
        return 0.0
    z = math.log(gain / cost) / p.investment.spread
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


@rule
def invest(world, p, now):
    """Once a year, each in its own quarter: (1) to (3), cash first, then credit."""
    region = world.region[0]
    for enterprise in world.enterprises:
        if not enterprise.alive:
            continue
        build(world, p, enterprise, region)
        if (now.t + enterprise.uid) % 4 != 0 or enterprise.distress > 0:
            continue
        gap = wanted_capacity(world, p, enterprise) - enterprise.capacity
        for ahead in range(PIPELINE):
            gap -= enterprise.ordered[ahead]
        if gap > p.investment.gap * enterprise.capacity and enterprise.attention >= p.management.growth_needs:
            take_attention(enterprise, p.management.growth_needs)
            order_plant(world, p, enterprise, region, gap)
        elif gap > 0.0:
            # What has worn off in a year is replaced as it goes, without a project.
            order_plant(world, p, enterprise, region, min(gap, p.finance.wear * enterprise.capacity))


@rule
def wanted_capacity(world, p, enterprise):
    """(1); a maker of commodities considers a step while it is well used; who needs a quota builds up to its part of it."""
    process = world.processes[enterprise.process]
    if world.products[enterprise.product].pricing != COMMODITY:
        return (enterprise.expected_orders + 0.5 * enterprise.unfilled) * (1.0 + p.investment.buffer)
    if enterprise.expected_orders < 0.8 * enterprise.capacity:
        return enterprise.expected_orders * (1.0 + p.investment.buffer)
    if process.quota >= 0:
        return 1.05 * process.quota_left * enterprise.capacity / max(1e-9, process.capacity)
    return enterprise.capacity * (1.0 + p.investment.commodity_step)


@rule
def order_plant(world, p, enterprise, region, gap):
    """Order a fraction of the gap that pays and can be financed."""
    process = world.processes[enterprise.process]
    subsidy = max(enterprise.capital_subsidy, enterprise.capital_subsidy_ahead)
    cost = user_cost(process, region, p, subsidy, enterprise.land_discount, enterprise.interest_subsidy)
    fraction = willing_fraction(expected_return(enterprise), cost, p)
    units = min(fraction * gap, p.investment.most * enterprise.capacity)
    if units < 0.01 * enterprise.capacity:
        return
    price = process.plant * region.general_index
    outlay = units * price
    can = max(0.0, 0.6 * enterprise.cash) + borrowing_room(enterprise, p) + 0.3 * outlay
    if outlay > can:
        units *= can / outlay
        outlay = can
    if units < 0.01 * enterprise.capacity:
        return
    last = min(PIPELINE, max(1, process.build_quarters)) - 1
    enterprise.ordered[last] += units
    for ahead in range(last + 1):
        enterprise.ordered_cost[ahead] += outlay / (last + 1)
    missing = outlay / (last + 1) - 0.6 * max(0.0, enterprise.cash)
    if missing > 0.0:
        credit(world, p, enterprise, region, min(0.7 * outlay, borrowing_room(enterprise, p)))


@rule
def build(world, p, enterprise, region):
    """Pay this quarter's part of what is on order; plant that is ready joins capacity."""
    process = world.processes[enterprise.process]
    due = enterprise.ordered_cost[0]
    ready = enterprise.ordered[0]
    for ahead in range(PIPELINE - 1):
        enterprise.ordered_cost[ahead] = enterprise.ordered_cost[ahead + 1]
        enterprise.ordered[ahead] = enterprise.ordered[ahead + 1]
    enterprise.ordered_cost[PIPELINE - 1] = 0.0
    enterprise.ordered[PIPELINE - 1] = 0.0
    if enterprise.capacity > 0.0:
        # Who runs a plant teaches those who run the next one; the rest they learn by doing.
        enterprise.experience *= 1.0 + p.entry.parents_experience * ready / enterprise.capacity
    enterprise.capacity += ready
    if due > 0.0:
        pay_for_plant(
            world, p, enterprise, process, due, enterprise.capital_subsidy, enterprise.land_discount
        )


@rule
def pay_for_plant(world, p, enterprise, process, due, subsidy, land_discount):
    """Equipment from outside, land from local government; subsidy claimed, land discount booked as forgone."""
    land = process.land_share * due
    forgone = land * min(1.0, land_discount)
    pay(world, enterprise, PLANT, OUTSIDE, due - land)
    pay(world, enterprise, LAND, LOCAL_GOVERNMENT, land - forgone)
    world.measures[LAND_DISCOUNT].implicit += forgone
    enterprise.capital += due - forgone
    enterprise.investment += due - forgone
    if subsidy > 0.0:
        claim(world, CAPITAL_SUBSIDY, enterprise, min(0.9, subsidy) * (due - land))
