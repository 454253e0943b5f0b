"""Why: all that is known of how a package works, in one study.

Sums and stories come from one comparison; measures and mechanisms each run designs of their own on the same seeds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sim.analysis.biographies import Lives, biographies, measured, median_seed
from sim.analysis.channels import bookkeeping, mechanisms
from sim.analysis.interactions import (
    contributions,
    factorial,
    interactions,
    main_effects,
    players_of,
    screening,
)
from sim.analysis.packages import instruments_of
from sim.analysis.workers import Progress, workers
from sim.compare import GROUPED, Comparison, compare
from sim.problems import InputError
from sim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

SUMS = ("value_added_volume", "innovations")  # what is taken apart into sums


@dataclass(frozen=True)
class Why:
    """What :func:`explain_effect` found."""

    comparison: Comparison
    sums: pd.DataFrame  # channels.bookkeeping of SUMS
    measures: dict[
        str, pd.DataFrame
    ]  # by output: interactions.contributions, or main_effects with way "screened"
    interactions: dict[str, pd.DataFrame]  # by output: interactions.interactions
    mechanisms: dict[str, pd.DataFrame]  # by output: channels.mechanisms
    lives: tuple[Lives, ...]

    def to_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            "baseline": self.comparison.baseline.name,
            "package": self.comparison.scenarios[1].name,
            "seeds": list(self.comparison.seeds),
            "sums": self.sums.to_dict("records"),
            "measures": {name: each.to_dict("records") for name, each in self.measures.items()},
            "interactions": {name: each.to_dict("records") for name, each in self.interactions.items()},
            "mechanisms": {name: each.to_dict("records") for name, each in self.mechanisms.items()},
            "lives": [dataclasses.asdict(each) for each in self.lives],
        }


def explain_effect(
    baseline: Scenario,
    package: Scenario,
    outputs: Sequence[str],
    seeds: int | Sequence[int] = 10,
    *,
    measures: Literal["", "all", "screen"] = "all",
    switched: bool = True,
    stories: int = 3,
    jobs: int = 1,
    progress: Progress | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Why:
    """Take the effect of a package on ``outputs`` apart.

    measures  all: every subset of its measures, or of their groups when they are many (screened if all are of one
              group); screen: every single measure
    switched  whether mechanisms are switched off
    stories   how many enterprises are told of for each output that adds up over enterprises
    """
    chosen = tuple(range(1, seeds + 1)) if isinstance(seeds, int) else tuple(seeds)
    apart: dict[str, pd.DataFrame] = {}
    together: dict[str, pd.DataFrame] = {}
    carried: dict[str, pd.DataFrame] = {}
    if measures == "all" and len(players_of(baseline, package)) == 1 < len(instruments_of(baseline, package)):
        measures = "screen"
    with workers(jobs) as executor:
        say("Comparing")
        comparison = compare([baseline, package], chosen, executor=executor, progress=progress)
        if measures == "screen":
            say("Screening measures")
            design = screening(baseline, package, outputs, chosen, executor, progress)
            apart = {name: main_effects(design, name).assign(way="screened") for name in outputs}
        elif measures:
            say("Taking measures out and putting them in")
            design = factorial(baseline, package, outputs, chosen, executor, progress=progress)
            apart = {name: contributions(design, name) for name in outputs}
            together = {name: interactions(design, name) for name in outputs if len(design.players) > 1}
        if switched:
            say("Switching mechanisms off")
            table = mechanisms(baseline, package, outputs, chosen, executor, progress=progress)
            carried = {name: table[table.output == name].reset_index(drop=True) for name in outputs}
    say("Looking up enterprises")
    lives = [
        biographies(baseline, package, median_seed(comparison, 1, name), name, stories)
        for name in outputs
        if stories and adds_up(name)
    ]
    return Why(comparison, sums(comparison), apart, together, carried, tuple(lives))


def sums(comparison: Comparison) -> pd.DataFrame:
    """Bookkeeping of SUMS, as far as the comparison keeps them by group."""
    import pandas as pd

    kept = [name for name in SUMS if name in comparison.grouped or name not in GROUPED]
    return pd.concat([bookkeeping(comparison, name) for name in kept], ignore_index=True)


def adds_up(output: str) -> bool:
    """Whether an output is a sum over enterprises, so that they can be told to explain it."""
    try:
        measured(output)
    except InputError:
        return False
    return True
