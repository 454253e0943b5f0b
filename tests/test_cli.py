"""The command line: results to the output, messages to the error stream, nothing written on bad input."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import sim
from sim.analysis.outcomes import HEADLINES
from sim.cli import READERS, cli
from sim.commands.running import DEMO
from sim.declare import INSTRUMENTS, OUTPUTS, PARAMETERS

ROOT = Path(__file__).resolve().parent.parent


def call(*args: str) -> Result:
    return CliRunner().invoke(cli, list(args))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


# -------------------------------------------------------------------------------------------- starting
def modules_after(*args: str) -> set[str]:
    """Slow modules that a command imports, in a fresh process."""
    code = (
        "import sys; from sim.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "slow = {'numba', 'scipy', 'matplotlib', 'mesa', 'pandas'}\n"
        "print('\\n' + ' '.join(slow & sys.modules.keys()))"
    )
    command = [sys.executable, "-c", code, *args]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "args",
    [
        ["--help"],
        ["run", "--help"],
        ["check", "toy"],
        ["show", "toy", "--resolved"],
        ["diff", "toy", "toy"],
        ["explain", "instruments"],
        ["explain", "outputs"],
    ],
)
def test_what_does_not_run_the_model_imports_nothing_slow(args: list[str]) -> None:
    assert modules_after(*args) == set()


def test_python_m_sim() -> None:
    command = [sys.executable, "-m", "sim", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    commands = {"demo", "run", "compare", "explain", "check", "show", "diff", "new", "doctor"}
    assert all(f"  {name} " in done.stdout for name in commands)
    assert set(cli.commands) >= commands | READERS


# -------------------------------------------------------------------------------------------- bad input
@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["comprae"], "Did you mean 'compare'?"),
        (["run", "toy", "--sed", "1"], "--seed"),
        (["run", "toi"], "did you mean 'toy'?"),
        (["run", "toy", "--seed", "-1"], "-1"),
        (["run", "toy", "--quarters", "0"], "0"),
        (["run", "toy", "--set", "policy.research_grant.rate"], "is not key=value"),
        (["run", "toy", "--set", "a.b=1", "--set", "a.b=2"], "is set twice"),
        (["run", "toy", "--set", "policy.research_grnt.rate=0.1"], "did you mean 'research_grant'?"),
        (["run", "toy", "--set", "policy.research_grant.rate=1.5"], "allowed 0..1"),
        (["run", "toy", "--set", "policy.research_grant.rate=much"], "not a number"),
        (["run", "toy", "--set", "parameters.search.nothing=1"], "no such parameter"),
        (["run", "toy", "--set", "polcy.research_grant.rate=0.1"], "did you mean 'policy'?"),
        (["run", "toy", "--out", "out.txt"], "does not end in"),
        (["compare", "toy"], "at least two scenarios"),
        (["compare", "toy", "toi"], "did you mean 'toy'?"),
        (["compare", "toy", "toy", "--seeds", "0"], "0 is not in the range"),
        (["compare", "toy", "toy", "--out", "file/folder"], "is a file"),
        (["compare", "toy", "toy", "--equal-cost", "--plausible", "3"], "exclude each other"),
        (["compare", "toy", "toy", "--equal-cost", "--jobs", "1"], "no package costs anything"),
        (["compare", "toy", "toy", "--by", "county"], "'county' is not one of"),
        (["compare", "toy", "toy", "--plausible", "3"], "no plausible parameter sets"),
        (["compare", "toy", "toy", "--by", "stage", "--outcome", "slaes"], "did you mean 'sales'?"),
        (["compare", "toy", "toy", "--outcome", "slaes"], "did you mean 'sales'?"),
        (["why", "toy", "toy", "--outcome", "slaes"], "did you mean 'sales'?"),
        (["demo", "--out", "file"], "is a file"),
        (["check", "nothing.toml"], "no such file"),
        (["show", "toi"], "did you mean 'toy'?"),
        (["diff", "toy", "nothing.toml"], "no such file"),
        (["explain", "research_grnt"], "did you mean 'research_grant'?"),
        (["new", "mine", "--based-on", "toi"], "did you mean 'toy'?"),
        (["new", "mine"], "--based-on"),
        (["new", "nowhere/mine", "--based-on", "toy"], "There is no folder"),
    ],
)
def test_bad_input(here: Path, args: list[str], message: str) -> None:
    (here / "file").write_text("")
    result = call(*args)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""
    assert [path.name for path in here.iterdir()] == ["file"]


def test_check_says_all_at_once(here: Path) -> None:
    (here / "good.toml").write_text('title = "Good"\nbased_on = "toy"\n')
    (here / "one.toml").write_text('title = "One"\nbased_on = "toy"\n[policy.research_grant]\nrate = 2\n')
    (here / "two.toml").write_text('titel = "Two"\nbased_on = "toy"\n[policy.research_grnt]\nrate = 0.1\n')
    result = call("check", "good.toml", "one.toml", "two.toml")
    assert result.exit_code == 2
    assert result.stdout == "good.toml: all right\n"
    assert [line.partition(": ")[0] for line in result.stderr.splitlines()] == [
        "one.toml:4",
        "two.toml",
        "two.toml:1",
        "two.toml:3",
        "4 problems, nothing was done.",
    ]


def test_check_knows_every_kind_of_file(here: Path) -> None:
    baotou = ROOT / "scenarios" / "baotou"
    files = [*baotou.glob("*.toml"), baotou / "series.csv"]
    result = call("check", *map(str, files))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.count("all right") == len(files) >= 5
    (here / "chain.toml").write_text('[[product]]\nkey = "a"\n')
    (here / "population.toml").write_text("[[enterprises]]\n")
    (here / "history.toml").write_text('[[measure]]\ninstrument = "research_grnt"\n')
    (here / "series.csv").write_text("a,b\n")
    for name in ("chain.toml", "population.toml", "history.toml", "series.csv"):
        assert call("check", name).exit_code == 2, name


def test_unusual_values_are_messages(here: Path) -> None:
    (here / "bold.toml").write_text('title = "Bold"\nbased_on = "toy"\n[policy.research_grant]\nrate = 0.9\n')
    result = call("check", "bold.toml")
    assert result.exit_code == 0
    assert result.stdout == "bold.toml: all right, 1 unusual\n"
    assert "warning: bold.toml:4: policy.research_grant.rate = 0.9: unusual" in result.stderr


def test_tracebacks_only_with_debug() -> None:
    assert isinstance(call("show", "toi", "--debug").exception, sim.InputError)
    assert isinstance(call("--debug", "show", "toi").exception, sim.InputError)
    assert isinstance(call("show", "toi").exception, SystemExit)


def test_a_failure_is_one_line_and_exit_code_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ArithmeticError("the books do not close")

    monkeypatch.setattr(sys.modules[sim.run.__module__], "run", fail)
    result = call("run", "toy")
    assert result.exit_code == 1
    assert "ArithmeticError: the books do not close" in result.stderr
    assert "Traceback" not in result.stderr
    assert isinstance(call("run", "toy", "--debug").exception, ArithmeticError)


# -------------------------------------------------------------------------------------------- scenario tools
def test_show() -> None:
    result = call("show", "chain_extension")
    assert result.exit_code == 0
    assert result.stdout.startswith("Extending the chain\n")
    assert "capital_subsidy.rate 0.15 from 2012Q1" in result.stdout


def test_show_resolved_has_every_value_and_who_set_it() -> None:
    result = call("show", "introduced_technology_digested", "--resolved")
    lines = result.stdout.splitlines()
    assert "policy.digestion_support.rate = 0.4  from 2012Q1  # " + str(
        Path("scenarios/introduced_technology_digested.toml:9")
    ) in [line.replace(str(ROOT) + "/", "") for line in lines]
    keys = {line.partition(" = ")[0] for line in lines}
    assert {f"policy.{i}.{lever}" for i, d in INSTRUMENTS.items() for lever in d.levers} <= keys
    assert {f"parameters.{group}.{name}" for group, names in PARAMETERS.items() for name in names} <= keys


def test_show_as_json_with_settings() -> None:
    args = ["--set", "policy.research_grant.rate=0.3", "--set", 'policy.research_grant.start="2013Q1"']
    document = json.loads(call("show", "toy", *args, "--json").stdout)
    same = sim.load("toy").with_policy(research_grant={"rate": 0.3, "start": "2013Q1"})
    assert document["digest"] == same.digest
    assert document["policy"]["research_grant"]["rate"][-1] == {"from": "2013Q1", "value": 0.3, "by": "--set"}
    path = "policy.research_grant.rate={schedule={2013Q1=0.3}}"
    assert json.loads(call("show", "toy", "--set", path, "--json").stdout)["digest"] == same.digest


def test_diff() -> None:
    result = call("diff", "introduced_technology", "introduced_technology_digested")
    assert result.stdout.splitlines()[0] == "policy.digestion_support.rate"
    assert len(result.stdout.splitlines()) == 3
    assert call("diff", "toy", "toy").stdout == "no difference\n"
    document = json.loads(call("diff", "toy", "baotou", "--json").stdout)
    assert {"chain", "population", "series", "run.end"} <= {row["key"] for row in document["differences"]}


def test_new(here: Path) -> None:
    result = call("new", "my_idea", "--based-on", "toy")
    assert (result.exit_code, result.stdout) == (0, "my_idea.toml\n")
    made = sim.load("my_idea.toml")
    assert made.title == "My idea"
    assert made == sim.load("toy")
    # What stands there as a comment is right, too.
    text = (here / "my_idea.toml").read_text()
    live = "".join(line.removeprefix("# ") for line in text.splitlines(True) if not line.startswith("# All"))
    (here / "live.toml").write_text(live)
    assert sim.load("live.toml").levers()["research_grant"]["rate"].any()
    assert call("new", "my_idea", "--based-on", "toy").exit_code == 2
    assert (here / "my_idea.toml").read_text() == text
    (here / "sub").mkdir()
    assert call("new", "sub/other", "--based-on", "my_idea.toml").exit_code == 0
    assert sim.load("sub/other.toml") == made


def test_explain_lists() -> None:
    lists = {
        kind: json.loads(call("explain", kind, "--json").stdout)
        for kind in ("instruments", "parameters", "outputs")
    }
    assert {entry["name"] for entry in lists["instruments"]} == set(INSTRUMENTS)
    assert {e["name"] for e in lists["parameters"]} == {
        f"{g}.{n}" for g, names in PARAMETERS.items() for n in names
    }
    assert {entry["name"] for entry in lists["outputs"]} == set(OUTPUTS)
    for entries in lists.values():
        for entry in entries:
            assert {"name", "label", "unit", "default", "low", "high", "source"} <= entry.keys()
            assert entry["label"]
            assert entry["unit"]
    grant = next(entry for entry in lists["instruments"] if entry["name"] == "research_grant")
    assert (grant["default"], grant["low"], grant["high"]) == (0.0, 0.0, 1.0)
    assert len(lists["instruments"]) >= 28


def test_explain_a_word() -> None:
    for word in ("research_grant", "research_grant.rate", "policy.research_grant.rate"):
        result = call("explain", word)
        assert result.stdout.startswith("research_grant (instrument): ")
        assert "allowed 0..1, typically 0.1 to 0.3" in result.stdout
    group = sorted(PARAMETERS)[0]
    name, declared = next(iter(PARAMETERS[group].items()))
    result = call("explain", f"{group}.{name}")
    assert declared.meaning in result.stdout
    assert declared.source in result.stdout


def test_the_schema_is_json() -> None:
    assert json.loads(call("schema").stdout)["title"] == "Scenario"


# -------------------------------------------------------------------------------------------- running
def test_headlines_are_outputs_and_the_demo_has_scenarios() -> None:
    call("explain", "outputs")
    assert set(HEADLINES) <= set(OUTPUTS)
    for name in DEMO:
        assert sim.load(name).title


def test_run(here: Path) -> None:
    result = call("run", "toy", "--quarters", "6", "--seed", "3", "--json", "--out", "run.csv")
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert (document["scenario"], document["seed"]) == ("toy", 3)
    assert document["quarters"] == ["2011Q1", "2011Q2", "2011Q3", "2011Q4", "2012Q1", "2012Q2"]
    enterprises = document["outputs"]["enterprises"]
    assert enterprises["unit"] == OUTPUTS["enterprises"].unit
    assert len(enterprises["values"]) == 6
    with (here / "run.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["enterprises"]) for row in rows] == enterprises["values"]
    shown = call("run", "toy", "--quarters", "6", "--seed", "3")
    assert OUTPUTS["enterprises"].label[0] in shown.stdout
    assert "Reading the scenario" in shown.stderr


def test_run_writes_other_forms(here: Path) -> None:
    import pandas as pd

    assert call("run", "toy", "--quarters", "2", "--out", "deep/run.json").exit_code == 0
    assert call("run", "toy", "--quarters", "2", "--out", "run.parquet").exit_code == 0
    values = json.loads((here / "deep/run.json").read_text())["outputs"]["sales"]["values"]
    assert pd.read_parquet(here / "run.parquet")["sales"].tolist() == values


def test_compare(here: Path) -> None:
    (here / "grant.toml").write_text(
        'title = "Grant"\nbased_on = "toy"\n[policy.research_grant]\nrate = 0.3\n[run]\nend = "2012Q4"\n'
    )
    (here / "base.toml").write_text('title = "Base"\nbased_on = "toy"\n[run]\nend = "2012Q4"\n')
    args = ["compare", "base.toml", "grant.toml", "--seeds", "3", "--jobs", "1"]
    result = call(*args, "--json", "--csv", "effects.csv", "--out", "out")
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert (document["baseline"], document["seeds"]) == ("base", [1, 2, 3])
    fields = {"scenario", "output", "unit", "effect", "low", "high", "percent", "better", "n", "correlation"}
    assert all(fields <= effect.keys() for effect in document["effects"])
    assert {"cost"} <= document.keys()
    assert (here / "effects.csv").read_text() == (here / "out" / "effects.csv").read_text()
    assert json.loads((here / "out" / "comparison.json").read_text()) == document
    shown = call(*args)
    assert "95 % interval" in shown.stdout
    scaled = call(*args, "--equal-cost", "--json")
    assert "grant: times 1, costs" in scaled.stderr and scaled.exit_code == 0, scaled.stderr
    by_stage = call(*args, "--by", "stage", "--outcome", "value_added")
    assert "Value added: Yarn" in by_stage.stdout
    assert OUTPUTS["research"].label[0] in shown.stdout


@pytest.mark.slow
def test_doctor() -> None:
    result = call("doctor", "--json")
    facts = json.loads(result.stdout)
    assert facts["self-test"] == "all right"
    assert result.exit_code == 0
    assert {"python", "cores", "numba", "compiled rules"} <= facts.keys()
