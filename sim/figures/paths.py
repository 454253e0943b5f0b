"""Paths: outcomes over time, of one run, of all runs of a comparison, and as differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.declare import OUTPUTS
from sim.figures.style import (
    GREY,
    PALE,
    PALETTE,
    canvas,
    coinciding,
    colour_of,
    dashes_of,
    dates_of,
    legend_below,
    note,
    thousands,
    years_of,
)
from sim.words import Words, signed

if TYPE_CHECKING:
    from sim.compare import Comparison
    from sim.run import Run

CLASSES = (
    "innovations_introduced",
    "innovations_assimilated",
    "innovations_reinnovation",
    "innovations_integrated",
    "innovations_original",
)


def series_plot(run: Run, output: str, ax: Any = None, language: str = "en") -> Any:
    """One output of one run by quarter."""
    with canvas(ax, language) as (ax, words):
        ax.plot(dates_of(run.scenario.start, len(run.recorder)), run.outputs[output], color=PALETTE[0])
        ax.set_title(words.with_unit(words.output(output), OUTPUTS[output].unit))
        note(ax, words, words("paths.run", title=words.scenario(run.scenario), seed=run.seed))
    return ax


def fan_plot(
    comparison: Comparison, output: str, ax: Any = None, language: str = "en", legend: bool = True
) -> Any:
    """One output by year: bands of the baseline's runs (10 to 90 and 25 to 75 %), the median run of every scenario.

    Bands say how far apart single runs lie, not how well the mean is known: that is ``effect_path_plot``.
    """
    with canvas(ax, language) as (ax, words):
        years, values = years_of(comparison), comparison.by_year(output)
        scale = 100.0 if OUTPUTS[output].unit == "share" else 1.0
        for share, colour in ((0.10, "#e4e4e4"), (0.25, "#c8c8c8")):
            low, high = np.nanquantile(scale * values[0], [share, 1.0 - share], axis=0)
            label = words("paths.band", low=f"{100 * share:.0f}", high=f"{100 - 100 * share:.0f}")
            ax.fill_between(years, low, high, color=colour, linewidth=0, label=label)
        middles = [np.nanmedian(scale * each, axis=0) for each in values]
        _lines(ax, words, comparison, years, middles)
        ax.set_title(words.with_unit(words.output(output), OUTPUTS[output].unit))
        note(ax, words, words("paths.fan", n=values.shape[1]) + _same(words, comparison, middles))
        if legend:
            legend_below(ax)
    return ax


def effect_path_plot(
    comparison: Comparison, output: str, ax: Any = None, language: str = "en", legend: bool = True
) -> Any:
    """Paired effect on one output by year: mean difference with its 95 % interval."""
    with canvas(ax, language) as (ax, words):
        years, found = years_of(comparison), comparison.effects_over_time(output)
        scale = 100.0 if OUTPUTS[output].unit == "share" else 1.0
        n = int(found.n.max())
        ax.axhline(0.0, color=GREY, lw=0.8)
        means = []
        for place, scenario in enumerate(comparison.scenarios[1:], start=1):
            part = found[found.scenario == scenario.name]
            means.append(scale * part.effect.to_numpy(float))
            ax.fill_between(
                years, scale * part.low, scale * part.high, color=colour_of(place), alpha=0.18, linewidth=0
            )
        _lines(ax, words, comparison, years, means, first=1)
        unit = words("number.points") if OUTPUTS[output].unit == "share" else words.unit(OUTPUTS[output].unit)
        label = words("paths.effect_on", output=words.output(output))
        ax.set_title(words("number.heading", text=label, unit=unit) if unit else label)
        about = "paths.interval" if n > 1 else "paths.no_interval"
        note(ax, words, words(about, n=n) + _same(words, comparison, means, first=1))
        if legend:
            legend_below(ax)
    return ax


def _lines(
    ax: Any, words: Words, comparison: Comparison, years: Any, lines: list[Any], first: int = 0
) -> None:
    thousands(ax.yaxis)
    for number, line in enumerate(lines, start=first):
        ax.plot(
            years, line, color=colour_of(number), ls=dashes_of(number), lw=1.8 if number == 0 else 1.4,
            label=words.scenario(comparison.scenarios[number]), zorder=3.0 - 0.1 * number,
        )  # fmt: skip


def _same(words: Words, comparison: Comparison, lines: list[Any], first: int = 0) -> str:
    """Says which lines coincide."""
    pairs = coinciding(lines)
    if not pairs:
        return ""
    told = [
        words("paths.pair", **{
            name: words.scenario(comparison.scenarios[place + first])
            for name, place in zip(("one", "other"), pair, strict=True)
        })
        for pair in pairs[:2]
    ]  # fmt: skip
    return "\n" + words("paths.coincide", pairs="; ".join(told))


def innovation_classes_plot(
    comparison: Comparison, place: int = 0, ax: Any = None, language: str = "en"
) -> Any:
    """Innovations of enterprises by class and year, mean over runs: from bought technology to an element of one's own."""
    with canvas(ax, language) as (ax, words):
        colours = (PALE, "#56B4E9", "#0072B2", "#E69F00", "#D55E00")
        hatches = ("", "//", "", "..", "")
        years = years_of(comparison)
        means = [np.nanmean(comparison.by_year(name)[place], axis=0) for name in CLASSES]
        drawn = ax.stackplot(
            years, means, labels=[words.output(name) for name in CLASSES], colors=colours, lw=0.4, edgecolor="white"
        )  # fmt: skip
        for area, hatch in zip(drawn, hatches, strict=True):
            area.set_hatch(hatch)
        ax.set_title(words("paths.classes", title=words.scenario(comparison.scenarios[place])))
        note(ax, words, words("paths.mean", n=len(comparison.seeds)))
        legend_below(ax, 3)
    return ax


def stage_heat_map(
    comparison: Comparison,
    place: int = 1,
    output: str = "value_added_volume",
    ax: Any = None,
    language: str = "en",
) -> Any:
    """Stage by year: mean difference from the baseline of an output that is kept by stage."""
    from matplotlib.colors import SymLogNorm

    with canvas(ax, language, (8.6, 2.9)) as (ax, words):
        stages = comparison.keys("stage")
        paths = [comparison.by_year(output, "stage", stage) for stage in stages]
        gain = np.array([np.nanmean(path[place] - path[0], axis=0) for path in paths])
        limit = float(np.nanmax(np.abs(gain))) or 1.0
        first = int(str(comparison.baseline.start)[:4])
        ticks = (-limit, -limit / 10, 0.0, limit / 10, limit)
        image = ax.imshow(
            gain, aspect="auto", cmap="PuOr_r", norm=SymLogNorm(limit / 30, vmin=-limit, vmax=limit),
            extent=(first - 0.5, first + gain.shape[1] - 0.5, len(stages) - 0.5, -0.5),
        )  # fmt: skip
        ax.set_yticks(range(len(stages)), [words.group("stage", s, comparison.baseline) for s in stages])
        ax.spines[:].set_visible(False)
        unit = words.unit(OUTPUTS[output].unit)
        bar = ax.figure.colorbar(image, ax=ax, pad=0.01)
        bar.ax.tick_params(labelsize=8)
        bar.set_ticks(ticks, labels=[signed(tick) for tick in ticks])
        title = words(
            "paths.heat", title=words.scenario(comparison.scenarios[place]), output=words.output(output)
        )
        ax.set_title(words("number.heading", text=title, unit=unit))
        note(ax, words, words("paths.heat_note", n=len(comparison.seeds)))
    return ax
