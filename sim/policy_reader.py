"""Policy reader: what files say of instruments, laid one file over the other.

A scenario file has sections ``[policy.<instrument>]``, a history file has a list of ``[[measure]]``, each
with its source. Both become segments of the path of a lever (``schedule``); at whom an instrument is aimed
is a path too. Everything is checked against the declarations of instruments; what is wrong is collected,
with what would have been right.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from sim.calendar import Quarter
from sim.chain import Chain
from sim.declare import INSTRUMENTS, InstrumentDeclaration, Lever
from sim.problems import Key, Problem, Strict, TomlFile, nearest, read_model
from sim.schedule import Lane, Point, Segment
from sim.world import OWNERSHIP_NAMES, SIZE_NAMES

TARGETS = ("stages", "products", "sizes", "ownerships")
TIMING = ("start", "until", "announced")
EVERYBODY = "all"
SHAPES = ("step", "linear")


class Measure(Strict):
    """A policy of the past, in force from ``start`` to ``until`` (both included)."""

    instrument: str
    lever: str
    value: float
    start: str
    until: str | None = None
    start_alternative: str | None = None
    until_alternative: str | None = None
    stages: tuple[str | int, ...] | None = None
    products: tuple[str | int, ...] | None = None
    sizes: tuple[str | int, ...] | None = None
    ownerships: tuple[str | int, ...] | None = None
    eligibility: str = ""
    payer: str = ""
    status: Literal["sourced", "derived", "assumed"]
    confidence: Literal["high", "medium", "low"]
    source: str


class Span(NamedTuple):
    """When a measure of the past was in force, and its place in the file."""

    first: Quarter
    last: Quarter | None
    place: int
    value: Any


def groups(target: str, chain: Chain | None) -> list[tuple[str, int]]:
    """Names of the groups that an instrument may be aimed at, with the number of their bit."""
    if target == "sizes":
        return [(name, number) for number, name in enumerate(SIZE_NAMES)]
    if target == "ownerships":
        return [(name, number) for number, name in enumerate(OWNERSHIP_NAMES)]
    if chain is None:
        return []
    if target == "stages":
        return [(stage.key, stage.number) for stage in chain.stages]
    return [(product.key, row) for row, product in enumerate(chain.products)]


def is_number(value: Any) -> bool:
    """Whether a value is a finite number; true and false are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < float("inf")


def origin(file: TomlFile, key: Key) -> str:
    """Who set a value: ``file:line``."""
    line = file.line(key)
    return f"{file.name}:{line}" if line else file.name


class PolicyReader:
    """Lays the policy of one file after the other over what was there before. ``policy`` is the pile."""

    def __init__(self, chain: Chain | None, problems: list[Problem], warnings: list[Problem]) -> None:
        self.chain = chain
        self.problems = problems
        self.warnings = warnings
        self.policy: dict[str, dict[str, Lane]] = {}
        self.file = TomlFile("", "")
        self.horizon = (Quarter(0), Quarter(0))

    def _wrong(self, key: Key, value: Any, problem: str, **about: str) -> None:
        self.problems.append(self.file.problem(key, value, problem, **about))

    def _unknown(self, key: Key, value: Any, kind: str, known: Iterable[str], **about: str) -> None:
        """Report a name that is not known, with the nearest that is; without a near one, all that are."""
        known = list(known)
        near = nearest(key[-1] if value is None else value, known)
        allowed = {} if near or len(known) > 12 else {"allowed": ", ".join(known)}
        self._wrong(key, value, f"no such {kind}", suggestion=near, **allowed, **about)

    def _lay(self, instrument: str, name: str, segment: Segment) -> None:
        lanes = self.policy.setdefault(instrument, {})
        lanes[name] = lanes.get(name, Lane(segment.neutral)).under(segment)

    # --------------------------------------------------------------------------------------- scenario files
    def read(self, file: TomlFile, horizon: tuple[Quarter, Quarter]) -> None:
        """The section ``[policy]`` of a scenario file."""
        self.file, self.horizon = file, horizon
        policy = file.data.get("policy")
        for name, section in policy.items() if isinstance(policy, dict) else ():
            declared = INSTRUMENTS.get(name)
            if declared is None:
                self._unknown(("policy", name), None, "instrument", INSTRUMENTS)
            elif not isinstance(section, dict):
                self._wrong(("policy", name), section, "not a table of levers", label=declared.label[0])
            else:
                self._instrument(("policy", name), declared, section)

    def _instrument(self, key: Key, declared: InstrumentDeclaration, section: dict[str, Any]) -> None:
        self._check_keys(key, declared, section)
        times = {name: self._date((*key, name), section[name]) for name in TIMING if name in section}
        begin = times.get("start") or self.horizon[0]
        segments = {
            name: self._lever((*key, name), lever, section[name], begin, times)
            for name, lever in declared.levers.items()
            if name in section
        }
        found = [segment for segment in segments.values() if segment]
        first = min((segment.first for segment in found), default=begin)
        announced = times.get("announced")
        if announced and announced < first and self._is_idle(declared.name, announced, first):
            first = announced  # what is announced concerns those at whom it will be aimed
        for name in declared.targets:
            if name in section:
                aimed = self._aim((*key, name), name, section[name], declared)
                if aimed is not None:
                    segments[name] = Segment(
                        (Point(first, aimed, origin(self.file, (*key, name))),), EVERYBODY
                    )
        for name, segment in segments.items():
            if segment:
                self._lay(declared.name, name, segment)

    def _check_keys(self, key: Key, declared: InstrumentDeclaration, section: dict[str, Any]) -> None:
        known = [*declared.levers, *TIMING, *declared.targets]
        for name, value in section.items():
            if name in TARGETS and name not in declared.targets:
                allowed = ", ".join(declared.targets) or "nothing, it works for the whole region"
                about = {"label": declared.label[0], "allowed": allowed}
                self._wrong((*key, name), value, "this instrument cannot be aimed in this way", **about)
            elif name not in known:
                near = nearest(name, known)
                about = {"label": declared.label[0], "allowed": ", ".join(known), "suggestion": near}
                self._wrong((*key, name), value, "no such lever", **about)
        plain = any(name in section and not isinstance(section[name], dict) for name in declared.levers)
        aimed = any(name in section for name in declared.targets)
        if not plain and not aimed:
            for name in ("start", "until"):
                if name in section:
                    self._wrong((*key, name), section[name], "belongs to plain values, and there is none")
        if "announced" in section:
            if not any(declared.levers[name].ahead for name in declared.levers if name in section):
                problem = "announcing has no effect: no rule looks ahead to this instrument"
                self.warnings.append(
                    self.file.problem(
                        (*key, "announced"), section["announced"], problem, label=declared.label[0]
                    )
                )

    def _is_idle(self, instrument: str, first: Quarter, last: Quarter) -> bool:
        lanes = self.policy.get(instrument, {})
        quarters = [first + t for t in range(last - first)]
        levers = [lane for name, lane in lanes.items() if name not in TARGETS]
        return all(lane.value(quarter) == lane.neutral for lane in levers for quarter in quarters)

    def _date(self, key: Key, text: Any) -> Quarter | None:
        try:
            quarter = Quarter.of(text)
        except ValueError as error:
            self._wrong(key, text, str(error))
            return None
        first, last = self.horizon
        if not first <= quarter <= last:
            # A point of a schedule has its date in its key already.
            value = None if key[-1] == text else text
            self._wrong(key, value, "outside the horizon", allowed=f"{first}..{last}")
            return None
        return quarter

    def _lever(
        self, key: Key, lever: Lever, value: Any, begin: Quarter, times: dict[str, Quarter | None]
    ) -> Segment | None:
        shape: Any = "step"
        until = times.get("until")
        if not isinstance(value, dict):
            good = self._number(key, lever, value)
            points = [Point(begin, float(value), origin(self.file, key))] if good else []
        else:
            for name in value:
                if name not in ("schedule", "shape", "until"):
                    self._unknown((*key, name), None, "key", ("schedule", "shape", "until"))
            shape = value.get("shape", "step")
            if shape not in SHAPES:
                near = nearest(shape, SHAPES)
                about = {"allowed": ", ".join(SHAPES), "suggestion": near}
                self._wrong((*key, "shape"), shape, "not one of the choices", **about)
            until = self._date((*key, "until"), value["until"]) if "until" in value else None
            points = self._schedule((*key, "schedule"), lever, value.get("schedule"))
        if not points:
            return None
        if until is not None and until < points[-1].quarter:
            problem = f"ends in {until}, before its last point in {points[-1].quarter}"
            self._wrong((*key, "until") if isinstance(value, dict) else (*key[:2], "until"), None, problem)
        announced = times.get("announced")
        if announced is not None and announced > points[0].quarter:
            problem = f"announced after it begins in {points[0].quarter}"
            self._wrong((*key[:2], "announced"), str(announced), problem)
        return Segment(tuple(points), lever.default, shape, until, announced)

    def _schedule(self, key: Key, lever: Lever, schedule: Any) -> list[Point]:
        if not isinstance(schedule, dict) or not schedule:
            about = {"label": lever.meaning, "unit": lever.unit}
            self._wrong(key, schedule, 'missing or not a table like { "2013Q1" = 0.1 }', **about)
            return []
        points: list[Point] = []
        for text, value in schedule.items():
            place = (*key, text)
            quarter = self._date(place, text)
            good = self._number(place, lever, value)
            if quarter is None or not good:
                continue
            if points and quarter <= points[-1].quarter:
                self._wrong(place, value, f"points are not in order: {quarter} after {points[-1].quarter}")
                continue
            points.append(Point(quarter, float(value), origin(self.file, place)))
        return points

    def _number(self, key: Key, lever: Lever, value: Any, choice: bool = True) -> bool:
        """Whether a value is one that the lever can take. An unusual choice earns a warning."""
        hard, typical = (f"{low:g}..{high:g}" for low, high in (lever.hard, lever.typical))
        about = {"label": lever.meaning, "unit": lever.unit, "allowed": hard}
        if not is_number(value):
            self._wrong(key, value, "not a number", **about)
            return False
        if not lever.hard[0] <= value <= lever.hard[1]:
            self._wrong(key, value, "out of range", **about)
            return False
        if choice and value != lever.default and not lever.typical[0] <= value <= lever.typical[1]:
            problem = f"unusual: typical values are {typical}"
            self.warnings.append(self.file.problem(key, value, problem, **about))
        return True

    def _aim(self, key: Key, target: str, value: Any, declared: InstrumentDeclaration) -> Any:
        """The groups aimed at, as names in the order of the chain; ``all`` for everybody."""
        if value == EVERYBODY:
            return EVERYBODY
        known = groups(target, self.chain)
        names = [name for name, _ in known]
        label = declared.label[0]
        if not isinstance(value, (list, tuple)) or not value:
            allowed = ", ".join(names)
            self._wrong(key, value, 'neither a list of groups nor "all"', label=label, allowed=allowed)
            return None
        if not known:  # the chain could not be read; its own problems are reported
            return None
        by_number = {number: name for name, number in known} if target == "stages" else {}
        aimed = []
        for place, item in enumerate(value):
            is_a_number = isinstance(item, int) and not isinstance(item, bool)
            name = by_number.get(item, item) if is_a_number else item
            if name not in names:
                self._unknown((*key, place), item, target[:-1], names, label=label)
            aimed.append(name)
        return tuple(name for name in names if name in aimed)

    # ---------------------------------------------------------------------------------------------- history
    def read_history(
        self, path: Path, horizon: tuple[Quarter, Quarter], frozen_after: Quarter | None, alternative: bool
    ) -> None:
        """The policies of the past, a segment per lever. What is in force in ``frozen_after`` stays so."""
        stat = path.stat()
        version = (stat.st_mtime_ns, stat.st_size, Path.cwd())  # files are named as seen from here
        file, measures, problems = read_measures(path.resolve(), version)
        self.problems.extend(problems)
        self.file, self.horizon = file, horizon
        spans: dict[tuple[str, str], list[Span]] = {}
        for place, measure in measures:
            key: Key = ("measure", place)
            declared = INSTRUMENTS.get(measure.instrument)
            if declared is None:
                self._unknown((*key, "instrument"), measure.instrument, "instrument", INSTRUMENTS)
                continue
            lever = declared.levers.get(measure.lever)
            if lever is None:
                about = {"label": declared.label[0]}
                self._unknown((*key, "lever"), measure.lever, "lever", declared.levers, **about)
                continue
            good = self._number((*key, "value"), lever, measure.value, choice=False)
            first, last = self._dates(key, measure, alternative)
            if not good or first is None:
                continue
            if frozen_after is not None and first > frozen_after:
                problem = f"left out: policy is frozen after {frozen_after}"
                self.warnings.append(file.problem((*key, "start"), str(first), problem))
                continue
            if frozen_after is not None and last is not None and last >= frozen_after:
                last = None
            span = Span(first, last, place, measure.value)
            spans.setdefault((measure.instrument, measure.lever), []).append(span)
            self._past_targets(key, measure, declared, span, spans)
        for (instrument, name), found in spans.items():
            self._fold(INSTRUMENTS[instrument], name, sorted(found, key=lambda span: span.first))

    def _dates(self, key: Key, measure: Measure, alternative: bool) -> tuple[Quarter | None, Quarter | None]:
        dates: list[Quarter | None] = []
        for name in ("start", "until"):
            other = f"{name}_alternative"
            chosen = other if alternative and getattr(measure, other) is not None else name
            text = getattr(measure, chosen)
            dates.append(None if text is None else self._date((*key, chosen), text))
        first, last = dates
        if first is not None and last is not None and last < first:
            self._wrong((*key, "until"), str(last), f"ends before it begins in {first}")
        return first, last

    def _past_targets(
        self,
        key: Key,
        measure: Measure,
        declared: InstrumentDeclaration,
        span: Span,
        spans: dict[tuple[str, str], list[Span]],
    ) -> None:
        for target in TARGETS:
            value = getattr(measure, target)
            if value is None:
                continue
            if target not in declared.targets:
                about = {"label": declared.label[0], "allowed": ", ".join(declared.targets)}
                self._wrong((*key, target), value, "this instrument cannot be aimed in this way", **about)
                continue
            aimed = self._aim((*key, target), target, value, declared)
            known = spans.setdefault((measure.instrument, target), [])
            # Levers of one instrument share what it is aimed at, so the same may be said twice.
            said = any(other[:2] == span[:2] and other.value == aimed for other in known)
            if aimed is not None and not said:
                known.append(span._replace(value=aimed))

    def _fold(self, declared: InstrumentDeclaration, name: str, spans: list[Span]) -> None:
        neutral = EVERYBODY if name in TARGETS else declared.levers[name].default
        points: list[Point] = []
        before: Span | None = None
        for span in spans:
            if before is not None:
                if before.last is None or span.first <= before.last:
                    line = self.file.line(("measure", before.place))
                    problem = f"overlaps with the measure in line {line}: a lever has one value at a time"
                    self._wrong(("measure", span.place, "start"), str(span.first), problem)
                    continue
                if before.last + 1 < span.first:
                    ended = origin(self.file, ("measure", before.place, "until"))
                    points.append(Point(before.last + 1, neutral, ended))
            said = name if name in TARGETS else "value"
            points.append(Point(span.first, span.value, origin(self.file, ("measure", span.place, said))))
            before = span
        until = before.last if before else None
        self._lay(declared.name, name, Segment(tuple(points), neutral, until=until))


def read_history_file(path: Path, chain: Chain | None) -> list[Problem]:
    """Problems of a history file by itself, whatever time a study covers."""
    problems: list[Problem] = []
    reader = PolicyReader(chain, problems, [])
    for alternative in (False, True):
        reader.read_history(path, (Quarter.of("1900Q1"), Quarter.of("2999Q4")), None, alternative)
    return list({str(problem): problem for problem in problems}.values())


@lru_cache(maxsize=8)
def read_measures(
    path: Path, version: tuple[int, int, Path]
) -> tuple[TomlFile, list[tuple[int, Measure]], list[Problem]]:
    """The measures of a version of a history file, each with its place in it, and what is wrong with them."""
    problems: list[Problem] = []
    file = TomlFile(path)
    measures: list[tuple[int, Measure]] = []
    for key in file.data:
        if key not in ("title", "measure"):
            near = nearest(key, ("title", "measure"))
            problems.append(file.problem((key,), None, "unknown section", suggestion=near))
    entries = file.data.get("measure", [])
    if not isinstance(entries, list):
        problems.append(file.problem(("measure",), None, "not a list of tables, write [[measure]]"))
        entries = []
    for place, entry in enumerate(entries):
        measure = read_model(Measure, entry, file, problems, ("measure", place))
        if measure is not None:
            measures.append((place, measure))
    return file, measures, problems
