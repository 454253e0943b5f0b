"""Original innovation: own search, small steps often, a radical one rarely, patents.

    arrivals = lambda (E_i / E_ref)^alpha / complexity,    E_i the effort in this mode                    (1)
    dln k_if = step x (1 / k_if)^omega                                                                  (2)

The field is drawn by the product's weights. lambda is solved at the founding so that the median research-active enterprise
at usual R&D keeps its gap to the frontier; E_ref falls as pay rises against other prices, like the people that a usual
budget buys, so effort becomes neither more nor less effective because the world is richer. A radical step is an element of its own; a small one improves the technology in use.
Protection makes patents worth taking and original work worth doing (the score of the mode), and dampens spillovers
(chapter "spillovers"). It also lets the owners of what one builds on say no: a small step needs elements in number like the
product's complexity; others hold patents on a part of them, which count as far as they are protected:

    chance that nobody stands in the way = (1 - covered x protection)^complexity                          (3)

A radical step builds on nobody. lambda is solved for the protection without policy.

Patents earn royalties from outside, the more the better they are protected; the inventors get their share of them:

    income = royalty x patents x protection x G x (1 - inventors' share)                                 (4)

The three modes are learned by reinforcement (Roth and Erev 1995): each mode's score remembers what it brought, and
propensities follow scores slowly, never below a floor.
Sources: step sizes skewed (Silverberg and Verspagen 2004); (2) model 10.5; (3) cumulative innovation (Scotchmer 1991), the
anticommons (Heller and Eisenberg 1998), thickets in complex products (Shapiro 2001).
"""

from __future__ import annotations

import math

from sim.accounts import HOUSEHOLDS, OUTSIDE, pay, receive
from sim.chance import decision, happens, normal, poisson, uniform
from sim.compiled import rule
from sim.declare import money, parameter, parameters
from sim.rules.innovations import gain_knowledge, record_innovation
from sim.rules.institutes import INVENTORS_PAY
from sim.rules.talents import pick_discipline
from sim.world import MODES, ORIGINAL


@parameters
class Search:
    """Own search and learning which mode pays."""

    alpha: float = parameter(
        0.45, "1", "returns to effort", (0.3, 0.6), source="model 10.5; patents-R&D elasticities below 1"
    )
    omega: float = parameter(
        2.0, "1", "the harder the nearer to the frontier", (1.0, 2.0), source="model 10.5"
    )
    step: float = parameter(
        0.035, "log", "median of a small step", (0.01, 0.1), source="assumed: a handful of steps keep a gap"
    )
    spread: float = parameter(
        0.8,
        "log",
        "spread of steps",
        (0.2, 1.5),
        source="skewed values of innovations (Silverberg and Verspagen 2004)",
    )
    radical: float = parameter(0.04, "share", "of steps that are radical", (0.0, 0.2), source="assumed: rare")
    radical_factor: float = parameter(
        5.0, "1", "size of a radical step over a small one", (1.0, 20.0), source="assumed"
    )
    keep_up: float = parameter(
        0.08,
        "share",
        "of the frontier's growth that the median enterprise matches by own search at usual R&D",
        (0.05, 1.0),
        source="assumed: the rest comes from joint projects, introduction, plant and neighbours",
    )
    patent: float = parameter(
        0.35, "share", "of steps patented at usual protection", (0.05, 0.9), source="assumed"
    )
    protection: float = parameter(
        0.45,
        "share",
        "level of intellectual-property protection without policy",
        (0.0, 1.0),
        source="assumed: middle of international indices for China after 2011",
    )
    covered: float = parameter(
        0.3,
        "share",
        "of the elements that a step builds on that are under patents of others who do not license",
        (0.0, 0.8),
        source="assumed; the magnet patents of one Japanese holder closed markets to most Chinese makers until 2014",
    )
    royalty: float = parameter(
        0.03,
        "million CNY/quarter",
        "royalties of a patent at full protection and 2011 prices",
        (0.0, 0.3),
        source="assumed: few patents are licensed, half of the value lies in a twentieth of them",
    )
    memory: float = parameter(
        0.94, "1/quarter", "how long a mode's yield is remembered", (0.8, 0.99), source="assumed"
    )
    floor: float = parameter(
        0.08, "share", "least propensity of a mode", (0.0, 0.2), source="Roth and Erev 1995: experimentation"
    )
    adapt: float = parameter(
        0.06, "1/quarter", "pace at which propensities follow scores", (0.0, 0.3), source="assumed"
    )


ROYALTIES = money("royalties from outside")
FIND = decision("how many steps own search brings")
IN_FIELD = decision("in which field a step is made")
STEP = decision("how large a step is")
RADICAL = decision("whether a step is radical")
PATENT = decision("whether a step is patented")
BLOCKED = decision("whether the owner of what a step builds on says no")


@rule
def protection(world, p):
    """Intellectual-property protection in force, 0 to 1."""
    return min(1.0, max(0.0, p.search.protection + world.region[0].protection_change))


@rule
def free_to_build(process, guard, p):
    """(3)."""
    return (1.0 - p.search.covered * guard) ** process.complexity


@rule
def search_originally(world, p, now):
    """Own search by (1) to (3)."""
    region = world.region[0]
    guard = protection(world, p)
    for enterprise in world.enterprises:
        if not enterprise.alive or enterprise.effort[ORIGINAL] <= 0.0:
            continue
        process = world.processes[enterprise.process]
        total = enterprise.effort[ORIGINAL] / max(1e-9, enterprise.propensity[ORIGINAL])
        relative = total / (process.effort_reference * region.effort_reference)
        arrivals = (
            3.0
            * enterprise.propensity[ORIGINAL]
            * region.discovery
            * relative**p.search.alpha
            / process.complexity
        )
        number = poisson(min(4.0, arrivals), now, FIND, enterprise.uid, 0)
        for each in range(min(3, number)):
            field = pick_discipline(
                process.weight, len(world.fields), uniform(now, IN_FIELD, enterprise.uid, each)
            )
            radical = happens(p.search.radical, now, RADICAL, enterprise.uid, each)
            blocked = 1.0 - free_to_build(process, guard, p)
            if not radical and happens(blocked, now, BLOCKED, enterprise.uid, each):
                region.steps_blocked += 1
                continue
            step = p.search.step * math.exp(p.search.spread * normal(now, STEP, enterprise.uid, each))
            if radical:
                step *= p.search.radical_factor
            patented = happens(p.search.patent * (0.5 + guard), now, PATENT, enterprise.uid, each)
            parent = 0 if radical else enterprise.technology[field]
            uid = record_innovation(
                world, now, ORIGINAL, field, step, enterprise.uid, 0, parent, 0, False, False, patented
            )
            enterprise.technology[field] = uid
            enterprise.innovations[world.innovations[uid - 1].kind] += 1
            enterprise.patents += patented
            enterprise.patents_granted += patented
            gain = gain_knowledge(
                enterprise, field, step * max(0.2, enterprise.knowledge[field]) ** (-p.search.omega)
            )
            enterprise.learned_own += gain
            enterprise.score[ORIGINAL] += (
                gain * process.weight[field] * enterprise.year_sales * (0.7 + 0.6 * guard)
            )


@rule
def earn_royalties(world, p, now):
    """Income from patents by (4)."""
    region = world.region[0]
    rate = p.search.royalty * protection(world, p) * region.general_index
    for enterprise in world.enterprises:
        if enterprise.alive and enterprise.patents > 0.0:
            income = rate * enterprise.patents
            receive(world, enterprise, ROYALTIES, OUTSIDE, income)
            shared = min(1.0, region.inventors_share) * income
            pay(world, enterprise, INVENTORS_PAY, HOUSEHOLDS, shared)
            enterprise.invention_income += income - shared
            enterprise.score[ORIGINAL] += income - shared


@rule
def learn_modes(world, p, now):
    """Propensities follow what the modes brought."""
    for enterprise in world.enterprises:
        if not enterprise.alive:
            continue
        enterprise.patents *= 0.98
        total = 0.0
        for mode in range(MODES):
            enterprise.score[mode] *= p.search.memory
            total += enterprise.score[mode]
        if total > 0.0:
            for mode in range(MODES):
                target = p.search.floor + (1.0 - MODES * p.search.floor) * enterprise.score[mode] / total
                enterprise.propensity[mode] += p.search.adapt * (target - enterprise.propensity[mode])
