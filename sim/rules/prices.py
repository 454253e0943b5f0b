"""Prices: what a unit costs, what is asked for it.

    unit cost_i = sum_h a_h (1 + w (usual - practice)) c_h + (o_j G + levy) e^luck / A^0.3 + wage x workers per unit   (1)

c_h is the local price where the good is made here, else import parity; waste falls with management practice. Makers of
differentiated goods ask today's price on inputs of today and of the last quarters, like the world (chapter
"outside_world", lambda), so a jump of prices upstream squeezes margins first. Overhead is not part of unit cost. A *commodity* is priced between export and import parity by how much of it lies in stock here:

    p = p_w (1 + m short) (1 + tc (1 - 2 s)) (1 - d held back),   s = 1 / (1 + exp(-k (cover - target)))   (2)

where `held back` is the share of stock that a local minimum keeps from leaving: local users get it cheaper; and `short` the
share of what local users wanted that was nowhere to be had last quarter (imports have to be ordered ahead, chapter
"supply"): then import parity is no ceiling, and what little comes from outside costs as much more.

A *differentiated* product is priced by a mark-up on normal unit cost (chain inputs at long-run prices), so that dear
inputs are passed on and not multiplied; it adapts to orders and stock:

    price = unit cost + markup x normal unit cost

    markup += step x (pressure),  pressure = clip(orders / what could be sold - 1) - clip(stock over target)   (3)
    kept within [lowest, highest] and drawn to the larger of 1 / (beta - 1), the mark-up that pays best, and the one that
    covers the user cost of plant and overhead at usual utilisation (full-cost pricing)
"""

from __future__ import annotations

import math

from sim.compiled import rule
from sim.declare import parameter, parameters
from sim.rules.labour import USUAL_PRODUCTIVITY, workers_per_unit
from sim.world import COMMODITY, DOMESTIC


@parameters
class Prices:
    """Mark-ups and the price of commodities."""

    waste: float = parameter(
        0.03, "share", "w: inputs wasted for want of management practice", (0.0, 0.2), source="assumed"
    )
    cover: float = parameter(
        0.35,
        "quarter",
        "stock cover at which a commodity is priced at the world price",
        (0.05, 2.0),
        source="assumed",
    )
    cover_response: float = parameter(
        4.0, "1/quarter", "k: response of the local price to stock cover", (0.5, 20.0), source="assumed"
    )
    held_back: float = parameter(
        0.3,
        "share",
        "d: discount on a good all of which a local minimum keeps from leaving",
        (0.0, 0.8),
        source="assumed; discounts of 3 to 5 % and more were offered to local users",
    )
    scarcity: float = parameter(
        0.3,
        "share",
        "m: how much dearer a commodity is of which nothing is to be had",
        (0.0, 1.5),
        source="assumed, low: a price elasticity of demand of 0.3 would give more; oxides rose fivefold in 2010-11",
    )
    markup_step: float = parameter(
        0.02,
        "share",
        "largest change of a mark-up in a quarter",
        (0.0, 0.1),
        source="assumed: adaptive mark-ups as in evolutionary macro models",
    )
    markup_pull: float = parameter(
        0.05, "1/quarter", "pull to the best mark-up", (0.0, 0.5), source="assumed"
    )
    lowest: float = parameter(0.02, "share", "lowest mark-up", (-0.2, 0.2), source="assumed")
    highest: float = parameter(0.6, "share", "highest mark-up", (0.2, 2.0), source="assumed")


@rule
def input_price(good):
    """What a user here expects to pay for a unit of a good, delivered."""
    if good.pricing == COMMODITY:
        return good.local_price
    return good.price * (1.0 + good.base_trade_cost[DOMESTIC])


@rule
def input_need(enterprise, process, slot, p):
    """Input per unit of the main product; coefficients are those of usual practice, one half."""
    return process.coefficient[slot] * (1.0 + p.prices.waste * (0.5 - enterprise.practice))


@rule
def other_unit_cost(world, enterprise, process):
    """Other purchased inputs and levies per unit of the main product."""
    region = world.region[0]
    relative = max(0.05, enterprise.productivity) / USUAL_PRODUCTIVITY
    efficiency = math.exp(-enterprise.cost_luck) * relative**0.3
    return process.other_cost * region.general_index / efficiency


@rule
def levy_per_unit(world, process):
    """Resource levy and what policy adds, per unit of the main product."""
    return process.levy * world.region[0].general_index + process.levy_added


@rule
def own_unit_cost(world, enterprise, process):
    """What a unit costs besides chain inputs: labour, other inputs, levies."""
    region = world.region[0]
    labour = region.wage * workers_per_unit(process, enterprise, region)
    return labour + other_unit_cost(world, enterprise, process) + levy_per_unit(world, process)


@rule
def set_prices(world, p, now):
    """Local prices of commodities by (2), unit costs by (1), mark-ups by (3), posted prices for the quarter."""
    region = world.region[0]
    for product in world.products:
        if product.pricing == COMMODITY:
            s = 1.0 / (1.0 + math.exp(-p.prices.cover_response * (product.stock_cover - p.prices.cover)))
            product.premium = p.prices.scarcity * product.shortage
            parity = product.price * (1.0 + product.base_trade_cost[DOMESTIC] * (1.0 - 2.0 * s))
            parity *= 1.0 + product.premium
            product.local_price = parity * (1.0 - p.prices.held_back * min(1.0, product.held_back))
    for enterprise in world.enterprises:
        if not enterprise.alive:
            continue
        process = world.processes[enterprise.process]
        product = world.products[enterprise.product]
        enterprise.unit_cost, normal = unit_costs(world, p, enterprise, process, product)
        if product.pricing == COMMODITY:
            enterprise.price = product.local_price
        else:
            best = best_markup(product, process, enterprise, region, p)
            could_sell = max(1e-9, enterprise.expected_orders)
            pressure = min(1.0, max(-1.0, 2.0 * (enterprise.backlog / could_sell)))
            stocked = enterprise.output_stock[0] / could_sell
            pressure -= min(1.0, max(0.0, stocked - 0.75))
            enterprise.markup += p.prices.markup_step * pressure + p.prices.markup_pull * (
                best - enterprise.markup
            )
            enterprise.markup = min(p.prices.highest, max(p.prices.lowest, enterprise.markup))
            enterprise.price = enterprise.unit_cost + enterprise.markup * normal


@rule
def unit_costs(world, p, enterprise, process, product):
    """Unit cost by (1), and normal unit cost: chain inputs at long-run prices."""
    cost = own_unit_cost(world, enterprise, process)
    normal = cost
    lag = product.lag if product.pricing != COMMODITY else 1.0
    for slot in range(process.inputs):
        good = world.products[process.input[slot]]
        asked = lag + (1.0 - lag) * good.mean_price / good.price
        need = input_need(enterprise, process, slot, p)
        cost += (
            need
            * input_price(good)
            * asked
            * (1.0 - min(0.5, enterprise.raw_material_discount) * (good.pricing == COMMODITY))
        )
        normal += need * good.long_run * world.region[0].general_index
    return cost, normal


@rule
def best_markup(product, process, enterprise, region, p):
    """The mark-up that (3) is drawn to; cheaper capital is passed on."""
    pays_best = 1.0 / max(1.0, product.price_sensitivity[DOMESTIC] - 1.0)
    relief = min(0.9, enterprise.capital_subsidy * region.paid_share)
    relief += process.land_share * min(1.0, enterprise.land_discount)
    interest = max(0.0, p.finance.interest - enterprise.interest_subsidy * region.paid_share)
    yearly = p.finance.overhead + (p.finance.wear + interest) * (1.0 - relief)
    full_cost = yearly / 4.0 / 0.8 * process.plant * region.general_index / max(1e-9, enterprise.unit_cost)
    return max(pays_best, full_cost)


@rule
def realised_price(good):
    """What makers of a good may expect for it: for commodities the world price times what of it is got of late."""
    return good.price * good.realisation if good.pricing == COMMODITY else good.price


@rule
def basket_value(products, enterprise, process):
    """Expected value of all outputs per unit of the main product."""
    main = products[process.product]
    total = realised_price(main) if main.pricing == COMMODITY else enterprise.price
    for slot in range(1, process.outputs):
        total += process.yield_of[slot] * realised_price(products[process.output[slot]])
    return total
