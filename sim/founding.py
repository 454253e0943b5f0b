"""Founding: the opening state, made from the chain, the population and the series of a scenario.

Enterprises are drawn group by group: sizes lognormal and scaled to the group's capacity, knowledge lognormal around the
group's median. What has to hold together is solved, not set:

    sales of an enterprise outside    = 0.8 capacity (1 - local share)                                   (1)
    reach B = (sales / reference)^eta,  standing = (1 - eta) ln(sales / reference) - other attractiveness   (2)
    O_m     = (M_m / reference) (1 - cluster share)                                                   (3)
    lambda  so that the median research-active enterprise at usual R&D keeps `keep_up` of its gap        (4)

(2) makes every founding size a rest point of chapter "outside_markets"; (3) is the weight of outside competitors at which an
enterprise of reach 1 and average attractiveness sells the reference. In (4), per field of weight w, a step arrives with
w lambda / complexity and moves capability by w step / k^omega.

The opening prices are the long-run relative prices at the index of the first quarter; a burn-in with still prices and no
policy follows and is not reported. Equal seeds found equal worlds; draws are keyed by identity, so a larger group leaves
the others as they were.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any
from weakref import ref

import numpy as np

from sim.accounts import BANK, ENTERPRISES, GOODS, INSTITUTES, LOCAL_GOVERNMENT, SECTORS, count_holdings
from sim.calendar import Quarter
from sim.chain import MARKET_KEYS, Process, Product
from sim.chance import Now, decision, happens, normal, uniform
from sim.compiled import rule
from sim.declare import MEASURES, MONEY, TABLES
from sim.rules.commercialisation import experience_effect, see_capability
from sim.rules.labour import workers_per_unit
from sim.rules.outside_markets import attractiveness
from sim.rules.outside_world import PRICE_RULES
from sim.rules.prices import best_markup, set_prices
from sim.rules.search import free_to_build
from sim.rules.talents import pay_level, pick_discipline, wanted_talents
from sim.scenario import Scenario
from sim.world import (
    AT_ENTERPRISE,
    AT_INSTITUTE,
    COMMODITY,
    DIFFERENTIATED,
    DOMESTIC,
    INSTITUTE_NAMES,
    INTERNATIONAL,
    INTRODUCED,
    LOCAL,
    MARKETS,
    MODES,
    NOWHERE,
    OUTPUTS,
    OWNERSHIP_NAMES,
    SERIES,
    World,
    widened,
)

SIZE = decision("how large a founding enterprise is")
KNOWLEDGE = decision("what a founding enterprise knows")
RESEARCHES = decision("whether a founding enterprise does R&D")
EXPORTS = decision("whether a founding enterprise serves the world")
PRACTICE = decision("how a founding enterprise is managed")
CERTIFIED = decision("whether a founding enterprise of good quality has its certificate")
TALENT_LEVEL = decision("how good a founding talent is")
TALENT_FIELD = decision("in which field a founding talent is trained")
MODE_LEANING = decision("to which mode a founding enterprise leans")
MEAN_YEARS = ("2014Q1", 20)  # volumes are valued at the mean prices of these quarters
UTILISATION = 0.8
HELD = 0.75  # share of founding enterprises of good quality that hold the certificate their markets ask for: assumed
TYPICAL_ABROAD = (
    0.25  # share of sales abroad of an exporter of a good that nobody exports at the opening: assumed
)
FOUNDING_TALENT = 1 << 31  # identities of founding talents begin here

# What does not depend on the seed, kept for the latest scenarios.
SETTING = ("products", "processes", "fields", "region", "prices", "series")
_settings: deque[tuple[ref[Scenario], bytes, World]] = deque(maxlen=32)


def found(scenario: Scenario, p: Any, seed: int) -> World:
    """The world at the beginning of the burn-in."""
    number = sum(group.number for group in scenario.population.enterprises)
    quarters = scenario.burn_in + scenario.quarters
    chain, institutes = scenario.chain, len(scenario.population.institutes)
    world = empty(len(chain.products), len(chain.processes), len(chain.fields), number, institutes, quarters)
    setting = _setting(scenario, p)
    world = world._replace(**{name: getattr(setting, name).copy() for name in SETTING})
    _enterprises(world, scenario, p, seed)
    _institutes(world, scenario)
    world = _talents(world, scenario, p, seed)
    _settle(world, p, Now(seed, 0))
    return world


def _setting(scenario: Scenario, p: Any) -> World:
    """What is there before anybody acts and does not depend on the seed: calendar, goods, processes, fields."""
    for known, parameters, world in tuple(_settings):
        if known() is scenario and parameters == p.tobytes():
            return world
    chain = scenario.chain
    quarters = scenario.burn_in + scenario.quarters
    world = empty(len(chain.products), len(chain.processes), len(chain.fields), 0, 0, quarters)
    _calendar(world, scenario, p)
    _products(world, scenario)
    _processes(world, scenario, p)
    for row, field in enumerate(chain.fields):
        world.fields[row].frontier = 1.0
        world.fields[row].growth = field.frontier_growth
    _settings.append((ref(scenario), p.tobytes(), world))
    return world


def empty(
    products: int, processes: int, fields: int, enterprises: int, institutes: int, quarters: int
) -> World:
    """A world of so many rows in which there is nothing yet."""
    rows = {name: table.rows for name, table in TABLES.items()}
    room = max(48, int(1.25 * enterprises) + 24)
    neutral = {
        f"neutral_{name.lower()}": TABLES[name].neutral
        for name in ("Enterprise", "Institute", "Product", "Process", "Region", "Measure")
    }
    return World(
        enterprises=rows["Enterprise"](room),
        institutes=rows["Institute"](institutes + 8),
        talents=rows["Talent"](1024),
        innovations=rows["Innovation"](4096),
        projects=rows["Project"](256),
        products=rows["Product"](products),
        processes=rows["Process"](processes),
        fields=rows["Field"](fields),
        region=rows["Region"](1),
        measures=rows["Measure"](len(MEASURES)),
        audit=rows["Audit"](1),
        money=np.zeros((len(MONEY), len(SECTORS), len(SECTORS))),
        balances=np.zeros(len(SECTORS)),
        goods=np.zeros((products, len(GOODS))),
        holdings=np.zeros(products),
        people=np.zeros(3),
        prices=np.full((quarters, products), np.nan),
        series=np.zeros((quarters, len(SERIES))),
        order=np.zeros(max(room, 256), np.int64),
        keys=np.zeros(max(room, 256)),
        sellers=np.zeros(room * OUTPUTS, np.int64),
        slots=np.zeros(room * OUTPUTS, np.int64),
        first_seller=np.zeros(products + 1, np.int64),
        vacancies=np.zeros(room + institutes + 8, np.int64),
        living=np.zeros(room, np.int64),
        ring=np.zeros(room),
        living_institutes=np.zeros(institutes + 8, np.int64),
        **neutral,
    )


def _calendar(world: World, scenario: Scenario, p: Any) -> None:
    """Dated series over the whole run: still during the burn-in, continued after the last observation."""
    chain, series, start = scenario.chain, scenario.series, scenario.start
    names = ["index.general", "index.wage", "wedge.export", "vat.rate", "vat.local_share"]
    names += [f"quota.{kind}" for kind in chain.quotas]
    nothing = {"index.general": 1.0, "index.wage": 1.0, "vat.rate": 0.17, "vat.local_share": 0.25}
    growth = {
        "index.general": p.outside_world.inflation / 4.0,
        "index.wage": p.outside_world.wage_growth / 4.0,
    }
    for place, name in enumerate(names):
        known = np.array(series.over(name, start, scenario.quarters), float)
        if np.isnan(known[0]):
            known[0] = nothing.get(name, 0.0)
        for t in range(1, len(known)):
            if np.isnan(known[t]):
                known[t] = known[t - 1] * math.exp(growth.get(name, 0.0))
        world.series[scenario.burn_in :, place] = known
        # The wedge between prices at home and abroad is a work of policy: there is none before history begins.
        world.series[: scenario.burn_in, place] = 0.0 if name == "wedge.export" else known[0]
    for row, product in enumerate(chain.products):
        world.prices[scenario.burn_in :, row] = series.over(f"price.{product.key}", start, scenario.quarters)
    region, labour = world.region[0], scenario.population.labour
    region.opening = scenario.burn_in
    region.general_index, region.wage_index = world.series[0, 0], world.series[0, 1]
    region.outside_wage = labour.outside_wage / 4.0 * region.wage_index
    region.wage = region.outside_wage
    region.talent_wage = labour.talent_wage / 4.0 * region.wage_index
    region.labour_pool = labour.pool
    region.talents_elsewhere = labour.talents_elsewhere
    region.export_wedge, region.vat, region.vat_local_share = world.series[0, 2:5]
    region.quota[:] = world.series[0, 5:9]
    region.paid_share = region.last_paid_share = 1.0
    region.effort_reference = 1.0


def _reference_index(scenario: Scenario) -> float:
    """Mean general index of the years whose prices are the weights of volumes."""
    known = scenario.series.over("index.general", Quarter.of(MEAN_YEARS[0]), MEAN_YEARS[1])
    return 1.0 if all(math.isnan(value) for value in known) else float(np.nanmean(known))


def _products(world: World, scenario: Scenario) -> None:
    chain, index = scenario.chain, _reference_index(scenario)
    bulk, critical = chain.contents
    opening = world.region[0].general_index
    for row, given in enumerate(chain.products):
        product = world.products[row]
        product.stage = given.stage
        product.pricing = COMMODITY if given.pricing == "commodity" else DIFFERENTIATED
        product.counted = given.counted_in_history
        product.rule = PRICE_RULES.index(given.price_rule)
        product.maker = chain.maker(given.key)
        product.reference_price = given.price
        product.long_run = given.price / index
        product.opening_price = given.price / index * opening
        maker = chain.processes[product.maker]
        inputs = sum(
            amount * chain.products[chain.product_index(key)].price for key, amount in maker.inputs.items()
        )
        product.nonchain = max(0.0, given.price - inputs) / index
        product.lag, product.volatility = given.chain_lag, given.volatility
        product.autocorrelation, product.reversion = given.autocorrelation, given.reversion
        product.basket_share, product.floor_cost = given.basket_share, given.floor_cost
        product.disposal_cost, product.storage_cost = given.disposal_cost, given.storage_cost
        product.refund = given.export_refund
        product.reo, product.critical = given.contents.get(bulk, 0.0), given.contents.get(critical, 0.0)
        product.price = product.last_price = product.mean_price = product.local_price = product.opening_price
        product.recent[:] = product.opening_price
        product.stock_cover = 0.35
        product.realisation = 1.0
        _demand(product, given)


def _demand(product: Any, given: Product) -> None:
    for market, key in enumerate(MARKET_KEYS):
        demand = getattr(given, key)
        product.demand[market] = product.market_size[market] = demand.demand / 4.0
        product.growth[market] = math.log(1.0 + demand.growth)
        product.elasticity[market] = demand.price_elasticity
        product.price_sensitivity[market] = demand.price_sensitivity
        product.quality_sensitivity[market] = demand.quality_sensitivity
        product.base_trade_cost[market] = demand.trade_cost
        product.depth[market] = demand.depth / 4.0
        product.opening_share[market] = demand.opening_share
        product.needs_certificate[market] = demand.certification
        product.entry_cost[market] = demand.entry_cost


def _processes(world: World, scenario: Scenario, p: Any) -> None:
    chain = scenario.chain
    for row, given in enumerate(chain.processes):
        process = world.processes[row]
        process.product = chain.product_index(given.product)
        process.stage = chain.products[process.product].stage
        process.inputs, process.outputs = len(given.inputs), len(given.outputs)
        for slot, (key, amount) in enumerate(given.inputs.items()):
            process.input[slot], process.coefficient[slot] = chain.product_index(key), amount
        main_first = sorted(given.outputs.items(), key=lambda item: item[0] != given.product)
        for slot, (key, amount) in enumerate(main_first):
            process.output[slot], process.yield_of[slot] = chain.product_index(key), amount
        for key, weight in given.fields.items():
            process.weight[chain.field_index(key)] = weight
        process.other_cost = given.other_cost
        # Per unit of quarterly capacity, which is a quarter of the yearly one.
        process.workers, process.plant = 4.0 * given.workers, 4.0 * given.capital
        process.minimum_scale, process.typical_scale = given.minimum_scale / 4.0, given.typical_scale / 4.0
        process.talents, process.threshold, process.complexity = (
            given.talents,
            given.threshold,
            given.complexity,
        )
        process.build_quarters, process.land_share, process.levy = (
            given.build_quarters,
            given.land_share,
            given.levy,
        )
        process.quota = chain.quotas.index(given.quota) if given.quota else -1
        process.pool = process.full_pool = given.pool
        process.research_intensity = given.research_intensity
        process.effort_reference = _effort_reference(given, world.products[process.product].opening_price, p)


def _effort_reference(given: Process, price: float, p: Any) -> float:
    """Effort of a research-active enterprise of typical scale at usual R&D."""
    budget = given.research_intensity * UTILISATION * given.typical_scale / 4.0 * price
    materials = (1.0 - p.talents.research_pay) * budget
    share = p.research.materials_share
    return float(max(1e-6, materials**share * max(1.0, 0.8 * given.talents) ** (1.0 - share)))


def _enterprises(world: World, scenario: Scenario, p: Any, seed: int) -> None:
    now, chain = Now(seed, 0), scenario.chain
    row = 0
    for group in scenario.population.enterprises:
        members = world.enterprises[row : row + group.number]
        members.uid = members.group = np.arange(row + 1, row + group.number + 1)
        members.alive = True
        members.process = chain.process_index(group.process)
        members.product = world.processes[members.process].product
        members.stage = world.processes[members.process].stage
        members.ownership = OWNERSHIP_NAMES.index(group.ownership)
        members.in_zone = np.arange(group.number) < round(group.in_zone * group.number)
        members.founded = -20
        _draw_sizes(world, now, row, row + group.number, group.spread)
        sizes = np.exp(members.capacity)
        members.capacity = sizes * (group.capacity / 4.0 / sizes.sum())
        _endow_all(world, p, now, row, row + group.number, group.knowledge, group.does_research, group.export)
        row += group.number
    world.region[0].next_uid = row + 1
    world.region[0].desks = max(1.0, row / 100.0)


@rule
def _draw_sizes(world: World, now: Now, first: int, last: int, spread: float) -> None:
    """Logarithms of the sizes of a group, before they are scaled."""
    for row in range(first, last):
        enterprise = world.enterprises[row]
        enterprise.capacity = spread * normal(now, SIZE, enterprise.uid, 0)


@rule
def _endow_all(
    world: World,
    p: Any,
    now: Now,
    first: int,
    last: int,
    knowledge: float,
    researching: float,
    exporting: float,
) -> None:
    """What the enterprises of a group have, know and do at the founding."""
    for row in range(first, last):
        enterprise = world.enterprises[row]
        _endow(world, enterprise, p, now, knowledge)
        if uniform(now, RESEARCHES, enterprise.uid, 0) < researching or researching >= 1.0:
            enterprise.research_intensity = world.processes[enterprise.process].research_intensity
        abroad = uniform(now, EXPORTS, enterprise.uid, 0) < exporting
        enterprise.serves[DOMESTIC] = True
        enterprise.serves[INTERNATIONAL] = abroad
        enterprise.certified = abroad


@rule
def _endow(world: World, enterprise: Any, p: Any, now: Now, knowledge: float) -> None:
    """Knowledge, practice, plant, people and money of a founding enterprise."""
    process, region = world.processes[enterprise.process], world.region[0]
    personal = normal(now, KNOWLEDGE, enterprise.uid, 100)
    for field in range(len(world.fields)):
        if process.weight[field] > 0.0:
            draw = 0.16 * personal + 0.12 * normal(now, KNOWLEDGE, enterprise.uid, field)
            enterprise.knowledge[field] = min(1.0, knowledge * math.exp(draw))
        else:
            enterprise.knowledge[field] = 0.3
    # Where what is learnt with full attention and what is forgotten balance.
    rest = p.management.local_best * p.management.learn / (p.management.learn + p.management.fade)
    enterprise.practice = min(0.9, rest * math.exp(0.2 * normal(now, PRACTICE, enterprise.uid, 0)))
    total = 0.0
    for mode in range(MODES):
        enterprise.propensity[mode] = 0.5 + uniform(now, MODE_LEANING, enterprise.uid, mode)
        total += enterprise.propensity[mode]
    for mode in range(MODES):
        enterprise.propensity[mode] /= total
    plant = enterprise.capacity * process.plant * region.general_index
    enterprise.capital = 0.7 * plant
    enterprise.expected_orders = UTILISATION * enterprise.capacity
    enterprise.experience = 40.0 * enterprise.capacity
    enterprise.experience_known = experience_effect(40.0 / p.commercialisation.mature, p)
    for slot in range(process.inputs):
        enterprise.usual_import[slot] = process.coefficient[slot] * enterprise.capacity
    enterprise.fit = 0.4
    enterprise.markup = 0.15
    enterprise.debt = 0.2 * plant
    price = world.products[enterprise.product].opening_price
    enterprise.cash = 0.5 * enterprise.expected_orders * price + 0.1 * plant
    for slot in range(process.outputs):
        enterprise.output_stock[slot] = 0.2 * UTILISATION * enterprise.capacity * process.yield_of[slot]
    enterprise.last_year_sales = 4.0 * enterprise.expected_orders * price
    enterprise.last_year_profit = 0.05 * enterprise.last_year_sales
    enterprise.last_year_research = 0.0


def _institutes(world: World, scenario: Scenario) -> None:
    first = world.region[0].next_uid
    for row, given in enumerate(scenario.population.institutes):
        institute = world.institutes[row]
        institute.uid = first + row
        opens = Quarter.of(given.opens).index - scenario.start.index if given.opens else 0
        # An institute that history opens later stands ready in its row (chapter "institutes").
        institute.founded = scenario.burn_in + opens if opens > 0 else 0
        institute.alive = opens <= 0
        institute.kind = INSTITUTE_NAMES.index(given.kind)
        institute.posts = given.researchers
        institute.seats = given.graduates
        institute.base_funding = given.base_funding / world.series[0, 1]
        institute.transfer_orientation = given.transfer_orientation
        institute.service_capacity, institute.service_price = given.service_capacity, 0.08
        institute.reputation = given.knowledge
        institute.cash = 2.0 * given.base_funding
        institute.knowledge[: len(world.fields)] = 0.45
        for key, share in given.fields.items():
            field = scenario.chain.field_index(key)
            institute.focus[field], institute.knowledge[field] = share, given.knowledge
    world.region[0].next_uid = first + len(scenario.population.institutes)


def _talents(world: World, scenario: Scenario, p: Any, seed: int) -> World:
    """People at every founding employer, and those who look for a post."""
    now = Now(seed, 0)
    at_enterprises = _plan_staff(world, p)
    unemployed = int(scenario.population.labour.local_talents)
    total = at_enterprises + unemployed + int(world.institutes.posts[world.institutes.alive].sum())
    world = widened(world, "talents", max(1024, int(1.3 * total) + 256))
    place = _settle_staff(world, p, now)
    for row, given in enumerate(scenario.population.institutes):
        if world.institutes[row].alive:
            place = _settle_post(world, p, now, place, AT_INSTITUTE, row, given.researchers, given.introduced)
    world.region[0].next_talent = _settle_post(world, p, now, place, NOWHERE, 0, unemployed, 0.0)
    return world


@rule
def _plan_staff(world: World, p: Any) -> int:
    """Posts of every founding enterprise, noted as vacancies; returns how many there are."""
    total = 0
    for enterprise in world.enterprises:
        if enterprise.alive:
            enterprise.price = world.products[enterprise.product].opening_price
            process = world.processes[enterprise.process]
            enterprise.vacancies = wanted_talents(enterprise, process, world.region[0], p)
            total += enterprise.vacancies
    return total


@rule
def _settle_staff(world: World, p: Any, now: Now) -> int:
    """People on all posts of founding enterprises; returns the place of the next person."""
    place = 0
    for row in range(len(world.enterprises)):
        enterprise = world.enterprises[row]
        if enterprise.alive:
            place = _settle_post(world, p, now, place, AT_ENTERPRISE, row, enterprise.vacancies, 0.05)
            enterprise.vacancies = 0
    return place


@rule
def _settle_post(
    world: World, p: Any, now: Now, place: int, works: int, row: int, number: int, introduced: float
) -> int:
    """So many people of one employer, a share of them introduced; returns the place of the next person."""
    for each in range(number):
        origin = INTRODUCED if each < introduced * number else LOCAL
        _settle_talent(world, p, now, place + each, works, row, origin)
    return place + number


@rule
def _settle_talent(world: World, p: Any, now: Now, place: int, works: int, row: int, origin: int) -> None:
    """One person at work, or looking for it."""
    region, talent = world.region[0], world.talents[place]
    fields = len(world.fields)
    talent.uid = FOUNDING_TALENT + place
    talent.alive = True
    talent.origin = origin
    mean = p.talents.introduced_level if origin == INTRODUCED else 1.0
    talent.level = mean * math.exp(p.talents.level_spread * normal(now, TALENT_LEVEL, talent.uid, 0))
    talent.pay_level = pay_level(talent.level)
    talent.works = works
    talent.hired = -8
    talent.used = 0.7
    talent.carried = 0.4
    mark = uniform(now, TALENT_FIELD, talent.uid, 0)
    if works == AT_ENTERPRISE:
        employer = world.enterprises[row]
        talent.discipline = pick_discipline(world.processes[employer.process].weight, fields, mark)
        employer.local_talents += origin == LOCAL
        employer.introduced_talents += origin == INTRODUCED
        talent.employer_uid = employer.uid
        talent.carried = employer.knowledge[talent.discipline]
    elif works == AT_INSTITUTE:
        home = world.institutes[row]
        talent.discipline = pick_discipline(home.focus, fields, mark)
        home.local_talents += origin == LOCAL
        home.introduced_talents += origin == INTRODUCED
        talent.employer_uid = home.uid
        talent.carried = home.knowledge[talent.discipline]
    else:
        talent.discipline = min(fields - 1, int(mark * fields))
    if works != NOWHERE:
        talent.employer = row
        talent.wage = region.talent_wage * talent.pay_level * p.talents.local_pay


def _settle(world: World, p: Any, now: Now) -> None:
    """Solve (1) to (4), open the books."""
    number = _solve(world, p, now)
    world.region[0].discovery = float(np.median(world.keys[:number])) if number else 0.05
    _open(world)


@rule
def _solve(world: World, p: Any, now: Now) -> Any:
    """What is solved row by row; returns how many rates there are of which (4) takes the median."""
    _settle_enterprises(world, p, now)
    _solve_markets(world, p)
    count_holdings(world)
    return _rates_to_keep_up(world, p)


@rule
def _settle_enterprises(world: World, p: Any, now: Now) -> None:
    """Quality, productivity, prices and workers that go with what enterprises know."""
    see_capability(world, p, now)
    for enterprise in world.enterprises:
        if enterprise.alive:
            enterprise.quality = enterprise.capability**p.commercialisation.quality_power
            enterprise.productivity = enterprise.capability**p.commercialisation.productivity_power
    set_prices(world, p, now)
    for enterprise in world.enterprises:
        if enterprise.alive:
            process = world.processes[enterprise.process]
            if world.products[enterprise.product].pricing == DIFFERENTIATED:
                good = world.products[enterprise.product]
                enterprise.markup = best_markup(good, process, enterprise, world.region[0], p)
                enterprise.price = enterprise.unit_cost * (1.0 + enterprise.markup)
                good_enough = enterprise.quality >= p.commercialisation.certificate_quality
                asked_for = good.needs_certificate[DOMESTIC] or good.needs_certificate[INTERNATIONAL]
                if good_enough and asked_for and happens(HELD, now, CERTIFIED, enterprise.uid, 0):
                    enterprise.certified = True
            enterprise.expected_margin = enterprise.price - enterprise.unit_cost
            enterprise.workers = (
                UTILISATION * enterprise.capacity * workers_per_unit(process, enterprise, world.region[0])
            )


@rule
def _local_share(world: World, product: int) -> float:
    """Share of a product's output that users in the cluster take at the usual utilisation."""
    made = 0.0
    used = 0.0
    for enterprise in world.enterprises:
        if enterprise.alive:
            process = world.processes[enterprise.process]
            for slot in range(process.outputs):
                made += (process.output[slot] == product) * enterprise.capacity * process.yield_of[slot]
            for slot in range(process.inputs):
                used += (process.input[slot] == product) * enterprise.capacity * process.coefficient[slot]
    return min(0.9, used / made) if made > 0.0 else 0.0


@rule
def _solve_markets(world: World, p: Any) -> None:
    """(1) to (3) for every differentiated product."""
    eta = p.outside_markets.eta
    for place in range(len(world.products)):
        product = world.products[place]
        if product.pricing != DIFFERENTIATED:
            continue
        process = world.processes[product.maker]
        outside = 1.0 - _local_share(world, place)
        abroad = _share_abroad(world, product, place)
        for market in range(MARKETS):
            weight = abroad if market == INTERNATIONAL else 1.0 - abroad
            reference = max(1e-9, UTILISATION * process.typical_scale * outside * weight)
            product.reference_sales[market] = reference
            total = 0.0
            for enterprise in world.enterprises:
                if not enterprise.alive or enterprise.product != place:
                    continue
                share = weight if enterprise.serves[INTERNATIONAL] else 1.0 * (market == DOMESTIC)
                sales = UTILISATION * enterprise.capacity * outside * share
                if not enterprise.serves[market] or sales <= 0.0:
                    continue
                relative = sales / reference
                enterprise.reach[market] = relative**eta
                if market == DOMESTIC:
                    pull = math.log(attractiveness(product, enterprise, market, p))
                    enterprise.standing = (1.0 - eta) * math.log(relative) - pull
                total += sales
            size = max(1e-9, product.market_size[market])
            product.opening_share[market] = min(0.6, total / size)
            product.outside_mass[market] = size / reference * (1.0 - product.opening_share[market])


@rule
def _share_abroad(world: World, product: Any, place: int) -> Any:
    """Share of an exporter's outside sales that goes abroad.

    The cluster's opening shares say what is sold in each market; what is sold abroad is sold by those who serve it.
    """
    at_home = product.market_size[DOMESTIC] * max(1e-4, product.opening_share[DOMESTIC])
    abroad = product.market_size[INTERNATIONAL] * max(1e-4, product.opening_share[INTERNATIONAL])
    capacity = 0.0
    exporting = 0.0
    for enterprise in world.enterprises:
        if enterprise.alive and enterprise.product == place:
            capacity += enterprise.capacity
            exporting += enterprise.capacity * enterprise.serves[INTERNATIONAL]
    if exporting <= 0.0:
        return TYPICAL_ABROAD
    return min(0.8, abroad / max(1e-12, at_home + abroad) * capacity / exporting)


@rule
def _rates_to_keep_up(world: World, p: Any) -> int:
    """(4) for each enterprise that does R&D, noted in ``world.keys``; returns how many there are."""
    search = p.search
    median_to_mean = math.exp(search.spread**2 / 2.0)
    number = 0
    fields = len(world.fields)
    for enterprise in world.enterprises:
        if enterprise.alive and enterprise.research_intensity > 0.0:
            process = world.processes[enterprise.process]
            # Small steps as far as nobody stands in the way, radical ones always.
            small = (1.0 - search.radical) * free_to_build(process, search.protection, p)
            mean_step = search.step * median_to_mean * (small + search.radical * search.radical_factor)
            growth = 0.0
            gain = 0.0
            for field in range(fields):
                weight = process.weight[field]
                growth += weight * world.fields[field].growth
                if weight > 0.0:
                    gain += weight**2 * mean_step * max(0.2, enterprise.knowledge[field]) ** -search.omega
            world.keys[number] = search.keep_up * growth * process.complexity / gain
            number += 1
    return number


def _open(world: World) -> None:
    """Opening stocks and balances: the bank is the counterpart of all deposits."""
    region = world.region[0]
    alive = world.enterprises.alive
    region.loans = float(world.enterprises.debt[alive].sum())
    region.bank_equity = 0.15 * max(region.loans, 0.4 * float(world.enterprises.capital[alive].sum()))
    region.reserve = 50.0
    world.balances[ENTERPRISES] = world.enterprises.cash[alive].sum()
    world.balances[INSTITUTES] = world.institutes.cash[world.institutes.alive].sum()
    world.balances[LOCAL_GOVERNMENT] = region.reserve
    world.balances[BANK] = -world.balances.sum()
    world.holdings[:] = world.goods[:, -1]
    world.people[0] = world.talents.alive.sum()
    world.audit[0].failed = -1
