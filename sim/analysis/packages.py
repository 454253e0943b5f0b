"""Packages: what a scenario changes in another, in part, many times over, or mixed.

A package is where the levers of a scenario depart from those of the baseline. With weights w

    lever(t) = baseline(t) + sum over packages of w (package(t) - baseline(t)),  kept within its hard range     (1)

so 0 is the baseline, 1 the package as it stands, and 2 twice as much of it. Groups at which instruments are aimed cannot
be weighed: everybody at whom some package with weight aims is aimed at. All that comes back are ordinary scenarios,
made by ``with_policy``, that can be shown, written down and run anywhere.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from sim.analysis.shared_history import same_past
from sim.calendar import Quarter
from sim.declare import INSTRUMENTS
from sim.policy_reader import EVERYBODY, TARGETS
from sim.problems import InputError, Problem
from sim.scenario import Scenario
from sim.schedule import Lane


def instruments_of(baseline: Scenario, package: Scenario) -> list[str]:
    """Instruments of which some lever or aim, in force or announced, is not that of the baseline in some quarter."""
    quarters = _quarters(baseline)

    def differ(name: str) -> bool:
        mine, theirs = package.policy.get(name, {}), baseline.policy.get(name, {})
        for key in (mine.keys() | theirs.keys()) if mine != theirs else ():
            lanes = [side.get(key, _idle(name, key)) for side in (mine, theirs)]
            if any(lanes[0].value(t) != lanes[1].value(t) for t in quarters):
                return True
            if any(lanes[0].ahead(t) != lanes[1].ahead(t) for t in quarters):
                return True
        return False

    return [name for name in sorted(package.policy.keys() | baseline.policy.keys()) if differ(name)]


def part_of(baseline: Scenario, package: Scenario, instruments: Collection[str], title: str) -> Scenario:
    """The baseline with these instruments of a package and no others."""
    return mixed(baseline, [package], [1.0], title, instruments)


def scaled(baseline: Scenario, package: Scenario, intensity: float) -> Scenario:
    """A package so many times over."""
    title, chinese = package.title, package.title_zh
    if intensity != 1.0:
        title = f"{title}, times {intensity:.3g}"
        chinese = f"{chinese}（强度 {intensity:.3g} 倍）" if chinese else ""
    return dataclasses.replace(mixed(baseline, [package], [intensity], title), title_zh=chinese)


def mixed(
    baseline: Scenario,
    packages: Sequence[Scenario],
    weights: Sequence[float],
    title: str,
    instruments: Collection[str] | None = None,
) -> Scenario:
    """Equation (1), of all instruments or of some.

    Raises :class:`InputError` for a package that differs from the baseline in more than policy.
    """
    problem = (
        f"differs from {baseline.name} in data, time or parameters: only policy can be scaled or taken apart"
    )
    others = [each for each in packages if not same_past(baseline, each)]
    if others:
        raise InputError([Problem("", None, each.name, None, problem) for each in others])
    used = [
        (package, weight, instruments_of(baseline, package))
        for package, weight in zip(packages, weights, strict=True)
        if weight
    ]
    wanted = {name for _, _, names in used for name in names}
    sections = {}
    for name in sorted(wanted if instruments is None else wanted & set(instruments)):
        parts = [(package, weight) for package, weight, names in used if name in names]
        sections[name] = _section(baseline, parts, name)
    return baseline.with_policy(title=title, **{name: each for name, each in sections.items() if each})


def _section(baseline: Scenario, packages: Sequence[tuple[Scenario, float]], name: str) -> dict[str, Any]:
    """What the scenario file says of an instrument."""
    declared, quarters = INSTRUMENTS[name], _quarters(baseline)
    section: dict[str, Any] = {}
    announced = []
    for key, lever in declared.levers.items():
        before = _path(baseline, name, key)
        paths = [_path(package, name, key) for package, _ in packages]
        weighed = [weight * (path - before) for (_, weight), path in zip(packages, paths, strict=True)]
        after = np.clip(before + sum(weighed), *lever.hard)
        changed = np.flatnonzero(np.any([path != before for path in paths], axis=0))
        if len(changed):
            first = int(changed[0])
            steps = [t for t in range(first, len(quarters)) if t == first or after[t] != after[t - 1]]
            section[key] = {"schedule": {str(quarters[t]): float(after[t]) for t in steps}}
            announced += [
                segment.announced
                for package, _ in packages
                for segment in _lane(package, name, key).segments
                if segment.announced and segment.first == quarters[first]
            ]
    if section and announced:
        section["announced"] = str(min(announced))
    for key in declared.targets if section else ():
        aims = [[_lane(each, name, key).value(t) for t in quarters] for each, _ in packages]
        if any(aim != [_lane(baseline, name, key).value(t) for t in quarters] for aim in aims):
            last = [aim[-1] for aim in aims]
            section[key] = EVERYBODY if EVERYBODY in last else sorted({each for aim in last for each in aim})
    return section


def _quarters(scenario: Scenario) -> list[Quarter]:
    return [scenario.start + t for t in range(scenario.quarters)]


def _idle(name: str, key: str) -> Lane:
    return Lane(EVERYBODY if key in TARGETS else INSTRUMENTS[name].levers[key].default)


def _lane(scenario: Scenario, name: str, key: str) -> Lane:
    return scenario.policy.get(name, {}).get(key, _idle(name, key))


def _path(scenario: Scenario, name: str, key: str) -> Any:
    """A lever quarter by quarter."""
    lane = _lane(scenario, name, key)
    return np.array([lane.value(quarter) for quarter in _quarters(scenario)], float)


def greatest(baseline: Scenario, package: Scenario) -> float:
    """The intensity beyond which every lever stands at its limit."""
    most = 0.0
    for name in instruments_of(baseline, package):
        for key, lever in INSTRUMENTS[name].levers.items():
            before, after = (_path(each, name, key) for each in (baseline, package))
            up, down = after > before, after < before
            room = np.concatenate(
                [
                    (lever.hard[1] - before[up]) / (after - before)[up],
                    (lever.hard[0] - before[down]) / (after - before)[down],
                ]
            )
            most = max(most, float(room.max(initial=0.0)))
    return most


def as_toml(scenario: Scenario, based_on: str) -> str:
    """The last layer of a scenario as the text of a scenario file."""
    header = scenario.layers[-1].header
    lines = [f"title = {_text(scenario.title)}", f"based_on = {_text(based_on)}", ""]
    for name, section in header.policy.items():
        lines.append(f"[policy.{name}]")
        for key, value in section.items():
            lines.append(f"{key} = {_text(value)}")
        lines.append("")
    return "\n".join(lines)


def _text(value: Any) -> str:
    """A value in TOML."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_quoted(key)} = {_text(each)}" for key, each in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_text(each) for each in value) + "]"
    return repr(float(value)) if isinstance(value, (int, float)) else _quoted(value, always=True)


def _quoted(text: str, always: bool = False) -> str:
    plain = text.replace("_", "").isalnum() and not text[0].isdigit()
    return text if plain and not always else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
