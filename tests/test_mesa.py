"""Mesa: a model steps the same world to the same bits, its agents are views, and it is freed in the end."""

from __future__ import annotations

import gc
import inspect
import multiprocessing
import os
import subprocess
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim import compiled
from sim.accounts import GRANT, LOCAL_GOVERNMENT, receive
from sim.declare import TABLES
from sim.model import ClusterModel, Enterprise, Government, Institute, live_by
from sim.problems import InputError
from sim.quarter import QUARTER
from sim.rules.finance import settle_accounts
from sim.rules.leaving import leave
from sim.run import BooksDoNotClose, State
from sim.world import World

TOY = sim.load("toy").with_run(end="2011Q4", burn_in=2)


def same_world(one: World, other: World) -> bool:
    """To the bit, name by name: records have gaps between their columns."""
    for ours, theirs in zip(one, other, strict=True):
        for name in ours.dtype.names or [...]:
            if ours[name].tobytes() != theirs[name].tobytes():
                return False
    return True


def nothing(world: World, p: Any, now: Any) -> None:
    """A rule in plain Python that changes nothing."""


def grant_in_python(world: World, p: Any, now: Any) -> None:
    """A million for everybody, out of the local budget."""
    for enterprise in world.enterprises:
        if enterprise.alive:
            compiled.interpreted(receive)(world, enterprise, GRANT, LOCAL_GOVERNMENT, 1.0)


def grant_compiled(world, p, now):
    """The same as a rule."""
    for enterprise in world.enterprises:
        if enterprise.alive:
            receive(world, enterprise, GRANT, LOCAL_GOVERNMENT, 1.0)


def money_from_nowhere(world: World, p: Any, now: Any) -> None:
    world.enterprises[0].cash += 1.0


def ruin_the_first(world: World, p: Any, now: Any) -> None:
    """The first enterprise has been without money for long."""
    world.enterprises[0].distress = 100


# ------------------------------------------------------------------------------------------------ the quarter
@pytest.mark.parametrize("name", ["toy", "baotou"])
def test_steps_equal_a_run_to_the_bit(name: str) -> None:
    scenario = sim.load(name).with_run(end="2011Q3", burn_in=2)
    run = sim.run(scenario, seed=5)
    model = ClusterModel(scenario, rng=5)
    assert (model.steps, model.quarter, model.running) == (0, "2010Q4", True)
    for quarter in ("2011Q1", "2011Q2", "2011Q3"):
        model.step()
        assert model.quarter == quarter
        assert len(model.agents) > 1
    assert (model.steps, model.running) == (3, False)
    assert model.run.recorder.tobytes() == run.recorder.tobytes()
    assert model.datacollector.get_model_vars_dataframe().equals(run.outputs)
    assert same_world(model.world, run.state.world)


def test_rule_by_rule_equals_the_compiled_loop_to_the_bit() -> None:
    whole, piecemeal = State.founded(TOY, 2), State.founded(TOY, 2)
    whole.advance(6)
    for _ in range(6):
        live_by(piecemeal, QUARTER)
    assert whole.recorder.tobytes() == piecemeal.recorder.tobytes()
    assert same_world(whole.world, piecemeal.world)


def test_tables_grow_between_quarters_in_either_loop() -> None:
    scenario = TOY.with_run(end="2011Q1", burn_in=0)
    whole, piecemeal = State.founded(scenario, 2), State.founded(scenario, 2)
    for state in (whole, piecemeal):
        state.world = state.world._replace(projects=state.world.projects[:8].copy())
    whole.advance(1)
    live_by(piecemeal, QUARTER)
    assert len(whole.world.projects) > 8
    assert same_world(whole.world, piecemeal.world)


def test_unedited_rules_take_the_compiled_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    model = ClusterModel(TOY, rng=2)

    def refuse(*_: Any) -> None:
        raise AssertionError("rule by rule")

    monkeypatch.setattr("sim.model.live_by", refuse)
    model.step()
    model.rules.append(nothing)
    with pytest.raises(AssertionError, match="rule by rule"):
        model.step()
    assert not model.running
    for _ in range(2):  # Mesa 3.5 would do nothing at all
        with pytest.raises(RuntimeError, match="make a new model"):
            model.step()


def test_rules_are_a_copy_for_each_model() -> None:
    one, other = ClusterModel(TOY), ClusterModel(TOY)
    one.rules.clear()
    assert tuple(other.rules) == QUARTER


def test_a_rule_that_does_nothing_changes_nothing() -> None:
    run = sim.run(TOY, seed=2)
    model = ClusterModel(TOY, rng=2)
    model.rules.insert(model.rules.index(settle_accounts), nothing)
    model.run_model()
    assert model.run.recorder.tobytes() == run.recorder.tobytes()
    assert same_world(model.world, run.state.world)


def test_a_rule_in_python_and_the_same_rule_compiled_agree() -> None:
    plain, quick, without = (ClusterModel(TOY, rng=2) for _ in range(3))
    place = QUARTER.index(settle_accounts)
    known = set(compiled.RULES)
    try:
        plain.rules.insert(place, grant_in_python)
        quick.rules.insert(place, compiled.rule(grant_compiled))
        for model in (plain, quick, without):
            model.step()
    finally:
        for name in set(compiled.RULES) - known:
            del compiled.RULES[name]
    assert same_world(plain.world, quick.world)
    number = int(plain.world.enterprises.alive.sum())
    spent = without.world.balances[LOCAL_GOVERNMENT] - plain.world.balances[LOCAL_GOVERNMENT]
    assert 0.5 * number < spent < 1.5 * number  # some of it comes back as tax


def test_a_rule_that_makes_money_is_found_out() -> None:
    model = ClusterModel(TOY, rng=2)
    model.rules.append(money_from_nowhere)
    with pytest.raises(BooksDoNotClose, match="deposits does not close"):
        model.step()
    assert not model.running


def test_the_study_ends_at_its_horizon() -> None:
    model = ClusterModel(TOY, run__end="2011Q1", run__burn_in=0)
    model.run_model()
    assert (model.steps, model.running) == (1, False)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="ends in 2011Q1"):
            model.step()
    assert model.steps == 1
    assert len(model.run.outputs) == 1


# ------------------------------------------------------------------------------------------- its constructor
def test_settings_in_either_spelling() -> None:
    one = ClusterModel(TOY, policy__research_grant__rate=0.3, run__burn_in=0)
    other = ClusterModel(TOY, **{"policy.research_grant.rate": 0.3, "run.burn_in": 0})
    assert one.study == other.study
    assert one.study.burn_in == 0
    assert (one.study.levers()["research_grant"]["rate"] == 0.3).all()
    with pytest.raises(InputError, match="did you mean 'rate'"):
        ClusterModel(TOY, policy__research_grant__rat=0.3)


def test_a_seed_is_what_mesa_takes_for_one() -> None:
    short = TOY.with_run(burn_in=0)
    assert ClusterModel(short).seed == 1
    assert ClusterModel(short, rng=np.int64(7)).seed == 7
    assert ClusterModel(short, rng=None).seed != ClusterModel(short, rng=None).seed
    assert ClusterModel(short, rng=[1, 2]).seed == ClusterModel(short, rng=[1, 2]).seed


def test_no_rule_draws_from_mesas_generators() -> None:
    run = sim.run(TOY, seed=2)
    model = ClusterModel(TOY, rng=2)
    while model.running:
        model.agents.shuffle()
        model.rng.random()
        model.step()
    assert model.run.recorder.tobytes() == run.recorder.tobytes()


# ---------------------------------------------------------------------------------------------------- agents
@pytest.fixture(scope="module")
def model() -> ClusterModel:
    """A model that is looked at only."""
    model = ClusterModel(TOY, rng=4, agent_reporters=("sales", "cash"))
    model.run_model()
    return model


def test_agents_are_made_when_somebody_looks() -> None:
    model = ClusterModel(TOY, rng=2)
    model.step()
    assert not model._handles
    assert len(model.agents) == len(model._handles)
    first = list(model.agents)
    model.step()
    assert [agent for agent in first if agent in model.agents] == [agent for agent in first if agent.alive]


def test_every_column_of_every_agent(model: ClusterModel) -> None:
    for kind, name in ((Enterprise, "Enterprise"), (Institute, "Institute"), (Government, "Region")):
        agent = next(iter(model.agents_by_type[kind]))
        assert agent.alive
        table = getattr(model.world, kind.table)
        row = int(np.flatnonzero(table.uid == agent.uid)[0]) if kind is not Government else 0
        for column in TABLES[name].columns:
            np.testing.assert_array_equal(getattr(agent, column), table[column][row], column)
    assert inspect.getdoc(Enterprise.cash) == "deposits [million CNY]"


def test_agent_sets_select_aggregate_and_group(model: ClusterModel) -> None:
    table = model.world.enterprises[model.world.enterprises.alive]
    institutes = model.world.institutes[model.world.institutes.alive]
    enterprises = model.agents.select(agent_type=Enterprise)
    assert set(model.agents_by_type) == set(model.agent_types) == {Government, Institute, Enterprise}
    assert len(enterprises) == len(model.agents_by_type[Enterprise]) == len(table)
    assert len(model.agents) == 1 + len(institutes) + len(table)
    assert enterprises.agg("cash", sum) == pytest.approx(table.cash.sum())
    assert model.agents.agg("cash", len) == len(model.agents)
    assert model.agents_by_type[Government].get("cash") == [model.world.balances[LOCAL_GOVERNMENT]]
    large = enterprises.select(lambda each: each.workers > 100.0)
    assert len(large) == (table.workers > 100.0).sum()
    assert enterprises.groupby("stage").count() == {
        stage: (table.stage == stage).sum() for stage in np.unique(table.stage)
    }
    ids = model.agents.get("unique_id")
    assert ids == model.agents.get("uid")
    assert len(set(ids)) == len(ids)


def test_agents_are_to_be_read_only(model: ClusterModel) -> None:
    enterprise = next(iter(model.agents_by_type[Enterprise]))
    with pytest.raises(AttributeError, match=r"Enterprise\.cash .* accounts\.pay"):
        enterprise.cash = 1.0
    with pytest.raises(ValueError, match="read-only"):
        enterprise.knowledge[0] = 1.0


def test_who_leaves_is_dropped_and_says_so() -> None:
    model = ClusterModel(TOY, rng=2)
    first = int(model.world.enterprises[0].uid)
    gone = next(agent for agent in model.agents_by_type[Enterprise] if agent.uid == first)
    model.rules.insert(model.rules.index(leave), ruin_the_first)
    model.step()
    assert not gone.alive
    assert gone.uid == first
    assert gone not in model.agents
    assert gone not in model.agents_by_type[Enterprise]
    with pytest.raises(AttributeError, match="has left the cluster"):
        _ = gone.cash


def test_the_order_of_agents_does_not_depend_on_when_one_looks() -> None:
    scenario = TOY.with_run(end="2012Q4")
    often, once = ClusterModel(scenario, rng=3), ClusterModel(scenario, rng=3)
    while often.running:
        assert len(often.agents)
        often.step()
    once.run_model()
    assert often.agents.get("uid") == once.agents.get("uid")


def test_removing_a_handle_does_not_remove_an_enterprise() -> None:
    model = ClusterModel(TOY, rng=2)
    before = len(model.agents)
    model.remove_all_agents()
    assert len(model.agents) == before


# --------------------------------------------------------------------------------------------------- reports
def test_variables_of_the_model_are_the_recorder(model: ClusterModel) -> None:
    frame = model.datacollector.get_model_vars_dataframe()
    assert frame.equals(model.run.outputs)
    listed = model.datacollector.model_vars
    assert listed["quarter"] == ["2011Q1", "2011Q2", "2011Q3", "2011Q4"] == list(frame.index)
    assert listed["seed"] == [4] * 4
    assert listed["output_value"] == frame["output_value"].tolist()


def test_variables_of_agents_are_kept_when_asked_for(model: ClusterModel) -> None:
    frame = model.datacollector.get_agent_vars_dataframe()
    assert frame.index.names == ["Step", "AgentID"]
    assert set(frame.index.get_level_values("Step")) == {1, 2, 3, 4}
    last = frame.xs(model.steps, level="Step")
    for enterprise in model.agents_by_type[Enterprise]:
        assert last.loc[enterprise.unique_id, "sales"] == enterprise.sales
    for institute in model.agents_by_type[Institute]:
        assert last.loc[institute.unique_id, "cash"] == institute.cash
        assert np.isnan(last.loc[institute.unique_id, "sales"])
    with pytest.raises(ValueError, match="did you mean 'sales'"):
        ClusterModel(TOY, agent_reporters=["slaes"])


# --------------------------------------------------------------------------------------------------- batches
@pytest.fixture
def start_method() -> Iterator[None]:
    """The one that Mesa wants, for the test only: it forces it on the whole program."""
    before = multiprocessing.get_start_method(allow_none=True)
    multiprocessing.set_start_method("spawn", force=True)
    yield
    multiprocessing.set_start_method(before, force=True)


def batch(seeds: list[int], parameters: dict[str, Any], **settings: Any) -> list[dict[str, Any]]:
    """batch_run with these seeds, as this Mesa wants them."""
    import mesa  # not above: Mesa 3.3 would choose a start method for all tests

    if "rng" in inspect.signature(mesa.batch_run).parameters:
        settings["rng"] = seeds
    else:
        parameters = {**parameters, "rng": seeds}
    rows = mesa.batch_run(ClusterModel, parameters, display_progress=False, **settings)
    return sorted(rows, key=lambda row: (row["RunId"], row["Step"]))


@pytest.mark.usefixtures("start_method")
@pytest.mark.parametrize("processes", [1, 2])
def test_batches_run_through_mesa(processes: int) -> None:
    rows = batch([1, 2, 3], {"scenario": TOY}, number_processes=processes)
    assert [row["seed"] for row in rows] == [1, 2, 3]
    for row in rows:
        outputs = sim.run(TOY, seed=row["seed"]).outputs
        assert row["quarter"] == "2011Q4"
        assert {name: row[name] for name in outputs} == outputs.iloc[-1].to_dict()
    assert len({row["output_value"] for row in rows}) == 3


@pytest.mark.usefixtures("start_method")
def test_batches_vary_settings_and_report_agents() -> None:
    parameters = {
        "scenario": TOY.with_run(burn_in=0),
        "policy__research_grant__rate": [0.0, 0.5],
        "agent_reporters": [("sales", "knowledge")],
    }
    rows = batch([1], parameters, data_collection_period=1)
    outputs = sim.run(TOY.with_run(burn_in=0), seed=1).outputs
    assert {row["policy__research_grant__rate"] for row in rows} == {0.0, 0.5}
    assert {row["quarter"] for row in rows} == {"2011Q1", "2011Q2", "2011Q3", "2011Q4"}
    for quarter in ("2011Q1", "2011Q4"):  # agents and totals of one row are of one quarter
        here = [row for row in rows if row["quarter"] == quarter and not row["policy__research_grant__rate"]]
        assert len({row["Step"] for row in here}) == 1
        assert sum(row["sales"] or 0.0 for row in here) == pytest.approx(outputs.loc[quarter, "sales"])


# ---------------------------------------------------------------------------------------------------- traps
def test_models_are_freed() -> None:
    freed = []
    for seed in (1, 2):
        model = ClusterModel(TOY, rng=seed, agent_reporters=("sales",))
        model.rules.append(nothing)
        model.step()
        enterprise = next(iter(model.agents_by_type[Enterprise].select(lambda each: each.stage > 1)))
        model.step()
        model.agents.groupby("unique_id")
        model.datacollector.get_model_vars_dataframe()
        model.datacollector.get_agent_vars_dataframe()
        freed += [weakref.ref(model), weakref.ref(enterprise), weakref.ref(model.world.enterprises)]
    del model, enterprise
    gc.collect()
    assert [each() for each in freed] == [None] * len(freed)


def test_solara_takes_the_model() -> None:
    """What SolaraViz asks of a model: that of Mesa 3.3 looks for ``kwargs``, that of 3.5 at ``scenario``."""
    assert inspect.signature(ClusterModel).parameters["kwargs"].kind is inspect.Parameter.VAR_KEYWORD
    model = ClusterModel(TOY)
    assert getattr(model, "scenario", None) is None
    with pytest.raises(AttributeError, match=r"model\.study"):
        _ = model.scenario


def test_importing_changes_nothing_for_the_rest_of_the_program() -> None:
    code = """
import sys, multiprocessing, sim
assert "mesa" not in sys.modules
assert multiprocessing.get_start_method(allow_none=True) is None
sim.ClusterModel
assert "mesa" in sys.modules
assert multiprocessing.get_start_method(allow_none=True) is None
"""
    path = os.pathsep.join([str(Path(sim.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": path})
