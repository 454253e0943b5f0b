"""Sections: the chapters of the page, each a few sentences, tables and pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sim import figures
from sim.declare import OUTPUTS
from sim.figures.effects import OVERVIEW
from sim.figures.paths import CLASSES
from sim.report import background, tables
from sim.report.evidence import CHANNELS, Evidence
from sim.report.findings import CHAIN, INNOVATION, QUESTIONS, UNIT_OF_MONEY
from sim.report.pictures import Gallery, Picture
from sim.report.tables import Table
from sim.words import Words

FANS = (CHAIN, "new_materials_share", INNOVATION, "talents_employed", "enterprises", "export_share")
TALENTS = (
    "talents_graduated",
    "talents_arrived",
    "talents_lost",
    "talents_lost_introduced",
    "talents_employed",
)
NETWORKS = ("supply_links", "supply_density", "research_links", "research_density", "research_clustering")


@dataclass(frozen=True)
class Story:
    """An enterprise: who it is, what it has to do with the effect, and its dated sentences."""

    title: str
    about: str
    events: list[tuple[str, str]]


@dataclass
class Section:
    """A chapter of the page: a heading, paragraphs, points, tables that everybody should see, pictures."""

    name: str
    title: str
    paragraphs: list[str]
    points: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)
    key: bool = False  # whether the key to the lines stands above the pictures


def sections_of(words: Words, evidence: Evidence, gallery: Gallery) -> list[Section]:
    """All chapters after the answer, in order."""
    return [
        build(words, evidence, gallery)
        for build in (
            _effects, _ranking, _why, _stories, _chain, _time, _innovation, _people, _enterprises, _money, _gains,
            _assumptions, _validation, _limits, _provenance,
        )
    ]  # fmt: skip


def _section(words: Words, name: str, **values: Any) -> Section:
    return Section(name, words(f"section.{name}"), [words(f"text.{name}", **values)])


def _title(words: Words, evidence: Evidence) -> str:
    return words.scenario(evidence.comparison.scenarios[evidence.lead])


def _effects(words: Words, evidence: Evidence, gallery: Gallery) -> Section:
    comparison = evidence.comparison
    section = _section(words, "effects")
    section.tables = [tables.effect_table(words, comparison, evidence.findings, asked) for asked in QUESTIONS]
    for name in OVERVIEW:
        drawn = figures.effect_plot(comparison, name, language=words.language)
        section.pictures.append(gallery.picture(f"effect-{name}", drawn))
    return section


def _ranking(words: Words, evidence: Evidence, gallery: Gallery) -> Section:
    comparison, bargains = evidence.comparison, evidence.bargains
    section = _section(words, "ranking")
    section.tables = [tables.bargain_table(words, comparison, bargains)]
    for name in (CHAIN, INNOVATION):
        bought = [(each.place, each.bought[name]) for each in bargains]
        rows = [(place, (each.effect, each.low, each.high)) for place, each in bought]
        drawn = figures.ranking_plot(comparison, name, rows, UNIT_OF_MONEY, language=words.language)
        section.pictures.append(gallery.picture(f"ranking-{name}", drawn))
    if evidence.equal:
        equal = evidence.equal
        section.paragraphs.append(words("text.equal", budget=words.amount(equal.budget, "million CNY")))
        section.tables.append(tables.equal_table(words, equal))
        for name in (CHAIN, INNOVATION):
            drawn = figures.effect_plot(equal.comparison, name, language=words.language)
            drawn.set_title(words("effects.equal", output=words.output(name)), loc="left")
            section.pictures.append(gallery.picture(f"equal-{name}", drawn))
    return section


def _why(words: Words, evidence: Evidence, gallery: Gallery) -> Section:
    comparison = evidence.comparison
    section = _section(words, "why")
    for output, way in CHANNELS:
        books = evidence.books[output]
        table = tables.channel_table(words, comparison, books, output, way)
        drawn = figures.channel_plot(comparison, books, output, way, language=words.language)
        section.pictures.append(gallery.picture(f"channel-{way}", drawn, [table]))
    return section


def _stories(words: Words, evidence: Evidence, gallery: Gallery) -> Section:
    lives = evidence.lives
    section = _section(
        words, "stories", title=_title(words, evidence), output=words.output(lives.output), seed=lives.seed,
        share=f"{100.0 * lives.covered:.0f}",
    )  # fmt: skip
    for each in lives.told:
        about = words("text.story", difference=words.change(each.difference, OUTPUTS[lives.output].unit))
        events = [(event.quarter, words.either(event.text)) for event in each.events]
        section.stories.append(
            Story(words.either(each.name), f"{about} {words.either(each.otherwise)}", events)
        )
    return section


def _chain(words: Words, evidence: Evidence, gallery: Gallery) -> Section:
    comparison, lead = evidence.comparison, evidence.lead
    language, last = words.language, int(comparison.years[-1])
    largest = max(figures.flows_of(comparison, place, last).output.max() for place in (0, lead))
    section = Section(
        "chain",
        words("section.chain"),
        [words("text.chain", title=words.scenario(comparison.scenarios[lead]))],
    )
    table = tables.chain_table(words, comparison, lead, last)
    for place, behind in ((0, []), (lead, [table])):
        drawn = figures.chain_map(comparison, place, last, language=language, largest=float(largest))
        section.pictures.append(gallery.picture(f"chain-{place}", drawn, behind, wide=True))
    small = figures.chain_over_time(comparison, (0, lead), language=language)
    section.pictures.append(gallery.picture(
        "chain-time", small, title=words("chain.over_time"), about=words("chain.over_time_note", n=len(comparison.seeds)), wide=True,
    ))  # fmt: skip
    heat = figures.stage_heat_map(comparison, lead, language=language)
    section.pictures.append(gallery.picture("heat", heat, wide=True))
    return section


def _time(words: Words, evidence: Evidence, gallery: Gallery) -> Section:
    comparison = evidence.comparison
    section = Section("time", words("section.time"), [words("text.time")], key=True)
    for name in FANS:
        drawn = figures.fan_plot(comparison, name, language=words.language, legend=False)
        section.pictures.append(
            gallery.picture(f"fan-{name}", drawn, [tables.fan_table(words, comparison, name)])
        )
    for name in (CHAIN, INNOVATION):
        drawn = figures.effect_path_plot(comparison, name, language=words.language, legend=False)
        section.pictures.append(gallery.picture(f"path-{name}", drawn))
    return section


def _innovation(words: Words, evidence: Evidence, gallery: Gallery) -> Section:
    comparison = evidence.comparison
    most = max(
        range(1, len(comparison.scenarios)), key=lambda place: comparison.outcome(INNOVATION)[place].mean()
    )
    section = Section("innovation", words("section.innovation"), [words("text.innovation")])
    top = max(
        sum(comparison.by_year(name)[place].mean(axis=0) for name in CLASSES).max() for place in (0, most)
    )
    for place in (0, most):
        drawn = figures.innovation_classes_plot(comparison, place, language=words.language)
        drawn.set_ylim(0.0, 1.05 * top)
        section.pictures.append(gallery.picture(f"classes-{place}", drawn))
    section.pictures[-1].tables.append(tables.mean_table(words, comparison, CLASSES, words("table.classes")))
    return section


def _people(words: Words, evidence: Evidence, gallery: Gallery) -> Section:
    comparison, lead, sample = evidence.comparison, evidence.lead, evidence.sample
    section = Section("people", words("section.people"), [words("text.people", seed=sample.seed)])
    talents = tables.mean_table(words, comparison, TALENTS, words("table.talents"))
    drawn = figures.talent_flow_plot(comparison, language=words.language)
    section.pictures.append(gallery.picture("talents", drawn, [talents], wide=True))
    about = words("network.about", seed=sample.seed, date=sample.dates[-1])
    for plot in (figures.supplier_network, figures.research_network):
        for place in (0, lead):
            drawn = plot(
                sample.world(place), comparison.scenarios[place], language=words.language, about=about
            )
            section.pictures.append(gallery.picture(f"{plot.__name__}-{place}", drawn))
    names = ("supply_links", "supply_density", "research_links", "research_density", "research_clustering")
    section.pictures[-1].tables.append(tables.mean_table(words, comparison, names, words("table.networks")))
    return section


def _enterprises(words: Words, evidence: Evidence, gallery: Gallery) -> Section:
    sample = evidence.sample
    section = Section("enterprises", words("section.enterprises"), [words("text.enterprises")], key=True)
    for name, plot in (("size", figures.size_plot), ("growth", figures.growth_plot)):
        plot_runs: Callable[..., Any] = plot
        section.pictures.append(
            gallery.picture(name, plot_runs(sample.runs, language=words.language, legend=name == "growth"))
        )
    return section


def _money(words: Words, evidence: Evidence, gallery: Gallery) -> Section:
    comparison, lead = evidence.comparison, evidence.lead
    section = Section("money", words("section.money"), [words("text.money")])
    behind = [tables.money_table(words, comparison, place) for place in range(len(comparison.scenarios))]
    drawn = figures.money_plot(comparison, lead, language=words.language)
    section.pictures.append(gallery.picture("money", drawn, behind, wide=True))
    section.tables = [tables.account_table(words, comparison, evidence.accounts)]
    return section


def _gains(words: Words, evidence: Evidence, gallery: Gallery) -> Section:
    comparison, lead = evidence.comparison, evidence.lead
    title = words.scenario(comparison.scenarios[lead])
    section = Section("gains", words("section.gains"), [words("text.gains", title=title)])
    for level in tables.LEVELS:
        drawn = figures.gains_plot(comparison, lead, level=level, language=words.language)
        section.pictures.append(gallery.picture(f"gains-{level}", drawn))
    section.tables = [tables.gains_table(words, comparison, lead)]
    return section


def _assumptions(words: Words, evidence: Evidence, gallery: Gallery) -> Section:
    comparison = evidence.comparison
    section = _section(words, "assumptions")
    keys = ("outside", "rules", "same", "volume", "cost", "fading")
    section.points = [words(f"assumptions.{key}") for key in keys]
    places = range(1, len(comparison.scenarios))
    section.tables = [background.policy_table(words, comparison, place) for place in places]
    parameters = background.parameter_table(words, comparison)
    if parameters.rows:
        section.tables.append(parameters)
    else:
        section.paragraphs.append(words("text.no_parameters"))
    return section


def _validation(words: Words, evidence: Evidence, gallery: Gallery) -> Section:
    said, table = background.validation(words, evidence.facts)
    return Section("validation", words("section.validation"), said, tables=[table] if table else [])


def _limits(words: Words, evidence: Evidence, gallery: Gallery) -> Section:
    section = _section(words, "limits")
    keys = ("forecast", "luck", "region", "unmeasured", "causes", "small", "data")
    section.points = [words(f"limits.{key}") for key in keys]
    return section


def _provenance(words: Words, evidence: Evidence, gallery: Gallery) -> Section:
    section = _section(words, "provenance")
    section.tables = list(background.provenance(words, evidence.comparison, evidence.command))
    return section
