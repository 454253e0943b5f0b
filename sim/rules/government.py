"""Government: revenue, the budget of the instruments, claims and their rationing.

Local government takes its share of VAT and profit tax, levies and land money. A part is earmarked for the instruments, with
transfers from above; the rest is spent on public services at once. No borrowing: when the claims of a quarter exceed the
reserve, all claims are paid in the same proportion, and the shortfall is reported:

    paid share = min(1, reserve / (claims + administration))                                             (1)

Enterprises expect the share of the last year. Every instrument in force also costs administration: a fixed sum and a
share of what it moves. Unspent money beyond two years' earmark goes into services.
The bank's dividends keep its equity at a multiple of what it has to hold; households spend a share of income outside.
"""

from __future__ import annotations

from sim.accounts import (
    ADMINISTRATION,
    BANK,
    CONSUMPTION,
    ENTERPRISES,
    GOVERNMENT_ABOVE,
    GRANT,
    HOUSEHOLDS,
    LOCAL_GOVERNMENT,
    OUTSIDE,
    PUBLIC_SERVICES,
    TRANSFER,
    book,
    institute_receives,
    receive,
)
from sim.compiled import rule
from sim.declare import money, parameter, parameters


@parameters
class Government:
    """Budget of the instruments."""

    earmark: float = parameter(
        0.35,
        "share",
        "of local revenue from the cluster that funds instruments",
        (0.0, 1.0),
        source="assumed",
    )
    transfers: float = parameter(
        160.0,
        "million CNY/year",
        "transfers from above for instruments at 2011 prices",
        (0.0, 2000.0),
        source="central pilot programme 2015-18: 700 million CNY, and regional funds",
    )
    fixed_cost: float = parameter(
        0.25,
        "million CNY/quarter",
        "administration of an instrument at 2011 prices",
        (0.0, 2.0),
        source="assumed: a handful of staff",
    )
    share_cost: float = parameter(
        0.03,
        "share",
        "administration over what an instrument moves",
        (0.0, 0.15),
        source="administrative cost of grants 2 to 5 %",
    )
    household_spending: float = parameter(
        0.85, "share", "of household income spent at once", (0.5, 1.0), source="assumed"
    )


BANK_DIVIDENDS = money("dividends of the bank")


@rule
def revenue_of(world, sector, kind_count):
    """What a sector was paid this quarter by enterprises."""
    total = 0.0
    for kind in range(kind_count):
        total += world.money[kind, ENTERPRISES, sector]
    return total


@rule
def run_the_budget(world, p, now):
    """Revenue, administration, claims by (1), services, households, bank."""
    region = world.region[0]
    income = revenue_of(world, LOCAL_GOVERNMENT, len(world.money))
    transfer = p.government.transfers / 4.0 * region.general_index
    book(world, TRANSFER, GOVERNMENT_ABOVE, LOCAL_GOVERNMENT, transfer)
    earmarked = max(0.0, p.government.earmark * income)
    region.reserve += earmarked + transfer
    book(world, PUBLIC_SERVICES, LOCAL_GOVERNMENT, HOUSEHOLDS, income - earmarked)
    pay_administration(world, p, region)
    pay_claims(world, p, region)
    most = 8.0 * (earmarked + transfer)
    if region.reserve > most:
        book(world, PUBLIC_SERVICES, LOCAL_GOVERNMENT, HOUSEHOLDS, region.reserve - most)
        region.reserve = most
    earned = 0.0
    for kind in range(len(world.money)):
        for sector in range(len(world.balances)):
            earned += world.money[kind, sector, HOUSEHOLDS]
    book(world, CONSUMPTION, HOUSEHOLDS, OUTSIDE, p.government.household_spending * max(0.0, earned))
    spare = region.bank_equity - 2.0 * p.finance.bank_equity * region.loans
    if spare > 0.0:
        book(world, BANK_DIVIDENDS, BANK, HOUSEHOLDS, 0.25 * spare)
        region.bank_equity -= 0.25 * spare
    if now.t % 4 == 3:
        if region.year_claims > 0.0:
            region.paid_share = region.year_paid / region.year_claims
        region.year_claims = 0.0
        region.year_paid = 0.0


@rule
def pay_administration(world, p, region):
    """Fixed and proportional cost of the instruments in force, out of the reserve."""
    for measure in world.measures:
        moved = measure.claims + measure.tax_expenditure + measure.implicit
        if measure.in_force > 0.0:
            cost = p.government.fixed_cost * region.general_index + p.government.share_cost * moved
            cost = min(cost, region.reserve)
            measure.administration += cost
            region.reserve -= cost
            book(world, ADMINISTRATION, LOCAL_GOVERNMENT, HOUSEHOLDS, cost)


@rule
def pay_claims(world, p, region):
    """All claims in the same proportion (1)."""
    total = 0.0
    for measure in world.measures:
        total += measure.claims
    share = min(1.0, region.reserve / total) if total > 0.0 else 1.0
    region.last_paid_share = share
    region.claims = total
    region.paid = share * total
    region.reserve -= share * total
    region.year_claims += total
    region.year_paid += share * total
    for measure in world.measures:
        measure.outlay += share * measure.claims
    to_rows = 0.0
    for enterprise in world.enterprises:
        if enterprise.alive and enterprise.claimed > 0.0:
            receive(world, enterprise, GRANT, LOCAL_GOVERNMENT, share * enterprise.claimed)
            enterprise.granted += share * enterprise.claimed
            enterprise.year_profit += share * enterprise.claimed
            to_rows += enterprise.claimed
    for institute in world.institutes:
        if institute.alive and institute.claimed > 0.0:
            institute_receives(world, institute, GRANT, LOCAL_GOVERNMENT, share * institute.claimed)
            institute.funding += share * institute.claimed
            to_rows += institute.claimed
    # Guarantees called after a failure go to the bank.
    book(world, GRANT, LOCAL_GOVERNMENT, BANK, share * region.bank_claims)
    region.bank_equity += share * region.bank_claims
    to_rows += region.bank_claims
    book(world, GRANT, LOCAL_GOVERNMENT, HOUSEHOLDS, share * max(0.0, total - to_rows))
