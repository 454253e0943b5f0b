"""Designs: what is to be run, as a TOML file or in Python.

title, question       what the design is for
scenarios             names or files of scenarios; in Python also scenarios themselves
seeds                 how many (1, 2, ...), or which
mix                   packages, each in force or not: scenarios based on every one of ``scenarios``
[settings]            what holds for all runs, as --set has it:  run.end = "2024Q4"
[vary]                factors: parameters, levers, dates of instruments. The same keys as --set, and each is
                        {}                          the declared range (of a lever: the typical one)
                        { low = 0.1, high = 0.3 }   another range
                        [0.1, 0.2, 0.4]             these values
                      parameters.search = {} is all assumptions of that chapter, parameters = {} all there are
[sample]              which points of the space of factors and packages (``sampling``)
[[points]]            or the points themselves, each a table of settings
[keep]                which outputs, levels and quarters stay, and panels of agents

Every scenario is run at every point with every seed. All problems come at once (``problems.InputError``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from sim.declare import OUTPUTS, TABLES
from sim.experiments.factors import Factor, Point, flat, package, read_factors
from sim.problems import InputError, Key, Problem, Strict, TomlFile, nearest, read_model, thawed
from sim.scenario import Scenario, declare_all, find, load

LevelName = Literal["total", "stage", "product", "size", "ownership", "origin", "field", "measure"]
Method = Literal["factorial", "fraction", "one_at_a_time", "latin_hypercube", "sobol", "morris"]
AGENTS = {"enterprises": "Enterprise", "institutes": "Institute", "talents": "Talent"}


class Keep(Strict):
    """What stays of a run. Outcomes of the last years always do."""

    outputs: tuple[str, ...] | None = Field(default=None, description="outputs, all by default")
    levels: tuple[LevelName, ...] = Field(default=("total", "measure"), description="totals and groups")
    every: int = Field(default=1, ge=1, description="quarters from one kept to the next")
    agents: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="columns of living agents, by table"
    )


class Sample(Strict):
    """Which points of the space of factors are run."""

    method: Method = Field(default="factorial", description="how points are chosen")
    number: int | None = Field(
        default=None, ge=1, description="points (Latin hypercube), base points (Sobol), trajectories (Morris)"
    )
    levels: int = Field(default=2, ge=2, description="values of a range in a factorial")
    resolution: int = Field(default=4, ge=3, le=6, description="of a fraction: what is not confounded")
    second_order: bool = Field(default=False, description="whether Sobol points allow for pairs of factors")
    seed: int = Field(default=1, ge=0, description="luck of the sample, not of the runs")


class Text(Strict):
    """A design as it is written."""

    title: str = Field(description="what the design is", min_length=1)
    question: str = Field(default="", description="what it is meant to answer")
    scenarios: tuple[Any, ...] = Field(description="scenarios to run", min_length=1)
    seeds: Any = Field(default=(1,), description="number of seeds, or a list of them")
    mix: tuple[Any, ...] = Field(default=(), description="packages that are in force or not")
    settings: dict[str, Any] = Field(default_factory=dict)
    vary: dict[str, Any] = Field(default_factory=dict)
    sample: Sample = Field(default_factory=Sample)
    points: tuple[dict[str, Any], ...] = ()
    keep: Keep = Field(default_factory=Keep)

    @field_validator("seeds")
    @classmethod
    def _seeds(cls, value: Any) -> tuple[int, ...]:
        if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
            return tuple(range(1, value + 1))
        whole = isinstance(value, tuple) and all(type(seed) is int and seed >= 0 for seed in value)
        if whole and value and len(set(value)) == len(value):
            return tuple(value)
        raise ValueError("neither a number of seeds from 1 on nor a list of different ones")


@dataclass(frozen=True)
class Design:
    """A design that is understood. Made by :meth:`read` from a file or by :meth:`of` in Python."""

    name: str
    title: str
    question: str
    scenarios: tuple[Scenario, ...]
    packages: tuple[Scenario, ...]
    seeds: tuple[int, ...]
    settings: Point
    factors: tuple[Factor, ...]
    sample: Sample
    points: tuple[Point, ...]  # empty: ``sampling`` makes them
    keep: Keep

    @property
    def by_name(self) -> dict[str, Scenario]:
        """Scenarios and packages by name."""
        return {scenario.name: scenario for scenario in (*self.scenarios, *self.packages)}

    @classmethod
    def read(cls, path: Path | str) -> Design:
        """The design of a TOML file. Raises :class:`InputError` with all that is wrong."""
        file = TomlFile(path)
        return _understood(Path(path).stem, file, Path(path).parent)

    @classmethod
    def of(cls, **text: Any) -> Design:
        """A design from the same keys as in a file; names in ``vary`` may be dotted.

        ``Design.of(title="R&D grant", scenarios=[base], seeds=20, vary={"policy.research_grant.rate": {}})``
        """
        file = TomlFile("Design.of", "")
        file.data = _listed(text)
        title = str(text.get("title", "design"))
        name = "_".join("".join(c if c.isalnum() else " " for c in title.lower()).split())
        return _understood(name or "design", file, None)


def _listed(data: Any) -> Any:
    """Tuples as lists, so that what is said in Python has the form of a file."""
    if isinstance(data, Mapping):
        return {str(key): _listed(value) for key, value in data.items()}
    if isinstance(data, (list, tuple, range)):
        return [_listed(item) for item in data]
    return data


def _understood(name: str, file: TomlFile, folder: Path | None) -> Design:
    declare_all()
    problems: list[Problem] = []
    text = read_model(Text, file.data, file, problems)
    if text is None:
        raise InputError(problems)
    scenarios = [
        _scenario(file, ("scenarios", i), given, folder, problems) for i, given in enumerate(text.scenarios)
    ]
    packages = [_scenario(file, ("mix", i), given, folder, problems) for i, given in enumerate(text.mix)]
    bases, others = [s for s in scenarios if s], [s for s in packages if s]
    _check_names(file, (*bases, *others), problems)
    for other in others:
        for base in bases:
            if not other.stands_on(base):
                problem = f"not based on {base.name}, so it cannot be mixed into it"
                problems.append(file.problem(("mix",), other.name, problem))
    factors = read_factors(file, thawed(text.vary), problems)
    points = tuple(
        {key: thawed(value) for key, value in flat(thawed(point)).items()} for point in text.points
    )
    if points and (text.vary or text.mix):
        problems.append(file.problem(("points",), None, "points are given: there is nothing to vary or mix"))
    _check_keep(file, text.keep, problems)
    _check_sample(file, text, factors, problems)
    settings = flat(thawed(text.settings))
    if not problems:
        typical = {factor.name: factor.values[0] if factor.values else factor.low for factor in factors}
        problems += _check_scenarios(file, bases, settings, points or (typical,))
    if problems:
        raise InputError({str(problem): problem for problem in problems}.values())
    mixed = tuple(package(each.name) for each in others)
    return Design(
        name, text.title, text.question, tuple(bases), tuple(others), text.seeds, settings,
        (*mixed, *factors), text.sample, points, text.keep,
    )  # fmt: skip


def _scenario(
    file: TomlFile, key: Key, given: Any, folder: Path | None, problems: list[Problem]
) -> Scenario | None:
    if isinstance(given, Scenario):
        return given
    if not isinstance(given, str):
        problems.append(file.problem(key, given, "not the name of a scenario"))
        return None
    try:
        return load(given if folder is None else find(given, folder))
    except InputError as error:
        first = error.problems[0]
        if first.key == "scenario" or first.problem == "no such file":
            about = {"allowed": first.allowed, "suggestion": first.suggestion}
            problems.append(file.problem(key, given, first.problem, **about))
        else:
            problems.extend(error.problems)
        return None


def _check_names(file: TomlFile, scenarios: Sequence[Scenario], problems: list[Problem]) -> None:
    names = [scenario.name for scenario in scenarios]
    for name in sorted({name for name in names if names.count(name) > 1}):
        problem = "two scenarios have this name; give one of them another file or title"
        problems.append(file.problem(("scenarios",), name, problem))


def _check_scenarios(
    file: TomlFile, bases: Iterable[Scenario], settings: Point, points: Iterable[Point]
) -> Iterator[Problem]:
    """What scenarios say of the settings, at every point that is given or at one that stands for all."""
    for base in bases:
        for place, point in enumerate(points):
            try:
                base.with_settings({**settings, **point})
            except InputError as error:
                for problem in error.problems:
                    section = ("settings",) if problem.key in settings else ("points", place)
                    line = file.line((*section, *problem.key.split("."))) or file.line(
                        (*section, problem.key)
                    )
                    yield replace(problem, file=file.name, line=line)


# ------------------------------------------------------------------------------------------- what fits together
def _check_sample(file: TomlFile, text: Text, factors: Iterable[Factor], problems: list[Problem]) -> None:
    method = text.sample.method
    spread = method in ("latin_hypercube", "sobol", "morris")
    if spread and text.sample.number is None:
        problems.append(file.problem(("sample", "number"), None, f"missing: how many points has {method}?"))
    if spread and text.mix:
        problems.append(
            file.problem(
                ("mix",),
                None,
                f"packages are in force or not; {method} needs ranges",
                allowed="factorial, fraction",
            )
        )
    if not spread and text.sample.number is not None:
        problems.append(
            file.problem(
                ("sample", "number"), text.sample.number, f"{method} says itself how many points it has"
            )
        )
    for factor in factors:
        if factor.values and spread:
            problems.append(
                file.problem(
                    ("vary", *factor.name.split(".")),
                    list(factor.values),
                    f"{method} needs a range, not values",
                )
            )
        if method in ("fraction", "one_at_a_time") and factor.values and len(factor.values) != 2:
            problems.append(
                file.problem(
                    ("vary", *factor.name.split(".")),
                    list(factor.values),
                    f"{method} needs two values, or a range",
                )
            )
    given = "sample" in file.data and not text.vary and not text.mix
    if given:
        problems.append(
            file.problem(("sample",), None, "there is nothing to sample: [vary] and mix are empty")
        )


def _check_keep(file: TomlFile, keep: Keep, problems: list[Problem]) -> None:
    for place, name in enumerate(keep.outputs or ()):
        if name not in OUTPUTS:
            near = nearest(name, OUTPUTS)
            problems.append(file.problem(("keep", "outputs", place), name, "no such output", suggestion=near))
    for table, columns in keep.agents.items():
        if table not in AGENTS:
            about = {"suggestion": nearest(table, AGENTS), "allowed": ", ".join(AGENTS)}
            problems.append(file.problem(("keep", "agents", table), None, "no such agents", **about))
            continue
        declared = TABLES[AGENTS[table]].columns
        plain = [name for name, column in declared.items() if not column.slots]
        for place, name in enumerate(columns):
            if name not in plain:
                near = nearest(name, plain)
                problem = "holds several numbers" if name in declared else "no such column"
                problems.append(
                    file.problem(("keep", "agents", table, place), name, problem, suggestion=near)
                )


def as_text(design: Design) -> dict[str, Any]:
    """The design as plain data, for a manifest: scenarios by name, factors with their ranges."""
    return {
        "name": design.name,
        "title": design.title,
        "question": design.question,
        "scenarios": [scenario.name for scenario in design.scenarios],
        "mix": [package.name for package in design.packages],
        "seeds": list(design.seeds),
        "settings": design.settings,
        "factors": [{**vars(factor), "values": list(factor.values)} for factor in design.factors],
        "sample": design.sample.model_dump(),
        "points": list(design.points),
        "keep": json.loads(design.keep.model_dump_json()),
    }
