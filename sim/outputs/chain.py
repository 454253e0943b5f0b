"""Chain extension: how far the raw material is carried down the chain in the cluster, and what that brings.

Outcomes of extension come with and without the products that history's statistics do not count, because one
plant for end products can outweigh a whole city (``_all`` and ``_counted`` in the names). Value added is
net of chain inputs and of all other purchases. A *volume* is quantities at the mean prices of 2014 to 2018.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from sim.accounts import BOUGHT_OUTSIDE, MADE, USED
from sim.compiled import rule
from sim.declare import output
from sim.outputs.cells import LEVELS, PRODUCT_CELL, base_stage, content, materials_stage, ratio, sums_from
from sim.world import STAGES

of_enterprise = partial(output, of="enterprise", by=LEVELS, group="chain_extension")
of_cluster = partial(output, group="chain_extension")


# Of the enterprise --------------------------------------------------------------------------------------
@of_enterprise("million CNY", "flow", label=("Sales", "销售收入"), better="higher")
@rule
def sales(enterprise, p):
    """Value of goods sold to anyone, ex VAT, sales inside the cluster included."""
    return enterprise.sales


@of_enterprise(
    "million CNY", "flow", label=("Sales at reference prices", "销售收入（可比价）"), better="higher"
)
@rule
def sales_volume(enterprise, p):
    """Goods sold to anyone at the mean prices of 2014 to 2018."""
    return enterprise.sales_volume


@of_enterprise("million CNY", "flow", label=("Sales inside the cluster", "集群内销售收入"), better="higher")
@rule
def sales_local(enterprise, p):
    """Value of chain goods sold to other enterprises of the cluster, ex VAT."""
    return enterprise.sales_local


@of_enterprise("million CNY", "flow", label=("Output value", "产值"), better="higher")
@rule
def output_value(enterprise, p):
    """Gross output at current prices ex VAT, joint products and goods for use in the cluster included."""
    return enterprise.output_value


@of_enterprise("million CNY", "flow", label=("Output volume", "产值（可比价）"), better="higher")
@rule
def output_volume(enterprise, p):
    """Gross output at the mean prices of 2014 to 2018: what policy effects are headlined in."""
    return enterprise.output_volume


@of_enterprise("million CNY", "flow", label=("Value added", "增加值"), better="higher")
@rule
def value_added(enterprise, p):
    """Output less chain inputs used and less all other purchased inputs, at current prices."""
    return enterprise.value_added


@of_enterprise("million CNY", "flow", label=("Value added, volume", "增加值（可比价）"), better="higher")
@rule
def value_added_volume(enterprise, p):
    """Value added with goods at mean prices of 2014 to 2018, other purchases by the general index."""
    return enterprise.value_added_volume


@of_enterprise(
    "million CNY", "flow", label=("Chain inputs bought in the cluster", "本地配套采购额"), better="higher"
)
@rule
def inputs_local(enterprise, p):
    """Value of chain inputs bought from other enterprises of the cluster."""
    return enterprise.inputs_local


@of_enterprise("million CNY", "flow", label=("Chain inputs bought outside", "外购链上投入品"))
@rule
def inputs_outside(enterprise, p):
    """Value of chain inputs bought from the rest of the country or abroad."""
    return enterprise.inputs_outside


@of_enterprise(
    "million CNY", "flow", by=("stage", "product"), label=("Unfilled orders", "未满足订单"), better="lower"
)
@rule
def unfilled_orders(enterprise, p):
    """Orders that could not be filled, each counted once, at the first choice, valued at posted prices."""
    return enterprise.unfilled * enterprise.price


# Of the cluster: what is made ---------------------------------------------------------------------------
@of_cluster(
    "million CNY", "flow", label=("Output value, counted products", "产值（统计口径）"), better="higher"
)
@rule
def output_counted(totals, world, p):
    """Output value of enterprises whose main product is in the statistics of the reference history (H2)."""
    return sums_from(totals, world, 0, True).output


@of_cluster(
    "million CNY",
    "flow",
    label=("Output volume, counted products", "产值（统计口径，可比价）"),
    better="higher",
)
@rule
def output_counted_volume(totals, world, p):
    """Output volume of enterprises whose main product is in the statistics of the reference history."""
    return sums_from(totals, world, 0, True).output_volume


@of_cluster(
    "million CNY", "flow", label=("Value added, counted products", "增加值（统计口径）"), better="higher"
)
@rule
def value_added_counted(totals, world, p):
    """Value added of enterprises whose main product is in the statistics of the reference history."""
    return sums_from(totals, world, 0, True).value_added


@of_cluster(
    "million CNY",
    "flow",
    label=("Value added volume, counted products", "增加值（统计口径，可比价）"),
    better="higher",
)
@rule
def value_added_counted_volume(totals, world, p):
    """Value added at reference prices of enterprises whose main product is in the reference statistics."""
    return sums_from(totals, world, 0, True).value_added_volume


@of_cluster(
    "million CNY",
    "flow",
    label=("New materials and applications, volume", "新材料及应用产值（可比价）"),
    better="higher",
)
@rule
def new_materials_volume(totals, world, p):
    """Output volume from the materials stage on (the first stage beyond commodities), counted products."""
    return sums_from(totals, world, materials_stage(world), True).output_volume


@of_cluster(
    "share",
    "rate",
    label=("Share of new materials and applications", "新材料及应用产值占比"),
    better="higher",
)
@rule
def new_materials_share(totals, world, p):
    """Output value from the materials stage on over all, counted products: the official ratio (H3)."""
    return ratio(
        sums_from(totals, world, materials_stage(world), True).output,
        sums_from(totals, world, 0, True).output,
    )


@of_cluster(
    "share",
    "rate",
    label=("Share of new materials and applications, volume", "新材料及应用产值占比（可比价）"),
    better="higher",
)
@rule
def new_materials_share_volume(totals, world, p):
    """Share of new materials and applications in counted output, goods at reference prices."""
    return ratio(
        sums_from(totals, world, materials_stage(world), True).output_volume,
        sums_from(totals, world, 0, True).output_volume,
    )


@of_cluster(
    "share",
    "rate",
    label=("Share of new materials and applications, all products", "新材料及应用产值占比（全部产品）"),
    better="higher",
)
@rule
def new_materials_share_all(totals, world, p):
    """Share of new materials and applications in output value, uncounted products included."""
    return ratio(
        sums_from(totals, world, materials_stage(world), False).output,
        sums_from(totals, world, 0, False).output,
    )


@of_cluster("share", "rate", label=("Share of applications", "应用产品产值占比"), better="higher")
@rule
def applications_share(totals, world, p):
    """Output value beyond the materials stage (components, end products) over all, counted products."""
    return ratio(
        sums_from(totals, world, materials_stage(world) + 1, True).output,
        sums_from(totals, world, 0, True).output,
    )


@of_cluster(
    "share",
    "rate",
    label=("Share of applications, all products", "应用产品产值占比（全部产品）"),
    better="higher",
)
@rule
def applications_share_all(totals, world, p):
    """Output value beyond the materials stage over all output value, uncounted products included."""
    return ratio(
        sums_from(totals, world, materials_stage(world) + 1, False).output,
        sums_from(totals, world, 0, False).output,
    )


@rule
def mean_stage_of(totals, world, counted_only, volume):
    """Mean stage weighted by value added; a product with negative value added weighs nothing."""
    weights = 0.0
    total = 0.0
    for place in range(len(world.products)):
        product = world.products[place]
        if product.counted or not counted_only:
            cell = totals[PRODUCT_CELL + place]
            weight = max(0.0, cell.value_added_volume if volume else cell.value_added)
            weights += weight
            total += weight * product.stage
    return ratio(total, weights)


@of_cluster("stage", "rate", label=("Mean stage", "平均产业链环节"), better="higher")
@rule
def mean_stage(totals, world, p):
    """Mean stage of the chain weighted by value added of each product at current prices, all products."""
    return mean_stage_of(totals, world, False, False)


@of_cluster(
    "stage", "rate", label=("Mean stage, counted products", "平均产业链环节（统计口径）"), better="higher"
)
@rule
def mean_stage_counted(totals, world, p):
    """Mean stage weighted by value added at current prices, products that history counts."""
    return mean_stage_of(totals, world, True, False)


@of_cluster("stage", "rate", label=("Mean stage, volume", "平均产业链环节（可比价）"), better="higher")
@rule
def mean_stage_volume(totals, world, p):
    """Mean stage weighted by value added at reference prices, all products: moves with quantities only."""
    return mean_stage_of(totals, world, False, True)


@of_cluster(
    "stage",
    "rate",
    label=("Mean stage, volume, counted products", "平均产业链环节（统计口径，可比价）"),
    better="higher",
)
@rule
def mean_stage_counted_volume(totals, world, p):
    """Mean stage weighted by value added at reference prices, products that history counts."""
    return mean_stage_of(totals, world, True, True)


@of_cluster("1", "stock", label=("Products made", "本地生产产品数"), better="higher")
@rule
def products_made(totals, world, p):
    """Products of the chain that were made in the cluster this quarter, joint products included."""
    number = 0.0
    for place in range(len(world.products)):
        if world.goods[place, MADE] > 0.0:
            number += 1.0
    return number


@of_cluster(
    "share", "rate", label=("Products made at efficient scale", "达到经济规模的产品比例"), better="higher"
)
@rule
def products_at_scale(totals, world, p):
    """Share of the chain's products made this quarter by an enterprise of efficient scale or more."""
    reached = np.zeros(len(world.products))
    for enterprise in world.enterprises:
        if enterprise.alive and enterprise.produced > 0.0:
            process = world.processes[enterprise.process]
            if enterprise.capacity >= process.minimum_scale:
                for slot in range(process.outputs):
                    reached[process.output[slot]] = 1.0
    number = 0.0
    for place in range(len(reached)):
        number += reached[place]
    return ratio(number, len(reached))


# Of the cluster: how the links hold together ------------------------------------------------------------
@rule
def bought_here(product):
    """Share of what the cluster's enterprises bought of a product that came from the cluster, by quantity."""
    return ratio(product.local_use, product.local_use + product.imported)


@rule
def conversion(world, critical):
    """Share of the local base material that enterprises from the materials stage on use; see the output."""
    base = base_stage(world)
    materials = materials_stage(world)
    number = len(world.products)
    wanted = np.zeros(number)  # of each product, by everybody who uses it
    processed = np.zeros(number)  # the same by enterprises from the materials stage on
    for enterprise in world.enterprises:
        if enterprise.alive:
            process = world.processes[enterprise.process]
            for slot in range(process.inputs):
                need = enterprise.produced * process.coefficient[slot]
                wanted[process.input[slot]] += need
                if enterprise.stage >= materials:
                    processed[process.input[slot]] += need
    made = 0.0
    used = 0.0
    local = np.zeros(number)  # share of the contents of what is made here that began here
    for stage in range(base, materials):
        for place in range(number):
            product = world.products[place]
            if product.stage != stage:
                continue
            if stage == base:
                local[place] = 1.0
                made += content(product, critical) * world.goods[place, MADE]
            else:
                process = world.processes[product.maker]
                contained = 0.0
                began_here = 0.0
                for slot in range(process.inputs):
                    part = process.coefficient[slot] * content(world.products[process.input[slot]], critical)
                    contained += part
                    began_here += (
                        part * bought_here(world.products[process.input[slot]]) * local[process.input[slot]]
                    )
                local[place] = ratio(began_here, contained)
            share = ratio(processed[place], wanted[place])
            used += (
                content(product, critical)
                * world.goods[place, USED]
                * share
                * bought_here(product)
                * local[place]
            )
    return ratio(used, made)


@of_cluster("share", "rate", label=("Local conversion rate", "本地转化率"), better="higher")
@rule
def local_conversion_rate(totals, world, p):
    """Share of the local base material (separated goods) that becomes new materials or more in the cluster.

    Raw material contained in the commodities from the base stage on that enterprises from the materials
    stage on used this quarter, over the raw material contained in the base-stage goods made. Only what began
    here counts: use is scaled by the share of purchases that was local and, for commodities further down, by
    the share of their own inputs that was. In the reference chain: oxide equivalent of local oxides and
    metals used in stages 4 and up over that of local oxides (H4). At most 1: what is drawn from stock was made
    earlier, and in a quarter in which hardly anything is made the bare ratio would mean nothing.
    """
    return min(1.0, conversion(world, False))


@of_cluster(
    "share", "rate", label=("Local conversion rate, critical part", "本地转化率（关键元素）"), better="higher"
)
@rule
def local_conversion_rate_critical(totals, world, p):
    """Local conversion rate of the critical part of the raw material (in the reference chain NdPr)."""
    return min(1.0, conversion(world, True))


@of_cluster("share", "rate", by=LEVELS, label=("Local sourcing rate", "本地配套率"), better="higher")
@rule
def local_sourcing_rate(cell, p):
    """Chain inputs bought in the cluster over all chain inputs bought, by value (supporting rate)."""
    return ratio(cell.inputs_local, cell.inputs_local + cell.inputs_outside)


@of_cluster("share", "rate", label=("Local sourcing rate, volume", "本地配套率（可比价）"), better="higher")
@rule
def local_sourcing_rate_volume(totals, world, p):
    """Local sourcing rate with quantities at reference prices: a price spike does not move it."""
    local = 0.0
    outside = 0.0
    for product in world.products:
        local += product.local_use * product.reference_price
        outside += product.imported * product.reference_price
    return ratio(local, local + outside)


@rule
def carried(world, critical):
    """Raw material in base-stage goods made here and in goods from the base stage on bought outside."""
    base = base_stage(world)
    total = 0.0
    for place in range(len(world.products)):
        product = world.products[place]
        if product.stage == base:
            total += content(product, critical) * world.goods[place, MADE]
        if product.stage >= base:
            total += content(product, critical) * world.goods[place, BOUGHT_OUTSIDE]
    return total


@of_cluster("million CNY/tonne", "rate", label=("Value multiplication", "单位原料增值"), better="higher")
@rule
def value_multiplication(totals, world, p):
    """Value added from the base stage on, at reference prices, per tonne of raw material carried on here.

    Carried on is what base-stage goods made here and goods from that stage on bought outside contain.
    """
    return ratio(sums_from(totals, world, base_stage(world), False).value_added_volume, carried(world, False))


@of_cluster(
    "million CNY/tonne",
    "rate",
    label=("Value multiplication, counted products", "单位原料增值（统计口径）"),
    better="higher",
)
@rule
def value_multiplication_counted(totals, world, p):
    """Value multiplication with the value added of products that history counts only."""
    return ratio(sums_from(totals, world, base_stage(world), True).value_added_volume, carried(world, False))


@of_cluster(
    "million CNY/tonne",
    "rate",
    label=("Value multiplication, critical part", "单位关键元素增值"),
    better="higher",
)
@rule
def value_multiplication_critical(totals, world, p):
    """Value added from the base stage on, at reference prices, per tonne of critical material carried on."""
    return ratio(sums_from(totals, world, base_stage(world), False).value_added_volume, carried(world, True))


@of_cluster(
    "1", "stock", label=("Depth of the longest local supply path", "本地供应链最长路径"), better="higher"
)
@rule
def supply_path_depth(totals, world, p):
    """Number of products on the longest path on which each is made here and sold here to makers of the next.

    A link from an input to a product holds when the input was sold inside the cluster this quarter and the
    makers of the product bought inputs there.
    """
    depth = np.zeros(len(world.products))
    longest = 0.0
    for stage in range(1, STAGES):
        for place in range(len(world.products)):
            product = world.products[place]
            if product.stage != stage or world.goods[place, MADE] <= 0.0:
                continue
            process = world.processes[product.maker]
            before = 0.0
            if totals[PRODUCT_CELL + process.product].inputs_local > 0.0:
                for slot in range(process.inputs):
                    if world.products[process.input[slot]].local_use > 0.0:
                        before = max(before, depth[process.input[slot]])
            depth[place] = before + 1.0
            longest = max(longest, depth[place])
    return longest


# Prices -------------------------------------------------------------------------------------------------
@of_cluster("index", "rate", by=("stage", "product"), label=("Output price index", "产品价格指数"))
@rule
def price_index(cell, p):
    """Output at current prices over output at reference prices: 1 at the mean prices of 2014 to 2018."""
    return ratio(cell.output_value, cell.output_volume)


@of_cluster("million CNY/unit", "rate", label=("World price of the raw material", "原料价格"))
@rule
def raw_material_price(totals, world, p):
    """World price at home, ex VAT, of the first product of stage 1 (in the reference chain concentrate)."""
    for product in world.products:
        if product.stage == 1:
            return product.price
    return 0.0


@of_cluster("million CNY/unit", "rate", label=("World price of the critical base good", "关键基础产品价格"))
@rule
def critical_price(totals, world, p):
    """World price at home of the base-stage good richest in the critical raw material (NdPr oxide)."""
    base = base_stage(world)
    richest = -1.0
    price = 0.0
    for product in world.products:
        if product.stage == base and product.critical > richest:
            richest = product.critical
            price = product.price
    return price
