"""Outside markets: how much of the outside demand comes to the cluster.

Differentiated goods. Buyers of market m share their demand M_m among cluster enterprises and outside competitors:

    s_im = B_im e^(v_im) / (O_m + sum_j B_jm e^(v_jm))                                                  (1)
    v    = -beta ln(p (1 + tc)(1 + export tax) / p_w) + gamma ln(quality) + reputation + luck              (2)

Reach B is bought when a market is entered (sunk cost, a certificate where one is asked for), earned by sales, and relaxes:

    B += 0.1 ((sales / (reference size x growth of the market))^eta - B) + bought                        (3)

O_m is solved once at the founding so that the opening share is the observed one. Rivals outside answer where they see
themselves lose ground: they cut prices and court customers in proportion to what the cluster has gained,

    ln O_m += 0.1 (r ln(max(share, n) / max(opening share, n)) - ln(O_m / O_m of the opening))                   (5)

so that a lasting advantage moves the share by 1 / (1 - eta + r) of it in the long run. Demand above what is in stock goes
elsewhere, half of it is carried over for one quarter.

Commodities. Sellers take the price: the home market and the world each take a stated depth, which grows with the market's
volume, at parity (home price less
trade cost; export price = home price (1 + wedge), less the VAT that is not refunded); what is offered beyond the depths
lowers the price of all of it, with a floor at minus the disposal cost:

    price = parity x (depth / offered)^(1/e)   if offered > depth                                        (4)

A minimum of local offers keeps a share of new output from leaving in its quarter (older stock may leave by halves). Government may buy end products (procurement).
Serving the world teaches: customers abroad raise practice (chapter "management") and knowledge a little.
Sources: (1) model 10.4, prototype regions; learning by exporting 4 to 27 % on entry (De Loecker), elasticity of export
promotion 0.074 (ITC 2016).
"""

from __future__ import annotations

import math

from sim.accounts import GOVERNMENT_ABOVE, OUTSIDE, SOLD_OUTSIDE, claim, count, pay, receive
from sim.chance import decision, happens
from sim.compiled import rule
from sim.declare import measure, money, parameter, parameters
from sim.rules.innovations import gain_knowledge
from sim.rules.management import take_attention
from sim.world import COMMODITY, DIFFERENTIATED, DOMESTIC, INTERNATIONAL, MARKETS


@parameters
class OutsideMarkets:
    """Reach, entry, commodity outlets."""

    relax: float = parameter(
        0.1, "1/quarter", "pace at which reach follows sales", (0.02, 0.3), source="model 10.4"
    )
    eta: float = parameter(
        0.7, "1", "returns of reach to sales", (0.5, 0.85), source="model 10.4: a pure replicator explodes"
    )
    answer: float = parameter(
        0.6,
        "1",
        "r: how strongly rivals outside answer a gain of the cluster's share",
        (0.0, 1.0),
        source="assumed; a world that stands still has to keep its shares (model 10.5)",
    )
    notice: float = parameter(
        0.005,
        "share",
        "n: share of a market below which rivals do not notice",
        (0.001, 0.1),
        source="assumed",
    )
    entrant_reach: float = parameter(
        0.35, "1", "reach bought with the sunk cost of entry", (0.05, 1.0), source="assumed"
    )
    wish: float = parameter(
        0.12, "1/quarter", "chance to enter a market that pays", (0.0, 0.5), source="assumed"
    )
    payback: float = parameter(
        8.0, "quarter", "time in which the sunk cost has to come back", (2.0, 24.0), source="assumed"
    )
    reputation: float = parameter(
        0.15,
        "log",
        "worth of a certificate and of marketing practice to buyers",
        (0.0, 0.6),
        source="assumed",
    )
    promotion: float = parameter(
        0.074, "1", "elasticity of exports to promotion", (0.0, 0.3), source="ITC 2016: 0.074"
    )
    promotion_base: float = parameter(
        0.15,
        "million CNY/quarter",
        "an enterprise's own marketing abroad at 2011 prices",
        (0.02, 2.0),
        source="assumed",
    )
    learning: float = parameter(
        0.004,
        "log/quarter",
        "knowledge that customers abroad teach an enterprise with full absorption",
        (0.0, 0.02),
        source="learning by exporting 4 to 27 % (De Loecker)",
    )
    glut: float = parameter(
        2.5,
        "1",
        "e: elasticity of what commodity markets take beyond their depth",
        (0.3, 4.0),
        source="assumed",
    )
    least: float = parameter(
        0.25,
        "share",
        "lowest price over parity at which a commodity is sold",
        (0.0, 0.9),
        source="assumed: dumping below is held back",
    )
    reserve: float = parameter(
        1.0,
        "quarter",
        "stock of a commodity kept for local users, over local use",
        (0.0, 2.0),
        source="fitted: history's local conversion (H4) against output (H2); a quarter's deliveries under standing contracts",
    )


ENTER_MARKET = decision("whether an enterprise enters an outside market")

SALES = money("sales outside")
MARKET_ENTRY = money("sunk cost of entering markets")
EXPORT_TAX = money("export tax and VAT not refunded")
MARKET_ENTRY_SUPPORT = measure("market_entry_support")
PUBLIC_PROCUREMENT = measure("public_procurement")
EXPORT_TAX_MEASURE = measure("export_tax")


@rule
def attractiveness(product, enterprise, market, p):
    """e^v of (2), without reach."""
    relative = (
        enterprise.price
        * (1.0 + product.base_trade_cost[market] * product.trade_cost_factor[market])
        * (1.0 + (product.export_tax if market == INTERNATIONAL else 0.0))
        / product.price
    )
    v = -product.price_sensitivity[market] * math.log(max(1e-3, relative))
    v += product.quality_sensitivity[market] * math.log(max(0.05, enterprise.quality))
    v += (
        p.outside_markets.reputation * (enterprise.certified + enterprise.practice - 0.5)
        + enterprise.demand_luck
        + enterprise.standing
    )
    return math.exp(min(6.0, v))


@rule
def sell_differentiated(world, p, now):
    """Orders by (1), filled from stock; the rest goes elsewhere, half of it waits a quarter."""
    for product in world.products:
        product.cluster_share[:] = 0.0
    for enterprise in world.enterprises:
        if not enterprise.alive or world.products[enterprise.product].pricing != DIFFERENTIATED:
            continue
        product = world.products[enterprise.product]
        for market in range(MARKETS):
            if enterprise.serves[market] and enterprise.capacity > 0.0:
                pull = enterprise.reach[market] * attractiveness(product, enterprise, market, p)
                enterprise.attractiveness[market] = pull
                product.cluster_share[market] += pull
    for place in range(len(world.enterprises)):
        enterprise = world.enterprises[place]
        if not enterprise.alive or world.products[enterprise.product].pricing != DIFFERENTIATED:
            continue
        product = world.products[enterprise.product]
        demand = enterprise.backlog
        for market in range(MARKETS):
            demand += orders_from(product, enterprise, market)
        enterprise.orders += demand - enterprise.backlog
        procured = sell_to_government(world, p, enterprise, product)
        stock = enterprise.output_stock[0]
        filled = min(1.0, stock / demand) if demand > 0.0 else 0.0
        for market in range(MARKETS):
            share = orders_from(product, enterprise, market) + (
                enterprise.backlog if market == DOMESTIC else 0.0
            )
            sell(world, p, enterprise, product, market, share * filled)
        enterprise.unfilled += demand * (1.0 - filled)
        enterprise.backlog = 0.5 * demand * (1.0 - filled)
        enterprise.orders += procured
    for product in world.products:
        for market in range(MARKETS):
            pull = product.cluster_share[market]
            product.cluster_share[market] = (
                pull / (outside_weight(product, market) + pull) if pull > 0.0 else 0.0
            )
            rivals_answer(product, market, p)


@rule
def outside_weight(product, market):
    """O_m: that of the opening and what rivals have answered."""
    return product.outside_mass[market] * math.exp(product.outside_answer[market])


@rule
def rivals_answer(product, market, p):
    """The answer of outside competitors moves by (5)."""
    notice = p.outside_markets.notice
    gained = math.log(max(product.cluster_share[market], notice) / max(product.opening_share[market], notice))
    product.outside_answer[market] += p.outside_markets.relax * (
        p.outside_markets.answer * gained - product.outside_answer[market]
    )


@rule
def orders_from(product, enterprise, market):
    """Units that a market orders by (1)."""
    pull = enterprise.attractiveness[market]
    if pull <= 0.0:
        return 0.0
    share = pull / (outside_weight(product, market) + product.cluster_share[market])
    return share * product.market_size[market] * min(1.0, product.access[market])


@rule
def orders_of_newcomer(product, market, pull):
    """Units that an open market would order by (1) from somebody new of so much reach x attractiveness."""
    # At the end of a quarter the cluster's share s stands for its pull O s / (1 - s).
    others = outside_weight(product, market) / (1.0 - min(0.99, product.cluster_share[market]))
    return pull / (others + pull) * product.market_size[market]


@rule
def sell(world, p, enterprise, product, market, quantity):
    """Sell from stock to an outside market at the posted price."""
    if quantity <= 0.0:
        return
    quantity = min(quantity, enterprise.output_stock[0])
    value = quantity * enterprise.price
    receive(world, enterprise, SALES, OUTSIDE, value)
    enterprise.output_stock[0] -= quantity
    enterprise.sales += value
    enterprise.sales_market[market] += value
    enterprise.sales_volume += quantity * product.reference_price
    enterprise.sold += quantity
    product.taken[market] += quantity
    product.outside_price[market] = enterprise.price
    count(world, enterprise.product, SOLD_OUTSIDE, quantity)
    if market == INTERNATIONAL:
        pay_export_tax(world, enterprise, product, value)


@rule
def pay_export_tax(world, enterprise, product, value):
    """VAT that is not refunded, and the export tax, to the government above."""
    region = world.region[0]
    kept = max(0.0, region.vat - product.refund) * value
    tax = product.export_tax * value
    pay(world, enterprise, EXPORT_TAX, GOVERNMENT_ABOVE, kept + tax)
    enterprise.taxes += kept + tax
    world.measures[EXPORT_TAX_MEASURE].revenue += tax


@rule
def sell_to_government(world, p, enterprise, product):
    """Public procurement, shared among makers by their stock; paid as a claim at the posted price."""
    if product.procurement <= 0.0 or enterprise.output_stock[0] <= 0.0:
        return 0.0
    process = world.processes[enterprise.process]
    share = enterprise.capacity / max(1e-9, process.capacity)
    budget = product.procurement * share * world.region[0].paid_share
    wanted = budget / enterprise.price
    quantity = min(wanted, enterprise.output_stock[0])
    value = quantity * enterprise.price
    claim(world, PUBLIC_PROCUREMENT, enterprise, value)
    enterprise.output_stock[0] -= quantity
    enterprise.sales += value
    enterprise.sales_market[DOMESTIC] += value
    enterprise.sales_volume += quantity * product.reference_price
    enterprise.sold += quantity
    count(world, enterprise.product, SOLD_OUTSIDE, quantity)
    return wanted


@rule
def offered_outside(world, enterprise, slot):
    """What a maker of a commodity may offer outside within the local minimum: older stock by halves, a share of the new."""
    stock = enterprise.output_stock[slot]
    if enterprise.minimum_local <= 0.0:
        return stock
    made = enterprise.produced * world.processes[enterprise.process].yield_of[slot]
    held_back = min(1.0, enterprise.minimum_local) * made
    return max(0.0, stock - made) * 0.5 + max(0.0, min(stock, made) - held_back)


@rule
def kept_for_customers(p, enterprise, slot, good):
    """Stock that a maker of a commodity keeps for its customers here: a part of what they took of it this quarter.

    A joint product is counted for all makers together and kept by each in proportion to its stock.
    """
    stock = enterprise.output_stock[slot]
    taken = enterprise.sold if slot == 0 else good.local_use * stock / max(1e-9, good.offered)
    return min(stock, p.outside_markets.reserve * taken)


@rule
def sell_commodities(world, p, now):
    """Home and world outlets at parity up to their depth, then by (4); local price signals from what is left."""
    region = world.region[0]
    # First what lies in stock, as the base of every seller's share; then what is really offered.
    for enterprise in world.enterprises:
        if enterprise.alive:
            process = world.processes[enterprise.process]
            for slot in range(process.outputs):
                good = world.products[process.output[slot]]
                if good.pricing == COMMODITY:
                    good.offered += enterprise.output_stock[slot]
    for enterprise in world.enterprises:
        if enterprise.alive:
            process = world.processes[enterprise.process]
            for slot in range(process.outputs):
                good = world.products[process.output[slot]]
                if good.pricing == COMMODITY:
                    good.kept += kept_for_customers(p, enterprise, slot, good)
    for place in range(len(world.products)):
        good = world.products[place]
        if good.pricing == COMMODITY:
            held = good.offered
            flow_ = good.local_use
            good.shortage = good.missed / max(1e-9, good.missed + good.local_use + good.imported)
            offered = max(0.0, held - good.kept)
            home = good.outlet[DOMESTIC] * min(1.0, good.access[DOMESTIC])
            abroad = good.outlet[INTERNATIONAL] * min(1.0, good.access[INTERNATIONAL])
            net_home = good.price * (1.0 - good.base_trade_cost[DOMESTIC] * good.trade_cost_factor[DOMESTIC])
            burden = max(0.0, region.vat - good.refund) + good.export_tax
            # The observed wedge is what is left after VAT that is not refunded; an export tax is not in it.
            net_abroad = (
                good.price
                * (1.0 + region.export_wedge)
                * (1.0 - good.export_tax)
                * (1.0 - good.base_trade_cost[INTERNATIONAL] * good.trade_cost_factor[INTERNATIONAL])
            )
            if net_abroad < p.outside_markets.least * net_home:
                abroad = 0.0
            depth = home + abroad
            discount = 1.0
            if depth > 0.0 and offered > depth:
                discount = max(p.outside_markets.least, (depth / offered) ** (1.0 / p.outside_markets.glut))
            most = depth * discount ** (-p.outside_markets.glut) if depth > 0.0 else 0.0
            sold = min(offered, most)
            good.taken[DOMESTIC] = sold * home / depth if depth > 0.0 else 0.0
            good.taken[INTERNATIONAL] = sold - good.taken[DOMESTIC]
            good.outside_price[DOMESTIC] = net_home * discount
            good.outside_price[INTERNATIONAL] = (
                net_abroad * discount / max(0.01, 1.0 - burden) if abroad > 0.0 else 0.0
            )
            good.stock_cover = (held - sold) / max(1e-9, flow_ + sold)
            got = (
                flow_ * good.local_price
                + good.taken[DOMESTIC] * good.outside_price[DOMESTIC]
                + (good.taken[INTERNATIONAL] * net_abroad * discount)
            )
            if flow_ + sold > 0.0:
                good.realisation += 0.5 * (
                    got / (flow_ + max(sold, 0.7 * offered)) / good.price - good.realisation
                )
            good.offered = held
            good.held_back = 0.0
            good.cluster_share[DOMESTIC] = sold / offered if offered > 0.0 else 0.0
    for enterprise in world.enterprises:
        if enterprise.alive:
            process = world.processes[enterprise.process]
            for slot in range(process.outputs):
                place = process.output[slot]
                good = world.products[place]
                if good.pricing == COMMODITY and enterprise.output_stock[slot] > 0.0:
                    sell_commodity(world, p, enterprise, slot, place, good)


@rule
def sell_commodity(world, p, enterprise, slot, place, good):
    """One seller's part of what the two outlets take, in proportion to what it does not keep, within the local minimum."""
    kept = kept_for_customers(p, enterprise, slot, good)
    wanted = (enterprise.output_stock[slot] - kept) * good.cluster_share[DOMESTIC]
    quantity = min(wanted, offered_outside(world, enterprise, slot))
    good.held_back += (wanted - quantity) / max(1e-9, good.offered)
    if quantity <= 0.0:
        return
    taken = max(1e-12, good.taken[DOMESTIC] + good.taken[INTERNATIONAL])
    count(world, place, SOLD_OUTSIDE, quantity)
    enterprise.output_stock[slot] -= quantity
    for market in range(MARKETS):
        part = quantity * good.taken[market] / taken
        value = part * good.outside_price[market]
        receive(world, enterprise, SALES, OUTSIDE, value)
        enterprise.sales += value
        enterprise.sales_market[market] += value
        if market == INTERNATIONAL:
            pay_export_tax(world, enterprise, good, value)
    enterprise.sales_volume += quantity * good.reference_price
    if slot == 0:
        enterprise.sold += quantity
        enterprise.orders += quantity


@rule
def enter_markets(world, p, now):
    """Enterprises weigh the sunk cost of a market against what it would bring, and enter; reach by (3)."""
    region = world.region[0]
    for enterprise in world.enterprises:
        # Customers whom a newcomer has won wait until its plant is on stream.
        if not enterprise.alive or enterprise.capacity <= 0.0:
            continue
        product = world.products[enterprise.product]
        if product.pricing != DIFFERENTIATED:
            continue
        process = world.processes[enterprise.process]
        for market in range(MARKETS):
            if enterprise.serves[market]:
                reference = (
                    product.reference_sales[market]
                    * product.price
                    * max(0.05, product.market_size[market] / max(1e-9, product.demand[market]))
                )
                earned = (enterprise.sales_market[market] / max(1e-9, reference)) ** p.outside_markets.eta
                promoted = 1.0
                if market == INTERNATIONAL and enterprise.export_promotion > 0.0:
                    base = p.outside_markets.promotion_base * region.general_index
                    promoted = (1.0 + enterprise.export_promotion / base) ** p.outside_markets.promotion
                enterprise.reach[market] += p.outside_markets.relax * (
                    promoted * earned - enterprise.reach[market]
                )
                enterprise.reach[market] = max(0.02, enterprise.reach[market])
                if market == INTERNATIONAL and enterprise.absorptive > 0.0:
                    learn_from_customers(world, p, enterprise, process)
            elif wants_market(world, p, enterprise, product, process, market) and happens(
                p.outside_markets.wish, now, ENTER_MARKET, enterprise.uid, market
            ):
                enter_market(world, p, enterprise, product, market)


@rule
def learn_from_customers(world, p, enterprise, process):
    """Customers abroad teach in the fields of the product."""
    for field in range(len(world.fields)):
        if process.weight[field] > 0.0 and enterprise.knowledge[field] < 1.0:
            gain = p.outside_markets.learning * enterprise.absorptive * process.weight[field]
            enterprise.learned_outside += gain_knowledge(enterprise, field, gain)


@rule
def wants_market(world, p, enterprise, product, process, market):
    """Whether expected margin in the payback time exceeds the sunk cost, with certificate, cash and attention."""
    # A closure that has been announced counts as much as one in force.
    access = min(1.0, min(product.access[market], product.access_ahead[market]))
    if product.needs_certificate[market] and not enterprise.certified:
        return False
    if enterprise.distress > 0 or access <= 0.05 or product.demand[market] <= 0.0:
        return False
    pull = p.outside_markets.entrant_reach * attractiveness(product, enterprise, market, p)
    units = orders_of_newcomer(product, market, pull) * access
    margin = enterprise.price - enterprise.unit_cost
    support = min(0.9, enterprise.market_entry_support * world.region[0].paid_share)
    cost = product.entry_cost[market] * world.region[0].general_index * (1.0 - support)
    worth = p.outside_markets.payback * min(units, 0.5 * enterprise.capacity) * margin
    return worth > cost and enterprise.cash > cost and enterprise.attention >= p.management.market_needs


@rule
def enter_market(world, p, enterprise, product, market):
    """Pay the sunk cost, claim support, get the entrant's reach."""
    take_attention(enterprise, p.management.market_needs)
    cost = product.entry_cost[market] * world.region[0].general_index
    pay(world, enterprise, MARKET_ENTRY, OUTSIDE, cost)
    enterprise.other_costs += cost
    if enterprise.market_entry_support > 0.0:
        claim(world, MARKET_ENTRY_SUPPORT, enterprise, min(0.9, enterprise.market_entry_support) * cost)
    enterprise.serves[market] = True
    enterprise.reach[market] = p.outside_markets.entrant_reach
    enterprise.new_reach += p.outside_markets.entrant_reach
    world.region[0].market_entries += 1
