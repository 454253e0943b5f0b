"""Chain files: read chain.toml, population.toml and series.csv, and report every problem of a file at once.

What one record can say by itself is checked by its model in ``chain``; here stands what must hold between
records: names exist, stages rise, weights sum to one, the chain has no circles and fits the slots of rows.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sim.calendar import Quarter
from sim.chain import (
    MARKET_KEYS,
    Chain,
    EnterpriseGroup,
    InstituteRecord,
    Labour,
    Market,
    Population,
    Process,
    Product,
    Series,
    SeriesPath,
    Stage,
    TechnologyField,
)
from sim.problems import (
    FrozenDict,
    InputError,
    Key,
    Problem,
    Strict,
    TomlFile,
    nearest,
    read_model,
    read_text,
)
from sim.world import FIELDS, INPUTS, MARKETS, OUTPUTS, PRODUCTS, STAGES

QUOTAS = 4
# Sections of chain.toml: model, fewest and most entries.
SECTIONS: dict[str, tuple[type[Strict], int, int]] = {
    "market": (Market, MARKETS, MARKETS),
    "field": (TechnologyField, 1, FIELDS),
    "stage": (Stage, 1, STAGES - 1),
    "product": (Product, 1, PRODUCTS),
    "process": (Process, 1, 1000),
}
# Series other than price.<product> and quota.<kind>.
KNOWN_SERIES = ("index.general", "index.wage", "wedge.export", "vat.rate", "vat.local_share")


def _list(values: Iterable[Any]) -> str:
    return ", ".join(str(value) for value in values)


class _Reader:
    """A TOML file with lists of records, and the problems found in it.

    ``records`` holds, by section, the place in the file and the model of every entry that could be read.
    """

    def __init__(self, file: TomlFile, models: Mapping[str, type[Strict]], others: tuple[str, ...]) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.records: dict[str, list[tuple[int, Any]]] = {name: [] for name in models}
        for key, value in file.data.items():
            if key in others:
                continue
            if key not in models:
                self.wrong((key,), None, "unknown section", suggestion=nearest(key, [*models, *others]))
            elif not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
                self.wrong((key,), None, f"not a list of tables, write [[{key}]]")
            else:
                for place, entry in enumerate(value):
                    record = read_model(models[key], entry, file, self.problems, (key, place))
                    if record is not None:
                        self.records[key].append((place, record))

    def wrong(self, key: Key, value: Any, problem: str, **about: str) -> None:
        self.problems.append(self.file.problem(key, value, problem, **about))

    def entries(self, section: str) -> list[dict[str, Any]]:
        """The entries of a section as they stand there, those with problems included."""
        found = self.file.data.get(section)
        return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []

    def all_read(self, section: str) -> bool:
        """Whether every entry of a section could be read."""
        return len(self.records[section]) == len(self.entries(section))

    def keys(self, section: str) -> list[str]:
        """Keys of a section, those of entries with other problems included."""
        return [entry["key"] for entry in self.entries(section) if isinstance(entry.get("key"), str)]

    def models(self, section: str) -> tuple[Any, ...]:
        return tuple(record for _, record in self.records[section])

    def is_unique(self, section: str, name: str = "key") -> None:
        """Report values that were used before."""
        seen: dict[Any, int] = {}
        for place, entry in enumerate(self.entries(section)):
            value = entry.get(name)
            if isinstance(value, (str, int)) and seen.setdefault(value, place) != place:
                first = self.file.line((section, seen[value], name))
                self.wrong((section, place, name), value, f"used before, in line {first}")

    def is_known(self, at: Key, key: str, kind: str, names: list[str]) -> bool:
        """Report a name that does not exist."""
        if key not in names:
            self.wrong(at, key, f"no such {kind}", suggestion=nearest(key, names))
        return key in names

    def sums_to_one(self, at: Key, weights: Mapping[str, float]) -> None:
        total = math.fsum(weights.values())
        if abs(total - 1.0) > 1e-6:
            self.wrong(at, dict(weights), f"weights sum to {total:g}, not to 1")

    def finish(self) -> None:
        if self.problems:
            raise InputError(self.problems)


# ---------------------------------------------------------------------------------------------------- chain
def read_chain(path: Path | str) -> Chain:
    """The value chain in a file. Raises :class:`InputError` with all problems."""
    return chain_of(TomlFile(path))


def chain_of(file: TomlFile) -> Chain:
    """The value chain in a file that is open."""
    heads = ("title", "currency", "contents")
    reader = _Reader(file, {name: model for name, (model, _, _) in SECTIONS.items()}, heads)
    for name, (_, fewest, most) in SECTIONS.items():
        number = len(reader.entries(name))
        if not fewest <= number <= most:
            reader.wrong((name,), number, "wrong number of entries", allowed=f"{fewest}..{most}")
        reader.is_unique(name)
    for name in ("title", "currency"):
        if not isinstance(file.data.get(name, ""), str):
            reader.wrong((name,), file.data[name], "not a text")
    names = _contents(reader)
    _check_frame(reader)
    _check_products(reader, names)
    _check_processes(reader)
    _check_circles(reader)
    reader.finish()
    processes = (
        process.model_copy(update={"outputs": FrozenDict({process.product: 1.0, **process.outputs})})
        for process in reader.models("process")
    )
    return Chain(
        title=file.data.get("title", ""),
        currency=file.data.get("currency", "million CNY"),
        contents=names,
        markets=reader.models("market"),
        fields=reader.models("field"),
        stages=reader.models("stage"),
        products=reader.models("product"),
        processes=tuple(processes),
    )


def _contents(reader: _Reader) -> tuple[str, str]:
    """Names of the raw material in goods: the bulk of it and its critical part, which may be the same."""
    names = reader.file.data.get("contents")
    if names is None:
        tables = [entry.get("contents") for entry in reader.entries("product")]
        found = dict.fromkeys(name for table in tables if isinstance(table, dict) for name in table)
        names = list(found) or ["bulk"]
    texts = isinstance(names, list) and all(isinstance(name, str) for name in names)
    if not texts or not 1 <= len(names) <= 2:
        reader.wrong(("contents",), names, "not one or two names: the bulk, its critical part")
        return "", ""
    return names[0], names[-1]


def _check_frame(reader: _Reader) -> None:
    for (place, market), right in zip(reader.records["market"], MARKET_KEYS, strict=False):
        if market.key != right:
            problem = "the two markets are domestic and international, in this order"
            reader.wrong(("market", place, "key"), market.key, problem)
    reader.is_unique("stage", "number")
    numbers = sorted({stage.number for stage in reader.models("stage")})
    if reader.all_read("stage") and numbers != list(range(1, len(numbers) + 1)):
        reader.wrong(("stage",), numbers, "stages are numbered 1, 2, 3 and so on")


def _check_products(reader: _Reader, names: tuple[str, str]) -> None:
    numbers = sorted(stage.number for stage in reader.models("stage"))
    processes = reader.models("process")
    made = {key for process in processes for key in (process.product, *process.outputs)}
    used = {key for process in processes for key in process.inputs}
    for place, product in reader.records["product"]:
        at: Key = ("product", place)
        if product.stage not in numbers:
            reader.wrong((*at, "stage"), product.stage, "no such stage", allowed=_list(numbers))
        for name, value in product.contents.items():
            if name not in names:
                about = {"allowed": _list(dict.fromkeys(names)), "suggestion": nearest(name, names)}
                reader.wrong((*at, "contents", name), value, "not a content of this chain", **about)
        if product.key not in made and reader.all_read("process"):
            reader.wrong((*at, "key"), product.key, "no process makes this product")
        if product.price_rule == "basket" and product.key not in used and reader.all_read("process"):
            problem = "nothing is recovered from it: no process takes it as input"
            reader.wrong((*at, "price_rule"), "basket", problem)


def _check_processes(reader: _Reader) -> None:
    products, fields = reader.keys("product"), reader.keys("field")
    stages = {product.key: product.stage for product in reader.models("product")}
    for place, process in reader.records["process"]:
        at: Key = ("process", place)
        reader.is_known((*at, "product"), process.product, "product", products)
        for key in process.outputs:
            reader.is_known((*at, "outputs", key), key, "product", products)
        if process.outputs and process.outputs.get(process.product) != 1.0:
            problem = f"has to hold its main product: {process.product} = 1.0"
            reader.wrong((*at, "outputs"), dict(process.outputs), problem)
        for key in process.inputs:
            if not reader.is_known((*at, "inputs", key), key, "product", products):
                continue
            for made in dict.fromkeys((process.product, *process.outputs)):
                if stages.get(key, 0) >= stages.get(made, STAGES):
                    problem = f"an input of stage {stages[key]} for {made} of stage {stages[made]}"
                    reader.wrong((*at, "inputs", key), key, f"{problem}; inputs come from earlier stages")
        for slot, most in (("inputs", INPUTS), ("outputs", OUTPUTS)):
            number = len(getattr(process, slot))
            if number > most:
                reader.wrong((*at, slot), number, f"too many {slot}", allowed=f"0..{most}")
        for key in process.fields:
            reader.is_known((*at, "fields", key), key, "field", fields)
        reader.sums_to_one((*at, "fields"), process.fields)
    quotas = dict.fromkeys(process.quota for process in reader.models("process") if process.quota)
    if len(quotas) > QUOTAS:
        reader.wrong(("process",), list(quotas), "too many kinds of quota", allowed=f"0..{QUOTAS}")


def _check_circles(reader: _Reader) -> None:
    """Name every circle of goods: stages in order exclude them, but the circle is what a reader looks for."""
    needs: dict[str, set[str]] = {}
    place_of: dict[str, int] = {}
    for place, process in reader.records["process"]:
        for made in (process.product, *process.outputs):
            needs.setdefault(made, set()).update(process.inputs)
            place_of.setdefault(made, place)
    done: set[str] = set()

    def walk(product: str, path: list[str]) -> None:
        if product in path:
            circle = " <- ".join([*path[path.index(product) :], product])
            reader.wrong(("process", place_of[product], "inputs"), None, f"goods run in a circle: {circle}")
        elif product not in done:
            for need in sorted(needs.get(product, ())):
                walk(need, [*path, product])
            done.add(product)

    for product in needs:
        walk(product, [])


# ----------------------------------------------------------------------------------------------- population
def read_population(path: Path | str, chain: Chain | None) -> Population:
    """The founding population in a file; ``chain`` None: without checking it against a chain."""
    return population_of(TomlFile(path), chain)


def population_of(file: TomlFile, chain: Chain | None) -> Population:
    """The founding population in a file that is open."""
    reader = _Reader(file, {"enterprises": EnterpriseGroup, "institutes": InstituteRecord}, ("labour",))
    labour = None
    if "labour" in file.data:
        labour = read_model(Labour, file.data["labour"], file, reader.problems, ("labour",))
    else:
        reader.wrong(("labour",), None, "missing")
    if not reader.entries("enterprises"):
        reader.wrong(("enterprises",), None, "no enterprise is founded")
    reader.is_unique("institutes")
    for place, group in reader.records["enterprises"] if chain else ():
        names = [process.key for process in chain.processes] if chain else []
        reader.is_known(("enterprises", place, "process"), group.process, "process", names)
    for place, institute in reader.records["institutes"]:
        at: Key = ("institutes", place)
        for key in institute.fields if chain else ():
            names = [field.key for field in chain.fields] if chain else []
            reader.is_known((*at, "fields", key), key, "field", names)
        reader.sums_to_one((*at, "fields"), institute.fields)
        if institute.opens is not None:
            try:
                Quarter.of(institute.opens)
            except ValueError as error:
                reader.wrong((*at, "opens"), institute.opens, str(error))
    reader.finish()
    assert labour is not None  # else there was a problem
    return Population(
        enterprises=reader.models("enterprises"), institutes=reader.models("institutes"), labour=labour
    )


# --------------------------------------------------------------------------------------------------- series
COLUMNS = ("quarter", "series", "value", "status", "confidence", "source")
CHOICES = {"status": ("sourced", "derived", "assumed"), "confidence": ("high", "medium", "low")}


class _SeriesReader:
    """A file of dated series, row by row."""

    def __init__(self, path: Path | str, chain: Chain | None) -> None:
        self.file = TomlFile(path, "")  # for its name only
        self.chain = chain
        self.problems: list[Problem] = []
        self.found: dict[str, dict[int, tuple[float, int]]] = {}  # by series and quarter: value and line
        self.known: list[str] = []
        if chain is not None:
            prices = [f"price.{product.key}" for product in chain.products]
            self.known = [*KNOWN_SERIES, *prices, *(f"quota.{kind}" for kind in chain.quotas)]
        reader = csv.reader(read_text(path).splitlines())
        header = next(reader, [])
        if tuple(header) != COLUMNS:
            self.wrong(1, "", ",".join(header), "wrong columns", allowed=",".join(COLUMNS))
            return
        for cells in reader:
            if len(cells) == len(COLUMNS):
                self.row(dict(zip(COLUMNS, cells, strict=True)), reader.line_num)
            elif cells:
                problem = f"{len(cells)} columns instead of {len(COLUMNS)}"
                self.wrong(reader.line_num, "", None, problem)
        self.check_gaps()
        self.check_needs()

    def wrong(self, line: int | None, key: str, value: Any, problem: str, **about: str) -> None:
        self.problems.append(Problem(self.file.name, line, key, value, problem, **about))

    def row(self, row: dict[str, str], line: int) -> None:
        quarter, name, value = None, row["series"], math.nan
        try:
            quarter = Quarter.of(row["quarter"])
        except ValueError as error:
            self.wrong(line, "quarter", row["quarter"], str(error))
        if self.known and name not in self.known:
            self.wrong(line, "series", name, "no such series", suggestion=nearest(name, self.known))
        try:
            value = float(row["value"])
        except ValueError:
            self.wrong(line, "value", row["value"], "not a number")
        else:
            self.check_value(name, value, line)
        for column, choices in CHOICES.items():
            if row[column] not in choices:
                about = {"allowed": _list(choices), "suggestion": nearest(row[column], choices)}
                self.wrong(line, column, row[column], "not one of the choices", **about)
        if not row["source"].strip():
            self.wrong(line, "source", None, "missing: every number names its source")
        if quarter is not None:
            if self.found.setdefault(name, {}).setdefault(quarter.index, (value, line))[1] != line:
                self.wrong(line, name, row["quarter"], "this quarter was given before")

    def check_value(self, name: str, value: float, line: int) -> None:
        if not math.isfinite(value):
            self.wrong(line, "value", str(value), "not a finite number")
        elif name.startswith(("price.", "index.")) and value <= 0.0:
            self.wrong(line, "value", value, "too small", allowed="above 0")
        elif name.startswith("quota.") and value < 0.0:
            self.wrong(line, "value", value, "too small", allowed="from 0")
        elif name.startswith("vat.") and not 0.0 <= value <= 1.0:
            self.wrong(line, "value", value, "out of range", allowed="0..1")

    def check_gaps(self) -> None:
        for name, points in self.found.items():
            missing = [str(Quarter(q)) for q in range(min(points), max(points)) if q not in points]
            if missing:
                more = " and more" if len(missing) > 4 else ""
                line = points[min(points)][1]
                self.wrong(line, name, None, f"quarters are missing: {_list(missing[:4])}{more}")

    def check_needs(self) -> None:
        """What the chain needs has to be there."""
        for product in self.chain.products if self.chain else ():
            name = f"price.{product.key}"
            if product.price_rule == "observed" and name not in self.found:
                self.wrong(None, name, None, "missing, though the chain says that this price is observed")
        for kind in self.chain.quotas if self.chain else ():
            if f"quota.{kind}" not in self.found:
                problem = "missing, though a process of the chain is bound by it"
                self.wrong(None, f"quota.{kind}", None, problem)


def read_series(path: Path | str, chain: Chain | None) -> Series:
    """The dated series in a file; ``chain`` None: without checking them against a chain."""
    reader = _SeriesReader(path, chain)
    if reader.problems:
        raise InputError(reader.problems)
    paths = {
        name: SeriesPath(first=min(points), values=tuple(points[quarter][0] for quarter in sorted(points)))
        for name, points in reader.found.items()
    }
    return Series(paths=FrozenDict(paths))
