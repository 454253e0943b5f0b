"""Biographies: parts add up to the effect of the seed, stories tell what happened, in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from conftest import scenario

from sim.analysis.biographies import (
    KEPT,
    OTHERWISE,
    SENTENCES,
    biographies,
    events,
    median_seed,
)
from sim.analysis.why import adds_up
from sim.cli import cli
from sim.compare import Comparison, compare
from sim.problems import InputError
from sim.scenario import Scenario
from sim.world import ATTRACTED


@pytest.fixture(scope="module")
def base() -> Scenario:
    return scenario("toy", "2015Q4", 4)


@pytest.fixture(scope="module")
def package(base: Scenario) -> Scenario:
    return base.with_policy(
        title="Package", capital_subsidy={"rate": 0.4}, attraction_effort={"spending": 100.0}
    )


@pytest.fixture(scope="module")
def comparison(base: Scenario, package: Scenario) -> Comparison:
    return compare([base, package], seeds=5, jobs=1)


@pytest.mark.parametrize(
    "output", ["value_added_volume", "employment", "inventive_innovations", "exports", "new_materials_volume"]
)
def test_parts_add_up_to_the_effect_of_the_seed(
    base: Scenario, package: Scenario, comparison: Comparison, output: str
) -> None:
    seed = median_seed(comparison, 1, output)
    place = comparison.seeds.index(seed)
    lives = biographies(base, package, seed, output, number=1000)
    outcome = comparison.outcome(output)
    assert lives.effect == pytest.approx(outcome[1, place] - outcome[0, place])
    assert sum(each.difference for each in lives.told) == pytest.approx(lives.effect)
    assert lives.covered == pytest.approx(1.0) or not lives.told or np.isnan(lives.covered)
    sizes = [abs(each.difference) for each in lives.told]
    assert sizes == sorted(sizes, reverse=True)


def test_the_median_seed_is_in_the_middle(comparison: Comparison) -> None:
    outcome = comparison.outcome("sales")
    effect = outcome[1] - outcome[0]
    assert comparison.seeds[int(np.argsort(effect)[2])] == median_seed(comparison, 1, "sales")


def test_stories_are_in_order_and_whole(base: Scenario, package: Scenario) -> None:
    lives = biographies(base, package, 2, number=40)
    assert len({each.uid for each in lives.told}) == len(lives.told)
    kinds = set()
    for each in lives.told:
        dates = [event.quarter for event in each.events]
        assert dates == sorted(dates)
        assert each.events[0].kind in ("opening", each.origin)
        assert each.events[-1].kind in ("end", "left", "insolvent")
        kinds |= {event.kind for event in each.events}
        for english, chinese in [each.name, each.otherwise, *(event.text for event in each.events)]:
            assert english and not re.search("[\u4e00-\u9fff{}]", english)
            assert re.search("[\u4e00-\u9fff]", chinese) and "{" not in chinese
    assert {"opening", "end", "attracted"} <= kinds <= set(SENTENCES)
    assert any("never comes" in each.otherwise[0] for each in lives.told)


def test_a_story_by_hand(base: Scenario) -> None:
    quarters = 14
    life = pd.DataFrame({name: np.zeros(quarters, int) for name in KEPT} | {"uid": 7, "t": np.arange(2, 16)})
    life["product"], life["origin"], life["ownership"] = 1, ATTRACTED, 2
    life["domestic"], life["international"] = True, life.t >= 5
    life["capacity"] = [0.1, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.5, 6.0, 12.0, 12.0, 12.0, 5.0]
    life["patents_granted"] = [0, 0, 1, 1, 1, 1, 1, 4, 4, 4, 12, 12, 12, 12]
    life["distress"] = [0] * 11 + [1, 2, 4]
    found = [(event.quarter, event.kind) for event in events(base, life)]
    assert found == [
        ("2011Q3", "attracted"), ("2012Q1", "patent"), ("2012Q2", "international"), ("2013Q3", "grown"),
        ("2013Q4", "grown"), ("2014Q1", "patents"), ("2014Q1", "grown"), ("2014Q4", "shrunk"), ("2015Q1", "insolvent"),
    ]  # fmt: skip
    texts = [event.text[0] for event in events(base, life) if event.kind == "grown"]
    assert [int(re.findall(r"\d+", text)[0]) for text in texts] == [2, 5, 10]
    old = life.assign(t=np.arange(6, 20), distress=0)
    assert [event.kind for event in events(base, old)][-1] == "end"


def test_what_does_not_add_up_has_no_lives(base: Scenario, package: Scenario) -> None:
    for output in ("capability", "new_materials_share", "entries"):
        assert not adds_up(output)
        with pytest.raises(InputError, match="does not add up over enterprises"):
            biographies(base, package, 1, output)
    with pytest.raises(InputError, match="did you mean 'sales'"):
        biographies(base, package, 1, "slaes")


def test_all_is_said_in_two_languages() -> None:
    for english, chinese in [*SENTENCES.values(), *OTHERWISE.values()]:
        assert sorted(re.findall(r"{\w+}", english)) == sorted(re.findall(r"{\w+}", chinese))


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = '[run]\nend = "2012Q4"\nburn_in = 4\n'
    Path("base.toml").write_text(f'title = "Base"\nbased_on = "toy"\n{run}', "utf-8")
    policy = "[policy.capital_subsidy]\nrate = 0.3\n[policy.research_grant]\nrate = 0.3\n"
    Path("package.toml").write_text(f'title = "Package"\nbased_on = "base"\n{policy}', "utf-8")
    args = ["why", "base.toml", "package.toml", "--seeds", "2", "--jobs", "1", "--outcome", "sales"]
    done = CliRunner().invoke(cli, [*args, "--json"])
    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    assert {"sums", "measures", "interactions", "mechanisms", "lives"} <= document.keys()
    ways = {(row["player"], row["way"]) for row in document["measures"]["sales"]}
    assert ("research_grant", "shapley") in ways and ("", "whole") in ways
    assert len(document["mechanisms"]["sales"]) == 14 and len(document["lives"][0]["told"]) == 3
    few = ["--no-mechanisms", "--screen", "--enterprises", "1", "--lang", "zh"]
    shown = CliRunner().invoke(cli, [*args, *few])
    assert shown.exit_code == 0, shown.stderr
    assert (
        "Where the effect sits" in shown.stdout and "screened" in shown.stdout and "期初已在" in shown.stdout
    )
    same = CliRunner().invoke(cli, ["why", "base.toml", "base.toml", "--seeds", "1", "--jobs", "1"])
    assert same.exit_code == 2 and "nothing to take apart" in same.stderr
