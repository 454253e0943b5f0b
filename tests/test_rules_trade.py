"""Rules of supply and of the outside markets: numbers worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from conftest import plain

import sim.rules.labour
import sim.rules.outside_markets
import sim.rules.prices
import sim.rules.supply
from sim.accounts import (
    BOUGHT_OUTSIDE,
    ENTERPRISES,
    GOVERNMENT_ABOVE,
    MADE,
    OUTSIDE,
    SCRAPPED,
    SOLD_OUTSIDE,
    USED,
)
from sim.chance import Now
from sim.world import COMMODITY, DIFFERENTIATED, DOMESTIC, INTERNATIONAL

supply = plain(sim.rules.supply)
markets = plain(sim.rules.outside_markets)
prices = plain(sim.rules.prices)

NOW = Now(1, 4)
PRIVILEGE = supply.RAW_MATERIAL_PRIVILEGE
Tiny = Callable[..., Any]


def chain_of_two(tiny: Tiny, p: Any, sellers: int = 1, buyers: int = 1) -> Any:
    """Makers of yarn sell to makers of cloth, who need a unit of it; all posted prices are 2, imports cost 3.

    Nothing is lost in search or waste, nothing is made of yarn anew (no capacity), cloth is planned at 100.
    """
    world = tiny(products=2, enterprises=sellers + buyers)
    p.supply.transaction = p.prices.waste = p.supply.service = p.supply.target_stock = 0.0
    p.supply.trust_gain, p.supply.trust_loss = 0.1, 0.4
    yarn, cloth = world.products
    yarn.stage, cloth.stage = 1, 2
    world.products.pricing = DIFFERENTIATED
    yarn.price, yarn.reference_price = 3.0, 2.5
    process = world.processes[1]
    process.stage, process.inputs, process.coefficient[0] = 2, 1, 1.0
    world.enterprises.stage = 1
    world.enterprises.price = 2.0
    world.enterprises.capacity = 0.0
    world.enterprises.knowledge = 1.0
    for buyer in world.enterprises[sellers:]:
        buyer.process, buyer.product, buyer.stage = 1, 1, 2
        buyer.capacity, buyer.expected_orders = 1000.0, 100.0
        buyer.workers = buyer.cash = 1e6
    return world


def knows(buyer: Any, row: int, uid: int, trust: float, place: int = 0) -> None:
    """The buyer has dealt with a seller before."""
    buyer.supplier[place], buyer.supplier_uid[place], buyer.supplier_trust[place] = row, uid, trust


# -------------------------------------------------------------------------------------------------------- plans
def test_the_plan_is_orders_backlog_and_half_of_missing_stock(tiny: Tiny, p: Any) -> None:
    """100 + 10 + (30 - 20) / 2 = 115, within capacity and what the workers can do."""
    world = tiny()
    maker = world.enterprises[0]
    world.products[0].pricing = DIFFERENTIATED
    world.processes[0].workers = 1.0
    maker.productivity = supply.workers_per_unit.__globals__["USUAL_PRODUCTIVITY"]
    p.supply.target_stock = 0.3
    maker.expected_orders, maker.backlog, maker.stage = 100.0, 10.0, 1
    for capacity, workers, planned in ((500.0, 500.0, 115.0), (90.0, 500.0, 90.0), (500.0, 45.0, 45.0)):
        maker.capacity, maker.workers, maker.output_stock[0] = capacity, workers, 20.0
        world.goods[:] = 0.0
        supply.produce_and_trade(world, p, NOW)
        assert maker.planned == pytest.approx(planned)
        assert maker.produced == pytest.approx(planned)
        assert maker.output_stock[0] == pytest.approx(20.0 + planned)
        assert world.goods[0, MADE] == pytest.approx(planned)


def test_a_quota_is_shared_by_capacity(tiny: Tiny, p: Any) -> None:
    """A quota of 100 t of raw material, halved by policy; 2 t a unit: 25 units, a fifth and four fifths of them."""
    world = tiny(enterprises=2)
    process = world.processes[0]
    process.quota, process.quota_factor = 1, 0.5
    world.region[0].quota[1] = 100.0
    good = world.products[0]
    good.pricing, good.reo, good.price = COMMODITY, 2.0, 10.0
    makers = world.enterprises
    makers.stage, makers.capacity, makers.workers, makers.unit_cost = 1, [10.0, 40.0], 1e9, 1.0
    supply.share_quotas(world, p, NOW)
    supply.produce_and_trade(world, p, NOW)
    assert makers.produced == pytest.approx([5.0, 20.0])


def test_makers_of_commodities_stop_when_the_basket_does_not_pay_or_the_stock_is_full(
    tiny: Tiny, p: Any
) -> None:
    """Capacity 100 at a good margin; none at a loss of a quarter of value; half when half of the overflow lies there."""
    world = tiny()
    good, maker = world.products[0], world.enterprises[0]
    good.pricing, good.price = COMMODITY, 10.0
    p.supply.target_stock, p.supply.overflow = 0.3, 0.4
    maker.stage, maker.capacity, maker.workers = 1, 100.0, 1e9
    for unit_cost, stock, made in ((5.0, 0.0, 100.0), (12.5, 0.0, 0.0), (5.0, 50.0, 50.0), (5.0, 80.0, 0.0)):
        maker.unit_cost, maker.output_stock[0] = unit_cost, stock
        supply.produce_and_trade(world, p, NOW)
        assert maker.produced == pytest.approx(made)


# --------------------------------------------------------------------------------------------------------- deals
def test_a_contract_is_for_a_share_equal_to_trust(tiny: Tiny, p: Any) -> None:
    """Trust 0.5 and a need of 100: 50 from the known supplier, who then is trusted 0.5 + 0.1 x 0.5; spot takes the
    rest from whoever is best, here the same."""
    world = chain_of_two(tiny, p)
    seller, buyer = world.enterprises
    seller.output_stock[0] = 50.0
    knows(buyer, 0, 1, 0.5)
    supply.produce_and_trade(world, p, NOW)
    assert buyer.inputs_local == pytest.approx(100.0)  # 50 units at 2
    assert buyer.inputs_outside == pytest.approx(150.0)  # 50 units at 3
    assert seller.sales == seller.sales_local == buyer.inputs_local
    assert seller.sales_volume == pytest.approx(125.0)
    assert seller.cash == pytest.approx(100.0)
    assert buyer.produced == pytest.approx(100.0)
    assert world.goods[0, BOUGHT_OUTSIDE] == pytest.approx(50.0)
    assert world.goods[0, USED] == pytest.approx(100.0)
    assert world.money[supply.INPUTS_LOCAL, ENTERPRISES, ENTERPRISES] == pytest.approx(100.0)


@pytest.mark.parametrize(("stock", "trust"), [(50.0, 0.55), (25.0, 0.5 * (1.0 - 0.4 * 0.5))])
def test_trust_is_earned_by_deals_that_are_kept_and_lost_by_shortage(
    tiny: Tiny, p: Any, stock: float, trust: float
) -> None:
    world = chain_of_two(tiny, p)
    seller, buyer = world.enterprises
    seller.output_stock[0] = stock
    knows(buyer, 0, 1, 0.5)
    supply.buy_by_contract.__globals__["plan_output"](world, p, buyer)
    supply.buy_by_contract(world, p, NOW, buyer)
    assert buyer.supplier_trust[0] == pytest.approx(trust)
    assert buyer.input_stock[0] == pytest.approx(stock)


def test_contracts_never_exceed_the_need(tiny: Tiny, p: Any) -> None:
    """Trust 0.9 and 0.6: three fifths and two fifths of the need."""
    world = chain_of_two(tiny, p, sellers=2)
    buyer = world.enterprises[2]
    world.enterprises.output_stock[:2, 0] = 1000.0
    knows(buyer, 0, 1, 0.9)
    knows(buyer, 1, 2, 0.6, place=1)
    supply.produce_and_trade(world, p, NOW)
    assert world.enterprises.sold[:2] == pytest.approx([60.0, 40.0])


@pytest.mark.parametrize("seed", range(6))
def test_contracts_are_served_before_spot(tiny: Tiny, p: Any, seed: int) -> None:
    """60 in stock, two buyers of 50, in random order: who has a contract for all of it gets 50, the stranger 10."""
    world = chain_of_two(tiny, p, buyers=2)
    seller, friend, stranger = world.enterprises
    seller.output_stock[0] = 60.0
    world.enterprises.expected_orders[1:] = 50.0
    knows(friend, 0, 1, 1.0)
    supply.produce_and_trade(world, p, Now(seed, 4))
    assert friend.inputs_local == pytest.approx(100.0)
    assert stranger.inputs_local == pytest.approx(20.0)
    assert (friend.inputs_outside, stranger.inputs_outside) == pytest.approx((0.0, 120.0))


def test_what_is_not_had_here_is_imported_and_counted_once_as_unfilled(tiny: Tiny, p: Any) -> None:
    """30 of 100 in stock: 30 bought, 70 imported at 3 (1 + 0.1); the seller has had orders for 100."""
    world = chain_of_two(tiny, p)
    seller, buyer = world.enterprises
    seller.output_stock[0] = 30.0
    yarn = world.products[0]
    yarn.base_trade_cost[DOMESTIC] = 0.1
    supply.produce_and_trade(world, p, NOW)
    assert (seller.sold, seller.orders, seller.unfilled) == pytest.approx((30.0, 100.0, 70.0))
    assert buyer.inputs_local == pytest.approx(60.0)
    assert buyer.inputs_outside == pytest.approx(70.0 * 3.3)
    assert (yarn.local_use, yarn.imported) == pytest.approx((30.0, 70.0))
    assert buyer.produced == pytest.approx(100.0)


def test_a_border_half_open_lets_half_of_the_rest_in(tiny: Tiny, p: Any) -> None:
    world = chain_of_two(tiny, p)
    seller, buyer = world.enterprises
    seller.output_stock[0] = 30.0
    world.products[0].access[DOMESTIC] = 0.5
    supply.produce_and_trade(world, p, NOW)
    assert world.goods[0, BOUGHT_OUTSIDE] == pytest.approx(35.0)
    assert buyer.produced == pytest.approx(65.0)


def test_imports_that_are_cheaper_are_preferred(tiny: Tiny, p: Any) -> None:
    world = chain_of_two(tiny, p)
    seller, buyer = world.enterprises
    seller.output_stock[0], seller.price = 1000.0, 3.01
    supply.produce_and_trade(world, p, NOW)
    assert buyer.inputs_local == 0.0
    assert buyer.inputs_outside == pytest.approx(300.0)


def test_suppliers_outside_have_only_so_much_at_short_notice(tiny: Tiny, p: Any) -> None:
    """Usual imports of 40 may rise by half, and a tenth of full use of 100 units is always to be had: 70, not 100. The
    30 that were missed are ordered: half of the way from 40 to the 100 that were wanted."""
    world = chain_of_two(tiny, p)
    buyer = world.enterprises[1]
    p.supply.stretch, p.supply.spare, p.supply.adapt = 0.5, 0.1, 0.5
    need = float(world.processes[1].coefficient[0]) * 100.0
    buyer.capacity, buyer.usual_import[0] = 100.0, 0.4 * need
    supply.produce_and_trade(world, p, NOW)
    assert world.goods[0, BOUGHT_OUTSIDE] == pytest.approx(0.7 * need)
    assert world.products[0].missed == pytest.approx(0.3 * need)
    assert buyer.usual_import[0] == pytest.approx(0.7 * need)
    assert buyer.produced == pytest.approx(70.0)


def test_the_market_outside_gives_of_a_commodity_its_depth_to_all_together(tiny: Tiny, p: Any) -> None:
    """Two buyers want 100 each; a border half open lets 50 through for each and leaves the market's depth of 150 at 75. What
    they missed, 125 of 200, makes the commodity dearer by 0.4 x 0.625, here and outside."""
    world = chain_of_two(tiny, p, sellers=0, buyers=2)
    good = world.products[0]
    good.pricing, good.outlet[DOMESTIC], good.access[DOMESTIC] = COMMODITY, 150.0, 0.5
    world.enterprises.usual_import[:, 0] = 1000.0
    supply.produce_and_trade(world, p, NOW)
    assert world.goods[0, BOUGHT_OUTSIDE] == pytest.approx(75.0)
    assert good.missed == pytest.approx(125.0)
    markets.sell_commodities(world, p, NOW)
    assert good.shortage == pytest.approx(0.625)
    p.prices.scarcity, good.stock_cover = 0.4, p.prices.cover
    prices.set_prices(world, p, NOW)
    assert good.local_price == pytest.approx(1.25 * 3.0)
    assert supply.import_price(good) == pytest.approx(1.25 * 3.0)


def test_quality_and_trust_make_up_for_price(tiny: Tiny, p: Any) -> None:
    """A deal with a stranger costs 0.2, also outside: 3.2 x 1.2 = 3.84 is more than 3 x 1.2 = 3.6, but not at trust one half,
    3.2 x 1.1 = 3.52, of which 0.32 a unit are paid for search; nor at a quality that is worth a tenth more."""
    for trust, quality, bought in ((0.0, 1.0, 0.0), (0.5, 1.0, 100.0), (0.0, 1.1, 100.0)):
        world = chain_of_two(tiny, p)
        p.supply.transaction, p.supply.quality = 0.2, 1.0
        seller, buyer = world.enterprises
        seller.output_stock[0], seller.price, seller.quality = 1000.0, 3.2, quality
        if trust > 0.0:
            p.supply.trust_gain = 0.0
            knows(buyer, 0, 1, trust)
        supply.produce_and_trade(world, p, NOW)
        assert buyer.inputs_local == pytest.approx(3.2 * bought)
        searched = {0.5: 32.0, 0.0: 64.0 if bought else 60.0}[trust]
        assert world.money[supply.TRANSACTIONS, ENTERPRISES, OUTSIDE] == pytest.approx(searched, rel=0.06)


def test_fit_and_coordination_save_search_costs(tiny: Tiny, p: Any) -> None:
    """0.08 x (1 - 0.5) at trust one half; fit 0.6 and full coordination help 0.3 + 0.4; commodities need 5 % of it."""
    world = chain_of_two(tiny, p)
    seller, buyer = world.enterprises
    good = world.products[0]
    p.supply.transaction = 0.08
    assert supply.transaction_cost(p, buyer, seller, good, 0.5) == pytest.approx(0.04)
    seller.fit, buyer.coordination = 0.6, 1.0
    assert supply.transaction_cost(p, buyer, seller, good, 0.5) == pytest.approx(0.012)
    good.pricing = COMMODITY
    assert supply.transaction_cost(p, buyer, seller, good, 0.5) == pytest.approx(0.0006)


def test_a_raw_material_privilege_is_paid_by_the_mine_and_booked(tiny: Tiny, p: Any) -> None:
    """A tenth off a commodity at 2, 100 units: the mine gets 180, 20 are an implicit transfer."""
    world = chain_of_two(tiny, p)
    seller, buyer = world.enterprises
    world.products[0].pricing = COMMODITY
    seller.output_stock[0], buyer.raw_material_discount = 1000.0, 0.1
    world.products[0].local_price = 2.0
    supply.produce_and_trade(world, p, NOW)
    assert seller.sales == buyer.inputs_local == pytest.approx(180.0)
    assert world.measures[PRIVILEGE].implicit == pytest.approx(20.0)
    assert world.measures.claims.sum() == 0.0


def test_joint_products_come_out_together_and_the_glut_is_scrapped_at_a_cost(tiny: Tiny, p: Any) -> None:
    """10 units make 30 of the joint product; four quarters of capacity, 120, may lie there: of 110 + 30, 20 go."""
    world = tiny(products=2, processes=1)
    maker, process = world.enterprises[0], world.processes[0]
    process.outputs = 2
    process.output[:2], process.yield_of[:2] = [0, 1], [1.0, 3.0]
    p.supply.scrap, p.supply.target_stock, p.supply.service = 4.0, 0.0, 0.0
    world.products[1].disposal_cost, world.products[1].reference_price = 0.5, 0.2
    world.products.pricing = DIFFERENTIATED
    maker.stage, maker.capacity, maker.workers = 1, 10.0, 1e9
    maker.expected_orders, maker.output_stock[1] = 10.0, 110.0
    supply.produce_and_trade(world, p, NOW)
    assert maker.output_stock[:2] == pytest.approx([10.0, 120.0])
    assert world.goods[1, [MADE, SCRAPPED]] == pytest.approx([30.0, 20.0])
    assert maker.written_off == pytest.approx(4.0)
    assert world.money[supply.DISPOSAL, ENTERPRISES, OUTSIDE] == pytest.approx(10.0)


def test_upstream_output_can_be_bought_in_the_same_quarter(tiny: Tiny, p: Any) -> None:
    world = chain_of_two(tiny, p)
    seller, buyer = world.enterprises
    seller.capacity, seller.expected_orders, seller.workers = 1000.0, 100.0, 1e9
    supply.produce_and_trade(world, p, NOW)
    assert seller.produced == buyer.produced == pytest.approx(100.0)
    assert world.goods[0, BOUGHT_OUTSIDE] == 0.0


# ---------------------------------------------------------------------------------------------- outside markets
def sellers_abroad(tiny: Tiny, p: Any, number: int = 2) -> Any:
    """Makers of one differentiated product with plenty in stock: reach and attractiveness 1, others weigh 3, 400 wanted."""
    world = tiny(enterprises=number)
    good = world.products[0]
    good.pricing = DIFFERENTIATED
    good.market_size[:], good.outside_mass[:] = [400.0, 90.0], [3.0, 2.0]
    good.demand[:] = good.market_size
    good.reference_sales[:] = 10.0
    p.outside_markets.reputation = 0.0
    makers = world.enterprises
    makers.price, makers.reach, makers.output_stock[:, 0] = 1.0, 1.0, 1e6
    makers.serves[:, DOMESTIC] = True
    return world


def test_shares_are_logit_against_outside_competitors(tiny: Tiny, p: Any) -> None:
    """One of weight 1 beside 3: a quarter of 400. Two: a fifth each. Abroad nobody sells who does not serve it."""
    for number, sold in ((1, 100.0), (2, 80.0)):
        world = sellers_abroad(tiny, p, number)
        markets.sell_differentiated(world, p, NOW)
        assert world.enterprises.sold == pytest.approx([sold] * number)
        assert world.products[0].cluster_share[DOMESTIC] == pytest.approx(number / (3.0 + number))
        assert world.products[0].taken.tolist() == pytest.approx([sold * number, 0.0])
        assert world.goods[0, SOLD_OUTSIDE] == pytest.approx(sold * number)


def test_attractiveness_is_price_quality_reputation_and_luck(tiny: Tiny, p: Any) -> None:
    """At twice the world price, beta 2: a quarter; quality one half, gamma 1: an eighth; luck of ln 4: one half. The trade
    cost counts like price, an export tax abroad only."""
    world = sellers_abroad(tiny, p, 1)
    good, maker = world.products[0], world.enterprises[0]
    good.price_sensitivity[:], good.quality_sensitivity[:] = 2.0, 1.0
    good.price, maker.price, maker.quality = 3.0, 6.0, 0.5
    assert markets.attractiveness(good, maker, DOMESTIC, p) == pytest.approx(0.125)
    maker.demand_luck = math.log(2.0)
    maker.standing = math.log(2.0)
    assert markets.attractiveness(good, maker, DOMESTIC, p) == pytest.approx(0.5)
    p.outside_markets.reputation = math.log(2.0)
    maker.certified, maker.practice = True, 1.5
    assert markets.attractiveness(good, maker, DOMESTIC, p) == pytest.approx(2.0)
    good.base_trade_cost[:], good.trade_cost_factor[:], good.export_tax = 0.5, [1.0, 2.0], 1.0
    assert markets.attractiveness(good, maker, DOMESTIC, p) == pytest.approx(2.0 / 1.5**2)
    assert markets.attractiveness(good, maker, INTERNATIONAL, p) == pytest.approx(2.0 / 4.0**2)


def test_orders_beyond_the_stock_go_elsewhere_half_of_them_wait(tiny: Tiny, p: Any) -> None:
    """100 ordered, 20 waiting, 60 in stock: 60 sold, 60 unfilled, 30 wait."""
    world = sellers_abroad(tiny, p, 1)
    maker = world.enterprises[0]
    maker.backlog, maker.output_stock[0] = 20.0, 60.0
    markets.sell_differentiated(world, p, NOW)
    assert (maker.sold, maker.unfilled, maker.backlog) == pytest.approx((60.0, 60.0, 30.0))
    assert maker.orders == pytest.approx(100.0)
    assert maker.output_stock[0] == pytest.approx(0.0, abs=1e-9)


def test_exports_pay_the_tax_and_the_vat_that_is_not_refunded(tiny: Tiny, p: Any) -> None:
    """90 ordered by weight 1 against 2: 30 sold at 4 = 120; a tenth tax, four points of VAT kept."""
    world = sellers_abroad(tiny, p, 1)
    good, maker = world.products[0], world.enterprises[0]
    maker.serves[:] = [False, True]
    maker.price = 4.0
    good.export_tax, good.refund, world.region[0].vat = 0.1, 0.13, 0.17
    markets.sell_differentiated(world, p, NOW)
    assert maker.sales_market.tolist() == pytest.approx([0.0, 120.0])
    assert maker.taxes == pytest.approx(16.8)
    assert maker.cash == pytest.approx(103.2)
    assert world.balances[GOVERNMENT_ABOVE] == pytest.approx(16.8)
    assert world.measures[markets.EXPORT_TAX_MEASURE].revenue == pytest.approx(12.0)


def test_a_market_that_is_closed_orders_nothing(tiny: Tiny, p: Any) -> None:
    world = sellers_abroad(tiny, p, 1)
    world.products[0].access[DOMESTIC] = 0.25
    markets.sell_differentiated(world, p, NOW)
    assert world.enterprises[0].sold == pytest.approx(25.0)
    world = sellers_abroad(tiny, p, 1)
    world.products[0].access[DOMESTIC] = 0.0
    markets.sell_differentiated(world, p, NOW)
    assert world.enterprises[0].sold == 0.0


def test_government_buys_by_capacity_and_claims_are_what_it_pays_with(tiny: Tiny, p: Any) -> None:
    """60 to spend over three parts of capacity, price 2: 10 and 20 units, of which the smaller has only 4."""
    world = sellers_abroad(tiny, p, 2)
    good = world.products[0]
    good.market_size[:], good.procurement = 0.0, 60.0
    world.processes[0].capacity = 30.0
    makers = world.enterprises
    makers.capacity, makers.price = [10.0, 20.0], 2.0
    makers.output_stock[:, 0] = [4.0, 1e6]
    markets.sell_differentiated(world, p, NOW)
    assert makers.sold == pytest.approx([4.0, 20.0])
    assert makers.claimed == pytest.approx([8.0, 40.0])
    assert makers.cash.tolist() == [0.0, 0.0]  # paid in Finance
    assert world.measures[markets.PUBLIC_PROCUREMENT].claims == pytest.approx(48.0)


def test_reach_relaxes_to_a_power_of_sales(tiny: Tiny, p: Any) -> None:
    """Sales of four times the reference in a market that doubled: (2)^0.5; a tenth of the way from 1. Promotion abroad of
    three times one's own marketing, elasticity one half, doubles what is earned there."""
    world = sellers_abroad(tiny, p, 1)
    good, maker = world.products[0], world.enterprises[0]
    p.outside_markets.relax, p.outside_markets.eta = 0.1, 0.5
    good.demand[:] = [200.0, 90.0]
    maker.sales_market[:] = [40.0, 40.0]
    maker.serves[:] = True
    p.outside_markets.promotion, p.outside_markets.promotion_base = 0.5, 2.0
    maker.export_promotion = 6.0
    markets.enter_markets(world, p, NOW)
    assert maker.reach[DOMESTIC] == pytest.approx(1.0 + 0.1 * (math.sqrt(2.0) - 1.0))
    assert maker.reach[INTERNATIONAL] == pytest.approx(1.0 + 0.1 * (2.0 * 2.0 - 1.0))
    maker.capacity, before = 0.0, maker.reach.copy()
    markets.enter_markets(world, p, NOW)
    assert (maker.reach == before).all()  # customers of a first plant wait for it


def test_a_market_is_entered_when_it_pays_back_and_money_certificate_and_attention_are_there(
    tiny: Tiny, p: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reach 1/2 of weight 2: 90 x 0.5 / 2.5 = 18 units, margin 0.5, eight quarters: 72. A cost of 70 is worth it."""
    monkeypatch.setitem(markets.names, "happens", lambda *_: True)
    p.outside_markets.entrant_reach, p.outside_markets.payback, p.management.market_needs = 0.5, 8.0, 0.4

    def entered(cost: float = 70.0, support: float = 0.0, **changes: Any) -> tuple[bool, Any]:
        world = sellers_abroad(tiny, p, 1)
        good, maker = world.products[0], world.enterprises[0]
        good.entry_cost[:], good.needs_certificate[INTERNATIONAL] = cost, True
        maker.unit_cost, maker.capacity, maker.cash = 0.5, 1000.0, 500.0
        maker.certified, maker.attention, maker.market_entry_support = True, 1.0, support
        for name, value in changes.items():
            setattr(maker, name, value)
        markets.enter_markets(world, p, NOW)
        return bool(maker.serves[INTERNATIONAL]), world

    said, world = entered()
    assert said
    maker = world.enterprises[0]
    assert (maker.cash, maker.other_costs, maker.attention) == pytest.approx((430.0, 70.0, 0.6))
    assert maker.reach[INTERNATIONAL] == 0.5
    assert world.region[0].market_entries == 1
    assert not entered(cost=73.0)[0]
    said, world = entered(cost=140.0, support=0.5)
    assert said and world.enterprises[0].claimed == pytest.approx(70.0)
    for hindrance in ({"certified": False}, {"cash": 60.0}, {"attention": 0.3}, {"distress": 1}):
        assert not entered(**hindrance)[0], hindrance


# -------------------------------------------------------------------------------------------------- commodities
def seller_of_ore(tiny: Tiny, p: Any, stock: float, makers: int = 1) -> Any:
    """Ore at 10: the country takes 60 and the world 40 a quarter, no trade cost, no wedge, nobody uses it here."""
    world = tiny(enterprises=makers)
    good = world.products[0]
    good.pricing, good.price, good.local_price = COMMODITY, 10.0, 10.0
    good.outlet[:] = [60.0, 40.0]
    world.enterprises.output_stock[:, 0] = world.enterprises.produced = stock
    p.outside_markets.glut, p.outside_markets.least, p.outside_markets.reserve = 1.0, 0.25, 0.0
    return world


@pytest.mark.parametrize(
    ("stock", "sold", "price"),
    [(50.0, 50.0, 10.0), (100.0, 100.0, 10.0), (200.0, 200.0, 5.0), (1000.0, 400.0, 2.5)],
)
def test_outlets_take_their_depth_at_parity_and_more_at_a_falling_price(
    tiny: Tiny, p: Any, stock: float, sold: float, price: float
) -> None:
    """Elasticity 1: twice the depth at half the price; never below a quarter of it."""
    world = seller_of_ore(tiny, p, stock)
    good, maker = world.products[0], world.enterprises[0]
    markets.sell_commodities(world, p, NOW)
    assert good.taken.tolist() == pytest.approx([0.6 * sold, 0.4 * sold])
    assert maker.sales == pytest.approx(sold * price)
    assert maker.output_stock[0] == pytest.approx(stock - sold, abs=1e-9)
    assert world.goods[0, SOLD_OUTSIDE] == pytest.approx(sold)


def test_a_closed_world_leaves_the_outlet_at_home(tiny: Tiny, p: Any) -> None:
    world = seller_of_ore(tiny, p, 50.0)
    world.products[0].access[INTERNATIONAL] = 0.0
    markets.sell_commodities(world, p, NOW)
    assert world.products[0].taken.tolist() == pytest.approx([50.0, 0.0])


def test_a_minimum_of_local_offers_keeps_output_from_leaving(tiny: Tiny, p: Any) -> None:
    """Of 50 made and in stock, three fifths have to be offered here."""
    world = seller_of_ore(tiny, p, 50.0)
    world.enterprises[0].minimum_local = 0.6
    markets.sell_commodities(world, p, NOW)
    assert world.enterprises[0].sold == pytest.approx(20.0)
    assert world.enterprises[0].output_stock[0] == pytest.approx(30.0)
    assert world.products[0].held_back == pytest.approx(0.6)  # of what the outlets would have taken


def test_two_sellers_share_the_outlets_by_stock(tiny: Tiny, p: Any) -> None:
    world = tiny(enterprises=2)
    good = world.products[0]
    good.pricing, good.price, good.local_price = COMMODITY, 10.0, 10.0
    good.outlet[:] = [100.0, 0.0]
    world.enterprises.output_stock[:, 0] = world.enterprises.produced = [30.0, 90.0]
    p.outside_markets.glut, p.outside_markets.least, p.outside_markets.reserve = 1.0, 0.25, 0.0
    markets.sell_commodities(world, p, NOW)
    assert world.enterprises.sold == pytest.approx([30.0, 90.0])
    assert world.enterprises.sales == pytest.approx([30.0 * 10.0 / 1.2, 90.0 * 10.0 / 1.2])


def test_what_commodities_bring_at_home_and_abroad(tiny: Tiny, p: Any) -> None:
    """Price 10. At home less a trade cost of 0.1 x 2. Abroad 10 (1 + 0.5) less a tenth tax and a trade cost of 0.2 = 10.8
    after the taxes that are paid on it; 50 units in the proportion 3 : 2."""
    world = seller_of_ore(tiny, p, 50.0)
    good, maker, region = world.products[0], world.enterprises[0], world.region[0]
    good.base_trade_cost[:], good.trade_cost_factor[:] = [0.1, 0.2], [2.0, 1.0]
    region.export_wedge, region.vat, good.refund, good.export_tax = 0.5, 0.17, 0.13, 0.1
    markets.sell_commodities(world, p, NOW)
    assert maker.cash == pytest.approx(30.0 * 8.0 + 20.0 * 10.8)
    assert maker.taxes == pytest.approx(20.0 * 10.8 * 0.14 / 0.86)
    assert maker.sold == maker.orders == pytest.approx(50.0)


def test_stock_for_local_users_is_kept_and_what_sellers_got_is_remembered(tiny: Tiny, p: Any) -> None:
    """120 lie there, 40 were sold here and half of that is kept: 100 go out at 10. 20 are left over 140; 40 at 9 and 100 at
    10 bring 0.9714 of the price, remembered half."""
    world = seller_of_ore(tiny, p, 120.0)
    good = world.products[0]
    p.outside_markets.reserve, good.local_use, good.local_price, world.enterprises[0].sold = (
        0.5,
        40.0,
        9.0,
        40.0,
    )
    markets.sell_commodities(world, p, NOW)
    assert world.enterprises[0].sold == pytest.approx(40.0 + 100.0)
    assert good.stock_cover == pytest.approx(20.0 / 140.0)
    assert good.realisation == pytest.approx(1.0 - 0.5 * (1.0 - 1360.0 / 1400.0))


def test_who_has_no_customers_here_keeps_nothing_for_them(tiny: Tiny, p: Any) -> None:
    """Two makers with 60 each, the first sold 40 here and keeps half of that: of 100 that are offered the outlet takes all."""
    world = seller_of_ore(tiny, p, 60.0, makers=2)
    p.outside_markets.reserve, world.products[0].local_use = 0.5, 40.0
    world.enterprises[0].sold = 40.0
    markets.sell_commodities(world, p, NOW)
    assert world.enterprises.output_stock[:, 0] == pytest.approx([20.0, 0.0])
    assert world.products[0].taken.tolist() == pytest.approx([60.0, 40.0])


def test_a_support_that_is_paid_by_half_counts_by_half(
    tiny: Tiny, p: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cost of 90 is not worth it with 0.3 off, but a cost of 70 was worth it without."""
    monkeypatch.setitem(markets.names, "happens", lambda *_: True)
    p.outside_markets.entrant_reach, p.outside_markets.payback, p.management.market_needs = 0.5, 8.0, 0.4
    for paid, enters in ((0.5, False), (1.0, True)):
        world = sellers_abroad(tiny, p, 1)
        maker = world.enterprises[0]
        world.region[0].paid_share = paid
        world.products[0].entry_cost[:] = 90.0
        maker.unit_cost, maker.capacity, maker.cash, maker.attention = 0.5, 1000.0, 500.0, 1.0
        maker.market_entry_support = 0.3
        markets.enter_markets(world, p, NOW)
        assert bool(maker.serves[INTERNATIONAL]) is enters


def test_rivals_outside_answer_what_they_notice(tiny: Tiny, p: Any) -> None:
    """The cluster's share doubled: at strength 0.5 and a tenth a quarter their weight rises by 0.05 ln 2, and in the long
    run by the square root of two; a share below what is noticed is not answered."""
    good = tiny().products[0]
    p.outside_markets.answer, p.outside_markets.relax, p.outside_markets.notice = 0.5, 0.1, 0.02
    good.opening_share[DOMESTIC], good.cluster_share[DOMESTIC], good.outside_mass[DOMESTIC] = 0.1, 0.2, 3.0
    markets.rivals_answer(good, DOMESTIC, p)
    assert markets.outside_weight(good, DOMESTIC) == pytest.approx(3.0 * 2.0**0.05)
    for _ in range(300):
        markets.rivals_answer(good, DOMESTIC, p)
    assert markets.outside_weight(good, DOMESTIC) == pytest.approx(3.0 * 2.0**0.5)
    good.opening_share[INTERNATIONAL], good.cluster_share[INTERNATIONAL] = 0.001, 0.015
    markets.rivals_answer(good, INTERNATIONAL, p)
    assert good.outside_answer[INTERNATIONAL] == 0.0
