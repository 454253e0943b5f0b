"""Outputs keep their definitions: every important number is worked out here by hand for five enterprises.

The chain: ore -> oxide and by-oxide (joint) -> metal -> magnet -> turbine, one process each; history does not
count turbines. A separates, B makes metal, C magnets, D turbines; F, a second maker of magnets, has just
come. E is dead and must count nowhere.
"""

from __future__ import annotations

import inspect
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import plain
from conftest import tiny_world as tiny

import sim.outputs
from sim.accounts import (
    BOUGHT_OUTSIDE,
    ENTERPRISES,
    GOVERNMENT_ABOVE,
    HOUSEHOLDS,
    LEVY,
    LOCAL_GOVERNMENT,
    MADE,
    OUTSIDE,
    PROFIT_TAX,
    USED,
    VAT_PAID,
)
from sim.chance import Now
from sim.declare import INSTRUMENTS, MEASURES, OUTPUTS, RESERVED, Output, parameter_record
from sim.outputs import GROUPS, NAMES, PER_MEASURE, Slot, layout, recorded, totals_table
from sim.outputs.cells import CELLS, LEVELS, ORIGIN_CELL, ORIGINS, PRODUCT_CELL
from sim.rules.introduction import DIGESTION, LICENCE_FEES
from sim.world import (
    ATTRACTED,
    COMMODITY,
    DIFFERENTIATED,
    DIVERSIFIED,
    INTERNATIONAL,
    LARGE,
    MEDIUM,
    OUTSIDE_OWNED,
    PRIVATE,
    SPIN_OFF_ENTERPRISE,
    SPIN_OFF_INSTITUTE,
    STATE,
    World,
)

ORE, OXIDE, BY_OXIDE, METAL, MAGNET, TURBINE = range(6)
A, B, C, D, E, F = range(6)
QUARTER = 7

interpreted = plain(sim.outputs)


def empty_world() -> World:
    """Tables for the cluster, in which nobody lives yet."""
    world = tiny(
        products=6, processes=5, fields=2, enterprises=6, institutes=3, talents=6, innovations=4, projects=1
    )
    world.enterprises.alive = world.institutes.alive = False
    return world


def tiny_world() -> World:
    """The cluster of the tests."""
    world = empty_world()
    make_chain(world)
    make_enterprises(world.enterprises)
    make_links(world.enterprises)
    institutes, talents, innovations, region = (
        world.institutes,
        world.talents,
        world.innovations,
        world.region,
    )
    institutes.alive = [True, True, False]
    institutes.uid = [51, 52, 53]
    institutes.local_talents = [4, 2, 99]
    institutes.introduced_talents = [1, 0, 99]
    institutes.innovations = [3, 0, 99]
    institutes.served = [6, 1, 99]
    talents.alive = [True, True, True, True, False, False]
    # Three innovations so far, two of them in this quarter, one of these patented; the last row is unused.
    innovations.quarter = [6, QUARTER, QUARTER, QUARTER]
    innovations.patented = [True, True, False, True]
    region.innovations = 3
    world.fields.local_stock = [0.6, 0.4]
    region.entries[0, [SPIN_OFF_INSTITUTE, SPIN_OFF_ENTERPRISE, DIVERSIFIED, ATTRACTED]] = [1, 2, 3, 4]
    region.exits[0] = [1, 1, 0]
    region.emigrated[0] = [3, 2]
    region.joint_projects = 5
    region.claims, region.paid, region.reserve = 10.0, 8.0, 40.0
    money = world.money
    money[DIGESTION, ENTERPRISES, HOUSEHOLDS] = 2.0
    money[LICENCE_FEES, ENTERPRISES, OUTSIDE] = 8.0
    money[VAT_PAID, ENTERPRISES, LOCAL_GOVERNMENT] = 5.0
    money[VAT_PAID, LOCAL_GOVERNMENT, ENTERPRISES] = 1.0
    money[VAT_PAID, ENTERPRISES, GOVERNMENT_ABOVE] = 4.0
    money[PROFIT_TAX, ENTERPRISES, LOCAL_GOVERNMENT] = 2.0
    money[PROFIT_TAX, ENTERPRISES, GOVERNMENT_ABOVE] = 3.0
    money[LEVY, ENTERPRISES, LOCAL_GOVERNMENT] = 1.0
    world.measures.outlay[:2] = [5.0, 3.0]
    world.measures.tax_expenditure[:2] = [0.0, 2.0]
    world.measures.implicit[:2] = [1.5, 0.0]
    world.measures.administration[:2] = [0.5, 0.25]
    world.measures.revenue[:2] = [0.0, 0.125]
    return world


def make_chain(world: World) -> None:
    products, processes, goods = world.products, world.processes, world.goods
    products.stage = [1, 2, 2, 3, 4, 5]
    products.pricing = [COMMODITY] * 4 + [DIFFERENTIATED] * 2
    products.counted = [True] * 5 + [False]
    products.maker = [0, 1, 1, 2, 3, 4]
    products.reo = [0.5, 1.0, 1.0, 1.2, 0.4, 0.2]
    products.critical = [0.1, 1.0, 0.0, 1.2, 0.3, 0.15]
    products.reference_price = [0.01, 1.0, 0.1, 2.0, 3.0, 5.0]
    products.price = [0.02, 1.5, 0.2, 2.5, 3.5, 5.5]
    products.local_use = [0.0, 24.0, 20.0, 10.0, 5.0, 0.0]
    products.imported = [80.0, 8.0, 5.0, 10.0, 0.0, 0.0]
    products.taken[:, INTERNATIONAL] = [0.0, 0.0, 0.0, 0.0, 5.0, 1.0]
    products.market_size[:, INTERNATIONAL] = [0.0, 0.0, 0.0, 0.0, 50.0, 10.0]
    processes.product = [ORE, OXIDE, METAL, MAGNET, TURBINE]
    processes.stage = [1, 2, 3, 4, 5]
    processes.inputs = [0, 1, 1, 2, 1]
    processes.input[1:, 0] = [ORE, OXIDE, METAL, MAGNET]
    processes.input[3, 1] = BY_OXIDE
    processes.coefficient[1:, 0] = [8.0, 1.2, 0.3, 0.5]
    processes.coefficient[3, 1] = 0.5
    processes.outputs = [1, 2, 1, 1, 1]
    processes.output[:, 0] = processes.product
    processes.output[1, 1] = BY_OXIDE
    processes.minimum_scale = [1.0, 60.0, 30.0, 40.0, 100.0]
    goods[:, MADE] = [0.0, 50.0, 150.0, 20.0, 40.0, 10.0]
    goods[:, USED] = [400.0, 30.0, 25.0, 15.0, 4.0, 0.0]
    goods[:, BOUGHT_OUTSIDE] = products.imported


def make_enterprises(rows: Any) -> None:
    """One column per line: A, B, C, D, the dead E, F."""
    rows.uid = [11, 12, 13, 14, 15, 16]
    rows.alive = [True, True, True, True, False, True]
    rows.process = [1, 2, 3, 4, 3, 3]
    rows.product = [OXIDE, METAL, MAGNET, TURBINE, MAGNET, MAGNET]
    rows.stage = [2, 3, 4, 5, 4, 4]
    rows.size_class = [LARGE, MEDIUM, MEDIUM, LARGE, LARGE, 0]
    rows.ownership = [STATE, PRIVATE, PRIVATE, OUTSIDE_OWNED, STATE, OUTSIDE_OWNED]
    rows.origin = [0, 0, SPIN_OFF_INSTITUTE, ATTRACTED, 0, ATTRACTED]
    rows.group = [11, 11, 13, 90, 91, 16]  # B belongs to A; the head of D's group is gone
    rows.in_zone = [True, True, False, False, True, False]
    rows.capacity = [100.0, 25.0, 40.0, 20.0, 1e6, 0.0]
    rows.produced = [50.0, 20.0, 40.0, 10.0, 1e6, 0.0]
    rows.sales = [100.0, 80.0, 60.0, 160.0, 1e6, 0.0]
    rows.sales_market[:, INTERNATIONAL] = [0.0, 0.0, 15.0, 25.0, 1e6, 0.0]
    rows.sales_market[:, 0] = [40.0, 30.0, 0.0, 135.0, 1e6, 0.0]
    rows.output_value = [110.0, 90.0, 60.0, 140.0, 1e6, 0.0]
    rows.output_volume = [100.0, 75.0, 50.0, 125.0, 1e6, 0.0]
    rows.value_added = [40.0, 10.0, 20.0, -10.0, 1e6, 0.0]
    rows.value_added_volume = [30.0, 5.0, 15.0, 50.0, 1e6, 0.0]
    rows.inputs_local = [0.0, 50.0, 20.0, 30.0, 1e6, 0.0]
    rows.inputs_outside = [20.0, 30.0, 5.0, 45.0, 1e6, 0.0]
    rows.workers = [60.0, 20.0, 10.0, 30.0, 1e6, 0.0]
    rows.local_talents = [3, 1, 2, 0, 1000, 0]
    rows.introduced_talents = [1, 0, 1, 2, 1000, 0]
    rows.profit = [12.0, -4.0, 6.0, 2.0, 1e6, 0.0]
    rows.debt = [10.0, 20.0, 0.0, 30.0, 1e6, 0.0]
    rows.capital = [50.0, 40.0, 10.0, 20.0, 1e6, 0.0]
    rows.research = [2.0, 0.0, 1.0, 0.0, 1e6, 0.0]
    rows.research_reported = [3.0, 0.0, 1.0, 1.0, 1e6, 0.0]
    rows.new_product = [0.0, 0.0, 0.5, 0.0, 1.0, 0.0]
    rows.innovations[C] = [1, 1, 2, 3, 4]
    rows.productivity = [0.5, 0.6, 0.7, 0.9, 2.0, 0.8]
    rows.knowledge[:, 0] = [0.9, 0.5, 0.4, 0.3, 2.0, 0.1]
    rows.knowledge[:, 1] = [0.2, 0.3, 0.4, 0.7, 2.0, 0.1]
    rows.unfilled = [2.0, 0.0, 0.0, 4.0, 1e6, 0.0]
    rows.price = [1.5, 2.5, 3.5, 5.0, 1e6, 3.0]


def make_links(rows: Any) -> None:
    """Supply: A-B, B-C, A-C, C-D, and D still names the dead E. Research: A-C from both ends, A-51, C-51."""
    for buyer, slot, seller in ((B, 0, A), (C, 0, B), (C, 1, A), (C, 2, A), (D, 0, C), (D, 1, E)):
        rows.supplier[buyer, slot] = seller
        rows.supplier_uid[buyer, slot] = rows.uid[seller]
    rows.supplier[F, 0], rows.supplier_uid[F, 0] = A, 5  # the row of A once held somebody else
    for one, other in ((A, C), (C, A)):
        rows.partner[one, 0], rows.partner_uid[one, 0] = other, rows.uid[other]
        rows.partner[one, 1], rows.partner_uid[one, 1], rows.partner_institute[one, 1] = 0, 51, True
    rows.partner[D, 3], rows.partner_uid[D, 3], rows.partner_institute[D, 3] = 2, 53, True  # closed


def measure(
    world: World, slots: list[Slot] | None = None, observe: Any = interpreted.observe
) -> dict[Slot, float]:
    """What ``observe`` writes for a world, by slot."""
    slots = layout(5, 6, 2) if slots is None else slots
    into = np.full(len(slots), -1e99)
    observe(world, parameter_record(), Now(1, QUARTER), totals_table(), recorded(slots), into)
    return dict(zip(slots, into.tolist(), strict=True))


@pytest.fixture(scope="module")
def measured() -> dict[Slot, float]:
    return measure(tiny_world())


# Numbers worked out by hand -------------------------------------------------------------------------------
EXPECTED = {
    # chain extension; sums leave the dead E out
    "sales": 400.0,
    "output_value": 400.0,
    "output_counted": 260.0,
    "output_counted_volume": 225.0,
    "value_added": 60.0,
    "value_added_counted": 70.0,
    "value_added_counted_volume": 50.0,
    "new_materials_volume": 50.0,
    "new_materials_share": 60.0 / 260.0,
    "new_materials_share_volume": 50.0 / 225.0,
    "new_materials_share_all": (60.0 + 140.0) / 400.0,
    "applications_share": 0.0,
    "applications_share_all": 140.0 / 400.0,
    # D's value added is negative and weighs nothing at current prices
    "mean_stage": (40 * 2 + 10 * 3 + 20 * 4) / 70.0,
    "mean_stage_volume": (30 * 2 + 5 * 3 + 15 * 4 + 50 * 5) / 100.0,
    "mean_stage_counted_volume": (30 * 2 + 5 * 3 + 15 * 4) / 50.0,
    "products_made": 5.0,
    # A makes both oxides at scale, C magnets; B and D are too small
    "products_at_scale": 3.0 / 6.0,
    # magnets use all metal and all by-oxide; metal is half local and three quarters of its oxide are
    "local_conversion_rate": (25.0 * 0.8 + 1.2 * 15.0 * 0.5 * 0.75) / (50.0 + 150.0),
    "local_conversion_rate_critical": (1.2 * 15.0 * 0.5 * 0.75) / 50.0,
    "local_sourcing_rate": 100.0 / 200.0,
    "local_sourcing_rate_volume": (24 + 2 + 20 + 15) / (24 + 2 + 20 + 15 + 0.8 + 8 + 0.5 + 20),
    "value_multiplication": 100.0 / (50 + 150 + 8 + 5 + 1.2 * 10),
    "value_multiplication_counted": 50.0 / (50 + 150 + 8 + 5 + 1.2 * 10),
    "value_multiplication_critical": 100.0 / (50 + 8 + 1.2 * 10),
    "supply_path_depth": 4.0,
    "price_index": 400.0 / 350.0,
    "raw_material_price": 0.02,
    "critical_price": 1.5,
    "unfilled_orders": 2 * 1.5 + 4 * 5.0,
    # innovation
    "research": 3.0,
    "research_intensity": 3.0 / 400.0,
    "research_intensity_reported": 5.0 / 400.0,
    "research_active": 2.0,
    "innovations": 11.0,
    "innovations_reinnovation": 2.0,
    "inventive_innovations": 9.0,
    "patents_granted": 1.0,
    "institute_innovations": 3.0,
    "new_product_share": 30.0 / 400.0,
    "digestion_ratio": 0.25,
    "capability_gap": 0.5,
    "best_practice_gap": 1.0 - (0.9 + 0.7) / 2,
    "productivity": (0.5 + 0.6 + 0.7 + 0.9 + 0.8) / 5,
    "joint_projects": 5.0,
    "spin_offs": 3.0,
    "services_sold": 7.0,
    # cluster
    "enterprises": 5.0,
    "groups": 4.0,
    "groups_in_zone": 1.0,
    "institutes": 2.0,
    "employment": 120.0 + 10.0,
    "talents": 4.0,
    "talents_employed": 10.0 + 7.0,
    "talents_lost": 5.0,
    "entries": 10.0,
    "entries_spin_off": 3.0,
    "exits": 2.0,
    "failures": 1.0 / (5 + 2),
    "utilisation": (0.5 + 0.8 + 1.0 + 0.5 + 0.0) / 5,
    "profit_margin": 16.0 / 400.0,
    "leverage": 60.0 / 120.0,
    "labour_productivity": 100.0 / 130.0,
    "concentration": (0.25**2 + 0.2**2 + 0.15**2 + 0.4**2),
    "top_share": 1.0,
    "specialisation": 0.3**2 + 0.05**2 + 0.15**2 + 0.5**2,
    # networks: F is alone; C's neighbours A, B and D are linked in one pair of three
    "supply_links": 4.0,
    "supply_density": 4.0 / 10.0,
    "supply_giant_component": 4.0 / 5.0,
    "supply_clustering": (1.0 + 1.0 + 1.0 / 3.0) / 3.0,
    "research_links": 3.0,
    "research_density": 3.0 / 21.0,
    "research_giant_component": 3.0 / 7.0,
    "research_clustering": 1.0,
    # openness
    "exports": 40.0,
    "exports_volume": 5 * 3.0 + 5.0,
    "export_share": 0.1,
    "export_share_downstream": 40.0 / 220.0,
    "exporters": 2.0,
    "markets_served": 5.0,
    "world_market_share": 20.0 / 200.0,
    "import_dependence": 100.0 / 400.0,
    "outside_enterprises": 2.0,
    # public money
    "public_outlay": 8.0,
    "public_cost": 8.0 + 2.0 + 1.5 + 0.75,
    "tax_revenue_local": 5.0 - 1.0 + 2.0 + 1.0,
    "tax_revenue_above": 4.0 + 3.0,
    "net_balance": 14.0 - 8.0 - 0.75,
    "claims_paid_share": 0.8,
    "budget_shortfall": 2.0,
    "government_reserve": 40.0,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_total_is_what_the_hand_works_out(name: str, measured: dict[Slot, float]) -> None:
    assert measured[Slot(name, "total", 0)] == pytest.approx(EXPECTED[name], rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        (Slot("output_value", "stage", 4), 60.0),
        (Slot("enterprises", "stage", 4), 2.0),
        (Slot("enterprises", "product", ORE), 0.0),
        (Slot("sales", "size", LARGE), 260.0),
        (Slot("sales", "ownership", OUTSIDE_OWNED), 160.0),
        (Slot("sales", "origin", ATTRACTED), 160.0),
        (Slot("productivity", "stage", 4), 0.75),  # the mean of C and F
        (Slot("productivity", "stage", 1), 0.0),  # nobody there
        (Slot("local_sourcing_rate", "stage", 4), 20.0 / 25.0),
        (Slot("export_share", "product", MAGNET), 15.0 / 60.0),
        (Slot("import_dependence", "ownership", STATE), 20.0 / 110.0),
        (Slot("research_intensity", "size", MEDIUM), 1.0 / 140.0),
        (Slot("capability_gap", "field", 1), 0.6),
        (Slot("public_outlay", "measure", 1), 3.0),
        (Slot("implicit_transfers", "measure", 0), 1.5),
        (Slot("public_revenue", "measure", 1), 0.125),
    ],
)
def test_group_is_what_the_hand_works_out(slot: Slot, value: float, measured: dict[Slot, float]) -> None:
    assert measured[slot] == pytest.approx(value, rel=1e-12)


def test_the_four_largest() -> None:
    world = tiny_world()
    world.enterprises.sales[F] = 100.0
    found = measure(world)
    assert found[Slot("top_share", "total", 0)] == pytest.approx((160 + 100 + 100 + 80) / 500)
    assert found[Slot("concentration", "total", 0)] == pytest.approx(55_600 / 250_000)


def test_a_path_ends_where_nothing_is_bought_here() -> None:
    world = tiny_world()
    world.products.local_use[MAGNET] = 0.0
    assert measure(world)[Slot("supply_path_depth", "total", 0)] == 3.0
    world = tiny_world()
    world.enterprises.inputs_local[B] = 0.0
    assert measure(world)[Slot("supply_path_depth", "total", 0)] == 3.0  # metal, magnet, turbine
    world.goods[:, MADE] = 0.0
    assert measure(world)[Slot("supply_path_depth", "total", 0)] == 0.0


def test_conversion_is_nil_when_everything_is_brought_from_outside() -> None:
    world = tiny_world()
    world.products.local_use = 0.0
    found = measure(world)
    assert found[Slot("local_conversion_rate", "total", 0)] == 0.0
    # Metal bought here but made of oxide from elsewhere is no conversion of local oxide.
    world.products.local_use[METAL] = 10.0
    assert measure(world)[Slot("local_conversion_rate", "total", 0)] == 0.0


def test_conversion_of_a_chain_without_separation() -> None:
    """Where making begins right after the raw material, the raw material itself is the base."""
    world = tiny_world()
    world.products.pricing = DIFFERENTIATED
    world.products.pricing[ORE] = COMMODITY
    world.products.local_use[ORE] = 240.0  # of 320 bought
    world.goods[ORE, MADE] = 1000.0
    found = measure(world)
    assert found[Slot("local_conversion_rate", "total", 0)] == pytest.approx(400.0 * 0.75 / 1000.0)
    assert found[Slot("new_materials_share", "total", 0)] == 1.0


def test_claims_are_all_paid_when_there_are_none() -> None:
    world = tiny_world()
    world.region.claims = world.region.paid = 0.0
    assert measure(world)[Slot("claims_paid_share", "total", 0)] == 1.0


def test_empty_cluster_is_measured_without_a_number_missing() -> None:
    found = measure(empty_world())
    assert all(math.isfinite(value) for value in found.values())
    assert found[Slot("sales", "total", 0)] == found[Slot("export_share", "total", 0)] == 0.0


# Levels, layout -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("level", LEVELS)
def test_groups_add_up_to_the_total(level: str, measured: dict[Slot, float]) -> None:
    for name, declared in OUTPUTS.items():
        if declared.of == "enterprise" and declared.kind != "rate" and level in declared.by:
            parts = [value for slot, value in measured.items() if slot[:2] == (name, level)]
            assert sum(parts) == pytest.approx(measured[Slot(name, "total", 0)], rel=1e-12), name


def test_instruments_add_up_to_the_total(measured: dict[Slot, float]) -> None:
    for name in PER_MEASURE:
        parts = [value for slot, value in measured.items() if slot[:2] == (name, "measure")]
        assert len(parts) == len(MEASURES)
        assert sum(parts) == pytest.approx(measured[Slot(name, "total", 0)])


def test_any_choice_of_slots_gives_the_same_numbers(measured: dict[Slot, float]) -> None:
    assert measure(tiny_world(), layout(levels=())).items() <= measured.items()
    stages = layout(5, levels=("stage",))
    assert {slot.level for slot in stages} == {"total", "stage"}
    assert measure(tiny_world(), stages).items() <= measured.items()
    assert measured.items() <= {**measure(tiny_world(), layout())}.items()


def test_layout_names_every_slot_once() -> None:
    slots = layout()
    assert len(set(slots)) == len(slots) == len(recorded())
    assert {slot.output for slot in slots if slot.level == "total"} == set(OUTPUTS) == set(NAMES)
    for slot in slots:
        assert slot.level in ("total", "field", "measure") or slot.level in OUTPUTS[slot.output].by


def test_totals_hold_the_same_numbers_under_two_names() -> None:
    totals = totals_table()
    assert len(totals) == CELLS == ORIGIN_CELL + ORIGINS
    totals.sales[PRODUCT_CELL] = 5.0
    place = [name for name in NAMES if OUTPUTS[name].of == "enterprise"].index("sales")
    assert totals["values"][PRODUCT_CELL, place] == 5.0
    totals["values"][:] = 1.0
    assert not totals.members.any() and not totals.supply.any() and not totals.quarter.any()


def test_measuring_changes_nothing() -> None:
    world, before = tiny_world(), tiny_world()
    measure(world)
    for name, mine, theirs in zip(World._fields, world, before, strict=True):
        assert mine.tobytes() == theirs.tobytes(), name


# Declarations ---------------------------------------------------------------------------------------------
@pytest.fixture(params=sorted(OUTPUTS))
def declared(request: pytest.FixtureRequest) -> Output:
    return OUTPUTS[request.param]


def test_output_is_declared_completely(declared: Output) -> None:
    english, chinese = declared.label
    assert english and english[0].isupper()
    assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese)
    assert declared.unit and declared.group in GROUPS
    assert len(declared.doc) >= 25 and declared.doc.split("\n")[0].endswith((".", ")."))
    assert declared.name not in RESERVED
    first = next(iter(inspect.signature(getattr(declared.function, "py_func", declared.function)).parameters))
    assert (first == "enterprise") == (declared.of == "enterprise")
    assert not declared.by or first in ("enterprise", "cell")


def test_labels_tell_outputs_apart() -> None:
    for language in (0, 1):
        labels = [declared.label[language] for declared in OUTPUTS.values()]
        assert len(set(labels)) == len(labels), sorted(each for each in labels if labels.count(each) > 1)


def test_every_family_has_outputs() -> None:
    assert {declared.group for declared in OUTPUTS.values()} == set(GROUPS)


def test_instruments_aim_at_outputs() -> None:
    assert {declared.primary for declared in INSTRUMENTS.values()} <= set(OUTPUTS)


# Compiled -------------------------------------------------------------------------------------------------
def random_world() -> World:
    """The tiny world with other numbers in everything that outputs add up."""
    world = tiny_world()
    luck = np.random.default_rng(3)
    for table in (world.enterprises, world.institutes, world.products, world.region, world.measures):
        table["each_quarter"] *= luck.uniform(0.1, 1.9, table["each_quarter"].shape)
        table["each_quarter"] += luck.uniform(0.0, 1.0, table["each_quarter"].shape)
    world.money[:] = luck.uniform(0.0, 1.0, world.money.shape)
    world.goods[:] *= luck.uniform(0.1, 1.9, world.goods.shape)
    return world


PROGRAM = """
import sys
sys.path[:0] = ["tests", "."]
import numpy, sim.outputs, test_outputs as tests
numpy.save(sys.argv[1], list(tests.measure(tests.random_world(), observe=sim.outputs.observe).values()))
"""


def test_interpreted_equals_compiled(tmp_path: Path) -> None:
    compiled = tmp_path / "compiled.npy"
    subprocess.run(
        [sys.executable, "-c", PROGRAM, str(compiled)],
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "CLUSTER_SIM_INTERPRET": ""},
        check=True,
    )
    found = measure(random_world())
    assert np.array(list(found.values())).tobytes() == np.load(compiled).tobytes()
