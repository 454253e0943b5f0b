"""Effects: what the policies change, with intervals; what a unit of public money buys; who gains."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt

from sim.declare import OUTPUTS
from sim.figures.style import (
    GREY,
    PALETTE,
    canvas,
    colour_of,
    in_style,
    legend_below,
    note,
    thousands,
    wrapped,
)
from sim.words import Words, number

if TYPE_CHECKING:
    from sim.compare import Comparison

OVERVIEW = (
    "new_materials_volume",
    "new_materials_share",
    "mean_stage_counted",
    "local_conversion_rate",
    "inventive_innovations",
    "talents_employed",
    "export_share",
    "output_counted_volume",
)
HATCHES = ("", "//", "..", "", "xx")
MARKERS = ("o", "s", "D", "^", "v", "P")


def effect_plot(comparison: Comparison, output: str, ax: Any = None, language: str = "en") -> Any:
    """Effect of every policy on one outcome in per cent of the baseline, with its 95 % interval."""
    with canvas(ax, language, (5.2, 0.8 + 0.36 * len(comparison.scenarios))) as (ax, words):
        part = comparison.effects_on([output])
        places = [scenario.name for scenario in comparison.scenarios]
        for row in range(len(part)):
            place = places.index(part.scenario[row])
            low, middle, high = (part[key][row] for key in ("percent_low", "percent", "percent_high"))
            ax.plot([low, high], [row, row], color=colour_of(place), lw=2.2, solid_capstyle="butt")
            ax.plot([middle], [row], MARKERS[place % len(MARKERS)], color=colour_of(place), ms=6)
        ax.axvline(0.0, color=GREY, lw=0.8)
        titles = [words.scenario(comparison.scenarios[places.index(name)]) for name in part.scenario]
        ax.set_yticks(range(len(part)), [wrapped(title, words) for title in titles])
        ax.set_ylim(len(part) - 0.5, -0.5)
        ax.set_title(wrapped(words.output(output), words, 46))
        n = int(part.n.max()) if len(part) else 0
        note(ax, words, words("effects.note" if n > 1 else "effects.note_no_interval", n=n))
    return ax


def effects_overview(comparison: Comparison, path: Path | str | None = None, language: str = "en") -> Any:
    """``effect_plot`` of the headline outcomes on one sheet; returns the figure."""
    names = [name for name in OVERVIEW if name in comparison.outputs]
    columns = 4
    rows = -(-len(names) // columns)
    with in_style(language):
        figure, panels = plt.subplots(
            rows, columns, figsize=(13.0, 2.7 * rows), sharey=True, layout="constrained", squeeze=False
        )
        for ax, name in zip(panels.flat, names, strict=False):
            effect_plot(comparison, name, ax, language)
            ax.set_title(wrapped(Words(language).output(name), Words(language), 32))
            figure.supxlabel(ax.get_xlabel(), fontsize=9)
            ax.set_xlabel("")
        for ax in panels.flat[len(names) :]:
            ax.set_visible(False)
        if path is not None:
            figure.savefig(path, dpi=130)
            plt.close(figure)
    return figure


def gains_plot(
    comparison: Comparison,
    place: int = 1,
    output: str = "value_added_volume",
    level: str = "stage",
    ax: Any = None,
    language: str = "en",
) -> Any:
    """Who gains and who loses: effect on an output by stage, ownership, origin or size, with intervals."""
    with canvas(ax, language, (5.2, 2.6)) as (ax, words):
        found = comparison.effects_on([output], level)
        found = found[found.scenario == comparison.scenarios[place].name]
        rows: Any = found.itertuples()
        for row, each in enumerate(rows):
            gain = each.effect
            ax.barh(
                row, gain, color="#0072B2" if gain >= 0.0 else "#D55E00", height=0.6,
                hatch="" if gain >= 0.0 else "//", edgecolor="white",
            )  # fmt: skip
            ax.plot([each.low, each.high], [row, row], color="black", lw=1.2)
        ax.axvline(0.0, color=GREY, lw=0.8)
        labels = [words.group(level, key, comparison.baseline) for key in comparison.keys(level)]
        ax.set_yticks(range(len(labels)), labels)
        ax.set_ylim(len(labels) - 0.5, -0.5)
        thousands(ax.xaxis)
        unit = words.unit(OUTPUTS[output].unit)
        title = words("effects.gains", output=words.output(output), level=words(f"level.{level}"))
        ax.set_title(words("number.heading", text=title, unit=unit) if unit else title)
        note(ax, words, words("effects.gains_note", n=len(comparison.seeds)))
    return ax


def ranking_plot(
    comparison: Comparison,
    output: str,
    bought: Sequence[tuple[int, tuple[float, float, float]]],
    money: float,
    ax: Any = None,
    language: str = "en",
) -> Any:
    """Effect on one outcome per ``money`` million CNY of public cost, with intervals, in the order given.

    bought  place of each scenario with effect, low and high; NaN for a scenario that is not ranked
    """
    with canvas(ax, language, (5.2, 0.8 + 0.36 * len(comparison.scenarios))) as (ax, words):
        for row, (place, (middle, low, high)) in enumerate(bought):
            colour = colour_of(place)
            ax.plot([low, high], [row, row], color=colour, lw=2.2, solid_capstyle="butt")
            ax.plot([middle], [row], MARKERS[place % len(MARKERS)], color=colour, ms=6)
            if middle != middle:
                ax.text(0.0, row, words("effects.not_ranked"), va="center", fontsize=8, color=GREY)
        ax.axvline(0.0, color=GREY, lw=0.8)
        titles = [words.scenario(comparison.scenarios[place]) for place, _ in bought]
        ax.set_yticks(range(len(titles)), [wrapped(title, words) for title in titles])
        ax.set_ylim(len(titles) - 0.5, -0.5)
        thousands(ax.xaxis)
        title = words.with_unit(words.output(output), OUTPUTS[output].unit)
        ax.set_title(wrapped(title, words, 60))
        note(ax, words, words("effects.ranking_note", money=number(money), n=len(comparison.seeds)))
    return ax


def channel_plot(
    comparison: Comparison, books: Any, output: str, way: str, ax: Any = None, language: str = "en"
) -> Any:
    """The effect of every policy on an output in parts that add up to it, gains to the right, losses to the left.

    books  what ``analysis.channels.bookkeeping`` gives
    """
    with canvas(ax, language, (5.2, 1.5 + 0.34 * len(comparison.scenarios))) as (ax, words):
        places = range(1, len(comparison.scenarios))
        parts = list(dict.fromkeys(books[books.way == way].part))
        ends = {1.0: [0.0] * len(places), -1.0: [0.0] * len(places)}
        for number_of, part in enumerate(parts):
            own = books[(books.way == way) & (books.part == part)].set_index("scenario")
            label = words.part(way, part, str(own.label.iloc[0]), comparison.baseline)
            for row, place in enumerate(places):
                gain = float(own.effect[comparison.scenarios[place].name])
                side = 1.0 if gain >= 0.0 else -1.0
                ax.barh(
                    row, gain, left=ends[side][row], color=PALETTE[number_of % len(PALETTE)], height=0.6,
                    hatch=HATCHES[number_of % len(HATCHES)], edgecolor="white", lw=0.3, label=label if row == 0 else None,
                )  # fmt: skip
                ends[side][row] += gain
        total = books[books.way == "total"].set_index("scenario").effect
        totals = [float(total[comparison.scenarios[place].name]) for place in places]
        ax.plot(
            totals,
            range(len(places)),
            "o",
            color="black",
            mec="white",
            ms=7,
            ls="",
            label=words("effects.total"),
        )
        ax.axvline(0.0, color=GREY, lw=0.8)
        titles = [words.scenario(comparison.scenarios[place]) for place in places]
        ax.set_yticks(range(len(titles)), [wrapped(title, words) for title in titles])
        ax.set_ylim(len(titles) - 0.5, -0.5)
        thousands(ax.xaxis)
        about = words("effects.channels", output=words.output(output), way=words(f"way.{way}"))
        ax.set_title(words.with_unit(about, OUTPUTS[output].unit))
        note(ax, words, words("effects.channels_note", n=len(comparison.seeds)))
        legend_below(ax)
    return ax
