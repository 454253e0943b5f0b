"""Policies keep their declarations: what an instrument says of itself is true, and it does nothing else."""

from __future__ import annotations

import pkgutil
from typing import Any

import numpy as np
import pytest

import sim.policies
from sim.accounts import GOODS, SECTORS
from sim.chance import Now
from sim.declare import INSTRUMENTS, MEASURES, MONEY, RESERVED, TABLES, InstrumentDeclaration, snake
from sim.policies import GROUPS, MASKS, RULES, neutral_levers
from sim.policies.targeting import aimed_at, mask
from sim.world import World

NAMES = sorted(INSTRUMENTS)
RULE = dict(zip(NAMES, RULES, strict=True))
NOW = Now(11, 7)
PUBLIC_MONEY = {"outlay", "tax expenditure", "implicit transfer"}

# Which table of the world holds the rows of a record type.
TABLE_OF = {
    "enterprise": "enterprises",
    "institute": "institutes",
    "product": "products",
    "process": "processes",
    "region": "region",
}
NEUTRAL = ("Enterprise", "Institute", "Product", "Process", "Region", "Measure")
WEDGES = {
    f"{snake(table.name)}.{name}": column
    for table in TABLES.values()
    for name, column in table.columns.items()
    if column.kind == "wedge"
}


def make_world() -> World:
    """24 enterprises (one is dead) over four stages, four institutes, eight products and their processes."""
    rows = {
        name: TABLES[name].rows(number)
        for name, number in (
            ("Enterprise", 24), ("Institute", 4), ("Talent", 2), ("Innovation", 2), ("Project", 2),
            ("Product", 8), ("Process", 8), ("Field", 3),
            ("Region", 1), ("Measure", len(MEASURES)), ("Audit", 1),
        )
    }  # fmt: skip
    products, processes, enterprises = rows["Product"], rows["Process"], rows["Enterprise"]
    products.stage = 1 + np.arange(8) // 2
    products.reference_price = np.linspace(0.02, 0.4, 8)
    processes.product = np.arange(8)
    processes.stage = products.stage
    processes.pool = 3
    number = np.arange(24)
    enterprises.uid = 1000 + number
    enterprises.alive = number != 5
    enterprises.process = enterprises.product = number % 8
    enterprises.stage = products.stage[number % 8]
    enterprises.size_class = number % 3
    enterprises.ownership = (number // 2) % 3
    enterprises.certified = number % 2 == 0
    enterprises.serves[:, 1] = number % 3 == 0
    rows["Institute"].uid = 1 + np.arange(4)
    rows["Institute"].alive = True
    rows["Institute"].kind = [0, 1, 2, 0]
    rows["Institute"].local_talents = [30, 20, 5, 0]
    rows["Region"].paid_share = 0.8
    rows["Region"].general_index = 1.1
    scratch = np.zeros(24, np.int64)
    return World(
        enterprises, rows["Institute"], rows["Talent"], rows["Innovation"], rows["Project"],
        products, processes, rows["Field"], rows["Region"], rows["Measure"], rows["Audit"],
        np.zeros((len(MONEY), len(SECTORS), len(SECTORS))), np.zeros(len(SECTORS)), np.zeros((8, len(GOODS))),
        np.zeros(8), np.zeros(3), np.zeros((4, 8)), np.zeros((4, 9)),
        scratch, np.zeros(24), scratch.copy(), scratch.copy(), np.zeros(9, np.int64), scratch.copy(),
        scratch.copy(), np.zeros(24), np.zeros(4, np.int64),
        *(TABLES[name].neutral for name in NEUTRAL),
    )  # fmt: skip


def active_levers(*names: str) -> Any:
    """One quarter's levers with these instruments in the middle of their typical range."""
    levers = neutral_levers(1)
    for name in names:
        for key, lever in INSTRUMENTS[name].levers.items():
            levers[name][key] = sum(lever.typical) / 2
            if lever.ahead:
                levers[name][f"{key}_ahead"] = sum(lever.typical) / 2
    return levers


def act(world: World, levers: Any, *names: str) -> World:
    """Call the rules of these instruments in this order."""
    for name in names:
        RULE[name](world, levers[0], NOW)
    return world


def columns(world: World) -> dict[str, Any]:
    """Every column of every table and every array of the world, by name."""
    found = {}
    for name, array in world._asdict().items():
        if array.dtype.names is None:
            found[name] = array
        else:
            found |= {f"{name}.{key}": array[key] for key in array.dtype.names if key != "each_quarter"}
    return found


def changed(before: World, after: World) -> set[str]:
    """The names of the columns that differ."""
    theirs = columns(after)
    return {name for name, mine in columns(before).items() if not np.array_equal(mine, theirs[name])}


def wedge_values(world: World, bite: str) -> Any:
    table, name = bite.split(".")
    return getattr(world, TABLE_OF[table])[name]


@pytest.fixture(params=NAMES)
def declared(request: pytest.FixtureRequest) -> InstrumentDeclaration:
    return INSTRUMENTS[request.param]


# What is declared -----------------------------------------------------------------------------------------
def test_every_file_of_the_folder_is_one_instrument() -> None:
    files = {found.name for found in pkgutil.iter_modules(sim.policies.__path__)}
    assert files - set(INSTRUMENTS) == {"targeting"}
    assert len(NAMES) >= 28
    assert [getattr(rule, "py_func", rule).__name__ for rule in RULES] == NAMES


def test_declaration_is_complete(declared: InstrumentDeclaration) -> None:
    english, chinese = declared.label
    assert english and chinese and any("\u4e00" <= sign <= "\u9fff" for sign in chinese)
    assert all(part in declared.doc for part in ("Mechanism:", "Evidence:", "Typical:"))
    assert declared.group in GROUPS
    assert declared.primary and declared.sign in (-1, 1)
    assert declared.levers and set(declared.targets) <= set(MASKS)
    for lever in declared.levers.values():
        assert lever.unit and lever.meaning
        assert lever.hard[0] <= lever.typical[0] < lever.typical[1] <= lever.hard[1]
        assert lever.hard[0] <= lever.default <= lever.hard[1]


def test_names_are_free_of_numpys_own(declared: InstrumentDeclaration) -> None:
    twins = {f"{key}_ahead" for key, lever in declared.levers.items() if lever.ahead}
    assert not ({declared.name} | set(declared.levers) | twins | set(MASKS)) & RESERVED
    assert not set(declared.levers) & set(MASKS)


def test_bites_are_wedges(declared: InstrumentDeclaration) -> None:
    assert declared.bites and set(declared.bites) <= set(WEDGES)


def test_every_wedge_is_bitten() -> None:
    assert set(WEDGES) == {bite for each in INSTRUMENTS.values() for bite in each.bites}


def test_a_measure_costs_money_or_says_why_not(declared: InstrumentDeclaration) -> None:
    assert set(declared.costs) <= PUBLIC_MONEY | {"administration"}
    assert "administration" in declared.costs
    assert bool(declared.free) != bool(set(declared.costs) & PUBLIC_MONEY)


# What is done ---------------------------------------------------------------------------------------------
def test_idle_is_the_same_to_the_bit(declared: InstrumentDeclaration) -> None:
    world = act(make_world(), neutral_levers(1), declared.name)
    for before, after in zip(make_world(), world, strict=True):
        assert before.tobytes() == after.tobytes()


def test_touches_all_that_it_declares_and_nothing_else(declared: InstrumentDeclaration) -> None:
    world = act(make_world(), active_levers(declared.name), declared.name)
    tables = {f"{TABLE_OF[bite.split('.')[0]]}.{bite.split('.')[1]}" for bite in declared.bites}
    books = {"measures.in_force", "measures.active"}
    assert changed(make_world(), world) - {"measures.claims"} == tables | books
    assert list(np.flatnonzero(world.measures.in_force)) == [declared.measure]
    others = np.arange(len(MEASURES)) != declared.measure
    assert not world.measures.claims[others].any() and world.measures.claims[declared.measure] >= 0.0
    if "outlay" not in declared.costs:
        assert not world.measures.claims.any()


def test_announced_is_not_yet_in_force(declared: InstrumentDeclaration) -> None:
    announced = [key for key, lever in declared.levers.items() if lever.ahead]
    levers = neutral_levers(1)
    for key in announced:
        levers[declared.name][f"{key}_ahead"] = sum(declared.levers[key].typical) / 2
    world = act(make_world(), levers, declared.name)
    assert not world.measures.in_force.any() and not world.measures.claims.any()
    told = {bite for bite in declared.bites if bite.endswith("_ahead")}
    assert bool(told) == bool(announced)
    before = make_world()
    for bite in told:
        assert not np.array_equal(wedge_values(before, bite), wedge_values(world, bite))


def test_combines_as_the_wedge_declares(declared: InstrumentDeclaration) -> None:
    """What another instrument left in a wedge is kept: added to, multiplied, or bounded by."""
    levers = active_levers(declared.name)
    alone = act(make_world(), levers, declared.name)
    for bite in declared.bites:
        for other in (0.05, 0.97):
            world = make_world()
            wedge_values(world, bite)[...] = other
            act(world, levers, declared.name)
            mine = wedge_values(alone, bite)
            combined = {
                "sum": other + mine, "product": other * mine,
                "min": np.minimum(other, mine), "max": np.maximum(other, mine),
            }[WEDGES[bite].combine or ""]  # fmt: skip
            np.testing.assert_allclose(wedge_values(world, bite), combined, rtol=1e-12)


def test_is_aimed_by_the_masks_that_it_declares_and_no_other(declared: InstrumentDeclaration) -> None:
    everybody = act(make_world(), active_levers(declared.name), declared.name)
    for target in MASKS:
        levers = active_levers(declared.name)
        levers[declared.name][target] = mask([])
        nobody = act(make_world(), levers, declared.name)
        assert bool(changed(everybody, nobody)) == (target in declared.targets)


@pytest.mark.parametrize("name", [name for name in NAMES if "stages" in INSTRUMENTS[name].targets])
def test_aimed_at_a_stage_leaves_other_stages_and_the_dead_alone(name: str) -> None:
    declared = INSTRUMENTS[name]
    levers = active_levers(declared.name)
    levers[declared.name]["stages"] = mask([2])
    before, world = make_world(), act(make_world(), levers, declared.name)
    for bite in declared.bites:
        table = bite.split(".")[0]
        if table in ("enterprise", "product", "process"):
            rows = getattr(world, TABLE_OF[table])
            meant = rows.stage == 2
            if table == "enterprise":
                meant &= rows.alive
            touched = wedge_values(before, bite) != wedge_values(world, bite)
            touched = touched.reshape(len(rows), -1).any(axis=1)
            assert touched.any() and not (touched & ~meant).any()


def test_order_of_instruments_is_of_no_consequence() -> None:
    levers = active_levers(*NAMES)
    one = act(make_world(), levers, *NAMES)
    for seed in range(3):
        shuffled = np.random.default_rng(seed).permutation(NAMES)
        other = columns(act(make_world(), levers, *shuffled))
        for name, values in columns(one).items():
            np.testing.assert_allclose(values, other[name], rtol=1e-12, err_msg=name)


def test_mask() -> None:
    assert mask([1, 3, 3]) == 0b1010
    assert [number for number in range(6) if aimed_at(mask([1, 3]), number)] == [1, 3]
    assert all(aimed_at(-1, number) for number in range(24))


# Numbers worked out by hand -------------------------------------------------------------------------------
def test_public_spending_is_claimed_in_full_and_works_as_far_as_it_is_paid() -> None:
    """40 million CNY a year: 10 claimed a quarter, 8 expected to be paid, spread over those meant."""
    levers = neutral_levers(1)
    levers.export_promotion.spending = levers.attraction_effort.spending = 40.0
    world = act(make_world(), levers, "export_promotion", "attraction_effort")
    for name, effect in (
        ("export_promotion", world.enterprises.export_promotion),
        ("attraction_effort", world.processes.attraction),
    ):
        assert world.measures.claims[INSTRUMENTS[name].measure] == pytest.approx(10.0)
        assert effect.sum() == pytest.approx(8.0)
    # Even numbers are certified, multiples of three export, number 5 is dead: 16 of 24 can be promoted.
    assert np.count_nonzero(world.enterprises.export_promotion) == 16
    np.testing.assert_allclose(world.processes.attraction, 1.0)


def test_nothing_is_spent_where_there_is_nobody() -> None:
    levers = active_levers("export_promotion", "attraction_effort", "institute_funding")
    world = make_world()
    world.enterprises.certified = False
    world.enterprises.serves = False
    world.processes.pool = 0
    world.institutes.local_talents = 0
    act(world, levers, "export_promotion", "attraction_effort", "institute_funding")
    assert not world.measures.claims.any()
    assert not world.institutes.funding_support.any()


def test_institutes_are_funded_by_their_researchers() -> None:
    """20 million CNY a year over 30 and 20 researchers; testing centres have no part in it."""
    levers = neutral_levers(1)
    levers.institute_funding.spending = 20.0
    world = act(make_world(), levers, "institute_funding")
    np.testing.assert_allclose(world.institutes.funding_support, [3.0, 2.0, 0.0, 0.0])


def test_members_of_the_coordination_body_stay_and_others_join() -> None:
    levers = neutral_levers(1)
    levers.coordination_body.convening = 0.5
    members: list[set[int]] = []
    for membership in (0.3, 0.6, 1.0):
        levers.coordination_body.membership = membership
        world = make_world()
        RULE["coordination_body"](world, levers[0], Now(11, 40))
        later = act(make_world(), levers, "coordination_body")
        assert np.array_equal(world.enterprises.coordination, later.enterprises.coordination)
        members.append(set(np.flatnonzero(world.enterprises.coordination)))
        assert world.region.coordination[0] == pytest.approx(0.5 * membership)
    assert members[0] < members[1] < members[2] and len(members[2]) == 23


def test_markets_are_closed_one_by_one() -> None:
    """The tightest access counts in each market; only trade with the world becomes dearer."""
    levers = neutral_levers(1)
    lever = levers.trade_access
    lever.domestic_access, lever.international_access = 0.9, 0.4
    lever.domestic_access_ahead, lever.international_access_ahead = 0.8, 0.0
    lever.international_trade_cost = 1.5
    world = make_world()
    world.products.access[0] = 0.5
    act(world, levers, "trade_access")
    assert world.products.access[0].tolist() == [0.5, 0.4]
    assert world.products.access[7].tolist() == [0.9, 0.4]
    assert world.products.access_ahead[7].tolist() == [0.8, 0.0]
    assert world.products.trade_cost_factor[7].tolist() == [1.0, 1.5]


def test_more_permits_and_a_better_environment_come_as_far_as_they_are_paid() -> None:
    """Half the distance at 20 a year: 2.5 claimed; five permits at 0.1: 0.5; 80 % is expected to be paid."""
    levers = neutral_levers(1)
    levers.business_environment.improvement = 0.5
    levers.approval_time.reduction, levers.approval_time.extra_capacity = 0.3, 5.0
    world = act(make_world(), levers, "business_environment", "approval_time")
    region = world.region[0]
    assert region.business_environment == pytest.approx(0.4)
    assert (region.approval_factor, region.approval_capacity) == pytest.approx((0.7, 4.0))
    assert world.measures.claims[INSTRUMENTS["business_environment"].measure] == pytest.approx(2.5)
    assert world.measures.claims[INSTRUMENTS["approval_time"].measure] == pytest.approx(0.5)


def test_levy_is_a_share_of_the_reference_price_at_present_prices() -> None:
    levers = neutral_levers(1)
    levers.environmental_levy.rate = 0.1
    world = act(make_world(), levers, "environmental_levy")
    assert world.processes.levy_added[7] == pytest.approx(0.1 * 0.4 * 1.1)
