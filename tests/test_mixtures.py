"""Mixtures: shares add up, nothing beats what is on the front, and the command tells all of it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import sim
from sim.analysis.mixtures import lattice, unbeaten
from sim.cli import cli


def test_shares_of_a_budget() -> None:
    assert list(lattice(2, 2)) == [(1.0, 0.0), (0.5, 0.5), (0.0, 1.0)]
    assert list(lattice(3, 1)) == [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)]
    thirds = list(lattice(3, 3))
    assert len(thirds) == len(set(thirds)) == 10
    assert all(sum(each) == pytest.approx(1.0) for each in thirds)


def test_what_is_beaten_by_none() -> None:
    values = np.array([[1.0, 2.0, 3.0, 2.0, 2.0], [3.0, 2.0, 1.0, 1.0, 2.0]])  # two outcomes of five options
    assert unbeaten(values).tolist() == [True, True, True, False, True]
    assert unbeaten(-values).tolist() == [True, False, False, True, False]


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = '[run]\nend = "2013Q4"\nburn_in = 4\n'
    Path("base.toml").write_text(f'title = "Base"\nbased_on = "toy"\n{run}', "utf-8")
    for name, lever in (("grant", "research_grant"), ("plant", "capital_subsidy")):
        text = f'title = "{name}"\nbased_on = "base"\n[policy.{lever}]\nrate = 0.2\n'
        Path(f"{name}.toml").write_text(text, "utf-8")
    args = ["optimise", "base.toml", "grant.toml", "plant.toml", "--jobs", "1", "--pilot", "2", "--mix", "2"]
    args += ["--seeds", "3", "--outcome", "sales", "--outcome", "exits", "--budget", "6"]
    done = CliRunner().invoke(cli, [*args, "--json", "--out", "out"])
    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    names = [each["scenario"] for each in document["searches"]]
    assert names == ["grant", "plant", "grant_50+plant_50"]
    assert [row["scenario"] for row in document["front"]] == names
    assert {row["scenario"] for row in document["ranking_sales"]} == set(names)
    assert {row["scenario"] for row in document["effects"]} == set(names)
    found = {each["scenario"]: each for each in document["searches"]}
    assert all(abs(each["pilot_cost"] / 6.0 - 1.0) < 0.02 for each in found.values() if each["hit"])
    written = sim.load("out/plant.toml")
    assert written.levers()["capital_subsidy"]["rate"][-1] == pytest.approx(0.2 * found["plant"]["intensity"])
    shown = CliRunner().invoke(cli, args)
    assert "Beaten by none" in shown.stdout and "Public accounts" in shown.stdout


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--outcome", "slaes"], "did you mean 'sales'?"),
        (["--budget", "-3"], "not above 0"),
        (["--seeds", "0"], "0 is not in the range"),
        (["--mix", "9"], "9 is not in the range"),
    ],
)
def test_bad_input(more: list[str], said: str) -> None:
    done = CliRunner().invoke(cli, ["optimise", "toy", "toy", "--jobs", "1", *more])
    assert done.exit_code == 2
    assert said in done.stderr and "Traceback" not in done.output
