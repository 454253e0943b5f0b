"""Outlook: what an entrant may expect of a process.

From actual local prices, wages, land and tax terms and from how well those who run the process are used:

    outlook = utilisation x (basket - unit cost) / user cost of plant x room                            (1)

The basket is valued at what somebody without customers here gets: of commodities at what the outlet at home pays, which is less when
there is more of them. Room under a quota is there or not. For a differentiated good room is what customers would order of a
newcomer of efficient scale, as the market will be some years ahead, over what its plant could make: it grows with the market and
falls as the cluster's share of it, and the answer of rivals outside, grow.

Sources: model 10.10; entry follows the growth of markets (Dunne, Roberts and Samuelson 1988; Siegfried and Evans 1994).
"""

from __future__ import annotations

import math

from sim.compiled import rule
from sim.rules.investment import user_cost
from sim.rules.labour import USUAL_PRODUCTIVITY
from sim.rules.outside_markets import orders_of_newcomer
from sim.rules.outside_world import market_trend
from sim.rules.prices import input_price
from sim.world import COMMODITY, DOMESTIC


@rule
def see_outlook(world, p, now):
    """(1) for every process."""
    region = world.region[0]
    for process in world.processes:
        process.members = 0.0
        process.capacity = 0.0
        process.mean_margin = 0.0
        process.outlook = 0.0
    for enterprise in world.enterprises:
        if enterprise.alive and enterprise.capacity > 0.0:
            process = world.processes[enterprise.process]
            process.members += 1
            process.capacity += enterprise.capacity
            process.outlook += enterprise.produced
            process.mean_margin += enterprise.expected_margin * enterprise.capacity
    for process in world.processes:
        utilisation = 0.7
        if process.capacity > 0.0:
            utilisation = process.outlook / process.capacity
            process.mean_margin /= process.capacity
        margin = entrant_margin(world, p, process)
        if process.members >= 3:
            margin = 0.5 * margin + 0.5 * process.mean_margin
        subsidy = max(process.entrant_subsidy, process.entrant_subsidy_ahead)
        cost = user_cost(process, region, p, subsidy, process.entrant_land_discount, 0.0)
        process.outlook = max(0.0, utilisation * margin / cost)
        if process.quota >= 0:
            # No licence for a new plant unless the quota leaves room for one of efficient scale.
            process.outlook *= process.quota_left > process.capacity + process.minimum_scale
        process.outlook *= room_for_newcomer(world, p, now, process)


@rule
def room_for_newcomer(world, p, now, process):
    """Room of (1): what customers of a newcomer of efficient scale will order over what keeps its plant in usual use."""
    good = world.products[process.product]
    if good.pricing == COMMODITY:
        return 1.0
    opening = world.region[0].opening
    reach = (process.minimum_scale / process.typical_scale) ** p.outside_markets.eta
    # Newcomers begin at home.
    ahead = math.exp(p.entry.foresight * market_trend(good, DOMESTIC, p, now, opening))
    ordered = ahead * min(1.0, good.access[DOMESTIC]) * orders_of_newcomer(good, DOMESTIC, reach)
    orders = ordered + orders_of_buyers_here(good, process, process.minimum_scale, world.region[0])
    return min(p.entry.most_room, plant_for(p, orders) / process.minimum_scale)


@rule
def plant_for(p, orders):
    """Plant for so many orders, as chapter "investment" wants it, (1)."""
    return orders * (1.0 + p.investment.buffer)


@rule
def orders_of_buyers_here(good, process, capacity, region):
    """What users in the cluster and government will order of a newcomer: its part of the plant of the line, as from others."""
    here = good.local_use + good.procurement * region.paid_share / good.price
    return here * capacity / max(1e-9, process.capacity + capacity)


@rule
def entrant_margin(world, p, process):
    """Price less variable cost of an entrant at 0.8 of frontier productivity, at local prices."""
    region = world.region[0]
    value = newcomers_basket(world, process)
    cost = (
        process.other_cost * region.general_index + process.levy * region.general_index + process.levy_added
    )
    for slot in range(process.inputs):
        cost += 1.02 * process.coefficient[slot] * input_price(world.products[process.input[slot]])
    labour = region.wage * process.workers * region.general_index / region.wage_index
    return value - cost - labour * USUAL_PRODUCTIVITY / 0.8


@rule
def newcomers_basket(world, process):
    """What a newcomer gets for the outputs of a unit: of commodities, without customers here, what the outlet at home pays."""
    value = 0.0
    for slot in range(process.outputs):
        good = world.products[process.output[slot]]
        price = good.outside_price[DOMESTIC] if good.pricing == COMMODITY else good.price
        value += process.yield_of[slot] * price
    return value


@rule
def assured_inputs(world, process):
    """Share of inputs that are made here."""
    if process.inputs == 0:
        return 1.0
    made = 0.0
    for slot in range(process.inputs):
        product = process.input[slot]
        made += world.first_seller[product + 1] > world.first_seller[product]
    return made / process.inputs
