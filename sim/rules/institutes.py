"""Institutes: universities, research institutes, testing and information centres.

Research keeps their knowledge near the frontier; the effort is people times money per person, relative to usual funding:

    effort_f  = focus_f researchers^a (funding / usual funding)^(1-a)
    dln k_f   = keep x (effort_f / usual effort_f) x (1 / k_f)^omega                                       (1)

with `keep` such that an institute at usual funding keeps its place. Results arise at a rate proportional to effort; they
are patented or offered to enterprises: with the transfer orientation as a chance, raised by the inventors' share, an enterprise
that is close enough takes the result over, pays a licence and learns by its absorptive capacity.

Testing and information centres sell services (tests, certification, information) with a capacity and a price; chapter
"commercialisation" asks for them. Centres invited by policy settle here. Joint laboratories are run with enterprises:
they raise the trust of their members and make joint projects more fruitful (chapter "joint projects").

Sources: 6 % of Chinese university patents are licensed; three testing centres of 2010-2018 as the scale of services.
"""

from __future__ import annotations

import math

from sim.accounts import (
    GOVERNMENT_ABOVE,
    HOUSEHOLDS,
    INSTITUTES,
    OUTSIDE,
    book,
    claim_for_institute,
    institute_pays,
    institute_receives,
    pay_institute,
)
from sim.chance import decision, happens, identity, poisson, uniform
from sim.compiled import rule
from sim.declare import measure, money, parameter, parameters
from sim.rules.innovations import gain_knowledge, record_innovation, take_over, uses_line
from sim.rules.meeting import meetings, some_enterprise
from sim.rules.talents import TALENT_PAY, pick_discipline
from sim.world import INTEGRATED, ORIGINAL, TESTING_CENTRE


@parameters
class Institutes:
    """Research, transfer and services of institutes."""

    keep: float = parameter(
        1.0,
        "1",
        "pace of knowledge at usual effort over the frontier's growth",
        (0.5, 1.5),
        source="keeps its place at 1",
    )
    people_share: float = parameter(
        0.6,
        "share",
        "weight of people against money in research effort",
        (0.3, 0.9),
        source="assumed: pay share of public R&D",
    )
    yield_: float = parameter(
        0.006,
        "1/quarter",
        "results per researcher at usual effort",
        (0.001, 0.03),
        source="600 patents of the rare-earth research institute since 1963 with 350 researchers, more in recent years",
    )
    catch_up: float = parameter(
        0.8, "1", "omega: the easier to learn the further behind", (0.0, 2.0), source="model 10.5"
    )
    transfer_gain: float = parameter(
        0.15,
        "log",
        "step that a transferred result brings with full absorption",
        (0.0, 0.3),
        source="assumed",
    )
    transfer_fee: float = parameter(
        0.5,
        "million CNY",
        "licence fee of a result at 2011 prices",
        (0.05, 5.0),
        source="assumed from technology-contract statistics",
    )
    reach_out: float = parameter(
        3.4,
        "1",
        "mean number of enterprises that hear of a result",
        (0.5, 12.0),
        source="assumed",
        kind="structural",
    )
    centre_cost: float = parameter(
        15.0,
        "million CNY",
        "cost of settling an invited centre at 2011 prices",
        (2.0, 60.0),
        source="grants of 3 to 10 million CNY a year for platforms in the city's policy lists",
    )
    centre_people: float = parameter(
        25.0, "person", "posts of an invited centre", (5.0, 100.0), source="assumed"
    )
    centre_capacity: float = parameter(
        12.0, "project/quarter", "services of an invited centre", (2.0, 60.0), source="assumed"
    )
    laboratory_cost: float = parameter(
        3.0,
        "million CNY/year",
        "running cost of a joint laboratory at 2011 prices",
        (0.5, 10.0),
        source="3 million CNY for a laboratory or technology centre in the city's policy lists",
    )


RESULT = decision("how many results an institute has this quarter")
RESULT_FIELD = decision("in which field an institute has a result")
HEARERS = decision("how many enterprises hear of an institute's result")
HEAR = decision("which enterprise hears of an institute's result")
TRANSFER = decision("whether an institute's result is taken over")

BASE_FUNDING = money("base funding of institutes")
SERVICES = money("services and contracts of institutes")
LICENCES_LOCAL = money("licences of local results")
INVENTORS_PAY = money("inventors' share")
MATERIALS = money("research materials")
INSTITUTE_FUNDING = measure("institute_funding")
JOINT_LABORATORY = measure("joint_laboratory")
INVITED_INSTITUTES = measure("invited_testing_institutes")
INVITED_CENTRE = (
    7  # way of coming in the identity of an institute; enterprises have their origins, talents 8 and more
)


@rule
def fund_institutes(world, p, now):
    """Base funding from above, funding by policy, pay of researchers and materials (posts follow funding, chapter "talents")."""
    region = world.region[0]
    for institute in world.institutes:
        if not institute.alive:
            continue
        base = institute.base_funding * region.wage_index
        institute_receives(world, institute, BASE_FUNDING, GOVERNMENT_ABOVE, base)
        institute.funding = base
        if institute.funding_support > 0.0:
            claim_for_institute(world, INSTITUTE_FUNDING, institute, institute.funding_support)
        if institute.joint_laboratories > 0.0:
            running = institute.joint_laboratories * p.institutes.laboratory_cost / 4.0 * region.general_index
            claim_for_institute(world, JOINT_LABORATORY, institute, running)
        institute_pays(world, institute, TALENT_PAY, HOUSEHOLDS, institute.spending)
        # What is left above half a year's pay goes into materials and equipment.
        spare = max(0.0, institute.cash - 2.0 * institute.spending) * 0.25
        institute_pays(world, institute, MATERIALS, OUTSIDE, spare)
        institute.spending += spare


@rule
def usual_funding(institute, region):
    """Base funding and what policy adds, over base funding: 1 without policy."""
    base = institute.base_funding * region.wage_index
    return (base + institute.funding_support * region.paid_share) / max(1e-9, base)


@rule
def do_institute_research(world, p, now):
    """Institutes learn by (1), have results and pass them on."""
    region = world.region[0]
    fields = len(world.fields)
    for institute in world.institutes:
        if not institute.alive:
            continue
        staff = institute.local_talents + institute.introduced_talents
        usual = max(1.0, institute.posts)
        richer = usual_funding(institute, region)
        effort = (staff / usual) ** p.institutes.people_share * richer ** (1.0 - p.institutes.people_share)
        for field in range(fields):
            if institute.focus[field] > 0.0:
                behind = max(0.3, institute.knowledge[field]) ** (-p.institutes.catch_up)
                # 0.85 is where institutes at usual effort settle: behind the frontier, ahead of the cluster.
                pace = (
                    p.institutes.keep
                    * world.fields[field].growth
                    * effort
                    * behind
                    * 0.85**p.institutes.catch_up
                )
                gain_knowledge(institute, field, pace)
        institute.patents *= 0.98
        standing = best_focus(institute, fields) + 0.02 * institute.projects
        institute.reputation += 0.05 * (standing - institute.reputation)
        if institute.kind == TESTING_CENTRE:
            continue
        number = poisson(min(15.0, p.institutes.yield_ * staff * effort), now, RESULT, institute.uid, 0)
        for each in range(min(number, 12)):
            field = pick_discipline(institute.focus, fields, uniform(now, RESULT_FIELD, institute.uid, each))
            have_result(world, p, now, institute, field, each)


@rule
def best_focus(institute, fields):
    """Knowledge in the field that the institute works on most."""
    best, value = 0.0, 0.0
    for field in range(fields):
        if institute.focus[field] > best:
            best, value = institute.focus[field], institute.knowledge[field]
    return value


@rule
def have_result(world, p, now, institute, field, each):
    """A result: recorded, patented, offered to enterprises that hear of it."""
    region = world.region[0]
    step = 0.03
    uid = record_innovation(world, now, ORIGINAL, field, step, institute.uid, 0, 0, 0, False, False, True)
    institute.technology[field] = uid
    institute.innovations += 1
    institute.patents += 1
    institute.patents_granted += 1
    if region.living == 0:
        return
    reached = meetings(
        p.institutes.reach_out * (1.0 + region.coordination), now, HEARERS, institute.uid, each
    )
    for attempt in range(reached):
        at = some_enterprise(world, now, HEAR, institute.uid, each * 1024 + attempt)
        enterprise = world.enterprises[at]
        if enterprise.absorptive <= 0.0 or uses_line(world, enterprise, field, uid):
            continue
        weight = world.processes[enterprise.process].weight[field]
        lead = math.log(max(1.0, institute.knowledge[field] / enterprise.knowledge[field]))
        willing = institute.transfer_orientation * (1.0 + region.inventors_share)
        chance = willing * enterprise.absorptive * min(1.0, 2.0 * weight) * min(1.0, 3.0 * lead)
        if happens(chance, now, TRANSFER, uid, enterprise.uid):
            transfer_result(world, p, now, institute, enterprise, field, uid, weight)


@rule
def transfer_result(world, p, now, institute, enterprise, field, uid, weight):
    """An enterprise takes a result over, pays for it and learns."""
    region = world.region[0]
    fee = min(p.institutes.transfer_fee * region.general_index, 0.3 * max(0.0, enterprise.cash))
    pay_institute(world, enterprise, LICENCES_LOCAL, institute, fee)
    enterprise.licence_fees += fee
    enterprise.other_costs += fee
    institute.licence_income += fee
    inventors = region.inventors_share * fee
    institute_pays(world, institute, INVENTORS_PAY, HOUSEHOLDS, inventors)
    gain = p.institutes.transfer_gain * enterprise.absorptive
    enterprise.learned_local += gain_knowledge(enterprise, field, gain)
    enterprise.transferred += 1
    region.transfers += 1
    own = enterprise.technology[field]
    take_over(world, enterprise, field, uid)
    made = record_innovation(
        world, now, INTEGRATED, field, gain, enterprise.uid, institute.uid, uid, own, False, False, False
    )
    enterprise.technology[field] = made
    enterprise.innovations[world.innovations[made - 1].kind] += 1
    enterprise.score[INTEGRATED] += gain * weight * enterprise.year_sales


@rule
def settle_institutes(world, p, now):
    """Institutes that history opens begin; testing and information centres that policy invites settle."""
    region = world.region[0]
    for institute in world.institutes:
        if institute.uid != 0 and not institute.alive and institute.founded == now.t:
            institute.alive = True
            book(world, BASE_FUNDING, GOVERNMENT_ABOVE, INSTITUTES, institute.cash)
    if region.invited_institutes <= 0.0:
        return
    due = region.institutes_due + region.invited_institutes * region.paid_share
    region.institutes_due = due - int(due)
    for each in range(int(due)):
        row = 0
        while world.institutes[row].uid != 0:
            row += 1
        institute = world.institutes[row]
        institute.uid = identity(now, INVITED_CENTRE, each)
        institute.alive = True
        institute.kind = TESTING_CENTRE
        institute.founded = now.t
        institute.invited = True
        for field in range(len(world.fields)):
            institute.knowledge[field] = 0.85
            institute.focus[field] = 1.0 / len(world.fields)
            institute.technology[field] = 0
        institute.local_talents = 0
        institute.introduced_talents = 0
        institute.posts = int(p.institutes.centre_people)
        institute.vacancies = 0
        institute.seats = 0.0
        institute.base_funding = 0.4 * p.institutes.centre_people * region.talent_wage / region.wage_index
        institute.transfer_orientation = 0.5
        institute.service_capacity = p.institutes.centre_capacity
        institute.service_price = 0.08
        institute.cash = 0.0
        institute.patents = 0.0
        institute.patents_granted = 0
        institute.reputation = 0.5
        region.institutes_opened += 1
        cost = p.institutes.centre_cost * region.general_index
        claim_for_institute(world, INVITED_INSTITUTES, institute, cost)
