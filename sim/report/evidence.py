"""Evidence: all that a page draws on, reckoned once for pages in every language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.analysis.biographies import Lives, biographies, median_seed
from sim.analysis.channels import bookkeeping
from sim.analysis.public_accounts import accounts
from sim.report.answer import VALUE_ADDED
from sim.report.background import facts_of
from sim.report.findings import CHAIN, Bargain, Finding, bargains_of, findings_of, leading
from sim.report.sample import Sample, sample_of

if TYPE_CHECKING:
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
    command: str  # how to make the page again


def evidence_of(comparison: Comparison, command: str = "") -> Evidence:
    """Reckon it. Runs every scenario once more (``sample``)."""
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
        command,
    )
