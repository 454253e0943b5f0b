"""Innovation: what is spent, what comes of it, how far behind the frontier enterprises are, and who passes
what on.

Classes of innovations are computed from what each descends from (chapter "innovations"). R&D is *real*
spending unless an output says *reported*, which includes relabelled cost. Knowledge, productivity and
quality are relative to the frontier. Additionality is no output of one run: it is a difference of paired
runs.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from sim.compiled import rule
from sim.declare import output
from sim.outputs.cells import CLASSES, LEVELS, paid, ratio
from sim.rules.introduction import DIGESTION, LICENCE_FEES
from sim.world import (
    CLASS_ASSIMILATED,
    CLASS_INTEGRATED,
    CLASS_INTRODUCED,
    CLASS_ORIGINAL,
    CLASS_REINNOVATION,
    SPIN_OFF_ENTERPRISE,
    SPIN_OFF_INSTITUTE,
)

of_enterprise = partial(output, of="enterprise", by=LEVELS, group="innovation")
of_cluster = partial(output, group="innovation")


# Spending -----------------------------------------------------------------------------------------------
@of_enterprise("million CNY", "flow", label=("R&D", "研发支出"), better="higher")
@rule
def research(enterprise, p):
    """Real R&D spending, relabelled cost and misused grants left out, whoever pays for it."""
    return enterprise.research


@of_enterprise("million CNY", "flow", label=("R&D out of own money", "企业自有研发支出"), better="higher")
@rule
def research_own(enterprise, p):
    """Real R&D spending out of own money: what additionality is measured on (P1)."""
    return enterprise.research_own


@of_enterprise("million CNY", "flow", label=("Reported R&D", "申报研发支出"))
@rule
def research_reported(enterprise, p):
    """R&D as reported to the tax office and to statistics, relabelled ordinary cost included."""
    return enterprise.research_reported


@of_enterprise("million CNY", "flow", label=("R&D grants claimed", "研发补助申报额"))
@rule
def research_granted(enterprise, p):
    """Grants for R&D that were awarded and claimed this quarter, before rationing."""
    return enterprise.research_granted


@of_enterprise("million CNY", "flow", label=("R&D grants misused", "研发补助挪用额"), better="lower")
@rule
def research_misused(enterprise, p):
    """Grants for R&D claimed for other ends (Boeing and Peters 2021)."""
    return enterprise.misused


@of_enterprise("million CNY", "flow", label=("Technology fees", "技术引进与转让费"))
@rule
def licence_fees(enterprise, p):
    """Fees for technology from outside the enterprise: licences from abroad and results of institutes."""
    return enterprise.licence_fees


@of_enterprise("million CNY", "flow", label=("Spending on digestion", "消化吸收经费"), better="higher")
@rule
def digestion(enterprise, p):
    """Spending on making introduced technology one's own."""
    return enterprise.digestion


@of_enterprise("million CNY", "flow", label=("Spending on modernisation", "技术改造经费"), better="higher")
@rule
def transformation(enterprise, p):
    """Spending on process modernisation (technological transformation)."""
    return enterprise.transformation


@of_cluster("share", "rate", by=LEVELS, label=("R&D intensity", "研发投入强度"), better="higher")
@rule
def research_intensity(cell, p):
    """Real R&D spending over sales."""
    return ratio(cell.research, cell.sales)


@of_cluster("share", "rate", by=LEVELS, label=("Reported R&D intensity", "申报研发投入强度"))
@rule
def research_intensity_reported(cell, p):
    """Reported R&D over sales: the ratio that statistics publish and the high-technology status asks for."""
    return ratio(cell.research_reported, cell.sales)


@of_cluster("share", "rate", label=("Digestion ratio", "消化吸收经费与引进经费之比"), better="higher")
@rule
def digestion_ratio(totals, world, p):
    """Spending on digestion over spending on introduced technology: the ratio of official statistics."""
    return ratio(paid(world, DIGESTION), paid(world, LICENCE_FEES))


# What comes of it ---------------------------------------------------------------------------------------
@of_enterprise("1", "flow", label=("Innovations of enterprises", "企业创新数"), better="higher")
@rule
def innovations(enterprise, p):
    """Innovations of enterprises of all classes, bought technology included."""
    total = 0.0
    for kind in range(CLASSES):
        total += enterprise.innovations[kind]
    return total


@of_enterprise("1", "flow", label=("Technologies introduced", "引进技术数"))
@rule
def innovations_introduced(enterprise, p):
    """Technologies bought from outside and used as they are."""
    return enterprise.innovations[CLASS_INTRODUCED]


@of_enterprise("1", "flow", label=("Technologies assimilated", "消化吸收技术数"))
@rule
def innovations_assimilated(enterprise, p):
    """Introduced technologies that own staff can reproduce, without a step of their own."""
    return enterprise.innovations[CLASS_ASSIMILATED]


@of_enterprise("1", "flow", label=("Re-innovations", "再创新数"), better="higher")
@rule
def innovations_reinnovation(enterprise, p):
    """Improvements that descend from introduced or assimilated technology."""
    return enterprise.innovations[CLASS_REINNOVATION]


@of_enterprise("1", "flow", label=("Integrated innovations", "集成创新数"), better="higher")
@rule
def innovations_integrated(enterprise, p):
    """Steps with parents of two owners or two fields, or that improve such a step."""
    return enterprise.innovations[CLASS_INTEGRATED]


@of_enterprise("1", "flow", label=("Original innovations", "原始创新数"), better="higher")
@rule
def innovations_original(enterprise, p):
    """Elements without a parent, and improvements of such elements."""
    return enterprise.innovations[CLASS_ORIGINAL]


@of_enterprise("1", "flow", label=("Inventive innovations", "自主创新数"), better="higher")
@rule
def inventive_innovations(enterprise, p):
    """Innovations with a step of one's own: re-innovations, integrated and original ones."""
    return (
        enterprise.innovations[CLASS_REINNOVATION]
        + enterprise.innovations[CLASS_INTEGRATED]
        + enterprise.innovations[CLASS_ORIGINAL]
    )


@of_enterprise("1", "stock", label=("Patents held", "有效专利数"), better="higher")
@rule
def patents_held(enterprise, p):
    """Patents held by enterprises, depreciated."""
    return enterprise.patents


@of_cluster("1", "flow", label=("Patents taken", "专利授权数"), better="higher")
@rule
def patents_granted(totals, world, p):
    """Innovations of enterprises and institutes this quarter that were patented; joint ones count once."""
    number = 0.0
    place = world.region[0].innovations - 1
    while place >= 0 and world.innovations[place].quarter == totals[0].quarter:
        if world.innovations[place].patented:
            number += 1.0
        place -= 1
    return number


@of_cluster("1", "flow", label=("Results of institutes", "院所研究成果数"), better="higher")
@rule
def institute_innovations(totals, world, p):
    """Results of the research of universities and institutes."""
    number = 0.0
    for institute in world.institutes:
        if institute.alive:
            number += institute.innovations
    return number


@of_enterprise("million CNY", "flow", label=("Sales of new products", "新产品销售收入"), better="higher")
@rule
def new_product_sales(enterprise, p):
    """Sales of products new in the last three years (the window of China's innovation statistics)."""
    return enterprise.new_product * enterprise.sales


@of_cluster(
    "share",
    "rate",
    by=LEVELS,
    label=("Share of new products in sales", "新产品销售收入占比"),
    better="higher",
)
@rule
def new_product_share(cell, p):
    """Sales of new products over sales."""
    return ratio(cell.new_product_sales, cell.sales)


# Who innovates ------------------------------------------------------------------------------------------
@of_enterprise("1", "stock", label=("Enterprises with R&D", "有研发活动企业数"), better="higher")
@rule
def research_active(enterprise, p):
    """Enterprises that spent on real R&D this quarter."""
    return 1.0 if enterprise.research > 0.0 else 0.0


@of_enterprise("1", "stock", label=("High-technology enterprises", "高新技术企业数"), better="higher")
@rule
def high_technology_enterprises(enterprise, p):
    """Enterprises with the high-technology status that the reduced profit tax asks for."""
    return 1.0 if enterprise.high_technology else 0.0


@of_enterprise("1", "stock", label=("Certified enterprises", "产品认证企业数"), better="higher")
@rule
def certified_enterprises(enterprise, p):
    """Enterprises whose product is certified for markets that ask for a certificate."""
    return 1.0 if enterprise.certified else 0.0


@of_enterprise("1", "stock", label=("Licences in use", "有效技术许可数"))
@rule
def licences(enterprise, p):
    """Licences for outside technology that run and lend knowledge."""
    return 1.0 if enterprise.licence_lift > 0.0 else 0.0


# How far behind the frontier ----------------------------------------------------------------------------
@of_enterprise("1", "rate", label=("Capability", "技术能力"), better="higher")
@rule
def capability(enterprise, p):
    """Mean capability for the own product relative to the frontier (1), what a licence lends included."""
    return enterprise.capability


@of_enterprise("1", "rate", label=("Productivity", "生产效率"), better="higher")
@rule
def productivity(enterprise, p):
    """Mean efficiency of the process relative to the frontier (1)."""
    return enterprise.productivity


@of_enterprise("1", "rate", label=("Quality", "产品质量"), better="higher")
@rule
def quality(enterprise, p):
    """Mean quality of the product relative to the frontier (1)."""
    return enterprise.quality


@of_enterprise("1", "rate", label=("Management practice", "管理水平"), better="higher")
@rule
def practice(enterprise, p):
    """Mean level of management practice (planning, quality, marketing)."""
    return enterprise.practice


@rule
def gap_in_field(world, field):
    """Gap of the mean enterprise to the frontier in one field; also kept per field."""
    return 1.0 - world.fields[field].local_stock


@of_cluster("share", "rate", label=("Gap to the frontier", "与前沿技术差距"), better="lower")
@rule
def capability_gap(totals, world, p):
    """One less the mean knowledge of enterprises relative to the frontier, mean over technology fields."""
    total = 0.0
    for field in range(len(world.fields)):
        total += gap_in_field(world, field)
    return ratio(total, len(world.fields))


@of_cluster("share", "rate", label=("Gap of the best to the frontier", "最优企业与前沿差距"), better="lower")
@rule
def best_practice_gap(totals, world, p):
    """One less the knowledge of the best enterprise of each field relative to the frontier, mean over fields.

    Negative where the cluster's best are ahead.
    """
    fields = len(world.fields)
    best = np.zeros(fields)
    for enterprise in world.enterprises:
        if enterprise.alive:
            for field in range(fields):
                best[field] = max(best[field], enterprise.knowledge[field])
    total = 0.0
    for field in range(fields):
        total += 1.0 - best[field]
    return ratio(total, fields)


# From whom one learns -----------------------------------------------------------------------------------
@of_enterprise("log", "rate", label=("Learned by own search", "自主研发获得的知识"), better="higher")
@rule
def learned_own(enterprise, p):
    """Mean knowledge gained this quarter by own search and joint projects, logs added over fields."""
    return enterprise.learned_own


@of_enterprise("log", "rate", label=("Learned from neighbours", "本地溢出获得的知识"), better="higher")
@rule
def learned_local(enterprise, p):
    """Mean knowledge gained this quarter from enterprises, institutes and movers of the cluster, logs."""
    return enterprise.learned_local


@of_enterprise("log", "rate", label=("Learned from outside", "外部获得的知识"), better="higher")
@rule
def learned_outside(enterprise, p):
    """Mean knowledge gained this quarter from outside (digestion, customers, trade, patents), logs."""
    return enterprise.learned_outside


@of_cluster("1", "flow", label=("Technology transfers", "成果转化数"), better="higher")
@rule
def transfers(region, p):
    """Results of institutes taken over by enterprises."""
    return region.transfers


@of_cluster("1", "stock", label=("Joint projects", "产学研合作项目数"), better="higher")
@rule
def joint_projects(region, p):
    """Joint research projects of enterprises with institutes or each other under way."""
    return region.joint_projects


@of_cluster("1", "flow", label=("Spin-offs", "衍生企业数"), better="higher")
@rule
def spin_offs(region, p):
    """Enterprises founded by researchers of institutes or by talents of enterprises."""
    return region.entries[SPIN_OFF_INSTITUTE] + region.entries[SPIN_OFF_ENTERPRISE]


@of_cluster("1", "flow", label=("Certificates obtained", "产品认证数"), better="higher")
@rule
def certificates(region, p):
    """Product certificates obtained this quarter."""
    return region.certificates


@of_cluster("1", "flow", label=("Tests and services sold", "检测服务数"), better="higher")
@rule
def services_sold(totals, world, p):
    """Tests, certifications and other services sold by the cluster's institutes."""
    number = 0.0
    for institute in world.institutes:
        if institute.alive:
            number += institute.served
    return number


@of_cluster("1", "flow", label=("Tests and services turned away", "未满足的检测服务数"), better="lower")
@rule
def services_turned_away(totals, world, p):
    """Times an enterprise asked an institute for a service beyond its capacity."""
    number = 0.0
    for institute in world.institutes:
        if institute.alive:
            number += institute.turned_away
    return number
