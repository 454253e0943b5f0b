"""Spillovers: learning from neighbours, a little from outside, and what comes with new plant.

    dln k_if = chi a_i (1 - guard) sum_n w_in max(0, ln k_nf - ln k_if),   sum_n w_in = 1 - exp(-contacts_i / d0)  (1)
    dln k_if = chi_out a_i max(0, ln(1 / k_if))                                                         (2)
    dln k_if = embodied x max(0, ln(codified / k_if))                                                   (3)
    chance that i imitates n = imitation a_i (1 - guard) w_in                                           (4)

Neighbours are suppliers, research partners and a few enterprises met by chance; known ones weigh by trust. The weights
sum to less than one: a sum over neighbours would scale with their number; chance meetings grow with the logarithm of how many
there are. Protection of intellectual property dampens (1) and (4). The codified part of the world's knowledge comes with plant
and standards and needs no R&D of one's own (3). Who imitates (4) takes the neighbour's technology into use in the field
where the lead weighs most, and improves that from then on.
Sources: (1) and (2) Bottazzi and Peri 2003: elasticity 0.8-0.9 in the own region, 0.02-0.03 beyond.
"""

from __future__ import annotations

import math

from sim.chance import decision, uniform
from sim.compiled import rule
from sim.declare import parameter, parameters
from sim.rules.innovations import gain_knowledge, take_over
from sim.rules.joint_projects import partner_alive
from sim.rules.meeting import meetings, some_enterprise
from sim.rules.search import protection
from sim.world import PARTNERS, SUPPLIERS


@parameters
class Spillovers:
    """How knowledge leaks."""

    local: float = parameter(
        0.05,
        "1/quarter",
        "chi: share of a neighbour's lead that is learnt",
        (0.0, 0.2),
        source="Bottazzi and Peri 2003 (ratio to outside)",
    )
    outside: float = parameter(
        0.002, "1/quarter", "chi_out", (0.0, 0.02), source="Bottazzi and Peri 2003 (ratio to local)"
    )
    contacts: float = parameter(
        3.0, "1", "d0: contacts at which most of what can be learnt is learnt", (0.5, 10.0), source="assumed"
    )
    imitation: float = parameter(
        3.0,
        "1/quarter",
        "rate at which a neighbour's technology is imitated at full absorption and many contacts",
        (0.0, 6.0),
        source="fitted; ten to ninety per cent of adopters in 5 to 20 years (Griliches, Mansfield) is the check",
    )
    guard: float = parameter(
        0.6, "share", "of (1) and (4) that full protection stops", (0.0, 1.0), source="assumed"
    )
    embodied: float = parameter(
        0.004,
        "1/quarter",
        "pace of codified knowledge",
        (0.0, 0.1),
        source="assumed, low: a part of what comes with plant, which lives about ten years",
    )
    codified: float = parameter(
        0.3,
        "1",
        "knowledge that comes with plant and standards over the frontier",
        (0.1, 0.8),
        source="assumed",
    )
    met: float = parameter(
        1.0,
        "1",
        "mean number of enterprises met by chance a quarter among a hundred",
        (0.0, 4.0),
        source="assumed",
        kind="structural",
    )


USUAL_NUMBER = 100.0  # enterprises of the cluster of which `met` is told
MEETINGS = decision("how many enterprises are met by chance")
MEET = decision("which enterprise is met by chance")
IMITATE = decision("whose technology is imitated")


@rule
def spill_over(world, p, now):
    """Knowledge gained by (1) to (3), technology imitated by (4)."""
    fields = len(world.fields)
    unguarded = 1.0 - p.spillovers.guard * protection(world, p)
    living = max(1.0, world.region[0].living)
    met = p.spillovers.met * max(0.0, 1.0 + math.log(living / USUAL_NUMBER))
    for enterprise in world.enterprises:
        if not enterprise.alive:
            continue
        weight = world.processes[enterprise.process].weight
        for field in range(fields):
            if weight[field] > 0.0:
                codified = math.log(max(1.0, p.spillovers.codified / enterprise.knowledge[field]))
                outside = enterprise.absorptive * math.log(max(1.0, 1.0 / enterprise.knowledge[field]))
                enterprise.learned_outside += gain_knowledge(
                    enterprise, field, p.spillovers.embodied * codified + p.spillovers.outside * outside
                )
        if enterprise.absorptive > 0.0:
            learn_from_neighbours(world, p, now, enterprise, unguarded * enterprise.absorptive, met)


@rule
def learn_from_neighbours(world, p, now, enterprise, openness, met):
    """(1) and (4) over suppliers, partners and chance meetings."""
    met = meetings(met * (1.0 + enterprise.coordination), now, MEETINGS, enterprise.uid, 0)
    contacts = 0.0
    for slot in range(SUPPLIERS):
        if supplier_alive(world.enterprises, enterprise, slot):
            contacts += 0.3 + enterprise.supplier_trust[slot]
    for slot in range(PARTNERS):
        if partner_alive(world.enterprises, world.institutes, enterprise, slot):
            contacts += 0.3 + enterprise.partner_trust[slot]
    contacts += 0.3 * met
    if contacts <= 0.0:
        return
    each = openness * (1.0 - math.exp(-contacts / p.spillovers.contacts)) / contacts
    mark = uniform(now, IMITATE, enterprise.uid, 0)
    for slot in range(SUPPLIERS):
        if supplier_alive(world.enterprises, enterprise, slot):
            other = world.enterprises[enterprise.supplier[slot]]
            share = each * (0.3 + enterprise.supplier_trust[slot])
            mark = learn(world, p, enterprise, other.knowledge, other.technology, share, mark)
    for slot in range(PARTNERS):
        if partner_alive(world.enterprises, world.institutes, enterprise, slot):
            row = enterprise.partner[slot]
            share = each * (0.3 + enterprise.partner_trust[slot])
            if enterprise.partner_institute[slot]:
                home = world.institutes[row]
                mark = learn(world, p, enterprise, home.knowledge, home.technology, share, mark)
            else:
                other = world.enterprises[row]
                mark = learn(world, p, enterprise, other.knowledge, other.technology, share, mark)
    for look in range(met):
        at = some_enterprise(world, now, MEET, enterprise.uid, look)
        other = world.enterprises[at]
        mark = learn(world, p, enterprise, other.knowledge, other.technology, 0.3 * each, mark)


@rule
def learn(world, p, enterprise, knowledge, technology, share, mark):
    """Close a share of another's lead in the fields of one's product; imitate it when the mark falls to it.

    Returns the mark, less the chance of having imitated this one.
    """
    weight = world.processes[enterprise.process].weight
    best, envied = 0.0, -1
    for field in range(len(world.fields)):
        if weight[field] > 0.0 and knowledge[field] > enterprise.knowledge[field]:
            lead = math.log(knowledge[field] / enterprise.knowledge[field])
            if technology[field] > 0 and weight[field] * lead > best:
                best, envied = weight[field] * lead, field
            gain = gain_knowledge(enterprise, field, p.spillovers.local * share * lead)
            enterprise.learned_local += gain
    left = mark - p.spillovers.imitation * share
    if left < 0.0 <= mark and envied >= 0:
        take_over(world, enterprise, envied, technology[envied])
    return left


@rule
def supplier_alive(enterprises, enterprise, slot):
    """Whether the supplier in a slot is still the one whom the enterprise knew."""
    uid = enterprise.supplier_uid[slot]
    row = enterprise.supplier[slot]
    return uid != 0 and bool(enterprises[row].alive) and enterprises[row].uid == uid
