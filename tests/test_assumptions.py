"""Which assumption would turn a ranking: found where it is put in, not found where there is none."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import sim
from sim.analysis.assumptions import Turning, in_words, turning, worlds
from sim.analysis.ensemble import plausible_sets
from sim.cli import cli
from sim.compare import Comparison, compare
from sim.problems import InputError
from sim.scenario import library

NAMES = ["search.step", "spillovers.local", "entry.attract", "finance.wear"]


@pytest.fixture(scope="module")
def ranked() -> Comparison:
    """Two policies over forty worlds; values are put in below."""
    base = sim.load("toy").with_run(end="2011Q4", burn_in=1)
    arms = [
        base.with_policy(title=name, research_grant={"rate": rate}) for name, rate in (("a", 0.1), ("b", 0.2))
    ]
    made = compare([base, *arms], seeds=1, jobs=1, grouped=())
    sets = worlds(base, 40, NAMES)
    values = np.repeat(made.values, len(sets), axis=1)
    return dataclasses.replace(
        made,
        values=values,
        seeds=(1,) * len(sets),
        set_of=tuple(range(len(sets))),
        parameter_sets=tuple(sets),
    )


def with_lead(made: Comparison, lead: Any) -> Turning:
    """What is found when policy a beats b on output volume by ``lead``, one number per world."""
    place = list(made._places).index(next(slot for slot in made._places if slot.output == "output_volume"))
    values = made.values.copy()
    values[:, :, :, place] = 0.0
    values[1, :, :, place] = np.asarray(lead)[:, None] + 10.0
    values[2, :, :, place] = 10.0
    return turning(dataclasses.replace(made, values=values), "output_volume")


def test_the_assumption_that_turns_the_ranking_is_found_with_its_threshold(ranked: Comparison) -> None:
    attract = np.array([each["entry.attract"] for each in ranked.parameter_sets])
    border = np.quantile(attract, 0.7)
    found = with_lead(ranked, border - attract)
    assert found.order == ("a", "b")
    assert found.turned == pytest.approx(0.3)
    first = found.table.iloc[0]
    assert (first.assumption, first.side) == ("entry.attract", "above")
    assert first.threshold == pytest.approx(border, abs=0.003)
    assert (first.turned_there, first.turned_elsewhere) == (1.0, 0.0)
    assert list(found.table.assumption[found.table.sure]) == ["entry.attract"]
    assert "entry.attract: above" in in_words(found)[1]


def test_luck_alone_turns_nothing_for_sure(ranked: Comparison) -> None:
    found = with_lead(ranked, np.random.default_rng(1).normal(0.2, 1.0, len(ranked.parameter_sets)))
    assert not found.table.sure.any()
    assert in_words(found)[1] == "No single assumption is seen to decide that."


def test_worlds_lie_in_the_middle_of_the_ranges_and_fill_it() -> None:
    drawn = worlds(sim.load("toy"), 32, ["finance.wear"])
    values = sorted(each["finance.wear"] for each in drawn)
    assert 0.04 <= values[0] < 0.043 and 0.087 < values[-1] <= 0.09  # half-way from 0.06 to 0.02 and 0.12


def test_what_is_missing_or_misspelt_is_said() -> None:
    with pytest.raises(InputError, match=r"finance\.wer.*did you mean 'finance.wear'"):
        worlds(sim.load("toy"), 8, ["finance.wer"])
    with pytest.raises(InputError, match="cluster-sim calibrate"):
        plausible_sets(sim.load("toy"))


def test_the_command_ranks_and_speaks() -> None:
    done = CliRunner().invoke(
        cli,
        ["assumptions", "toy", "toy", "toy", "--sets", "8", "--seeds", "1", "--jobs", "1", "--output", "profit",
         "--assumption", "finance.wear"],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "of 8 worlds that differ in their assumptions" in done.stdout


def test_a_comparison_runs_in_the_plausible_sets_that_stand_beside_the_scenario(tmp_path: Path) -> None:
    shutil.copytree(library() / "toy", tmp_path / "toy")
    sets = [{"finance.wear": 0.05}, {"finance.wear": 0.08}]
    (tmp_path / "toy" / "ensemble.json").write_text(json.dumps({"parameter_sets": sets}))
    name = str(tmp_path / "toy" / "scenario.toml")
    done = CliRunner().invoke(
        cli, ["compare", name, name, "--seeds", "2", "--jobs", "1", "--plausible", "2", "--json"]
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["parameter_sets"] == sets


def test_the_shipped_sets_are_parameters_within_their_ranges() -> None:
    base = sim.load("baotou")
    sets = plausible_sets(base)
    assert len(sets) >= 8
    for each in sets:
        base.with_settings(
            {f"parameters.{name}": value for name, value in each.items()}
        )  # refuses what is not
