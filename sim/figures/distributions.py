"""Distributions: sizes of enterprises and their growth, in one run of each scenario, several year ends together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.figures.style import GREY, canvas, colour_of, dashes_of, legend_below, note

if TYPE_CHECKING:
    from sim.run import Run


def sizes(run: Run) -> Any:
    """Sales of the last full year over the mean of that year, of all enterprises at all kept year ends."""
    found = []
    for quarter in run.kept:
        table = run.kept[quarter].enterprises
        sales = table.last_year_sales[table.alive & (table.last_year_sales > 0.0)]
        found.append(sales / sales.mean() if len(sales) else sales)
    return np.concatenate(found) if found else np.zeros(0)


def growth(run: Run) -> Any:
    """Changes of the log of yearly sales between kept year ends that follow each other, less the mean of the year."""
    found = []
    dates = sorted(run.kept, key=lambda quarter: quarter.index)
    for before, after in pairwise(dates):
        if after.index - before.index != 4:
            continue
        one, other = run.kept[before].enterprises, run.kept[after].enterprises
        then = {
            int(row.uid): float(row.last_year_sales) for row in one if row.alive and row.last_year_sales > 0.0
        }
        changes = np.array([
            np.log(float(row.last_year_sales) / then[int(row.uid)])
            for row in other
            if row.alive and row.last_year_sales > 0.0 and int(row.uid) in then
        ])  # fmt: skip
        found.append(changes - changes.mean() if len(changes) else changes)
    return np.concatenate(found) if found else np.zeros(0)


def size_plot(runs: Sequence[Run], ax: Any = None, language: str = "en", legend: bool = True) -> Any:
    """Share of enterprises that are larger than a size, both axes logarithmic: a straight tail is a power law."""
    with canvas(ax, language) as (ax, words):
        counts = []
        for place, run in enumerate(runs):
            ordered = np.sort(sizes(run))[::-1]
            counts.append(len(ordered))
            share = np.arange(1, len(ordered) + 1) / max(1, len(ordered))
            ax.loglog(
                ordered, share, color=colour_of(place), ls=dashes_of(place), lw=1.4, drawstyle="steps-post",
                label=words.scenario(run.scenario),
            )  # fmt: skip
        ax.set_xlim(1e-3, None)
        ax.set_title(words("distribution.size"))
        ax.set_ylabel(words("distribution.share_larger"))
        note(ax, words, words("distribution.size_note", n=words.joined([f"{count:,}" for count in counts])))
        if legend:
            legend_below(ax)
    return ax


def growth_plot(runs: Sequence[Run], ax: Any = None, language: str = "en", legend: bool = True) -> Any:
    """Density of yearly growth rates, logarithmic, beside a Laplace and a normal curve of the baseline's spread."""
    with canvas(ax, language) as (ax, words):
        edges = np.linspace(-1.5, 1.5, 31)
        middle = (edges[1:] + edges[:-1]) / 2
        counts = []
        for place, run in enumerate(runs):
            changes = growth(run)
            counts.append(len(changes))
            density = np.histogram(changes, edges)[0] / max(1, len(changes)) / np.diff(edges)
            ax.plot(
                middle, np.where(density > 0.0, density, np.nan), marker="osD^v"[place % 5], ms=3.5,
                color=colour_of(place), ls=dashes_of(place), lw=1.0, label=words.scenario(run.scenario),
            )  # fmt: skip
        changes = growth(runs[0])
        if len(changes) > 1 and changes.std() > 0.0:
            scale, spread = float(np.abs(changes).mean()), float(changes.std())
            ax.plot(
                middle,
                np.exp(-np.abs(middle) / scale) / (2 * scale),
                color=GREY,
                lw=1.0,
                label=words("distribution.laplace"),
            )
            ax.plot(middle, np.exp(-((middle / spread) ** 2) / 2) / (spread * np.sqrt(2 * np.pi)), color=GREY, lw=1.0, ls=":",
                    label=words("distribution.normal"))  # fmt: skip
        ax.set_yscale("log")
        ax.set_ylim(5e-3, None)
        ax.set_title(words("distribution.growth"))
        ax.set_ylabel(words("distribution.density"))
        note(ax, words, words("distribution.growth_note", n=words.joined([f"{count:,}" for count in counts])))
        if legend:
            legend_below(ax)
    return ax
