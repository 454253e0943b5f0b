"""Rules of money: running costs, taxes, credit, the budget, investment, exit. Numbers worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from conftest import plain

import sim.accounts
import sim.rules.finance
import sim.rules.government
import sim.rules.investment
import sim.rules.leaving
from sim.accounts import (
    BANK,
    ENTERPRISES,
    GOVERNMENT_ABOVE,
    HOUSEHOLDS,
    LOCAL_GOVERNMENT,
    OUTSIDE,
    SCRAPPED,
)
from sim.chance import Now
from sim.world import (
    AT_ENTERPRISE,
    ATTRACTED,
    COMMODITY,
    DIFFERENTIATED,
    DOMESTIC,
    INTERNATIONAL,
    NOWHERE,
    OUTSIDE_OWNED,
    PRIVATE,
)

accounts = plain(sim.accounts)
finance = plain(sim.rules.finance)
government = plain(sim.rules.government)
investment = plain(sim.rules.investment)
leaving = plain(sim.rules.leaving)

NOW = Now(1, 4)
LAST = Now(1, 7)  # the last quarter of a year, in which taxes are settled
Tiny = Callable[..., Any]


def firm_alone(tiny: Tiny, p: Any) -> Any:
    """An enterprise without costs of its own: no plant, no wear, no dividends beyond what a test sets."""
    world = tiny()
    f = p.finance
    f.overhead = f.wear = f.payout = f.environment_help = f.repayment = 0.0
    f.interest, f.profit_tax, f.local_tax_share = 0.08, 0.25, 0.4
    f.leverage, f.guarantee_help, f.bank_equity, f.buffer = 0.7, 1.0, 0.08, 1.5
    world.enterprises[0].ownership = PRIVATE
    return world


# ------------------------------------------------------------------------------------------------------ accounts
def test_every_payment_has_two_ends(tiny: Tiny) -> None:
    world = tiny(enterprises=2, institutes=1)
    payer, payee = world.enterprises
    accounts.pay(world, payer, 1, OUTSIDE, 5.0)
    accounts.receive(world, payee, 2, HOUSEHOLDS, 3.0)
    accounts.pay_enterprise(world, payer, 3, payee, 7.0)
    accounts.pay_institute(world, payee, 4, world.institutes[0], 2.0)
    accounts.lend(world, payer, 11.0)
    accounts.repay(world, payer, 1.0)
    assert world.enterprises.cash == pytest.approx([-5.0 - 7.0 + 10.0, 3.0 + 7.0 - 2.0])
    assert world.institutes[0].cash == 2.0
    assert payer.debt == world.region[0].loans == 10.0
    assert world.balances[[ENTERPRISES, OUTSIDE, HOUSEHOLDS, BANK]] == pytest.approx([6.0, 5.0, -3.0, -10.0])
    assert world.balances.sum() == 0.0
    assert world.money.sum() == pytest.approx(29.0)


# ------------------------------------------------------------------------------------------------------- finance
def test_profit_is_sales_less_everything(tiny: Tiny, p: Any) -> None:
    """Sales 100, inputs 30 + 10, other 5, talents 4, licence income 2; plant of 50: overhead 0.08 / 4 of it, half of it
    pay; interest 0.08 / 4 of 20; wear 0.04 / 4 of a book value of 30; three workers at 2; a levy of 0.5 on 6 units."""
    world = firm_alone(tiny, p)
    firm, process = world.enterprises[0], world.processes[0]
    p.finance.overhead, p.finance.wear = 0.08, 0.04
    firm.sales, firm.inputs_local, firm.inputs_outside, firm.other_costs = 100.0, 30.0, 10.0, 5.0
    firm.talent_pay, firm.invention_income, firm.debt, firm.capital = 4.0, 2.0, 20.0, 30.0
    firm.workers, firm.produced, firm.capacity, firm.cash = 3.0, 6.0, 5.0, 1000.0
    firm.super_deduction, firm.research_reported = 0.5, 8.0
    process.plant, process.levy = 10.0, 0.5
    world.region[0].wage = 2.0
    finance.settle_accounts(world, p, NOW)
    assert firm.wages == pytest.approx(6.0 + 0.5)
    assert firm.other_costs == pytest.approx(5.5)
    assert (firm.interest, firm.depreciation, firm.taxes) == pytest.approx((0.4, 0.3, 3.0))
    profit = 100.0 - 40.0 - 5.5 - 6.5 - 4.0 - 0.4 - 0.3 - 3.0 + 2.0
    assert firm.profit == firm.year_profit == pytest.approx(profit)
    assert firm.capital == pytest.approx(29.7)
    assert firm.capacity == pytest.approx(5.0 * 0.99)
    assert firm.year_taxable_relief == pytest.approx(4.0)
    assert world.balances[LOCAL_GOVERNMENT] == pytest.approx(3.0)  # the levy


def test_the_business_environment_saves_overhead(tiny: Tiny, p: Any) -> None:
    """A quarter of overhead at a full point, an eighth at one half."""
    world = firm_alone(tiny, p)
    firm = world.enterprises[0]
    p.finance.overhead, p.finance.environment_help = 0.08, 0.25
    world.processes[0].plant, firm.capacity = 10.0, 5.0
    world.region[0].business_environment = 0.5
    finance.settle_accounts(world, p, NOW)
    assert firm.wages + firm.other_costs == pytest.approx(0.875)


def test_vat_is_on_value_added_at_home_and_shared(tiny: Tiny, p: Any) -> None:
    """A tenth of 80 + 40 at home less 60 of inputs and half of 20; exports bear none. A quarter stays here."""
    world = firm_alone(tiny, p)
    firm = world.enterprises[0]
    world.region[0].vat, world.region[0].vat_local_share = 0.1, 0.25
    firm.sales_local, firm.sales_market[DOMESTIC], firm.sales_market[INTERNATIONAL] = 80.0, 40.0, 500.0
    firm.inputs_local, firm.inputs_outside, firm.other_costs, firm.cash = 50.0, 10.0, 20.0, 1000.0
    finance.settle_accounts(world, p, NOW)
    assert world.balances[LOCAL_GOVERNMENT] == pytest.approx(1.25)
    assert world.balances[GOVERNMENT_ABOVE] == pytest.approx(3.75)
    assert world.money[finance.VAT_COLLECTED, OUTSIDE, ENTERPRISES] == pytest.approx(5.0)


def settled(tiny: Tiny, p: Any, profit: float, **changes: Any) -> Any:
    """The world after a year with this profit so far (nothing accrues in its last quarter)."""
    world = firm_alone(tiny, p)
    firm = world.enterprises[0]
    firm.year_profit, firm.cash = profit, 1000.0
    for name, value in changes.items():
        firm[name] = value
    finance.settle_accounts(world, p, LAST)
    return world


def test_profit_tax_after_losses_and_deduction(tiny: Tiny, p: Any) -> None:
    """100 less losses of 60 less a deduction of 10: a quarter of 30, two fifths of it here; 2.5 forgone above."""
    world = settled(tiny, p, 100.0, losses=[10.0, 20.0, 0.0, 0.0, 30.0], year_taxable_relief=10.0)
    firm = world.enterprises[0]
    assert firm.taxes == pytest.approx(7.5)
    assert world.balances[LOCAL_GOVERNMENT] == pytest.approx(3.0)
    assert world.balances[GOVERNMENT_ABOVE] == pytest.approx(4.5)
    assert world.measures[finance.SUPER_DEDUCTION].tax_expenditure == pytest.approx(2.5)
    assert firm.losses.tolist() == [0.0] * 5
    assert (firm.last_year_profit, firm.year_profit, firm.year_taxable_relief) == (100.0, 0.0, 0.0)


def test_the_oldest_loss_is_used_first(tiny: Tiny, p: Any) -> None:
    world = settled(tiny, p, 35.0, losses=[10.0, 20.0, 0.0, 0.0, 30.0])
    assert world.enterprises[0].taxes == 0.0
    assert world.enterprises[0].losses.tolist() == pytest.approx([0.0, 10.0, 15.0, 0.0, 0.0])


@pytest.mark.parametrize(("years", "tax"), [(4, 0.0), (5, 12.5)])
def test_losses_are_carried_forward_for_five_years(tiny: Tiny, p: Any, years: int, tax: float) -> None:
    """A loss of 50, then years without profit, then a profit of 50: untaxed in the fifth year, taxed in the sixth."""
    world = firm_alone(tiny, p)
    firm = world.enterprises[0]
    for year, profit in enumerate([-50.0, *([0.0] * years), 50.0]):
        firm.year_profit, firm.taxes, firm.cash = profit, 0.0, 1000.0
        finance.settle_accounts(world, p, Now(1, 4 * year + 3))
    assert firm.taxes == pytest.approx(tax)


def test_a_deduction_without_profit_is_carried_forward(tiny: Tiny, p: Any) -> None:
    world = settled(tiny, p, 6.0, year_taxable_relief=10.0)
    assert world.enterprises[0].taxes == 0.0
    assert world.enterprises[0].losses[0] == pytest.approx(4.0)
    assert world.measures[finance.SUPER_DEDUCTION].tax_expenditure == pytest.approx(1.5)


def test_the_reduced_rate_is_tax_expenditure_of_the_government_above(tiny: Tiny, p: Any) -> None:
    """Ten points off 40 for who has the status: 6 paid, 4 forgone. Nothing for others."""
    world = settled(tiny, p, 40.0, tax_relief=0.1, high_technology=True)
    assert world.enterprises[0].taxes == pytest.approx(6.0)
    assert world.measures[finance.REDUCED_TAX].tax_expenditure == pytest.approx(4.0)
    world = settled(tiny, p, 40.0, tax_relief=0.1)
    assert world.enterprises[0].taxes == pytest.approx(10.0)
    assert world.measures[finance.REDUCED_TAX].tax_expenditure == 0.0


def test_taxes_fall_due_once_a_year(tiny: Tiny, p: Any) -> None:
    world = firm_alone(tiny, p)
    world.enterprises[0].year_profit = 100.0
    for t in (4, 5, 6):
        finance.settle_accounts(world, p, Now(1, t))
    assert world.enterprises[0].taxes == 0.0


def test_dividends_go_to_the_owners(tiny: Tiny, p: Any) -> None:
    """Three tenths of 100 less 25."""
    for ownership, owners in ((PRIVATE, HOUSEHOLDS), (OUTSIDE_OWNED, OUTSIDE)):
        world = firm_alone(tiny, p)
        p.finance.payout = 0.3
        firm = world.enterprises[0]
        firm.year_profit, firm.cash, firm.ownership = 100.0, 1000.0, ownership
        finance.settle_accounts(world, p, LAST)
        assert world.money[finance.DIVIDENDS, ENTERPRISES, owners] >= 22.5
        assert world.money[finance.DIVIDENDS].sum() == world.money[finance.DIVIDENDS, ENTERPRISES, owners]


def test_credit_to_the_leverage_limit_that_guarantees_raise(tiny: Tiny, p: Any) -> None:
    """Costs of 100 a quarter, cash 10: 30 asked. Plant 100 and a debt of 50 leave 20; a guarantee of one half, 55."""
    for guarantee, granted in ((0.0, 20.0), (0.5, 30.0)):
        world = firm_alone(tiny, p)
        firm = world.enterprises[0]
        p.finance.interest = 0.0
        world.region[0].loans = firm.debt = 50.0
        firm.talent_pay, firm.cash, firm.capital, firm.credit_guarantee = 100.0, 10.0, 100.0, guarantee
        finance.settle_accounts(world, p, NOW)
        assert firm.cash == pytest.approx(10.0 + granted)
        assert firm.debt == world.region[0].loans == pytest.approx(50.0 + granted)
        assert world.region[0].credit_refused == pytest.approx(30.0 - granted)


def test_a_bank_short_of_equity_does_not_lend(tiny: Tiny, p: Any) -> None:
    world = firm_alone(tiny, p)
    firm = world.enterprises[0]
    world.region[0].loans, world.region[0].bank_equity = 1000.0, 79.0
    firm.talent_pay, firm.capital, firm.cash = 100.0, 1e6, -1.0
    finance.settle_accounts(world, p, NOW)
    assert firm.debt == 0.0 and firm.distress == 1
    firm.cash = 1e6
    finance.settle_accounts(world, p, NOW)
    assert firm.distress == 0


def test_interest_and_its_subsidy(tiny: Tiny, p: Any) -> None:
    """0.08 a year on 200 is 4 a quarter; three points of it repaid: 1.5 claimed; never more than the rate."""
    for points, claimed in ((0.03, 1.5), (0.2, 4.0)):
        world = firm_alone(tiny, p)
        firm = world.enterprises[0]
        firm.debt, firm.cash, firm.interest_subsidy = 200.0, 1e4, points
        world.region[0].loans = 200.0
        finance.settle_accounts(world, p, NOW)
        assert firm.interest == pytest.approx(4.0)
        assert world.balances[BANK] >= 4.0
        assert firm.claimed == pytest.approx(claimed)


def test_spare_cash_repays_debt(tiny: Tiny, p: Any) -> None:
    world = firm_alone(tiny, p)
    firm = world.enterprises[0]
    p.finance.interest, p.finance.repayment = 0.0, 0.1
    firm.debt = world.region[0].loans = 200.0
    firm.cash = 50.0
    finance.settle_accounts(world, p, NOW)
    assert firm.debt == world.region[0].loans == pytest.approx(180.0)
    assert world.money[accounts.REPAYMENT, ENTERPRISES, BANK] == pytest.approx(20.0)


# ---------------------------------------------------------------------------------------------------- government
def budget(tiny: Tiny, p: Any, reserve: float) -> Any:
    """No revenue, no administration; two enterprises, an institute and the public claim 30, 10, 20 and 40."""
    world = tiny(enterprises=2, institutes=1)
    g = p.government
    g.earmark = g.transfers = g.fixed_cost = g.share_cost = 0.0
    region = world.region[0]
    region.reserve = region.bank_equity = 0.0
    region.reserve = reserve
    world.balances[LOCAL_GOVERNMENT] = reserve
    accounts.claim(world, 0, world.enterprises[0], 30.0)
    accounts.claim(world, 1, world.enterprises[1], 10.0)
    accounts.claim_for_institute(world, 1, world.institutes[0], 20.0)
    accounts.claim_for_public(world, 2, 40.0)
    return world


@pytest.mark.parametrize(("reserve", "share"), [(25.0, 0.25), (50.0, 0.5), (400.0, 1.0)])
def test_claims_are_paid_in_the_same_proportion(tiny: Tiny, p: Any, reserve: float, share: float) -> None:
    world = budget(tiny, p, reserve)
    government.run_the_budget(world, p, NOW)
    assert world.enterprises.cash == pytest.approx([30.0 * share, 10.0 * share])
    assert world.enterprises.granted == pytest.approx([30.0 * share, 10.0 * share])
    assert world.institutes[0].cash == pytest.approx(20.0 * share)
    assert world.money[accounts.GRANT, LOCAL_GOVERNMENT, HOUSEHOLDS] == pytest.approx(40.0 * share)
    assert world.measures.outlay[:3] == pytest.approx([30.0 * share, 30.0 * share, 40.0 * share])
    region = world.region[0]
    assert (region.claims, region.paid, region.last_paid_share) == pytest.approx(
        (100.0, 100.0 * share, share)
    )
    assert world.balances.sum() - reserve == pytest.approx(0.0, abs=1e-9)


def test_the_share_of_last_year_is_expected(tiny: Tiny, p: Any) -> None:
    """A quarter's claims of 100 paid by half, and three quarters of 100 paid in full: 7/8."""
    world = budget(tiny, p, 50.0)
    region = world.region[0]
    region.year_claims = region.year_paid = 300.0
    government.run_the_budget(world, p, LAST)
    assert region.paid_share == pytest.approx(0.875)
    assert region.year_claims == region.year_paid == 0.0


def test_what_is_earmarked_funds_instruments_and_the_rest_services(tiny: Tiny, p: Any) -> None:
    """A levy of 80, a quarter of it earmarked, transfers of 40 a year; 60 into services. Administration of what is in
    force: 2 and a tenth of what it moves."""
    world = budget(tiny, p, 100.0)
    g = p.government
    g.earmark, g.transfers, g.fixed_cost, g.share_cost, g.household_spending = 0.25, 40.0, 2.0, 0.1, 0.5
    accounts.pay(world, world.enterprises[0], accounts.LEVY, LOCAL_GOVERNMENT, 80.0)
    world.measures[0].in_force = 1.0
    government.run_the_budget(world, p, NOW)
    assert world.measures.administration[:2] == pytest.approx([5.0, 0.0])
    assert world.region[0].reserve == pytest.approx(100.0 + 20.0 + 10.0 - 5.0 - 100.0)
    assert world.money[accounts.PUBLIC_SERVICES, LOCAL_GOVERNMENT, HOUSEHOLDS] == pytest.approx(60.0)
    assert world.money[accounts.TRANSFER, GOVERNMENT_ABOVE, LOCAL_GOVERNMENT] == pytest.approx(10.0)
    # Households had 60 of services, 5 of administration and 40 of claims, and spend half of it.
    assert world.money[accounts.CONSUMPTION, HOUSEHOLDS, OUTSIDE] == pytest.approx(52.5)
    assert world.balances[LOCAL_GOVERNMENT] == pytest.approx(world.region[0].reserve)


def test_money_beyond_two_years_goes_into_services(tiny: Tiny, p: Any) -> None:
    world = budget(tiny, p, 1000.0)
    p.government.transfers = 40.0
    world.measures.claims = world.enterprises.claimed = world.institutes.claimed = 0.0
    government.run_the_budget(world, p, NOW)
    assert world.region[0].reserve == pytest.approx(80.0)
    assert world.balances[LOCAL_GOVERNMENT] == pytest.approx(80.0)


# ---------------------------------------------------------------------------------------------------- investment
def investor(tiny: Tiny, p: Any) -> Any:
    """User cost of plant at 10: (0.06 + 0.06 + 0.04) / 4 of it and 0.08 / 4 overhead: 0.4 + 0.2 a unit."""
    world = tiny()
    p.finance.interest, p.finance.wear, p.investment.risk, p.finance.overhead = 0.06, 0.06, 0.04, 0.08
    i = p.investment
    i.buffer, i.gap, i.spread, i.most, i.weight = 0.15, 0.1, 0.4, 1.0, 0.25
    p.management.growth_needs, p.finance.leverage = 0.5, 0.5
    world.products[0].pricing = DIFFERENTIATED
    process, firm = world.processes[0], world.enterprises[0]
    process.plant, process.build_quarters, process.land_share = 10.0, 3, 0.1
    firm.uid, firm.capacity, firm.expected_orders = 4, 90.0, 100.0
    firm.expected_margin, firm.attention, firm.cash = 0.6, 1.0, 1e6
    return world


def test_the_user_cost_of_capital(tiny: Tiny, p: Any) -> None:
    """A subsidy of one half, paid in full, halves the 0.4; when claims are paid by half, a quarter off. Free land takes
    the tenth that land is, two points of interest repaid 0.05."""
    world = investor(tiny, p)
    region = world.region[0]

    def cost(subsidy: float = 0.0, land: float = 0.0, interest: float = 0.0) -> float:
        return float(investment.user_cost(world.processes[0], region, p, subsidy, land, interest))

    assert cost() == pytest.approx(0.6)
    assert cost(subsidy=0.5) == pytest.approx(0.4)
    assert cost(land=1.0) == pytest.approx(0.56)
    assert cost(interest=0.02) == pytest.approx(0.55)
    region.paid_share = 0.5
    assert cost(subsidy=0.5) == pytest.approx(0.5)
    region.general_index = 2.0
    assert cost() == pytest.approx(1.2)


def test_the_fraction_that_passes_the_payback_test(p: Any) -> None:
    """The normal distribution of log margin over cost: one half at par, 0.8413 one spread above."""
    p.investment.spread = 0.4
    assert investment.willing_fraction(0.6, 0.6, p) == pytest.approx(0.5)
    assert investment.willing_fraction(0.6 * math.exp(0.4), 0.6, p) == pytest.approx(0.8413, abs=1e-4)
    assert investment.willing_fraction(0.6 * math.exp(-0.8), 0.6, p) == pytest.approx(0.0228, abs=1e-4)
    assert investment.willing_fraction(0.0, 0.6, p) == 0.0
    assert investment.willing_fraction(-1.0, 0.6, p) == 0.0


def test_capacity_comes_in_lumps_after_the_time_to_build(tiny: Tiny, p: Any) -> None:
    """115 wanted, 90 there; at par half of 25 is ordered, paid in three parts, ready three quarters later."""
    world = investor(tiny, p)
    firm = world.enterprises[0]
    capacity, paid = [], []
    for t in range(4, 8):
        firm.investment = 0.0
        investment.invest(world, p, Now(1, t))
        capacity.append(float(firm.capacity))
        paid.append(float(firm.investment))
    assert capacity == pytest.approx([90.0, 90.0, 90.0, 102.5])
    assert paid == pytest.approx([0.0] + [125.0 / 3.0] * 3)
    assert firm.ordered.sum() == firm.ordered_cost.sum() == 0.0
    assert firm.capital == pytest.approx(125.0)
    assert firm.attention == pytest.approx(0.5)
    assert world.money[investment.LAND, ENTERPRISES, LOCAL_GOVERNMENT] == pytest.approx(12.5)


def test_experience_goes_along_to_new_plant(tiny: Tiny, p: Any) -> None:
    """90 units with experience 180 gain 45 more: at a share of 0.6 experience grows by 0.6 x 45 / 90."""
    world = investor(tiny, p)
    firm = world.enterprises[0]
    p.entry.parents_experience = 0.6
    firm.experience, firm.ordered[0] = 180.0, 45.0
    investment.build(world, p, firm, world.region[0])
    assert (firm.capacity, firm.experience) == pytest.approx((135.0, 180.0 * 1.3))


def test_with_a_small_gap_or_a_busy_head_only_wear_is_replaced(tiny: Tiny, p: Any) -> None:
    """At most the wear of a year, without attention; at a return that half of the gap is worth."""
    p.finance.wear = 0.06
    for changes, replaced in (({"capacity": 106.0}, 0.06 * 106.0), ({"attention": 0.4}, 0.06 * 100.0)):
        world = investor(tiny, p)
        firm = world.enterprises[0]
        for name, value in changes.items():
            firm[name] = value
        before = float(firm.attention)
        investment.invest(world, p, NOW)
        assert 0.0 < firm.ordered.sum() < replaced
        assert firm.attention == before


def test_trouble_or_another_quarter_waits(tiny: Tiny, p: Any) -> None:
    for changes in (
        {"distress": 1},
        {"uid": 5},
        {"expected_margin": -1.0},
    ):
        world = investor(tiny, p)
        for name, value in changes.items():
            world.enterprises[0][name] = value
        investment.invest(world, p, NOW)
        assert world.enterprises[0].ordered.sum() == 0.0, changes


def test_what_is_on_order_counts(tiny: Tiny, p: Any) -> None:
    world = investor(tiny, p)
    world.enterprises[0].ordered[5] = 30.0
    investment.invest(world, p, NOW)
    assert world.enterprises[0].ordered.sum() == pytest.approx(30.0)


def test_subsidy_is_claimed_and_forgone_land_is_booked(tiny: Tiny, p: Any) -> None:
    """100 due, 10 of it land, two fifths waived: 96 paid; a subsidy of 0.2 on the 90 of equipment."""
    world = investor(tiny, p)
    firm = world.enterprises[0]
    firm.uid, firm.ordered_cost[0], firm.ordered[0] = 5, 100.0, 8.0
    firm.capital_subsidy, firm.land_discount = 0.2, 0.4
    investment.invest(world, p, NOW)
    assert firm.investment == firm.capital == pytest.approx(96.0)
    assert firm.cash == pytest.approx(1e6 - 96.0)
    assert world.balances[[OUTSIDE, LOCAL_GOVERNMENT]] == pytest.approx([90.0, 6.0])
    assert world.measures[investment.LAND_DISCOUNT].implicit == pytest.approx(4.0)
    assert world.measures[investment.CAPITAL_SUBSIDY].claims == firm.claimed == pytest.approx(18.0)
    assert firm.capacity == pytest.approx(98.0)


def test_an_order_is_cut_to_what_can_be_financed(tiny: Tiny, p: Any) -> None:
    """Half of the gap is 12.5 units or 125; six tenths of cash 50, no credit, and 0.3 of it while it is built: 67.5."""
    world = investor(tiny, p)
    firm = world.enterprises[0]
    firm.cash = 50.0
    investment.invest(world, p, NOW)
    assert firm.ordered_cost.sum() == pytest.approx(67.5)
    assert firm.ordered.sum() == pytest.approx(6.75)


def test_expectations_adapt_by_a_quarter(tiny: Tiny, p: Any) -> None:
    """Of one's own orders, or of one's own production where the market takes all; of one's own margin."""
    for pricing, expected in ((DIFFERENTIATED, 120.0), (COMMODITY, 90.0)):
        world = investor(tiny, p)
        firm = world.enterprises[0]
        world.products[0].pricing, world.products[0].price = pricing, 5.0
        firm.orders, firm.produced, firm.price, firm.unit_cost = 180.0, 60.0, 5.0, 3.0
        investment.form_expectations(world, p, NOW)
        assert firm.expected_orders == pytest.approx(expected)
        assert firm.expected_margin == pytest.approx(0.95)
    firm.capacity = 0.0  # a plan stands until the plant does
    investment.form_expectations(world, p, NOW)
    assert firm.expected_orders == pytest.approx(90.0)


# ---------------------------------------------------------------------------------------------------------- exit
def bankrupt(tiny: Tiny, p: Any, cash: float, debt: float, guarantee: float = 0.0) -> Any:
    """Long without liquidity; plant of 100 brings two fifths; 7 units of its output and 3 of an input lie there."""
    world = tiny(products=2)
    p.leaving.patience, p.leaving.recovery = 4.0, 0.4
    firm, process = world.enterprises[0], world.processes[0]
    process.inputs, process.input[0] = 1, 1
    firm.ownership, firm.distress = PRIVATE, 5
    firm.cash, firm.debt, firm.capital, firm.credit_guarantee = cash, debt, 100.0, guarantee
    firm.output_stock[0], firm.input_stock[0], firm.workers = 7.0, 3.0, 9.0
    world.region[0].loans, world.region[0].bank_equity = debt, 50.0
    world.balances[ENTERPRISES], world.balances[BANK] = cash, -cash
    talent = world.talents[0]
    talent.alive, talent.works, talent.employer, talent.employer_uid = True, AT_ENTERPRISE, 0, 1
    leaving.leave(world, p, NOW)
    return world


def test_the_bank_bears_what_plant_does_not_bring_and_a_guarantee_its_part(tiny: Tiny, p: Any) -> None:
    """Cash 10 and 40 for plant repay 50 of 80; 30 are lost, half of them claimed."""
    world = bankrupt(tiny, p, 10.0, 80.0, 0.5)
    region = world.region[0]
    assert (region.loans, region.bank_losses, region.bank_equity) == pytest.approx((0.0, 30.0, 20.0))
    assert region.bank_claims == world.measures[leaving.CREDIT_GUARANTEE].claims == pytest.approx(15.0)
    firm = world.enterprises[0]
    assert (firm.alive, firm.cash, firm.debt, firm.capital) == (False, 0.0, 0.0, 0.0)
    assert world.goods[:2, SCRAPPED].tolist() == [7.0, 3.0]
    assert region.exits.tolist() == [1.0, 0.0, 0.0]
    assert world.balances[ENTERPRISES] == pytest.approx(0.0)
    talent = world.talents[0]
    assert (talent.works, talent.employer_uid, talent.alive) == (NOWHERE, 0, True)


def test_bills_stay_unpaid_when_nothing_is_left(tiny: Tiny, p: Any) -> None:
    """-60 and 40 for plant: 20 are not paid, nor is the bank."""
    world = bankrupt(tiny, p, -60.0, 80.0)
    assert world.region[0].bank_losses == pytest.approx(80.0)
    assert world.money[leaving.UNPAID, OUTSIDE, ENTERPRISES] == pytest.approx(20.0)


def test_what_is_left_belongs_to_the_owners(tiny: Tiny, p: Any) -> None:
    world = bankrupt(tiny, p, 10.0, 5.0)
    assert world.region[0].bank_losses == 0.0
    assert world.money[finance.DIVIDENDS, ENTERPRISES, HOUSEHOLDS] == pytest.approx(45.0)


def test_who_has_liquidity_and_profit_stays(tiny: Tiny, p: Any) -> None:
    world = tiny(enterprises=3)
    p.leaving.patience = 4.0
    firms = world.enterprises
    firms.ownership, firms.distress, firms.founded, firms.expected_orders = PRIVATE, [0, 3, 4], -40, 1.0
    firms.last_year_sales, firms.last_year_profit, firms.expected_margin = 100.0, 5.0, 1.0
    leaving.leave(world, p, NOW)
    assert firms.alive.tolist() == [True, True, False]


def test_an_outside_plant_moves_on_when_it_earns_less_here_than_elsewhere(tiny: Tiny, p: Any) -> None:
    """Margin 1 at half use over a user cost of 0.6 is 0.83; 0.9 is asked for; land for nothing brings it to 0.89, money for
    nothing to 1.1. Not in the first three years, and only those who came from outside."""
    world = tiny()
    f = p.finance
    f.interest, f.wear, f.overhead, p.investment.risk, p.leaving.stay_from = 0.06, 0.06, 0.08, 0.04, 0.9
    process, firm = world.processes[0], world.enterprises[0]
    process.plant, process.land_share = 10.0, 0.1
    firm.capacity, firm.expected_orders, firm.expected_margin = 10.0, 5.0, 1.0
    firm.origin, firm.founded = ATTRACTED, NOW.t - 12
    assert leaving.wants_to_move(world, p, firm, NOW)
    firm.land_discount = 1.0
    assert leaving.wants_to_move(world, p, firm, NOW)
    firm.interest_subsidy, world.region[0].paid_share = 0.06, 1.0
    assert not leaving.wants_to_move(world, p, firm, NOW)
    firm.interest_subsidy, firm.founded = 0.0, NOW.t - 11
    assert not leaving.wants_to_move(world, p, firm, NOW)
    firm.founded, firm.origin = NOW.t - 12, 0
    assert not leaving.wants_to_move(world, p, firm, NOW)


def test_who_loses_money_for_long_gives_up_sometimes_and_the_small_sooner(tiny: Tiny, p: Any) -> None:
    """A loss of a tenth of sales: the hazard of the small is higher than that of the large, nil with profit."""
    world = tiny(enterprises=3)
    p.leaving.give_up = 0.2
    firms = world.enterprises
    world.processes[0].typical_scale = 10.0
    firms.ownership, firms.founded, firms.capacity = PRIVATE, -40, [5.0, 40.0, 5.0]
    firms.last_year_sales, firms.last_year_profit = 100.0, [-10.0, -10.0, 10.0]
    firms.expected_margin, firms.expected_orders = 1.0, firms.capacity
    small, large, sound = (leaving.hazard_of_giving_up(world, p, firm, NOW) for firm in firms)
    assert 1.0 > small > large > sound == 0.0
    # Who uses a tenth of the plant, where a quarter is the least that owners bear: 0.2 (1 - 0.1 / 0.25).
    p.leaving.idle = 0.25
    firms[2].expected_orders = 0.1 * firms[2].capacity
    assert leaving.hazard_of_giving_up(world, p, firms[2], NOW) == pytest.approx(0.12)


def test_administration_is_a_share_of_all_that_is_moved(tiny: Tiny, p: Any) -> None:
    """A tenth of claims 30, tax expenditure 20 and implicit transfers 10."""
    world = budget(tiny, p, 1000.0)
    p.government.share_cost = 0.1
    line = world.measures[0]
    line.in_force, line.tax_expenditure, line.implicit = 1.0, 20.0, 10.0
    government.run_the_budget(world, p, NOW)
    assert world.measures.administration[0] == pytest.approx(6.0)


def test_a_guarantee_that_is_called_restores_the_bank(tiny: Tiny, p: Any) -> None:
    """Of a loss, 40 are claimed for the bank and paid in full; it pays out a quarter of what exceeds twice what it has to
    hold, 0.08 of loans of 100."""
    world = budget(tiny, p, 1000.0)
    region = world.region[0]
    p.finance.bank_equity = 0.08
    region.bank_claims, region.loans = 40.0, 100.0
    government.run_the_budget(world, p, NOW)
    assert world.money[accounts.GRANT, LOCAL_GOVERNMENT, BANK] == pytest.approx(40.0)
    assert world.money[accounts.GRANT, LOCAL_GOVERNMENT, HOUSEHOLDS] == pytest.approx(0.0)
    assert region.bank_equity == pytest.approx(40.0 - 0.25 * 24.0)
    assert world.money[government.BANK_DIVIDENDS, BANK, HOUSEHOLDS] == pytest.approx(6.0)


def test_orders_that_could_not_be_filled_count_by_half(tiny: Tiny, p: Any) -> None:
    """(100 + 40 / 2) 1.15 = 138 wanted, 48 beyond what is there; at par half of it."""
    world = investor(tiny, p)
    world.enterprises[0].unfilled = 40.0
    investment.invest(world, p, NOW)
    assert world.enterprises[0].ordered.sum() == pytest.approx(24.0)


def test_value_added_in_value_and_in_volume(tiny: Tiny, p: Any) -> None:
    """50 less inputs of 20 and other inputs of 6; 40 less 10 and 6 over an index of 1.5."""
    world = firm_alone(tiny, p)
    firm = world.enterprises[0]
    world.region[0].general_index = 1.5
    firm.output_value, firm.inputs_used_value, firm.other_costs, firm.cash = 50.0, 20.0, 6.0, 1e3
    firm.output_volume, firm.inputs_used_volume = 40.0, 10.0
    finance.settle_accounts(world, p, NOW)
    assert firm.value_added == pytest.approx(24.0)
    assert firm.value_added_volume == pytest.approx(26.0)


def test_an_environmental_levy_is_revenue_of_its_instrument(tiny: Tiny, p: Any) -> None:
    """0.5 and 0.2 added on 6 units: 4.2 paid, 1.2 of it brought in by the instrument."""
    world = firm_alone(tiny, p)
    process, firm = world.processes[0], world.enterprises[0]
    process.levy, process.levy_added, firm.produced, firm.cash = 0.5, 0.2, 6.0, 1e3
    finance.settle_accounts(world, p, NOW)
    assert world.balances[LOCAL_GOVERNMENT] == pytest.approx(4.2)
    assert world.measures[finance.ENVIRONMENTAL_LEVY].revenue == pytest.approx(1.2)
