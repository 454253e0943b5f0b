"""Chain map: what is made where, from what, and where it goes.

Stages stand from left to right. A disc is a product, its area the yearly output of the cluster at reference prices (a
small ring: not made). From each input a line runs to each product made of it: its width is the value that the cluster's
makers of the product buy, split in two, the solid part bought in the cluster, the dotted part outside. A bar below a disc shows where sales go: inside the
cluster, to the rest of the country, abroad. Means over all runs of a scenario.

Purchases are kept by buying product, all inputs together; a product with several inputs has them shared out by quantity
per unit times reference price, with one local share for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np

from sim.figures.style import GREY, PALE, canvas, in_style, legend_below, note, wrapped
from sim.words import Words

if TYPE_CHECKING:
    from sim.compare import Comparison

APART = 1.95  # distance of two stages, that of two products is 1
LARGEST = 0.42  # radius of the largest disc
MADE, LOCAL, OUTSIDE = "#0072B2", "#0072B2", "#D55E00"
DESTINATIONS = ("#0072B2", "#E69F00", "#CC79A7")  # inside the cluster, rest of the country, abroad


@dataclass(frozen=True)
class Link:
    """Purchases of one input by the makers of one product, million CNY a year."""

    source: int
    target: int
    local: float
    outside: float


@dataclass(frozen=True)
class Flows:
    """The chain of one scenario in one year, means over runs, million CNY."""

    output: Any  # [product] at reference prices
    local: Any  # [product] sales inside the cluster
    domestic: Any  # [product] to the rest of the country
    abroad: Any  # [product]
    links: tuple[Link, ...]


def flows_of(comparison: Comparison, place: int, year: int) -> Flows:
    """What was made, bought and sold in a year. Raises ``ValueError`` for a year outside the study."""
    at = comparison.years.index(str(year))
    products = comparison.keys("product")

    def mean(output: str) -> Any:
        return np.array(
            [np.nanmean(comparison.by_year(output, "product", key)[place, :, at]) for key in products]
        )

    sales, local, abroad = mean("sales"), mean("sales_local"), mean("exports")
    bought, imported = mean("inputs_local"), mean("inputs_outside")
    chain = comparison.baseline.chain
    links = []
    for process in chain.processes:
        target = chain.product_index(process.product)
        worth = {
            chain.product_index(key): amount * chain.products[chain.product_index(key)].price
            for key, amount in process.inputs.items()
        }
        for source, value in worth.items():
            share = value / sum(worth.values())
            links.append(Link(source, target, share * bought[target], share * imported[target]))
    return Flows(mean("output_volume"), local, np.maximum(sales - local - abroad, 0.0), abroad, tuple(links))


def chain_map(
    comparison: Comparison,
    place: int = 0,
    year: int | None = None,
    ax: Any = None,
    language: str = "en",
    labels: bool = True,
    largest: float | None = None,
) -> Any:
    """The chain of one scenario in one year (by default the last). ``largest``: the output drawn as the largest disc,
    so that maps beside each other have one scale."""
    chain = comparison.baseline.chain
    rows = max(y for _, y in positions(chain)) + 1.0
    with canvas(ax, language, (8.6, 1.9 + 0.56 * rows)) as (ax, words):
        year = year or int(comparison.years[-1])
        flows = flows_of(comparison, place, year)
        scale = largest or float(flows.output.max()) or 1.0
        spots = positions(chain)
        _draw_links(ax, flows, spots, scale, 9.0 if labels else 4.0)
        _draw_products(ax, words, comparison, flows, spots, scale, labels)
        top = max(y for _, y in spots) + 0.62
        for stage in chain.stages:
            text = wrapped(words.either(stage.label), words, 16) if labels else str(stage.number)
            ax.text(APART * stage.number, top, text, ha="center", va="bottom", fontsize=9 if labels else 7,
                    weight="bold" if words.language == "en" else "normal")  # fmt: skip
        ax.set_xlim(APART * 0.4, APART * (len(chain.stages) + 0.6))
        ax.set_ylim(-0.75, top + (0.6 if labels else 0.4))
        ax.set_aspect("equal")
        ax.set_xticks([])
        ax.set_yticks([])
        ax.spines[:].set_visible(False)
        title = words("chain.title", title=words.scenario(comparison.scenarios[place]), year=year)
        ax.set_title(title if labels else str(year))
        if labels:
            note(ax, words, words("chain.note", n=len(comparison.seeds)))
            _legend(ax, words)
    return ax


def positions(chain: Any) -> list[tuple[float, float]]:
    """Where the products stand: stage by stage, each stage spread over the same height."""
    most = max(sum(product.stage == stage.number for product in chain.products) for stage in chain.stages)
    seen = dict.fromkeys((stage.number for stage in chain.stages), 0)
    members = {number: sum(product.stage == number for product in chain.products) for number in seen}
    spots = []
    for product in chain.products:
        gap = most / members[product.stage]
        spots.append((APART * product.stage, most - gap * (seen[product.stage] + 0.5) - 0.5))
        seen[product.stage] += 1
    return spots


def joint_products(chain: Any) -> set[int]:
    """Rows of products that are nobody's main product: their output is counted with that of their makers."""
    mains = {process.product for process in chain.processes}
    return {row for row, product in enumerate(chain.products) if product.key not in mains}


def _draw_links(ax: Any, flows: Flows, spots: list[tuple[float, float]], scale: float, widest: float) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    sides = ((0.05, LOCAL, "-"), (-0.05, OUTSIDE, (0, (1, 1))))
    for link in flows.links:
        (x0, y0), (x1, y1) = spots[link.source], spots[link.target]
        middle = (x0 + x1) / 2
        for value, (shift, colour, style) in zip((link.local, link.outside), sides, strict=True):
            if value < 1e-4 * scale:
                continue
            curve = Path(
                [(x0, y0 + shift), (middle, y0 + shift), (middle, y1 + shift), (x1, y1 + shift)],
                [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4],
            )
            width = max(0.5, widest * float(np.sqrt(value / scale)))
            ax.add_patch(
                PathPatch(
                    curve, fill=False, ec=colour, lw=width, ls=style, alpha=0.55, zorder=1, capstyle="butt"
                )
            )


def _draw_products(
    ax: Any, words: Words, comparison: Comparison, flows: Flows, spots: list[tuple[float, float]], scale: float,
    labels: bool,
) -> None:  # fmt: skip
    from matplotlib.patches import Circle, Rectangle

    joint = joint_products(comparison.baseline.chain)
    for row, (x, y) in enumerate(spots):
        radius = LARGEST * float(np.sqrt(max(float(flows.output[row]), 0.0) / scale))
        if row in joint:
            ax.add_patch(Circle((x, y), 0.09, fc=PALE, ec=MADE, lw=1.2, zorder=3))
        elif radius < 0.02:
            ax.add_patch(Circle((x, y), 0.06, fc="white", ec=GREY, lw=1.0, zorder=3))
        else:
            ax.add_patch(Circle((x, y), radius, fc=MADE, ec="white", lw=0.8, zorder=3))
        if not labels:
            continue
        below = y - max(radius, 0.09) - 0.05
        parts = np.array([flows.local[row], flows.domestic[row], flows.abroad[row]])
        if parts.sum() > 5e-4 * scale:
            left = x - 0.3
            for part, colour in zip(parts / parts.sum(), DESTINATIONS, strict=True):
                ax.add_patch(
                    Rectangle((left, below - 0.07), 0.6 * part, 0.07, fc=colour, ec="none", zorder=4)
                )
                left += 0.6 * part
            below -= 0.09
        name = wrapped(words.group("product", row, comparison.baseline), words, 20)
        ax.text(x, below, name, ha="center", va="top", fontsize=7, zorder=5, linespacing=0.95,
                bbox={"fc": "white", "ec": "none", "alpha": 0.75, "pad": 0.4})  # fmt: skip


def _legend(ax: Any, words: Words) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Line2D([], [], marker="o", ls="", color=MADE, ms=8, label=words("chain.made")),
        Line2D([], [], marker="o", ls="", mfc="white", mec=GREY, ms=6, label=words("chain.not_made")),
        Line2D([], [], marker="o", ls="", mfc=PALE, mec=MADE, ms=7, label=words("chain.joint")),
        Line2D([], [], color=LOCAL, lw=3, alpha=0.55, label=words("chain.local")),
        Line2D([], [], color=OUTSIDE, lw=3, alpha=0.55, ls=(0, (1, 1)), label=words("chain.outside")),
        *(Patch(fc=colour, label=words(f"chain.to_{name}"))
          for name, colour in zip(("cluster", "country", "abroad"), DESTINATIONS, strict=True)),
    ]  # fmt: skip
    legend_below(ax, 4, handles)


def chain_over_time(
    comparison: Comparison,
    places: tuple[int, ...] = (0, 1),
    years: tuple[int, ...] = (),
    language: str = "en",
) -> Any:
    """Small maps without names, a row per scenario, a column per year, all on one scale; returns the figure."""
    words = Words(language)
    first, last = int(comparison.years[0]), int(comparison.years[-1])
    chosen = years or tuple(sorted({round(first + (last - first) * step / 3) for step in range(4)}))
    largest = max(flows_of(comparison, place, year).output.max() for place in places for year in chosen)
    with in_style(language):
        figure, panels = plt.subplots(
            len(places), len(chosen), figsize=(8.6, 1.55 * len(places)), layout="constrained", squeeze=False
        )
        for row, place in zip(panels, places, strict=True):
            for ax, year in zip(row, chosen, strict=True):
                chain_map(comparison, place, year, ax, language, labels=False, largest=float(largest))
            row[0].set_ylabel(wrapped(words.scenario(comparison.scenarios[place]), words, 20), fontsize=8)
    return figure
