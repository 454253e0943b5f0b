"""The outside world: prices, demand, wages and the frontier of knowledge.

World prices. A product with an observed path follows it; after the last observation (and for a product declared as a
process) the log price moves by an autocorrelated, fat-tailed shock and is pulled to its long-run level:

    x_k(t)   = r_k x_k(t-1) + s_k e_k(t)                     e = common and own part                  (1)
    ln p_k   = ln p_k(t-1) + x_k(t) + v_k (ln(G P_k) - ln p_k(t-1))                                   (2)

P_k is the long-run price at the general index of 1, G the general index. Other products pass their inputs on, part at
once, part by a mean of four quarters, and add their non-chain cost with a normal return, n_k:

    p_k(t)   = sum_h a_hk (lambda_k p_h(t) + (1 - lambda_k) mean4 p_h(t)) + n_k G(t) exp(x_k(t))       (3)

Raw material that is priced by its contents costs a share phi of the value of what can be recovered from it, and not
less than the cost of winning it:

    p_k(t)   = max(phi_k max_process (sum_outputs y p / input coefficient), floor_k G)                 (4)

Outside demand. M_m = M0_m exp(g_m y) (p G0 / p0 G)^-epsilon_m exp(cycle_m), the cycle an AR(1); growth fades as
markets mature, y = (1 - exp(-fade x years)) / fade                                                   (5)

Knowledge is kept relative to the frontier, so everybody falls behind by the frontier's growth each quarter          (6)

and each enterprise has persistent luck of its own in costs and in demand, AR(1) in logs                             (7)

During the burn-in prices, demand and indices stand still; only the frontier and personal luck move.
Sources: (3) price pass-through, measured against flat mark-ups in a prototype; (1) facts on monthly oxide quotes
2013-2024 (standard deviation 0.085, autocorrelation 0.34 for neodymium, kurtosis 4.3).
"""

from __future__ import annotations

import math

from sim.chance import decision, fat_tailed, normal
from sim.compiled import rule
from sim.declare import parameter, parameters
from sim.world import EXPORT_WEDGE, GENERAL_INDEX, MARKETS, QUOTA, VAT, VAT_LOCAL_SHARE, WAGE_INDEX

OBSERVED, PASS_THROUGH, BASKET, PROCESS = 0, 1, 2, 3
PRICE_RULES = ("observed", "pass_through", "basket", "process")


@parameters
class OutsideWorld:
    """How restless the world is."""

    shocks: float = parameter(
        1.0,
        "1",
        "scale of all shocks to prices, demand and personal luck (0 switches them off)",
        (0.0, 2.0),
        source="structural switch for tests of the balanced path",
        kind="structural",
    )
    inflation: float = parameter(
        0.02,
        "1/year",
        "growth of the general index after the last observation",
        (-0.02, 0.08),
        source="assumed: recent mean",
    )
    wage_growth: float = parameter(
        0.05,
        "1/year",
        "growth of outside wages after the last observation",
        (-0.02, 0.12),
        source="assumed: below the 9 % of 2011-21",
    )
    common: float = parameter(
        0.6,
        "share",
        "part of a price shock that all products share",
        (0.0, 0.95),
        source="assumed between the observed correlations Nd-Ce 0.32 and Nd-Pr 0.86 of daily quotes 2013-2024",
    )
    growth_fade: float = parameter(
        0.05,
        "1/year",
        "pace at which growth of outside demand fades",
        (0.001, 0.2),
        source="assumed: markets of new materials mature within two decades",
    )
    cycle_volatility: float = parameter(
        0.025,
        "log",
        "standard deviation of the quarterly demand shock",
        (0.0, 0.1),
        source="assumed: output of user industries",
    )
    cycle_autocorrelation: float = parameter(
        0.85,
        "share",
        "of the demand cycle",
        (0.0, 0.98),
        source="assumed: business-cycle length",
    )
    cost_luck: float = parameter(
        0.15,
        "log",
        "long-run spread of personal luck in costs",
        (0.0, 0.25),
        source="yearly shocks of 0.1 to 0.2 in plant-level productivity studies, less what knowledge explains",
    )
    demand_luck: float = parameter(
        0.25,
        "log",
        "long-run spread of personal luck in demand",
        (0.0, 0.6),
        source="yearly shocks of 0.1 to 0.2 in plant-level demand studies",
    )
    cost_persistence: float = parameter(
        0.85,
        "share",
        "quarterly persistence of personal luck in costs",
        (0.5, 0.99),
        source="yearly persistence 0.5 to 0.85 of log productivity (Bartelsman and Doms 2000)",
    )
    luck_persistence: float = parameter(
        0.93,
        "share",
        "quarterly persistence of personal luck in demand",
        (0.5, 0.99),
        source="yearly persistence 0.5 to 0.85 of log productivity (Bartelsman and Doms 2000)",
    )


COMMON_PRICE_SHOCK = decision("how all world prices move together this quarter")
PRICE_SHOCK = decision("how a product's world price moves this quarter")
DEMAND_SHOCK = decision("how outside demand for a product moves this quarter")
COST_LUCK = decision("how an enterprise's luck in costs changes")
DEMAND_LUCK = decision("how an enterprise's luck in demand changes")


@rule
def read_the_calendar(world, p, now):
    """Indices, tax rates and quotas take their values of the quarter."""
    region = world.region[0]
    today = world.series[now.t]
    region.general_index = today[GENERAL_INDEX]
    region.outside_wage *= today[WAGE_INDEX] / region.wage_index
    region.talent_wage *= today[WAGE_INDEX] / region.wage_index
    region.wage *= today[WAGE_INDEX] / region.wage_index
    region.wage_index = today[WAGE_INDEX]
    # A budget that keeps pace with the general index buys fewer people as pay rises; the frontier needs no more of them.
    opening = world.series[0, GENERAL_INDEX] / world.series[0, WAGE_INDEX]
    dearer = region.general_index / region.wage_index / opening
    region.effort_reference = dearer ** (1.0 - p.research.materials_share)
    region.export_wedge = today[EXPORT_WEDGE]
    region.vat = today[VAT]
    region.vat_local_share = today[VAT_LOCAL_SHARE]
    for kind in range(4):
        region.quota[kind] = today[QUOTA + kind]


@rule
def move_prices(world, p, now):
    """World prices by (1) to (4)."""
    in_history = now.t >= world.region[0].opening
    common = fat_tailed(now, COMMON_PRICE_SHOCK, 0, 0)
    for place in range(len(world.products)):
        product = world.products[place]
        product.last_price = product.price
        if in_history:
            own = fat_tailed(now, PRICE_SHOCK, place, 0)
            mixed = p.outside_world.common * common + math.sqrt(1.0 - p.outside_world.common**2) * own
            product.shock = (
                product.autocorrelation * product.shock + p.outside_world.shocks * product.volatility * mixed
            )
        if product.rule == OBSERVED:
            product.price = observed_price(world, place, product, now)
        elif product.rule == PROCESS:
            product.price = product.long_run * world.region[0].general_index * math.exp(product.shock)
    for place in range(len(world.products)):
        product = world.products[place]
        if product.rule == BASKET:
            product.price = basket_price(world, place)
        elif product.rule == PASS_THROUGH:
            product.price = passed_through(world, product)
        product.recent[now.t % 4] = product.price
        product.mean_price = 0.25 * (
            product.recent[0] + product.recent[1] + product.recent[2] + product.recent[3]
        )


@rule
def observed_price(world, place, product, now):
    """The observed price, or (2) where observation has ended."""
    region = world.region[0]
    if now.t < region.opening:
        return product.opening_price
    observed = world.prices[now.t, place]
    if not math.isnan(observed):
        return observed
    target = math.log(product.long_run * region.general_index)
    last = math.log(product.last_price)
    return math.exp(last + product.shock + product.reversion * (target - last))


@rule
def basket_price(world, place):
    """(4): a share of the best value that any process recovers from a unit."""
    product = world.products[place]
    best = 0.0
    for process in world.processes:
        for slot in range(process.inputs):
            if process.input[slot] == place:
                value = 0.0
                for output in range(process.outputs):
                    value += process.yield_of[output] * world.products[process.output[output]].price
                best = max(best, value / process.coefficient[slot])
    return max(product.basket_share * best, product.floor_cost * world.region[0].general_index)


@rule
def passed_through(world, product):
    """(3); products stand in the order of their stages, so today's input prices are known."""
    process = world.processes[product.maker]
    chain = 0.0
    for slot in range(process.inputs):
        good = world.products[process.input[slot]]
        chain += process.coefficient[slot] * (
            product.lag * good.price + (1.0 - product.lag) * good.mean_price
        )
    return chain + product.nonchain * world.region[0].general_index * math.exp(product.shock)


@rule
def move_demand(world, p, now):
    """Outside demand by (5)."""
    region = world.region[0]
    fade = p.outside_world.growth_fade
    years = (1.0 - math.exp(-fade * max(0, now.t - region.opening) / 4.0)) / fade
    for place in range(len(world.products)):
        product = world.products[place]
        relative = product.price / (product.opening_price * region.general_index)
        before = product.market_size[0] + product.market_size[1]
        for market in range(MARKETS):
            if years > 0.0:
                shock = normal(now, DEMAND_SHOCK, place, market)
                product.market_luck[market] = (
                    p.outside_world.cycle_autocorrelation * product.market_luck[market]
                    + p.outside_world.shocks * p.outside_world.cycle_volatility * shock
                )
            volume = math.exp(product.growth[market] * years + product.market_luck[market])
            product.outlet[market] = product.depth[market] * volume
            product.market_size[market] = (
                product.demand[market] * volume * relative ** (-product.elasticity[market])
            )
        product.market_change = (product.market_size[0] + product.market_size[1]) / max(1e-9, before)
    for enterprise in world.enterprises:
        if enterprise.alive:
            # World prices of the quarter are known when plans are made, and with them the size of the market.
            change = min(1.5, max(0.5, world.products[enterprise.product].market_change))
            enterprise.expected_orders *= change


@rule
def market_trend(product, market, p, now, opening):
    """Growth of an outside market by (5) from now on, without luck and prices."""
    if now.t <= opening:
        return 0.0
    return product.growth[market] * math.exp(-p.outside_world.growth_fade * (now.t - opening) / 4.0)


@rule
def move_frontier(world, p, now):
    """The frontier grows and everybody falls behind it (6); floor at one hundredth of the frontier."""
    for field in world.fields:
        field.frontier *= math.exp(field.growth)
    for enterprise in world.enterprises:
        if enterprise.alive:
            enterprise.licence_lift *= math.exp(-world.fields[enterprise.licence_field].growth)
            for area in range(len(world.fields)):
                enterprise.knowledge[area] = max(
                    0.01, enterprise.knowledge[area] * math.exp(-world.fields[area].growth)
                )
    for institute in world.institutes:
        if institute.alive:
            for area in range(len(world.fields)):
                institute.knowledge[area] = max(
                    0.01, institute.knowledge[area] * math.exp(-world.fields[area].growth)
                )


@rule
def change_luck(world, p, now):
    """Personal luck in costs and demand by (7)."""
    lasting, keep = p.outside_world.cost_persistence, p.outside_world.luck_persistence
    fresh_cost = p.outside_world.shocks * math.sqrt(1.0 - lasting**2)
    fresh = p.outside_world.shocks * math.sqrt(1.0 - keep**2)
    for enterprise in world.enterprises:
        if enterprise.alive:
            enterprise.cost_luck = (
                lasting * enterprise.cost_luck
                + fresh_cost * p.outside_world.cost_luck * fat_tailed(now, COST_LUCK, enterprise.uid, 0)
            )
            enterprise.demand_luck = (
                keep * enterprise.demand_luck
                + fresh * p.outside_world.demand_luck * fat_tailed(now, DEMAND_LUCK, enterprise.uid, 0)
            )
