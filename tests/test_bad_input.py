"""Bad input: every problem of a file at once, each with its place and what would have been right."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.calendar import Quarter
from sim.chain_files import chain_of, population_of, read_chain, read_population, read_series
from sim.policy_reader import PolicyReader
from sim.problems import InputError, Problem, TomlFile
from sim.scenario import library, read_header

TOY = library() / "toy"
HEAD = 'title = "A test"\nbased_on = "toy"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the toy world."""
    for file in TOY.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_text(file.read_text("utf-8"), "utf-8")
    return tmp_path


def problems_of(text: str, folder: Path) -> list[Problem]:
    """Problems of a scenario file with this text."""
    path = folder / "case.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        sim.load(path)
    return list(caught.value.problems)


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


# ------------------------------------------------------------------------------------------- scenario files
@pytest.mark.parametrize(
    ("body", "key", "problem", "suggestion"),
    [
        (
            "[policy.research_grnt]\nrate = 0.1",
            "policy.research_grnt",
            "no such instrument",
            "research_grant",
        ),
        ("[policy.research_grant]\nrat = 0.1", "policy.research_grant.rat", "no such lever", "rate"),
        (
            "[policy.research_grant]\nstrat = '2012Q1'\nrate = 0.1",
            "policy.research_grant.strat",
            "no such lever",
            "start",
        ),
        ("[policy.research_grant]\nrate = 1.5", "policy.research_grant.rate", "out of range", ""),
        ("[policy.research_grant]\nrate = -0.1", "policy.research_grant.rate", "out of range", ""),
        ("[policy.research_grant]\nrate = true", "policy.research_grant.rate", "not a number", ""),
        ("[policy.research_grant]\nrate = '0.1'", "policy.research_grant.rate", "not a number", ""),
        ("[policy.research_grant]\nrate = nan", "policy.research_grant.rate", "not a number", ""),
        ("[policy.research_grant]\nrate = inf", "policy.research_grant.rate", "not a number", ""),
        ("[policy.research_grant]\nrate = [0.1]", "policy.research_grant.rate", "not a number", ""),
        ("[policy]\nresearch_grant = 0.1", "policy.research_grant", "not a table of levers", ""),
        (
            "[policy.research_grant]\nrate = {}",
            "policy.research_grant.rate.schedule",
            "missing or not a table",
            "",
        ),
        (
            "[policy.research_grant]\nrate = { schedule = {} }",
            "policy.research_grant.rate.schedule",
            "missing or not",
            "",
        ),
        (
            "[policy.research_grant]\nrate = { shedule = { '2012Q1' = 0.1 }, schedule = { '2012Q1' = 0.1 } }",
            "policy.research_grant.rate.shedule",
            "no such key",
            "schedule",
        ),
        (
            "[policy.research_grant]\nrate = { schedule = { '2012Q5' = 0.1 } }",
            "policy.research_grant.rate.schedule.2012Q5",
            "not a quarter",
            "",
        ),
        (
            "[policy.research_grant]\nrate = { schedule = { '2012' = 0.1 } }",
            "policy.research_grant.rate.schedule.2012",
            "not a quarter",
            "",
        ),
        (
            "[policy.research_grant]\nrate = { schedule = { '2009Q1' = 0.1 } }",
            "policy.research_grant.rate.schedule.2009Q1",
            "outside the horizon",
            "",
        ),
        (
            "[policy.research_grant]\nrate = { schedule = { '2013Q1' = 0.1, '2012Q1' = 0.2 } }",
            "policy.research_grant.rate.schedule.2012Q1",
            "points are not in order",
            "",
        ),
        (
            "[policy.research_grant]\nrate = { schedule = { '2012Q1' = 0.1, '2013Q1' = 7 } }",
            "policy.research_grant.rate.schedule.2013Q1",
            "out of range",
            "",
        ),
        (
            "[policy.research_grant]\nrate = { schedule = { '2012Q1' = 0.1 }, shape = 'linaer' }",
            "policy.research_grant.rate.shape",
            "not one of the choices",
            "linear",
        ),
        (
            "[policy.research_grant]\nrate = { schedule = { '2013Q1' = 0.1 }, until = '2012Q4' }",
            "policy.research_grant.rate.until",
            "ends in 2012Q4, before its last point",
            "",
        ),
        (
            "[policy.research_grant]\nrate = 0.1\nstart = '2013Q1'\nuntil = '2012Q4'",
            "policy.research_grant.until",
            "ends in 2012Q4, before",
            "",
        ),
        (
            "[policy.research_grant]\nrate = 0.1\nstart = 2013",
            "policy.research_grant.start",
            "not a quarter",
            "",
        ),
        (
            "[policy.research_grant]\nrate = 0.1\nstart = '2050Q1'",
            "policy.research_grant.start",
            "outside the horizon",
            "",
        ),
        (
            "[policy.research_grant]\nstart = '2013Q1'\nrate = { schedule = { '2013Q1' = 0.1 } }",
            "policy.research_grant.start",
            "belongs to plain values",
            "",
        ),
        (
            "[policy.capital_subsidy]\nrate = 0.1\nstart = '2013Q1'\nannounced = '2014Q1'",
            "policy.capital_subsidy.announced",
            "announced after it begins",
            "",
        ),
        (
            "[policy.capital_subsidy]\nrate = 0.1\nstages = ['yarns']",
            "policy.capital_subsidy.stages[1]",
            "no such stage",
            "yarn",
        ),
        (
            "[policy.capital_subsidy]\nrate = 0.1\nstages = [7]",
            "policy.capital_subsidy.stages[1]",
            "no such stage",
            "",
        ),
        (
            "[policy.capital_subsidy]\nrate = 0.1\nstages = 'yarn'",
            "policy.capital_subsidy.stages",
            "neither a list",
            "",
        ),
        (
            "[policy.capital_subsidy]\nrate = 0.1\nstages = []",
            "policy.capital_subsidy.stages",
            "neither a list",
            "",
        ),
        (
            "[policy.capital_subsidy]\nrate = 0.1\nproducts = ['linen']",
            "policy.capital_subsidy.products[1]",
            "no such product",
            "linen_yarn",
        ),
        (
            "[policy.capital_subsidy]\nrate = 0.1\nsizes = ['smal']",
            "policy.capital_subsidy.sizes[1]",
            "no such size",
            "small",
        ),
        (
            "[policy.capital_subsidy]\nrate = 0.1\nownerships = ['privat']",
            "policy.capital_subsidy.ownerships[1]",
            "no such ownership",
            "private",
        ),
        (
            "[policy.institute_funding]\nspending = 10\nstages = ['yarn']",
            "policy.institute_funding.stages",
            "cannot be aimed",
            "",
        ),
        ("[parameters.serch]\nx = 1", "parameters.serch", "no such submodel", "search"),
        ("[parameters.search]\nnothing = 1", "parameters.search.nothing", "no such parameter", ""),
        ("[parameters]\nsearch = 1", "parameters.search", "not a table", ""),
        ("[run]\nend = '2010Q4'", "run.end", "the end is not within", ""),
        ("[run]\nend = 'soon'", "run.end", "not a quarter", ""),
        ("[run]\nburn_in = 2.5", "run.burn_in", "not a whole number", ""),
        ("[run]\nburn_in = -1", "run.burn_in", "too small", ""),
        ("[run]\nburnin = 3", "run.burnin", "unknown key", "burn_in"),
        ("[polcy.research_grant]\nrate = 0.1", "polcy", "unknown key", "policy"),
        ("[world]\nchain = 'chian.toml'", "world.chain", "no such file", "chain.toml"),
        ("[world]\ndating = 'altrnative'", "world.dating", "not one of the choices", "alternative"),
        ("[world]\nhistory_until = '21Q4'", "world.history_until", "not a quarter", ""),
    ],
)
def test_one_problem(folder: Path, body: str, key: str, problem: str, suggestion: str) -> None:
    found = only(problems_of(HEAD + body, folder))
    assert found.key == key
    assert problem in found.problem
    assert found.suggestion == suggestion
    last = key.rpartition(".")[2].partition("[")[0]
    if last in body and "missing" not in problem:  # the line is that of the key itself
        assert found.line == 2 + max(n for n, text in enumerate(body.splitlines(), 1) if last in text)


def test_an_out_of_range_lever_names_label_unit_and_range(folder: Path) -> None:
    text = HEAD + "\n[policy.research_grant]\nrate = 1.5\n"
    found = only(problems_of(text, folder))
    assert str(found).endswith(
        "case.toml:5: policy.research_grant.rate = 1.5: out of range "
        "[share of a selected R&D project that a grant pays, share of a project, allowed 0..1]"
    )


def test_a_parameter_out_of_range_names_unit_and_range(folder: Path) -> None:
    from sim.declare import PARAMETERS

    sim.load("toy")
    group, members = next(iter(PARAMETERS.items()))
    name, declared = next(iter(members.items()))
    found = only(problems_of(HEAD + f"[parameters.{group}]\n{name} = {declared.high + 1}", folder))
    assert (found.problem, found.label, found.unit) == ("out of range", declared.meaning, declared.unit)
    assert found.allowed == f"{declared.low:g}..{declared.high:g}"


def test_all_problems_come_at_once(folder: Path) -> None:
    text = """\
titel = "A test"
based_on = "toy"

[policy.research_grnt]
rate = 0.1

[policy.research_grant]
rate = 3

[policy.capital_subsidy]
rate = 0.1
stages = ["yran"]

[run]
burn_in = "long"
"""
    found = problems_of(text, folder)
    places = {(problem.line, problem.key) for problem in found}
    assert places == {
        (1, "titel"),
        (None, "title"),
        (4, "policy.research_grnt"),
        (8, "policy.research_grant.rate"),
        (12, "policy.capital_subsidy.stages[1]"),
        (15, "run.burn_in"),
    }


def test_problems_of_all_files_come_at_once(folder: Path) -> None:
    chain = folder / "chain.toml"
    chain.write_text(chain.read_text("utf-8").replace("complexity = 1.2", "complexity = -1.2"), "utf-8")
    scenario = folder / "scenario.toml"
    scenario.write_text(scenario.read_text("utf-8") + "\n[policy.research_grant]\nrate = 2\n", "utf-8")
    series = folder / "series.csv"
    series.write_text(series.read_text("utf-8").replace("assumed", "guessed", 1), "utf-8")
    found = problems_of('title = "A test"\nbased_on = "scenario.toml"\n[policy.nothing]\nrate = 1\n', folder)
    assert {Path(problem.file).name for problem in found} == {
        "chain.toml",
        "scenario.toml",
        "series.csv",
        "case.toml",
    }


@pytest.mark.parametrize("text", ["a = [1, 2\n", "a = 1\na = 2\n", "a = no\n", "= 1\n"])
def test_broken_toml_names_its_line(folder: Path, text: str) -> None:
    found = only(problems_of('title = "A test"\n' + text, folder))
    assert "not valid TOML" in found.problem
    assert found.line in (2, 3)


def test_files_that_cannot_be_read(folder: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        sim.load(folder / "nothing.toml")
    with pytest.raises(InputError, match="did you mean 'toy'"):
        sim.load("toi")
    (folder / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not a text file in UTF-8"):
        sim.load(folder / "binary.toml")
    assert only(problems_of('title = "A"\nbased_on = "toi"\n', folder)).suggestion == "toy"


def test_scenarios_based_on_each_other(folder: Path) -> None:
    (folder / "one.toml").write_text('title = "One"\nbased_on = "case.toml"\n')
    found = only(problems_of('title = "Two"\nbased_on = "one.toml"\n', folder))
    assert "circle" in found.problem
    assert found.line == 2


def test_a_root_without_data(folder: Path) -> None:
    found = problems_of('title = "Alone"\n', folder)
    assert {problem.key for problem in found} == {"world.chain", "world.population"}


def test_the_same_holds_in_python() -> None:
    base = sim.load("toy")
    with pytest.raises(InputError, match="did you mean 'research_grant'"):
        base.with_policy(research_grnt={"rate": 0.1})
    with pytest.raises(InputError, match="out of range"):
        base.with_policy(research_grant={"rate": 2.0})
    with pytest.raises(InputError, match="no such submodel"):
        base.with_parameters(nothing={"x": 1.0})
    with pytest.raises(InputError, match="unknown key"):
        base.with_settings({"polcy.research_grant.rate": 0.1})
    with pytest.raises(InputError, match="set twice"):
        base.with_settings({"policy.research_grant": 0.1, "policy.research_grant.rate": 0.1})


# -------------------------------------------------------------------------------------------------- history
MEASURE = """
[[measure]]
instrument = "research_grant"
lever = "rate"
value = 0.1
start = "2012Q1"
until = "2013Q4"
status = "assumed"
confidence = "low"
source = "a test"
"""


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        ('"research_grant"', '"research_grnt"', "instrument", "no such instrument"),
        ('"rate"', '"rat"', "lever", "no such lever"),
        ("value = 0.1", "value = 4.0", "value", "out of range"),
        ("value = 0.1", 'value = "much"', "value", "not a number"),
        ('until = "2013Q4"', 'until = "2011Q4"', "until", "ends before it begins"),
        ('start = "2012Q1"', 'start = "1999Q1"', "start", "outside the horizon"),
        ('status = "assumed"', 'status = "guessed"', "status", "not one of the choices"),
        ('source = "a test"', 'sorce = "a test"', "sorce", "unknown key"),
        ('source = "a test"', 'source = "a test"\nstages = ["yran"]', "stages[1]", "no such stage"),
    ],
)
def test_history(folder: Path, old: str, new: str, key: str, problem: str) -> None:
    (folder / "history.toml").write_text(MEASURE.replace(old, new))
    found = problems_of(HEAD + '[world]\nhistory = "history.toml"', folder)
    assert any(p.key == f"measure[1].{key}" and problem in p.problem for p in found), [str(p) for p in found]
    assert all(Path(p.file).name == "history.toml" and p.line for p in found)


def test_measures_that_overlap(folder: Path) -> None:
    (folder / "history.toml").write_text(
        MEASURE + MEASURE.replace("2012Q1", "2013Q4").replace('"2013Q4"\ns', '"2015Q4"\ns')
    )
    found = only(problems_of(HEAD + '[world]\nhistory = "history.toml"', folder))
    assert found.key == "measure[2].start"
    assert "overlaps with the measure in line 2" in found.problem


# ---------------------------------------------------------------------------------------------------- chain
@pytest.mark.parametrize(
    ("old", "new", "key", "problem", "suggestion"),
    [
        (
            "inputs = { flax_fibre = 1.2 }",
            "inputs = { flax_fiber = 1.2 }",
            "process[2].inputs.flax_fiber",
            "no such product",
            "flax_fibre",
        ),
        (
            "inputs = { flax_fibre = 1.2 }",
            "inputs = { flax_fibre = 0 }",
            "process[2].inputs.flax_fibre",
            "too small",
            "",
        ),
        (
            "inputs = { flax_fibre = 1.2 }",
            "inputs = { flax_fibre = '1' }",
            "process[2].inputs.flax_fibre",
            "not a number",
            "",
        ),
        (
            "inputs = { linen_yarn = 0.30 }",
            "inputs = { linen_garment = 0.3 }",
            "process[3].inputs.linen_garment",
            "earlier stages",
            "",
        ),
        ("fields = { spinning = 0.7,", "fields = { spinning = 0.8,", "process[2].fields", "sum to 1.1", ""),
        (
            "fields = { spinning = 0.7,",
            "fields = { spining = 0.7,",
            "process[2].fields.spining",
            "no such field",
            "spinning",
        ),
        (
            'product = "linen_yarn"\noutputs = { linen_yarn = 1.0 }',
            'product = "linen_garment"',
            "product[2].key",
            "no process makes this product",
            "",
        ),
        ('key = "linen_yarn"', 'key = "flax_fibre"', "product[2].key", "used before, in line", ""),
        ("workers = 0.32", "worker = 0.32", "process[2].worker", "unknown key", "workers"),
        ("workers = 0.32\n", "", "process[2].workers", "missing", ""),
        ("workers = 0.32", "workers = -1", "process[2].workers", "too small", ""),
        ("build_quarters = 4", "build_quarters = 9", "process[2].build_quarters", "too large", ""),
        (
            'pricing = "commodity"',
            'pricing = "comodity"',
            "product[1].pricing",
            "not one of the choices",
            "commodity",
        ),
        ('key = "international"', 'key = "abroad"', "market[2].key", "domestic and international", ""),
        ("number = 3\n", "number = 5\n", "stage", "numbered 1, 2, 3", ""),
        (
            "contents = { fibre = 1.0 }",
            "contents = { fibre = -1.0 }",
            "product[1].contents.fibre",
            "too small",
            "",
        ),
        ('title = "Flax', 'coments = 1\ntitle = "Flax', "coments", "unknown section", "contents"),
        (
            'price_rule = "process"',
            'price_rule = "observed"',
            "price.flax_fibre",
            "missing, though the chain says",
            "",
        ),
        ('quota = ""', 'quota = "felling"', "quota.felling", "missing, though a process", ""),
        ("demand = 30000.0", "demand = inf", "product[1].domestic.demand", "not a finite number", ""),
        ("[product.international]", "[product.foreign]", "product[1].foreign", "unknown key", ""),
    ],
)
def test_chain(folder: Path, old: str, new: str, key: str, problem: str, suggestion: str) -> None:
    path = folder / "chain.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(InputError) as caught:
        chain = read_chain(path)
        read_series(folder / "series.csv", chain)
    found = [p for p in caught.value.problems if p.key == key and problem in p.problem]
    assert found, str(caught.value)
    assert found[0].suggestion == suggestion
    assert found[0].line or "missing, though" in problem


def test_a_circle_of_goods_is_named(folder: Path) -> None:
    path = folder / "chain.toml"
    text = path.read_text("utf-8").replace("inputs = {}", "inputs = { linen_garment = 0.1 }")
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"goods run in a circle: .*flax_fibre <- linen_garment"):
        read_chain(path)


def test_more_than_the_slots_hold(folder: Path) -> None:
    path = folder / "chain.toml"
    text = path.read_text("utf-8")
    fields = "".join(f'[[field]]\nkey = "f{n}"\nlabel = "f"\n' for n in range(9))
    path.write_text(text + fields + '[[market]]\nkey = "third"\nlabel = "third"\n', "utf-8")
    with pytest.raises(InputError) as caught:
        read_chain(path)
    assert {(p.key, p.allowed) for p in caught.value.problems} == {("field", "1..12"), ("market", "2..2")}


# --------------------------------------------------------------------------------------- population, series
@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        (
            'process = "yarn_spinning"',
            'process = "yarn_spining"',
            "enterprises[3].process",
            "no such process",
        ),
        ("number = 8", "number = 0", "enterprises[3].number", "too small"),
        ("number = 8", "number = 8.5", "enterprises[3].number", "not a whole number"),
        (
            'ownership = "outside"',
            'ownership = "foreign"',
            "enterprises[4].ownership",
            "not one of the choices",
        ),
        ("in_zone = 0.5", "in_zone = 1.5", "enterprises[2].in_zone", "too large"),
        ('kind = "university"', 'kind = "college"', "institutes[2].kind", "not one of the choices"),
        ("spinning = 0.4", "spinning = 0.5", "institutes[1].fields", "sum to 1.1"),
        ("spinning = 0.4", "spining = 0.4", "institutes[1].fields.spining", "no such field"),
        ('opens = "2011Q1"', 'opens = "2011"', "institutes[1].opens", "not a quarter"),
        ("pool = 20000.0", "pool = 0", "labour.pool", "too small"),
        ("[labour]", "[labor]", "labor", "unknown section"),
    ],
)
def test_population(folder: Path, old: str, new: str, key: str, problem: str) -> None:
    path = folder / "population.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(InputError) as caught:
        read_population(path, read_chain(folder / "chain.toml"))
    assert any(p.key == key and problem in p.problem and p.line for p in caught.value.problems), str(
        caught.value
    )


@pytest.mark.parametrize(
    ("row", "key", "problem"),
    [
        ("2012Q9,index.wage,1,assumed,low,x", "quarter", "not a quarter"),
        ("2012Q1,index.wages,1,assumed,low,x", "series", "no such series"),
        ("2012Q1,index.wage,one,assumed,low,x", "value", "not a number"),
        ("2012Q1,index.wage,nan,assumed,low,x", "value", "not a finite number"),
        ("2012Q1,index.wage,0,assumed,low,x", "value", "too small"),
        ("2012Q1,index.wage,1,guessed,low,x", "status", "not one of the choices"),
        ("2012Q1,index.wage,1,assumed,none,x", "confidence", "not one of the choices"),
        ("2012Q1,index.wage,1,assumed,low,", "source", "names its source"),
        ("2012Q1,index.wage,1,assumed,low", "", "5 columns instead of 6"),
        ("2011Q1,index.general,1,assumed,low,x", "index.general", "given before"),
        ("2013Q1,index.general,1,assumed,low,x", "index.general", "quarters are missing: 2012Q1"),
    ],
)
def test_series(folder: Path, row: str, key: str, problem: str) -> None:
    path = folder / "series.csv"
    path.write_text(path.read_text("utf-8").rstrip() + "\n" + row + "\n", "utf-8")
    with pytest.raises(InputError) as caught:
        read_series(path, read_chain(folder / "chain.toml"))
    assert any(p.key == key and problem in p.problem and p.line for p in caught.value.problems), str(
        caught.value
    )


def places(data: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document."""
    if at:
        yield at
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in children:
        yield from places(value, (*at, key))


@pytest.mark.parametrize("name", ["chain.toml", "population.toml", "scenario.toml"])
def test_whatever_stands_anywhere_is_taken_or_reported(folder: Path, name: str) -> None:
    """Wrong types at every place of a file never end in anything but problems with a line."""
    text = (folder / name).read_text("utf-8")
    if name == "scenario.toml":
        text += (
            "[policy.capital_subsidy]\nrate = { schedule = { 2012Q1 = 0.1 }, shape = 'step' }\nstages = [1]\n"
        )
    file = TomlFile("file.toml", text)
    original = file.data
    chain = read_chain(folder / "chain.toml")
    refused = 0
    for place in places(original):
        for wrong in (None, True, -1, "x", [], {}, [[1]], {"x": {}}, float("nan")):
            file.data = copy.deepcopy(original)
            parent: Any = file.data
            for key in place[:-1]:
                parent = parent[key]
            parent[place[-1]] = wrong
            try:
                if name == "chain.toml":
                    chain_of(file)
                elif name == "population.toml":
                    population_of(file, chain)
                else:
                    reader = PolicyReader(chain, [], [])
                    reader.read(file, (Quarter.of("2011Q1"), Quarter.of("2020Q4")))
                    problems: list[Problem] = []
                    read_header(file, file.data, problems)
                    assert all(str(problem) for problem in (*problems, *reader.problems))
                    refused += bool(problems or reader.problems)
            except InputError as error:
                refused += 1
                assert str(error)
    assert refused > 50


def test_series_with_other_columns(folder: Path) -> None:
    (folder / "series.csv").write_text("date,name,value\n")
    with pytest.raises(InputError, match="wrong columns"):
        read_series(folder / "series.csv", None)


# ---------------------------------------------------------------------------------------------------- lines
def test_lines_of_keys() -> None:
    text = '''\
# comment with [brackets] and "quotes"
title = """several
lines with a ] and a # in them"""
list = [
    1,  # [
    { a = 1, "b.c" = 2 },
]
dotted.key = 'x = y'

[table."quoted name"]
x = 1

[[many]]
x = 1
[many.inner]
y = 2

[[many]]
x = { "2012Q1" = 0.1, z = [ "a", "b" ] }
[[many.deep]]
w = 1
'''
    file = TomlFile("text", text)
    expected = {
        ("title",): 2,
        ("list",): 4,
        ("list", 0): 5,
        ("list", 1, "a"): 6,
        ("list", 1, "b.c"): 6,
        ("dotted", "key"): 8,
        ("table", "quoted name", "x"): 11,
        ("many",): 13,
        ("many", 0, "x"): 14,
        ("many", 0, "inner", "y"): 16,
        ("many", 1): 18,
        ("many", 1, "x", "2012Q1"): 19,
        ("many", 1, "x", "z", 1): 19,
        ("many", 1, "deep", 0, "w"): 21,
    }
    assert {key: file.line(key) for key in expected} == expected
    assert file.line(("many", 1, "absent")) == 18
