"""Commercialisation: knowledge becomes quality and productivity, later and not of itself.

    capability  c_ij = prod_f (effective k_if)^w_jf                                                     (1)
    quality     q   += pace_q (1 + practice + services) / 2 x (c^a - q)                                 (2)
    productivity A  += pace_A (practice + modernisation) x (c^b l(experience) (1 - u (1 - staffing)) - A)   (3)
    learning by doing  l = min(1, (cumulated output / mature output))^e,  e = -log2(progress ratio)     (4)

What is learnt by doing moves A at once, what is known with the lag of (3).

Staffing is engineers at work over those that the plant needs (chapter "talents"): a plant without them runs less well.
Services are tests, pilot runs and information bought from testing and information centres, one
after the other; when the local ones are full, a test is bought outside at a higher price and takes longer. Modernisation is
spending on process equipment (technological transformation): more of it the larger the gap, and the cheaper policy
makes it. Certification, which some markets ask for, needs tests and time; a certificate comes up for renewal after some
years and lapses where quality has fallen behind. High-technology status, which the reduced
profit tax asks for, is given yearly on reported R&D over sales, with thresholds that fall with size.

Sources: (4) Wright; progress ratios 0.75 to 0.95 (Nagy et al. 2013); thresholds of 3, 4 and 6 % of the high-technology
status (Chen et al. 2021).
"""

from __future__ import annotations

import math

from sim.accounts import OUTSIDE, claim, pay, pay_institute
from sim.chance import decision, happens, uniform
from sim.compiled import rule
from sim.declare import measure, money, parameter, parameters
from sim.rules.institutes import SERVICES


@parameters
class Commercialisation:
    """From knowledge to quality, productivity, certificates."""

    quality_pace: float = parameter(
        0.09, "1/quarter", "pace of quality", (0.02, 0.4), source="assumed: three years to market"
    )
    productivity_pace: float = parameter(
        0.08, "1/quarter", "pace of productivity", (0.02, 0.4), source="assumed"
    )
    quality_power: float = parameter(1.0, "1", "a: quality over capability", (0.3, 1.5), source="assumed")
    productivity_power: float = parameter(
        0.6,
        "1",
        "b: productivity over capability",
        (0.1, 1.0),
        source="p90/p10 of productivity 1.5 to 4 (Syverson 2011)",
    )
    progress: float = parameter(
        0.86,
        "1",
        "progress ratio of learning by doing",
        (0.75, 0.95),
        source="Nagy et al. 2013: 0.75 to 0.95",
    )
    mature: float = parameter(
        28.0, "quarter", "full output that makes a plant mature", (4.0, 40.0), source="assumed"
    )
    understaffed: float = parameter(
        0.3,
        "share",
        "u: productivity lost by a plant without any engineers",
        (0.0, 0.6),
        source="assumed; skill shares in plant productivity studies",
    )
    service_gap: float = parameter(
        0.02, "1", "gap to capability that makes tests worth asking for", (0.0, 0.1), source="assumed"
    )
    service_help: float = parameter(
        1.0, "1", "how much a test speeds quality", (0.0, 3.0), source="assumed; E4 is the check"
    )
    outside_price: float = parameter(
        0.25,
        "million CNY",
        "price of a test outside at 2011 prices",
        (0.05, 1.0),
        source="assumed: three times the local price",
    )
    outside_wish: float = parameter(
        0.3, "share", "of turned-away tests that are bought outside", (0.0, 1.0), source="assumed"
    )
    modernisation: float = parameter(
        0.002,
        "1/quarter",
        "spending on modernisation over plant per unit of relative gap 0.1",
        (0.0, 0.02),
        source="assumed",
    )
    modernisation_response: float = parameter(
        1.0, "1", "of modernisation to its price", (0.0, 3.0), source="assumed"
    )
    modernisation_help: float = parameter(
        250.0, "1", "how much spending over plant speeds productivity", (0.0, 500.0), source="assumed"
    )
    certificate_cost: float = parameter(
        0.8, "million CNY", "cost of a product certificate at 2011 prices", (0.1, 5.0), source="assumed"
    )
    certificate_quarters: float = parameter(
        5.0, "quarter", "time of a certification without local tests", (2.0, 12.0), source="assumed"
    )
    certificate_quality: float = parameter(
        0.55, "1", "quality needed for a certificate, over the frontier", (0.2, 0.9), source="assumed"
    )
    certificate_wish: float = parameter(
        0.03, "1/quarter", "chance to apply at full cost", (0.0, 0.3), source="assumed"
    )
    certificate_life: float = parameter(
        12.0,
        "quarter",
        "mean time between renewals of a certificate",
        (4.0, 40.0),
        source="certificates of quality systems run three years",
    )


APPLY_CERTIFICATE = decision("whether an enterprise applies for a product certificate")
RENEW_CERTIFICATE = decision("whether a certificate comes up for renewal")
TEST_OUTSIDE = decision("whether a test is bought outside")
SERVICE_ORDER = decision("at which testing centre an enterprise asks")

TRANSFORMATION = money("process modernisation")
TRANSFORMATION_SUBSIDY = measure("transformation_subsidy")
CERTIFICATION_SUPPORT = measure("product_certification_support")


@rule
def see_capability(world, p, now):
    """(1), with the licence's lift where one runs, and the cluster's mean knowledge per field."""
    fields = len(world.fields)
    members = 0
    for area in range(fields):
        world.fields[area].local_stock = 0.0
    for enterprise in world.enterprises:
        if not enterprise.alive:
            continue
        members += 1
        weight = world.processes[enterprise.process].weight
        logs = 0.0
        for field in range(fields):
            world.fields[field].local_stock += enterprise.knowledge[field]
            if weight[field] > 0.0:
                known = enterprise.knowledge[field]
                if enterprise.licence_until > now.t and enterprise.licence_field == field:
                    known = max(known, enterprise.licence_lift)
                logs += weight[field] * math.log(known)
        enterprise.capability = math.exp(logs)
    for area in range(fields):
        world.fields[area].local_stock /= max(1, members)


@rule
def capability_for(knowledge, process, fields):
    """(1) for any process, from own knowledge: how close an actor is to a product."""
    logs = 0.0
    for field in range(fields):
        if process.weight[field] > 0.0:
            logs += process.weight[field] * math.log(max(0.01, knowledge[field]))
    return math.exp(logs)


@rule
def experience_factor(enterprise, p):
    """l of (4)."""
    return experience_effect(
        enterprise.experience / (p.commercialisation.mature * max(1e-9, enterprise.capacity)), p
    )


@rule
def experience_effect(relative, p):
    """l of (4) for experience relative to that of a mature plant."""
    exponent = -math.log(p.commercialisation.progress) / math.log(2.0)
    return min(1.0, max(0.05, relative)) ** exponent


@rule
def staffing(enterprise, process, p):
    """Engineers at work over those that the plant needs, at most 1."""
    needed = p.talents.engineers * process.talents * (enterprise.capacity / process.typical_scale) ** 0.7
    at_work = (enterprise.local_talents + enterprise.introduced_talents) * enterprise.talent_quality
    return min(1.0, at_work / max(0.5, needed))


@rule
def commercialise(world, p, now):
    """Quality by (2), productivity by (3), new-product share, certificates."""
    region = world.region[0]
    for enterprise in world.enterprises:
        if not enterprise.alive:
            continue
        target = enterprise.capability**p.commercialisation.quality_power
        gap = target - enterprise.quality
        helped = 0.0
        if gap > p.commercialisation.service_gap and enterprise.distress == 0:
            helped = buy_test(world, p, now, enterprise)
        speed = (
            p.commercialisation.quality_pace
            * 0.5
            * (1.0 + enterprise.practice + p.commercialisation.service_help * helped)
        )
        enterprise.quality += min(1.0, speed) * gap
        enterprise.new_product += min(
            1.0 - enterprise.new_product, 4.0 * max(0.0, speed * gap) / max(0.2, enterprise.quality)
        )
        enterprise.new_product *= 11.0 / 12.0
        process = world.processes[enterprise.process]
        # What is learnt by doing shows at once, what is known with a lag.
        learnt = experience_factor(enterprise, p)
        enterprise.productivity *= learnt / enterprise.experience_known
        enterprise.experience_known = learnt
        best = enterprise.capability**p.commercialisation.productivity_power * learnt
        best *= 1.0 - p.commercialisation.understaffed * (1.0 - staffing(enterprise, process, p))
        lag = best - enterprise.productivity
        modern = modernise(world, p, enterprise, lag)
        enterprise.productivity += (
            min(0.5, p.commercialisation.productivity_pace * (0.5 + 0.5 * enterprise.practice + modern)) * lag
        )
        certify(world, p, now, enterprise)
        if (now.t + enterprise.uid) % 4 == 0:
            judge_status(enterprise, region)


@rule
def buy_test(world, p, now, enterprise):
    """Ask two centres at most; returns 1 for a local test, 0.4 for one outside, 0 for none."""
    region = world.region[0]
    number = region.living_institutes
    start = int(uniform(now, SERVICE_ORDER, enterprise.uid, 0) * number)
    asked = 0
    for step in range(number):
        institute = world.institutes[world.living_institutes[(start + step) % number]]
        if institute.service_capacity <= 0.0:
            continue
        if institute.served + 1.0 <= institute.service_capacity:
            price = institute.service_price * region.general_index
            pay_institute(world, enterprise, SERVICES, institute, price)
            institute.served += 1
            institute.contract_income += price
            enterprise.other_costs += price
            if region.service_discount > 0.0:
                claim(world, CERTIFICATION_SUPPORT, enterprise, min(1.0, region.service_discount) * price)
            return 1.0
        institute.turned_away += 1
        asked += 1
        if asked == 2 + int(3.0 * region.coordination):
            break
    price = p.commercialisation.outside_price * region.general_index
    if enterprise.cash > 20.0 * price and happens(
        p.commercialisation.outside_wish, now, TEST_OUTSIDE, enterprise.uid, 0
    ):
        pay(world, enterprise, SERVICES, OUTSIDE, price)
        enterprise.other_costs += price
        return 0.4
    return 0.0


@rule
def modernise(world, p, enterprise, lag):
    """Spending on process equipment; returns its help to (3)."""
    if lag <= 0.0 or enterprise.distress > 0:
        return 0.0
    support = min(0.9, enterprise.transformation_subsidy * world.region[0].paid_share)
    rate = (
        10.0
        * lag
        * p.commercialisation.modernisation
        * (1.0 - support) ** (-p.commercialisation.modernisation_response)
    )
    spending = min(rate * enterprise.capital, 0.1 * max(0.0, enterprise.cash))
    pay(world, enterprise, TRANSFORMATION, OUTSIDE, spending)
    enterprise.transformation += spending
    enterprise.other_costs += spending
    if enterprise.transformation_subsidy > 0.0:
        claim(
            world, TRANSFORMATION_SUBSIDY, enterprise, min(0.9, enterprise.transformation_subsidy) * spending
        )
    return p.commercialisation.modernisation_help * spending / max(1e-6, enterprise.capital)


@rule
def certify(world, p, now, enterprise):
    """Apply for a certificate where a market asks for one; decide what is under way; let it lapse with quality."""
    region = world.region[0]
    if enterprise.certified and enterprise.quality < p.commercialisation.certificate_quality:
        if happens(1.0 / p.commercialisation.certificate_life, now, RENEW_CERTIFICATE, enterprise.uid, 0):
            enterprise.certified = False
    if enterprise.certifying > 0 and now.t >= enterprise.certifying:
        enterprise.certifying = 0
        if enterprise.quality >= p.commercialisation.certificate_quality:
            enterprise.certified = True
            region.certificates += 1
        return
    product = world.products[enterprise.product]
    needed = product.needs_certificate[0] or product.needs_certificate[1]
    if enterprise.certified or enterprise.certifying > 0 or not needed or enterprise.distress > 0:
        return
    if enterprise.quality < p.commercialisation.certificate_quality:
        return
    cost = p.commercialisation.certificate_cost * region.general_index
    support = min(1.0, enterprise.certification_support * region.paid_share)
    wish = (
        p.commercialisation.certificate_wish
        * (1.0 + 4.0 * support)
        * min(1.0, enterprise.expected_orders * enterprise.price / (5.0 * cost))
    )
    if enterprise.cash > 2.0 * cost and happens(wish, now, APPLY_CERTIFICATE, enterprise.uid, 0):
        tested = buy_test(world, p, now, enterprise)
        pay(world, enterprise, SERVICES, OUTSIDE, cost)
        enterprise.other_costs += cost
        enterprise.certifying = now.t + max(
            1, int(p.commercialisation.certificate_quarters * (1.0 - 0.5 * tested))
        )
        if enterprise.certification_support > 0.0:
            claim(world, CERTIFICATION_SUPPORT, enterprise, min(1.0, enterprise.certification_support) * cost)


@rule
def status_threshold(enterprise, region):
    """Reported R&D over sales that the status asks for: 6, 4 and 3 % by size."""
    sales = enterprise.last_year_sales / region.general_index
    return 0.06 if sales < 50.0 else 0.04 if sales < 200.0 else 0.03


@rule
def judge_status(enterprise, region):
    """High-technology status: reported R&D of the last year above the threshold, and a patent.

    Those not far below reach for it when it brings a lower tax (bunching at the threshold, Chen et al. 2021).
    """
    threshold = status_threshold(enterprise, region)
    reported = enterprise.last_year_research / max(1e-9, enterprise.last_year_sales)
    if enterprise.tax_relief > 0.0 and 0.5 * threshold < reported < 1.1 * threshold:
        enterprise.research_intensity *= 1.0 + min(0.3, 3.0 * enterprise.tax_relief)
    intense = reported > threshold
    enterprise.high_technology = (
        enterprise.last_year_sales > 0.0 and intense and enterprise.patents_granted > 0
    )
