"""Page: the answer and the chapters put into one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.analysis.outcomes import YEARS
from sim.figures.style import colour_of, dash_array, family
from sim.report import answer, background
from sim.report.evidence import Evidence, evidence_of
from sim.report.findings import CHAIN, INNOVATION
from sim.report.pictures import Gallery
from sim.report.sections import sections_of
from sim.words import Words

if TYPE_CHECKING:
    from sim.analysis.equal_budget import EqualBudget
    from sim.compare import Comparison

TAGS = {"en": "en", "zh": "zh-Hans"}
FEW = 10  # pairs of runs below which the page warns


def write_report(comparison: Comparison, path: Path | str, language: str = "en", command: str = "") -> Path:
    """Write a comparison as one self-contained HTML page and return its path.

    language  "en" or "zh"
    command   how to make the page again; printed at its end
    Runs every scenario once more for networks and distributions. Raises :class:`InputError` for an unknown language
    and when the font that Chinese figures need is not installed.
    """
    return write_reports(comparison, {language: Path(path)}, command)[0]


def write_reports(
    comparison: Comparison, paths: dict[str, Path], command: str = "", equal: EqualBudget | None = None
) -> list[Path]:
    """The same page in several languages, from the same evidence: ``{"en": path, "zh": path}``.

    equal  the same packages scaled to one public cost (``analysis.equal_budget``), for the ranking
    """
    for language in paths:
        family(Words(language).language)  # an unknown language or a missing font is said before the work
    evidence = evidence_of(comparison, command, equal)
    for language, path in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html(evidence, language), "utf-8")
    return list(paths.values())


def html(evidence: Evidence, language: str) -> str:
    """The page as text."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    words, gallery, comparison = Words(language), Gallery(language), evidence.comparison
    sections = sections_of(words, evidence, gallery)
    environment = Environment(
        loader=PackageLoader("sim.report", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )  # fmt: skip
    return environment.get_template("page.html").render(
        words=words, language=TAGS[language], head=_head(words, evidence), questions=_questions(words, evidence),
        style=(Path(__file__).parent / "page.css").read_text("utf-8"), sections=sections, glyphs=gallery.glyphs,
        key=[(colour_of(place), dash_array(place), words.scenario(each)) for place, each in enumerate(comparison.scenarios)],
        warnings=[*comparison.warnings, *(failure.message for failure in comparison.failures)],
    )  # fmt: skip


def _head(words: Words, evidence: Evidence) -> dict[str, str]:
    comparison = evidence.comparison
    n, years = len(comparison.seeds), comparison.years
    others = words.joined(
        [words("answer.quoted", scenario=words.scenario(each)) for each in comparison.scenarios[1:]]
    )
    return {
        "title": words("head.title"),
        "about": words(
            "head.about", baseline=words.scenario(comparison.baseline), others=others, n=n, first=years[0], last=years[-1],
            from_year=years[-min(YEARS, len(years))],
        ),
        "certainty": words("head.few" if n < FEW else "head.enough", n=n),
        "confirmed": background.confirmed(words, evidence.facts),
    }  # fmt: skip


def _questions(words: Words, evidence: Evidence) -> list[answer.Question]:
    """The questions of the page, each with its answer."""
    comparison, findings, bargains = evidence.comparison, evidence.findings, evidence.bargains
    asked = [
        answer.Question(
            words(f"answer.question_{about}"), answer.measured(words, findings, name),
            answer.summary(words, comparison, findings, name), answer.sentences(words, comparison, findings, name),
        )
        for about, name in (("chain", CHAIN), ("innovation", INNOVATION))
    ]  # fmt: skip
    money = answer.Question(
        words("answer.question_money"), words("answer.measured_money"),
        answer.cost_summary(words, comparison, bargains), answer.cost_sentences(words, comparison, bargains),
    )  # fmt: skip
    why = answer.Question(
        words("answer.question_why"), words("answer.measured_why"),
        answer.channel_summary(words, comparison, evidence.books, evidence.lead),
        answer.channel_sentences(words, comparison, evidence.books),
    )  # fmt: skip
    return [*asked, money, why]
