"""Documents: the generated parts of ``docs`` are written from the declarations and from reference runs.

``python -m sim.documents`` (``make docs``) writes, in every document, what stands between
``<!-- begin:NAME -->`` and ``<!-- end:NAME -->`` anew; ``--check`` writes nothing and exits with 1 when
something is out of date. Both take seconds: tables come from declarations. What only runs can tell, how often
each mechanism fired and who paid whom, is kept in ``docs/reference.json``; ``--runs`` does these runs first
and takes minutes.
"""

from __future__ import annotations

import argparse
import ast
import datetime
import hashlib
import inspect
import json
import platform
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import compiled
from sim.declare import INSTRUMENTS, MONEY, OUTPUTS, PARAMETERS, TABLES, snake

if TYPE_CHECKING:
    from sim.declare import Column, InstrumentDeclaration, Output
    from sim.scenario import Scenario

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference.json"
BLOCK = re.compile(r"(<!-- begin:(\w+) -->\n)(.*?)(<!-- end:\2 -->)", re.DOTALL)

# What the reference runs are: the first scenario also gives the transaction-flow matrix, of this year.
SCENARIOS = ("baotou", "all_together")
SEEDS = (1, 2, 3, 4, 5)
YEAR = 2018


# ------------------------------------------------------------------------------------------------- words
def table(head: Sequence[str], rows: Iterable[Sequence[object]], numbers: int = 0) -> str:
    """A table in Markdown; the last ``numbers`` columns are set to the right."""
    rules = ["---"] * (len(head) - numbers) + ["---:"] * numbers
    lines = [head, rules, *([_cell(text) for text in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|").replace("``", "`")


def plain(number: float) -> str:
    """A number as people write it: whole from a thousand on, else three digits that count."""
    if abs(number) >= 1000.0:
        return f"{number:,.0f}"
    return f"{number:.3g}"


def first_sentence(doc: str) -> str:
    """The first sentence of a docstring on one line."""
    paragraph = " ".join(inspect.cleandoc(doc).split("\n\n")[0].split())
    found = re.match(r".*?\.(?=\s|$)", paragraph)
    return (found[0] if found else paragraph).rstrip(".")


def chapter_of(function: Any) -> str:
    """The file of a rule, an output or a row, as it is cited: ``rules/entry.py``."""
    module = getattr(function, "py_func", function).__module__
    path = module.removeprefix("sim.").replace(".", "/")
    return f"{path}/__init__.py" if module == "sim.outputs" else f"{path}.py"


@lru_cache(maxsize=1)
def sentences() -> dict[str, dict[str, str]]:
    """The texts of all ``decision("...")`` and ``money("...")`` with the files that declare them."""
    found: dict[str, dict[str, str]] = {"decision": {}, "money": {}}
    for path in sorted((ROOT / "sim").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                name, arguments = node.value.func, node.value.args
                if isinstance(name, ast.Name) and name.id in found:
                    text = ast.literal_eval(arguments[0])
                    found[name.id][text] = str(path.relative_to(ROOT / "sim"))
    return found


# ---------------------------------------------------------------------------- tables from declarations
def state_variables() -> str:
    """Every column of every table."""
    parts = []
    for declared in TABLES.values():
        rows = []
        for name, column in declared.columns.items():
            slots = f" [{column.slots}]" if column.slots else ""
            rows.append((f"`{name}`{slots}", _kind(column), column.unit, column.meaning))
        intro = _cell(inspect.cleandoc(declared.doc))
        head = ("variable", "kind", "unit", "meaning")
        parts.append(f"#### {declared.name}\n\n{intro}\n\n{table(head, rows)}")
    return "\n".join(parts)


def _kind(column: Column) -> str:
    if column.kind == "wedge":
        return f"wedge ({column.combine}, neutral {column.neutral:g})"
    return column.kind


def schedule() -> str:
    """What happens in a quarter, in order."""
    from sim.accounts import close_books, open_books
    from sim.outputs import observe
    from sim.quarter import QUARTER

    def row(rule: Any, place: object) -> tuple[object, ...]:
        named = compiled.interpreted(rule)
        return place, f"`{named.__name__}`", f"`{chapter_of(rule)}`", first_sentence(named.__doc__ or "")

    rows = [row(open_books, "")]
    rows.append(("", "all instruments", "`policies/`", "Levers of the quarter are added to wedges"))
    rows += [row(rule, place) for place, rule in enumerate(QUARTER, start=1)]
    rows += [row(observe, ""), row(close_books, "")]
    return table(("", "rule", "chapter", "what it does"), rows)


def parameters() -> str:
    """Every parameter of every submodel."""
    files = {snake(name): file for name, file in _classes().items()}
    parts = []
    for group, members in sorted(PARAMETERS.items()):
        rows = [
            (f"`{name}`", f"{each.default:g}", each.unit, each.meaning, f"{each.low:g} to {each.high:g}",
             each.kind, each.source)
            for name, each in members.items()
        ]  # fmt: skip
        head = ("parameter", "default", "unit", "meaning", "range", "kind", "source")
        parts.append(f"#### {group} (`{files[group]}`)\n\n{table(head, rows)}")
    return "\n".join(parts)


def _classes() -> dict[str, str]:
    """Classes of the package and the file of each."""
    return {
        name: chapter_of(value)
        for module in sorted(name for name in sys.modules if name.startswith("sim."))
        for name, value in vars(sys.modules[module]).items()
        if isinstance(value, type) and value.__module__ == module
    }


def instruments() -> str:
    """Every instrument, by group."""
    from sim.policies import GROUPS

    levers = "levers: unit, typical (allowed) range"
    head = ("instrument", levers, "where it bites", "public cost", "should move", "aimed by")
    parts = []
    for group, (english, chinese) in GROUPS.items():
        rows = [_instrument(each) for each in INSTRUMENTS.values() if each.group == group]
        parts.append(f"#### {english} {chinese}\n\n{table(head, sorted(rows))}")
    return "\n".join(parts)


def _instrument(declared: InstrumentDeclaration) -> tuple[str, ...]:
    levers = [
        f"`{name}` {lever.meaning}: {lever.unit}, {lever.typical[0]:g} to {lever.typical[1]:g} "
        f"({lever.hard[0]:g} to {lever.hard[1]:g})" + (", can be announced" if lever.ahead else "")
        for name, lever in declared.levers.items()
    ]
    cost = ", ".join(declared.costs) + (f"; no outlay: {declared.free}" if declared.free else "")
    return (
        f"`{declared.name}` {declared.label[0]} {declared.label[1]}",
        "<br>".join(levers),
        "<br>".join(f"`{wedge}`" for wedge in declared.bites),
        cost,
        f"`{declared.primary}` {'up' if declared.sign > 0 else 'down'}",
        ", ".join(declared.targets) or "the whole region",
    )


def outputs() -> str:
    """Every output, by group."""
    from sim.outputs import GROUPS

    head = ("output", "label", "unit", "kind", "kept by", "definition")
    parts = []
    for group, (english, chinese) in GROUPS.items():
        rows = [_output(each) for each in OUTPUTS.values() if each.group == group]
        parts.append(f"#### {english} {chinese}\n\n{table(head, sorted(rows))}")
    return "\n".join(parts)


def _output(declared: Output) -> tuple[str, ...]:
    levels = ", ".join(("total", *declared.by))
    label = f"{declared.label[0]} {declared.label[1]}"
    return f"`{declared.name}`", label, declared.unit, declared.kind, levels, first_sentence(declared.doc)


def decisions() -> str:
    """Every decision that luck takes part in."""
    from sim.chance import DECISIONS

    known = sentences()["decision"]
    rows = [(f"`{known[sentence]}`", sentence, f"`{code:08x}`") for code, sentence in DECISIONS.items()]
    return table(("chapter", "luck decides ...", "code"), sorted(rows))


def money_flows() -> str:
    """Every kind of payment."""
    known = sentences()["money"]
    return table(("kind of payment", "chapter"), [(kind, f"`{known[kind]}`") for kind in MONEY])


# ---------------------------------------------------------------------------------- tables from runs
def reference() -> dict[str, Any]:
    """What the last reference runs have left; empty when there were none."""
    if not REFERENCE.is_file():
        return {}
    found: dict[str, Any] = json.loads(REFERENCE.read_text("utf-8"))
    return found


NO_RUNS = "No reference runs yet: `python -m sim.documents --runs`.\n"


def flow_matrix() -> str:
    """Who paid whom in the year of reference: what each sector received less what it paid, by kind."""
    from sim.accounts import SECTORS

    found = reference()
    if not found:
        return NO_RUNS
    rows: list[list[str]] = []
    change = dict.fromkeys(SECTORS, 0.0)
    for kind in MONEY:
        net, within = dict.fromkeys(SECTORS, 0.0), 0.0
        for flow in found["flows"]:
            if flow["kind"] == kind:
                net[flow["payer"]] -= flow["in_year"]
                net[flow["payee"]] += flow["in_year"]
                within += flow["in_year"] * (flow["payer"] == flow["payee"])
        change = {sector: change[sector] + net[sector] for sector in SECTORS}
        rows.append([kind, *(_money(net[sector]) for sector in SECTORS), _money(within)])
    rows.append(["**change of balance**", *(f"**{_money(change[sector])}**" for sector in SECTORS), ""])
    head = ["million CNY", *SECTORS, "within a sector"]
    seeds = len(found["seeds"])
    return (
        f"`{next(iter(found['scenarios']))}`, {found['year']}, mean of {seeds} seeds; receipts positive, "
        f"payments negative; every row adds up to nil.\n\n{table(head, rows, numbers=len(SECTORS) + 1)}"
    )


def _money(value: float) -> str:
    """A number of the matrix; nothing where nothing was paid."""
    return "" if abs(value) < 0.005 else f"{value:,.1f}" if abs(value) < 1000.0 else f"{value:,.0f}"


def mechanism_table() -> str:
    """Every mechanism, where it lives and how often it fired; what never did stands out."""
    from sim.mechanisms import MECHANISMS

    found = reference()
    if not found:
        return NO_RUNS
    names = list(found["scenarios"])
    parts = [
        f"{len(found['seeds'])} seeds each of {' and '.join(f'`{name}`' for name in names)}, "
        f"{found['quarters']}, run on {found['date']}: mean of the seeds (least to most) per run. "
        f"**0**: never fired.\n"
    ]
    head = ["mechanism", "model.md", "where it lives", "counted in", *(f"`{name}`" for name in names)]
    for group, members in MECHANISMS.items():
        rows = [
            (each.name, each.section, ", ".join(f"`{file}`" for file in each.files), each.counted,
             *(_fired(found["scenarios"][name]["counts"].get(each.name)) for name in names))
            for each in members
        ]  # fmt: skip
        parts.append(f"#### {group}\n\n{table(head, rows, numbers=len(names))}")
    return "\n".join(parts)


def _fired(counts: Sequence[float] | None) -> str:
    """Mean and range over seeds."""
    if counts is None:
        return "not run yet"
    low, high = min(counts), max(counts)
    if low == high:
        return plain(low) if low else "**0**"
    return f"{plain(sum(counts) / len(counts))} ({plain(low)} to {plain(high)})"


# ----------------------------------------------------------------------------------------- reference runs
def run_reference(
    scenarios: Sequence[Scenario],
    seeds: Sequence[int],
    year: int,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Run scenarios quarter by quarter and count: the content of ``docs/reference.json``.

    year      whose payments make the matrix, of the first scenario
    progress  called with a line per run
    """
    first = scenarios[0]
    inside = [t for t in range(first.quarters) if (first.start + t).year == year]
    found: dict[str, Any] = {}
    flows: Any = 0.0
    per_year: Any = 0.0
    for scenario in scenarios:
        counts: dict[str, list[float]] = {}
        for seed in seeds:
            fired, paid = live(scenario, seed)
            for name, value in fired.items():
                counts.setdefault(name, []).append(round(value, 6))
            if scenario is first:
                flows = flows + paid[inside].sum(axis=0) / len(seeds)
                per_year = per_year + 4.0 * paid.mean(axis=0) / len(seeds)
            progress(f"{scenario.name}, seed {seed}")
        found[scenario.name] = {"digest": scenario.digest, "counts": counts}
    return {
        "date": datetime.date.today().isoformat(),
        "model": model_digest(),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("numba", "numpy")},
            "commit": _commit(),
        },
        "quarters": f"{first.start} to {first.start + first.quarters - 1}",
        "seeds": list(seeds),
        "scenarios": found,
        "year": year,
        "flows": _flows(flows, per_year),
    }


def live(scenario: Scenario, seed: int) -> tuple[dict[str, float], Any]:
    """One run, quarter by quarter: counts of all mechanisms, and payments [quarter, kind, payer, payee]."""
    import numpy as np

    from sim.mechanisms import Lived, count_all
    from sim.run import State

    state = State.founded(scenario, seed)
    state.advance(scenario.burn_in)
    fired: dict[str, float] = {}
    paid = []
    for t in range(scenario.burn_in, scenario.burn_in + scenario.quarters):
        before = state.world.enterprises.copy()
        state.advance(t + 1)
        for name, value in count_all(Lived(state.world, before, t)).items():
            fired[name] = fired.get(name, 0.0) + value
        paid.append(state.world.money.copy())
    return fired, np.stack(paid)


def _flows(in_year: Any, per_year: Any) -> list[dict[str, Any]]:
    from sim.accounts import SECTORS

    return [
        {
            "kind": kind,
            "payer": payer,
            "payee": payee,
            "in_year": round(float(in_year[k, i, j]), 3),
            "per_year": round(float(per_year[k, i, j]), 3),
        }
        for k, kind in enumerate(MONEY)
        for i, payer in enumerate(SECTORS)
        for j, payee in enumerate(SECTORS)
        if in_year[k, i, j] or per_year[k, i, j]
    ]


def model_digest() -> str:
    """What the counts depend on: rules, policies, accounts, order of the quarter, scenario library."""
    text = hashlib.sha256()
    names = ("accounts", "chance", "founding", "mechanisms", "quarter", "run", "schedule", "world")
    paths = [ROOT / "sim" / f"{name}.py" for name in names]
    for folder, pattern in (("sim/rules", "*.py"), ("sim/policies", "*.py"), ("scenarios", "**/*.*")):
        paths += [path for path in (ROOT / folder).glob(pattern) if path.suffix in (".py", ".toml", ".csv")]
    for path in sorted(paths):
        text.update(path.read_bytes())
    return text.hexdigest()[:16]


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


# ------------------------------------------------------------------------------------------- writing
TABLES_OF: dict[str, Callable[[], str]] = {
    "state_variables": state_variables,
    "schedule": schedule,
    "parameters": parameters,
    "instruments": instruments,
    "outputs": outputs,
    "decisions": decisions,
    "money": money_flows,
    "flows": flow_matrix,
    "mechanisms": mechanism_table,
}


def renewed(text: str) -> str:
    """A document with its generated parts written anew. Raises ``ValueError`` for an unknown part."""
    from sim.scenario import declare_all

    declare_all()
    __import__("sim.outputs")

    def write(found: re.Match[str]) -> str:
        name = found[2]
        if name not in TABLES_OF:
            raise ValueError(f"no table is called {name!r}, there are {', '.join(TABLES_OF)}")
        return f"{found[1]}\n{TABLES_OF[name]()}\n{found[4]}"

    return BLOCK.sub(write, text)


def documents() -> list[Path]:
    """All documents with generated parts."""
    return [path for path in sorted(DOCS.rglob("*.md")) if BLOCK.search(path.read_text("utf-8"))]


def stale() -> list[Path]:
    """Documents whose generated parts are out of date."""
    return [path for path in documents() if renewed(text := path.read_text("utf-8")) != text]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Returns the exit code."""
    about = "Write the generated parts of the documents."
    parser = argparse.ArgumentParser(prog="python -m sim.documents", description=about)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when out of date")
    parser.add_argument("--runs", action="store_true", help="do the reference runs first (minutes)")
    parser.add_argument("--scenarios", nargs="+", default=SCENARIOS, help=f"to run  {[*SCENARIOS]}")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="how many, with --runs  [5]")
    parser.add_argument("--year", type=int, default=YEAR, help="of the matrix of payments  [2018]")
    chosen = parser.parse_args(arguments)
    if chosen.runs:
        from sim.scenario import load

        made = run_reference(
            [load(name) for name in chosen.scenarios], range(1, chosen.seeds + 1), chosen.year,
            lambda line: print(line, file=sys.stderr, flush=True),
        )  # fmt: skip
        REFERENCE.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", "utf-8")
    else:
        compiled.READ_ONLY = True
    behind = stale()
    for path in behind:
        print(f"{'out of date' if chosen.check else 'written'}: {path.relative_to(ROOT)}")
        if not chosen.check:
            path.write_text(renewed(path.read_text("utf-8")), "utf-8")
    if reference() and reference()["model"] != model_digest():
        print("The model has changed since the reference runs: --runs renews them.", file=sys.stderr)
    return 1 if chosen.check and behind else 0


if __name__ == "__main__":
    sys.exit(main())
