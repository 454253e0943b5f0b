"""Introduced technology: pay, use, digest, re-innovate.

An enterprise that lags may pay for technology from outside. The licence lends knowledge L in one field while it runs;
what is not digested leaves with it.

    effective k_if  = max(k_if, L)                     while the licence runs                          (1)
    digestion       = share x fee,  share = d0 (0.5 + a_i) / (1 - support)                             (2)
    dln k_if        = pace x a_i x digestion / (digestion + half x fee) x max(0, ln(L / k_if))         (3)
    chance of an improvement of one's own = 1 - exp(-y a_i digestion / fee)                            (4)

With no digestion (3) and (4) are nil: bought technology is used, not learnt. The licence is an innovation that is
bought; when most of the gap is closed a copy of one's own is recorded (assimilated); improvements (4) descend from it
(re-innovation). Access to outside technology can be opened or closed by policy and from outside.
Sources: Cohen and Levinthal 1990; Li 2011 and Hu, Jefferson and Qian 2005: import alone does not raise innovation, with
own R&D it does; digestion over introduction in large Chinese enterprises 0.05 to 0.4, in Japan and Korea above 3.
"""

from __future__ import annotations

import math

from sim.accounts import HOUSEHOLDS, OUTSIDE, claim, pay
from sim.chance import decision, happens, normal
from sim.compiled import rule
from sim.declare import measure, money, parameter, parameters
from sim.rules.innovations import FROM_OUTSIDE, gain_knowledge, record_innovation
from sim.rules.management import take_attention
from sim.world import INTRODUCING


@parameters
class Introduction:
    """Licences and their digestion."""

    begin: float = parameter(
        0.02,
        "1/quarter",
        "chance to take a licence at full propensity and open access",
        (0.0, 0.3),
        source="assumed",
    )
    access: float = parameter(
        0.6, "share", "access to outside technology without policy", (0.0, 1.0), source="assumed"
    )
    quarters: float = parameter(
        16.0, "quarter", "length of a licence", (4.0, 40.0), source="assumed: three to five years"
    )
    fee: float = parameter(
        0.015,
        "share",
        "fee over expected sales for the full gap",
        (0.0, 0.06),
        source="royalties of 1 to 5 % of sales",
    )
    level: float = parameter(
        0.85,
        "1",
        "knowledge that a licence lends over the frontier",
        (0.5, 1.0),
        source="assumed: owners keep the newest",
    )
    digestion: float = parameter(
        0.25,
        "share",
        "d0: digestion over fees without support",
        (0.0, 3.0),
        source="0.05 to 0.4 in statistics of large Chinese enterprises",
    )
    pace: float = parameter(
        0.25, "1/quarter", "share of the gap closed by full digestion", (0.02, 0.4), source="assumed"
    )
    half: float = parameter(
        0.5, "1", "digestion over fees that is half effective", (0.1, 5.0), source="assumed"
    )
    improvement: float = parameter(0.12, "1", "y: improvements from digestion", (0.0, 1.0), source="assumed")
    step: float = parameter(0.03, "log", "size of an improvement", (0.01, 0.1), source="as own search")
    gap: float = parameter(
        0.15, "log", "gap to the licence below which none is taken", (0.0, 0.6), source="assumed"
    )


LICENSE = decision("whether an enterprise takes a licence for outside technology")
IMPROVE = decision("whether digested technology leads to an improvement of one's own")
IMPROVEMENT_SIZE = decision("how large an improvement of introduced technology is")

LICENCE_FEES = money("licence fees to the outside")
DIGESTION = money("digestion of introduced technology")
DIGESTION_SUPPORT = measure("digestion_support")


@rule
def introduce_technology(world, p, now):
    """Licences are taken, paid, digested (2)-(4), and end."""
    region = world.region[0]
    access = min(1.0, max(0.0, p.introduction.access + region.licence_opening))
    for enterprise in world.enterprises:
        if not enterprise.alive:
            continue
        if enterprise.licence_until > now.t:
            use_licence(world, p, now, enterprise)
            continue
        enterprise.licence_lift = 0.0
        field = main_field(world.processes[enterprise.process].weight, len(world.fields))
        behind = math.log(p.introduction.level / enterprise.knowledge[field])
        chance = p.introduction.begin * 3.0 * enterprise.propensity[INTRODUCING] * access
        if (
            behind > p.introduction.gap
            and enterprise.distress == 0
            and happens(chance, now, LICENSE, enterprise.uid, 0)
            and enterprise.cash > 4.0 * licence_fee(enterprise, p)
            and take_attention(enterprise, p.management.licence_needs)
        ):
            enterprise.licence_until = now.t + int(p.introduction.quarters)
            enterprise.licence_field = field
            enterprise.licence_lift = p.introduction.level
            enterprise.licence_digested = 0.0
            enterprise.licence_technology = record_innovation(
                world, now, INTRODUCING, field, behind, enterprise.uid, 0, FROM_OUTSIDE, 0, True, False, False
            )
            enterprise.innovations[world.innovations[enterprise.licence_technology - 1].kind] += 1


@rule
def main_field(weight, fields):
    """The field that matters most for a product."""
    best = 0
    for field in range(fields):
        if weight[field] > weight[best]:
            best = field
    return best


@rule
def licence_fee(enterprise, p):
    """A quarter's fee."""
    return p.introduction.fee * enterprise.expected_orders * enterprise.price


@rule
def use_licence(world, p, now, enterprise):
    """Pay the fee, digest, learn, sometimes improve."""
    region = world.region[0]
    field = enterprise.licence_field
    fee = licence_fee(enterprise, p)
    pay(world, enterprise, LICENCE_FEES, OUTSIDE, fee)
    enterprise.licence_fees += fee
    enterprise.other_costs += fee
    if fee <= 0.0 or enterprise.absorptive <= 0.0:
        return
    support = min(0.9, enterprise.digestion_support * region.paid_share)
    share = p.introduction.digestion * (0.5 + enterprise.absorptive) / (1.0 - support)
    digestion = min(share * fee, 0.2 * max(0.0, enterprise.cash))
    pay(world, enterprise, DIGESTION, HOUSEHOLDS, digestion)
    enterprise.digestion += digestion
    enterprise.other_costs += digestion
    if enterprise.digestion_support > 0.0:
        claim(world, DIGESTION_SUPPORT, enterprise, min(0.9, enterprise.digestion_support) * digestion)
    behind = math.log(max(1.0, enterprise.licence_lift / enterprise.knowledge[field]))
    effective = digestion / (digestion + p.introduction.half * fee)
    gain = gain_knowledge(enterprise, field, p.introduction.pace * enterprise.absorptive * effective * behind)
    enterprise.learned_outside += gain
    weight = world.processes[enterprise.process].weight[field]
    enterprise.score[INTRODUCING] += max(0.0, gain * weight * enterprise.year_sales - 0.1 * fee)
    before = enterprise.licence_digested
    enterprise.licence_digested = min(1.0, before + p.introduction.pace * enterprise.absorptive * effective)
    if before < 0.5 <= enterprise.licence_digested:
        uid = record_innovation(
            world,
            now,
            INTRODUCING,
            field,
            0.0,
            enterprise.uid,
            0,
            enterprise.licence_technology,
            0,
            False,
            True,
            False,
        )
        enterprise.technology[field] = uid
        enterprise.innovations[world.innovations[uid - 1].kind] += 1
    chance = 1.0 - math.exp(-p.introduction.improvement * enterprise.absorptive * digestion / fee)
    if happens(chance, now, IMPROVE, enterprise.uid, 0):
        improve_introduced(world, p, now, enterprise, field, weight)


@rule
def improve_introduced(world, p, now, enterprise, field, weight):
    """A step of one's own on introduced technology: it descends from what has been digested, or from the licence."""
    step = p.introduction.step * math.exp(0.5 * normal(now, IMPROVEMENT_SIZE, enterprise.uid, 0))
    own = enterprise.technology[field]
    parent = own if own > 0 and enterprise.licence_digested >= 0.5 else enterprise.licence_technology
    uid = record_innovation(
        world, now, INTRODUCING, field, step, enterprise.uid, 0, parent, 0, False, False, True
    )
    enterprise.technology[field] = uid
    enterprise.innovations[world.innovations[uid - 1].kind] += 1
    enterprise.patents += 1
    enterprise.patents_granted += 1
    gain = gain_knowledge(enterprise, field, step / max(0.2, enterprise.knowledge[field]))
    enterprise.learned_own += gain
    enterprise.score[INTRODUCING] += gain * weight * enterprise.year_sales
