"""Findings: the numbers behind the answer, each held once. Sentences and tables are both made from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.equal_budget import ranking
from sim.analysis.outcomes import MAIN
from sim.declare import OUTPUTS

if TYPE_CHECKING:
    from sim.compare import Comparison

CHAIN, INNOVATION = MAIN
# What the effect table shows, by question; the first of each is what the answer is about.
QUESTIONS: dict[str, tuple[str, ...]] = {
    "chain": (CHAIN, "new_materials_share", "mean_stage_counted", "products_at_scale", "local_conversion_rate",
              "local_sourcing_rate", "value_multiplication"),
    "innovation": (INNOVATION, "research", "capability_gap", "new_product_share", "digestion_ratio"),
    "cluster": ("enterprises", "employment", "talents_employed", "output_counted_volume", "export_share"),
    "money": ("public_cost", "net_balance"),
}  # fmt: skip
UNIT_OF_MONEY = 100.0  # million CNY, per which effects are ranked


@dataclass(frozen=True)
class Finding:
    """The effect of one scenario on one outcome over the last years of the study."""

    place: int
    output: str
    unit: str
    baseline: float
    effect: float
    low: float
    high: float
    percent: float
    same_way: int  # pairs in which the policy moves the outcome in the direction of the mean effect
    n: int
    verdict: str  # raises, lowers, trifling, unclear, same, unknown


@dataclass(frozen=True)
class Bought:
    """Effect on an outcome per UNIT_OF_MONEY with its interval, and the rank with the ranks that resampled seeds give."""

    effect: float
    low: float
    high: float
    rank: float
    rank_low: float
    rank_high: float


@dataclass(frozen=True)
class Bargain:
    """What a scenario costs above the baseline (present value, million CNY) and what that buys."""

    place: int
    cost: float
    low: float
    high: float
    bought: dict[str, Bought]  # by outcome, CHAIN and INNOVATION
    reason: str  # why it has no rank (``analysis.equal_budget.REASONS``), empty when it has one


def findings_of(comparison: Comparison) -> list[Finding]:
    """Findings on all outcomes of QUESTIONS, question by question, scenario by scenario."""
    names = [name for names in QUESTIONS.values() for name in names]
    places = {scenario.name: place for place, scenario in enumerate(comparison.scenarios)}
    rows: Any = comparison.effects_on(names).itertuples()
    return [finding(comparison, places[row.scenario], row) for row in rows]


def finding(comparison: Comparison, place: int, row: Any) -> Finding:
    """The finding of a row of ``Comparison.effects_on``."""
    outcome = comparison.outcome(row.output)
    difference = outcome[place] - outcome[0]
    known = difference[np.isfinite(difference)]
    same_way = int((np.sign(known) == np.sign(row.effect)).sum()) if row.effect != 0.0 else 0
    return Finding(
        place, row.output, OUTPUTS[row.output].unit, float(row.baseline), float(row.effect), float(row.low),
        float(row.high), float(row.percent), same_way, int(row.n), str(row.verdict),
    )  # fmt: skip


def bargains_of(comparison: Comparison) -> list[Bargain]:
    """Cost and effect per money of every scenario, the best for the chain first, those not ranked last."""
    places = {scenario.name: place for place, scenario in enumerate(comparison.scenarios)}
    ranked = {name: ranking(comparison, name).set_index("scenario") for name in (CHAIN, INNOVATION)}
    rows: Any = ranked[CHAIN].itertuples()
    found = []
    for row in rows:
        bought = {}
        for name, table in ranked.items():
            each: Any = table.loc[row.Index]
            effect, low, high = (
                UNIT_OF_MONEY * float(each[key]) for key in ("worth", "worth_low", "worth_high")
            )
            bought[name] = Bought(effect, low, high, each["rank"], each["rank_low"], each["rank_high"])
        found.append(Bargain(places[row.Index], row.cost, row.cost_low, row.cost_high, bought, row.reason))
    return found


def leading(findings: list[Finding]) -> int:
    """The scenario with the largest clear effect on the chain, which the pictures show beside the baseline."""
    best = max(
        (each for each in findings if each.output == CHAIN),
        key=lambda each: (each.verdict == "raises", each.effect if each.effect == each.effect else -np.inf),
    )
    return best.place
