"""Assumptions: which of them would turn a ranking of policies around.

Scenarios are compared in many worlds that differ in their assumptions: each world takes one plausible parameter set of the
calibration, where there is one, and draws the other assumptions from the middle of their ranges (Latin hypercube). All
scenarios of a world run on the same seeds. Then

    lead       effect of the best scenario (or effect per public cost) less that of the next, over all worlds          (1)
    turned     worlds in which (1) is negative: there another scenario is best
    influence  Spearman's rank correlation of an assumption with (1), p-value adjusted for all assumptions (Holm)      (2)
    from, to   the half-line of the assumption on which turned worlds are most over-represented (Kolmogorov, Smirnov)  (3)

(3) is regional sensitivity analysis (Hornberger and Spear 1981): an assumption matters for a decision when the worlds that
reverse it are those in which the assumption is large, or small. An assumption that matters for the level of all scenarios
alike does not show, and need not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from sim.analysis.comparable import ParameterSet
from sim.analysis.ensemble import ensemble_file, plausible_sets
from sim.analysis.outcomes import good
from sim.analysis.paired import holm
from sim.declare import OUTPUTS, PARAMETERS
from sim.problems import InputError, Problem, nearest
from sim.scenario import Scenario, declare_all

if TYPE_CHECKING:
    import pandas as pd

    from sim.compare import Comparison

REACH = 0.5  # of the way from the default to either end of the range
LEAST_COST = 5.0  # present value, million CNY: nothing is divided by less
SURE = 0.05


@dataclass(frozen=True)
class Turning:
    """What would turn a ranking."""

    output: str
    ranked_by: str  # "effect" or "effect per public cost"
    order: tuple[str, ...]  # scenarios from best to worst over all worlds
    first_in: dict[str, float]  # share of worlds in which each scenario is best
    turned: float  # share of worlds in which the first is not best
    worlds: int
    table: pd.DataFrame = field(repr=False)  # a row per assumption, the most influential first


def assumptions(names: Sequence[str] | None = None) -> dict[str, tuple[float, float, float]]:
    """Default, low and high of assumptions by ``group.name``: those named, or all of that kind."""
    declare_all()
    known = {
        f"{group}.{name}": each for group, members in PARAMETERS.items() for name, each in members.items()
    }
    wrong = [name for name in names or () if name not in known]
    if wrong:
        raise InputError(
            [
                Problem("", None, "assumption", name, "no such parameter", suggestion=nearest(name, known))
                for name in wrong
            ]
        )
    chosen = names or [
        name for name, each in known.items() if each.kind == "assumption" and each.low < each.high
    ]
    return {name: (known[name].default, known[name].low, known[name].high) for name in chosen}


def worlds(
    scenario: Scenario, number: int, names: Sequence[str] | None = None, seed: int = 0
) -> list[ParameterSet]:
    """``number`` parameter sets: plausible ones in turn, the other assumptions drawn from the middle of their ranges."""
    drawn = assumptions(names)
    unit = stats.qmc.LatinHypercube(len(drawn), rng=np.random.default_rng(seed)).random(number)
    plausible = plausible_sets(scenario) if ensemble_file(scenario).is_file() else []
    made: list[ParameterSet] = []
    for place, row in enumerate(unit):
        world: dict[str, float] = {}
        for (name, (default, low, high)), u in zip(drawn.items(), row, strict=True):
            bottom, top = default + REACH * (low - default), default + REACH * (high - default)
            world[name] = float(bottom + u * (top - bottom))
        if plausible:
            world.update(plausible[place % len(plausible)])
        made.append(world)
    return made


def turning(comparison: Comparison, output: str, *, per_cost: bool = False) -> Turning:
    """Which assumption would turn the ranking on an output, from a comparison over many parameter sets.

    Raises :class:`InputError` for fewer than two policies or eight worlds.
    """
    import pandas as pd

    names = [scenario.name for scenario in comparison.scenarios[1:]]
    sets = comparison.parameter_sets
    if len(names) < 2 or len(sets) < 8:
        what = "a ranking needs two policies besides the baseline, and eight parameter sets"
        raise InputError([Problem("assumptions", None, "", None, what)])
    worth = worth_by_world(comparison, output, per_cost)
    order = np.argsort(-np.nanmean(worth, axis=1))
    best = np.argmax(worth, axis=0)
    lead = worth[order[0]] - np.nanmax(worth[order[1:]], axis=0)
    turned = lead < 0.0
    rows = []
    for name in sorted({name for each in sets for name in each}):
        values = np.array([each.get(name, np.nan) for each in sets])
        known = np.isfinite(values) & np.isfinite(lead)
        if known.sum() >= 8 and np.ptp(values[known]) > 0.0 and np.ptp(lead[known]) > 0.0:
            found = stats.spearmanr(values[known], lead[known])
            rows.append(
                (name, float(found.statistic), float(found.pvalue), *_half_line(values[known], turned[known]))
            )
    columns = ["assumption", "influence", "p", "side", "threshold", "turned_there", "turned_elsewhere"]
    table = pd.DataFrame(rows, columns=columns)
    table["p_holm"] = holm(table.p)[0]
    table["sure"] = table.p_holm < SURE
    return Turning(
        output,
        "effect per public cost" if per_cost else "effect",
        tuple(names[place] for place in order),
        {name: float((best == place).mean()) for place, name in enumerate(names)},
        float(turned.mean()),
        len(sets),
        table.sort_values("influence", key=lambda column: -column.abs(), ignore_index=True),
    )


def worth_by_world(comparison: Comparison, output: str, per_cost: bool) -> Any:
    """Mean effect in the better direction, or that over public cost: [policy, world]."""
    if output not in OUTPUTS:
        problem = Problem(
            "assumptions", None, "output", output, "no such output", suggestion=nearest(output, OUTPUTS)
        )
        raise InputError([problem])
    outcome = comparison.outcome(output)
    effect = good(output) * (outcome[1:] - outcome[0])
    cost = comparison.cost[1:] - comparison.cost[0]
    of = np.array(comparison.set_of)
    by_world = [
        np.stack(
            [np.nanmean(values[:, of == place], axis=1) for place in range(len(comparison.parameter_sets))],
            axis=1,
        )
        for values in (effect, cost)
    ]
    return by_world[0] / np.maximum(LEAST_COST, by_world[1]) if per_cost else by_world[0]


def _half_line(values: Any, turned: Any) -> tuple[str, float, float, float]:
    """(3): "above" or "below" which value, and the shares of turned worlds there and elsewhere."""
    if not turned.any() or turned.all():
        return "", float("nan"), float(turned.mean()), float(turned.mean())
    order = np.argsort(values)
    ahead = np.cumsum(np.where(turned[order], 1.0 / turned.sum(), -1.0 / (~turned).sum()))[:-1]
    at = int(np.abs(ahead).argmax())
    threshold = float(0.5 * (values[order[at]] + values[order[at + 1]]))
    below = values <= threshold
    there, elsewhere = float(turned[below].mean()), float(turned[~below].mean())
    return (
        ("below", threshold, there, elsewhere) if ahead[at] > 0.0 else ("above", threshold, elsewhere, there)
    )


def in_words(found: Turning, most: int = 3) -> list[str]:
    """What a reader wants to know: sentences."""
    first, *_ = found.order
    said = [
        f"By {found.ranked_by} on {OUTPUTS[found.output].label[0].lower()}, {first} is best in "
        f"{1.0 - found.turned:.0%} of {found.worlds} worlds that differ in their assumptions."
    ]
    sure = found.table[found.table.sure]
    if sure.empty:
        said.append("No single assumption is seen to decide that.")
    for row in sure.head(most).itertuples():
        said.append(
            f"{row.assumption}: {'above' if row.side == 'above' else 'below'} {row.threshold:.3g} another is best in "
            f"{row.turned_there:.0%} of worlds, elsewhere in {row.turned_elsewhere:.0%}."
            if row.side
            else f"{row.assumption} moves the lead (rank correlation {row.influence:+.2f}), but never turns it."
        )
    return said
