"""Permits: the queue that all entrants wait in, what they plan once they have one, and the founding of an enterprise.

Applications wait for a stated time, and for their turn in one queue of stated capacity. With the permit in hand founders
work out what a unit will cost them, what they have to ask for it, what the customers they bring would order at that price and
quality, and build

    capacity = min(orders (1 + buffer), most x the plant applied for)                                   (1)

or nothing, when that is far below efficient scale or brings too little: fewer customers make a smaller plant, not an
idle one. Customers wait until the plant is on stream (chapter "outside_markets"). A new plant embodies what the world has
codified; its people, knowledge and money come from the parent, the founder or outside.
"""

from __future__ import annotations

from sim.accounts import HOUSEHOLDS, OUTSIDE, pay_enterprise, receive
from sim.chance import decision, happens, normal, sort_by_key
from sim.compiled import rule
from sim.declare import money
from sim.rules.commercialisation import capability_for, experience_effect
from sim.rules.investment import user_cost
from sim.rules.outlook import newcomers_basket, orders_of_buyers_here, plant_for
from sim.rules.outside_markets import attractiveness, orders_of_newcomer
from sim.rules.prices import best_markup, unit_costs
from sim.world import (
    AT_ENTERPRISE,
    AT_INSTITUTE,
    ATTRACTED,
    COMMODITY,
    DIVERSIFIED,
    DOMESTIC,
    INPUTS,
    INTERNATIONAL,
    INTRODUCED,
    LOCAL,
    MARKETS,
    MODES,
    OUTPUTS,
    PARTNERS,
    PIPELINE,
    SUPPLIERS,
)

ENTRANT_IN_ZONE = decision("whether an entrant settles in the zone")
ENTRANT_STANDING = decision("how customers take to an entrant")
ENTRANT_RESEARCHES = decision("whether an attracted enterprise does R&D here")
EQUITY = money("equity of new enterprises")
FOUNDING_EQUITY = money("equity between a parent and its new line")


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
    if project.origin == DIVERSIFIED:
        # A parent builds no more than it can pay.
        capacity = min(capacity, project.capacity * world.enterprises[project.parent].cash / project.equity)
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
    """(1): what a unit will cost, what is asked for it, what the customers won will order of it, and the plant for that.

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
        enterprise.expected_orders = first_orders(world, p, enterprise, good, capacity)
        capacity = min(plant_for(p, enterprise.expected_orders), p.entry.most_room * capacity)
        enterprise.expected_orders = min(enterprise.expected_orders, capacity)
    used = enterprise.expected_orders / max(1e-9, capacity)
    # Terms are those of whoever founds something of this line: the row carries none yet.
    cost = user_cost(process, world.region[0], p, process.entrant_subsidy, process.entrant_land_discount, 0.0)
    return capacity if enterprise.expected_margin * used > p.entry.hurdle * cost else 0.0


@rule
def first_orders(world, p, enterprise, good, capacity):
    """Orders a quarter of the customers that a newcomer has won, at its price and quality."""
    orders = 0.0
    for market in range(MARKETS):
        if enterprise.serves[market]:
            pull = enterprise.reach[market] * attractiveness(good, enterprise, market, p)
            orders += min(1.0, good.access[market]) * orders_of_newcomer(good, market, pull)
    process = world.processes[enterprise.process]
    return orders + orders_of_buyers_here(good, process, capacity, world.region[0])


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
