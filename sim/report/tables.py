"""Tables: rows of text with a caption, ready for the template."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.equal_budget import REASONS
from sim.analysis.outcomes import groups_of
from sim.analysis.paired import VERDICTS
from sim.analysis.public_accounts import ITEMS
from sim.declare import OUTPUTS
from sim.figures.chain_map import flows_of
from sim.figures.money import KINDS
from sim.report.answer import percent, span
from sim.report.findings import CHAIN, INNOVATION, QUESTIONS, UNIT_OF_MONEY, Bargain, Bought, Finding
from sim.words import MISSING, Words, number, scaled, signed

if TYPE_CHECKING:
    from sim.analysis.equal_budget import EqualBudget
    from sim.compare import Comparison

LEVELS = ("stage", "ownership", "origin", "size")


@dataclass(frozen=True)
class Table:
    """A table: the first ``texts`` columns are text, the others numbers."""

    caption: str
    columns: list[str]
    rows: list[list[str]]
    texts: int = 1
    keys: list[str] = field(default_factory=list)  # what each row is about, for links and tests
    words: tuple[int, ...] = ()  # further columns of text
    foreign: tuple[int, ...] = ()  # columns that are in English in every language (sources)


def effect_table(words: Words, comparison: Comparison, findings: list[Finding], asked: str) -> Table:
    """Effects on the outcomes of one question, outcome by outcome. A row of one cell is a heading."""
    rows, keys = [], []
    for name in QUESTIONS[asked]:
        about = [each for each in findings if each.output == name]
        unit = about[0].unit
        rows.append(
            [
                words(
                    "table.group_of",
                    output=words.output(name),
                    baseline=words.amount(about[0].baseline, unit),
                )
            ]
        )
        keys.append("")
        for each in about:
            scenario = comparison.scenarios[each.place]
            rows.append([
                words.scenario(scenario), words.change(each.effect, unit), span(words, each.low, each.high, unit),
                percent(each.percent), words("table.runs", wins=each.same_way, n=each.n),
                words.either(VERDICTS[each.verdict]),
            ])  # fmt: skip
            keys.append(f"{scenario.name}/{name}")
    columns = [
        words(f"table.{key}") for key in ("scenario", "change", "interval", "percent", "same_way", "verdict")
    ]
    return Table(words(f"table.effects_{asked}"), columns, rows, 1, keys, words=(5,))


def bargain_table(words: Words, comparison: Comparison, bargains: list[Bargain]) -> Table:
    """The ranking by effect per money, for the chain and for innovation."""
    rows, keys = [], []
    for each in bargains:
        scenario = comparison.scenarios[each.place]
        row = [words.scenario(scenario), number(each.cost), span(words, each.low, each.high)]
        for name, bought in each.bought.items():
            unit = OUTPUTS[name].unit
            row += [
                _rank(words, bought),
                signed(scaled(bought.effect, unit)),
                span(words, bought.low, bought.high, unit),
            ]
        rows.append(row)
        keys.append(f"{scenario.name}/cost")
    columns = [words("table.scenario"), words("table.cost"), words("table.interval")]
    for name in bargains[0].bought:
        about = words("table.per_money", output=words.output(name), money=number(UNIT_OF_MONEY))
        columns += [words("table.rank"), words.with_unit(about, OUTPUTS[name].unit), words("table.interval")]
    return Table(words("table.bargains"), columns, rows, 1, keys)


def equal_table(words: Words, equal: EqualBudget) -> Table:
    """Packages scaled to one cost: how much stronger or weaker they became, what they cost and bring, and their ranks."""
    titles = {each.name: words.scenario(each) for each in equal.comparison.scenarios}
    found: dict[str, Any] = {name: equal.ranking(name).set_index("scenario") for name in (CHAIN, INNOVATION)}
    rows = []
    for name in found[CHAIN].index:
        row = found[CHAIN].loc[name]
        cells = [
            titles[name],
            number(row.intensity),
            number(row.cost),
            span(words, row.cost_low, row.cost_high),
        ]
        for output, table in found.items():
            each = table.loc[name]
            bought = Bought(
                each.worth, each.worth_low, each.worth_high, each["rank"], each.rank_low, each.rank_high
            )
            cells += [_rank(words, bought), words.change(each.effect, OUTPUTS[output].unit)]
        rows.append([*cells, words.either(REASONS[row.reason])])
    columns = [words(f"table.{key}") for key in ("scenario", "intensity", "cost", "interval")]
    for output in found:
        columns += [words("table.rank"), words("table.change_of", output=words.output(output))]
    return Table(words("table.equal"), [*columns, words("table.remark")], rows, 1, words=(8,))


def _rank(words: Words, bought: Bought) -> str:
    """A rank and, in brackets, between which ranks it may lie."""
    if bought.rank != bought.rank:
        return MISSING
    if bought.rank_low == bought.rank_high:
        return f"{bought.rank:.0f}"
    return words(
        "table.ranks", rank=f"{bought.rank:.0f}", low=f"{bought.rank_low:.0f}", high=f"{bought.rank_high:.0f}"
    )


def account_table(words: Words, comparison: Comparison, accounts: Any) -> Table:
    """Public accounts of all packages beyond the baseline: what is spent, what comes back, what becomes of R&D money."""
    rows = []
    for item, (unit, *label) in ITEMS.items():
        of_item = accounts[accounts["item"] == item].set_index("scenario")
        row = [words.with_unit(words.either(label), unit)]
        for scenario in comparison.scenarios[1:]:
            each = of_item.loc[scenario.name]
            value, low, high = (number(scaled(one, unit)) for one in (each.value, each.low, each.high))
            row += [value, words("table.span", low=low, high=high) if low != MISSING else MISSING]
        rows.append(row)
    columns = [words("table.item")]
    for scenario in comparison.scenarios[1:]:
        columns += [words.scenario(scenario), words("table.interval")]
    return Table(words("table.accounts"), columns, rows)


def channel_table(words: Words, comparison: Comparison, books: Any, output: str, way: str) -> Table:
    """The effect on an output in parts that add up to it, for every package."""
    unit = OUTPUTS[output].unit
    rows = []
    for scenario in comparison.scenarios[1:]:
        own = books[books.scenario == scenario.name]
        total = own[own.way == "total"].iloc[0]
        rows.append(
            [
                words(
                    "table.channel_of",
                    title=words.scenario(scenario),
                    change=words.change(total.effect, unit),
                )
            ]
        )
        parts: Any = own[own.way == way].itertuples()
        for each in parts:
            rows.append([
                words.part(way, each.part, each.label, scenario), signed(scaled(each.effect, unit)), span(words, each.low, each.high, unit),
                words.either(VERDICTS[each.verdict]),
            ])  # fmt: skip
    columns = [words("table.part"), words("table.change"), words("table.interval"), words("table.verdict")]
    caption = words("table.channels", output=words.output(output), way=words(f"way.{way}"))
    return Table(caption, columns, rows, 1, words=(3,))


def gains_table(words: Words, comparison: Comparison, place: int) -> Table:
    """Effects on value added, employment and profit of every stage, ownership, origin and size."""
    names = ("value_added_volume", "employment", "profit")
    rows = []
    for level in LEVELS:
        found = comparison.effects_on(names, level)
        found = found[found.scenario == comparison.scenarios[place].name]
        for key, (group, _, _) in groups_of(comparison.baseline, level).items():
            row = [words(f"level.{level}"), words.group(level, key, comparison.baseline)]
            for name in names:
                each = found[(found.output == name) & (found.group == group)].iloc[0]
                row += [signed(each.effect), span(words, each.low, each.high)]
            rows.append(row)
    columns = [words("table.group"), ""]
    for name in names:
        columns += [words.with_unit(words.output(name), OUTPUTS[name].unit), words("table.interval")]
    caption = words("table.gains", title=words.scenario(comparison.scenarios[place]))
    return Table(caption, columns, rows, 2)


def fan_table(words: Words, comparison: Comparison, output: str) -> Table:
    """Medians of all scenarios and the band of the baseline, year by year."""
    values = comparison.by_year(output)
    unit = OUTPUTS[output].unit
    band = np.nanquantile(values[0], [0.1, 0.9], axis=0)
    middles = [np.nanmedian(each, axis=0) for each in values]
    rows = [
        [year, *(number(scaled(float(line[at]), unit)) for line in (*band, *middles))]
        for at, year in enumerate(comparison.years)
    ]
    columns = [words("table.year"), *(words("table.quantile", share=share) for share in (10, 90)),
               *(words.scenario(scenario) for scenario in comparison.scenarios)]  # fmt: skip
    return Table(words.with_unit(words.output(output), unit), columns, rows)


def chain_table(words: Words, comparison: Comparison, place: int, year: int) -> Table:
    """What is made of every product and where it goes, baseline beside policy."""
    flows = [flows_of(comparison, at, year) for at in (0, place)]
    rows = []
    for row, product in enumerate(comparison.baseline.chain.products):
        cells = [
            words.group("stage", product.stage, comparison.baseline),
            words.group("product", row, comparison.baseline),
        ]
        for each in flows:
            bought = sum(link.local for link in each.links if link.target == row)
            needed = bought + sum(link.outside for link in each.links if link.target == row)
            cells += [number(float(each.output[row])), number(float(each.abroad[row])),
                      number(100.0 * bought / needed) if needed > 0.0 else MISSING]  # fmt: skip
        rows.append(cells)
    columns = [words("level.stage_name"), words("level.product_name")]
    for at in (0, place):
        title = words.scenario(comparison.scenarios[at])
        columns += [
            words("table.of", what=words(f"table.{key}"), title=title)
            for key in ("made", "abroad", "inputs_local")
        ]
    return Table(words("table.chain", year=year), columns, rows, 2)


def money_table(words: Words, comparison: Comparison, place: int) -> Table:
    """Present value of every instrument's cost by kind."""
    scenario = comparison.scenarios[place]
    part = comparison.costs[comparison.costs.scenario == scenario.name].sort_values("total", ascending=False)
    paid: Any = part.itertuples()
    rows = [[words.instrument(row.instrument), *(number(getattr(row, kind)) for kind in (*KINDS, "total"))]
            for row in paid]  # fmt: skip
    columns = [words("table.instrument"), *(words(f"cost.{kind}") for kind in (*KINDS, "total"))]
    return Table(words("money.title", title=words.scenario(scenario)), columns, rows)


def mean_table(words: Words, comparison: Comparison, names: tuple[str, ...], caption: str) -> Table:
    """Yearly means over the study and all runs, a row per scenario."""
    means: list[Any] = [np.nanmean(comparison.by_year(name), axis=(1, 2)) for name in names]
    rows = [[words.scenario(scenario), *(number(float(mean[place])) for mean in means)]
            for place, scenario in enumerate(comparison.scenarios)]  # fmt: skip
    return Table(caption, [words("table.scenario"), *(words.output(name) for name in names)], rows)
