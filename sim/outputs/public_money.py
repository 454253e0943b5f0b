"""Public money: what the instruments cost and to whom, what is raised, and whether claims are paid.

The cost of a measure is outlay + tax expenditure + implicit transfer + administration. These four and the
revenue that an instrument brings in are also kept per instrument. Cost per unit of an outcome is no output
of one run: it is a difference of paired runs over a difference of paired runs.
"""

from __future__ import annotations

from functools import partial

from sim.accounts import GOVERNMENT_ABOVE, LEVY, LOCAL_GOVERNMENT, PROFIT_TAX, VAT_PAID
from sim.compiled import rule
from sim.declare import output
from sim.outputs.cells import LEVELS, ratio, received
from sim.rules.investment import LAND

of_enterprise = partial(output, of="enterprise", by=LEVELS, group="public_money")
of_cluster = partial(output, group="public_money")


@of_enterprise("million CNY", "flow", label=("Subsidies received", "获得补助"))
@rule
def subsidies_received(enterprise, p):
    """Public money paid to enterprises on their claims, after rationing."""
    return enterprise.granted


@of_enterprise("million CNY", "flow", label=("Taxes paid", "缴纳税费"))
@rule
def taxes_paid(enterprise, p):
    """Taxes and levies borne by enterprises, VAT passed on left out. Profit tax falls due once a year."""
    return enterprise.taxes


@of_cluster("million CNY", "flow", label=("Public outlay", "财政支出"), better="lower")
@rule
def public_outlay(totals, world, p):
    """Paid out of the local budget under the instruments."""
    total = 0.0
    for measure in world.measures:
        total += measure.outlay
    return total


@of_cluster("million CNY", "flow", label=("Tax expenditure", "税式支出"), better="lower")
@rule
def tax_expenditure(totals, world, p):
    """Tax that the government above does not raise because of the instruments."""
    total = 0.0
    for measure in world.measures:
        total += measure.tax_expenditure
    return total


@of_cluster("million CNY", "flow", label=("Implicit transfers", "隐性转移"), better="lower")
@rule
def implicit_transfers(totals, world, p):
    """Borne by others than the budget: raw material sold cheaply, land revenue forgone."""
    total = 0.0
    for measure in world.measures:
        total += measure.implicit
    return total


@of_cluster("million CNY", "flow", label=("Administration", "行政成本"), better="lower")
@rule
def administration(totals, world, p):
    """Cost of running the instruments."""
    total = 0.0
    for measure in world.measures:
        total += measure.administration
    return total


@of_cluster("million CNY", "flow", label=("Revenue of instruments", "政策性收入"), better="higher")
@rule
def public_revenue(totals, world, p):
    """Taxes and levies that instruments bring in."""
    total = 0.0
    for measure in world.measures:
        total += measure.revenue
    return total


@of_cluster("million CNY", "flow", label=("Public cost", "公共成本"), better="lower")
@rule
def public_cost(totals, world, p):
    """Outlay, tax expenditure, implicit transfers and administration together: what ranking uses."""
    total = 0.0
    for measure in world.measures:
        total += measure.outlay + measure.tax_expenditure + measure.implicit + measure.administration
    return total


@rule
def taxes_to(world, sector):
    """VAT, profit tax and levies of the cluster to a government, refunds deducted."""
    return (
        received(world, VAT_PAID, sector)
        + received(world, PROFIT_TAX, sector)
        + received(world, LEVY, sector)
    )


@of_cluster("million CNY", "flow", label=("Local tax revenue", "地方税收"), better="higher")
@rule
def tax_revenue_local(totals, world, p):
    """VAT, profit tax, levies and export taxes of the cluster to the local government, less refunds."""
    return taxes_to(world, LOCAL_GOVERNMENT)


@of_cluster("million CNY", "flow", label=("Tax revenue above", "上级税收"), better="higher")
@rule
def tax_revenue_above(totals, world, p):
    """VAT, profit tax, levies and export taxes of the cluster to the government above, less refunds."""
    return taxes_to(world, GOVERNMENT_ABOVE)


@of_cluster("million CNY", "flow", label=("Land income", "土地收入"), better="higher")
@rule
def land_income(totals, world, p):
    """Paid to the local government for land of new plants."""
    return received(world, LAND, LOCAL_GOVERNMENT)


@of_cluster("million CNY", "flow", label=("Net public balance", "财政净收益"), better="higher")
@rule
def net_balance(totals, world, p):
    """Taxes raised by both governments from the cluster less outlay and administration of the instruments.

    Tax expenditure is already missing from the taxes, and implicit transfers are borne by others.
    """
    spent = 0.0
    for measure in world.measures:
        spent += measure.outlay + measure.administration
    return taxes_to(world, LOCAL_GOVERNMENT) + taxes_to(world, GOVERNMENT_ABOVE) - spent


@of_cluster("share", "rate", label=("Share of claims paid", "补助兑现率"), better="higher")
@rule
def claims_paid_share(region, p):
    """Claims on public programmes paid this quarter over claims raised; 1 when there were none."""
    return ratio(region.paid, region.claims) if region.claims > 0.0 else 1.0


@of_cluster("million CNY", "flow", label=("Claims not paid", "未兑现补助"), better="lower")
@rule
def budget_shortfall(region, p):
    """Claims on public programmes raised this quarter that the budget could not pay."""
    return region.claims - region.paid


@of_cluster("million CNY", "stock", label=("Reserve for the instruments", "专项资金结余"))
@rule
def government_reserve(region, p):
    """Money of the local government that is set aside for its instruments and not spent yet."""
    return region.reserve
