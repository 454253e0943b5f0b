"""Entry: diversification, spin-offs, attraction.

All weigh the outlook of processes (chapter "outlook") and apply for a permit (chapter "permits").

Diversification. Once a year an enterprise with means and attention weighs other processes: downstream of its own product
first, sideways and upstream too, by outlook x capability over threshold x assured local inputs.         (1)

Spin-offs. A talent of a good level with knowledge above a threshold founds an enterprise at a hazard

    h = h0 (1 + seed + share of inventors + protection)  x used knowledge,                              (2)

in a process of the own field, with a small plant. Seed money covers part of the equity.

Attraction. For each process a finite pool of outside enterprises is on the look-out. They come at a rate

    pool x h x logistic(k (ln outlook + talents + environment - elsewhere)) x openness x effort          (3)

and bring money, knowledge near the frontier and customers, some of them customers abroad and R&D. No term in the number of
enterprises: agglomeration has to come from prices, talents and suppliers.

Sources: net entry carries two thirds of productivity growth in China (Brandt et al. 2012); an academy centre of 2015
hatched 9 enterprises in two years; (3) model 10.10.
"""

from __future__ import annotations

import math

from sim.accounts import claim_for_public
from sim.chance import decision, happens, heir, identity, normal, poisson, uniform
from sim.compiled import rule
from sim.declare import measure, parameter, parameters
from sim.rules.commercialisation import capability_for
from sim.rules.management import take_attention
from sim.rules.outlook import assured_inputs
from sim.rules.search import protection
from sim.rules.talents import free_row
from sim.world import (
    AT_ENTERPRISE,
    AT_INSTITUTE,
    ATTRACTED,
    DIVERSIFIED,
    DOMESTIC,
    FIELDS,
    INTERNATIONAL,
    MARKETS,
    OUTSIDE_OWNED,
    PRIVATE,
    SPIN_OFF_ENTERPRISE,
    SPIN_OFF_INSTITUTE,
)


@parameters
class Entry:
    """Hazards and terms of entry."""

    diversify: float = parameter(
        0.07,
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
        1.2, "share", "plant of an attracted enterprise over the typical one", (0.2, 3.0), source="assumed"
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
        1.2,
        "share",
        "the same for a new line of an enterprise here; a third abroad",
        (0.0, 1.5),
        source="assumed",
    )
    founders_customers: float = parameter(
        0.4, "share", "the same for a spin-off, at home only", (0.0, 1.5), source="assumed"
    )
    parents_experience: float = parameter(
        0.5,
        "share",
        "of the experience of a mature plant that comes with the people of an outside parent, or along to new plant",
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
        0.6,
        "share",
        "of the efficient scale below which no plant is built",
        (0.0, 1.0),
        source="assumed: below it plant costs a fifth more per unit and rising (six-tenths rule)",
    )


DIVERSIFY = decision("whether an enterprise takes up a new line")
FOUND = decision("whether a talent founds an enterprise")
FOUND_LINE = decision("which line a founder takes up")
ATTRACT = decision("how many outside enterprises come for a process")
ENTRANT_SIZE = decision("how large an entrant is")
ENTRANT_KNOWLEDGE = decision("what an attracted enterprise knows")
ENTRANT_EXPORTS = decision("whether an attracted enterprise serves the world")
ENTREPRENEURSHIP_FUND = measure("entrepreneurship_fund")


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
    """(1), once a year, each in its own quarter."""
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
    """The process that looks best by (1), and its value; -1 when none does."""
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
    """(2) for every talent who could."""
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
    """(3)."""
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
