"""Mixtures: shares of one budget for several packages, and which of them nothing beats.

A mixture gives each package a share of the budget: its departure from the baseline at equal cost (``equal_budget``),
times the share. Shares run over a lattice, for two parts 0, 1/2 and 1. As costs of packages do not simply add up (they
claim together, and one makes another's claimants), every mixture is made as dear as the budget once more.

A mixture is on the front when no other one is at least as good in every outcome and better in one. Luck decides near
the front, so a mixture comes with the share of resampled seeds in which it is there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.comparable import distinct
from sim.analysis.equal_budget import EqualBudget, Search, equally_dear
from sim.analysis.outcomes import good
from sim.analysis.packages import mixed
from sim.analysis.paired import resampled
from sim.analysis.workers import workers
from sim.compare import GROUPED, Comparison, compare
from sim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd


def lattice(packages: int, parts: int) -> Iterator[tuple[float, ...]]:
    """All shares that are multiples of 1 / parts and add up to 1, the first package first."""
    if packages == 1:
        yield (1.0,)
        return
    for mine in range(parts, -1, -1):
        left = parts - mine
        if left == 0:
            yield (1.0, *(0.0,) * (packages - 1))
        else:
            for others in lattice(packages - 1, left):
                yield (mine / parts, *(share * left / parts for share in others))


def mixtures(
    baseline: Scenario,
    packages: Sequence[Scenario],
    parts: int = 1,
    seeds: int | Sequence[int] = 20,
    budget: float | None = None,
    pilot: int | Sequence[int] = 8,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
    say: Callable[[str], None] | None = None,
    grouped: Sequence[str] = GROUPED,
) -> EqualBudget:
    """Packages, and mixtures of ``parts`` of them, of equal cost, compared with the baseline; 1 part: packages only.

    The other arguments are those of ``equal_budget.equally_dear`` and ``sim.compare``.
    """
    packages = distinct([baseline, *packages])[1:]
    with workers(jobs) as executor:
        alone = equally_dear(baseline, packages, budget, pilot, executor, say)
        shares = [each for each in lattice(len(packages), parts) if max(each) < 1.0]
        mixes = [_mix(baseline, alone, each) for each in shares]
        found = alone
        if mixes:
            found = [*alone, *equally_dear(baseline, mixes, alone[0].budget, pilot, executor, say)]
        scenarios = [baseline, *(each.scenario for each in found)]
        comparison = compare(scenarios, seeds, executor=executor, progress=progress, grouped=grouped)
    return EqualBudget(tuple(found), comparison)


def _mix(baseline: Scenario, alone: Sequence[Search], shares: Sequence[float]) -> Scenario:
    used = [(each, share) for each, share in zip(alone, shares, strict=True) if share > 0.0]
    weights = [each.intensity * share for each, share in used]
    title = ", ".join(f"{share:.0%} {each.package.title}" for each, share in used)
    scenario = mixed(baseline, [each.package for each, _ in used], weights, title)
    name = "+".join(f"{each.package.name}_{100.0 * share:.0f}" for each, share in used)
    return dataclasses.replace(scenario, name=name)


def front(comparison: Comparison, outputs: Sequence[str]) -> pd.DataFrame:
    """One row per scenario other than the baseline: scenario, effect on each of ``outputs``, ``front`` (whether nothing
    beats it) and ``front_share`` (in how many resampled seeds nothing does)."""
    import pandas as pd

    outcome = np.array([comparison.outcome(output) for output in outputs])  # [output, scenario, pair]
    effect = outcome[:, 1:] - outcome[:, :1]
    whole = np.isfinite(effect).all(axis=(0, 1))
    effect, sets = effect[:, :, whole], None if comparison.sets is None else comparison.sets[whole]
    signs = np.array([good(output) for output in outputs])[:, None]
    drawn = np.array([resampled(each, None, sets) for each in effect])  # [output, scenario, draw]
    table = pd.DataFrame({"scenario": [each.name for each in comparison.scenarios[1:]]})
    for output, each in zip(outputs, effect.mean(axis=2), strict=True):
        table[output] = each
    table["front"] = unbeaten(signs * effect.mean(axis=2))
    table["front_share"] = unbeaten(signs[:, :, None] * drawn).mean(axis=1)
    return table


def unbeaten(values: Any) -> Any:
    """Which of [outcome, option, ...] no other option is at least as good as in all outcomes and better in one."""
    mine, others = values[:, :, None], values[:, None]
    beaten = (others >= mine).all(axis=0) & (others > mine).any(axis=0)
    return ~beaten.any(axis=1)
