"""Money and people: what each instrument costs the public, and where talents come from and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.figures.style import GREY, canvas, legend_below, note, thousands, wrapped

if TYPE_CHECKING:
    from sim.compare import Comparison

KINDS = ("outlay", "tax_expenditure", "implicit", "administration")
COLOURS = ("#0072B2", "#E69F00", "#CC79A7", "#000000")
HATCHES = ("", "//", "..", "")
SHOWN = 12  # instruments drawn one by one


def money_plot(comparison: Comparison, place: int = 1, ax: Any = None, language: str = "en") -> Any:
    """Present value of what every instrument of a scenario costs, by kind of cost; the small ones together."""
    costs = comparison.costs
    scenario = comparison.scenarios[place]
    part = costs[costs.scenario == scenario.name].sort_values("total", ascending=False).reset_index(drop=True)
    rows = min(len(part), SHOWN) + (len(part) > SHOWN)
    with canvas(ax, language, (8.6, 1.2 + 0.24 * rows)) as (ax, words):
        names = [words.instrument(name) for name in part.instrument[:SHOWN]]
        bars = part[list(KINDS)].to_numpy(float)
        if len(part) > SHOWN:
            names.append(words("money.others", n=len(part) - SHOWN))
            bars = np.vstack([bars[:SHOWN], bars[SHOWN:].sum(axis=0)])
        left = np.zeros(len(bars))
        for kind, colour, hatch in zip(range(len(KINDS)), COLOURS, HATCHES, strict=True):
            ax.barh(range(len(bars)), bars[:, kind], left=left, color=colour, hatch=hatch, edgecolor="white",
                    height=0.7, lw=0.3, label=words(f"cost.{KINDS[kind]}"))  # fmt: skip
            left = left + bars[:, kind]
        ax.set_yticks(range(len(bars)), [wrapped(name, words, 40) for name in names])
        ax.set_ylim(len(bars) - 0.4, -0.6)
        thousands(ax.xaxis)
        ax.set_title(words("money.title", title=words.scenario(scenario)))
        note(ax, words, words("money.note", n=len(comparison.seeds)))
        ax.legend(loc="lower right")
    return ax


FLOWS = (
    ("talents_graduated", 1.0, "", "#0072B2", ""),
    ("talents_arrived", 1.0, "", "#56B4E9", ".."),
    ("talents_lost", -1.0, "talents_lost_introduced", "#D55E00", ""),
    ("talents_lost_introduced", -1.0, "", "#E69F00", "//"),
)


def talent_flow_plot(comparison: Comparison, ax: Any = None, language: str = "en") -> Any:
    """Talents who come to the region and who leave it, per year over the study, mean over runs; a dot for what remains."""
    with canvas(ax, language, (8.6, 1.1 + 0.36 * len(comparison.scenarios))) as (ax, words):
        rows = range(len(comparison.scenarios))

        def yearly(name: str) -> Any:
            return np.nanmean(comparison.by_year(name), axis=(1, 2))

        ends = {1.0: np.zeros(len(rows)), -1.0: np.zeros(len(rows))}
        for name, sign, without, colour, hatch in FLOWS:
            people = yearly(name) - (yearly(without) if without else 0.0)
            ax.barh(rows, sign * people, left=ends[sign], color=colour, hatch=hatch, edgecolor="white", lw=0.3, height=0.6,
                    label=words(f"talent.{name}"))  # fmt: skip
            ends[sign] = ends[sign] + sign * people
        net = ends[1.0] + ends[-1.0]
        ax.plot(net, rows, "o", color="black", mec="white", ms=7, label=words("talent.net"))
        ax.axvline(0.0, color=GREY, lw=0.8)
        ax.set_yticks(rows, [wrapped(words.scenario(scenario), words) for scenario in comparison.scenarios])
        ax.set_ylim(len(rows) - 0.5, -0.5)
        ax.set_title(words("talent.title"))
        note(ax, words, words("talent.note", n=len(comparison.seeds)))
        legend_below(ax, 3)
    return ax
