"""Targets: what the simulated economy must be like, read from ``targets.toml`` and the designs of experiments.

A fact has an identity, words, sources and one or more measures; a measure names a function of chapters ``enterprises``,
``knowledge``, ``chain`` or ``worlds``, and the band in which its value should lie. Kinds: *imposed* (a rule puts it in: a
unit test), *calibrated* (used in fitting), *emergent*. Grade V: the source or its abstract was read; M: from memory of
the literature, unconfirmed.

    pass  the mean over seeds lies in the band        near  outside by at most a tenth of the band's width
    fail  farther off                                 not computable  with the reason

(a band with one end: by a tenth of that end; an end of nil: the 95 % interval of the mean reaches it).
A fact is as good as its worst measure that can be computed. Bands come from the sources, never from the results.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from sim.problems import InputError, Problem, Strict, TomlFile, frozen, nearest, read_model

FILE = Path(__file__).with_name("targets.toml")
NEAR = 0.1
VERDICTS = ("fail", "near", "pass")  # from worst to best
NOT_COMPUTABLE = "not computable"


class NotComputable(Exception):  # noqa: N818  # the name is the message
    """A statistic has no value for this run; the message says why."""


class Measure(Strict):
    """One number that a fact is judged by."""

    statistic: str = Field(description="function that computes it")
    over: Literal["runs", "probed", "worlds", "disruption", "pooled"] = Field(
        default="runs",
        description="what it looks at: a run, a run with counterfactuals, worlds of many sizes, two branches, all runs",
    )
    what: str = Field(description="the number in words")
    low: float | None = Field(default=None, description="lower end of the band")
    high: float | None = Field(default=None, description="upper end of the band")
    observed: float | None = Field(
        default=None, description="observed value, for a band of this much either side"
    )
    within: float = Field(
        default=0.25, description="share of the observed value that the band reaches either side"
    )
    held_out: bool = Field(default=False, description="never used in fitting")
    left_out: bool = Field(
        default=False, description="left out by `calibrate`, but in view when assumptions were chosen by hand"
    )
    arguments: dict[str, Any] = Field(default_factory=dict, description="further arguments of the function")

    @property
    def band(self) -> tuple[float, float]:
        """Lower and upper end, infinite where there is none."""
        if self.observed is not None:
            reach = abs(self.within * self.observed)
            return self.observed - reach, self.observed + reach
        return (
            -math.inf if self.low is None else self.low,
            math.inf if self.high is None else self.high,
        )


class Fact(Strict):
    """A row of the table."""

    id: str
    fact: str = Field(description="the fact in words")
    kind: Literal["imposed", "calibrated", "emergent"]
    grade: Literal["V", "M"]
    source: str
    group: Literal["enterprises", "knowledge and networks", "chain and supply", "history", "policy responses"]
    measures: tuple[Measure, ...] = Field(alias="measure", min_length=1)


class TargetsFile(Strict):
    """The whole file."""

    facts: tuple[Fact, ...] = Field(alias="fact")


@lru_cache(maxsize=1)
def targets() -> tuple[Fact, ...]:
    """All facts but the policy responses, which stand in the designs of experiments."""
    file, problems = TomlFile(FILE), list[Problem]()
    read_model(TargetsFile, file.data, file, problems)
    if problems:
        raise InputError(problems)
    return TargetsFile.model_validate(frozen(file.data)).facts


def chosen(only: str | None, known: tuple[str, ...]) -> tuple[str, ...]:
    """The identities of ``--only F1,F3``, all by default. Raises :class:`InputError` for unknown ones."""
    if not only:
        return known
    asked = [word.strip().upper() for word in only.split(",") if word.strip()]
    problems = [
        Problem(
            "",
            None,
            "--only",
            word,
            "no such fact",
            suggestion=nearest(word, known),
            allowed=", ".join(known),
        )
        for word in asked
        if word not in known
    ]
    if problems:
        raise InputError(problems)
    return tuple(name for name in known if name in asked)


@dataclass(frozen=True)
class Result:
    """A measure with its value over seeds and its verdict."""

    what: str
    band: tuple[float, float]
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    verdict: str = NOT_COMPUTABLE
    reason: str = ""
    values: tuple[float, ...] = field(default=(), repr=False)  # one per seed
    observed: float | None = None
    held_out: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    id: str
    fact: str
    kind: str
    grade: str
    source: str
    group: str
    results: tuple[Result, ...]
    words: dict[str, str] = field(default_factory=dict)  # how verdicts are called, where not as everywhere

    @property
    def verdict(self) -> str:
        """The worst verdict of the measures that can be computed."""
        found = [result.verdict for result in self.results if result.verdict != NOT_COMPUTABLE]
        return min(found, key=VERDICTS.index) if found else NOT_COMPUTABLE

    @property
    def headline(self) -> Result:
        """The measure that decides: the first with the row's verdict."""
        return next(result for result in self.results if result.verdict == self.verdict)

    @property
    def said(self) -> str:
        """The verdict as it is printed."""
        return self.words.get(self.verdict, self.verdict)


def judge(measure: Measure, values: list[float], reasons: list[str]) -> Result:
    """Mean over seeds with its interval against the band."""
    import numpy as np

    from sim.analysis.paired import interval

    known = [value for value in values if math.isfinite(value)]
    nothing = Result(measure.what, measure.band, observed=measure.observed, held_out=measure.held_out)
    if not known:
        return replace(nothing, reason=reasons[0] if reasons else "no value in any run")
    mean = sum(known) / len(known)
    low, high = (float(end[0]) for end in interval(np.array([known])))
    return replace(
        nothing,
        value=mean,
        low=low,
        high=high,
        verdict=verdict(mean, low, high, measure.band),
        reason=f"no value in {len(reasons)} of {len(values) + len(reasons)} runs: {reasons[0]}"
        if reasons
        else "",
        values=tuple(known),
    )


def verdict(mean: float, low: float, high: float, band: tuple[float, float]) -> str:
    """pass, near or fail, as the chapter says."""
    bottom, top = band
    if bottom <= mean <= top:
        return "pass"
    end = bottom if mean < bottom else top
    if math.isfinite(bottom) and math.isfinite(top):
        reach = NEAR * (top - bottom)
    elif end != 0.0:
        reach = NEAR * abs(end)
    else:
        return "near" if low <= 0.0 <= high else "fail"
    return "near" if abs(mean - end) <= reach else "fail"
