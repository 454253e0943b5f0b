"""Sample: one run of every scenario, for what a mean over runs cannot show (networks, distributions)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.comparable import in_full
from sim.report.findings import CHAIN
from sim.run import Run, run
from sim.world import World

if TYPE_CHECKING:
    from sim.compare import Comparison

YEAR_ENDS = 11  # kept of each run: ten years of growth


@dataclass(frozen=True)
class Sample:
    """Runs of all scenarios with the luck of the pair whose baseline is the median one, and the year ends kept."""

    seed: int
    runs: list[Run]
    dates: list[str]

    def world(self, place: int) -> World:
        """The world at the end of the study."""
        kept = self.runs[place].kept
        return kept[max(kept, key=lambda quarter: quarter.index)]


def sample_of(comparison: Comparison) -> Sample:
    """Run every scenario once more, on the pair whose baseline outcome is nearest to the median."""
    outcome = comparison.outcome(CHAIN)[0]
    pair = int(np.nanargmin(np.abs(outcome - np.nanmedian(outcome)))) if np.isfinite(outcome).any() else 0
    assumed = in_full(comparison.parameter_sets[comparison.set_of[pair]]) if comparison.set_of else {}
    last = comparison.baseline.start + comparison.baseline.quarters - 1
    years = min(YEAR_ENDS, comparison.baseline.quarters // 4 or 1)
    dates = [str(last - 4 * back) for back in range(years - 1, -1, -1)]
    scenarios = [each.with_settings(assumed) if assumed else each for each in comparison.scenarios]
    seed = comparison.seeds[pair]
    return Sample(seed, [run(scenario, seed, keep=dates) for scenario in scenarios], dates)
