"""Figures: what a comparison or a run looks like.

Each function draws on the axes it is given (or on new ones), returns them, and never shows or saves unless asked for a
path. Labels and units come from the declarations of the outputs; the palette (Okabe and Ito) reads without colour vision.
"""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib

matplotlib.use("Agg", force=False)
import matplotlib.pyplot as plt
import numpy as np

from sim.declare import OUTPUTS

if TYPE_CHECKING:
    from sim.compare import Comparison
    from sim.run import Run

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
EFFECTS = (
    "new_materials_volume",
    "new_materials_share",
    "mean_stage_counted",
    "local_conversion_rate",
    "inventive_innovations",
    "talents_employed",
    "export_share",
    "output_counted_volume",
)


def _axes(ax: Any, size: tuple[float, float] = (6.4, 3.6)) -> Any:
    return ax if ax is not None else plt.figure(figsize=size, layout="constrained").add_subplot()


def _title(output: str) -> str:
    declared = OUTPUTS[output]
    return declared.label[0] if declared.unit == "1" else f"{declared.label[0]} ({declared.unit})"


def _years(start: Any, quarters: int) -> Any:
    first = int(str(start)[:4]) + (int(str(start)[-1]) - 1) / 4.0
    return first + np.arange(quarters) / 4.0


def series_plot(run: Run, output: str, ax: Any = None) -> Any:
    """One output of one run by quarter."""
    ax = _axes(ax)
    ax.plot(_years(run.scenario.start, len(run.recorder)), run.outputs[output], color=PALETTE[0])
    ax.set_title(_title(output), loc="left", fontsize=10)
    ax.set_xlabel(f"{run.scenario.title}, seed {run.seed}", fontsize=8)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def fan_plot(comparison: Comparison, output: str, ax: Any = None) -> Any:
    """One output over time for all scenarios: median of runs, band of the 10th to 90th percentile of the baseline's runs."""
    ax = _axes(ax)
    paths = comparison.paths(output)
    years = _years(comparison.baseline.start, paths.shape[2])
    low, high = np.nanquantile(paths[0], [0.1, 0.9], axis=0)
    ax.fill_between(years, low, high, color="0.85", label="baseline, 10 to 90 % of runs", linewidth=0)
    for place, scenario in enumerate(comparison.scenarios):
        ax.plot(
            years,
            np.nanmedian(paths[place], axis=0),
            color=PALETTE[place % len(PALETTE)],
            label=scenario.title,
            lw=1.4,
        )
    ax.set_title(_title(output), loc="left", fontsize=10)
    ax.set_xlabel(f"median of {paths.shape[1]} runs each", fontsize=8)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def effect_path_plot(comparison: Comparison, output: str, ax: Any = None) -> Any:
    """Paired effect on one output over time: mean difference with its 95 % interval (normal approximation)."""
    ax = _axes(ax)
    paths = comparison.paths(output)
    years = _years(comparison.baseline.start, paths.shape[2])
    ax.axhline(0.0, color="0.5", lw=0.8)
    for place, scenario in enumerate(comparison.scenarios[1:], start=1):
        difference = paths[place] - paths[0]
        mean = np.nanmean(difference, axis=0)
        half = 1.96 * np.nanstd(difference, axis=0) / np.sqrt(max(1, difference.shape[0]))
        colour = PALETTE[place % len(PALETTE)]
        ax.plot(years, mean, color=colour, label=scenario.title, lw=1.4)
        ax.fill_between(years, mean - half, mean + half, color=colour, alpha=0.15, linewidth=0)
    ax.set_title("Effect on: " + _title(output), loc="left", fontsize=10)
    ax.set_xlabel(
        f"policy less baseline, n = {paths.shape[1]} paired seeds, 95 % interval of the mean", fontsize=8
    )
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def effect_plot(comparison: Comparison, path: Path | str | None = None) -> Any:
    """Effects on the headline outcomes with intervals, in per cent of the baseline, one panel per outcome."""
    effects = comparison.effects
    names = [name for name in EFFECTS if name in comparison.outputs]
    titles = {scenario.name: scenario.title for scenario in comparison.scenarios}
    columns = 4
    figure, panels = plt.subplots(
        -(-len(names) // columns),
        columns,
        figsize=(12.5, 5.2),
        sharey=True,
        layout="constrained",
        squeeze=False,
    )
    for ax, name in zip(panels.flat, names, strict=False):
        part = effects[effects.output == name].reset_index(drop=True)
        scale = 100.0 / part.baseline.abs().replace(0.0, np.nan)
        for row in range(len(part)):
            middle = part.effect[row] * scale[row]
            ax.plot(
                [part.low[row] * scale[row], part.high[row] * scale[row]],
                [row, row],
                color=PALETTE[(row + 1) % 7],
                lw=2,
            )
            ax.plot([middle], [row], "o", color=PALETTE[(row + 1) % 7], ms=5)
        ax.axvline(0.0, color="0.5", lw=0.8)
        ax.set_title(textwrap.fill(OUTPUTS[name].label[0], 32), fontsize=9, loc="left")
        ax.set_yticks(range(len(part)), [titles[s] for s in part.scenario], fontsize=8)
        ax.tick_params(axis="x", labelsize=8)
        ax.spines[["top", "right"]].set_visible(False)
        ax.margins(y=0.2)
    for ax in panels.flat[len(names) :]:
        ax.set_visible(False)
    panels[0, 0].invert_yaxis()
    figure.supxlabel(
        f"change against the baseline in % (last five years; n = {len(comparison.seeds)} paired seeds; 95 % interval)",
        fontsize=9,
    )
    if path is not None:
        figure.savefig(path, dpi=130)
        plt.close(figure)
    return figure
