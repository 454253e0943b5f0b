"""Findings: the numbers behind the answer, each held once. Sentences and tables are both made from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.paired import paired_effects
from sim.declare import OUTPUTS

if TYPE_CHECKING:
    from sim.compare import Comparison

CHAIN, INNOVATION = "new_materials_volume", "inventive_innovations"
# What the effect table shows, by question; the first of each is what the answer is about.
QUESTIONS: dict[str, tuple[str, ...]] = {
    "chain": (CHAIN, "new_materials_share", "mean_stage_counted", "products_at_scale", "local_conversion_rate",
              "local_sourcing_rate", "value_multiplication"),
    "innovation": (INNOVATION, "research", "capability_gap", "new_product_share", "digestion_ratio"),
    "cluster": ("enterprises", "employment", "talents_employed", "output_counted_volume", "export_share"),
    "money": ("public_cost", "net_balance"),
}  # fmt: skip
SMALL = 1.0  # million CNY a year: who costs less is not ranked (specification 10.13)
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
class Bargain:
    """What a scenario costs above the baseline (present value, million CNY) and what that buys."""

    place: int
    cost: float
    low: float
    high: float
    per_money: dict[str, tuple[float, float, float]]  # by outcome: effect per UNIT_OF_MONEY and its interval
    ranked: bool


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


def bargains_of(comparison: Comparison, findings: list[Finding]) -> list[Bargain]:
    """Cost and effect per money of every scenario, the best for the chain first, those not ranked last."""
    years = comparison.values.shape[2] / 4.0
    found = []
    for place in range(1, len(comparison.scenarios)):
        rows: Any = paired_effects(comparison.cost[0], comparison.cost[place]).itertuples()
        spent = next(rows)
        ranked = spent.effect >= SMALL * years
        share = UNIT_OF_MONEY / spent.effect if ranked else np.nan
        bought = {
            each.output: (each.effect * share, each.low * share, each.high * share)
            for each in findings
            if each.place == place and each.output in (CHAIN, INNOVATION)
        }
        found.append(Bargain(place, spent.effect, spent.low, spent.high, bought, ranked))
    return sorted(
        found, key=lambda each: (not each.ranked, -each.per_money[CHAIN][0] if each.ranked else 0.0)
    )


def leading(findings: list[Finding]) -> int:
    """The scenario with the largest clear effect on the chain, which the pictures show beside the baseline."""
    best = max(
        (each for each in findings if each.output == CHAIN),
        key=lambda each: (each.verdict == "raises", each.effect if each.effect == each.effect else -np.inf),
    )
    return best.place
