"""Experiments: how the economy answers policy (P1 to P3, E1 to E10), each a design in ``experiments/validation``.

A design names a base scenario and arms, each the base with more policy or other assumptions. All arms run on the same seeds;
an effect is a weighted sum of arms within a seed, so what luck has in common cancels.

    effect = sum_arm weight_arm x outcome_arm      outcome: yearly value, mean over the years named              (1)
    per    = mean effect over mean of the same sum of another output (money per unit, R&D per yuan)              (2)

    agree         the mean lies in the band, and so does the whole interval where the band has one end
    disagree      the whole interval lies outside the band
    inconclusive  else

In the table they stand as pass, fail and near.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from sim.analysis.paired import interval
from sim.compare import Comparison, compare
from sim.declare import OUTPUTS
from sim.problems import InputError, Problem, Strict, TomlFile, frozen, nearest, read_model, thawed
from sim.scenario import Scenario, load
from sim.validation.targets import Result, Row

AGREE, INCONCLUSIVE, DISAGREE = "pass", "near", "fail"
WORDS = {
    AGREE: "agree",
    INCONCLUSIVE: "inconclusive",
    DISAGREE: "disagree",
    "not computable": "not computable",
}
LEAST_COST = 1.0  # million CNY a year below which nothing is divided by cost


class Arm(Strict):
    """A variant of the base scenario."""

    policy: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="instruments and their levers"
    )
    parameters: dict[str, dict[str, float]] = Field(default_factory=dict, description="other assumptions")
    institutes: bool = Field(default=True, description="whether there are universities and institutes")


class Contrast(Strict):
    """What is compared, and what is expected of it."""

    what: str
    output: str
    weights: dict[str, float] = Field(description="arms and how they count")
    years: tuple[int, int] = Field(description="first and last year of the outcome")
    stages: tuple[int, ...] | None = Field(
        default=None, description="stages whose outcomes are added up, all of the cluster by default"
    )
    less_stages: tuple[int, ...] | None = Field(
        default=None, description="stages whose effect in per cent is deducted (with stages and relative_to)"
    )
    less_years: tuple[int, int] | None = Field(default=None, description="years whose outcome is deducted")
    relative_to: str | None = Field(default=None, description="arm whose mean outcome is 100 per cent")
    per: str | None = Field(default=None, description="output over whose effect it is counted")
    against: dict[str, float] | None = Field(
        default=None, description="arms whose ratio is deducted (with per)"
    )
    low: float | None = None
    high: float | None = None

    @property
    def band(self) -> tuple[float, float]:
        """Lower and upper end, infinite where there is none."""
        return (
            -math.inf if self.low is None else self.low,
            math.inf if self.high is None else self.high,
        )


class Design(Strict):
    """A row of the table that takes an experiment."""

    id: str
    fact: str
    question: str
    kind: Literal["imposed", "calibrated", "emergent"]
    grade: Literal["V", "M"]
    source: str
    base: str = Field(default="without_policy", description="scenario that all arms change")
    end: str = Field(default="2024Q4", description="last quarter")
    times: int = Field(default=4, ge=1, description="how many times the usual number of seeds it takes")
    arms: dict[str, Arm] = Field(alias="arm")
    contrasts: tuple[Contrast, ...] = Field(alias="contrast", min_length=1)


def folder() -> Path:
    """Where the designs lie: in ``experiments/validation`` of a checkout, in the package in a wheel."""
    inside = Path(__file__).with_name("designs")
    return inside if inside.is_dir() else Path(__file__).parents[2] / "experiments" / "validation"


def designs() -> tuple[Design, ...]:
    """All designs, in the order of their names. Raises :class:`InputError` with all that is wrong in them."""
    problems: list[Problem] = []
    found = []
    for path in sorted(
        folder().glob("*.toml"), key=lambda path: (path.stem[0] != "p", len(path.stem), path.stem)
    ):
        file = TomlFile(path)
        design = read_model(Design, frozen(file.data), file, problems)
        if design is not None:
            problems += _wrong(design, file)
            found.append(design)
    if problems:
        raise InputError(problems)
    return tuple(found)


def _wrong(design: Design, file: TomlFile) -> list[Problem]:
    """Outputs and arms that do not exist."""
    import sim.outputs  # noqa: F401  # declares the outputs

    problems = []
    for place, contrast in enumerate(design.contrasts):
        at = ("contrast", place)
        for key in ("output", "per"):
            name = getattr(contrast, key)
            if name is not None and name not in OUTPUTS:
                near = nearest(name, OUTPUTS)
                problems.append(file.problem((*at, key), name, "no such output", suggestion=near))
        if contrast.less_stages and not (contrast.stages and contrast.relative_to):
            problem = "needs stages and relative_to beside it"
            problems.append(file.problem((*at, "less_stages"), list(contrast.less_stages), problem))
        for arm in (*contrast.weights, *(contrast.against or ())):
            if arm not in design.arms:
                known = ", ".join(design.arms)
                problems.append(file.problem((*at, "weights"), arm, "no such arm", allowed=known))
    return problems


def scenarios(design: Design) -> list[Scenario]:
    """The arms as scenarios, in the order of the file."""
    base = load(design.base).with_run(end=design.end)
    made = []
    for name, arm in design.arms.items():
        scenario = base.with_run(end=design.end, title=name)
        if arm.policy:
            scenario = scenario.with_policy(**thawed(arm.policy))
        if arm.parameters:
            scenario = scenario.with_parameters(**thawed(arm.parameters))
        if not arm.institutes:
            nobody = scenario.population.model_copy(update={"institutes": ()})
            scenario = dataclasses.replace(scenario, population=nobody)
        made.append(scenario)
    return made


def perform(
    design: Design, seeds: int, jobs: int | None, progress: Callable[[int, int], None] | None = None
) -> Row:
    """Run a design and judge it."""
    comparison = compare(scenarios(design), seeds=design.times * seeds, jobs=jobs, progress=progress)
    return Row(
        id=design.id,
        fact=design.fact,
        kind=design.kind,
        grade=design.grade,
        source=design.source,
        group="policy responses",
        results=tuple(judge(comparison, list(design.arms), contrast) for contrast in design.contrasts),
        words=WORDS,
    )


def judge(comparison: Comparison, arms: list[str], contrast: Contrast) -> Result:
    """(1) and (2) of a contrast, with interval, verdict and cost per unit of effect."""
    effect = weighted(comparison, arms, contrast.output, contrast.weights, contrast)
    unit = OUTPUTS[contrast.output].unit
    below: Any = None
    if contrast.per:
        below = weighted(comparison, arms, contrast.per, contrast.weights, contrast)
        unit = f"{unit} per {OUTPUTS[contrast.per].unit}"
    if contrast.per and contrast.against:
        theirs, cost = (
            weighted(comparison, arms, name, contrast.against, contrast)
            for name in (contrast.output, contrast.per)
        )
        effect, below = effect / below.mean() - theirs / cost.mean(), None
    if contrast.relative_to:
        whole = arms.index(contrast.relative_to)
        effect, unit = percent(comparison, whole, contrast, effect), "%"
        if contrast.less_stages:
            other = contrast.model_copy(update={"stages": contrast.less_stages})
            theirs = weighted(comparison, arms, contrast.output, contrast.weights, other)
            effect = effect - percent(comparison, whole, other, theirs)
    low, high = (float(end[0]) for end in interval(effect[None], None if below is None else below[None]))
    value = float(effect.mean() if below is None else effect.mean() / abs(below.mean()))
    values = tuple(effect.tolist()) if below is None else ()
    return Result(
        what=contrast.what,
        band=contrast.band,
        value=value,
        low=low,
        high=high,
        verdict=agreement(value, low, high, contrast.band),
        values=values,
        held_out=True,
        unit=unit,
        reason=cost_in_words(comparison, arms, contrast, value, unit),
    )


def agreement(value: float, low: float, high: float, band: tuple[float, float]) -> str:
    """agree, inconclusive or disagree, as the chapter says."""
    bottom, top = band
    if high < bottom or low > top:
        return DISAGREE
    two_ends = math.isfinite(bottom) and math.isfinite(top)
    inside = bottom <= value <= top and (two_ends or (bottom <= low and high <= top))
    return AGREE if inside else INCONCLUSIVE


def percent(comparison: Comparison, arm: int, contrast: Contrast, effect: Any) -> Any:
    """An effect in per cent of the mean outcome of an arm."""
    whole = average(comparison, contrast.output, contrast)[arm].mean()
    return 100.0 * effect / abs(float(whole))


def weighted(
    comparison: Comparison, arms: list[str], output: str, weights: dict[str, float], contrast: Contrast
) -> Any:
    """(1), one value per seed."""
    outcome = average(comparison, output, contrast)
    if contrast.less_years:
        before = contrast.model_copy(update={"years": contrast.less_years})
        outcome = outcome - average(comparison, output, before)
    return sum(weight * outcome[arms.index(arm)] for arm, weight in weights.items())


def average(comparison: Comparison, output: str, contrast: Contrast) -> Any:
    """Mean yearly value over the years and stages named: [arm, seed]."""
    start = comparison.baseline.start.year
    first, last = (year - start for year in contrast.years)
    if contrast.stages is None:
        values = comparison.by_year(output)
    else:
        values = sum(comparison.by_year(output, "stage", stage) for stage in contrast.stages)
    return values[:, :, first : last + 1].mean(axis=2)


def cost_in_words(
    comparison: Comparison, arms: list[str], contrast: Contrast, effect: float, unit: str
) -> str:
    """Public money per unit of effect, where there is any."""
    if contrast.per or contrast.less_years or contrast.stages:
        return ""
    cost = float(weighted(comparison, arms, "public_cost", contrast.weights, contrast).mean())
    if abs(cost) < LEAST_COST or effect == 0.0:
        return ""
    each = "per cent" if unit == "%" else "unit" if unit == "1" else unit
    return f"{cost:.3g} million CNY of public money a year, {cost / effect:.3g} for each {each}"
