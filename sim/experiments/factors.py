"""Factors: what a design varies, with the range or the values that it gives.

Names are those of --set: ``parameters.<submodel>.<name>``, ``policy.<instrument>.<lever>``, dates of instruments
(``policy.<instrument>.start``), and ``mix.<package>`` for a package in force or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sim.calendar import Quarter
from sim.declare import INSTRUMENTS, PARAMETERS
from sim.policy_reader import TIMING, is_number
from sim.problems import Key, Problem, TomlFile, nearest

Point = dict[str, Any]  # settings by dotted name; a package in force is 1.0, another 0.0
MIX = "mix."


@dataclass(frozen=True)
class Factor:
    """One thing that varies: its name, what it means, and its range or its values."""

    name: str
    label: str
    unit: str
    default: float | None  # none: a date
    low: float = 0.0
    high: float = 1.0
    values: tuple[Any, ...] = ()


def package(name: str) -> Factor:
    """The factor of a package: in force or not."""
    return Factor(f"{MIX}{name}", "package in force", "1", 0.0, values=(0.0, 1.0))


def flat(data: Mapping[str, Any], depth: int = 3) -> Point:
    """Tables as dotted names, down to ``depth``: what is deeper is the value."""
    found: Point = {}
    for key, value in data.items():
        used = key.count(".") + 1
        if isinstance(value, Mapping) and value and used < depth:
            found |= {f"{key}.{name}": item for name, item in flat(value, depth - used).items()}
        else:
            found[key] = value
    return found


def read_factors(file: TomlFile, vary: Mapping[str, Any], problems: list[Problem]) -> tuple[Factor, ...]:
    factors = []
    for name, given in _expanded(flat(vary)).items():
        key: Key = ("vary", *name.split("."))
        known = _declared(name)
        if known is None:
            near = nearest(name, [*_known()])
            problem = "varies neither a parameter nor a lever; write parameters.<submodel>.<name> or policy.<instrument>.<lever>"
            problems.append(file.problem(key, None, problem, suggestion=near))
            continue
        factor, hard = known
        made = _ranged(file, key, factor, hard, given, problems)
        if made:
            factors.append(made)
    return tuple(factors)


def _expanded(vary: Point) -> Point:
    """``parameters.search = {}`` is all assumptions of that chapter, ``parameters = {}`` all there are."""
    found: Point = {}
    for name, given in vary.items():
        section, _, group = name.partition(".")
        if section == "parameters" and given == {} and group in ("", *PARAMETERS):
            for each in (group,) if group else PARAMETERS:
                declared = PARAMETERS[each].items()
                found |= {f"parameters.{each}.{key}": {} for key, p in declared if p.kind == "assumption"}
        else:
            found[name] = given
    return found


def _known() -> Iterable[str]:
    for group, members in PARAMETERS.items():
        yield from (f"parameters.{group}.{name}" for name in members)
    for instrument, declared in INSTRUMENTS.items():
        yield from (f"policy.{instrument}.{name}" for name in declared.levers)


def _declared(name: str) -> tuple[Factor, tuple[float, float]] | None:
    """The factor of a name with the range that is declared typical, and the range that is possible."""
    section, _, rest = name.partition(".")
    group, _, last = rest.partition(".")
    if section == "parameters" and last in PARAMETERS.get(group, {}):
        p = PARAMETERS[group][last]
        return Factor(name, p.meaning, p.unit, p.default, p.low, p.high), (p.low, p.high)
    declared = INSTRUMENTS.get(group) if section == "policy" else None
    if declared and last in declared.levers:
        lever = declared.levers[last]
        return Factor(name, lever.meaning, lever.unit, lever.default, *lever.typical), lever.hard
    if declared and last in TIMING:
        return Factor(name, f"{declared.label[0]}: {last}", "quarter", None), (0.0, 0.0)
    return None


def _ranged(
    file: TomlFile, key: Key, factor: Factor, hard: tuple[float, float], given: Any, problems: list[Problem]
) -> Factor | None:
    """The factor with the range or the values that the design gives it."""
    about = {"label": factor.label, "unit": factor.unit, "allowed": f"{hard[0]:g}..{hard[1]:g}"}
    if factor.default is None:
        if isinstance(given, list) and given and all(_is_quarter(value) for value in given):
            return replace(factor, values=tuple(given))
        problems.append(file.problem(key, given, 'not a list of quarters, as in ["2012Q1", "2016Q1"]'))
        return None
    if isinstance(given, dict):
        ends: dict[Any, Any] = {"low": factor.low, "high": factor.high, **given}
    elif isinstance(given, list) and given:
        ends = dict(enumerate(given))
    else:
        problem = "neither a range nor a list of values; {} is the declared range"
        problems.append(file.problem(key, given, problem, **about))
        return None
    before = len(problems)
    for name, value in ends.items():
        if isinstance(name, str) and name not in ("low", "high"):
            near = nearest(name, ("low", "high"))
            problems.append(
                file.problem((*key, name), value, "unknown key", allowed="low, high", suggestion=near)
            )
        elif not is_number(value):
            problems.append(file.problem((*key, name), value, "not a number", **about))
        elif not hard[0] <= value <= hard[1]:
            problems.append(file.problem((*key, name), value, "out of range", **about))
    if len(problems) > before:
        return None
    if isinstance(given, list):
        return replace(factor, low=min(given), high=max(given), values=tuple(map(float, given)))
    if not ends["low"] < ends["high"]:
        problems.append(file.problem(key, given, "the low end is not below the high one", **about))
        return None
    return replace(factor, low=float(ends["low"]), high=float(ends["high"]))


def _is_quarter(value: Any) -> bool:
    try:
        return bool(Quarter.of(value))
    except ValueError:
        return False
