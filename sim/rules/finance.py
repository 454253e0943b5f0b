"""Finance: wages, overhead, interest, taxes, dividends, credit, trouble.

    profit = sales - chain inputs - other inputs - wages - talents - overhead - interest - depreciation - levies  (1)

Overhead is a share of plant at today's prices, whatever is produced; the business environment lowers it. Profit tax is
settled once a year on profit less losses of five years and less the extra deduction of R&D; what the deduction and the
reduced rate cost the government above is booked as tax expenditure. VAT passes through to customers outside: what is
collected on sales at home less purchases is paid on, shared between local government and above.

Cash first, then credit: an enterprise short of cash borrows as far as the bank's leverage limit on its plant goes, which
a guarantee raises, and a part of a quarter's turnover beyond that, while the bank's equity exceeds a share of its loans. Spare cash repays debt, then dividends.
An enterprise that stays without liquidity is in distress (chapter "exit").
Sources: rates in model 10.12; overhead 6 to 10 % of plant (10.10).
"""

from __future__ import annotations

from sim.accounts import (
    BANK,
    GOVERNMENT_ABOVE,
    HOUSEHOLDS,
    LEVY,
    LOCAL_GOVERNMENT,
    OUTSIDE,
    PROFIT_TAX,
    VAT_COLLECTED,
    VAT_PAID,
    claim,
    lend,
    pay,
    receive,
    repay,
)
from sim.compiled import rule
from sim.declare import measure, money, parameter, parameters
from sim.rules.prices import levy_per_unit
from sim.rules.research import credit_on_plant, tax_rate
from sim.world import DOMESTIC, OUTSIDE_OWNED


@parameters
class Finance:
    """Overhead, taxes, credit, dividends."""

    overhead: float = parameter(
        0.07, "1/year", "overhead over plant at today's prices", (0.04, 0.12), source="model 10.10: 6 to 10 %"
    )
    wear: float = parameter(
        0.06, "1/year", "wear of plant", (0.02, 0.12), source="service life of plant about 16 years"
    )
    profit_tax: float = parameter(
        0.25,
        "share",
        "rate of the profit tax",
        (0.0, 0.5),
        source="enterprise income tax law of China, from 2008",
        kind="structural",
    )
    local_tax_share: float = parameter(
        0.4,
        "share",
        "local share of the profit tax",
        (0.0, 1.0),
        source="tax sharing between centre and provinces",
        kind="structural",
    )
    leverage: float = parameter(
        0.7, "share", "loans over plant that the bank grants", (0.2, 1.2), source="assumed: collateral rates"
    )
    turnover_credit: float = parameter(
        0.8,
        "quarter",
        "of sales that the bank lends beside plant to who is short of cash",
        (0.0, 1.0),
        source="assumed, low; working-capital loans in China are sized by turnover (bank regulator's rules of 2010)",
    )
    interest: float = parameter(
        0.06, "1/year", "lending rate", (0.0, 0.15), source="benchmark lending rate 2011-2015 near 6 %"
    )
    guarantee_help: float = parameter(
        1.0, "1", "how much a full guarantee raises the limit", (0.0, 3.0), source="assumed"
    )
    bank_equity: float = parameter(
        0.08,
        "share",
        "equity over loans below which the bank stops lending",
        (0.04, 0.2),
        source="Basel capital ratio",
    )
    buffer: float = parameter(
        1.5, "quarter", "costs that an enterprise keeps in cash", (0.2, 4.0), source="assumed"
    )
    payout: float = parameter(
        0.3,
        "share",
        "of yearly profit that is paid out",
        (0.0, 0.9),
        source="assumed: payout of listed enterprises",
    )
    repayment: float = parameter(
        0.04, "1/quarter", "share of debt repaid", (0.01, 0.2), source="assumed: loans of six years"
    )
    environment_help: float = parameter(
        0.25,
        "share",
        "of overhead that a full point of business environment saves",
        (0.0, 0.6),
        source="assumed",
    )


WAGES = money("wages")
OVERHEAD_PEOPLE = money("overhead staff")
OVERHEAD_OTHER = money("other overhead")
INTEREST = money("interest")
DIVIDENDS = money("dividends")
INTEREST_SUBSIDY = measure("interest_subsidy")
SUPER_DEDUCTION = measure("research_super_deduction")
REDUCED_TAX = measure("reduced_profit_tax")
ENVIRONMENTAL_LEVY = measure("environmental_levy")


@rule
def settle_accounts(world, p, now):
    """Pay what is due, work out profit (1), settle the year, borrow or repay."""
    region = world.region[0]
    region.interest_rate = p.finance.interest / 4.0
    for enterprise in world.enterprises:
        if enterprise.alive:
            pay_running_costs(world, p, enterprise, region)
            take_profit(world, p, enterprise, region)
            pass_on_vat(world, enterprise, region)
            if now.t % 4 == 3:
                settle_year(world, p, enterprise, region)
            balance_cash(world, p, enterprise, region)


@rule
def pay_running_costs(world, p, enterprise, region):
    """Wages, overhead, interest, levies."""
    process = world.processes[enterprise.process]
    wages = enterprise.workers * region.wage
    pay(world, enterprise, WAGES, HOUSEHOLDS, wages)
    plant = enterprise.capacity * process.plant * region.general_index
    environment = 1.0 - p.finance.environment_help * min(1.0, region.business_environment)
    overhead = p.finance.overhead / 4.0 * plant * environment
    pay(world, enterprise, OVERHEAD_PEOPLE, HOUSEHOLDS, 0.5 * overhead)
    pay(world, enterprise, OVERHEAD_OTHER, OUTSIDE, 0.5 * overhead)
    enterprise.wages = wages + 0.5 * overhead
    enterprise.other_costs += 0.5 * overhead
    enterprise.interest = enterprise.debt * region.interest_rate
    pay(world, enterprise, INTEREST, BANK, enterprise.interest)
    region.bank_equity += enterprise.interest
    if enterprise.interest_subsidy > 0.0:
        points = min(region.interest_rate, enterprise.interest_subsidy / 4.0)
        claim(world, INTEREST_SUBSIDY, enterprise, points * enterprise.debt)
    levy = levy_per_unit(world, process) * enterprise.produced
    if levy > 0.0:
        pay(world, enterprise, LEVY, LOCAL_GOVERNMENT, levy)
        enterprise.taxes += levy
        world.measures[ENVIRONMENTAL_LEVY].revenue += process.levy_added * enterprise.produced


@rule
def take_profit(world, p, enterprise, region):
    """Value added and profit (1)."""
    enterprise.depreciation = p.finance.wear / 4.0 * enterprise.capital
    enterprise.capital -= enterprise.depreciation
    enterprise.capacity *= 1.0 - p.finance.wear / 4.0
    enterprise.experience *= 1.0 - p.finance.wear / 4.0  # what was learnt on plant that is gone goes with it
    enterprise.value_added = enterprise.output_value - enterprise.inputs_used_value - enterprise.other_costs
    enterprise.value_added_volume = (
        enterprise.output_volume
        - enterprise.inputs_used_volume
        - enterprise.other_costs / region.general_index
    )
    enterprise.profit = (
        enterprise.sales
        - enterprise.inputs_local
        - enterprise.inputs_outside
        - enterprise.other_costs
        - enterprise.wages
        - enterprise.talent_pay
        - enterprise.interest
        - enterprise.depreciation
        - enterprise.taxes
        + enterprise.invention_income
    )
    enterprise.year_profit += enterprise.profit
    enterprise.year_sales += enterprise.sales
    enterprise.year_research += enterprise.research_reported
    enterprise.year_taxable_relief += enterprise.super_deduction * enterprise.research_reported


@rule
def pass_on_vat(world, enterprise, region):
    """VAT collected on sales at home less purchases is paid on; a refund where purchases exceed sales is carried out too."""
    at_home = enterprise.sales_local + enterprise.sales_market[DOMESTIC]
    bought = enterprise.inputs_local + enterprise.inputs_outside + 0.5 * enterprise.other_costs
    due = region.vat * (at_home - bought)
    receive(world, enterprise, VAT_COLLECTED, OUTSIDE, due)
    pay(world, enterprise, VAT_PAID, LOCAL_GOVERNMENT, region.vat_local_share * due)
    pay(world, enterprise, VAT_PAID, GOVERNMENT_ABOVE, (1.0 - region.vat_local_share) * due)


@rule
def settle_year(world, p, enterprise, region):
    """Profit tax with losses carried forward, tax expenditure booked, dividends, year's statistics."""
    before_losses = enterprise.year_profit
    taxable = max(0.0, before_losses)
    for age in range(4, -1, -1):
        used = min(taxable, enterprise.losses[age])
        enterprise.losses[age] -= used
        taxable -= used
    relief = min(taxable, enterprise.year_taxable_relief)
    unused = enterprise.year_taxable_relief - relief
    for age in range(4, 0, -1):
        enterprise.losses[age] = enterprise.losses[age - 1]
    # A deduction that finds no profit is carried forward like a loss.
    enterprise.losses[0] = max(0.0, -before_losses) + unused
    rate = tax_rate(enterprise, p)
    world.measures[SUPER_DEDUCTION].tax_expenditure += rate * relief
    world.measures[REDUCED_TAX].tax_expenditure += (p.finance.profit_tax - rate) * (taxable - relief)
    tax = rate * (taxable - relief)
    pay(world, enterprise, PROFIT_TAX, LOCAL_GOVERNMENT, p.finance.local_tax_share * tax)
    pay(world, enterprise, PROFIT_TAX, GOVERNMENT_ABOVE, (1.0 - p.finance.local_tax_share) * tax)
    enterprise.taxes += tax
    if before_losses > 0.0 and enterprise.cash > 0.0:
        pay_dividends(world, enterprise, min(p.finance.payout * (before_losses - tax), 0.5 * enterprise.cash))
    enterprise.last_year_profit = enterprise.year_profit
    enterprise.last_year_sales = enterprise.year_sales
    enterprise.last_year_research = enterprise.year_research
    enterprise.year_profit = 0.0
    enterprise.year_sales = 0.0
    enterprise.year_research = 0.0
    enterprise.year_taxable_relief = 0.0


@rule
def pay_dividends(world, enterprise, amount):
    """Owners at home or outside are paid."""
    to = OUTSIDE if enterprise.ownership == OUTSIDE_OWNED else HOUSEHOLDS
    pay(world, enterprise, DIVIDENDS, to, max(0.0, amount))


@rule
def balance_cash(world, p, enterprise, region):
    """Repay when there is plenty, borrow when there is too little, note distress."""
    quarter = (
        enterprise.inputs_local
        + enterprise.inputs_outside
        + enterprise.other_costs
        + enterprise.wages
        + enterprise.talent_pay
    )
    wanted = p.finance.buffer * quarter
    if enterprise.cash > wanted:
        repay(
            world,
            enterprise,
            min(enterprise.debt, min(enterprise.cash - wanted, p.finance.repayment * enterprise.debt)),
        )
        plenty = enterprise.cash - 4.0 * wanted - enterprise.debt
        if plenty > 0.0:
            pay_dividends(world, enterprise, 0.1 * plenty)
    elif enterprise.cash < 0.25 * quarter:
        asked = 0.4 * quarter - enterprise.cash
        turnover = p.finance.turnover_credit * enterprise.sales
        room = max(0.0, credit_on_plant(enterprise, p) + turnover - enterprise.debt)
        granted = credit(world, p, enterprise, region, min(asked, room))
        region.credit_refused += asked - granted
    if enterprise.cash < 0.0:
        enterprise.distress += 1
    else:
        enterprise.distress = max(0, enterprise.distress - 1)


@rule
def credit(world, p, enterprise, region, asked):
    """What the bank grants of what is asked within the enterprise's room: nothing when its own equity is short."""
    if asked <= 0.0 or region.bank_equity < p.finance.bank_equity * region.loans:
        return 0.0
    lend(world, enterprise, asked)
    return asked
