"""Mechanisms: what the specification asks for, where it lives, and how often it fires.

One line per mechanism of sections 3 to 5 and 10 of the specification (``model.md``): its name, the section, the chapters that
hold it, how it is counted and the count itself, a function of one quarter that has been lived. Counts look at the
world as it stands when the books are closed, and at enterprises as they were when the quarter began; they are
added up over a run. ``documents`` runs the reference scenarios and prints the table; what never fires shows.

Enterprise-quarters are counted when what is counted happens to an enterprise in a quarter, whatever its size. Money is million
CNY at current prices.
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
        return ((people.uid > 0) & (people.arrived == q.t) & ((people.uid - 1) % 1048576 // 131072 == source)).sum()

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
    fresh = (now.supplier_uid > 0) & ~(now.supplier_uid[:, :, None] == q.before.supplier_uid[:, None, :]).any(axis=2)
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


def moved_terms(goods: Any) -> Any:
    return ((goods.access < 1.0) | (goods.trade_cost_factor != 1.0)).any(axis=1)


def over_staffed(q: Lived) -> Any:
    return enterprises(lambda each: each.vacancies > 0)(q)


# --------------------------------------------------------------------------------------------- the list
MECHANISMS: dict[str, tuple[Mechanism, ...]] = {
    "The outside world": (
        Mechanism("observed price paths", "10.1", ("rules/outside_world.py", "founding.py"), "product-quarters on an observed path", observed),
        Mechanism("prices continued by a fat-tailed, autocorrelated process", "4.2, 10.1", ("rules/outside_world.py",), "product-quarters without observation", continued),
        Mechanism("price pass-through down the chain", "10.2", ("rules/outside_world.py",), "product-quarters", products(lambda each: each.rule == PASS_THROUGH)),
        Mechanism("raw material priced by what can be recovered from it", "10.2", ("rules/outside_world.py",), "product-quarters", products(lambda each: each.rule == BASKET)),
        Mechanism("outside demand that grows, fades and answers to prices", "5, 10.4", ("rules/outside_world.py",), "product-market-quarters", products(lambda each: each.market_size > 0.0)),
        Mechanism("demand cycles", "4.2", ("rules/outside_world.py",), "product-market-quarters off the trend", products(lambda each: each.market_luck != 0.0)),
        Mechanism("frontier knowledge moves on by itself", "5, 10.5", ("rules/outside_world.py",), "field-quarters", lambda q: (q.world.fields.growth > 0.0).sum()),
        Mechanism("persistent luck of each enterprise", "10.10", ("rules/outside_world.py",), "enterprise-quarters", enterprises(lambda each: each.cost_luck != 0.0)),
        Mechanism("wedge between export and home prices", "10.1", ("rules/outside_world.py", "rules/outside_markets.py"), "quarters", quarters(lambda each: each.export_wedge > 0.0)),
        Mechanism("markets opened, made costly or closed", "5", ("policies/trade_access.py", "rules/outside_markets.py"), "product-quarters away from free access", products(moved_terms)),
    ),
    "The value chain": (
        Mechanism("joint products come out together", "2, 10.3", ("rules/supply.py",), "enterprise-quarters with more than one output", joint_makers),
        Mechanism("throughput on the margin of the whole basket", "10.3", ("rules/supply.py",), "enterprise-quarters in which a maker of commodities plans below 0.9 of capacity", holding_back),
        Mechanism("glut: commodity outlets full, the price gives way", "10.3", ("rules/outside_markets.py",), "product-quarters", full_outlets),
        Mechanism("glut: unsold joint products scrapped", "10.3", ("rules/supply.py",), "enterprise-quarters", lambda q: (q.world.enterprises.written_off > 0.0).sum()),
        Mechanism("goods scrapped, those of the departed included", "8, 10.3", ("rules/supply.py", "rules/leaving.py"), "million CNY at reference prices", scrapped),
        Mechanism("local price between import and export parity", "10.3", ("rules/prices.py",), "product-quarters off the world price", products(lambda each: (each.pricing == COMMODITY) & (abs(each.local_price - each.price) > 1e-6 * each.price))),
        Mechanism("state quotas bind", "5", ("rules/supply.py",), "process-quarters", binding_quotas),
    ),
    "Talent": (
        Mechanism("graduates arrive", "4.3", ("rules/talents.py",), "people", region("graduates")),
        Mechanism("local training seats", "6", ("rules/talents.py", "policies/training_seats.py"), "people", region("trained")),
        Mechanism("talents introduced by government", "4.3, 6", ("rules/talents.py", "policies/introduced_talents.py"), "people", came(INVITED)),
        Mechanism("talents hired from outside by enterprises", "5", ("rules/talents.py",), "people", came(HEAD_HUNTED)),
        Mechanism("vacancies from R&D and production plans", "5", ("rules/talents.py",), "enterprise-quarters with open posts for talents", over_staffed),
        Mechanism("matching of people and posts", "5", ("rules/talents.py",), "people hired", region("hired")),
        Mechanism("quits", "5", ("rules/talents.py",), "people", region("quits")),
        Mechanism("poaching", "5", ("rules/talents.py",), "people", region("poached")),
        Mechanism("out-migration of local talents", "5", ("rules/talents.py",), "people", region("emigrated", LOCAL)),
        Mechanism("departure of introduced talents", "5", ("rules/talents.py",), "people", region("emigrated", INTRODUCED)),
        Mechanism("no work at their level", "5", ("rules/talents.py",), "people and quarters used below one half", talents(lambda each: (each.works != NOWHERE) & (each.used < 0.5))),
        Mechanism("people who look for a post", "5", ("rules/talents.py",), "people and quarters", talents(lambda each: each.works == NOWHERE)),
        Mechanism("movers carry knowledge", "5", ("rules/talents.py",), "people hired who know more than their new employer", known_better),
        Mechanism("housing and retention support drawn", "6", ("rules/talents.py", "policies/housing_support.py"), "people and quarters", region("support_drawn")),
        Mechanism("local wage of production workers above the outside", "10.15", ("rules/labour.py",), "quarters", quarters(lambda each: each.wage > each.outside_wage)),
        Mechanism("production workers rationed", "10.15", ("rules/labour.py",), "quarters", quarters(lambda each: each.vacancies > 0.0)),
    ),
    "Institutes": (
        Mechanism("base funding", "3, 4.4", ("rules/institutes.py",), "million CNY", money("base funding of institutes")),
        Mechanism("institute research", "4.4", ("rules/institutes.py",), "results", institutes(lambda each: each.innovations)),
        Mechanism("transfer of results", "3, 5", ("rules/institutes.py",), "results taken over", region("transfers")),
        Mechanism("licence income of institutes", "3", ("rules/institutes.py",), "million CNY", money("licences of local results")),
        Mechanism("services sold", "4.4, 4.6", ("rules/commercialisation.py", "rules/institutes.py"), "tests", institutes(lambda each: each.served)),
        Mechanism("services beyond capacity", "4.4", ("rules/commercialisation.py",), "requests turned away", institutes(lambda each: each.turned_away)),
        Mechanism("joint laboratories", "6", ("policies/joint_laboratory.py", "rules/joint_projects.py"), "institute-quarters", institutes(lambda each: each.joint_laboratories > 0.0)),
        Mechanism("institutes that history opens", "3", ("rules/institutes.py",), "institutes", opened_by_history),
        Mechanism("invited institutions settle", "3, 4.11", ("rules/institutes.py", "policies/invited_testing_institutes.py"), "institutes", region("institutes_opened")),
    ),
    "Innovation": (
        Mechanism("own R&D", "5", ("rules/research.py",), "enterprise-quarters", enterprises(lambda each: each.research > 0.0)),
        Mechanism("nothing absorbed without own R&D", "5", ("rules/research.py", "rules/spillovers.py"), "enterprise-quarters", enterprises(lambda each: each.absorptive == 0.0)),
        Mechanism("R&D rates revised", "5", ("rules/research.py",), "enterprise-quarters", changed(lambda before, now: before.research_intensity != now.research_intensity)),
        Mechanism("R&D taken up", "5", ("rules/research.py",), "enterprises", changed(lambda before, now: (before.research_intensity == 0.0) & (now.research_intensity > 0.0))),
        Mechanism("R&D given up", "5", ("rules/research.py",), "enterprises", changed(lambda before, now: (before.research_intensity > 0.0) & (now.research_intensity == 0.0))),
        Mechanism("relabelled R&D", "5, 10.7", ("rules/research.py",), "million CNY", lambda q: (q.world.enterprises.research_reported - q.world.enterprises.research).sum()),
        Mechanism("extra deduction of R&D", "10.7", ("rules/research.py", "rules/finance.py"), "million CNY of tax not raised", books("research_super_deduction", "tax_expenditure")),
        Mechanism("R&D grants by projects", "10.7", ("rules/research.py",), "million CNY claimed", amount("research_granted")),
        Mechanism("misuse of grants", "5, 10.7", ("rules/research.py",), "million CNY", amount("misused")),
        Mechanism("original mode", "5", ("rules/search.py",), "innovations", own_search),
        Mechanism("elements of their own (radical or first steps)", "5", ("rules/search.py",), "innovations without a parent", own_elements),
        Mechanism("integrated mode: partners found", "5", ("rules/joint_projects.py",), "projects begun", joint_begun),
        Mechanism("integrated mode: work with institutes", "5", ("rules/joint_projects.py",), "project-quarters", joint_with(True)),
        Mechanism("integrated mode: work with enterprises", "5", ("rules/joint_projects.py",), "project-quarters", joint_with(False)),
        Mechanism("integrated mode: results", "5", ("rules/joint_projects.py",), "innovations", recorded(lambda made: (made["mode"] == INTEGRATED) & made.patented)),
        Mechanism("technology introduced", "5", ("rules/introduction.py",), "licences (innovations of class introduced)", of_class(CLASS_INTRODUCED)),
        Mechanism("digestion", "5", ("rules/introduction.py",), "million CNY", amount("digestion")),
        Mechanism("assimilated", "5", ("rules/introduction.py", "rules/innovations.py"), "innovations of this class", of_class(CLASS_ASSIMILATED)),
        Mechanism("re-innovation", "5", ("rules/introduction.py", "rules/innovations.py"), "innovations of this class", of_class(CLASS_REINNOVATION)),
        Mechanism("integrated innovations by descent", "3, 5", ("rules/innovations.py",), "innovations of this class", of_class(CLASS_INTEGRATED)),
        Mechanism("original innovations by descent", "3, 5", ("rules/innovations.py",), "innovations of this class", of_class(CLASS_ORIGINAL)),
        Mechanism("licences that end digested", "5", ("rules/introduction.py",), "licences", ended_licences(True)),
        Mechanism("licences that end undigested", "5", ("rules/introduction.py",), "licences", ended_licences(False)),
        Mechanism("modes learned by reinforcement", "5", ("rules/search.py",), "enterprise-quarters with a change of propensity", changed(lambda before, now: (abs(before.propensity - now.propensity) > 1e-9).any(axis=1))),
        Mechanism("patents", "5", ("rules/search.py", "rules/joint_projects.py", "rules/institutes.py"), "patents, of institutes too", recorded(lambda made: made.patented)),
        Mechanism("learning from neighbours", "5, 10.8", ("rules/spillovers.py", "rules/talents.py", "rules/institutes.py"), "enterprise-quarters", enterprises(lambda each: each.learned_local > 0.0)),
        Mechanism("learning from outside", "10.8", ("rules/spillovers.py", "rules/introduction.py"), "enterprise-quarters", enterprises(lambda each: each.learned_outside > 0.0)),
        Mechanism("benefit sharing", "5", ("rules/institutes.py", "policies/inventors_share.py"), "million CNY paid to inventors", money("inventors' share")),
    ),
    "Commercialisation and management": (
        Mechanism("knowledge becomes quality", "4.6", ("rules/commercialisation.py",), "enterprise-quarters with rising quality", changed(lambda before, now: now.quality > before.quality)),
        Mechanism("learning by doing", "5", ("rules/commercialisation.py",), "enterprise-quarters with output", enterprises(lambda each: each.produced > 0.0)),
        Mechanism("technological transformation", "6", ("rules/commercialisation.py",), "million CNY", amount("transformation")),
        Mechanism("certification asked for", "4.6", ("rules/commercialisation.py",), "applications", changed(lambda before, now: (now.certifying > 0) & (before.certifying == 0))),
        Mechanism("certificates", "4.6", ("rules/commercialisation.py",), "certificates", region("certificates")),
        Mechanism("high-technology status", "6, 10.12", ("rules/commercialisation.py",), "enterprises that gain it", changed(lambda before, now: now.high_technology & ~before.high_technology)),
        Mechanism("management practice spreads", "5", ("rules/management.py",), "enterprise-quarters with rising practice", changed(lambda before, now: now.practice > before.practice)),
        Mechanism("management practice wears off", "5", ("rules/management.py",), "enterprise-quarters with falling practice", changed(lambda before, now: now.practice < before.practice)),
        Mechanism("attention runs out", "5, 10.15", ("rules/management.py",), "enterprise-quarters with less left than a joint project needs", enterprises(lambda each: each.attention < 0.25)),
    ),
    "Production and supply": (
        Mechanism("chain inputs from the cluster", "5, 10.14", ("rules/supply.py",), "million CNY", money("chain inputs bought in the cluster")),
        Mechanism("contracts first", "10.14", ("rules/supply.py",), "supplier links and quarters with trust of 0.3 and more, the share ordered by contract", links(lambda table: table.supplier_trust >= 0.3)),
        Mechanism("spot search", "5", ("rules/supply.py",), "new suppliers found", new_suppliers),
        Mechanism("imports of chain inputs", "5", ("rules/supply.py",), "million CNY", money("chain inputs bought outside")),
        Mechanism("cost of search and contracting", "5", ("rules/supply.py",), "million CNY", money("cost of search and contracting")),
        Mechanism("rationed orders", "5, 10.6", ("rules/supply.py", "rules/outside_markets.py"), "enterprise-quarters with orders that could not be filled", lambda q: (q.world.enterprises.unfilled > 1e-9).sum()),
        Mechanism("production short of inputs", "5", ("rules/supply.py",), "enterprise-quarters", enterprises(lambda each: each.produced < 0.999 * each.planned)),
        Mechanism("suppliers serve local customers", "6", ("rules/supply.py",), "million CNY", money("serving local customers")),
        Mechanism("raw-material privilege", "5, 10.13", ("rules/supply.py", "policies/raw_material_privilege.py"), "million CNY borne by sellers", books("raw_material_privilege", "implicit")),
        Mechanism("minimum of local offers", "6", ("rules/outside_markets.py", "policies/local_processing_minimum.py"), "enterprise-quarters", enterprises(lambda each: each.minimum_local > 0.0)),
    ),
    "Outside markets": (
        Mechanism("sales to the rest of the country", "10.4", ("rules/outside_markets.py",), "million CNY", lambda q: q.world.enterprises.sales_market[:, DOMESTIC].sum()),
        Mechanism("exports", "10.4", ("rules/outside_markets.py",), "million CNY", lambda q: q.world.enterprises.sales_market[:, INTERNATIONAL].sum()),
        Mechanism("markets shared by logit", "5, 10.4", ("rules/outside_markets.py",), "product-market-quarters", products(lambda each: (each.cluster_share > 0.0) & (each.pricing == DIFFERENTIATED)[:, None])),
        Mechanism("orders carried over a quarter", "10.4", ("rules/outside_markets.py",), "enterprise-quarters", enterprises(lambda each: each.backlog > 1e-9)),
        Mechanism("sunk entry into a market", "5, 10.4", ("rules/outside_markets.py",), "markets entered", region("market_entries")),
        Mechanism("learning from customers abroad", "5", ("rules/outside_markets.py",), "enterprise-quarters", taught_abroad),
        Mechanism("public procurement", "6", ("rules/outside_markets.py", "policies/public_procurement.py"), "million CNY", books("public_procurement", "claims")),
        Mechanism("export tax", "5, 6", ("rules/outside_markets.py", "policies/export_tax.py"), "million CNY", books("export_tax", "revenue")),
    ),
    "Finance": (
        Mechanism("credit granted", "5, 10.11", ("rules/finance.py",), "million CNY", money("loans granted")),
        Mechanism("credit refused", "5, 10.11", ("rules/finance.py",), "million CNY", region("credit_refused")),
        Mechanism("loans repaid", "10.11", ("rules/finance.py",), "million CNY", money("loans repaid")),
        Mechanism("distress", "5", ("rules/finance.py",), "enterprise-quarters without liquidity", enterprises(lambda each: each.distress > 0)),
        Mechanism("losses of the bank", "5, 10.11", ("rules/leaving.py",), "million CNY", region("bank_losses")),
        Mechanism("guarantees called", "6", ("rules/leaving.py", "policies/credit_guarantee.py"), "million CNY", region("bank_claims")),
        Mechanism("dividends", "4.9, 10.11", ("rules/finance.py",), "million CNY", money("dividends")),
        Mechanism("VAT passed on and shared", "10.12", ("rules/finance.py",), "million CNY, net of refunds", money("VAT")),
        Mechanism("profit tax", "10.12", ("rules/finance.py",), "million CNY", money("profit tax")),
        Mechanism("losses carried forward", "10.12", ("rules/finance.py",), "enterprise-years", carried_losses),
        Mechanism("reduced profit tax", "10.12", ("rules/finance.py", "policies/reduced_profit_tax.py"), "million CNY of tax not raised", books("reduced_profit_tax", "tax_expenditure")),
        Mechanism("levies, export tax left out", "6", ("rules/finance.py", "policies/environmental_levy.py"), "million CNY", money("levies and export taxes")),
        Mechanism("adaptive mark-ups", "5", ("rules/prices.py",), "enterprise-quarters with a change", changed(lambda before, now: before.markup != now.markup)),
    ),
    "Growth": (
        Mechanism("lumpy orders of plant", "5, 10.6", ("rules/investment.py",), "orders", changed(plant_ordered)),
        Mechanism("plant built and paid", "5, 10.6", ("rules/investment.py",), "million CNY", amount("investment")),
        Mechanism("land bought", "10.12", ("rules/investment.py",), "million CNY", money("land")),
        Mechanism("land discount", "10.12, 10.13", ("rules/investment.py", "policies/land_discount.py"), "million CNY forgone", books("land_discount", "implicit")),
        Mechanism("capital subsidy", "6", ("rules/investment.py", "policies/capital_subsidy.py"), "million CNY claimed", books("capital_subsidy", "claims")),
    ),
    "Chain moves": (
        Mechanism("diversification", "5, 10.10", ("rules/entry.py",), "enterprises", region("entries", DIVERSIFIED)),
        Mechanism("spin-offs of institutes", "5, 10.10", ("rules/entry.py",), "enterprises", region("entries", SPIN_OFF_INSTITUTE)),
        Mechanism("spin-offs of enterprises", "5, 10.10", ("rules/entry.py",), "enterprises", region("entries", SPIN_OFF_ENTERPRISE)),
        Mechanism("attraction", "5, 10.10", ("rules/entry.py",), "enterprises", region("entries", ATTRACTED)),
        Mechanism("permits", "4.10, 10.10", ("rules/entry.py",), "permits granted", region("permits")),
        Mechanism("applications wait", "10.10", ("rules/entry.py",), "applications and quarters", region("waiting")),
        Mechanism("projects lapse for want of money or founder", "10.10", ("rules/entry.py",), "projects", lapsed),
        Mechanism("exit: insolvent", "5, 10.10", ("rules/leaving.py",), "enterprises", region("exits", INSOLVENT)),
        Mechanism("exit: given up", "5, 10.10", ("rules/leaving.py",), "enterprises", region("exits", GIVEN_UP)),
        Mechanism("exit: moved away", "5, 10.10", ("rules/leaving.py",), "enterprises", region("exits", MOVED)),
    ),
    "Relations and government": (
        Mechanism("trust kept and lost", "3, 4.12", ("rules/relations.py", "rules/supply.py"), "supplier links and quarters", links(lambda table: table.supplier_trust > 0.0)),
        Mechanism("coordination body", "3, 4.12", ("rules/relations.py", "policies/coordination_body.py"), "members and quarters", enterprises(lambda each: each.coordinated)),
        Mechanism("instruments in force", "4.1", ("policies/__init__.py", "schedule.py"), "instrument-quarters", lambda q: q.world.measures.in_force.sum()),
        Mechanism("claims", "5, 10.13", ("accounts.py", "rules/government.py"), "million CNY", region("claims")),
        Mechanism("claims paid", "5, 10.13", ("rules/government.py",), "million CNY", region("paid")),
        Mechanism("budget short, claims rationed", "5", ("rules/government.py",), "quarters", quarters(lambda each: each.paid < 0.999 * each.claims)),
        Mechanism("administration of instruments", "10.13", ("rules/government.py",), "million CNY", money("administration of instruments")),
        Mechanism("transfers from above", "5", ("rules/government.py",), "million CNY", money("transfers from above")),
        Mechanism("spending of households", "10.11", ("rules/government.py",), "million CNY", money("consumption of households outside")),
        Mechanism("money, goods and people accounted for", "8, 10.11", ("accounts.py",), "quarters in which all books closed", lambda q: float(q.world.audit.failed[0] < 0)),
    ),
}  # fmt: skip


def mechanisms() -> list[Mechanism]:
    """All of them, in order."""
    return [mechanism for group in MECHANISMS.values() for mechanism in group]


def count_all(quarter: Lived) -> dict[str, float]:
    """How often, or how much, each mechanism fired in a quarter."""
    return {mechanism.name: float(mechanism.count(quarter)) for mechanism in mechanisms()}
