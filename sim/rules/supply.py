"""Production and supply, stage by stage, upstream first.

Plan. A maker of differentiated goods plans for expected orders, backlog and a target stock; a maker of commodities for
its capacity as far as the basket of its outputs pays and as far as the stock can still be sold: it cuts throughput in
proportion to the part of its own cost (labour, energy, levies; not the chain inputs, which it need not buy) that the
basket does not cover. Joint products come out together: throughput is chosen on the basket, joint cost is never allocated. Stocks cost storage each quarter.

Buying. Buyers act in keyed random order, in two rounds: contracts first (a share of the need equal to the trust earned),
then spot. A buyer ranks known and a few sampled suppliers by

    delivered = price (1 - discount) (1 + t (1 - trust) (1 - help)) / quality^q                         (1)

against import parity p_w (1 + tc) (1 + t), for who sells from outside stays a stranger; t (1 - trust)(1 - help) is a real
cost of search and contracting, paid outside; help is coordination, information services and the supplier's fit to local
customers. A supplier's stock limits the deal; what
cannot be filled counts once, as an unfilled order at the first choice. The rest is imported where the border is open. It has
to be ordered ahead: at short notice suppliers outside have for a buyer a little more than its usual import and a small part
of what its plant can use; what it wants beyond that they deliver in the quarters that follow,

    import <= (1 + stretch) usual + spare x need at full use,   usual += adapt x (wanted - usual)       (3)

The market at home gives of a commodity no more than it takes, its depth, to all buyers here together, first come, first
served. A commodity of which less is to be had than wanted is dear in the quarter after (chapter "prices").

Making.  throughput = min(plan, capacity, workers / workers per unit, inputs / need, quota)              (2)

Suppliers invest in serving local customers (fit) in proportion to local sales, more when policy repays a part.
"""

from __future__ import annotations

from sim.accounts import BOUGHT_OUTSIDE, MADE, OUTSIDE, SCRAPPED, USED, claim, count, pay, pay_enterprise
from sim.chance import choose, decision, sort_by_key, uniform
from sim.compiled import rule
from sim.declare import measure, money, parameter, parameters
from sim.rules.labour import workers_per_unit
from sim.rules.prices import basket_value, input_need, other_unit_cost, own_unit_cost
from sim.rules.spillovers import supplier_alive
from sim.world import COMMODITY, DIFFERENTIATED, DOMESTIC, STAGES, SUPPLIERS


@parameters
class Supply:
    """Plans, suppliers, deals."""

    target_stock: float = parameter(
        0.3, "quarter", "stock that a maker aims at", (0.0, 1.0), source="assumed: a month of sales"
    )
    overflow: float = parameter(
        0.5,
        "quarter",
        "stock beyond the target at which a maker of commodities stops",
        (0.2, 6.0),
        source="assumed",
    )
    cut: float = parameter(
        4.0,
        "1",
        "throughput cut by makers of commodities per share of own cost that the basket leaves uncovered",
        (0.5, 20.0),
        source="assumed: stops when a quarter is not covered",
    )
    sampled: float = parameter(
        4.0,
        "1",
        "unknown suppliers looked at",
        (1.0, 10.0),
        source="performance: search samples, never scans",
        kind="structural",
    )
    transaction: float = parameter(
        0.04,
        "share",
        "t: cost of a deal with a stranger over its value",
        (0.0, 0.2),
        source="assumed; agglomeration elasticity (A1) is the check",
    )
    quality: float = parameter(0.3, "1", "q: worth of an input's quality", (0.0, 1.0), source="assumed")
    trust_gain: float = parameter(
        0.12, "share", "trust earned by a deal that was kept", (0.0, 0.5), source="assumed"
    )
    trust_loss: float = parameter(0.25, "share", "trust lost by a shortage", (0.0, 0.9), source="assumed")
    stretch: float = parameter(
        0.4,
        "share",
        "rise of an import over the usual that suppliers outside can meet",
        (0.0, 3.0),
        source="assumed: usual tolerance of frame contracts",
    )
    spare: float = parameter(
        0.1,
        "share",
        "of what a plant needs at full use that can be imported at short notice",
        (0.0, 1.0),
        source="assumed: what traders hold in stock; new supplies are ordered a quarter or two ahead",
    )
    adapt: float = parameter(
        0.5,
        "1/quarter",
        "pace at which the usual import follows what is wanted",
        (0.05, 1.0),
        source="assumed: delivery and qualification of a new supplier take two quarters on average",
    )
    service: float = parameter(
        0.004, "share", "spending on serving local customers over local sales", (0.0, 0.03), source="assumed"
    )
    service_response: float = parameter(
        1.5, "1", "of that spending to its price", (0.0, 4.0), source="assumed"
    )
    service_help: float = parameter(
        8.0, "1", "fit gained per unit of that spending over local sales", (0.0, 30.0), source="assumed"
    )
    fit_fade: float = parameter(0.04, "1/quarter", "fit lost", (0.0, 0.2), source="assumed")
    scrap: float = parameter(
        4.0, "quarter", "stock cover beyond which joint products are scrapped", (1.0, 12.0), source="assumed"
    )


ORDER = decision("in which order enterprises act")
SAMPLE_SUPPLIER = decision("which unknown supplier a buyer looks at")

INPUTS_LOCAL = money("chain inputs bought in the cluster")
INPUTS_OUTSIDE = money("chain inputs bought outside")
OTHER_INPUTS = money("other inputs bought outside")
TRANSACTIONS = money("cost of search and contracting")
CUSTOMER_SERVICE = money("serving local customers")
DISPOSAL = money("disposal of unsold joint products")
STORAGE = money("storage of stocks")
RAW_MATERIAL_PRIVILEGE = measure("raw_material_privilege")
SUPPLIER_SUPPORT = measure("supplier_support")


@rule
def line_up(world, now):
    """Living enterprises in keyed random order within their stage; returns how many there are."""
    alive = 0
    for place in range(len(world.enterprises)):
        enterprise = world.enterprises[place]
        if enterprise.alive:
            world.keys[place] = enterprise.stage + uniform(now, ORDER, enterprise.uid, 0)
            world.order[alive] = place
            alive += 1
    sort_by_key(world.order, world.keys, alive)
    return alive


@rule
def list_sellers(world):
    """Sellers grouped by product: places first_seller[k] to first_seller[k + 1] of ``sellers`` and ``slots``."""
    world.first_seller[:] = 0
    for enterprise in world.enterprises:
        if enterprise.alive:
            process = world.processes[enterprise.process]
            for slot in range(process.outputs):
                world.first_seller[process.output[slot] + 1] += 1
    for product in range(len(world.products)):
        world.first_seller[product + 1] += world.first_seller[product]
    # Fill from the end of each group, then the starts are where they belong.
    for row in range(len(world.enterprises) - 1, -1, -1):
        enterprise = world.enterprises[row]
        if enterprise.alive:
            process = world.processes[enterprise.process]
            for slot in range(process.outputs):
                product = process.output[slot]
                world.first_seller[product + 1] -= 1
                place = world.first_seller[product + 1]
                world.sellers[place] = row
                world.slots[place] = slot
    total = 0
    for enterprise in world.enterprises:
        if enterprise.alive:
            total += world.processes[enterprise.process].outputs
    for product in range(len(world.products)):
        world.first_seller[product] = world.first_seller[product + 1]
    world.first_seller[len(world.products)] = total


@rule
def share_quotas(world, p, now):
    """State quotas are shared out to the processes they bind, in units of the main product."""
    region = world.region[0]
    for process in world.processes:
        process.members = 0.0
        process.capacity = 0.0
    for enterprise in world.enterprises:
        if enterprise.alive:
            world.processes[enterprise.process].members += 1
            world.processes[enterprise.process].capacity += enterprise.capacity
    for process in world.processes:
        if process.quota >= 0:
            content = world.products[process.product].reo
            bulk = 0.0
            for slot in range(process.outputs):
                bulk += process.yield_of[slot] * world.products[process.output[slot]].reo
            process.quota_left = (
                region.quota[process.quota] * process.quota_factor / max(1e-9, max(bulk, content))
            )


@rule
def produce_and_trade(world, p, now):
    """The chain, stage by stage: plan, contracts, spot and imports, making."""
    alive = line_up(world, now)
    list_sellers(world)
    begin = 0
    for _ in range(STAGES):
        if begin >= alive:
            break
        stage = world.enterprises[world.order[begin]].stage
        end = begin
        while end < alive and world.enterprises[world.order[end]].stage == stage:
            plan_output(world, p, world.enterprises[world.order[end]])
            end += 1
        for place in range(begin, end):
            buy_by_contract(world, p, now, world.enterprises[world.order[place]])
        for place in range(begin, end):
            buy_on_the_spot(world, p, now, world.enterprises[world.order[place]], world.order[place])
        for place in range(begin, end):
            make(world, p, world.enterprises[world.order[place]])
        begin = end


@rule
def plan_output(world, p, enterprise):
    """What the enterprise means to produce this quarter, by (2) without inputs."""
    process = world.processes[enterprise.process]
    product = world.products[enterprise.product]
    region = world.region[0]
    if product.pricing == DIFFERENTIATED:
        target = p.supply.target_stock * enterprise.expected_orders
        wish = enterprise.expected_orders + enterprise.backlog + 0.5 * (target - enterprise.output_stock[0])
    else:
        value = basket_value(world.products, enterprise, process)
        own = own_unit_cost(world, enterprise, process)
        paying = min(1.0, max(0.0, 1.0 + p.supply.cut * (value - enterprise.unit_cost) / max(1e-12, own)))
        stocked = enterprise.output_stock[0] / max(1e-9, enterprise.capacity)
        wish = (
            enterprise.capacity
            * paying
            * min(1.0, max(0.0, 1.0 - (stocked - p.supply.target_stock) / p.supply.overflow))
        )
    possible = min(
        enterprise.capacity, enterprise.workers / max(1e-12, workers_per_unit(process, enterprise, region))
    )
    enterprise.planned = max(0.0, min(wish, possible))
    if process.quota >= 0:
        # The quota is shared by capacity: nobody gains by acting first.
        enterprise.planned = min(
            enterprise.planned, process.quota_left * enterprise.capacity / max(1e-9, process.capacity)
        )


@rule
def still_needed(p, enterprise, process, slot):
    """Input still to be bought for the plan."""
    return max(
        0.0, enterprise.planned * input_need(enterprise, process, slot, p) - enterprise.input_stock[slot]
    )


@rule
def buy_by_contract(world, p, now, enterprise):
    """First round: known suppliers get a share of the need equal to their trust (together at most all of it)."""
    process = world.processes[enterprise.process]
    for slot in range(process.inputs):
        need = still_needed(p, enterprise, process, slot)
        if need <= 0.0:
            continue
        trust = 0.0
        for known in range(SUPPLIERS):
            if enterprise.supplier_input[known] == slot and supplier_alive(
                world.enterprises, enterprise, known
            ):
                trust += enterprise.supplier_trust[known]
        if trust <= 0.0:
            continue
        good = world.products[process.input[slot]]
        for known in range(SUPPLIERS):
            if enterprise.supplier_input[known] == slot and supplier_alive(
                world.enterprises, enterprise, known
            ):
                seller = world.enterprises[enterprise.supplier[known]]
                output = output_slot(world.processes, seller, process.input[slot])
                if output < 0:
                    continue
                share = enterprise.supplier_trust[known] / max(1.0, trust)
                asked = share * need
                # A contract is called off when the import is cheaper by more than the worth of a known partner.
                if delivered(
                    p, enterprise, seller, good, output, enterprise.supplier_trust[known]
                ) > import_price(good) * (1.0 + stranger_cost(p, good)):
                    continue
                got = deal(
                    world, p, enterprise, slot, seller, output, good, asked, enterprise.supplier_trust[known]
                )
                learn_trust(p, enterprise, known, asked, got)


@rule
def learn_trust(p, enterprise, known, asked, got):
    """Trust grows with a deal that was kept and falls with a shortage."""
    if asked <= 0.0:
        return
    kept = got / asked
    trust = enterprise.supplier_trust[known]
    if kept > 0.99:
        enterprise.supplier_trust[known] = trust + p.supply.trust_gain * (1.0 - trust)
    else:
        enterprise.supplier_trust[known] = trust * (1.0 - p.supply.trust_loss * (1.0 - kept))


@rule
def output_slot(processes, seller, product):
    """In which output slot an enterprise makes a product, or -1."""
    process = processes[seller.process]
    for slot in range(process.outputs):
        if process.output[slot] == product:
            return slot
    return -1


@rule
def seller_price(seller, good, output):
    """Posted price of an output."""
    return seller.price if output == 0 else good.local_price


@rule
def stranger_cost(p, good):
    """Share of value lost in search and contracting with a stranger; commodities are quoted and need little of it."""
    return p.supply.transaction * (0.05 if good.pricing == COMMODITY else 1.0)


@rule
def transaction_cost(p, buyer, seller, good, trust):
    """Share of value lost in search and contracting with a local seller, by (1)."""
    help_ = min(0.8, 0.5 * seller.fit + 0.4 * max(buyer.coordination, seller.coordination))
    return stranger_cost(p, good) * (1.0 - trust) * (1.0 - help_)


@rule
def delivered(p, buyer, seller, good, output, trust):
    """Price as delivered, quality counted, by (1)."""
    price = seller_price(seller, good, output)
    if good.pricing == COMMODITY:
        price *= 1.0 - min(0.5, buyer.raw_material_discount)
        worth = 1.0
    else:
        worth = max(0.1, seller.quality) ** p.supply.quality
    return price * (1.0 + transaction_cost(p, buyer, seller, good, trust)) / worth


@rule
def import_price(good):
    """Price of a good from the rest of the country, frontier quality; out of reach when the border is closed."""
    if good.access[DOMESTIC] <= 0.0:
        return 1e18
    parity = good.price * (1.0 + good.base_trade_cost[DOMESTIC] * good.trade_cost_factor[DOMESTIC])
    return parity * (1.0 + good.premium)


@rule
def deal(world, p, buyer, slot, seller, output, good, wanted, trust):
    """Buy up to ``wanted`` from a seller's stock; money, goods and statistics on both sides. Returns the quantity."""
    quantity = min(wanted, seller.output_stock[output])
    if quantity <= 0.0:
        return 0.0
    price = seller_price(seller, good, output)
    paid = price
    if good.pricing == COMMODITY and buyer.raw_material_discount > 0.0:
        paid = price * (1.0 - min(0.5, buyer.raw_material_discount))
        world.measures[RAW_MATERIAL_PRIVILEGE].implicit += (price - paid) * quantity
    seller.output_stock[output] -= quantity
    buyer.input_stock[slot] += quantity
    value = paid * quantity
    pay_enterprise(world, buyer, INPUTS_LOCAL, seller, value)
    search = value * transaction_cost(p, buyer, seller, good, trust)
    pay(world, buyer, TRANSACTIONS, OUTSIDE, search)
    buyer.other_costs += search
    buyer.inputs_local += value
    seller.sales += value
    seller.sales_local += value
    seller.sales_volume += quantity * good.reference_price
    good.local_use += quantity
    if output == 0:
        seller.sold += quantity
        seller.orders += quantity
    return quantity


@rule
def buy_on_the_spot(world, p, now, enterprise, row):
    """Second round: the best of known and sampled suppliers, twice, then import."""
    process = world.processes[enterprise.process]
    for slot in range(process.inputs):
        product = process.input[slot]
        good = world.products[product]
        first = world.first_seller[product]
        number = world.first_seller[product + 1] - first
        for attempt in range(2):
            need = still_needed(p, enterprise, process, slot)
            if need <= 1e-12 or number == 0:
                break
            best, chosen, output = import_price(good) * (1.0 + stranger_cost(p, good)), -1, 0
            for look in range(int(p.supply.sampled) + SUPPLIERS):
                if look < SUPPLIERS:
                    if enterprise.supplier_input[look] != slot or not supplier_alive(
                        world.enterprises, enterprise, look
                    ):
                        continue
                    candidate, trust = enterprise.supplier[look], enterprise.supplier_trust[look]
                    at = output_slot(world.processes, world.enterprises[candidate], product)
                    if at < 0:
                        continue
                else:
                    place = first + choose(
                        number, now, SAMPLE_SUPPLIER, enterprise.uid, slot * 64 + attempt * 32 + look
                    )
                    candidate, trust, at = world.sellers[place], 0.0, world.slots[place]
                seller = world.enterprises[candidate]
                if candidate == row or (attempt > 0 and seller.output_stock[at] <= 0.0):
                    continue
                price = delivered(p, enterprise, seller, good, at, trust)
                if price < best:
                    best, chosen, output = price, candidate, at
            if chosen < 0:
                break
            seller = world.enterprises[chosen]
            known = know_supplier(world.enterprises, enterprise, chosen, slot)
            got = deal(
                world, p, enterprise, slot, seller, output, good, need, enterprise.supplier_trust[known]
            )
            learn_trust(p, enterprise, known, need, got)
            if attempt == 0 and output == 0 and got < need:
                # Counted once, where the buyer wanted to buy first.
                seller.orders += need - got
                seller.unfilled += need - got
        import_rest(world, p, enterprise, process, slot, good)


@rule
def know_supplier(enterprises, enterprise, row, slot):
    """The place of a supplier among those known; a newcomer takes an empty place or that of the least trusted."""
    uid = enterprises[row].uid
    worst, place = 10.0, 0
    for known in range(SUPPLIERS):
        if not supplier_alive(enterprises, enterprise, known):
            trust = -1.0
        elif enterprise.supplier_uid[known] == uid and enterprise.supplier_input[known] == slot:
            return known
        else:
            trust = enterprise.supplier_trust[known]
        if trust < worst:
            worst, place = trust, known
    enterprise.supplier[place] = row
    enterprise.supplier_uid[place] = uid
    enterprise.supplier_input[place] = slot
    enterprise.supplier_trust[place] = 0.05
    return place


@rule
def import_rest(world, p, enterprise, process, slot, good):
    """What could not be bought here comes from the rest of the country, as far as the border is open."""
    missing = still_needed(p, enterprise, process, slot)
    wanted = missing * min(1.0, good.access[DOMESTIC])
    usual = enterprise.usual_import[slot]
    room = (1.0 + p.supply.stretch) * usual + p.supply.spare * process.coefficient[slot] * enterprise.capacity
    if enterprise.capacity > 0.0:  # what a founder has arranged for stands while the plant is built
        enterprise.usual_import[slot] = usual + p.supply.adapt * (wanted - usual)
    if good.pricing == COMMODITY:
        room = min(room, max(0.0, good.outlet[DOMESTIC] * min(1.0, good.access[DOMESTIC]) - good.imported))
    need = min(wanted, room)
    good.missed += missing - need
    if need <= 0.0:
        return
    value = need * import_price(good)
    pay(world, enterprise, INPUTS_OUTSIDE, OUTSIDE, value)
    count(world, process.input[slot], BOUGHT_OUTSIDE, need)
    enterprise.input_stock[slot] += need
    search = value * stranger_cost(p, good)
    pay(world, enterprise, TRANSACTIONS, OUTSIDE, search)
    enterprise.other_costs += search
    enterprise.inputs_outside += value
    good.imported += need


@rule
def make(world, p, enterprise):
    """Production by (2); joint products come out together; unsold joint products beyond a limit are scrapped."""
    process = world.processes[enterprise.process]
    region = world.region[0]
    throughput = enterprise.planned
    for slot in range(process.inputs):
        throughput = min(throughput, enterprise.input_stock[slot] / input_need(enterprise, process, slot, p))
    for slot in range(process.inputs):
        used = min(enterprise.input_stock[slot], throughput * input_need(enterprise, process, slot, p))
        good = world.products[process.input[slot]]
        enterprise.input_stock[slot] -= used
        count(world, process.input[slot], USED, used)
        enterprise.inputs_used_value += used * input_price_paid(good)
        enterprise.inputs_used_volume += used * good.reference_price
    for slot in range(process.outputs):
        made = throughput * process.yield_of[slot]
        good = world.products[process.output[slot]]
        enterprise.output_stock[slot] += made
        count(world, process.output[slot], MADE, made)
        price = enterprise.price if slot == 0 else good.local_price
        enterprise.output_value += made * price
        enterprise.output_volume += made * good.reference_price
        storage = good.storage_cost * enterprise.output_stock[slot] * good.long_run * region.general_index
        pay(world, enterprise, STORAGE, OUTSIDE, storage)
        enterprise.other_costs += storage
        limit = p.supply.scrap * enterprise.capacity * process.yield_of[slot]
        surplus = enterprise.output_stock[slot] - limit
        if slot > 0 and surplus > 0.0:
            enterprise.output_stock[slot] -= surplus
            count(world, process.output[slot], SCRAPPED, surplus)
            enterprise.written_off += surplus * good.reference_price
            cost = surplus * good.disposal_cost
            pay(world, enterprise, DISPOSAL, OUTSIDE, cost)
            enterprise.other_costs += cost
    enterprise.produced = throughput
    enterprise.experience += throughput
    cost = throughput * other_unit_cost(world, enterprise, process)
    pay(world, enterprise, OTHER_INPUTS, OUTSIDE, cost)
    enterprise.other_costs += cost
    serve_customers(world, p, enterprise, region)


@rule
def input_price_paid(good):
    """Value of an input in the accounts: local price for commodities, world price for others."""
    return good.local_price if good.pricing == COMMODITY else good.price


@rule
def serve_customers(world, p, enterprise, region):
    """Spending on serving local customers, from last year's local ties; fit follows."""
    support = min(0.9, enterprise.supplier_support * region.paid_share)
    spending = p.supply.service * (1.0 - support) ** (-p.supply.service_response) * enterprise.output_value
    spending = min(spending, 0.05 * max(0.0, enterprise.cash))
    pay(world, enterprise, CUSTOMER_SERVICE, OUTSIDE, spending)
    enterprise.customer_service += spending
    enterprise.other_costs += spending
    if enterprise.supplier_support > 0.0:
        claim(world, SUPPLIER_SUPPORT, enterprise, min(0.9, enterprise.supplier_support) * spending)
    relative = spending / max(1e-9, enterprise.output_value)
    enterprise.fit += (
        p.supply.service_help * relative * (1.0 - enterprise.fit) - p.supply.fit_fade * enterprise.fit
    )
