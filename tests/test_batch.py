"""Batches: what a design says is run once, wherever and in whatever order, and can be had again to the bit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.experiments import batch as batches
from sim.experiments import execution, work
from sim.experiments.designs import Design
from sim.experiments.plan import planned
from sim.experiments.replay import replay
from sim.experiments.store import Store
from sim.scenario import Scenario

SHORT = {"run.end": "2012Q4", "run.burn_in": 2}


@pytest.fixture(scope="module")
def grant() -> Scenario:
    return sim.load("toy").with_policy(research_grant={"rate": 0.3}, title="Grant")


def design(*more: Scenario, **text: Any) -> Design:
    """Six runs of the small chain."""
    given = {"title": "Try", "scenarios": ["toy", *more], "seeds": 3, "settings": SHORT, **text}
    return Design.of(**given)


@pytest.fixture(scope="module")
def undisturbed(grant: Scenario, tmp_path_factory: pytest.TempPathFactory) -> sim.Results:
    """The runs of the design with the grant, one after the other."""
    return sim.batch(design(grant), store=tmp_path_factory.mktemp("undisturbed"))


def same(one: sim.Results, other: sim.Results) -> bool:
    return bool(
        one.final().equals(other.final())
        and one.frame().equals(other.frame())
        and one.frame(level="measure").equals(other.frame(level="measure"))
        and one.summary().equals(other.summary())
    )


# ------------------------------------------------------------------------------------------------ the same to the bit
def test_all_runs_are_finished(undisturbed: sim.Results) -> None:
    runs = undisturbed.runs
    assert list(runs["scenario"]) == ["toy", "grant"] * 3  # those with one past stand together
    assert set(runs["state"]) == {"finished"} and not undisturbed.failures
    assert "6 finished" in repr(undisturbed) and "<td>3</td>" in undisturbed._repr_html_()
    assert len(undisturbed.final()) == 6
    assert len(undisturbed.frame()) == 6 * 8


def test_numbers_are_those_of_single_runs(undisturbed: sim.Results, grant: Scenario) -> None:
    """Founded apart or forked from a shared past, alone or in a batch."""
    alone = sim.run(grant.with_settings(SHORT), seed=2).outputs
    frame = undisturbed.frame()
    kept = frame[(frame["scenario"] == "grant") & (frame["seed"] == 2)].set_index("quarter")
    assert list(kept.index) == list(alone.index)
    assert all(kept[name].to_numpy().tobytes() == alone[name].to_numpy().tobytes() for name in alone)


@pytest.mark.parametrize("seconds", [1e-9, 1e9])
def test_neither_executor_nor_size_of_tasks_matters(
    undisturbed: sim.Results, grant: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    monkeypatch.setattr(execution, "TASK", seconds)
    monkeypatch.setattr(execution, "FIRST", 1)
    with ThreadPoolExecutor(3) as threads:
        assert same(sim.batch(design(grant), threads, tmp_path), undisturbed)


def test_order_of_scenarios_and_seeds_does_not_matter(undisturbed: sim.Results, grant: Scenario) -> None:
    turned = Design.of(title="Turned", scenarios=[grant, "toy"], seeds=[3, 1, 2], settings=SHORT)
    assert {run.run for run in planned(turned).runs} == set(undisturbed.runs["run"])


def test_parts_make_the_whole(undisturbed: sim.Results, grant: Scenario, tmp_path: Path) -> None:
    first = sim.batch(design(grant), store=tmp_path, shard=(1, 2))
    assert 0 < (first.runs["state"] == "finished").sum() < 6
    assert same(sim.batch(design(grant), store=tmp_path, shard=(2, 2)), undisturbed)


def test_more_seeds_and_scenarios_change_no_run(
    undisturbed: sim.Results, grant: Scenario, tmp_path: Path
) -> None:
    sim.batch(design(seeds=2), store=tmp_path)
    before = {path.name: path.read_bytes() for path in (tmp_path / "receipts").iterdir()}
    more = sim.batch(design(grant), store=tmp_path)
    assert same(more, undisturbed)
    after = {path.name: path.read_bytes() for path in (tmp_path / "receipts").iterdir()}
    assert before.items() < after.items()
    assert sum(len(receipt.runs) for receipt in more.store.receipts()) == 6


def test_a_run_that_stands_for_two_scenarios_is_done_once(tmp_path: Path) -> None:
    twin = sim.load("toy").with_run(end="2030Q4", title="Twin")  # the design ends it like the other
    found = sim.batch(design(twin), store=tmp_path)
    assert sum(len(receipt.runs) for receipt in found.store.receipts()) == 3
    final = found.final()
    assert sorted(final["scenario"]) == ["toy"] * 3 + ["twin"] * 3
    assert (
        final[final["scenario"] == "toy"]["capital"].sum()
        == final[final["scenario"] == "twin"]["capital"].sum()
    )


def test_comparison_out_of_a_store_is_that_of_the_runs(undisturbed: sim.Results) -> None:
    made = undisturbed.compare()
    direct = sim.compare(made.scenarios, seeds=3, jobs=1)
    assert made.effects.equals(direct.effects)
    assert made.costs.equals(direct.costs) and len(made.costs) > 0
    turned = undisturbed.compare("grant")
    assert [scenario.name for scenario in turned.scenarios] == ["grant", "toy"]


# --------------------------------------------------------------------------------------------------------- replay
def test_replay_verifies_the_bits(undisturbed: sim.Results) -> None:
    run = undisturbed.runs["run"][0]
    found = replay(undisturbed.store, run[:10])
    assert found.id == run and found.same
    kept = undisturbed.final().set_index("run").loc[run]
    assert found.run.outputs["employment"].iloc[-1] > 0 and kept["seed"] == found.run.seed


def test_replay_sees_a_changed_number(tmp_path: Path) -> None:
    found = sim.batch(design(seeds=1), store=tmp_path)
    receipt = found.store.receipts()[0]
    path = found.store.shard("final", receipt.id)
    table = found.table("final")
    table.loc[0, "employment"] += 1e-9
    columns = {name: table[name].to_numpy() for name in table}
    path.write_bytes(work.as_parquet(columns))
    text = (tmp_path / "receipts" / f"{receipt.id}.json").read_text()
    size = f'"final": {receipt.files["final"]}'
    assert size in text
    (tmp_path / "receipts" / f"{receipt.id}.json").write_text(
        text.replace(size, f'"final": {path.stat().st_size}')
    )
    again = replay(Store(tmp_path), found.runs["run"][0])
    assert again.same is False and again.differs == ("final",) and again.bits == again.kept


def test_replay_of_an_unknown_run_says_so(undisturbed: sim.Results) -> None:
    with pytest.raises(sim.InputError, match="no run of this store"):
        replay(undisturbed.store, "nothing")
    with pytest.raises(sim.InputError, match="the beginning of 6 runs"):
        replay(undisturbed.store, "")


def test_another_model_is_not_replayed(undisturbed: sim.Results, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.experiments.replay.model_version", lambda: "another")
    with pytest.raises(sim.InputError, match="was made by model version"):
        replay(undisturbed.store, undisturbed.runs["run"][0])


# ------------------------------------------------------------------------------------------------- what is kept
def test_only_what_is_asked_for_is_kept(tmp_path: Path) -> None:
    keep = {
        "outputs": ["employment"], "levels": ["total", "stage"], "every": 4, "agents": {"enterprises": ["workers"]}
    }  # fmt: skip
    found = sim.batch(design(seeds=1, keep=keep), store=tmp_path)
    assert list(found.frame()["quarter"]) == ["2011Q4", "2012Q4"]
    assert [name for name in found.frame() if name in sim.declare.OUTPUTS] == ["employment"]
    by_stage = found.frame(level="stage").groupby("quarter")["employment"].sum()
    assert by_stage.to_numpy() == pytest.approx(found.frame()["employment"].to_numpy())
    panel = found.frame(level="enterprises")
    assert panel.groupby("quarter")["workers"].sum()["2012Q4"] > 0 and panel["uid"].is_unique is False
    assert len(found.final().columns) > 100
    with pytest.raises(sim.InputError, match="not kept by this design"):
        found.frame(level="product")
    with pytest.raises(sim.InputError, match="comparisons need every quarter"):
        found.compare()
    with pytest.raises(sim.InputError, match="keeps something else"):
        sim.batch(design(seeds=1), store=tmp_path)


def test_an_estimate_writes_nothing(grant: Scenario, tmp_path: Path) -> None:
    plan = planned(design(grant))
    found = batches.estimate(plan, Store(tmp_path / "new"))
    assert (found.runs, found.left) == (6, 6) and found.seconds > 0
    assert found.bytes == pytest.approx(6 * sum(found.by_table.values()))
    assert not (tmp_path / "new").exists()


def test_a_store_moves_with_all_it_needs(grant: Scenario, tmp_path: Path) -> None:
    """Replay needs neither the design nor the scenario files, and no place on the disk."""
    (tmp_path / "mine.toml").write_text(
        'title = "Mine"\nbased_on = "toy"\n[parameters.search]\nalpha = 0.5\n'
    )
    (tmp_path / "d.toml").write_text(
        'title = "D"\nscenarios = ["mine"]\n[settings]\nrun = { end = "2011Q4", burn_in = 1 }\n'
    )
    sim.batch(tmp_path / "d.toml", store=tmp_path / "here")
    (tmp_path / "mine.toml").unlink()
    (tmp_path / "d.toml").unlink()
    (tmp_path / "here").rename(tmp_path / "there")
    store = Store.existing(tmp_path / "there")
    assert replay(store, store.runs["run"][0]).same
