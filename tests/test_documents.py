"""Documents: generated tables are fresh, what is cited exists, what the guides show works."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import tiny_world

from sim import documents
from sim.accounts import SECTORS
from sim.chance import DECISIONS
from sim.cli import cli
from sim.declare import MONEY
from sim.mechanisms import MECHANISMS, Lived, count_all, mechanisms
from sim.quarter import QUARTER

ODD = documents.DOCS / "odd.md"
GUIDES = sorted((documents.DOCS / "guide").glob("*.md"))
COMMANDS = [
    line.partition("#")[0].strip()
    for guide in GUIDES
    for block in re.findall(r"```sh\n(.*?)```", guide.read_text("utf-8"), re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]


# ------------------------------------------------------------------------------------------ generated tables
def test_tables_are_fresh() -> None:
    assert [str(path) for path in documents.stale()] == [], "run `make docs`"


def test_every_table_stands_in_a_document_once() -> None:
    text = "".join(path.read_text("utf-8") for path in documents.documents())
    assert sorted(found[1] for found in documents.BLOCK.findall(text)) == sorted(documents.TABLES_OF)


def test_an_unknown_table_is_refused() -> None:
    with pytest.raises(ValueError, match="no table is called 'levers'"):
        documents.renewed("<!-- begin:levers -->\n<!-- end:levers -->")


def test_renewing_twice_changes_nothing() -> None:
    text = "before\n<!-- begin:money -->\nof yesterday\n<!-- end:money -->\nafter\n"
    once = documents.renewed(text)
    assert once.startswith("before\n") and once.endswith("after\n") and "yesterday" not in once
    assert documents.renewed(once) == once


def test_check_says_what_is_stale_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = "<!-- begin:schedule -->\nold\n<!-- end:schedule -->\n"
    (tmp_path / "page.md").write_text(stale)
    monkeypatch.setattr(documents, "DOCS", tmp_path)
    monkeypatch.setattr(documents, "ROOT", tmp_path)
    monkeypatch.setattr(documents, "model_digest", lambda: "")
    # Left as it is: other tests compile.
    monkeypatch.setattr(documents.compiled, "READ_ONLY", False)
    assert documents.main(["--check"]) == 1
    assert "out of date: page.md" in capsys.readouterr().out
    assert (tmp_path / "page.md").read_text() == stale


def test_cells_keep_a_table_whole() -> None:
    written = documents.table(("a", "b"), [("x | y", "two\nlines")], numbers=1)
    assert written == "| a | b |\n| --- | ---: |\n| x \\| y | two lines |\n"


def test_a_first_sentence_ends_at_its_full_stop() -> None:
    assert (
        documents.first_sentence("Pay of 2.5, e.g.\n    more: here. And so on.\n\nNever.")
        == "Pay of 2.5, e.g"
    )
    assert documents.first_sentence("No stop") == "No stop"


# ------------------------------------------------------------------------------------------ what is cited
def test_every_draw_and_payment_has_its_chapter() -> None:
    assert set(DECISIONS.values()) <= set(documents.sentences()["decision"])
    assert set(MONEY) <= set(documents.sentences()["money"])


def test_every_chapter_has_its_paragraph() -> None:
    prose = ODD.read_text("utf-8").split("## 7. Submodels")[1].split("## 8.")[0]
    chapters = sorted(path.name for path in (documents.ROOT / "sim/rules").glob("[!_]*.py"))
    assert [name for name in chapters if f"** (`rules/{name}`)" not in prose] == []


def test_equations_that_are_cited_are_in_the_chapter() -> None:
    prose = ODD.read_text("utf-8").split("## 7. Submodels")[1].split("## 8.")[0]
    wrong = []
    for paragraph in prose.split("\n\n"):
        cited = re.match(r"\*\*[^*]+\*\* \(`(rules/\w+\.py)`\)", paragraph)
        if cited:
            chapter = (documents.ROOT / "sim" / cited[1]).read_text("utf-8").split('"""')[1]
            numbers = {*re.findall(r"\((\d)\)", paragraph)}
            wrong += [f"{cited[1]} has no ({n})" for n in numbers if f"({n})" not in chapter]
            shown = {*re.findall(r"\((\d)\)$", chapter, re.MULTILINE)}
            wrong += [f"({n}) of {cited[1]} is not cited" for n in shown - numbers]
    assert wrong == []


def test_links_lead_somewhere() -> None:
    broken = []
    for path in documents.DOCS.rglob("*.md"):
        text = path.read_text("utf-8")
        targets = re.findall(r"\]\(([^)#]+)\)", text)
        broken += [f"{path.name}: {target}" for target in targets if not (path.parent / target).exists()]
        heads = {
            re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ (.*)", text, re.M)
        }
        broken += [f"{path.name}: #{a}" for a in re.findall(r"\]\(#([^)]+)\)", text) if a not in heads]
    assert broken == []


def test_files_that_are_named_exist() -> None:
    """In prose and in the list of mechanisms; `*` stands for any."""
    missing = []
    for path in documents.DOCS.rglob("*.md"):
        for name in set(
            re.findall(r"`((?:sim|rules|policies|outputs|scenarios)/[\w/.*]+)`", path.read_text("utf-8"))
        ):
            places = (documents.ROOT, documents.ROOT / "sim")
            if not any(list(place.glob(name.rstrip("/"))) for place in places):
                missing.append(f"{path.name}: {name}")
    missing += [f for each in mechanisms() for f in each.files if not (documents.ROOT / "sim" / f).is_file()]
    assert missing == []


# ------------------------------------------------------------------------------------------ mechanisms
def test_mechanisms_are_named_once_and_cite_the_specification() -> None:
    names = [each.name for each in mechanisms()]
    assert len(names) == len(set(names))
    for each in mechanisms():
        assert all(re.fullmatch(r"(2|3|[4-8](\.\d+)?|10\.\d+)", part) for part in each.section.split(", ")), (
            each.name
        )


def test_every_rule_of_the_quarter_has_a_mechanism() -> None:
    chapters = {documents.chapter_of(rule) for rule in QUARTER}
    assert chapters <= {file for each in mechanisms() for file in each.files}


def test_mechanisms_count_a_quarter() -> None:
    """Of a tiny world in which nothing has happened yet, and then a few things have."""
    world = tiny_world(enterprises=3, institutes=2)
    before = world.enterprises.copy()
    world.enterprises[2].alive = False
    world.enterprises.absorptive = 0.5
    still = count_all(Lived(world, before, 4))
    assert set(still) == {each.name for group in MECHANISMS.values() for each in group}
    assert still["own R&D"] == still["diversification"] == still["R&D taken up"] == still["quits"] == 0.0
    assert still["nothing absorbed without own R&D"] == 0.0
    world.enterprises.absorptive[0] = 0.0
    world.enterprises.research[:] = 2.0  # the third has left
    world.enterprises.research_intensity[1] = 0.03
    world.enterprises.unfilled[:] = 1.0  # of the third too, which left at the end of the quarter
    world.region[0].entries[3] = 2.0
    world.region[0].permits = 3.0
    world.region[0].quits = 5.0
    world.institutes.served = 4.0
    world.goods[0, 4] = 7.0
    world.money[MONEY.index("wages"), 0, 5] = 1.0
    counted = count_all(Lived(world, before, 4))
    assert counted["own R&D"] == 2.0
    assert counted["nothing absorbed without own R&D"] == 1.0
    assert counted["R&D taken up"] == counted["R&D rates revised"] == 1.0
    assert counted["rationed orders"] == 3.0
    assert counted["diversification"] == 2.0
    assert counted["projects lapse for want of money or founder"] == 1.0
    assert counted["quits"] == 5.0
    assert counted["services sold"] == 8.0
    assert counted["goods scrapped, those of the departed included"] == 7.0


def test_what_never_fires_stands_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = {each.name: [0.0, 0.0] for each in mechanisms()}
    counts |= {"quits": [1500.0, 2500.0], "poaching": [0.0, 3.0], "attraction": [7.0, 7.0]}
    del counts["diversification"]
    flows = [
        {"kind": "wages", "payer": "enterprises", "payee": "households", "in_year": 12.5, "per_year": 10.0},
        {"kind": "loans granted", "payer": "bank", "payee": "enterprises", "in_year": 4.0, "per_year": 4.0},
        {
            "kind": "dividends",
            "payer": "enterprises",
            "payee": "enterprises",
            "in_year": 1.0,
            "per_year": 1.0,
        },
    ]
    kept = {
        "date": "2026-01-01", "model": "", "quarters": "2011Q1 to 2035Q4", "seeds": [1, 2], "year": 2018,
        "scenarios": {"baotou": {"counts": counts}}, "flows": flows,
    }  # fmt: skip
    (tmp_path / "reference.json").write_text(json.dumps(kept))
    monkeypatch.setattr(documents, "REFERENCE", tmp_path / "reference.json")
    rows = dict(re.findall(r"^\| ([^|]+) \|.*\| ([^|]+) \|$", documents.mechanism_table(), re.MULTILINE))
    assert rows["graduates arrive"] == "**0**"
    assert rows["quits"] == "2,000 (1,500 to 2,500)"
    assert rows["poaching"] == "1.5 (0 to 3)"
    assert rows["attraction"] == "7"
    assert rows["diversification"] == "not run yet"
    matrix = documents.flow_matrix()
    assert "| wages | -12.5 |  |  |  |  | 12.5 |  |  |" in matrix
    assert "| dividends |  |  |  |  |  |  |  | 1.0 |" in matrix
    assert "| **change of balance** | **-8.5** |" in matrix


def test_the_matrix_of_the_last_reference_runs_adds_up() -> None:
    found = documents.reference()
    if not found:
        pytest.skip("no reference runs yet")
    assert {flow["kind"] for flow in found["flows"]} <= set(MONEY)
    assert {flow[end] for flow in found["flows"] for end in ("payer", "payee")} <= set(SECTORS)
    for scenario in found["scenarios"].values():
        for name, counts in scenario["counts"].items():
            assert len(counts) == len(found["seeds"]) and np.isfinite(counts).all(), name


# ------------------------------------------------------------------------------------------ guides
@pytest.mark.parametrize("command", COMMANDS)
def test_commands_of_the_guides_are_understood(command: str) -> None:
    words = shlex.split(command)
    if words[0] == "make":
        targets = re.findall(r"^([a-z]+):", (documents.ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        assert words[1] in targets
        return
    assert words[0] == "cluster-sim"
    known = cli.commands[words[1]]
    known.make_context(words[1], words[2:])  # raises for what it does not understand


def test_code_of_the_guide_to_comparing_runs() -> None:
    text = (documents.DOCS / "guide/comparing.md").read_text("utf-8")
    code = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    short = 'sim.load("toy").with_run(end="2013Q4", burn_in=2)'
    names: dict[str, Any] = {}
    exec(code.replace('sim.load("baotou")', short).replace("seeds=50", "seeds=2, jobs=1"), names)
    assert names["found"].seeds == (1, 2)


def test_the_example_of_a_scenario_is_good(tmp_path: Path) -> None:
    from sim.scenario import load

    text = (documents.DOCS / "guide/scenarios.md").read_text("utf-8")
    (tmp_path / "my_grant.toml").write_text(re.findall(r"```toml\n(.*?)```", text, re.DOTALL)[0])
    scenario = load(tmp_path / "my_grant.toml")
    assert not scenario.warnings and len(scenario.policy_in_words(own=True)) == 3


@pytest.mark.parametrize("name", ["notebooks", "own-rule"])
def test_code_of_the_guides_runs(name: str) -> None:
    """On the small chain, for a short time, in the interpreter: what is shown is what is tested."""
    text = (documents.DOCS / f"guide/{name}.md").read_text("utf-8")
    code = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    short = 'sim.load("toy").with_run(end="2013Q1", burn_in=2)'
    code = code.replace('sim.load("baotou")', short).replace('"baotou"', short)
    code = code.replace("seeds=50", "seeds=2, jobs=1").replace("now.t == 24", "now.t == 4")
    environment = {**os.environ, "CLUSTER_SIM_INTERPRET": "1", "PYTHONPATH": str(documents.ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
