"""Integrated innovation: joint projects of enterprises with institutes or with each other.

Partner search. An enterprise looks at its known partners and at a few others (those to whom a partner introduces it, institutes,
and enterprises whose people it meets, so the large first) and ranks them by

    trust + reputation + fit(distance) + convening power of the coordination body                         (1)

A partner must be free: an enterprise takes part in one project at a time of its own and in those of others as far as its
management's attention goes, which every project takes each quarter on both sides, beside what an order of plant would take; an
institute takes part in as many as its researchers allow. The gain of a project is an inverted U in cognitive distance d (mean absolute log gap over the product's fields):

    fit(d)  = (d / d*) exp(1 - d / d*),      chance of success = h fit(d) (0.5 + trust) e^... x effort     (2)

On success both sides learn, both hold the patent, and the innovation has a parent on either side. Trust grows with
every quarter worked together. A project costs money; vouchers pay a share of it, some kept for partners without a
common past. Joint laboratories raise trust and success.
Sources: (2) Nooteboom et al. 2007; vouchers: 8 of 10 additional in a lottery (Cornet, Vroomen and van der Steeg 2006).
"""

from __future__ import annotations

import math

from sim.accounts import OUTSIDE, claim, pay, pay_institute
from sim.chance import choose, decision, happens, normal, uniform
from sim.compiled import rule
from sim.declare import measure, parameter, parameters
from sim.rules.innovations import gain_knowledge, record_innovation
from sim.rules.institutes import MATERIALS, SERVICES
from sim.rules.management import take_attention
from sim.rules.meeting import meetings, some_employer, some_institute
from sim.rules.talents import pick_discipline
from sim.world import INTEGRATED, PARTNERS


@parameters
class JointProjects:
    """Partner search, cost and gain of joint projects."""

    looks: float = parameter(
        1.7,
        "1",
        "mean number of unknown enterprises looked at in a search",
        (0.3, 6.0),
        source="assumed",
        kind="structural",
    )
    looks_at_institutes: float = parameter(
        0.6,
        "1",
        "mean number of unknown institutes looked at in a search",
        (0.0, 3.0),
        source="assumed",
        kind="structural",
    )
    begin: float = parameter(
        0.25,
        "1/quarter",
        "chance to look for a project at full propensity to integrate",
        (0.0, 1.0),
        source="assumed",
    )
    quarters: float = parameter(
        6.0, "quarter", "length of a project", (2.0, 16.0), source="assumed: one to two years"
    )
    cost: float = parameter(
        0.25,
        "share",
        "cost of a project a quarter over the R&D budget",
        (0.05, 1.0),
        source="assumed",
    )
    success: float = parameter(
        0.085, "1/quarter", "chance of a result at best distance and full trust", (0.0, 0.5), source="assumed"
    )
    distance: float = parameter(
        0.55,
        "log",
        "d*: best cognitive distance",
        (0.1, 1.5),
        source="Nooteboom et al. 2007: interior optimum",
    )
    step: float = parameter(
        0.05, "log", "step for both sides at best distance", (0.01, 0.3), source="assumed"
    )
    trust_gain: float = parameter(
        0.06, "1/quarter", "trust earned by working together", (0.0, 0.3), source="assumed"
    )
    convening: float = parameter(
        0.6, "1", "weight of convening power in a search", (0.0, 2.0), source="assumed; E4 is the check"
    )
    voucher_response: float = parameter(
        1.6,
        "1",
        "how much a full voucher raises the wish for a project",
        (0.0, 4.0),
        source="8 of 10 vouchers additional (Cornet et al. 2006)",
    )
    per_researcher: float = parameter(
        0.06,
        "project",
        "projects that an institute can run per researcher",
        (0.01, 0.3),
        source="assumed",
    )


BEGIN = decision("whether an enterprise looks for a joint project")
LOOKS = decision("how many candidates for a joint project are looked at")
CANDIDATE = decision("which candidate for a joint project is looked at")
INTRODUCTION = decision("to whom a partner introduces an enterprise that looks for a joint project")
LIKING = decision("how a candidate for a joint project is liked")
SUCCEED = decision("whether a joint project has a result")
JOINT_FIELD = decision("in which field a joint project works")

COLLABORATION_VOUCHER = measure("collaboration_voucher")


@rule
def distance_between(weight, fields, enterprise, knowledge):
    """Cognitive distance: mean absolute log gap over the fields of the enterprise's product."""
    total = 0.0
    for field in range(fields):
        if weight[field] > 0.0:
            total += weight[field] * abs(math.log(knowledge[field] / enterprise.knowledge[field]))
    return total


@rule
def fit_of_distance(distance, p):
    """The inverted U of (2), 1 at the best distance."""
    relative = distance / p.joint_projects.distance
    return relative * math.exp(1.0 - relative)


@rule
def count_projects(world, p, now):
    """Projects under way take attention on both sides, and count with institutes: so a search finds who has room."""
    for enterprise in world.enterprises:
        if enterprise.alive and enterprise.joint_until > now.t:
            slot = enterprise.joint_slot
            if partner_alive(world.enterprises, world.institutes, enterprise, slot):
                enterprise.attention -= p.management.joint_needs
                engage_partner(world, p, enterprise, slot)


@rule
def can_take_part(enterprise, p):
    """Whether an enterprise has attention for one more project, beside what an order of plant would take."""
    return enterprise.attention >= p.management.joint_needs + p.management.growth_needs


@rule
def engage_partner(world, p, enterprise, slot):
    """A project takes room at an institute, attention at an enterprise."""
    if enterprise.partner_institute[slot]:
        world.institutes[enterprise.partner[slot]].projects += 1
    else:
        world.enterprises[enterprise.partner[slot]].attention -= p.management.joint_needs


@rule
def begin_joint_projects(world, p, now):
    """Enterprises without a project may look for one and agree with the best candidate."""
    region = world.region[0]
    count_projects(world, p, now)
    for place in range(len(world.enterprises)):
        enterprise = world.enterprises[place]
        if not enterprise.alive or enterprise.research <= 0.0 or enterprise.joint_until > now.t:
            continue
        voucher = enterprise.collaboration_voucher * region.paid_share
        wish = (
            p.joint_projects.begin
            * 3.0
            * enterprise.propensity[INTEGRATED]
            * (
                1.0
                + p.joint_projects.voucher_response * voucher
                + p.joint_projects.convening * enterprise.coordination
            )
        )
        if happens(wish, now, BEGIN, enterprise.uid, 0) and can_take_part(enterprise, p):
            slot = find_partner(world, p, now, enterprise, place)
            if slot >= 0 and take_attention(enterprise, p.management.joint_needs):
                enterprise.joint_slot = slot
                engage_partner(world, p, enterprise, slot)
                enterprise.joint_until = now.t + int(p.joint_projects.quarters)
                weight = world.processes[enterprise.process].weight
                enterprise.joint_field = pick_discipline(
                    weight, len(world.fields), uniform(now, JOINT_FIELD, enterprise.uid, 0)
                )


@rule
def partner_alive(enterprises, institutes, enterprise, slot):
    """Whether the partner in a slot is still the one whom the enterprise knew."""
    uid = enterprise.partner_uid[slot]
    if uid == 0:
        return False
    row = enterprise.partner[slot]
    if enterprise.partner_institute[slot]:
        return bool(institutes[row].alive) and institutes[row].uid == uid
    return bool(enterprises[row].alive) and enterprises[row].uid == uid


@rule
def find_partner(world, p, now, enterprise, place):
    """The slot of the best partner by (1), a newcomer replacing the least trusted; -1 if there is none."""
    best, slot = 0.0, -1
    for known in range(PARTNERS):
        if partner_alive(world.enterprises, world.institutes, enterprise, known):
            value = appeal(
                world,
                p,
                now,
                enterprise,
                enterprise.partner[known],
                enterprise.partner_institute[known],
                enterprise.partner_trust[known],
                known,
            )
            if value > best:
                best, slot = value, known
    further = 1.0 + enterprise.coordination
    institutes = 0
    if world.region[0].living_institutes > 0:
        wanted = p.joint_projects.looks_at_institutes * further
        institutes = meetings(wanted, now, LOOKS, enterprise.uid, 0)
    looks = institutes + meetings(p.joint_projects.looks * further, now, LOOKS, enterprise.uid, 1)
    new_row, new_institute = -1, False
    for look in range(looks):
        institute = look < institutes
        if institute:
            row = some_institute(world, now, CANDIDATE, enterprise.uid, look)
        else:
            row = partner_of_partner(world, now, enterprise, look)
            if row < 0:
                row = some_employer(world, now, CANDIDATE, enterprise.uid, look)
            if row == place or world.enterprises[row].research <= 0.0:
                continue
        value = appeal(world, p, now, enterprise, row, institute, 0.0, PARTNERS + look)
        if value > best:
            best, new_row, new_institute = value, row, institute
    if new_row < 0:
        return slot
    return replace_partner(world, enterprise, new_row, new_institute)


@rule
def partner_of_partner(world, now, enterprise, look):
    """The row of an enterprise to whom a partner introduces one; -1 when no partner knows another."""
    first = partner_enterprise(
        world, enterprise, choose(PARTNERS, now, INTRODUCTION, enterprise.uid, 2 * look)
    )
    if first < 0:
        return -1
    mark = choose(PARTNERS, now, INTRODUCTION, enterprise.uid, 2 * look + 1)
    return partner_enterprise(world, world.enterprises[first], mark)


@rule
def partner_enterprise(world, enterprise, start):
    """The row of the first partner from a slot on that is an enterprise, or -1."""
    for step in range(PARTNERS):
        slot = (start + step) % PARTNERS
        if not enterprise.partner_institute[slot] and partner_alive(
            world.enterprises, world.institutes, enterprise, slot
        ):
            return enterprise.partner[slot]
    return -1


@rule
def appeal(world, p, now, enterprise, row, institute, trust, look):
    """(1); nothing when the candidate has no room for a project."""
    if institute:
        home = world.institutes[row]
        staff = home.local_talents + home.introduced_talents
        if home.projects >= 1.0 + p.joint_projects.per_researcher * staff:
            return -1.0
        fit = fit_of_distance(
            distance_between(
                world.processes[enterprise.process].weight, len(world.fields), enterprise, home.knowledge
            ),
            p,
        )
        value = fit + trust + home.reputation * home.transfer_orientation + home.joint_laboratories * 0.1
        return (
            value
            + p.joint_projects.convening * home.coordination
            + 0.3 * normal(now, LIKING, enterprise.uid, look)
        )
    other = world.enterprises[row]
    if not can_take_part(other, p):
        return -1.0
    fit = fit_of_distance(
        distance_between(
            world.processes[enterprise.process].weight, len(world.fields), enterprise, other.knowledge
        ),
        p,
    )
    value = fit + trust + 0.5 * other.capability + p.joint_projects.convening * other.coordination
    return value + 0.3 * normal(now, LIKING, enterprise.uid, look)


@rule
def replace_partner(world, enterprise, row, institute):
    """Put a new partner in an empty slot, or in that of the least trusted (links of the dead count as empty)."""
    worst, slot = 10.0, 0
    for known in range(PARTNERS):
        trust = (
            enterprise.partner_trust[known]
            if partner_alive(world.enterprises, world.institutes, enterprise, known)
            else -1.0
        )
        if trust < worst:
            worst, slot = trust, known
    enterprise.partner[slot] = row
    enterprise.partner_institute[slot] = institute
    enterprise.partner_uid[slot] = world.institutes[row].uid if institute else world.enterprises[row].uid
    enterprise.partner_trust[slot] = 0.0
    return slot


@rule
def work_together(world, p, now):
    """Projects under way cost money, build trust and may have a result by (2)."""
    region = world.region[0]
    for enterprise in world.enterprises:
        if not enterprise.alive or enterprise.joint_until <= now.t or enterprise.research <= 0.0:
            continue
        slot = enterprise.joint_slot
        if not partner_alive(world.enterprises, world.institutes, enterprise, slot):
            enterprise.joint_until = now.t
            continue
        region.joint_projects += 1
        cost = min(p.joint_projects.cost * enterprise.research, 0.3 * max(0.0, enterprise.cash))
        trust = enterprise.partner_trust[slot]
        newcomers_only = region.bridging_vouchers > 0.0 and trust > 0.3
        share = enterprise.collaboration_voucher * (1.0 - region.bridging_vouchers * newcomers_only)
        if share > 0.0:
            claim(world, COLLABORATION_VOUCHER, enterprise, share * cost)
        enterprise.research += cost
        enterprise.research_own += cost * (1.0 - share)
        enterprise.other_costs += cost
        row = enterprise.partner[slot]
        laboratory = 0.0
        if enterprise.partner_institute[slot]:
            home = world.institutes[row]
            home.contract_income += cost
            pay_institute(world, enterprise, SERVICES, home, cost)
            laboratory = min(1.0, home.joint_laboratories / max(1.0, home.projects))
            distance = distance_between(
                world.processes[enterprise.process].weight, len(world.fields), enterprise, home.knowledge
            )
        else:
            pay(world, enterprise, MATERIALS, OUTSIDE, cost)
            distance = distance_between(
                world.processes[enterprise.process].weight,
                len(world.fields),
                enterprise,
                world.enterprises[row].knowledge,
            )
        enterprise.partner_trust[slot] += p.joint_projects.trust_gain * (1.0 + laboratory) * (1.0 - trust)
        effort = 3.0 * enterprise.propensity[INTEGRATED] / world.processes[enterprise.process].complexity
        chance = (
            p.joint_projects.success
            * fit_of_distance(distance, p)
            * (0.4 + 0.6 * trust)
            * (1.0 + 0.5 * laboratory)
            * effort
        )
        if happens(chance, now, SUCCEED, enterprise.uid, 0):
            succeed_together(world, p, now, enterprise, slot, fit_of_distance(distance, p))


@rule
def succeed_together(world, p, now, enterprise, slot, fit):
    """Both sides learn and hold the patent; the innovation descends from both."""
    field = enterprise.joint_field
    row = enterprise.partner[slot]
    step = p.joint_projects.step * fit
    own = enterprise.technology[field]
    if enterprise.partner_institute[slot]:
        theirs = world.institutes[row].technology[field]
    else:
        theirs = world.enterprises[row].technology[field]
    parent = own if own > 0 else theirs
    second = theirs if own > 0 else 0
    uid = record_innovation(
        world,
        now,
        INTEGRATED,
        field,
        step,
        enterprise.uid,
        enterprise.partner_uid[slot],
        parent,
        second,
        False,
        False,
        True,
    )
    enterprise.technology[field] = uid
    enterprise.innovations[world.innovations[uid - 1].kind] += 1
    enterprise.patents += 1
    enterprise.patents_granted += 1
    gain = gain_knowledge(enterprise, field, step / max(0.3, enterprise.knowledge[field]))
    enterprise.learned_own += gain
    weight = world.processes[enterprise.process].weight[field]
    enterprise.score[INTEGRATED] += gain * weight * enterprise.year_sales
    if enterprise.partner_institute[slot]:
        home = world.institutes[row]
        home.technology[field] = uid
        home.patents += 1
        home.patents_granted += 1
        gain_knowledge(home, field, 0.3 * step)
    else:
        other = world.enterprises[row]
        other.technology[field] = uid
        other.patents += 1
        other.patents_granted += 1
        other.learned_own += gain_knowledge(other, field, step / max(0.3, other.knowledge[field]))
