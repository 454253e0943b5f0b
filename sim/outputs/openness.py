"""Openness: what the cluster sells to the world, what it depends on from outside, and who comes from
outside.
"""

from __future__ import annotations

from functools import partial

from sim.compiled import rule
from sim.declare import output
from sim.outputs.cells import LEVELS, STAGE_CELL, materials_stage, ratio
from sim.world import DOMESTIC, INTERNATIONAL, OUTSIDE_OWNED, STAGES

of_enterprise = partial(output, of="enterprise", by=LEVELS, group="openness")
of_cluster = partial(output, group="openness")


@of_enterprise("million CNY", "flow", label=("Exports", "出口额"), better="higher")
@rule
def exports(enterprise, p):
    """Value of sales to the international market."""
    return enterprise.sales_market[INTERNATIONAL]


@of_cluster("million CNY", "flow", label=("Exports at reference prices", "出口额（可比价）"), better="higher")
@rule
def exports_volume(totals, world, p):
    """Quantities sold to the international market at the mean prices of 2014 to 2018."""
    total = 0.0
    for product in world.products:
        total += product.taken[INTERNATIONAL] * product.reference_price
    return total


@of_cluster("share", "rate", by=LEVELS, label=("Export share", "出口占销售比重"), better="higher")
@rule
def export_share(cell, p):
    """Sales to the international market over all sales."""
    return ratio(cell.exports, cell.sales)


@of_cluster("share", "rate", label=("Export share downstream", "下游产品出口占比"), better="higher")
@rule
def export_share_downstream(totals, world, p):
    """Sales to the international market over all sales of enterprises from the materials stage on."""
    abroad = 0.0
    everywhere = 0.0
    for stage in range(materials_stage(world), STAGES):
        abroad += totals[STAGE_CELL + stage].exports
        everywhere += totals[STAGE_CELL + stage].sales
    return ratio(abroad, everywhere)


@of_enterprise("1", "stock", label=("Exporters", "出口企业数"), better="higher")
@rule
def exporters(enterprise, p):
    """Enterprises that sold to the international market this quarter."""
    return 1.0 if enterprise.sales_market[INTERNATIONAL] > 0.0 else 0.0


@of_enterprise("1", "stock", label=("Outside markets served", "已进入外部市场数"), better="higher")
@rule
def markets_served(enterprise, p):
    """Outside markets to which an enterprise sold this quarter, summed over enterprises."""
    at_home = 1.0 if enterprise.sales_market[DOMESTIC] > 0.0 else 0.0
    abroad = 1.0 if enterprise.sales_market[INTERNATIONAL] > 0.0 else 0.0
    return at_home + abroad


@of_cluster("1", "flow", label=("Market entries", "新进入市场数"), better="higher")
@rule
def market_entries(region, p):
    """Times an enterprise paid the sunk cost of an outside market this quarter."""
    return region.market_entries


@rule
def share_of_market(world, market):
    """The cluster's sales in an outside market over its demand, all products at reference prices."""
    sold = 0.0
    demanded = 0.0
    for product in world.products:
        sold += product.taken[market] * product.reference_price
        demanded += product.market_size[market] * product.reference_price
    return ratio(sold, demanded)


@of_cluster("share", "rate", label=("Share of the world market", "国际市场份额"), better="higher")
@rule
def world_market_share(totals, world, p):
    """Sales to the international market over its demand for the chain's products, at reference prices."""
    return share_of_market(world, INTERNATIONAL)


@of_cluster("share", "rate", label=("Share of the national market", "国内市场份额"), better="higher")
@rule
def national_market_share(totals, world, p):
    """Sales to the rest of the country over its demand for the chain's products, at reference prices."""
    return share_of_market(world, DOMESTIC)


@of_cluster("share", "rate", by=LEVELS, label=("Import dependence", "外购依存度"), better="lower")
@rule
def import_dependence(cell, p):
    """Chain inputs bought outside over output value: how much of what is made here was made elsewhere."""
    return ratio(cell.inputs_outside, cell.output_value)


@of_enterprise("1", "stock", label=("Outside enterprises", "外来企业数"), better="higher")
@rule
def outside_enterprises(enterprise, p):
    """Enterprises owned from outside the region."""
    return 1.0 if enterprise.ownership == OUTSIDE_OWNED else 0.0
