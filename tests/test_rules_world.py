"""Rules of the outside world, of prices, labour and management: numbers worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import plain

import sim.rules.labour
import sim.rules.management
import sim.rules.outside_world
import sim.rules.prices
import sim.rules.relations
from sim.chance import Now
from sim.world import COMMODITY, DIFFERENTIATED, INTERNATIONAL, LARGE, MEDIUM, OUTSIDE_OWNED, SMALL

outside = plain(sim.rules.outside_world)
prices = plain(sim.rules.prices)
labour = plain(sim.rules.labour)
management = plain(sim.rules.management)
relations = plain(sim.rules.relations)

NOW = Now(1, 4)
Tiny = Callable[..., Any]


# ------------------------------------------------------------------------------------------ the outside world
def test_inputs_are_passed_through_part_at_once_part_by_the_mean_of_four_quarters(tiny: Tiny, p: Any) -> None:
    """2 units of an input at 10 now and 8 on average, a quarter of it at once, and non-chain cost 3 x 1.1."""
    world = tiny(products=2)
    p.outside_world.shocks = 0.0
    world.region[0].general_index = 1.1
    first, second = world.products[0], world.products[1]
    first.rule, first.long_run = outside.PROCESS, 10.0 / 1.1  # today's price is 10
    first.recent[:] = [22.0 / 3.0, 22.0 / 3.0, 22.0 / 3.0, 99.0]  # 10 takes the place of 99: the mean is 8
    second.rule, second.lag, second.nonchain = outside.PASS_THROUGH, 0.25, 3.0
    process = world.processes[1]
    process.inputs, process.coefficient[0] = 1, 2.0
    outside.move_prices(world, p, Now(1, 3))
    assert first.price == pytest.approx(10.0)
    assert first.mean_price == pytest.approx(8.0)
    assert second.price == pytest.approx(2.0 * (0.25 * 10.0 + 0.75 * 8.0) + 3.3)  # 20.3


def test_raw_material_costs_a_share_of_the_best_basket_but_not_less_than_its_winning(
    tiny: Tiny, p: Any
) -> None:
    """Two uses of the ore: (1 x 10 + 0.5 x 4) / 2 = 6, and 40 / 4 = 10. Half of the better is 5."""
    world = tiny(products=3, processes=3)
    p.outside_world.shocks = 0.0
    ore, metal, glass = world.products
    ore.rule, ore.basket_share = outside.BASKET, 0.5
    metal.rule = glass.rule = outside.PROCESS
    one, other = world.processes[1], world.processes[2]
    one.inputs, one.coefficient[0], one.outputs = 1, 2.0, 2
    one.output[:2], one.yield_of[:2] = [1, 2], [1.0, 0.5]
    other.inputs, other.coefficient[0] = 1, 4.0
    other.output[0], other.yield_of[0] = 2, 10.0
    metal.long_run, glass.long_run = 10.0, 4.0
    outside.move_prices(world, p, NOW)
    assert ore.price == pytest.approx(5.0)
    world.region[0].general_index = 1.2
    metal.long_run, glass.long_run, ore.floor_cost = 10.0 / 1.2, 4.0 / 1.2, 4.5
    outside.move_prices(world, p, NOW)
    assert ore.price == pytest.approx(4.5 * 1.2)


def test_an_observed_price_is_followed_and_then_pulled_to_its_long_run(tiny: Tiny, p: Any) -> None:
    """After the last observation, from 8 with pull one half to 2: the geometric mean, 4."""
    world = tiny(quarters=8)
    p.outside_world.shocks = 0.0
    good = world.products[0]
    good.rule, good.opening_price, good.long_run, good.reversion = outside.OBSERVED, 3.0, 2.0, 0.5
    world.region[0].opening = 2
    world.prices[2:4, 0] = [5.0, 8.0]
    seen = []
    for t in range(6):
        outside.move_prices(world, p, Now(1, t))
        seen.append(float(good.price))
    assert seen[:4] == [3.0, 3.0, 5.0, 8.0]  # still in the burn-in, then as observed
    assert seen[4] == pytest.approx(4.0)
    assert seen[5] == pytest.approx(math.sqrt(8.0))


def test_price_shocks_have_the_declared_spread_and_a_common_part(tiny: Tiny, p: Any) -> None:
    """Two products, no autocorrelation, spread 0.1, common part 0.8: correlation 0.64."""
    world = tiny(products=2)
    p.outside_world.shocks, p.outside_world.common = 1.0, 0.8
    world.products.rule, world.products.volatility = outside.PROCESS, 0.1
    shocks = []
    for t in range(3000):
        outside.move_prices(world, p, Now(5, t))
        shocks.append(world.products.shock.copy())
    x = np.array(shocks)
    np.testing.assert_allclose(x.std(axis=0), 0.1, rtol=0.08)
    assert np.corrcoef(x.T)[0, 1] == pytest.approx(0.64, abs=0.06)


def test_demand_grows_fading_and_falls_with_the_relative_price(tiny: Tiny, p: Any) -> None:
    """Ten years at growth 0.1 that fades by 0.05 a year: (1 - e^-0.5) / 0.05 = 7.869 years count; a price
    doubled over the general index, elasticity 2: a quarter is left of it. 100 e^0.7869 / 4 = 54.92."""
    world = tiny()
    p.outside_world.shocks, p.outside_world.growth_fade = 0.0, 0.05
    good = world.products[0]
    good.demand[:], good.growth[:], good.elasticity[:] = [100.0, 50.0], [0.1, 0.0], [2.0, 1.0]
    world.region[0].general_index = 1.5
    good.opening_price, good.price = 2.0, 6.0
    world.region[0].opening = 10
    good.market_size[:] = [40.0, 20.0]
    good.depth[:] = 10.0
    buyer = world.enterprises[0]
    buyer.expected_orders = 10.0
    outside.move_demand(world, p, Now(1, 50))
    assert good.market_size[0] == pytest.approx(54.92, abs=0.005)
    assert good.market_size[1] == pytest.approx(25.0)
    assert good.market_change == pytest.approx(79.92 / 60.0, abs=1e-4)
    assert good.outlet.tolist() == pytest.approx(
        [21.97, 10.0], abs=0.005
    )  # outlets follow volume, not the price
    assert buyer.expected_orders == pytest.approx(13.32, abs=0.001)


def test_demand_stands_still_during_the_burn_in(tiny: Tiny, p: Any) -> None:
    world = tiny()
    good = world.products[0]
    good.demand[:], good.growth[:] = 100.0, 0.2
    world.region[0].opening = 20
    outside.move_demand(world, p, Now(1, 12))
    assert good.market_size.tolist() == [100.0, 100.0]


def test_who_stands_still_falls_behind_the_frontier(tiny: Tiny, p: Any) -> None:
    """One per cent a quarter; nobody falls below one hundredth; the dead do not count."""
    world = tiny(fields=2, enterprises=3, institutes=1)
    world.fields.growth = [0.01, 0.0]
    world.enterprises.knowledge[:, :2] = 0.5
    world.enterprises.knowledge[1, 0] = 0.0100001
    world.enterprises[2].alive = False
    world.institutes.knowledge[:, :2] = 0.8
    world.enterprises.licence_lift = 0.6
    outside.move_frontier(world, p, NOW)
    assert world.fields.frontier[0] == pytest.approx(math.exp(0.01))
    assert world.enterprises.knowledge[0, :2] == pytest.approx([0.5 * math.exp(-0.01), 0.5], rel=1e-4)
    assert world.enterprises.knowledge[1, 0] == 0.01
    assert world.enterprises.knowledge[2, 0] == 0.5
    assert world.institutes.knowledge[0, 0] == pytest.approx(0.8 * math.exp(-0.01), rel=1e-4)
    assert world.enterprises.licence_lift[0] == pytest.approx(0.6 * math.exp(-0.01), rel=1e-4)


def test_luck_fades_without_shocks_and_keeps_its_spread_with_them(tiny: Tiny, p: Any) -> None:
    world = tiny(enterprises=3000)
    p.outside_world.luck_persistence, p.outside_world.cost_luck, p.outside_world.demand_luck = 0.9, 0.1, 0.3
    p.outside_world.cost_persistence, p.outside_world.shocks = 0.8, 0.0
    world.enterprises.cost_luck = 0.5
    outside.change_luck(world, p, NOW)
    np.testing.assert_allclose(world.enterprises.cost_luck, 0.4)
    p.outside_world.shocks = 1.0
    for t in range(30):
        outside.change_luck(world, p, Now(3, t))
    assert world.enterprises.cost_luck.std() == pytest.approx(0.1, rel=0.06)
    assert world.enterprises.demand_luck.std() == pytest.approx(0.3, rel=0.06)


def test_pay_follows_the_index_of_wages(tiny: Tiny, p: Any) -> None:
    """Half again as much, while prices rise by a fifth: a budget buys 0.8 of the people, which are half of effort."""
    world = tiny()
    p.research.materials_share = 0.5
    world.series[0, :2] = 1.0
    world.series[4, :5] = [1.2, 1.5, 0.3, 0.16, 0.5]
    region = world.region[0]
    region.outside_wage, region.wage, region.talent_wage = 2.0, 1.8, 4.0
    outside.read_the_calendar(world, p, NOW)
    assert (region.outside_wage, region.wage, region.talent_wage) == pytest.approx((3.0, 2.7, 6.0))
    assert (region.general_index, region.wage_index, region.vat) == (1.2, 1.5, 0.16)
    assert (region.export_wedge, region.vat_local_share) == (0.3, 0.5)
    assert region.effort_reference == pytest.approx(0.8**0.5)


# ------------------------------------------------------------------------------------------------------ prices
def one_maker(tiny: Tiny, pricing: int) -> Any:
    """A plant of efficient scale at usual productivity: 2 units of an ore at 3, 0.1 workers at 2, other 1, levy 0.5."""
    world = tiny(products=2)
    maker, process = world.enterprises[0], world.processes[1]
    maker.process = maker.product = 1
    maker.productivity = labour.USUAL_PRODUCTIVITY
    process.inputs, process.coefficient[0] = 1, 2.0
    process.other_cost, process.levy, process.workers = 1.0, 0.5, 0.1
    world.products[0].price = world.products[0].local_price = 3.0
    world.products[0].mean_price = world.products[0].long_run = 3.0
    world.products[1].pricing = pricing
    world.region[0].wage = 2.0
    return world


def test_unit_cost(tiny: Tiny, p: Any) -> None:
    """Practice 0.25 wastes a twentieth: 2 x 1.05 x 3 + 1 + 0.5 + 0.2 = 8. Bad luck of ln 2 doubles all but the ore."""
    world = one_maker(tiny, COMMODITY)
    p.prices.waste = 0.2
    maker = world.enterprises[0]
    maker.practice = 0.25
    prices.set_prices(world, p, NOW)
    assert maker.unit_cost == pytest.approx(8.0)
    assert maker.price == world.products[1].local_price
    maker.cost_luck = math.log(2.0)
    prices.set_prices(world, p, NOW)
    assert maker.unit_cost == pytest.approx(6.3 + 2.0 + 0.5 + 0.4)
    maker.cost_luck, maker.raw_material_discount = 0.0, 0.25
    prices.set_prices(world, p, NOW)
    assert maker.unit_cost == pytest.approx(0.75 * 6.3 + 1.7)


def test_a_commodity_is_priced_between_parities_by_what_lies_in_stock(tiny: Tiny, p: Any) -> None:
    """Response ln 3 a quarter, one quarter too much in stock: s = 3/4, price 10 (1 + 0.1 (1 - 1.5)) = 9.5."""
    world = tiny()
    good = world.products[0]
    good.price, good.base_trade_cost[0] = 10.0, 0.1
    p.prices.cover, p.prices.cover_response = 0.5, math.log(3.0)
    for cover, price in ((1.5, 9.5), (0.5, 10.0), (1e3, 9.0)):
        good.stock_cover = cover
        prices.set_prices(world, p, NOW)
        assert good.local_price == pytest.approx(price)


def test_what_a_local_minimum_keeps_from_leaving_is_cheaper_here(tiny: Tiny, p: Any) -> None:
    """A discount of 0.3 on a good all of which is kept: three fifths kept, 10 (1 - 0.18)."""
    world = tiny()
    good = world.products[0]
    good.price, good.stock_cover, good.held_back = 10.0, 0.5, 0.6
    p.prices.cover, p.prices.held_back = 0.5, 0.3
    prices.set_prices(world, p, NOW)
    assert good.local_price == pytest.approx(8.2)


def test_a_mark_up_rises_with_waiting_orders_and_falls_with_stock(tiny: Tiny, p: Any) -> None:
    """Unit cost 7.7 is also what it is at long-run prices. Half of usual orders wait: full step up, 0.20 to 0.22."""
    world = one_maker(tiny, DIFFERENTIATED)
    world.processes[1].levy = 0.5
    maker = world.enterprises[0]
    p.prices.waste, p.prices.markup_step, p.prices.markup_pull = 0.0, 0.02, 0.0
    p.prices.lowest, p.prices.highest = 0.05, 0.5
    maker.expected_orders, maker.backlog, maker.markup = 10.0, 5.0, 0.2
    prices.set_prices(world, p, NOW)
    assert maker.unit_cost == pytest.approx(7.7)
    assert maker.markup == pytest.approx(0.22)
    assert maker.price == pytest.approx(7.7 * 1.22)
    maker.backlog, maker.output_stock[0] = 0.0, 17.5  # one quarter of orders beyond three quarters of one
    prices.set_prices(world, p, NOW)
    assert maker.markup == pytest.approx(0.2)
    maker.markup, p.prices.markup_step = 0.06, 0.1
    prices.set_prices(world, p, NOW)
    assert maker.markup == 0.05


def test_dear_inputs_are_passed_on_and_not_multiplied(tiny: Tiny, p: Any) -> None:
    """An ore at four times its long-run price: the mark-up is taken on the normal cost of 7.7."""
    world = one_maker(tiny, DIFFERENTIATED)
    maker, ore = world.enterprises[0], world.products[0]
    p.prices.waste, p.prices.markup_step, p.prices.markup_pull = 0.0, 0.0, 0.0
    ore.price = ore.local_price = ore.mean_price = 12.0
    maker.expected_orders, maker.markup = 10.0, 0.2
    prices.set_prices(world, p, NOW)
    assert maker.unit_cost == pytest.approx(25.7)
    assert maker.price == pytest.approx(25.7 + 0.2 * 7.7)


def test_the_mark_up_is_drawn_to_what_pays_best_or_covers_full_cost(tiny: Tiny, p: Any) -> None:
    """beta 5: 1/4. Yearly 0.2 of a plant of 30.8 at use 0.8 is 1.925 a quarter, a quarter of unit cost too; of twice the
    plant a half."""
    world = one_maker(tiny, DIFFERENTIATED)
    maker = world.enterprises[0]
    world.products[1].price_sensitivity[:] = 5.0
    p.prices.waste, p.prices.markup_step, p.prices.markup_pull, p.prices.highest = 0.0, 0.0, 1.0, 2.0
    p.finance.overhead, p.finance.wear, p.finance.interest = 0.06, 0.06, 0.08
    maker.expected_orders = 10.0
    for plant, best in ((0.0, 0.25), (30.8, 0.25), (61.6, 0.5)):
        world.processes[1].plant = plant
        maker.markup = 0.1
        prices.set_prices(world, p, NOW)
        assert maker.markup == pytest.approx(best)


# ------------------------------------------------------------------------------------------------------ labour
def two_employers(tiny: Tiny, p: Any) -> Any:
    """Each worker makes one unit. One wants 44 and has 14, the other wants 66 and has 76; a hundred within reach."""
    world = tiny(enterprises=2)
    p.labour.adjust, p.labour.scarcity = 0.5, 0.0
    world.processes[0].workers = 1.0
    world.enterprises.productivity = labour.USUAL_PRODUCTIVITY
    world.enterprises.capacity = 1000.0
    world.enterprises.expected_orders = [40.0, 60.0]
    world.enterprises.workers = [14.0, 76.0]
    world.region[0].labour_pool = 100.0
    return world


def test_hiring_is_rationed_when_the_pool_is_short(tiny: Tiny, p: Any) -> None:
    """30 are wanted, 10 are free: a third of the gap, half of it at once. Letting go is not rationed."""
    world = two_employers(tiny, p)
    labour.hire_workers(world, p, NOW)
    assert world.enterprises.workers == pytest.approx([19.0, 71.0])
    assert world.region[0].vacancies == pytest.approx(20.0)
    world.region[0].labour_pool = 1000.0
    world.enterprises.workers = [14.0, 76.0]
    labour.hire_workers(world, p, NOW)
    assert world.enterprises.workers == pytest.approx([29.0, 71.0])


def test_the_wage_moves_a_tenth_of_the_way_and_not_below_the_minimum(tiny: Tiny, p: Any) -> None:
    world = two_employers(tiny, p)
    region = world.region[0]
    region.outside_wage, region.wage = 2.0, 3.0
    p.labour.minimum = 0.8
    labour.hire_workers(world, p, NOW)
    assert region.wage == pytest.approx(2.9)
    region.wage, p.labour.minimum = 1.0, 1.0
    p.labour.scarcity = -10.0  # as if nobody wanted to work here: the minimum holds
    labour.hire_workers(world, p, NOW)
    assert region.wage == pytest.approx(1.1)
    # Scarcity raises the wage: more with a full pool than with an empty one.
    p.labour.scarcity, p.labour.minimum = 0.4, 0.5
    wages = []
    for pool in (100.0, 1e6):
        region.wage, region.labour_pool = 2.0, pool
        labour.hire_workers(world, p, NOW)
        wages.append(float(region.wage))
    assert wages[0] > wages[1]


def test_labour_a_unit_falls_with_real_pay_productivity_and_scale(tiny: Tiny, p: Any) -> None:
    world = tiny()
    process, maker, region = world.processes[0], world.enterprises[0], world.region[0]
    process.workers, process.minimum_scale = 3.0, 100.0
    maker.capacity, maker.productivity = 100.0, labour.USUAL_PRODUCTIVITY
    assert labour.workers_per_unit(process, maker, region) == pytest.approx(3.0)
    region.general_index, region.wage_index = 1.2, 2.4
    assert labour.workers_per_unit(process, maker, region) == pytest.approx(1.5)
    maker.productivity *= 2.0
    assert labour.workers_per_unit(process, maker, region) == pytest.approx(0.75)
    maker.cost_luck = -math.log(3.0)
    assert labour.workers_per_unit(process, maker, region) == pytest.approx(0.25)
    maker.capacity = 1e-9  # far below efficient scale: twice as many, never more
    assert labour.workers_per_unit(process, maker, region) == pytest.approx(0.5)
    maker.capacity = 1e9
    assert labour.workers_per_unit(process, maker, region) == pytest.approx(0.25)


# -------------------------------------------------------------------------------------------------- management
def test_attention_grows_with_the_logarithm_of_size(tiny: Tiny, p: Any) -> None:
    """100 (e - 1) workers give one span more; an own R&D programme takes its part first."""
    world = tiny(enterprises=2)
    p.management.span, p.management.own_research_needs = 0.35, 0.15
    world.enterprises.workers = 100.0 * (math.e - 1.0)
    world.enterprises[1].research_intensity = 0.02
    management.give_attention(world, p, NOW)
    assert world.enterprises.attention == pytest.approx([1.35, 1.2])


def test_attention_can_be_spent_once(tiny: Tiny, p: Any) -> None:
    manager = tiny().enterprises[0]
    manager.attention = 1.0
    assert management.take_attention(manager, 0.7)
    assert not management.take_attention(manager, 0.4)
    assert manager.attention == pytest.approx(0.3)


def test_practice_is_learnt_from_the_best_that_is_seen(tiny: Tiny, p: Any) -> None:
    """Half of a unit of attention is free. At home: 0.05 (0.75 - 0.35) = 0.02, less one per cent of 0.37. Exporters and
    outside owners see 1. A convening power of one half raises pace to 0.075 and what is seen to 0.875."""
    world = tiny(enterprises=4)
    p.management.learn, p.management.local_best = 0.1, 0.75
    p.management.fade, p.management.contact = 0.01, 1.0
    managers = world.enterprises
    managers.practice, managers.attention = 0.35, 0.5
    managers.sales_market[1, INTERNATIONAL] = 3.0
    managers[2].ownership = OUTSIDE_OWNED
    managers[3].coordination = 0.5
    managers.ownership[[0, 1, 3]] = 1
    management.improve_practice(world, p, NOW)
    expected = [0.37 * 0.99, 0.3825 * 0.99, 0.3825 * 0.99, (0.35 + 0.075 * 0.525) * 0.99]
    assert managers.practice == pytest.approx(expected)


# --------------------------------------------------------------------------------------------------- relations
def test_trust_fades_and_links_of_the_departed_are_forgotten(tiny: Tiny, p: Any) -> None:
    """A tenth a quarter, a fiftieth for members of the coordination body."""
    world = tiny(enterprises=4, institutes=1)
    p.relations.fade = 0.1
    for buyer in world.enterprises[:2]:
        buyer.supplier[:2], buyer.supplier_uid[:2], buyer.supplier_trust[:2] = [2, 3], [3, 4], [0.5, 0.5]
        buyer.partner[:2], buyer.partner_uid[:2], buyer.partner_trust[:2] = [0, 3], [101, 4], [0.4, 0.4]
        buyer.partner_institute[:2] = [1, 0]
    world.enterprises[1].coordination = 1.0
    world.enterprises[3].alive = False
    relations.keep_relations(world, p, NOW)
    for buyer, left in zip(world.enterprises[:2], (0.9, 0.98), strict=True):
        assert buyer.supplier_trust[0] == pytest.approx(0.5 * left)
        assert buyer.partner_trust[0] == pytest.approx(0.4 * left)
        assert buyer.supplier_uid[:2].tolist() == [3, 0]
        assert buyer.partner_uid[:2].tolist() == [101, 0]
    assert world.enterprises.coordinated[:2].tolist() == [False, True]


def test_a_row_used_again_is_another_supplier(tiny: Tiny, p: Any) -> None:
    world = tiny(enterprises=2)
    buyer = world.enterprises[0]
    buyer.supplier[0], buyer.supplier_uid[0] = 1, 2
    world.enterprises[1].uid = 77
    relations.keep_relations(world, p, NOW)
    assert buyer.supplier_uid[0] == 0


def test_size_classes_count_everybody(tiny: Tiny, p: Any) -> None:
    world = tiny(enterprises=3)
    p.relations.medium, p.relations.large = 50.0, 200.0
    world.enterprises.workers = [45.0, 45.0, 190.0]
    world.enterprises.local_talents = [4, 3, 8]
    world.enterprises.introduced_talents = [0, 2, 2]
    relations.keep_relations(world, p, NOW)
    assert world.enterprises.size_class.tolist() == [SMALL, MEDIUM, LARGE]


def test_differentiated_inputs_are_reckoned_at_import_parity_and_efficiency_saves(tiny: Tiny, p: Any) -> None:
    """The same plant, its input now at 3 (1 + 0.1) from outside; twice the usual productivity: 2^-0.3 of other inputs and half
    of the labour."""
    world = one_maker(tiny, DIFFERENTIATED)
    maker = world.enterprises[0]
    p.prices.waste = 0.0
    world.products[0].pricing, world.products[0].base_trade_cost[0] = DIFFERENTIATED, 0.1
    maker.productivity *= 2.0
    prices.set_prices(world, p, NOW)
    assert maker.unit_cost == pytest.approx(6.6 + 2.0**-0.3 + 0.5 + 0.1)


def test_workers_are_wanted_for_half_of_the_backlog_too(tiny: Tiny, p: Any) -> None:
    """1.1 (40 + 20 / 2) = 55 within a capacity of 1000, and 30 within one of 30."""
    world = two_employers(tiny, p)
    p.labour.adjust, world.region[0].labour_pool = 1.0, 1e6
    world.enterprises.backlog, world.enterprises.expected_orders = 20.0, 40.0
    world.enterprises.capacity = [1000.0, 30.0]
    labour.hire_workers(world, p, NOW)
    assert world.enterprises.workers == pytest.approx([55.0, 30.0])


def test_the_long_run_of_a_price_moves_with_the_index(tiny: Tiny, p: Any) -> None:
    """From 8 with full pull to 2 x 1.5; a shock of ln 2 doubles it."""
    world = tiny()
    p.outside_world.shocks = 0.0
    good = world.products[0]
    good.rule, good.long_run, good.price, good.reversion = outside.OBSERVED, 2.0, 8.0, 1.0
    world.region[0].general_index = 1.5
    outside.move_prices(world, p, NOW)
    assert good.price == pytest.approx(3.0)
    good.shock, good.autocorrelation = math.log(2.0), 1.0
    outside.move_prices(world, p, NOW)
    assert good.price == pytest.approx(6.0)
