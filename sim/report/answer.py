"""Answer: findings in plain words, with uncertainty that does not need a statistician."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.analysis.equal_budget import REASONS
from sim.analysis.paired import VERDICTS
from sim.declare import OUTPUTS
from sim.report.findings import CHAIN, INNOVATION, UNIT_OF_MONEY, Bargain, Finding
from sim.words import MINUS, MISSING, Words, number, scaled, signed

if TYPE_CHECKING:
    from sim.compare import Comparison
    from sim.scenario import Scenario

VALUE_ADDED = "value_added_volume"  # what channels are told of
CLEAR = ("raises", "lowers")


@dataclass(frozen=True)
class Sentence:
    """A sentence and the finding that it speaks of, as scenario/output."""

    text: str
    about: str = ""
    verdict: str = ""


@dataclass(frozen=True)
class Question:
    """A question, by what it is measured, the answer in one breath, and sentence by sentence."""

    title: str
    measured: str
    summary: str
    sentences: list[Sentence]


def span(words: Words, low: float, high: float, unit: str = "1") -> str:
    """An interval of a difference without its unit; a dash where there is none."""
    if low != low:
        return MISSING
    return words("table.span", low=signed(scaled(low, unit)), high=signed(scaled(high, unit)))


def percent(value: float) -> str:
    """A change in per cent to one digit."""
    return MISSING if value != value else f"{value:+,.1f}".replace("-", MINUS)


def sentence(words: Words, comparison: Comparison, finding: Finding) -> Sentence:
    """One finding in one sentence."""
    unit = finding.unit
    known = unit != "share" and finding.percent == finding.percent
    way = "higher" if finding.effect > 0.0 else "lower"
    # Alone it would stand out from luck; with as many rows as are looked at, it does not.
    alone = finding.verdict == "unclear" and finding.low * finding.high > 0.0
    text = words(
        "answer.unclear_alone" if alone else f"answer.{finding.verdict}",
        scenario=words.scenario(comparison.scenarios[finding.place]),
        change=words.change(finding.effect, unit),
        amount=words.change(finding.effect, unit).lstrip("+"),
        percent=words("answer.percent", percent=percent(finding.percent)) if known else "",
        interval=_interval(words, finding),
        runs=words(f"answer.{way}", wins=finding.same_way, n=finding.n),
        n=finding.n,
    )
    name = comparison.scenarios[finding.place].name
    return Sentence(text, f"{name}/{finding.output}", finding.verdict)


def _interval(words: Words, finding: Finding) -> str:
    if finding.low != finding.low:
        return words("answer.no_interval")
    low = signed(scaled(finding.low, finding.unit))
    return words("answer.interval", low=low, high=words.change(finding.high, finding.unit))


def summary(words: Words, comparison: Comparison, findings: list[Finding], output: str) -> str:
    """Which scenarios move an outcome, in one sentence."""
    about = sorted((each for each in findings if each.output == output), key=lambda each: -each.effect)

    def named(verdicts: tuple[str, ...]) -> str:
        return words.joined([
            words("answer.named" if each.verdict in CLEAR else "answer.quoted",
                  scenario=words.scenario(comparison.scenarios[each.place]), change=_short(words, each))
            for each in about if each.verdict in verdicts
        ])  # fmt: skip

    parts = []
    for key, verdicts in (("up", ("raises",)), ("down", ("lowers",)), ("neither", ("unclear", "trifling", "same")),
                          ("untold", ("unknown",))):  # fmt: skip
        names = named(verdicts)
        if names:
            parts.append(words(f"answer.summary_{key}", names=names))
    return words("answer.sentence_gap").join(parts)


def _short(words: Words, finding: Finding) -> str:
    """The effect in per cent of the baseline, or in points where it is a share."""
    if finding.unit == "share" or finding.percent != finding.percent:
        return words.change(finding.effect, finding.unit)
    return f"{percent(finding.percent)}{words('number.percent_space')}%"


def measured(words: Words, findings: list[Finding], output: str) -> str:
    """By what a question is answered."""
    about = next(each for each in findings if each.output == output)
    return words(
        "answer.measured", output=words.output(output), baseline=words.amount(about.baseline, about.unit)
    )


def sentences(words: Words, comparison: Comparison, findings: list[Finding], output: str) -> list[Sentence]:
    """All findings on an outcome, the largest effect first."""
    about = sorted((each for each in findings if each.output == output), key=lambda each: -each.effect)
    return [sentence(words, comparison, each) for each in about]


def cost_sentences(words: Words, comparison: Comparison, bargains: list[Bargain]) -> list[Sentence]:
    """What each scenario costs above the baseline and what a unit of money buys."""
    told = []
    for each in bargains:
        scenario = comparison.scenarios[each.place]
        spent = words(
            "answer.cost" if each.cost >= 0.0 else "answer.saving",
            scenario=words.scenario(scenario),
            cost=words.amount(abs(each.cost), "million CNY"),
            yearly=words.amount(abs(each.cost) / (comparison.values.shape[2] / 4.0), "million CNY"),
        )
        if not each.reason:
            spent += words(
                "answer.buys",
                money=number(UNIT_OF_MONEY),
                chain=words.change(each.bought[CHAIN].effect, OUTPUTS[CHAIN].unit),
                chain_output=words.output(CHAIN),
                innovation=words.change(each.bought[INNOVATION].effect, OUTPUTS[INNOVATION].unit),
                innovation_output=words.output(INNOVATION),
            )
        else:
            spent += words("answer.not_ranked", reason=words.either(REASONS[each.reason]))
        told.append(Sentence(spent, f"{scenario.name}/cost"))
    return told


def cost_summary(words: Words, comparison: Comparison, bargains: list[Bargain]) -> str:
    """Which scenario buys most for the chain and for innovation with a unit of money."""
    ranked = [each for each in bargains if not each.reason]
    if not ranked:
        return words("answer.summary_unranked")
    if len(ranked) == 1:
        return words("answer.summary_alone", scenario=words.scenario(comparison.scenarios[ranked[0].place]))
    first = {}
    for name in (CHAIN, INNOVATION):
        ranks = [each.bought[name].rank for each in ranked]
        first[name] = ranked[ranks.index(min(ranks))]
    chain, innovation = (words.scenario(comparison.scenarios[each.place]) for each in first.values())
    if chain == innovation:
        said = words("answer.summary_one_best", scenario=chain)
    else:
        said = words("answer.summary_best", chain=chain, innovation=innovation)
    certain = len(comparison.seeds) > 1 and all(
        each.bought[name].rank_high == 1.0 for name, each in first.items()
    )
    return said if certain else said + words("answer.order_open")


def channel_summary(words: Words, comparison: Comparison, books: dict[str, Any], place: int) -> str:
    """The largest clear part, by origin of enterprises, of what a scenario does to value added."""
    scenario = comparison.scenarios[place]
    parts = _clear_parts(books[VALUE_ADDED], scenario, "origin")
    title = words.scenario(scenario)
    if not parts:
        return words("answer.summary_why_none", scenario=title)
    return words("answer.summary_why", scenario=title, part=_part(words, "origin", parts[0], scenario))


def _clear_parts(book: Any, scenario: Scenario, way: str) -> list[Any]:
    """The clear parts of an effect, the largest first."""
    rows = book[(book.scenario == scenario.name) & (book.way == way) & book.verdict.isin(CLEAR)]
    return sorted(rows.itertuples(), key=lambda row: -abs(row.effect))


def _part(words: Words, way: str, row: Any, scenario: Scenario) -> str:
    change = words.change(row.effect, row.unit)
    return words("answer.part", part=words.part(way, row.part, row.label, scenario), change=change)


def channel_sentences(words: Words, comparison: Comparison, books: dict[str, Any]) -> list[Sentence]:
    """Through whom and what each package changes value added: the clear parts of its effect, the largest first."""
    book = books[VALUE_ADDED]
    told = []
    for scenario in comparison.scenarios[1:]:
        total = book[(book.scenario == scenario.name) & (book.way == "total")].iloc[0]
        parts = {
            way: words.joined([_part(words, way, row, scenario) for row in _clear_parts(book, scenario, way)])
            for way in ("origin", "number_size")
        }
        text = words(
            "answer.channel", scenario=words.scenario(scenario), change=words.change(total.effect, total.unit),
            verdict=words.either(VERDICTS[total.verdict]),
            **{way: names or words("answer.no_part") for way, names in parts.items()},
        )  # fmt: skip
        told.append(Sentence(text, f"{scenario.name}/channel"))
    return told
