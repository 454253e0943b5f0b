"""Networks: who supplies whom, and who does research with whom, in one run at one date.

A network is that of one run, not a mean: means of networks do not exist. The caption says which run it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.figures.style import GREY, PALETTE, canvas, legend_below, note, wrapped
from sim.words import Words
from sim.world import OWNERSHIP_NAMES, PARTNERS, SUPPLIERS, World

if TYPE_CHECKING:
    from sim.scenario import Scenario

MARKS = ("s", "o", "^")  # by ownership: state, private, outside
INSTITUTE = "#000000"


def supplier_links(world: World) -> list[tuple[int, int, float]]:
    """Rows of supplier and buyer and the trust between them, for links that still hold."""
    table = world.enterprises
    links = []
    for row in np.flatnonzero(table.alive):
        for slot in range(SUPPLIERS):
            other, uid = int(table.supplier[row, slot]), int(table.supplier_uid[row, slot])
            if uid and table.alive[other] and table.uid[other] == uid:
                links.append((other, int(row), float(table.supplier_trust[row, slot])))
    return links


def partner_links(world: World) -> list[tuple[int, int, float]]:
    """Rows of two research partners and their trust; institutes are counted on behind the enterprises."""
    links: dict[tuple[int, int], float] = {}
    table, institutes = world.enterprises, world.institutes
    for row in np.flatnonzero(table.alive):
        for slot in range(PARTNERS):
            other, uid = int(table.partner[row, slot]), int(table.partner_uid[row, slot])
            if not uid:
                continue
            is_institute = bool(table.partner_institute[row, slot])
            there = institutes if is_institute else table
            if there.alive[other] and there.uid[other] == uid:
                node = other + len(table) if is_institute else other
                pair = (min(int(row), node), max(int(row), node))
                links[pair] = max(links.get(pair, 0.0), float(table.partner_trust[row, slot]))
    return [(one, other, trust) for (one, other), trust in links.items()]


def supplier_network(
    world: World, scenario: Scenario, ax: Any = None, language: str = "en", about: str = ""
) -> Any:
    """Enterprises in columns by stage, a line from each supplier to each buyer that knows it, thicker with trust."""
    with canvas(ax, language, (5.6, 3.8)) as (ax, words):
        table = world.enterprises
        links = supplier_links(world)
        spots = _columns(world, links)
        for source, target, trust in links:
            (x0, y0), (x1, y1) = spots[source], spots[target]
            ax.plot([x0, x1], [y0, y1], color=GREY, lw=0.3 + 1.5 * trust, alpha=0.45, zorder=1)
        _nodes(ax, words, scenario, table, spots)
        for stage in scenario.chain.stages:
            ax.text(
                stage.number,
                1.06,
                wrapped(words.either(stage.label), words, 12),
                ha="center",
                va="bottom",
                fontsize=8,
            )
        ax.set_xlim(0.5, len(scenario.chain.stages) + 0.5)
        ax.set_ylim(-0.06, 1.12)
        _bare(ax)
        ax.set_title(words("network.supply", title=words.scenario(scenario)), pad=24)
        n = int(table.alive.sum())
        note(ax, words, words("network.supply_note", n=n, links=len(links), about=about))
        _legend(ax)
    return ax


def _columns(world: World, links: list[tuple[int, int, float]]) -> dict[int, tuple[float, float]]:
    """Stage by stage, each enterprise at the mean height of its suppliers, spread evenly: few lines cross."""
    table = world.enterprises
    heights: dict[int, float] = {}
    for stage in sorted(set(table.stage[table.alive].tolist())):
        rows = [int(row) for row in np.flatnonzero(table.alive & (table.stage == stage))]
        wish = {}
        for row in rows:
            known = [heights[source] for source, target, _ in links if target == row and source in heights]
            wish[row] = float(np.mean(known)) if known else 0.5
        rows.sort(key=lambda row: (table.product[row], wish[row], row))
        for number, row in enumerate(rows):
            heights[row] = 1.0 - (number + 0.5) / len(rows)
    return {
        row: (float(table.stage[row]) + 0.09 * (-1.0) ** number, height)
        for number, (row, height) in enumerate(heights.items())
    }


def _nodes(ax: Any, words: Words, scenario: Scenario, table: Any, spots: dict[int, Any]) -> None:
    rows = [row for row in spots if row < len(table)]
    largest = max((float(table.sales[row]) for row in rows), default=0.0) or 1.0
    for code in range(len(OWNERSHIP_NAMES)):
        members = [row for row in rows if table.ownership[row] == code]
        if not members:
            continue
        ax.scatter(
            [spots[row][0] for row in members], [spots[row][1] for row in members],
            s=[14 + 190 * float(table.sales[row]) / largest for row in members],
            marker=MARKS[code], color=PALETTE[code], edgecolors="white", linewidths=0.6, zorder=3,
            label=words.group("ownership", code, scenario),
        )  # fmt: skip


def _legend(ax: Any) -> None:
    for handle in legend_below(ax, 4).legend_handles:
        handle.set_sizes([30.0])


def _bare(ax: Any) -> None:
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)


def research_network(
    world: World, scenario: Scenario, ax: Any = None, language: str = "en", about: str = ""
) -> Any:
    """Institutes and the enterprises that know a research partner; those that know none are counted, not drawn."""
    import networkx

    with canvas(ax, language, (5.6, 3.8)) as (ax, words):
        table = world.enterprises
        links = partner_links(world)
        graph = networkx.Graph()
        institutes = [len(table) + int(row) for row in np.flatnonzero(world.institutes.alive)]
        graph.add_nodes_from(institutes)
        graph.add_weighted_edges_from(links)
        spots = networkx.spring_layout(graph, seed=1, k=1.6 / max(1.0, np.sqrt(len(graph))), iterations=120)
        for one, other, trust in links:
            ax.plot(
                *zip(spots[one], spots[other], strict=True),
                color=GREY,
                lw=0.3 + 1.5 * trust,
                alpha=0.45,
                zorder=1,
            )
        _nodes(ax, words, scenario, table, {row: spot for row, spot in spots.items() if row < len(table)})
        people = world.institutes.local_talents + world.institutes.introduced_talents
        most = float(people.max()) or 1.0
        ax.scatter(
            [spots[row][0] for row in institutes], [spots[row][1] for row in institutes],
            s=[40 + 160 * float(people[row - len(table)]) / most for row in institutes],
            marker="*", color=INSTITUTE, edgecolors="white", linewidths=0.6, zorder=4, label=words("network.institute"),
        )  # fmt: skip
        _bare(ax)
        ax.margins(0.05)
        ax.set_title(words("network.research", title=words.scenario(scenario)))
        drawn = sum(node < len(table) for node in graph)
        alone = int(table.alive.sum()) - drawn
        note(ax, words, words("network.research_note", n=drawn, alone=alone, links=len(links), about=about))
        _legend(ax)
    return ax
