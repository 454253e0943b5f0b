"""R&D: the budget, what policy does to it, and the effort that comes of it.

Budget. An enterprise that does R&D spends a share rho_i of expected sales. Once a year rho_i is revised, satisficing:
in distress it is cut, after a year below aspiration it is raised or the rate of a better rival is copied. The tax system
moves it through the user cost, where theta is the extra deduction and tau the tax rate:

    u = (1 - tau (1 + theta)) / (1 - tau),      R_i = rho_i x expected sales x u^-e,     e = 0.5           (1)

The deduction counts in full only for enterprises with taxable profit; others carry it forward. R_i is bounded by cash and
credit. A share of what is reported is relabelled ordinary cost, more of it when there is something to gain.

Grants never enter u. An enterprise has a list of projects, equal in size, ordered by private return

    r_j = (planned / j)^(1/s),     j = 1, 2, ...      (the plan is what returns at least 1)                 (2)

and applies with all of them; the agency sees returns with noise and funds the best-looking ones. What would be
done anyway is infra-marginal and frees own money, of which enterprises short of cash spend a part on R&D; a project
beyond the plan is done if r_j >= 1 - g and if the own part can be financed. Some grants are misused: they lower cost and
add nothing. Additionality is measured, never set.

Effort.  E_i = materials^a talents^(1-a) x (1 + benefit sharing),  materials deflated by the general index, talents by
their level and use, so pay is not counted twice. Absorptive capacity needs own R&D:

    a_i = [c_i / (c_i + 0.4)] x [rho_i / (rho_i + 0.02)]                                                   (3)

Sources: (1) real user-cost elasticity -0.15 (bias-corrected meta-analysis) to -1.14 (China), relabelling 24 %
(Chen, Liu, Suarez Serrato and Xu 2021); misuse 42 % of grantees (Boeing and Peters 2021); (3) Cohen and Levinthal 1990.
"""

from __future__ import annotations

import math

from sim.accounts import OUTSIDE, claim, pay
from sim.chance import decision, happens, normal, uniform
from sim.compiled import rule
from sim.declare import measure, parameter, parameters
from sim.rules.institutes import MATERIALS
from sim.rules.meeting import some_enterprise
from sim.world import MODES


@parameters
class Research:
    """R&D budgets, grants and effort."""

    user_cost_elasticity: float = parameter(
        0.5,
        "1",
        "of real R&D to the user cost",
        (0.15, 1.2),
        source="between -0.15 (meta-analysis) and -1.14 (China)",
    )
    deduction_without_profit: float = parameter(
        0.3,
        "share",
        "present worth of a deduction that is carried forward",
        (0.0, 1.0),
        source="assumed",
    )
    relabelled: float = parameter(
        0.24,
        "share",
        "of reported R&D that is relabelled cost",
        (0.0, 0.45),
        source="Chen et al. 2021: 24.2 %",
    )
    project_spread: float = parameter(
        3.0,
        "1",
        "s: how slowly returns fall along the list of projects",
        (0.3, 5.0),
        source="assumed; P1 is the check",
    )
    agency_noise: float = parameter(
        0.8,
        "log",
        "noise in what the agency sees of a project's return",
        (0.0, 2.0),
        source="assumed; P1 is the check",
    )
    grant_projects: float = parameter(
        1.0,
        "1",
        "projects a grant programme funds per applicant and quarter",
        (1.0, 2.0),
        source="assumed",
        kind="structural",
    )
    misuse: float = parameter(
        0.42,
        "share",
        "of grantees that use a grant for other ends, at usual business environment",
        (0.0, 0.7),
        source="Boeing and Peters 2021: 42 % of grantees 2001-2011",
    )
    freed: float = parameter(
        0.15,
        "share",
        "of freed own money that goes back into R&D",
        (0.0, 1.0),
        source="assumed: money sticks where it lands; P1 is the check",
    )
    materials_share: float = parameter(
        0.4,
        "share",
        "a: weight of materials and equipment in effort",
        (0.1, 0.7),
        source="non-wage share of business R&D",
    )
    half_knowledge: float = parameter(
        0.4,
        "1",
        "capability at which half of absorption is reached",
        (0.1, 1.0),
        source="assumed",
    )
    half_intensity: float = parameter(
        0.02,
        "share",
        "R&D intensity at which half of absorption is reached",
        (0.005, 0.06),
        source="assumed",
    )
    aspiration: float = parameter(
        0.05,
        "share",
        "profit over sales below which an enterprise searches for a better way",
        (0.0, 0.2),
        source="assumed",
    )
    begin: float = parameter(
        0.12,
        "share",
        "chance to take up R&D on seeing a better rival that does it",
        (0.0, 1.0),
        source="assumed",
    )
    sharing: float = parameter(
        0.25,
        "1",
        "how much benefit sharing raises the effort of talents",
        (0.0, 1.0),
        source="assumed; sign from policy evaluations",
    )


RIVAL = decision("which rival an enterprise compares itself with")
TAKE_UP = decision("whether an enterprise takes up the R&D of a better rival")
SEEN_RETURN = decision("what a grant agency sees of a project")
MISUSE = decision("whether a grant is used for other ends")

RESEARCH_GRANT = measure("research_grant")


@rule
def tax_rate(enterprise, p):
    """The profit tax rate that an enterprise faces."""
    relief = enterprise.tax_relief if enterprise.high_technology else 0.0
    return max(0.0, p.finance.profit_tax - relief)


@rule
def user_cost_of_research(enterprise, p):
    """u of (1): 1 without extra deduction."""
    tau = tax_rate(enterprise, p)
    theta = enterprise.super_deduction
    if enterprise.last_year_profit <= 0.0:
        theta *= p.research.deduction_without_profit
    return max(0.2, (1.0 - tau * (1.0 + theta)) / (1.0 - tau))


@rule
def credit_on_plant(enterprise, p):
    """Credit that the bank would grant in all on the plant of an enterprise."""
    guaranteed = 1.0 + p.finance.guarantee_help * enterprise.credit_guarantee
    return p.finance.leverage * guaranteed * enterprise.capital


@rule
def borrowing_room(enterprise, p):
    """Credit for plant and projects that the bank would still grant."""
    return max(0.0, credit_on_plant(enterprise, p) - enterprise.debt)


@rule
def plan_research(world, p, now):
    """Budgets by (1), grants by (2), effort and absorptive capacity (3)."""
    region = world.region[0]
    for enterprise in world.enterprises:
        if not enterprise.alive:
            continue
        if enterprise.research_intensity <= 0.0:
            enterprise.absorptive = 0.0
            enterprise.research_added = 0.0
            continue
        expected_sales = enterprise.expected_orders * enterprise.price
        wanted = (
            enterprise.research_intensity
            * expected_sales
            * user_cost_of_research(enterprise, p) ** (-p.research.user_cost_elasticity)
        )
        can = max(0.0, 0.5 * enterprise.cash + 0.1 * borrowing_room(enterprise, p))
        share = p.talents.research_pay
        pay_of_researchers = min(enterprise.talent_pay, share * wanted)
        materials = min(max(0.0, wanted - pay_of_researchers), can)
        enterprise.research = pay_of_researchers + materials
        enterprise.research_own = enterprise.research
        extra = 0.0
        if enterprise.research_grant > 0.0:
            extra = apply_for_grants(world, p, now, enterprise)
            # Granted projects have researchers, too: their posts are on next quarter's plan (chapter "talents").
            materials += extra - min(share * extra, max(0.0, enterprise.talent_pay - pay_of_researchers))
        enterprise.research_added = (wanted + extra) / max(
            1e-9, enterprise.research_intensity * expected_sales
        ) - 1.0
        pay(world, enterprise, MATERIALS, OUTSIDE, materials)
        enterprise.other_costs += materials
        gain_from_label = p.research.relabelled * (1.0 + 0.5 * enterprise.super_deduction)
        enterprise.research_reported = enterprise.research / (1.0 - min(0.6, gain_from_label))
        people = (enterprise.local_talents + enterprise.introduced_talents) * enterprise.talent_quality
        effort = (
            (materials / region.general_index) ** p.research.materials_share
            * people ** (1.0 - p.research.materials_share)
            * (1.0 + p.research.sharing * region.inventors_share)
        )
        for mode in range(MODES):
            enterprise.effort[mode] = enterprise.propensity[mode] * effort
        known = enterprise.capability / (enterprise.capability + p.research.half_knowledge)
        active = enterprise.research_intensity / (enterprise.research_intensity + p.research.half_intensity)
        enterprise.absorptive = known * active


@rule
def apply_for_grants(world, p, now, enterprise):
    """Grants by (2). Returns the extra materials; books what is granted, added and misused."""
    region = world.region[0]
    share = min(0.9, enterprise.research_grant)
    planned = 4
    size = enterprise.research / planned
    if size <= 0.0:
        return 0.0
    extra = 0.0
    picked = -1
    for _ in range(int(p.research.grant_projects)):
        best = -1e9
        last = picked
        for j in range(1, planned + 4):
            seen = math.log(planned / j) / p.research.project_spread + p.research.agency_noise * normal(
                now, SEEN_RETURN, enterprise.uid, j
            )
            if seen > best and j != last:
                best, picked = seen, j
        granted = share * size
        misuse = p.research.misuse * max(0.0, 1.0 - region.business_environment)
        if happens(misuse, now, MISUSE, enterprise.uid, picked):
            enterprise.misused += granted
        elif picked <= planned:
            enterprise.research_own -= granted
            extra += p.research.freed * granted
            enterprise.research_own += p.research.freed * granted
        else:
            own = (1.0 - share * region.paid_share) * size
            worth = (planned / picked) ** (1.0 / p.research.project_spread)
            if worth < 1.0 - share * region.paid_share or enterprise.cash < own:
                continue  # not worth it even with the grant, or no money for the own part: not claimed
            extra += size
            enterprise.research_own += own
        claim(world, RESEARCH_GRANT, enterprise, granted)
        enterprise.research_granted += granted
    enterprise.research += extra
    return extra


@rule
def revise_research(world, p, now):
    """Once a year, each in its own quarter: search for a better R&D rate after a poor year."""
    for place in range(len(world.enterprises)):
        enterprise = world.enterprises[place]
        if not enterprise.alive or (now.t + enterprise.uid) % 4 != 0 or now.t - enterprise.founded < 4:
            continue
        usual = world.processes[enterprise.process].research_intensity
        if enterprise.distress > 1:
            enterprise.research_intensity *= 0.7
        profit = enterprise.last_year_profit / max(1e-9, enterprise.last_year_sales)
        if profit < p.research.aspiration and enterprise.distress == 0:
            rival = find_rival(world, now, enterprise, place)
            if rival >= 0:
                better = world.enterprises[rival]
                theirs = better.last_year_profit / max(1e-9, better.last_year_sales)
                if theirs > profit:
                    copy_research(world, p, now, enterprise, better)
        elif enterprise.research_intensity > 0.0:
            # Success lets the rate drift to what is usual in the trade, with some play.
            pull = 0.9 + 0.2 * uniform(now, RIVAL, enterprise.uid, 99)
            enterprise.research_intensity += 0.2 * (usual * pull - enterprise.research_intensity)
        if enterprise.research_intensity < 0.002:
            enterprise.research_intensity = 0.0


@rule
def find_rival(world, now, enterprise, place):
    """A sampled enterprise of the same stage, or -1."""
    for attempt in range(7):
        at = some_enterprise(world, now, RIVAL, enterprise.uid, attempt)
        if at != place and world.enterprises[at].stage == enterprise.stage:
            return at
    return -1


@rule
def copy_research(world, p, now, enterprise, better):
    """Move half-way to a better rival's rate; taking up R&D at all is a decision of its own."""
    if enterprise.research_intensity > 0.0:
        enterprise.research_intensity += 0.5 * (better.research_intensity - enterprise.research_intensity)
    elif better.research_intensity > 0.0 and happens(p.research.begin, now, TAKE_UP, enterprise.uid, 0):
        enterprise.research_intensity = 0.5 * better.research_intensity
