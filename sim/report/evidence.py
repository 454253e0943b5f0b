"""Evidence: all that a page draws on, reckoned once for pages in every language."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.biographies import Lives, biographies, median_seed
from sim.analysis.channels import bookkeeping
from sim.analysis.public_accounts import accounts
from sim.problems import InputError, Problem
from sim.report.answer import VALUE_ADDED
from sim.report.background import facts_of
from sim.report.findings import CHAIN, Bargain, Finding, bargains_of, findings_of, leading
from sim.report.sample import Sample, sample_of

if TYPE_CHECKING:
    from sim.analysis.equal_budget import EqualBudget
    from sim.compare import Comparison

INNOVATIONS = "innovations"
STORIES = 3  # enterprises told of
# Outcome and way in which its effect is taken apart.
CHANNELS = ((VALUE_ADDED, "origin"), (VALUE_ADDED, "number_size"), (INNOVATIONS, "class"))


@dataclass(frozen=True)
class Evidence:
    """A comparison and what follows from it."""

    comparison: Comparison
    findings: list[Finding]
    bargains: list[Bargain]
    lead: int  # the scenario that pictures show beside the baseline
    books: dict[str, Any]  # by outcome of CHANNELS: its effect taken apart
    accounts: Any
    lives: Lives  # the enterprises that make most of the difference in one pair of runs
    sample: Sample
    facts: list[dict[str, Any]]  # validated facts
    equal: EqualBudget | None  # the same packages scaled to one cost, when that has been run
    command: str  # how to make the page again


def evidence_of(comparison: Comparison, command: str = "", equal: EqualBudget | None = None) -> Evidence:
    """Reckon it. Runs every scenario once more (``sample``). Raises :class:`InputError` when no pair of runs is whole."""
    titles = comparison
    comparison = whole(comparison)
    findings = findings_of(comparison)
    lead = leading(findings)
    seed = median_seed(comparison, lead, CHAIN)
    return Evidence(
        comparison,
        findings,
        bargains_of(comparison),
        lead,
        {output: bookkeeping(comparison, output) for output in (VALUE_ADDED, INNOVATIONS)},
        accounts(comparison),
        biographies(comparison.baseline, comparison.scenarios[lead], seed, CHAIN, STORIES),
        sample_of(comparison),
        facts_of(),
        titled(equal, titles) if equal else None,
        command,
    )


def whole(comparison: Comparison) -> Comparison:
    """The scenarios of which any run came to its end, in the pairs in which all of these did.

    Which runs failed is said on the page: a comparison keeps its failures.
    """
    failed = np.isnan(comparison.values).all(axis=(2, 3))  # [scenario, pair]
    ran = np.flatnonzero(~failed.all(axis=1))
    pairs = np.flatnonzero(~failed[ran].any(axis=0))
    if len(ran) < 2 or ran[0] != 0 or not len(pairs):
        problem = "no pair of runs came to its end with and without policy: there is nothing to report"
        raise InputError([Problem("report", None, "", None, problem)])
    return dataclasses.replace(
        comparison,
        scenarios=tuple(comparison.scenarios[place] for place in ran),
        seeds=tuple(comparison.seeds[pair] for pair in pairs),
        set_of=tuple(comparison.set_of[pair] for pair in pairs) if comparison.set_of else (),
        values=comparison.values[np.ix_(ran, pairs)],
    )


def titled(equal: EqualBudget, comparison: Comparison) -> EqualBudget:
    """Packages of equal cost under the titles of those that they were scaled from."""
    titles = {each.name: each for each in comparison.scenarios}
    scenarios = tuple(
        dataclasses.replace(each, title=titles[each.name].title, title_zh=titles[each.name].title_zh)
        for each in equal.comparison.scenarios
    )
    return dataclasses.replace(equal, comparison=dataclasses.replace(equal.comparison, scenarios=scenarios))
