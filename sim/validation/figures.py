"""Figures: what a fact looks like, a picture per row of the table.

Every measure is an axis of its own: the band is shaded, every run is a dot, the mean has its interval, the observed value
(where history gives one) is a diamond. What has one value for all runs together shows the interval only.
"""

from __future__ import annotations

import io
import math
import textwrap
from typing import Any

import numpy as np

from sim.validation.targets import Result, Row

COLOURS = {"pass": "#009E73", "near": "#E69F00", "fail": "#D55E00", "not computable": "0.6"}


def fact_plot(row: Row) -> Any:
    """The figure of a row; returns the figure."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        len(row.results), 1, figsize=(7.2, 0.5 + 1.0 * len(row.results)), layout="constrained", squeeze=False
    )
    for ax, result in zip(axes[:, 0], row.results, strict=True):
        _measure(ax, result)
    return figure


def _measure(ax: Any, result: Result) -> None:
    what = textwrap.shorten(result.what, 100, placeholder="...")
    ax.set_title(
        f"{what}{f' ({result.unit})' if result.unit not in ('', '1') else ''}", loc="left", fontsize=8
    )
    ax.set_yticks([])
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(labelsize=8)
    if math.isnan(result.value):
        ax.set_xticks([])
        ax.text(
            0.0,
            0.5,
            textwrap.shorten(result.reason, 110, placeholder="..."),
            fontsize=8,
            transform=ax.transAxes,
        )
        return
    points = np.array(
        [number for number in (*result.values, result.value, result.low, result.high, *result.band, result.observed or math.nan)
         if math.isfinite(number)]
    )  # fmt: skip
    room = 0.08 * (np.ptp(points) or max(1.0, abs(points[0])))
    left, right = points.min() - room, points.max() + room
    bottom, top = (
        end if math.isfinite(end) else edge for end, edge in zip(result.band, (left, right), strict=True)
    )
    ax.axvspan(bottom, top, color="0.9", lw=0)
    places = np.linspace(-0.25, 0.25, max(2, len(result.values)))[: len(result.values)]
    ax.plot(result.values, places, ".", color="0.55", ms=3)
    colour = COLOURS[result.verdict]
    if math.isfinite(result.low):
        ax.plot([result.low, result.high], [0.0, 0.0], color=colour, lw=2.5)
    ax.plot([result.value], [0.0], "o", color=colour, ms=6)
    if result.observed is not None:
        ax.plot([result.observed], [0.0], "D", color="black", ms=5, mfc="none")
    ax.set_xlim(left, right)
    ax.set_ylim(-0.4, 0.4)


def as_svg(figure: Any) -> str:
    """A figure as inline SVG, without a date so that the same numbers give the same text."""
    import matplotlib.pyplot as plt

    buffer = io.StringIO()
    with plt.rc_context({"svg.hashsalt": "cluster-sim", "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    plt.close(figure)
    text = buffer.getvalue()
    return text[text.index("<svg") :]
