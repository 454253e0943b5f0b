"""The validation table: targets and designs are sound, the command works, the documents are what it would write."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import sim
from sim.cli import cli
from sim.problems import InputError
from sim.validation.evaluate import evaluate, known_facts, statistic
from sim.validation.experiments import designs, perform, scenarios
from sim.validation.observations import Observations, observe_run
from sim.validation.table import BLOCK, as_dicts, counting, markdown
from sim.validation.targets import chosen, targets
from sim.validation.worlds import observe_worlds

DOCS = Path(__file__).resolve().parent.parent / "docs"


def call(*args: str) -> Result:
    return CliRunner().invoke(cli, list(args))


@cache
def toy() -> Observations:
    return observe_run(sim.load("toy").with_run(end="2020Q4", burn_in=4), 1, probes=True)


# ------------------------------------------------------------------------------------------------ the targets
def test_every_fact_is_named_once_and_every_measure_has_a_function_and_a_band() -> None:
    assert len(set(known_facts())) == len(known_facts())
    for fact in targets():
        for measure in fact.measures:
            assert callable(statistic(measure.statistic)), measure.statistic
            assert measure.band[0] < measure.band[1], (fact.id, measure.what)
            assert measure.band != (float("-inf"), float("inf")), (fact.id, measure.what)


def test_designs_resolve_and_their_contrasts_weigh_to_nothing() -> None:
    for design in designs():
        assert [scenario.name for scenario in scenarios(design)] == list(design.arms)
        for contrast in design.contrasts:
            assert sum(contrast.weights.values()) == pytest.approx(0.0), (design.id, contrast.what)
            assert contrast.band[0] < contrast.band[1]


def test_unknown_facts_are_refused_with_what_would_have_been_right() -> None:
    with pytest.raises(InputError, match=r"K99.*no such fact"):
        chosen("F1,K99", known_facts())
    assert chosen("f3, f1", known_facts()) == ("F1", "F3")


# -------------------------------------------------------------------------------------------- the observations
def test_the_panel_adds_up_to_what_the_run_records() -> None:
    seen = toy()
    sales = seen.panel.groupby("year").sales.sum()
    # Who leaves in a quarter has sold in it, is counted by the recorder and is not there any more at its end.
    assert (sales <= seen.yearly("sales", "sum") * (1.0 + 1e-9)).all()
    assert sales.sum() == pytest.approx(seen.yearly("sales", "sum").sum(), rel=0.02)
    assert seen.panel.groupby("year").size().iloc[-1] >= seen.yearly("enterprises", "last").iloc[-1]


def test_probes_change_one_thing_only() -> None:
    seen = toy()
    assert seen.failures is not None
    assert seen.steps is not None
    assert len(seen.failures) == seen.failures.enterprises.iloc[0]
    # A failure costs about what the enterprise made, or more; what others win back is less than that.
    big = seen.failures[seen.failures.own > 0.05]
    assert len(big)
    assert (big.lost > 0.2 * big.own).all()
    assert (seen.steps.value != 0.0).any()


def test_probing_leaves_the_run_as_it_is() -> None:
    plain = observe_run(sim.load("toy").with_run(end="2020Q4", burn_in=4), 1)
    assert plain.quarters.equals(toy().quarters)


# ------------------------------------------------------------------------------------------------ the command
def test_rows_of_two_seeds_and_what_is_written(tmp_path: Path) -> None:
    done = call(
        "validate",
        "toy",
        "--seeds",
        "2",
        "--jobs",
        "1",
        "--only",
        "F1,C1,K11",
        "--out",
        str(tmp_path),
        "--json",
    )
    assert done.exit_code == 0, done.output
    rows = json.loads((tmp_path / "validation.json").read_text())
    assert [row["id"] for row in rows] == ["F1", "K11", "C1"]
    assert rows[2]["verdict"] == "pass"
    assert rows[2]["band"] == [None, 1e-9]
    assert {"fact", "value", "low", "high", "source", "grade", "kind"} <= set(rows[0])
    text = (tmp_path / "validation.md").read_text()
    assert markdown(rows) in text
    assert "unconfirmed" in text  # K11 is of grade M
    assert (tmp_path / "validation.html").read_text().count("<svg") == 3


def test_bad_input_says_what_was_wrong() -> None:
    done = call("validate", "toy", "--only", "F99")
    assert done.exit_code == 2
    assert "no such fact" in done.stderr


def test_rows_are_counted_honestly() -> None:
    rows = as_dicts(evaluate(sim.load("toy").with_run(end="2014Q4"), 2, 1, "F13,C1"))
    said = counting(rows)
    assert said[0].startswith("1 of 1 calibrated and emergent rows")
    assert any(text.startswith("Imposed rows") for text in said)


# ------------------------------------------------------------------------------------------------ the documents
def test_the_documents_are_what_the_command_writes() -> None:
    """Facts, bands and sources are today's, and the page says what the file for machines says."""
    rows = json.loads((DOCS / "validation.json").read_text("utf-8"))
    facts = {fact.id: fact for fact in (*targets(), *designs())}
    assert [row["id"] for row in rows] == list(facts)
    for row in rows:
        fact = facts[row["id"]]
        measures = fact.measures if hasattr(fact, "measures") else fact.contrasts
        assert [row["source"], row["grade"], row["kind"]] == [fact.source, fact.grade, fact.kind]
        bands = [
            [None if abs(end) == float("inf") else float(f"{end:.6g}") for end in each.band]
            for each in measures
        ]
        assert [measure["band"] for measure in row["measures"]] == bands, row["id"]
    block = BLOCK.search((DOCS / "validation.md").read_text("utf-8"))
    assert block is not None
    assert block[2].endswith("\n".join(counting(rows)) + "\n" + markdown(rows))


def test_a_design_is_performed_and_judged_on_paired_seeds() -> None:
    """The user cost of R&D in a short run: per cent of the neutral arm, every seed a value, money named."""
    design = next(each for each in designs() if each.id == "P2")
    short = design.contrasts[0].model_copy(update={"years": (2013, 2014)})
    row = perform(design.model_copy(update={"end": "2014Q4", "times": 1, "contrasts": (short,)}), 3, 1)
    result = row.results[0]
    assert len(result.values) == 3
    assert result.value == pytest.approx(sum(result.values) / 3)
    assert result.low < result.value < result.high
    assert (result.unit, result.held_out) == ("%", True)
    assert "million CNY of public money a year" in result.reason
    assert row.said in ("agree", "inconclusive", "disagree")


def test_a_contrast_over_all_stages_is_that_of_the_cluster() -> None:
    """And less itself it is nothing; a design may take several times the seeds."""
    design = next(each for each in designs() if each.id == "E6")
    whole = design.contrasts[0].model_copy(update={"years": (2013, 2014)})
    stages = whole.model_copy(update={"stages": (1, 2, 3, 4, 5, 6)})
    nothing = stages.model_copy(update={"less_stages": stages.stages})
    short = {"end": "2014Q4", "times": 2, "contrasts": (whole, stages, nothing)}
    one, other, nil = perform(design.model_copy(update=short), 2, 1).results
    assert len(one.values) == 4 and any(one.values)
    assert other.values == pytest.approx(one.values)
    assert nil.values == pytest.approx((0.0,) * 4)


def test_a_ratio_of_effects_has_an_interval_and_no_values_of_its_own() -> None:
    design = next(each for each in designs() if each.id == "P1")
    short = design.contrasts[0].model_copy(update={"years": (2013, 2014)})
    result = perform(
        design.model_copy(update={"end": "2014Q4", "times": 1, "contrasts": (short,)}), 3, 1
    ).results[0]
    assert result.unit == "million CNY per million CNY"
    assert result.values == ()
    assert result.low < result.value < result.high


def test_worlds_of_many_sizes_differ_in_size_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before luck has told: after that, with entry shut, the toy chain's few large enterprises come and go by chance."""
    monkeypatch.setattr("sim.validation.worlds.YEARS", 3)
    seen = observe_worlds(sim.load("toy").with_run(end="2012Q4", burn_in=2), 1, sizes=(25, 100))
    small, large = seen.employment
    assert large - small == pytest.approx(math.log(4.0), abs=0.4)
    assert seen.productivity[0] == pytest.approx(seen.productivity[1], abs=0.2)
    assert seen.network is None  # no world of the size whose network is looked at
