"""Report: one valid page that needs nothing else, complete in both languages, whose sentences and tables agree."""

from __future__ import annotations

import dataclasses
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import html5lib
import numpy as np
import pytest
from click.testing import CliRunner
from conftest import scenario

import sim
from sim.analysis.channels import bookkeeping
from sim.analysis.equal_budget import EqualBudget, Search
from sim.cli import cli
from sim.compare import Comparison
from sim.report import answer, background, write_reports
from sim.report.evidence import whole
from sim.report.findings import CHAIN, INNOVATION, bargains_of, findings_of
from sim.report.tables import channel_table, equal_table
from sim.scenario import known_scenarios
from sim.words import LANGUAGES, Words

SECTIONS = ["answer", "effects", "ranking", "why", "stories", "chain", "time", "innovation", "people", "enterprises", "money", "gains",
            "assumptions", "validation", "limits", "provenance"]  # fmt: skip
COMMAND = "cluster-sim compare toy grant.toml --seeds 4"


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    base = scenario("toy", "2015Q4", 4)
    policies: list[dict[str, Any]] = [
        {
            "research_grant": {"rate": 0.6},
            "capital_subsidy": {"rate": 0.2, "start": "2012Q1"},
            "title": "Plant & <R&D>",
        },
        {"coordination_body": {"membership": 0.5, "convening": 0.5}, "title": "Coordination"},
    ]
    others = [base.with_policy(**policy) for policy in policies]
    return sim.compare([base, *others], seeds=4, jobs=1)


def equally_dear(comparison: Comparison) -> EqualBudget:
    """As if the packages had cost the same as they stand."""
    budget = comparison.public_cost(comparison.scenarios[1].name)
    searches = [Search(each, each, 1.0, budget, budget, "") for each in comparison.scenarios[1:]]
    return EqualBudget(tuple(searches), comparison)


@pytest.fixture(scope="module")
def pages(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("report")
    paths = {language: folder / f"{language}.html" for language in LANGUAGES}
    assert write_reports(comparison, paths, COMMAND, equally_dear(comparison)) == list(paths.values())
    assert all(path.stat().st_size < 3_000_000 for path in paths.values())
    return {language: path.read_text("utf-8") for language, path in paths.items()}


def tree_of(page: str) -> Any:
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)


def text_of(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_valid_accessible_and_needs_nothing_else(pages: dict[str, str], language: str) -> None:
    page = pages[language]
    tree = tree_of(page)
    assert tree.get("lang") == {"en": "en", "zh": "zh-Hans"}[language]
    assert not re.search(
        r"(?:src|href|action|data)=[\"'](?!#|data:image/png)|url\((?!#)|@import|<script|<link|https?://", page
    )
    names = [each.get("id") for each in tree.iter() if each.get("id")]
    assert len(names) == len(set(names))
    targets = {each.get("href") for each in tree.iter() if each.get("href")}
    assert {target[1:] for target in targets} <= set(names)
    assert [each.get("id") for each in tree.iter("section")] == SECTIONS
    levels = [int(each.tag[1]) for each in tree.iter() if each.tag in ("h1", "h2", "h3")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for drawing in tree.iter("{http://www.w3.org/2000/svg}svg"):
        assert drawing.get("aria-label") or drawing.get("aria-hidden") == "true"
    for table in tree.iter("table"):
        assert text_of(table.find("caption"))
        assert all(head.get("scope") for head in table.iter("th"))
    for figure in tree.iter("figure"):
        assert len(text_of(figure.find("figcaption"))) > 20


def numbers_in(text: str) -> list[str]:
    return re.findall(r"\d[\d,.]*\d|\d", text)


def test_sentences_and_tables_tell_the_same_numbers(comparison: Comparison, pages: dict[str, str]) -> None:
    """What is said of a scenario and an outcome in words stands in its row, and is what the comparison holds."""
    effects = comparison.effects.set_index(["scenario", "output"]).effect
    policies = len(comparison.scenarios) - 1
    for page in pages.values():
        tree = tree_of(page)
        rows = {each.get("data-about"): [text_of(cell) for cell in each] for each in tree.iter("tr")}
        said = {each.get("data-about"): text_of(each) for each in tree.iter("li")}
        told = 0
        for about, sentence in said.items():
            name, _, output = (about or "").partition("/")
            if output == "cost":
                assert numbers_in(rows[about][1])[0] in sentence
            elif output and output != "channel" and rows[about][1] != "0":
                told += 1
                change, interval = (numbers_in(cell) for cell in rows[about][1:3])
                assert set(change + interval) <= set(numbers_in(sentence)), about
                assert float(change[0].replace(",", "")) == pytest.approx(
                    abs(effects[name, output]), rel=0.06
                )
        assert told and len(said) == 1 + 4 * policies


def test_verdicts_count_the_pairs(comparison: Comparison) -> None:
    for each in findings_of(comparison):
        outcome = comparison.outcome(each.output)
        difference = outcome[each.place] - outcome[0]
        assert each.same_way == (difference * each.effect > 0.0).sum() <= each.n == len(comparison.seeds)
        assert each.verdict in ("raises", "lowers", "trifling", "unclear", "same", "unknown")


def test_a_difference_that_only_stands_out_alone_is_not_called_luck(comparison: Comparison) -> None:
    one = findings_of(comparison)[0]
    told = {
        low: answer.sentence(
            Words("en"), comparison, dataclasses.replace(one, verdict="unclear", low=low, high=5.0)
        ).text
        for low in (-1.0, 1.0)
    }
    assert "within what luck can do" in told[-1.0] and "alone" not in told[-1.0]
    assert "within what luck can do" not in told[1.0] and "Looked at alone" in told[1.0]


def test_what_costs_next_to_nothing_is_not_ranked(comparison: Comparison) -> None:
    bargains = bargains_of(comparison)
    years = len(comparison.years)
    for each in bargains:
        assert (each.reason == "") == (each.cost >= 1.0 * years)
        for name in (CHAIN, INNOVATION):
            bought = each.bought[name]
            outcome = comparison.outcome(name)
            if each.reason == "":
                per_money = 100.0 * (outcome[each.place] - outcome[0]).mean() / each.cost
                assert bought.effect == pytest.approx(per_money)
            else:
                assert bought.effect != bought.effect and bought.rank != bought.rank
    assert [each.reason for each in bargains] == sorted(each.reason for each in bargains)


def test_packages_of_equal_cost_stand_in_the_order_of_their_ranks(comparison: Comparison) -> None:
    equal = equally_dear(comparison)
    table = equal_table(Words("en"), equal)
    assert [row[0] for row in table.rows] == [
        next(each.title for each in comparison.scenarios if each.name == name)
        for name in equal.ranking(CHAIN).scenario
    ]
    assert {row[1] for row in table.rows} == {"1.00"} and all(
        len(row) == len(table.columns) for row in table.rows
    )


def test_channels_add_up_to_the_effect(comparison: Comparison) -> None:
    books = bookkeeping(comparison, "value_added_volume")
    table = channel_table(Words("en"), comparison, books, "value_added_volume", "origin")
    own = books[books.scenario == comparison.scenarios[1].name]
    assert own[own.way == "origin"].effect.sum() == pytest.approx(
        own[own.way == "total"].effect.iloc[0], abs=1e-9
    )
    assert len(table.rows) == (len(comparison.scenarios) - 1) * (1 + len(comparison.keys("origin")))


def test_the_chinese_page_has_no_english_sentence(pages: dict[str, str]) -> None:
    """Left in English are names, codes, titles that nobody translated, and what is marked as English."""
    tree = tree_of(pages["zh"])
    left = []

    def walk(element: Any) -> None:
        if element.get("lang") == "en" or element.tag in ("style", "title"):
            return
        for text in (element.text, *(child.tail for child in element)):
            if text and re.search(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}", text) and COMMAND not in text:
                left.append(text.strip())
        for child in element:
            walk(child)

    walk(tree.find("body"))
    assert left == []


def test_scenarios_of_the_library_are_translated() -> None:
    for name in known_scenarios():
        loaded = sim.load(name)
        assert re.search("[\u4e00-\u9fff]", loaded.title_zh) and re.search(
            "[\u4e00-\u9fff]", loaded.question_zh
        ), name
    changed = sim.load("toy").with_policy(research_grant={"rate": 0.1})
    assert changed.title_zh == sim.load("toy").title_zh
    assert changed.with_policy(research_grant={"rate": 0.1}, title="Mine").title_zh == ""


def test_assumptions_name_what_differs(comparison: Comparison, pages: dict[str, str]) -> None:
    tree = tree_of(pages["en"])
    assumed = text_of(next(each for each in tree.iter("section") if each.get("id") == "assumptions"))
    assert "R&D grant" in assumed and "0.6 from 2011Q1" in assumed and "Capital subsidy" in assumed
    made = text_of(next(each for each in tree.iter("section") if each.get("id") == "provenance"))
    assert COMMAND in made and comparison.baseline.digest[:16] in made and "1 .. 4" in made


def test_other_parameters_are_shown_with_their_source(comparison: Comparison) -> None:
    from sim.declare import PARAMETERS

    group = next(iter(PARAMETERS))
    name, declared = next(iter(PARAMETERS[group].items()))
    value = declared.low if declared.default != declared.low else declared.high
    changed = comparison.scenarios[1].with_parameters(**{group: {name: value}})
    other = Comparison((comparison.baseline, changed), comparison.seeds, comparison.values[:2])
    table = background.parameter_table(Words("en"), other)
    assert [row[0] for row in table.rows] == [f"{group}.{name}"] and declared.source in table.rows[0]
    assert background.parameter_table(Words("en"), comparison).rows == []


def test_validation_is_reported_as_it_is(tmp_path: Path) -> None:
    facts = [
        {"id": "F1", "fact": "Size is skewed", "value": 2.0, "low": 1.5, "high": 2.5, "band": [1.0, None], "verdict": "pass",
         "source": "Axtell 2001", "grade": "V", "kind": "emergent"},
        {"id": "F5", "fact": "Spread falls", "value": None, "low": None, "high": None, "band": [-0.3, -0.05],
         "verdict": "fail", "source": "Stanley 1996", "grade": "M", "kind": "emergent"},
        {"id": "F13", "fact": "R&D goes with size", "value": 1.0, "low": 0.9, "high": 1.1, "band": [0.8, 1.2],
         "verdict": "pass", "source": "Cohen", "grade": "M", "kind": "imposed"},
    ]  # fmt: skip
    path = tmp_path / "validation.json"
    path.write_text(json.dumps(facts))
    assert background.facts_of(path) == facts
    said, table = background.validation(Words("en"), facts)
    assert "Of 2 facts" in said[0] and "reproduces 1 (50 %)" in said[0]
    assert "2 pass and 1 fail" in said[1] and "2 rows rest" in said[2]
    assert table is not None and [row[4] for row in table.rows] == [
        "at least 1.00",
        "−0.300 to −0.050",
        "0.800 to 1.20",
    ]
    assert [row[-1].endswith("(M)") for row in table.rows] == [False, True, True]
    chinese = background.validation(Words("zh"), facts)[1]
    assert chinese is not None and "右偏" in chinese.rows[0][1]
    said, table = background.validation(Words("en"), background.facts_of(tmp_path / "nothing.json"))
    assert table is None and "nothing can be said" in said[0]


def test_few_runs_are_called_few(pages: dict[str, str]) -> None:
    assert "give a first hint and no more" in pages["en"]


def test_runs_that_failed_are_left_out(comparison: Comparison) -> None:
    """A scenario none of whose runs ended, and pairs in which another failed; what is left is not touched."""
    values = comparison.values.copy()
    values[1, 0] = values[2] = np.nan
    left = whole(dataclasses.replace(comparison, values=values))
    assert left.scenarios == comparison.scenarios[:2] and left.seeds == comparison.seeds[1:]
    assert np.array_equal(left.values, comparison.values[:2, 1:], equal_nan=True)
    assert whole(comparison).seeds == comparison.seeds
    values[0] = np.nan
    with pytest.raises(sim.InputError, match="nothing to report"):
        whole(dataclasses.replace(comparison, values=values))


def test_the_command_writes_a_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, rate in (("base", 0.0), ("grant", 0.3)):
        Path(f"{name}.toml").write_text(
            f'title = "{name}"\nbased_on = "toy"\n[policy.research_grant]\nrate = {rate}\n[run]\nend = "2012Q4"\nburn_in = 4\n'
        )
    command = [
        "compare",
        "base.toml",
        "grant.toml",
        "--seeds",
        "1",
        "--jobs",
        "1",
        "--report",
        "here/report.html",
        "--lang",
        "zh",
    ]
    result = CliRunner().invoke(cli, command)
    assert result.exit_code == 0, result.stderr
    page = Path("here/report.html").read_text("utf-8")
    assert 'lang="zh-Hans"' in page and "--lang zh" in page
    tree_of(page)
    assert "只有 1 对运行" in page and "95% 区间）；" not in page
    assert "here/report.html" in result.stderr
    refused = CliRunner().invoke(cli, [*command[:-1], "fr"])
    assert refused.exit_code == 2 and "fr" in refused.stderr
