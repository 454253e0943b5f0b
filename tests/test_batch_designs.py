"""Designs: what is said is what is run; what is wrong is told all at once, with what would be right."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.declare import INSTRUMENTS, PARAMETERS
from sim.experiments.designs import Design, Sample
from sim.experiments.factors import Factor
from sim.experiments.plan import model_version, planned
from sim.experiments.sampling import fraction, sampled

ROOT = Path(sim.__file__).parents[1]
GRANT = "policy.research_grant.rate"
ALPHA = "parameters.search.alpha"


def factors(number: int) -> list[Factor]:
    return [Factor(f"f{k}", "a factor", "1", 0.25, low=0.0, high=float(k + 1)) for k in range(number)]


def matrix(points: Any) -> Any:
    return np.array([list(point.values()) for point in points])


# ------------------------------------------------------------------------------------------------------- what is said
def test_ranges_are_the_declared_ones_unless_said_otherwise() -> None:
    design = Design.of(
        title="T", scenarios=["toy"], vary={GRANT: {}, ALPHA: {"low": 0.4}}, sample={"method": "factorial"}
    )
    grant, alpha = design.factors
    assert (grant.low, grant.high) == INSTRUMENTS["research_grant"].levers["rate"].typical
    assert (alpha.low, alpha.high) == (0.4, PARAMETERS["search"]["alpha"].high)
    assert alpha.label == PARAMETERS["search"]["alpha"].meaning


def test_a_chapter_is_all_its_assumptions() -> None:
    chapter = Design.of(title="T", scenarios=["toy"], vary={"parameters.spillovers": {}})
    declared = PARAMETERS["spillovers"]
    assert [factor.name for factor in chapter.factors] == [
        f"parameters.spillovers.{name}" for name, p in declared.items() if p.kind == "assumption"
    ]
    assert 0 < len(chapter.factors) < len(declared)
    every = Design.of(
        title="T", scenarios=["toy"], vary={"parameters": {}}, sample={"method": "one_at_a_time"}
    )
    assert len(every.factors) == sum(p.kind == "assumption" for g in PARAMETERS.values() for p in g.values())


def test_a_file_says_the_same_as_python(tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text(
        'title = "T"\nscenarios = ["toy"]\nseeds = [4, 2]\n[settings]\nrun.end = "2012Q4"\n'
        'policy.research_grant.start = "2011Q3"\n[vary]\npolicy.research_grant.rate = [0.1, 0.4]\n'
        "parameters.search.alpha = { low = 0.3, high = 0.5 }\n[sample]\nlevels = 3\n"
    )
    said = Design.of(
        title="T", scenarios=["toy"], seeds=[4, 2], sample={"levels": 3},
        settings={"run": {"end": "2012Q4"}, "policy.research_grant.start": "2011Q3"},
        vary={GRANT: (0.1, 0.4), ALPHA: {"low": 0.3, "high": 0.5}},
    )  # fmt: skip
    one, other = planned(Design.read(tmp_path / "d.toml")), planned(said)
    assert [run.run for run in one.runs] == [run.run for run in other.runs] and len(one.runs) == 2 * 3 * 2
    assert [variant.values for variant in one.variants][:2] == [
        {GRANT: 0.1, ALPHA: 0.3},
        {GRANT: 0.1, ALPHA: 0.4},
    ]
    scenario = one.scenario(0)
    levers = scenario.levers().research_grant.rate[scenario.burn_in :]
    assert list(levers[:3]) == [0.0, 0.0, 0.1] and scenario.quarters == 8


def test_dates_vary_and_points_may_be_given() -> None:
    vary = {GRANT: [0.2], "policy.research_grant.start": ["2011Q1", "2011Q4"]}
    assert (
        len(
            {
                variant.digest
                for variant in planned(Design.of(title="T", scenarios=["toy"], vary=vary)).variants
            }
        )
        == 2
    )
    given = Design.of(title="T", scenarios=["toy"], points=[{}, {GRANT: 0.3}, {ALPHA: 0.4}])
    plan = planned(given)
    assert [variant.values for variant in plan.variants] == [{}, {GRANT: 0.3}, {ALPHA: 0.4}]
    assert plan.variants[0].digest == sim.load("toy").digest
    assert plan.variants[0].past == plan.variants[1].past != plan.variants[2].past


def test_a_mix_of_packages_is_all_of_them() -> None:
    """Each alone is itself, none is the base, and both together change what either changes."""
    names = ["introduced_technology", "talents_introduced"]
    design = Design.of(title="T", scenarios=["baotou"], mix=names)
    plan = planned(design)
    digests = {tuple(variant.values.values()): variant.digest for variant in plan.variants}
    assert digests[0.0, 0.0] == sim.load("baotou").digest
    assert digests[1.0, 0.0] == sim.load(names[0]).digest
    assert digests[0.0, 1.0] == sim.load(names[1]).digest
    both = plan.scenario(next(place for place, v in enumerate(plan.variants) if all(v.values.values())))
    for name in names:
        alone = sim.load(name)
        own = [key for key in alone.policy if alone.policy[key] != sim.load("baotou").policy.get(key)]
        assert own and all(both.policy[key] == alone.policy[key] for key in own)


def test_ids_depend_on_all_that_a_run_depends_on_and_on_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = planned(Design.of(title="T", scenarios=["toy"], seeds=2))
    named = planned(
        Design.of(
            title="Another", question="?", scenarios=[sim.load("toy").with_run(title="New name")], seeds=2
        )
    )
    assert [run.run for run in plan.runs] == [run.run for run in named.runs]
    shorter = planned(Design.of(title="T", scenarios=["toy"], seeds=2, settings={"run.end": "2015Q4"}))
    assert not {run.run for run in plan.runs} & {run.run for run in shorter.runs}
    assert len({run.run for run in plan.runs}) == 2
    monkeypatch.setattr("sim.experiments.plan.model_version", lambda: "another")
    assert not {run.run for run in plan.runs} & {run.run for run in planned(plan.design).runs}


def test_the_model_version_sees_code_and_no_comments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    from sim.experiments import plan

    for name in [f"{each}.py" for each in plan.MODEL] + list(plan.MODEL_FOLDERS):
        source, target = ROOT / "sim" / name, tmp_path / "sim" / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.parent.mkdir(exist_ok=True)
            shutil.copy(source, target)
    monkeypatch.setattr(plan, "__file__", str(tmp_path / "sim/experiments/plan.py"))
    chapter = tmp_path / "sim/rules/search.py"
    text = chapter.read_text()

    def digest() -> str:
        return model_version.__wrapped__()

    assert digest() == model_version()
    chapter.write_text(text + "\n# a comment\n")
    assert digest() == model_version()
    chapter.write_text(text + "\nNUMBER = 1\n")
    assert digest() != model_version()


# ----------------------------------------------------------------------------------------------------------- samples
def test_a_factorial_is_all_combinations() -> None:
    points = sampled(factors(3), Sample(levels=3))
    assert len(points) == 27 == len({tuple(point.values()) for point in points})
    assert {point["f2"] for point in points} == {0.0, 1.5, 3.0}
    assert sampled([], Sample()) == [{}]


@pytest.mark.parametrize(
    ("number", "resolution", "runs"),
    [(3, 3, 4), (7, 3, 8), (4, 4, 8), (8, 4, 16), (5, 5, 16), (6, 5, 32), (8, 5, 64), (6, 6, 32)],
)
def test_fractions_confound_nothing_below_their_resolution(number: int, resolution: int, runs: int) -> None:
    """Counts of Box and Hunter's tables; columns of products of up to R - 1 factors are never constant."""
    signs = 1 - 2 * fraction(number, resolution)
    assert signs.shape == (runs, number)
    for size in range(1, resolution):
        for chosen in combinations(range(number), size):
            assert signs[:, chosen].prod(axis=1).sum() == 0, chosen


def test_one_at_a_time_moves_one_at_a_time() -> None:
    points = matrix(sampled(factors(3), Sample(method="one_at_a_time")))
    assert points.shape == (7, 3) and (points[0] == 0.25).all()
    assert ((points[1:] != 0.25).sum(axis=1) == 1).all()


def test_a_latin_hypercube_fills_every_margin() -> None:
    points = matrix(sampled(factors(3), Sample(method="latin_hypercube", number=20)))
    for k in range(3):
        assert sorted((points[:, k] / (k + 1) * 20).astype(int)) == list(range(20))
    again = matrix(sampled(factors(3), Sample(method="latin_hypercube", number=20)))
    other = matrix(sampled(factors(3), Sample(method="latin_hypercube", number=20, seed=2)))
    assert (points == again).all() and not (points == other).all()


@pytest.mark.parametrize(
    ("sample", "number"),
    [
        (Sample(method="sobol", number=8), 8 * 5),
        (Sample(method="sobol", number=8, second_order=True), 8 * 8),
        (Sample(method="morris", number=5), 5 * 4),
    ],
)
def test_samples_of_salib_stay_in_their_ranges(sample: Sample, number: int) -> None:
    pytest.importorskip("SALib")
    points = matrix(sampled(factors(3), sample))
    assert points.shape == (number, 3)
    assert (points >= 0.0).all() and (points <= [1.0, 2.0, 3.0]).all() and np.ptp(points, axis=0).min() > 0.5


# --------------------------------------------------------------------------------------------------------- bad input
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('title = "T"\n', "d.toml: scenarios: missing"),
        ('title = "T"\nscenarios = []\n', "scenarios"),
        ('title = "T"\nscenarios = ["toi"]\n', "d.toml:2: scenarios[1] = \"toi\": no such scenario; did you mean 'toy'?"),
        ('title = "T"\nscenarios = ["toy", "toy"]\n', 'scenarios = "toy": two scenarios have this name'),
        ('title = "T"\nscenarios = [3]\n', "not the name of a scenario"),
        ('title = "T"\nscenario = ["toy"]\nscenarios = ["toy"]\n', "d.toml:2: scenario = [\"toy\"]: unknown key; did you mean 'scenarios'?"),
        ('title = "T"\nscenarios = ["toy"]\nseeds = 0\n', "d.toml:3: seeds = 0: neither a number of seeds from 1 on nor a list"),
        ('title = "T"\nscenarios = ["toy"]\nseeds = [1, 1]\n', "nor a list of different ones"),
        ('title = "T"\nscenarios = ["toy"]\nmix = ["without_policy"]\n', "not based on toy"),
        ('title = "T"\nscenarios = ["toy"]\n[settings]\nrun.ende = "2012Q4"\n', "d.toml:4: run.ende"),
        ('title = "T"\nscenarios = ["toy"]\n[vary]\npolicy.research_grant.rat = {}\n', "did you mean 'policy.research_grant.rate'?"),
        ('title = "T"\nscenarios = ["toy"]\n[vary]\nparameters.search.alpha = 0.3\n', "neither a range nor a list of values"),
        ('title = "T"\nscenarios = ["toy"]\n[vary]\nparameters.search.alpha = { low = 0.5, hihg = 0.6 }\n', "d.toml:4: vary.parameters.search.alpha.hihg = 0.6: unknown key [allowed low, high]; did you mean 'high'?"),
        ('title = "T"\nscenarios = ["toy"]\n[vary]\nparameters.search.alpha = { low = 0.5, high = 0.5 }\n', "not below the high one"),
        ('title = "T"\nscenarios = ["toy"]\n[vary]\npolicy.research_grant.rate = [0.1, 1.5]\n', "rate[2] = 1.5: out of range"),
        ('title = "T"\nscenarios = ["toy"]\n[vary]\npolicy.research_grant.start = ["2012"]\n', "not a list of quarters"),
        ('title = "T"\nscenarios = ["toy"]\n[vary]\nparameters.search.alpha = {}\n[sample]\nmethod = "sobl"\nnumber = 4\n', "did you mean 'sobol'?"),
        ('title = "T"\nscenarios = ["toy"]\n[vary]\nparameters.search.alpha = {}\n[sample]\nmethod = "morris"\n', "missing: how many points has morris?"),
        ('title = "T"\nscenarios = ["toy"]\n[vary]\nparameters.search.alpha = {}\n[sample]\nnumber = 4\n', "factorial says itself how many points"),
        ('title = "T"\nscenarios = ["toy"]\n[vary]\nparameters.search.alpha = [0.3]\n[sample]\nmethod = "sobol"\nnumber = 4\n', "sobol needs a range, not values"),
        ('title = "T"\nscenarios = ["toy"]\n[sample]\nmethod = "factorial"\n', "there is nothing to sample"),
        ('title = "T"\nscenarios = ["toy"]\n[vary]\nparameters.search.alpha = {}\n[[points]]\nparameters.search.alpha = 0.4\n', "there is nothing to vary"),
        ('title = "T"\nscenarios = ["toy"]\n[[points]]\npolicy.research_grant.rate = 2.0\n', "d.toml:4: policy.research_grant.rate = 2"),
        ('title = "T"\nscenarios = ["toy"]\n[keep]\noutputs = ["employmnt"]\n', "did you mean 'employment'?"),
        ('title = "T"\nscenarios = ["toy"]\n[keep]\nlevels = ["stages"]\n', "did you mean 'stage'?"),
        ('title = "T"\nscenarios = ["toy"]\n[keep.agents]\nenterprise = ["workers"]\n', "did you mean 'enterprises'?"),
        ('title = "T"\nscenarios = ["toy"]\n[keep.agents]\nenterprises = ["workrs", "knowledge"]\n', "did you mean 'workers'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.toml").write_text(text)
    with pytest.raises(sim.InputError) as raised:
        Design.read("d.toml")
    assert message in str(raised.value)


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text(
        'title = "T"\nscenarios = ["toi"]\n[vary]\nparameters.search.alpah = {}\n[keep]\noutputs = ["employmnt"]\n'
    )
    with pytest.raises(sim.InputError) as raised:
        Design.read(tmp_path / "d.toml")
    assert [problem.line for problem in raised.value.problems] == [2, 4, 6]


@pytest.mark.parametrize("path", sorted((ROOT / "experiments").glob("*.toml")), ids=lambda path: path.stem)
def test_designs_that_come_along_are_good(path: Path) -> None:
    design = Design.read(path)
    points = sampled(design.factors, design.sample)
    assert len(points) * len(design.scenarios) > 1 and design.question
