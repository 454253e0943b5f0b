"""Scenario: a delta in a TOML file, resolved against its parents into all that a run needs.

title, question         what it is, and what it is meant to answer, in plain words
title_zh, question_zh   the same in Chinese, for reports in Chinese
based_on                the one scenario it changes; the root of a tree has none and names its data
[policy.<instrument>]   levers, each a plain value or a schedule
                          { schedule = { "2013Q1" = 0.1, "2016Q1" = 0.2 }, shape = "step", until = "2020Q4" }
                        start and until (the last quarter in force) of plain values;
                        announced: from when on rules that look a year ahead know of it;
                        stages, products, sizes, ownerships: at whom it is aimed
[parameters.<submodel>] name = value
[world]                 chain, population, series, history: files beside the scenario;
                        dating = "main" or "alternative" of undated measures of the past;
                        history_until: the policy of this quarter stays in force
[run]                   start, end; burn_in: quarters without policy before the start, not reported

A lever named here replaces the parent's whole path of that lever from the first date named on; levers that
are not named keep the parent's. The past is a file of dated measures below all scenarios. All problems of
all files come at once (``problems.InputError``); what is unusual is kept in ``Scenario.warnings``.
"""

from __future__ import annotations

import copy
import hashlib
import html
import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from sim.calendar import Quarter
from sim.chain import Chain, Population, Series
from sim.chain_files import read_chain, read_population, read_series
from sim.declare import INSTRUMENTS, PARAMETERS, parameter_record
from sim.policy_reader import EVERYBODY, TARGETS, PolicyReader, groups, is_number, origin
from sim.problems import FrozenDict, InputError, Key, Problem, Strict, TomlFile, frozen, nearest, read_model
from sim.schedule import Lane
from sim.starting import without_collection

DATA = ("chain", "population", "series", "history")
DEFAULT_RUN = {"start": "2011Q1", "end": "2035Q4", "burn_in": 20}


class WorldSection(Strict):
    """Where the data lie."""

    chain: str | None = Field(default=None, description="file of the value chain")
    population: str | None = Field(default=None, description="file of the founding population")
    series: str | None = Field(default=None, description="file of the dated series")
    history: str | None = Field(default=None, description="file of the policies of the past")
    dating: Literal["main", "alternative"] | None = Field(
        default=None, description="which dating of undated measures"
    )
    history_until: str | None = Field(default=None, description="quarter whose policy stays in force")


class RunSection(Strict):
    """What time a study covers."""

    start: str | None = Field(default=None, description="first quarter reported")
    end: str | None = Field(default=None, description="last quarter")
    burn_in: int | None = Field(
        default=None,
        description="quarters before the start",
        ge=0,
        le=200,
        json_schema_extra={"unit": "quarter"},
    )


class Header(Strict):
    """The head of a scenario file; policy and parameters are checked against their declarations."""

    title: str = Field(description="what the scenario is", min_length=1)
    question: str = Field(default="", description="what it is meant to answer")
    title_zh: str = Field(default="", description="the title in Chinese")
    question_zh: str = Field(default="", description="the question in Chinese")
    based_on: str | None = Field(default=None, description="the scenario it changes")
    world: WorldSection = Field(default_factory=WorldSection)
    run: RunSection = Field(default_factory=RunSection)
    policy: dict[str, Any] = Field(default_factory=dict)
    parameters: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True)
class Layer:
    """One file (or one call of ``with_...``) of the pile that a scenario is."""

    name: str
    file: TomlFile
    header: Header
    folder: Path


@dataclass(frozen=True, eq=False, repr=False)
class Scenario:
    """Everything that a run needs. Made by :func:`load`; ``with_...`` return changed copies."""

    name: str
    title: str
    question: str
    start: Quarter
    quarters: int  # without the burn-in
    burn_in: int
    chain: Chain
    population: Population
    series: Series
    warnings: tuple[Problem, ...] = ()
    # By instrument the paths of its levers and of the groups at which it is aimed.
    policy: Mapping[str, Mapping[str, Lane]] = field(default_factory=dict)
    # By submodel the parameters that are not at their default, each with its value and who set it.
    changes: Mapping[str, Mapping[str, tuple[float, str]]] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()
    title_zh: str = ""
    question_zh: str = ""

    # ----------------------------------------------------------------------------------------------- deltas
    def with_policy(self, *, title: str | None = None, **instruments: Mapping[str, Any]) -> Scenario:
        """A scenario with more policy: ``with_policy(research_grant={"rate": 0.3, "start": "2013Q1"})``."""
        data = {key: dict(value) for key, value in instruments.items()}
        return self._with({"policy": data}, title, "with_policy")

    def with_parameters(self, *, title: str | None = None, **submodels: Mapping[str, float]) -> Scenario:
        """A scenario with other parameters: ``with_parameters(innovation={"pace": 0.1})``."""
        data = {key: dict(value) for key, value in submodels.items()}
        return self._with({"parameters": data}, title, "with_parameters")

    def with_run(self, *, title: str | None = None, **run: Any) -> Scenario:
        """A scenario over another time: ``with_run(end="2021Q4", burn_in=8)``."""
        return self._with({"run": run}, title, "with_run")

    def with_world(self, *, title: str | None = None, **world: str) -> Scenario:
        """A scenario in another world: ``with_world(dating="alternative")``; files are sought from here."""
        return self._with({"world": world}, title, "with_world")

    def with_settings(self, settings: Mapping[str, Any], title: str | None = None) -> Scenario:
        """A scenario with dotted settings, as ``--set`` has them: ``{"policy.research_grant.rate": 0.3}``."""
        data: dict[str, Any] = {}
        for name, value in settings.items():
            place: Any = data
            *tables, last = name.split(".")
            for table in tables:
                place = place.setdefault(table, {}) if isinstance(place, dict) else place
            if not isinstance(place, dict) or last in place:
                raise InputError([Problem("--set", None, name, value, "set twice")])
            place[last] = value
        return self._with(data, title, "--set")

    def stands_on(self, base: Scenario) -> bool:
        """Whether this scenario only adds to ``base``: the files below are the same."""
        below = self.layers[: len(base.layers)]
        return len(self.layers) > len(base.layers) and all(
            (mine.name, mine.file.data) == (theirs.name, theirs.file.data)
            for mine, theirs in zip(below, base.layers, strict=True)
        )

    def with_package(self, package: Scenario, base: Scenario) -> Scenario:
        """A scenario with all that ``package`` adds to ``base`` (see :meth:`stands_on`) laid over it."""
        name = f"{self.name}+{package.name}"
        return build((*self.layers, *package.layers[len(base.layers) :]), name, [])

    def _with(self, data: dict[str, Any], title: str | None, by: str) -> Scenario:
        file = TomlFile(by, "")
        file.data = data
        problems: list[Problem] = []
        named = {"title": title} if title else {"title": self.title, "title_zh": self.title_zh}
        header = read_header(file, {**named, **data}, problems)
        name = self.name if title is None else _slug(title)
        return build((*self.layers, Layer(name, file, header, Path.cwd())), name, problems)

    # -------------------------------------------------------------------------------------- what rules read
    def levers(self) -> Any:
        """Levers by quarter, burn-in first and neutral: a record array of ``sim.policies.lever_dtype()``."""
        return self._levers.copy()

    @cached_property
    def _levers(self) -> Any:
        return _levers_of(self.policy, self.chain, self.start, self.quarters, self.burn_in)

    def parameters(self) -> Any:
        """All parameters as one record, at their defaults or at what the scenario says."""
        return self._parameters.copy()

    @cached_property
    def _parameters(self) -> Any:
        declare_all()
        record = parameter_record()
        for group, changes in self.changes.items():
            for name, (value, _) in changes.items():
                record[group][name] = value
        return record

    # ------------------------------------------------------------------------------------- what people read
    def resolved(self) -> dict[str, Any]:
        """Every value and who set it: ``file:line`` or ``default``. A lever is the list of its steps."""
        declare_all()
        policy: dict[str, Any] = {}
        for name, declared in INSTRUMENTS.items():
            lanes = self.policy.get(name, {})
            entries = {key: lanes.get(key, Lane(lever.default)) for key, lever in declared.levers.items()}
            entries |= {key: lanes.get(key, Lane(EVERYBODY)) for key in declared.targets}
            policy[name] = {
                key: [
                    {"from": str(step.quarter), "value": _plain(step.value), "by": step.origin}
                    for step in lane.steps(self.start, self.quarters)
                ]
                for key, lane in entries.items()
            }
        parameters = {
            group: {
                name: dict(zip(("value", "by"), self._parameter(group, name), strict=True))
                for name in members
            }
            for group, members in PARAMETERS.items()
        }
        run = {"start": str(self.start), "end": str(self.start + self.quarters - 1), "burn_in": self.burn_in}
        return {
            "name": self.name,
            "title": self.title,
            "question": self.question,
            "based_on": [layer.name for layer in self.layers[-2::-1]],
            "run": {key: {"value": value, "by": self._by("run", key)} for key, value in run.items()},
            "world": {
                key: {"value": value, "by": self._by("world", key)} for key, value in self._world().items()
            },
            "policy": policy,
            "parameters": parameters,
        }

    def flat(self) -> dict[str, list[dict[str, Any]]]:
        """The same by dotted key: the steps of each value (one, except for levers) and who set them."""
        resolved = self.resolved()
        flat = {
            f"{section}.{key}": [entry]
            for section in ("world", "run")
            for key, entry in resolved[section].items()
        }
        for name, levers in resolved["policy"].items():
            flat |= {f"policy.{name}.{key}": steps for key, steps in levers.items()}
        for group, members in resolved["parameters"].items():
            flat |= {f"parameters.{group}.{key}": [entry] for key, entry in members.items()}
        return flat

    def _parameter(self, group: str, name: str) -> tuple[float, str]:
        return self.changes.get(group, {}).get(name, (PARAMETERS[group][name].default, "default"))

    def _world(self) -> dict[str, Any]:
        return _last_words(self.layers, "world")

    def _by(self, section: str, key: str) -> str:
        for layer in reversed(self.layers):
            if getattr(getattr(layer.header, section), key) is not None:
                return origin(layer.file, (section, key))
        return "default"

    @property
    def digest(self) -> str:
        """SHA-256 of what a run depends on: data, time, levers and parameters; no titles, no file names."""
        declare_all()
        content = {
            "data": [data_digest(part) for part in (self.chain, self.population, self.series)],
            "time": [str(self.start), self.quarters, self.burn_in],
            "policy": _policy_of(self.policy, self.chain, self.start, self.quarters, self.burn_in),
            "parameters": {
                group: {name: self._parameter(group, name)[0] for name in members}
                for group, members in PARAMETERS.items()
            },
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def facts(self) -> list[tuple[str, str]]:
        """What is worth knowing at a glance, for both reprs."""
        last = self.start + self.quarters - 1
        number = sum(group.number for group in self.population.enterprises)
        changes = [
            (f"{g}.{n}", value) for g, names in self.changes.items() for n, (value, _) in names.items()
        ]
        facts = [
            ("question", self.question),
            ("time", f"{self.start} to {last} after {self.burn_in} quarters of burn-in"),
            (
                "world",
                f"{self.chain.title or 'chain'}: {len(self.chain.products)} products in "
                f"{len(self.chain.stages)} stages, {number} founding enterprises, "
                f"{len(self.population.institutes)} institutes",
            ),
            ("based on", ", ".join(layer.name for layer in self.layers[-2::-1])),
            ("policy", "; ".join(self.policy_in_words(own=len(self.layers) > 1))),
            ("parameters", ", ".join(f"{name} = {value:g}" for name, value in changes)),
            ("warnings", "; ".join(str(warning) for warning in self.warnings)),
        ]
        return [(name, text) for name, text in facts if text]

    def policy_in_words(self, own: bool = False) -> list[str]:
        """One line per lever that is ever away from neutral; ``own``: only what the last file says."""
        lines = []
        for instrument, lanes in self.policy.items():
            for name, lane in lanes.items():
                steps = lane.steps(self.start, self.quarters)
                if own and not any(self._is_own(step.origin) for step in steps):
                    continue
                if all(step.value == lane.neutral for step in steps):
                    continue
                named = [step for step in steps if step.origin != "default"]
                news = [
                    step
                    for last, step in zip([None, *named], named, strict=False)
                    if not last or last.value != step.value
                ]
                path = ", ".join(f"{in_words(step.value)} from {step.quarter}" for step in news)
                lines.append(f"{instrument}.{name} {path}")
        return lines

    def _is_own(self, by: str) -> bool:
        mine = self.layers[-1].file.name
        return by == mine or by.rpartition(":")[0] == mine

    def __repr__(self) -> str:
        facts = "".join(f"\n  {name + ':':<11} {text}" for name, text in self.facts())
        return f"<Scenario {self.name}: {self.title}>{facts}"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left'>{html.escape(name)}</th>"
            f"<td style='text-align:left'>{html.escape(text)}</td></tr>"
            for name, text in self.facts()
        )
        head = f"<b>{html.escape(self.title)}</b> <code>{html.escape(self.name)}</code>"
        return f"{head}<table>{rows}</table>"

    @staticmethod
    def json_schema() -> dict[str, Any]:
        """The form of a scenario file as JSON schema, for editors."""
        from sim.scenario_schema import json_schema

        return json_schema()


# Designs make thousands of scenarios that differ in little: what they have in common is worked out once.
@lru_cache(maxsize=32)
def _levers_of(policy: Any, chain: Chain, start: Quarter, quarters: int, burn_in: int) -> Any:
    """See :meth:`Scenario.levers`; shared, so not to be written to."""
    from sim.policies import neutral_levers

    levers = neutral_levers(burn_in + quarters)
    dates = [start + t for t in range(quarters)]
    for instrument, lanes in policy.items():
        declared, record = INSTRUMENTS[instrument], levers[instrument][burn_in:]
        for name, lane in lanes.items():
            values = [lane.value(date) for date in dates]
            if name in TARGETS:
                record[name] = [_mask(name, aimed, chain) for aimed in values]
            else:
                record[name] = values
                if declared.levers[name].ahead:
                    record[f"{name}_ahead"] = [lane.ahead(date) for date in dates]
    return levers


def _mask(target: str, aimed: Any, chain: Chain) -> int:
    """The bits of the groups that are aimed at; everybody has all bits set."""
    if aimed == EVERYBODY:
        return -1
    numbers = dict(groups(target, chain))
    return sum(1 << numbers[name] for name in aimed)


@lru_cache(maxsize=32)
def _policy_of(policy: Any, chain: Chain, start: Quarter, quarters: int, burn_in: int) -> str:
    """Digest of the levers that are ever away from neutral."""
    from sim.policies import neutral_levers

    levers = _levers_of(policy, chain, start, quarters, burn_in)
    idle = neutral_levers(len(levers))
    used = [name for name in sorted(policy) if (levers[name] != idle[name]).any()]
    content = {name: {key: levers[name][key].tolist() for key in levers[name].dtype.names} for name in used}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=32)
def data_digest(data: Chain | Population | Series) -> str:
    """SHA-256 of a part of the data, titles left out."""
    content = data.model_dump(exclude={"title"})
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def in_words(value: Any) -> str:
    """A number, or the groups that an instrument is aimed at."""
    return f"{value:g}" if is_number(value) else value if isinstance(value, str) else ", ".join(value)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


# -------------------------------------------------------------------------------------------------- finding
def library() -> Path:
    """The folder of scenarios that come with the package: beside ``sim`` in a checkout, in it in a wheel."""
    here = Path(__file__).resolve().parent
    inside = here / "library"
    return inside if inside.is_dir() else here.parent / "scenarios"


def known_scenarios() -> list[str]:
    """Names of the scenarios that come with the package."""
    names = {path.stem for path in library().glob("*.toml")}
    names |= {path.name for path in library().glob("*/") if _inside(path)}
    return sorted(names)


def _inside(folder: Path) -> Path | None:
    """The scenario file of a folder."""
    return next((p for p in (folder / "scenario.toml", folder / f"{folder.name}.toml") if p.is_file()), None)


def find(name: str | Path, folder: Path | None = None) -> Path:
    """The file of a scenario: a path, or a name beside ``folder`` or in the library."""
    text = str(name)
    places = [Path(text)] if folder is None else [folder / text, folder / f"{text}.toml", Path(text)]
    places += [library() / f"{text}.toml", library() / text]
    for place in places:
        if place.is_file():
            return place
        found = _inside(place) if place.is_dir() else None
        if found:
            return found
    if text.endswith(".toml") or "/" in text:
        raise InputError([Problem(text, None, "", None, "no such file")])
    near = nearest(text, known_scenarios())
    known = "" if near else ", ".join(known_scenarios())
    raise InputError(
        [Problem("", None, "scenario", text, "no such scenario", allowed=known, suggestion=near)]
    )


def load(name_or_path: str | Path) -> Scenario:
    """The scenario of a file or a name. Raises :class:`InputError` with all problems of all its files."""
    problems: list[Problem] = []
    layers: list[Layer] = []
    path = find(name_or_path)
    seen: list[Path] = []
    while True:
        seen.append(path.resolve())
        file = TomlFile(path)
        header = read_header(file, file.data, problems)
        name = path.resolve().parent.name if path.stem == "scenario" else path.stem
        layers.insert(0, Layer(name, file, header, path.parent))
        if header.based_on is None:
            return build(tuple(layers), layers[-1].name, problems)
        try:
            path = find(header.based_on, path.parent)
        except InputError as error:
            first = error.problems[0]
            about = {"allowed": first.allowed, "suggestion": first.suggestion}
            problems.append(file.problem(("based_on",), header.based_on, first.problem, **about))
            raise InputError(problems) from None
        if path.resolve() in seen:
            circle = " <- ".join(p.stem for p in [*seen[seen.index(path.resolve()) :], path])
            problem = f"scenarios are based on each other in a circle: {circle}"
            problems.append(file.problem(("based_on",), header.based_on, problem))
            raise InputError(problems)


def read_header(file: TomlFile, data: dict[str, Any], problems: list[Problem]) -> Header:
    """The head of a file. What is wrong in it is reported and left out, so that the rest is still read."""
    read_model(Header, data, file, problems)
    good = copy.deepcopy(data)
    while True:
        try:
            return Header.model_validate(frozen(good))
        except ValidationError as errors:
            for error in errors.errors():
                *tables, last = error["loc"]
                place: Any = good
                for table in tables:
                    place = place[table]
                place.pop(last, None)
                if error["loc"] == ("title",):
                    good["title"] = file.name


def _slug(title: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in title.lower()).split()) or "scenario"


def declare_all() -> None:
    """Import everything that declares parameters and instruments."""
    with without_collection():
        for module in ("sim.quarter", "sim.founding", "sim.policies"):
            importlib.import_module(module)


# ------------------------------------------------------------------------------------------------- building
def _last_words(layers: tuple[Layer, ...], section: str) -> dict[str, Any]:
    """The keys of a fixed section that are given, each by the last layer that gives it."""
    values: dict[str, Any] = {}
    for layer in layers:
        values |= {key: value for key, value in getattr(layer.header, section) if value is not None}
    return values


def build(layers: tuple[Layer, ...], name: str, problems: list[Problem]) -> Scenario:
    """Resolve a pile of layers. ``problems`` are those found before."""
    declare_all()
    warnings: list[Problem] = []
    paths = _data_files(layers, problems)
    chain = _read(read_chain, paths.get("chain"), problems)
    population = _read(read_population, paths.get("population"), problems, chain)
    series = _read(read_series, paths.get("series"), problems, chain) if "series" in paths else Series()
    reader = PolicyReader(chain, problems, warnings)
    horizons = _horizons(layers, problems)
    world = _last_words(layers, "world")
    frozen_after = _history_until(layers, problems)
    if "history" in paths:
        try:
            alternative = world.get("dating") == "alternative"
            reader.read_history(paths["history"], horizons[0], frozen_after, alternative)
        except InputError as error:
            problems.extend(error.problems)
    for layer, horizon in zip(layers, horizons, strict=True):
        reader.read(layer.file, horizon)
    changes = _parameters(layers, problems)
    if problems or chain is None or population is None or series is None:
        raise InputError({str(problem): problem for problem in problems}.values())
    start, last = horizons[-1]
    asking = next((layer.header for layer in reversed(layers) if layer.header.question), layers[-1].header)
    return Scenario(
        name=name,
        title=layers[-1].header.title,
        question=asking.question,
        start=start,
        quarters=last - start + 1,
        burn_in={**DEFAULT_RUN, **_last_words(layers, "run")}["burn_in"],
        chain=chain,
        population=population,
        series=series,
        warnings=tuple(warnings),
        policy=FrozenDict({key: FrozenDict(lanes) for key, lanes in reader.policy.items()}),
        changes=FrozenDict({key: FrozenDict(values) for key, values in changes.items()}),
        layers=layers,
        title_zh=layers[-1].header.title_zh,
        question_zh=asking.question_zh,
    )


def _data_files(layers: tuple[Layer, ...], problems: list[Problem]) -> dict[str, Path]:
    """The data files, each in the folder of the layer that names it."""
    paths: dict[str, Path] = {}
    for layer in layers:
        for key in DATA:
            name = getattr(layer.header.world, key)
            if name is None:
                continue
            paths[key] = layer.folder / name
            if not paths[key].is_file():
                near = nearest(name, (path.name for path in layer.folder.glob("*")))
                problems.append(layer.file.problem(("world", key), name, "no such file", suggestion=near))
                del paths[key]
    for key in ("chain", "population"):
        if key not in _last_words(layers, "world"):
            problem = "missing: the root of a tree of scenarios names its data"
            problems.append(layers[0].file.problem(("world", key), None, problem))
    return paths


def _read(reader: Callable[..., Any], path: Path | None, problems: list[Problem], *more: Any) -> Any:
    if path is None:
        return None
    try:
        stat = path.stat()
        return _read_once(reader, path.resolve(), (stat.st_mtime_ns, stat.st_size), *more)
    except InputError as error:
        problems.extend(error.problems)
        return None


@lru_cache(maxsize=32)
def _read_once(reader: Callable[..., Any], path: Path, version: tuple[int, int], *more: Any) -> Any:
    """A data file is read once per version of it: scenarios of one tree share their data."""
    return reader(path, *more)


def _horizons(layers: tuple[Layer, ...], problems: list[Problem]) -> list[tuple[Quarter, Quarter]]:
    """First and last quarter as each layer sees them: a file is judged by its own horizon."""
    now = {key: Quarter.of(str(DEFAULT_RUN[key])) for key in ("start", "end")}
    horizons = []
    for layer in layers:
        for key in now:
            text = getattr(layer.header.run, key)
            if text is not None:
                now[key] = _quarter(layer.file, ("run", key), text, problems) or now[key]
        if not 1 <= now["end"] - now["start"] + 1 <= 1000:
            allowed = f"{now['start']}..{now['start'] + 999}"
            problem = "the end is not within 1 to 1000 quarters of the start"
            problems.append(layer.file.problem(("run", "end"), str(now["end"]), problem, allowed=allowed))
            now["end"] = now["start"] + 999
        horizons.append((now["start"], now["end"]))
    return horizons


def _history_until(layers: tuple[Layer, ...], problems: list[Problem]) -> Quarter | None:
    until = None
    for layer in layers:
        text = layer.header.world.history_until
        if text is not None:
            until = _quarter(layer.file, ("world", "history_until"), text, problems)
    return until


def _quarter(file: TomlFile, key: Key, text: Any, problems: list[Problem]) -> Quarter | None:
    try:
        return Quarter.of(text)
    except ValueError as error:
        problems.append(file.problem(key, text, str(error)))
        return None


Changes = dict[str, dict[str, tuple[float, str]]]


def _parameters(layers: tuple[Layer, ...], problems: list[Problem]) -> Changes:
    """Parameters that are not at their default, with who set them."""
    changes: Changes = {}
    for layer in layers:
        file = layer.file
        for group, members in layer.header.parameters.items():
            key: Key = ("parameters", group)
            if group not in PARAMETERS:
                near = nearest(group, PARAMETERS)
                problems.append(file.problem(key, None, "no such submodel", suggestion=near))
            elif not isinstance(members, dict):
                problems.append(file.problem(key, members, "not a table of parameters"))
            else:
                for name, value in members.items():
                    if _is_good(file, group, name, value, problems):
                        by = origin(file, (*key, name))
                        changes.setdefault(group, {})[name] = (float(value), by)
    return changes


def _is_good(file: TomlFile, group: str, name: str, value: Any, problems: list[Problem]) -> bool:
    """Whether a parameter exists and may have this value."""
    key = ("parameters", group, name)
    declared = PARAMETERS[group].get(name)
    if declared is None:
        near = nearest(name, PARAMETERS[group])
        problems.append(file.problem(key, value, "no such parameter", suggestion=near))
        return False
    allowed = f"{declared.low:g}..{declared.high:g}"
    about = {"label": declared.meaning, "unit": declared.unit, "allowed": allowed}
    if not is_number(value):
        problems.append(file.problem(key, value, "not a number", **about))
        return False
    if not declared.low <= value <= declared.high:
        problems.append(file.problem(key, value, "out of range", **about))
        return False
    return True
