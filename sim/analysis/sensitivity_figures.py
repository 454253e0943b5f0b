"""Figures of sensitivity: a tornado for one outcome, a heat map for many."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.sensitivity import WORDS, ranked_by
from sim.declare import OUTPUTS

if TYPE_CHECKING:
    import pandas as pd

MOST, MANY = 12, 20  # factors that a tornado and a heat map show
LOW, HIGH = "#0072B2", "#D55E00"  # of the colour-blind-safe palette


def tornado(table: pd.DataFrame, output: str, method: str, ax: Any = None) -> Any:
    """The strongest factors of an outcome as bars with their intervals; returns the axes.

    table  as ``sensitivity`` makes it; ``method``: that of the sample
    """
    import matplotlib.pyplot as plt

    value, low, high = ranked_by(method)
    part = table[table["output"] == output].head(MOST).iloc[::-1]
    rows = np.arange(len(part))
    if ax is None:
        ax = plt.figure(figsize=(7.5, 0.8 + 0.42 * len(part)), layout="constrained").add_subplot()
    if method == "one_at_a_time":
        ax.barh(rows + 0.2, part["low"], height=0.4, color=LOW, label="at the low end")
        ax.barh(rows - 0.2, part["high"], height=0.4, color=HIGH, label="at the high end")
        ax.legend(fontsize=8, frameon=False)
    else:
        ax.barh(rows, part[value], color=LOW)
        ends = [part[value] - part[low], part[high] - part[value]]
        ax.errorbar(part[value], rows, xerr=np.nan_to_num(ends), fmt="none", color="0.25", lw=1, capsize=2)
    ax.axvline(0.0, color="0.4", lw=0.8)
    ax.set_yticks(rows, [_short(row) for row in part.itertuples()], fontsize=8)
    declared = OUTPUTS[output]
    unit = "" if value == "total" or declared.unit == "1" else f", {declared.unit}"
    interval = "" if method == "one_at_a_time" else "95 % interval, "
    ax.set_xlabel(f"{WORDS[value]}{unit} ({interval}n = {part['n'].iloc[0]} runs)", fontsize=8)
    ax.set_title(declared.label[0], loc="left", fontsize=10)
    ax.tick_params(axis="x", labelsize=8)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _short(row: Any) -> str:
    name = row.factor.split(".", 1)[1]
    return "\n".join(textwrap.wrap(f"{name}: {row.label}", 52)[:2])


def heat_map(table: pd.DataFrame, method: str, ax: Any = None) -> Any:
    """Outcomes by factors: how strong each factor is relative to the strongest of the outcome; returns the axes."""
    import matplotlib.pyplot as plt

    value = ranked_by(method)[0]
    wide = table.assign(size=table[value].abs()).pivot(index="factor", columns="output", values="size")
    wide = wide[list(dict.fromkeys(table["output"]))]
    share = wide / wide.max()
    share = share.loc[share.mean(axis=1).sort_values(ascending=False).index].head(MANY)
    if ax is None:
        size = (2.6 + 1.15 * share.shape[1], 1.9 + 0.32 * share.shape[0])
        ax = plt.figure(figsize=size, layout="constrained").add_subplot()
    image = ax.imshow(share, cmap="cividis", vmin=0.0, vmax=1.0, aspect="auto")
    labels = [textwrap.fill(OUTPUTS[name].label[0], 16) for name in share.columns]
    ax.set_xticks(range(share.shape[1]), labels, fontsize=8)
    ax.set_yticks(range(share.shape[0]), [name.split(".", 1)[1] for name in share.index], fontsize=8)
    for (row, column), part in np.ndenumerate(share.to_numpy()):
        if np.isfinite(part):
            ax.text(column, row, f"{part:.2f}", ha="center", va="center", fontsize=7,
                    color="black" if part > 0.55 else "white")  # fmt: skip
    which = f"the {MANY} strongest of {len(wide)} factors, " if len(wide) > MANY else ""
    ax.set_title(f"{which}n = {table['n'].iloc[0]} runs", loc="left", fontsize=9)
    bar = ax.figure.colorbar(image, ax=ax, shrink=0.9)
    bar.set_label(textwrap.fill(f"{WORDS[value]}, relative to the strongest factor", 36), fontsize=8)
    bar.ax.tick_params(labelsize=8)
    return ax
