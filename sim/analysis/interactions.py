"""Interactions: what measures do alone, in company, and together beyond their sum.

Players are the measures of a package, one instrument each or all instruments of a group of policy together. A full
factorial runs every subset S of them on the same seeds; v(S) is the outcome. For player i and pairs i, j

    alone        v(i) - v(nothing)                           first in                                        (1)
    last         v(all) - v(all but i)                       last in, what is lost without it                (2)
    shapley      mean of v(S with i) - v(S) over all orders of arrival; adds up to the whole effect          (3)
    interaction  v(i, j) - v(i) - v(j) + v(nothing)          two by two, all others absent                   (4)
    in company   the same, mean over all subsets of the others                                               (5)

With more players than a full factorial can take, a screening design switches each measure on in half of its runs, in
such patterns (a folded Hadamard matrix, resolution IV: Plackett and Burman 1946, Box and Wilson 1951) that each

    main effect  mean outcome with the measure - mean outcome without it                                     (6)

is clear of all interactions of two. (6) is an effect in company with half of the others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.linalg import hadamard

from sim.analysis.many_runs import outcomes_of
from sim.analysis.packages import instruments_of, part_of
from sim.analysis.paired import CLEAR, adjusted, paired_effects
from sim.analysis.shared_history import Failure
from sim.analysis.workers import Progress
from sim.declare import INSTRUMENTS
from sim.policies import GROUPS
from sim.problems import InputError, Problem
from sim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

MOST_PLAYERS = 7  # 128 subsets
Players = Mapping[str, Sequence[str]]  # name: instruments


@dataclass(frozen=True)
class Design:
    """Subsets of players and the outcomes of each, the empty one first."""

    players: Players
    subsets: tuple[frozenset[str], ...]
    outputs: tuple[str, ...]
    values: Any = field(repr=False)  # [output, subset, seed]
    failures: tuple[Failure, ...] = ()

    def of(self, output: str, players: frozenset[str]) -> Any:
        """Outcomes of a subset: [seed]."""
        return self.values[self.outputs.index(output), self.subsets.index(players)]


def players_of(baseline: Scenario, package: Scenario) -> dict[str, list[str]]:
    """The measures of a package: its instruments when they are few, else its groups of policy."""
    instruments = instruments_of(baseline, package)
    if not instruments:
        problem = f"changes no measure of {baseline.name}: there is nothing to take apart"
        raise InputError([Problem("", None, package.name, None, problem)])
    if len(instruments) <= MOST_PLAYERS:
        return {name: [name] for name in instruments}
    groups = {group: [name for name in instruments if INSTRUMENTS[name].group == group] for group in GROUPS}
    return {group: members for group, members in groups.items() if members}


def label_of(player: str) -> tuple[str, str]:
    """What a player is called, in English and Chinese."""
    return GROUPS[player] if player in GROUPS else INSTRUMENTS[player].label


# ------------------------------------------------------------------------------------------------- full factorial
def factorial(
    baseline: Scenario,
    package: Scenario,
    outputs: Sequence[str],
    seeds: Sequence[int],
    executor: Executor,
    players: Players | None = None,
    progress: Progress | None = None,
) -> Design:
    """All subsets of the players. Raises :class:`InputError` for more than MOST_PLAYERS."""
    players = players_of(baseline, package) if players is None else players
    if len(players) > MOST_PLAYERS:
        problem = f"{len(players)} measures are {2 ** len(players)} subsets: group them, or screen them"
        raise InputError([Problem("", None, package.name, None, problem, allowed=f"at most {MOST_PLAYERS}")])
    subsets = [
        frozenset(chosen) for size in range(len(players) + 1) for chosen in combinations(players, size)
    ]
    return _run(baseline, package, players, subsets, outputs, seeds, executor, progress)


def _run(
    baseline: Scenario,
    package: Scenario,
    players: Players,
    subsets: Sequence[frozenset[str]],
    outputs: Sequence[str],
    seeds: Sequence[int],
    executor: Executor,
    progress: Progress | None,
) -> Design:
    scenarios = [baseline]
    for subset in subsets[1:]:
        instruments = [name for player in subset for name in players[player]]
        scenarios.append(part_of(baseline, package, instruments, " and ".join(sorted(subset))))
    values, failures = outcomes_of(scenarios, outputs, seeds, executor, progress)
    return Design(players, tuple(subsets), tuple(outputs), values, tuple(failures))


def contributions(design: Design, output: str) -> pd.DataFrame:
    """(1) to (3): one row per player and way, and the whole effect: player, label, way, share and paired statistics.

    ``way`` is alone, last or shapley, of the player "" whole. ``share`` is over the whole effect, NaN where that is no
    clear difference.
    """
    every = frozenset(design.players)
    nothing, whole = design.of(output, frozenset()), design.of(output, every)
    rows: list[tuple[str, str, Any]] = []
    for player in design.players:
        alone = design.of(output, frozenset({player})) - nothing
        last = whole - design.of(output, every - {player})
        rows += [(player, "alone", alone), (player, "last", last)]
        rows.append((player, "shapley", _shapley(design, output, player)))
    rows.append(("", "whole", whole - nothing))
    table = told(nothing, rows, ("player", "way"))
    total = table.iloc[-1]
    share = table.effect / total.effect if total.verdict in CLEAR else np.nan
    labels = [label_of(player)[0] if player else "" for player in table.player]
    return table.assign(share=share, label=labels)


def _shapley(design: Design, output: str, player: str) -> Any:
    """(3): weights are the chances that exactly these others have arrived before."""
    number = len(design.players)
    total = np.zeros_like(design.of(output, frozenset()))
    for subset in design.subsets:
        if player not in subset:
            weight = 1.0 / (number * math.comb(number - 1, len(subset)))
            total = total + weight * (design.of(output, subset | {player}) - design.of(output, subset))
    return total


def interactions(design: Design, output: str) -> pd.DataFrame:
    """(4) and (5): one row per pair and way (alone, in company): one, other, way and paired statistics."""
    rows: list[tuple[str, str, str, Any]] = []
    for one, other in combinations(design.players, 2):
        terms = [
            _two_by_two(design, output, subset, one, other)
            for subset in design.subsets
            if not subset & {one, other}
        ]
        rows += [(one, other, "alone", terms[0]), (one, other, "in company", np.mean(terms, axis=0))]
    return told(design.of(output, frozenset()), rows, ("one", "other", "way"))


def _two_by_two(design: Design, output: str, others: frozenset[str], one: str, other: str) -> Any:
    both, first, second = others | {one, other}, others | {one}, others | {other}
    value = {subset: design.of(output, subset) for subset in (both, first, second, others)}
    return value[both] - value[first] - value[second] + value[others]


def told(nothing: Any, rows: Sequence[tuple[Any, ...]], names: Sequence[str]) -> pd.DataFrame:
    """Differences [seed], the last item of each row, with their statistics against the outcome without policy.

    Ways are several views of one question: each is a family of tests of its own.
    """
    import pandas as pd

    head = pd.DataFrame([row[:-1] for row in rows], columns=list(names))
    if not rows:
        return head
    differences = np.array([row[-1] for row in rows])
    baseline = np.broadcast_to(nothing, differences.shape)
    columns = ["effect", "low", "high", "percent", "n", "standard_error", "p", "note"]
    statistics = paired_effects(baseline, baseline + differences)[columns]
    table = pd.concat([head, statistics], axis=1)
    families = table.groupby(table["way"] if "way" in table else np.zeros(len(table)), sort=False)
    return pd.concat([adjusted(family) for _, family in families]).sort_index()


# ------------------------------------------------------------------------------------------------------ screening
def screening(
    baseline: Scenario,
    package: Scenario,
    outputs: Sequence[str],
    seeds: Sequence[int],
    executor: Executor,
    progress: Progress | None = None,
) -> Design:
    """Every instrument of a package in half of the runs of a folded Hadamard design; the baseline comes first."""
    instruments = instruments_of(baseline, package)
    subsets = [frozenset(), *pattern(instruments)]
    players = {name: [name] for name in instruments}
    return _run(baseline, package, players, subsets, outputs, seeds, executor, progress)


def pattern(players: Sequence[str]) -> list[frozenset[str]]:
    """Subsets in which every player is in half, every pair in a quarter, and every subset's complement is there too."""
    size = 2 ** math.ceil(math.log2(len(players) + 1))
    signs = hadamard(size)[:, 1 : len(players) + 1]
    return [
        frozenset(player for player, on in zip(players, row, strict=True) if on > 0)
        for row in np.vstack([signs, -signs])
    ]


def main_effects(design: Design, output: str) -> pd.DataFrame:
    """(6): one row per player: player, label and paired statistics."""
    values = design.values[design.outputs.index(output)][1:]
    rows: list[tuple[str, Any]] = []
    for player in design.players:
        on = np.array([player in subset for subset in design.subsets[1:]])
        rows.append((player, values[on].mean(axis=0) - values[~on].mean(axis=0)))
    table = told(design.of(output, frozenset()), rows, ("player",))
    return table.assign(label=[label_of(player)[0] for player in design.players])
