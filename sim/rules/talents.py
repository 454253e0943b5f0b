"""Talents: researchers and engineers as whole people.

Posts. An enterprise wants engineers for its plant and researchers for its R&D; what it can pay from its budget bounds
the latter:

    wanted_i = engineers x (capacity / typical)^0.7 x min(1, worth / pay) + share x R&D budget / pay of a talent   (1)

worth is what full staffing saves in labour and other inputs (chapter "commercialisation", u): nobody hires engineers who
cost more than they save. The R&D budget is that of the plan, with what tax terms and granted projects add. An institute has
the posts that its base funding pays, and those that added funding pays, with b the weight of people in its effort:

    wanted_i = posts + b x added funding / pay of a talent                                               (2)

Who is too many is slowly let go.

Supply. Universities send graduates, extra training seats add to them, government introduces people, enterprises hire
from outside where the offer is good enough. A seeker looks at a few open posts and takes the best by

    utility = ln(offer / outside pay) + fit of the field + prospects (capability of the employer) + taste   (3)

Leaving. Each quarter an employed talent quits with hazard

    h = h0 exp(-b ln(pay / outside pay) + u (1 - used) - r support - s share of inventors)              (4)

`used` is whether there is work at their level: R&D money and capability of the employer against the level of the
person, less a part where the post is outside the own field. Those who quit leave the region with a chance that grows with the same gap, the others look for a new post;
who finds none for long leaves. The introduced bring frontier knowledge and leave sooner when unused. Enterprises with open
posts hire people away from each other. Whoever moves carries knowledge: the new employer learns a part of what the
mover knows beyond it.

Sources: yearly exit hazard of doctors 5.8 % at the rare-earth research institute and 2.2 % at the university
2017-2022; knowledge through mobility: Almeida and Kogut 1999 (sign).
"""

from __future__ import annotations

import math

from sim.accounts import CAME, HOUSEHOLDS, LEFT, OUTSIDE, claim, claim_for_public, pay
from sim.chance import choose, decision, happens, heir, identity, normal, poisson, uniform, uniform_pair
from sim.compiled import rule
from sim.declare import measure, money, parameter, parameters
from sim.rules.innovations import gain_knowledge
from sim.rules.meeting import some_enterprise
from sim.world import AT_ENTERPRISE, AT_INSTITUTE, INTRODUCED, LOCAL, NOWHERE, UNIVERSITY


@parameters
class Talents:
    """Posts, offers, leaving, what movers carry."""

    engineers: float = parameter(
        0.35,
        "share",
        "engineers that a plant needs, over the talents of a research-active enterprise",
        (0.1, 1.0),
        source="assumed: most enterprises employ engineers and do no R&D",
    )
    research_pay: float = parameter(
        0.45,
        "share",
        "of the R&D budget that goes into pay",
        (0.2, 0.7),
        source="assumed: labour 30 to 50 % of business R&D in Chinese statistics",
    )
    looks: float = parameter(
        8.0, "1", "open posts that a seeker looks at", (1.0, 10.0), source="assumed", kind="structural"
    )
    field_fit: float = parameter(
        0.5, "log", "worth of a post in one's own field", (0.0, 2.0), source="assumed"
    )
    mismatch: float = parameter(
        0.4,
        "share",
        "of a talent's ability that lies idle in a post outside the own field",
        (0.0, 0.8),
        source="assumed; matching in thick labour markets (Helsley and Strange 1990), A1 is the check",
    )
    prospects: float = parameter(0.3, "log", "worth of a capable employer", (0.0, 2.0), source="assumed")
    local_pay: float = parameter(
        0.9,
        "share",
        "offer over outside pay at the opening",
        (0.6, 1.2),
        source="assumed: pay in Inner Mongolia below the coast",
    )
    quit: float = parameter(
        0.012,
        "1/quarter",
        "hazard of quitting at outside pay and full use",
        (0.002, 0.05),
        source="yearly exits of 2.2 to 5.8 % among doctors of two institutes 2017-2022, others assumed higher",
    )
    pay_response: float = parameter(
        3.0, "1", "of quits to pay", (0.0, 8.0), source="assumed: quit elasticities 1 to 4"
    )
    unused_response: float = parameter(
        1.5, "1", "of quits to being unused", (0.0, 4.0), source="assumed; tested in E9"
    )
    introduced_restless: float = parameter(
        0.6,
        "log",
        "restlessness of introduced talents",
        (0.0, 2.0),
        source="assumed: net loss of senior staff 2017-2022",
    )
    support_response: float = parameter(
        3.0,
        "1",
        "of quits to housing support over pay",
        (0.0, 8.0),
        source="assumed equal to the response to pay",
    )
    emigrate: float = parameter(
        0.45,
        "share",
        "of those who quit that leave the region, at outside pay",
        (0.1, 0.9),
        source="assumed: regional loss of 1.78 million people 2011-20",
    )
    patience: float = parameter(
        0.35,
        "1/quarter",
        "hazard that a seeker without a post leaves the region",
        (0.05, 0.8),
        source="assumed",
    )
    poach: float = parameter(
        0.01,
        "1/quarter",
        "chance that an employed talent gets an offer from another employer",
        (0.0, 0.05),
        source="assumed",
    )
    outside_hire: float = parameter(
        0.02,
        "1/quarter",
        "chance that an open post is filled from outside at outside pay",
        (0.0, 0.3),
        source="assumed",
    )
    hire_cost: float = parameter(
        0.06,
        "million CNY",
        "cost of a hire from outside at 2011 prices",
        (0.0, 0.3),
        source="assumed: a fraction of yearly pay",
    )
    carry: float = parameter(
        0.05,
        "share",
        "of the mover's lead that the new employer learns, for a mover among ten",
        (0.0, 0.5),
        source="assumed",
    )
    introduced_knowledge: float = parameter(
        0.95,
        "1",
        "knowledge of an introduced talent in the own field over the frontier",
        (0.6, 1.2),
        source="assumed",
    )
    introduced_level: float = parameter(
        1.6,
        "index",
        "mean level of introduced talents",
        (1.0, 3.0),
        source="assumed: doctors and senior staff",
    )
    level_spread: float = parameter(0.3, "log", "spread of levels", (0.0, 0.8), source="assumed")
    release: float = parameter(
        0.15,
        "1/quarter",
        "share of talents beyond the wanted number that is let go",
        (0.0, 0.5),
        source="assumed",
    )


LEVEL = decision("how good a new talent is")
DISCIPLINE = decision("in which field a new talent has been trained")
QUIT = decision("whether a talent quits, and whether to leave the region")
WAIT = decision("whether a talent without a post leaves the region")
LOOK = decision("which open posts a seeker looks at")
TASTE = decision("how a seeker likes a post")
OFFER = decision("whether an employed talent is offered a post elsewhere")
HIRE_OUTSIDE = decision("whether an enterprise finds a talent outside the region")
LET_GO = decision("whether a talent is let go")

TALENT_PAY = money("pay of talents")
HIRING = money("cost of hiring from outside")
INTRODUCED_TALENTS = measure("introduced_talents")
HEAD_HUNTING = measure("head_hunting_grant")
HOUSING = measure("housing_support")
TRAINING = measure("training_seats")
TRAINING_COST = (
    0.02  # million CNY per seat and quarter at 2011 prices: a graduate course of four to eight quarters
)


# Ways of coming in the identity of a talent; those of enterprises and institutes are below 8.
GRADUATE, TRAINEE, INVITED, HEAD_HUNTED = 8, 9, 10, 11


@rule
def free_row(table, start, now):
    """The next row not in use from ``start`` on (the room was made before the quarter began)."""
    row = start
    while table[row].alive:
        row += 1
    return row


@rule
def pay_level(level):
    """Pay of a talent over that of one of level 1: less than in proportion."""
    return level**0.7


@rule
def arrive(world, p, now, row, uid, origin, discipline):
    """A person comes to the region and looks for a post."""
    talent = world.talents[row]
    talent.uid = uid
    talent.alive = True
    talent.origin = origin
    talent.discipline = discipline
    mean = p.talents.introduced_level if origin == INTRODUCED else 1.0
    talent.level = mean * math.exp(p.talents.level_spread * normal(now, LEVEL, uid, 0))
    talent.pay_level = pay_level(talent.level)
    talent.arrived = now.t
    talent.works = NOWHERE
    talent.employer = 0
    talent.employer_uid = 0
    talent.hired = now.t
    talent.wage = 0.0
    talent.used = 1.0
    talent.carried = p.talents.introduced_knowledge if origin == INTRODUCED else 0.3
    world.people[CAME] += 1
    return talent


@rule
def pick_discipline(weights, fields, u):
    """A field by weights that sum to one."""
    total = 0.0
    for field in range(fields):
        total += weights[field]
        if u < total:
            return field
    return fields - 1


@rule
def wanted_talents(enterprise, process, region, p):
    """(1), whole people."""
    pay_of_one = region.talent_wage * p.talents.local_pay
    engineers = p.talents.engineers * process.talents * (enterprise.capacity / process.typical_scale) ** 0.7
    # Labour per unit falls as outside pay rises (chapter "labour"); the general index carries both costs.
    labour = region.outside_wage * process.workers * region.general_index / region.wage_index
    cost = labour + 0.3 * process.other_cost * region.general_index
    worth = p.commercialisation.understaffed * enterprise.expected_orders * cost
    engineers *= min(1.0, worth / max(1e-9, engineers * pay_of_one))
    rate = enterprise.research_intensity * (1.0 + enterprise.research_added)
    budget = rate * enterprise.expected_orders * enterprise.price
    return int(engineers + p.talents.research_pay * budget / pay_of_one + 0.5)


@rule
def wanted_researchers(institute, region, p):
    """(2), whole people."""
    added = p.institutes.people_share * institute.funding_support * region.paid_share
    return institute.posts + int(added / (region.talent_wage * p.talents.local_pay))


@rule
def chance_to_be_let_go(present, wanted, p):
    """For each of those present, when there are more than one too many."""
    return p.talents.release * max(0, present - wanted - 1) / max(1, present)


@rule
def post_vacancies(world, p, now):
    """Enterprises and institutes decide how many talents they want; the excess is slowly let go."""
    region = world.region[0]
    for row in range(len(world.enterprises)):
        enterprise = world.enterprises[row]
        world.keys[row] = 0.0
        if enterprise.alive:
            present = enterprise.local_talents + enterprise.introduced_talents
            wanted = wanted_talents(enterprise, world.processes[enterprise.process], region, p)
            world.keys[row] = chance_to_be_let_go(present, wanted, p)
            enterprise.vacancies = min(max(0, wanted - present), 2 + present // 4)
            if enterprise.distress > 0:
                enterprise.vacancies = 0
    for institute in world.institutes:
        if institute.alive:
            present = institute.local_talents + institute.introduced_talents
            wanted = wanted_researchers(institute, region, p)
            institute.vacancies = min(max(0, wanted - present), 4 + present // 10)
    for talent in world.talents:
        if talent.alive and talent.works != NOWHERE:
            if talent.works == AT_ENTERPRISE:
                chance = world.keys[talent.employer]
            else:
                home = world.institutes[talent.employer]
                present = home.local_talents + home.introduced_talents
                chance = chance_to_be_let_go(present, wanted_researchers(home, region, p), p)
            if chance > 0.0 and happens(chance, now, LET_GO, talent.uid, 0):
                leave_employer(talent)


@rule
def leave_employer(talent):
    """The person is without a post from now on."""
    talent.works = NOWHERE
    talent.employer_uid = 0
    talent.wage = 0.0
    talent.used = 0.0


@rule
def leave_region(world, talent):
    """The person is gone."""
    talent.alive = False
    talent.works = NOWHERE
    world.people[LEFT] += 1
    world.region[0].emigrated[talent.origin] += 1


@rule
def graduate(world, p, now):
    """Graduates of the universities, and of the extra seats that policy pays for."""
    region = world.region[0]
    row = 0
    trained = False
    fields = len(world.fields)
    for place in range(len(world.institutes)):
        institute = world.institutes[place]
        if institute.alive and institute.kind == UNIVERSITY:
            number = int(institute.seats * (now.t + 1)) - int(institute.seats * now.t)
            for each in range(number):
                uid = identity(now, GRADUATE, place * 1024 + each)
                row = free_row(world.talents, row, now)
                field = pick_discipline(institute.focus, fields, uniform(now, DISCIPLINE, uid, 0))
                arrive(world, p, now, row, uid, LOCAL, field)
                region.graduates += 1
            if region.training_seats > 0.0 and not trained:
                trained = True  # extra seats are at the first university
                due = region.seats_due + region.training_seats * region.paid_share
                region.seats_due = due - int(due)
                for each in range(int(due)):
                    uid = identity(now, TRAINEE, each)
                    row = free_row(world.talents, row, now)
                    field = pick_discipline(institute.focus, fields, uniform(now, DISCIPLINE, uid, 0))
                    arrive(world, p, now, row, uid, LOCAL, field)
                    region.trained += 1
                claim_for_public(world, TRAINING, int(due) * 4.0 * TRAINING_COST * region.wage_index)


@rule
def introduce_talents(world, p, now):
    """Whole people introduced by government; their fields follow the cluster's open posts."""
    region = world.region[0]
    due = region.arrivals_due + region.introduced_talents * region.paid_share
    number = min(int(due), int(region.talents_elsewhere))
    region.arrivals_due = due - int(due)
    row = 0
    for each in range(number):
        uid = identity(now, INVITED, each)
        row = free_row(world.talents, row, now)
        arrive(world, p, now, row, uid, INTRODUCED, wanted_field(world, now, uid))
        region.arrived += 1
    claim_for_public(world, INTRODUCED_TALENTS, number * region.introduction_package)


@rule
def wanted_field(world, now, uid):
    """The field of the main technology of a sampled enterprise with open posts; any field when there is none."""
    fields = len(world.fields)
    for attempt in range(5 if world.region[0].living > 0 else 0):
        enterprise = world.enterprises[some_enterprise(world, now, DISCIPLINE, uid, attempt)]
        if enterprise.vacancies > 0:
            weights = world.processes[enterprise.process].weight
            return pick_discipline(weights, fields, uniform(now, DISCIPLINE, uid, 100))
    return choose(fields, now, DISCIPLINE, uid, 101)


@rule
def hire_outside(world, p, now):
    """Enterprises fill open posts from outside, helped by a grant for head-hunting."""
    region = world.region[0]
    row = 0
    for place in range(len(world.enterprises)):
        enterprise = world.enterprises[place]
        if not enterprise.alive or enterprise.vacancies == 0:
            continue
        cost = p.talents.hire_cost * region.general_index
        help_ = min(1.0, enterprise.head_hunting * region.paid_share / cost)
        gap = math.log(offered_pay(enterprise, p)) + 0.5 * (enterprise.capability - 0.6)
        chance = p.talents.outside_hire * (1.0 + 2.0 * help_) * math.exp(p.talents.pay_response * 0.5 * gap)
        number = min(
            enterprise.vacancies, poisson(chance * enterprise.vacancies, now, HIRE_OUTSIDE, enterprise.uid, 0)
        )
        first = heir(now, HEAD_HUNTED, enterprise.uid)
        first -= first % 8
        for each in range(min(number, 7)):
            if enterprise.cash < 2.0 * cost:
                break
            uid = first + each
            row = free_row(world.talents, row, now)
            weights = world.processes[enterprise.process].weight
            field = pick_discipline(weights, len(world.fields), uniform(now, DISCIPLINE, uid, 0))
            talent = arrive(world, p, now, row, uid, INTRODUCED, field)
            region.arrived += 1
            pay(world, enterprise, HIRING, OUTSIDE, cost)
            enterprise.other_costs += cost
            if enterprise.head_hunting > 0.0:
                claim(world, HEAD_HUNTING, enterprise, min(enterprise.head_hunting, 10.0 * cost))
            employ(world, p, now, talent, AT_ENTERPRISE, place)


@rule
def offered_pay(enterprise, p):
    """An enterprise's offer over outside pay: better when profitable and short of people."""
    good = 0.0
    if enterprise.last_year_sales > 0.0:
        good = max(-0.2, min(0.2, enterprise.last_year_profit / enterprise.last_year_sales))
    return p.talents.local_pay * (1.0 + good)


@rule
def employ(world, p, now, talent, works, place):
    """The person takes a post; knowledge comes along."""
    region = world.region[0]
    talent.works = works
    talent.employer = place
    talent.hired = now.t
    region.hired += 1
    if works == AT_ENTERPRISE:
        enterprise = world.enterprises[place]
        talent.employer_uid = enterprise.uid
        talent.wage = region.talent_wage * talent.pay_level * offered_pay(enterprise, p)
        enterprise.vacancies -= 1
        enterprise.vacancies_filled += 1
        staff = 1 + enterprise.local_talents + enterprise.introduced_talents
        lead = math.log(max(1.0, talent.carried / enterprise.knowledge[talent.discipline]))
        gain = p.talents.carry * min(1.0, 10.0 * talent.level / (9.0 + staff)) * lead
        enterprise.learned_local += gain_knowledge(enterprise, talent.discipline, gain)
    else:
        institute = world.institutes[place]
        talent.employer_uid = institute.uid
        talent.wage = region.talent_wage * talent.pay_level * p.talents.local_pay
        institute.vacancies -= 1
        staff = 1 + institute.local_talents + institute.introduced_talents
        lead = math.log(max(1.0, talent.carried / institute.knowledge[talent.discipline]))
        gain_knowledge(
            institute,
            talent.discipline,
            p.talents.carry * min(1.0, 10.0 * talent.level / (9.0 + staff)) * lead,
        )


@rule
def match(weights, discipline, p):
    """What of a person's ability a post calls for: all of it in a main field of the employer, less elsewhere."""
    return 1.0 - p.talents.mismatch * (1.0 - min(1.0, 2.0 * weights[discipline]))


@rule
def list_vacancies(world):
    """Rows of employers with open posts (institutes as -1 - row); returns how many there are."""
    number = 0
    for place in range(len(world.enterprises)):
        if world.enterprises[place].alive and world.enterprises[place].vacancies > 0:
            world.vacancies[number] = place
            number += 1
    for place in range(len(world.institutes)):
        if world.institutes[place].alive and world.institutes[place].vacancies > 0:
            world.vacancies[number] = -1 - place
            number += 1
    return number


@rule
def worth(world, p, now, talent, code, look):
    """Utility (3) of a post, and nothing when it has been taken meanwhile."""
    if code >= 0:
        enterprise = world.enterprises[code]
        if enterprise.vacancies <= 0:
            return -100.0
        fit = world.processes[enterprise.process].weight[talent.discipline]
        value = math.log(offered_pay(enterprise, p)) + p.talents.prospects * enterprise.capability
    else:
        institute = world.institutes[-1 - code]
        if institute.vacancies <= 0:
            return -100.0
        fit = institute.focus[talent.discipline]
        value = math.log(p.talents.local_pay) + p.talents.prospects * institute.reputation
    taste = 0.2 * normal(now, TASTE, talent.uid, look)
    return value + p.talents.field_fit * min(1.0, 2.0 * fit) + taste


@rule
def seek_posts(world, p, now):
    """People without a post, and some with one, look at a few open posts and take the best."""
    open_posts = list_vacancies(world)
    if open_posts == 0:
        return
    looks = int(p.talents.looks)
    for place in range(len(world.talents)):
        talent = world.talents[place]
        if not talent.alive:
            continue
        hunted = talent.works != NOWHERE and happens(p.talents.poach, now, OFFER, talent.uid, 0)
        if talent.works != NOWHERE and not hunted:
            continue
        best, chosen = -50.0, -1
        for look in range(1 if hunted else looks):
            at = choose(open_posts, now, LOOK, talent.uid, look)
            value = worth(world, p, now, talent, world.vacancies[at], look)
            if value > best:
                best, chosen = value, at
        if chosen < 0:
            continue
        code = world.vacancies[chosen]
        if hunted:
            own = talent.employer if talent.works == AT_ENTERPRISE else -1 - talent.employer
            content = (
                math.log(talent.wage / (world.region[0].talent_wage * talent.pay_level)) + 0.5 * talent.used
            )
            if code == own or best < content + 0.1:
                continue
            world.region[0].poached += 1
        employ(
            world,
            p,
            now,
            talent,
            AT_ENTERPRISE if code >= 0 else AT_INSTITUTE,
            code if code >= 0 else -1 - code,
        )


@rule
def leave_or_stay(world, p, now):
    """Quits by (4), departures from the region, and the support that is drawn meanwhile."""
    region = world.region[0]
    for talent in world.talents:
        if not talent.alive:
            continue
        if talent.works == NOWHERE:
            waited = now.t - talent.hired
            if waited > 0 and happens(p.talents.patience, now, WAIT, talent.uid, 0):
                leave_region(world, talent)
            continue
        support = region.retention_support if talent.origin == INTRODUCED else region.retention_support_local
        paid = support * region.paid_share
        outside = region.talent_wage * talent.pay_level
        better = math.log(talent.wage / outside)
        hazard = p.talents.quit * math.exp(
            -p.talents.pay_response * better
            + p.talents.unused_response * (1.0 - talent.used)
            - p.talents.support_response * paid / outside
            - 0.5 * region.inventors_share * talent.used
            + (p.talents.introduced_restless if talent.origin == INTRODUCED else 0.0)
        )
        if support > 0.0:
            claim_for_public(world, HOUSING, support)
            region.support_drawn += 1
        first, second = uniform_pair(now, QUIT, talent.uid, 0)
        if first < hazard:
            region.quits += 1
            leave_employer(talent)
            talent.hired = now.t
            gone = p.talents.emigrate * math.exp(-0.5 * p.talents.pay_response * (better + paid / outside))
            if talent.origin == INTRODUCED:
                gone = min(1.0, 1.4 * gone)
            if second < gone:
                leave_region(world, talent)


@rule
def count_talents(world, p, now):
    """Employers count their people, pay them next, and see how well each is used."""
    region = world.region[0]
    for enterprise in world.enterprises:
        if enterprise.alive:
            enterprise.local_talents = 0
            enterprise.introduced_talents = 0
            enterprise.talent_quality = 0.0
            enterprise.talent_pay = 0.0
    for institute in world.institutes:
        if institute.alive:
            institute.local_talents = 0
            institute.introduced_talents = 0
            institute.spending = 0.0
    for talent in world.talents:
        if not talent.alive or talent.works == NOWHERE:
            continue
        if talent.works == AT_ENTERPRISE:
            employer = world.enterprises[talent.employer]
            employer.local_talents += talent.origin == LOCAL
            employer.introduced_talents += talent.origin == INTRODUCED
            employer.talent_pay += talent.wage
            talent.carried = max(0.98 * talent.carried, employer.knowledge[talent.discipline])
            money_per_head = employer.last_year_research / (
                4.0 * region.talent_wage * (1 + employer.local_talents + employer.introduced_talents)
            )
            work = 0.45 + 0.35 * min(1.0, money_per_head) + 0.4 * employer.capability
            weights = world.processes[employer.process].weight
            talent.used = min(1.0, work / talent.level**0.5) * match(weights, talent.discipline, p)
            employer.talent_quality += talent.level * talent.used
        else:
            home = world.institutes[talent.employer]
            home.local_talents += talent.origin == LOCAL
            home.introduced_talents += talent.origin == INTRODUCED
            home.spending += talent.wage
            talent.carried = max(0.98 * talent.carried, home.knowledge[talent.discipline])
            talent.used = min(1.0, 0.9 / talent.level**0.3) * match(home.focus, talent.discipline, p)
        # Pay follows the outside with a lag, so that nobody's pay stands still for ever.
        talent.wage += 0.1 * (region.talent_wage * talent.pay_level * p.talents.local_pay - talent.wage)
    for enterprise in world.enterprises:
        if enterprise.alive:
            staff = enterprise.local_talents + enterprise.introduced_talents
            enterprise.talent_quality = enterprise.talent_quality / staff if staff > 0 else 0.0
            pay(world, enterprise, TALENT_PAY, HOUSEHOLDS, enterprise.talent_pay)
