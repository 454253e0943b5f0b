"""Mechanisms: what the specification asks for, where it lives, and how often it fires.

One line per mechanism of sections 3 to 5 and 10 of the specification (``model.md``): its name, the section,
the files that hold it, how it is counted, and the count, a function of one quarter that has been lived. They
look at the world as it stands when the books are closed, and at enterprises as they were when the quarter
began; counts are added up over a run. ``documents`` runs the reference scenarios and prints the table;
what never fires shows there.

"Enterprise-quarters" counts an enterprise once in every quarter in which it happens to it, large or small.
Money is million CNY at current prices, added up over the run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from sim.accounts import SCRAPPED
from sim.declare import MONEY, measure
from sim.rules.leaving import GIVEN_UP, INSOLVENT, MOVED
from sim.rules.outside_world import BASKET, OBSERVED, PASS_THROUGH, PROCESS
from sim.rules.talents import HEAD_HUNTED, INVITED
from sim.world import (
    AT_ENTERPRISE,
    ATTRACTED,
    CLASS_ASSIMILATED,
    CLASS_INTEGRATED,
    CLASS_INTRODUCED,
    CLASS_ORIGINAL,
    CLASS_REINNOVATION,
    COMMODITY,
    DIFFERENTIATED,
    DIVERSIFIED,
    DOMESTIC,
    INTEGRATED,
    INTERNATIONAL,
    INTRODUCED,
    LOCAL,
    NOWHERE,
    ORIGINAL,
    SPIN_OFF_ENTERPRISE,
    SPIN_OFF_INSTITUTE,
    World,
)


class Lived(NamedTuple):
    """A quarter that has been lived: the world at its end, enterprises as they were at its beginning."""

    world: World
    before: Any
    t: int


Count = Callable[[Lived], Any]


class Mechanism(NamedTuple):
    """What it is, which section of the specification asks for it, where it lives, how it is counted."""

    name: str
    section: str
    files: tuple[str, ...]
    counted: str
    count: Count


def fires(name: str, section: str, files: str, counted: str, count: Count) -> Mechanism:
    """A line of the list; ``files`` are chapters of ``rules`` or places such as ``policies/grant``."""
    places = [file.removeprefix("sim/") if "/" in file else f"rules/{file}" for file in files.split()]
    return Mechanism(name, section, tuple(f"{place}.py" for place in places), counted, count)


# ----------------------------------------------------------------------------------------- ways to count
def enterprises(holds: Callable[[Any], Any]) -> Count:
    """Living enterprises of which something holds."""
    return lambda q: (q.world.enterprises.alive & holds(q.world.enterprises)).sum()


def amount(column: str) -> Count:
    """Sum of a flow over enterprises, those that left in the quarter included."""
    return lambda q: q.world.enterprises[column].sum()


def changed(holds: Callable[[Any, Any], Any]) -> Count:
    """Enterprises of which something holds between the beginning and the end of the quarter."""

    def count(q: Lived) -> Any:
        now = q.world.enterprises[: len(q.before)]
        return (q.before.alive & now.alive & (q.before.uid == now.uid) & holds(q.before, now)).sum()

    return count


def region(column: str, place: int | None = None) -> Count:
    """What the region counted itself, or one place of it."""
    return lambda q: q.world.region[column][0] if place is None else q.world.region[column][0][place]


def quarters(holds: Callable[[Any], Any]) -> Count:
    """Quarters in which something holds of the region."""
    return lambda q: float(holds(q.world.region[0]))


def institutes(value: Callable[[Any], Any]) -> Count:
    """Sum over living institutes."""
    return lambda q: (q.world.institutes.alive * value(q.world.institutes)).sum()


def talents(holds: Callable[[Any], Any]) -> Count:
    """Talents in the region of whom something holds."""
    return lambda q: (q.world.talents.alive & holds(q.world.talents)).sum()


def products(holds: Callable[[Any], Any]) -> Count:
    """Products (or products and markets) of which something holds."""
    return lambda q: holds(q.world.products).sum()


def money(kind: str) -> Count:
    """Payments of a kind. Raises ``ValueError`` when there is no such kind."""
    code = MONEY.index(kind)
    return lambda q: q.world.money[code].sum()


def books(instrument: str, column: str) -> Count:
    """An entry in an instrument's line of the public books."""
    code = measure(instrument)
    return lambda q: q.world.measures[column][code]


def of_class(kind: int) -> Count:
    """Innovations of enterprises of one class."""
    return lambda q: q.world.enterprises.innovations[:, kind].sum()


def recorded(holds: Callable[[Any], Any]) -> Count:
    """Innovations recorded in the quarter, of enterprises and institutes, of which something holds."""

    def count(q: Lived) -> Any:
        made = q.world.innovations[: int(q.world.region.innovations[0])]
        return (holds(made) & (made.quarter == q.t)).sum()

    return count


def came(source: int) -> Count:
    """People who came in a certain way, which their identity tells (chapter "talents")."""

    def count(q: Lived) -> Any:
        people = q.world.talents
        way = people.uid // 2**32 % 16
        return ((people.uid > 0) & (people.arrived == q.t) & (way == source)).sum()

    return count


# ------------------------------------------------------------------------------- counts that need more words
def process_of(world: World, column: str) -> Any:
    """A column of the process that each enterprise runs."""
    return world.processes[column][world.enterprises.process]


def pricing_of(world: World) -> Any:
    """How the main product of each enterprise is priced."""
    return world.products.pricing[world.enterprises.product]


def joint_makers(q: Lived) -> Any:
    table = q.world.enterprises
    return (table.alive & (table.produced > 0.0) & (process_of(q.world, "outputs") > 1)).sum()


def scrapped(q: Lived) -> Any:
    return (q.world.goods[:, SCRAPPED] * q.world.products.reference_price).sum()


def full_outlets(q: Lived) -> Any:
    goods = q.world.products
    parity = goods.price * (1.0 - goods.base_trade_cost[:, DOMESTIC] * goods.trade_cost_factor[:, DOMESTIC])
    pressed = goods.outside_price[:, DOMESTIC] < 0.999 * parity
    return ((goods.pricing == COMMODITY) & (goods.taken.sum(axis=1) > 0.0) & pressed).sum()


def binding_quotas(q: Lived) -> Any:
    binding = 0
    for row, process in enumerate(q.world.processes):
        if process.quota >= 0:
            made = q.world.enterprises.produced[q.world.enterprises.process == row].sum()
            binding += made >= 0.99 * process.quota_left
    return binding


def holding_back(q: Lived) -> Any:
    table = q.world.enterprises
    commodity = pricing_of(q.world) == COMMODITY
    return (table.alive & commodity & (table.planned < 0.9 * table.capacity)).sum()


def known_better(q: Lived) -> Any:
    people = q.world.talents
    moved = people.alive & (people.works == AT_ENTERPRISE) & (people.hired == q.t)
    theirs = q.world.enterprises.knowledge[people.employer[moved], people.discipline[moved]]
    return (people.carried[moved] > theirs).sum()


def own_search(q: Lived) -> Any:
    return recorded(lambda made: made["mode"] == ORIGINAL)(q) - institutes(lambda each: each.innovations)(q)


def own_elements(q: Lived) -> Any:
    alone = recorded(lambda made: (made["mode"] == ORIGINAL) & (made.parent == 0))(q)
    return alone - institutes(lambda each: each.innovations)(q)


def joint_with(institute: bool) -> Count:
    def count(q: Lived) -> Any:
        table = q.world.enterprises
        kind = table.partner_institute[np.arange(len(table)), table.joint_slot] == institute
        return (table.alive & (table.joint_until > q.t) & kind).sum()

    return count


def ended_licences(digested: bool) -> Count:
    def count(q: Lived) -> Any:
        ended = (q.before.licence_until == q.t) & (q.before.licence_until > 0)
        return changed(lambda before, now: ended & ((before.licence_digested >= 0.5) == digested))(q)

    return count


def begun(before: Any, now: Any) -> Any:
    return (before.research_intensity == 0.0) & (now.research_intensity > 0.0)


def joint_begun(q: Lived) -> Any:
    return changed(lambda before, now: (now.joint_until != before.joint_until) & (now.joint_until > q.t))(q)


def links(holds: Callable[[Any], Any]) -> Count:
    """Known suppliers of living enterprises of whom something holds."""

    def count(q: Lived) -> Any:
        table = q.world.enterprises
        known = table.alive[:, None] & (table.supplier_uid > 0)
        return (known & holds(table)).sum()

    return count


def new_suppliers(q: Lived) -> Any:
    now = q.world.enterprises[: len(q.before)]
    stayed = q.before.alive & now.alive & (q.before.uid == now.uid)
    known = (now.supplier_uid[:, :, None] == q.before.supplier_uid[:, None, :]).any(axis=2)
    fresh = (now.supplier_uid > 0) & ~known
    return (stayed[:, None] & fresh).sum()


def taught_abroad(q: Lived) -> Any:
    table = q.world.enterprises
    abroad = table.serves[:, INTERNATIONAL].astype(bool) & (pricing_of(q.world) == DIFFERENTIATED)
    return (table.alive & abroad & (table.absorptive > 0.0)).sum()


def carried_losses(q: Lived) -> Any:
    if q.t % 4 != 3:
        return 0
    return enterprises(lambda each: each.losses.sum(axis=1) > 0.0)(q)


def plant_ordered(before: Any, now: Any) -> Any:
    return now.ordered.sum(axis=1) > before.ordered.sum(axis=1) - before.ordered[:, 0] + 1e-9


def lapsed(q: Lived) -> Any:
    return q.world.region.permits[0] - q.world.region.entries[0].sum()


def opened_by_history(q: Lived) -> Any:
    return institutes(lambda each: (each.founded == q.t) & ~each.invited)(q)


def observed(q: Lived) -> Any:
    return ((q.world.products.rule == OBSERVED) & ~np.isnan(q.world.prices[q.t])).sum()


def continued(q: Lived) -> Any:
    rule = q.world.products.rule
    return ((rule == PROCESS) | ((rule == OBSERVED) & np.isnan(q.world.prices[q.t]))).sum()


def off_parity(goods: Any) -> Any:
    return (goods.pricing == COMMODITY) & (abs(goods.local_price - goods.price) > 1e-6 * goods.price)


def moved_terms(goods: Any) -> Any:
    return ((goods.access < 1.0) | (goods.trade_cost_factor != 1.0)).any(axis=1)


# --------------------------------------------------------------------------------------------- the list
MECHANISMS: dict[str, tuple[Mechanism, ...]] = {
    "The outside world": (
        fires("observed price paths", "10.1", "outside_world sim/founding",
              "product-quarters on an observed path", observed),
        fires("prices continued by a fat-tailed, autocorrelated process", "4.2, 10.1", "outside_world",
              "product-quarters without observation", continued),
        fires("price pass-through down the chain", "10.2", "outside_world", "product-quarters",
              products(lambda each: each.rule == PASS_THROUGH)),
        fires("raw material priced by what can be recovered from it", "10.2", "outside_world",
              "product-quarters", products(lambda each: each.rule == BASKET)),
        fires("outside demand that grows, fades and answers to prices", "5, 10.4", "outside_world",
              "product-market-quarters", products(lambda each: each.market_size > 0.0)),
        fires("demand cycles", "4.2", "outside_world", "product-market-quarters off the trend",
              products(lambda each: each.market_luck != 0.0)),
        fires("frontier knowledge moves on by itself", "5, 10.5", "outside_world", "field-quarters",
              lambda q: (q.world.fields.growth > 0.0).sum()),
        fires("persistent luck of each enterprise", "10.10", "outside_world", "enterprise-quarters",
              enterprises(lambda each: each.cost_luck != 0.0)),
        fires("wedge between export and home prices", "10.1", "outside_world outside_markets", "quarters",
              quarters(lambda each: each.export_wedge > 0.0)),
        fires("markets opened, made costly or closed", "5", "policies/trade_access outside_markets",
              "product-quarters away from free access", products(moved_terms)),
    ),
    "The value chain": (
        fires("joint products come out together", "2, 10.3", "supply",
              "enterprise-quarters with more than one output", joint_makers),
        fires("throughput on the margin of the whole basket", "10.3", "supply",
              "enterprise-quarters in which a maker of commodities plans below 0.9 of capacity",
              holding_back),
        fires("glut: commodity outlets full, the price gives way", "10.3", "outside_markets",
              "product-quarters", full_outlets),
        fires("glut: unsold joint products scrapped", "10.3", "supply", "enterprise-quarters",
              lambda q: (q.world.enterprises.written_off > 0.0).sum()),
        fires("goods scrapped, those of the departed included", "8, 10.3", "supply leaving",
              "million CNY at reference prices", scrapped),
        fires("local price between import and export parity", "10.3", "prices",
              "product-quarters off the world price",
              products(off_parity)),
        fires("state quotas bind", "5", "supply", "process-quarters", binding_quotas),
    ),
    "Talent": (
        fires("graduates arrive", "4.3", "talents", "people", region("graduates")),
        fires("local training seats", "6", "talents policies/training_seats", "people", region("trained")),
        fires("talents introduced by government", "4.3, 6", "talents policies/introduced_talents", "people",
              came(INVITED)),
        fires("talents hired from outside by enterprises", "5", "talents", "people", came(HEAD_HUNTED)),
        fires("vacancies from R&D and production plans", "5", "talents",
              "enterprise-quarters with open posts", enterprises(lambda each: each.vacancies > 0)),
        fires("matching of people and posts", "5", "talents", "people hired", region("hired")),
        fires("quits", "5", "talents", "people", region("quits")),
        fires("poaching", "5", "talents", "people", region("poached")),
        fires("out-migration of local talents", "5", "talents", "people", region("emigrated", LOCAL)),
        fires("departure of introduced talents", "5", "talents", "people", region("emigrated", INTRODUCED)),
        fires("no work at their level", "5", "talents", "people and quarters used below one half",
              talents(lambda each: (each.works != NOWHERE) & (each.used < 0.5))),
        fires("people who look for a post", "5", "talents", "people and quarters",
              talents(lambda each: each.works == NOWHERE)),
        fires("movers carry knowledge", "5", "talents", "people hired who know more than their new employer",
              known_better),
        fires("housing and retention support drawn", "6", "talents policies/housing_support",
              "people and quarters", region("support_drawn")),
        fires("local wage of production workers above the outside", "10.15", "labour", "quarters",
              quarters(lambda each: each.wage > each.outside_wage)),
        fires("production workers rationed", "10.15", "labour", "quarters",
              quarters(lambda each: each.vacancies > 0.0)),
    ),
    "Institutes": (
        fires("base funding", "3, 4.4", "institutes", "million CNY", money("base funding of institutes")),
        fires("institute research", "4.4", "institutes", "results",
              institutes(lambda each: each.innovations)),
        fires("transfer of results", "3, 5", "institutes", "results taken over", region("transfers")),
        fires("licence income of institutes", "3", "institutes", "million CNY",
              money("licences of local results")),
        fires("services sold", "4.4, 4.6", "commercialisation institutes", "tests",
              institutes(lambda each: each.served)),
        fires("services beyond capacity", "4.4", "commercialisation", "requests turned away",
              institutes(lambda each: each.turned_away)),
        fires("joint laboratories", "6", "policies/joint_laboratory joint_projects", "institute-quarters",
              institutes(lambda each: each.joint_laboratories > 0.0)),
        fires("institutes that history opens", "3", "institutes", "institutes", opened_by_history),
        fires("invited institutions settle", "3, 4.11", "institutes policies/invited_testing_institutes",
              "institutes", region("institutes_opened")),
    ),
    "Innovation": (
        fires("own R&D", "5", "research", "enterprise-quarters",
              enterprises(lambda each: each.research > 0.0)),
        fires("nothing absorbed without own R&D", "5", "research spillovers", "enterprise-quarters",
              enterprises(lambda each: each.absorptive == 0.0)),
        fires("R&D rates revised", "5", "research", "enterprise-quarters",
              changed(lambda before, now: before.research_intensity != now.research_intensity)),
        fires("R&D taken up", "5", "research", "enterprises", changed(begun)),
        fires("R&D given up", "5", "research", "enterprises",
              changed(lambda before, now: begun(now, before))),
        fires("relabelled R&D", "5, 10.7", "research", "million CNY",
              lambda q: (q.world.enterprises.research_reported - q.world.enterprises.research).sum()),
        fires("extra deduction of R&D", "10.7", "research finance", "million CNY of tax not raised",
              books("research_super_deduction", "tax_expenditure")),
        fires("R&D grants by projects", "10.7", "research", "million CNY claimed",
              amount("research_granted")),
        fires("misuse of grants", "5, 10.7", "research", "million CNY", amount("misused")),
        fires("original mode", "5", "search", "innovations", own_search),
        fires("elements of their own (radical or first steps)", "5", "search", "innovations without a parent",
              own_elements),
        fires("integrated mode: partners found", "5", "joint_projects", "projects begun", joint_begun),
        fires("integrated mode: work with institutes", "5", "joint_projects", "project-quarters",
              joint_with(True)),
        fires("integrated mode: work with enterprises", "5", "joint_projects", "project-quarters",
              joint_with(False)),
        fires("integrated mode: results", "5", "joint_projects", "innovations",
              recorded(lambda made: (made["mode"] == INTEGRATED) & made.patented)),
        fires("technology introduced", "5", "introduction", "licences (innovations of class introduced)",
              of_class(CLASS_INTRODUCED)),
        fires("digestion", "5", "introduction", "million CNY", amount("digestion")),
        fires("assimilated", "5", "introduction innovations", "innovations of this class",
              of_class(CLASS_ASSIMILATED)),
        fires("re-innovation", "5", "introduction innovations", "innovations of this class",
              of_class(CLASS_REINNOVATION)),
        fires("integrated innovations by descent", "3, 5", "innovations", "innovations of this class",
              of_class(CLASS_INTEGRATED)),
        fires("original innovations by descent", "3, 5", "innovations", "innovations of this class",
              of_class(CLASS_ORIGINAL)),
        fires("licences that end digested", "5", "introduction", "licences", ended_licences(True)),
        fires("licences that end undigested", "5", "introduction", "licences", ended_licences(False)),
        fires("modes learned by reinforcement", "5", "search",
              "enterprise-quarters with a change of propensity",
              changed(lambda before, now: (abs(before.propensity - now.propensity) > 1e-9).any(axis=1))),
        fires("patents", "5", "search joint_projects institutes", "patents, of institutes too",
              recorded(lambda made: made.patented)),
        fires("others' patents stand in the way", "5", "search", "steps blocked", region("steps_blocked")),
        fires("learning from neighbours", "5, 10.8", "spillovers meeting talents institutes", "enterprise-quarters",
              enterprises(lambda each: each.learned_local > 0.0)),
        fires("learning from outside", "10.8", "spillovers introduction", "enterprise-quarters",
              enterprises(lambda each: each.learned_outside > 0.0)),
        fires("benefit sharing", "5", "institutes policies/inventors_share", "million CNY paid to inventors",
              money("inventors' share")),
    ),
    "Commercialisation and management": (
        fires("knowledge becomes quality", "4.6", "commercialisation",
              "enterprise-quarters with rising quality",
              changed(lambda before, now: now.quality > before.quality)),
        fires("learning by doing", "5", "commercialisation", "enterprise-quarters with output",
              enterprises(lambda each: each.produced > 0.0)),
        fires("technological transformation", "6", "commercialisation", "million CNY",
              amount("transformation")),
        fires("certification asked for", "4.6", "commercialisation", "applications",
              changed(lambda before, now: (now.certifying > 0) & (before.certifying == 0))),
        fires("certificates", "4.6", "commercialisation", "certificates", region("certificates")),
        fires("high-technology status", "6, 10.12", "commercialisation", "enterprises that gain it",
              changed(lambda before, now: now.high_technology & ~before.high_technology)),
        fires("management practice spreads", "5", "management", "enterprise-quarters with rising practice",
              changed(lambda before, now: now.practice > before.practice)),
        fires("management practice wears off", "5", "management", "enterprise-quarters with falling practice",
              changed(lambda before, now: now.practice < before.practice)),
        fires("attention runs out", "5, 10.15", "management",
              "enterprise-quarters with less left than a joint project needs",
              enterprises(lambda each: each.attention < 0.25)),
    ),
    "Production and supply": (
        fires("chain inputs from the cluster", "5, 10.14", "supply", "million CNY",
              money("chain inputs bought in the cluster")),
        fires("contracts first", "10.14", "supply",
              "supplier links and quarters with trust of 0.3 and more, the share ordered by contract",
              links(lambda table: table.supplier_trust >= 0.3)),
        fires("spot search", "5", "supply", "new suppliers found", new_suppliers),
        fires("imports of chain inputs", "5", "supply", "million CNY", money("chain inputs bought outside")),
        fires("commodities dear for want of them", "10.2", "supply prices",
              "product-quarters in which a hundredth of what users wanted or more was nowhere to be had",
              products(lambda each: each.shortage > 0.01)),
        fires("cost of search and contracting", "5", "supply", "million CNY",
              money("cost of search and contracting")),
        fires("rationed orders", "5, 10.6", "supply outside_markets",
              "enterprise-quarters with orders that could not be filled",
              lambda q: (q.world.enterprises.unfilled > 1e-9).sum()),
        fires("production short of inputs", "5", "supply", "enterprise-quarters",
              enterprises(lambda each: each.produced < 0.999 * each.planned)),
        fires("suppliers serve local customers", "6", "supply", "million CNY",
              money("serving local customers")),
        fires("raw-material privilege", "5, 10.13", "supply policies/raw_material_privilege",
              "million CNY borne by sellers", books("raw_material_privilege", "implicit")),
        fires("minimum of local offers", "6", "outside_markets policies/local_processing_minimum",
              "product-quarters in which goods are kept from leaving",
              products(lambda each: each.held_back > 0.0)),
    ),
    "Outside markets": (
        fires("sales to the rest of the country", "10.4", "outside_markets", "million CNY",
              lambda q: q.world.enterprises.sales_market[:, DOMESTIC].sum()),
        fires("exports", "10.4", "outside_markets", "million CNY",
              lambda q: q.world.enterprises.sales_market[:, INTERNATIONAL].sum()),
        fires("markets shared by logit", "5, 10.4", "outside_markets", "product-market-quarters",
              products(lambda each: (each.cluster_share > 0.0) & (each.pricing == DIFFERENTIATED)[:, None])),
        fires("orders carried over a quarter", "10.4", "outside_markets", "enterprise-quarters",
              enterprises(lambda each: each.backlog > 1e-9)),
        fires("sunk entry into a market", "5, 10.4", "outside_markets", "markets entered",
              region("market_entries")),
        fires("learning from customers abroad", "5", "outside_markets", "enterprise-quarters", taught_abroad),
        fires("public procurement", "6", "outside_markets policies/public_procurement", "million CNY",
              books("public_procurement", "claims")),
        fires("export tax", "5, 6", "outside_markets policies/export_tax", "million CNY",
              books("export_tax", "revenue")),
    ),
    "Finance": (
        fires("credit granted", "5, 10.11", "finance", "million CNY", money("loans granted")),
        fires("credit refused", "5, 10.11", "finance", "million CNY", region("credit_refused")),
        fires("loans repaid", "10.11", "finance", "million CNY", money("loans repaid")),
        fires("distress", "5", "finance", "enterprise-quarters without liquidity",
              enterprises(lambda each: each.distress > 0)),
        fires("losses of the bank", "5, 10.11", "leaving", "million CNY", region("bank_losses")),
        fires("guarantees called", "6", "leaving policies/credit_guarantee", "million CNY",
              region("bank_claims")),
        fires("dividends", "4.9, 10.11", "finance", "million CNY", money("dividends")),
        fires("VAT passed on and shared", "10.12", "finance", "million CNY, net of refunds", money("VAT")),
        fires("profit tax", "10.12", "finance", "million CNY", money("profit tax")),
        fires("losses carried forward", "10.12", "finance", "enterprise-years", carried_losses),
        fires("reduced profit tax", "10.12", "finance policies/reduced_profit_tax",
              "million CNY of tax not raised", books("reduced_profit_tax", "tax_expenditure")),
        fires("levies, export tax left out", "6", "finance policies/environmental_levy", "million CNY",
              money("levies and export taxes")),
        fires("adaptive mark-ups", "5", "prices", "enterprise-quarters with a change",
              changed(lambda before, now: before.markup != now.markup)),
    ),
    "Growth": (
        fires("lumpy orders of plant", "5, 10.6", "investment", "orders", changed(plant_ordered)),
        fires("plant built and paid", "5, 10.6", "investment", "million CNY", amount("investment")),
        fires("land bought", "10.12", "investment", "million CNY", money("land")),
        fires("land discount", "10.12, 10.13", "investment policies/land_discount", "million CNY forgone",
              books("land_discount", "implicit")),
        fires("capital subsidy", "6", "investment policies/capital_subsidy", "million CNY claimed",
              books("capital_subsidy", "claims")),
    ),
    "Chain moves": (
        fires("diversification", "5, 10.10", "entry", "enterprises", region("entries", DIVERSIFIED)),
        fires("spin-offs of institutes", "5, 10.10", "entry", "enterprises",
              region("entries", SPIN_OFF_INSTITUTE)),
        fires("spin-offs of enterprises", "5, 10.10", "entry", "enterprises",
              region("entries", SPIN_OFF_ENTERPRISE)),
        fires("attraction", "5, 10.10", "entry outlook", "enterprises", region("entries", ATTRACTED)),
        fires("permits", "4.10, 10.10", "permits", "permits granted", region("permits")),
        fires("applications wait", "10.10", "permits", "applications and quarters", region("waiting")),
        fires("projects lapse for want of money or founder", "10.10", "permits", "projects", lapsed),
        fires("exit: insolvent", "5, 10.10", "leaving", "enterprises", region("exits", INSOLVENT)),
        fires("exit: given up", "5, 10.10", "leaving", "enterprises", region("exits", GIVEN_UP)),
        fires("exit: moved away", "5, 10.10", "leaving", "enterprises", region("exits", MOVED)),
    ),
    "Relations and government": (
        fires("trust kept and lost", "3, 4.12", "relations supply", "supplier links and quarters",
              links(lambda table: table.supplier_trust > 0.0)),
        fires("coordination body", "3, 4.12", "relations policies/coordination_body", "members and quarters",
              enterprises(lambda each: each.coordinated)),
        fires("instruments in force", "4.1", "policies/__init__ sim/schedule", "instrument-quarters",
              lambda q: q.world.measures.in_force.sum()),
        fires("claims", "5, 10.13", "sim/accounts government", "million CNY", region("claims")),
        fires("claims paid", "5, 10.13", "government", "million CNY", region("paid")),
        fires("budget short, claims rationed", "5", "government", "quarters",
              quarters(lambda each: each.paid < 0.999 * each.claims)),
        fires("administration of instruments", "10.13", "government", "million CNY",
              money("administration of instruments")),
        fires("transfers from above", "5", "government", "million CNY", money("transfers from above")),
        fires("spending of households", "10.11", "government", "million CNY",
              money("consumption of households outside")),
        fires("money, goods and people accounted for", "8, 10.11", "sim/accounts",
              "quarters in which all books closed", lambda q: float(q.world.audit.failed[0] < 0)),
    ),
}  # fmt: skip


def mechanisms() -> list[Mechanism]:
    """All of them, in order."""
    return [mechanism for group in MECHANISMS.values() for mechanism in group]


def count_all(quarter: Lived) -> dict[str, float]:
    """How often, or how much, each mechanism fired in a quarter."""
    return {mechanism.name: float(mechanism.count(quarter)) for mechanism in mechanisms()}
