"""Analyses of batches: indices of known functions are known; other tools read what is exported; the commands."""

from __future__ import annotations

import json
import math
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

import sim
from sim.analysis import sensitivity as analysis
from sim.cli import cli
from sim.declare import INSTRUMENTS
from sim.experiments.designs import Design, Sample
from sim.experiments.factors import Factor
from sim.experiments.plan import planned
from sim.experiments.sampling import sampled

SHORT = {"run.end": "2011Q4", "run.burn_in": 1}
GRANT, STEP = "policy.research_grant.rate", "parameters.prices.markup_step"


def three(low: float, high: float) -> list[Factor]:
    return [Factor(f"parameters.f{k}", "a factor", "1", 0.0, low=low, high=high) for k in range(3)]


def matrix(factors: list[Factor], **sample: Any) -> Any:
    return np.array([list(point.values()) for point in sampled(factors, Sample(**sample))])


# --------------------------------------------------------------------------------------------------- known functions
def test_sobol_indices_of_ishigamis_function() -> None:
    """f = sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1: first 0.314, 0.442, 0; total 0.558, 0.442, 0.244 (Saltelli 2010)."""
    pytest.importorskip("SALib")
    factors = three(-math.pi, math.pi)
    x = matrix(factors, method="sobol", number=512)
    values = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    found = analysis.sobol_indices(factors, values)
    assert [each["first"] for each in found] == pytest.approx([0.314, 0.442, 0.0], abs=0.05)
    assert [each["total"] for each in found] == pytest.approx([0.558, 0.442, 0.244], abs=0.05)
    assert all(each["total_low"] < each["total"] < each["total_high"] for each in found)


def test_elementary_effects_of_a_line_are_its_slopes_times_ranges() -> None:
    pytest.importorskip("SALib")
    factors = three(1.0, 3.0)
    x = matrix(factors, method="morris", number=6)
    found = analysis.elementary_effects(factors, x, 5.0 * x[:, 0] - x[:, 1])
    assert [each["mean"] for each in found] == pytest.approx([10.0, -2.0, 0.0])
    assert [each["strength"] for each in found] == pytest.approx([10.0, 2.0, 0.0])
    assert [each["spread"] for each in found] == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)


def test_swings_and_regression_of_a_line() -> None:
    factors = three(-1.0, 2.0)
    x = matrix(factors, method="one_at_a_time")
    assert analysis.swings(2.0 * x[:, 0] - x[:, 1]) == [
        {"swing": 4.0, "low": -2.0, "high": 4.0}, {"swing": 2.0, "low": 1.0, "high": -2.0}, {"swing": 0.0, "low": 0.0, "high": 0.0}
    ]  # fmt: skip
    x = matrix(factors, method="factorial", levels=3)
    noise = 0.1 * np.random.default_rng(1).standard_normal(len(x))
    found = analysis.regression_effects(x, 2.0 * x[:, 0] - x[:, 1] + noise)
    assert [each["effect"] for each in found] == pytest.approx([6.0, -3.0, 0.0], abs=0.1)
    assert all(
        each["effect_low"] < true < each["effect_high"] for each, true in zip(found, (6, -3, 0), strict=True)
    )
    assert 0.98 < found[0]["fit"] < 1.0


# ------------------------------------------------------------------------------------------------------ from a store
@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> sim.Results:
    """A grant and the pace of mark-ups at nine points, two seeds."""
    grant = sim.load("toy").with_policy(research_grant={"rate": 0.2}, title="Grant")
    design = Design.of(
        title="Nine", scenarios=["toy", grant], seeds=2, settings=SHORT, vary={GRANT: [0.0, 0.2, 0.4], STEP: {}},
        sample={"levels": 3},
    )  # fmt: skip
    return sim.batch(design, store=tmp_path_factory.mktemp("nine"))


def test_sensitivity_of_a_store_is_that_of_its_runs(results: sim.Results) -> None:
    table = analysis.sensitivity(results, ["employment", "public_cost"])
    assert list(table["output"]) == ["employment"] * 2 + ["public_cost"] * 2
    assert set(table["factor"]) == {GRANT, STEP}
    assert table["effect"].abs().groupby(table["output"]).apply(lambda x: x.is_monotonic_decreasing).all()
    final = results.final(["employment"])
    mean = final[final["scenario"] == "toy"].groupby("point")[["employment", GRANT, STEP]].mean()
    (told,) = analysis.regression_effects(mean[[STEP]].to_numpy(), mean["employment"].to_numpy())
    kept = table[(table["output"] == "employment") & (table["factor"] == STEP)]
    assert kept["effect"].iloc[0] == pytest.approx(told["effect"])  # factors of a factorial are orthogonal
    assert kept["luck"].between(0.5, 1.0).all()  # of two seeds of four quarters
    level = final.groupby(["scenario", "point"])["employment"].mean()
    assert level["toy"].equals(level["grant"])  # the design sets the rate of both
    nothing = analysis.sensitivity(results, ["employment"], scenario="grant", against="toy")
    assert nothing["effect"].isna().all()


def test_sensitivity_wants_all_runs_and_something_that_varies(results: sim.Results, tmp_path: Path) -> None:
    with pytest.raises(sim.InputError, match="not in this design"):
        analysis.sensitivity(results, scenario="baotou")
    plain = sim.batch(Design.of(title="P", scenarios=["toy"], settings=SHORT), store=tmp_path / "p")
    with pytest.raises(sim.InputError, match="nothing varies"):
        analysis.sensitivity(plain)
    part = sim.batch(
        Design.of(title="P", scenarios=["toy"], settings=SHORT, vary={STEP: {}}),
        store=tmp_path / "h",
        shard=(1, 2),
    )
    with pytest.raises(sim.InputError, match="1 of 2 runs are not finished"):
        analysis.sensitivity(part)


@pytest.mark.parametrize("method", ["sobol", "one_at_a_time", "latin_hypercube"])
def test_figures_show_what_the_table_says(method: str) -> None:
    from sim.analysis.sensitivity_figures import heat_map, tornado

    value, low, high = analysis.ranked_by(method)
    rows = [
        {"output": output, "factor": f"parameters.a.{name}", "label": name, "n": 8, value: size, low: size - 1.0, high: size + 1.0}
        for output in ("employment", "research")
        for name, size in (("strong", 4.0), ("weak", -2.0))
    ]  # fmt: skip
    axes = tornado(pd.DataFrame(rows), "employment", method)
    assert [label.get_text().partition(":")[0] for label in axes.get_yticklabels()] == ["a.weak", "a.strong"]
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == ([-3.0, 3.0, -1.0, 5.0] if method == "one_at_a_time" else [-2.0, 4.0])
    shown = heat_map(pd.DataFrame(rows), method).images[0].get_array()
    assert shown.tolist() == [[1.0, 1.0], [0.5, 0.5]]


# --------------------------------------------------------------------------------------------------------- other tools
def test_tables_are_exported_whole(results: sim.Results, tmp_path: Path) -> None:
    from sim.experiments.export import export

    written = {path.name: path for path in export(results, "csv", tmp_path)}
    assert sorted(written) == ["final.csv", "measure.csv", "total.csv"]
    final = pd.read_csv(written["final.csv"])
    assert final["employment"].to_numpy() == pytest.approx(
        results.final()["employment"].to_numpy(), rel=1e-12
    )
    assert {"scenario", "point", "seed", "run", GRANT, STEP} <= set(final)
    (total,) = [path for path in export(results, "parquet", tmp_path) if path.stem == "total"]
    assert pd.read_parquet(total).equals(results.frame())


def test_netcdf_has_units_and_the_numbers(results: sim.Results, tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    from sim.experiments.export import export

    (path,) = export(results, "netcdf", tmp_path)
    with xarray.open_dataset(path, engine="scipy") as data:
        row = results.frame(["employment"]).iloc[5]
        assert float(data["employment"].sel(run=row["run"], quarter=row["quarter"])) == row["employment"]
        assert data["employment"].attrs["units"] == "person"
        assert float(data[STEP].sel(run=row["run"])) == row[STEP]


def test_salib_reads_its_export(results: sim.Results, tmp_path: Path) -> None:
    pytest.importorskip("SALib")
    from SALib.analyze import pawn

    from sim.experiments.export import export

    problem, x, y = export(results, "salib", tmp_path)
    read = json.loads(problem.read_text())
    points, outcome = pd.read_csv(x).to_numpy(), pd.read_csv(y)["employment"].to_numpy()
    assert read["names"] == [GRANT, STEP] and points.shape == (9, 2) and len(outcome) == 9
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SALib divides by nil where a factor does nothing
        found = pawn.analyze(read, points, outcome, S=3, seed=1)
    assert found["median"][1] > found["median"][0]  # the grant hardly matters to employment


def workbench() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("ema_workbench")


def test_the_workbench_loads_its_export(results: sim.Results, tmp_path: Path) -> None:
    ema = workbench()
    from sim.experiments.export import export

    (path,) = export(results, "ema", tmp_path)
    experiments, outcomes = ema.load_results(str(path))
    final = results.final()
    assert len(experiments) == len(final) == 36
    assert list(experiments["policy"]) == list(final["scenario"])
    assert outcomes["employment"] == pytest.approx(final["employment"].to_numpy())
    assert outcomes["public_cost_by_quarter"].shape == (36, 4)


def test_the_workbench_drives_the_model() -> None:
    ema = workbench()
    from sim.analysis.exploration import ema_model

    base = sim.load("toy").with_settings(SHORT)
    model = ema_model(
        base, uncertainties=["prices.markup_step"], levers=["research_grant.rate"], seeds=(1, 2),
        outcomes=["employment", "public_cost"], series=["enterprises"],
    )  # fmt: skip
    typical = INSTRUMENTS["research_grant"].levers["rate"].typical
    lever = model.levers["policy__research_grant__rate"]
    assert (lever.lower_bound, lever.upper_bound) == typical
    assert model.outcomes["public_cost"].kind == ema.ScalarOutcome.MINIMIZE
    with warnings.catch_warnings(), ema.SequentialEvaluator(model) as evaluator:
        warnings.simplefilter("ignore")
        experiments, outcomes = evaluator.perform_experiments(scenarios=3, policies=2)
    assert len(experiments) == 6 and outcomes["enterprises_by_quarter"].shape == (6, 4)
    first = experiments.iloc[0]
    settings = {STEP: first["parameters__prices__markup_step"], GRANT: first["policy__research_grant__rate"]}
    design = Design.of(title="T", scenarios=[base], seeds=2, points=[settings])
    alone = [sim.run(planned(design).scenario(0), seed).outputs["enterprises"].to_numpy() for seed in (1, 2)]
    assert outcomes["enterprises_by_quarter"][0] == pytest.approx(np.mean(alone, axis=0))


# ------------------------------------------------------------------------------------------------------------ commands
def call(*args: str) -> Result:
    return CliRunner().invoke(cli, list(args))


def test_commands_from_design_to_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("d.toml").write_text(
        'title = "D"\nscenarios = ["toy"]\nseeds = 2\n[settings]\nrun = { end = "2011Q4", burn_in = 1 }\n'
        "[vary]\nparameters.prices.markup_step = {}\npolicy.research_grant.rate = {}\n"
    )
    told = call("batch", "d.toml", "--dry-run", "--json")
    assert told.exit_code == 0 and json.loads(told.stdout)["runs"] == 8 and not Path("results").exists()
    assert "runs:  8, of which 0 are finished" in call("batch", "d.toml", "--dry-run").stdout
    done = call("batch", "d.toml", "--jobs", "1", "--json")
    assert done.exit_code == 0, done.stderr
    facts = json.loads(done.stdout)
    assert (facts["finished"], facts["failed"], facts["left"]) == (8, 0, 0)
    assert json.loads(call("status", "results/d", "--json").stdout)["finished"] == 8
    assert "finished:       8" in call("status", "results/d").stdout
    assert call("export", "results/d").stdout.splitlines()[0] == "results/d/export/final.csv"
    run = sim.Results("results/d").runs["run"][3]
    assert "the same to the bit" in call("replay", run, "--store", "results/d").stdout
    assert json.loads(call("replay", run, "--store", "results/d", "--json").stdout)["same"] is True
    found = call("sensitivity", "results/d", "--output", "employment", "--out", "figures")
    assert found.exit_code == 0 and "largest change of a mark-up" in found.stdout
    assert sorted(path.name for path in Path("figures").iterdir()) == [
        "heat_map.png", "sensitivity.csv", "tornado_employment.png"
    ]  # fmt: skip
    assert {row["factor"] for row in json.loads(call("sensitivity", "results/d", "--json").stdout)} == {
        GRANT,
        STEP,
    }


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["batch", "nothing.toml"], "no such file"),
        (["batch", "d.toml", "--shard", "3/2"], "is not i/n with i from 1 to n"),
        (
            ["batch", "d.toml", "--scheduler", "nowhere"],
            "no such file [allowed local, mpi, processes, tcp://host:port",
        ),
        (["batch", "d.toml", "--store", "d.toml"], "is a file"),
        (["status", "nothing"], "no such folder"),
        (["status", "."], "no store of results: it has no manifest.json"),
        (["export", "."], "no store of results"),
        (["replay", "0", "--store", "."], "no store of results"),
        (["sensitivity", "."], "no store of results"),
    ],
)
def test_bad_input_of_the_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("d.toml").write_text('title = "D"\nscenarios = ["toy"]\n')
    found = call(*args)
    assert found.exit_code == 2 and message in found.stderr and "Traceback" not in found.output


# --------------------------------------------------------------------------------------------------------------- guide
GUIDE = (Path(sim.__file__).parents[1] / "docs/guide/batches.md").read_text("utf-8")


def test_the_design_of_the_guide_is_good(tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text(re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)[0])
    design = Design.read(tmp_path / "d.toml")
    assert len(sampled(design.factors, design.sample)) == 3 * 2 * 2


def test_the_code_of_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the small chain, for a short time."""
    workbench()
    monkeypatch.chdir(tmp_path)
    code = "\n".join(re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL))
    code = code.replace('sim.load("baotou")', 'sim.load("toy").with_run(end="2013Q1", burn_in=1)')
    names: dict[str, Any] = {}
    exec(code.replace("seeds=50", "seeds=3"), names)
    assert len(names["again"].final()) == 6 and len(names["results"].compare().effects) > 100
    assert names["model"].name == "cluster"
