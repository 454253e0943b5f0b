"""Scenarios: deltas resolve to what they say, quarter by quarter, and each value knows who set it."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.calendar import Quarter
from sim.declare import INSTRUMENTS, PARAMETERS
from sim.scenario import Scenario, known_scenarios, library

BASE = sim.load("toy")  # 2011Q1 to 2020Q4 after 8 quarters of burn-in, no policy


def rate(scenario: Scenario, instrument: str = "research_grant", lever: str = "rate") -> dict[str, float]:
    """A lever by quarter, burn-in left out."""
    values = scenario.levers()[instrument][lever][scenario.burn_in :]
    return {str(scenario.start + t): float(value) for t, value in enumerate(values)}


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, "utf-8")
    return path


def test_public_names_are_what_they_say_whatever_was_imported_before() -> None:
    import importlib

    module = importlib.import_module("sim.run")
    assert callable(sim.run)
    assert sim.run is module.run
    assert sim.Scenario is Scenario
    assert {"load", "run", "compare", "Scenario", "ClusterModel"} <= set(dir(sim))
    with pytest.raises(AttributeError):
        sim.nothing  # noqa: B018  # the look-up itself is tested


# ------------------------------------------------------------------------------------------------- quarters
def test_quarters_count() -> None:
    start = Quarter.of("2011Q1")
    assert [str(start + t) for t in (0, 3, 4, -1)] == ["2011Q1", "2011Q4", "2012Q1", "2010Q4"]
    assert Quarter.of("2012Q1") - start == 4
    assert str(start - 1) == "2010Q4"
    assert start < Quarter.of("2011Q2")
    assert (start.year, start.number) == (2011, 1)
    for wrong in ("2011", "2011Q0", "2011Q5", "2011q1", " 2011Q1", 2011, None):
        with pytest.raises(ValueError, match="not a quarter"):
            Quarter.of(wrong)


# -------------------------------------------------------------------------------------------------- library
@pytest.mark.parametrize("name", known_scenarios())
def test_every_scenario_loads_and_says_what_it_is(name: str) -> None:
    scenario = sim.load(name)
    assert scenario.title
    assert scenario.question.endswith("?")
    assert not scenario.warnings, [str(warning) for warning in scenario.warnings]
    levers = scenario.levers()
    assert len(levers) == scenario.burn_in + scenario.quarters
    for instrument, declared in INSTRUMENTS.items():
        for lever, about in declared.levers.items():
            assert (levers[instrument][lever][: scenario.burn_in] == about.default).all()


def test_the_library_has_the_packages() -> None:
    packages = {
        "chain_extension",
        "global_marketing",
        "innovation_system",
        "introduced_technology",
        "introduced_technology_digested",
        "institutional_environment",
        "talents_introduced",
        "talents_local_and_introduced",
        "all_together",
    }
    assert packages | {"baotou", "toy"} <= set(known_scenarios())
    base = sim.load("baotou").levers()
    for name in packages:
        levers = sim.load(name).levers()
        changed = (levers != base).nonzero()[0]
        assert changed.size, name
        # Ex-ante packages start in 2012Q1; only twins of announced levers may move before.
        for instrument, declared in INSTRUMENTS.items():
            for lever in declared.levers:
                same = levers[instrument][lever] == base[instrument][lever]
                assert same[: 20 + 4].all(), (name, instrument, lever)


def test_digestion_is_the_only_difference_between_the_two_ways_to_introduce_technology() -> None:
    without, digested = sim.load("introduced_technology"), sim.load("introduced_technology_digested")
    a, b = without.levers(), digested.levers()
    different = [name for name in INSTRUMENTS if (a[name] != b[name]).any()]
    assert different == ["digestion_support"]


def test_history_in_the_reference_case() -> None:
    base = sim.load("baotou")
    deduction = rate(base, "research_super_deduction")
    assert deduction["2011Q1"] == deduction["2017Q4"] == 0.5
    assert deduction["2018Q1"] == deduction["2020Q4"] == 0.75
    assert deduction["2021Q1"] == deduction["2021Q4"] == deduction["2035Q4"] == 1.0  # frozen after 2021Q4
    tax = rate(base, "export_tax")
    assert tax["2015Q1"] == 0.15
    assert tax["2015Q2"] == tax["2035Q4"] == 0.0
    stages = {stage.key: stage.number for stage in base.chain.stages}
    mask = base.levers()["export_tax"]["stages"][base.burn_in]
    assert mask == (1 << stages["separation"]) | (1 << stages["metals"])
    line = base.resolved()["policy"]["export_tax"]["rate"][0]["by"]
    file, _, number = line.rpartition(":")
    assert file.endswith("history.toml")
    assert (library() / "baotou" / "history.toml").read_text("utf-8").splitlines()[
        int(number) - 1
    ] == "value = 0.15"


def test_the_alternative_dating() -> None:
    base = sim.load("baotou")
    other = base.with_world(dating="alternative")
    assert rate(base, "land_discount")["2011Q1"] == 0.3
    assert rate(other, "land_discount")["2011Q1"] == 0.0
    assert rate(other, "land_discount")["2016Q1"] == 0.3
    assert base.digest != other.digest


# ------------------------------------------------------------------------------------------------ schedules
def test_a_plain_value_holds_for_the_whole_horizon() -> None:
    values = rate(BASE.with_policy(research_grant={"rate": 0.2}))
    assert set(values.values()) == {0.2}
    assert len(values) == 40


def test_start_and_until_include_their_quarters() -> None:
    grant = BASE.with_policy(research_grant={"rate": 0.2, "start": "2012Q2", "until": "2013Q3"})
    values = rate(grant)
    assert [quarter for quarter, value in values.items() if value] == [
        "2012Q2", "2012Q3", "2012Q4", "2013Q1", "2013Q2", "2013Q3",
    ]  # fmt: skip


def test_a_value_holds_until_the_next_point() -> None:
    path = {"schedule": {"2013Q1": 0.1, "2014Q1": 0.25}, "until": "2014Q4"}
    values = rate(BASE.with_policy(research_grant={"rate": path}))
    assert [values[q] for q in ("2012Q4", "2013Q1", "2013Q4", "2014Q1", "2014Q4", "2015Q1")] == [
        0.0, 0.1, 0.1, 0.25, 0.25, 0.0,
    ]  # fmt: skip


def test_a_ramp_is_straight_and_holds_its_end() -> None:
    path = {"schedule": {"2013Q1": 0.1, "2014Q1": 0.3, "2014Q3": 0.2}, "shape": "linear"}
    values = rate(BASE.with_policy(research_grant={"rate": path}))
    expected = {"2012Q4": 0.0, "2013Q1": 0.1, "2013Q2": 0.15, "2013Q4": 0.25, "2014Q1": 0.3, "2014Q2": 0.25,
                "2014Q3": 0.2, "2020Q4": 0.2}  # fmt: skip
    for quarter, value in expected.items():
        assert values[quarter] == pytest.approx(value), quarter


def test_a_child_replaces_the_path_from_its_first_date_on() -> None:
    parent = BASE.with_policy(research_grant={"rate": {"schedule": {"2012Q1": 0.1, "2015Q1": 0.2}}})
    child = parent.with_policy(research_grant={"rate": 0.3, "start": "2014Q1", "until": "2015Q4"})
    values = rate(child)
    assert [values[q] for q in ("2011Q4", "2012Q1", "2013Q4", "2014Q1", "2015Q4", "2016Q1", "2020Q4")] == [
        0.0, 0.1, 0.1, 0.3, 0.3, 0.0, 0.0,  # not the parent's 0.2 again
    ]  # fmt: skip


def test_levers_not_named_keep_the_parents() -> None:
    parent = BASE.with_policy(collaboration_voucher={"rate": 0.3, "bridging": 0.2})
    child = parent.with_policy(collaboration_voucher={"rate": 0.5}, research_grant={"rate": 0.1})
    assert set(rate(child, "collaboration_voucher", "bridging").values()) == {0.2}
    assert set(rate(child, "collaboration_voucher").values()) == {0.5}


def test_a_file_equals_the_same_in_python(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "grant",
        """
title = "Grant"
based_on = "toy"
[policy.research_grant]
rate = { schedule = { "2013Q1" = 0.1, "2016Q1" = 0.25 }, shape = "linear" }
sizes = ["small"]
[run]
end = "2018Q4"
""",
    )
    same = BASE.with_run(end="2018Q4").with_policy(
        research_grant={
            "rate": {"schedule": {"2013Q1": 0.1, "2016Q1": 0.25}, "shape": "linear"},
            "sizes": ["small"],
        }
    )
    assert sim.load(path).digest == same.digest
    assert sim.load(path) == same
    assert sim.load(path).quarters == 32


def test_a_file_stands_on_its_neighbours(tmp_path: Path) -> None:
    write(
        tmp_path,
        "one",
        'title = "One"\nquestion = "Why?"\nbased_on = "toy"\n[policy.research_grant]\nrate = 0.1\n',
    )
    path = write(
        tmp_path, "two", 'title = "Two"\nbased_on = "one"\n[policy.export_promotion]\nspending = 10\n'
    )
    two = sim.load(path)
    assert set(rate(two).values()) == {0.1}
    assert set(rate(two, "export_promotion", "spending").values()) == {10.0}
    assert two.resolved()["based_on"] == ["one", "toy"]
    assert (two.name, two.title, two.question) == ("two", "Two", "Why?")


# -------------------------------------------------------------------------------------- aims, announcements
def test_targets_become_bits() -> None:
    aimed = BASE.with_policy(
        capital_subsidy={
            "rate": 0.1, "start": "2012Q1", "stages": ["clothing", 2], "products": ["linen_garment"],
            "sizes": ["small", "large"], "ownerships": ["private"],
        }
    )  # fmt: skip
    levers = aimed.levers()["capital_subsidy"]
    quarter = aimed.burn_in + 4
    assert [levers[name][quarter] for name in ("stages", "products", "sizes", "ownerships")] == [
        0b1100,
        0b100,
        0b101,
        0b10,
    ]
    assert [levers[name][quarter - 1] for name in ("stages", "products", "sizes", "ownerships")] == [-1] * 4
    everybody = aimed.with_policy(capital_subsidy={"stages": "all", "start": "2013Q1"})
    assert everybody.levers()["capital_subsidy"]["stages"][aimed.burn_in + 7] == 0b1100
    assert everybody.levers()["capital_subsidy"]["stages"][aimed.burn_in + 8] == -1
    assert everybody.levers()["capital_subsidy"]["rate"][aimed.burn_in + 8] == 0.1


def test_twins_equal_their_levers_unless_announced() -> None:
    surprise = BASE.with_policy(capital_subsidy={"rate": {"schedule": {"2013Q1": 0.1, "2015Q1": 0.2}}})
    levers = surprise.levers()["capital_subsidy"]
    assert (levers["rate"] == levers["rate_ahead"]).all()


def test_an_announced_lever_is_seen_a_year_ahead() -> None:
    path = {"schedule": {"2013Q1": 0.1, "2015Q1": 0.2}, "until": "2016Q4"}
    known = BASE.with_policy(capital_subsidy={"rate": path, "announced": "2012Q3"})
    ahead = rate(known, "capital_subsidy", "rate_ahead")
    expected = {
        "2012Q1": 0.0,  # 2013Q1 is a year away but not announced yet
        "2012Q2": 0.0,
        "2012Q3": 0.1,
        "2013Q4": 0.1,
        "2014Q1": 0.2,
        "2015Q4": 0.2,
        "2016Q1": 0.0,  # the end is known too
        "2020Q4": 0.0,
    }
    assert {quarter: ahead[quarter] for quarter in expected} == expected


def test_an_unannounced_child_is_not_foreseen_through_an_announced_parent() -> None:
    parent = BASE.with_policy(capital_subsidy={"rate": 0.1, "start": "2012Q1", "announced": "2011Q1"})
    child = parent.with_policy(capital_subsidy={"rate": 0.2, "start": "2014Q1"})
    ahead = rate(child, "capital_subsidy", "rate_ahead")
    assert (ahead["2013Q4"], ahead["2014Q1"]) == (0.1, 0.2)


def test_announcing_where_nobody_looks_ahead_warns() -> None:
    scenario = BASE.with_policy(research_grant={"rate": 0.1, "start": "2013Q1", "announced": "2012Q1"})
    assert ["announcing has no effect" in warning.problem for warning in scenario.warnings] == [True]


def test_unusual_values_warn_and_work() -> None:
    scenario = BASE.with_policy(research_grant={"rate": 0.9})
    (warning,) = scenario.warnings
    assert "unusual: typical values are 0.1..0.3" in str(warning)
    assert set(rate(scenario).values()) == {0.9}


# -------------------------------------------------------------------------------------------------- history
def test_measures_fold_into_paths(tmp_path: Path) -> None:
    measure = """
[[measure]]
instrument = "research_grant"
lever = "rate"
status = "assumed"
confidence = "low"
source = "x"
"""
    write(
        tmp_path,
        "history",
        measure + 'value = 0.3\nstart = "2015Q1"\nuntil = "2018Q4"\nsizes = ["small"]\n'  # not in order
        + measure + 'value = 0.1\nstart = "2012Q1"\nuntil = "2013Q4"\nstart_alternative = "2012Q3"\n'
        + measure + 'value = 0.5\nstart = "2019Q1"\n',
    )  # fmt: skip
    text = 'title = "Past"\nbased_on = "toy"\n[world]\nhistory = "history.toml"\nhistory_until = "2016Q4"\n'
    past = sim.load(write(tmp_path, "past", text))
    values = rate(past)
    quarters = ("2011Q4", "2012Q1", "2013Q4", "2014Q1", "2014Q4", "2015Q1", "2016Q4", "2020Q4")
    assert [values[q] for q in quarters] == [
        0.0, 0.1, 0.1, 0.0, 0.0, 0.3, 0.3, 0.3,  # what is in force in 2016Q4 stays
    ]  # fmt: skip
    assert [warning.key for warning in past.warnings] == ["measure[3].start"]  # begins after the freeze
    sizes = past.levers()["research_grant"]["sizes"][past.burn_in :]
    assert [int(sizes[t]) for t in (0, 4, 15, 16, 39)] == [-1, -1, -1, 1, 1]
    assert rate(past.with_world(dating="alternative"))["2012Q2"] == 0.0
    child = past.with_policy(research_grant={"rate": 0.2, "start": "2013Q1"})
    assert [rate(child)[q] for q in ("2012Q4", "2013Q1", "2020Q4")] == [0.1, 0.2, 0.2]


# --------------------------------------------------------------------------------------- parameters, digest
def first_parameter() -> tuple[str, str]:
    group = sorted(PARAMETERS)[0]
    return group, sorted(PARAMETERS[group])[0]


def test_parameters() -> None:
    group, name = first_parameter()
    declared = PARAMETERS[group][name]
    changed = BASE.with_parameters(**{group: {name: declared.high}})
    assert BASE.parameters()[group][name] == declared.default
    assert changed.parameters()[group][name] == declared.high
    assert changed.resolved()["parameters"][group][name] == {"value": declared.high, "by": "with_parameters"}
    assert BASE.resolved()["parameters"][group][name] == {"value": declared.default, "by": "default"}
    by_set = BASE.with_settings({f"parameters.{group}.{name}": declared.high})
    assert by_set.digest == changed.digest != BASE.digest


def test_who_set_it(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "grant",
        'title = "Grant"\nbased_on = "toy"\n\n[policy.research_grant]\nrate = 0.1\nstart = "2012Q1"\n',
    )
    steps = sim.load(path).resolved()["policy"]["research_grant"]["rate"]
    assert [(step["from"], step["value"]) for step in steps] == [("2011Q1", 0.0), ("2012Q1", 0.1)]
    assert steps[0]["by"] == "default"
    assert steps[1]["by"].endswith("grant.toml:5")


def test_the_digest_depends_on_content_only(tmp_path: Path) -> None:
    grant = BASE.with_policy(research_grant={"rate": 0.1}, title="One name")
    assert grant.digest == BASE.with_policy(research_grant={"rate": 0.1}, title="Another").digest
    assert grant.digest != BASE.digest
    assert BASE.with_policy(research_grant={"rate": 0.0}).digest == BASE.digest
    assert BASE.with_policy(research_grant={"rate": 0.1, "sizes": ["small"]}).digest != grant.digest
    assert BASE.with_run(burn_in=9).digest != BASE.digest
    text = (library() / "toy" / "chain.toml").read_text("utf-8")
    (tmp_path / "chain.toml").write_text(text.replace("complexity = 1.2", "complexity = 1.3"), "utf-8")
    path = write(tmp_path, "other", 'title = "Other"\nbased_on = "toy"\n[world]\nchain = "chain.toml"\n')
    assert sim.load(path).digest != BASE.digest


def test_scenarios_travel_between_processes() -> None:
    grant = BASE.with_policy(research_grant={"rate": 0.1}, title="Grant")
    copy = pickle.loads(pickle.dumps(grant))
    assert copy == grant
    assert copy.title == "Grant"
    assert np.array_equal(copy.levers(), grant.levers())


def test_nothing_can_be_changed() -> None:
    with pytest.raises(AttributeError):
        BASE.title = "x"
    with pytest.raises(ValueError, match="frozen"):
        BASE.chain.products[0].price = 1.0
    for table in (BASE.chain.processes[1].inputs, BASE.series.paths, BASE.policy):
        with pytest.raises(TypeError):
            table["x"] = 1.0


def test_reprs() -> None:
    grant = BASE.with_policy(research_grant={"rate": 0.1, "start": "2012Q1"}, title="A <grant>")
    assert "research_grant.rate 0.1 from 2012Q1" in repr(grant)
    assert "A &lt;grant&gt;" in grant._repr_html_()


# --------------------------------------------------------------------------------------------- data, schema
def test_the_chain_knows_its_rows() -> None:
    chain = sim.load("baotou").chain
    assert chain.contents == ("reo", "ndpr")
    assert [market.key for market in chain.markets] == ["domestic", "international"]
    separation = chain.processes[chain.process_index("separation")]
    assert list(separation.outputs) == ["ndpr_oxide", "lace_oxide"]  # the main product first
    assert chain.maker("lace_oxide") == chain.process_index("separation")
    assert chain.products[chain.product_index("ndpr_oxide")].stage == 2
    assert chain.quotas == ("mining", "separation")
    with pytest.raises(KeyError):
        chain.product_index("gold")


def test_series_are_nan_where_nothing_is_known() -> None:
    series = sim.load("toy").series
    first, last = series.span("index.general")
    values = series.over("index.general", first - 1, last - first + 3)
    assert np.isnan(values[0])
    assert np.isnan(values[-1])
    assert not np.isnan(values[1:-1]).any()
    assert np.isnan(series.over("price.nothing", first, 3)).all()


def test_the_schema_knows_every_instrument_and_parameter() -> None:
    schema = Scenario.json_schema()
    policy = schema["properties"]["policy"]["properties"]
    assert set(policy) == set(INSTRUMENTS)
    number, schedule = policy["research_grant"]["properties"]["rate"]["anyOf"]
    assert (number["minimum"], number["maximum"]) == INSTRUMENTS["research_grant"].levers["rate"].hard
    assert schedule["properties"]["shape"]["enum"] == ["step", "linear"]
    assert "stages" not in policy["institute_funding"]["properties"]
    parameters = schema["properties"]["parameters"]["properties"]
    assert {group: set(table["properties"]) for group, table in parameters.items()} == {
        group: set(members) for group, members in PARAMETERS.items()
    }
