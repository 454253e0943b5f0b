"""Compare: one history, true pairs, and no comparison of what cannot be compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from conftest import differences, scenario

from sim.analysis import workers
from sim.analysis.outcomes import by_year, outcome, present_value, years_of
from sim.analysis.shared_history import paired_runs, plan
from sim.compare import Comparison, compare
from sim.problems import InputError
from sim.run import BooksDoNotClose, State
from sim.scenario import Scenario

END = "2014Q4"


@pytest.fixture(scope="module")
def base() -> Scenario:
    return scenario("toy", END, 4)


@pytest.fixture(scope="module")
def grant(base: Scenario) -> Scenario:
    return base.with_policy(title="Grant", research_grant={"rate": 0.2, "start": "2012Q2"})


@pytest.fixture(scope="module")
def small(base: Scenario, grant: Scenario) -> Comparison:
    announced = base.with_policy(
        title="Announced", capital_subsidy={"rate": 0.1, "start": "2013Q1", "announced": "2011Q3"}
    )
    return compare([base, grant, announced], seeds=12, jobs=1)


# ----------------------------------------------------------------------------------------------- shared history
def test_forked_equals_unbroken(base: Scenario, grant: Scenario) -> None:
    """To the bit: all that is recorded, and the world in which it ends."""
    other = base.with_parameters(title="Other world", search={"alpha": 0.5})
    announced = base.with_policy(
        title="Announced", capital_subsidy={"rate": 0.1, "start": "2013Q1", "announced": "2011Q3"}
    )
    together = [base, grant, other, announced, base]
    first, second = plan(together)
    assert first == [(4 + 4, 3), (4 + 5, 1), (4 + 16, 4), (4 + 16, 0)]  # announced: a year ahead
    assert second == [(4 + 16, 2)]
    records, failures = paired_runs(together, 3)
    assert failures == []
    for each, record in zip(together, records, strict=True):
        alone = State.founded(each, 3)
        alone.advance(each.burn_in + each.quarters)
        assert record.tobytes() == alone.recorder[each.burn_in :].tobytes(), each.name
    trunk = State.founded(base, 3)
    trunk.advance(9)
    branch = trunk.fork(grant)
    trunk.advance(20)  # the trunk goes on and disturbs no branch
    branch.advance(20)
    alone = State.founded(grant, 3)
    alone.advance(20)
    assert differences(branch.world, alone.world) == []
    assert differences(branch.world, trunk.world) != []


def test_a_failed_run_costs_itself_only(
    base: Scenario, grant: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = State.advance

    def fail(state: State, until: int) -> None:
        if state.scenario.name == "grant" and state.seed == 2:
            raise BooksDoNotClose("grant, seed 2: the account of money does not close")
        live(state, until)

    monkeypatch.setattr(State, "advance", fail)
    found = compare([base, grant], seeds=3, jobs=1)
    assert [(failure.scenario, failure.seed) for failure in found.failures] == [("grant", 2)]
    row = found.effects_on(["research"]).iloc[0]
    assert (row.n, row.note) == (2, "gaps")
    assert np.isfinite(found.paths("research")[0]).all()


def test_what_is_finished_is_kept_when_interrupted(
    base: Scenario, grant: Scenario, small: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = State.advance

    def interrupt(state: State, until: int) -> None:
        if state.seed == 3:
            raise KeyboardInterrupt
        live(state, until)

    monkeypatch.setattr(State, "advance", interrupt)
    found = compare([base, grant], seeds=5, jobs=1)
    assert found.seeds == (1, 2) and "interrupted after 2 of 5 pairs" in found.warnings[0]
    assert (found.paths("sales") == small.paths("sales")[:2, :2]).all()
    with pytest.raises(KeyboardInterrupt):
        compare([base, grant], seeds=[3], jobs=1)


@pytest.mark.parametrize("threads", [8, 1])
def test_threads_processes_and_order_change_nothing(
    base: Scenario, grant: Scenario, small: Comparison, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    """As many jobs as are allowed to be threads are threads, more are processes."""
    monkeypatch.setattr(workers, "THREADS", threads)
    before = set(psutil.Process().children())
    with workers.workers(2) as executor:
        again = compare([base, grant], seeds=[4, 2], executor=executor)
        assert (set(psutil.Process().children()) == before) == (threads == 8)
    assert (again.paths("research") == small.paths("research")[:2, [3, 1]]).all()
    assert (
        again.paths("enterprises", "stage", 2) == small.paths("enterprises", "stage", 2)[:2, [3, 1]]
    ).all()


# ---------------------------------------------------------------------------------------------------- statistics
def test_pairing_is_real(base: Scenario) -> None:
    """Equal luck makes small effects visible: fewer runs by the variance-reduction factor."""
    little = base.with_policy(title="Little", research_grant={"rate": 0.05, "start": "2012Q1"})
    found = compare([base, little], seeds=20, jobs=1)
    table = found.effects_on(["sales", "employment", "value_added", "research", "profit"])
    assert (table.variance_reduction > 5.0).all()
    shuffled = found.outcome("sales")[1][np.random.default_rng(0).permutation(20)]
    mixed = (shuffled - found.outcome("sales")[0]).var(ddof=1)
    row = table.iloc[0]
    assert mixed > 3.0 * row.standard_error**2 * 20


def test_levels_add_up_to_the_total(small: Comparison) -> None:
    total = small.paths("value_added_volume")
    for level in ("stage", "product", "size", "ownership", "origin"):
        parts = [small.paths("value_added_volume", level, key) for key in small.keys(level)]
        assert sum(parts) == pytest.approx(total)
    table = small.effects_on(["value_added_volume"], "stage")
    assert table.group.tolist() == [key for key in ("fibre", "yarn", "clothing") for _ in range(2)]
    of_grant = table[table.scenario == "grant"]
    whole = small.effects_on(["value_added_volume"]).iloc[0]
    assert of_grant.effect.sum() == pytest.approx(whole.effect)
    assert whole.label == "Value added, volume" and of_grant.label.iloc[0] == "Value added, volume: Fibre"


def test_effects_over_time_are_nil_before_the_policy(small: Comparison) -> None:
    table = small.effects_over_time("research").query("scenario == 'grant'")
    assert table.year.tolist() == ["2011", "2012", "2013", "2014"]
    assert table.verdict.iloc[0] == "same" and table.effect.iloc[0] == 0.0
    assert (table.effect.iloc[1:] != 0.0).all()


def test_public_cost_is_the_books(small: Comparison) -> None:
    cost = present_value(small.paths("public_cost"))
    assert small.cost == pytest.approx(cost)
    total = small.costs[small.costs.scenario == "grant"]
    assert total.instrument.tolist() == ["research_grant"]
    assert (
        float(total.total.iloc[0])
        == pytest.approx(cost[1].mean())
        == pytest.approx(small.public_cost("grant"))
    )


def test_outcomes_by_hand() -> None:
    path = np.arange(1.0, 11.0)  # ten quarters: two years and two quarters before them
    assert by_year(path, "flow").tolist() == [18.0, 34.0]
    assert by_year(path, "stock").tolist() == [6.0, 10.0]
    assert by_year(path, "rate").tolist() == [4.5, 8.5]
    assert by_year(path[:3], "flow").tolist() == [6.0]
    assert outcome(path, "flow") == 26.0 and outcome(path, "flow", years=1) == 34.0
    assert present_value(np.array([1.0, 0.0, 0.0, 0.0, 1.03])) == pytest.approx(2.0)


def test_years_are_named_by_their_end(base: Scenario) -> None:
    assert years_of(base) == ["2011", "2012", "2013", "2014"]
    assert years_of(base.with_run(end="2014Q2")) == ["2012", "2013", "2014"]
    assert years_of(base.with_run(end="2011Q2")) == ["2011"]


def test_parameter_sets_are_paired_within(base: Scenario, grant: Scenario) -> None:
    sets = [{"research.misuse": 0.1}, {"research.misuse": 0.6}]
    found = compare([base, grant], seeds=2, jobs=1, parameter_sets=sets)
    assert found.seeds == (1, 2, 1, 2) and found.set_of == (0, 0, 1, 1)
    alone = [each.with_parameters(research={"misuse": 0.6}) for each in (base, grant)]
    assert (compare(alone, seeds=2, jobs=1).paths("research") == found.paths("research")[:, 2:]).all()
    row = found.effects_on(["research_misused"]).iloc[0]
    assert row.n == 4 and row.low < row.effect < row.high


# ---------------------------------------------------------------------------------------------------- bad input
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"end": "2014Q3"}, "horizon, 2011Q1 to 2014Q3, is not 2011Q1 to 2014Q4"),
        ({"start": "2011Q2"}, "horizon, 2011Q2 to 2014Q4"),
    ],
)
def test_other_horizons_are_refused(base: Scenario, change: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        compare([base, base.with_run(title="Other", **change)], seeds=2, jobs=1)


def test_differences_outside_policy_are_told(base: Scenario, grant: Scenario) -> None:
    other = grant.with_parameters(title="Both", search={"alpha": 0.5})
    found = compare([base, other, base], seeds=1, jobs=1)
    assert [each.name for each in found.scenarios] == ["toy", "both", "toy_2"]
    told = " / ".join(found.warnings)
    assert "both differs from toy outside policy, in search.alpha" in told
    assert "toy_2 is toy to the bit" in told
    assert "a single pair of runs: no interval" in told
    assert set(found.effects_on(["research"]).verdict) == {"unknown"}


@pytest.mark.parametrize("sets", [[{"search.alhpa": 0.5}], [{"search.alpha": 5.0}]])
def test_bad_parameter_sets_are_refused(base: Scenario, sets: list[dict[str, float]]) -> None:
    with pytest.raises(InputError, match=r"did you mean 'alpha'|allowed"):
        compare([base], seeds=1, jobs=1, parameter_sets=sets)


def test_unknown_outputs_are_refused(small: Comparison) -> None:
    with pytest.raises(InputError, match="did you mean 'research'"):
        small.paths("reserch")
    with pytest.raises(InputError, match="is kept by stage"):
        small.by_year("products_made", "stage")
    with pytest.raises(ValueError, match="no level"):
        small.effects_on(["research"], "county")


def test_what_is_written(small: Comparison, tmp_path: Path) -> None:
    written = small.save(tmp_path / "deep")
    assert [path.name for path in written] == ["effects.csv", "costs.csv", "comparison.json"]
    assert all(path.stat().st_size > 100 for path in written)
