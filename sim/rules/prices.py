"""Prices: what a unit costs, what is asked for it.

    unit cost_i = sum_h a_h (1 + waste) c_h + (o_j G + levy) e^luck / A^0.3 + wage x workers per unit     (1)

c_h is the local price where the good is made here, else import parity; waste falls with management practice. Overhead
is not part of it. A *commodity* is priced between export and import parity by how much of it lies in stock here:

    p = p_w (1 + tc (1 - 2 s)),   s = 1 / (1 + exp(-k (cover - target)))                                (2)

A *differentiated* product is priced by a mark-up on unit cost that adapts to orders and stock:

    markup += step x (pressure),  pressure = clip(orders / what could be sold - 1) - clip(stock over target)   (3)
    kept within [lowest, highest] and drawn a little to 1 / (beta (1 - share)), the mark-up that pays best
"""

from __future__ import annotations

import math

from sim.compiled import rule
from sim.declare import parameter, parameters
from sim.rules.labour import workers_per_unit
from sim.world import COMMODITY, DOMESTIC


@parameters
class Prices:
    """Mark-ups and the price of commodities."""

    waste: float = parameter(0.05, "share", "inputs wasted by an enterprise without any management practice", (0.0, 0.2), source="assumed")
    cover: float = parameter(0.35, "quarter", "stock cover at which a commodity is priced at the world price", (0.05, 2.0), source="assumed")
    cover_response: float = parameter(4.0, "1/quarter", "k: response of the local price to stock cover", (0.5, 20.0), source="assumed")
    markup_step: float = parameter(0.02, "share", "largest change of a mark-up in a quarter", (0.0, 0.1), source="assumed: adaptive mark-ups as in evolutionary macro models")
    markup_pull: float = parameter(0.05, "1/quarter", "pull to the best mark-up", (0.0, 0.5), source="assumed")
    lowest: float = parameter(0.02, "share", "lowest mark-up", (-0.2, 0.2), source="assumed")
    highest: float = parameter(0.6, "share", "highest mark-up", (0.2, 2.0), source="assumed")


@rule
def input_price(world, good):
    """What a user here expects to pay for a unit of a good, delivered."""
    if good.pricing == COMMODITY:
        return good.local_price
    return good.price * (1.0 + good.base_trade_cost[DOMESTIC])


@rule
def input_need(enterprise, process, slot, p):
    """Input per unit of the main product, waste included."""
    return process.coefficient[slot] * (1.0 + p.prices.waste * max(0.0, 1.0 - enterprise.practice))


@rule
def other_unit_cost(world, enterprise, process):
    """Other purchased inputs and levies per unit of the main product."""
    region = world.region[0]
    efficiency = math.exp(-enterprise.cost_luck) * max(0.05, enterprise.productivity) ** 0.3
    return process.other_cost * region.general_index / efficiency


@rule
def levy_per_unit(world, process):
    """Resource levy and what policy adds, per unit of the main product."""
    return process.levy * world.region[0].general_index + process.levy_added


@rule
def set_prices(world, p, now):
    """Local prices of commodities by (2), unit costs by (1), mark-ups by (3), posted prices for the quarter."""
    region = world.region[0]
    for product in world.products:
        if product.pricing == COMMODITY:
            s = 1.0 / (1.0 + math.exp(-p.prices.cover_response * (product.stock_cover - p.prices.cover)))
            product.local_price = product.price * (1.0 + product.base_trade_cost[DOMESTIC] * (1.0 - 2.0 * s))
    for enterprise in world.enterprises:
        if not enterprise.alive:
            continue
        process = world.processes[enterprise.process]
        product = world.products[enterprise.product]
        cost = other_unit_cost(world, enterprise, process) + levy_per_unit(world, process)
        for slot in range(process.inputs):
            good = world.products[process.input[slot]]
            cost += input_need(enterprise, process, slot, p) * input_price(world, good) * (
                1.0 - min(0.5, enterprise.raw_material_discount) * (good.pricing == COMMODITY)
            )
        enterprise.unit_cost = cost + region.wage * workers_per_unit(process, enterprise, region)
        if product.pricing == COMMODITY:
            enterprise.price = product.local_price
        else:
            best = 1.0 / max(1.0, product.price_sensitivity[DOMESTIC] - 1.0)
            could_sell = max(1e-9, enterprise.expected_orders)
            pressure = min(1.0, max(-1.0, 2.0 * (enterprise.backlog / could_sell)))
            stocked = enterprise.output_stock[0] / could_sell
            pressure -= min(1.0, max(0.0, stocked - 0.75))
            enterprise.markup += p.prices.markup_step * pressure + p.prices.markup_pull * (best - enterprise.markup)
            enterprise.markup = min(p.prices.highest, max(p.prices.lowest, enterprise.markup))
            enterprise.price = enterprise.unit_cost * (1.0 + enterprise.markup)


@rule
def basket_value(world, enterprise, process):
    """Value of all outputs per unit of the main product, at local prices."""
    total = enterprise.price
    for slot in range(1, process.outputs):
        total += process.yield_of[slot] * world.products[process.output[slot]].local_price
    return total
