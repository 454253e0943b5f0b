"""World: the tables that the economy consists of, and how they are held.

Every table is one numpy record array. In a rule a row reads like an object (``buyer.cash -= cost``), in a notebook a
column reads like an array (``world.enterprises.cash.sum()``). Money is million CNY at current prices without VAT,
goods are counted in the product's own unit, time in quarters, rates are per quarter unless a column says otherwise.
Knowledge, productivity and quality are relative to the outside frontier: standing still is falling behind.

Links hold row and uid, because the row of the dead is used again: ``alive and uid == uid`` says that a link still holds.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.declare import TABLES, column, flow, row, wedge

# How many slots a row holds. A chain that needs more is refused with a message by ``chain``.
FIELDS = 12  # technology fields
INPUTS = 4  # inputs of a process
OUTPUTS = 3  # outputs of a process (the first is its main product)
MARKETS = 2  # outside markets: 0 the rest of the country, 1 the world
SUPPLIERS = 6  # suppliers that an enterprise knows
PARTNERS = 4  # research partners that an enterprise knows
MODES = 3  # ways to innovate
STAGES = 8  # stages of a chain, counted from 1
PRODUCTS = 24  # products of a chain
PIPELINE = 8  # quarters ahead for which new capacity can be on order

DOMESTIC, INTERNATIONAL = 0, 1
COMMODITY, DIFFERENTIATED = 0, 1
ORIGINAL, INTEGRATED, INTRODUCING = 0, 1, 2  # modes of innovation
STATE, PRIVATE, OUTSIDE_OWNED = 0, 1, 2  # ownership
FOUNDING, SPIN_OFF_INSTITUTE, SPIN_OFF_ENTERPRISE, DIVERSIFIED, ATTRACTED = (
    0,
    1,
    2,
    3,
    4,
)  # origins of enterprises
SMALL, MEDIUM, LARGE = 0, 1, 2  # size classes by workers
UNIVERSITY, RESEARCH_INSTITUTE, TESTING_CENTRE = 0, 1, 2
LOCAL, INTRODUCED = 0, 1  # origins of talents
NOWHERE, AT_ENTERPRISE, AT_INSTITUTE = 0, 1, 2  # where a talent works
# What an innovation descends from, computed from its parents (chapter "innovations").
CLASS_INTRODUCED, CLASS_ASSIMILATED, CLASS_REINNOVATION, CLASS_INTEGRATED, CLASS_ORIGINAL = 0, 1, 2, 3, 4

OWNERSHIP_NAMES = ("state", "private", "outside")
ORIGIN_NAMES = ("founding", "spin_off_institute", "spin_off_enterprise", "diversified", "attracted")
SIZE_NAMES = ("small", "medium", "large")
INSTITUTE_NAMES = ("university", "research_institute", "testing_centre")
CLASS_NAMES = ("introduced", "assimilated", "reinnovation", "integrated", "original")


@row
class Enterprise:
    """One product line. A group that holds several lines is several enterprises with one ``group``."""

    # identity
    uid: int = column("1", "permanent identity, never used again")
    alive: bool = column("1", "whether the row is in use")
    process: int = column("1", "row of the process it runs")
    product: int = column("1", "row of its main product")
    stage: int = column("1", "stage of its main product")
    founded: int = column("quarter", "quarter in which it was founded")
    died: int = column("quarter", "quarter in which it left (meaningless while alive)")
    origin: int = column("1", "how it came about (ORIGIN_NAMES)")
    ownership: int = column("1", "who owns it (OWNERSHIP_NAMES)")
    group: int = column("1", "uid of the legal group: its own, or its parent's")
    in_zone: bool = column("1", "whether it sits in the high-tech zone")
    size_class: int = column("1", "size class by workers (SIZE_NAMES)")
    # plant and people
    capacity: float = column("unit/quarter", "throughput of its plant in units of the main product", low=0.0)
    ordered: float = column("unit/quarter", "capacity on order, by quarters to go", slots=PIPELINE, low=0.0)
    ordered_cost: float = column(
        "million CNY",
        "price of the capacity on order, still to be paid, by quarters to go",
        slots=PIPELINE,
        low=0.0,
    )
    capital: float = column("million CNY", "book value of plant", low=0.0)
    workers: float = column("person", "production workers", low=0.0)
    local_talents: int = column("person", "researchers and engineers of local origin", low=0)
    introduced_talents: int = column("person", "researchers and engineers who were introduced", low=0)
    talent_quality: float = column(
        "index", "mean level of its talents, 1 the national mean of graduates", low=0.0
    )
    vacancies: int = column("person", "posts for talents that it wants to fill", low=0)
    # money
    cash: float = column("million CNY", "deposits")
    debt: float = column("million CNY", "bank loans", low=0.0)
    losses: float = column("million CNY", "losses carried forward by age in years", slots=5, low=0.0)
    year_profit: float = column("million CNY", "profit before tax since the year began")
    year_taxable_relief: float = column(
        "million CNY", "deductions of the R&D super-deduction since the year began", low=0.0
    )
    year_sales: float = column("million CNY", "sales since the year began", low=0.0)
    year_research: float = column("million CNY", "reported R&D since the year began", low=0.0)
    last_year_profit: float = column("million CNY", "profit before tax of the last full year")
    last_year_sales: float = column("million CNY", "sales of the last full year", low=0.0)
    last_year_research: float = column("million CNY", "reported R&D of the last full year", low=0.0)
    distress: int = column("quarter", "quarters in a row without liquidity", low=0)
    # prices and plans
    unit_cost: float = column("million CNY/unit", "variable cost of a unit of the main product", low=0.0)
    markup: float = column("share", "price over unit cost, minus one", low=-0.5, high=5.0)
    price: float = column("million CNY/unit", "posted price of the main product, ex works", low=0.0)
    expected_orders: float = column("unit/quarter", "adaptive expectation of its own orders", low=0.0)
    expected_margin: float = column("million CNY/unit", "adaptive expectation of price less variable cost")
    backlog: float = column("unit", "orders carried over from the last quarter", low=0.0)
    input_stock: float = column("unit", "stock of each input of its process", slots=INPUTS, low=0.0)
    usual_import: float = column("unit", "usual import of each input of its process", slots=INPUTS, low=0.0)
    output_stock: float = column("unit", "stock of each output of its process", slots=OUTPUTS, low=0.0)
    experience: float = column(
        "unit", "cumulated output of the main product, as far as the plant that made it stands", low=0.0
    )
    experience_known: float = column("1", "effect of experience that is in its productivity", low=0.0)
    cost_luck: float = column("log", "persistent idiosyncratic efficiency shock")
    demand_luck: float = column("log", "persistent idiosyncratic demand shock")
    standing: float = column("log", "lasting preference of customers for it (brand, location)")
    # knowledge and what has been made of it
    knowledge: float = column(
        "1", "knowledge per field, relative to the frontier", slots=FIELDS, low=0.0, high=3.0
    )
    capability: float = column(
        "1", "knowledge for its own product, relative to the frontier", low=0.0, high=3.0
    )
    absorptive: float = column("share", "absorptive capacity", low=0.0, high=1.0)
    productivity: float = column(
        "1", "efficiency of its process, relative to the frontier", low=0.0, high=3.0
    )
    quality: float = column("1", "quality of its product, relative to the frontier", low=0.0, high=3.0)
    practice: float = column("1", "level of management practice", low=0.0, high=1.5)
    research_intensity: float = column("share", "R&D budget over expected sales", low=0.0, high=0.5)
    research_added: float = column(
        "share", "R&D plan of last quarter beyond the budget's rate: tax terms and granted projects", low=-1.0
    )
    propensity: float = column("share", "leaning to each mode of innovation", slots=MODES, low=0.0, high=1.0)
    score: float = column("million CNY", "what each mode has brought, remembered", slots=MODES, low=0.0)
    technology: int = column("1", "uid of the innovation in use per field (0: none recorded)", slots=FIELDS)
    licence_until: int = column("quarter", "until when a licence for outside technology runs")
    licence_field: int = column("1", "field of the licence")
    licence_lift: float = column(
        "1", "knowledge that the licence lends in its field, relative to the frontier", low=0.0
    )
    licence_digested: float = column(
        "share", "how much of the licensed technology has been made one's own", low=0.0, high=1.0
    )
    licence_technology: int = column("1", "uid of the introduced innovation under licence")
    patents: float = column("1", "patents held, depreciated", low=0.0)
    patents_granted: int = column("1", "patents taken in all", low=0)
    new_product: float = column(
        "share", "share of sales from products new in the last three years", low=0.0, high=1.0
    )
    # standing
    certified: bool = column("1", "whether its product is certified for markets that ask for it")
    certifying: int = column("quarter", "quarter in which a certification under way is decided (0: none)")
    high_technology: bool = column("1", "whether it holds the status that the reduced profit tax asks for")
    reach: float = column("1", "reach in each outside market", slots=MARKETS, low=0.0)
    serves: bool = column("1", "whether the sunk cost of each outside market has been paid", slots=MARKETS)
    fit: float = column(
        "share", "how well it serves local customers (supporting-firm ability)", low=0.0, high=1.0
    )
    coordinated: bool = column("1", "whether it is a member of the coordination body")
    # relations
    supplier: int = column("1", "row of each known supplier", slots=SUPPLIERS)
    supplier_uid: int = column("1", "uid of each known supplier (0: empty)", slots=SUPPLIERS)
    supplier_input: int = column("1", "which input it supplies", slots=SUPPLIERS)
    supplier_trust: float = column(
        "share", "trust earned by each known supplier", slots=SUPPLIERS, low=0.0, high=1.0
    )
    partner: int = column("1", "row of each known research partner", slots=PARTNERS)
    partner_uid: int = column("1", "uid of each known research partner (0: empty)", slots=PARTNERS)
    partner_institute: bool = column("1", "whether the partner is an institute", slots=PARTNERS)
    partner_trust: float = column(
        "share", "trust earned by each research partner", slots=PARTNERS, low=0.0, high=1.0
    )
    joint_until: int = column("quarter", "end of the joint project under way (0: none)")
    joint_slot: int = column("1", "partner slot of the joint project under way")
    joint_field: int = column("1", "field of the joint project under way")

    # what accrues in a quarter
    sales: float = flow("million CNY", "sales to anyone")
    sales_local: float = flow("million CNY", "sales to enterprises in the cluster")
    sales_market: float = flow("million CNY", "sales to each outside market", slots=MARKETS)
    sales_volume: float = flow("million CNY", "sales at reference prices")
    sold: float = flow("unit", "units of the main product sold")
    attractiveness: float = flow("1", "reach times attractiveness in each outside market", slots=MARKETS)
    produced: float = flow("unit", "units of the main product produced")
    planned: float = flow("unit", "units of the main product it meant to produce")
    output_value: float = flow("million CNY", "value of what was produced, at its own prices")
    output_volume: float = flow("million CNY", "value of what was produced, at reference prices")
    inputs_local: float = flow("million CNY", "chain inputs bought in the cluster")
    inputs_outside: float = flow("million CNY", "chain inputs bought outside")
    inputs_used_value: float = flow("million CNY", "chain inputs used in production, at world prices")
    inputs_used_volume: float = flow("million CNY", "chain inputs used in production, at reference prices")
    other_costs: float = flow("million CNY", "other purchased inputs and overhead bought outside")
    wages: float = flow("million CNY", "pay of production workers and overhead staff")
    talent_pay: float = flow("million CNY", "pay of talents")
    value_added: float = flow(
        "million CNY", "output less chain inputs and other purchased inputs", low=float("-inf")
    )
    value_added_volume: float = flow("million CNY", "the same at reference prices", low=float("-inf"))
    profit: float = flow("million CNY", "profit before tax", low=float("-inf"))
    investment: float = flow("million CNY", "spending on plant")
    depreciation: float = flow("million CNY", "wear of plant")
    interest: float = flow("million CNY", "interest paid")
    taxes: float = flow("million CNY", "profit tax, levies and VAT not refunded")
    claimed: float = flow("million CNY", "claims on public programmes raised this quarter")
    granted: float = flow("million CNY", "public money received")
    research: float = flow("million CNY", "real R&D spending")
    research_own: float = flow("million CNY", "real R&D spending out of own money")
    research_reported: float = flow("million CNY", "reported R&D, relabelled cost included")
    research_granted: float = flow("million CNY", "grants for R&D claimed")
    misused: float = flow("million CNY", "grants for R&D claimed for other ends")
    licence_fees: float = flow("million CNY", "fees for outside technology")
    digestion: float = flow("million CNY", "spending on digesting outside technology")
    transformation: float = flow("million CNY", "spending on process modernisation")
    customer_service: float = flow("million CNY", "spending on serving local customers")
    effort: float = flow("index", "research effort by mode", slots=MODES)
    innovations: float = flow("1", "innovations by class", slots=5)
    invention_income: float = flow("million CNY", "licence income from own inventions")
    transferred: float = flow("1", "results taken over from institutes")
    learned_local: float = flow("log", "knowledge gained from neighbours")
    learned_outside: float = flow("log", "knowledge gained from outside, licences apart")
    learned_own: float = flow("log", "knowledge gained by own search and joint projects")
    orders: float = flow("unit", "orders for the main product, at the first choice")
    unfilled: float = flow("unit", "orders that it could not fill")
    attention: float = flow("1", "management attention still free")
    vacancies_filled: float = flow("person", "posts filled this quarter")
    new_reach: float = flow("1", "reach bought this quarter")
    written_off: float = flow("million CNY", "goods scrapped, at reference prices")

    # where policies bite
    capital_subsidy: float = wedge("share", "share of plant that is paid by government")
    capital_subsidy_ahead: float = wedge(
        "share", "the same as announced for when a project started now would be paid"
    )
    land_discount: float = wedge("share", "share of the land price that is waived")
    raw_material_discount: float = wedge("share", "discount on local raw material, at the seller's expense")
    supplier_support: float = wedge("share", "share of spending on serving local customers that is repaid")
    minimum_local: float = wedge("share", "share of output that has to be offered inside the cluster", "max")
    export_promotion: float = wedge("million CNY", "public marketing abroad for this enterprise")
    market_entry_support: float = wedge("share", "share of the sunk cost of market entry that is repaid")
    research_grant: float = wedge("share", "share of a selected project that a grant pays")
    super_deduction: float = wedge("share", "extra deduction of reported R&D from taxable profit")
    collaboration_voucher: float = wedge("share", "share of its joint projects that a voucher pays")
    digestion_support: float = wedge("share", "share of digestion that is repaid")
    transformation_subsidy: float = wedge("share", "share of process modernisation that is repaid")
    certification_support: float = wedge("share", "share of the cost of certification that is repaid")
    tax_relief: float = wedge(
        "share", "points taken off the profit tax of certified high-technology enterprises"
    )
    credit_guarantee: float = wedge("share", "share of a new loan that is guaranteed")
    interest_subsidy: float = wedge("share", "points of yearly interest that are repaid")
    head_hunting: float = wedge("million CNY", "grant per talent hired from outside")
    coordination: float = wedge(
        "share", "convening power of a coordination body of which it is a member", "max"
    )


@row
class Institute:
    """A university, a research institute or a testing and information centre."""

    uid: int = column("1", "permanent identity, in one numbering with enterprises")
    alive: bool = column("1", "whether the row is in use")
    kind: int = column("1", "INSTITUTE_NAMES")
    founded: int = column("quarter", "quarter of opening")
    invited: bool = column("1", "whether policy invited it to settle")
    knowledge: float = column(
        "1", "knowledge per field, relative to the frontier", slots=FIELDS, low=0.0, high=3.0
    )
    focus: float = column("share", "share of its work in each field", slots=FIELDS, low=0.0, high=1.0)
    local_talents: int = column("person", "researchers of local origin", low=0)
    introduced_talents: int = column("person", "researchers who were introduced", low=0)
    posts: int = column("person", "posts for researchers", low=0)
    vacancies: int = column("person", "posts to fill", low=0)
    seats: float = column("person/quarter", "graduates a quarter", low=0.0)
    base_funding: float = column("million CNY/quarter", "base funding from above at 2011 wages", low=0.0)
    transfer_orientation: float = column("share", "leaning to transfer and contract work", low=0.0, high=1.0)
    service_capacity: float = column("project/quarter", "tests and certifications it can do", low=0.0)
    service_price: float = column("million CNY/project", "price of a test or certification", low=0.0)
    technology: int = column("1", "uid of the innovation in use per field", slots=FIELDS)
    cash: float = column("million CNY", "deposits")
    patents: float = column("1", "patents held, depreciated", low=0.0)
    patents_granted: int = column("1", "patents taken in all", low=0)
    reputation: float = column("1", "standing as a partner", low=0.0)
    projects: float = flow("1", "joint projects it takes part in")
    served: float = flow("project", "services sold")
    turned_away: float = flow("project", "services asked for beyond its capacity")
    contract_income: float = flow("million CNY", "income from contracts and services")
    licence_income: float = flow("million CNY", "income from licences to enterprises")
    funding: float = flow("million CNY", "base funding received")
    spending: float = flow("million CNY", "pay and materials")
    claimed: float = flow("million CNY", "claims on public programmes")
    innovations: float = flow("1", "results in the quarter")
    spin_offs: float = flow("1", "enterprises founded by its researchers")
    funding_support: float = wedge("million CNY", "base funding by policy this quarter")
    joint_laboratories: float = wedge("1", "joint laboratories that it runs with enterprises")
    coordination: float = wedge(
        "share", "convening power of a coordination body of which it is a member", "max"
    )


@row
class Talent:
    """A researcher or engineer, a whole person."""

    uid: int = column("1", "permanent identity of the person")
    alive: bool = column("1", "whether the person is in the region")
    origin: int = column("1", "LOCAL or INTRODUCED")
    discipline: int = column("1", "technology field")
    level: float = column("index", "quality, 1 the national mean of graduates", low=0.0)
    pay_level: float = column("index", "pay over that of a talent of level 1", low=0.0)
    arrived: int = column("quarter", "quarter of arrival or graduation")
    works: int = column("1", "NOWHERE, AT_ENTERPRISE or AT_INSTITUTE")
    employer: int = column("1", "row of the employer")
    employer_uid: int = column("1", "uid of the employer")
    hired: int = column("quarter", "quarter of the present employment, or of the last change")
    wage: float = column("million CNY/quarter", "pay", low=0.0)
    used: float = column("share", "how much of the level is used at work", low=0.0, high=1.0)
    carried: float = column("1", "knowledge in the own field, relative to the frontier", low=0.0)


@row
class Innovation:
    """One innovation, kept for ever: what it is, whose it is and what it descends from."""

    uid: int = column("1", "1, 2, 3 ... in order of record; 0 means none")
    quarter: int = column("quarter", "when it was made")
    mode: int = column("1", "mode of the effort that brought it")
    kind: int = column("1", "class computed from its parents (CLASS_NAMES)")
    discipline: int = column("1", "technology field")
    step: float = column("log", "size of the step")
    owner: int = column("1", "uid of the owner")
    second_owner: int = column("1", "uid of the second owner (0: none)")
    parent: int = column(
        "1", "uid of the parent (0: none, an element of its own; -1: technology from outside)"
    )
    second_parent: int = column("1", "uid of the second parent (0: none)")
    line: int = column("1", "uid of the element from which it descends, its own if it is one")
    bought: bool = column("1", "whether it was bought and is used as is")
    copied: bool = column("1", "whether it reproduces its parent without a step of its own")
    patented: bool = column("1", "whether a patent was taken")
    adopters: int = column(
        "1", "enterprises that took it over, as it was or as others had improved it", low=0
    )


@row
class Project:
    """A new plant that waits for its permit: a diversification, a spin-off or an outside enterprise."""

    uid: int = column("1", "uid that the enterprise will have")
    alive: bool = column("1", "whether the application is open")
    applied: int = column("quarter", "quarter of application")
    ready: int = column("quarter", "earliest quarter of the permit")
    process: int = column("1", "process of the plant")
    capacity: float = column("unit/quarter", "throughput of the plant", low=0.0)
    equity: float = column("million CNY", "money that the founders bring (already set aside)", low=0.0)
    origin: int = column("1", "ORIGIN_NAMES")
    ownership: int = column("1", "OWNERSHIP_NAMES")
    parent: int = column("1", "row of the parent (enterprise or institute)")
    parent_uid: int = column("1", "uid of the parent (0: none)")
    group: int = column("1", "uid of the legal group it will belong to")
    knowledge: float = column(
        "1", "knowledge it starts with, relative to the frontier", slots=FIELDS, low=0.0
    )
    practice: float = column("1", "management practice it starts with", low=0.0)
    experience: float = column("share", "experience it starts with, over that of a mature plant", low=0.0)
    reach: float = column(
        "share", "of the usual sales of its plant that customers wait for", slots=MARKETS, low=0.0
    )
    founder: int = column("1", "uid of the talent who founds it (0: none)")
    founder_row: int = column("1", "row of that talent")


@row
class Product:
    """A good of the chain with its price and outside demand."""

    stage: int = column("1", "stage")
    pricing: int = column("1", "COMMODITY or DIFFERENTIATED")
    counted: bool = column("1", "whether history's statistics count it")
    rule: int = column("1", 'how its world price moves (chapter "world")')
    maker: int = column("1", "the process whose main product it is, or that makes it as a joint product")
    reference_price: float = column(
        "million CNY/unit", "mean price 2014 to 2018, the weight of volumes", low=0.0
    )
    opening_price: float = column("million CNY/unit", "price of the burn-in", low=0.0)
    long_run: float = column("million CNY/unit", "long-run price at a general index of 1", low=0.0)
    nonchain: float = column(
        "million CNY/unit", "non-chain cost with a normal return at a general index of 1"
    )
    lag: float = column("share", "share of input prices passed through within a quarter")
    volatility: float = column("log", "standard deviation of the quarterly price shock")
    autocorrelation: float = column("share", "of price shocks")
    reversion: float = column("share", "quarterly pull of a continued path to its long-run level")
    basket_share: float = column(
        "share", "of the value of what can be recovered, for raw material priced by its contents"
    )
    floor_cost: float = column("million CNY/unit", "cost below which raw material is not sold")
    disposal_cost: float = column("million CNY/unit", "cost of getting rid of a unit")
    storage_cost: float = column("share", "cost of a quarter's storage over reference value")
    refund: float = column("share", "VAT refund on exports")
    reo: float = column("tonne/unit", "rare-earth oxide (or the chain's first raw material) contained")
    critical: float = column("tonne/unit", "critical part of it contained (NdPr oxide)")
    price: float = column("million CNY/unit", "world price at home, ex VAT", low=0.0)
    last_price: float = column("million CNY/unit", "world price of the last quarter", low=0.0)
    recent: float = column("million CNY/unit", "world prices of the last four quarters", slots=4, low=0.0)
    mean_price: float = column("million CNY/unit", "mean world price of four quarters", low=0.0)
    shock: float = column("log", "state of the price process")
    local_price: float = column(
        "million CNY/unit", "price inside the cluster (commodities), mean posted price (others)", low=0.0
    )
    realisation: float = column(
        "share", "what sellers of the cluster got of late over the world price (commodities)", low=0.0
    )
    stock_cover: float = column("quarter", "cluster's stock over its quarterly use and sales", low=0.0)
    market_size: float = column("unit/quarter", "outside demand per market", slots=MARKETS, low=0.0)
    market_luck: float = column("log", "state of the demand cycle per market", slots=MARKETS)
    market_change: float = column("1", "outside demand over that of the last quarter", low=0.0)
    demand: float = column("unit/quarter", "demand of 2011 per market", slots=MARKETS, low=0.0)
    growth: float = column("1/year", "growth of demand per market", slots=MARKETS)
    elasticity: float = column("1", "price elasticity of the whole market", slots=MARKETS)
    price_sensitivity: float = column("1", "of a buyer's choice among sellers (beta)", slots=MARKETS)
    quality_sensitivity: float = column("1", "of a buyer's choice among sellers (gamma)", slots=MARKETS)
    base_trade_cost: float = column("share", "trade cost per market", slots=MARKETS)
    depth: float = column(
        "unit/quarter", "commodities: what a market takes at the going price", slots=MARKETS
    )
    shortage: float = column(
        "share", "of what users here wanted of a commodity last quarter, nowhere to be had", low=0.0
    )
    premium: float = column("share", "on the price of a commodity for want of it", low=0.0)
    held_back: float = column(
        "share", "of what lay in stock, kept from leaving by a local minimum last quarter", low=0.0
    )
    outlet: float = column(
        "unit/quarter", "the same at this quarter's size of the market", slots=MARKETS, low=0.0
    )
    outside_mass: float = column("1", "weight of outside competitors at the opening", slots=MARKETS, low=0.0)
    opening_share: float = column("share", "cluster's share of the market at the opening", slots=MARKETS)
    outside_answer: float = column(
        "log",
        "what outside competitors have gained in weight by answering the cluster's gains",
        slots=MARKETS,
    )
    reference_sales: float = column(
        "unit/quarter", "sales of a typical enterprise per market at the opening (reach 1)", slots=MARKETS
    )
    needs_certificate: bool = column("1", "whether the market asks for a certificate", slots=MARKETS)
    entry_cost: float = column(
        "million CNY", "sunk cost of entering the market at 2011 prices", slots=MARKETS
    )
    offered: float = flow("unit", "in makers' stocks when outside markets open")
    kept: float = flow("unit", "of these, kept for customers in the cluster")
    taken: float = flow("unit", "sold to each outside market", slots=MARKETS)
    outside_price: float = flow("million CNY/unit", "mean price got outside per market", slots=MARKETS)
    cluster_share: float = flow("share", "cluster's share of each outside market", slots=MARKETS)
    local_use: float = flow("unit", "bought by enterprises of the cluster from each other")
    imported: float = flow("unit", "bought by enterprises of the cluster outside")
    missed: float = flow("unit", "wanted by enterprises of the cluster and not to be had")
    trade_cost_factor: float = wedge("1", "factor on the trade cost per market", "product", slots=MARKETS)
    access: float = wedge("share", "openness of each market: 1 open, 0 closed", "min", slots=MARKETS)
    access_ahead: float = wedge("share", "the same as announced", "min", slots=MARKETS)
    export_tax: float = wedge("share", "tax on exports")
    procurement: float = wedge("million CNY", "government's purchases from the cluster this quarter")


@row
class Process:
    """How a product is made: inputs, joint outputs, people and plant."""

    product: int = column("1", "main product")
    stage: int = column("1", "stage of the main product")
    inputs: int = column("1", "number of inputs")
    input: int = column("1", "rows of the input products", slots=INPUTS)
    coefficient: float = column("unit/unit", "input per unit of main product", slots=INPUTS, low=0.0)
    outputs: int = column("1", "number of outputs")
    output: int = column("1", "rows of the output products, the main one first", slots=OUTPUTS)
    yield_of: float = column("unit/unit", "output per unit of main product", slots=OUTPUTS, low=0.0)
    other_cost: float = column("million CNY/unit", "other purchased inputs at 2011 prices", low=0.0)
    workers: float = column("person per unit/quarter", "production workers at 2011 productivity", low=0.0)
    plant: float = column("million CNY per unit/quarter", "plant at 2011 prices", low=0.0)
    minimum_scale: float = column("unit/quarter", "efficient scale", low=0.0)
    typical_scale: float = column("unit/quarter", "median founding scale", low=0.0)
    talents: float = column("person", "talents of a research-active enterprise of typical scale", low=0.0)
    weight: float = column("share", "weight of each technology field", slots=FIELDS, low=0.0, high=1.0)
    threshold: float = column("1", "capability needed to enter", low=0.0)
    complexity: float = column("1", "difficulty of innovation", low=0.0)
    build_quarters: int = column("quarter", "time to build")
    land_share: float = column("share", "land in the cost of a project")
    levy: float = column("million CNY/unit", "resource levy at 2011 prices")
    quota: int = column("1", "row of the quota that binds it (-1: none)")
    pool: int = column("1", "outside enterprises that are on the look-out")
    full_pool: int = column("1", "outside enterprises that are on the look-out when none has come for long")
    research_intensity: float = column("share", "usual R&D over sales of those that do R&D")
    effort_reference: float = column(
        "index", "effort of a research-active enterprise of typical scale at the opening"
    )
    outlook: float = column("1", "expected profit of an entrant over the user cost of its plant")
    quota_left: float = flow("unit", "quota not yet used this quarter, in quota units")
    members: float = flow("1", "living enterprises")
    capacity: float = flow("unit", "capacity of living enterprises")
    mean_margin: float = flow("share", "mean margin over price of living enterprises, weighted by sales")
    entrant_subsidy: float = wedge("share", "share of an entrant's plant that is paid by government")
    entrant_subsidy_ahead: float = wedge("share", "the same as announced")
    entrant_land_discount: float = wedge("share", "share of an entrant's land that is waived")
    attraction: float = wedge("million CNY", "spending on attracting outside enterprises to this process")
    attraction_ahead: float = wedge("million CNY", "the same as announced")
    levy_added: float = wedge("million CNY/unit", "environmental levy per unit of main product")
    quota_factor: float = wedge("1", "factor on the state quota", "product")


@row
class Field:
    """A technology field and the world's knowledge in it."""

    frontier: float = column("index", "knowledge of the frontier, 1 at the start", low=0.0)
    growth: float = column("log/quarter", "growth of the frontier")
    local_stock: float = column("1", "mean knowledge of enterprises of the cluster", low=0.0)


@row
class Region:
    """What there is once: government, bank, labour market, terms of doing business."""

    next_uid: int = column("1", "identity of the next founding enterprise or institute")
    next_talent: int = column("1", "identity of the next founding talent")
    desks: float = column(
        "1", "hundreds of enterprises at the opening, the scale of the permit office", low=0.0
    )
    opening: int = column("quarter", "quarter in which history begins, after the burn-in")
    innovations: int = column("1", "innovations recorded")
    living: int = column("1", "enterprises that are there in this quarter")
    living_institutes: int = column("1", "institutes that are there in this quarter")
    talents_each: float = column("person", "mean talents of an enterprise when the quarter begins", low=0.0)
    reserve: float = column("million CNY", "money of the local government for its instruments")
    paid_share: float = column("share", "expected share of claims that are paid")
    last_paid_share: float = column("share", "share of claims paid last quarter")
    year_claims: float = column("million CNY", "claims since the year began")
    year_paid: float = column("million CNY", "claims paid since the year began")
    general_index: float = column(
        "index", "prices of other inputs, plant and outside goods, 2011 = 1", low=0.0
    )
    wage_index: float = column("index", "outside wages, 2011 = 1", low=0.0)
    outside_wage: float = column("million CNY/quarter", "pay of a production worker outside", low=0.0)
    wage: float = column("million CNY/quarter", "pay of a production worker in the cluster", low=0.0)
    talent_wage: float = column("million CNY/quarter", "pay of a talent of level 1 outside", low=0.0)
    labour_pool: float = column("person", "production workers within reach", low=0.0)
    export_wedge: float = column("share", "export price over home price, minus one")
    vat: float = column("share", "rate of VAT")
    vat_local_share: float = column("share", "local share of VAT")
    quota: float = column("unit/quarter", "state quota by kind", slots=4, low=0.0)
    discovery: float = column(
        "1/quarter", "arrival rate of innovations at the reference effort (solved at the founding)"
    )
    effort_reference: float = column("index", "effort that brings the reference arrival rate now")
    bank_equity: float = column("million CNY", "equity of the bank")
    loans: float = column("million CNY", "loans of the bank", low=0.0)
    interest_rate: float = column("1/quarter", "rate of the bank", low=0.0)
    arrivals_due: float = column("person", "introduced talents due, fractions carried over")
    institutes_due: float = column("1", "invited institutes due, fractions carried over")
    seats_due: float = column("person", "training seats due, fractions carried over")
    talents_elsewhere: float = column("person", "talents elsewhere who may be introduced", low=0.0)
    vacancies: float = flow("person", "open posts for production workers")
    graduates: float = flow("person", "graduates")
    trained: float = flow("person", "people trained in extra seats")
    arrived: float = flow("person", "talents introduced")
    hired: float = flow("person", "talents hired")
    quits: float = flow("person", "talents who left an employer")
    poached: float = flow("person", "talents hired away by another employer of the cluster")
    emigrated: float = flow("person", "talents who left the region, by origin", slots=2)
    entries: float = flow("1", "enterprises founded by origin", slots=5)
    exits: float = flow("1", "enterprises that left: insolvent, given up, moved away", slots=3)
    permits: float = flow("1", "permits granted")
    waiting: float = flow("1", "applications waiting")
    steps_blocked: float = flow("1", "steps of own search to which the owner of what they build on said no")
    joint_projects: float = flow("1", "joint projects running")
    transfers: float = flow("1", "results of institutes taken over by enterprises")
    institutes_opened: float = flow("1", "institutes that settled")
    claims: float = flow("million CNY", "claims on public programmes")
    paid: float = flow("million CNY", "claims paid")
    bank_losses: float = flow("million CNY", "loans lost")
    bank_claims: float = flow("million CNY", "claims of the bank on guarantees")
    credit_refused: float = flow("million CNY", "credit asked for and not given")
    certificates: float = flow("1", "certificates obtained")
    market_entries: float = flow("1", "outside markets entered")
    support_drawn: float = flow("person", "talents who drew housing and retention support")
    openness_change: float = wedge("share", "change of openness to outside investment")
    openness_change_ahead: float = wedge("share", "the same as announced")
    licence_opening: float = wedge("share", "change of access to outside technology")
    approval_factor: float = wedge("1", "factor on the time that a permit takes", "product")
    approval_capacity: float = wedge("1/quarter", "permits a quarter on top of the usual")
    business_environment: float = wedge("1", "improvement of the legal and business environment")
    business_environment_ahead: float = wedge("1", "the same as announced")
    coordination: float = wedge("share", "convening power of the coordination body", "max")
    invited_institutes: float = wedge("1/quarter", "testing and information institutions invited to settle")
    introduced_talents: float = wedge("person/quarter", "talents introduced by government")
    introduction_package: float = wedge("million CNY", "paid for each talent introduced")
    retention_support: float = wedge(
        "million CNY/quarter", "housing and retention support per introduced talent"
    )
    retention_support_local: float = wedge("million CNY/quarter", "the same per local talent")
    training_seats: float = wedge("person/quarter", "extra training seats")
    entrepreneurship_fund: float = wedge("million CNY/quarter", "seed money for founders")
    protection_change: float = wedge("share", "change of intellectual-property protection")
    inventors_share: float = wedge("share", "inventors' share of income from inventions", "max")
    bridging_vouchers: float = wedge(
        "share", "share of vouchers kept for partners without a common past", "max"
    )
    service_discount: float = wedge("share", "share of testing fees that is repaid")


@row
class Measure:
    """An instrument's line in the public books."""

    active: bool = column("1", "whether it was ever in force")
    in_force: float = flow("1", "whether it is in force this quarter")
    claims: float = flow("million CNY", "claimed by enterprises, institutes and people")
    outlay: float = flow("million CNY", "paid out of the local budget")
    tax_expenditure: float = flow("million CNY", "tax not raised by the government above")
    implicit: float = flow("million CNY", "borne by others than the budget (named by the instrument)")
    administration: float = flow("million CNY", "cost of running it")
    revenue: float = flow("million CNY", "money it brings in (taxes and levies)")


@row
class Audit:
    """The identities of the last closing: relative gaps, and the quarter of the first one that did not close."""

    money: float = column("share", "sector balances do not sum to nil")
    deposits: float = column("share", "enterprises' and institutes' cash against their sector's balance")
    loans: float = column("share", "debts against the bank's loans")
    goods: float = column("share", "the worst product: sources against uses")
    people: float = column("person", "talents: arrivals less departures against those present")
    staff: float = column("person", "talents at work against what employers count")
    worst_product: int = column("1", "the product with the worst gap")
    failed: int = column("quarter", "first quarter that did not close (-1: none)")


class World(NamedTuple):
    """Everything there is at one moment. Rules change the tables in place."""

    enterprises: Any
    institutes: Any
    talents: Any
    innovations: Any
    projects: Any
    products: Any
    processes: Any
    fields: Any
    region: Any  # one row
    measures: Any  # one row per instrument
    audit: Any  # one row
    money: Any  # [kind, payer, payee] this quarter
    balances: Any  # [sector] net claims on all others
    goods: Any  # [product, use] this quarter
    holdings: Any  # [product] stock in the cluster at the opening of the quarter
    people: Any  # [0] talents at the opening, [1] came, [2] left
    prices: Any  # [quarter, product] observed world prices, NaN where there is none
    series: Any  # [quarter, series] other dated series
    order: Any  # [place] scratch: rows of enterprises or projects in the order in which they act
    keys: Any  # [row] scratch: sort keys, or a number per enterprise
    sellers: Any  # [place] rows of enterprises that sell, grouped by product
    slots: Any  # [place] which output of that enterprise it is
    first_seller: Any  # [product + 1] where each product's sellers begin
    vacancies: Any  # [place] rows of employers with open posts (institutes as -1 - row)
    living: Any  # [place] rows of living enterprises by their place on the ring of meetings, made when the quarter begins
    ring: Any  # [place] where on the ring they stand
    living_institutes: Any  # [place] the same of institutes
    neutral_enterprise: Any
    neutral_institute: Any
    neutral_product: Any
    neutral_process: Any
    neutral_region: Any
    neutral_measure: Any


# Columns of ``series``.
SERIES = (
    "general_index",
    "wage_index",
    "export_wedge",
    "vat",
    "vat_local_share",
    "quota_0",
    "quota_1",
    "quota_2",
    "quota_3",
)
GENERAL_INDEX, WAGE_INDEX, EXPORT_WEDGE, VAT, VAT_LOCAL_SHARE, QUOTA = 0, 1, 2, 3, 4, 5


def widened(world: World, name: str, rows: int) -> World:
    """The same world with a longer table, and longer scratch where it goes by rows. Rows keep their places."""
    table = TABLES[name[:-1].capitalize()]
    old = getattr(world, name)
    longer = table.rows(max(rows, len(old)))
    longer[: len(old)] = old
    world = world._replace(**{name: longer})
    if name in ("enterprises", "institutes", "projects"):
        room = len(world.enterprises)
        world = world._replace(
            order=np.zeros(max(room, len(world.projects)), np.int64),
            keys=np.zeros(max(room, len(world.projects))),
            sellers=np.zeros(room * OUTPUTS, np.int64),
            slots=np.zeros(room * OUTPUTS, np.int64),
            vacancies=np.zeros(room + len(world.institutes), np.int64),
            living=np.zeros(room, np.int64),
            ring=np.zeros(room),
            living_institutes=np.zeros(len(world.institutes), np.int64),
        )
    return world
