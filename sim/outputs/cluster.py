"""The cluster: its members, their people and money, how concentrated and specialised it is, and what it
costs to be here.

An enterprise is one product line; a legal group may hold several (``groups`` counts those). People are
whole persons at the end of the quarter.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from sim.compiled import rule
from sim.declare import output
from sim.outputs.cells import LEVELS, ORIGINS, PRODUCT_CELL, ratio
from sim.outputs.innovation import spin_offs
from sim.world import ATTRACTED, DIVERSIFIED, INTRODUCED, LOCAL

of_enterprise = partial(output, of="enterprise", by=LEVELS, group="cluster")
of_cluster = partial(output, group="cluster")

INSOLVENT, GIVEN_UP, MOVED = 0, 1, 2  # ways to leave, as in ``region.exits``


# Members ------------------------------------------------------------------------------------------------
@of_enterprise("1", "stock", label=("Enterprises", "企业数"), better="higher")
@rule
def enterprises(enterprise, p):
    """Living enterprises, each one product line."""
    return 1.0


@rule
def count_groups(world, zone_only):
    """Different legal groups with a living enterprise; ``zone_only``: with one in the high-tech zone."""
    places = 2 * len(world.enterprises) + 1
    seen = np.zeros(places, np.int64)  # a hash table of uids, which begin at 1
    number = 0.0
    for enterprise in world.enterprises:
        if enterprise.alive and (enterprise.in_zone or not zone_only):
            place = enterprise.group % places
            while seen[place] != 0 and seen[place] != enterprise.group:
                place = (place + 1) % places
            if seen[place] == 0:
                seen[place] = enterprise.group
                number += 1.0
    return number


@of_cluster("1", "stock", label=("Legal groups", "法人企业数"), better="higher")
@rule
def groups(totals, world, p):
    """Legal groups with at least one living enterprise: what statistics count as enterprises (H1)."""
    return count_groups(world, False)


@of_cluster("1", "stock", label=("Legal groups in the zone", "高新区法人企业数"), better="higher")
@rule
def groups_in_zone(totals, world, p):
    """Legal groups with at least one living enterprise in the high-tech zone (H1, narrow scope)."""
    return count_groups(world, True)


@of_cluster("1", "stock", label=("Institutes", "科研与服务机构数"), better="higher")
@rule
def institutes(totals, world, p):
    """Universities, research institutes, testing and information centres."""
    number = 0.0
    for institute in world.institutes:
        if institute.alive:
            number += 1.0
    return number


@of_cluster("1", "flow", label=("Institutes settled", "新设机构数"), better="higher")
@rule
def institutes_settled(region, p):
    """Institutes that settled this quarter."""
    return region.institutes_opened


@of_cluster("1", "flow", label=("Entries", "新增企业数"), better="higher")
@rule
def entries(region, p):
    """Enterprises founded this quarter, whatever their origin."""
    number = 0.0
    for origin in range(ORIGINS):
        number += region.entries[origin]
    return number


@of_cluster("1", "flow", label=("Entries by spin-off", "衍生新增企业数"), better="higher")
@rule
def entries_spin_off(region, p):
    """Entries that are spin-offs, to stand beside the other kinds of entry."""
    return spin_offs(region, p)


@of_cluster("1", "flow", label=("Entries by diversification", "多元化新增企业数"), better="higher")
@rule
def entries_diversified(region, p):
    """Product lines that enterprises of the cluster opened this quarter."""
    return region.entries[DIVERSIFIED]


@of_cluster("1", "flow", label=("Entries by attraction", "招商引进企业数"), better="higher")
@rule
def entries_attracted(region, p):
    """Outside enterprises that settled this quarter."""
    return region.entries[ATTRACTED]


@of_cluster("1", "flow", label=("Exits", "退出企业数"), better="lower")
@rule
def exits(region, p):
    """Enterprises that left this quarter: insolvent, given up or moved away."""
    return region.exits[INSOLVENT] + region.exits[GIVEN_UP] + region.exits[MOVED]


@of_cluster("1", "flow", label=("Exits by insolvency", "破产企业数"), better="lower")
@rule
def exits_insolvent(region, p):
    """Enterprises that were wound up after several quarters without liquidity."""
    return region.exits[INSOLVENT]


@of_cluster("1", "flow", label=("Exits by giving up", "主动歇业企业数"), better="lower")
@rule
def exits_given_up(region, p):
    """Enterprises that closed although they could pay."""
    return region.exits[GIVEN_UP]


@of_cluster("1", "flow", label=("Exits by moving away", "外迁企业数"), better="lower")
@rule
def exits_moved(region, p):
    """Enterprises that moved away from the region."""
    return region.exits[MOVED]


@of_cluster("share", "rate", label=("Failure rate", "企业破产率"), better="lower")
@rule
def failures(totals, world, p):
    """Enterprises wound up as insolvent this quarter over those that lived at its end or left in it."""
    region = world.region[0]
    left = region.exits[INSOLVENT] + region.exits[GIVEN_UP] + region.exits[MOVED]
    return ratio(region.exits[INSOLVENT], totals[0].enterprises + left)


@of_enterprise("1", "stock", label=("Enterprises in distress", "困难企业数"), better="lower")
@rule
def distressed_enterprises(enterprise, p):
    """Enterprises that were without liquidity in at least the last quarter."""
    return 1.0 if enterprise.distress > 0 else 0.0


@of_cluster("1", "stock", label=("Applications waiting", "待批项目数"), better="lower")
@rule
def permits_waiting(region, p):
    """Applications for a permit that wait at the end of the quarter."""
    return region.waiting


@of_cluster("1", "flow", label=("Permits granted", "获批项目数"), better="higher")
@rule
def permits_granted(region, p):
    """Permits for new plants granted this quarter."""
    return region.permits


# Plant and money ----------------------------------------------------------------------------------------
@of_enterprise("million CNY", "stock", label=("Capital", "固定资产净值"), better="higher")
@rule
def capital(enterprise, p):
    """Book value of plant at the end of the quarter."""
    return enterprise.capital


@of_enterprise("million CNY", "flow", label=("Capacity investment", "产能投资"), better="higher")
@rule
def capacity_investment(enterprise, p):
    """Spending on plant at current prices, before subsidies, land discounts deducted."""
    return enterprise.investment


@of_enterprise("share", "rate", label=("Utilisation", "产能利用率"), better="higher")
@rule
def utilisation(enterprise, p):
    """Mean of output over capacity, both in units of the main product; nil without plant."""
    return enterprise.produced / enterprise.capacity if enterprise.capacity > 0.0 else 0.0


@of_enterprise("million CNY", "flow", label=("Profit", "利润总额"), better="higher")
@rule
def profit(enterprise, p):
    """Profit before tax: sales less purchases, pay, interest, wear of plant and levies."""
    return enterprise.profit


@of_cluster("share", "rate", by=LEVELS, label=("Profit margin", "销售利润率"), better="higher")
@rule
def profit_margin(cell, p):
    """Profit before tax over sales."""
    return ratio(cell.profit, cell.sales)


@of_enterprise("million CNY", "stock", label=("Debt", "银行贷款余额"))
@rule
def debt(enterprise, p):
    """Bank loans of enterprises at the end of the quarter."""
    return enterprise.debt


@of_cluster("share", "rate", by=LEVELS, label=("Debt over capital", "资产负债比"), better="lower")
@rule
def leverage(cell, p):
    """Bank loans over the book value of plant."""
    return ratio(cell.debt, cell.capital)


@of_cluster("million CNY", "flow", label=("Loans lost", "银行坏账损失"), better="lower")
@rule
def bank_losses(region, p):
    """Loans to insolvent enterprises that the bank lost."""
    return region.bank_losses


@of_cluster("million CNY", "flow", label=("Credit refused", "未获批信贷"), better="lower")
@rule
def bank_credit_refused(region, p):
    """Credit that enterprises short of cash asked for and did not get."""
    return region.credit_refused


# People -------------------------------------------------------------------------------------------------
@of_enterprise("person", "stock", label=("Employment", "就业人数"), better="higher")
@rule
def employment(enterprise, p):
    """Production workers and talents of enterprises."""
    return enterprise.workers + enterprise.local_talents + enterprise.introduced_talents


@of_enterprise("person", "stock", label=("Production workers", "生产工人数"), better="higher")
@rule
def production_workers(enterprise, p):
    """Production workers of enterprises."""
    return enterprise.workers


@of_enterprise("million CNY", "flow", label=("Pay", "工资总额"), better="higher")
@rule
def wages(enterprise, p):
    """Pay of production workers, overhead staff and talents."""
    return enterprise.wages + enterprise.talent_pay


@of_cluster(
    "million CNY/person", "rate", by=LEVELS, label=("Labour productivity", "劳动生产率"), better="higher"
)
@rule
def labour_productivity(cell, p):
    """Value added of the quarter at reference prices per person employed."""
    return ratio(cell.value_added_volume, cell.employment)


@of_enterprise("person", "stock", label=("Local talents at enterprises", "企业本地人才"), better="higher")
@rule
def talents_local(enterprise, p):
    """Researchers and engineers of local origin who work at enterprises."""
    return enterprise.local_talents


@of_enterprise(
    "person", "stock", label=("Introduced talents at enterprises", "企业引进人才"), better="higher"
)
@rule
def talents_introduced(enterprise, p):
    """Researchers and engineers who were introduced and work at enterprises."""
    return enterprise.introduced_talents


@of_enterprise("person", "stock", label=("Open posts for talents", "人才缺口"), better="lower")
@rule
def talent_vacancies(enterprise, p):
    """Posts for researchers and engineers that enterprises want to fill."""
    return enterprise.vacancies


@of_cluster("person", "stock", label=("Talents in the region", "区域人才总数"), better="higher")
@rule
def talents(totals, world, p):
    """Researchers and engineers in the region, at work or looking for a post."""
    number = 0.0
    for talent in world.talents:
        if talent.alive:
            number += 1.0
    return number


@of_cluster("person", "stock", label=("Talents at work", "在岗人才"), better="higher")
@rule
def talents_employed(totals, world, p):
    """Researchers and engineers at work at enterprises and institutes."""
    return totals[0].talents_local + totals[0].talents_introduced + institute_staff(world)


@of_cluster("person", "stock", label=("Introduced talents at work", "在岗引进人才"), better="higher")
@rule
def talents_introduced_employed(totals, world, p):
    """Talents who came from outside and work at enterprises and institutes."""
    number = totals[0].talents_introduced
    for institute in world.institutes:
        if institute.alive:
            number += institute.introduced_talents
    return number


@rule
def institute_staff(world):
    """Researchers at institutes."""
    number = 0.0
    for institute in world.institutes:
        if institute.alive:
            number += institute.local_talents + institute.introduced_talents
    return number


@of_cluster("person", "stock", label=("Researchers at institutes", "院所科研人员"), better="higher")
@rule
def talents_at_institutes(totals, world, p):
    """Talents who work at universities, research institutes and testing centres."""
    return institute_staff(world)


@of_cluster("person", "flow", label=("Talents lost", "流失人才"), better="lower")
@rule
def talents_lost(region, p):
    """Talents who left the region this quarter, of local origin or introduced."""
    return region.emigrated[LOCAL] + region.emigrated[INTRODUCED]


@of_cluster("person", "flow", label=("Introduced talents lost", "流失引进人才"), better="lower")
@rule
def talents_lost_introduced(region, p):
    """Introduced talents who left the region this quarter."""
    return region.emigrated[INTRODUCED]


@of_cluster("person", "flow", label=("Talents introduced", "新引进人才"), better="higher")
@rule
def talents_arrived(region, p):
    """Talents who came from outside this quarter, by government or hired by enterprises."""
    return region.arrived


@of_cluster("person", "flow", label=("Graduates", "毕业生"), better="higher")
@rule
def talents_graduated(region, p):
    """Graduates of the region's universities, those of extra training seats included."""
    return region.graduates + region.trained


@of_cluster("person", "flow", label=("Talents who quit", "离职人才"), better="lower")
@rule
def talents_quits(region, p):
    """Talents who left their employer this quarter, whether or not they stay in the region."""
    return region.quits


@of_cluster("person", "flow", label=("Talents hired away", "集群内跳槽人才"))
@rule
def talents_poached(region, p):
    """Talents hired away by another employer of the cluster this quarter."""
    return region.poached


# Form ---------------------------------------------------------------------------------------------------
@of_cluster("share", "rate", label=("Concentration of sales", "销售集中度"))
@rule
def concentration(totals, world, p):
    """Herfindahl index of sales over enterprises: sum of squared shares, 1 where one sells everything."""
    squares = 0.0
    for enterprise in world.enterprises:
        if enterprise.alive:
            squares += enterprise.sales * enterprise.sales
    return ratio(squares, totals[0].sales * totals[0].sales)


@of_cluster("share", "rate", label=("Share of the four largest", "前四名企业销售占比"))
@rule
def top_share(totals, world, p):
    """Sales of the four enterprises that sell most over sales of all."""
    largest = np.zeros(4)
    for enterprise in world.enterprises:
        if enterprise.alive:
            rest = enterprise.sales
            for place in range(4):  # each pushes out the next smaller one
                if rest > largest[place]:
                    rest, largest[place] = largest[place], rest
    return ratio(largest[0] + largest[1] + largest[2] + largest[3], totals[0].sales)


@of_cluster("share", "rate", label=("Specialisation", "专业化程度"))
@rule
def specialisation(totals, world, p):
    """Herfindahl index of value added at reference prices over products, negative value added left out."""
    total = 0.0
    squares = 0.0
    for place in range(len(world.products)):
        added = max(0.0, totals[PRODUCT_CELL + place].value_added_volume)
        total += added
        squares += added * added
    return ratio(squares, total * total)


# Prices of the region -----------------------------------------------------------------------------------
@of_cluster("million CNY/person", "flow", label=("Wage of a production worker", "生产工人工资"))
@rule
def wage(region, p):
    """Pay of a production worker in the cluster in the quarter."""
    return region.wage


@of_cluster("index", "rate", label=("General price index", "一般价格指数"))
@rule
def general_index(region, p):
    """Prices of other inputs, plant and outside goods, 2011 = 1."""
    return region.general_index
