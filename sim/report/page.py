"""Page: the findings, pictures and tables of a comparison put into one HTML file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import figures
from sim.analysis.outcomes import YEARS
from sim.figures.effects import OVERVIEW
from sim.figures.paths import CLASSES
from sim.figures.style import colour_of, dash_array, family
from sim.report import answer, background, tables
from sim.report.findings import (
    CHAIN,
    INNOVATION,
    QUESTIONS,
    UNIT_OF_MONEY,
    bargains_of,
    findings_of,
    leading,
)
from sim.report.pictures import Gallery, Picture
from sim.report.sample import Sample, sample_of
from sim.report.tables import Table
from sim.words import Words

if TYPE_CHECKING:
    from sim.compare import Comparison

FANS = ("new_materials_share", INNOVATION, "talents_employed", "enterprises", "export_share")
TALENTS = (
    "talents_graduated",
    "talents_arrived",
    "talents_lost",
    "talents_lost_introduced",
    "talents_employed",
)


@dataclass
class Section:
    """A chapter of the page: a heading, paragraphs, tables that everybody should see, pictures."""

    name: str
    title: str
    paragraphs: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    points: list[str] = field(default_factory=list)
    key: bool = False  # whether the key to the lines stands above the pictures


def write_report(comparison: Comparison, path: Path | str, language: str = "en", command: str = "") -> Path:
    """Write a comparison as one self-contained HTML page and return its path.

    language  "en" or "zh"
    command   how to make the page again; printed at its end
    Runs every scenario once more for networks and distributions. Raises :class:`InputError` for an unknown language
    and when the font that Chinese figures need is not installed.
    """
    return write_reports(comparison, {language: Path(path)}, command)[0]


def write_reports(comparison: Comparison, paths: dict[str, Path], command: str = "") -> list[Path]:
    """The same page in several languages, from the same sample runs."""
    for language in paths:
        family(language)  # a missing font is said before the work
    sample = sample_of(comparison)
    for language, path in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html(comparison, language, command, sample), "utf-8")
    return list(paths.values())


def html(comparison: Comparison, language: str, command: str, sample: Sample) -> str:
    """The page as text."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    words = Words(language)
    findings = findings_of(comparison)
    bargains = bargains_of(comparison, findings)
    lead = leading(findings)
    gallery = Gallery(language)
    sections = [
        build(words, comparison, gallery, lead, sample)
        for build in (_chain, _time, _innovation, _people, _enterprises, _money, _gains)
    ]
    effects = Section("effects", words("section.effects"), [words("text.effects")])
    effects.tables = [tables.effect_table(words, comparison, findings, asked) for asked in QUESTIONS]
    effects.pictures = [
        gallery.picture(f"effect-{name}", figures.effect_plot(comparison, name, language=language))
        for name in OVERVIEW
    ]
    ranking = Section("ranking", words("section.ranking"), [words("text.ranking")])
    ranking.tables = [tables.bargain_table(words, comparison, bargains)]
    ranking.pictures = [
        gallery.picture(
            f"ranking-{name}",
            figures.ranking_plot(
                comparison,
                name,
                [(each.place, each.per_money[name]) for each in bargains],
                UNIT_OF_MONEY,
                language=language,
            ),
        )
        for name in (CHAIN, INNOVATION)
    ]
    questions = [
        (words(f"answer.question_{asked}"), answer.measured(words, findings, name),
         answer.summary(words, comparison, findings, name), answer.question(words, comparison, findings, name))
        for asked, name in (("chain", CHAIN), ("innovation", INNOVATION))
    ]  # fmt: skip
    costs = answer.cost_sentences(words, comparison, bargains)
    questions.append(
        (
            words("answer.question_money"),
            words("answer.measured_money"),
            answer.cost_summary(words, comparison, bargains),
            costs,
        )
    )
    environment = Environment(
        loader=PackageLoader("sim.report", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )  # fmt: skip
    return environment.get_template("page.html").render(
        words=words, language={"en": "en", "zh": "zh-Hans"}[language],
        style=_style(), head=_head(words, comparison), questions=questions, key=_key(words, comparison),
        sections=[effects, ranking, *sections, *_background(words, comparison, command)],
        warnings=[*comparison.warnings, *(failure.message for failure in comparison.failures)],
        glyphs=gallery.glyphs,
    )  # fmt: skip


def _style() -> str:
    return (Path(__file__).parent / "page.css").read_text("utf-8")


def _head(words: Words, comparison: Comparison) -> dict[str, str]:
    baseline, n = comparison.baseline, len(comparison.seeds)
    years = [int(year) for year in comparison.years]
    others = words.joined(
        [words("answer.quoted", scenario=words.scenario(each)) for each in comparison.scenarios[1:]]
    )
    return {
        "title": words("head.title"),
        "about": words(
            "head.about", baseline=words.scenario(baseline), others=others, n=n, first=years[0], last=years[-1],
            from_year=years[-min(YEARS, len(years))],
        ),
        "confirmed": background.confirmed(words, background.facts_of()),
        "certainty": words("head.few" if n < 10 else "head.enough", n=n),
    }  # fmt: skip


def _key(words: Words, comparison: Comparison) -> list[tuple[str, str, str]]:
    """Colour, dashes and title of every scenario's line."""
    return [
        (colour_of(place), dash_array(place), words.scenario(each))
        for place, each in enumerate(comparison.scenarios)
    ]


def _chain(words: Words, comparison: Comparison, gallery: Gallery, lead: int, sample: Sample) -> Section:
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


def _time(words: Words, comparison: Comparison, gallery: Gallery, lead: int, sample: Sample) -> Section:
    section = Section("time", words("section.time"), [words("text.time")], key=True)
    for name in (CHAIN, *FANS):
        drawn = figures.fan_plot(comparison, name, language=words.language, legend=False)
        section.pictures.append(
            gallery.picture(f"fan-{name}", drawn, [tables.fan_table(words, comparison, name)])
        )
    for name in (CHAIN, INNOVATION):
        drawn = figures.effect_path_plot(comparison, name, language=words.language, legend=False)
        section.pictures.append(gallery.picture(f"path-{name}", drawn))
    return section


def _innovation(words: Words, comparison: Comparison, gallery: Gallery, lead: int, sample: Sample) -> Section:
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


def _people(words: Words, comparison: Comparison, gallery: Gallery, lead: int, sample: Sample) -> Section:
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


def _enterprises(
    words: Words, comparison: Comparison, gallery: Gallery, lead: int, sample: Sample
) -> Section:
    section = Section("enterprises", words("section.enterprises"), [words("text.enterprises")], key=True)
    for name, plot in (("size", figures.size_plot), ("growth", figures.growth_plot)):
        plot_runs: Callable[..., Any] = plot
        section.pictures.append(
            gallery.picture(name, plot_runs(sample.runs, language=words.language, legend=name == "growth"))
        )
    return section


def _money(words: Words, comparison: Comparison, gallery: Gallery, lead: int, sample: Sample) -> Section:
    section = Section("money", words("section.money"), [words("text.money")])
    behind = [tables.money_table(words, comparison, place) for place in range(len(comparison.scenarios))]
    drawn = figures.money_plot(comparison, lead, language=words.language)
    section.pictures.append(gallery.picture("money", drawn, behind, wide=True))
    return section


def _gains(words: Words, comparison: Comparison, gallery: Gallery, lead: int, sample: Sample) -> Section:
    title = words.scenario(comparison.scenarios[lead])
    section = Section("gains", words("section.gains"), [words("text.gains", title=title)])
    for level in tables.LEVELS:
        drawn = figures.gains_plot(comparison, lead, level=level, language=words.language)
        section.pictures.append(gallery.picture(f"gains-{level}", drawn))
    section.tables = [
        tables.gains_table(words, comparison, place)
        for place in range(1, len(comparison.scenarios))
        if place == lead
    ]
    return section


def _background(words: Words, comparison: Comparison, command: str) -> list[Section]:
    assumed = Section("assumptions", words("section.assumptions"), [words("text.assumptions")])
    assumed.points = [
        words(f"assumptions.{key}") for key in ("outside", "rules", "same", "volume", "cost", "fading")
    ]
    assumed.tables = [
        background.policy_table(words, comparison, place) for place in range(1, len(comparison.scenarios))
    ]
    parameters = background.parameter_table(words, comparison)
    if parameters.rows:
        assumed.tables.append(parameters)
    else:
        assumed.paragraphs.append(words("text.no_parameters"))
    said, table = background.validation(words, background.facts_of())
    validated = Section("validation", words("section.validation"), said, [table] if table else [])
    limits = Section("limits", words("section.limits"), [words("text.limits")])
    limits.points = [
        words(f"limits.{key}")
        for key in ("forecast", "luck", "region", "unmeasured", "causes", "small", "data")
    ]
    made = Section("provenance", words("section.provenance"), [words("text.provenance")])
    made.tables = list(background.provenance(words, comparison, command))
    return [assumed, validated, limits, made]
