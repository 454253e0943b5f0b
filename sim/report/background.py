"""Background: what was assumed, how well the model is confirmed, and how the page came about."""

from __future__ import annotations

import json
import platform
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sim
from sim.analysis.packages import instruments_of
from sim.declare import INSTRUMENTS, PARAMETERS
from sim.policy_reader import EVERYBODY, TARGETS, groups
from sim.report.tables import Table
from sim.schedule import Lane
from sim.words import MISSING, Words, number, scaled

if TYPE_CHECKING:
    from sim.compare import Comparison
    from sim.scenario import Scenario

VALIDATION = Path(sim.__file__).parent.parent / "docs" / "validation.json"
MOST = 5  # values of a lever that are all printed
VERDICTS = ("pass", "agree", "near", "inconclusive", "fail", "disagree", "not computable")


def policy_table(words: Words, comparison: Comparison, place: int) -> Table:
    """Levers whose path differs from the baseline's, for one scenario."""
    baseline, scenario = comparison.baseline, comparison.scenarios[place]
    rows = []
    for name in instruments_of(baseline, scenario):
        lanes, before = scenario.policy.get(name, {}), baseline.policy.get(name, {})
        aims = [_aim(words, each, scenario) for each in (lanes, before)]
        for key, lever in INSTRUMENTS[name].levers.items():
            new, old = (each.get(key, Lane(lever.default)) for each in (lanes, before))
            if _steps(new, scenario) == _steps(old, scenario) and aims[0] == aims[1]:
                continue
            rows.append([
                words.instrument(name), key, *(_path(words, each, scenario, lever.unit) for each in (new, old)),
                words.unit(lever.unit), aims[0],
            ])  # fmt: skip
    columns = [
        words(f"table.{key}") for key in ("instrument", "lever", "path", "path_before", "unit", "aimed_at")
    ]
    return Table(words("table.policy", title=words.scenario(scenario)), columns, rows, 6)


def _steps(lane: Lane, scenario: Scenario) -> list[tuple[str, Any]]:
    """The quarters in which a lever takes another value."""
    told: list[tuple[str, Any]] = []
    for step in lane.steps(scenario.start, scenario.quarters):
        if not told or step.value != told[-1][1]:
            told.append((str(step.quarter), step.value))
    return told


def _path(words: Words, lane: Lane, scenario: Scenario, unit: str) -> str:
    """The values of a lever over time, the middle of a long path left out."""
    told = [
        words("table.from", value=f"{scaled(value, unit):g}", quarter=quarter)
        for quarter, value in _steps(lane, scenario)
    ]
    return words("number.comma").join(told if len(told) <= MOST else [*told[:2], "...", told[-1]])


def _aim(words: Words, lanes: Any, scenario: Scenario) -> str:
    """At whom an instrument is aimed at the end of the study."""
    told = []
    for target in TARGETS:
        aimed = lanes[target].value(scenario.start + scenario.quarters - 1) if target in lanes else EVERYBODY
        if aimed == EVERYBODY:
            continue
        level = {"stages": "stage", "products": "product", "sizes": "size", "ownerships": "ownership"}[target]
        numbers = dict(groups(target, scenario.chain))
        told += [words.group(level, numbers[name], scenario) for name in aimed]
    return words("number.comma").join(told) or words("table.everybody")


def parameter_table(words: Words, comparison: Comparison) -> Table:
    """Parameters that are not at their default in some scenario, with the source of the default."""
    names = sorted(
        {
            (group, name)
            for each in comparison.scenarios
            for group, names in each.changes.items()
            for name in names
        }
    )
    rows = []
    for group, name in names:
        declared = PARAMETERS[group][name]
        for scenario in comparison.scenarios:
            value, by = scenario.changes.get(group, {}).get(name, (declared.default, ""))
            if value != declared.default:
                rows.append([f"{group}.{name}", words.scenario(scenario), number(value), number(declared.default),
                             f"{number(declared.low)} .. {number(declared.high)}", by, declared.source])  # fmt: skip
    columns = [
        words(f"table.{key}")
        for key in ("parameter", "scenario", "value", "default", "range", "set_by", "source")
    ]
    return Table(words("table.parameters"), columns, rows, 7, foreign=(5, 6))


def facts_of(path: Path = VALIDATION) -> list[dict[str, Any]]:
    """The validated facts, as ``validate --json`` has them; none where it has not been run."""
    try:
        facts: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return facts


def confirmed(words: Words, facts: list[dict[str, Any]]) -> str:
    """How many facts the model reproduces. Those put in by a rule and those that cannot be computed do not count."""
    counted = [each for each in facts if each["kind"] != "imposed" and each["verdict"] != "not computable"]
    if not counted:
        return words("validation.absent")
    passed = sum(each["verdict"] in ("pass", "agree") for each in counted)
    return words(
        "validation.summary", passed=passed, n=len(counted), percent=round(100.0 * passed / len(counted))
    )


def validation(words: Words, facts: list[dict[str, Any]]) -> tuple[list[str], Table | None]:
    """The same with verdicts counted, in sentences, and the table of all facts."""
    said = [confirmed(words, facts)]
    if not facts:
        return said, None
    parts = []
    for verdict in VERDICTS:
        n = sum(each["verdict"] == verdict for each in facts)
        if n:
            parts.append(words("validation.count", n=n, verdict=words(f"verdict.{verdict}")))
    imposed = sum(each["kind"] == "imposed" for each in facts)
    said.append(words("validation.counts", n=len(facts), counts=words.joined(parts), imposed=imposed))
    unconfirmed = sum(each["grade"] == "M" for each in facts)
    if unconfirmed:
        said.append(words("validation.unconfirmed", n=unconfirmed))
    columns = [
        words(f"table.{key}")
        for key in ("fact_id", "fact", "value", "interval", "band", "verdict", "kind", "source")
    ]
    rows = [
        [
            each["id"], words.fact(each["id"], each["fact"]), _number(each["value"]),
            words("table.span", low=_number(each["low"]), high=_number(each["high"])), _band(words, *each["band"]),
            words(f"verdict.{each['verdict']}"), words(f"kind.{each['kind']}"),
            each["source"] + (" (M)" if each["grade"] == "M" else ""),
        ]
        for each in facts
    ]  # fmt: skip
    return said, Table(words("table.validation"), columns, rows, 2, words=(5, 6, 7), foreign=(7,))


def _band(words: Words, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return (
            words("table.at_least", value=_number(low))
            if high is None
            else words("table.at_most", value=_number(high))
        )
    return words("table.span", low=_number(low), high=_number(high))


def _number(value: Any) -> str:
    return number(float(value)) if isinstance(value, (int, float)) else MISSING


def provenance(words: Words, comparison: Comparison, command: str) -> tuple[Table, Table]:
    """Versions, seeds and date; and the scenarios with the digests of all that their runs depend on."""
    seeds = sorted(set(comparison.seeds))
    told = (
        f"{seeds[0]} .. {seeds[-1]}"
        if seeds == list(range(seeds[0], seeds[-1] + 1))
        else ", ".join(map(str, seeds))
    )
    facts = [
        ("date", date.today().isoformat()),
        ("versions", ", ".join(f"{name} {metadata.version(name)}" for name in ("cluster-sim", "numpy", "numba", "scipy", "matplotlib"))),
        ("python", f"{platform.python_version()}, {platform.machine()}"),
        ("seeds", told),
        ("sets", number(len(comparison.parameter_sets))),
        ("runs", number(len(comparison.scenarios) * len(comparison.seeds))),
        ("failed", number(len(comparison.failures))),
        ("command", command or words("provenance.no_command")),
    ]  # fmt: skip
    rows = [[words(f"provenance.{key}"), value] for key, value in facts]
    about = Table(words("provenance.caption"), [words("provenance.what"), words("provenance.is")], rows, 2)
    scenarios = [
        [each.name, words.scenario(each), words.question(each), each.digest[:16]]
        for each in comparison.scenarios
    ]
    columns = [words(f"provenance.{key}") for key in ("name", "scenario", "question", "digest")]
    return about, Table(words("provenance.scenarios"), columns, scenarios, 4)
