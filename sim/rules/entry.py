"""Entry: diversification, spin-offs, attraction, and the permits that all of them wait for.

Outlook of a process: what an entrant may expect, from actual local prices, wages, land and tax terms and from how well
those who run the process are used:

    outlook = utilisation x (basket - unit cost) / user cost of plant x room                            (1)

The basket is valued at what somebody without customers here gets, for commodities at the outlet at home, which pays less when
there is more of them. Room under a quota is there or not. For a differentiated good room is what customers would order of a newcomer of
efficient scale, as the market will be some years ahead, over what its plant could make: it grows with the market and
falls as the cluster's share of it, and the answer of rivals outside, grow.

Diversification. Once a year an enterprise with means and attention weighs other processes: downstream of its own product
first, sideways and upstream too, by outlook x capability over threshold x assured local inputs.         (2)

Spin-offs. A talent of a good level with knowledge above a threshold founds an enterprise at a hazard

    h = h0 (1 + seed + share of inventors + protection)  x used knowledge,                              (3)

in a process of the own field, with a small plant. Seed money covers part of the equity.

Attraction. For each process a finite pool of outside enterprises is on the look-out. They come at a rate

    pool x h x logistic(k (ln outlook + talents + environment - elsewhere)) x openness x effort          (4)

and bring money, knowledge near the frontier and customers. No term in the number of enterprises: agglomeration has to come
from prices, talents and suppliers.

Permits. Applications wait for a stated time, and for their turn in one queue of stated capacity.

Plan. With the permit in hand founders work out what a unit will cost them, what they have to ask for it, what the
customers they bring would order at that price and quality, and build

    capacity = min(orders (1 + buffer), most x the plant applied for)                                   (5)

or nothing, when that is far below efficient scale or brings too little: fewer customers make a smaller plant, not an
idle one. Customers wait until the plant is on stream (chapter "outside_markets").
Sources: net entry carries two thirds of productivity growth in China (Brandt et al. 2012); an academy centre of 2015
hatched 9 enterprises in two years; (4) model 10.10; entry follows the growth of markets (Dunne, Roberts and Samuelson 1988;
Siegfried and Evans 1994).
"""

from __future__ import annotations

import math

from sim.accounts import HOUSEHOLDS, OUTSIDE, claim_for_public, pay_enterprise, receive
from sim.chance import decision, happens, heir, identity, normal, poisson, sort_by_key, uniform
from sim.compiled import rule
from sim.declare import measure, money, parameter, parameters
from sim.rules.commercialisation import capability_for, experience_effect
from sim.rules.investment import user_cost
from sim.rules.labour import USUAL_PRODUCTIVITY
from sim.rules.management import take_attention
from sim.rules.outside_markets import attractiveness, orders_of_newcomer
from sim.rules.outside_world import market_trend
from sim.rules.prices import best_markup, input_price, unit_costs
from sim.rules.search import protection
from sim.rules.talents import free_row
from sim.world import (
    AT_ENTERPRISE,
    AT_INSTITUTE,
    ATTRACTED,
    COMMODITY,
    DIVERSIFIED,
    DOMESTIC,
    FIELDS,
    INPUTS,
    INTERNATIONAL,
    INTRODUCED,
    LOCAL,
    MARKETS,
    MODES,
    OUTPUTS,
    OUTSIDE_OWNED,
    PARTNERS,
    PIPELINE,
    PRIVATE,
    SPIN_OFF_ENTERPRISE,
    SPIN_OFF_INSTITUTE,
    SUPPLIERS,
)


@parameters
class Entry:
    """Hazards and terms of entry."""

    diversify: float = parameter(
        0.10,
        "1/year",
        "hazard to take up a new line when it looks good",
        (0.0, 0.5),
        source="assumed; gross flows by origin are the check",
    )
    diversify_from: float = parameter(
        1.0, "1", "outlook from which a new line looks good", (0.3, 3.0), source="pays the user cost of plant"
    )
    downstream: float = parameter(
        1.0, "1", "weight of lines that use the own product", (0.0, 2.0), source="assumed", kind="structural"
    )
    sideways: float = parameter(
        0.5, "1", "weight of other lines", (0.0, 2.0), source="assumed", kind="structural"
    )
    spin_off: float = parameter(
        0.0009,
        "1/quarter",
        "hazard that a capable talent founds an enterprise",
        (0.0, 0.01),
        source="about 4.5 spin-ins a year at the academy centre 2015-17",
    )
    founder_level: float = parameter(1.15, "index", "least level of a founder", (0.8, 2.0), source="assumed")
    founder_knowledge: float = parameter(
        0.5, "1", "least knowledge of a founder over the frontier", (0.2, 0.9), source="assumed"
    )
    seed_response: float = parameter(
        1.5, "1", "how much ample seed money raises the hazard", (0.0, 5.0), source="assumed"
    )
    seed_share: float = parameter(
        0.5, "share", "of a founder's equity that seed money may cover", (0.0, 0.9), source="assumed"
    )
    founder_scale: float = parameter(
        0.3,
        "share",
        "plant of a spin-off over the typical one",
        (0.05, 1.0),
        source="first sales of about 1 million CNY, growing",
    )
    renewal: float = parameter(
        8.0,
        "quarter",
        "time in which a pool that has been drawn on gains an enterprise",
        (1.0, 40.0),
        source="assumed",
    )
    attract: float = parameter(
        0.08,
        "1/quarter",
        "h: rate per outside enterprise on the look-out",
        (0.0, 0.1),
        source="assumed; magnet enterprises 10 (2013) to 36 (2017)",
    )
    choosy: float = parameter(2.0, "1", "k: response to the outlook", (0.5, 8.0), source="model 10.10")
    elsewhere: float = parameter(1.2, "log", "outlook elsewhere", (-1.0, 3.0), source="assumed")
    openness: float = parameter(
        0.7, "share", "openness to outside investment without policy", (0.0, 1.0), source="assumed"
    )
    effort_half: float = parameter(
        1.0,
        "million CNY/quarter",
        "attraction spending per process that is half effective",
        (0.1, 10.0),
        source="assumed",
    )
    effort_help: float = parameter(
        1.2, "1", "how much ample attraction spending raises the rate", (0.0, 4.0), source="assumed"
    )
    environment: float = parameter(
        0.8, "log", "worth of a full point of business environment", (0.0, 3.0), source="assumed"
    )
    attracted_scale: float = parameter(
        1.1, "share", "plant of an attracted enterprise over the typical one", (0.2, 3.0), source="assumed"
    )
    equity: float = parameter(
        0.5,
        "share",
        "equity over plant that founders bring",
        (0.2, 1.0),
        source="assumed: own funds of new projects in China 20 to 40 %, small ones more",
    )
    working_capital: float = parameter(
        0.5,
        "quarter",
        "sales at full use that founders can wait for, brought as money beside equity",
        (0.0, 2.0),
        source="assumed: terms of payment of one to two months and first stocks",
    )
    parents_customers: float = parameter(
        0.9,
        "share",
        "of the usual sales of a plant that customers of an outside parent give it at home; half abroad",
        (0.0, 1.5),
        source="assumed: attracted plants come with orders",
    )
    parents_exports: float = parameter(
        0.4,
        "share",
        "of attracted enterprises that serve the world from here",
        (0.0, 1.0),
        source="outside enterprises of the founding population: magnets 0.33, turbines 0, polishing powder 1",
    )
    parents_research: float = parameter(
        0.67,
        "share",
        "of attracted enterprises that do R&D here; the others leave it to the parent",
        (0.0, 1.0),
        source="outside magnet makers of the founding population",
    )
    known_customers: float = parameter(
        0.6,
        "share",
        "the same for a new line of an enterprise here; a third abroad",
        (0.0, 1.5),
        source="assumed",
    )
    founders_customers: float = parameter(
        0.4, "share", "the same for a spin-off, at home only", (0.0, 1.5), source="assumed"
    )
    parents_experience: float = parameter(
        0.6,
        "share",
        "of the experience of a mature plant that comes with the people of an outside parent",
        (0.05, 1.0),
        source="assumed: transferred plants start beyond the steep part of the learning curve",
    )
    founders_experience: float = parameter(
        0.15, "share", "the same for a spin-off", (0.05, 1.0), source="assumed"
    )
    approval: float = parameter(
        4.0, "quarter", "time of a permit", (1.0, 12.0), source="assumed: environmental and land approval"
    )
    desks: float = parameter(
        5.0,
        "1/quarter",
        "permits that can be granted a quarter, per hundred enterprises at the opening",
        (1.0, 40.0),
        source="assumed",
    )
    in_zone: float = parameter(
        0.65,
        "share",
        "of entrants that settle in the zone of the statistics",
        (0.0, 1.0),
        source="zone 111 of some 120 to 125 enterprises of the city in 2018, 76 of 94 at the founding",
        kind="structural",
    )
    spread: float = parameter(0.5, "log", "spread of entrants' sizes", (0.0, 1.5), source="assumed")
    foresight: float = parameter(
        3.0,
        "year",
        "how far ahead newcomers look at the trend of a market",
        (0.0, 8.0),
        source="assumed: permit, time to build and the years in which most of the plant is paid back",
    )
    most_room: float = parameter(
        2.5,
        "1",
        "most that customers may call for, over the plant applied for, and over an efficient one in the outlook",
        (1.0, 4.0),
        source="assumed: means and permits are for a given plant",
    )
    hurdle: float = parameter(
        0.6,
        "1",
        "return over the user cost of plant below which the founders themselves do not build",
        (0.0, 1.5),
        source="assumed: below the hurdle of those who lend; founders overrate their chances (Cooper et al. 1988)",
    )
    smallest: float = parameter(
        0.25,
        "share",
        "of the efficient scale below which no plant is built",
        (0.0, 1.0),
        source="assumed: at a quarter of it plant costs half as much again per unit (six-tenths rule)",
    )


DIVERSIFY = decision("whether an enterprise takes up a new line")
FOUND = decision("whether a talent founds an enterprise")
FOUND_LINE = decision("which line a founder takes up")
ATTRACT = decision("how many outside enterprises come for a process")
ENTRANT_SIZE = decision("how large an entrant is")
ENTRANT_KNOWLEDGE = decision("what an attracted enterprise knows")
ENTRANT_IN_ZONE = decision("whether an entrant settles in the zone")
ENTRANT_STANDING = decision("how customers take to an entrant")
ENTRANT_EXPORTS = decision("whether an attracted enterprise serves the world")
ENTRANT_RESEARCHES = decision("whether an attracted enterprise does R&D here")

EQUITY = money("equity of new enterprises")
FOUNDING_EQUITY = money("equity between a parent and its new line")
ENTREPRENEURSHIP_FUND = measure("entrepreneurship_fund")


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
    ordered = 0.0
    for market in range(MARKETS):
        ahead = math.exp(p.entry.foresight * market_trend(good, market, p, now, opening))
        open_ = min(1.0, good.access[market]) * (market == DOMESTIC)
        ordered += ahead * open_ * orders_of_newcomer(good, market, reach)
    orders = ordered * with_buyers_here(good, world.region[0])
    return min(p.entry.most_room, plant_for(p, orders) / process.minimum_scale)


@rule
def plant_for(p, orders):
    """Plant for so many orders, as chapter "investment" wants it, (1)."""
    return orders * (1.0 + p.investment.buffer)


@rule
def with_buyers_here(good, region):
    """Orders of everybody over those from outside; users in the cluster and government buy from newcomers as from others."""
    outside = good.taken[DOMESTIC] + good.taken[INTERNATIONAL]
    here = good.local_use + good.procurement * region.paid_share / good.price
    return 1.0 / (1.0 - min(0.9, here / max(1e-9, here + outside)))


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


@rule
def apply_for_permit(world, p, now, uid, process_row, capacity, origin, ownership, parent, parent_uid, group):
    """Put an application into the queue; the caller fills in knowledge, reach, founder. Returns the row."""
    row = free_row(world.projects, 0, now)
    project = world.projects[row]
    process = world.processes[process_row]
    project.uid = uid
    project.alive = True
    project.applied = now.t
    project.ready = now.t + max(1, int(p.entry.approval * world.region[0].approval_factor + 0.5))
    project.process = process_row
    project.capacity = capacity
    project.equity = money_needed(world, p, process, capacity)
    project.origin = origin
    project.ownership = ownership
    project.parent = parent
    project.parent_uid = parent_uid
    project.group = group
    project.practice = 0.5
    project.experience = p.entry.founders_experience
    project.founder = 0
    project.founder_row = 0
    for field in range(FIELDS):
        project.knowledge[field] = 0.35
    for market in range(MARKETS):
        project.reach[market] = 0.0
    project.reach[DOMESTIC] = p.entry.founders_customers
    return row


@rule
def money_needed(world, p, process, capacity):
    """What founders have to bring for a plant: equity and working capital."""
    plant = p.entry.equity * process.plant * world.region[0].general_index
    return capacity * (plant + p.entry.working_capital * world.products[process.product].price)


@rule
def diversify(world, p, now):
    """(2), once a year, each in its own quarter."""
    for place in range(len(world.enterprises)):
        enterprise = world.enterprises[place]
        if (
            not enterprise.alive
            or (now.t + enterprise.uid) % 4 != 1
            or now.t - enterprise.founded < 12
            or enterprise.distress > 0
            or enterprise.attention < p.management.diversification_needs
            or enterprise.last_year_profit <= 0.0
        ):
            continue
        chosen, value = best_line(world, p, enterprise)
        if chosen >= 0 and happens(p.entry.diversify * min(3.0, value), now, DIVERSIFY, enterprise.uid, 0):
            take_attention(enterprise, p.management.diversification_needs)
            process = world.processes[chosen]
            scale = max(process.minimum_scale, 0.5 * process.typical_scale)
            uid = heir(now, DIVERSIFIED, enterprise.uid)
            row = apply_for_permit(
                world,
                p,
                now,
                uid,
                chosen,
                scale,
                DIVERSIFIED,
                enterprise.ownership,
                place,
                enterprise.uid,
                enterprise.group,
            )
            project = world.projects[row]
            for field in range(len(world.fields)):
                project.knowledge[field] = enterprise.knowledge[field]
            project.practice = enterprise.practice
            project.experience = p.entry.parents_experience
            project.reach[DOMESTIC] = p.entry.known_customers
            if enterprise.serves[INTERNATIONAL]:
                project.reach[INTERNATIONAL] = p.entry.known_customers / 3.0


@rule
def best_line(world, p, enterprise):
    """The process that looks best by (2), and its value; -1 when none does."""
    chosen, best = -1, 0.0
    for row in range(len(world.processes)):
        process = world.processes[row]
        if row == enterprise.process or process.outlook < p.entry.diversify_from:
            continue
        scale = max(process.minimum_scale, 0.5 * process.typical_scale)
        if enterprise.cash < 1.3 * money_needed(world, p, process, scale):
            continue
        able = capability_for(enterprise.knowledge, process, len(world.fields)) / process.threshold
        if able < 1.0:
            continue
        near = p.entry.sideways
        for slot in range(process.inputs):
            for output in range(world.processes[enterprise.process].outputs):
                if process.input[slot] == world.processes[enterprise.process].output[output]:
                    near = p.entry.downstream
        value = process.outlook * able * near * (0.5 + 0.5 * assured_inputs(world, process))
        if value > best:
            chosen, best = row, value
    return chosen, best


@rule
def spin_off(world, p, now):
    """(3) for every talent who could."""
    region = world.region[0]
    fund = region.entrepreneurship_fund * region.paid_share
    ample = min(1.0, region.entrepreneurship_fund * region.paid_share / 5.0)
    encouragement = (
        1.0
        + p.entry.seed_response * ample
        + 0.8 * region.inventors_share
        + protection(world, p)
        + 0.5 * region.business_environment
    )
    for place in range(len(world.talents)):
        talent = world.talents[place]
        if (
            not talent.alive
            or talent.employer_uid == 0
            or talent.level < p.entry.founder_level
            or talent.carried < p.entry.founder_knowledge
            or now.t - talent.hired < 4
        ):
            continue
        hazard = p.entry.spin_off * encouragement * talent.carried * talent.level
        if not happens(hazard, now, FOUND, talent.uid, 0):
            continue
        chosen = line_of_founder(world, p, now, talent)
        if chosen >= 0:
            fund -= prepare_spin_off(world, p, now, talent, place, chosen, max(0.0, fund))


@rule
def line_of_founder(world, p, now, talent):
    """A process in the founder's field, drawn by outlook and weight; -1 when none pays or the knowledge is short."""
    total = 0.0
    for process in world.processes:
        total += founder_pull(world, p, process, talent)
    mark = total * uniform(now, FOUND_LINE, talent.uid, 0)
    for row in range(len(world.processes)):
        mark -= founder_pull(world, p, world.processes[row], talent)
        if mark < 0.0:
            return row
    return -1


@rule
def founder_pull(world, p, process, talent):
    """How much a process draws a founder: outlook above paying, weight of the own field, affordable plant."""
    weight = process.weight[talent.discipline]
    if weight < 0.2 or process.outlook < 0.8 or talent.carried < process.threshold or process.quota >= 0:
        return 0.0
    plant = p.entry.founder_scale * process.typical_scale * process.plant
    return weight * process.outlook * math.exp(-plant / 30.0)


@rule
def prepare_spin_off(world, p, now, talent, place, chosen, fund):
    """Apply for a permit; returns the seed money that is set aside."""
    process = world.processes[chosen]
    capacity = (
        p.entry.founder_scale
        * process.typical_scale
        * math.exp(p.entry.spread * normal(now, ENTRANT_SIZE, talent.uid, 0))
    )
    from_institute = talent.works == AT_INSTITUTE
    origin = SPIN_OFF_INSTITUTE if from_institute else SPIN_OFF_ENTERPRISE
    uid = heir(now, origin, talent.uid)
    row = apply_for_permit(
        world, p, now, uid, chosen, capacity, origin, PRIVATE, talent.employer, talent.employer_uid, uid
    )
    project = world.projects[row]
    share = 0.8 + 0.2 * uniform(now, ENTRANT_KNOWLEDGE, talent.uid, 0)
    for field in range(len(world.fields)):
        if from_institute:
            known = world.institutes[talent.employer].knowledge[field]
        else:
            known = world.enterprises[talent.employer].knowledge[field]
        project.knowledge[field] = max(0.35, share * known * (1.0 if field == talent.discipline else 0.75))
    project.knowledge[talent.discipline] = max(project.knowledge[talent.discipline], share * talent.carried)
    project.founder = talent.uid
    project.founder_row = place
    seed = min(fund, p.entry.seed_share * project.equity)
    if seed > 0.0:
        claim_for_public(world, ENTREPRENEURSHIP_FUND, seed)
    return seed


@rule
def attract(world, p, now):
    """(4)."""
    region = world.region[0]
    openness = min(
        1.0, max(0.0, p.entry.openness + max(region.openness_change, region.openness_change_ahead))
    )
    if region.openness_change < 0.0:
        openness = max(0.0, p.entry.openness + region.openness_change)
    environment = max(region.business_environment, region.business_environment_ahead)
    talents = 0.0
    for talent in world.talents:
        if talent.alive and talent.works == AT_ENTERPRISE:
            talents += 1
    members = 1.0
    for enterprise in world.enterprises:
        members += enterprise.alive
    staffed = min(1.0, talents / (8.0 * members))
    for row in range(len(world.processes)):
        process = world.processes[row]
        if now.t % int(p.entry.renewal) == 0 and process.pool < process.full_pool:
            process.pool += 1  # elsewhere, too, enterprises are founded
        if process.pool <= 0 or process.outlook <= 0.0:
            continue
        spending = max(process.attraction, process.attraction_ahead)
        effort = 1.0 + p.entry.effort_help * spending / (spending + p.entry.effort_half)
        value = (
            math.log(process.outlook)
            + 0.5 * staffed
            + 0.4 * assured_inputs(world, process)
            + p.entry.environment * environment
        )
        rate = (
            process.pool
            * p.entry.attract
            * openness
            * effort
            / (1.0 + math.exp(-p.entry.choosy * (value - p.entry.elsewhere)))
        )
        number = min(min(process.pool, 4), poisson(min(4.0, rate), now, ATTRACT, row, 0))
        for each in range(number):
            process.pool -= 1
            come_from_outside(world, p, now, row, each)


@rule
def come_from_outside(world, p, now, process_row, each):
    """One outside enterprise applies."""
    process = world.processes[process_row]
    uid = identity(now, ATTRACTED, process_row * 16 + each)
    size = math.exp(p.entry.spread * normal(now, ENTRANT_SIZE, uid, 0))
    capacity = max(0.7 * process.minimum_scale, p.entry.attracted_scale * process.typical_scale * size)
    row = apply_for_permit(world, p, now, uid, process_row, capacity, ATTRACTED, OUTSIDE_OWNED, 0, 0, uid)
    project = world.projects[row]
    level = 0.7 + 0.3 * uniform(now, ENTRANT_KNOWLEDGE, uid, 0)
    for field in range(len(world.fields)):
        project.knowledge[field] = level if process.weight[field] > 0.0 else 0.5
    project.practice = 0.75
    project.experience = p.entry.parents_experience
    project.reach[DOMESTIC] = p.entry.parents_customers
    if happens(p.entry.parents_exports, now, ENTRANT_EXPORTS, uid, 0):
        project.reach[INTERNATIONAL] = 0.5 * p.entry.parents_customers


@rule
def grant_permits(world, p, now):
    """The queue, oldest first, as many as the desks can handle; those granted are founded."""
    region = world.region[0]
    desks = int(p.entry.desks * max(1.0, region.desks) + region.approval_capacity)
    ready = 0
    for row in range(len(world.projects)):
        project = world.projects[row]
        if project.alive and project.ready <= now.t:
            world.order[ready] = row
            world.keys[row] = project.uid  # identities begin with the quarter: the older application first
            ready += 1
    sort_by_key(world.order, world.keys, ready)
    free = 0
    for place in range(min(desks, ready)):
        while not row_is_free(world.enterprises[free], now.t):
            free += 1
        project = world.projects[world.order[place]]
        found_enterprise(world, p, now, project, free)
        project.alive = False
        region.permits += 1
    for project in world.projects:
        region.waiting += project.alive


@rule
def equity_available(world, project):
    """Whether the money and the founder are still there."""
    if project.origin == DIVERSIFIED:
        parent = world.enterprises[project.parent]
        return bool(parent.alive) and parent.uid == project.parent_uid and parent.cash > project.equity
    if project.founder > 0:
        founder = world.talents[project.founder_row]
        return bool(founder.alive) and founder.uid == project.founder
    return True


@rule
def row_is_free(enterprise, t):
    """Whether a row may be used for a newcomer: links to the departed have to be noticed first."""
    return not enterprise.alive and (enterprise.uid == 0 or t - enterprise.died >= 2)


@rule
def found_enterprise(world, p, now, project, row):
    """A new enterprise in a free row, with money, knowledge and plant on order; lapses if money or founder are gone."""
    if not equity_available(world, project):
        return
    region = world.region[0]
    process = world.processes[project.process]
    enterprise = world.enterprises[row]
    clear(enterprise)
    enterprise.uid = project.uid
    enterprise.alive = True
    enterprise.process = project.process
    enterprise.product = process.product
    enterprise.stage = process.stage
    enterprise.founded = now.t
    enterprise.origin = project.origin
    enterprise.ownership = project.ownership
    enterprise.group = project.group
    enterprise.in_zone = happens(p.entry.in_zone, now, ENTRANT_IN_ZONE, project.uid, 0)
    enterprise.practice = project.practice
    for field in range(len(world.fields)):
        enterprise.knowledge[field] = project.knowledge[field]
    enterprise.capability = capability_for(enterprise.knowledge, process, len(world.fields))
    enterprise.quality = enterprise.capability**p.commercialisation.quality_power
    enterprise.experience_known = experience_effect(project.experience, p)
    # A new plant embodies what the world has codified, whoever runs it.
    embodied = max(enterprise.capability, p.spillovers.codified)
    enterprise.productivity = embodied**p.commercialisation.productivity_power * enterprise.experience_known
    enterprise.new_product = 0.5
    enterprise.research_intensity = process.research_intensity * does_research(p, now, project)
    for mode in range(MODES):
        enterprise.propensity[mode] = 1.0 / MODES
    enterprise.standing = 0.15 * normal(now, ENTRANT_STANDING, project.uid, 0)
    plant = (project.capacity / process.typical_scale) ** p.outside_markets.eta
    for market in range(MARKETS):
        enterprise.reach[market] = project.reach[market] * plant
        enterprise.serves[market] = project.reach[market] > 0.0
    good = world.products[process.product]
    from_outside = project.origin == ATTRACTED
    enterprise.certified = from_outside and (
        enterprise.serves[INTERNATIONAL] or good.needs_certificate[DOMESTIC]
    )
    if good.needs_certificate[INTERNATIONAL] and not from_outside:
        enterprise.serves[INTERNATIONAL] = False
    if not enterprise.serves[INTERNATIONAL]:
        # Who serves the country only has all its usual customers there.
        usual = good.reference_sales[DOMESTIC] + good.reference_sales[INTERNATIONAL]
        enterprise.reach[DOMESTIC] *= (
            usual / max(1e-9, good.reference_sales[DOMESTIC])
        ) ** p.outside_markets.eta
        enterprise.reach[INTERNATIONAL] = 0.0
    capacity = plan_plant(world, p, enterprise, process, project.capacity)
    if capacity < p.entry.smallest * process.minimum_scale:
        give_up_project(enterprise, process)
        return
    project.equity *= capacity / project.capacity
    project.capacity = capacity
    enterprise.experience = project.experience * p.commercialisation.mature * capacity
    for slot in range(process.inputs):
        enterprise.usual_import[slot] = process.coefficient[slot] * project.capacity
    order_first_plant(world, enterprise, process, project)
    bring_equity(world, enterprise, project, row)
    region.entries[project.origin] += 1


@rule
def does_research(p, now, project):
    """Whether R&D is done here from the beginning: founders do it, a new line leaves it to the parent, as some outside plants do."""
    if project.origin == ATTRACTED:
        return happens(p.entry.parents_research, now, ENTRANT_RESEARCHES, project.uid, 0)
    return project.origin != DIVERSIFIED


@rule
def plan_plant(world, p, enterprise, process, capacity):
    """(5): what a unit will cost, what is asked for it, what the customers won will order of it, and the plant for that.

    Makers of commodities sell at a given price and build what they applied for.
    """
    good = world.products[process.product]
    enterprise.capacity = capacity  # as if it stood: small plants need more labour
    enterprise.unit_cost, normal = unit_costs(world, p, enterprise, process, good)
    enterprise.markup = best_markup(good, process, enterprise, world.region[0], p)
    enterprise.price = enterprise.unit_cost + enterprise.markup * normal
    enterprise.capacity = 0.0
    enterprise.expected_margin = newcomers_basket(world, process) - enterprise.unit_cost
    enterprise.expected_orders = capacity
    if good.pricing != COMMODITY:
        enterprise.expected_margin = enterprise.price - enterprise.unit_cost
        enterprise.expected_orders = first_orders(world, p, enterprise, good)
        capacity = min(plant_for(p, enterprise.expected_orders), p.entry.most_room * capacity)
        enterprise.expected_orders = min(enterprise.expected_orders, capacity)
    used = enterprise.expected_orders / max(1e-9, capacity)
    cost = user_cost(process, world.region[0], p, enterprise.capital_subsidy, enterprise.land_discount, 0.0)
    return capacity if enterprise.expected_margin * used > p.entry.hurdle * cost else 0.0


@rule
def first_orders(world, p, enterprise, good):
    """Orders a quarter of the customers that a newcomer has won, at its price and quality."""
    orders = 0.0
    for market in range(MARKETS):
        if enterprise.serves[market]:
            pull = enterprise.reach[market] * attractiveness(good, enterprise, market, p)
            orders += min(1.0, good.access[market]) * orders_of_newcomer(good, market, pull)
    return orders * with_buyers_here(good, world.region[0])


@rule
def give_up_project(enterprise, process):
    """Too few customers for a plant: nobody invests; an outside enterprise goes on looking."""
    process.pool += enterprise.origin == ATTRACTED
    enterprise.alive = False
    enterprise.uid = 0


@rule
def clear(enterprise):
    """Wipe what a former user of the row has left."""
    enterprise.died = 0
    enterprise.capacity = 0.0
    enterprise.capital = 0.0
    enterprise.workers = 0.0
    enterprise.local_talents = 0
    enterprise.introduced_talents = 0
    enterprise.talent_quality = 0.0
    enterprise.vacancies = 0
    enterprise.size_class = 0
    enterprise.cash = 0.0
    enterprise.debt = 0.0
    enterprise.losses[:] = 0.0
    enterprise.year_profit = 0.0
    enterprise.year_taxable_relief = 0.0
    enterprise.year_sales = 0.0
    enterprise.year_research = 0.0
    enterprise.last_year_profit = 0.0
    enterprise.last_year_sales = 0.0
    enterprise.last_year_research = 0.0
    enterprise.distress = 0
    enterprise.unit_cost = 0.0
    enterprise.price = 0.0
    enterprise.expected_margin = 0.0
    enterprise.backlog = 0.0
    enterprise.cost_luck = 0.0
    enterprise.demand_luck = 0.0
    enterprise.absorptive = 0.0
    enterprise.research_added = 0.0
    enterprise.score[:] = 0.0
    enterprise.technology[:] = 0
    enterprise.licence_until = 0
    enterprise.licence_field = 0
    enterprise.licence_lift = 0.0
    enterprise.licence_digested = 0.0
    enterprise.licence_technology = 0
    enterprise.patents = 0.0
    enterprise.patents_granted = 0
    enterprise.certifying = 0
    enterprise.high_technology = False
    enterprise.fit = 0.2
    enterprise.coordinated = False
    for slot in range(INPUTS):
        enterprise.input_stock[slot] = 0.0
        enterprise.usual_import[slot] = 0.0
    for slot in range(OUTPUTS):
        enterprise.output_stock[slot] = 0.0
    for slot in range(SUPPLIERS):
        enterprise.supplier_uid[slot] = 0
        enterprise.supplier_trust[slot] = 0.0
    for slot in range(PARTNERS):
        enterprise.partner_uid[slot] = 0
        enterprise.partner_trust[slot] = 0.0
    for ahead in range(PIPELINE):
        enterprise.ordered[ahead] = 0.0
        enterprise.ordered_cost[ahead] = 0.0
    enterprise.joint_until = 0
    enterprise.joint_slot = 0
    enterprise.joint_field = 0
    enterprise.each_quarter[:] = 0.0


@rule
def order_first_plant(world, enterprise, process, project):
    """The first plant is on order for the time to build."""
    cost = project.capacity * process.plant * world.region[0].general_index
    last = min(PIPELINE, max(1, process.build_quarters)) - 1
    enterprise.ordered[last] = project.capacity
    for ahead in range(last + 1):
        enterprise.ordered_cost[ahead] = cost / (last + 1)


@rule
def bring_equity(world, enterprise, project, row):
    """Equity comes from the parent, from the founder's household or from outside; a founder changes post."""
    if project.origin == DIVERSIFIED:
        pay_enterprise(world, world.enterprises[project.parent], FOUNDING_EQUITY, enterprise, project.equity)
    elif project.origin == ATTRACTED:
        # An outside parent also brings the working capital of the first year.
        receive(world, enterprise, EQUITY, OUTSIDE, 1.6 * project.equity)
    else:
        receive(world, enterprise, EQUITY, HOUSEHOLDS, 1.3 * project.equity)
        move_founder(world, enterprise, project, row)


@rule
def move_founder(world, enterprise, project, row):
    """The founder leaves the old employer, who counts one less, and works for the new enterprise."""
    founder = world.talents[project.founder_row]
    if founder.works == AT_ENTERPRISE:
        old = world.enterprises[founder.employer]
        old.local_talents -= founder.origin == LOCAL
        old.introduced_talents -= founder.origin == INTRODUCED
    elif founder.works == AT_INSTITUTE:
        home = world.institutes[founder.employer]
        home.local_talents -= founder.origin == LOCAL
        home.introduced_talents -= founder.origin == INTRODUCED
        home.spin_offs += 1
    founder.works = AT_ENTERPRISE
    founder.employer_uid = enterprise.uid
    founder.employer = row
    founder.wage = max(founder.wage, world.region[0].talent_wage)
    enterprise.local_talents += founder.origin == LOCAL
    enterprise.introduced_talents += founder.origin == INTRODUCED
