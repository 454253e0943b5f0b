"""Answer: findings in plain words, with uncertainty that does not need a statistician."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.declare import OUTPUTS
from sim.report.findings import CHAIN, INNOVATION, UNIT_OF_MONEY, Bargain, Finding
from sim.words import MINUS, MISSING, Words, number, scaled, signed

if TYPE_CHECKING:
    from sim.compare import Comparison

CLEAR = ("raises", "lowers")


@dataclass(frozen=True)
class Sentence:
    """A sentence and the finding that it speaks of, as scenario/output."""

    text: str
    about: str = ""
    verdict: str = ""


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
    text = words(
        f"answer.{finding.verdict}",
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
    return f"{percent(finding.percent)}{words('number.space')}%"


def measured(words: Words, findings: list[Finding], output: str) -> str:
    """By what a question is answered."""
    about = next(each for each in findings if each.output == output)
    return words(
        "answer.measured", output=words.output(output), baseline=words.amount(about.baseline, about.unit)
    )


def question(words: Words, comparison: Comparison, findings: list[Finding], output: str) -> list[Sentence]:
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
        if each.ranked:
            spent += words(
                "answer.buys",
                money=number(UNIT_OF_MONEY),
                chain=words.change(each.per_money[CHAIN][0], OUTPUTS[CHAIN].unit),
                chain_output=words.output(CHAIN),
                innovation=words.change(each.per_money[INNOVATION][0], OUTPUTS[INNOVATION].unit),
                innovation_output=words.output(INNOVATION),
            )
        elif each.cost >= 0.0:
            spent += words("answer.not_ranked")
        told.append(Sentence(spent, f"{scenario.name}/cost"))
    return told


def cost_summary(words: Words, comparison: Comparison, bargains: list[Bargain]) -> str:
    """Which scenario buys most for the chain and for innovation with a unit of money."""
    ranked = [each for each in bargains if each.ranked]
    if not ranked:
        return words("answer.summary_unranked")
    best = []
    for name in (CHAIN, INNOVATION):
        per_money = [each.per_money[name][0] for each in ranked]
        best.append(ranked[per_money.index(max(per_money))])
    chain, innovation = (words.scenario(comparison.scenarios[each.place]) for each in best)
    if chain == innovation:
        return words("answer.summary_one_best", scenario=chain)
    return words("answer.summary_best", chain=chain, innovation=innovation)
