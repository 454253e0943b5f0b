"""Equal budget: what packages bring for the same public money.

Public cost of a package is the present value (3 % a year) of outlay, tax expenditure, implicit transfers and
administration over the study, beyond those of the baseline, mean over seeds. Packages are made equally dear by their
intensity (``packages``, equation 1), found on a few pilot seeds that all trials share, so that cost answers to intensity
and not to luck. The search widens a bracket around the budget, then goes on by the secant in logarithms, which is nearly
straight, and by halves where that does not help; it ends within 2 % of the budget. Runs are full of thresholds, so cost is a
rough function of intensity: where a bracket has become narrow and still misses, intensities around it are tried. A budget may be out of reach: levers
end at their hard limits, and a package more than ten times over is another package.

    worth = effect / public cost beyond the baseline                                                       (1)

with the interval of a ratio over paired seeds. Packages of less than 1 million CNY a year are not ranked: a ratio over
nearly nothing says nothing. Ranks come with the ranks that resampled seeds give.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.outcomes import good
from sim.analysis.packages import greatest, scaled
from sim.analysis.paired import LEVEL, interval, over, resampled
from sim.compare import Comparison, compare
from sim.declare import OUTPUTS
from sim.problems import InputError, Problem
from sim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

TOLERANCE = 0.02
MOST = 10.0  # times a package
TRIALS = 24
NARROW = 1.01  # a bracket from which no more can be learnt
CHEAP = 1.0  # million CNY a year: what costs less is not ranked

# In English and Chinese why a package has no rank, or why a search ended.
REASONS: dict[str, tuple[str, str]] = {
    "": ("", ""),
    "cheap": ("costs less than 1 million CNY a year", "年均成本低于一百万元"),
    "limits": ("all its levers are at their limits before the budget is spent", "预算用尽前各项工具已达上限"),
    "most": (f"would have to be more than {MOST:g} times as strong", f"强度须超过原方案的{MOST:g}倍"),
    "steps": (
        "cost jumps past the budget, and no strength tried near by hits it",
        "成本跳跃,附近各强度均未恰好达到预算",
    ),
}
WORDS = (
    "{name}: times {times}, costs {cost} of {budget} million CNY on the pilot seeds{why}",
    "{name}:强度为原方案的{times}倍,试算种子上成本{cost}百万元,预算{budget}百万元{why}",
)


@dataclass(frozen=True)
class Search:
    """How a package was made as dear as the budget."""

    package: Scenario
    scenario: Scenario  # the package at the intensity found, under the same name
    intensity: float
    cost: float  # on the pilot seeds, million CNY
    budget: float
    reason: str  # "" when the budget was hit, else a key of REASONS
    trials: tuple[tuple[float, float], ...] = field(repr=False, default=())  # intensity, cost

    @property
    def hit(self) -> bool:
        """Whether cost is within 2 % of the budget on the pilot seeds."""
        return not self.reason

    def in_words(self, language: int = 0) -> str:
        """One line: how strong, how dear, and why the budget was missed; 0 English, 1 Chinese."""
        values = {"name": self.package.name, "times": f"{self.intensity:.3g}", "cost": f"{self.cost:,.0f}"}
        values["why"] = f": {REASONS[self.reason][language]}" if self.reason else ""
        return WORDS[language].format(budget=f"{self.budget:,.0f}", **values)


def search(budget: float, most: float) -> Generator[float, float, tuple[float, float]]:
    """Yields an intensity, is sent its cost, and returns the intensity and cost nearest to the budget."""
    tried: list[tuple[float, float]] = []
    low, high = (0.0, 0.0), (math.inf, math.inf)
    around = 0
    at = min(1.0, most)
    while len(tried) < TRIALS:
        cost = yield at
        tried.append((at, cost))
        if abs(cost - budget) <= TOLERANCE * budget or (cost < budget and at >= most):
            break
        if not around:
            low, high = (max(low, (at, cost)), high) if cost < budget else (low, min(high, (at, cost)))
        if around or high[0] < NARROW * low[0]:  # cost is rough here: look around, one step further each time
            around += 1
            step = (NARROW - 1.0) * ((around + 1) // 2) * (1.0 if around % 2 else -1.0)
            at = min(most, math.sqrt(low[0] * high[0]) * (1.0 + step))
        else:
            at = _next(low, high, budget, most, halve=len(tried) % 3 == 0)
    return min(reversed(tried), key=lambda trial: abs(trial[1] - budget))


def _next(
    low: tuple[float, float], high: tuple[float, float], budget: float, most: float, halve: bool
) -> float:
    """The next intensity to try between one that is too cheap and one that is too dear."""
    if math.isinf(high[0]):
        return min(most, low[0] * min(4.0, 1.2 * budget / low[1] if low[1] > 0.0 else 4.0))
    if low[0] == 0.0:
        return high[0] * max(0.25, 0.8 * budget / high[1])
    if halve or low[1] <= 0.0 or low[1] >= high[1]:
        return math.sqrt(low[0] * high[0])
    share = math.log(budget / low[1]) / math.log(high[1] / low[1])
    return low[0] * math.exp(share * math.log(high[0] / low[0]))


def equally_dear(
    baseline: Scenario,
    packages: Sequence[Scenario],
    budget: float | None = None,
    pilot: int | Sequence[int] = 8,
    executor: Executor | None = None,
    say: Callable[[str], None] | None = None,
) -> list[Search]:
    """Every package at the intensity at which it costs ``budget`` (present value, million CNY).

    budget    by default what the package in the middle costs as it stands, of those that cost something
    pilot     seeds of the trials, how many or which
    executor  as ``workers.workers`` makes; by default this process
    say       told what goes on
    Raises :class:`InputError` when a budget is not positive or no package costs anything.
    """
    if budget is not None and not budget > 0.0:
        raise InputError([Problem("compare", None, "budget", budget, "is not above 0", unit="million CNY")])

    def cost_of(scenarios: Sequence[Scenario]) -> list[float]:
        found = compare([baseline, *scenarios], pilot, jobs=1, grouped=(), executor=executor)
        return [float(each) for each in np.nanmean(found.cost[1:] - found.cost[0], axis=1)]

    if say:
        say("Costs of the packages as they stand")
    as_they_stand = cost_of(packages)
    years = baseline.quarters / 4.0
    dear = [cost for cost in as_they_stand if cost >= CHEAP * years]
    if budget is None and not dear:
        raise InputError(
            [Problem("compare", None, "budget", None, "no package costs anything: name a budget")]
        )
    budget = float(np.median(dear)) if budget is None else budget
    most = [min(MOST, greatest(baseline, package)) for package in packages]
    searches = [search(budget, each) for each in most]
    wanted: dict[int, float] = {place: next(each) for place, each in enumerate(searches)}
    costs = dict(enumerate(as_they_stand))  # of the first trial, at intensity 1
    trials: list[list[tuple[float, float]]] = [[] for _ in packages]
    ended: dict[int, tuple[float, float]] = {}
    while wanted:
        for place in list(wanted):
            trials[place].append((wanted[place], costs[place]))
            try:
                wanted[place] = searches[place].send(costs[place])
            except StopIteration as stop:
                ended[place] = stop.value
                del wanted[place]
        if say and wanted:
            say(f"Looking for equal cost: {len(ended)} of {len(packages)} packages found")
        these = {place: scaled(baseline, packages[place], at) for place, at in wanted.items()}
        costs = dict(zip(these, cost_of(list(these.values())), strict=True)) if these else {}
    found = []
    for place, package in enumerate(packages):
        intensity, cost = ended[place]
        reason = ""
        if abs(cost - budget) > TOLERANCE * budget:
            at_most = intensity >= most[place]
            reason = "steps" if not at_most else "most" if most[place] == MOST else "limits"
        scenario = dataclasses.replace(scaled(baseline, package, intensity), name=package.name)
        found.append(Search(package, scenario, intensity, cost, budget, reason, tuple(trials[place])))
    return found


@dataclass(frozen=True)
class EqualBudget:
    """Packages that cost the same, and what they bring."""

    searches: tuple[Search, ...]
    comparison: Comparison  # baseline and the packages at the intensities found

    @property
    def budget(self) -> float:
        """Present value of public cost beyond the baseline, million CNY."""
        return self.searches[0].budget

    def ranking(self, output: str) -> pd.DataFrame:
        """See :func:`ranking`, with two more columns: intensity, and ``reason`` also tells why a budget was missed."""
        table = ranking(self.comparison, output)
        found = {each.scenario.name: each for each in self.searches}
        reasons = [row or found[name].reason for name, row in zip(table.scenario, table.reason, strict=True)]
        return table.assign(intensity=[found[name].intensity for name in table.scenario], reason=reasons)

    def to_dict(self) -> dict[str, Any]:
        """For machines: budget, searches, and the comparison's own form."""
        searches = [
            {
                "scenario": each.scenario.name,
                "intensity": each.intensity,
                "pilot_cost": each.cost,
                "hit": each.hit,
                "reason": REASONS[each.reason][0],
                "trials": [list(trial) for trial in each.trials],
            }
            for each in self.searches
        ]
        return {"budget": self.budget, "searches": searches, **self.comparison.to_dict()}


def ranking(comparison: Comparison, output: str) -> pd.DataFrame:
    """Packages by worth (1) in one output, best first: one row per scenario other than the baseline.

    Columns: scenario, output, unit; effect; cost (present value beyond the baseline, million CNY) with cost_low and
    cost_high; worth (effect per million CNY) with worth_low and worth_high; rank, rank_low, rank_high (95 % of
    resampled seeds), best (share of resampled seeds in which it comes first), and reason, why it has no rank.
    """
    import pandas as pd

    outcome, sets = comparison.outcome(output), comparison.sets
    effect, cost = outcome[1:] - outcome[0], comparison.cost[1:] - comparison.cost[0]
    years = comparison.baseline.quarters / 4.0
    whole = np.isfinite(effect).all(axis=0) & np.isfinite(cost).all(axis=0)
    effect, cost = effect[:, whole], cost[:, whole]
    sets = sets[whole] if sets is not None else None
    ends = interval(cost, sets=sets), interval(effect, cost, sets=sets)
    worth = over(effect.mean(axis=1), cost.mean(axis=1))
    ranked = cost.mean(axis=1) >= CHEAP * years
    ranks = _ranks(good(output) * effect[ranked], cost[ranked], sets)
    table = pd.DataFrame(
        {
            "scenario": [each.name for each in comparison.scenarios[1:]],
            "output": output,
            "unit": OUTPUTS[output].unit,
            "effect": effect.mean(axis=1),
            "cost": cost.mean(axis=1),
            "cost_low": ends[0][0],
            "cost_high": ends[0][1],
            "worth": np.where(ranked, worth, np.nan),
            "worth_low": np.where(ranked, ends[1][0], np.nan),
            "worth_high": np.where(ranked, ends[1][1], np.nan),
            "reason": ["" if each else "cheap" for each in ranked],
        }
    )
    for name, values in ranks.items():
        table.loc[ranked, name] = values
    return table.sort_values("rank", kind="stable", ignore_index=True)


def _ranks(effect: Any, cost: Any, sets: Any) -> dict[str, Any]:
    """Rank by worth and what resampled pairs make of it: [package] each, from [package, pair]."""
    worth = over(effect.mean(axis=1), cost.mean(axis=1))
    order = (-resampled(effect, cost, sets)).argsort(axis=0).argsort(axis=0) + 1.0
    tails = 0.5 - LEVEL / 2.0
    return {
        "rank": (-worth).argsort().argsort() + 1.0,
        "rank_low": np.quantile(order, tails, axis=1, method="nearest") if len(worth) else [],
        "rank_high": np.quantile(order, 1.0 - tails, axis=1, method="nearest") if len(worth) else [],
        "best": (order == 1.0).mean(axis=1),
    }
