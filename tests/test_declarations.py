"""Declarations: each quantity says what it is, is used, and stays in its range; imports run one way."""

from __future__ import annotations

import ast
import dis
import math
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np
import pytest
from conftest import scenario
from scipy.stats import qmc

import sim.outputs
import sim.run
from sim.compiled import RULES, read_globals
from sim.declare import (
    INSTRUMENTS,
    MEASURES,
    MONEY,
    OUTPUTS,
    PARAMETERS,
    RESERVED,
    TABLES,
    column,
    parameter,
    parameter_record,
    row,
)
from sim.run import BooksDoNotClose, State

SIM = Path(sim.declare.__file__).parent
SOURCES = {
    path.relative_to(SIM).with_suffix("").as_posix(): path.read_text("utf-8") for path in SIM.rglob("*.py")
}
TREES = {name: ast.parse(text) for name, text in SOURCES.items()}
NUMBERS = [(group, name) for group, members in PARAMETERS.items() for name in members]
COLUMNS = [(table, name) for table, declared in TABLES.items() for name in declared.columns]


# -------------------------------------------------------------------------------------------------- what is said
def test_columns_say_what_they_are() -> None:
    for table, declared in TABLES.items():
        assert declared.doc.strip(), table
        for name, each in declared.columns.items():
            about = f"{table}.{name}"
            assert each.unit and len(each.meaning) > 2, about
            assert each.low < each.high, about
            assert name not in RESERVED and name == name.lower(), about
            if each.kind == "wedge":
                assert each.combine in ("sum", "product", "min", "max"), about


def test_meanings_are_not_copied() -> None:
    """Two columns of a table never mean the same."""
    for table, declared in TABLES.items():
        said = [each.meaning for each in declared.columns.values() if not each.meaning.startswith("the same")]
        assert len(said) == len(set(said)), table


def test_parameters_say_what_they_are() -> None:
    for group, name in NUMBERS:
        each = PARAMETERS[group][name]
        about = f"{group}.{name}"
        assert each.unit and len(each.meaning) > 2, about
        assert each.low <= each.default <= each.high and each.low < each.high, about
        assert math.isfinite(each.low) and math.isfinite(each.high), about
        assert len(each.source) > 5, about
        assert each.kind in ("assumption", "structural"), about
        assert name not in RESERVED, about


def test_outputs_say_what_they_are() -> None:
    for name, each in OUTPUTS.items():
        assert each.unit and each.kind in ("flow", "stock", "rate"), name
        assert len(each.doc) > 15 and each.doc[0].isupper() and "." in each.doc, name
        english, chinese = each.label
        assert english and any("\u4e00" <= sign <= "\u9fff" for sign in chinese), name
        assert each.group in sim.outputs.GROUPS, name


def test_labels_of_outputs_and_instruments_are_unique() -> None:
    for declared in (OUTPUTS, INSTRUMENTS):
        for language in (0, 1):
            labels = [each.label[language] for each in declared.values()]
            assert len(labels) == len(set(labels))


def test_instruments_name_outputs_that_there_are() -> None:
    for name, each in INSTRUMENTS.items():
        assert each.primary in OUTPUTS, name
        assert MEASURES[each.measure] == name
    assert sorted(MEASURES) == sorted(INSTRUMENTS)


def test_codes_do_not_depend_on_who_imports_what_first() -> None:
    """Kinds of money are numbered anew in every process; all orders of import have to agree."""
    code = (
        "import importlib, sys; importlib.import_module(sys.argv[1]); from sim.scenario import declare_all;"
        "import sim.run; declare_all(); from sim.declare import *; print(MONEY, list(MEASURES), list(PARAMETERS))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code, first], capture_output=True, text=True, check=True,
            env={**os.environ, "CLUSTER_SIM_INTERPRET": "1", "PYTHONPATH": str(SIM.parent)},
        ).stdout
        for first in ("sim.run", "sim.quarter", "sim.policies", "sim.outputs", "sim.founding", "sim.accounts")
    }  # fmt: skip
    assert len(told) == 1
    assert len(MONEY) == len(set(MONEY))


def test_what_cannot_be_declared_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        parameter(2.0, "1", "too large", (0.0, 1.0), source="a test")

    class Numpys:
        """A table with a column that numpy's records own."""

        shape: float = column("1", "hidden by numpy")

    with pytest.raises(TypeError, match="own this name"):
        row(Numpys)
    assert "Numpys" not in TABLES


def test_flows_and_wedges_start_neutral() -> None:
    """Sums at nil, products at one, the tightest of several at infinity."""
    rows = TABLES["Product"].rows(2)
    assert (
        (rows.offered == 0.0).all() and (rows.trade_cost_factor == 1.0).all() and np.isinf(rows.access).all()
    )
    rows.trade_cost_factor, rows.access, rows.price = 3.0, 0.5, 7.0
    rows.each_quarter[:] = TABLES["Product"].neutral
    assert (rows.trade_cost_factor == 1.0).all() and np.isinf(rows.access).all() and (rows.price == 7.0).all()


# -------------------------------------------------------------------------------------------------- what is used
def parameters_read() -> set[tuple[str, str]]:
    """All ``p.<group>.<name>`` in the source, ``p.<group>`` under another name included."""
    read: set[tuple[str, str]] = set()
    for tree in TREES.values():
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            known = {}
            for node in ast.walk(function):
                if isinstance(node, ast.Assign) and (group := group_of(node.value)):
                    known |= {target.id: group for target in node.targets if isinstance(target, ast.Name)}
            for node in ast.walk(function):
                if isinstance(node, ast.Attribute):
                    group = group_of(node.value)
                    if group is None and isinstance(node.value, ast.Name):
                        group = known.get(node.value.id)
                    if group:
                        read.add((group, node.attr))
    return read


def group_of(node: ast.AST) -> str | None:
    """``group`` of the expression ``p.group``."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "p":
        return node.attr
    return None


def test_every_parameter_is_read_and_every_one_that_is_read_is_declared() -> None:
    read = {pair for pair in parameters_read() if pair[0] in PARAMETERS}
    assert set(NUMBERS) - read == set()
    assert read - set(NUMBERS) == set()


def test_every_column_is_used() -> None:
    """Somewhere else than in its declaration (columns of the audit are read by name)."""
    elsewhere = "\n".join(text for name, text in SOURCES.items() if name != "world")
    words = set(re.findall(r"\w+", elsewhere))
    unused = {(table, name) for table, name in COLUMNS if name not in words}
    assert unused == set()


def test_every_column_of_state_is_written() -> None:
    """Assigned to, in the founding or in a rule."""
    written: set[str] = set()
    for tree in TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AugAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    for each in ast.walk(target):
                        if isinstance(each, ast.Attribute):
                            written.add(each.attr)
    states = {(table, name) for table, name in COLUMNS if TABLES[table].columns[name].kind != "wedge"}
    assert {pair for pair in states if pair[1] not in written} == set()


def test_every_wedge_is_read_by_a_rule() -> None:
    rules = "\n".join(text for name, text in SOURCES.items() if name.startswith("rules/"))
    wedges = {(table, name) for table, name in COLUMNS if TABLES[table].columns[name].kind == "wedge"}
    assert {(table, name) for table, name in wedges if not re.search(rf"\.{name}\b", rules)} == set()


def test_every_kind_of_money_is_used() -> None:
    """Each name that stands for a kind of payment is used in a rule beyond its declaration."""
    unused = []
    for module, tree in TREES.items():
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                if isinstance(node.value.func, ast.Name) and node.value.func.id in ("money", "decision"):
                    name = node.targets[0].id
                    uses = sum(len(re.findall(rf"\b{name}\b", text)) for text in SOURCES.values())
                    if uses < 2:
                        unused.append(f"{module}.{name}")
    assert unused == []


# --------------------------------------------------------------------------------------------- what stays in range
def in_range(state: State) -> Iterator[str]:
    """What is out of its declared range, or not a number, among rows in use."""
    for name, table in state.world._asdict().items():
        declared = TABLES.get(name[:-1].capitalize() if name != "region" else "Region")
        if declared is None or table.dtype.names is None:
            continue
        declared = next((t for t in TABLES.values() if t.dtype == table.dtype), declared)
        rows = table[table.alive] if "alive" in declared.columns else table
        for key, each in declared.columns.items():
            values = np.asarray(rows[key], float)
            if not values.size or (each.kind == "wedge" and each.combine == "min"):
                continue
            if np.isnan(values).any() or values.min() < each.low - 1e-9 or values.max() > each.high + 1e-9:
                yield f"{declared.name}.{key}: {values.min():.6g}..{values.max():.6g}"


DRAWS = 8
CORNERS = qmc.LatinHypercube(len(NUMBERS), seed=20110101).random(DRAWS)


@pytest.mark.parametrize("draw", range(DRAWS))
@pytest.mark.parametrize("name", ["toy", "baotou"])
def test_columns_stay_in_range_all_over_the_parameters(name: str, draw: int) -> None:
    """A small Latin hypercube over the ranges of all parameters at once; the books close all over it too."""
    base = scenario(name, "2014Q4", 4)
    numbers: dict[str, dict[str, float]] = {}
    for share, (group, key) in zip(CORNERS[draw], NUMBERS, strict=True):
        low, high = PARAMETERS[group][key].low, PARAMETERS[group][key].high
        numbers.setdefault(group, {})[key] = float(low + share * (high - low))
    state = State.founded(base.with_parameters(**numbers), draw + 1)
    for t in range(20):
        try:
            state.advance(t + 1)
        except BooksDoNotClose as gap:
            pytest.fail(str(gap))
        assert sorted(in_range(state)) == [], t
    assert np.isfinite(state.recorder[:20][:, ~np.isnan(state.recorder[0])]).all()


@pytest.mark.parametrize("name", ["toy", "baotou", "all_together"])
def test_columns_stay_in_range_over_time(name: str) -> None:
    base = scenario(name, "2025Q4", 8)
    state = State.founded(base, 1)
    for t in range(8, base.quarters + 9, 8):
        state.advance(min(t, base.quarters + 8))
        assert sorted(in_range(state)) == [], t


# ------------------------------------------------------------------------------------------------------- imports
# What stands lower never imports what stands higher; modules of one line are of one kind.
LINES: tuple[tuple[str, ...], ...] = (
    ("declare", "chance", "compiled", "machine_code", "calendar", "problems", "starting", "terminal"),
    ("accounts", "schedule"),
    ("chain", "chain_files", "world"),
    ("rules",),
    ("quarter", "policies", "outputs"),
    ("policy_reader", "scenario", "scenario_schema", "founding"),
    ("run",),
    ("compare", "experiments", "analysis", "store", "batch"),
    ("validation",),
    ("words",),
    ("figures",),
    ("report",),
)
HEIGHT = {name: height for height, names in enumerate(LINES) for name in names}


def imports(tree: ast.AST, top: bool) -> Iterator[str]:
    """Modules of the package that are imported; ``top``: when the module is imported, not later in a function."""
    inside = {
        id(node) for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) for node in ast.walk(each)
    }
    for node in ast.walk(tree):
        if top and id(node) in inside:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "sim":
            parts = node.module.split(".")
            yield from [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from (name.name.split(".")[1] for name in node.names if name.name.startswith("sim."))


def test_imports_run_one_way() -> None:
    upward = set()
    for name, tree in TREES.items():
        own = name.split("/")[0]
        if own not in HEIGHT:
            continue  # the public face, the command line and what else stands above all
        for other in imports(without_type_checking(tree), top=True):
            if HEIGHT.get(other, len(LINES)) > HEIGHT[own]:
                upward.add(f"{own} imports {other}")
    assert upward == set()


def without_type_checking(tree: ast.Module) -> ast.Module:
    """The module less what is imported for type checkers only."""
    kept = [
        node for node in tree.body
        if not (isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING")
        and not (isinstance(node, ast.If) and "__main__" in ast.dump(node.test))
    ]  # fmt: skip
    return ast.Module(body=kept, type_ignores=[])


def test_rules_know_no_scenario_no_policy_and_no_output() -> None:
    for name, tree in TREES.items():
        if name.startswith("rules/"):
            assert not set(imports(tree, top=False)) - {
                "accounts", "chance", "compiled", "declare", "rules", "world"
            }, name  # fmt: skip


def test_rules_ask_for_no_instrument() -> None:
    """A rule sees wedges, never levers."""
    for name, text in SOURCES.items():
        if name.startswith("rules/"):
            assert "lever" not in re.sub(r"leverage", "", text), name


# --------------------------------------------------------------------------------------------- what rules may read
def test_rules_read_only_what_the_stamp_of_the_cache_knows() -> None:
    """Rules, numbers, strings, types of records, tuples of rules, math and numpy: all else could change unseen."""
    wrong = []
    for name, rule in RULES.items():
        plain = getattr(rule, "py_func", rule)
        if not plain.__module__.startswith("sim."):
            continue
        loaded = globals_loaded(plain.__code__)
        for key, value in read_globals(plain):
            if key in loaded and not known(value):
                wrong.append(f"{name} reads {key} = {value!r}")
    assert wrong == []


def globals_loaded(code: CodeType) -> set[str]:
    """Names that are read as globals, not as attributes of something."""
    names = {
        each.argval for each in dis.get_instructions(code) if each.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    }
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= globals_loaded(constant)
    return names


def known(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(known(each) for each in value)
    if isinstance(value, ModuleType):
        return value.__name__ in ("math", "numpy")
    plain = getattr(value, "py_func", value)
    if isinstance(plain, FunctionType):
        return f"{plain.__module__}.{plain.__qualname__}" in RULES or plain.__name__ == "literal_unroll"
    if isinstance(value, type):
        return value is tuple or value in (int, float, bool) or hasattr(value, "_fields")
    return isinstance(value, bool | int | float | str | np.dtype) or "literal_unroll" in repr(value)


def test_parameters_are_one_record_of_floats() -> None:
    record = parameter_record()
    for group, name in NUMBERS:
        assert record[group][name] == PARAMETERS[group][name].default
        assert isinstance(float(record[group][name]), float)
