"""Accounts: every payment has a payer and a payee, every tonne a source and a use, every person comes and goes.

Seven sectors hold balances against each other: enterprises, institutes, local government, the government above, the
bank, households, the outside world. A payment lowers one balance and raises another, so the balances always sum to nil;
what can go wrong, and is checked every quarter, is that a row's cash or debt, a stock of goods or a head was changed
without being booked:

    sum of enterprises' cash            = balance of the sector                                         (1)
    sum of institutes' cash             = balance of the sector                                         (2)
    sum of enterprises' debt            = loans of the bank                                             (3)
    opening stock + made + bought outside = used + sold outside + scrapped + closing stock, per product (4)
    talents before + arrivals - departures = talents now; those at work = those whom employers count    (5)

The transaction-flow matrix in docs/odd.md is printed from ``world.money``.
"""

from __future__ import annotations

import math

from sim.compiled import rule
from sim.declare import money

SECTORS = (
    "enterprises",
    "institutes",
    "local government",
    "government above",
    "bank",
    "households",
    "outside",
)
ENTERPRISES, INSTITUTES, LOCAL_GOVERNMENT, GOVERNMENT_ABOVE, BANK, HOUSEHOLDS, OUTSIDE = range(7)

GOODS = ("made", "bought outside", "used", "sold outside", "scrapped", "held")
MADE, BOUGHT_OUTSIDE, USED, SOLD_OUTSIDE, SCRAPPED, HELD = range(6)

OPENING, CAME, LEFT = 0, 1, 2  # places of ``world.people``

TOLERANCE = 1e-9  # relative gap at which the books count as closed

LOAN = money("loans granted")
REPAYMENT = money("loans repaid")
GRANT = money("grants and reimbursements")
VAT_PAID = money("VAT")
VAT_COLLECTED = money("VAT collected from customers outside")
PROFIT_TAX = money("profit tax")
LEVY = money("levies and export taxes")
PUBLIC_SERVICES = money("public services")
ADMINISTRATION = money("administration of instruments")
TRANSFER = money("transfers from above")
CONSUMPTION = money("consumption of households outside")


@rule
def book(world, kind, payer, payee, amount):
    """One payment between sectors in the books (no row's cash is touched)."""
    world.money[kind, payer, payee] += amount
    world.balances[payer] -= amount
    world.balances[payee] += amount


@rule
def pay(world, enterprise, kind, payee, amount):
    """An enterprise pays a sector that has no rows."""
    enterprise.cash -= amount
    book(world, kind, ENTERPRISES, payee, amount)


@rule
def receive(world, enterprise, kind, payer, amount):
    """An enterprise is paid by a sector that has no rows."""
    enterprise.cash += amount
    book(world, kind, payer, ENTERPRISES, amount)


@rule
def pay_enterprise(world, payer, kind, payee, amount):
    """One enterprise pays another."""
    payer.cash -= amount
    payee.cash += amount
    book(world, kind, ENTERPRISES, ENTERPRISES, amount)


@rule
def pay_institute(world, enterprise, kind, institute, amount):
    """An enterprise pays an institute."""
    enterprise.cash -= amount
    institute.cash += amount
    book(world, kind, ENTERPRISES, INSTITUTES, amount)


@rule
def institute_pays(world, institute, kind, payee, amount):
    """An institute pays a sector that has no rows."""
    institute.cash -= amount
    book(world, kind, INSTITUTES, payee, amount)


@rule
def institute_receives(world, institute, kind, payer, amount):
    """An institute is paid by a sector that has no rows."""
    institute.cash += amount
    book(world, kind, payer, INSTITUTES, amount)


@rule
def lend(world, enterprise, amount):
    """The bank grants a loan."""
    enterprise.debt += amount
    world.region[0].loans += amount
    receive(world, enterprise, LOAN, BANK, amount)


@rule
def repay(world, enterprise, amount):
    """An enterprise repays a loan."""
    enterprise.debt -= amount
    world.region[0].loans -= amount
    pay(world, enterprise, REPAYMENT, BANK, amount)


@rule
def claim(world, measure, enterprise, amount):
    """An enterprise claims public money under an instrument; it is paid in Finance, pro rata if the budget is short."""
    enterprise.claimed += amount
    world.measures[measure].claims += amount


@rule
def claim_for_institute(world, measure, institute, amount):
    """An institute claims public money under an instrument."""
    institute.claimed += amount
    world.measures[measure].claims += amount


@rule
def claim_for_public(world, measure, amount):
    """Government commits money to households or suppliers outside (services, marketing, people) under an instrument."""
    world.measures[measure].claims += amount


@rule
def count(world, product, use, amount):
    """Book a quantity of a product under one of GOODS."""
    world.goods[product, use] += amount


@rule
def count_holdings(world):
    """Stock of every product in the cluster, with its makers and its users."""
    world.goods[:, HELD] = 0.0
    for enterprise in world.enterprises:
        if not enterprise.alive:
            continue
        process = world.processes[enterprise.process]
        for slot in range(process.inputs):
            world.goods[process.input[slot], HELD] += enterprise.input_stock[slot]
        for slot in range(process.outputs):
            world.goods[process.output[slot], HELD] += enterprise.output_stock[slot]


@rule
def close_books(world, now):
    """Check (1) to (5), keep the gaps in ``world.audit`` and say whether all closed."""
    region = world.region[0]
    audit = world.audit[0]
    cash = 0.0
    debt = 0.0
    gross = 1.0
    at_enterprises = 0
    for enterprise in world.enterprises:
        if enterprise.alive:
            cash += enterprise.cash
            debt += enterprise.debt
            gross += abs(enterprise.cash) + abs(enterprise.sales)
            at_enterprises += enterprise.local_talents + enterprise.introduced_talents
    institutes_cash = 0.0
    at_institutes = 0
    for institute in world.institutes:
        if institute.alive:
            institutes_cash += institute.cash
            gross += abs(institute.cash)
            at_institutes += institute.local_talents + institute.introduced_talents
    present = 0
    at_work = 0
    for talent in world.talents:
        if talent.alive:
            present += 1
            if talent.works != 0:
                at_work += 1
    total = 0.0
    for sector in range(len(world.balances)):
        total += world.balances[sector]
        gross += abs(world.balances[sector])
    audit.money = abs(total) / gross
    audit.deposits = (
        max(abs(cash - world.balances[ENTERPRISES]), abs(institutes_cash - world.balances[INSTITUTES]))
        / gross
    )
    audit.loans = abs(debt - region.loans) / gross
    audit.people = abs(world.people[OPENING] + world.people[CAME] - world.people[LEFT] - present)
    audit.staff = abs(at_work - at_enterprises - at_institutes)
    audit.goods = 0.0
    count_holdings(world)
    for product in range(len(world.products)):
        closing = world.goods[product, HELD]
        sources = world.holdings[product] + world.goods[product, MADE] + world.goods[product, BOUGHT_OUTSIDE]
        uses = (
            world.goods[product, USED] + world.goods[product, SOLD_OUTSIDE] + world.goods[product, SCRAPPED]
        )
        gap = abs(sources - uses - closing) / max(1.0, sources + closing)
        if math.isnan(gap):
            gap = math.inf
        if gap > audit.goods:
            audit.goods = gap
            audit.worst_product = product
        world.holdings[product] = closing
    world.people[OPENING] = present
    closed = (
        audit.money <= TOLERANCE
        and audit.deposits <= TOLERANCE
        and audit.loans <= TOLERANCE
        and audit.goods <= TOLERANCE
        and audit.people == 0
        and audit.staff == 0
    )
    if not closed and audit.failed < 0:
        audit.failed = now.t
    return closed


@rule
def reset(each_quarter, neutral):
    """All that accrues or acts in a quarter back to neutral."""
    for place in range(len(neutral)):
        each_quarter[place] = neutral[place]


@rule
def open_books(world):
    """Start a quarter: flows at nil, wedges neutral, nothing booked yet."""
    for enterprise in world.enterprises:
        reset(enterprise.each_quarter, world.neutral_enterprise)
    for institute in world.institutes:
        reset(institute.each_quarter, world.neutral_institute)
    for product in world.products:
        reset(product.each_quarter, world.neutral_product)
    for process in world.processes:
        reset(process.each_quarter, world.neutral_process)
    for measure in world.measures:
        reset(measure.each_quarter, world.neutral_measure)
    reset(world.region[0].each_quarter, world.neutral_region)
    world.money[:] = 0.0
    world.goods[:] = 0.0
    world.people[CAME] = 0.0
    world.people[LEFT] = 0.0
