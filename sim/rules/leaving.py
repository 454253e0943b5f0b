"""Exit: insolvency, giving up, moving away.

An enterprise that has been without liquidity for several quarters is insolvent. One that has not earned its variable
cost for long, stays small and poor, or uses little of its plant gives up with a hazard that falls with age and size. An attracted enterprise
may move on when its own margin no longer pays the user cost of plant at today's terms. State enterprises do not
give up, and are insolvent only after twice the time: their budget constraint is soft (Kornai 1986).

Plant is sold outside at a fraction of its book value, stocks are scrapped, the bank is repaid as far as that goes and bears
the rest (a guarantee pays its part), people go back to the pool, what is left belongs to the owners.
Sources: yearly exit of 5 to 12 % falling with age and size (background figures, see docs).
"""

from __future__ import annotations

import math

from sim.accounts import OUTSIDE, SCRAPPED, claim_for_public, count, receive, repay
from sim.chance import decision, happens
from sim.compiled import rule
from sim.declare import measure, money, parameter, parameters
from sim.rules.finance import pay_dividends
from sim.rules.investment import user_cost
from sim.rules.talents import leave_employer
from sim.world import AT_ENTERPRISE, ATTRACTED, STATE


@parameters
class Leaving:
    """Hazards and terms of exit."""

    patience: float = parameter(
        4.0,
        "quarter",
        "quarters without liquidity until insolvency",
        (1.0, 12.0),
        source="assumed",
        kind="structural",
    )
    give_up: float = parameter(
        0.09, "1/quarter", "hazard to give up after a year of losses", (0.0, 0.5), source="assumed"
    )
    idle: float = parameter(
        0.25,
        "share",
        "use of plant below which owners think of closing it",
        (0.0, 0.6),
        source="assumed",
    )
    infant: float = parameter(
        0.02,
        "1/quarter",
        "hazard of the first years, small enterprises",
        (0.0, 0.1),
        source="exit falls with age and size",
    )
    moving: float = parameter(
        0.03,
        "1/quarter",
        "hazard that an attracted enterprise moves on when it is better elsewhere",
        (0.0, 0.2),
        source="assumed",
    )
    stay_from: float = parameter(
        0.9,
        "1",
        "margin over the user cost of plant below which an attracted enterprise thinks of moving on",
        (0.3, 1.5),
        source="assumed: a little less than what plant has to earn elsewhere",
    )
    recovery: float = parameter(
        0.35,
        "share",
        "of book value that plant brings",
        (0.0, 0.9),
        source="recovery rates of insolvencies in China 30 to 40 %",
    )


GIVE_UP = decision("whether an enterprise gives up")
MOVE_AWAY = decision("whether an attracted enterprise moves away")

SALE_OF_PLANT = money("sale of plant of the departed")
UNPAID = money("bills left unpaid")
CREDIT_GUARANTEE = measure("credit_guarantee")
INSOLVENT, GIVEN_UP, MOVED = 0, 1, 2


@rule
def leave(world, p, now):
    """Decide who leaves, and wind up."""
    gone = False
    for enterprise in world.enterprises:
        if not enterprise.alive:
            continue
        reason = -1
        if enterprise.distress >= p.leaving.patience * (2.0 if enterprise.ownership == STATE else 1.0):
            reason = INSOLVENT
        elif happens(hazard_of_giving_up(world, p, enterprise, now), now, GIVE_UP, enterprise.uid, 0):
            reason = GIVEN_UP
        elif wants_to_move(world, p, enterprise, now) and happens(
            p.leaving.moving, now, MOVE_AWAY, enterprise.uid, 0
        ):
            reason = MOVED
            world.processes[enterprise.process].pool += 1
        if reason >= 0:
            world.region[0].exits[reason] += 1
            wind_up(world, p, enterprise, now)
            gone = True
    if gone:
        release_people(world)


@rule
def hazard_of_giving_up(world, p, enterprise, now):
    """Losses over the last year and negative expected margins; the young and small are more fragile."""
    age = now.t - enterprise.founded
    if age < 6 or enterprise.ownership == STATE:
        return 0.0
    loss = -enterprise.last_year_profit / max(1e-9, enterprise.last_year_sales)
    process = world.processes[enterprise.process]
    small = min(1.0, (process.typical_scale / max(1e-9, enterprise.capacity)) ** 0.5)
    hazard = 0.0
    if enterprise.last_year_sales > 0.0 and loss > 0.03:
        hazard += p.leaving.give_up * min(1.0, 4.0 * loss) * small
        hazard += p.leaving.infant * small * math.exp(-age / 24.0)
    if enterprise.expected_margin < 0.0:
        hazard += 0.5 * p.leaving.give_up * small
    used = enterprise.expected_orders / max(1e-9, enterprise.capacity)
    if used < p.leaving.idle:
        hazard += p.leaving.give_up * (1.0 - used / p.leaving.idle)
    return hazard


@rule
def wants_to_move(world, p, enterprise, now):
    """Attracted enterprises compare what they earn here, at today's terms, with elsewhere after their first years."""
    if enterprise.origin != ATTRACTED or now.t - enterprise.founded < 12:
        return False
    process = world.processes[enterprise.process]
    used = min(1.0, enterprise.expected_orders / max(1e-9, enterprise.capacity))
    cost = user_cost(
        process,
        world.region[0],
        p,
        enterprise.capital_subsidy,
        enterprise.land_discount,
        enterprise.interest_subsidy,
    )
    return enterprise.expected_margin * used < p.leaving.stay_from * cost


@rule
def wind_up(world, p, enterprise, now):
    """Sell, scrap, repay, write off."""
    region = world.region[0]
    process = world.processes[enterprise.process]
    for slot in range(process.inputs):
        count(world, process.input[slot], SCRAPPED, enterprise.input_stock[slot])
        enterprise.input_stock[slot] = 0.0
    for slot in range(process.outputs):
        count(world, process.output[slot], SCRAPPED, enterprise.output_stock[slot])
        enterprise.output_stock[slot] = 0.0
    receive(world, enterprise, SALE_OF_PLANT, OUTSIDE, p.leaving.recovery * enterprise.capital)
    if enterprise.cash > 0.0:
        repay(world, enterprise, min(enterprise.cash, enterprise.debt))
    if enterprise.debt > 0.0:
        lost = enterprise.debt
        region.loans -= lost
        region.bank_equity -= lost
        region.bank_losses += lost
        guaranteed = min(0.9, enterprise.credit_guarantee) * lost
        if guaranteed > 0.0:
            claim_for_public(world, CREDIT_GUARANTEE, guaranteed)
            region.bank_claims += guaranteed
        enterprise.debt = 0.0
    if enterprise.cash < 0.0:
        receive(world, enterprise, UNPAID, OUTSIDE, -enterprise.cash)
    elif enterprise.cash > 0.0:
        pay_dividends(world, enterprise, enterprise.cash)
    enterprise.cash = 0.0
    enterprise.capital = 0.0
    enterprise.capacity = 0.0
    enterprise.workers = 0.0
    enterprise.alive = False
    enterprise.died = now.t


@rule
def release_people(world):
    """Talents of the departed look for a post."""
    for talent in world.talents:
        if talent.alive and talent.works == AT_ENTERPRISE:
            employer = world.enterprises[talent.employer]
            if not employer.alive or employer.uid != talent.employer_uid:
                leave_employer(talent)
